//! Commands about one string or a string a line.

use crate::ran::{command, prints, read, run, run_with_input};

const LONG: &str = "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset \
                    -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember";

#[test]
fn normalize_does_the_main_job() {
    prints(&["normalize", "on ~app::* -@all +@read"], &format!("{LONG}\n"));
    prints(&["normalize", "-@all +get"], "off -@all +get\n");
    prints(
        &["normalize", "--dialect", "redis-7.2", "on ~app:* +@read"],
        "on sanitize-payload ~app:* resetchannels -@all +@read\n",
    );
    prints(
        &["normalize", "-d", "redis-7.2", "--form", "observed", "on ~app:* +@read"],
        "on ~app:* -@all +@read\n",
    );
}

#[test]
fn normalize_leaves_no_byte_out() {
    prints(&["normalize", "-d", "redis-6.2", "on ~\u{1b}[31m* +get"], "on ~\u{1b}[31m* &* -@all +get\n");
}

#[test]
fn normalize_reads_a_string_a_line() {
    let ran = run_with_input(&["normalize", "-"], b"on ~* +@all\r\n\n-@all +gte\n\xff\n+get");
    assert_eq!((ran.code, ran.out.as_str()), (2, "on ~* +@all\noff -@all\noff -@all +get\n"));
    assert!(
        ran.err.starts_with("line 3:\nerror: elasticache/redis-6.0 has no command `gte`\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("line 4: error: the line is not UTF-8"), "{}", ran.err);
}

#[test]
fn normalize_speaks_json() {
    prints(
        &["normalize", "--format", "json", "on ~* +@all"],
        "{\"input\":\"on ~* +@all\",\"dialect\":\"elasticache/redis-6.0\",\"canonical\":\"on ~* +@all\"}\n",
    );
    let ran = run_with_input(&["normalize", "--format=json", "-"], b"+gte >pw\n\xff\n");
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((ran.code, lines.len(), ran.err.as_str()), (2, 2, ""));
    assert_eq!(lines[0]["input"], "+gte >**");
    assert_eq!(lines[0]["errors"][0]["kind"], "unknown_command");
    assert_eq!(lines[0]["errors"][0]["span"], serde_json::json!([1, 4]));
    assert_eq!(lines[0]["errors"][0]["server_message"], serde_json::Value::Null);
    assert!(
        lines[0]["errors"][1]["server_message"]
            .as_str()
            .expect("AWS's text")
            .starts_with("Password rules are")
    );
    assert_eq!(lines[1]["errors"][0]["kind"], "not_utf8");
}

#[test]
fn bad_input_is_explained_on_the_standard_error() {
    let ran = run(&["normalize", "on +gte"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    let report = "error: elasticache/redis-6.0 has no command `gte`\n  |\n  | on +gte\n  |     ^^^\n  = help: did you mean `get`?\n";
    assert_eq!(ran.err, report);
    for arguments in [
        &["normalize", "--dialect", "redis-5.0", "on"][..],
        &["normalize", "--form", "documented", "-d", "redis-7.2", "on"],
        &["normalize"],
        &["normalise", "on"],
        &[],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn expand_lists_what_is_granted() {
    prints(&["expand", "@hyperloglog"], "pfselftest\npfadd\npfcount\npfmerge\n");
    prints(&["expand", "-d", "redis-7.2", "+config|get +select|0"], "config|get\nselect|0\n");
    let ran = run(&["expand", "+@all"]);
    assert_eq!((ran.out.lines().count(), ran.out.lines().last()), (205, Some("# and future commands")));
    let ran = run(&["expand", "-d", "redis-7.2", "+get (+set)"]);
    assert_eq!(ran.out, "# the user's own rules\nget\n# selector 1\nset\n");
    let ran = run(&["expand", "--by-category", "+get +ping"]);
    assert!(ran.out.contains("@read (1 of 74): get\n") && ran.out.contains("@fast (2 of "), "{}", ran.out);
    let ran = run(&["expand", "--format", "json", "@geo"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["selectors"][0]["commands"].as_array().map(Vec::len), Some(8));
    assert_eq!(run(&["expand", "@nosuch"]).code, 2);
}

#[test]
fn parse_shows_the_tree() {
    prints(
        &["parse", "on >secret (%R~a +config|get)"],
        "0..2      on                             on\n\
         3..10     >******                        add password\n\
         11..29    (%R~a +config|get)             selector\n\
         \x20 12..16    %R~a                           read keys like `a`\n\
         \x20 17..28    +config|get                    allow `config` with subcommand or first argument `get`\n",
    );
    prints(
        &["parse", "--format", "json", "on"],
        "{\"input\":\"on\",\"rules\":[{\"rule\":\"on\",\"span\":[0,2]}]}\n",
    );
    let ran = run(&["parse", "--format", "json", "flurb"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.out.starts_with("{\"input\":\"flurb\",\"errors\":[{\"kind\":\"unknown_rule\""),
        "{}",
        ran.out
    );
}

#[test]
fn parse_says_of_every_rule_what_it_is() {
    for (rule, meaning) in [
        ("off", "off"),
        ("nopass", "nopass"),
        ("resetpass", "resetpass"),
        ("-debug", "deny command `debug`"),
        ("+get", "allow command `get`"),
        ("+@read", "allow category `read`"),
        ("-@dangerous", "deny category `dangerous`"),
        ("-config|set", "deny `config` with subcommand or first argument `set`"),
        ("~a*", "read and write keys like `a*`"),
        ("%RW~a*", "read and write keys like `a*`"),
        ("%R~a*", "read keys like `a*`"),
        ("%W~a*", "write keys like `a*`"),
        ("&news:*", "channels like `news:*`"),
        ("allkeys", "all keys"),
        ("resetchannels", "reset channels"),
        ("+@all", "all commands"),
        ("clearselectors", "clear selectors"),
        ("db=0,3", "databases"),
        ("skip-sanitize-payload", "skip sanitize payload"),
    ] {
        prints(&["parse", rule], &format!("{:9} {rule:30} {meaning}\n", format!("0..{}", rule.len())));
    }
    for (selector, meaning) in [
        ("(~x\"\"y)", "selector; empty before Valkey 9.0, which joins quoted text"),
        ("(\"~x)", "selector; a quote is not closed, so servers read it as empty"),
    ] {
        let ran = run(&["parse", selector]);
        let first = ran.out.lines().next().expect("a line");
        assert!(ran.code == 0 && first.ends_with(&format!("{selector:30} {meaning}")), "{}", ran.out);
    }
}

#[test]
fn parse_tells_what_is_no_rule() {
    let ran = run_with_input(&["parse", "-"], b"on\n+get flurb\n");
    assert_eq!((ran.code, ran.out.as_str()), (2, "0..2      on                             on\n"));
    assert!(
        ran.err.starts_with("line 2:\nerror: `flurb` is not a rule\n  |\n  | +get flurb\n"),
        "{}",
        ran.err
    );
}

/// Every command that reads a string a line.
#[test]
fn a_line_that_is_no_text_is_an_error_and_the_others_are_answered() {
    let claims = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&claims, "allow GET a\n").expect("it is written");
    let claims = claims.path().to_str().expect("a path in UTF-8");
    let commands = [
        &["normalize"][..],
        &["expand"],
        &["parse"],
        &["simplify"],
        &["upgrade", "--from", "redis-7.2", "--to", "valkey-8.1"],
        &["explain"],
        &["lint"],
        &["lint", "--fix"],
        &["assert", claims],
    ];
    const LINES: &[u8] = b"on ~a +get\n+get >secret ~\xff\non ~a +get\n";
    for command in commands {
        let one = run(&[command, &["on ~a +get"]].concat()).out;
        let ran = run_with_input(&[command, &["-"]].concat(), LINES);
        assert_eq!(ran.code, 2, "{command:?}");
        let told =
            "line 2: error: the line is not UTF-8; write patterns in UTF-8, or match other bytes with `?`\n";
        assert_eq!(ran.err, told, "{command:?}");
        let answers = one.lines().last().map_or(2, |last| ran.out.matches(last).count());
        assert!(answers >= 2, "{command:?}: {}", ran.out);

        // a string that is mended is printed as it is
        if command.contains(&"--fix") {
            continue;
        }
        let ran = run_with_input(&[command, &["--format", "json", "-"]].concat(), LINES);
        let answers: Vec<serde_json::Value> =
            ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((ran.code, answers.len(), ran.err.as_str()), (2, 3, ""), "{command:?}");
        assert_eq!(answers[1]["input"], "+get >****** ~\u{fffd}", "{command:?}");
        let error = serde_json::json!({
            "kind": "not_utf8", "message": "the line is not UTF-8", "span": [0, 0],
            "help": "write patterns in UTF-8, or match other bytes with `?`",
        });
        assert_eq!(answers[1]["errors"], serde_json::json!([error]), "{command:?}");
        assert!(answers[0]["errors"].is_null() && answers[2]["errors"].is_null(), "{command:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    for arguments in [
        &["normalize", "on"][..],
        &["dialects"],
        &["lint", "on +get"],
        &["diff", "on +get", "on +set"],
        &["can", "on +get", "--", "GET", "a"],
        &["describe-users"],
    ] {
        let full = std::fs::File::create("/dev/full").expect("a device that is full");
        let ran = read(command(arguments).stdout(full).output().expect("it runs"));
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.starts_with("error: No space left on device"), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn equal_answers_by_its_exit_code() {
    prints(&["equal", "on ~app::* -@all +@read", LONG], "equal\n");
    prints(&["equal", "--quiet", "+get", "-@all +get"], "");
    let ran = run(&["equal", "on", "off"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "different\n  on -@all\n  off -@all\n"));
    let ran = run(&["equal", "on", "+nosuch"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn dialects_are_listed_with_their_evidence() {
    let ran = run(&["dialects"]);
    assert_eq!((ran.code, ran.out.lines().take_while(|line| !line.is_empty()).count()), (0, 54));
    let row = "redis-8.6                redis-8.6           server      measured         412\n";
    assert!(ran.out.contains(row), "{}", ran.out);
    assert!(
        ran.out.contains("sentinel/redis-7.0       sentinel/redis-7.0  server      measured          72\n"),
        "{}",
        ran.out
    );
    let ran = run(&["dialects", "--format", "json"]);
    let first: serde_json::Value =
        serde_json::from_str(ran.out.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["dialect"], &first["commands"]), (&"redis-6.0.5".into(), &204.into()));
}

#[test]
fn help_teaches() {
    for arguments in
        [&["--help"][..], &["normalize", "--help"], &["expand", "--help"], &["parse", "-h"], &["equal", "-h"]]
    {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Examples:\n  "), "{arguments:?}\n{}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_read_enough_ends_the_command_as_a_signal_would() {
    let (reader, writer) = std::os::unix::net::UnixStream::pair().expect("two ends");
    // gone before the command starts, so that it cannot be faster
    drop(reader);
    let ran = read(
        command(&["expand", "+@all"]).stdout(std::os::fd::OwnedFd::from(writer)).output().expect("it runs"),
    );
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
}

const RULES: &str = "on %R~app:* +@all -keys (~tmp:* +@write)";

#[test]
fn can_answers_by_its_exit_code_and_says_why() {
    prints(&["can", "on ~app:* +@read", "--", "GET", "app:1"], "allowed by `+@read`\n");
    let ran = run(&["can", "-d", "redis-7.2", RULES, "--", "COPY", "app:1", "app:2"]);
    let expected = "\
denied: no pattern allows writing the key `app:2`
  = help: add `%W~app:2`, or a pattern that matches more
  = note: the server says: NOPERM No permissions to access a key
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, expected, ""));
    let ran = run(&["can", "-d", "valkey-9.1", "+@all ~* db=1", "--", "GET", "a"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    prints(
        &["can", "-d", "valkey-9.1", "--database", "1", "+@all ~* db=1", "--", "GET", "a"],
        "allowed by `+@all`\n",
    );
    let ran = run(&["can", "-d", "redis-7.2", "on +gte", "--", "GET", "a"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: redis-7.2 has no command `gte`"), "{}", ran.err);
    assert_eq!(run(&["can", "on +get"]).code, 2, "neither a request nor a file");
}

#[test]
fn can_reads_a_file_of_requests() {
    let requests = b"# what the worker sends\nGET app:1\nSET \"tmp:\\xff\" 1\r\n\nkeys *\nget \"x\nauth pw\nconfig foo\n";
    let ran = run_with_input(&["can", "-d", "redis-7.2", "--file", "-", RULES], requests);
    let expected = "\
allowed  GET app:1         by `+@all`
allowed  SET \"tmp:\\xff\" 1  by `+@write` of selector 1
denied   keys *            `-keys` denies the command `keys`
allowed  auth pw           to every user
denied   config foo        redis-7.2 has no subcommand `foo` of `config`
";
    assert_eq!((ran.code, ran.out.as_str()), (2, expected));
    assert_eq!(ran.err, "line 6: error: unbalanced quotes; close each quote, and write a space after it\n");
    let ran = run(&["can", "--file", "/no/such/file", "+get"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no such file or folder `/no/such/file`"), "{}", ran.err);
}

#[test]
fn can_shows_where_dialects_differ() {
    let ran = run(&["can", "--all-dialects", "on %R~app:* +@read", "--", "TOUCH", "app:1"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(
        ran.out.starts_with("cannot read the string: it has no `%R~` and `%W~`\n  redis-6.0.5 "),
        "{}",
        ran.out
    );
    let ran = run(&["can", "--all-dialects", "on ~app:* +get", "--", "GET", "app:1"]);
    assert_eq!(ran.out, "allowed by `+get`\n  on every dialect\n");
    let ran = run(&["can", "--all-dialects", "on ~* +@read", "--", "EVAL_RO", "s", "0"]);
    assert_eq!(ran.code, 1);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(
        (lines[0], lines[2]),
        ("denied: it has no command `EVAL_RO`", "denied: no rule grants the command `eval_ro`")
    );
    assert_eq!(run(&["can", "--all-dialects", "+nosuch", "--", "GET", "a"]).code, 2);
}

#[test]
fn can_speaks_json() {
    let ran = run(&["can", "--format", "json", "-d", "redis-7.2", RULES, "--", "INCR", "app:1"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        answer,
        serde_json::json!({
            "request": ["INCR", "app:1"], "dialect": "redis-7.2", "allowed": false, "reason": "key",
            "message": "no pattern allows reading and writing the key `app:1`",
            "help": "add `~app:1`, or a pattern that matches more", "needs": "read_write", "missing": "write",
            "server_message": "NOPERM No permissions to access a key",
            "dryrun": "User user has no permissions to access the 'app:1' key",
            "selector": 0, "rule": null,
        })
    );
    let ran = run(&["can", "--format", "json", "-d", "redis-7.2", RULES, "--", "SET", "tmp:1", "x"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((answer["allowed"].clone(), answer["selector"].clone()), (true.into(), 1.into()));
    assert_eq!(answer["rule"], "+@write");
}

#[test]
fn can_names_each_reason() {
    let reason = |dialect: &str, string: &str, request: &str, (reason, message): (&str, &str)| {
        let words: Vec<_> = request.split(' ').collect();
        let ran = run(&[&["can", "--format", "json", "-d", dialect, string, "--"], &words[..]].concat());
        let answer = ran.json();
        assert_eq!((ran.code, &answer["reason"]), (1, &reason.into()), "{request}");
        assert_eq!((&answer["message"], answer["needs"].is_null()), (&message.into(), reason != "key"));
        let text = run(&[&["can", "-d", dialect, string, "--"], &words[..]].concat());
        assert!(text.out.starts_with(&format!("denied: {message}\n")), "{request}: {}", text.out);
        let said = answer["server_message"].as_str().expect("a text");
        assert!(
            text.out.ends_with(&format!("\n  = note: the server says: {said}\n")),
            "{request}: {}",
            text.out
        );
    };
    let of = "redis-7.2";
    reason(of, "on +@all", "GTE a", ("unknown_command", "redis-7.2 has no command `GTE`"));
    reason(of, "on ~* +get", "GET", ("wrong_arity", "wrong number of arguments for `get`"));
    reason(
        "valkey-9.1",
        "on ~* +@all db=1",
        "GET a",
        ("database", "`get` needs the current database, or all of them"),
    );
    reason(of, "on ~* +@read -get", "GET a", ("command", "`-get` denies the command `get`"));
    reason(of, "on ~b +get", "GET a", ("key", "no pattern allows reading the key `a`"));
    reason(of, "on +publish", "PUBLISH c x", ("channel", "no pattern allows the channel `c`"));
    let by = "`BY` reads other keys, and needs a selector that can read all keys";
    reason(of, "on ~a +sort", "SORT a BY b_*", ("sort_by", by));
    let get = "`GET` reads other keys, and needs a selector that can read all keys";
    reason(of, "on ~a +sort", "SORT a GET b_*", ("sort_get", get));
    reason(
        "elasticache",
        "on +@all",
        "GTE a",
        ("unknown_command", "elasticache/redis-6.0 has no command `GTE`"),
    );
}

#[test]
fn can_asks_every_dialect_about_each_request_of_a_file() {
    let requests = b"GET app:1\nget \"x\n# a comment\nEVAL_RO s 0\n";
    let arguments = ["can", "--all-dialects", "--file", "-", "on ~app:* +get"];
    let ran = run_with_input(&arguments, requests);
    assert_eq!(ran.code, 2);
    let begins = "GET app:1\nallowed by `+get`\n  on every dialect\nEVAL_RO s 0\ndenied: it has no command `EVAL_RO`\n  redis-6.0.5 ";
    assert!(ran.out.starts_with(begins), "{}", ran.out);
    assert_eq!(ran.err, "line 2: error: unbalanced quotes; close each quote, and write a space after it\n");

    let ran = run_with_input(&[&arguments[..], &["--format", "json"]].concat(), b"GET app:1\nGET other\n");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let answers: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let listed = run(&["dialects", "--format", "json"]).out;
    // a string for servers is not asked of Sentinels
    let dialects = listed.lines().filter(|line| !line.contains("\"sentinel/")).count();
    assert_eq!(answers.len(), 2 * dialects);
    for (index, answer) in answers.iter().enumerate() {
        let first = index < dialects;
        assert_eq!(
            (&answer["allowed"], &answer["request"][1]),
            (&first.into(), &["other", "app:1"][usize::from(first)].into())
        );
    }
}

#[test]
fn equal_strings_may_be_written_with_other_patterns() {
    prints(&["equal", "-d", "redis-7.2", "~[ab]* +get", "~a* ~b* +get"], "equal\n");
    assert_eq!(run(&["equal", "-d", "redis-7.2", "~[abc]* +get", "~a* ~b* +get"]).code, 1);
}

#[test]
fn simplify_finds_what_was_meant() {
    prints(&["simplify", LONG], "on ~app::* -@all +@read\n");
    prints(&["simplify", "-d", "redis-7.2", "on ~app:1 ~app:* +@read +get"], "on ~app:* -@all +@read\n");
    let ran = run_with_input(
        &["simplify", "--format", "json", "-d", "redis-7.2", "-"],
        b"on >secret ~* +get +get\n+nosuch\n",
    );
    assert_eq!(ran.code, 2);
    let lines: Vec<_> = ran.out.lines().collect();
    assert!(lines[0].contains(r#""input":"on >****** ~* +get +get""#), "{}", lines[0]);
    assert!(lines[0].contains(" ~* +get\"}") && !ran.out.contains("secret"), "{}", lines[0]);
    assert!(lines[1].contains(r#""kind":"unknown_command""#), "{}", lines[1]);
}

#[test]
fn upgrade_tells_what_changes_and_what_to_write() {
    let ran = run(&["upgrade", "--from", "redis-6.2", "--to", "redis-7.0", "on ~app:* +get +publish"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.out,
        "\
the same string under redis-6.2 (-) and redis-7.0 (+):
it grants less than before
  - more with 1 command: publish
  - channels &*
  - for example: PUBLISH a 1
  = note: redis-6.2: no channel rule: all channels, the default of acl-pubsub-default on redis-6.2, which can be changed
  = note: redis-7.0: no channel rule: no channels, the default of acl-pubsub-default on redis-7.0, which can be changed
to grant under redis-7.0 exactly what it granted under redis-6.2:
  on ~app:* &* -@all +publish +get
to lose nothing under redis-7.0:
  on ~app:* +get +publish &*
"
    );
    let ran = run(&["upgrade", "--from", "redis-7.2", "--to", "valkey-7.2", "on ~app:* +get"]);
    assert_eq!(
        (ran.code, &*ran.out),
        (0, "the string grants the same under valkey-7.2 as under redis-7.2\n")
    );
    let ran = run(&["upgrade", "--from", "redis-7.2", "--to", "redis-6.2", "on %R~app:* +get"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("available since redis-7.0"), "{}", ran.err);
    assert!(
        ran.out.contains("no string grants under redis-6.2 exactly what it granted under redis-7.2: "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("no string loses nothing under redis-6.2: redis-6.2 cannot express this user"),
        "{}",
        ran.out
    );
}

#[test]
fn the_headings_of_an_upgrade_say_what_cannot_be_kept() {
    let ran = run(&["upgrade", "--from", "redis-6.2", "--to", "redis-7.2", "on ~app:* +@all"]);
    let (same, proposed) = ran.out.split_once("to grant under redis-7.2 ").expect("a proposal");
    assert!(same.contains("it grants less than before in some respects, and more in others"), "{same}");
    let (exact, lossless) =
        proposed.split_once("to lose as little as possible under redis-7.2:\n").expect("two");
    assert!(exact.starts_with("as nearly as possible what it granted under redis-6.2:\n"), "{exact}");
    assert!(exact.contains("\nunavoidable differences:\n"), "{exact}");
    assert!(exact.contains("but the command itself rejects it"), "{exact}");
    assert!(lossless.contains("\nunavoidable losses (-), and new access (+):\n"), "{lossless}");
    assert!(!proposed.contains("it grants"), "{proposed}");
}

#[test]
fn an_upgrade_with_new_commands_only_is_fine() {
    let ran = run(&["upgrade", "--from", "redis-7.2", "--to", "redis-7.4", "on ~app:* +hget +@hash"]);
    assert_eq!(
        (ran.code, &*ran.out),
        (
            0,
            "\
the string grants the same under redis-7.4 as under redis-7.2
  + 9 commands that redis-7.2 does not have
      write: hexpire hexpireat hpersist hpexpire hpexpireat
      read: hexpiretime hpexpiretime hpttl httl
to grant under redis-7.4 exactly what it granted under redis-7.2:
  on ~app:* -@all +@hash -hexpire -hexpireat -hexpiretime -hpersist -hpexpire -hpexpireat -hpexpiretime -hpttl -httl
"
        )
    );
    for (from, to, string, code) in [
        ("redis-6.2", "redis-7.2", "on ~* &* +@all", 0),
        ("redis-6.2", "redis-7.2", "on ~* +@all", 1),
        ("redis-6.2", "redis-7.2+acl-pubsub-default=allchannels", "on ~* +@all", 0),
        ("redis-6.2+acl-pubsub-default=resetchannels", "redis-7.2", "on ~* +@all", 0),
        ("elasticache/redis-6.2", "elasticache/valkey-8.0", "on ~* +@all", 0),
    ] {
        assert_eq!(run(&["upgrade", "--from", from, "--to", to, string]).code, code, "{from} {to} {string}");
    }
}

#[test]
fn upgrade_speaks_json() {
    let upgrade = |from: &str, to: &str, string: &str| {
        let ran = run(&["upgrade", "--format", "json", "--from", from, "--to", to, string]);
        assert_eq!(ran.err, "", "{string}");
        assert!(!ran.out.contains("secret"), "{}", ran.out);
        (ran.code, ran.json())
    };
    let null = serde_json::Value::Null;
    let (code, json) = upgrade("redis-6.2", "redis-7.0", "on >secret ~app:* +get +publish");
    assert_eq!(code, 1);
    assert_eq!(json["input"], "on >****** ~app:* +get +publish");
    assert_eq!((&json["from"], &json["to"]), (&"redis-6.2".into(), &"redis-7.0".into()));
    assert_eq!((&json["same"]["change"], &json["errors"]), (&"narrower".into(), &null));
    assert_eq!(json["same"]["lost"]["channels"], serde_json::json!(["&*"]));
    assert_eq!(json["same"]["lost"]["witness"]["request"], "PUBLISH a 1");
    assert_eq!(json["notes"].as_array().map(Vec::len), Some(2));
    let exact = json["exact"].as_str().expect("a string");
    assert!(exact.starts_with("on #") && exact.ends_with(" ~app:* &* -@all +publish +get"), "{exact}");
    assert_eq!((&json["unavoidable"]["change"], &json["inexpressible"]), (&"equal".into(), &null));
    let lossless = json["lossless"].as_str().expect("a string");
    assert!(lossless.starts_with("on #") && lossless.ends_with(" ~app:* +get +publish &*"), "{lossless}");
    assert_eq!(json["gains"]["change"], "equal");

    let (code, json) = upgrade("redis-6.2", "redis-7.0", "on ~* &* +@all");
    assert_eq!((code, &json["same"]["change"]), (0, &"equal".into()));
    assert_eq!(json["same"]["gone_commands"][0]["commands"], serde_json::json!(["stralgo"]));
    assert_eq!(json["same"]["new_commands"][0]["category"], "dangerous");

    let (code, json) = upgrade("redis-7.2", "valkey-8.0", "on ~a +get (~b +set)");
    assert_eq!((code, &json["same"]["change"]), (0, &"equal".into()));
    assert_eq!(
        (&json["exact"], &json["unavoidable"]["change"]),
        (&"on ~a -@all +get (~b +set)".into(), &"equal".into())
    );

    let (code, json) = upgrade("redis-7.2", "redis-6.2", "on %R~a +get");
    assert_eq!(
        (code, &json["same"], &json["exact"], &json["unavoidable"], &json["lossless"], &json["gains"]),
        (1, &null, &null, &null, &null, &null)
    );
    assert_eq!(
        (&json["errors"][0]["kind"], &json["errors"][0]["span"]),
        (&"needs_key_permissions".into(), &serde_json::json!([3, 7]))
    );
    assert_eq!(
        json["inexpressible"],
        "redis-6.2 cannot express this user: it has no key permissions such as `%R~a`"
    );

    let (code, json) = upgrade("redis-7.2", "redis-7.4", "on +gte");
    assert_eq!((code, &json["dialect"]), (2, &"redis-7.2".into()));
    assert_eq!(json["errors"][0]["help"], "did you mean `get`?");
}

#[test]
fn acl_pubsub_default_can_be_stated_for_strings() {
    let can = |arguments: &[&str]| {
        run(&[&["can", "on ~* +@all"][..], arguments, &["--", "PUBLISH", "a", "b"]].concat())
    };
    let ran = can(&["-d", "elasticache/redis-6.2"]);
    assert_eq!(
        (ran.code, &*ran.out),
        (
            0,
            "allowed by `+@all`\n  = note: no channel rule: all channels, the default of acl-pubsub-default on ElastiCache, which can be changed\n"
        )
    );
    let ran = can(&["-d", "elasticache/redis-6.2", "--acl-pubsub-default", "resetchannels"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("= note: no channel rule: no channels, as acl-pubsub-default is set\n"),
        "{}",
        ran.out
    );
    assert_eq!(can(&["-d", "redis-7.2"]).code, 1);
    assert_eq!(can(&["-d", "redis-7.2", "--acl-pubsub-default", "AllChannels"]).code, 0);
    assert_eq!(can(&["-d", "redis-7.2+acl-pubsub-default=allchannels"]).code, 0);
    let json = can(&["-d", "redis-7.2", "--format", "json"]).json();
    assert_eq!((&json["reason"], &json["channel_source"]), (&"channel".into(), &"default".into()));

    for (dialect, value, message) in [
        (
            "redis-6.0",
            "allchannels",
            "redis-6.0 has no acl-pubsub-default: channel rules exist from Redis 6.2 on",
        ),
        ("memorydb", "allchannels", "memorydb/redis-6.2 always starts users without channels"),
        ("redis-7.2", "nochannels", "`nochannels` is not a value of acl-pubsub-default"),
    ] {
        let ran = can(&["-d", dialect, "--acl-pubsub-default", value]);
        assert!(ran.code == 2 && ran.err.contains(message), "{}", ran.err);
    }

    let flag = ["-d", "redis-6.2", "--acl-pubsub-default", "resetchannels"];
    let with = |command: &str, strings: &[&str]| run(&[&[command][..], &flag, strings].concat());
    assert_eq!(with("normalize", &["on ~a +get"]).out, "on ~a resetchannels -@all +get\n");
    assert_eq!(with("simplify", &["on ~a resetchannels &news +publish"]).out, "on ~a &news -@all +publish\n");
    assert_eq!(with("equal", &["on ~a +publish", "on ~a +publish resetchannels"]).code, 0);
    assert_eq!(with("diff", &["on ~a +publish", "on ~a &* +publish"]).code, 1);
    assert!(
        with("explain", &["on +publish"])
            .out
            .contains("none (no channel rule), as acl-pubsub-default is set")
    );
    assert!(with("lint", &["on ~a +get +publish"]).out.contains("[no-channels]"));
}

#[test]
fn expand_tells_first_arguments_by_category_too() {
    prints(
        &["expand", "-d", "redis-7.2", "--by-category", "+select|0 +get|a +memory|usage"],
        "@read (1 of 87): memory|usage\n@slow (1 of 271): memory|usage\nfirst arguments: get|a select|0\n",
    );
}
