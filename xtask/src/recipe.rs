//! Reads `wasm-pack.toml`, and checks it against `Cargo.toml` and `Cargo.lock`.

use std::{fs, path::Path};

use serde::{Deserialize, de::DeserializeOwned};

use crate::Result;

/// The package to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The published package, with the recipe's target features.
    Published,
    /// A package without target features, for the tests. Both of its files are the same.
    NoSimd,
    /// The published package with function names, for profilers.
    Named,
}

impl Variant {
    /// Returns the name of the directory below `target/xtask/` for the compiled code. Each set of compiler flags has a separate
    /// directory, because cargo rebuilds everything when the flags change.
    pub(crate) fn code(self, file: File) -> &'static str {
        match (self, file) {
            (Self::NoSimd, _) => self.name(),
            (Self::Published | Self::Named, File::Plain) => Self::Published.name(),
            (Self::Published | Self::Named, File::Fused) => "fused",
        }
    }

    /// Returns the name of the variant's directories below `target/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Published => "simd",
            Self::NoSimd => "no-simd",
            Self::Named => "named",
        }
    }
}

/// A `.wasm` file of the npm package.
#[derive(Clone, Copy)]
pub(crate) enum File {
    /// For every engine with SIMD.
    Plain,
    /// For engines whose multiply-add of relaxed SIMD is fused.
    Fused,
}

impl File {
    /// The name in the package.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "sts_jwt.wasm",
            Self::Fused => "sts_jwt.fused.wasm",
        }
    }
}

/// `wasm-pack.toml`, and the version of the crate, which is the version of the package.
pub(crate) struct Recipe {
    pub(crate) profile: String,
    /// The features of the npm package's modules. The features of the bindings are set in `bindings/Cargo.toml`.
    pub(crate) features: Vec<String>,
    /// The settings of `sts_jwt.wasm` and of the bindings.
    pub(crate) plain: Flags,
    /// The settings of `sts_jwt.fused.wasm`.
    fused: Flags,
    pub(crate) budget: Budget,
    pub(crate) version: String,
}

/// The settings in which the builds differ.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Flags {
    target_features: Vec<String>,
    llvm_args: Vec<String>,
    pub(crate) wasm_opt: Vec<String>,
}

/// The size limits in bytes, after gzip.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budget {
    pub(crate) wasm: usize,
    pub(crate) js: usize,
    pub(crate) decode: usize,
    pub(crate) bindings: usize,
}

impl Recipe {
    /// Reads the recipe and checks that the other files agree with it.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let file: RecipeFile = read_toml(&root.join("wasm-pack.toml"))?;
        let manifest: Manifest = read_toml(&root.join("Cargo.toml"))?;
        let lock: Lock = read_toml(&root.join("Cargo.lock"))?;
        check_bindings(root, &file, &manifest.package.version)?;

        // The macro `wasm_bindgen` writes a private format, which only a generator of the same version understands.
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
            features: file.npm.features,
            plain: file.plain,
            fused: file.fused,
            budget: file.budget,
            version: manifest.package.version,
        })
    }

    /// The settings of a file.
    pub(crate) fn flags(&self, variant: Variant, file: File) -> Flags {
        match (variant, file) {
            // Without target features, both files are the same.
            (Variant::NoSimd, _) => Flags { target_features: Vec::new(), ..self.plain.clone() },
            (_, File::Plain) => self.plain.clone(),
            (_, File::Fused) => self.fused.clone(),
        }
    }
}

impl Flags {
    /// The compiler's flags for WebAssembly.
    pub(crate) fn rustflags(&self) -> Vec<String> {
        let llvm_args = self.llvm_args.iter().map(|argument| format!("-Cllvm-args={argument}"));
        llvm_args.chain(self.target_features.iter().map(|feature| format!("-Ctarget-feature=+{feature}"))).collect()
    }
}

/// Checks that the settings in `bindings/` agree with the recipe. `bindings/` repeats them,
/// because wasm-pack does not read the recipe.
fn check_bindings(root: &Path, recipe: &RecipeFile, version: &str) -> Result<()> {
    let manifest: BindingsManifest = read_toml(&root.join("bindings/Cargo.toml"))?;
    let config: CargoConfig = read_toml(&root.join("bindings/.cargo/config.toml"))?;
    let wasm_opt = &manifest.package.metadata.wasm_pack.profile.release.wasm_opt;
    must_equal("the wasm-opt flags", &recipe.plain.wasm_opt, wasm_opt, "bindings/Cargo.toml")?;
    let rustflags = &config.target.wasm.rustflags;
    must_equal("the compiler's flags", &recipe.plain.rustflags(), rustflags, "bindings/.cargo/config.toml")?;
    if manifest.package.version != version {
        return Err(format!("the version is {version}, but {} in bindings/Cargo.toml", manifest.package.version).into());
    }
    Ok(())
}

fn must_equal(what: &str, ours: &[String], theirs: &[String], file: &str) -> Result<()> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what} differ: {ours:?} in wasm-pack.toml, {theirs:?} in {file}").into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    profile: String,
    plain: Flags,
    fused: Flags,
    npm: NpmRecipe,
    budget: Budget,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NpmRecipe {
    features: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: ManifestPackage,
}

#[derive(Deserialize)]
struct ManifestPackage {
    version: String,
}

#[derive(Deserialize)]
struct BindingsManifest {
    package: BindingsPackage,
}

#[derive(Deserialize)]
struct BindingsPackage {
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
struct CargoConfig {
    target: CargoTargets,
}

#[derive(Deserialize)]
struct CargoTargets {
    #[serde(rename = "wasm32-unknown-unknown")]
    wasm: CargoTarget,
}

#[derive(Deserialize)]
struct CargoTarget {
    rustflags: Vec<String>,
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
