//! Running other programs, and saying so.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Result;

/// One line of progress: what is being done now, for steps that a person waits for.
pub(crate) fn progress(text: &str) {
    eprintln!("xtask: {text}");
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", name(command)).into()) }
}

/// Runs a program to its end and returns what it wrote.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} failed ({})\n{complaint}", name(command), output.status).into())
    }
}

/// A JavaScript program from `js/node_modules`, as in `node("binaryen/bin/wasm-opt")`.
pub(crate) fn node(root: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(tools(root).join(script));
    command
}

/// npm, in the given directory.
pub(crate) fn npm(directory: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(directory).arg("--loglevel=error");
    command
}

/// Where npm puts the tools of the build.
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
