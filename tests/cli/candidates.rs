//! Files whose engine nobody stated, and gates, as a user meets them.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::ran::{Ran, command, folder, read, run_in, write};

fn run(folder: &TempDir, arguments: &[&str]) -> Ran {
    run_in(folder.path(), arguments, b"")
}

fn user(engine: &str, string: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"u\" {{\n  user_id       = \"u\"\n  user_name     = \"u\"\n{engine}  \
         access_string = {string}\n  passwords     = [\"not-a-real-password\"]\n}}\n"
    )
}

const SEED: &str = "\"on ~app::* -@all +@read\"";

#[test]
fn a_string_whose_engine_is_open_is_never_put_into_the_form_of_redis_6_0() {
    let locals = format!("locals {{\n  access_string = {SEED}\n}}\n");
    let files = [
        locals,
        user("  engine        = \"redis\"\n", SEED),
        user("  engine        = var.engine\n", SEED),
        user("", SEED),
    ];
    for text in &files {
        for flags in [&[][..], &["-d", "elasticache"], &["-d", "elasticache/redis-6.0"]] {
            let folder = folder(&[("users.tf", text)]);
            let ran = run(&folder, &[&["fmt"], flags, &["users.tf"]].concat());
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{flags:?} {text}{}", ran.out);
            assert_eq!(&fs::read_to_string(folder.path().join("users.tf")).expect("text"), text);
        }
    }
}

#[test]
fn the_documented_form_comes_with_a_note_about_clusters_of_today() {
    let folder = folder(&[]);
    let ran = run(&folder, &["normalize", "on ~app::* -@all +@read"]);
    assert!(ran.out.starts_with("on ~app::* -@all +@read +@hash"), "{}", ran.out);
    assert!(ran.summary.contains("today clusters return the rules as given"), "{}", ran.summary);
    let ran = run(&folder, &["normalize", "--dialect", "elasticache/redis-7.1", "on ~app::* -@all +@read"]);
    assert_eq!((ran.out.as_str(), ran.summary.as_str()), ("on ~app::* -@all +@read\n", ""));
}

#[test]
fn a_file_of_users_is_not_put_into_the_form_of_an_engine_that_nobody_stated() {
    let text = "user app on >secret ~app:* +get\n";
    let folder = folder(&[("users.acl", text)]);
    let ran = run(&folder, &["fmt", "users.acl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("name one with --dialect"), "{}", ran.out);
    assert_eq!(fs::read_to_string(folder.path().join("users.acl")).expect("text"), text);
    assert_eq!(run(&folder, &["fmt", "-d", "redis-6.2", "users.acl"]).code, 0);
    let written = fs::read_to_string(folder.path().join("users.acl")).expect("text");
    assert_eq!(written, "user app on >secret ~app:* &* -@all +get\n");
}

#[test]
fn a_fix_keeps_a_deny_that_a_later_engine_needs() {
    let folder =
        folder(&[("u.tf", &user("  engine        = \"redis\"\n", "\"on ~a* -@all +@write -@scripting\""))]);
    let before = fs::read_to_string(folder.path().join("u.tf")).expect("text");
    run(&folder, &["lint", "--fix", "u.tf"]);
    assert_eq!(fs::read_to_string(folder.path().join("u.tf")).expect("text"), before);
}

#[test]
fn what_is_stated_narrows_what_the_file_leaves_open() {
    let engine = "  engine        = \"redis\"\n";
    // GEOSEARCHSTORE came with Redis 6.2
    let folder = folder(&[
        ("old.tf", &user(engine, "\"on ~a -@all +get\"")),
        ("new.tf", &user(engine, "\"on ~a -@all +get +geosearchstore\"")),
    ]);
    for dialect in ["elasticache/redis-7.1", "elasticache"] {
        let ran = run(&folder, &["diff", "--no-new-access", "-d", dialect, "old.tf", "new.tf"]);
        assert_eq!(ran.code, 1, "{dialect}: {}{}", ran.out, ran.err);
    }
    assert_eq!(run(&folder, &["diff", "--no-new-access", "old.tf", "new.tf"]).code, 1);
    // what contradicts the file is a warning that names both
    let ran = run(&folder, &["lint", "-d", "redis-7.2", "old.tf"]);
    assert!(
        ran.out.contains(
            "warning[contradicting-dialect]: redis-7.2 was stated, but the file states elasticache/any"
        ),
        "{}",
        ran.out
    );
}

/// Every command that reads files says which of two statements counts.
#[test]
fn what_contradicts_the_file_is_a_warning_of_every_command() {
    let conf = |name: &'static str, value: &str| {
        (name, format!("acl-pubsub-default {value}\nuser a on >s ~a resetchannels -@all +get\n"))
    };
    let (all, none) = (conf("all.conf", "allchannels"), conf("none.conf", "resetchannels"));
    let memorydb =
        "resource \"aws_memorydb_user\" \"a\" {\n  access_string = \"on ~a resetchannels -@all +get\"\n}\n";
    let folder = folder(&[
        ("u.tf", &user("  engine        = \"valkey\"\n", "\"on ~a -@all +get\"")),
        ("m.tf", memorydb),
        (all.0, &all.1),
        (none.0, &none.1),
        ("toml/redis-acl.toml", "dialect = \"redis-7.2\"\n"),
        ("toml/u.tf", &user("  engine        = \"valkey\"\n", "\"on ~a -@all +get\"")),
        ("channels/redis-acl.toml", "acl-pubsub-default = \"allchannels\"\n"),
        ("channels/none.conf", &none.1),
    ]);
    let warns = |arguments: &[&str], file: &str, warning: Option<&str>| {
        for command in [&["lint"][..], &["fmt", "--check"], &["diff"]] {
            let files = if command == ["diff"] { vec![file, file] } else { vec![file] };
            let ran = run(&folder, &[command, arguments, &files].concat());
            let told = format!("{}{}", ran.out, ran.err);
            match warning {
                Some(warning) => assert!(told.contains(warning), "{command:?} {file}: {told}"),
                None => assert!(!told.contains("was stated"), "{command:?} {file}: {told}"),
            }
        }
    };
    let valkey = Some("elasticache/redis was stated, but the file states elasticache/valkey");
    warns(&["-d", "elasticache/redis"], "u.tf", valkey);
    warns(&[], "toml/u.tf", Some("redis-7.2 was stated, but the file states elasticache/valkey"));
    warns(&["-d", "elasticache"], "u.tf", None);
    let set = "acl-pubsub-default allchannels was stated, but";
    warns(&["-d", "redis-7.0", "--acl-pubsub-default", "allchannels"], "none.conf", Some(set));
    warns(&["-d", "redis-7.0+acl-pubsub-default=allchannels"], "none.conf", Some(set));
    warns(&["-d", "redis-7.0"], "channels/none.conf", Some(set));
    warns(&["-d", "redis-7.0", "--acl-pubsub-default", "allchannels"], "all.conf", None);
    warns(&["-d", "redis-7.0"], "all.conf", None);
    warns(&["--acl-pubsub-default", "allchannels"], "m.tf", Some(set));
    warns(&["--acl-pubsub-default", "resetchannels"], "m.tf", None);
    warns(&["--acl-pubsub-default", "allchannels"], "u.tf", None);
}

#[test]
fn overrides_for_no_file_are_an_error() {
    for files in ["[]", "[\"\"]", "[\"# a.acl\"]", "[\"!a.acl\"]"] {
        let settings = format!("[[overrides]]\nfiles = {files}\ndialect = \"redis-7.0\"\n");
        let folder = folder(&[("redis-acl.toml", &settings), ("a.acl", "user a off\n")]);
        for command in [&["lint", "a.acl"][..], &["fmt", "a.acl"], &["diff", "a.acl", "a.acl"]] {
            let ran = run(&folder, command);
            assert!(ran.code == 2 && ran.err.contains("names no file"), "{files}: {}", ran.err);
        }
    }
}

#[test]
fn newer_syntax_is_no_error_where_a_cluster_may_have_it() {
    for string in ["\"on ~* &* +@all\"", "\"on %R~app:* resetchannels -@all +@read\""] {
        let folder = folder(&[("u.tf", &user("  engine        = \"redis\"\n", string))]);
        let ran = run(&folder, &["lint", "--format", "json", "u.tf"]);
        assert!(!ran.out.contains("\"level\":\"error\""), "{}", ran.out);
    }
}

#[test]
fn a_local_that_changes_is_new_access() {
    let file = |rules: &str| {
        format!("locals {{\n  ro = \"{rules}\"\n}}\n{}", user("  engine        = \"valkey\"\n", "local.ro"))
    };
    let folder = folder(&[("old/u.tf", &file("on ~a +get")), ("new/u.tf", &file("on ~* +@all"))]);
    let ran = run(&folder, &["diff", "--no-new-access", "old/u.tf", "new/u.tf"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(run(&folder, &["diff", "--no-new-access", "old", "new"]).code, 1);
    assert_eq!(run(&folder, &["diff", "--no-new-access", "old", "old"]).code, 0);
}

#[test]
fn what_stays_unknown_keeps_the_gate_shut() {
    let folder = folder(&[("u.tf", &user("  engine        = \"valkey\"\n", "var.rules"))]);
    let ran = run(&folder, &["diff", "--no-new-access", "u.tf", "u.tf"]);
    assert_eq!((ran.code, ran.summary.as_str()), (1, "compared 1 user: 1 file with 1 file; 1 unchecked\n"));
    assert_eq!(run(&folder, &["diff", "--no-new-access", "--allow-unchecked", "u.tf", "u.tf"]).code, 0);
    assert_eq!(run(&folder, &["diff", "u.tf", "u.tf"]).code, 0);
}

/// The output is closed before the command writes to it.
#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_open_the_gate() {
    let folder = folder(&[("old.acl", "user a on ~a +get\n"), ("new.acl", "user a on ~* +@all\n")]);
    for format in ["text", "json", "markdown", "sarif", "github"] {
        let mut command = command(&["diff", "--no-new-access", "--format", format, "old.acl", "new.acl"]);
        let mut child = command
            .current_dir(folder.path())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it runs");
        drop(child.stdout.take());
        let ran = read(child.wait_with_output().expect("it ends"));
        assert!([1, 141].contains(&ran.code), "{format}: {}", ran.code);
    }
}

#[test]
fn blanks_that_no_service_or_server_returns_are_reported() {
    let valkey = "  engine        = \"valkey\"\n";
    for string in ["\"on ~a -@all +@read \"", "<<EOT\non ~a -@all +@read\nEOT"] {
        let folder = folder(&[("u.tf", &user(valkey, string))]);
        let ran = run(&folder, &["fmt", "--check", "u.tf"]);
        assert_eq!(ran.code, 1, "{string}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("u.tf:"), "{}", ran.out);
    }
    let folder = folder(&[("users.acl", "user a on  sanitize-payload ~a resetchannels   -@all +get\n")]);
    assert_eq!(run(&folder, &["fmt", "--check", "-d", "valkey-8.1", "users.acl"]).code, 1);
    assert_eq!(run(&folder, &["fmt", "-d", "valkey-8.1", "users.acl"]).code, 0);
    let written = fs::read_to_string(folder.path().join("users.acl")).expect("text");
    assert_eq!(written, "user a on sanitize-payload ~a resetchannels -@all +get\n");
}

/// Runs git in a folder.
fn git(folder: &TempDir, arguments: &[&str]) {
    let ran = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("git runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_revision_has_the_local_modules_beside_a_folder_that_is_named() {
    let call = "module \"m\" {\n  source = \"../modules/m\"\n}\n";
    let users = |acl: &str| call.to_owned() + &user("  engine        = \"valkey\"\n", acl);
    let string = |keys: &str| users(&format!("\"on ~{keys} -@all +@read ${{module.m.more}}\""));
    let output = "output \"more\" { value = \"+info\" }\n";
    let folder = folder(&[("infra/main.tf", &string("app:*")), ("modules/m/main.tf", output)]);
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "users"]);
    for path in ["infra", "infra/main.tf", "./infra", "."] {
        let gate = ["diff", "--no-new-access", "--since", "HEAD", path];
        let ran = run(&folder, &gate);
        assert_eq!((ran.code, ran.out.contains("equal ")), (0, true), "{path}: {}{}", ran.out, ran.err);
        write(folder.path(), "infra/main.tf", &string("*"));
        let ran = run(&folder, &gate);
        assert!(ran.code == 1 && ran.out.contains("wider "), "{path}: {}{}", ran.out, ran.err);
        write(folder.path(), "infra/main.tf", &string("app:*"));
        write(folder.path(), "modules/m/main.tf", &output.replace("+info", "+@all"));
        let ran = run(&folder, &gate);
        assert!(ran.code == 1 && ran.out.contains("wider "), "{path}: {}{}", ran.out, ran.err);
        write(folder.path(), "modules/m/main.tf", output);
    }
}

#[test]
fn the_working_tree_is_compared_with_a_revision() {
    let folder = folder(&[("infra/users.acl", "user a on ~a +get\n"), ("infra/main.tf", "locals {}\n")]);
    let git = |arguments: &[&str]| git(&folder, arguments);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "users"]);
    let gate = ["diff", "--no-new-access", "--since", "HEAD", "infra"];
    assert_eq!(run(&folder, &gate).code, 0);
    write(folder.path(), "infra/users.acl", "user a on ~a +get +set\n");
    let ran = run(&folder, &gate);
    assert!(ran.code == 1 && ran.out.contains("+ for example: SET a 1"), "{}{}", ran.out, ran.err);
    write(folder.path(), "infra/users.acl", "user a on ~a +get\n");
    write(folder.path(), "infra/more/users.acl", "user b on ~b +get\n");
    assert_eq!(run(&folder, &gate).code, 1);
    let ran = run(&folder, &["diff", "--since", "nosuch", "infra"]);
    assert!(ran.code == 2 && ran.err.contains("no revision `nosuch`"), "{}", ran.err);
    let ran = run(&folder, &["diff", "--since", "HEAD", "nosuch"]);
    assert!(ran.code == 2 && ran.err.contains("no such file or folder `nosuch`"), "{}", ran.err);
    let ran = run(&folder, &["diff", "--since", "HEAD", ".", "--no-new-access"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
}

#[test]
fn passwords_that_rotate_are_no_change_where_they_are_ignored() {
    let folder = folder(&[
        ("old.acl", "user a on >one ~a +get\n"),
        ("new.acl", "user a on >two ~a +get\n"),
        ("open.acl", "user a on nopass ~a +get\n"),
    ]);
    let diff =
        |new: &str| run(&folder, &["diff", "--ignore-passwords", "-d", "redis-7.2", "old.acl", new]).code;
    assert_eq!((diff("new.acl"), diff("open.acl")), (0, 1));
    assert_eq!(run(&folder, &["diff", "-d", "redis-7.2", "old.acl", "new.acl"]).code, 1);
}

#[test]
fn changes_are_reported_for_reviews_and_programs() {
    let folder = folder(&[("old.acl", "user a on ~a +get\n"), ("new.acl", "user a on ~a +get +keys\n")]);
    let diff = |format: &str| {
        run(&folder, &["diff", "-d", "redis-7.2", "--format", format, "old.acl", "new.acl"]).out
    };
    let markdown = diff("markdown");
    assert!(
        markdown.contains("| `a` | wider | **yes** |") && markdown.contains("+ for example: KEYS 1"),
        "{markdown}"
    );
    assert!(diff("github").starts_with("::error file=new.acl,line=1,col="), "{}", diff("github"));
    let sarif: serde_json::Value = serde_json::from_str(&diff("sarif")).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "new-access");
    let json: serde_json::Value = serde_json::from_str(&diff("json")).expect("JSON");
    let user = &json["users"][0];
    assert_eq!((&user["change"], &user["difference"]["change"]), (&"wider".into(), &"wider".into()));
}

#[test]
fn commands_over_files_report_what_they_looked_at() {
    let folder = folder(&[("a/users.acl", "user a on\nuser b on\n"), ("b/readme.txt", "nothing\n")]);
    let ran = run(&folder, &["lint", "a", "b"]);
    assert_eq!(ran.summary, "b: no access strings found\nchecked 2 strings in 1 file\n");
    let ran = run(&folder, &["diff", "a", "a"]);
    assert_eq!(ran.summary, "compared 2 users: 1 file with 1 file\n");
    let ran = run(&folder, &["diff", "b", "b"]);
    assert_eq!((ran.code, ran.summary.as_str()), (0, "no access strings found, before or after\n"));
}

#[test]
fn one_string_is_judged_on_each_engine_that_accepts_it() {
    let nowhere = folder(&[]);
    let equal = |dialect, a, b| run(&nowhere, &["equal", "--dialect", dialect, a, b]);
    let documented = "on ~* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset -hincrby \
                      -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember";
    assert_eq!(equal("elasticache/redis-6.0", "on ~* +@read", documented).code, 0);
    let ran = equal("elasticache/redis", "on ~* +@read", documented);
    assert!(ran.code == 1 && ran.out.starts_with("different, on elasticache/redis-7.1\n"), "{}", ran.out);
    // engines that reject a string have no say, and are named
    let ran = equal("redis-6.2..7.2", "on %R~* +@read", "on %R~* +@read +get");
    assert_eq!((ran.code, ran.out.as_str()), (0, "equal\n"));
    assert_eq!(ran.err, "note: redis-6.2 had no say, where a string is rejected\n");
    let ran = equal("redis-6.0..6.2", "on %R~* +@read", "on");
    assert!(ran.code == 2 && ran.err.contains("redis-6.2"), "{}", ran.err);

    let simplify = |dialect, text| run(&nowhere, &["simplify", "--dialect", dialect, text]).out;
    assert_eq!(
        simplify("elasticache/redis", "on ~app:1 ~app:* -@all +@read +get"),
        "on ~app:* -@all +@read\n"
    );
    assert_eq!(simplify("redis-7.2..8.0,valkey", "on ~a +eval_ro +eval_ro"), "on ~a -@all +eval_ro\n");
}

#[test]
fn claims_hold_on_each_engine() {
    let claims = folder(&[
        ("a.claims", "deny PUBLISH a b\nallow GET a\n"),
        ("f.claims", "dialect redis-6.2..7.0\ndeny FUNCTION FLUSH\n"),
    ]);
    let assert = |arguments: &[&str]| run(&claims, &[&["assert"], arguments].concat());
    assert_eq!(assert(&["a.claims", "-d", "redis-7.0", "on ~* +@all"]).code, 0);
    let ran = assert(&["a.claims", "-d", "redis-6.2..7.0", "on ~* +@all"]);
    assert!(
        ran.code == 1 && ran.out.starts_with("FAILED deny PUBLISH a b (line 1, on redis-6.2)\n"),
        "{}",
        ran.out
    );
    let answer = assert(&["a.claims", "-d", "redis-6.2..7.0", "on ~* +@all", "--format", "json"]).json();
    assert_eq!(
        (&answer["claims"][0]["on"], &answer["claims"][1]["on"]),
        (&"redis-6.2".into(), &serde_json::Value::Null)
    );
    // a claim about a command that one of them lacks would always hold there
    let ran = assert(&["f.claims", "on ~* +@all"]);
    assert!(ran.code == 2 && ran.err.contains("redis-6.2 has no command `FUNCTION`"), "{}", ran.err);
    assert_eq!(assert(&["f.claims", "-d", "redis-7.0", "on ~* +@all -function"]).code, 0);
}

#[test]
fn the_users_of_a_sentinel_are_read_as_a_sentinel_reads_them() {
    const USERS: &str = "user default on nopass allkeys -@all +SENTINEL|get-master-addr-by-name\n";
    let files = folder(&[("users.acl", USERS), ("sentinel-users.acl", USERS)]);
    let errors =
        |arguments: &[&str]| run(&files, &[&["lint", "--fail-on", "error"], arguments].concat()).code;
    // a path that names a Sentinel may be about one, and a statement decides
    assert_eq!(errors(&["sentinel-users.acl"]), 0);
    assert_eq!(errors(&["users.acl", "--dialect", "sentinel/redis-7.0"]), 0);
    assert_eq!(errors(&["users.acl"]), 1);
    assert_eq!(errors(&["sentinel-users.acl", "--dialect", "redis-7.0"]), 1);
}

#[test]
fn a_command_for_one_dialect_names_those_of_a_set() {
    for command in ["normalize", "expand", "explain", "can"] {
        let ran = run_in(Path::new("."), &[command, "-d", "elasticache/redis", "on ~a +get"], b"");
        let said = "this command needs exactly one dialect, and `elasticache/redis` names 4 (elasticache/redis-6.0, \
                    elasticache/redis-6.2, elasticache/redis-7.0, elasticache/redis-7.1); name one, such as \
                    `elasticache/redis-7.1`";
        assert!(ran.code == 2 && ran.err.contains(said), "{command}: {}", ran.err);
    }
    for (set, newest) in
        [("redis-6.2..7.2", "redis-7.2.16"), ("valkey", "valkey-9.1"), ("redis-7.2,redis-8.0", "redis-8.0")]
    {
        let ran = run_in(Path::new("."), &["upgrade", "--from", set, "--to", "redis-8.4", "on"], b"");
        assert!(ran.code == 2 && ran.err.contains(&format!("name one, such as `{newest}`")), "{}", ran.err);
    }
    let ran = run_in(Path::new("."), &["lint", "--next", "valkey", "on ~a +get"], b"");
    assert!(ran.code == 2 && ran.err.contains("`next` needs exactly one dialect"), "{}", ran.err);
    // what is wrong with a set is said of the set
    let ran = run_in(Path::new("."), &["normalize", "-d", "redis-7.2..6.2", "on"], b"");
    assert!(ran.code == 2 && ran.err.contains("holds no dialect"), "{}", ran.err);
}

#[test]
fn several_stated_engines_are_named_where_their_forms_differ() {
    let folder = folder(&[("users.acl", "user app on nopass ~app:* +@all\n")]);
    let ran = run(&folder, &["fmt", "-d", "redis-6.2..7.2", "users.acl"]);
    let said = "user app (redis-6.2..7.2): these engines return different forms; name one with --dialect or in redis-acl.toml";
    assert!(ran.code == 2 && ran.out.contains(said), "{}", ran.out);
}

#[test]
fn a_pattern_after_default_channels_is_kept_and_restricted() {
    let folder = folder(&[("users.acl", "user app on nopass &ev:* ~app:* +publish\n")]);
    let ran = run(&folder, &["lint", "users.acl"]);
    assert!(ran.out.contains("users of redis-6.2 start with `&*`"), "{}", ran.out);
    assert!(ran.out.contains("help: write `resetchannels` before it"), "{}", ran.out);
    assert!(!ran.out.contains("the other rules stay in effect"), "{}", ran.out);
    let fixed = run(&folder, &["lint", "--fix", "-d", "redis-6.2", "on &ev:* +publish"]);
    assert_eq!(fixed.out, "on &ev:* +publish\n");
    // what is rejected is not equivalent to what is accepted
    let fixed = run(&folder, &["lint", "--fix", "-d", "redis-6.2", "on &* &ev:* +publish"]);
    assert_eq!(fixed.out, "on &* &ev:* +publish\n");
}

#[test]
fn a_service_reads_no_file_of_users() {
    let files = folder(&[("users.acl", "user a on >p ~a +get +nope\n")]);
    let ran = run(&files, &["lint", "--dialect", "elasticache/redis-7.0", "users.acl"]);
    let said = "elasticache/redis-7.0 was stated, but services do not read ACL files; the file is read as redis,valkey";
    assert!(ran.code == 1 && ran.out.contains(said), "{}", ran.out);
    // ACL LOAD is quoted, with the line
    let load = "the server says: users.acl:1: Error in applying operation '+nope': Unknown command";
    assert!(ran.out.contains(load), "{}", ran.out);
    let ran = run(&files, &["lint", "--dialect", "redis-7.0", "users.acl"]);
    assert!(ran.out.contains(load) && !ran.out.contains("SETUSER"), "{}", ran.out);
}

/// ElastiCache was seen to return `resetchannels` and not to return it.
#[test]
fn fmt_keeps_a_reset_of_channels_on_elasticache() {
    let text = user("  engine = \"valkey\"\n", "\"on ~app:* resetchannels -@all +publish +@read\"");
    let folder = folder(&[("u.tf", &text)]);
    for arguments in [&["fmt", "u.tf"][..], &["fmt", "--simplify", "u.tf"]] {
        let ran = run(&folder, arguments);
        assert!(ran.code == 0 && ran.out.contains("its `resetchannels` stays"), "{}{}", ran.out, ran.err);
        assert_eq!(fs::read_to_string(folder.path().join("u.tf")).expect("a file"), text);
    }
}

#[test]
fn a_configuration_of_a_sentinel_is_known_by_its_directives() {
    let conf = "sentinel monitor m 127.0.0.1 6379 2\nuser a on >s +ping +sentinel|masters\n";
    let files = folder(&[("my.conf", conf)]);
    assert_eq!(run(&files, &["lint", "--fail-on", "error", "my.conf"]).code, 0);
    assert_eq!(run(&files, &["diff", "--no-new-access", "my.conf", "my.conf"]).code, 0);
}

#[test]
fn a_difference_in_several_files_names_the_file() {
    let files = [("o/a.acl", "user a on >s ~a +get\n"), ("o/b.acl", "user a on >s ~a +get\n")];
    let more = [("n/a.acl", "user a on >s ~a +get\n"), ("n/b.acl", "user a on >s ~a +get +set\n")];
    let ran = run(&folder(&[files, more].concat()), &["diff", "o", "n"]);
    assert!(ran.out.contains("\na, OLD b.acl line 1, NEW b.acl line 1, on "), "{}", ran.out);
}
