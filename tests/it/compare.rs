//! Comparing users: relations and the requests that prove them.

use redis_acl::compare::{compare_within, difference};
use redis_acl::{Catalog, Comparison, Dialect, Engine, Relation, User, compare};

#[track_caller]
fn user(dialect: &str, rules: &str) -> User {
    let dialect: Dialect = dialect.parse().expect("a dialect");
    User::parse(dialect, rules).unwrap_or_else(|errors| panic!("{rules}: {errors}"))
}

/// The relation, and what is shown for either side.
#[track_caller]
fn told(dialect: &str, first: &str, second: &str) -> (Relation, String, String) {
    let (first, second) = (user(dialect, first), user(dialect, second));
    let comparison = compare(&first, &second);
    let shown = |excess: &redis_acl::Excess| excess.witness().map(ToString::to_string).unwrap_or_default();
    (comparison.relation(), shown(comparison.only_first()), shown(comparison.only_second()))
}

#[track_caller]
fn assert_told(dialect: &str, first: &str, second: &str, relation: Relation, witnesses: [&str; 2]) {
    let (got, only_first, only_second) = told(dialect, first, second);
    assert_eq!(
        (got, &*only_first, &*only_second),
        (relation, witnesses[0], witnesses[1]),
        "{first} / {second}"
    );
}

use Relation::{Equal, Incomparable, Narrower, Wider};

#[test]
fn commands_and_keys_are_compared() {
    for (first, second, relation, witnesses) in [
        ("~a +get", "~a +get", Equal, ["", ""]),
        ("~a +get", "~a +get +set", Narrower, ["", "SET a 1"]),
        ("~a ~b +get", "~a +get", Wider, ["GET b", ""]),
        ("~a* +get", "~b* +get", Incomparable, ["GET a", "GET b"]),
        ("~[ab]* +get", "~a* ~b* +get", Equal, ["", ""]),
        ("~* +get", "%RW~* +get", Wider, ["GET \"\"", ""]),
        ("%R~a +get", "~a +get", Equal, ["", ""]),
        ("%R~a +@all -@all +get +set", "~a +get +set", Narrower, ["", "SET a 1"]),
        // one pattern must give a key all that is needed
        ("%R~a %W~a* +incr", "~a +incr", Narrower, ["", "INCR a"]),
        ("%R~a %W~a* +get +set", "~a +get +set", Incomparable, ["SET aa 1", "SET a 1 GET"]),
        ("%R~a %W~b +copy", "~a ~b +copy", Narrower, ["", "COPY b a"]),
        ("~a -@all", "~b -@all", Equal, ["", ""]),
        ("~* +config|get", "~* +config -config|set", Narrower, ["", "CONFIG HELP"]),
        ("+command", "+command|count +command|docs", Wider, ["COMMAND", ""]),
    ] {
        assert_told("redis-7.2", first, second, relation, witnesses);
    }
}

#[test]
fn traps_of_other_tools() {
    let (relation, lost, _) = told("redis-7.2", "~* -@all +config", "~* -@all +config -config|get");
    assert_eq!((relation, &*lost), (Wider, "CONFIG GET 1"));
    let (relation, _, gained) =
        told("redis-7.2", "~* +@all -@dangerous", "~* +@all -@dangerous +info +config");
    assert_eq!(relation, Narrower);
    assert!(gained == "INFO" || gained.starts_with("CONFIG"), "{gained}");
    assert_eq!(told("redis-7.2", "+@all -@all +get ~*", "+@all +get ~*").0, Narrower);
    assert_eq!(told("redis-7.2", "~* +@read -@read", "~* -@read +@read").0, Narrower);
    assert_told("redis-7.2", "%R~a +get +set", "~a +get +set", Narrower, ["", "SET a 1"]);
    let denies_all = "-@all resetkeys (~* &* +@all)";
    assert_eq!(told("redis-7.2", denies_all, "~* &* +@all").0, Equal);
    assert_eq!(told("redis-7.2", denies_all, "-@all").0, Wider);
}

#[test]
fn one_selector_must_allow_a_whole_request() {
    for (first, second, relation, witnesses) in [
        ("~a ~b +mget", "~a +mget (~b +mget)", Wider, ["MGET a b", ""]),
        ("~a ~b +get", "~a +get (~b +get)", Equal, ["", ""]),
        ("~a ~b +rename", "~a +rename (~b +rename)", Wider, ["RENAME a b", ""]),
        ("~a ~b ~c +rename", "~a ~b +rename (~b ~c +rename) (~a ~c +rename)", Equal, ["", ""]),
        ("~a ~b ~c +mget", "~a ~b +mget (~b ~c +mget) (~a ~c +mget)", Wider, ["MGET c a b", ""]),
        ("~a +get (~b +set)", "~a ~b +get +set", Narrower, ["", "GET b"]),
    ] {
        let (got, only_first, only_second) = told("redis-7.2", first, second);
        let sorted = |text: &str| {
            let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(got, relation, "{first} / {second}");
        assert_eq!(sorted(&only_first), sorted(witnesses[0]), "{first} / {second}");
        assert_eq!(sorted(&only_second), sorted(witnesses[1]), "{first} / {second}");
    }
}

#[test]
fn first_arguments_are_compared() {
    for (dialect, first, second, relation, witnesses) in [
        ("redis-7.2", "+select|0", "+select|0 +select|1", Narrower, ["", "SELECT 1"]),
        ("redis-7.2", "+select|0", "+select", Narrower, ["", "SELECT 1"]),
        ("redis-7.2", "~* +get|A", "~a +get|a", Wider, ["GET A", ""]),
        ("redis-7.2", "~* +get|a", "~* +get|A", Equal, ["", ""]),
        ("redis-7.2", "~* +lmpop|1", "~* +lmpop", Narrower, ["", "LMPOP 2 a a 1"]),
        ("redis-6.2", "+config|get", "+config", Narrower, ["", "CONFIG 1"]),
        (
            "redis-6.2",
            "~a +memory|usage",
            "~b +memory|usage",
            Incomparable,
            ["MEMORY USAGE a", "MEMORY USAGE b"],
        ),
        ("redis-7.2", "~* +lmpop|2", "~* +lmpop|3", Incomparable, ["LMPOP 2 a a", "LMPOP 3 a a a 1"]),
        // only the first key is the first argument
        ("redis-7.2", "~* +del|a", "~a +del", Wider, ["DEL A", ""]),
        ("redis-7.2", "~a +del|a", "~a ~b +del|a", Narrower, ["", "DEL a b"]),
    ] {
        assert_told(dialect, first, second, relation, witnesses);
    }
}

#[test]
fn so_many_first_arguments_are_compared_as_the_work_allows() {
    let arguments: Vec<_> = (0..600).map(|number| format!("+ping|{number}")).collect();
    let (first, second) = (user("redis-7.2", "+ping"), user("redis-7.2", &arguments.join(" ")));
    assert_eq!(compare(&first, &second).relation(), Wider);
    assert_eq!(compare_within(300, &first, &second).relation(), Relation::Undecided);
}

#[test]
fn so_many_keys_are_counted_by_a_first_argument_and_no_more() {
    for (keys, relation) in [(64, Wider), (65, Relation::Undecided), (640, Relation::Undecided)] {
        let counting = user("redis-7.2", &format!("~* +lmpop|{keys}"));
        assert_eq!(compare(&counting, &user("redis-7.2", "~*")).relation(), relation, "{keys}");
    }
}

/// Two keys, and three selectors of which each takes a key of its own to refuse: all ways to choose for the others
/// lead nowhere.
#[test]
fn so_many_ways_to_be_refused_are_tried_and_no_more() {
    for (free, relation) in [(3, Narrower), (9, Relation::Undecided)] {
        let free: Vec<_> = (0..free).map(|number| format!("(~z{number} +rename)")).collect();
        let other = format!("{} (~[bc] +rename) (~[ac] +rename) (~[ab] +rename)", free.join(" "));
        let comparison = compare(&user("redis-7.2", "~[abc] +rename"), &user("redis-7.2", &other));
        assert_eq!(comparison.relation(), relation, "{other}");
    }
}

#[test]
fn the_shortest_request_is_shown() {
    for (first, second, witness) in [
        ("~a +exists +lrem", "~a", "EXISTS a"),
        ("~a +copy +persist", "~a", "COPY a a"),
        ("~\x01 ~\x02 +get", "+get", "GET \"\\x01\""),
        ("~abc ~\x01 +get", "+get", "GET abc"),
        ("~\x01 ~abc +get", "+get", "GET abc"),
        ("~b ~a +get", "+get", "GET b"),
        ("%R~a %W~b +georadius", "%R~a +georadius", "GEORADIUS a 1 1 1 1 STORE b"),
        ("~a ~b +mget", "(~a +mget) (~b +mget)", "MGET b a"),
        ("~a ~b ~c +mget", "(~a ~b +mget) (~b ~c +mget) (~a ~c +mget)", "MGET c a b"),
    ] {
        assert_eq!(
            told("redis-7.2", first, second),
            (Wider, witness.to_owned(), String::new()),
            "{first} / {second}"
        );
    }
}

#[test]
fn channels_are_compared() {
    for (first, second, relation, witnesses) in [
        ("&news.* +publish", "&news.a +publish", Wider, ["PUBLISH news. 1", ""]),
        ("&news.* +psubscribe", "&news.* &news.a +psubscribe", Narrower, ["", "PSUBSCRIBE news.a"]),
        ("&news.* +subscribe", "&news.* &news.a +subscribe", Equal, ["", ""]),
        ("allchannels +psubscribe", "&* +psubscribe", Equal, ["", ""]),
    ] {
        assert_told("redis-7.2", first, second, relation, witnesses);
    }
}

#[test]
fn databases_are_compared() {
    for (first, second, relation, witnesses) in [
        ("~* +get db=1", "~* +get db=1,2", Narrower, ["", "GET a (in database 2)"]),
        ("+select db=1", "+select db=2", Incomparable, ["SELECT 1", "SELECT 2"]),
        ("+flushall", "+flushall db=0,1", Wider, ["FLUSHALL", ""]),
        ("~* +get db=20", "~* +get resetdbs", Equal, ["", ""]),
        ("~* +get db=1 (~* +get db=2)", "~* +get db=1,2", Equal, ["", ""]),
        ("~* +move db=1 (~* +move db=2)", "~* +move db=1,2", Narrower, ["", "MOVE a 2 (in database 1)"]),
        ("~* +copy db=1", "~* +copy db=1,2", Narrower, ["", "COPY a a (in database 2)"]),
        ("~* +copy db=1 (~* +copy db=2)", "~* +copy db=1,2", Narrower, ["", "COPY a a DB 2 (in database 1)"]),
        ("+swapdb db=1 (+swapdb db=2)", "+swapdb db=1,2", Narrower, ["", "SWAPDB 2 1"]),
        ("+swapdb db=1", "+swapdb db=2", Incomparable, ["SWAPDB 1 1", "SWAPDB 2 2"]),
        ("~* +get db=1,2,3", "~* +get db=1,2 (~* +get db=1,3)", Equal, ["", ""]),
        ("~* +get db=1,2,3", "~* +get db=1 (~* +get db=1,3)", Wider, ["GET a (in database 2)", ""]),
        ("~* +get db=16", "~* +get resetdbs", Equal, ["", ""]),
        ("+flushall db=1", "+flushall resetdbs", Equal, ["", ""]),
        ("+flushall", "+flushall db=1 (+flushall db=0)", Wider, ["FLUSHALL", ""]),
        // a word that is no database is none of a database's
        ("+select|foo db=1", "db=1", Wider, ["SELECT foo", ""]),
        ("+select|1 db=2", "db=2", Equal, ["", ""]),
        ("+select|1 db=1,2", "db=1,2", Wider, ["SELECT 1", ""]),
    ] {
        assert_told("valkey-9.1", first, second, relation, witnesses);
    }
    let comparison = compare(&user("valkey-9.1", "~* +get db=1,2"), &user("valkey-9.1", "~* +get db=1"));
    assert_eq!(comparison.only_first().witness().map(|witness| witness.database()), Some(2));
}

#[test]
fn sort_by_patterns_needs_all_keys() {
    assert_told("redis-7.2", "~* +sort", "~?* ~** +sort", Wider, ["SORT \"\"", ""]);
    let (relation, only_first, _) = told("redis-7.2", "%R~* +sort_ro", "%R~?* +sort_ro");
    assert_eq!((relation, &*only_first), (Wider, "SORT_RO a BY *"));
}

#[test]
fn what_could_not_be_told_is_not_nothing() {
    let (one, other) = (user("redis-7.2", "~?x +get"), user("redis-7.2", "~[a-m]x ~[^a-m]x +get"));
    let undecided = compare_within(3, &one, &other);
    let excess = undecided.only_first();
    assert!(excess.is_undecided() && !excess.is_none() && !excess.is_found(), "{excess:?}");
    assert!(undecided.relation() == Relation::Undecided && !undecided.is_equal(), "{undecided:?}");
    // one side is enough
    let narrower = user("redis-7.2", "~ax +get");
    let halves = (0..200).map(|work| compare_within(work, &one, &narrower));
    let mut halves = halves.filter(|half| half.only_first().is_undecided() && half.only_second().is_none());
    assert_eq!(halves.next().expect("one that is harder").relation(), Relation::Undecided);
    let decided = compare(&one, &other);
    assert!(decided.only_first().is_none() && !decided.only_first().is_found(), "{decided:?}");
    let more = compare(&other, &user("redis-7.2", "~ax +get"));
    assert!(!more.only_first().is_none() && more.only_first().is_found(), "{more:?}");
}

#[test]
fn commands_to_come_count() {
    let all: Vec<_> =
        Catalog::from(Engine::Redis7_2).commands().map(|command| format!("+{}", command.name())).collect();
    let listed = user("redis-7.2", &format!("~* &* {}", all.join(" ")));
    let granted = user("redis-7.2", "~* &* +@all");
    let comparison = compare(&granted, &listed);
    assert_eq!(comparison.relation(), Wider);
    assert!(comparison.only_first().future_commands() && comparison.only_first().witness().is_none());
    // and on which keys
    assert_eq!(told("redis-7.2", "~* &* +@all", "~* &* -@all (~a +@all)").0, Wider);
}

#[test]
fn commands_of_ones_own_are_compared() {
    use redis_acl::{FindKeys, KeyFlags, KeySpec, NewCommand, StartSearch};

    static KEY: [KeySpec; 1] = [KeySpec {
        flags: KeyFlags::RW.and(KeyFlags::ACCESS).and(KeyFlags::UPDATE),
        start: StartSearch::Index(1),
        find: FindKeys::Range { last: 0, step: 1, limit: 0 },
    }];
    let lock = NewCommand::new("app.lock", 3).flags(&["write", "fast"]).key_specs(&KEY);
    let catalog = Catalog::from(Engine::Redis7_2).with_commands([lock]).expect("a command");
    let user = |rules| User::parse_with(&catalog, rules).expect("rules");
    let comparison = compare(&user("~job:* +app.lock"), &user("%R~job:* +@write"));
    assert_eq!(comparison.only_first().witness().expect("a request").to_string(), "APP.LOCK job: 1");
    assert_eq!(compare(&user("~job:* +app.lock"), &user("~job:* +@write")).relation(), Narrower);
    // of two catalogues, the one without the command does not allow it, whatever is known of its dialect already
    let plain = User::parse(Engine::Redis7_2, "~job:* +@write").expect("rules");
    assert_eq!(compare(&plain, &plain).relation(), Equal);
    assert_eq!(compare(&plain, &user("~job:* +@write -app.lock")).relation(), Equal);
    assert_eq!(compare(&plain, &user("~job:* +@write")).relation(), Narrower);
    assert_eq!(compare(&user("~job:* +@write"), &plain).relation(), Wider);
}

#[test]
fn logins_count() {
    for (first, second, relation) in [
        ("on +get", "off +get", Wider),
        ("on nopass", "on >secret", Wider),
        ("on >secret", "on >secret >other", Narrower),
        ("on >secret", "on >other", Incomparable),
        ("on skip-sanitize-payload", "on", Wider),
    ] {
        let comparison = compare(&user("redis-7.2", first), &user("redis-7.2", second));
        assert_eq!(comparison.relation(), relation, "{first} / {second}");
        let shown = format!("{comparison:?}");
        assert!(!shown.contains("secret") && !shown.contains("2bb80d53"), "{shown}");
        assert_eq!(comparison.is_equal(), relation == Equal);
    }
}

#[test]
fn what_logins_are_lost_is_told() {
    let excess = |first: &str, second: &str| {
        let comparison = compare(&user("redis-7.2", first), &user("redis-7.2", second));
        let excess = comparison.only_first();
        assert!(!excess.future_commands() && excess.witness().is_none());
        (excess.is_enabled(), excess.accepts_any_password(), excess.passwords(), excess.skips_sanitizing())
    };
    for (first, second, lost) in [
        ("on", "off", (true, false, 0, false)),
        ("on", "on", (false, false, 0, false)),
        ("off", "off", (false, false, 0, false)),
        ("nopass", ">secret", (false, true, 0, false)),
        ("nopass", "nopass", (false, false, 0, false)),
        (">secret >other", ">other", (false, false, 1, false)),
        (">secret >other", "", (false, false, 2, false)),
        (">secret", "nopass", (false, false, 0, false)),
        ("skip-sanitize-payload", "", (false, false, 0, true)),
        ("skip-sanitize-payload", "skip-sanitize-payload", (false, false, 0, false)),
    ] {
        assert_eq!(excess(first, second), lost, "{first} / {second}");
    }
}

#[test]
fn two_dialects_are_compared() {
    let of = |a: &str, b: &str, rules: &str| -> Comparison { compare(&user(a, rules), &user(b, rules)) };
    // channels of new users
    let comparison = of("redis-6.2", "redis-7.0", "on ~* +publish");
    assert_eq!(comparison.only_first().witness().expect("a channel").to_string(), "PUBLISH a 1");
    assert_eq!(of("redis-7.2", "valkey-7.2", "on ~* &* +@all").relation(), Equal);
    // containers lost their categories
    let comparison = of("redis-6.2", "redis-7.0", "on ~* &* +@pubsub");
    assert_eq!(comparison.only_first().witness().expect("a container").to_string(), "PUBSUB HELP");
    let comparison = of("redis-7.2", "redis-7.4", "on ~* +@hash");
    assert_eq!(comparison.relation(), Narrower);
}

#[test]
fn a_difference_is_told_in_lines() {
    for (first, second, told) in [
        ("~a +get", "+get ~a", "both users have the same permissions"),
        (
            "on ~* &* +get",
            "on ~a &b +get",
            "OLD can do everything that NEW can, and more
  - more with 1 command: get
  - keys ~*
  - channels &*
  - for example: GET b",
        ),
        (
            "~a* %R~b &x* +get (~z +set)",
            "~a1 %W~b ~c &x1 &y +get (~c &y +get)",
            "OLD and NEW each allow something that the other does not
  + more with 1 command: get
  + keys %W~b ~c
  + channels &y
  + for example: GET c
  - 1 command
      write: set
  - more with 1 command: get
  - keys ~a* %R~b ~z
  - channels &x*
  - for example: GET a",
        ),
        (
            "%R~a (~a &n) +get",
            "~a ~ab &m (&m +publish) +get +set",
            "NEW can do everything that OLD can, and more
  + 2 commands
      write: set
      pubsub: publish
  + more with 1 command: get
  + keys %W~a ~ab
  + channels &m
  + for example: GET ab",
        ),
        (
            "~a +get|x +set",
            "~a +get +auth +set|1",
            "OLD and NEW each allow something that the other does not
  + more with 1 command: get
  + for example: GET a
  - more with 1 command: set
  - for example: SET a 1",
        ),
        (
            "on nopass ~a +get",
            "off >x skip-sanitize-payload ~a +get",
            "OLD and NEW each allow something that the other does not
  + RESTORE payloads are not sanitized (skip-sanitize-payload)
  - can log in (on)
  - any password is accepted (nopass)",
        ),
    ] {
        let difference = difference(&user("redis-7.2", first), &user("redis-7.2", second));
        assert_eq!(difference.to_string(), told, "{first} / {second}");
        let back = self::difference(&user("redis-7.2", second), &user("redis-7.2", first));
        assert_eq!((back.gained(), back.lost()), (difference.lost(), difference.gained()));
    }
    let (old, new) = (user("redis-7.2", "~a &x +get"), user("redis-7.2", "~a ~b &x &y +get +@transaction"));
    let difference = difference(&old, &new);
    let gained = difference.gained();
    assert_eq!(
        (gained.extended(), gained.keys(), gained.channels()),
        (&["get"][..], &["~b".to_owned()][..], &["&y".to_owned()][..])
    );
    let commands: Vec<_> = gained.commands().iter().flat_map(|group| group.commands()).collect();
    assert_eq!(commands, [&"discard", &"exec", &"multi", &"unwatch", &"watch"]);
}

#[test]
fn so_many_selectors_as_a_set_has_bits_are_compared() {
    let one = user("redis-7.2", "~7 +set");
    for (count, relation) in [(127, Narrower), (128, Relation::Undecided)] {
        let selectors: Vec<_> = (0..count).map(|number| format!("(~{number} +set)")).collect();
        assert_eq!(compare(&one, &user("redis-7.2", &selectors.join(" "))).relation(), relation, "{count}");
    }
}

/// So many rules of a kind as a megabyte holds, or as are soon undecided.
#[test]
fn hostile_users_are_compared_soon_or_not_at_all() {
    let many = |rule: &dyn Fn(usize) -> String, count| {
        let rules: Vec<_> = (0..count).map(rule).collect();
        user("redis-7.2", &format!("~* +get {}", rules.join(" ")).replace("~* +get ~", "+get ~"))
    };
    let kinds: [(&dyn Fn(usize) -> String, usize); 5] = [
        (&|number| format!("~key:{number}:*"), 20_000),
        (&|number| format!("~*a{number}z*"), 3_000),
        (&|number| format!("+select|{number}"), 20_000),
        (&|number| format!("(~a{number} +set)"), 1_000),
        (&|number| format!("(~{number}:* +mset)"), 100),
    ];
    for (rule, count) in kinds {
        let (all, most) = (many(rule, count), many(rule, count - 1));
        let started = std::time::Instant::now();
        assert_eq!(compare(&all, &all).relation(), Equal, "{}", rule(0));
        let relation = compare(&most, &all).relation();
        assert!([Narrower, Relation::Undecided].contains(&relation), "{}: {relation:?}", rule(0));
        println!("{}: {relation:?} after {:?}", rule(0), started.elapsed());
    }
}
