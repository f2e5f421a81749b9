//! Claims: what their lines mean, when they hold, and what is said when they do not.

use proptest::prelude::*;
use redis_acl::claims::{Answer, ClaimErrorKind, ClaimErrors, Failure};
use redis_acl::{
    ApplyErrorKind, Catalog, Claims, Dialect, Dialects, Engine, Process, Relation, User, compare,
};

#[track_caller]
fn user(dialect: &str, rules: &str) -> User {
    let dialect: Dialect = dialect.parse().expect("a dialect");
    User::parse(dialect, rules).unwrap_or_else(|errors| panic!("{rules}: {errors}"))
}

/// Why the claim fails, in lines; nothing where it holds.
#[track_caller]
fn told(user: &User, claim: &str) -> String {
    let claims = Claims::parse(claim).unwrap_or_else(|errors| panic!("{claim}: {errors}"));
    let answers = claims.check(user).unwrap_or_else(|errors| panic!("{claim}: {errors}"));
    assert_eq!(answers.len(), 1, "{claim}");
    answers[0].failure().map(ToString::to_string).unwrap_or_default()
}

#[track_caller]
fn holds(user: &User, claim: &str) -> bool {
    told(user, claim).is_empty()
}

#[track_caller]
fn errors(user: &User, claims: &str) -> ClaimErrors {
    match Claims::parse(claims) {
        Ok(claims) => claims.check(user).map(|answers| format!("{answers:?}")).expect_err("a bad claim"),
        Err(errors) => errors,
    }
}

#[test]
fn requests_are_allowed_or_denied() {
    let user = user("redis-7.2", "on %R~app:* +@all -keys (~tmp:* +@write)");
    for (claim, failure) in [
        ("allow GET app:1", ""),
        ("allow SET \"tmp:\\xff\" 'two words'", ""),
        (
            "allow SET app:1 1",
            "denied: no pattern allows writing the key `app:1`\nhelp: add `%W~app:1`, or a pattern that matches more",
        ),
        ("allow keys *", "denied: `-keys` denies the command `keys`\nhelp: add `+keys`"),
        ("deny KEYS *", ""),
        ("deny GET app:1", "allowed by `+@all`"),
        ("deny SET tmp:1 1", "allowed by `+@write` of selector 1"),
        ("deny AUTH x", "allowed to every user"),
    ] {
        assert_eq!(told(&user, claim), failure, "{claim}");
    }
}

#[test]
fn requests_are_sent_in_a_database() {
    let user = user("valkey-9.1", "on ~* +@all db=1,3");
    assert!(holds(&user, "allow in database 3 GET a") && holds(&user, "deny in database 2 GET a"));
    assert!(holds(&user, "deny GET a") && !holds(&user, "deny in database 1 GET a"));
}

#[test]
fn never_grants_asks_what_can_be_sent() {
    for (dialect, rules, claim, failure) in [
        ("redis-7.2", "on ~* +@read", "never grants @write", ""),
        (
            "redis-7.2",
            "on ~* +@read",
            "never grants @dangerous",
            "the user can run 2 commands: keys sort_ro\nfor example: SORT_RO a",
        ),
        // without keys nothing that needs one can be sent
        ("redis-7.2", "on +get +set", "never grants @all", ""),
        ("redis-7.2", "on ~a +config|get", "never grants config|set", ""),
        (
            "redis-7.2",
            "on ~a +config|get",
            "never grants config",
            "the user can run 1 command: config|get\nfor example: CONFIG GET 1",
        ),
        // first arguments count
        (
            "redis-7.2",
            "on +select|3",
            "never grants select",
            "the user can run 1 command: select\nfor example: SELECT 3",
        ),
        ("redis-7.2", "on +select|3", "never grants select|0", ""),
        (
            "redis-7.2",
            "on +select",
            "never grants select|0",
            "the user can run 1 command: select|0\nfor example: SELECT 0",
        ),
        ("elasticache", "on ~* +config|get", "never grants config|set", ""),
        (
            "elasticache",
            "on ~* +config",
            "never grants config|set",
            "the user can run 1 command: config|set\nfor example: CONFIG set",
        ),
        (
            "redis-7.2",
            "on ~* -@all (+@all)",
            "never grants flushall",
            "the user can run 1 command: flushall\nfor example: FLUSHALL",
        ),
        // what every user may send is no part of a category, and is what it is by its name
        ("redis-7.2", "on ~* +get", "never grants @connection", ""),
        (
            "redis-7.2",
            "on ~* +get",
            "never grants auth",
            "the user can run 1 command: auth, as every user can",
        ),
        ("redis-7.2", "on +@all", "never grants future commands", "future commands are granted (+@all)"),
        ("redis-7.2", "on (+@all)", "never grants future commands", "future commands are granted (+@all)"),
        ("redis-7.2", "on +@read", "never grants future commands", ""),
    ] {
        assert_eq!(told(&user(dialect, rules), claim), failure, "{dialect} {rules}: {claim}");
    }
}

#[test]
fn grants_asks_for_all_of_it() {
    for (dialect, rules, claim, failure) in [
        ("redis-7.2", "on ~* +@read", "grants @read", ""),
        ("redis-7.2", "on ~* +@read -get", "grants @read", "not granted in full: get"),
        ("redis-7.2", "on ~* +get (~* +set)", "grants set", ""),
        ("redis-7.2", "on +select|3", "grants select", "not granted in full: select"),
        ("redis-7.2", "on +select|3", "grants select|3", ""),
        ("redis-7.2", "on +select|3", "grants select|4", "not granted in full: select|4"),
        ("elasticache", "on +config", "grants config|get", ""),
        (
            "redis-7.2",
            "on +config|get",
            "grants config",
            "not granted in full: config|help config|resetstat config|rewrite config|set",
        ),
        ("redis-7.2", "on +config", "grants CONFIG|Set", ""),
        (
            "redis-7.2",
            "on +get +publish +ping",
            "grants get",
            "granted, but no key, channel or database is allowed for it: get",
        ),
        (
            "redis-7.2",
            "on %R~a +set",
            "grants set",
            "granted, but no key, channel or database is allowed for it: set",
        ),
        ("redis-7.2", "on ~a", "grants auth", ""),
        ("redis-7.2", "on +@all", "grants future commands", ""),
        (
            "redis-7.2",
            "on ~* +@read",
            "grants future commands",
            "future commands are not granted: only `+@all` does that",
        ),
    ] {
        assert_eq!(told(&user(dialect, rules), claim), failure, "{dialect} {rules}: {claim}");
    }
}

#[test]
fn who_may_do_everything_is_granted_everything_and_who_may_do_nothing_nothing() {
    for dialect in Dialect::all().flat_map(with_modules) {
        let catalog = Catalog::from(dialect);
        let everything = ["on ~* &* +@all", "on ~* +@all"];
        let all = everything.into_iter().find_map(|rules| User::parse(dialect, rules).ok());
        let all = all.expect("rules of any dialect");
        let categories: Vec<_> = catalog.categories().map(|category| category.to_string()).collect();
        let commands: Vec<_> = catalog.commands().map(|command| command.name().to_owned()).collect();
        for subject in categories.iter().chain(&commands).chain([&"@all".to_owned()]) {
            let granted = told(&all, &format!("grants {subject}"));
            assert_eq!(granted, "", "{dialect} {subject}");
        }
        for subject in categories.iter().chain([&"@all".to_owned()]) {
            let claim = format!("never grants {subject}");
            assert_eq!(told(&User::new(dialect), &claim), "", "{dialect} {claim}");
        }
    }
}

/// A dialect, and the same with its modules where it can load some.
fn with_modules(dialect: Dialect) -> Vec<Dialect> {
    let with = format!("{dialect}+json+search+timeseries+bloom").parse();
    std::iter::once(dialect).chain(with.ok()).collect()
}

#[test]
fn strings_are_bounds() {
    let user = user("redis-7.2", "on >secret ~app:* +@read +config|get");
    for (claim, failure) in [
        ("no wider than \"on ~app:* +@read +config\"", ""),
        ("no wider than 'on ~* +@read'", "it can do more: for example: CONFIG GET 1"),
        ("no wider than '~* +@all'", "it can do more: can log in (on)"),
        ("no narrower than 'on ~app:1 +get'", ""),
        (
            "no narrower than 'on ~app:1 +get +@all'",
            "it can do less:\n  for example: DEL app:1\n  future commands (+@all)",
        ),
        ("same as 'on ~app:* +@read +config|get'", ""),
        ("same as off", "it can do more:\n  for example: GET app:\n  can log in (on)"),
        // passwords count if the string has some
        ("no wider than 'on >other ~* +@all'", "it can do more: 1 password"),
        ("no wider than 'on >secret >other ~* &* +@all'", ""),
        (
            "same as 'on >other ~app:* +@read +config|get'",
            "it can do more: 1 password\nit can do less: 1 password",
        ),
    ] {
        assert_eq!(told(&user, claim), failure, "{claim}");
    }
    let anybody = self::user("redis-7.2", "on nopass ~app:* +@read");
    let bound = "no wider than 'on ~app:* +@read'";
    assert_eq!(told(&anybody, bound), "it can do more: any password is accepted (nopass)");
}

#[test]
fn what_cannot_be_decided_has_failed() {
    // more selectors than are compared with
    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let text = format!("on {}", selectors.join(" "));
    let many = user("redis-7.2", &text);
    let one = user("redis-7.2", "on ~k1 +get");
    for (user, claim) in [
        (&one, format!("no wider than '{text}'")),
        (&many, "no narrower than 'on ~k1 +get'".to_owned()),
        (&many, format!("same as '{text} ~k1 +get'")),
    ] {
        let claims = Claims::parse(&claim).expect("a claim");
        let answers = claims.check(user).expect("a known command");
        let failure = answers[0].failure().expect("a failure");
        assert_eq!(failure, &Failure::Undecided, "{claim}");
        assert!(failure.to_string().contains("counts as failed"));
    }
    assert!(holds(&many, "no wider than 'on ~k* +get'"));
    // what is proven is no matter of doubt
    assert_eq!(told(&many, "never grants get"), "the user can run 1 command: get\nfor example: GET k0");
}

#[test]
fn a_file_can_stand_alone() {
    let text = "\u{feff}# a policy\r\n\r\ndialect redis-7.0\r\nuser \"on ~app:* +get\"\r\n\tallow GET app:1\r\ndeny SET app:1 1\r\n";
    let claims = Claims::parse(text).expect("claims");
    assert_eq!(claims.dialects().and_then(Dialects::single), Some(Engine::Redis7_0.into()));
    let user = &claims.users(&Engine::Redis7_0.into()).expect("a string").expect("a user")[0];
    let answers = claims.check(user).expect("known commands");
    assert!(answers.iter().all(Answer::holds));
    let lines: Vec<_> = claims.claims().iter().map(|claim| (claim.line(), claim.text())).collect();
    assert_eq!(lines, [(5, "allow GET app:1".to_owned()), (6, "deny SET app:1 1".to_owned())]);
    assert_eq!(Claims::parse("allow GET a").expect("a claim").users(&Engine::Redis7_0.into()), Ok(None));
}

#[test]
fn each_error_says_what_and_where_and_how_to_mend_it() {
    use ClaimErrorKind as Kind;
    let redis = user("redis-7.2", "on");
    for (line, kind, place, message, help) in [
        ("alow GET a", Kind::UnknownClaim, "alow", "`alow` is not an assertion", "did you mean `allow`?"),
        (
            "no widr than on",
            Kind::UnknownClaim,
            "no widr than",
            "`no widr than` is not an assertion",
            "did you mean `no wider than`?",
        ),
        (
            "GET a",
            Kind::UnknownClaim,
            "GET",
            "`GET` is not an assertion",
            "a line begins with one of `allow`, `deny`, ",
        ),
        (
            "\"allow\" GET a",
            Kind::UnknownClaim,
            "\"allow\"",
            "`\"allow\"` is not an assertion",
            "did you mean `allow`?",
        ),
        (
            "# nothing",
            Kind::NoClaims,
            "",
            "the file has no assertions, so nothing is tested",
            "write one assertion per line",
        ),
        ("allow GET \"a", Kind::UnbalancedQuotes, "\"a", "unbalanced quotes", "close each quote"),
        ("allow GET a\0b", Kind::ControlCharacter, "\0", "a control character", "inside double quotes"),
        ("deny", Kind::Incomplete, "deny", "nothing follows `deny`", "write a request: `GET app:1`"),
        (
            "never grants",
            Kind::Incomplete,
            "never grants",
            "nothing follows `never grants`",
            "write a category",
        ),
        (
            "deny in database 3",
            Kind::Incomplete,
            "in database 3",
            "nothing follows `in database 3`",
            "write a request",
        ),
        (
            "deny in database 16 GET a",
            Kind::Database,
            "16",
            "`16` is not a database",
            "databases are numbers from 0 to 15",
        ),
        (
            "grants get set",
            Kind::SeveralWords,
            "get set",
            "`get set` is more than one word",
            "of a subcommand write `get|set`",
        ),
        (
            "same as on +get",
            Kind::SeveralWords,
            "on +get",
            "`on +get` is more than one word",
            "put it between quotes: `\"on +get\"`",
        ),
        (
            "same as \"~\\xff\"",
            Kind::NotUtf8,
            "\"~\\xff\"",
            "escapes that are not UTF-8",
            "patterns are kept as UTF-8",
        ),
        (
            "deny FLUSHAL",
            Kind::UnknownCommand,
            "FLUSHAL",
            "redis-7.2 has no command `FLUSHAL`",
            "did you mean `flushall`?",
        ),
        (
            "deny CONFIG SETT a",
            Kind::UnknownCommand,
            "SETT",
            "redis-7.2 has no subcommand `SETT` of `CONFIG`",
            "did you mean `config set`?",
        ),
        (
            "deny CONFIG SET a",
            Kind::WrongArity,
            "CONFIG SET a",
            "wrong number of arguments for `config|set`",
            "`config set` takes at least 2 arguments",
        ),
        (
            "never grants flushal",
            Kind::UnknownCommand,
            "flushal",
            "redis-7.2 has no command `flushal`",
            "did you mean `flushall`?",
        ),
        (
            "never grants config|sett",
            Kind::UnknownCommand,
            "config|sett",
            "redis-7.2 has no command `config|sett`",
            "did you mean `config|set`?",
        ),
        (
            "never grants msetex",
            Kind::UnknownCommand,
            "msetex",
            "redis-7.2 has no command `msetex`",
            "redis-8.4 has it",
        ),
        (
            "never grants -get",
            Kind::UnknownCommand,
            "-get",
            "redis-7.2 has no command `-get`",
            "write `get`, without a sign",
        ),
        (
            "never grants write",
            Kind::UnknownCommand,
            "write",
            "redis-7.2 has no command `write`",
            "`write` is a category: write `@write`",
        ),
        (
            "never grants @dangrous",
            Kind::UnknownCategory,
            "@dangrous",
            "redis-7.2 has no category `@dangrous`",
            "did you mean `@dangerous`?",
        ),
        (
            "never grants @get",
            Kind::UnknownCategory,
            "@get",
            "redis-7.2 has no category `@get`",
            "`get` is a command: leave the `@` out",
        ),
        (
            "never grants @json",
            Kind::UnknownCategory,
            "@json",
            "redis-7.2 has no category `@json`",
            "redis-8.0+json has it",
        ),
        (
            "same as \"on >secret +gte\"",
            Kind::AccessString(ApplyErrorKind::UnknownCommand),
            "gte",
            "redis-7.2 has no command `gte`",
            "did you mean `get`?",
        ),
        // escapes move what is behind them
        (
            "same as \"\\x6fn +gte\"",
            Kind::AccessString(ApplyErrorKind::UnknownCommand),
            "\"\\x6fn +gte\"",
            "redis-7.2 has no command `gte`",
            "did you mean `get`?",
        ),
    ] {
        let errors = errors(&redis, line);
        let error = errors.first();
        assert_eq!((error.kind(), error.line()), (&kind, 1), "{line}");
        assert_eq!((&line[error.span().range()], error.message()), (place, message), "{line}");
        assert!(error.help().is_some_and(|told| told.starts_with(help)), "{line}: {:?}", error.help());
        assert_eq!(errors.iter().count(), 1, "{errors:?}");
    }
}

#[test]
fn a_slip_in_a_subcommand_is_seen_where_there_are_none() {
    let redis = user("redis-6.2", "on +config");
    let errors = errors(&redis, "never grants config|sett");
    assert_eq!(errors.first().kind(), &ClaimErrorKind::UnknownCommand);
    assert_eq!(errors.first().help(), Some("did you mean `config|set`?"));
    assert!(holds(&redis, "grants config|set") && holds(&redis, "never grants select|2"));
}

#[test]
fn every_bad_line_is_reported() {
    let text = "alow GET a\ndeny GET a\ndialect redis-5.0\nuser on\nuser off\n";
    let errors = Claims::parse(text).expect_err("three bad lines");
    let lines: Vec<_> = errors.iter().map(|error| (error.line(), error.kind().clone())).collect();
    use ClaimErrorKind::{GivenTwice, UnknownClaim, UnknownDialect};
    assert_eq!(lines, [(1, UnknownClaim), (3, UnknownDialect), (5, GivenTwice)]);
    assert_eq!(errors.to_string(), "line 1: `alow` is not an assertion (and 2 more)");
}

#[test]
fn no_password_is_shown() {
    let text = "user 'on >secret ~a'\nsame as \"on >secret ~a +get\"\nno wider than 'on #secret'\nsame as on >secret";
    let errors = Claims::parse(text).expect_err("several words");
    let reports: Vec<_> = errors.iter().map(|error| format!("{error:?} {}", error.report())).collect();
    assert!(reports[0].contains("*****") && !reports.concat().contains("ecret"), "{reports:?}");

    let text = "user 'on >secret ~a'\nsame as \"on >secret ~a +get\"\nno wider than 'on >secret ~a'";
    let claims = Claims::parse(text).expect("claims");
    let user = &claims.users(&Engine::Redis7_2.into()).expect("a string").expect("a user")[0];
    let answers = claims.check(user).expect("strings");
    let shown = format!("{claims:?} {answers:?} {}", answers[0].claim().text());
    let requests =
        Claims::parse("deny AUTH alice mysecret\nallow in database 2 SET a mysecret\n").expect("claims");
    let requests = format!("{requests:?}");
    assert!(requests.contains("3 words in database 2") && !requests.contains("secret"), "{requests}");
    assert!(shown.contains("on >******") && !shown.contains("ecret"), "{shown}");
    #[cfg(feature = "serde")]
    assert!(!serde_json::to_string(&answers).expect("JSON").contains("ecret"));

    let claims = Claims::parse("same as \"on >secret +gte\"\n").expect("a claim");
    let errors = claims.check(user).expect_err("a bad string");
    assert!(!format!("{errors:?} {}", errors.first().report()).contains("ecret"));
}

#[cfg(feature = "serde")]
#[test]
fn answers_and_errors_are_written_in_json() {
    let user = user("redis-7.2", "on ~a +get");
    let claims = Claims::parse(
        "allow GET a\nallow SET a 1\ndeny GET a\nnever grants @read\ngrants set\nsame as 'on ~b +get'\n",
    )
    .expect("claims");
    let json = serde_json::to_value(claims.check(&user).expect("known names")).expect("JSON");
    let witness = |request: &str| serde_json::json!({"request": request, "database": 0});
    assert_eq!(
        json[0],
        serde_json::json!({"line": 1, "claim": "allow GET a", "holds": true, "failure": null})
    );
    assert_eq!(json[1]["failure"]["reason"], "no rule grants the command `set`");
    assert_eq!(json[1]["failure"]["help"], "add `+set`");
    assert_eq!(
        json[2]["failure"],
        serde_json::json!({"kind": "allowed", "message": "allowed by `+get`", "rule": "+get", "selector": 0})
    );
    assert_eq!(json[3]["failure"]["commands"], serde_json::json!(["get"]));
    assert_eq!(json[3]["failure"]["witness"], witness("GET a"));
    assert_eq!(json[4]["failure"]["missing"], serde_json::json!(["set"]));
    assert_eq!(json[5]["failure"]["kind"], "differs");
    assert_eq!(json[5]["failure"]["more"]["witness"], witness("GET a"));
    assert_eq!(json[5]["failure"]["less"]["witness"], witness("GET b"));

    let claims = "grants future commands\nno wider than 'on ~b +get'\nno narrower than 'on ~b +get'\n";
    let answers = Claims::parse(claims).expect("claims");
    let json = serde_json::to_value(answers.check(&user).expect("known names")).expect("JSON");
    assert_eq!(
        json[0]["failure"],
        serde_json::json!({
            "kind": "future_commands_not_granted",
            "message": "future commands are not granted: only `+@all` does that",
        })
    );
    assert_eq!(
        (&json[1]["failure"]["less"], &json[2]["failure"]["more"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    let everything = self::user("redis-7.2", "on +@all");
    let answers = Claims::parse("never grants future commands").expect("a claim");
    let json = serde_json::to_value(answers.check(&everything).expect("known names")).expect("JSON");
    assert_eq!(
        json[0]["failure"],
        serde_json::json!({"kind": "future_commands_granted", "message": "future commands are granted (+@all)"})
    );
    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let many = self::user("redis-7.2", &format!("on {}", selectors.join(" ")));
    let answers = Claims::parse("no narrower than 'on ~k1 +get'").expect("a claim");
    let json = serde_json::to_value(answers.check(&many).expect("known names")).expect("JSON");
    assert_eq!(
        json[0]["failure"],
        serde_json::json!({
            "kind": "undecided", "message": "inconclusive within the work limit, which counts as failed",
        })
    );

    let errors = Claims::parse("grants\nalow").expect_err("bad lines");
    assert_eq!(
        serde_json::to_value(&errors).expect("JSON")[1],
        serde_json::json!({
            "kind": "unknown_claim", "line": 2, "message": "`alow` is not an assertion", "span": [0, 4],
            "help": "did you mean `allow`?"
        })
    );
}

// ---------------------------------------------------------------------------------------------------
// Properties

/// Sentinels lack most commands.
fn servers() -> impl Iterator<Item = Dialect> {
    Dialect::all().filter(|dialect| dialect.engine().process() == Process::Server)
}

fn rules() -> impl Strategy<Value = Vec<String>> {
    let rule = prop_oneof![
        "[~&][a-c*?]{1,3}",
        "%(R|W)~[a-c*?]{1,3}",
        "[+-](@(all|read|write|keyspace|pubsub|dangerous)|get|set|config|config\\|get|publish|copy|eval)",
        "\\+select\\|[0-3]",
        "\\(~[ab*]{1,3} \\+@(all|read|write)\\)",
    ];
    prop::collection::vec(rule, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_granted_can_be_sent_and_what_is_not_cannot(
        dialect in proptest::sample::select(servers().collect::<Vec<_>>()), rules in rules(),
        category in proptest::sample::select(vec!["@read", "@write", "@dangerous", "@pubsub", "@all", "config", "select"])
    ) {
        let mut user = User::new(dialect);
        for rule in &rules {
            // what the dialect refuses is left out
            let _ = user.apply_arguments([rule]);
        }
        let catalog = Catalog::from(dialect);
        let members = catalog.expand(category).expect("a name of any dialect");
        let claim = format!("never grants {category}");
        let claims = Claims::parse(&claim).expect("a claim");
        let answers = claims.check(&user).expect("known names");
        match answers[0].failure() {
            Some(Failure::Granted { commands, witness: Some(witness) }) => {
                prop_assert!(!commands.is_empty());
                prop_assert!(user.check_in(witness.database(), witness.request()).is_allowed());
                let command = catalog.of_request(witness.request()).expect("a command").id();
                prop_assert!(members.contains(command), "{}", witness);
            }
            None => {
                // a few requests for each of them
                for command in members.iter().filter_map(|id| catalog.get(id)) {
                    let head: Vec<_> = command.name().split('|').map(str::to_owned).collect();
                    for word in ["a", "b", "0", "1"] {
                        let length = usize::from(command.arity().unsigned_abs()).max(head.len());
                        let mut request = head.clone();
                        request.resize(length, word.to_owned());
                        let verdict = user.check(&request);
                        let rule = verdict.allowed().and_then(|allowed| allowed.rule());
                        prop_assert!(rule.is_none(), "{:?} {:?}", request, rule);
                    }
                }
                let also_granted = holds(&user, &format!("grants {category}"));
                prop_assert!(!also_granted || members.is_empty());
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn bounds_are_comparisons(a in rules(), b in rules()) {
        let parse = |rules: &[String]| {
            let mut user = User::new(Engine::Valkey8_1);
            let kept: Vec<_> = rules.iter().filter(|rule| user.apply_arguments([rule]).is_ok()).cloned().collect();
            (user, kept.join(" "))
        };
        let ((first, _), (second, text)) = (parse(&a), parse(&b));
        let relation = compare(&first, &second).relation();
        prop_assert_eq!(holds(&first, &format!("no wider than '{text}'")), matches!(relation, Relation::Equal | Relation::Narrower));
        prop_assert_eq!(holds(&first, &format!("no narrower than '{text}'")), matches!(relation, Relation::Equal | Relation::Wider));
        prop_assert_eq!(holds(&first, &format!("same as '{text}'")), relation == Relation::Equal);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(
        lines in prop::collection::vec(
            prop_oneof![
                "(allow|deny|grants|never grants|no wider than|no narrower than|same as|dialect|user|in database)[ a-z@|0-9\"'+>]{0,12}",
                "\\PC{0,12}",
                "[\\x00-\\x7f]{0,12}",
            ],
            0..5
        )
    ) {
        let text = lines.join("\n");
        let told = |errors: ClaimErrors| {
            for error in errors.iter() {
                assert!(error.text().get(error.span().range()).is_some(), "{error:?}");
                assert!(!error.to_string().contains(char::is_control), "{error:?}");
                assert!(error.report().to_string().lines().count() >= 4);
            }
        };
        match Claims::parse(&text) {
            Ok(claims) => {
                let user = User::parse(Engine::Valkey9_1, "on ~a* +@read +set (~b +@all -@dangerous)").expect("rules");
                match claims.check(&user) {
                    Ok(answers) => assert_eq!(answers.len(), claims.claims().len()),
                    Err(errors) => told(errors),
                }
            }
            Err(errors) => told(errors),
        }
    }
}
