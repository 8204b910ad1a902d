//! Builds both `.wasm` files and their glue from the crate, with cargo, wasm-bindgen and wasm-opt.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    Result,
    compile::{self, Build},
    recipe::{File, Flags, Recipe, Variant},
    strip, tool,
};

/// The name of the library.
const NAME: &str = "sts_jwt";

/// The declarations of the module's exports.
const DECLARATIONS: &str = "exports.d.ts";

/// The directory with both `.wasm` files, the declarations of their exports, and the base64 form of the plain file.
pub(crate) struct Module {
    pub(crate) directory: PathBuf,
}

/// Builds both files. Repeats only the steps whose input has changed since the last build.
pub(crate) fn build(root: &Path, recipe: &Recipe, variant: Variant) -> Result<Module> {
    let directory = root.join("target/xtask").join(variant.name()).join("wasm");
    fs::create_dir_all(&directory)?;
    let plain = build_file(root, recipe, variant, File::Plain)?;
    let fused = build_file(root, recipe, variant, File::Fused)?;

    let declarations = fs::read(plain.join(DECLARATIONS))?;
    // core/wasm.ts is compiled once and calls either file.
    if fs::read(fused.join(DECLARATIONS))? != declarations {
        return Err("the exports of the two .wasm files differ".into());
    }
    fs::write(directory.join(DECLARATIONS), declarations)?;
    for (file, source) in [(File::Plain, plain), (File::Fused, fused)] {
        fs::copy(source.join(file.name()), directory.join(file.name()))?;
    }
    write_base64(&directory.join(File::Plain.name()), &directory)?;
    Ok(Module { directory })
}

/// Builds one file and its declarations, unless nothing has changed since the last build. Returns their directory.
fn build_file(root: &Path, recipe: &Recipe, variant: Variant, file: File) -> Result<PathBuf> {
    let flags = recipe.flags(variant, file);
    let input = compile(root, recipe, &flags, variant.code(file))?;
    let used = strip::used_exports(&root.join("js/src/core/wasm.ts"))?;

    // Everything that determines the result: the compiled code, the exports that remain, the flags, and the versions of the
    // tools.
    let mut stamp = fs::read(&input)?;
    stamp.extend(used.iter().flat_map(|name| name.bytes()));
    stamp.extend_from_slice(flags.wasm_opt.join(" ").as_bytes());
    stamp.extend_from_slice(&fs::read(root.join("Cargo.lock"))?);
    stamp.extend_from_slice(&fs::read(root.join("js/package-lock.json"))?);
    let directory = root.join("target/xtask").join(variant.name()).join(file.name());
    let stamp_file = directory.join("stamp");
    if fs::read(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(directory);
    }
    generate(variant, &input, &directory)?;
    let wasm = directory.join(file.name());
    fs::rename(directory.join(format!("{NAME}_bg.wasm")), &wasm)?;
    strip::strip(&wasm, &directory.join(DECLARATIONS), &used, variant == Variant::Named)?;

    let debug: &[&str] = if variant == Variant::Named { &["--debuginfo"] } else { &[] };
    compile::optimise(root, &flags, &wasm, debug)?;
    fs::write(stamp_file, stamp)?;
    Ok(directory)
}

fn compile(root: &Path, recipe: &Recipe, flags: &Flags, directory: &str) -> Result<PathBuf> {
    let features = recipe.features.join(",");
    let build = Build {
        package: "sts-jwt",
        arguments: &["--no-default-features", "--features", &features],
        directory: root.join("target/xtask").join(directory).join("cargo"),
        flags,
    };
    build.run(root, recipe)
}

/// Writes the `.wasm` and the declarations of its exports.
fn generate(variant: Variant, input: &Path, directory: &Path) -> Result<()> {
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
    fs::rename(directory.join(format!("{NAME}_bg.wasm.d.ts")), directory.join(DECLARATIONS))?;
    Ok(())
}

/// Writes the `.wasm` as a JavaScript module, for `sts-jwt/inline`.
fn write_base64(wasm: &Path, directory: &Path) -> Result<()> {
    let text = STANDARD.encode(fs::read(wasm)?);
    fs::write(directory.join("base64.js"), format!("export const base64 = '{text}';\n"))?;
    fs::write(directory.join("base64.d.ts"), "export const base64: string;\n")?;
    Ok(())
}
