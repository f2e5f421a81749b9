//! What people see: reports, help, the servers' own words; and what nobody sees, passwords.

use redis_acl::{AccessString, ApplyErrorKind, Dialect, Engine, Rule, User};

#[track_caller]
fn report(dialect: &str, text: &str) -> String {
    let errors = User::parse(dialect.parse::<Dialect>().expect("a dialect"), text).expect_err(text);
    errors.iter().map(|error| error.report().to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn reports_point_and_help() {
    assert_eq!(
        report("redis-7.2", "on +gte ~* ~x"),
        "\
error: redis-7.2 has no command `gte`
  |
  | on +gte ~* ~x
  |     ^^^
  = help: did you mean `get`?
  = note: the server says: Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL
error: `~x` comes after `~*`, which already allows every key
  |
  | on +gte ~* ~x
  |            ^^
  = help: leave out this pattern or the `~*`, or write `resetkeys` before it
  = note: the server says: Error in ACL SETUSER modifier '~x': Adding a pattern after the * pattern (or the 'allkeys' \
flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns"
    );
    assert_eq!(
        report("redis-7.0", "(~a +@raed)"),
        "\
error: redis-7.0 has no category `@raed`
  |
  | (~a +@raed)
  |       ^^^^
  = help: did you mean `@read`?
  = note: the server says: Error in ACL SETUSER modifier '(~a +@raed)': Unknown command or category name in ACL"
    );
}

#[test]
fn suggestions_come_from_the_catalogue() {
    for (text, help) in [
        ("+read", "`read` is a category: write `@read`"),
        ("+@get", "`get` is a command: leave the `@` out"),
        ("+config|gett", "did you mean `config|get`?"),
        ("-client|lst", "did you mean `client|list`?"),
        ("+@reed", "did you mean `@read`?"),
        ("+vadd", "redis-8.0 has it"),
        ("+delifeq", "valkey-9.0 has it"),
        ("+@json", "redis-8.0+json has it"),
    ] {
        let errors = User::parse(Engine::Redis7_2, text).expect_err(text);
        assert_eq!(errors.first().help().as_deref(), Some(help), "{text}");
    }
}

#[test]
fn rules_that_kill_servers_are_refused_with_the_reason() {
    for text in ["%", "%~x", "(%~x)"] {
        let errors = User::parse(Engine::Redis7_2, text).expect_err(text);
        assert!(errors.first().help().expect("help").contains("CVE-2024-51741"), "{text}");
    }
    for argument in ["+get|a b", "+get|it's", "+get|a\tb"] {
        for engine in [Engine::Redis7_2, Engine::Redis8_4, Engine::Valkey9_1] {
            let mut user = User::new(engine);
            let error = user.apply_arguments([argument]).expect_err(argument);
            assert_eq!(error.kind(), &ApplyErrorKind::FirstArgumentKills);
            assert!(error.help().expect("help").contains("crashes"));
            assert_eq!(error.server_message(), None, "the server accepts it");
        }
        // up to 7.0 servers print from the commands, and live
        assert!(User::new(Engine::Redis7_0).apply_arguments([argument]).is_ok());
    }
}

#[test]
fn the_first_refusal_is_the_servers() {
    let server = |engine: Engine, arguments: &[&str]| {
        User::new(engine).apply_arguments(arguments).expect_err("a refusal").server_message().expect("words")
    };
    let unmatched = "Unmatched parenthesis in acl selector starting at '(~a'.";
    assert_eq!(server(Engine::Redis7_2, &["+nosuch", "(~a", "+get"]), unmatched);
    let whole = "Error in ACL SETUSER modifier '(~a +get)': Syntax error";
    assert_eq!(server(Engine::Redis6_2, &["(~a +get)"]), whole);
    let on_6 = "Error in ACL SETUSER modifier '(~a': Syntax error";
    assert_eq!(server(Engine::Redis6_2, &["(~a", "+get)"]), on_6);
    // 7.0 forgets the first of two open selectors; later servers take them for one
    let mut user = User::new(Engine::Redis7_0);
    user.apply_arguments(["(+get", "(+set", "~foo)"]).expect("7.0 takes it");
    assert_eq!(user.to_string(), "off resetchannels -@all (~foo resetchannels -@all +set)");
    let nested = "Error in ACL SETUSER modifier '(+get (+set ~foo)': Syntax error";
    assert_eq!(server(Engine::Redis7_2, &["(+get", "(+set", "~foo)"]), nested);
    let errors = User::parse(Engine::Redis7_2, "+nosuch (~a").expect_err("two refusals");
    assert_eq!(errors.server_message().as_deref(), Some(unmatched));
}

#[test]
fn a_pattern_behind_all_is_refused_before_it_is_looked_at() {
    let reason = |engine: Engine, arguments: [&str; 2]| {
        let message = User::new(engine).apply_arguments(arguments).expect_err("a refusal").server_message();
        message.expect("words").rsplit_once("': ").expect("a reason").1.to_owned()
    };
    let keys = "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any \
                effect. Try 'resetkeys' to start with an empty list of patterns";
    let channels = "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have \
                    any effect. Try 'resetchannels' to start with an empty list of channels";
    for engine in [Engine::Redis7_0, Engine::Redis8_0, Engine::Valkey8_1, Engine::Valkey9_1] {
        for pattern in ["~a b", "%X~a", "%~a", "~a"] {
            assert_eq!(reason(engine, ["~*", pattern]), keys, "{engine}: {pattern}");
        }
        assert_eq!(reason(engine, ["~a", "(~* ~\"a b\")"]), keys, "{engine}");
    }
    for engine in [Engine::Redis6_0, Engine::Redis6_2] {
        assert_eq!(reason(engine, ["~*", "~a b"]), keys, "{engine}");
        assert_eq!(reason(engine, ["~*", "%X~a"]), "Syntax error", "{engine}");
    }
    for engine in [Engine::Redis6_2, Engine::Redis7_0, Engine::Valkey9_1] {
        assert_eq!(reason(engine, ["&*", "&a b"]), channels, "{engine}");
        assert_eq!(reason(engine, ["~a b", "~*"]), "Syntax error", "{engine}");
    }
    assert_eq!(reason(Engine::Valkey8_1, ["on", "db=-1"]), "Syntax error");
    assert_eq!(reason(Engine::Valkey9_1, ["on", "db=-1"]), "The provided database ID is out of range");
}

#[test]
fn help_says_how_to_mend_what_rules_refuse() {
    for (dialect, text, help) in [
        ("redis-7.2", "~* ~a", "leave out this pattern or the `~*`, or write `resetkeys` before it"),
        ("redis-7.2", "&* &a", "leave out this pattern or the `&*`, or write `resetchannels` before it"),
        ("elasticache", ">secret", "give passwords in `Passwords` or `AuthenticationMode` of the request"),
        ("elasticache", "reset", "leave it out: the string is applied to a new user"),
    ] {
        let errors = User::parse(dialect.parse::<Dialect>().expect("a dialect"), text).expect_err(text);
        assert_eq!(errors.first().help().as_deref(), Some(help), "{dialect}: {text}");
    }
}

#[test]
fn several_errors_are_the_first_and_a_number() {
    let errors = User::parse(Engine::Redis7_2, "+nosuch on ~* ~a +@nosuch").expect_err("three errors");
    assert_eq!(errors.to_string(), format!("{} (and 2 more)", errors.first()));
    let kinds: Vec<_> = (&errors).into_iter().map(|error| error.kind().clone()).collect();
    let expected =
        [ApplyErrorKind::UnknownCommand, ApplyErrorKind::KeysAlreadyAll, ApplyErrorKind::UnknownCategory];
    assert_eq!(kinds, expected);
    assert!(errors.into_iter().map(|error| error.kind().clone()).eq(expected));
    let errors = User::parse(Engine::Redis7_2, "+nosuch").expect_err("an error");
    assert_eq!(errors.to_string(), errors.first().to_string());
}

#[test]
fn a_failed_apply_changes_nothing() {
    let mut user = User::parse(Engine::Redis7_2, "on >secret ~a +@read (~b +set)").expect("good rules");
    let before = (user.clone(), user.to_string());
    for bad in ["off -@all +nosuch", "~* ~x", "clearselectors <other", "+set (+get +nosuch)"] {
        user.apply(&AccessString::parse(bad).expect("well-formed")).expect_err(bad);
        user.apply_arguments(bad.split(' ')).expect_err(bad);
        assert_eq!((user.clone(), user.to_string()), before, "{bad}");
    }
}

#[test]
fn no_password_is_ever_told() {
    const SECRET: &str = "Tr0ub4dor&3";
    let texts = [
        format!("on >{SECRET} +nosuch"),
        format!("on <{SECRET}"),
        format!("on > {SECRET}"),
        format!("on #{SECRET} !{SECRET}"),
        format!("on>{SECRET}"),
        format!("(>{SECRET} +get)"),
        format!("(~a >{SECRET}"),
        format!("on >{SECRET}\t~*"),
        format!(">{SECRET} ~* ~x"),
    ];
    let mut told = Vec::new();
    for text in &texts {
        told.push(format!("{:?}", AccessString::parse(text)));
        told.push(format!("{:?}", Rule::parse(text)));
        told.push(redis_acl::syntax::masked(text));
        for dialect in Dialect::all() {
            let parsed = User::parse(dialect, text);
            if let Err(errors) = &parsed {
                told.extend(errors.iter().flat_map(|error| [error.report().to_string(), error.to_string()]));
                told.extend(errors.iter().filter_map(|error| error.help()));
                told.extend(errors.server_message());
            }
            told.push(format!("{parsed:?}"));
            let mut user = User::new(dialect);
            let applied = user.apply_arguments(text.split(' '));
            told.push(format!("{applied:?} {user:?} {user}"));
        }
        #[cfg(feature = "serde")]
        {
            told.push(
                serde_json::to_string(&AccessString::parse(text).map_err(|errors| errors.to_string()))
                    .unwrap(),
            );
            told.push(serde_json::to_string(&AccessString::parse(text).err()).unwrap());
            told.push(serde_json::to_string(&User::parse(Engine::Redis7_2, text).err()).unwrap());
        }
    }
    for text in told {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn json_shapes() {
    use serde_json::{json, to_value};
    let string = AccessString::parse("on >pw %R~a -config|set (+get)").expect("good rules");
    assert_eq!(
        to_value(&string).unwrap(),
        json!({"text": "on >** %R~a -config|set (+get)", "rules": [
            {"rule": "on", "span": [0, 2]},
            {"rule": "add_password", "span": [3, 6]},
            {"rule": "key", "span": [7, 11], "permission": "read", "pattern": "a"},
            {"rule": "command", "span": [12, 23], "effect": "deny", "name": "config", "argument": "set"},
            {"rule": "selector", "span": [24, 30], "quoting": "balanced", "rules": [
                {"rule": "command", "span": [25, 29], "effect": "allow", "name": "get", "argument": null}]}]})
    );
    let errors = User::parse(Engine::Redis6_2, "flurb +gte").expect_err("two refusals");
    assert_eq!(
        to_value(&errors).unwrap(),
        json!([
            {"kind": "unknown_rule", "message": "`flurb` is not a rule", "span": [0, 5],
             "help": "to allow a command write `+flurb`, a category `+@flurb`, keys `~flurb`",
             "server_message": "Error in ACL SETUSER modifier 'flurb': Syntax error"},
            {"kind": "unknown_command", "message": "redis-6.2 has no command `gte`", "span": [7, 10],
             "help": "did you mean `get`?",
             "server_message": "Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL"}])
    );
    let dialect: Dialect = serde_json::from_value(json!("redis-8.4+json")).unwrap();
    assert_eq!(to_value(dialect).unwrap(), json!("redis-8.4+json"));
    assert!(serde_json::from_value::<Dialect>(json!("redis-5.0")).is_err());
    let form: redis_acl::Form = serde_json::from_value(json!("observed")).unwrap();
    assert_eq!((form, to_value(form).unwrap()), (redis_acl::Form::Observed, json!("observed")));
    assert!(serde_json::from_value::<redis_acl::Form>(json!("canonical")).is_err());
    let category: redis_acl::Category = serde_json::from_value(json!("read")).unwrap();
    assert_eq!((category, to_value(category).unwrap()), (redis_acl::Category::Read, json!("read")));
    let error = serde_json::from_value::<redis_acl::Category>(json!("raed")).unwrap_err();
    assert_eq!(error.to_string(), "no category `raed`");
    let span: redis_acl::Span = serde_json::from_value(json!([3, 6])).unwrap();
    assert_eq!((span, to_value(span).unwrap()), (redis_acl::Span::new(3, 6), json!([3, 6])));
}

#[cfg(feature = "serde")]
#[test]
fn json_has_what_each_rule_says() {
    use serde_json::{json, to_value};
    let hash = "0".repeat(64);
    for (text, members) in [
        (format!("#{hash}"), json!({"rule": "add_hash", "hash": hash})),
        (format!("!{hash}"), json!({"rule": "remove_hash", "hash": hash})),
        ("&news:*".to_owned(), json!({"rule": "channel", "pattern": "news:*"})),
        ("~a".to_owned(), json!({"rule": "key", "permission": null, "pattern": "a"})),
        ("-@dangerous".to_owned(), json!({"rule": "category", "effect": "deny", "name": "dangerous"})),
        ("db=0,3".to_owned(), json!({"rule": "databases", "ids": [0, 3]})),
        ("<secret".to_owned(), json!({"rule": "remove_password"})),
        ("resetdbs".to_owned(), json!({"rule": "reset_databases"})),
    ] {
        let string = AccessString::parse(&text).expect("a rule");
        let mut expected = members;
        expected["span"] = json!([0, text.len()]);
        assert_eq!(to_value(&string.rules()[0]).unwrap(), expected, "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn json_of_a_comparison_has_both_sides() {
    use serde_json::{json, to_value};
    let user = |rules: &str| User::parse(Engine::Redis7_2, rules).expect("good rules");
    let json = to_value(redis_acl::compare(&user("on ~a +get"), &user("on ~a +set"))).unwrap();
    assert_eq!(json["relation"], "incomparable");
    assert_eq!(json["only_first"]["witness"], json!({"request": "GET a", "database": 0}));
    assert_eq!(json["only_second"]["witness"], json!({"request": "SET a 1", "database": 0}));
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(3));
}
