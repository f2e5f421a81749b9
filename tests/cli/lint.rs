//! `redis-acl lint` as a user meets it: what it prints, where, and with which exit code.

use std::fs;
use std::path::Path;

use crate::ran::{self, Ran};

/// In a folder of its own, so that no settings lie there.
fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    ran::run_in(folder, &[&["lint"], arguments].concat(), input)
}

fn run(arguments: &[&str]) -> Ran {
    run_in(tempfile::tempdir().expect("a folder").path(), arguments, b"")
}

#[track_caller]
fn prints(arguments: &[&str], code: i32, out: &str) {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, out, ""), "{arguments:?}");
}

const CLEAN: &str = "on ~app:* +get +set";

#[test]
fn findings_are_drawn_and_counted() {
    let drawn = "\
warning[overridden-rule]: `+keys` has no effect: `-@dangerous` after it denies it again
  |
  | on ~* +get +keys -@dangerous
  |            ^^^^^ -----------
  = help: move `+keys` after `-@dangerous` if it was meant, or remove it
  = see: docs/lints.md#overridden-rule
1 warning
";
    prints(&["-d", "redis-7.2", "on ~* +get +keys -@dangerous"], 1, drawn);
    prints(&["-d", "redis-7.2", CLEAN], 0, "");
}

#[test]
fn the_exit_code_follows_from_the_level() {
    let hint = "on ~app:* +@hash +hget";
    for (fail_on, code) in [("hint", 1), ("warning", 0), ("error", 0)] {
        assert_eq!(run(&["-d", "valkey-8.1", "--fail-on", fail_on, hint]).code, code, "{fail_on}");
    }
    assert_eq!(run(&["-d", "valkey-8.1", hint]).code, 0);
    assert_eq!(run(&["-d", "valkey-8.1", "--fail-on", "error", "~app:* +get"]).code, 0);
    let refused = run(&["-d", "valkey-8.1", "--fail-on", "error", "on +gte"]);
    assert_eq!((refused.code, refused.err.as_str()), (1, ""), "what is refused is a finding");
    assert!(
        refused.out.starts_with("error[unknown-command]: valkey-8.1 has no command `gte`\n"),
        "{}",
        refused.out
    );
}

#[test]
fn lints_are_allowed_warned_of_and_denied() {
    let hint = "on ~app:* +@hash +hget";
    prints(&["-d", "valkey-8.1", "--allow", "redundant-rule", hint], 0, "");
    prints(&["-d", "valkey-8.1", "--allow", "no-effect", hint], 0, "");
    assert!(
        run(&["-d", "valkey-8.1", "--warn", "no-effect", hint]).out.starts_with("warning[redundant-rule]")
    );
    let denied = run(&["-d", "valkey-8.1", "--deny", "redundant-rule", hint]);
    assert!(denied.code == 1 && denied.out.ends_with("\n1 error\n"), "{}", denied.out);
    let unknown = run(&["--deny", "redundant-rul", hint]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert_eq!(unknown.err, "error: no lint or group `redundant-rul`; did you mean `redundant-rule`?\n");
    assert_eq!(run(&["--allow", "refused", hint]).code, 2);
}

#[test]
fn settings_are_read_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    let run = |arguments: &[&str]| run_in(folder.path(), arguments, b"");
    let hint = "on ~app:* +@hash +hget";
    write("redis-acl.toml", "[lint]\ndeny = [\"no-effect\"]\nclients = [\"ioredis@4\"]\nnext = \"none\"\n");
    let ran = run(&["-d", "redis-7.2", hint]);
    assert!(
        ran.out.contains("error[redundant-rule]") && ran.out.contains("warning[client-breaks]"),
        "{}",
        ran.out
    );
    // flags count more
    assert!(!run(&["-d", "redis-7.2", "--allow", "redundant-rule", hint]).out.contains("redundant-rule"));
    write("other.toml", "[lint]\nfail-on = \"hint\"\n");
    assert_eq!(run(&["-d", "valkey-8.1", "--config", "other.toml", hint]).code, 1);
    assert_eq!(run(&["-d", "valkey-8.1", "--config", "other.toml", "--fail-on", "error", hint]).code, 0);
    for bad in
        ["[lint]\nalow = []\n", "[lint]\nallow = [\"no-such\"]\n", "lint", "[lint]\nnext = \"redis-5\"\n"]
    {
        write("bad.toml", bad);
        let ran = run(&["--config", "bad.toml", hint]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{bad}");
        assert!(!ran.err.is_empty(), "{bad}");
    }
    let missing = run(&["--config", "missing.toml", hint]);
    assert!(missing.code == 2 && missing.err.contains("missing.toml"), "{}", missing.err);
}

#[test]
fn clients_are_asked_about_and_listed() {
    let ran = run(&["-d", "redis-7.2", "--client", "ioredis@4", CLEAN]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("  = help: add `+info`\n"), "{}", ran.out);
    let ran = run(&["--client", "list"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 66));
    let ran = run(&["--client", "iorediss", CLEAN]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean `ioredis`?"), "{}", ran.err);
    assert_eq!(run(&["--client", "ioredis"]).code, 2, "no string");
    let ran = run(&["--list"]);
    assert!(ran.code == 0 && ran.out.contains("stays-off                no-effect warning  "), "{}", ran.out);
}

#[test]
fn fixes_are_printed_and_what_is_left_is_told() {
    let ran = run(&["-d", "redis-7.2", "--fix", "on >secret ~app:* ~app:1 +@hash +hget (~b +hget +hget)"]);
    assert_eq!(ran.out, "on >secret ~app:* +@hash (~b +hget)\n");
    assert!(!ran.err.contains("redundant-rule") && !ran.err.contains("secret"), "{}", ran.err);
    prints(&["-d", "redis-7.2", "--fix", CLEAN], 0, &format!("{CLEAN}\n"));
    let ran = run(&["-d", "redis-7.2", "--fix", "~app:* +get"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "~app:* +get\n"));
    assert!(ran.err.starts_with("warning[stays-off]"), "{}", ran.err);
}

#[test]
fn a_string_a_line_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run_in(folder.path(), &["-d", "redis-7.2", "-"], b"on ~app:* +get\n+get ~a\n\xff\n");
    assert_eq!(ran.code, 2);
    assert!(ran.out.starts_with("line 2:\nwarning[stays-off]"), "{}", ran.out);
    assert!(ran.err.contains("line 3: error: the line is not UTF-8"), "{}", ran.err);
}

#[test]
fn json_and_github_are_spoken() {
    let string = "on >secret ~app:* +@hash +hget";
    let ran = run(&["-d", "valkey-8.1", "--format", "json", string]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        found,
        serde_json::json!({
            "input": "on >****** ~app:* +@hash +hget", "dialect": "valkey-8.1",
            "findings": [{
                "lint": "redundant-rule", "group": "no-effect", "level": "hint", "span": [25, 30], "also": [[18, 24]],
                "message": "`+hget` changes nothing: `+@hash` before it allows it too", "notes": [],
                "help": "remove `+hget`",
                "fix": {"edits": [{"span": [24, 30], "replacement": ""}]},
                "only_on": null, "page": "docs/lints.md#redundant-rule"
            }]
        })
    );
    prints(
        &["-d", "valkey-8.1", "--format", "github", string],
        0,
        "::notice title=redis-acl%3A redundant-rule::`+hget` changes nothing: `+@hash` before it allows it too%0A\
         help: remove `+hget`\n",
    );
}

#[test]
fn help_teaches() {
    let ran = run(&["--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in ["Examples:\n  ", "--fail-on", "redis-acl.toml", "JSON, one line", "Exit codes"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}

/// Without its mistake the string could mean anything.
#[test]
fn a_string_that_every_engine_rejects_is_not_fixed() {
    for (dialect, string) in [
        ("redis-6.2", "on ~* -@all +json.get +@write -@scripting"),
        ("redis-7.2", "on ~* -@all +@write +gett -@scripting"),
        ("redis-8.2", "on ~* -@all +@search -@dangerous"),
        ("redis-7.2", "on nopass ~idx:* -@all +ft.search +json.get"),
        ("elasticache/valkey", "on ~app:* &n:* -@all +ping +gett"),
        ("redis,valkey", "on ~app:* -@all +ping +gett +ping"),
    ] {
        let ran = run(&["--fix", "--dialect", dialect, "--string", string]);
        assert_eq!(ran.out, format!("{string}\n"), "{dialect}");
    }
}
