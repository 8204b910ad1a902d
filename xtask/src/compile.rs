//! Runs cargo and wasm-opt, for the npm package's modules and the bindings.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result,
    recipe::{Flags, Recipe},
    tool,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// One run of cargo.
pub(crate) struct Build<'a> {
    /// The package with the library to compile to a module.
    pub(crate) package: &'a str,
    /// Further arguments (for example, features).
    pub(crate) arguments: &'a [&'a str],
    /// The directory of cargo's output.
    pub(crate) directory: PathBuf,
    pub(crate) flags: &'a Flags,
}

impl Build<'_> {
    /// Compiles the library; returns the path of the `.wasm`.
    pub(crate) fn run(&self, root: &Path, recipe: &Recipe) -> Result<PathBuf> {
        let package = self.package;
        tool::progress(&format!("compiling {package} for {TARGET} (about a minute the first time)"));
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Builds only a cdylib: if cargo also builds an rlib, it disables LTO.
        command.current_dir(root).args(["rustc", "--package", package, "--lib", "--crate-type", "cdylib"]);
        command.args(["--target", TARGET, "--profile", &recipe.profile]).args(self.arguments);
        command.arg("--target-dir").arg(&self.directory);
        command.env("CARGO_ENCODED_RUSTFLAGS", self.rustflags(root)?.join("\u{1f}"));
        tool::run(&mut command)?;

        // Cargo's directory for the profile `dev` is `debug`; every other profile has its own name.
        let profile_directory = if recipe.profile == "dev" { "debug" } else { &recipe.profile };
        let file = format!("{}.wasm", package.replace('-', "_"));
        Ok(self.directory.join(TARGET).join(profile_directory).join(file))
    }

    /// Returns the flags of the recipe, and flags that keep the paths of this machine out of panic messages. With
    /// these, the same source compiles to the same bytes everywhere.
    fn rustflags(&self, root: &Path) -> Result<Vec<String>> {
        let mut flags = vec![format!("--remap-path-prefix={}=/sts-jwt", root.display())];
        if let Ok(registries) = fs::read_dir(cargo_home()?.join("registry/src")) {
            for registry in registries {
                flags.push(format!("--remap-path-prefix={}=/crates", registry?.path().display()));
            }
        }
        flags.extend(self.flags.rustflags());
        Ok(flags)
    }
}

/// Optimises a `.wasm` in place.
pub(crate) fn optimise(root: &Path, flags: &Flags, wasm: &Path, arguments: &[&str]) -> Result<()> {
    tool::progress("optimising the .wasm (wasm-opt)");
    let mut command = tool::node(root, "binaryen/bin/wasm-opt");
    tool::run(command.args(arguments).args(&flags.wasm_opt).arg(wasm).arg("-o").arg(wasm))?;
    refuse_machine_paths(root, wasm)
}

fn refuse_machine_paths(root: &Path, wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    for path in [root.to_path_buf(), cargo_home()?] {
        let path = path.to_string_lossy();
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("the .wasm contains a path of this machine: {path}").into());
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
