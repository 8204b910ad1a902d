//! Builds the npm package from `js/` and the module: npm ci, tsc, esbuild, and the files that every npm package has.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result, facts,
    module::Module,
    recipe::{Recipe, Variant},
    tool,
};

/// Installs the tools of `js/package-lock.json`, unless exactly these versions are already installed.
pub(crate) fn install_tools(root: &Path) -> Result<()> {
    let js = root.join("js");
    let lock = fs::read(js.join("package-lock.json"))?;
    let stamp = tool::tools(root).join(".xtask-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    tool::progress("installing the build's npm tools in js/node_modules (npm ci, about 300 MB, once)");
    tool::run(tool::npm(&js).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// The entries of the package: each becomes `dist/<name>.js`.
const ENTRIES: [(&str, &str); 25] = [
    ("node", "loaders/node.ts"),
    ("node-require", "loaders/node-require.ts"),
    ("bun", "loaders/bun.ts"),
    ("deno", "loaders/deno.js"),
    ("workerd", "loaders/workerd.ts"),
    ("workerd-development", "loaders/workerd-development.ts"),
    ("workerd-module", "loaders/workerd-module.ts"),
    ("edge-light", "loaders/edge-light.ts"),
    ("edge-light-wasm", "loaders/edge-light-wasm.ts"),
    ("edge-light-fused-wasm", "loaders/edge-light-fused-wasm.ts"),
    ("web", "loaders/web.ts"),
    ("inline", "loaders/inline.ts"),
    ("slim", "loaders/slim.ts"),
    ("aws", "aws/aws.ts"),
    ("cli", "cli/bin.ts"),
    ("durable-objects", "stores/durable-objects.ts"),
    ("explanations", "explanations/explanations.ts"),
    ("express", "http/express.ts"),
    ("fastify", "http/fastify.ts"),
    ("handler", "http/handler.ts"),
    ("hono", "http/hono.ts"),
    ("lambda", "http/lambda.ts"),
    ("remote", "remote/remote-verifier.ts"),
    ("stores", "stores/stores.ts"),
    ("testing", "testing/testing.ts"),
];

/// The root declarations below `dist/types/`, from which all others are imported.
const DECLARED: [&str; 14] = [
    "core/api",
    "aws/aws",
    "explanations/explanations",
    "http/express",
    "http/fastify",
    "http/handler",
    "http/hono",
    "http/lambda",
    "loaders/slim",
    "loaders/wasm-module",
    "remote/remote-verifier",
    "stores/durable-objects",
    "stores/stores",
    "testing/testing",
];

/// Compiles the TypeScript against the module's glue and assembles the package. Returns its directory.
pub(crate) fn assemble(root: &Path, recipe: &Recipe, variant: Variant, module: &Module) -> Result<PathBuf> {
    let stage = root.join("target/xtask").join(variant.name()).join("package");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let (source, dist) = (root.join("js/src"), stage.join("dist"));
    copy_files(&module.directory, &source.join("generated"), |name| name == "exports.d.ts")?;
    facts::write(&source.join("generated"))?;
    copy_files(&module.directory, &dist, |name| !name.ends_with(".d.ts"))?;
    copy_files(&source.join("loaders"), &dist, |name| name == "read-wasm.cjs")?;
    write_manifest(root, recipe, &stage)?;
    // The source maps of the compiled files refer to the sources, so the sources are also published.
    copy_tree(&source, &stage.join("src"), |_| true)?;
    declare(root, &stage)?;
    bundle(root, &stage)?;
    if variant == Variant::Published {
        bundle_debugger(root, &stage)?;
    }
    copy_files(root, &stage, |name| {
        matches!(name, "README.md" | "CHANGELOG.md" | "SECURITY.md") || name.starts_with("LICENSE")
    })?;

    let package = match variant {
        Variant::Published => root.join("pkg"),
        Variant::NoSimd | Variant::Named => root.join(format!("target/pkg-{}", variant.name())),
    };
    replace_contents(&stage, &package)?;
    Ok(package)
}

/// Checks the TypeScript and writes its declarations. Durable Objects need other platform types, so they are a
/// separate TypeScript project.
fn declare(root: &Path, stage: &Path) -> Result<()> {
    tool::progress("checking the TypeScript (tsc)");
    for project in ["tsconfig.json", "tsconfig.workers.json"] {
        let config = stage.with_file_name(project);
        fs::write(&config, tsconfig(project))?;
        tool::run(tool::node(root, "typescript/bin/tsc").arg("-p").arg(&config))?;
    }
    let types = stage.join("dist/types");
    copy_files(&root.join("js/src/loaders"), &types.join("loaders"), |name| name == "wasm-module.d.ts")?;
    remove_unreachable(&types)
}

/// Returns a tsconfig that extends `js/{project}` but compiles the staged sources. Paths inherited from that file are
/// relative to `js/`, so they are replaced here.
fn tsconfig(project: &str) -> String {
    let sources = if project == "tsconfig.json" {
        r#""include": ["package/src"],
    "exclude": ["package/src/stores/durable-objects.ts", "package/src/stores/*-object.ts"]"#
    } else {
        r#""include": ["package/src/stores/durable-objects.ts"]"#
    };
    format!(
        r#"{{
    "extends": "../../../js/{project}",
    {sources},
    "compilerOptions": {{
        "noEmit": false,
        "emitDeclarationOnly": true,
        "rootDir": "package/src",
        "outDir": "package/dist/types",
        "paths": {{
            "fastify": ["../../../js/node_modules/fastify/fastify.d.ts"],
            "hono": ["../../../js/node_modules/hono/dist/types/index.d.ts"],
            "sts-jwt": ["./package/src/core/api.ts"]
        }}
    }}
}}"#
    )
}

/// Removes declarations that no entry imports, directly or indirectly.
fn remove_unreachable(types: &Path) -> Result<()> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<PathBuf> = DECLARED.iter().map(|name| types.join(format!("{name}.d.ts"))).collect();
    while let Some(file) = open.pop() {
        let file = file.canonicalize().map_err(|error| format!("{}: {error}", file.display()))?;
        let text = fs::read_to_string(&file)?;
        let folder = file.parent().ok_or("a declaration must be in a directory")?.to_path_buf();
        // Each declaration file has a source map.
        let map = PathBuf::from(format!("{}.map", file.display()));
        if !reached.insert(file) {
            continue;
        }
        reached.insert(map);
        let imports = text.split(['\'', '"']).filter(|quoted| quoted.starts_with('.'));
        open.extend(
            imports.filter_map(|path| path.strip_suffix(".js")).map(|path| folder.join(format!("{path}.d.ts"))),
        );
    }
    remove_others(types, &reached)
}

fn remove_others(directory: &Path, kept: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        } else if !kept.contains(&path.canonicalize()?) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Bundles each entry into one JavaScript file, and shared code into chunks. All entries are bundled in one call. If
/// bundled separately, each entry would have its own engine and `JwtError`.
fn bundle(root: &Path, stage: &Path) -> Result<()> {
    tool::progress("bundling the JavaScript (esbuild)");
    let mut esbuild = tool::node(root, "esbuild/bin/esbuild");
    esbuild.current_dir(stage).args(ENTRIES.map(|(name, source)| format!("{name}=src/{source}")));
    esbuild.args(["--bundle", "--splitting", "--format=esm", "--platform=neutral", "--target=esnext", "--outdir=dist"]);
    // Imports that each runtime and bundler must resolve.
    esbuild.args([
        "--packages=external",
        "--external:*.wasm",
        "--external:*.wasm?module",
        "--external:*/base64.js",
        "--external:*/read-wasm.cjs",
    ]);
    // Inlines constants (limits, for example), so no chunk is loaded for them.
    esbuild.arg("--minify-syntax");
    esbuild.args(["--sourcemap", "--sources-content=false", "--tsconfig-raw={}", "--log-level=warning"]);
    tool::run(&mut esbuild)?;
    remove_bare_imports(&stage.join("dist"))?;
    write_inline_remote(&stage.join("dist"))
}

/// Writes the entry `sts-jwt/inline/remote`: `sts-jwt/remote`, but with `sts-jwt/inline` as its main entry. Otherwise this
/// entry would import a second loader, and with it a `.wasm` file that some bundlers cannot read.
fn write_inline_remote(dist: &Path) -> Result<()> {
    let remote = fs::read_to_string(dist.join("remote.js"))?;
    let inlined = remote.replace("from \"sts-jwt\";", "from \"./inline.js\";");
    if inlined == remote {
        return Err("dist/remote.js does not import \"sts-jwt\"".into());
    }
    fs::write(dist.join("inline-remote.js"), inlined)?;
    Ok(())
}

/// Removes `import "./chunk-….js";`, which esbuild writes to keep the order of side effects. Chunks have no side
/// effects, so such an import would only load a file for nothing, and users' bundlers would warn about the import. An
/// empty line remains, so the source map stays correct.
fn remove_bare_imports(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let text = fs::read_to_string(&path)?;
            let is_bare = |line: &str| line.starts_with("import \"./chunk-");
            let lines = text.split_inclusive('\n').map(|line| if is_bare(line) { "\n" } else { line });
            fs::write(&path, lines.collect::<String>())?;
        }
    }
    Ok(())
}

/// Type-checks the debugger page and bundles it into one file.
fn bundle_debugger(root: &Path, stage: &Path) -> Result<()> {
    tool::progress("bundling the debugger page (esbuild)");
    let page = root.join("js/debugger");
    tool::run(tool::node(root, "typescript/bin/tsc").arg("-p").arg(&page))?;
    tool::run(Command::new("node").arg(page.join("bundle.mjs")).arg(stage))
}

/// Writes `js/package.json` for publishing: with the crate's version, and without the members used only for development.
fn write_manifest(root: &Path, recipe: &Recipe, stage: &Path) -> Result<()> {
    fs::copy(root.join("js/package.json"), stage.join("package.json"))?;
    tool::run(tool::npm(stage).args(["pkg", "delete", "private", "scripts", "devDependencies"]))?;
    tool::run(tool::npm(stage).args(["pkg", "set", &format!("version={}", recipe.version)]))
}

/// Replaces the contents of `package` with those of `stage`, but keeps its `.gitignore`.
fn replace_contents(stage: &Path, package: &Path) -> Result<()> {
    fs::create_dir_all(package)?;
    for entry in fs::read_dir(package)? {
        let entry = entry?;
        if entry.file_name() == ".gitignore" {
            continue;
        }
        if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    copy_tree(stage, package, |_| true)
}

/// Copies the files of a directory recursively.
fn copy_tree(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool + Copy) -> Result<()> {
    copy_files(from, to, wanted)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &to.join(entry.file_name()), wanted)?;
        }
    }
    Ok(())
}

/// Copies the files of one directory, without its subdirectories.
fn copy_files(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() && wanted(&entry.file_name().to_string_lossy()) {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
