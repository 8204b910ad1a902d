//! Builds the `.wasm` and its glue from the crate, with cargo, wasm-bindgen and wasm-opt.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    Result,
    recipe::{Recipe, Variant},
    tool,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The name of the library and of the `.wasm`.
const NAME: &str = "sts_jwt";

/// The directory with the `.wasm`, its base64 text, and the declarations of its exports.
pub(crate) struct Module {
    pub(crate) directory: PathBuf,
}

/// Builds the module, unless nothing has changed since the last build.
pub(crate) fn build(root: &Path, recipe: &Recipe, variant: Variant) -> Result<Module> {
    let input = compile(root, recipe, variant)?;
    let directory = root.join("target/xtask").join(variant.name()).join("wasm");
    let module = Module { directory };

    // Everything that determines the result: the compiled code, the flags, and the tool versions.
    let mut stamp = fs::read(&input)?;
    stamp.extend_from_slice(recipe.wasm_opt.join(" ").as_bytes());
    stamp.extend_from_slice(&fs::read(root.join("Cargo.lock"))?);
    stamp.extend_from_slice(&fs::read(root.join("js/package-lock.json"))?);
    let stamp_file = root.join("target/xtask").join(variant.name()).join("wasm.stamp");
    if fs::read(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(module);
    }
    generate(root, recipe, variant, &input, &module.directory)?;
    fs::write(stamp_file, stamp)?;
    Ok(module)
}

fn compile(root: &Path, recipe: &Recipe, variant: Variant) -> Result<PathBuf> {
    tool::progress(&format!("compiling the crate for {TARGET} (about a minute the first time)"));
    let target_directory = root.join("target/xtask").join(variant.code()).join("cargo");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Only as a cdylib: if an rlib is built too, cargo disables LTO.
    command.current_dir(root).args(["rustc", "--package", "sts-jwt", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", TARGET, "--profile", &recipe.profile]);
    command.args(["--no-default-features", "--features", &recipe.features.join(",")]);
    command.arg("--target-dir").arg(&target_directory);
    command.env("CARGO_ENCODED_RUSTFLAGS", rustflags(root, recipe, variant)?.join("\u{1f}"));
    tool::run(&mut command)?;

    // Cargo's directory for the profile `dev` is `debug`; every other profile has its own name.
    let profile_directory = if recipe.profile == "dev" { "debug" } else { &recipe.profile };
    Ok(target_directory.join(TARGET).join(profile_directory).join(format!("{NAME}.wasm")))
}

/// Returns flags for the target features, and flags that remove the paths of this machine from panic messages, so that
/// the same source gives the same bytes everywhere.
fn rustflags(root: &Path, recipe: &Recipe, variant: Variant) -> Result<Vec<String>> {
    let mut flags = vec![format!("--remap-path-prefix={}=/sts-jwt", root.display())];
    if let Ok(registries) = fs::read_dir(cargo_home()?.join("registry/src")) {
        for registry in registries {
            flags.push(format!("--remap-path-prefix={}=/crates", registry?.path().display()));
        }
    }
    flags.extend(recipe.llvm_args.iter().map(|argument| format!("-Cllvm-args={argument}")));
    if variant != Variant::NoSimd {
        flags.extend(recipe.target_features.iter().map(|feature| format!("-Ctarget-feature=+{feature}")));
    }
    Ok(flags)
}

fn generate(root: &Path, recipe: &Recipe, variant: Variant, input: &Path, directory: &Path) -> Result<()> {
    tool::progress("generating the bindings (wasm-bindgen)");
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    Bindgen::new()
        .input_path(input)
        .out_name(NAME)
        .bundler(true)?
        .typescript(true)
        .remove_name_section(variant != Variant::Named)
        .remove_producers_section(true)
        .generate(directory)?;
    // engine.ts calls the exports directly, so only their types are needed from the generated code.
    for classes in [format!("{NAME}.js"), format!("{NAME}.d.ts"), format!("{NAME}_bg.js")] {
        fs::remove_file(directory.join(classes))?;
    }
    fs::rename(directory.join(format!("{NAME}_bg.wasm.d.ts")), directory.join("exports.d.ts"))?;
    fs::rename(directory.join(format!("{NAME}_bg.wasm")), directory.join(format!("{NAME}.wasm")))?;

    tool::progress("optimising the .wasm (wasm-opt)");
    let wasm = directory.join(format!("{NAME}.wasm"));
    let mut command = tool::node(root, "binaryen/bin/wasm-opt");
    if variant == Variant::Named {
        command.arg("--debuginfo");
    }
    command.args(&recipe.wasm_opt).arg(&wasm).arg("-o").arg(&wasm);
    tool::run(&mut command)?;
    refuse_machine_paths(root, &wasm)?;
    write_base64(&wasm, directory)
}

/// Writes the `.wasm` as a JavaScript module, for `sts-jwt/inline`.
fn write_base64(wasm: &Path, directory: &Path) -> Result<()> {
    let text = STANDARD.encode(fs::read(wasm)?);
    fs::write(directory.join("base64.js"), format!("export const base64 = '{text}';\n"))?;
    fs::write(directory.join("base64.d.ts"), "export const base64: string;\n")?;
    Ok(())
}

fn refuse_machine_paths(root: &Path, wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    for path in [root.to_path_buf(), cargo_home()?] {
        let path = path.to_string_lossy();
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("the .wasm holds a path of this machine: {path}").into());
        }
    }
    Ok(())
}

fn cargo_home() -> Result<PathBuf> {
    match env::var_os("CARGO_HOME") {
        Some(home) => Ok(home.into()),
        None => Ok(env::home_dir().ok_or("no home directory")?.join(".cargo")),
    }
}
