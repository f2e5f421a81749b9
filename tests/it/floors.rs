//! Imports go down only: `design.md` draws the floors, this holds the source to them.

use std::fs;
use std::path::{Path, PathBuf};

/// The lowest floor first; modules of one floor do not know one another.
const FLOORS: [&[&str]; 10] = [
    &["span", "report", "access", "secret", "nearest", "quoting", "wording"],
    &["dialect", "glob"],
    &["syntax", "catalog"],
    &["user"],
    &["describe", "check"],
    &["compare"],
    &["aws", "claims", "explain", "file", "lint"],
    &["iac"],
    &["document"],
    &["serde"],
];

#[test]
fn no_import_goes_up() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.len() > 15, "found only {} files", files.len());
    for file in files {
        let inside = file.strip_prefix(&src).expect("a file of src");
        let module = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let Some(floor) = floor_of(module.trim_end_matches(".rs")) else {
            assert!(["lib.rs", "bin"].contains(&&*module), "{module} stands on no floor");
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source file");
        for (number, line) in (1..).zip(text.lines()) {
            for other in imported(line).filter(|other| *other != module.trim_end_matches(".rs")) {
                let below = floor_of(other).is_some_and(|other| other < floor);
                // the ground floor's own rooms may lean on one another: a report has spans
                let ground = floor == 0 && floor_of(other) == Some(0);
                assert!(below || ground, "{}:{number}: `{other}` is not below: {line}", inside.display());
            }
        }
    }
}

/// The Rust files below a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The modules named behind `crate::` outside comments.
fn imported(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    let names = code
        .split("crate::")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
    names.flatten().filter(|name| !name.is_empty())
}
