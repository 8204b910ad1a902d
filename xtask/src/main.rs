//! The build tool of this repository: `cargo xtask build` builds the npm package in `pkg/`.
//!
//! ```text
//! wasm-pack.toml ─ recipe ┐
//! src/ ── cargo ── wasm-bindgen ── wasm-opt ─┬─ pkg/ ── budget
//! js/ ─── npm ci ── tsc ─────────────────────┘
//! ```

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::ExitCode,
};

mod budget;
mod module;
mod package;
mod recipe;
mod tool;

use recipe::{Recipe, Variant};

/// Errors are only printed, so their kind does not matter.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
usage: cargo xtask build [--no-simd | --names]

  build            the npm package in pkg/, as wasm-pack.toml says
  build --no-simd  the same without the target features, in target/pkg-no-simd/
  build --names    the same with the names of the functions, in target/pkg-named/";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let variant = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build"] => Variant::Published,
        ["build", "--no-simd"] => Variant::NoSimd,
        ["build", "--names"] => Variant::Named,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match build(variant) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(variant: Variant) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask must be a directory of the workspace")?;
    // Concurrent builds would delete each other's files.
    fs::create_dir_all(root.join("target/xtask"))?;
    let turn = File::create(root.join("target/xtask/lock"))?;
    turn.lock()?;

    let recipe = Recipe::read(root)?;
    package::install_tools(root)?;
    let module = module::build(root, &recipe, variant)?;
    let package = package::assemble(root, &recipe, variant, &module)?;
    if variant == Variant::Named {
        tool::progress(&format!("{} is ready", package.display()));
        return Ok(());
    }
    budget::check(root, &recipe.budget, &package)
}
