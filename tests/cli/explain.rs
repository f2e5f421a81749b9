//! `redis-acl explain` as a user meets it: what it prints, where, and with which exit code.

use crate::ran::{self, Ran};

fn run(arguments: &[&str]) -> Ran {
    run_with_input(arguments, b"")
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    ran::run_with_input(&[&["explain"], arguments].concat(), input)
}

#[test]
fn a_string_is_explained() {
    let ran = run(&["-d", "redis-7.2", "on >secret %R~app:* +get -get"]);
    let expected = "\
redis-7.2: on >****** %R~app:* +get -get

login      on; 1 password
commands   none
keys       readable: app:*
channels   none
denied     every command

rule by rule
  on        can log in
  >******   1 password added
  %R~app:*  keys app:* readable
  +get      1 command added: get
  -get      1 command removed: get
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
}

#[test]
fn the_dialect_is_elasticache_where_none_is_named() {
    let ran = run(&["-@all +@read"]);
    assert!(ran.out.starts_with("elasticache/redis-6.0: -@all +@read\n"), "{}", ran.out);
    assert!(ran.out.ends_with("  -@all   changes nothing\n  +@read  74 commands added\n"), "{}", ran.out);
}

#[test]
fn markdown_is_for_comments() {
    let ran = run(&["-d", "redis-7.2", "--format", "markdown", "+config|get"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("### What this access string grants on redis-7.2\n"), "{}", ran.out);
    assert!(ran.out.ends_with("| `+config\\|get` | 1 command added: `config\\|get` |\n"), "{}", ran.out);
}

#[test]
fn a_string_a_line_gives_a_json_object_a_line() {
    let input = b"on >secret +get\n+gte >secret\n\xff\n\n";
    let ran = run_with_input(&["-d", "redis-7.2", "--format", "json", "-"], input);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((ran.code, lines.len(), ran.err.as_str()), (2, 4, ""));
    assert!(!ran.out.contains("secret"), "{}", ran.out);
    assert_eq!((&lines[0]["text"], &lines[0]["login"]["passwords"]), (&"on >****** +get".into(), &1.into()));
    assert_eq!(lines[0]["rules"][2]["changes"][0]["added"]["names"], serde_json::json!(["get"]));
    assert_eq!(lines[1]["errors"][0]["kind"], "unknown_command");
    assert_eq!(lines[2]["errors"][0]["kind"], "not_utf8");
    assert_eq!(lines[3]["selectors"][0]["commands"], 0);
}

#[test]
fn several_strings_stand_apart() {
    let ran = run_with_input(&["-d", "redis-7.2", "-"], b"+get\n+set");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("1 command added: get\n\nredis-7.2: +set\n"), "{}", ran.out);
}

#[test]
fn bad_input_is_shown_in_place() {
    for format in ["text", "markdown"] {
        let ran = run(&["-d", "redis-7.2", "--format", format, "on +gte"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let report = "error: redis-7.2 has no command `gte`\n  |\n  | on +gte\n  |     ^^^\n  = help: did you mean `get`?\n";
        assert!(ran.err.starts_with(report), "{}", ran.err);
    }
    for arguments in [&["-d", "redis-5.0", "on"][..], &["--format", "html", "on"], &[]] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_teaches() {
    let ran = run(&["--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("Examples:\n  redis-acl explain "), "{}", ran.out);
}
