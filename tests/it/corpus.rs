//! What real servers answered to `ACL SETUSER u RULE…` on a new user, replayed.
//!
//! `tests/corpus` holds a part of it. Where `REDIS_ACL_CORPUS` names a folder with more (or the shared
//! material lies beside the project), all of that is replayed too.

use std::fs;
use std::path::{Path, PathBuf};

use redis_acl::{Dialect, User};

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
    /// The line of `ACL LIST` without `user u `, or `ERR ` and the server's error.
    reply: String,
}

#[test]
fn every_answer_of_thirteen_servers_is_given() {
    for folder in folders() {
        let files = jsonl_files(&folder);
        assert_eq!(files.len(), 13, "corpora in {}", folder.display());
        let mut cases = 0;
        for file in files {
            cases += replay(&file);
        }
        println!("{}: {cases} cases", folder.display());
    }
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let more =
        std::env::var_os("REDIS_ACL_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    [root.join("tests/corpus"), more].into_iter().filter(|folder| folder.is_dir())
}

fn jsonl_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")).collect()
}

fn replay(file: &Path) -> usize {
    let server = file.file_stem().and_then(|stem| stem.to_str()).expect("a server's name");
    let dialect: Dialect = server.parse().expect("a modelled server");
    let text = fs::read_to_string(file).expect("a corpus");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        let answer = answer(dialect, &case.rules);
        let expected = masked(&case.reply);
        if answer != expected && !conceals(&answer, &case) {
            wrong.push(format!("{:?}\n  server {expected}\n  we     {answer}", case.rules));
        }
    }
    let cases = text.lines().count();
    assert!(cases > 0, "{server}: no cases");
    let shown = wrong[..wrong.len().min(10)].join("\n");
    assert!(wrong.is_empty(), "{server}: {} of {cases} answers differ\n{shown}", wrong.len());
    cases
}

fn answer(dialect: Dialect, rules: &[String]) -> String {
    let mut user = User::new(dialect);
    match user.apply_arguments(rules) {
        Ok(()) => user.to_string(),
        Err(error) => format!("ERR ERR {}", error.server_message().expect("servers explain every refusal")),
    }
}

/// Behind a lone `>` or `<` what is no rule may be the password, and we do not echo it either.
fn conceals(answer: &str, case: &Case) -> bool {
    let behind_sign = |pair: &&[String]| [">", "<", "#", "!"].contains(&pair[0].as_str());
    let mut concealed =
        case.rules.windows(2).filter(behind_sign).map(|pair| (&pair[1], "*".repeat(pair[1].len())));
    concealed.any(|(rule, stars)| case.reply.replace(&format!("'{rule}'"), &format!("'{stars}'")) == answer)
}

/// Servers echo passwords and bad hashes; we never do.
fn masked(reply: &str) -> String {
    let Some(rest) = reply.strip_prefix("ERR ERR Error in ACL SETUSER modifier '") else {
        return reply.to_owned();
    };
    let (rule, reason) = rest.rsplit_once("': ").expect("a rule and a reason");
    let mut behind_bare_sign = false;
    let mut mask = |word: &str| {
        let secret = word.trim_start_matches('(');
        let open = match secret.starts_with(['>', '<', '#', '!']) {
            _ if behind_bare_sign => 0,
            true => word.len() - secret.len() + 1,
            false => word.len(),
        };
        behind_bare_sign = open == word.len() && word.ends_with(['>', '<', '#', '!']);
        format!("{}{}", &word[..open], "*".repeat(word.len() - open))
    };
    let rule = rule.split(' ').map(&mut mask).collect::<Vec<_>>().join(" ");
    format!("ERR ERR Error in ACL SETUSER modifier '{rule}': {reason}")
}
