//! The grammar: what is a rule, where it stands, and what is not.

use redis_acl::{
    AccessString, ApplyErrorKind, Dialect, Effect, Engine, KeyAccess, ParseErrorKind, Quoting, Rule,
    RuleKind, Span, User,
};

#[track_caller]
fn rule(text: &str) -> Rule<'_> {
    Rule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The rule is of this kind, and its usual spelling is this.
#[track_caller]
fn reads(text: &str, name: &str, usual: &str) {
    let rule = rule(text);
    assert_eq!((rule.kind.name(), rule.to_string().as_str()), (name, usual), "{text}");
    assert_eq!(rule.kind, self::rule(usual).kind, "{text} and its usual spelling");
}

#[track_caller]
fn refused(text: &str, kind: ParseErrorKind) {
    let error = Rule::parse(text).expect_err(text);
    assert_eq!(error.kind(), kind, "{text}");
    assert!(error.help().is_some(), "{text} has no help");
}

#[test]
fn every_rule_of_the_language() {
    let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    for (text, name, usual) in [
        ("On", "on", "on"),
        ("OFF", "off", "off"),
        ("nopass", "nopass", "nopass"),
        ("ResetPass", "resetpass", "resetpass"),
        (">secret", "add_password", ">secret"),
        (">", "add_password", ">"),
        (&format!("#{hash}"), "add_hash", &format!("#{hash}")),
        (&format!("!{hash}"), "remove_hash", &format!("!{hash}")),
        ("reset", "reset", "reset"),
        ("Sanitize-Payload", "sanitize_payload", "sanitize-payload"),
        ("skip-sanitize-payload", "skip_sanitize_payload", "skip-sanitize-payload"),
        ("~*", "all_keys", "~*"),
        ("AllKeys", "all_keys", "~*"),
        ("resetkeys", "reset_keys", "resetkeys"),
        ("~app:*", "key", "~app:*"),
        ("~", "key", "~"),
        ("%R~a", "key", "%R~a"),
        ("%w~a", "key", "%W~a"),
        ("%wR~a", "key", "%RW~a"),
        ("%RW~*", "key", "%RW~*"),
        ("%R", "key", "%R~"),
        ("%rw", "key", "%RW~"),
        ("&*", "all_channels", "&*"),
        ("allchannels", "all_channels", "&*"),
        ("resetchannels", "reset_channels", "resetchannels"),
        ("&news:*", "channel", "&news:*"),
        ("+@ALL", "all_commands", "+@all"),
        ("allcommands", "all_commands", "+@all"),
        ("-@all", "no_commands", "-@all"),
        ("NoCommands", "no_commands", "-@all"),
        ("+@Read", "category", "+@Read"),
        ("-@nosuch", "category", "-@nosuch"),
        ("+get", "command", "+get"),
        ("-Config|Set", "command", "-Config|Set"),
        ("+select|0|1", "command", "+select|0|1"),
        ("+get|", "command", "+get|"),
        ("+a b|c d", "command", "+a b|c d"),
        ("(~a +get)", "selector", "(~a +get)"),
        ("()", "selector", "()"),
        ("( ~a  +get )", "selector", "(~a +get)"),
        ("(~bar))", "selector", r#"("~bar)")"#),
        ("clearselectors", "clear_selectors", "clearselectors"),
        ("alldbs", "all_databases", "alldbs"),
        ("resetdbs", "reset_databases", "resetdbs"),
        ("DB=3,1,03", "databases", "db=1,3"),
    ] {
        if let (RuleKind::Selector(given), RuleKind::Selector(again)) = (rule(text).kind, rule(usual).kind) {
            let printed = rule(text).to_string();
            assert_eq!((printed.as_str(), given.rules()), (usual, again.rules()), "{text}");
        } else {
            reads(text, name, usual);
        }
    }
}

#[test]
fn the_parts_of_rules() {
    assert!(matches!(rule("%Rw~a").kind, RuleKind::Key { permission: Some(KeyAccess::ReadWrite), .. }));
    assert!(matches!(rule("~a").kind, RuleKind::Key { permission: None, .. }));
    let RuleKind::Command { name, argument, .. } = rule("+select|0|1").kind else { panic!() };
    assert_eq!((&*name, argument.as_deref()), ("select", Some("0|1")));
    assert_eq!(rule("+select|0").name_span(), Span::new(1, 9));
    assert_eq!(rule("-@read").name_span(), Span::new(2, 6));
    assert_eq!(rule("%R~abc").body, Span::new(3, 6));
    assert_eq!(rule(">secret").body, Span::new(1, 7));
    // blanks as C's `isspace` has them, in front of each number
    let RuleKind::Databases(ids) = rule("db=\x0b1,\t2, 3").kind else { panic!() };
    assert_eq!(*ids, [1, 2, 3]);
}

#[test]
fn what_is_no_rule() {
    use ParseErrorKind::*;
    for (text, kind) in [
        ("", EmptyRule),
        ("flurb", UnknownRule),
        ("on ", UnknownRule),
        ("only", UnknownRule),
        ("@", UnknownRule),
        ("@read", MissingSign),
        ("+", MissingName),
        ("-@", MissingName),
        ("+|get", MissingName),
        ("~a b", SpaceInPattern),
        ("&a\tb", SpaceInPattern),
        ("on\0x", ControlCharacter),
        ("%X~a", KeyPermission),
        ("%RR~a", KeyPermission),
        ("%RWR~a", KeyPermission),
        ("%Ra", KeyPermission),
        ("%", KeyPermissionMissing),
        ("%~a", KeyPermissionMissing),
        ("#abc", PasswordHash),
        ("!2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B", PasswordHash),
        ("db=", DatabaseList),
        ("db=1,,2", DatabaseList),
        ("db=x", DatabaseList),
        ("db=-1", DatabaseRange),
        ("(on)", NotInSelector),
        ("(>secret)", NotInSelector),
        ("((+get))", NestedSelector),
        ("(+get", UnmatchedParenthesis),
        ("(", UnmatchedParenthesis),
        (")", UnknownRule),
        ("(\"\")", EmptyRule),
        ("(\"~\\xff\")", NotUtf8),
    ] {
        refused(text, kind);
    }
}

#[test]
fn an_error_of_a_rule_stands_at_what_is_wrong() {
    for (text, part) in [
        ("+", "+"),
        ("-@", "-@"),
        ("+|get", "|get"),
        ("~ab c", " "),
        ("&a\tb", "\t"),
        ("~ab\0c", "\0"),
        ("(~a \"~b\\xff\")", "\"~b\\xff\""),
    ] {
        assert_eq!(&text[Rule::parse(text).expect_err(text).span().range()], part, "{text}");
    }
}

/// Redis 7.0 begins again where a word in a selector opens another one, even between quotes.
#[test]
fn a_selector_that_opens_another_is_rejected_on_redis_7_0_without_words_of_the_server() {
    for (text, part) in [
        (r#"on (+get|"a (b" ~x)"#, "(b\""),
        (r#"(~a +get|"a (b)"#, "(b)"),
        ("(+get (+set ~foo)", "(+set"),
        (r#"(on +get|"a (b")"#, "(b\")"),
    ] {
        let errors = User::parse(Engine::Redis7_0, text).expect_err(text);
        let found: Vec<_> = errors.iter().map(|error| (&text[error.span().range()], error.kind())).collect();
        assert_eq!(found, [(part, &ApplyErrorKind::SelectorRestarts)], "{text}");
        assert_eq!(errors.first().server_message(), None, "{text}");
    }
    let nested = AccessString::parse("(+get (+set ~foo)").expect_err("nested");
    assert_eq!(nested.first().kind(), ParseErrorKind::NestedSelector);
    assert!(AccessString::parse("~a (b").is_err());
    assert!(AccessString::parse("(~a) (~b)").is_ok());
}

#[test]
fn a_selector_whose_quotes_do_not_split_is_empty_before_valkey_9_0() {
    let texts = ["(+get ~it's ~it's)", "(~it's ~it's +get)", r#"(+get ~a"b c"d)"#, "(off ~it's +x %~it's)"];
    for text in texts {
        for engine in [Engine::Redis7_0, Engine::Redis7_4, Engine::Redis8_6, Engine::Valkey8_1] {
            let user = User::parse(engine, text).unwrap_or_else(|errors| panic!("{engine} {text}: {errors}"));
            assert!(user.to_string().ends_with(" (resetchannels -@all)"), "{engine} {text}: {user}");
        }
        let mut user = User::new(Engine::Valkey9_0);
        let error = user.apply_arguments([text]).expect_err(text);
        let message = format!("Error in ACL SETUSER modifier '{text}': Syntax error");
        assert_eq!(error.server_message(), Some(message), "{text}");
    }
    // a quote that stays open makes an empty selector everywhere
    for engine in [Engine::Redis7_2, Engine::Valkey9_1] {
        let user = User::parse(engine, "(~it's ( +get)").expect("an empty selector");
        assert!(user.to_string().ends_with(" (resetchannels -@all)"), "{engine}: {user}");
    }
}

#[test]
fn a_line_is_split_at_spaces_and_keeps_its_text() {
    for text in ["on ~a  +get ", "", "   ", " on", "~a (+get   ~b) -@all", "on\n", "\0", "\x0b on \0", "\t\t"]
    {
        let string = AccessString::parse(text).unwrap_or_else(|errors| panic!("{text:?}: {errors}"));
        assert_eq!(string.to_string(), text);
        for rule in string.rules() {
            assert_eq!(rule.span.range().len(), text[rule.span.range()].trim().len(), "{text:?}");
        }
    }
    let text = "on (~a +get|x) %R~b";
    let string = AccessString::parse(text).expect("good rules");
    let RuleKind::Selector(selector) = &string.rules()[1].kind else { panic!("{:?}", string.rules()[1]) };
    assert_eq!(&text[selector.opening().range()], "(~a");
    let inner: Vec<_> =
        selector.rules().iter().map(|rule| (&text[rule.span.range()], &text[rule.body.range()])).collect();
    assert_eq!(inner, [("~a", "a"), ("+get|x", "get|x")]);
}

#[test]
fn every_bad_rule_of_a_line_is_reported() {
    let text = "on flurb %X~a (on ~b +) +get (~c";
    let errors = AccessString::parse(text).expect_err("bad rules");
    let found: Vec<_> = errors.iter().map(|error| (&text[error.span().range()], error.kind())).collect();
    assert_eq!(
        found,
        [
            ("flurb", ParseErrorKind::UnknownRule),
            ("%X~a", ParseErrorKind::KeyPermission),
            ("on", ParseErrorKind::NotInSelector),
            ("+", ParseErrorKind::MissingName),
            ("(~c", ParseErrorKind::UnmatchedParenthesis),
        ]
    );
    assert_eq!(errors.to_string(), "`flurb` is not a rule (and 4 more)");
}

#[test]
fn a_tab_separates_nothing() {
    let errors = AccessString::parse("on\t~* +get").expect_err("a tab");
    let found: Vec<_> = errors.iter().map(|error| (error.kind(), error.span())).collect();
    assert_eq!(found, [(ParseErrorKind::ControlCharacter, Span::new(2, 3))]);
    for text in ["on\t~*", "on\t~*\t+get", "on \t~* +get\t+set", "on\r\n~*"] {
        let errors = AccessString::parse(text).expect_err(text);
        assert!(errors.iter().all(|error| error.kind() == ParseErrorKind::ControlCharacter), "{errors:?}");
    }
}

#[test]
fn quotes_in_selectors() {
    let selector = |text| match rule(text).kind {
        RuleKind::Selector(selector) => {
            let rules: Vec<_> = selector.rules().iter().map(ToString::to_string).collect();
            (selector.quoting(), rules.join(" "))
        }
        kind => panic!("{kind:?}"),
    };
    assert_eq!(selector(r#"("~it's" +get)"#), (Quoting::Balanced, "~it's +get".into()));
    assert_eq!(selector(r#"('~a"b')"#), (Quoting::Balanced, "~a\"b".into()));
    assert_eq!(selector(r#"("~\x41\\")"#), (Quoting::Balanced, "~A\\".into()));
    assert_eq!(selector(r#"(~a"b")"#), (Quoting::Balanced, "~ab".into()));
    assert_eq!(selector(r#"("~a"b)"#), (Quoting::Joined, "~ab".into()));
    assert_eq!(selector(r#"(~a "&b\")"#), (Quoting::EscapedEnd, r"~a &b\".into()));
    assert_eq!(selector("(~it's +get)"), (Quoting::Unbalanced, String::new()));
    assert_eq!(selector(r"(~a\b)"), (Quoting::Balanced, r"~a\b".into()));
}

#[test]
fn a_rule_of_a_selector_is_written_between_quotes_where_it_must() {
    for (text, written) in [
        (r#"('~a"b')"#, r#"("~a\"b")"#),
        (r#"("~it's" +get)"#, r#"("~it's" +get)"#),
        (r#"("~\\'")"#, r#"("~\\'")"#),
        (r"(~a\b)", r"(~a\b)"),
        (r#"("+get|a b")"#, r#"("+get|a\x20b")"#),
        (r#"("~a"b +get)"#, r#"(""~ab ""+get)"#),
        ("(~it's +get)", "(\")"),
    ] {
        let read = rule(text);
        assert_eq!(read.to_string(), written, "{text}");
        assert_eq!(rule(written).to_string(), written, "{text}");
    }
}

#[test]
fn what_debug_shows_of_a_string_is_its_rules() {
    let string = AccessString::parse("on >secret").expect("good rules");
    assert_eq!(format!("{string:?}"), format!("AccessString({:?})", string.rules()));
    assert_eq!(redis_acl::syntax::masked("on >secret #x ~a"), "on >****** #* ~a");
}

#[test]
fn help_names_what_may_have_been_meant() {
    let help = |text| Rule::parse(text).expect_err(text).help().expect("help");
    assert_eq!(help("allkey"), "did you mean `allkeys`?");
    assert_eq!(help("onn"), "did you mean `on`?");
    assert_eq!(
        help("hgetall"),
        "to allow a command write `+hgetall`, a category `+@hgetall`, keys `~hgetall`"
    );
    for word in ["1x", "\u{e9}tat", "an_\u{e9}tat"] {
        assert!(help(word).starts_with("rules begin with `+` or `-`"), "{word}");
    }
    assert_eq!(help("@read"), "write `+@read` or `-@read`");
}

/// A line of printed rules is a line of the same rules: no selector opens wider.
#[test]
fn printed_rules_are_the_same_on_a_line() {
    for line in [
        r#"on ~k ("~a)" +@all "~b)")"#,
        r#"on ("+get|a b)" +set) ~c"#,
        r#"(~a "&b\" '+get|c d') +get"#,
        r#"(""~a "~b"c) +get"#,
        r#"(~a "&b\") +get"#,
        r#"("&a\"" ~b "&c\\\") +get"#,
        r#"(~a "b"c) +get"#,
        "(~it's +get) ~a",
    ] {
        let string = AccessString::parse(line).unwrap_or_else(|errors| panic!("{line}: {errors}"));
        let printed = string.rules().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let again = AccessString::parse(&printed).unwrap_or_else(|errors| panic!("{printed}: {errors}"));
        let lines = |string: &AccessString<'_>| {
            let users = Dialect::all().map(|dialect| User::parse(dialect, string.text()));
            users.map(|user| user.map(|user| user.to_string()).map_err(|_| ())).collect::<Vec<_>>()
        };
        assert_eq!(lines(&string), lines(&again), "{line} is printed {printed}");
    }
    let line = AccessString::parse(r#"on ~k ("~a)" +@all "~b)")"#).expect("rules");
    assert_eq!(line.rules()[2].to_string(), r#"("~a)" +@all "~b)")"#);
}

/// What is built from parts is the rule that is meant, or an error.
#[test]
fn rules_are_built_from_parts() {
    let key = |pattern: &str| Rule::key(KeyAccess::ReadWrite, pattern).map(|rule| rule.to_string());
    assert_eq!(key("app:*").as_deref(), Ok("~app:*"));
    assert_eq!(key("(a)").as_deref(), Ok("~(a)"));
    for pattern in ["x +@all", "x\t", "a\0", " x", "x "] {
        assert!(key(pattern).is_err(), "{pattern:?}");
        assert!(Rule::channel(pattern).is_err(), "{pattern:?}");
        assert!(Rule::command(Effect::Allow, pattern).is_err(), "{pattern:?}");
        assert!(Rule::category(Effect::Deny, pattern).is_err(), "{pattern:?}");
    }
    for name in ["", "@read", "|x"] {
        assert!(Rule::command(Effect::Allow, name).is_err(), "{name:?}");
    }
    assert!(Rule::databases([]).is_err() && Rule::databases([u32::MAX]).is_err());
    assert_eq!(Rule::databases([3, 0, 3]).map(|rule| rule.to_string()).as_deref(), Ok("db=0,3"));
    // a password never becomes a rule of its own
    let rules = [Rule::new(RuleKind::On), Rule::password("x +@all"), Rule::password("x")];
    let string = AccessString::from_rules(&rules);
    assert_eq!((string.rules().len(), string.rules()[2].to_string().as_str()), (3, ">x"));
    assert!(!string.text().contains("+@all"));
    let user = User::parse(Engine::Redis7_2, string.text()).expect("rules");
    assert!(user.authenticate(b"x +@all") && user.authenticate(b"x") && !user.authenticate(b"y"));
    // selectors carry what lines would end
    let inner = [Rule::parse("~a)").expect("a rule"), Rule::parse("+get|a b").expect("a rule")];
    let selector = Rule::selector(&inner).expect("a selector");
    assert_eq!(AccessString::from_rules(std::slice::from_ref(&selector)).rules(), [selector]);
    assert!(Rule::selector(&[Rule::new(RuleKind::On)]).is_err());
}

#[test]
fn strings_are_edited_with_as_little_change_as_possible() {
    let string: AccessString<'static> = " on  >secret ~a*   +get ".parse().expect("rules");
    assert_eq!(string.without(0).text(), " >secret ~a*   +get ");
    assert_eq!(string.without(3).text(), " on  >secret ~a* ");
    assert_eq!(string.without(2).text(), " on  >secret   +get ");
    let rule = Rule::key(KeyAccess::Read, "a*").expect("a rule");
    assert_eq!(string.with(2, &rule).text(), " on  >secret %R~a*   +get ");
    assert_eq!(string.with_inserted(2, &rule).text(), " on  >secret %R~a* ~a*   +get ");
    assert_eq!(string.with_inserted(4, &rule).text(), " on  >secret ~a*   +get %R~a* ");
    let empty: AccessString<'static> = "".parse().expect("no rules");
    assert_eq!(empty.with_inserted(0, &rule).text(), "%R~a*");
    assert_eq!(empty.with_inserted(0, &rule).without(0).text(), "");
}
