//! Measures the size of the package and checks it against the budget.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use crate::{
    Result,
    recipe::{Budget, Size},
    tool,
};

/// Prints the sizes and fails if one is over its limit.
pub(crate) fn check(root: &Path, budget: &Budget, package: &Path) -> Result<()> {
    let wasm = measure(&fs::read(package.join("sts_jwt.wasm"))?)?;
    let js = measure(&bundle(root, "export * from './web.js'", package)?)?;
    let decode = measure(&bundle(root, "export { decode, init } from './web.js'", package)?)?;

    tool::progress(&format!("{} is ready", package.display()));
    let fits = [
        report(".wasm", wasm, budget.wasm),
        report("JavaScript, minified", js, budget.js),
        report("decode() alone", decode, budget.decode),
    ];
    if fits.contains(&false) { Err("over the size budget of wasm-pack.toml".into()) } else { Ok(()) }
}

/// Bundles the imports of an app, only to measure them. The published files are the output of tsc.
fn bundle(root: &Path, app: &str, package: &Path) -> Result<Vec<u8>> {
    let entry = package.join("budget.js");
    fs::write(&entry, app)?;
    let mut esbuild = tool::node(root, "esbuild/bin/esbuild");
    esbuild.arg(&entry).args(["--bundle", "--minify", "--format=esm"]);
    let bundled = tool::output(&mut esbuild);
    fs::remove_file(entry)?;
    bundled
}

fn measure(bytes: &[u8]) -> Result<Size> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(Size { raw: bytes.len(), gzip: encoder.finish()?.len() })
}

fn report(what: &str, size: Size, limit: Size) -> bool {
    eprintln!("  {what:<21}{:>8} bytes (limit {}), gzip {:>7} (limit {})", size.raw, limit.raw, size.gzip, limit.gzip);
    size.raw <= limit.raw && size.gzip <= limit.gzip
}
