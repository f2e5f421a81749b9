//! `redis-acl lint PATH…` as a user meets it: files of every kind, folders, settings, fixes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::ran::{Ran, run_in};

impl Ran {
    /// Each finding as `file:line:column lint`.
    fn places(&self) -> Vec<String> {
        let place = |found: Value| {
            let text = |member: &str| found[member].as_str().expect("a text").to_owned();
            format!("{}:{}:{} {}", text("file"), found["line"], found["column"], text("lint"))
        };
        self.findings().into_iter().map(place).collect()
    }

    fn findings(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// A folder with files, in which commands are run.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, bytes)| tree.write(name, bytes));
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("it can be read")
    }

    fn lint(&self, arguments: &[&str]) -> Ran {
        run_in(self.0.path(), &[&["lint"], arguments].concat(), b"")
    }

    fn json(&self, arguments: &[&str]) -> Ran {
        self.lint(&[arguments, &["--format", "json"]].concat())
    }

    #[track_caller]
    fn has(&self, code: i32, arguments: &[&str], places: &[&str]) {
        let ran = self.json(arguments);
        assert_eq!((ran.code, ran.places(), ran.err.as_str()), (code, texts(places), ""), "{arguments:?}");
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Strings with one thing each to fix, in every kind of file; and the same fixed.
const FILES: [(&str, &str, &str); 10] = [
    (
        "users.acl",
        "user alice on >secret ~app:* ~app:1 +@hash\r\nuser  on\r\nuser bob  on\t ~b +hget +hget\r\n",
        "user alice on >secret ~app:* +@hash\r\nuser  on\r\nuser bob  on\t ~b +hget\r\n",
    ),
    (
        "conf/valkey.conf",
        "port 6379\n  user a on '~x\\'s' \"(+get +get ~y)\" \t+hget   \"+hget\"\nsave 60 1\n",
        "port 6379\n  user a on '~x\\'s' (+get ~y)   \"+hget\"\nsave 60 1\n",
    ),
    (
        "infra/users.tf",
        "\u{feff}resource \"aws_elasticache_user\" \"app\" {\n  engine        = \"redis\"\n  access_string = \"on ~é:* ~é:1 +hget\" # é\n}\n",
        "\u{feff}resource \"aws_elasticache_user\" \"app\" {\n  engine        = \"redis\"\n  access_string = \"on ~é:* +hget\" # é\n}\n",
    ),
    (
        "infra/heredoc.tf",
        "resource \"aws_memorydb_user\" \"h\" {\r\n  access_string = <<-EOT\r\n      on ~a +hget +hget\r\n    EOT\r\n}\r\n",
        "resource \"aws_memorydb_user\" \"h\" {\r\n  access_string = <<-EOT\r\n      on ~a +hget\r\n    EOT\r\n}\r\n",
    ),
    (
        "infra/users.tf.json",
        "{\"resource\": {\"aws_elasticache_user\": {\"a\": {\"engine\": \"redis\", \"access_string\": \"on \\u007ea ~a +hget\"}}}}",
        "{\"resource\": {\"aws_elasticache_user\": {\"a\": {\"engine\": \"redis\", \"access_string\": \"on \\u007ea +hget\"}}}}",
    ),
    (
        "stack/template.json",
        "{\"Resources\": {\"U\": {\"Type\": \"AWS::MemoryDB::User\", \"Properties\": {\n\t\"AccessString\": \"on ~\\\"q\\\" +hget +hget\"}}}}",
        "{\"Resources\": {\"U\": {\"Type\": \"AWS::MemoryDB::User\", \"Properties\": {\n\t\"AccessString\": \"on ~\\\"q\\\" +hget\"}}}}",
    ),
    (
        "stack/two.yaml",
        "# kept\n---\nkind: Other\n---\nResources:\n  U:\n    Type: AWS::MemoryDB::User\n    Properties: {AccessString: 'on ~it''s +hget +hget'} # too\n",
        "# kept\n---\nkind: Other\n---\nResources:\n  U:\n    Type: AWS::MemoryDB::User\n    Properties: {AccessString: 'on ~it''s +hget'} # too\n",
    ),
    (
        "k8s/config.yml",
        "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user a on >pass ~a +hget +hget\n    user b off -@all\n    user c on ~c ~c +hget\n",
        "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user a on >pass ~a +hget\n    user b off -@all\n    user c on ~c +hget\n",
    ),
    ("plain.txt", "user a on ~a +hget +hget", "user a on ~a +hget"),
    ("notes.md", "user a on ~a +hget +hget\nis what we had\n", "user a on ~a +hget +hget\nis what we had\n"),
];

fn tree_of_files() -> Tree {
    Tree::new(&FILES.map(|(name, before, _)| (name, before.as_bytes())))
}

#[test]
fn findings_point_at_their_real_places_in_every_kind_of_file() {
    let tree = tree_of_files();
    let allowed = ["--allow", "stays-off", "--allow", "changes-with-upgrade", "--allow", "no-commands"];
    let mut places = tree.json(&[&["-d", "redis-7.2", "."], &allowed[..]].concat()).places();
    // the users have no ids, of which AWS complains at their beginnings
    places.retain(|place| !place.ends_with(" aws-request"));
    assert_eq!(
        places,
        [
            "conf/valkey.conf:2:21 redundant-rule",
            "conf/valkey.conf:2:47 redundant-rule",
            "infra/heredoc.tf:3:7 contradicting-dialect",
            "infra/heredoc.tf:3:19 redundant-rule",
            "infra/users.tf:3:20 contradicting-dialect",
            "infra/users.tf:3:28 subsumed-pattern",
            "infra/users.tf.json:1:83 contradicting-dialect",
            "infra/users.tf.json:1:94 subsumed-pattern",
            "k8s/config.yml:5:30 redundant-rule",
            "k8s/config.yml:7:18 subsumed-pattern",
            "plain.txt:1:20 redundant-rule",
            "stack/template.json:2:19 contradicting-dialect",
            "stack/template.json:2:35 redundant-rule",
            "stack/two.yaml:8:33 contradicting-dialect",
            "stack/two.yaml:8:49 redundant-rule",
            "users.acl:1:30 subsumed-pattern",
            "users.acl:3:24 redundant-rule",
        ]
    );
}

#[test]
fn a_range_is_the_bytes_of_the_file() {
    let tree = tree_of_files();
    for found in tree.json(&["-d", "redis-7.2", ".", "--allow", "stays-off"]).findings() {
        let bytes = tree.read(found["file"].as_str().expect("a name"));
        let range = found["range"]
            .as_array()
            .expect("a range")
            .iter()
            .map(|at| at.as_u64().expect("a number") as usize);
        let [start, end] = range.collect::<Vec<_>>()[..] else { panic!("two numbers") };
        let text = std::str::from_utf8(&bytes[start..end]).expect("a part of the text");
        let behind_mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let start = start - (bytes.len() - behind_mark.len());
        let before = std::str::from_utf8(&behind_mark[..start]).expect("text");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        assert_eq!(
            [&found["line"], &found["column"]],
            [&Value::from(line), &Value::from(column)],
            "{text}: {found}"
        );
    }
}

#[test]
fn fixes_change_the_strings_and_nothing_else_and_twice_is_once() {
    let tree = tree_of_files();
    // it changes nothing when it only shows
    let shown = tree.lint(&["-d", "redis-7.2", "--fix", "--dry-run", "."]);
    assert!(shown.out.contains(
        "users.acl:1:12: user alice\n- on >****** ~app:* ~app:1 +@hash\n+ on >****** ~app:* +@hash\n"
    ));
    FILES.iter().for_each(|(name, before, _)| assert_eq!(tree.read(name), before.as_bytes(), "{name}"));
    for _ in 0..2 {
        tree.lint(&["-d", "redis-7.2", "--fix", "."]);
        for (name, _, fixed) in FILES {
            assert_eq!(String::from_utf8(tree.read(name)).expect("text"), fixed, "{name}");
        }
    }
    let left: Vec<_> = fs::read_dir(tree.0.path()).expect("a folder").collect();
    assert_eq!(left.len(), 7, "no temporary file is left: {left:?}");
}

#[test]
fn the_fixtures_of_the_readers_keep_everything_but_their_strings() {
    let tree = Tree::new(&[]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/iac");
    for entry in fs::read_dir(fixtures).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_str().expect("text").to_owned();
        tree.write(&name, &fs::read(&path).expect("a file"));
    }
    let before = tree.json(&["-d", "redis-7.2", "."]);
    assert!(before.code == 2 && before.out.lines().count() > 50, "{}", before.out);
    let fixable = before.findings().iter().filter(|found| !found["fix"].is_null()).count();
    assert!(fixable > 2);
    tree.lint(&["-d", "redis-7.2", "--fix", "."]);
    let after = tree.json(&["-d", "redis-7.2", "."]);
    // plans and states are left alone; whatever else has a fix is fixed
    let left = after.findings();
    let left = left.iter().filter(|found| !found["fix"].is_null());
    left.for_each(|found| {
        let file = found["file"].as_str().expect("a name");
        assert!(["plan.json", "state.json", "terraform.tfstate"].contains(&file), "{found}");
    });
    let not_fixable = |ran: &Ran| {
        let places = ran.findings().into_iter().filter(|found| found["fix"].is_null());
        places
            .map(|found| (found["file"].clone(), found["line"].clone(), found["lint"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(not_fixable(&before), not_fixable(&after));
}

#[test]
fn what_is_no_rule_is_found_too() {
    let tree = Tree::new(&[
        ("a.acl", b"user a on\nuser a off\nUser b on\nuser c +gte\nuser d on ~x (+get\nuser e +\xff\n"),
        ("b.tf", b"resource \"aws_elasticache_user\" \"u\" {\n  engine = \"valkey\"\n  access_string = var.rules\n  no_password_required = true\n  user_id = \"u\"\n  user_name = \"u\"\n}\n"),
        ("c.json", b"{\"access_string\": \"on"),
        ("d.yaml", b"access_string: on ~a \xe9\n"),
        ("redis.conf", b"user a on >x\naclfile /etc/users.acl\nuser b \"on\n"),
    ]);
    tree.has(
        2,
        &[".", "--allow", "no-effect", "--allow", "too-wide", "--allow", "version"],
        &[
            "a.acl:2:6 duplicate-user",
            "a.acl:3:1 no-user",
            "a.acl:4:9 unknown-command",
            "a.acl:5:14 open-selector-kills",
            "a.acl:5:14 rule",
            "a.acl:6:8 not-utf8",
            "b.tf:2:12 aws-request",
            "b.tf:3:19 not-literal",
            "c.json:1:21 unreadable-file",
            "d.yaml:1:22 unreadable-file",
            "redis.conf:2:1 users-and-acl-file",
            "redis.conf:3:8 unbalanced-quotes",
        ],
    );
    let ran = tree.json(&["b.tf"]);
    let request = &ran.findings()[0];
    assert_eq!(request["message"], "No-password-required is not allowed for a user with engine Valkey");
    assert_eq!(request["notes"][0], "AWS responds with InvalidParameterCombination");
    // what is not literal is a hint and fails nothing
    tree.write("b.tf", b"module \"m\" {\n  access_string = var.rules\n}\n");
    tree.has(0, &["b.tf"], &["b.tf:2:19 not-literal"]);
}

/// Some engines reject an open selector, and the others die of it: no engine accepts the line.
#[test]
fn a_line_that_every_engine_rejects_is_an_error_though_for_different_reasons() {
    for rules in ["on (((", "on nopass ~a +get (+set ~b"] {
        let file = format!("user default off\nuser a {rules}\n");
        let tree = Tree::new(&[("a.acl", file.as_bytes()), ("old.acl", b"user default off\n")]);
        let found = tree.json(&["--fail-on", "error", "a.acl"]).findings();
        assert_eq!(found.len(), 2, "{found:?}");
        for found in &found {
            assert_eq!(found["level"], "error", "{found}");
            let notes = found["notes"].as_array().expect("notes");
            assert!(notes.iter().any(|note| note == "no engine of redis,valkey accepts the line"), "{found}");
        }
        assert_eq!(tree.lint(&["a.acl"]).code, 1);
        let in_folder = |arguments: &[&str]| run_in(tree.0.path(), arguments, b"");
        assert_eq!(in_folder(&["fmt", "--check", "a.acl"]).code, 2);
        assert_eq!(in_folder(&["diff", "--no-new-access", "old.acl", "a.acl"]).code, 2);
    }
    // an engine that accepts it leaves hints
    let tree = Tree::new(&[("a.acl", b"user a on nopass ~a +vadd\n")]);
    assert_eq!(tree.lint(&["--fail-on", "warning", "a.acl"]).code, 0);
}

#[test]
fn a_file_of_which_each_engine_rejects_another_line_is_an_error() {
    // the command came with Redis 8.0, the rule with Valkey 9.1
    let lines = b"user default off\nuser a on nopass ~a +vadd\nuser b on nopass ~a db=0 +get\n";
    let tree = Tree::new(&[("a.acl", lines), ("old.acl", b"user default off\n")]);
    let found = tree.json(&["--fail-on", "error", "--allow", "any-password", "a.acl"]);
    assert_eq!((found.code, &found.findings()[0]["level"]), (1, &"error".into()));
    assert_eq!(found.findings()[0]["message"], "no engine of redis,valkey accepts every line");
    let in_folder = |arguments: &[&str]| run_in(tree.0.path(), arguments, b"");
    assert_eq!(in_folder(&["diff", "--no-new-access", "old.acl", "a.acl"]).code, 2);
    assert_eq!(in_folder(&["fmt", "a.acl"]).code, 2);
    assert_eq!(tree.read("a.acl"), lines);
}

#[test]
fn what_aws_refuses_in_a_string_is_told_once() {
    let file = b"resource \"aws_elasticache_user\" \"u\" {\n  user_id = \"u\"\n  user_name = \"u\"\n  engine = \"redis\"\n  passwords = [\"long-enough-for-it\"]\n  access_string = \"on ~a +gte\"\n}\n";
    let tree = Tree::new(&[("u.tf", file)]);
    tree.has(1, &["u.tf"], &["u.tf:6:27 unknown-command"]);
}

#[test]
fn rules_that_are_appended_are_no_whole_user() {
    let tree = Tree::new(&[(
        "modify.json",
        b"{\"UserId\": \"u\", \"Engine\": \"redis\", \"AppendAccessString\": \"~a ~a +gte\"}",
    )]);
    tree.has(1, &["modify.json"], &["modify.json:1:66 unknown-command"]);
}

#[test]
fn ignored_and_hidden_files_and_other_kinds_are_passed_over() {
    let bad = b"user a on +gte\n".as_slice();
    let tree = Tree::new(&[
        (".gitignore", b"ignored.acl\nbuild/\n"),
        ("ignored.acl", bad),
        ("build/users.acl", bad),
        ("sub/.gitignore", b"!ignored.acl\n"),
        ("sub/ignored.acl", bad),
        (".hidden/users.acl", bad),
        ("nginx.conf", b"user www-data www-data;\nevents {}\n"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0user "),
        ("empty.acl", b""),
        ("empty.yaml", b""),
        ("empty", b""),
        ("users", bad),
    ]);
    tree.has(1, &["."], &["sub/ignored.acl:1:12 unknown-command", "users:1:12 unknown-command"]);
    // what is named itself is looked at
    tree.has(1, &["ignored.acl"], &["ignored.acl:1:12 unknown-command"]);
    let ran = tree.json(&["image.png"]);
    assert_eq!((ran.code, ran.places()), (2, texts(&["image.png:1:1 unreadable-file"])));
    assert_eq!(ran.findings()[0]["message"], "not a file that can hold access strings");
}

#[test]
fn the_nearest_settings_count() {
    let text = b"user a on ~a +@hash +hget\n".as_slice();
    let tree = Tree::new(&[
        ("redis-acl.toml", b"dialect = \"redis-6.0\"\n[lint]\ndeny = [\"redundant-rule\"]\n"),
        ("a.acl", text),
        ("in/redis-acl.toml", b"[lint]\nallow = [\"redundant-rule\"]\n"),
        ("in/deep/a.acl", text),
        ("in/deep/b.acl", b"user a on ~a %R~b +get\n"),
        ("repository/.git/config", b""),
        ("repository/a.acl", text),
    ]);
    let ran = tree.json(&[".", "--allow", "version"]);
    let of: Vec<_> = ran
        .findings()
        .iter()
        .map(|found| format!("{} {} {}", found["file"], found["level"], found["dialect"]))
        .collect();
    // in the other folders nobody states the engine: `%R~` is newer than some
    let expected = [
        r#""a.acl" "error" "redis-6.0""#,
        r#""in/deep/b.acl" "hint" "redis,valkey""#,
        r#""repository/a.acl" "hint" "redis,valkey""#,
    ];
    assert_eq!(of, expected);
    // flags count more, and so does a file that is named
    let ran = tree.json(&["a.acl", "--allow", "redundant-rule", "-d", "valkey-8.1"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(tree.json(&["a.acl", "--config", "in/redis-acl.toml"]).out, "");
    assert_eq!(tree.json(&["a.acl"]).findings()[0]["dialect"], "redis-6.0");
    tree.write("in/redis-acl.toml", b"[lint]\nalow = []\n");
    let ran = tree.lint(&["."]);
    assert!(
        ran.code == 2 && ran.err.contains("in/redis-acl.toml") && ran.err.contains("alow"),
        "{}",
        ran.err
    );
    let ran = tree.lint(&["a.acl", "--deny", "nosuch"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn a_missing_path_is_reported_as_one() {
    let tree = Tree::new(&[]);
    tree.write("users.acl", b"user a on nopass ~a +get\n");
    tree.write("notes.md", b"text\n");
    let missing = "error: no such file or folder `nosuch.tf`";
    for (arguments, said) in [
        (&["fmt", "nosuch.tf"][..], missing),
        (&["lint", "nosuch.tf"], "error: no such file or folder `nosuch.tf`; add --string"),
        (&["lint", "users.acl", "nosuch.tf"], "error: no such file or folder `nosuch.tf`; files and strings"),
        (
            &["diff", "nosuch.tf", "b.tf"],
            "error: no such file or folder `nosuch.tf`, and no such file or folder `b.tf`",
        ),
        (
            &["diff", "users.acl", "nosuch.tf"],
            "error: no such file or folder `nosuch.tf`; the file `users.acl`",
        ),
        (&["diff", "nosuch.tf"], missing),
        (&["diff", ".", "nosuch"], "error: no such file or folder `nosuch`; the folder `.`"),
        (&["diff", "notes.md", "on"], "error: `notes.md` is not a file with users"),
        (&["diff", "@nosuch.tf", "on"], missing),
        (&["assert", "nosuch.tf", "on"], missing),
        (&["can", "--file", "nosuch.tf", "on"], missing),
        (&["lint", "--config", "nosuch.tf", "on"], missing),
        (&["diff", "--since", "HEAD"], "error: --since needs a git repository; git reports: "),
        (&["can", "on ~a +get"], "error: no command to check; write one after `--`"),
    ] {
        let ran = run_in(tree.0.path(), arguments, b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with(said), "{arguments:?}: {}", ran.err);
    }
    // one word may be meant as either
    let ran = tree.lint(&["nosuch"]);
    assert_eq!(ran.err, "note: no such file or folder `nosuch`, so it is read as a string\n");
    assert!(ran.code == 1 && ran.out.contains("`nosuch` is not a rule"), "{}", ran.out);
    // a string may hold a password
    let ran = run_in(tree.0.path(), &["diff", "users.acl", "on >secret ~a"], b"");
    assert!(ran.code == 2 && !ran.err.contains("secret"), "{}", ran.err);
}

#[test]
fn paths_and_strings_are_told_apart() {
    let tree = Tree::new(&[("on", b"user a on +gte\n"), ("b.acl", b"user b on\n")]);
    assert_eq!(tree.json(&["on", "b.acl"]).code, 1);
    let ran = tree.lint(&["--string", "--allow", "no-effect", "-d", "redis-7.2", "on"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let ran = tree.lint(&["users.acl"]);
    assert!(ran.code == 2 && ran.err.starts_with("error: no such file or folder `users.acl`"), "{}", ran.err);
    let ran = tree.lint(&["b.acl", "on >secret ~a"]);
    assert!(ran.code == 2 && ran.err.contains("`on >****** ~a`"), "{}", ran.err);
    assert_eq!(tree.lint(&["-d", "redis-7.2", "on +get", "on +gte"]).code, 1);
    assert_eq!(tree.lint(&["--format", "sarif", "on +get"]).code, 2);
    assert_eq!(tree.lint(&["--fix", "--dry-run", "on +get"]).code, 2);
}

#[test]
fn findings_are_drawn_below_their_places() {
    let tree = Tree::new(&[
        ("b.tf", b"module \"m\" {\n  access_string = var.rules\n}\n"),
        ("users.acl", b"user alice on >secret ~app:* +@hash +hget\nuser alice off\n"),
    ]);
    let ran = tree.lint(&["users.acl", "b.tf"]);
    let drawn = "\
users.acl:1:37: user alice (redis,valkey)
hint[redundant-rule]: `+hget` changes nothing: `+@hash` before it allows it too
  |
  | on >****** ~app:* +@hash +hget
  |                   ------ ^^^^^
  = fix (equivalent): remove `+hget`
  = see: docs/lints.md#redundant-rule
users.acl:2:6:
hint[duplicate-user]: a second line for the user `alice`, after line 1
    |
  2 | user alice off
    |      ^^^^^
    = help: put all rules of the user on one line
  = note: the server says: WARNING: Duplicate user 'alice' found on line 2.
  = note: only on valkey,redis-7.0..8.10; no engine is stated for the file
b.tf:2:19: module m access_string
hint[not-literal]: not checked: it refers to another value
3 hints
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, drawn, ""));
}

#[test]
fn github_shows_findings_beside_the_change() {
    let tree = Tree::new(&[("a,b.acl", b"user alice on +gte\n")]);
    let ran = tree.lint(&["--format", "github", "."]);
    let start = "::error file=a%2Cb.acl,line=1,endLine=1,col=16,endColumn=19,title=redis-acl%3A unknown-command::user alice: no engine of redis,valkey has the command `gte`%0A";
    assert!(ran.code == 1 && ran.out.starts_with(start), "{}", ran.out);
}

#[test]
fn no_password_is_shown() {
    let tree = Tree::new(&[
        ("a.acl", b"user a on >topsecret ~a ~a +gte\nuser a >topsecret off\nuser  b >topsecret\nuser c (+get >topsecret\nUser d >topsecret\n"),
        ("redis.conf", b"user a on \">topsecret\" ~a ~a +hget +hget '> topsecret'\nuser b \">topsecret\n"),
        ("k.yaml", b"data:\n  users.acl: |\n    user a on >topsecret ~a ~a +hget\n"),
        ("r.json", b"{\"UserId\": \"u\", \"UserName\": \"u\", \"Engine\": \"redis\", \"Passwords\": [\"topsecret\"], \"AccessString\": \"on >topsecret ~a ~a\"}"),
    ]);
    for format in ["text", "json", "github", "sarif"] {
        let ran = tree.lint(&["--format", format, "."]);
        assert!(
            ran.code == 1 && !ran.out.contains("topsecret") && !ran.err.contains("topsecret"),
            "{}",
            ran.out
        );
    }
    let ran = tree.lint(&["-d", "redis-7.2", "--fix", "--dry-run", "."]);
    assert!(ran.out.contains("+ on >********* ~a") && !ran.out.contains("topsecret"), "{}", ran.out);
}

#[test]
fn sarif_is_golden() {
    let tree = Tree::new(&[
        ("in fra/users.tf", b"resource \"aws_elasticache_user\" \"app\" {\n  engine        = \"redis\"\n  access_string = \"on ~a:* ~a:1 +hget +hgte\"\n}\n"),
        ("users.acl", b"user alice on >secret ~app:* ~app:1 +@hash\nuser alice off\n"),
        ("empty.acl", b""),
    ]);
    let ran = tree.lint(&["--format", "sarif", ".", "--allow", "version"]);
    assert_eq!(ran.code, 1);
    let mut log: Value = serde_json::from_str(&ran.out).expect("JSON");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    let rule =
        rules.as_array().expect("rules").iter().find(|rule| rule["id"] == "stays-off").expect("a rule");
    assert!(rule["help"]["markdown"].as_str().expect("a text").contains("docs/lints.md#stays-off"));
    log["runs"][0]["tool"]["driver"]["version"] = "0".into();
    log["runs"][0]["tool"]["driver"]["semanticVersion"] = "0".into();
    let mut text = serde_json::to_string_pretty(&log).expect("JSON");
    text.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/files.sarif");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &text).expect("it can be written");
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        text,
        "{} differs; BLESS=1 rewrites it",
        path.display()
    );
}

/// The text with SARIF's replacement made, as an editor would.
fn replaced(text: &str, replacement: &Value) -> String {
    let region = &replacement["deletedRegion"];
    let at = |line: &str, column: &str| {
        let number = |name: &str| region[name].as_u64().expect("a number") as usize;
        let before: usize = text.split_inclusive('\n').take(number(line) - 1).map(str::len).sum();
        before + number(column) - 1
    };
    let (start, end) = (at("startLine", "startColumn"), at("endLine", "endColumn"));
    let new = replacement["insertedContent"]["text"].as_str().expect("a text");
    format!("{}{new}{}", &text[..start], &text[end..])
}

#[test]
fn sarif_has_fixes_for_lines_and_for_texts_with_lines() {
    let acl = "user a on ~a\nuser b on  ~b +hget +hget\n";
    let manifest =
        "kind: ConfigMap\nmetadata: {name: acl}\ndata:\n  users.acl: |\n    user b on  ~b +hget +hget\n";
    for (name, text, fixed) in [
        ("users.acl", acl, acl.replace("+hget +hget", "+hget")),
        ("map.yaml", manifest, manifest.replace("+hget +hget", "+hget")),
    ] {
        let tree = Tree::new(&[(name, text.as_bytes())]);
        let ran = tree.lint(&["--format", "sarif", "-d", "redis-7.2", "--allow", "version", name]);
        let log: Value = serde_json::from_str(&ran.out).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("results");
        let fix = results
            .iter()
            .find_map(|result| result["fixes"].get(0))
            .unwrap_or_else(|| panic!("{name}: {}", ran.out));
        let change = &fix["artifactChanges"][0];
        assert_eq!(change["artifactLocation"]["uri"], name);
        assert_eq!(replaced(text, &change["replacements"][0]), fixed, "{name}");
        let described = fix["description"]["text"].as_str().expect("a text");
        assert!(described.ends_with(" (the same meaning)"), "{described}");
    }
}

#[test]
fn sarif_writes_absolute_paths_as_references_to_files() {
    let tree = Tree::new(&[("a b/users.acl", b"user a on +gte\n")]);
    let path = tree.path("a b/users.acl");
    let path = path.to_str().expect("UTF-8");
    let ran = tree.lint(&["--format", "sarif", path]);
    let log: Value = serde_json::from_str(&ran.out).expect("JSON");
    let location =
        &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(location, &format!("file://{}", path.replace(' ', "%20")));
}

#[test]
fn a_named_file_of_no_kind_is_told_of_and_one_in_a_folder_is_passed_over() {
    let tree = Tree::new(&[("notes.txt", b"on +gte\n")]);
    tree.has(2, &["notes.txt"], &["notes.txt:1:1 unreadable-file"]);
    let ran = tree.lint(&["notes.txt"]);
    let told = "notes.txt:1:1:\nerror[unreadable-file]: not a file that can hold access strings\n1 error\n";
    assert_eq!((ran.code, ran.out.as_str()), (2, told));
    tree.has(0, &["."], &[]);
}

/// A file is written only where the new text is equivalent; anything else is the author's choice.
#[test]
fn what_is_not_equivalent_is_never_written_nor_called_a_fix() {
    let acl = b"user a on nopass ~app:* -lpush +@list\nuser b on nopass ~app:* -eval +@all -config\n";
    let tf =
        "resource \"aws_elasticache_user\" \"a\" {\n  engine = \"valkey\"\n  access_string = \"RULES\"\n}\n";
    for rules in ["on ~app:* -@list +@write", "on ~app:* +@read +keys -@dangerous", "on ~* ~app:* +get"] {
        let tf = tf.replace("RULES", rules);
        let tree = Tree::new(&[("users.acl", acl), ("users.tf", tf.as_bytes())]);
        let ran = tree.lint(&["--fix", "."]);
        assert!(!ran.out.contains("fixed") && !ran.out.contains("fix ("), "{}", ran.out);
        assert_eq!((tree.read("users.acl"), tree.read("users.tf")), (acl.to_vec(), tf.into_bytes()));
        let sarif = tree.lint(&["--format", "sarif", "."]);
        assert!(!sarif.out.contains("\"fixes\""), "{}", sarif.out);
    }
}

/// What is the same on the newest server grants more on an older one, where users begin with all channels.
#[test]
fn what_is_fixed_is_the_same_on_every_engine_that_may_read_the_file() {
    let text = "user a on ~a +hget +hget\nuser b on resetchannels resetchannels ~b +publish\n";
    let tree = Tree::new(&[("users.acl", text.as_bytes())]);
    let ran = tree.lint(&["--fix", "."]);
    assert!(ran.out.starts_with("users.acl: 2 strings fixed\n"), "{}", ran.out);
    // a pattern for no command is the same everywhere; without the rules about channels 6.2 would grant all of them
    let fixed = b"user a on ~a +hget\nuser b on resetchannels resetchannels +publish\n";
    assert_eq!(tree.read("users.acl"), fixed);
    tree.write("redis-acl.toml", b"dialect = \"redis-7.2\"\n");
    tree.lint(&["--fix", "."]);
    assert!(tree.read("users.acl").starts_with(b"user a on ~a +hget\n"));
}

#[test]
fn a_configuration_is_read_with_its_acl_pubsub_default() {
    let text = "acl-pubsub-default allchannels\nuser b on ~b +get +publish +publish\n";
    let tree = Tree::new(&[("redis.conf", text.as_bytes())]);
    let ran = tree.lint(&["-d", "redis-7.2", "redis.conf"]);
    assert!(ran.out.contains("redundant-rule") && !ran.out.contains("no-channels"), "{}", ran.out);
    tree.lint(&["--fix", "-d", "redis-7.2", "redis.conf"]);
    assert_eq!(tree.read("redis.conf"), b"acl-pubsub-default allchannels\nuser b on ~b +get +publish\n");
    // of the other engines, those without the setting do not start with it
    let ran = tree.lint(&["redis.conf"]);
    assert!(!ran.out.contains("channel-default") && !ran.out.contains("no-channels"), "{}", ran.out);
}

/// What is right by the last line may be wrong by the setting in force before.
#[test]
fn nothing_is_fixed_before_a_directive_that_changes_the_meaning() {
    let text = "user b on resetchannels ~b +publish +publish\nacl-pubsub-default allchannels\n";
    let tree = Tree::new(&[("redis.conf", text.as_bytes())]);
    tree.lint(&["--fix", "-d", "redis-7.2", "redis.conf"]);
    assert_eq!(tree.read("redis.conf"), text.as_bytes());
}

#[test]
fn a_directive_that_the_server_rejects_is_an_error() {
    let tree = Tree::new(&[("redis.conf", b"acl-pubsub-default none\nuser b on +get +get\n")]);
    let ran = tree.lint(&["-d", "redis-7.2", "redis.conf"]);
    assert!(ran.code == 1 && ran.out.contains("error[channel-default]"), "{}", ran.out);
    assert!(ran.out.contains("argument(s) must be one of the following"), "{}", ran.out);
    tree.lint(&["--fix", "-d", "redis-7.2", "redis.conf"]);
    assert!(tree.read("redis.conf").ends_with(b"+get +get\n"));
}

#[test]
fn acl_pubsub_default_can_be_stated_for_files() {
    let tree = Tree::new(&[("users.acl", b"user a on ~a +get +publish\n")]);
    let has = |arguments: &[&str]| tree.lint(arguments).out.contains("[no-channels]");
    assert!(has(&["-d", "redis-7.2", "users.acl"]));
    assert!(!has(&["-d", "redis-7.2", "--acl-pubsub-default", "allchannels", "users.acl"]));
    tree.write("redis-acl.toml", b"dialect = \"redis-7.2\"\nacl-pubsub-default = \"allchannels\"\n");
    assert!(!has(&["users.acl"]));
    // the flag takes precedence
    assert!(has(&["--acl-pubsub-default", "resetchannels", "users.acl"]));
    tree.write("redis-acl.toml", b"dialect = \"redis-6.0\"\nacl-pubsub-default = \"allchannels\"\n");
    let ran = tree.lint(&["users.acl"]);
    assert!(
        ran.code == 2 && ran.err.contains("redis-6.0 has no acl-pubsub-default"),
        "{} {}",
        ran.out,
        ran.err
    );
    tree.write("redis-acl.toml", b"acl-pubsub-default = \"none\"\n");
    assert!(tree.lint(&["users.acl"]).err.contains("not a value of acl-pubsub-default"));
}

/// 10 MB each, of which the last line is wrong.
#[test]
fn large_files_are_read_whole() {
    let mut conf = "# what somebody thought worth saying\nrename-command DEBUG \"\"\n".repeat(200_000);
    let mut yaml = "some:\n  key: [1, 2, 3]\n---\n".repeat(100);
    yaml.push_str(&format!("text: |\n{}", "  and what it says\n".repeat(550_000)));
    conf.push_str("user last on +gte\n");
    yaml.push_str("users.acl: user last on +gte\n");
    assert!(conf.len() > 10_000_000 && yaml.len() > 10_000_000);
    let tree = Tree::new(&[("large.conf", conf.as_bytes()), ("large.yaml", yaml.as_bytes())]);
    let places = ["large.conf:400001:15 unknown-command", "large.yaml:550302:26 unknown-command"];
    tree.has(1, &["-d", "redis-7.2", "."], &places);
}

#[test]
fn a_file_beyond_the_limit_is_told_of_and_not_looked_at() {
    let tree = Tree::new(&[("a.acl", b"user a on +gte\n")]);
    let file = fs::File::create(tree.path("huge.acl")).expect("a file");
    file.set_len((64 << 20) + 1).expect("a file with a hole");
    tree.has(2, &["."], &["a.acl:1:12 unknown-command", "huge.acl:1:1 file-too-large"]);
    let ran = tree.lint(&["huge.acl"]);
    let told = "huge.acl:1:1:\nwarning[file-too-large]: skipped: the file has 65 MiB, and --max-file-size is 64\n1 warning\n";
    assert_eq!((ran.code, ran.out.as_str()), (2, told));
    let ran = run_in(tree.0.path(), &["fmt", "-d", "redis-7.2", "huge.acl"], b"");
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: huge.acl:1:1: skipped: the file has 65 MiB, and --max-file-size is 64\n")
    );
}

#[test]
fn the_limit_can_be_another_and_is_told() {
    let large = format!("{}user b on +gte\n", "\n".repeat(2 << 20));
    let tree = Tree::new(&[("large.acl", large.as_bytes())]);
    tree.has(1, &["-d", "redis-7.2", "."], &["large.acl:2097153:12 unknown-command"]);
    tree.has(2, &[".", "--max-file-size", "1"], &["large.acl:1:1 file-too-large"]);
    let ran = tree.lint(&["large.acl", "--max-file-size", "1"]);
    let told = "skipped: the file has 3 MiB, and --max-file-size is 1";
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    const FIXABLE: &[u8] = b"user a on ~a +hget +hget\n";
    const FIXED: &[u8] = b"user a on ~a +hget\n";

    #[test]
    fn links_are_followed_and_permissions_stay() {
        let tree = Tree::new(&[("real/users.acl", FIXABLE)]);
        let real = tree.path("real/users.acl");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("permissions");
        symlink(&real, tree.path("link.acl")).expect("a link");
        let ran = tree.lint(&["--fix", "-d", "redis-7.2", "link.acl"]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "link.acl: 1 string fixed\n"));
        assert_eq!(tree.read("real/users.acl"), FIXED);
        assert!(fs::symlink_metadata(tree.path("link.acl")).expect("a link").is_symlink());
        assert_eq!(fs::metadata(&real).expect("a file").permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_file_that_may_not_be_written_is_told_of_and_stays() {
        let tree = Tree::new(&[("a.acl", FIXABLE), ("b.acl", FIXABLE)]);
        fs::set_permissions(tree.path("a.acl"), fs::Permissions::from_mode(0o440)).expect("permissions");
        let ran = tree.lint(&["--fix", "-d", "redis-7.2", "."]);
        assert_eq!((ran.code, ran.err.as_str()), (2, ""));
        assert!(
            ran.out.contains("a.acl:1:1:\nerror[unreadable-file]: not fixed: the file is read-only\n"),
            "{}",
            ran.out
        );
        assert_eq!((tree.read("a.acl").as_slice(), tree.read("b.acl").as_slice()), (FIXABLE, FIXED));
    }

    /// Its first page is nobody's to read, the superuser's neither.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_whose_reading_fails_is_told_of_and_the_rest_goes_on() {
        let tree = Tree::new(&[("a.acl", b"user a on +gte\n")]);
        symlink("/proc/self/mem", tree.path("mem.acl")).expect("a link");
        tree.has(2, &["mem.acl", "a.acl"], &["mem.acl:1:1 unreadable-file", "a.acl:1:12 unknown-command"]);
        let ran = run_in(tree.0.path(), &["fmt", "-d", "redis-7.2", "mem.acl"], b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with("error: mem.acl:1:1: Input/output error"), "{}", ran.err);
        let ran = run_in(tree.0.path(), &["diff", "mem.acl", "a.acl"], b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with("error: mem.acl: Input/output error"), "{}", ran.err);
    }

    /// A link to itself cannot be read, whoever asks: the superuser may read files without permissions.
    #[test]
    fn what_cannot_be_read_is_told_of_and_the_rest_goes_on() {
        let tree = Tree::new(&[("b.acl", b"user a on +gte\n")]);
        symlink("loop.acl", tree.path("loop.acl")).expect("a link");
        let ran = tree.json(&["b.acl", "loop.acl"]);
        assert_eq!(ran.code, 2);
        let ran = tree.json(&["."]);
        assert_eq!((ran.code, ran.places()), (1, texts(&["b.acl:1:12 unknown-command"])));
        assert_eq!(ran.err, "./loop.acl: skipped: a broken link\n");
    }

    /// Terraform reads them too. A folder may be reached by many links, and is not followed.
    #[test]
    fn links_to_files_in_folders_are_followed() {
        let user = b"resource \"aws_elasticache_user\" \"a\" {\n  engine = \"valkey\"\n  access_string = \"on ~a +gte\"\n}\n";
        let acl = b"user b on ~b +get\n";
        let tree = Tree::new(&[
            ("shared/users.tf", user),
            ("shared/users.acl", acl),
            ("env/main.tf", b"locals {}\n"),
        ]);
        symlink("../shared/users.tf", tree.path("env/users.tf")).expect("a link");
        symlink("../shared/users.acl", tree.path("env/users.acl")).expect("a link");
        symlink("../shared", tree.path("env/folder")).expect("a link");
        symlink("nowhere.acl", tree.path("env/broken.acl")).expect("a link");
        let ran = tree.json(&["--allow", "too-wide", "env"]);
        let found = ran.places();
        assert!(found.contains(&"env/users.tf:3:27 unknown-command".to_owned()), "{found:?}");
        assert_eq!(ran.err, "env/broken.acl: skipped: a broken link\n");
        assert!(ran.summary.contains("checked 2 strings in 2 files"), "{}", ran.summary);
        // the file is written once, by whichever of its names comes first, and the link stays
        let ran = run_in(
            tree.0.path(),
            &["fmt", "-d", "redis-7.0", "env/users.acl", "shared/users.acl", "env/broken.acl"],
            b"",
        );
        assert_eq!(ran.code, 2, "a broken link that is named is an error");
        assert!(fs::symlink_metadata(tree.path("env/users.acl")).expect("a link").is_symlink());
        assert_eq!(tree.read("shared/users.acl"), b"user b on ~b resetchannels -@all +get\n");
        let ran = run_in(tree.0.path(), &["diff", "env", "shared"], b"");
        assert_eq!(ran.code, 2, "{}", ran.out);
    }

    #[test]
    fn two_names_of_a_file_are_written_as_one() {
        for _ in 0..8 {
            let tree = Tree::new(&[("shared/users.acl", FIXABLE)]);
            for name in ["a.acl", "b.acl", "c.acl"] {
                symlink("shared/users.acl", tree.path(name)).expect("a link");
            }
            let ran = tree.lint(&["--fix", "-d", "redis-7.2", "."]);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
            assert_eq!(tree.read("shared/users.acl"), FIXED);
        }
    }
}

/// What cannot be read may hold anything: no command passes it over, and none calls it checked.
#[test]
fn what_cannot_be_read_is_exit_2_everywhere() {
    let user = "resource \"aws_elasticache_user\" \"a\" {\n  engine = \"valkey\"\n  access_string = \"on ~a -@all +get\"\n}\n";
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(user.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let broken = b"locals {\n  rules = \n";
    for (name, bytes) in [
        ("in/broken.tf", &broken[..]),
        ("in/values.auto.tfvars", b"rules = \n"),
        ("in/utf16.tf", &utf16),
        ("in/users.json", b"{\"access_string\": \"on"),
    ] {
        let tree =
            Tree::new(&[("in/users.tf", user.as_bytes()), ("old/users.tf", user.as_bytes()), (name, bytes)]);
        for arguments in [&["lint", "--fail-on", "error", "in"][..], &["fmt", "--check", "in"]] {
            let ran = run_in(tree.0.path(), arguments, b"");
            assert_eq!(ran.code, 2, "{name} {arguments:?}: {}{}", ran.out, ran.err);
            assert!(ran.out.contains(name) || ran.err.contains(name), "{name}: {}{}", ran.out, ran.err);
            assert!(ran.summary.contains("; 1 file not read"), "{name}: {}", ran.summary);
        }
        for arguments in [["old", "in"], ["in", "old"]] {
            let ran = run_in(tree.0.path(), &["diff", "--no-new-access", arguments[0], arguments[1]], b"");
            assert_eq!(ran.code, 2, "{name}: {}{}", ran.out, ran.err);
        }
    }
    // a folder without users may hold what it likes
    let tree = Tree::new(&[("in/broken.tf", broken), ("in/main.tf", b"locals {}\n")]);
    assert_eq!(tree.lint(&["in"]).code, 0);
}

#[test]
fn nothing_to_compare_is_no_new_access_and_a_missing_path_is_an_error() {
    let tree =
        Tree::new(&[("none.tf", b"locals {}\n"), ("empty/notes.txt", b""), ("users.acl", b"user a off\n")]);
    let diff = |old, new| run_in(tree.0.path(), &["diff", "--no-new-access", old, new], b"");
    for (old, new) in
        [("none.tf", "none.tf"), ("empty", "empty"), ("empty", "none.tf"), ("/dev/null", "empty")]
    {
        let ran = diff(old, new);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{old} {new}");
        assert_eq!(ran.summary, "no access strings found, before or after\n");
    }
    for (old, new) in [("none.tf", "missing.tf"), ("missing", "empty"), ("users.acl", "missing.acl")] {
        assert_eq!(diff(old, new).code, 2, "{old} {new}");
    }
}

#[test]
fn the_output_is_in_the_order_of_paths_whatever_the_threads_do() {
    let text = |number: usize| format!("user u{number} on +gte\n");
    let tree = Tree::new(&[]);
    for number in 0..700 {
        tree.write(
            &format!("d{}/f{number:04}.acl", number % 7),
            text(number).repeat(1 + number % 13).as_bytes(),
        );
    }
    let ran = tree.json(&["-d", "redis-7.2", ".", "--allow", "no-effect"]);
    let files: Vec<_> =
        ran.findings().iter().map(|found| found["file"].as_str().expect("a name").to_owned()).collect();
    assert!(files.is_sorted() && files.len() > 700);
    assert_eq!(ran.out, tree.json(&["-d", "redis-7.2", ".", "--allow", "no-effect"]).out);
}
