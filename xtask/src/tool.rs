//! Runs other programs and prints progress.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Result;

/// Prints one line of progress, for steps that take a while.
pub(crate) fn progress(text: &str) {
    eprintln!("xtask: {text}");
}

/// Runs a program to its end and passes on its output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", name(command)).into()) }
}

/// Runs a program to its end and returns its output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let message = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} failed ({})\n{message}", name(command), output.status).into())
    }
}

/// Returns the command for a JavaScript program from `js/node_modules`. Example: `node("binaryen/bin/wasm-opt")`.
pub(crate) fn node(root: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(tools(root).join(script));
    command
}

/// Returns the command for npm in a directory.
pub(crate) fn npm(directory: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(directory).arg("--loglevel=error");
    command
}

/// Returns the directory where npm installs the build tools.
pub(crate) fn tools(root: &Path) -> PathBuf {
    root.join("js/node_modules")
}

fn name(command: &Command) -> String {
    let script = command.get_args().next().filter(|_| command.get_program() == OsStr::new("node"));
    script.unwrap_or_else(|| command.get_program()).to_string_lossy().into_owned()
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} could not be started ({error}); the build needs Rust, Node 20 or later and npm", name(command))
}
