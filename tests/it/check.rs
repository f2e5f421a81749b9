//! Recorded answers of real servers to `ACL DRYRUN u …`; before Redis 7.0, to the command inside `MULTI`.

use redis_acl::{Catalog, Dialect, Engine, KeyAccess, Reason, User};

use crate::replay::{Recorded, replay_all};

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
    command: Vec<String>,
    /// The answer; `ERR ` stands before an error.
    reply: String,
}

#[test]
fn commands_are_allowed_and_denied_as_real_servers_do() {
    replay_all::<Case>("tests/dryrun");
}

impl Recorded for Case {
    const FIELDS: &[&str] = &["rules", "command", "reply"];

    fn difference(&self, dialect: Dialect) -> Option<String> {
        let answer = answer(dialect, self);
        let alike = answer == self.reply;
        (!alike).then(|| {
            format!("{:?} {:?}\n  server {}\n  we     {answer}", self.rules, self.command, self.reply)
        })
    }
}

fn answer(dialect: Dialect, case: &Case) -> String {
    let mut user = User::new(dialect);
    if let Err(error) = user.apply_arguments(&case.rules) {
        return format!("rules that the server accepts are rejected: {error}");
    }
    let verdict = user.check(&case.command);
    // a server without DRYRUN was sent the request itself
    let answer = verdict.dryrun("u").unwrap_or_else(|| verdict.server_message("u").unwrap_or("OK".into()));
    if answer.starts_with("ERR ") { format!("ERR {answer}") } else { answer }
}

// ---------------------------------------------------------------------------------------------------
// Verdicts

fn user(dialect: impl Into<Dialect>, rules: &str) -> User {
    User::parse(dialect, rules).unwrap_or_else(|error| panic!("{rules}: {error}"))
}

fn words(request: &str) -> Vec<&str> {
    request.split(' ').collect()
}

#[track_caller]
fn allows(user: &User, request: &str) {
    let words = words(request);
    assert!(user.check(&words).is_allowed(), "{user} denies {request}: {:?}", user.check(&words));
}

#[track_caller]
fn denies(user: &User, request: &str, because: &str) {
    let words = words(request);
    let verdict = user.check(&words);
    let denied = verdict.denied().unwrap_or_else(|| panic!("{user} allows {request}"));
    assert_eq!(denied.to_string(), because, "{request}");
}

#[test]
fn selectors_are_judged_alone() {
    let user = user(Engine::Redis7_2, "~a +set (~b +get)");
    allows(&user, "SET a 1");
    allows(&user, "GET b");
    denies(&user, "SET b 1", "no pattern allows writing the key `b`");
    denies(&user, "GET a", "no pattern allows reading the key `a`");
    denies(&user, "DEL a", "no rule grants the command `del`");
    let request = ["GET", "b"];
    let verdict = user.check(&request);
    let allowed = verdict.allowed().expect("allowed");
    assert_eq!((allowed.selector_number(), allowed.command().expect("a command").name()), (1, "get"));
    assert_eq!(allowed.rule().expect("a rule").to_string(), "+get");
    assert!(allowed.selector().key_patterns().expect("patterns").eq([("b", KeyAccess::ReadWrite)]));
    let request = ["SET", "a", "1"];
    let verdict = user.check(&request);
    assert_eq!(verdict.allowed().expect("allowed").selector_number(), 0);
    let request = ["DEL", "a"];
    let verdict = user.check(&request);
    assert_eq!(verdict.denied().expect("denied").selector_number(), 0, "of several alike the first");
}

#[test]
fn what_allowed_a_request_is_told_in_a_line() {
    let user = user(Engine::Redis7_2, "~a +set (~b +@read) (~c +config|get)");
    for (request, line) in [
        ("SET a 1", "allowed by `+set`"),
        ("GET b", "allowed by `+@read` of selector 1"),
        ("CONFIG GET x", "allowed by `+config|get` of selector 2"),
        ("AUTH x", "allowed to every user"),
    ] {
        let words = words(request);
        assert_eq!(user.check(&words).allowed().expect("allowed").to_string(), line, "{request}");
    }
}

#[test]
fn of_two_first_arguments_that_decides_which_was_given() {
    let user = user(Engine::Redis7_2, "+select|1 +set|1 +select|2 +config|get");
    for (request, rule) in
        [("SELECT 1", "+select|1"), ("SELECT 2", "+select|2"), ("CONFIG GET a", "+config|get")]
    {
        let words = words(request);
        let verdict = user.check(&words);
        assert_eq!(verdict.allowed().and_then(|allowed| allowed.rule()).expect("a rule").to_string(), rule);
    }
}

#[test]
fn what_debug_shows_of_a_verdict_is_what_decided() {
    let user = user(Engine::Redis7_2, "~a +set -del (~b +get)");
    let shown = |request: &[&str]| format!("{:?}", user.check(request));
    assert_eq!(shown(&["GET", "b"]), r#"Allowed(Allowed { selector: 1, command: Some("get") })"#);
    let key = "Key { index: 1, key: [98], needs: Some(Write) }";
    let denied = format!(r#"Denied(Denied {{ selector: 0, command: Some("set"), reason: {key} }})"#);
    assert_eq!(shown(&["SET", "b", "1"]), denied);
    let request = ["DEL", "a"];
    let rule = user.check(&request).denied().and_then(|denied| denied.rule());
    assert_eq!(format!("{rule:?}"), "Some(DecidingRule(-del))");
    let unknown = r#"UnknownCommand(UnknownCommand("Config", Some("x")))"#;
    assert!(shown(&["Config", "x"]).contains(unknown), "{}", shown(&["Config", "x"]));
}

#[test]
fn the_refusal_is_the_one_that_servers_report() {
    // a key over a command, a channel over a key, the last argument of several
    let user = user(Engine::Redis7_2, "+mget ~a (+mget ~a ~b) (+publish)");
    let request = ["MGET", "a", "b", "c"];
    let verdict = user.check(&request);
    let denied = verdict.denied().expect("denied");
    assert!(matches!(denied.reason(), Reason::Key { index: 3, key: b"c", needs: Some(KeyAccess::Read), .. }));
    assert_eq!(denied.selector_number(), 1);
    denies(&user, "PUBLISH news x", "no pattern allows the channel `news`");
}

#[test]
fn one_pattern_must_have_all_that_a_key_needs() {
    let user = user(Engine::Redis7_2, "+@all %R~a %W~a* %R~c* ~*");
    allows(&user, "INCR a");
    let user = self::user(Engine::Redis7_2, "+@all %R~a %W~a* %R~c*");
    denies(&user, "INCR a", "no pattern allows reading and writing the key `a`");
    allows(&user, "GET a");
    allows(&user, "SET ab 1");
    allows(&user, "EXISTS ab");
    allows(&user, "COPY c1 a1");
    denies(&user, "COPY a1 c1", "no pattern allows reading the key `a1`");
    denies(&user, "INCR ab", "no pattern allows reading and writing the key `ab`");
    denies(&user, "INCR b", "no pattern allows reading and writing the key `b`");
}

#[test]
fn some_commands_are_open_to_all() {
    for (engine, open, closed) in [
        (Engine::Redis6_0, &["AUTH x", "QUIT", "quit now"][..], &["HELLO 3", "PING"][..]),
        (Engine::Redis6_2, &["AUTH x", "QUIT", "HELLO 3"], &["RESET", "PING"]),
        (Engine::Redis7_0, &["AUTH x", "QUIT", "HELLO", "RESET"], &["PING"]),
    ] {
        let nobody = user(engine, "off -@all");
        open.iter().for_each(|request| allows(&nobody, request));
        closed.iter().for_each(|request| assert!(!nobody.check(&words(request)).is_allowed(), "{request}"));
    }
}

#[test]
fn first_arguments_and_subcommands() {
    let six = user(Engine::Redis6_2, "+config|get +select|0");
    allows(&six, "CONFIG GET port");
    denies(&six, "CONFIG SET port 1", "no rule grants the command `config`");
    allows(&six, "select 0");
    denies(&six, "select 00", "no rule grants the command `select`");
    let seven = user(Engine::Redis7_0, "+config|get +select|0 +@all -config +config|get");
    allows(&seven, "config get port");
    denies(&seven, "config set port 1", "`-config` denies the command `config|set`");
    denies(&seven, "config nosuch", "redis-7.0 has no subcommand `nosuch` of `config`");
    denies(&seven, "config|get port", "redis-7.0 has no command `config|get`");
    let request = ["select", "0"];
    assert_eq!(
        six.check(&request).allowed().expect("allowed").rule().expect("a rule").to_string(),
        "+select|0"
    );
}

#[test]
fn a_container_given_by_number_still_is_asked_for_its_subcommand() {
    let user = user(Engine::Redis7_2, "+config -config|set");
    let config = user.catalog().command("config").expect("a command").id();
    assert!(user.check_command(config, &["config", "get", "port"]).is_allowed());
    assert!(!user.check_command(config, &["config", "set", "port", "1"]).is_allowed());
    assert!(!user.check_command(config, &["config", "nosuch"]).is_allowed());
    let get = user.catalog().command("config|get").expect("a command").id();
    assert!(user.check_command(get, &["config", "get", "port"]).is_allowed());
}

#[test]
fn a_user_that_is_off_is_judged_like_one_that_is_on() {
    allows(&user(Engine::Redis7_2, "off ~* +@all"), "GET a");
}

#[test]
fn sort_by_other_keys_needs_all_keys() {
    let some = user(Engine::Redis7_2, "~a +sort +sort_ro");
    for (request, refused) in [
        ("SORT a", None),
        ("SORT a BY nosort", None),
        ("SORT a ALPHA BY w_*", Some("BY")),
        ("SORT a GET #", Some("GET")),
        ("SORT a NONSENSE BY w_*", None),
        ("SORT a LIMIT x 1 BY w_*", None),
        ("SORT a LIMIT 0 1 BY w_*", Some("BY")),
        ("SORT a ASC LIMIT 0 1 GET #", Some("GET")),
        ("SORT a LIMIT 0 x BY w_*", None),
        ("SORT a LIMIT 0", None),
        ("SORT a DESC GET #", Some("GET")),
        ("SORT a DESC LIMIT -1 2 alpha asc BY w_*", Some("BY")),
        ("SORT a BY w_* ALPHA ASC", Some("BY")),
        ("SORT a BY nosort GET #", Some("GET")),
        ("SORT a BY", None),
        ("SORT a GET", None),
        ("SORT a STORE", None),
        ("SORT a STORE a GET #", Some("GET")),
        ("SORT a STORE a BY w_*", Some("BY")),
        ("SORT_RO a GET #", Some("GET")),
        ("SORT_RO a STORE a GET #", None), // no option there: the command refuses
    ] {
        let words = words(request);
        let verdict = some.check(&words);
        let message = refused
            .map(|option| format!("ERR {option} option of SORT denied due to insufficient ACL permissions."));
        assert_eq!(verdict.server_message("u"), message, "{request}");
        assert_eq!(verdict.dryrun("u").as_deref(), Some("OK"), "DRYRUN does not look so far: {request}");
    }
    allows(&user(Engine::Redis7_2, "~a +sort (%R~* +sort)"), "SORT a BY w_*");
    denies(
        &user(Engine::Redis7_2, "~a +sort (%R~*)"),
        "SORT a BY w_*",
        "`BY` reads other keys, and needs a selector that can read all keys",
    );
    allows(&user(Engine::Redis6_2, "~a +sort"), "SORT a BY w_*");
    allows(&user(Engine::Redis7_2, "~a +lpush"), "LPUSH a BY w_*"); // no option
}

#[test]
fn channels_are_matched_and_patterns_must_be_equal() {
    let user = user(Engine::Redis7_2, "+@all &news:* &a");
    allows(&user, "PUBLISH news:1 x");
    allows(&user, "SUBSCRIBE news:1 a");
    allows(&user, "PSUBSCRIBE news:*");
    denies(&user, "PSUBSCRIBE news:1*", "no pattern allows the channel `news:1*`");
    denies(&user, "SUBSCRIBE news:1 b", "no pattern allows the channel `b`");
    allows(&user, "PUNSUBSCRIBE *");
    let user = self::user(Engine::Redis6_2, "+@all resetchannels &news:* &a");
    allows(&user, "PUBLISH news:1 x");
    allows(&user, "PSUBSCRIBE a news:*");
    denies(&user, "PSUBSCRIBE news:1*", "no pattern allows the channel `news:1*`");
    denies(&user, "PSUBSCRIBE news:* news:1", "no pattern allows the channel `news:1`");
}

#[test]
fn a_channel_pattern_ends_at_its_nul_since_redis_7() {
    let may = |engine, request: &[&str]| user(engine, "+@all resetchannels &a").check(request).is_allowed();
    assert!(may(Engine::Redis7_0, &["PSUBSCRIBE", "a\0b"]));
    assert!(!may(Engine::Redis6_2, &["PSUBSCRIBE", "a\0b"]));
    for engine in [Engine::Redis6_2, Engine::Redis7_0] {
        assert!(!may(engine, &["SUBSCRIBE", "a\0b"]), "{engine}: a channel does not");
    }
}

#[test]
fn databases_of_valkey_9_1() {
    let one = user(Engine::Valkey9_1, "~* +@all db=1");
    for (database, request, because) in [
        (1, "GET a", None),
        (0, "GET a", Some("`get` needs the current database, or all of them")),
        (0, "SELECT 1", None),
        (0, "SELECT 0", Some("database 0 is not allowed")),
        (0, "SELECT 01", None),
        (1, "SWAPDB 1 2", Some("database 2 is not allowed")),
        (1, "SWAPDB 1 x", None),
        // it writes, although no data of any database
        (0, "FUNCTION FLUSH", Some("`function|flush` needs the current database, or all of them")),
        (1, "FUNCTION FLUSH", None),
        (0, "FUNCTION LIST", None),
        (1, "MOVE k 1", None),
        (0, "MOVE k 1", Some("`move` needs the current database, or all of them")),
        (1, "MOVE k 2", Some("database 2 is not allowed")),
        (1, "MOVE k 16", None), // no database: the command itself refuses
        (1, "COPY a b REPLACE DB 1 DB 5", Some("database 5 is not allowed")),
        (1, "COPY a b DB 5 OTHER", None),
        (1, "FLUSHALL", Some("`flushall` needs the current database, or all of them")),
        (0, "PING", None),
        (0, "KEYS *", Some("`keys` needs the current database, or all of them")),
    ] {
        let words = words(request);
        let verdict = one.check_in(database, &words);
        assert_eq!(verdict.denied().map(ToString::to_string).as_deref(), because, "{request} in {database}");
    }
    let beyond = user(Engine::Valkey9_1, "~* +@all db=16");
    assert!(!beyond.check_in(16, &["GET", "a"]).is_allowed(), "there are sixteen, the last is 15");
    let all: Vec<_> = (0..16).map(|id| id.to_string()).collect();
    allows(&user(Engine::Valkey9_1, &format!("~* +@all db={}", all.join(","))), "FLUSHALL");
}

#[test]
fn an_unknown_name_is_never_granted() {
    let everything = user(Engine::Redis7_2, "~* &* +@all");
    for request in ["NOSUCH", "config nosuch", "config|get x", "get\0 a", "", "\u{1F4A9}"] {
        assert!(!everything.check(&words(request)).is_allowed(), "{request:?}");
    }
    assert!(!everything.check(&[] as &[&str]).is_allowed());
    for (request, name, subcommand) in
        [(["NoSuch", "a"], "NoSuch", None), (["Config", "NoSuch"], "Config", Some("NoSuch"))]
    {
        let verdict = everything.check(&request);
        let Reason::UnknownCommand(unknown) = verdict.denied().expect("denied").reason() else {
            panic!("{verdict:?}")
        };
        assert_eq!((unknown.name(), unknown.subcommand()), (name.as_bytes(), subcommand.map(str::as_bytes)));
    }
    // a command of another engine
    let vadd = Catalog::from(Engine::Redis8_0).command("vadd").expect("a command").id();
    assert!(!everything.check_command(vadd, &["vadd", "k", "e"]).is_allowed());
}

#[test]
fn a_check_allocates_nothing_and_can_be_shared() {
    fn shared<T: Send + Sync>(_: &T) {}
    let users = [
        user(Engine::Redis6_2, "+@read +config|get ~app:* ~[a-c]*x ~?b* ~lit ~*end"),
        user(Engine::Redis7_2, "+@all -@dangerous ~app:* %R~s* (~b* +sort) (%W~c +set &news:*)"),
        user(Engine::Valkey9_1, "+@all ~app:* db=1 (+@read %R~* db=0)"),
    ];
    let requests = [
        "GET app:1",
        "get other",
        "MGET app:1 ab*x zb end",
        "SORT b BY w_*",
        "EVAL s 2 app:1 x",
        "PUBLISH news:1 x",
        "config get x",
        "config nosuch y",
        "nosuch a b c",
        "get",
        "MOVE app:1 3",
        "zunionstore app:1 2 a b",
    ];
    let requests: Vec<_> = requests.iter().map(|request| words(request)).collect();
    for user in &users {
        shared(user);
        for request in &requests {
            let allocated = allocation_counter::measure(|| {
                let _ = std::hint::black_box(user.check(request));
            });
            assert_eq!(allocated.count_total, 0, "{user} {request:?}");
        }
    }
}

#[test]
fn what_is_repeated_of_an_unknown_request_ends_where_servers_end_it() {
    for (lengths, six, seven) in [
        (&[200, 1][..], &[128][..], &[128][..]),
        (&[100, 100, 1], &[100, 24], &[100, 25]),
        (&[124, 100, 1], &[124], &[124, 1]),
        (&[126, 1], &[126], &[126]),
    ] {
        let text = |(length, letter): (&usize, char)| letter.to_string().repeat(*length);
        let texts = |lengths: &[usize]| lengths.iter().zip('a'..).map(text).collect::<Vec<_>>();
        let request: Vec<_> = std::iter::once("nosuch".to_owned()).chain(texts(lengths)).collect();
        for (engine, repeated, quote, close) in
            [(Engine::Redis6_2, six, '`', "`, "), (Engine::Redis7_0, seven, '\'', "' ")]
        {
            let quoted: String = texts(repeated).iter().map(|text| format!("{quote}{text}{close}")).collect();
            let message =
                format!("ERR unknown command {quote}nosuch{quote}, with args beginning with: {quoted}");
            let user = User::new(engine);
            assert_eq!(user.check(&request).server_message("u"), Some(message), "{lengths:?}");
        }
    }
}

#[test]
fn an_option_without_its_key_asks_for_no_key() {
    for engine in [Engine::Redis6_2, Engine::Redis7_2, Engine::Redis8_4_6, Engine::Valkey9_1] {
        let user = user(engine, "~a +sort +georadius +migrate");
        for request in ["SORT a STORE", "GEORADIUS a 1 2 3 m STORE", "GEORADIUS a 1 2 3 m ASC STOREDIST"] {
            allows(&user, request);
        }
    }
}

#[test]
fn help_names_the_narrowest_rule_that_mends_it() {
    let seven = user(Engine::Redis7_2, "~a %W~w &a +@all -keys");
    let six = user(Engine::Redis6_2, "~a +@all");
    let nine = user(Engine::Valkey9_1, "~* +@all db=1");
    let all = "add `%R~*` to a selector that allows the command";
    for (user, request, help) in [
        (&seven, "get", "`get` takes exactly 1 argument"),
        (&seven, "mset a", "`mset` takes at least 2 arguments"),
        (&seven, "config get", "`config get` takes at least 1 argument"),
        (&seven, "keys *", "add `+keys`"),
        (&seven, "get b*?[\\]^", "add `%R~b\\*\\?\\[\\\\]^`, or a pattern that matches more"),
        (&seven, "incr w", "add `~w`, or a pattern that matches more"),
        (&six, "get b", "add `~b`, or a pattern that matches more"),
        (&seven, "publish b* x", "add `&b\\*`, or a pattern that matches more"),
        (&seven, "psubscribe b*", "add `&b*`"),
        (&nine, "get b", "add the database to `db=`, or write `alldbs`"),
        (&seven, "sort a by w_*", all),
        (&seven, "sort a get #", all),
        (&seven, "gte a", "did you mean `get`?"),
        (&seven, "config gte a", "did you mean `config get`?"),
        (&seven, "lpushh a", "did you mean `lpush` or `lpushx`?"),
        (&seven, "aadd a", "did you mean `sadd`, `xadd` or `zadd`?"),
        (&seven, "JSON.GET a", "redis-7.2+json has it"),
        (&six, "CONFIG|GET a", "redis-7.0 has it"),
    ] {
        let words = words(request);
        let verdict = user.check(&words);
        let denied = verdict.denied().unwrap_or_else(|| panic!("{user} allows {request}"));
        assert_eq!(denied.help().as_deref(), Some(help), "{request}");
    }
    for text in [&b"b\xff"[..], b"b c", b"b\tc", b"b\rc", b"b\0c"] {
        for name in [&b"get"[..], b"subscribe", b"psubscribe"] {
            let request = [name, text];
            let verdict = seven.check(&request);
            assert_eq!(verdict.denied().expect("denied").help(), None, "no rule can hold {text:?}");
        }
    }
}

#[test]
fn options_of_xread_with_an_argument_are_skipped_where_the_engine_has_them() {
    let request = ["XREAD", "MAXCOUNT", "5", "STREAMS", "secret", "$"];
    for (engine, is_allowed) in
        [(Engine::Redis8_8_2, true), (Engine::Redis8_6_6, true), (Engine::Redis8_10, false)]
    {
        assert_eq!(user(engine, "+@all %R~read*").check(&request).is_allowed(), is_allowed, "{engine}");
    }
}

#[test]
fn valkey_9_1_checked_fewer_databases_at_first() {
    let answer = |engine, databases: &str, request: &str| {
        let user = user(engine, &format!("~* +@all {databases}"));
        let words = words(request);
        let verdict = user.check(&words);
        verdict
            .dryrun("u")
            .map(|text| text.replace("User u has no permissions to access ", ""))
            .expect("a DRYRUN")
    };
    let engines = [Engine::Valkey9_1_0, Engine::Valkey9_1_1, Engine::Valkey9_1];
    for (databases, request, answers) in [
        ("db=0", "COPY a b DB 2", ["database COPY", "database 2", "database 2"]),
        ("db=0", "COPY a b REPLACE DB 2", ["OK", "database 2", "database 2"]),
        ("db=1", "COPY a b", ["OK", "OK", "database COPY"]),
        ("db=2", "MOVE a 2", ["OK", "OK", "database MOVE"]),
        ("db=1", "MOVE a x", ["OK", "OK", "database MOVE"]),
        ("db=0,1", "CLUSTER FLUSHSLOT 1", ["OK", "database CLUSTER", "database CLUSTER"]),
    ] {
        assert_eq!(
            engines.map(|engine| answer(engine, databases, request)),
            answers,
            "{databases} {request}"
        );
    }
}

#[test]
fn modules_without_command_info_need_read_and_write_access() {
    for (dialect, is_allowed) in [
        ("redis-7.2+json", false),
        ("redis-7.4+json", false),
        ("redis-8.0+json", false),
        ("redis-8.4+json", false),
        ("redis-8.6+json", true),
        ("valkey-8.1+json", false),
    ] {
        let user = user(dialect.parse::<Dialect>().expect("a dialect"), "+@all %R~*");
        assert_eq!(user.check(&["JSON.GET", "x"]).is_allowed(), is_allowed, "{dialect}");
    }
    let user = user("redis-stack-7.4.1".parse::<Dialect>().expect("a dialect"), "+@all ~a");
    let request = ["ft.search", "idx", "x"];
    let verdict = user.check(&request);
    assert_eq!(verdict.dryrun("u").as_deref(), Some("User u has no permissions to access the 'idx' key"));
    let nobody = self::user("redis-stack-7.4.1".parse::<Dialect>().expect("a dialect"), "on");
    let message = nobody.check(&request).dryrun("u");
    assert_eq!(message.as_deref(), Some("User u has no permissions to run the 'FT.SEARCH' command"));
}
