//! Files that define users. How servers read them, `tests/server.rs` compares.

use std::time::Instant;

use redis_acl::file::{Format, save};
use redis_acl::{AclFile, Catalog, Dialect, Engine, FileErrorKind, RuleKind};

/// The users of a file, `default` left out, as `name: rules` a line.
fn users(file: &AclFile) -> Vec<String> {
    let users = file.users().unwrap_or_else(|errors| panic!("{errors}"));
    let others = users.iter().filter(|(name, _)| **name != "default");
    others.map(|(name, user)| format!("{name}: {user}")).collect()
}

/// The errors of an ACL file, a line each.
fn errors(bytes: &[u8], engine: Engine) -> Vec<String> {
    AclFile::parse(bytes, engine).errors().map(ToString::to_string).collect()
}

#[test]
fn an_empty_file_leaves_the_built_in_user() {
    for bytes in [&b""[..], b"\n", b"\n \t\r\n\n"] {
        let file = AclFile::parse(bytes, Engine::Redis7_2);
        assert_eq!(file.errors().count(), 0);
        assert_eq!(file.users().unwrap()["default"].to_string(), "on nopass sanitize-payload ~* &* +@all");
        assert_eq!(file.lines().len(), bytes.iter().filter(|byte| **byte == b'\n').count());
    }
}

#[test]
fn blanks_around_words_are_taken_away_but_only_spaces_part_them() {
    let file = AclFile::parse(b"\t user a on\t  +get \r\n\r\n user b  +set\r", Engine::Redis7_0);
    assert_eq!(users(&file), ["a: on resetchannels -@all +get", "b: off resetchannels -@all +set"]);

    let errors = errors(b"user a\ton\nuser\tb on\nuser c on\toff\n", Engine::Redis7_0);
    assert_eq!(errors[0], "line 1: white space in the name `a\\ton`");
    assert_eq!(errors[1], "line 2: the line does not begin with `user` and a name");
    assert_eq!(errors[2], "line 3: `on\\toff` is not a rule");
}

#[test]
fn two_spaces_make_an_empty_name() {
    let file = AclFile::parse(b"user  on\n", Engine::Redis7_2);
    let line = file.lines()[0].user().unwrap();
    assert_eq!((line.name(), line.name_span().range(), line.rules_span().range()), ("", 5..5, 6..8));
    assert_eq!(users(&file), [": on sanitize-payload resetchannels -@all"]);
}

#[test]
fn what_does_not_begin_with_user_is_told_why() {
    for (line, help) in [
        (
            "\u{feff}user a on",
            "the file begins with a byte order mark, which the server reads as part of the first word; save the file without it",
        ),
        ("User a on", "write `user` in lower case"),
        ("user\ta on", "write a space after `user`, not a tab"),
        ("user", "write a name after it"),
        ("# users", "ACL files have no comments before Redis 8.8"),
        ("alice on >secret", "each line is `user`, a name and rules, separated by single spaces"),
    ] {
        let file = AclFile::parse(line.as_bytes(), Engine::Redis7_2);
        let error = file.errors().next().unwrap();
        assert_eq!((error.kind(), error.help().as_deref()), (&FileErrorKind::NoUser, Some(help)), "{line}");
        assert!(!error.report().to_string().contains("secret"));
    }
}

#[test]
fn comments_came_with_redis_8_8() {
    let bytes = b"# users\n  # of the shop\nuser a on\n";
    assert_eq!(AclFile::parse(bytes, Engine::Redis8_6).errors().count(), 2);
    assert_eq!(AclFile::parse(bytes, Engine::Valkey9_1).errors().count(), 2);
    assert_eq!(users(&AclFile::parse(bytes, Engine::Redis8_8)).len(), 1);
    assert_eq!(users(&AclFile::parse(bytes, Engine::Redis8_10)).len(), 1);
}

#[test]
fn a_nul_hides_the_rest_of_its_line_and_the_next_goes_on() {
    let bytes = b"user a on \0 +@all\n+get ~x\nuser b on +gte\n";
    let file = AclFile::parse(bytes, Engine::Redis7_2);
    let [first, second] = file.lines() else { panic!("{:?}", file.lines()) };
    assert_eq!((first.number(), first.span().range()), (1, 0..25));
    let rules = first.user().unwrap().rules();
    let texts: Vec<_> = rules.iter().map(|rule| &bytes[rule.span.range()]).collect();
    assert_eq!(texts, [&b"on"[..], b"+get", b"~x"]);
    // the server counts one line less
    let error = &second.errors()[0];
    assert_eq!((second.number(), &bytes[error.span().range()]), (3, &b"gte"[..]));
    assert!(error.server_message("f").unwrap().starts_with("f:2: "));

    // only so much as is in the server's buffer is hidden
    let long = [b"user a on ~\0", &[b'x'; 1011][..], b"TAIL\n"].concat();
    assert_eq!(users(&AclFile::parse(&long, Engine::Redis7_0)), ["a: on ~TAIL resetchannels -@all"]);
}

#[test]
fn bytes_that_are_no_text_are_an_error_of_their_line() {
    let bytes = b"user a on ~\xff\nuser b on\n\x7fELF\x02\x01\xff\xfe\n";
    let file = AclFile::parse(bytes, Engine::Redis7_2);
    let errors: Vec<_> = file.errors().collect();
    assert_eq!((errors[0].kind(), errors[0].line()), (&FileErrorKind::NotUtf8, 1));
    assert_eq!(errors[0].span().range(), 10..12);
    assert!(errors[0].report().to_string().contains("user a on ~\u{fffd}\n"), "{}", errors[0].report());
    assert_eq!((errors[1].kind(), errors[1].line()), (&FileErrorKind::NoUser, 3));
    assert!(file.lines()[1].user().unwrap().user().is_some());
    assert!(file.users().is_err());
    assert_eq!(file.server_message("f"), None, "a server takes the first line");
}

#[test]
fn a_second_line_resets_the_user_or_is_an_error() {
    let bytes = b"user a on +get\nuser a ~x\n";
    let file = AclFile::parse(bytes, Engine::Redis6_2);
    assert_eq!(users(&file), ["a: off sanitize-payload ~x &* -@all"]);
    let file = AclFile::parse(bytes, Engine::Redis7_0);
    let error = file.errors().next().unwrap();
    assert_eq!((error.line(), error.other_line()), (2, Some(1)));
    assert_eq!(error.to_string(), "line 2: a second line for the user `a`, after line 1");
}

#[test]
fn servers_since_7_0_tell_the_first_error_of_a_line_and_all_unknown_names() {
    let bytes = b"user a on +nosuch flurb +other blurb\nuser b +@nosuch ~a\n";
    let unknown = "Unknown command or category name in ACL";
    let each =
        format!("f:1: {unknown}. f:1: Syntax error. f:1: {unknown}. f:1: Syntax error. f:2: {unknown}.");
    let some = format!(
        "f:1: Error in applying operation '+nosuch': {unknown}. f:1: Syntax error. \
         f:1: Error in applying operation '+other': {unknown}. \
         f:2: Error in applying operation '+@nosuch': {unknown}."
    );
    for (engine, told) in [
        (Engine::Redis6_0, &each),
        (Engine::Redis6_2, &each),
        (Engine::Redis7_0, &some),
        (Engine::Redis8_0, &some),
        (Engine::Valkey8_1, &some),
        (Engine::Valkey9_1, &some),
    ] {
        let end = "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
        let message = AclFile::parse(bytes, engine).server_message("f").expect("the server's words");
        assert_eq!(message, format!("ERR {told} {end}"), "{engine}");
    }
}

#[test]
fn an_open_selector_behind_a_rule_is_never_loaded() {
    for engine in Engine::ALL
        .into_iter()
        .filter(|engine| *engine >= Engine::Redis7_0 && *engine != Engine::RedisSentinel6_2)
    {
        let file = AclFile::parse(b"user a on (+get\nuser b +nosuch\n", engine);
        let error = file.errors().next().unwrap();
        assert_eq!(error.kind(), &FileErrorKind::OpenSelectorKills, "{engine}");
        assert!(error.help().unwrap().contains("crashes"), "{engine}");
        assert_eq!((error.server_message("f"), file.server_message("f")), (None, None), "{engine}");
        // an empty rule is a rule
        let file = AclFile::parse(b"user a  (+get\n", engine);
        assert_eq!(file.errors().next().unwrap().kind(), &FileErrorKind::OpenSelectorKills, "{engine}");
        // the server does not come so far
        let file = AclFile::parse(b"user a on\nuser a on (+get\n", engine);
        let kinds: Vec<_> = file.errors().map(|error| error.kind().name()).collect();
        assert_eq!(kinds, ["duplicate_user", "open_selector"], "{engine}");
        assert!(file.server_message("f").is_some(), "{engine}");
    }
}

#[test]
fn a_report_shows_the_line_and_its_number() {
    let text = b"user default off\nuser app on >secret ~app:* (+get ~x) +@nosuch\n";
    let file = AclFile::parse(text, Engine::Redis7_2);
    let report = file.errors().next().unwrap().report().to_string();
    assert_eq!(
        report,
        "\
error: redis-7.2 has no category `@nosuch`
    |
  2 | user app on >****** ~app:* (+get ~x) +@nosuch
    |                                        ^^^^^^
    = note: the server says: Unknown command or category name in ACL"
    );
}

#[test]
fn rules_stand_where_they_stand_in_the_file() {
    let text = "user é on\nuser b on  (~a:*\t+@read) +config|get\t\n";
    let file = AclFile::parse(text.as_bytes(), Engine::Redis7_2);
    let line = file.lines()[1].user().unwrap();
    let shown: Vec<_> = line.rules().iter().map(|rule| &text[rule.span.range()]).collect();
    assert_eq!(shown, ["on", "(~a:*\t+@read)", "+config|get"]);
    let RuleKind::Selector(selector) = &line.rules()[1].kind else { panic!("{:?}", line.rules()) };
    let shown: Vec<_> = selector.rules().iter().map(|rule| &text[rule.body.range()]).collect();
    assert_eq!(shown, ["a:*", "read"]);
    assert_eq!(&text[line.rules_span().range()], "on  (~a:*\t+@read) +config|get");
}

#[test]
fn a_configuration_is_read_for_its_users() {
    let text = "port 6379\n# user x\nuser a on \"~it's\" '+get'\nrequirepass secret\nUSER b (+get ~x)\n";
    let file = AclFile::parse_config(text.as_bytes(), Engine::Redis7_0);
    assert_eq!(file.lines().len(), 5);
    assert_eq!(
        users(&file),
        ["a: on ~it's resetchannels -@all +get", "b: off resetchannels -@all (~x resetchannels -@all +get)"]
    );
    let rules = file.lines()[2].user().unwrap().rules();
    assert_eq!(&text[rules[1].body.range()], "\"~it's\"");
    assert!(!file.users().unwrap()["default"].accepts_any_password());
}

#[test]
fn directives_that_are_at_odds_with_users_are_errors() {
    let file = AclFile::parse_config(b"aclfile /etc/users.acl\nuser a on\n", Engine::Valkey8_1);
    let error = file.errors().next().unwrap();
    assert_eq!(
        (error.kind(), error.line(), error.other_line()),
        (&FileErrorKind::UsersAndAclFile, 1, Some(2))
    );
    assert!(file.server_message("").unwrap().contains("declare users directly in your valkey.conf"));
}

/// As Redis 7.0 said: names are looked at when all lines are read, as are rules that a module may yet bring.
#[test]
fn a_server_that_does_not_start_says_what_it_comes_to_first() {
    for (text, kind, said) in [
        ("user\n", "no_user", "Bad directive or wrong number of arguments"),
        ("user \"a b\" on\nuser c +nosuch\n", "space_in_name", "Spaces not allowed in ACL usernames"),
        (
            "user c +nosuch\nuser \"a b\" on\n",
            "rule",
            "Error loading ACL rule '+nosuch' for the user named 'c': Unknown command or category name in ACL",
        ),
        ("user \"a b\" on +nosuch\n", "space_in_name", "Spaces not allowed in ACL usernames"),
        ("user \"a b\" on flurb\n", "space_in_name", "Error in user declaration 'a b': Syntax error"),
    ] {
        let file = AclFile::parse_config(text.as_bytes(), Engine::Redis7_0);
        assert_eq!(file.errors().next().map(|error| error.kind().name()), Some(kind), "{text}");
        assert_eq!(file.server_message("redis.conf").as_deref(), Some(said), "{text}");
    }
    // a name that a tab is part of, which only a file of users can have without quotes
    let file = AclFile::parse(b"user a\tb on\n", Engine::Redis7_0);
    let said = "ERR 'users.acl:1: username 'a\tb' contains invalid characters. WARNING: ACL errors detected, no change to the \
                previously active ACL rules was performed";
    assert_eq!(file.server_message("users.acl").as_deref(), Some(said));
}

#[test]
fn a_password_that_is_no_text_is_an_error_and_is_not_shown() {
    let file = AclFile::parse_config(b"requirepass sec\xffret\nuser a on\n", Engine::Redis7_2);
    let errors: Vec<_> = file.errors().collect();
    assert_eq!((errors.len(), errors[0].kind(), errors[0].line()), (1, &FileErrorKind::NotUtf8, 1));
    let shown = format!("{:?} {}", errors[0], errors[0].report());
    assert!(!shown.contains("sec") && !shown.contains("ret\n"), "{shown}");
    assert_eq!(file.server_message("redis.conf"), None, "a server takes it");
}

#[test]
fn a_name_that_may_be_a_password_is_not_shown_with_its_line() {
    let file = AclFile::parse(b"user >secret on +get\nuser alice on\n", Engine::Redis7_2);
    let shown = format!("{:?}", file.lines());
    assert!(shown.contains("\"alice\"") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_line_that_is_not_about_a_user_tells_no_secret() {
    for text in ["requirepass \"secret\nuser a on\n", "user a \">sec ret\nuser b\n", "masterauth 'secret'x\n"]
    {
        let file = AclFile::parse_config(text.as_bytes(), Engine::Redis7_2);
        let error = file.errors().next().unwrap();
        assert_eq!(error.kind(), &FileErrorKind::UnbalancedQuotes, "{text}");
        let shown = format!("{error} {error:?} {}", error.report());
        assert!(!shown.contains("sec") && !shown.contains("ret\n"), "{shown}");
    }
}

#[test]
fn quoted_passwords_are_masked() {
    let text = b"user a on \">my secret\" ~* ~x \"\\x3ehidden\" '>pa'\"ss\" > bare\n";
    for engine in [Engine::Redis7_2, Engine::Valkey9_1] {
        let file = AclFile::parse_config(text, engine);
        let shown: String = file.errors().map(|error| format!("{error:?} {}", error.report())).collect();
        assert!(!shown.is_empty());
        for secret in ["secret", "hidden", "bare", "pa'"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn what_follows_a_lone_sign_is_masked_wherever_it_is_repeated() {
    for text in ["user a > hidden on bad x\n", "user > hidden on\n", "user a >  hidden on ~* ~b\n"] {
        for format in [Format::Acl, Format::Config] {
            let file = AclFile::parse_with(text.as_bytes(), &Engine::Redis7_2.into(), format);
            let shown: String = file.errors().map(|error| format!("{error:?} {}", error.report())).collect();
            assert!(!shown.is_empty() && !shown.contains("hidden"), "{shown}");
            assert!(!file.server_message("f").is_some_and(|message| message.contains("hidden")), "{text}");
        }
    }
}

#[test]
fn printed_lists_are_read() {
    let plain = "user a on ~it's\\x &* -@all +get\nuser default on nopass ~* &* +@all\n";
    let quoted = " 1) \"user a on ~it's\\\\x &* -@all +get\"\n10) \"user default on nopass ~* &* +@all\"\n";
    for text in [plain, quoted] {
        let file = AclFile::parse_list(text.as_bytes(), Engine::Redis6_2);
        assert_eq!(users(&file), ["a: on ~it's\\x &* -@all +get"], "{text}");
        let rules = file.lines()[0].user().unwrap().rules();
        assert_eq!(&text[rules[4].span.range()], "+get");
        assert_eq!(file.users().unwrap()["default"].to_string(), "on nopass ~* &* +@all", "nothing is reset");
    }
    let part = AclFile::parse_list(b"user a on &* -@all\n", Engine::Redis6_2);
    assert_eq!(part.users().unwrap().len(), 1, "a part of a list adds no user");
    for broken in ["1) \"user a on", "1) \"user a\" on", "1) \"user a\"on"] {
        let file = AclFile::parse_list(broken.as_bytes(), Engine::Redis6_2);
        let error = file.errors().next().unwrap_or_else(|| panic!("{broken}"));
        assert_eq!(error.kind(), &FileErrorKind::UnbalancedQuotes, "{broken}");
        assert!(error.span().end <= broken.len());
    }
}

#[test]
fn users_are_written_in_the_order_of_their_names() {
    let file = AclFile::parse("user é on\nuser Z on\nuser a >p\nuser  on\n".as_bytes(), Engine::Redis6_0);
    let names: Vec<_> = file.users().unwrap().into_keys().collect();
    assert_eq!(names, ["", "Z", "a", "default", "é"]);
    let saved = save(&file.users().unwrap(), Format::Acl).unwrap();
    let hash = "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940";
    assert_eq!(
        saved,
        format!(
            "user  on -@all\nuser Z on -@all\nuser a off #{hash} -@all\nuser default on nopass ~* +@all\nuser é on -@all\n"
        )
    );
}

#[test]
fn a_user_whose_line_would_be_another_is_not_written() {
    for (engine, rules) in [
        (Engine::Redis7_0, "%RW~* ~x"),
        (Engine::Redis7_2, "%RW~*"),
        (Engine::Redis7_2, "(~b))"),
        (Engine::Valkey9_1, "(\"~it's\")"),
    ] {
        let file = AclFile::parse(format!("user hazard {rules}\n").as_bytes(), engine);
        let refused = save(&file.users().unwrap(), Format::Acl).unwrap_err();
        assert_eq!(refused.name(), "hazard", "{rules}");
        assert!(refused.to_string().contains("`hazard`"));
    }
}

#[test]
fn directives_are_written_between_quotes_where_they_need_them() {
    let file = AclFile::parse(b"user a ~it's ~x\\y +get\n", Engine::Redis7_2);
    let saved = save(&file.users().unwrap(), Format::Config).unwrap();
    let first = saved.lines().next().unwrap();
    assert_eq!(first, r#"user a off sanitize-payload "~it's" "~x\\y" resetchannels -@all +get"#);
    assert_eq!(users(&AclFile::parse_config(saved.as_bytes(), Engine::Redis7_2)), users(&file));
}

#[test]
fn no_dialect_panics_and_services_have_no_words() {
    let bytes = b"user a on >p (+get ~x) +nosuch %X~a\nuser a on\nuser b on (+get\nbad\n\xff\nuser \xff on\n";
    for dialect in Dialect::all() {
        for format in [Format::Acl, Format::Config, Format::List] {
            let file = AclFile::parse_with(bytes, &Catalog::from(dialect), format);
            assert!(file.users().is_err());
            assert!(dialect.service().is_none() || file.server_message("f").is_none());
            assert!(file.errors().all(|error| error.span().end <= bytes.len()));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn errors_are_written_as_json() {
    let file = AclFile::parse(b"user a on\nuser a off\nuser b +nosuch\n", Engine::Redis7_2);
    let json = serde_json::to_value(file.users().unwrap_err()).unwrap();
    assert_eq!(json[0]["kind"], "duplicate_user");
    assert_eq!(json[1]["message"], "line 3: redis-7.2 has no command `nosuch`");
    assert_eq!((&json[1]["kind"], &json[1]["line"]), (&"unknown_command".into(), &3.into()));
    assert_eq!(json[1]["span"], serde_json::json!([29, 35]));
}

/// A time that grew with the square of the size would be a hundred times the time.
#[test]
fn ten_times_the_file_takes_ten_times_as_long() {
    let user = |number: usize| {
        format!("user u{number} on #{number:064x} ~app:{number}:* +@read -keys (+set ~tmp:*)\n")
    };
    let users = |size: usize| (0..size * 9).map(user).collect::<String>();
    let bad_rules = |size: usize| format!("user a {}\n", "bad ".repeat(size * 5));
    let bad_lines = |size: usize| "bad line\n".repeat(size * 5);
    let one_line = |size: usize| "\u{1} ".repeat(size * 50);
    let time = |text: &str| {
        let started = Instant::now();
        let file = AclFile::parse(text.as_bytes(), Engine::Redis8_0);
        assert_eq!(file.users().is_err(), !text.starts_with("user u"));
        started.elapsed()
    };
    assert!(users(10_000).len() > 10_000_000);
    for text in [&users as &dyn Fn(usize) -> String, &bad_rules, &bad_lines, &one_line] {
        let (one, ten) = (time(&text(1_000)), time(&text(10_000)));
        assert!(ten < one * 50, "{one:?} for a tenth of what took {ten:?}");
    }
}

#[test]
fn the_users_of_a_sentinel_are_read_as_a_sentinel_reads_them() {
    let bytes: &[u8] = b"user default on nopass allkeys -@all +SENTINEL|get-master-addr-by-name\n\
        user s on #0000000000000000000000000000000000000000000000000000000000000000 allkeys -@all +auth +client|id \
        +command +hello +ping +role +sentinel|master +sentinel|myid +sentinel|replicas +@read\n";
    let file = AclFile::parse(bytes, Engine::RedisSentinel7_0);
    assert!(file.users().is_ok(), "{:?}", file.errors().next());
    let server = AclFile::parse(bytes, Engine::Redis7_0);
    assert!(server.users().is_err());
}
