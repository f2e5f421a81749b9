//! `diff OLDFILE NEWFILE` as a user meets it: user by user.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::ran::{Ran, folder, run_in};

/// In a folder with these files.
fn run(folder: &TempDir, arguments: &[&str]) -> Ran {
    run_in(folder.path(), &[&["diff"], arguments].concat(), b"")
}

/// Engines that may read a file of any kind.
const ANY: &str = "redis-7.2,elasticache,memorydb";

/// The changes of the users between two texts in files of that name, and whether there is new access.
#[track_caller]
fn changes(ending: &str, old: &str, new: &str) -> (Vec<(String, String)>, String) {
    let (old_name, new_name) = (format!("old.{ending}"), format!("new.{ending}"));
    let folder = folder(&[(&old_name, old), (&new_name, new)]);
    let ran = run(&folder, &["--format", "json", "-d", ANY, &old_name, &new_name]);
    assert_eq!(ran.err, "");
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let address = |user: &Value| {
        let side = if user["new"].is_null() { &user["old"] } else { &user["new"] };
        text(&side["address"])
    };
    let users = json["users"].as_array().expect("a list").iter();
    let changes: Vec<_> = users.map(|user| (address(user), text(&user["change"]))).collect();
    let is_equal = changes.iter().all(|(_, change)| ["equal", "unchecked"].contains(&&**change));
    assert_eq!(ran.code, i32::from(!is_equal), "{}", ran.out);
    let gate = run(&folder, &["--no-new-access", "-q", "-d", ANY, &old_name, &new_name]);
    let new_access = text(&json["new_access"]);
    let is_unchecked = changes.iter().any(|(_, change)| change == "unchecked");
    assert_eq!((gate.code, gate.out.as_str()), (i32::from(new_access != "none" || is_unchecked), ""));
    (changes, new_access)
}

#[track_caller]
fn becomes(ending: &str, old: &str, new: &str, expected: &[(&str, &str)], new_access: &str) {
    let (changes, found) = changes(ending, old, new);
    let changes: Vec<_> = changes.iter().map(|(user, change)| (&**user, &**change)).collect();
    assert_eq!((changes.as_slice(), found.as_str()), (expected, new_access));
}

#[test]
fn a_review_begins_with_a_line_for_each_user() {
    let old =
        "user alice on ~app:* +get +set\nuser bob on ~b +get\nuser carol on ~c +get\nuser gone on +@all\n";
    let new = "user alice on ~app:* ~tmp:* +get\nuser bob on ~b +get +set\nuser carol on +get ~c\nuser new on ~n +get\n";
    let folder = folder(&[("old.acl", old), ("new.acl", new)]);
    let ran = run(&folder, &["-d", "redis-7.2", "old.acl", "new.acl"]);
    let expected = "\
added         new
wider         bob
incomparable  alice
removed       gone
equal         carol

new, NEW line 4
  + 1 command
      read: get
  + keys ~n
  + can log in (on)
  + for example: GET n

bob, OLD line 2, NEW line 2
  + 1 command
      write: set
  + for example: SET b 1

alice, OLD line 1, NEW line 1
  + more with 1 command: get
  + keys ~tmp:*
  + for example: GET tmp:
  - 1 command
      write: set
  - for example: SET app: 1
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, expected, ""));
    let ran = run(&folder, &["-d", "redis-7.2", "--no-new-access", "old.acl", "new.acl"]);
    assert!(
        ran.code == 1 && ran.out.ends_with("\n\nnew access: NEW can do what OLD cannot\n"),
        "{}",
        ran.out
    );
    assert_eq!(run(&folder, &["old.acl", "old.acl"]).code, 0);
}

#[test]
fn the_gate_lets_removals_and_powerless_users_pass() {
    let user = "user a on ~a +get +set\n";
    becomes("acl", user, "", &[("a", "removed")], "none");
    becomes("acl", user, "user a on ~a +get\n", &[("a", "narrower")], "none");
    becomes("acl", "", user, &[("a", "added")], "some");
    becomes("acl", "", "user a off\n", &[("a", "added")], "none");
    becomes("acl", "", "user a on\n", &[("a", "added")], "some");
    becomes("acl", "user a off ~a +get\n", "user a on ~a +get\n", &[("a", "wider")], "some");
    becomes("acl", "user a on >x +get\n", "user a on >y +get\n", &[("a", "incomparable")], "some");
    // who is moved to another name is another user
    becomes("acl", user, &user.replace("user a", "user b"), &[("b", "added"), ("a", "removed")], "some");
    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let many = format!("user a on {}\n", selectors.join(" "));
    becomes("acl", &many, &many.replace("(~k7 +get)", "(~k7 +get +set)"), &[("a", "undecided")], "undecided");
}

#[test]
fn the_default_user_counts_where_no_line_defines_it() {
    let off = "user default off\n";
    becomes("acl", "", "", &[], "none");
    becomes("acl", off, "", &[("default", "wider")], "some");
    becomes("acl", "", off, &[("default", "narrower")], "none");
    becomes("conf", "requirepass x\n", "port 1\n", &[("default", "wider")], "some");
}

fn resource(address: &str, id: &str, string: &str, more: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"{address}\" {{\n  user_id = {id}\n  engine = \"valkey\"\n  \
         access_string = {string}\n{more}\n}}\n"
    )
}

#[test]
fn users_of_infrastructure_are_the_same_by_their_id_or_address() {
    let old = resource("a", "\"one\"", "\"on ~a +get\"", "");
    becomes("tf", &old, &old, &[("aws_elasticache_user.a", "equal")], "none");
    let wider = resource("a", "\"one\"", "\"on ~a +get +set\"", "");
    becomes("tf", &old, &wider, &[("aws_elasticache_user.a", "wider")], "some");
    // a resource that is renamed is the same user, one with another id is not
    becomes("tf", &old, &old.replace("\"a\" {", "\"b\" {"), &[("aws_elasticache_user.b", "equal")], "none");
    let other = [("aws_elasticache_user.a", "added"), ("aws_elasticache_user.a", "removed")];
    becomes("tf", &old, &old.replace("\"one\"", "\"two\""), &other, "some");
    // an id that is not known differs from none
    becomes("tf", &old, &wider.replace("\"one\"", "var.id"), &[("aws_elasticache_user.a", "wider")], "some");
    // rights that change hands
    let admin = resource("b", "\"two\"", "\"on ~* +@all\"", "");
    let swapped = format!("{}{}", old.replace("\"one\"", "\"two\""), admin.replace("\"two\"", "\"one\""));
    let both = [("aws_elasticache_user.b", "wider"), ("aws_elasticache_user.a", "narrower")];
    becomes("tf", &format!("{old}{admin}"), &swapped, &both, "some");
}

#[test]
fn what_is_not_literal_is_unchecked_or_fails() {
    let old = resource("a", "\"one\"", "var.rules", "");
    let address = "aws_elasticache_user.a";
    becomes("tf", &old, &old, &[(address, "unchecked")], "undecided");
    becomes("tf", &old, &old.replace("var.rules", "var.other"), &[(address, "undecided")], "undecided");
    becomes("tf", &old, &old.replace("var.rules", "\"on -@all\""), &[(address, "undecided")], "undecided");
    becomes("tf", "", &old, &[(address, "added")], "undecided");
    let append = "{\"UserId\": \"u\", \"AppendAccessString\": \"+get\"}";
    becomes("json", append, append, &[("ModifyUser.u", "unchecked")], "undecided");
    becomes("json", append, &append.replace("+get", "+@all"), &[("ModifyUser.u", "undecided")], "undecided");
}

/// A line for each user and what is different, of files that end so.
#[track_caller]
fn told(ending: &str, old: &str, new: &str) -> String {
    let (old_name, new_name) = (format!("old.{ending}"), format!("new.{ending}"));
    let folder = folder(&[(&old_name, old), (&new_name, new)]);
    let ran = run(&folder, &["-d", ANY, &old_name, &new_name]);
    assert_eq!(ran.err, "");
    ran.out
}

#[test]
fn every_kind_of_change_is_told() {
    let old = "user a on ~a +get +set\nuser b off ~b +get\n";
    let expected = "\
added         c
narrower      a
equal         b

c, NEW line 3
  can do nothing

a, OLD line 1, NEW line 1
  - 1 command
      write: set
  - for example: SET a 1
";
    assert_eq!(told("acl", old, "user a on ~a +get\nuser b +get ~b\nuser c\n"), expected);
    // the user that a server has without being told stands nowhere
    let expected = "\
wider         default

default, OLD line 1
  + can log in (on)
";
    let ran = told("acl", "user default off nopass ~* &* +@all\n", "");
    assert_eq!(ran, expected);

    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let many = format!("user a on {}\n", selectors.join(" "));
    let folder = folder(&[("old.acl", &many), ("new.acl", &many.replace("(~k7 +get)", "(~k7 +get +set)"))]);
    let ran = run(&folder, &["-d", "redis-7.2", "old.acl", "new.acl"]);
    assert!(ran.out.starts_with("undecided     a\n\na, OLD line 1, NEW line 1\n"), "{}", ran.out);
    assert!(ran.err.starts_with("help: the limits are 128 selectors "), "{}", ran.err);

    let old = resource("a", "\"one\"", "var.rules", "");
    let expected = "\
unchecked     aws_elasticache_user.a

aws_elasticache_user.a, OLD line 4, NEW line 4
  written as before, but not checked: it refers to another value
";
    assert_eq!(told("tf", &old, &old), expected);
    let expected = "\
undecided     aws_elasticache_user.a

aws_elasticache_user.a, OLD line 4, NEW line 4
  not known: it refers to another value
";
    assert_eq!(told("tf", &old, &old.replace("var.rules", "\"on -@all\"")), expected);
}

#[test]
fn rules_that_one_request_puts_behind_its_string_count_with_it() {
    let request = |string: &str, appended: &str| {
        format!(
            "{{\"UserId\": \"u\", \"Engine\": \"redis\", \"AccessString\": \"{string}\", \"AppendAccessString\": \"{appended}\"}}"
        )
    };
    let old = request("on ~a +get", "+set");
    becomes("json", &old, &request("on ~a", " +get +set "), &[("ModifyUser.u", "equal")], "none");
    becomes("json", &old, &request("on ~a +get", "+@write"), &[("ModifyUser.u", "wider")], "some");
    // what is refused behind it is not known to be the same
    let refused = request("on ~a +get", "+nosuch");
    becomes("json", &old, &refused, &[("ModifyUser.u", "undecided")], "undecided");
    let ran = told("json", &old, &refused);
    assert!(ran.contains("  not known: elasticache/valkey-9.0 has no command `nosuch`\n"), "{ran}");
}

#[test]
fn nothing_is_compared_with_nothing() {
    let ran = run(&folder(&[]), &["/dev/null", "/dev/null"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(ran.summary, "no access strings found, before or after\n");
}

#[test]
fn ways_to_log_in_count() {
    let user = |more: &str| resource("a", "\"one\"", "\"on ~a +get\"", more);
    let mode = |kind: &str| user(&format!("  authentication_mode {{\n    type = \"{kind}\"\n  }}"));
    let address = "aws_elasticache_user.a";
    becomes("tf", &mode("iam"), &mode("no-password-required"), &[(address, "wider")], "some");
    becomes("tf", &mode("no-password-required"), &mode("iam"), &[(address, "narrower")], "none");
    let password = |password: &str| user(&format!("  passwords = [{password}]"));
    becomes(
        "tf",
        &password("\"not-a-real-one-1\""),
        &password("\"not-a-real-one-2\""),
        &[(address, "incomparable")],
        "some",
    );
    becomes("tf", &password("var.a"), &password("var.b"), &[(address, "equal")], "none");
    let folder = folder(&[("a.tf", &mode("iam")), ("b.tf", &mode("no-password-required"))]);
    let ran = run(&folder, &["a.tf", "b.tf"]);
    assert!(ran.out.ends_with(", NEW line 4\n  + logs in without a password\n"), "{}", ran.out);
    // what is lost is told as well
    let ran = run(&folder, &["b.tf", "a.tf"]);
    assert!(ran.out.ends_with(", NEW line 4\n  - logs in without a password\n"), "{}", ran.out);
    let ran = told("tf", &mode("iam"), &password("var.a"));
    assert!(
        ran.ends_with("  + logs in with a value that is not statically known\n  - logs in with IAM\n"),
        "{ran}"
    );
}

#[test]
fn files_of_different_kinds_are_compared() {
    let listed = "1) \"user alice on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~a \
        resetchannels -@all +get\"\n2) \"user default on nopass ~* &* +@all\"\n";
    let manifest = "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user alice on >secret ~a +get +set\n";
    let folder = folder(&[
        ("users.acl", "user alice on >secret +get ~a\n"),
        ("list", listed),
        ("map.yaml", manifest),
        ("redis.conf", "user alice on \">secret\" \"~a\" +get\r\n"),
    ]);
    for new in ["list", "redis.conf"] {
        let ran = run(&folder, &["-d", "redis-7.2", "users.acl", new]);
        assert!(
            ran.code == 0 && ran.out.starts_with("equal         alice\n"),
            "{new}: {}{}",
            ran.out,
            ran.err
        );
    }
    let ran = run(&folder, &["-d", "redis-7.2", "list", "map.yaml"]);
    assert!(ran.out.starts_with("wider         ConfigMap acl data.users.acl user alice\n"), "{}", ran.out);
    assert!(
        ran.out.contains("\nConfigMap acl data.users.acl user alice, OLD line 1, NEW line 5\n"),
        "{}",
        ran.out
    );
    let ran = run(&folder, &["-d", "redis-7.2", "users.acl", "/dev/null"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "removed       alice\n"));
    let ran = run(&folder, &["-d", "redis-7.2", "/dev/null", "users.acl"]);
    assert!(ran.out.starts_with("added         alice\n\nalice, NEW line 1\n"), "{}", ran.out);
}

#[test]
fn the_dialect_of_each_side_counts() {
    let folder = folder(&[("a.acl", "user a on ~a +@all\n")]);
    let ran = run(&folder, &["-d", "redis-6.2", "--to-dialect", "redis-7.2", "a.acl", "a.acl"]);
    assert!(ran.code == 1 && ran.out.contains("a, OLD line 1, NEW line 1\n"), "{}", ran.out);
    fs::write(folder.path().join("redis-acl.toml"), "dialect = \"redis-6.0\"\n").expect("it can be written");
    let ran = run(&folder, &["--format", "json", "a.acl", "a.acl"]);
    assert!(ran.out.contains("\"dialects\":\"redis-6.0\""), "{}", ran.out);
}

#[test]
fn broken_files_are_errors_with_their_place() {
    let files = [
        ("good.acl", "user a on\n"),
        ("bad.acl", "user a on >secret +gte\nuser a\n"),
        ("bad.tf", "resource \"aws_memorydb_user\" \"a\" {\n  access_string = {\n"),
        ("bad-list", "1) \"user a on +nosuch\"\n"),
        (
            "refused.json",
            "{\"UserName\": \"u\", \"AccessString\": \"on +@raed\", \"AuthenticationMode\": {}}",
        ),
    ];
    let folder = folder(&files);
    for (file, told) in [
        ("bad.acl", "bad.acl:1:20 user a:\nerror: redis-7.2 has no command `gte`"),
        ("bad.acl", "bad.acl:2:6"),
        ("bad.tf", "error: bad.tf:"),
        ("bad-list", "no command `nosuch`"),
        ("refused.json", "refused.json:1:41 CreateUser u AccessString:"),
    ] {
        for arguments in [[file, "good.acl"], ["good.acl", file]] {
            let ran = run(&folder, &[&["-d", "redis-7.2"], &arguments[..]].concat());
            // a string of infrastructure that OLD rejects is unchecked, and the users are compared
            match file == "refused.json" {
                true => assert!(ran.code == if arguments[0] == file { 1 } else { 2 }, "{}", ran.out),
                false => assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{file}"),
            }
            assert!(ran.err.contains(told) && !ran.err.contains("secret"), "{file}: {}", ran.err);
        }
    }
    for other in ["on >secret +get", "missing.acl"] {
        let ran = run(&folder, &[other, "good.acl"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("the file `good.acl` can"), "{}", ran.err);
    }
}

#[test]
fn a_gate_holds_on_every_engine_that_may_read_the_file() {
    // the same on 7.0, where new users have no channels, and new access on 6.2
    let (old, new) = ("user a on resetchannels ~a +publish\n", "user a on ~a +publish\n");
    let folder = folder(&[("old.acl", old), ("new.acl", new)]);
    let gate = ["--no-new-access", "old.acl", "new.acl"];
    let ran = run(&folder, &gate);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("a, OLD line 1, NEW line 1, on redis-6.2\n"), "{}", ran.out);
    assert_eq!(run(&folder, &[&gate[..], &["-d", "redis-7.0"]].concat()).code, 0);
    assert_eq!(run(&folder, &[&gate[..], &["-d", "redis-6.2"]].concat()).code, 1);
    assert_eq!(run(&folder, &["-d", "redis-7.0..8.4,valkey", "old.acl", "new.acl"]).code, 0);
    // the same of what ACL LIST prints
    fs::write(folder.path().join("list"), "1) \"user a on ~a resetchannels -@all +publish\"\n")
        .expect("written");
    assert_eq!(run(&folder, &["--no-new-access", "list", "list"]).code, 0);
    assert_eq!(run(&folder, &["--no-new-access", "list", "/dev/null"]).code, 0);
    assert_eq!(run(&folder, &["--no-new-access", "/dev/null", "list"]).code, 1);
}

#[test]
fn a_plan_without_users_has_no_new_access() {
    let bucket = r#"{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{}},
        "resource_changes":[{"address":"aws_s3_bucket.b","mode":"managed","type":"aws_s3_bucket","name":"b",
        "change":{"actions":["create"],"before":null,"after":{"bucket":"x"},"after_unknown":{}}}]}"#;
    let empty = r#"{"format_version":"1.2","planned_values":{"root_module":{}}}"#;
    let folder = folder(&[("bucket.json", bucket), ("empty.json", empty)]);
    for plan in ["bucket.json", "empty.json"] {
        let ran = run(&folder, &["--no-new-access", plan]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.summary.contains("no access strings found"), "{}{}", ran.err, ran.summary);
    }
}

#[test]
fn a_setting_that_changes_is_compared_on_the_same_engine() {
    let conf = |channels: &str| format!("acl-pubsub-default {channels}\nuser a on >s ~a +get +publish\n");
    let folder = folder(&[("o.conf", &conf("resetchannels")), ("n.conf", &conf("allchannels"))]);
    let ran = run(&folder, &["--no-new-access", "o.conf", "n.conf"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.starts_with("wider         a\n") && !ran.out.contains(" default\n"), "{}", ran.out);
}

/// Without its ACL file a server has the user `default` that nobody restricted.
#[test]
fn an_acl_file_that_is_no_longer_named_is_new_access() {
    let folder = folder(&[("o.conf", "port 1\naclfile /etc/redis/users.acl\n"), ("n.conf", "port 1\n")]);
    let ran = run(&folder, &["--no-new-access", "o.conf", "n.conf"]);
    assert!(ran.code == 1 && ran.out.contains("added         default"), "{}{}", ran.out, ran.err);
}
