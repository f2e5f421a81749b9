//! Running the command.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What it answered.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    /// What commands over files say that they looked at; it is on the standard error too.
    pub(crate) summary: String,
}

impl Ran {
    /// The standard output, which holds one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redis-acl"));
    command.args(arguments);
    command
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    read(command(arguments).output().expect("it runs"))
}

pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    give(command(arguments), input)
}

/// In a folder, so that no settings lie there but its own.
pub(crate) fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = command(arguments);
    command.current_dir(folder);
    give(command, input)
}

/// A folder with these files, which may be in folders of their own.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    files.iter().for_each(|(name, text)| write(folder.path(), name, text));
    folder
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
}

fn give(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    // who reads no input may have ended
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    read(child.wait_with_output().expect("it ends"))
}

pub(crate) fn read(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    let err = text(output.stderr);
    let (summary, err): (Vec<_>, Vec<_>) = err.split_inclusive('\n').partition(|line| is_summary(line));
    Ran { code, out: text(output.stdout), err: err.concat(), summary: summary.concat() }
}

#[track_caller]
pub(crate) fn prints(arguments: &[&str], out: &str) {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, out, ""), "{arguments:?}");
}

fn is_summary(line: &str) -> bool {
    let line = line.trim_end();
    line.starts_with("checked ") && line.contains(" string")
        || line.starts_with("compared ")
        || line.starts_with("note: this is the form that AWS documented")
        || line.ends_with("no access strings found")
        || line == "no access strings found, before or after"
}
