//! `create-user`, `modify-user` and `describe-users` as a user meets them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::ran::{Ran, run};

/// The AWS CLI's example of create-user.
const SEED: &[&str] = &[
    "create-user",
    "--user-id=user1",
    "--user-name=myUser",
    "--passwords=mYnuUzrpAxXw2rdzx",
    "--engine=redis",
    "--access-string=on ~app::* -@all +@read",
];
const SEED_ANSWER: &str = r#"{
    "UserId": "user1",
    "UserName": "myUser",
    "Status": "active",
    "Engine": "redis",
    "MinimumEngineVersion": "6.0",
    "AccessString": "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember",
    "UserGroupIds": [],
    "Authentication": {
        "Type": "password",
        "PasswordCount": 1
    },
    "ARN": "arn:aws:elasticache:us-east-1:123456789012:user:user1"
}
"#;
const SECRET: &str = "Tr0ub4dor-and-3-more";

/// `create-user` of a user who lacks nothing but what is given.
fn create(arguments: &[&str]) -> Ran {
    let base = ["create-user", "--user-id=u", "--user-name=u", "--engine=redis", "--access-string=on"];
    run(&[&base, arguments].concat())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<_> = entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// As `aws elasticache describe-users` prints a real account, with members of a later day.
fn dump() -> Value {
    json!({
        "Users": [
            {
                "UserId": "default", "UserName": "default", "Status": "active", "Engine": "redis",
                "MinimumEngineVersion": "6.0", "AccessString": "on ~* +@all", "UserGroupIds": ["group1"],
                "Authentication": {"Type": "no-password"},
                "ARN": "arn:aws:elasticache:us-west-2:111122223333:user:default"
            },
            {
                "UserId": "user2", "UserName": "myUser", "Status": "active", "Engine": "redis",
                "MinimumEngineVersion": "6.0", "AccessString": "on ~app::* -@all +get",
                "UserGroupIds": ["group1"], "Authentication": {"Type": "password", "PasswordCount": 2},
                "ARN": "arn:aws:elasticache:us-west-2:111122223333:user:user2",
                "LaterMember": {"Number": 1.5, "List": [null, true]}
            },
            {
                "UserId": "user3", "UserName": "user3", "Status": "modifying", "Engine": "valkey",
                "MinimumEngineVersion": "7.2", "AccessString": "off -@all", "UserGroupIds": [],
                "Authentication": {"Type": "iam"},
                "ARN": "arn:aws:elasticache:us-west-2:111122223333:user:user3"
            }
        ],
        "Marker": "later"
    })
}

// ---------------------------------------------------------------------------------------------------
// Answers and faults

#[test]
fn the_example_of_the_aws_cli_is_answered_as_its_page_shows() {
    let ran = run(SEED);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, SEED_ANSWER, ""));
}

#[test]
fn a_fault_is_told_as_the_aws_cli_does_and_then_in_full() {
    let ran = create(&["--access-string=on +gte", "--access-string=on +get", "--passwords=sixteen-chars-ok"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "of a flag given twice the last counts");

    let ran = run(&[
        "create-user",
        "--user-id=u",
        "--user-name=u",
        "--engine=redis",
        "--passwords=short",
        "--access-string=on +gte",
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (254, ""));
    let told = "
An error occurred (InvalidParameterValue) when calling the CreateUser operation: Passwords length must be between 16-128 characters.

Passwords[0]: Passwords length must be between 16-128 characters.
  = InvalidParameterValue, observed
";
    assert!(ran.err.starts_with(told), "{}", ran.err);
    let caret = ran.err.lines().skip_while(|line| !line.ends_with("| on +gte")).nth(1);
    assert_eq!(caret.map(str::trim), Some("|     ^^^"), "{}", ran.err);
    assert!(ran.err.contains("\nAccessString: "), "{}", ran.err);
}

#[test]
fn a_text_that_nobody_observed_says_so_first() {
    let second = "another-good-password";
    let twice = format!("Type=password,Passwords={second}");
    for (arguments, opening) in [
        (&["--passwords", SECRET, "--authentication-mode", &twice][..], "not observed: only an emulator"),
        (&["--passwords", SECRET, "--user-id=a--b"], "not observed: the rule is derived"),
        (&["--passwords", "with-a-comma,in-it"], "not observed: AWS's text is unknown"),
    ] {
        let ran = create(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (254, ""), "{arguments:?}");
        assert!(ran.err.starts_with(opening), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("\n\nAn error occurred ("), "AWS's line follows: {}", ran.err);
    }
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let ran = run(&["modify-user", "--state", text(&state), "--user-id=nobody", "--engine=redis"]);
    assert!(ran.err.starts_with("not observed: "), "{}", ran.err);
    // an observed text is not qualified, whatever follows it
    let ran = create(&["--passwords", "short,"]);
    assert!(ran.err.starts_with("\nAn error occurred (InvalidParameterValue)"), "{}", ran.err);
    assert!(ran.err.contains("  = InvalidParameterValue, unknown\n"), "{}", ran.err);
}

#[test]
fn lint_warns_of_what_rests_on_no_observation() {
    let user = |rest: &str| {
        let base = "  user_id = \"u\"\n  user_name = \"u\"\n  access_string = \"on ~* +get\"\n";
        format!("resource \"aws_elasticache_user\" \"u\" {{\n{base}{rest}\n}}\n")
    };
    let folder = folder();
    for (rest, level, label) in [
        ("engine = \"keydb\"\n  no_password_required = true", "warning", Some("emulator")),
        ("engine = \"redis\"\n  passwords = [\"with-a-comma,in-it\"]", "warning", Some("unknown")),
        ("engine = \"redis\"\n  passwords = [\"short\"]", "error", None),
        ("passwords = [\"sixteen-chars-ok\"]", "error", None),
    ] {
        let file = written(&folder, "user.tf", &user(rest));
        let ran = run(&["lint", "--format=json", text(&file)]);
        let found: Vec<Value> =
            ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let about: Vec<_> = found.iter().filter(|found| found["lint"] == "aws-request").collect();
        assert_eq!(about.len(), 1, "{rest}: {}", ran.out);
        assert_eq!(about[0]["level"], level, "{rest}");
        let note = about[0]["notes"][0].as_str().expect("a note");
        match label {
            Some(label) => assert!(note.starts_with("not observed: ") && note.contains(label), "{note}"),
            None => assert!(!note.contains("not observed"), "{note}"),
        }
        let shown = run(&["lint", text(&file)]).out;
        assert!(shown.contains(&format!("{level}[aws-request]: ")), "{shown}");
        let sarif = run(&["lint", "--format=sarif", text(&file)]).json();
        let results = sarif["runs"][0]["results"].as_array().expect("results");
        let result = results.iter().find(|result| result["ruleId"] == "aws-request").expect("a result");
        assert_eq!(result["level"], level, "{rest}");
    }
}

#[test]
fn the_operation_and_the_status_are_told() {
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let modify = |id: &str| run(&["modify-user", "--state", text(&state), "--user-id", id, "--engine=redis"]);
    for (id, line) in [
        ("nobody", "(UserNotFound) when calling the ModifyUser operation: User nobody not found."),
        (
            "user3",
            "(InvalidUserState) when calling the ModifyUser operation: User user3 has status modifying. Only \
             active users can be modified.",
        ),
    ] {
        let ran = modify(id);
        assert_eq!((ran.code, ran.out.as_str()), (254, ""));
        assert!(ran.err.lines().any(|told| told == format!("An error occurred {line}")), "{}", ran.err);
    }
    let ran = run(&["describe-users", "--state", text(&state), "--user-id=nobody"]);
    assert_eq!(ran.code, 254);
    assert!(ran.err.contains("(UserNotFound) when calling the DescribeUsers operation"), "{}", ran.err);
}

#[test]
fn what_sdks_would_not_send_has_its_own_exit_code() {
    for (arguments, first) in [
        (&["create-user"][..], "Missing required parameter in input: \"UserId\""),
        (&["modify-user"], "Missing required parameter in input: \"UserId\""),
        (&["modify-user", "--user-id=1"], "Invalid value for parameter UserId, "),
        (
            &["modify-user", "--user-id=u", "--authentication-mode=Type=ldap"],
            "Invalid value for parameter AuthenticationMode.Type, ",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (252, ""), "{arguments:?}");
        assert!(
            ran.err.starts_with(&format!("\nParameter validation failed:\n{first}")),
            "{arguments:?}: {}",
            ran.err
        );
    }
    // all of them
    let ran = run(&["create-user"]);
    for member in ["UserId", "UserName", "Engine", "AccessString"] {
        let line = format!("Missing required parameter in input: \"{member}\"");
        assert!(ran.err.lines().any(|told| told == line), "{member}: {}", ran.err);
    }
}

#[test]
fn what_cannot_be_read_is_bad_input() {
    for arguments in [
        &["--cli-input-json", "{"][..],
        &["--cli-input-json", "[]"],
        &["--cli-input-json", "{\"Nosuch\": 1}"],
        &["--cli-input-json", "{\"UserId\": 1}"],
        &["--cli-input-json", "file:///nosuch/request.json"],
        &["--tags", "Nosuch=1"],
        &["--tags", "team"],
        &["--authentication-mode", "password"],
        &["--authentication-mode", "{\"Type\": 1}"],
        &["--state", "/nosuch/users.json"],
        &["--save"],
        &["--nosuch"],
        &["--generate-cli-skeleton", "nosuch"],
    ] {
        let ran = create(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
    let ran = create(&["--cli-input-json", "{\"Nosuch\": 1}"]);
    assert!(ran.err.contains("--cli-input-json: unknown field `Nosuch`"), "{}", ran.err);
}

#[test]
fn states_that_are_no_account_are_bad_input() {
    let folder = folder();
    for (name, state) in [("list", "[]"), ("empty", ""), ("other", "{\"UserGroups\": []}")] {
        let path = written(&folder, name, state);
        let ran = run(&["describe-users", "--state", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{name}");
        assert!(ran.err.contains("it should be what `aws elasticache describe-users` prints"), "{}", ran.err);
    }
    let ran = run(&["describe-users", "--state", text(&folder.path().join("nosuch"))]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("nosuch: "), "{}", ran.err);
}

// ---------------------------------------------------------------------------------------------------
// Flags

#[test]
fn a_request_is_read_from_json_and_flags_replace_its_members() {
    let request = json!({
        "UserId": "user1", "UserName": "myUser", "Engine": "redis", "Passwords": ["mYnuUzrpAxXw2rdzx"],
        "AccessString": "on ~app::* -@all +@read"
    })
    .to_string();
    assert_eq!(run(&["create-user", "--cli-input-json", &request]).out, SEED_ANSWER);
    let folder = folder();
    let file = format!("file://{}", text(&written(&folder, "request.json", &request)));
    assert_eq!(run(&["create-user", "--cli-input-json", &file]).out, SEED_ANSWER);

    let user = run(&[
        "create-user",
        "--cli-input-json",
        &file,
        "--user-id=Other",
        "--engine=VALKEY",
        "--passwords",
        SECRET,
        "another-good-password",
        "--access-string",
        "-@all +get",
    ])
    .json();
    let told = [&user["UserId"], &user["UserName"], &user["Engine"], &user["AccessString"]];
    assert_eq!(told, ["other", "myUser", "valkey", "off -@all +get"]);
    assert_eq!(user["Authentication"], json!({"Type": "password", "PasswordCount": 2}));

    let state = written(&folder, "users.json", &dump().to_string());
    let modify = |arguments: &[&str]| {
        let request = r#"{"UserId": "user2", "AccessString": "on", "NoPasswordRequired": true}"#;
        let base = ["modify-user", "--state", text(&state), "--cli-input-json", request];
        run(&[&base, arguments].concat()).json()
    };
    assert_eq!(modify(&[])["Authentication"], json!({"Type": "no-password"}));
    let user = modify(&["--no-no-password-required", "--passwords", SECRET, "--access-string=off"]);
    assert_eq!(user["AccessString"], "off -@all");
    assert_eq!(user["Authentication"], json!({"Type": "password", "PasswordCount": 1}));
}

#[test]
fn tags_and_authentication_mode_have_a_shorthand() {
    let secret = format!("Type=password,Passwords={SECRET},another-good-password");
    let json_mode = format!(r#"{{"Type": "password", "Passwords": ["{SECRET}"]}}"#);
    for (mode, authentication) in [
        ("Type=iam", json!({"Type": "iam"})),
        ("Type=no-password-required", json!({"Type": "no-password"})),
        (secret.as_str(), json!({"Type": "password", "PasswordCount": 2})),
        (json_mode.as_str(), json!({"Type": "password", "PasswordCount": 1})),
    ] {
        assert_eq!(
            create(&["--authentication-mode", mode]).json()["Authentication"],
            authentication,
            "{mode}"
        );
    }

    let tagged = |tags: &[&str]| create(&[&["--no-password-required", "--tags"], tags].concat());
    for tags in [&["Key=team,Value=search", "Key=empty"][..], &[r#"{"Key": "team", "Value": "a,b"}"#]] {
        assert_eq!(tagged(tags).code, 0, "{tags:?}");
    }
    let ran = tagged(&["Key=team,Value=search", "Key=aws:mine"]);
    assert_eq!(ran.code, 254);
    assert!(ran.err.contains("\nTags[1].Key: "), "{}", ran.err);
}

#[test]
fn the_last_word_on_needing_a_password_counts() {
    let no_password = json!({"Type": "no-password"});
    assert_eq!(create(&["--no-password-required"]).json()["Authentication"], no_password);
    let ran = create(&["--no-no-password-required", "--no-password-required"]);
    assert_eq!(ran.json()["Authentication"], no_password);
    for flags in
        [&["--no-no-password-required"][..], &["--no-password-required", "--no-no-password-required"]]
    {
        let ran = create(flags);
        assert_eq!(ran.code, 254, "{flags:?}");
        assert!(ran.err.contains("must have at least one password"), "{}", ran.err);
        assert_eq!(create(&[flags, &["--passwords", SECRET]].concat()).code, 0, "{flags:?}");
    }
}

#[test]
fn a_wrong_option_is_blamed_by_its_own_name() {
    for (arguments, told) in [
        (&["--passwords", SECRET, "--nosuch"][..], "unknown option `--nosuch`"),
        (&["--passwords", SECRET, "--nosuch=x"], "unknown option `--nosuch`"),
        (&["--acces-string", "on"], "unknown option `--acces-string`; did you mean `--access-string`?"),
        (
            &["--output", "xml"],
            "invalid value for `--output`; it is one of json, text, table, yaml, yaml-stream, off",
        ),
        (&["--color", "maybe"], "invalid value for `--color`; it is one of on, off, auto"),
        (
            &["--cli-read-timeout", "x"],
            "invalid value for `--cli-read-timeout`: invalid digit found in string",
        ),
        (
            &["--cli-binary-format", "x"],
            "invalid value for `--cli-binary-format`; it is one of base64, raw-in-base64-out",
        ),
        (&["--user-id", "--debug"], "`--user-id` needs a value"),
        (&["--access-string", "--engine", "redis"], "`--access-string` needs a value"),
        (&["--access-string", "--debug"], "invalid value for `--access-string`: the value is missing"),
        (&["--save"], "`--state` is required"),
        (
            &["--cli-input-json", "{}", "--cli-input-yaml", "{}"],
            "`--cli-input-json` cannot be used with `--cli-input-yaml`",
        ),
        (
            &["--cli-auto-prompt", "--no-cli-auto-prompt"],
            "`--cli-auto-prompt` cannot be used with `--no-cli-auto-prompt`",
        ),
        (&["stray"], "an argument after `--access-string` is not an option; quote values with blanks"),
    ] {
        let ran = create(arguments);
        let told = format!("error: {told}\n");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", told.as_str()), "{arguments:?}");
    }
    for command in ["create-user", "modify-user", "describe-users"] {
        let ran = run(&[command, "--query", "["]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("--query: not a JMESPath expression, at column "), "{}", ran.err);
        let help = run(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains("(accepted, without effect)"), "{}", help.out);
        assert!(run(&[command, "--version"]).out.contains(env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn connection_options_have_no_effect() {
    let connection = [
        "--debug",
        "--endpoint-url=http://localhost:1",
        "--no-verify-ssl",
        "--no-paginate",
        "--profile=nosuch",
        "--no-sign-request",
        "--ca-bundle=/nosuch",
        "--cli-read-timeout=0",
        "--cli-connect-timeout=60",
        "--cli-binary-format=raw-in-base64-out",
        "--no-cli-pager",
        "--no-cli-auto-prompt",
        "--color=off",
        "--output=json",
    ];
    let ran = run(&[SEED, &connection].concat());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, SEED_ANSWER, ""));
    let listed = run(&["describe-users"]);
    assert_eq!(run(&[&["describe-users"][..], &connection, &["--page-size=1"]].concat()).out, listed.out);
}

#[test]
fn a_request_is_read_from_yaml() {
    let request = "# a comment
UserId: user1
UserName: 'myUser'
Engine: redis
Passwords:
- mYnuUzrpAxXw2rdzx
AccessString: on ~app::* -@all +@read
NoPasswordRequired: false
";
    assert_eq!(run(&["create-user", "--cli-input-yaml", request]).out, SEED_ANSWER);
    let folder = folder();
    let file = format!("file://{}", text(&written(&folder, "request.yaml", request)));
    assert_eq!(run(&["create-user", "--cli-input-yaml", &file]).out, SEED_ANSWER);
    let named = run(&["create-user", "--cli-input-yaml", &file, "--user-id=other"]).json();
    assert_eq!((&named["UserId"], &named["UserName"]), (&"other".into(), &"myUser".into()));
    // words that only YAML 1.1 takes for truth values are texts
    assert_eq!(create(&["--no-password-required", "--cli-input-yaml", "AccessString: on"]).code, 0);
    for (yaml, told) in [
        ("Nosuch: 1", "--cli-input-yaml: unknown field `Nosuch`"),
        ("UserId: 1", "--cli-input-yaml: invalid type: integer `1`, expected a string"),
        ("UserId: a\nUserId: b", "--cli-input-yaml: a parameter is given twice"),
        ("- UserId", "--cli-input-yaml: "),
        ("UserId: [", "--cli-input-yaml: not YAML from line 1 on"),
        ("file:///nosuch.yaml", "/nosuch.yaml: "),
    ] {
        let ran = create(&["--cli-input-yaml", yaml]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{yaml}");
        assert!(ran.err.contains(told), "{yaml}: {}", ran.err);
    }
    let skeleton = run(&["create-user", "--generate-cli-skeleton", "yaml-input"]).out;
    assert!(skeleton.contains("\nUserId: ''  # [REQUIRED]\n"), "{skeleton}");
    assert_eq!(run(&["create-user", "--cli-input-yaml", &skeleton]).code, 252, "nothing is filled in yet");
}

// ---------------------------------------------------------------------------------------------------
// Outputs: the expected texts are those of the AWS CLI's own formatters (awscli 1.46.3; YAML: PyYAML)

#[test]
fn text_is_printed_as_the_aws_cli_does() {
    let told = "arn:aws:elasticache:us-east-1:123456789012:user:user1\ton ~app::* -@all +@read +@hash +@bitmap +@geo -setbit \
                -bitfield -hset -hsetnx -hmset -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember\tredis\t6.0\t\
                active\tuser1\tmyUser\nAUTHENTICATION\t1\tpassword\n";
    assert_eq!(run(&[SEED, &["--output=text"]].concat()).out, told);
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let listed = |arguments: &[&str]| {
        run(&[&["describe-users", "--state", text(&state), "--output=text"], arguments].concat()).out
    };
    let told = "USERS\tarn:aws:elasticache:us-west-2:111122223333:user:default\ton ~* +@all\tredis\t6.0\tactive\tdefault\tdefault
AUTHENTICATION\tno-password
USERGROUPIDS\tgroup1
USERS\tarn:aws:elasticache:us-west-2:111122223333:user:user2\ton ~app::* -@all +get\tredis\t6.0\tactive\tuser2\tmyUser
AUTHENTICATION\t2\tpassword
LATERMEMBER\t1.5
LIST\tNone
LIST\tTrue
USERGROUPIDS\tgroup1
USERS\tarn:aws:elasticache:us-west-2:111122223333:user:user3\toff -@all\tvalkey\t7.2\tmodifying\tuser3\tuser3
AUTHENTICATION\tiam
";
    assert_eq!(listed(&[]), told);
    for (query, told) in [
        ("Users[].UserId", "default\tuser2\tuser3\n"),
        ("Users[].[UserId,Engine]", "default\tredis\nuser2\tredis\nuser3\tvalkey\n"),
        ("Users[0].Nosuch", "None\n"),
        ("Users[?Engine=='valkey'].UserId | [0]", "user3\n"),
        ("Users[9:]", ""),
    ] {
        assert_eq!(listed(&["--query", query]), told, "{query}");
    }
}

#[test]
fn tables_are_drawn_as_the_aws_cli_does() {
    let user = &SEED[..5];
    let told = "\
-----------------------------------------------------------------------------------
|                                   CreateUser                                    |
+-----------------------+---------------------------------------------------------+
|  ARN                  |  arn:aws:elasticache:us-east-1:123456789012:user:user1  |
|  AccessString         |  off ~* -@all                                           |
|  Engine               |  redis                                                  |
|  MinimumEngineVersion |  6.0                                                    |
|  Status               |  active                                                 |
|  UserId               |  user1                                                  |
|  UserName             |  myUser                                                 |
+-----------------------+---------------------------------------------------------+
||                                Authentication                                 ||
|+---------------------------------------------+---------------------------------+|
||  PasswordCount                              |  1                              ||
||  Type                                       |  password                       ||
|+---------------------------------------------+---------------------------------+|
";
    assert_eq!(run(&[user, &["--access-string=off ~* -@all", "--output=table"]].concat()).out, told);
    let authentication =
        |color: &str| run(&[SEED, &["--output=table", "--query=Authentication", color]].concat()).out;
    let told = "\
-------------------------------
|         CreateUser          |
+----------------+------------+
|  PasswordCount |   Type     |
+----------------+------------+
|  1             |  password  |
+----------------+------------+
";
    assert_eq!(authentication("--color=auto"), told, "no terminal, no colours");
    assert_eq!(authentication("--color=off"), told);
    let coloured = authentication("--color=on");
    assert!(coloured.contains("\u{1b}[1m\u{1b}[34mpassword\u{1b}[0m"), "{coloured:?}");
    assert_eq!(run(&[SEED, &["--output=table", "--query=Nosuch"]].concat()).out, "", "nothing has no table");
    let uneven = run(&[SEED, &["--output=table", "--query=[[UserId], [UserId, Engine]]"]].concat());
    assert_eq!((uneven.code, uneven.out.as_str()), (2, ""), "the AWS CLI draws none either");
}

#[test]
fn yaml_is_sorted_and_folded() {
    let told = "\
ARN: arn:aws:elasticache:us-east-1:123456789012:user:user1
AccessString: on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset
  -hsetnx -hmset -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember
Authentication:
  PasswordCount: 1
  Type: password
Engine: redis
MinimumEngineVersion: '6.0'
Status: active
UserGroupIds: []
UserId: user1
UserName: myUser
";
    assert_eq!(run(&[SEED, &["--output=yaml"]].concat()).out, told);
    for (query, told) in [
        ("UserId", "user1\n...\n"),
        ("MinimumEngineVersion", "'6.0'\n"),
        (
            "[UserId, `null`, `true`, '- a', 'a: b', 'off']",
            "- user1\n- null\n- true\n- '- a'\n- 'a: b'\n- 'off'\n",
        ),
        (
            "[[UserId, Engine], Authentication]",
            "- - user1\n  - redis\n- PasswordCount: 1\n  Type: password\n",
        ),
    ] {
        assert_eq!(run(&[SEED, &["--output=yaml", "--query", query]].concat()).out, told, "{query}");
    }
    let stream = run(&[SEED, &["--output=yaml-stream", "--query={id: UserId}"]].concat());
    assert_eq!(stream.out, "- id: user1\n");
    assert_eq!(run(&[SEED, &["--output=off"]].concat()).out, "");
}

#[test]
fn a_query_keeps_the_order_of_members() {
    let queried = |query: &str| run(&[SEED, &["--query", query]].concat()).out;
    assert_eq!(queried("Authentication"), "{\n    \"Type\": \"password\",\n    \"PasswordCount\": 1\n}\n");
    assert_eq!(queried("{b: UserId, a: Engine}"), "{\n    \"b\": \"user1\",\n    \"a\": \"redis\"\n}\n");
    assert_eq!(queried("@"), SEED_ANSWER);
    assert_eq!(queried("Nosuch"), "null\n");
    assert_eq!(queried("`{}`"), "", "the AWS CLI prints no empty response");
}

#[test]
fn users_are_listed_by_engine_filter_and_page() {
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let listed = |arguments: &[&str]| {
        let ids = ["--query=[Users[].UserId, NextToken]"];
        run(&[&["describe-users", "--state", text(&state)], arguments, &ids].concat()).json()
    };
    let all = json!([["default", "user2", "user3"], null]);
    assert_eq!(listed(&[]), all);
    assert_eq!(listed(&["--engine=VALKEY"]), json!([["user3"], null]));
    assert_eq!(listed(&["--filters", "Name=UserId,Values=user2,user3"]), json!([["user2", "user3"], null]));
    assert_eq!(listed(&["--filters", "Name=user-name,Values=myUser"]), json!([["user2"], null]));
    assert_eq!(listed(&["--cli-input-yaml", "Engine: valkey"]), json!([["user3"], null]));
    assert_eq!(listed(&["--max-items=3"]), all);
    let first = listed(&["--max-items=2"]);
    let token = first[1].as_str().expect("a token").to_owned();
    assert_eq!(first[0], json!(["default", "user2"]));
    assert_eq!(listed(&["--starting-token", &token]), json!([["user3"], null]));
    let text_of = ["describe-users", "--state", text(&state), "--max-items=1", "--output=text"];
    assert!(
        run(&text_of)
            .out
            .ends_with("\nNEXTTOKEN\teyJNYXJrZXIiOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==\n")
    );
    for (arguments, told) in [
        (["--filters", "Name=Nosuch,Values=x"], "--filters: no such property"),
        (["--filters", "x"], "--filters: "),
        (["--starting-token", "x"], "--starting-token: "),
    ] {
        let ran = run(&[&["describe-users", "--state", text(&state)], &arguments[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(told), "{arguments:?}: {}", ran.err);
    }
    let skeleton = run(&["describe-users", "--generate-cli-skeleton"]).json();
    assert_eq!(skeleton["Filters"], json!([{"Name": "", "Values": [""]}]));
}

// ---------------------------------------------------------------------------------------------------
// Skeletons

/// The members, with `null` for each that is no structure or list.
fn structure(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), structure(value))).collect()
        }
        Value::Array(items) => items.iter().map(structure).collect(),
        _ => Value::Null,
    }
}

#[test]
fn a_skeleton_of_the_input_has_the_members_of_a_request() {
    let mode = json!({"Type": null, "Passwords": [null]});
    let tags = json!([{"Key": null, "Value": null}]);
    for (command, members) in [
        (
            "create-user",
            json!({
                "UserId": null, "UserName": null, "Engine": null, "Passwords": [null], "AccessString": null,
                "NoPasswordRequired": null, "Tags": tags, "AuthenticationMode": mode
            }),
        ),
        (
            "modify-user",
            json!({
                "UserId": null, "AccessString": null, "AppendAccessString": null, "Passwords": [null],
                "NoPasswordRequired": null, "AuthenticationMode": mode, "Engine": null
            }),
        ),
    ] {
        let ran = run(&[command, "--generate-cli-skeleton"]);
        assert_eq!(structure(&ran.json()), members, "{command}");
        assert_eq!(run(&[command, "--generate-cli-skeleton", "input"]).out, ran.out);
        // it is read as a request, whose members are not filled in yet
        assert_eq!(run(&[command, "--cli-input-json", &ran.out]).code, 252, "{command}");
    }
}

#[test]
fn a_skeleton_of_the_output_has_the_members_of_an_answer() {
    let with_skeleton = [SEED, &["--generate-cli-skeleton", "output"]].concat();
    let answer: Value = serde_json::from_str(SEED_ANSWER).expect("JSON");
    let mut skeleton = structure(&run(&with_skeleton).json());
    assert_eq!(skeleton["UserGroupIds"].take(), json!([null]));
    skeleton["UserGroupIds"] = json!([]);
    assert_eq!(skeleton, structure(&answer));

    // the request is checked, and nothing saved
    assert_eq!(create(&["--generate-cli-skeleton", "output"]).code, 254);
    let folder = folder();
    let state = folder.path().join("users.json");
    let saving = [&with_skeleton[..], &["--state", text(&state), "--save"]].concat();
    assert_eq!(run(&saving).code, 0);
    assert!(!state.exists());

    // so it is of a change
    let before = dump().to_string();
    let state = written(&folder, "dump.json", &before);
    let modify = ["modify-user", "--user-id=user2", "--access-string=off", "--generate-cli-skeleton=output"];
    let ran = run(&[&modify[..], &["--state", text(&state), "--save"]].concat());
    assert_eq!(
        (ran.code, structure(&ran.json())["Authentication"].clone()),
        (0, structure(&answer)["Authentication"].clone())
    );
    assert_eq!(fs::read_to_string(&state).expect("the account"), before);
}

// ---------------------------------------------------------------------------------------------------
// State

#[test]
fn an_account_is_listed_as_it_was_dumped() {
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let listed = run(&["describe-users", "--state", text(&state)]).json();
    assert_eq!(listed, json!({"Users": dump()["Users"]}));
    let one = run(&["describe-users", "--state", text(&state), "--user-id=USER2"]).json();
    assert_eq!(one, json!({"Users": [dump()["Users"][1]]}));
    let nobody_else = run(&["describe-users"]).json();
    assert_eq!(nobody_else["Users"].as_array().map(Vec::len), Some(1));
    assert_eq!(nobody_else["Users"][0]["UserId"], "default");
}

#[test]
fn a_saved_account_holds_the_change_and_all_that_was_there() {
    let folder = folder();
    let state = written(&folder, "users.json", &dump().to_string());
    let saving = ["--state", text(&state), "--save"];
    let seed = run(&[SEED, &saving].concat()).json();
    assert_eq!(seed["ARN"], "arn:aws:elasticache:us-west-2:111122223333:user:user1");
    let modified =
        run(&[&["modify-user", "--user-id=user2", "--append-access-string=on ~* +@all"], &saving[..]]
            .concat())
        .json();
    assert_eq!(
        (&modified["Status"], &modified["AccessString"]),
        (&"modifying".into(), &"on ~* +@all".into())
    );

    // by then all changes are through
    let mut expected = dump();
    expected["Users"][1]["AccessString"] = "on ~* +@all".into();
    expected["Users"][2]["Status"] = "active".into();
    expected["Users"].as_array_mut().expect("a list").push(seed);
    let saved = fs::read_to_string(&state).expect("the account");
    assert_eq!(serde_json::from_str::<Value>(&saved).expect("JSON"), expected);
    assert!(
        saved.starts_with("{\n    \"Users\": [\n        {\n            \"UserId\": \"default\",\n"),
        "{saved}"
    );
    assert_eq!(names_in(folder.path()), ["users.json"]);
}

#[test]
fn nothing_is_saved_unasked_or_after_a_fault() {
    let folder = folder();
    let before = dump().to_string();
    let state = written(&folder, "users.json", &before);
    assert_eq!(run(&[SEED, &["--state", text(&state)]].concat()).code, 0);
    let taken = ["create-user", "--user-id=user2", "--user-name=u", "--engine=redis", "--access-string=on"];
    let saving = ["--no-password-required", "--state", text(&state), "--save"];
    let ran = run(&[&taken[..], &saving].concat());
    assert_eq!(ran.code, 254);
    assert!(ran.err.contains("(UserAlreadyExists)"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&state).expect("the account"), before);
    assert_eq!(names_in(folder.path()), ["users.json"]);
}

#[test]
fn a_new_account_begins_with_its_first_save() {
    let folder = folder();
    let state = folder.path().join("users.json");
    assert_eq!(run(&[SEED, &["--state", text(&state), "--save"]].concat()).code, 0);
    let listed = run(&["describe-users", "--state", text(&state)]).json();
    let ids: Vec<_> =
        listed["Users"].as_array().expect("a list").iter().map(|user| &user["UserId"]).collect();
    assert_eq!(ids, ["default", "user1"]);
}

#[test]
fn an_account_answers_as_its_pages_say_or_as_it_was_seen_to() {
    let arguments = [&SEED[..5], &["--access-string=on ~app:* +@read"]].concat();
    let documented = run(&arguments).json();
    let observed = run(&[&arguments[..], &["--answers", "observed"]].concat()).json();
    assert!(documented["AccessString"].as_str().expect("a text").ends_with(" -georadiusbymember"));
    assert_eq!(observed["AccessString"], "on ~app:* -@all +@read");
}

/// A folder cannot be replaced by a file, whoever runs the test; nor is a file made in a folder that is not there.
#[test]
fn a_failing_save_changes_nothing_and_answers_nothing() {
    let folder = folder();
    let nowhere = folder.path().join("nosuch/users.json");
    let ran = run(&[SEED, &["--state", text(&nowhere), "--save"]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("users.json: "), "{}", ran.err);
    assert!(names_in(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn a_save_that_cannot_finish_leaves_the_old_account() {
    let folder = folder();
    let before = dump().to_string();
    let state = written(&folder, "users.json", &before);
    // files of this process may not be longer than nothing: writing the new account fails half way
    let script = "ulimit -f 0; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_redis-acl")]).args(SEED);
    let output = command.args(["--state", text(&state), "--save"]).output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{output:?}");
    assert!(!output.stderr.is_empty());
    assert_eq!(fs::read_to_string(&state).expect("the old account"), before);
    assert_eq!(names_in(folder.path()), ["users.json"]);
}

#[test]
fn new_users_are_where_they_are_told_to_be() {
    let user = run(&[SEED, &["--region=cn-north-1", "--account-id=111122223333"]].concat()).json();
    assert!(
        user["ARN"].as_str().expect("a text").ends_with(":elasticache:cn-north-1:111122223333:user:user1")
    );
}

// ---------------------------------------------------------------------------------------------------
// Passwords

#[test]
fn no_password_is_ever_printed_or_saved() {
    let short = &SECRET[..15];
    let forbidden = format!("{SECRET}@");
    let in_mode = format!("Type=password,Passwords={SECRET}");
    let iam = format!("Type=iam,Passwords={SECRET}");
    let as_type = format!("Type=password,Password={SECRET}");
    let in_json = format!(r#"{{"Passwords": ["{SECRET}"]}}"#);
    let no_list = format!(r#"{{"Passwords": "{SECRET}"}}"#);
    let as_member = format!(r#"{{"Passwords": {{"{SECRET}": 1}}}}"#);
    let unclosed = format!(r#"{{"Passwords": ["{SECRET}"#);
    let mode_as_text = format!(r#"{{"AuthenticationMode": "{SECRET}"}}"#);
    for arguments in [
        &["--passwords", SECRET][..],
        &["--passwords", SECRET, SECRET, SECRET],
        &["--passwords", short],
        &["--passwords", &forbidden],
        &["--passwords", SECRET, "--no-password-required"],
        &["--passwords", SECRET, "--authentication-mode", &in_mode],
        &["--authentication-mode", &in_mode],
        &["--authentication-mode", &iam],
        &["--authentication-mode", &as_type],
        &["--authentication-mode", &no_list],
        &["--authentication-mode", SECRET],
        &["--cli-input-json", &in_json],
        &["--cli-input-json", &no_list],
        &["--cli-input-json", &as_member],
        &["--cli-input-json", &unclosed],
        &["--cli-input-json", &mode_as_text],
    ] {
        let folder = folder();
        let state = folder.path().join("users.json");
        let ran = create(&[arguments, &["--state", text(&state), "--save"]].concat());
        let saved = fs::read_to_string(&state).unwrap_or_default();
        assert_eq!(ran.code == 0, !saved.is_empty(), "{arguments:?}");
        for told in [&ran.out, &ran.err, &saved] {
            assert!(!told.contains(short), "{arguments:?}: {told}");
        }
    }
    // they look like options, or like nothing at all: an error would repeat them
    let hyphened = format!("-{SECRET}");
    let told = "error: an argument after --passwords is not an option; put a password that begins with `-` into \
                --cli-input-json\n";
    for arguments in [
        &["--passwords", "sixteen-chars-ok", hyphened.as_str()][..],
        &["--passwords", "--correct-horse-battery-staple"],
        &["--passwords=sixteen-chars-ok", SECRET],
    ] {
        let ran = create(arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", told), "{arguments:?}");
    }
    for arguments in [
        &["--password", SECRET][..],
        &["--nosuch", SECRET],
        &["--no-password-required", SECRET],
        &["--output", SECRET],
        &["--cli-read-timeout", SECRET],
        &["--generate-cli-skeleton", SECRET],
        &["--authentication-mode", "Type=password,Passwords=a", SECRET],
        &[SECRET],
        &["--cli-input-yaml", &format!("Passwords: [{SECRET}")],
        &["--cli-input-yaml", &format!("Passwords: {SECRET}")],
        &["--cli-input-yaml", &format!("{SECRET}: &a *b")],
        &["--query", &format!("{SECRET}[")],
    ] {
        let ran = create(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty() && !ran.err.contains(short), "{arguments:?}: {}", ran.err);
    }
    let string = format!("on >{SECRET} #{SECRET} +get");
    let ran =
        run(&["create-user", "--user-id=u", "--user-name=u", "--engine=redis", "--access-string", &string]);
    assert_eq!(ran.code, 254);
    assert!(!ran.err.contains(short) && ran.err.contains("on >****"), "{}", ran.err);
}
