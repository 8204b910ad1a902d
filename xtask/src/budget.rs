//! How large the package is, and whether it may be.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use crate::{
    Result,
    recipe::{Budget, Size},
    tool,
};

/// Prints the sizes and fails if one is over its limit.
pub(crate) fn check(root: &Path, budget: &Budget, package: &Path) -> Result<()> {
    let wasm = measure(&fs::read(package.join("wasm/sts_jwt_bg.wasm"))?)?;
    // Only measured: the published files are what tsc wrote.
    let mut minify = tool::node(root, "esbuild/bin/esbuild");
    minify.arg(package.join("web.js")).args(["--bundle", "--minify", "--format=esm"]);
    let js = measure(&tool::output(&mut minify)?)?;

    tool::progress(&format!("{} is ready", package.display()));
    let fits = [report(".wasm", wasm, budget.wasm), report("JavaScript, minified", js, budget.js)];
    if fits.contains(&false) { Err("over the size budget of wasm-pack.toml".into()) } else { Ok(()) }
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
