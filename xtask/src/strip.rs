//! Removes from a generated module the imports and exports that the npm package does not use.
//!
//! wasm-bindgen leaves an import that reports misuse of Rust classes, and a table for passing JavaScript values. The
//! package passes only numbers and needs neither. A module without imports can start without an import object.

use std::{collections::BTreeSet, fs, path::Path};

use walrus::{FunctionId, ImportKind, Module, ModuleConfig, passes::gc};

use crate::Result;

/// The generated code calls this import when an object of a Rust class is used after it was freed. That can happen only
/// through a bug in the package, so a trap is sufficient.
const MISUSE: &str = "__wbg___wbindgen_throw_";

/// Removes from the module `wasm`, and from its declarations, all exports that are not in `used`. Runs before wasm-opt,
/// which then removes unreachable code.
pub(crate) fn strip(wasm: &Path, declarations: &Path, used: &BTreeSet<String>, keep_names: bool) -> Result<()> {
    let mut module = ModuleConfig::new()
        .generate_name_section(keep_names)
        .generate_producers_section(false)
        .parse_file(wasm)
        .map_err(|error| format!("{}: {error:#}", wasm.display()))?;
    let removed = remove_exports(&mut module, used);
    gc::run(&mut module);
    remove_imports(&mut module)?;
    module.emit_wasm_file(wasm).map_err(|error| format!("{}: {error:#}", wasm.display()))?;

    let declared = fs::read_to_string(declarations)?;
    let kept = declared.lines().filter(|line| !declared_name(line).is_some_and(|name| removed.contains(name)));
    fs::write(declarations, kept.flat_map(|line| [line, "\n"]).collect::<String>())?;
    Ok(())
}

/// Removes every export that is not in `used`; returns the removed names.
fn remove_exports(module: &mut Module, used: &BTreeSet<String>) -> BTreeSet<String> {
    let unused: Vec<_> = module.exports.iter().filter(|export| !used.contains(&export.name)).collect();
    let names = unused.iter().map(|export| export.name.clone()).collect();
    let ids: Vec<_> = unused.iter().map(|export| export.id()).collect();
    for id in ids {
        module.exports.delete(id);
    }
    names
}

/// Puts a trap in place of the import that reports misuse. Returns an error for any other import, because the package
/// could not supply it.
fn remove_imports(module: &mut Module) -> Result<()> {
    let mut misuse: Vec<FunctionId> = Vec::new();
    for import in module.imports.iter() {
        match import.kind {
            ImportKind::Function(function) if import.name.starts_with(MISUSE) => misuse.push(function),
            _ => return Err(format!("the module must import nothing, but imports {}", import.name).into()),
        }
    }
    for function in misuse {
        module
            .replace_imported_func(function, |(body, _)| {
                body.unreachable();
            })
            .map_err(|error| format!("{error:#}"))?;
    }
    Ok(())
}

/// Returns the name in a declaration (`export const engine_new: () => number;`).
fn declared_name(line: &str) -> Option<&str> {
    line.strip_prefix("export const ")?.split(':').next()
}

/// Returns the exports that a TypeScript file may call: every word that looks like the name of an export. Names defined
/// in TypeScript are in camel case. A snake-case word that is not an export does no harm.
pub(crate) fn used_exports(file: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(file)?;
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    Ok(words.filter(|word| is_export_like(word)).map(String::from).collect())
}

fn is_export_like(word: &str) -> bool {
    word == "memory" || (word.contains('_') && word.chars().all(|character| !character.is_uppercase()))
}
