//! `fmt` as a user meets it: what it writes, what it leaves, and with which exit code it ends.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::ran::{Ran, folder, run_in};

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_in(folder, &[&["fmt"], arguments].concat(), b"")
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("it can be read")
}

/// The file as it is written, and that writing it again changes nothing.
#[track_caller]
fn becomes(arguments: &[&str], name: &str, text: &str, expected: &str) {
    let folder = folder(&[(name, text)]);
    let arguments = [arguments, &[name]].concat();
    let ran = run(folder.path(), &arguments);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(read(&folder, name), expected);
    let again = run(folder.path(), &arguments);
    assert_eq!((again.code, read(&folder, name).as_str()), (0, expected));
    assert!(!again.out.contains(": changed: "), "{}", again.out);
    // a heredoc ends with a line break, which AWS does not return
    let code = i32::from(expected.contains("<<-EOT"));
    assert_eq!(run(folder.path(), &[&["--check"], &arguments[..]].concat()).code, code);
}

const TERRAFORM: &str = "\
# kept
resource \"aws_elasticache_user\" \"reader\" {
  user_id       = \"reader\"
  engine        = \"valkey\" # kept too
  access_string = \"+get  on ~app:*\"
  passwords     = [\"not-a-real-password\"]
}
resource \"aws_memorydb_user\" \"m\" {
  user_name     = \"m\"
  access_string = <<-EOT
      +get on ~\\x
  EOT
}
";

#[test]
fn only_strings_change() {
    let expected = TERRAFORM
        .replace("+get  on ~app:*", "on ~app:* -@all +get")
        .replace("+get on ~\\x", "on ~\\x resetchannels -@all +get");
    becomes(&[], "users.tf", TERRAFORM, &expected);
    let marked = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    becomes(&[], "users.tf", &marked(TERRAFORM), &marked(&expected));
}

#[test]
fn yaml_keeps_its_quotes_blocks_and_comments() {
    let text = "\
Resources:
  A:
    Type: AWS::MemoryDB::User
    Properties:
      UserName: a
      AccessString: '+get on ~it''s'   # kept
      AuthenticationMode: {Type: iam}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: acl}
data:
  users.acl: |
    user b +get on ~b
    user a off
";
    let expected = text
        .replace("'+get on ~it''s'", "'on ~it''s resetchannels -@all +get'")
        .replace("b +get on ~b", "b on sanitize-payload ~b resetchannels -@all +get")
        .replace("a off", "a off sanitize-payload resetchannels -@all");
    becomes(&["-d", "redis-7.2,memorydb"], "all.yaml", text, &expected);
}

#[test]
fn lines_stay_in_their_order() {
    let text = "user z +get on ~z\n\nuser a\nuser default on nopass allkeys +@all\n";
    let expected = "\
user z on sanitize-payload ~z resetchannels -@all +get

user a off sanitize-payload resetchannels -@all
user default on nopass sanitize-payload ~* resetchannels +@all
";
    becomes(&["-d", "redis-7.2"], "users.acl", text, expected);
}

/// ACL SAVE writes one blank between two words, and none at either end of a line.
#[test]
fn lines_of_acl_files_have_single_blanks_after_one_run() {
    const FORM: &str = "user u2 off resetchannels -@all +get";
    for line in [
        "user u2 off  +get",
        "user u2 off resetchannels -@all +get ",
        "user u2 off resetchannels -@all +get\t",
        "\tuser u2 off resetchannels -@all +get",
        "  user u2 off resetchannels -@all +get",
        "user u2  off resetchannels -@all +get",
        "user u2 \toff resetchannels\t  -@all +get",
        "user u2   +get   off  ",
        "user u2",
        "user u2 ",
    ] {
        let form = if line.contains("+get") { FORM } else { "user u2 off resetchannels -@all" };
        for end in ["", "\n", "\r\n", " \r\n", "\n\n  \n"] {
            let trimmed = end.trim_start_matches(' ');
            let (text, expected) = (format!("{line}{end}"), format!("{form}{trimmed}"));
            let folder = folder(&[("w.acl", &text)]);
            let check = run(folder.path(), &["--check", "-d", "redis-7.0", "w.acl"]);
            assert_eq!(check.code, 1, "{text:?}: {}", check.out);
            becomes(&["-d", "redis-7.0"], "w.acl", &text, &expected);
        }
    }
    let manifest = "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user a  off +get\n    user b off \n";
    let expected = "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user a off resetchannels -@all +get\n    user b off resetchannels -@all\n";
    becomes(&["-d", "redis-7.0"], "map.yaml", manifest, expected);
}

#[test]
fn configurations_keep_their_other_directives_and_quotes() {
    let text = "port 6379\r\n# user x\r\nuser a on \">p@ss\" \"~it's\" +@all -@all +get\r\n";
    let expected =
        "port 6379\r\n# user x\r\nuser a on sanitize-payload >p@ss \"~it's\" resetchannels -@all +get\r\n";
    becomes(&["-d", "redis-7.2"], "redis.conf", text, expected);
}

#[test]
fn passwords_stay_unless_hashes_are_asked_for() {
    const HASH: &str = "#2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    let text = "user a +get on ~a >secret >other <other\n";
    let written =
        |password: &str| format!("user a on sanitize-payload {password} ~a resetchannels -@all +get\n");
    becomes(&["-d", "redis-7.2"], "users.acl", text, &written(">secret"));
    becomes(&["-d", "redis-7.2", "--hash-passwords"], "users.acl", text, &written(HASH));
    let simplified = "user a on >secret ~a -@all +get\n";
    becomes(&["-d", "redis-7.2", "--simplify"], "users.acl", &written(">secret"), simplified);
    // no password is printed
    let folder = folder(&[("users.acl", text), ("bad.acl", "user a on >secret +nosuch\n")]);
    let ran = run(folder.path(), &["-d", "redis-7.2", "--check", "."]);
    assert!(!ran.out.contains("secret") && !ran.err.contains("secret"), "{}{}", ran.out, ran.err);
}

#[test]
fn strings_are_simplified() {
    let long = "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset -hincrby \
        -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember";
    let request = |string: &str| {
        format!(
            "{{\"UserId\": \"u\", \"UserName\": \"u\", \"Engine\": \"redis\", \"AccessString\": \"{string}\"}}\n"
        )
    };
    let short = request("on ~app::* -@all +@read");
    // `+@read` is another set of commands on later engines
    let ran = run(folder(&[("user.json", &*request(long))]).path(), &["--simplify", "user.json"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains("no shorter string is equivalent on every engine that can read it"),
        "{}",
        ran.out
    );
    becomes(&["-d", "elasticache/redis-6.0", "--simplify"], "user.json", &request(long), &short);
    // nor is the form that AWS documented for Redis 6.0 ever written
    becomes(&["-d", "elasticache/redis-6.0"], "user.json", &short, &short);
    becomes(&[], "user.json", &request(long), &request(long));
}

#[test]
fn a_file_of_a_tool_is_told_from_one_that_cannot_be_written() {
    let state = r#"{"format_version": "1.0", "values": {"root_module": {"resources": [{"mode": "managed",
        "type": "aws_elasticache_user", "name": "u", "address": "aws_elasticache_user.u", "values": {"engine": "valkey",
        "user_id": "u", "user_name": "u", "access_string": "+get on ~a"}}]}}}"#;
    let ran = run(folder(&[("state.json", state)]).path(), &["state.json"]);
    assert!(ran.out.contains("a tool wrote the file; change the configuration"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_check_changes_nothing_and_tells_where() {
    let folder = folder(&[
        ("tf/users.tf", TERRAFORM),
        ("fine.acl", "user a off sanitize-payload resetchannels -@all\n"),
    ]);
    let ran = run(folder.path(), &["--check", "tf"]);
    let break_at_end = "tf/users.tf:11:7: left as it is: aws_memorydb_user m access_string: the heredoc ends with a line break, which AWS does not return; write it as a quoted string\n";
    // its line break is reported once the rules are in the form
    let expected = "\
tf/users.tf:5:20: would change: aws_elasticache_user reader access_string
tf/users.tf:11:7: would change: aws_memorydb_user m access_string
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, expected, ""));
    assert_eq!(ran.summary, "checked 2 strings in 1 file\n");
    assert_eq!(read(&folder, "tf/users.tf"), TERRAFORM);
    assert_eq!(run(folder.path(), &["--check", "-d", "valkey-8.1", "fine.acl"]).code, 0);
    // nobody stated the engine of the ACL file
    let ran = run(folder.path(), &["--check", "fine.acl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("these engines return different forms"), "{}", ran.out);
    assert_eq!(run(folder.path(), &["-d", "valkey-8.1", "fine.acl"]).code, 0);
    assert_eq!(run(folder.path(), &["tf"]).code, 0);
    // what cannot be written stays a difference
    let ran = run(folder.path(), &["--check", "tf"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, break_at_end));
}

#[test]
fn what_may_be_a_part_of_a_string_is_left() {
    let text = "\
locals {
  part  = { access_string = \"-@all +get\" }
  whole = { access_string = \"on +get\" }
}
resource \"aws_elasticache_user\" \"a\" {
  access_string = \"on ${local.part} +get\"
  engine        = \"redis\"
}
";
    let folder = folder(&[("main.tf", text)]);
    let ran = run(folder.path(), &["-d", "elasticache/valkey-8.0", "."]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains("main.tf:2:30: left as it is: locals part.access_string: it may be part"),
        "{}",
        ran.out
    );
    assert_eq!(read(&folder, "main.tf"), text.replace("\"on +get", "\"on -@all +get"));
}

/// A plan shows a difference wherever AWS returns another text, also where that text cannot be written.
#[test]
fn what_aws_returns_otherwise_is_a_difference_though_it_is_computed() {
    let user = |value: &str| {
        format!(
            "resource \"aws_elasticache_user\" \"a\" {{\n  engine = \"valkey\"\n  access_string = {value}\n}}\n\
             locals {{\n  x = \"~app:* +@read\"\n  part = \"~app:*  +@read\"\n  form = \"on ~a -@all +@read\"\n}}\n\
             variable \"v\" {{ default = \"~app:* +@read\" }}\nvariable \"x\" {{}}\n"
        )
    };
    for (value, code) in [
        ("join(\"  \", [\"on\", \"~a\", \"-@all\", \"+@read\"])", 1),
        ("join(\" \", [\"on\", \"~a\", \"-@all\", \"+@read\"])", 0),
        ("upper(\"on ~a +@read\")", 1),
        ("local.x", 1),
        ("var.v", 1),
        ("local.form", 0),
        ("\"on ~${var.x}:*  +@read\"", 1),
        ("format(\"on  ~%s -@all\", var.x)", 1),
        ("\"on ~${var.x}:* +@read \"", 1),
        ("\" on ~${var.x}:* +@read\"", 1),
        ("\"on ~${var.x}:* +@read\"", 0),
        ("trimspace(\" on ~${var.x}:* +@read \")", 0),
        // only the whole string counts
        ("\"on ~b:* -@all ${trimspace(\"+@read \")}\"", 0),
        ("\"on ~b:* -@all ${replace(local.part, \"~app:*  \", \"\")}\"", 0),
    ] {
        let folder = folder(&[("a.tf", &user(value))]);
        let ran = run(folder.path(), &["--check", "a.tf"]);
        assert_eq!(
            (ran.code, ran.out.contains("every plan shows a difference")),
            (code, code == 1),
            "{value}: {}",
            ran.out
        );
        assert_eq!(run(folder.path(), &["a.tf"]).code, 0);
        assert_eq!(read(&folder, "a.tf"), user(value), "it is not written");
    }
}

#[test]
fn an_argument_of_a_module_that_is_not_read_is_left() {
    let text = "\
locals {
  base = \"on   ~app:* +get\"
  used = \"on   ~b:* +get\"
}
module \"remote\" {
  source   = \"git::https://example.com/modules.git\"
  base_acl = \"on   ~job:* +@write\"
  more     = [{ access_string = \"on   ~c:* +@write\" }]
  acl      = local.base
  other    = replace(\"on   ~d:* +@write\", var.a, var.b)
}
module \"local\" {
  source = \"./m\"
  acl    = \"on   ~e:* +get\"
  passed = \"on   ~f:* +get\"
}
resource \"aws_elasticache_user\" \"a\" {
  access_string = local.used
  engine        = \"valkey\"
}
";
    let module = "\
variable \"acl\" {}
variable \"passed\" {}
module \"remote\" {
  source = \"terraform-aws-modules/memory-db/aws\"
  users  = { a = { access_string = var.passed } }
}
resource \"aws_elasticache_user\" \"b\" {
  access_string = var.acl
  engine        = \"valkey\"
}
";
    let folder = folder(&[("main.tf", text), ("m/main.tf", module)]);
    let ran = run(folder.path(), &["."]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let formatted =
        text.replace("on   ~b:* +get", "on ~b:* -@all +get").replace("on   ~e:* +get", "on ~e:* -@all +get");
    assert_eq!(read(&folder, "main.tf"), formatted);
    assert_eq!(read(&folder, "m/main.tf"), module);
    assert!(
        ran.out.contains("main.tf:7:15: left as it is: module remote base_acl: it may be part"),
        "{}",
        ran.out
    );
    // a module that is there and not named is not read either
    let alone = text.replace("./m", "./missing");
    let folder = crate::ran::folder(&[("main.tf", &alone)]);
    run(folder.path(), &["main.tf"]);
    assert!(read(&folder, "main.tf").contains("\"on   ~e:* +get\""), "{}", read(&folder, "main.tf"));
}

#[test]
fn appended_rules_and_what_tools_wrote_are_left() {
    let modify = "{\"UserId\": \"u\", \"AppendAccessString\": \"+@all -@all +get\"}";
    let state = "{\"format_version\": \"1.0\", \"terraform_version\": \"1.9.0\", \"values\": {\"root_module\": {\"resources\": \
        [{\"address\": \"aws_memorydb_user.a\", \"mode\": \"managed\", \"type\": \"aws_memorydb_user\", \"name\": \"a\", \
        \"values\": {\"access_string\": \"+get on\"}}]}}}";
    let folder = folder(&[("modify.json", modify), ("state.json", state)]);
    let ran = run(folder.path(), &["."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("state.json:1:") && ran.out.contains(": left as it is: "), "{}", ran.out);
    assert_eq!(
        (read(&folder, "modify.json").as_str(), read(&folder, "state.json").as_str()),
        (modify, state)
    );
}

#[test]
fn a_file_with_something_refused_is_not_changed_and_others_are() {
    let bad = "user a +get on\nuser b +nosuch\n";
    let folder = folder(&[("a.acl", bad), ("b.acl", "user a +get on\n"), ("c.tf", "access_string = {\n")]);
    let ran = run(folder.path(), &["-d", "redis-7.2", "."]);
    assert_eq!((ran.code, read(&folder, "a.acl").as_str()), (2, bad));
    assert_eq!(ran.out, "b.acl:1:8: changed: user a\n");
    for told in ["a.acl:2:9 user b:", "redis-7.2 has no command `nosuch`", "error: c.tf:"] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    let ran = run(folder.path(), &["--format", "json", "-d", "redis-7.2", "a.acl"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((ran.code, &json["errors"][0]["line"]), (2, &2.into()));
    assert_eq!(run(folder.path(), &["missing.acl"]).code, 2);
    assert_eq!(run(folder.path(), &[]).code, 2);
}

#[test]
fn a_named_file_of_no_kind_is_an_error_and_one_in_a_folder_is_passed_over() {
    let folder = folder(&[("notes.txt", "+get on\n")]);
    let ran = run(folder.path(), &["notes.txt"]);
    let told = "error: notes.txt:1:1: not a file that can hold access strings\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", told));
    let json = run(folder.path(), &["--format", "json", "notes.txt"]).json();
    let error = serde_json::json!({
        "line": 1, "column": 1, "name": "", "message": "not a file that can hold access strings", "help": null,
    });
    assert_eq!(json, serde_json::json!({"file": "notes.txt", "changes": [], "left": [], "errors": [error]}));
    for arguments in [&["."][..], &["--format", "json", "."]] {
        let ran = run(folder.path(), arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    }
}

#[test]
fn json_tells_what_changes_and_what_is_left() {
    let text = "locals {\n  part = { access_string = \"-@all +get\" }\n}\n";
    let folder = folder(&[("a.acl", "user b +get on\n"), ("b.tf", text), ("fine.acl", "")]);
    let ran = run(folder.path(), &["--check", "--format", "json", "-d", "redis-7.2,elasticache", "."]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let why = "it may be part of another string: it does not begin with `on` or `off`, or a module that is not read uses it";
    let expected = [
        serde_json::json!({
            "file": "a.acl", "changes": [{"line": 1, "column": 8, "name": "user b"}], "left": [], "errors": [],
        }),
        serde_json::json!({
            "file": "b.tf", "changes": [], "errors": [],
            "left": [{"line": 2, "column": 29, "name": "locals part.access_string", "why": why}],
        }),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_dialect_is_what_the_settings_say() {
    const USER: &str = "user a +get on ~a\n";
    let files =
        [("redis-acl.toml", "dialect = \"redis-6.0\"\n"), ("in/users.acl", USER), ("users.acl", USER)];
    let folder = folder(&files);
    assert_eq!(run(folder.path(), &["in", "users.acl"]).code, 0);
    for name in ["in/users.acl", "users.acl"] {
        assert_eq!(read(&folder, name), "user a on ~a -@all +get\n");
    }
}

#[test]
fn settings_say_which_files_are_read_by_which_engine() {
    const USER: &str = "user a +get on ~a\n";
    const SETTINGS: &str = "dialect = \"redis-7.2\"\n\
        [[overrides]]\nfiles = [\"old/\", \"legacy*.acl\"]\ndialect = \"redis-6.0\"\n\
        [[overrides]]\nfiles = [\"old/new.acl\"]\ndialect = \"redis-6.2\"\n";
    let names = ["users.acl", "old/users.acl", "old/new.acl", "in/legacy-a.acl"];
    let files: Vec<_> =
        [("redis-acl.toml", SETTINGS)].into_iter().chain(names.map(|name| (name, USER))).collect();
    let folder = folder(&files);
    assert_eq!(run(folder.path(), &["."]).code, 0);
    let (of_6_0, of_6_2) = ("user a on ~a -@all +get\n", "user a on ~a &* -@all +get\n");
    let of_7_2 = "user a on sanitize-payload ~a resetchannels -@all +get\n";
    let forms = [of_7_2, of_6_0, of_6_2, of_6_0];
    assert_eq!(names.map(|name| read(&folder, name)), forms);
    // a pattern that cannot be read is an error that names the file
    let settings = "[[overrides]]\nfiles = [\"a{b\"]\ndialect = \"redis-6.0\"\n";
    fs::write(folder.path().join("redis-acl.toml"), settings).expect("it can be written");
    let ran = run(folder.path(), &["users.acl"]);
    assert!(ran.code == 2 && ran.err.contains("redis-acl.toml: ") && ran.err.contains("a{b"), "{}", ran.err);
}

/// Every reader's golden files: strings change, and nothing else that is read.
#[test]
fn real_looking_files_are_written_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir("tests/files/iac").expect("it is there") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("it can be copied");
    }
    for flags in [&["--simplify"][..], &[], &["--simplify"]] {
        let ran = run(folder.path(), &[flags, &["."]].concat());
        assert_eq!(ran.code, 2, "some are broken");
        let texts = || -> Vec<Vec<u8>> {
            let mut paths: Vec<_> = fs::read_dir(&folder)
                .expect("it is there")
                .map(|entry| entry.expect("a file").path())
                .collect();
            paths.sort();
            paths.iter().map(|path| fs::read(path).expect("it can be read")).collect()
        };
        let before = texts();
        let again = run(folder.path(), &[flags, &["."]].concat());
        assert!(!again.out.contains(": changed: "), "{}", again.out);
        assert_eq!(before, texts());
    }
}

#[test]
fn help_teaches() {
    let ran = run(Path::new("."), &["--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in ["Examples:\n  ", "--check", "--hash-passwords", "JSON, one line per file", "Exit codes"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}
