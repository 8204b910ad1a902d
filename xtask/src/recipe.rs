//! Reads `wasm-pack.toml`, and checks it against `Cargo.toml` and `Cargo.lock`.

use std::{fs, path::Path};

use serde::{Deserialize, de::DeserializeOwned};

use crate::Result;

/// The package to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The published package, with the recipe's target features.
    Published,
    /// A package without target features, for the tests.
    NoSimd,
    /// The published package with function names, for profilers.
    Named,
}

impl Variant {
    /// Returns the name of the variant with the same compiled code.
    pub(crate) fn code(self) -> &'static str {
        if self == Self::Named { Self::Published.name() } else { self.name() }
    }

    /// Returns the name of its directories below `target/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Published => "simd",
            Self::NoSimd => "no-simd",
            Self::Named => "named",
        }
    }
}

/// `wasm-pack.toml`, and the version of the crate, which is the version of the package.
pub(crate) struct Recipe {
    pub(crate) profile: String,
    pub(crate) features: Vec<String>,
    pub(crate) target_features: Vec<String>,
    pub(crate) llvm_args: Vec<String>,
    pub(crate) wasm_opt: Vec<String>,
    pub(crate) budget: Budget,
    pub(crate) version: String,
}

/// The size limits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budget {
    pub(crate) wasm: Size,
    pub(crate) js: Size,
    pub(crate) decode: Size,
}

/// A size in bytes, raw and after gzip.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Size {
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
}

impl Recipe {
    /// Reads the recipe and checks that it agrees with the other files.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let file: RecipeFile = read_toml(&root.join("wasm-pack.toml"))?;
        let manifest: Manifest = read_toml(&root.join("Cargo.toml"))?;
        let lock: Lock = read_toml(&root.join("Cargo.lock"))?;

        let wasm_pack = manifest.package.metadata.wasm_pack.profile.release.wasm_opt;
        if file.wasm_opt != wasm_pack {
            return Err(format!(
                "wasm-opt flags differ: {:?} in wasm-pack.toml, {wasm_pack:?} in Cargo.toml ([package.metadata.wasm-pack])",
                file.wasm_opt
            )
            .into());
        }
        // The generator reads a private format written by the macro, which only the same version understands.
        let (crate_version, generator) = (lock.version("wasm-bindgen")?, lock.version("wasm-bindgen-cli-support")?);
        if crate_version != generator {
            return Err(format!(
                "wasm-bindgen is {crate_version} but wasm-bindgen-cli-support is {generator}: \
                 name one version in Cargo.toml and xtask/Cargo.toml"
            )
            .into());
        }
        Ok(Self {
            profile: file.profile,
            features: file.features,
            target_features: file.target_features,
            llvm_args: file.llvm_args,
            wasm_opt: file.wasm_opt,
            budget: file.budget,
            version: manifest.package.version,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RecipeFile {
    profile: String,
    features: Vec<String>,
    target_features: Vec<String>,
    llvm_args: Vec<String>,
    wasm_opt: Vec<String>,
    budget: Budget,
}

#[derive(Deserialize)]
struct Manifest {
    package: ManifestPackage,
}

#[derive(Deserialize)]
struct ManifestPackage {
    version: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    wasm_pack: WasmPack,
}

#[derive(Deserialize)]
struct WasmPack {
    profile: WasmPackProfile,
}

#[derive(Deserialize)]
struct WasmPackProfile {
    release: WasmPackRelease,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WasmPackRelease {
    wasm_opt: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
}

impl Lock {
    fn version(&self, name: &str) -> Result<&str> {
        match self.package.iter().find(|package| package.name == name) {
            Some(package) => Ok(&package.version),
            None => Err(format!("Cargo.lock has no {name}").into()),
        }
    }
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}
