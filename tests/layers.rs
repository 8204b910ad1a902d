//! Checks the layers of `src/`: a module may import only from modules before it in [`ORDER`]. Imports within the folder of
//! one top-level module, in tests, and in `lib.rs` are not restricted.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The top-level modules of `src/`: each is a file, and may have a folder of the same name.
const ORDER: [&str; 12] = [
    "error",
    "encoding",
    "crypto",
    "token",
    "keys",
    "claims",
    "check",
    "aws",
    "expectations",
    "verify",
    "explain",
    "wasm",
];

/// The sources, by their paths below `src/` (for example `keys/jwk.rs`).
type Sources = BTreeMap<String, String>;

#[test]
fn finds_no_upward_import() {
    let sources = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "");
    assert!(sources.contains_key("lib.rs"), "no sources were found");
    let found = upward_imports(&sources);
    assert!(found.is_empty(), "{} upward imports:\n{}", found.len(), found.join("\n"));
}

#[test]
fn finds_upward_imports_in_every_form() {
    for (import, target) in [
        ("use crate::verify::verify;", "verify"),
        ("pub(crate) use crate::verify::{self};", "verify"),
        ("use crate::{error::Error, keys::{Jwk, report::{A, B}}};", "keys"),
        ("use crate::{\n    error::Error, // the layer below\n    claims,\n};", "claims"),
        ("use crate::claims as other;", "claims"),
        ("use super::explain::explain;", "explain"),
        ("use super::{error::Error, check::Step};", "check"),
        ("fn f() -> crate::aws::Arn { todo!() }", "aws"),
        ("fn f() { super::keys::parse(r#\"\"quoted\"\"#) }", "keys"),
        ("mod inner { use super::super::wasm; }", "wasm"),
        ("mod inner { pub fn f() { crate::wasm::g('\"', '\\'') } }", "wasm"),
        ("#[cfg(not(test))] use crate::verify::verify;", "verify"),
        ("#[cfg(any(test, fuzzing))] use crate::verify::verify;", "verify"),
        ("#[cfg(test)] mod tests {} use crate::verify::verify;", "verify"),
        ("#[cfg(test)] use crate::error; use crate::verify::verify;", "verify"),
        ("/* a /* nested */ comment */ fn f<'a>(a: &'a str) { crate::verify::verify(a) }", "verify"),
        ("use crate::KeySet;", "keys"),
        ("use crate::{Error, Renamed};", "claims"),
    ] {
        let found = upward_imports(&sources(&[("token.rs", import)]));
        assert_eq!(found, [format!("src/token.rs: `token` imports from `{target}`")], "{import}");
    }
}

#[test]
fn finds_upward_imports_in_folders() {
    let found = upward_imports(&sources(&[
        ("token/look_alike.rs", "use super::split; use crate::token::decode; use super::super::keys::Jwk;"),
        ("crypto/p384/field.rs", "use super::super::super::token; use super::super::token; use super::limbs;"),
    ]));
    let expected = [
        "src/crypto/p384/field.rs: `crypto` imports from `token`",
        "src/token/look_alike.rs: `token` imports from `keys`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn accepts_downward_imports_tests_comments_and_strings() {
    let found = upward_imports(&sources(&[
        ("wasm.rs", "use crate::{explain, verify, Error, KeySet}; mod engine; use engine::Engine;"),
        ("wasm/engine.rs", "use super::options; use crate::wasm::self_test;"),
        ("token.rs", "use crate::{encoding::{base64url, json}, error::Error}; use alloc::string::String; use core::fmt;"),
        ("token/tests.rs", "use crate::verify::verify;"),
        ("token/tests/more.rs", "use crate::verify::verify;"),
        (
            "error.rs",
            "//! See [`crate::verify`].\n/* use crate::verify; */ const A: &str = \"use crate::verify;\"; const B: &[u8] = br#\"crate::keys\"#;
             #[cfg(test)] mod tests { use super::*; use crate::verify::verify; fn f() { { } } }
             #[cfg(all(test, feature = \"std\"))] use crate::wasm;
             #[cfg(test)] #[allow(unused)] fn g() { crate::wasm::h() }",
        ),
        ("token.rs", "#[cfg(test)]\nmod tests;\nuse super::error;"),
    ]));
    assert_eq!(found, [""; 0]);
}

#[test]
fn rejects_unknown_modules() {
    let found = upward_imports(&sources(&[("helpers.rs", ""), ("token.rs", "use crate::helpers::help;")]));
    let expected =
        ["src/helpers.rs: `helpers` is not in ORDER", "src/token.rs: `helpers` is neither in ORDER nor re-exported"];
    assert_eq!(found, expected);
}

/// A test tree with a `lib.rs` like that of this crate.
fn sources(files: &[(&str, &str)]) -> Sources {
    let lib = "mod error; pub use error::{Error, ErrorKind}; pub use keys::{KeySet, report::KeyReport};
               pub use claims::Claims as Renamed; pub use crate::verify::verify;";
    let files = files.iter().copied().chain([("lib.rs", lib)]);
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn read(folder: &Path, prefix: &str) -> Sources {
    let mut sources = Sources::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            sources.extend(read(&entry.path(), &format!("{name}/")));
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    sources
}

/// Lists the forbidden imports: one line per file and module, sorted by file.
fn upward_imports(sources: &Sources) -> Vec<String> {
    let files: Vec<File> = sources.iter().map(|(path, text)| File::parse(path, text)).collect();
    let only_in_tests: BTreeSet<&Vec<String>> = files.iter().flat_map(|file| &file.test_modules).collect();
    // A name that `lib.rs` re-exports counts as an import from the module that defines it.
    let exports: BTreeMap<&str, &str> = files
        .iter()
        .filter(|file| file.module.is_empty())
        .flat_map(|file| &file.exports)
        .map(|(name, module)| (name.as_str(), module.as_str()))
        .collect();
    let layer = |name: &str| ORDER.iter().position(|each| *each == name);

    let mut found = Vec::new();
    for File { path, module, imports, .. } in &files {
        let Some(own) = module.first() else { continue };
        if (1..=module.len()).any(|length| only_in_tests.contains(&module[..length].to_vec())) {
            continue;
        }
        let Some(own_layer) = layer(own) else {
            found.push(format!("src/{path}: `{own}` is not in ORDER"));
            continue;
        };
        for name in imports {
            // A name that is both a module and a re-exported function (`verify`) counts as the module.
            let target = if layer(name).is_some() { name } else { exports.get(name.as_str()).copied().unwrap_or(name) };
            match layer(target) {
                Some(target_layer) if target_layer > own_layer => {
                    found.push(format!("src/{path}: `{own}` imports from `{target}`"));
                }
                Some(_) => {}
                None => found.push(format!("src/{path}: `{target}` is neither in ORDER nor re-exported")),
            }
        }
    }
    found
}

/// The declarations and references of one file.
struct File {
    path: String,
    /// The file's module path; empty for `lib.rs`.
    module: Vec<String>,
    /// The first name after `crate::` of every path that the file uses outside tests.
    imports: BTreeSet<String>,
    /// The modules that the file declares for tests only.
    test_modules: BTreeSet<Vec<String>>,
    /// The names that `lib.rs` re-exports, with their top-level modules. Empty for other files.
    exports: BTreeMap<String, String>,
}

impl File {
    fn parse(path: &str, text: &str) -> Self {
        let module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        let module = if path == "lib.rs" { Vec::new() } else { module };
        let mut file = Self {
            path: path.to_owned(),
            module,
            imports: BTreeSet::new(),
            test_modules: BTreeSet::new(),
            exports: BTreeMap::new(),
        };
        file.walk(&tokens(text));
        file
    }

    fn walk(&mut self, tokens: &[String]) {
        // The inline modules around the current token, each with the depth of braces outside the module.
        let mut inline: Vec<(String, usize)> = Vec::new();
        let mut depth = 0;
        let mut at = 0;
        while at < tokens.len() {
            let rest: Vec<&str> = tokens[at..].iter().take(3).map(String::as_str).collect();
            let mut module = self.module.clone();
            module.extend(inline.iter().map(|(name, _)| name.clone()));
            match rest[..] {
                ["#", "[", ..] if is_for_tests(attribute(&tokens[at..])) => {
                    let item = &tokens[at..at + item_length(&tokens[at..])];
                    if let Some(name) = item.windows(2).find(|pair| pair[0] == "mod").map(|pair| &pair[1]) {
                        module.push(name.clone());
                        self.test_modules.insert(module);
                    }
                    at += item.len();
                    continue;
                }
                ["mod", name, "{"] => {
                    inline.push((name.to_owned(), depth));
                    at += 2;
                    continue;
                }
                ["use", ..] => {
                    let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(tokens.len() - at);
                    for (path, name) in leaves(&tokens[at + 1..end]) {
                        if let (true, Some(first)) = (self.module.is_empty(), path.iter().find(|part| *part != "crate"))
                        {
                            self.exports.insert(name, first.clone());
                        }
                        self.refer(&path, &module);
                    }
                    at = end;
                    continue;
                }
                ["{", ..] => depth += 1,
                ["}", ..] => {
                    depth -= 1;
                    inline.pop_if(|(_, outside)| *outside == depth);
                }
                ["crate" | "super" | "self", "::", ..] if at == 0 || tokens[at - 1] != "::" => {
                    let path: Vec<String> = tokens[at..].iter().step_by(2).take(8).cloned().collect();
                    let length = tokens[at + 1..].iter().step_by(2).take_while(|token| *token == "::").count();
                    self.refer(&path[..path.len().min(length + 1)], &module);
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Resolves a path that is used in `module`. If the path leads to the crate root, records the first name below it.
    fn refer(&mut self, path: &[String], module: &[String]) {
        let mut from = module.to_vec();
        let mut parts = path.iter().map(String::as_str).peekable();
        let mut is_relative = false;
        while let Some(part) = parts.next_if(|part| ["crate", "super", "self"].contains(part)) {
            is_relative = true;
            match part {
                "crate" => from.clear(),
                "super" => drop(from.pop()),
                _ => {}
            }
        }
        if !is_relative || !from.is_empty() {
            return;
        }
        if let Some(first) = parts.next().filter(|first| *first != "*") {
            self.imports.insert(first.to_owned());
        }
    }
}

/// Every path of a `use` tree, and the name under which the path is imported.
fn leaves(tree: &[String]) -> Vec<(Vec<String>, String)> {
    let mut path = Vec::new();
    for (at, token) in tree.iter().enumerate() {
        match token.as_str() {
            "::" => {}
            "{" => {
                let mut inner = &tree[at + 1..tree.len() - 1];
                let mut found = Vec::new();
                while !inner.is_empty() {
                    let mut depth = 0;
                    let end = inner.iter().position(|token| {
                        depth += i32::from(token == "{") - i32::from(token == "}");
                        depth == 0 && token == ","
                    });
                    let end = end.unwrap_or(inner.len());
                    for (tail, name) in leaves(&inner[..end]) {
                        found.push((path.iter().cloned().chain(tail).collect(), name));
                    }
                    inner = inner.get(end + 1..).unwrap_or_default();
                }
                return found;
            }
            "as" => return vec![(path, tree[at + 1].clone())],
            _ => path.push(token.clone()),
        }
    }
    let name = path.last().cloned();
    name.map(|name| (path, name)).into_iter().collect()
}

/// Returns the tokens between the brackets of the attribute at the start.
fn attribute(tokens: &[String]) -> &[String] {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        depth += i32::from(token == "[") - i32::from(token == "]");
        depth == 0 && token == "]"
    });
    &tokens[2..end.unwrap_or(tokens.len())]
}

/// Whether an attribute limits its item to test builds.
fn is_for_tests(attribute: &[String]) -> bool {
    let text = attribute.concat();
    text == "cfg(test)"
        || (text.starts_with("cfg(all(") && attribute.iter().any(|token| token == "test") && !text.contains("not("))
}

/// Returns the number of tokens of the item at the start, including its attributes.
fn item_length(tokens: &[String]) -> usize {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        depth == 0 && (token == ";" || token == "}")
    });
    end.map_or(tokens.len(), |end| end + 1)
}

/// Returns identifiers, `::` and single characters of punctuation. Omits comments, literals and white space.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_word = |at: usize| chars.get(at).is_some_and(|char| char.is_alphanumeric() || *char == '_');
    let starts =
        |at: usize, text: &str| text.chars().enumerate().all(|(offset, char)| chars.get(at + offset) == Some(&char));
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
        } else if is_word(at) {
            while is_word(at) {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            let hashes = chars[at..].iter().take_while(|char| **char == '#').count();
            if word.ends_with('r') && word.len() <= 2 && chars.get(at + hashes) == Some(&'"') {
                let end = format!("\"{}", "#".repeat(hashes));
                at += hashes + 1;
                while at < chars.len() && !starts(at, &end) {
                    at += 1;
                }
                at += end.len();
            } else {
                tokens.push(word);
            }
        } else if chars[at] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if chars[at] == '\'' {
            // A lifetime has no second quote after its first character.
            let is_literal = chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'');
            at += if is_literal { 2 } else { 1 };
            if is_literal {
                at += usize::from(chars[at - 1] == '\\');
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            }
        } else if starts(at, "::") {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !chars[at].is_whitespace() {
                tokens.push(chars[at].to_string());
            }
            at += 1;
        }
    }
    tokens
}
