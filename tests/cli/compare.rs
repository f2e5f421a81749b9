//! `diff` and `assert` as a user meets them: what they print, where, and with which exit code.

use std::fs;

use crate::ran::{run, run_with_input};

/// A file that is gone when the test is over.
fn file(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(&file, text).expect("it is written");
    file
}

fn path(file: &tempfile::NamedTempFile) -> &str {
    file.path().to_str().expect("a path in UTF-8")
}

// ---------------------------------------------------------------------------------------------------
// diff

const OLD: &str = "on ~app:* +@read";
const NEW: &str = "on ~app:* ~tmp:* +@read -keys +config|set";
const NARROWER: &str = "on ~app:* +@read -keys";

#[test]
fn diff_tells_what_changes_and_proves_it() {
    let ran = run(&["diff", "-d", "redis-7.2", "on ~app:* +get +set", "on ~app:* ~tmp:* +get +config|set"]);
    let expected = "\
OLD and NEW each allow something that the other does not
  + 1 command
      dangerous: config|set
  + more with 1 command: get
  + keys ~tmp:*
  + for example: GET tmp:
  - 1 command
      write: set
  - for example: SET app: 1
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, expected, ""));
    let ran = run(&["diff", OLD, "+@all -@all on +@READ ~app:*"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "both users have the same permissions\n"));
}

#[test]
fn what_is_printed_steers_no_terminal() {
    let ran = run(&["diff", "-d", "redis-7.2", "on +get", "on +get (\"~\\x1b[31m\" +get)"]);
    assert!(ran.out.contains("  + keys ~\\u{1b}[31m\n"), "{}", ran.out);
    let claims = file("allow GET \"\\x1b[31m\\n\"\n");
    let ran = run(&["assert", path(&claims), "-d", "redis-7.2", "on +get"]);
    assert!(ran.out.contains("denied: no pattern allows reading the key `\\u{1b}[31m\\n`\n"), "{}", ran.out);
}

#[test]
fn diff_is_a_gate_for_new_access() {
    let gate = |old, new| run(&["diff", "--no-new-access", "-d", "redis-7.2", old, new]);
    let ran = gate(OLD, NARROWER);
    assert_eq!(ran.code, 0);
    assert!(ran.out.ends_with("  - for example: KEYS 1\nno new access\n"), "{}", ran.out);
    let ran = gate(NARROWER, OLD);
    assert_eq!(ran.code, 1);
    assert!(ran.out.ends_with("\nnew access: NEW can do what OLD cannot\n"), "{}", ran.out);
    for (old, new, code) in [
        (OLD, NEW, 1),
        (OLD, OLD, 0),
        ("off +get", "on +get", 1),
        ("on >secret +get", "on +get", 0),
        ("on +get", "on >secret +get", 1),
        ("-@all +get +config|get", "-@all +get +config -config|set", 1),
    ] {
        assert_eq!(gate(old, new).code, code, "{old} / {new}");
    }
    // without the flag less is a difference too
    assert_eq!(run(&["diff", OLD, NARROWER]).code, 1);
}

#[test]
fn diff_refuses_when_in_doubt() {
    // more selectors than are compared with
    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let many = format!("on {}", selectors.join(" "));
    let gate = |old: &str, new: &str| run(&["diff", "--no-new-access", "-d", "redis-7.2", old, new]);
    let ran = gate(&many, "on ~k1 +get");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.ends_with("\nnew access cannot be ruled out, which counts as new access\n"),
        "{}",
        ran.out
    );
    let ran = run(&["diff", "--format=json", "-d", "redis-7.2", &many, "on ~k1 +get"]);
    assert_eq!((ran.code, ran.json()["new_access"].as_str()), (1, Some("undecided")));
}

const WITHIN_7: &str = "help: the limits are 128 selectors and 7 steps of work; --work raises the latter\n";

#[test]
fn what_is_undecided_says_which_bounds_there_are() {
    let (old, new) = ("on ~[a-m]x ~[^a-m]x +get", "on ~?x +get");
    let of = ["-d", "redis-7.2"];
    let with = |command: &[&str], more: &[&str]| run(&[command, &of, &[old, new], more].concat());

    let ran = with(&["equal"], &["--work", "7"]);
    assert_eq!((ran.code, ran.out.lines().next()), (1, Some("inconclusive, which counts as different")));
    assert_eq!(ran.err, WITHIN_7);
    assert_eq!(with(&["equal"], &[]).out, "equal\n");

    let ran = with(&["diff", "--no-new-access"], &["--work", "7"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, WITHIN_7));
    let ran = with(&["diff", "--no-new-access"], &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));

    let ran = run(&["upgrade", "--work", "7", "--from", "redis-7.0", "--to", "redis-7.2", new]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.ends_with(WITHIN_7), "{}", ran.err);
}

#[test]
fn diff_says_nothing_when_it_is_asked_to() {
    for (old, new, code) in [(OLD, OLD, 0), (OLD, NEW, 1)] {
        for format in ["text", "json"] {
            let ran = run(&["diff", "--quiet", "--format", format, "-d", "redis-7.2", old, new]);
            assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, "", ""));
        }
    }
}

#[test]
fn diff_reads_each_string_in_its_dialect() {
    let arguments =
        ["diff", "-d", "redis-6.2", "--to-dialect", "redis-7.0", "on ~* +publish", "on ~* +publish"];
    let ran = run(&arguments);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("  - channels &*\n  - for example: PUBLISH a 1\n"), "{}", ran.out);
    // what only the newer one has
    let newer = ["diff", "-d", "redis-6.2", "--to-dialect", "redis-7.0", "on +get", "on %R~a +get"];
    assert_eq!(run(&newer).code, 1);
    assert_eq!(run(&["diff", "-d", "redis-6.2", "on +get", "on %R~a +get"]).code, 2);
}

#[test]
fn diff_reads_strings_from_files_and_from_the_standard_input() {
    let (old, new) = (file(format!("{OLD}\n")), file(format!("{NARROWER}\r\n")));
    let at = |file| format!("@{}", path(file));
    let ran = run(&["diff", "-d", "redis-7.2", &at(&old), &at(&new)]);
    assert!(ran.code == 1 && ran.out.contains("- for example: KEYS 1"), "{}", ran.out);
    let ran = run_with_input(&["diff", "-d", "redis-7.2", "-", &at(&old)], b"on ~app:* +@read");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = run(&["diff", "-", "-"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("only one of the strings can come from standard input"), "{}", ran.err);
    let ran = run(&["diff", "on", "@/no/such/file"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no such file or folder `/no/such/file`"), "{}", ran.err);
    // rules on two lines are no access string
    let ran = run(&["diff", "on", &at(&file("on\n+get\n"))]);
    assert_eq!(ran.code, 2);
}

#[test]
fn diff_says_which_string_is_bad() {
    let expected = |which: &str, rules: &str| {
        format!(
            "{which}:\nerror: redis-7.2 has no command `gte`\n  |\n  | {rules}\n  |     ^^^\n  = help: did you mean `get`?\n  \
             = note: the server says: Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL\n"
        )
    };
    let ran = run(&["diff", "-d", "redis-7.2", "on", "on +gte"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, expected("NEW", "on +gte"));
    let ran = run(&["diff", "-d", "redis-7.2", "on +gte", "on +gte"]);
    assert_eq!(ran.err, expected("OLD", "on +gte") + &expected("NEW", "on +gte"));
    let ran = run(&["diff", "-d", "redis-7.2", "on >secret +gte", "on"]);
    assert!(ran.err.starts_with("OLD:\n") && !ran.err.contains("secret"), "{}", ran.err);
    let ran = run_with_input(&["diff", "on", "-"], b"on ~\xff");
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("NEW:\nerror: the line is not UTF-8"), "{}", ran.err);
}

#[test]
fn diff_speaks_json() {
    let ran = run(&["diff", "--format", "json", "-d", "redis-7.2", "on >secret ~a +get", "on ~a +get +keys"]);
    let json = ran.json();
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_eq!(json["old"], serde_json::json!({"input": "on >****** ~a +get", "dialect": "redis-7.2"}));
    assert_eq!((&json["change"], &json["new_access"]), (&"incomparable".into(), &"some".into()));
    assert_eq!(
        json["gained"]["commands"],
        serde_json::json!([{"category": "dangerous", "commands": ["keys"]}])
    );
    assert_eq!(json["gained"]["witness"], serde_json::json!({"request": "KEYS 1", "database": 0}));
    assert_eq!((&json["lost"]["passwords"], &json["lost"]["witness"]), (&1.into(), &serde_json::Value::Null));

    let ran = run(&["diff", "--format", "json", "on >secret +gte", "on"]);
    let json = ran.json();
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    assert_eq!(json["old"]["input"], "on >****** +gte");
    assert_eq!(json["old"]["errors"][1]["kind"], "unknown_command");
    assert_eq!(json["new"], serde_json::json!({"input": "on", "dialect": "elasticache/redis-6.0"}));
    assert_eq!(json["change"], serde_json::Value::Null);
    let ran = run_with_input(&["diff", "--format", "json", "-", "on"], b"\xff");
    assert_eq!((ran.code, &ran.json()["old"]["errors"][0]["kind"]), (2, &"not_utf8".into()));
}

// ---------------------------------------------------------------------------------------------------
// assert

const CLAIMS: &str = "\
# what the worker needs
allow GET app:1
grants @read

# and must never do
deny FLUSHALL
never grants @dangerous
no wider than \"on ~app:* +@read +@write\"
";

#[test]
fn assert_reports_as_a_test_runner_does() {
    let claims = file(CLAIMS);
    let ran = run(&["assert", path(&claims), "-d", "redis-7.2", "on ~app:* ~tmp:* +@read +flushall"]);
    let expected = "\
ok     allow GET app:1
ok     grants @read
FAILED deny FLUSHALL (line 6)
         allowed by `+flushall`
FAILED never grants @dangerous (line 7)
         the user can run 3 commands: flushall keys sort_ro
         for example: SORT_RO app:
FAILED no wider than \"on ~app:* +@read +@write\" (line 8)
         it can do more: for example: GET tmp:
5 assertions: 2 ok, 3 failed
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, expected, ""));
    let fine = file("allow GET app:1\n");
    let ran = run(&["assert", path(&fine), "on ~app:* +@read"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "ok     allow GET app:1\n1 assertion: 1 ok, 0 failed\n"));
}

#[test]
fn assert_takes_headers_and_the_command_line_goes_before_them() {
    let claims =
        file("dialect redis-7.0\nuser \"on ~app:* +get\"\nallow GET app:1\nnever grants config|set\n");
    assert_eq!(run(&["assert", path(&claims)]).code, 0);
    let ran = run(&["assert", path(&claims), "on +get"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("denied: no pattern allows reading the key `app:1`"), "{}", ran.out);
    let ran = run(&["assert", "--format=json", path(&claims), "-d", "elasticache"]);
    assert_eq!((ran.code, &ran.json()["dialect"]), (0, &"elasticache/redis-6.0".into()));
    let ran = run(&["assert", path(&file("allow GET a"))]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("no access string is given"), "{}", ran.err);
}

#[test]
fn assert_reads_strings_from_a_file_and_one_a_line() {
    let (claims, string) = (file("deny FLUSHALL\n"), file("on +get\n"));
    assert_eq!(run(&["assert", path(&claims), &format!("@{}", path(&string))]).code, 0);
    let arguments = ["assert", path(&claims), "-d", "redis-7.2", "-"];
    let ran = run_with_input(&arguments, b"on >secret +get\non +flushall\n");
    let expected = "\
# line 1: on >****** +get
ok     deny FLUSHALL
1 assertion: 1 ok, 0 failed
# line 2: on +flushall
FAILED deny FLUSHALL (line 1)
         allowed by `+flushall`
1 assertion: 0 ok, 1 failed
";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
    let ran = run_with_input(&arguments, b"on +flushal\non +get\n");
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("line 1:\nerror: redis-7.2 has no command `flushal`\n"), "{}", ran.err);
    let ran = run_with_input(&arguments, b"");
    assert_eq!(ran.code, 2, "nothing was tested");
}

#[test]
fn assert_shows_what_is_wrong_with_the_claims() {
    let claims = file("allow GET a\nalow GET a\nno wider than on +get\n");
    let at = path(&claims);
    let ran = run(&["assert", at, "on +get"]);
    let expected = format!(
        "{at}:2:\nerror: `alow` is not an assertion\n  |\n  | alow GET a\n  | ^^^^\n  = help: did you mean `allow`?\n{at}:3:\nerror: \
         `on +get` is more than one word\n  |\n  | no wider than on +get\n  |               ^^^^^^^\n  = help: put it between \
         quotes: `\"on +get\"`\n"
    );
    assert_eq!((ran.code, ran.out.as_str(), ran.err), (2, "", expected));
    // names are looked up in the dialect
    let claims = file("deny FLUSHAL\nnever grants @dangrous\nuser 'on >secret +gte'\n");
    let ran = run(&["assert", path(&claims), "-d", "redis-7.2", "on"]);
    assert_eq!(ran.code, 2);
    for help in ["did you mean `flushall`?", "did you mean `@dangerous`?"] {
        assert!(ran.err.contains(help), "{}", ran.err);
    }
    let ran = run(&["assert", path(&claims), "-d", "redis-7.2"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("  | user 'on >****** +gte'\n"), "{}", ran.err);
    assert_eq!(run(&["assert", "/no/such/file", "on"]).code, 2);
    let ran = run(&["assert", path(&file("# none\n")), "on"]);
    assert!(ran.code == 2 && ran.err.contains("the file has no assertions"), "{}", ran.err);
    let ran = run(&["assert", path(&file(b"deny GET a\ndeny GET \xff\n")), "on"]);
    assert!(ran.code == 2 && ran.err.contains(":2:\nerror: the line is not UTF-8\n"), "{}", ran.err);
    let claims = file(b"deny GET a\ndeny GET \xff\n");
    let ran = run(&["assert", "--format", "json", path(&claims), "on"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    let told = ran.json();
    assert_eq!((&told["file"], &told["errors"][0]["kind"]), (&path(&claims).into(), &"not_utf8".into()));
}

#[test]
fn assert_speaks_json() {
    let claims = file("allow GET app:1\nnever grants keys\n");
    let ran =
        run(&["assert", "--format", "json", "-d", "redis-7.2", path(&claims), "on >secret ~app:* +@read"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_eq!(
        ran.json(),
        serde_json::json!({
            "input": "on >****** ~app:* +@read", "dialect": "redis-7.2", "holds": false, "claims": [
                {"line": 1, "claim": "allow GET app:1", "holds": true, "failure": null},
                {"line": 2, "claim": "never grants keys", "holds": false, "failure": {
                    "kind": "granted", "message": "the user can run 1 command: keys\nfor example: KEYS 1",
                    "commands": ["keys"], "witness": {"request": "KEYS 1", "database": 0},
                }},
            ],
        })
    );
    let ran = run(&["assert", "--format", "json", path(&file("deny FLUSHAL\n")), "on"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    assert_eq!(ran.json()["errors"][0]["line"], 1);
    assert_eq!(ran.json()["errors"][0]["help"], "did you mean `flushall`?");
    let ran = run(&["assert", "--format", "json", path(&claims), "+gte"]);
    assert_eq!((ran.code, &ran.json()["errors"][0]["kind"]), (2, &"unknown_command".into()));
}

#[test]
fn help_teaches_by_examples_that_work() {
    for name in ["diff", "assert"] {
        let ran = run(&[name, "--help"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Examples:\n  ") && ran.out.contains("Exit codes:"), "{}", ran.out);
    }
    // the file that `assert --help` shows
    let help = run(&["assert", "--help"]).out;
    let lines = help.lines().skip_while(|line| *line != "A file of assertions:").skip(1);
    let lines: Vec<_> = lines.take_while(|line| line.is_empty() || line.starts_with("  ")).collect();
    let claims = file(lines.join("\n"));
    let ran = run(&["assert", path(&claims)]);
    assert_eq!(ran.err, "", "{}", lines.join("\n"));
    let failed: Vec<_> = ran.out.lines().filter(|line| line.starts_with("FAILED")).collect();
    assert_eq!((ran.code, &failed[..]), (0, &[][..]), "{}", ran.out);
}
