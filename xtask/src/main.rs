//! The build tool of this repository. `cargo xtask build` makes the npm package in `pkg/`; `cargo xtask bindings` makes the
//! package of the crate's own bindings.
//!
//! ```text
//! wasm-pack.toml ─ recipe ┐
//! src/ ── cargo ── wasm-bindgen ── strip ── wasm-opt ─┬─ pkg/ ── budget      (twice: plain and fused)
//! js/ ─── npm ci ── tsc ── esbuild ───────────────────┘
//! bindings/ ── cargo ── wasm-bindgen ── wasm-opt ─── target/bindings/ ── budget
//! ```

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::ExitCode,
};

mod bindings;
mod budget;
mod compile;
mod facts;
mod module;
mod package;
mod recipe;
mod strip;
mod tool;

use bindings::Target;
use recipe::{Recipe, Variant};

/// Errors are only printed, so their kind does not matter.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
usage: cargo xtask build [--no-simd | --names]
       cargo xtask bindings --target <bundler | nodejs | web> [--out-dir <directory>]

  build            the npm package in pkg/, as wasm-pack.toml says
  build --no-simd  the same without the target features, in target/pkg-no-simd/
  build --names    the same with the names of the functions, in target/pkg-named/
  bindings         the crate's own bindings as `wasm-pack build bindings` makes them, in target/bindings/<target>/";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build"] => build(Variant::Published),
        ["build", "--no-simd"] => build(Variant::NoSimd),
        ["build", "--names"] => build(Variant::Named),
        ["bindings", "--target", target] => build_bindings(target, None),
        ["bindings", "--target", target, "--out-dir", directory] => build_bindings(target, Some(directory)),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(variant: Variant) -> Result<()> {
    let root = root()?;
    let _turn = take_turn(root)?;
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

fn build_bindings(target: &str, out_directory: Option<&str>) -> Result<()> {
    let target = Target::from_name(target).ok_or(USAGE)?;
    let root = root()?;
    let _turn = take_turn(root)?;
    let recipe = Recipe::read(root)?;
    package::install_tools(root)?;
    bindings::build(root, &recipe, target, out_directory)
}

fn root() -> Result<&'static Path> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask must be a directory of the workspace")?)
}

/// Waits until no other build runs, because two concurrent builds would delete each other's files. Dropping the
/// returned file releases the lock.
fn take_turn(root: &Path) -> Result<File> {
    fs::create_dir_all(root.join("target/xtask"))?;
    let turn = File::create(root.join("target/xtask/lock"))?;
    turn.lock()?;
    Ok(turn)
}
