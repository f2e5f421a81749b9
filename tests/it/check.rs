//! What real servers answered to `ACL DRYRUN u …`, replayed; before 7.0, to the request inside `MULTI`.
//!
//! `tests/dryrun` holds a part of it. Where `REDIS_ACL_DRYRUN` names a folder with more (or the shared material
//! lies beside the project), all of that is replayed too.

use std::fs;
use std::path::{Path, PathBuf};

use redis_acl::{Dialect, User};

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
    command: Vec<String>,
    /// The answer; `ERR ` stands before an error.
    reply: String,
}

#[test]
fn every_answer_of_eleven_servers_is_given() {
    for folder in folders() {
        let mut files: Vec<_> =
            fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("one").path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        assert_eq!(files.len(), 11, "files in {}", folder.display());
        let cases: usize = files.iter().map(|file| replay(file)).sum();
        println!("{}: {cases} cases", folder.display());
    }
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let more =
        std::env::var_os("REDIS_ACL_DRYRUN").map_or_else(|| root.join("../shared/dryrun"), PathBuf::from);
    [root.join("tests/dryrun"), more].into_iter().filter(|folder| folder.is_dir())
}

fn replay(file: &Path) -> usize {
    let server = file.file_stem().and_then(|stem| stem.to_str()).expect("a server's name");
    let dialect: Dialect = server.parse().expect("a modelled server");
    let text = fs::read_to_string(file).expect("answers");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        let answer = answer(dialect, &case);
        if answer != case.reply {
            wrong.push(format!(
                "{:?} {:?}\n  server {}\n  we     {answer}",
                case.rules, case.command, case.reply
            ));
        }
    }
    let cases = text.lines().count();
    assert!(cases > 0, "{server}: no cases");
    let shown = wrong[..wrong.len().min(10)].join("\n");
    assert!(wrong.is_empty(), "{server}: {} of {cases} answers differ\n{shown}", wrong.len());
    cases
}

fn answer(dialect: Dialect, case: &Case) -> String {
    let mut user = User::new(dialect);
    user.apply_arguments(&case.rules).expect("rules that the server took");
    let verdict = user.check(&case.command);
    // a server without DRYRUN was sent the request itself
    let answer = verdict.dryrun("u").unwrap_or_else(|| verdict.server_message("u").unwrap_or("OK".into()));
    if answer.starts_with("ERR ") { format!("ERR {answer}") } else { answer }
}
