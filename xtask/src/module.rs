//! Builds the `.wasm` and its glue from the crate, with cargo, wasm-bindgen and wasm-opt.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    Result,
    compile::{self, Build},
    recipe::{Recipe, Variant},
    strip, tool,
};

/// The name of the library and of the `.wasm`.
const NAME: &str = "sts_jwt";

/// The directory with the `.wasm`, its base64 form, and the declarations of its exports.
pub(crate) struct Module {
    pub(crate) directory: PathBuf,
}

/// Builds the module, unless nothing has changed since the last build.
pub(crate) fn build(root: &Path, recipe: &Recipe, variant: Variant) -> Result<Module> {
    let input = compile(root, recipe, variant)?;
    let directory = root.join("target/xtask").join(variant.name()).join("wasm");
    let module = Module { directory };
    let used = strip::used_exports(&root.join("js/src/core/wasm.ts"))?;

    // Everything that determines the result: the compiled code, the exports that remain, the flags, and the versions of the
    // tools.
    let mut stamp = fs::read(&input)?;
    stamp.extend(used.iter().flat_map(|name| name.bytes()));
    stamp.extend_from_slice(recipe.wasm_opt.join(" ").as_bytes());
    stamp.extend_from_slice(&fs::read(root.join("Cargo.lock"))?);
    stamp.extend_from_slice(&fs::read(root.join("js/package-lock.json"))?);
    let stamp_file = root.join("target/xtask").join(variant.name()).join("wasm.stamp");
    if fs::read(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(module);
    }
    generate(root, recipe, variant, &input, &used, &module.directory)?;
    fs::write(stamp_file, stamp)?;
    Ok(module)
}

fn compile(root: &Path, recipe: &Recipe, variant: Variant) -> Result<PathBuf> {
    let features = recipe.features.join(",");
    let build = Build {
        package: "sts-jwt",
        arguments: &["--no-default-features", "--features", &features],
        directory: root.join("target/xtask").join(variant.code()).join("cargo"),
        has_target_features: variant != Variant::NoSimd,
    };
    build.run(root, recipe)
}

fn generate(
    root: &Path,
    recipe: &Recipe,
    variant: Variant,
    input: &Path,
    used: &BTreeSet<String>,
    directory: &Path,
) -> Result<()> {
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
    // core/wasm.ts calls the exports directly, so the package uses only their types from the generated code.
    for classes in [format!("{NAME}.js"), format!("{NAME}.d.ts"), format!("{NAME}_bg.js")] {
        fs::remove_file(directory.join(classes))?;
    }
    fs::rename(directory.join(format!("{NAME}_bg.wasm.d.ts")), directory.join("exports.d.ts"))?;
    fs::rename(directory.join(format!("{NAME}_bg.wasm")), directory.join(format!("{NAME}.wasm")))?;

    let wasm = directory.join(format!("{NAME}.wasm"));
    strip::strip(&wasm, &directory.join("exports.d.ts"), used, variant == Variant::Named)?;

    let debug: &[&str] = if variant == Variant::Named { &["--debuginfo"] } else { &[] };
    compile::optimise(root, recipe, &wasm, debug)?;
    write_base64(&wasm, directory)
}

/// Writes the `.wasm` as a JavaScript module, for `sts-jwt/inline`.
fn write_base64(wasm: &Path, directory: &Path) -> Result<()> {
    let text = STANDARD.encode(fs::read(wasm)?);
    fs::write(directory.join("base64.js"), format!("export const base64 = '{text}';\n"))?;
    fs::write(directory.join("base64.d.ts"), "export const base64: string;\n")?;
    Ok(())
}
