//! Replaying recorded answers of real servers.
//!
//! `tests/corpus` and `tests/dryrun` hold a sample for each build. `REDIS_ACL_CORPUS` adds files and folders, separated as in
//! `PATH`, with any number of `*.jsonl` files. A file is named after the build that answered: `redis-8.6.3.jsonl`,
//! `valkey-9.1.0-databases.jsonl`. A file whose build has no dialect is skipped, and the reason is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use redis_acl::Dialect;
use serde::de::{DeserializeOwned, IgnoredAny};

/// A recorded answer.
pub(crate) trait Recorded: DeserializeOwned {
    /// The fields of a line, by which answers of several kinds are told apart.
    const FIELDS: &[&str];

    /// The difference between the server's answer and the library's, if there is one.
    fn difference(&self, dialect: Dialect) -> Option<String>;
}

/// Replays the samples in a folder of the repository, then the files of the same kind that `REDIS_ACL_CORPUS` adds.
pub(crate) fn replay_all<R: Recorded>(samples: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(samples);
    let mut wrong = Vec::new();
    for file in files(&folder) {
        let dialect = dialect_of(&file).unwrap_or_else(|reason| panic!("{}: {reason}", file.display()));
        let outcome = replay::<R>(&file, dialect);
        assert_ne!(outcome, Ok(0), "{}: no answers", file.display());
        wrong.extend(outcome.err());
    }
    let added = std::env::var_os("REDIS_ACL_CORPUS").unwrap_or_default();
    let added = std::env::split_paths(&added).filter(|path| !path.as_os_str().is_empty());
    for file in added.flat_map(|path| files(&path)).filter(|file| is_kind::<R>(file)) {
        match dialect_of(&file).map(|dialect| (dialect, replay::<R>(&file, dialect))) {
            Ok((dialect, Ok(cases))) => println!("{} as {dialect}: {cases} answers alike", file.display()),
            Ok((_, Err(differences))) => wrong.push(differences),
            Err(reason) => println!("{}: skipped, {reason}", file.display()),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the lines of the file have the fields of this kind. A file without a line has none.
fn is_kind<R: Recorded>(file: &Path) -> bool {
    let text = read(file);
    let first = text.lines().next().unwrap_or("{}");
    let fields: BTreeMap<String, IgnoredAny> =
        serde_json::from_str(first).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    fields.keys().map(String::as_str).collect::<BTreeSet<_>>() == R::FIELDS.iter().copied().collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The file, or all answers in the folder and the folders in it, in a fixed order.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let entries = entries.map(|entry| entry.expect("an entry").path());
    let is_wanted =
        |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "jsonl");
    let mut entries: Vec<_> = entries.filter(is_wanted).collect();
    entries.sort();
    entries.iter().flat_map(|entry| files(entry)).collect()
}

/// The dialect of the build that a file is named after; words after the build say what the file is about.
fn dialect_of(file: &Path) -> Result<Dialect, String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let mut name = stem;
    loop {
        match name.parse() {
            Ok(dialect) => return Ok(dialect),
            Err(_) if name.contains('-') => name = name.rsplit_once('-').unwrap_or_default().0,
            Err(_) => {
                return Err(format!("no dialect for `{stem}`: {}", stem.parse::<Dialect>().unwrap_err()));
            }
        }
    }
}

/// The number of answers in the file, or those which the library does not give.
fn replay<R: Recorded>(file: &Path, dialect: Dialect) -> Result<usize, String> {
    let text = read(file);
    let case = |(number, line)| -> R {
        serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{}:{}: {error}", file.display(), number + 1))
    };
    let cases: Vec<R> = text.lines().enumerate().map(case).collect();
    let wrong: Vec<_> = cases.iter().filter_map(|case| case.difference(dialect)).collect();
    if wrong.is_empty() {
        return Ok(cases.len());
    }
    let shown = wrong[..wrong.len().min(10)].join("\n");
    Err(format!("{}: {} of {} answers differ\n{shown}", file.display(), wrong.len(), cases.len()))
}

#[test]
fn a_file_of_answers_is_named_after_its_build() {
    for (file, dialect) in [
        ("a/redis-8.6.3.jsonl", Some("redis-8.6")),
        ("valkey-9.1.2-databases.jsonl", Some("valkey-9.1")),
        ("redis-7.2.4-some-more.jsonl", Some("redis-7.2")),
        ("keydb-6.3.jsonl", None),
        ("redis-99.1.jsonl", None),
        ("notes.jsonl", None),
    ] {
        let found = dialect_of(Path::new(file)).ok().map(|dialect| dialect.to_string());
        assert_eq!(found.as_deref(), dialect, "{file}");
    }
}
