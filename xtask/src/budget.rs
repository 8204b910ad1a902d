//! Measures the size of the package and checks it against the budget.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use crate::{
    Result,
    recipe::{Budget, File},
    tool,
};

const OVER_BUDGET: &str = "over the size budget of wasm-pack.toml";

/// Prints the sizes and fails if one is over its limit.
pub(crate) fn check(root: &Path, budget: &Budget, package: &Path) -> Result<()> {
    let measure_wasm = |file: File| measure(&fs::read(package.join("dist").join(file.name()))?);
    let (plain, fused) = (measure_wasm(File::Plain)?, measure_wasm(File::Fused)?);
    let js = measure(&bundle(root, "export * from './dist/web.js'", package)?)?;
    let decode = measure(&bundle(root, "export { decode, init } from './dist/web.js'", package)?)?;

    tool::progress(&format!("{} is ready", package.display()));
    let fits = [
        report(File::Plain.name(), &plain, budget.wasm),
        report(File::Fused.name(), &fused, budget.wasm),
        report("JavaScript, minified", &js, budget.js),
        report("of decode() alone", &decode, budget.decode),
    ];
    if fits.contains(&false) { Err(OVER_BUDGET.into()) } else { Ok(()) }
}

/// Prints and checks the size of the module of the crate's own bindings.
pub(crate) fn check_bindings(budget: &Budget, wasm: &Path) -> Result<()> {
    if report(".wasm", &measure(&fs::read(wasm)?)?, budget.bindings) { Ok(()) } else { Err(OVER_BUDGET.into()) }
}

/// Bundles and minifies the imports of an app, only to measure them; the published files are not minified.
fn bundle(root: &Path, app: &str, package: &Path) -> Result<Vec<u8>> {
    let entry = package.join("budget.js");
    fs::write(&entry, app)?;
    let mut esbuild = tool::node(root, "esbuild/bin/esbuild");
    esbuild.arg(&entry).args(["--bundle", "--minify", "--format=esm"]);
    let bundled = tool::output(&mut esbuild);
    fs::remove_file(entry)?;
    bundled
}

struct Size {
    raw: usize,
    gzip: usize,
}

fn measure(bytes: &[u8]) -> Result<Size> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(Size { raw: bytes.len(), gzip: encoder.finish()?.len() })
}

fn report(what: &str, size: &Size, limit: usize) -> bool {
    eprintln!("  {what:<21}{:>8} bytes, gzip {:>7} (limit {limit})", size.raw, size.gzip);
    size.gzip <= limit
}
