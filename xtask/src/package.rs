//! Builds the package from `js/` and the module: npm ci, tsc, and the usual files of an npm package.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result,
    module::Module,
    recipe::{Recipe, Variant},
    tool,
};

/// Installs the tools of `js/package-lock.json`, unless exactly these are installed already.
pub(crate) fn install_tools(root: &Path) -> Result<()> {
    let js = root.join("js");
    let lock = fs::read(js.join("package-lock.json"))?;
    let stamp = tool::tools(root).join(".xtask-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    tool::progress("installing the build's npm tools in js/node_modules (npm ci, about 150 MB, once)");
    tool::run(tool::npm(&js).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Compiles the TypeScript against the module's glue and assembles the package. Returns its directory.
pub(crate) fn assemble(root: &Path, recipe: &Recipe, variant: Variant, module: &Module) -> Result<PathBuf> {
    let stage = root.join("target/xtask").join(variant.name()).join("package");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    copy_files(&module.directory, &stage, |name| !name.ends_with(".d.ts"))?;
    write_manifest(root, recipe, &stage)?;
    // The source maps of the compiled files refer to the sources, so these are published too.
    copy_tree(&root.join("js/src"), &stage.join("src"), is_source)?;
    compile_typescript(root, &stage)?;
    if variant == Variant::Published {
        bundle_debugger(root, &stage)?;
    }
    copy_files(&root.join("js/src"), &stage, |name| matches!(name, "deno.js" | "wasm.d.ts"))?;
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

/// `rootDirs` resolves imports in js/src to the files generated for this variant, and `paths` lets the package import
/// itself. tsc reads both only from a file.
const TSCONFIG: &str = r#"{
    "extends": "../../../js/tsconfig.json",
    "include": ["package/src", "../../../js/src/ambient.d.ts"],
    "exclude": [],
    "compilerOptions": {
        "rootDir": "package/src",
        "rootDirs": ["package/src", "wasm"],
        "outDir": "package",
        "paths": {
            "hono": ["../../../js/node_modules/hono/dist/types/index.d.ts"],
            "sts-jwt": ["./package/src/index.ts"]
        }
    }
}"#;

fn compile_typescript(root: &Path, stage: &Path) -> Result<()> {
    tool::progress("compiling the TypeScript (tsc)");
    let config = stage.with_file_name("tsconfig.json");
    fs::write(&config, TSCONFIG)?;
    tool::run(tool::node(root, "typescript/bin/tsc").arg("-p").arg(&config))
}

/// Type-checks the debugger page and bundles it into one file.
fn bundle_debugger(root: &Path, stage: &Path) -> Result<()> {
    tool::progress("bundling the debugger page (esbuild)");
    let page = root.join("js/debugger");
    tool::run(tool::node(root, "typescript/bin/tsc").arg("-p").arg(&page))?;
    tool::run(Command::new("node").arg(page.join("bundle.mjs")).arg(stage))
}

/// Whether a file is compiled by tsc: `.ts`, but not `.d.ts`.
fn is_source(name: &str) -> bool {
    matches!(name.split('.').collect::<Vec<_>>()[..], [_, "ts"])
}

/// Writes `js/package.json` for publishing: with the crate's version, and without members for development.
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
