//! Builds the crate's own bindings into a package like that of `wasm-pack build bindings`, with cargo, wasm-bindgen and
//! wasm-opt.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    Result, budget,
    compile::{self, Build},
    recipe::{File, Recipe, Variant},
    tool,
};

/// The library's name, which is also the name of the generated files.
const NAME: &str = "sts_jwt_bindings";

/// How the package is loaded. The names are those of wasm-bindgen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// For bundlers, which import the `.wasm`.
    Bundler,
    /// For Node, which loads the package with `require`.
    Nodejs,
    /// For pages without a bundler, and for hosts that supply the `.wasm` themselves.
    Web,
}

impl Target {
    /// Returns the target with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Bundler, Self::Nodejs, Self::Web].into_iter().find(|target| target.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bundler => "bundler",
            Self::Nodejs => "nodejs",
            Self::Web => "web",
        }
    }

    /// The members of `package.json` that state whether the files are ES modules, and which files have side effects.
    fn manifest(self) -> &'static str {
        match self {
            // Importing this file starts the module.
            Self::Bundler => r#""type": "module", "sideEffects": ["./sts_jwt_bindings.js"]"#,
            Self::Nodejs => r#""type": "commonjs""#,
            Self::Web => r#""type": "module", "sideEffects": false"#,
        }
    }
}

/// Builds the package in `out`, by default `target/bindings/<target>`.
pub(crate) fn build(root: &Path, recipe: &Recipe, target: Target, out: Option<&str>) -> Result<()> {
    let input = Build {
        package: "sts-jwt-bindings",
        arguments: &[],
        directory: root.join("target/xtask").join(Variant::Published.code(File::Plain)).join("cargo"),
        flags: &recipe.plain,
    }
    .run(root, recipe)?;
    let directory = out.map_or_else(|| root.join("target/bindings").join(target.name()), PathBuf::from);
    generate(target, &input, &directory)?;
    let wasm = directory.join(format!("{NAME}_bg.wasm"));
    optimise(root, recipe, &wasm)?;
    fs::write(directory.join("package.json"), package_json(recipe, target))?;
    fs::write(directory.join(".gitignore"), "*\n")?;

    tool::progress(&format!("{} is ready", directory.display()));
    budget::check_bindings(&recipe.budget, &wasm)
}

fn generate(target: Target, input: &Path, directory: &Path) -> Result<()> {
    tool::progress(&format!("generating the bindings for {} (wasm-bindgen)", target.name()));
    fs::create_dir_all(directory)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(NAME).typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    // Like the command of wasm-bindgen: in the target web, `init()` loads the .wasm from the folder of the JavaScript file.
    bindgen.omit_default_module_path(false);
    match target {
        Target::Bundler => bindgen.bundler(true)?,
        Target::Nodejs => bindgen.nodejs(true)?,
        Target::Web => bindgen.web(true)?,
    };
    Ok(bindgen.generate(directory)?)
}

/// Optimises the module. Reuses the result of the last build, because the module is the same for every target.
fn optimise(root: &Path, recipe: &Recipe, wasm: &Path) -> Result<()> {
    let cache = root.join("target/xtask/bindings");
    let (stamp_file, optimised) = (cache.join("stamp"), cache.join("optimised.wasm"));
    let mut stamp = fs::read(wasm)?;
    stamp.extend_from_slice(recipe.plain.wasm_opt.join(" ").as_bytes());
    stamp.extend_from_slice(&fs::read(root.join("js/package-lock.json"))?);
    if !fs::read(&stamp_file).is_ok_and(|last| last == stamp) {
        compile::optimise(root, &recipe.plain, wasm, &[])?;
        fs::create_dir_all(cache)?;
        fs::copy(wasm, optimised)?;
        return Ok(fs::write(stamp_file, stamp)?);
    }
    fs::copy(optimised, wasm)?;
    Ok(())
}

fn package_json(recipe: &Recipe, target: Target) -> String {
    let (version, members) = (&recipe.version, target.manifest());
    format!(
        r#"{{
  "name": "sts-jwt-bindings",
  "version": "{version}",
  "main": "{NAME}.js",
  "types": "{NAME}.d.ts",
  {members}
}}
"#
    )
}
