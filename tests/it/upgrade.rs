//! Strings under another engine.

use proptest::collection::vec;
use proptest::prelude::*;
use redis_acl::compare::{Upgrade, compare_within, upgrade};
use redis_acl::{Dialect, Relation, User, compare, glob};

use crate::properties::{argument, dialect};

#[track_caller]
fn upgraded(from: &str, to: &str, text: &str) -> Upgrade {
    let [from, to] = [from, to].map(|name| name.parse::<Dialect>().expect("a dialect"));
    upgrade(text, from, to).unwrap_or_else(|errors| panic!("{text}: {errors}"))
}

#[test]
fn the_same_string_can_lose_channels() {
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on ~app:* -@all +publish");
    let same = upgrade.same().expect("7.0 accepts it");
    // that 7.0 lets every user send RESET does not count
    assert_eq!(same.comparison().relation(), Relation::Wider);
    assert_eq!(same.comparison().only_first().witness().expect("a loss").to_string(), "PUBLISH a 1");
    assert_eq!(same.lost().channels(), ["&*"]);
    assert_eq!(upgrade.exact().expect("a string").text(), "on ~app:* &* -@all +publish");
    assert_eq!(upgrade.lossless().expect("a string").text(), "on ~app:* -@all +publish &*");
}

fn names(groups: &[redis_acl::catalog::CommandGroup]) -> Vec<&'static str> {
    groups.iter().flat_map(|group| group.commands()).copied().collect()
}

#[test]
fn what_no_rule_decides_does_not_count() {
    // AUTH, HELLO, QUIT and RESET; `post` and `host:`
    for (from, to, text) in [
        ("redis-6.2", "redis-7.0", "on ~app:* &* +get +set"),
        ("redis-6.2", "redis-7.2", "on ~* &* +@all"),
        ("redis-6.2", "redis-7.2", "on ~a &* -@all"),
        ("redis-6.0", "redis-6.2", "on ~* +@all"),
        ("redis-6.2", "redis-7.0", "on ~a &* -@all +@string -@connection"),
        ("redis-7.0", "redis-6.2", "on ~a resetchannels +get"),
        ("elasticache/redis-6.2", "elasticache/redis-7.1", "on ~* +@all"),
        ("elasticache", "elasticache/redis-6.2", "on ~* +@all"),
        ("redis-7.4", "valkey-9.1", "on ~* &* +@all"),
    ] {
        let upgrade = upgraded(from, to, text);
        let same = upgrade.same().expect("it is accepted");
        assert!(same.is_same(), "{from} {to} {text}: {same}");
        assert!(!names(same.gone_commands()).iter().any(|name| ["post", "host:"].contains(name)));
    }
    // but a rule about RESET, which 6.2 obeys, is one about an existing command on the way down only
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on ~a &* +get +client");
    assert!(upgrade.same().expect("it is accepted").is_same());
}

#[test]
fn commands_of_one_engine_are_apart() {
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on ~* &* +@all");
    let same = upgrade.same().expect("7.0 accepts it");
    assert_eq!(names(same.gone_commands()), ["stralgo"]);
    assert!(names(same.new_commands()).contains(&"lcs"));
    let upgrade = upgraded("redis-7.4", "valkey-8.0", "on ~a +@hash");
    let same = upgrade.same().expect("8.0 accepts it");
    assert!(same.is_same() && names(same.gone_commands()).contains(&"hexpire"));
    assert_eq!(
        upgraded("redis-7.4", "redis-7.2", "on ~a +hexpire +get").to_string(),
        "the same string is rejected
  redis-7.2 has no command `hexpire`
to grant the same: on ~a -@all +get
to lose nothing: on ~a -@all +get"
    );
}

#[test]
fn access_to_commands_that_both_have_counts() {
    for (from, to, text, gained, lost) in [
        // `-@dangerous` denies CLIENT on 6.2, and few of its subcommands since 7.0
        ("redis-6.2", "redis-7.2", "on ~a &* +@connection -@dangerous", true, false),
        ("redis-6.2", "redis-7.2", "on ~a &* -@all +@read", false, true),
        ("redis-6.2", "redis-7.0", "on ~a +subscribe", false, true),
        ("memorydb/redis-7.1", "elasticache/redis-7.1", "on ~a +publish", true, false),
    ] {
        let upgrade = upgraded(from, to, text);
        let same = upgrade.same().expect("it is accepted");
        let comparison = same.comparison();
        assert_eq!(
            (comparison.only_second().is_found(), comparison.only_first().is_found()),
            (gained, lost),
            "{text}: {same}"
        );
        assert!(!same.is_same());
    }
}

#[test]
fn examples_are_about_data_where_they_can_be() {
    for (from, to, text, example) in [
        ("redis-6.2", "redis-7.0", "on ~* +@all", "PUBLISH a 1"),
        ("redis-7.0", "redis-6.2", "on ~* resetchannels +publish +ping", "PUBLISH a 1"),
    ] {
        let (old, new) = (upgraded(from, to, text), upgraded(to, from, text));
        for upgrade in [old, new] {
            let same = upgrade.same().expect("it is accepted");
            let sides = [same.comparison().only_first(), same.comparison().only_second()];
            let shown: Vec<_> =
                sides.into_iter().filter_map(|side| side.witness()).map(ToString::to_string).collect();
            assert!(shown.is_empty() || shown == [example], "{from} {to} {text}: {shown:?}");
        }
    }
}

#[test]
fn the_lossless_string_is_the_given_one_with_as_little_added_as_possible() {
    for (from, to, text, lossless) in [
        ("redis-6.2", "redis-7.2", "on ~app:* +@all -sort", "on ~app:* +@all -sort &*"),
        ("redis-6.2", "redis-7.2", "on ~a &* -@all +@read", "on ~a &* -@all +@read +memory +object +xinfo"),
        ("redis-7.2", "redis-7.4", "on ~a +@hash", "on ~a +@hash"),
        (
            "redis-6.2",
            "redis-7.2",
            "on >secret ~a +get",
            "on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~a +get",
        ),
        ("redis-6.2", "memorydb/redis-7.1", "on >secret ~a +publish", "on ~a +publish &*"),
        // rejected there: a translation
        ("redis-7.2", "redis-6.2", "on %RW~a &news +publish", "on ~a resetchannels &news -@all +publish"),
    ] {
        let upgrade = upgraded(from, to, text);
        let found = upgrade.lossless().expect(text);
        assert_eq!(found.text(), lossless, "{from} {to}");
        assert!(found.transition().loses_nothing() || text.contains("@all"), "{}", found.transition());
    }
}

#[test]
fn what_no_rule_can_keep_is_listed_with_the_lossless_string() {
    let upgrade = upgraded("redis-6.2", "redis-7.2", "on ~a* &* +sort +get");
    let lossless = upgrade.lossless().expect("a string");
    assert_eq!(lossless.text(), "on ~a* &* +sort +get");
    // `SORT … BY` needs all keys since 7.0
    assert_eq!(lossless.transition().lost().extended(), ["sort"]);
}

#[test]
fn notes_say_on_what_channels_rest_where_that_differs() {
    let upgrade = upgraded("elasticache/redis-7.1", "memorydb/redis-7.1", "on ~* +@all");
    assert_eq!(
        upgrade.notes(),
        [
            "elasticache/redis-7.1: no channel rule: all channels, the default of acl-pubsub-default on ElastiCache, which can be changed",
            "memorydb/redis-7.1: no channel rule: no channels, as MemoryDB reads back `resetchannels`"
        ]
    );
    assert!(upgraded("elasticache/redis-6.2", "elasticache/redis-7.1", "on ~* +@all").notes().is_empty());
}

#[test]
fn containers_keep_what_their_categories_gave() {
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on -@all +@connection -auth +config|get +config|SET");
    let exact = upgrade.exact().expect("a string");
    let new = User::parse("redis-7.0".parse::<Dialect>().unwrap(), exact.text()).expect("read");
    assert!(new.check(&["CLIENT", "LIST"]).is_allowed(), "{}", exact.text());
    assert!(new.check(&["CONFIG", "SET", "a", "b"]).is_allowed());
    assert!(!new.check(&["CONFIG", "REWRITE"]).is_allowed());
    assert!(!new.check(&["SELECT", "0"]).is_allowed(), "it was in @keyspace: {}", exact.text());
}

#[test]
fn new_commands_of_granted_categories_are_gained_and_can_be_left_out() {
    let upgrade = upgraded("redis-7.2", "redis-7.4", "on ~app:* -@all +@hash");
    let new = names(upgrade.same().expect("7.4 accepts it").new_commands());
    assert_eq!(new.len(), 9, "{new:?}");
    let exact = upgrade.exact().expect("a string");
    assert!(exact.difference().comparison().is_equal(), "{}", exact.text());
}

#[test]
fn commands_of_modules_come_with_redis_8() {
    let upgrade = upgraded("redis-7.4", "redis-8.0+json", "on ~app:* -@all +@read");
    let new = names(upgrade.same().expect("8.0 accepts it").new_commands());
    assert!(new.contains(&"json.get"), "{new:?}");
    assert_eq!(upgrade.exact().expect("a string").text(), "on ~app:* -@all +@read -@json");
}

#[test]
fn subcommands_become_first_arguments_on_the_way_down() {
    let upgrade = upgraded("redis-7.2", "redis-6.2", "on ~* -@all +config|get +config|set +get");
    assert!(upgrade.same().is_ok());
    assert_eq!(
        upgrade.exact().expect("a string").text(),
        "on ~* resetchannels -@all +get +config|get +config|set"
    );
}

#[test]
fn what_an_engine_cannot_say_is_refused() {
    for (from, to, text, says) in [
        (
            "redis-7.2",
            "redis-6.2",
            "on %R~a +get",
            "redis-6.2 cannot express this user: it has no key permissions",
        ),
        ("redis-7.2", "redis-6.2", "on ~a +get (~b +set)", "it has no selectors"),
        ("redis-7.2", "redis-6.0", "on ~a &news +subscribe", "it would also allow"),
        ("valkey-9.1", "valkey-9.0", "on ~a +get db=1", "it would also allow"),
    ] {
        match upgraded(from, to, text).exact() {
            Err(error) => assert!(error.to_string().contains(says), "{text}: {error}"),
            // a command that the engine cannot bound is left out, where that is all
            Ok(exact) => {
                assert!(says.contains("also") && !exact.difference().lost().commands().is_empty(), "{text}")
            }
        }
    }
}

#[test]
fn what_is_written_instead_says_the_same() {
    for (from, to, text, exact) in [
        ("redis-7.2", "redis-8.0", "on %RW~* +get", "on %RW~* -@all +get"),
        ("redis-7.2", "redis-6.2", "on %RW~* +get", "on ~** resetchannels -@all +get"),
        ("redis-7.2", "redis-8.0", "on ~* +get", "on ~* -@all +get"),
        (
            "redis-7.2",
            "valkey-8.0",
            "on ~a +get (~b +set) (%R~c +get)",
            "on ~a -@all +get (~b +set) (%R~c +get)",
        ),
        // a selector that allows no command is none
        ("redis-7.2", "redis-7.4", "on ~a +get (~b)", "on ~a -@all +get"),
        (
            "redis-6.2",
            "redis-7.0",
            "on skip-sanitize-payload ~a &* +get",
            "on skip-sanitize-payload ~a &* -@all +get",
        ),
        (
            "valkey-9.1",
            "valkey-9.1",
            "on ~a +get db=1,2 (~b +set db=3)",
            "on ~a db=1,2 -@all +get (~b db=3 +set)",
        ),
        ("valkey-9.1", "valkey-9.1", "on ~a +get resetdbs", "on ~a resetdbs -@all +get"),
        (
            "redis-7.2",
            "redis-6.2",
            "on ~a +command|count +command|docs",
            "on ~a resetchannels -@all +command|count +command|docs",
        ),
        ("redis-7.2", "redis-6.2", "on ~a +command +get", "on ~a resetchannels -@all +get +command"),
        (
            "redis-7.2",
            "redis-6.2",
            "on ~a +config|get +config|set +config|help +config|resetstat +config|rewrite",
            "on ~a resetchannels -@all +config",
        ),
        (
            "redis-7.2",
            "redis-7.2",
            "on ~a &* +@all -get -set +set|x -config|set",
            "on ~a &* +@all -config|set -get -set +set|x",
        ),
        (
            "redis-6.2",
            "redis-7.2",
            "on ~a resetchannels +object|encoding +client|list +get|x",
            "on ~a -@all +client|list +object|encoding +get|x",
        ),
    ] {
        let upgrade = upgraded(from, to, text);
        assert_eq!(upgrade.exact().map(|exact| exact.text()), Ok(exact), "{from} {to} {text}");
    }
}

#[test]
fn what_could_not_be_told_is_refused() {
    let selectors: Vec<_> = (0..200).map(|n| format!("(~k{n} +get)")).collect();
    let upgrade = upgraded("redis-7.2", "redis-7.4", &format!("on {}", selectors.join(" ")));
    assert_eq!(upgrade.same().expect("7.4 takes it").comparison().relation(), Relation::Undecided);
    assert_eq!(
        upgrade.exact().expect_err("a doubt").to_string(),
        "redis-7.4 cannot express this user: whether it would grant more is inconclusive within the work limit"
    );
}

#[test]
fn an_upgrade_is_told_in_lines() {
    assert_eq!(
        upgraded("redis-7.2", "redis-6.2", "on %RW~a +get").to_string(),
        "the same string is rejected
  redis-6.2 has no `%R~` and `%W~`
to grant the same: on ~a resetchannels -@all +get
to lose nothing: on ~a resetchannels -@all +get"
    );
    assert_eq!(
        upgraded("redis-7.2", "redis-6.2", "on ~a +get %R~b").to_string(),
        "the same string is rejected
  redis-6.2 has no `%R~` and `%W~`
redis-6.2 cannot express this user: it has no key permissions such as `%R~b`
redis-6.2 cannot express this user: it has no key permissions such as `%R~b`"
    );
    assert_eq!(
        upgraded("redis-7.2", "redis-7.4", "on ~a +hget +@hash").to_string(),
        "the same string: it grants the same as before
  + 9 commands that redis-7.2 does not have
      write: hexpire hexpireat hpersist hpexpire hpexpireat
      read: hexpiretime hpexpiretime hpttl httl
to grant the same: on ~a -@all +@hash -hexpire -hexpireat -hexpiretime -hpersist -hpexpire -hpexpireat -hpexpiretime -hpttl -httl
to lose nothing: on ~a +hget +@hash"
    );
}

/// 8.2.9 knows no keys where an option that does not exist stands before `STREAMS`; the command is a syntax error.
#[test]
fn a_command_that_refuses_what_the_new_engine_lets_pass_is_kept() {
    let upgrade = upgraded("redis-8.2", "redis-8.2.9", "on ~a* +xread +georadius");
    let exact = upgrade.exact().expect("a string");
    // GEORADIUS stores by the last of its options, and is no longer asked about the others
    assert_eq!(exact.text(), "on ~a* -@all +xread");
    let more = exact.difference().comparison().only_second();
    assert_eq!(more.witness().expect("no keys").to_string(), "XREAD x STREAMS b 0");
}

/// It makes the destination without asking about it.
#[test]
fn pfmerge_with_one_key_is_more_and_is_left_out() {
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on ~a* &* +pfmerge +get");
    assert_eq!(upgrade.exact().expect("a string").text(), "on ~a* &* -@all +get");
}

#[test]
fn an_upgrade_never_widens() {
    let pairs = [
        ("redis-6.0", "redis-6.2"),
        ("redis-6.2", "redis-7.0"),
        ("redis-6.2", "valkey-9.1"),
        ("redis-7.0", "redis-7.2"),
        ("redis-7.2", "redis-8.4"),
        ("redis-7.2", "redis-7.2.16"),
        ("redis-7.2", "redis-6.2"),
        ("valkey-9.1", "valkey-8.0"),
        ("elasticache", "elasticache/valkey-8.0"),
    ];
    let (mut exact, mut inexpressible) = (0, 0);
    for (from, to) in pairs {
        let [from, to] = [from, to].map(|name| name.parse::<Dialect>().expect("a dialect"));
        for text in include_str!("../corpus/wild-strings.txt").lines().step_by(3) {
            let Ok(upgrade) = upgrade(text, from, to) else { continue };
            let Ok(found) = upgrade.exact() else {
                inexpressible += 1;
                continue;
            };
            exact += 1;
            let old = User::parse(from, text).expect("read before");
            let new =
                User::parse(to, found.text()).unwrap_or_else(|errors| panic!("{}: {errors}", found.text()));
            let comparison = compare(&old, &new);
            let gained = comparison.only_second();
            assert!(
                !gained.is_undecided() && !gained.future_commands(),
                "{from} {to} {text}: {}",
                found.text()
            );
            assert!(found.transition().new_commands().is_empty(), "{from} {to} {text}");
            // what is gained, a user without any rights has as well, or the command refuses it
            if let Some(witness) = gained.witness() {
                let nobody = User::parse(to, "reset").or_else(|_| User::parse(to, "-@all")).expect("a user");
                let command = new.catalog().of_request(witness.request()).expect("a command");
                let lacks_keys = ["migrate", "xread", "xreadgroup"].contains(&command.name())
                    && command.keys(witness.request()).next().is_none();
                assert!(
                    lacks_keys || nobody.check(witness.request()).is_allowed(),
                    "{from} {to} {text}: {witness}"
                );
            }
        }
    }
    assert!(exact > 150, "{exact} {inexpressible}");
}

#[test]
fn bounds_are_kept() {
    let user = |rules| User::parse(redis_acl::Engine::Redis7_2, rules).expect("rules");
    let (old, new) = (user("~?x +get"), user("~[a-m]x ~[^a-m]x +get"));
    assert_eq!(compare_within(3, &old, &new).relation(), Relation::Undecided);
    assert_eq!(compare_within(glob::WORK, &old, &new).relation(), Relation::Equal);
}

/// Commands of many kinds; what an engine opens to every user is not among them.
const TRIED: [&[&str]; 26] = [
    &["GET", "a"],
    &["GET", "b"],
    &["SET", "a", "1"],
    &["MGET", "a", "b"],
    &["COPY", "a", "b"],
    &["HGET", "a", "f"],
    &["HTTL", "a", "FIELDS", "1", "f"],
    &["SORT", "a"],
    &["XADD", "a", "*", "f", "v"],
    &["XREAD", "STREAMS", "a", "0"],
    &["PUBLISH", "c", "x"],
    &["PUBLISH", "ca", "x"],
    &["SUBSCRIBE", "a"],
    &["PSUBSCRIBE", "a*"],
    &["SPUBLISH", "c", "x"],
    &["EVAL", "return 1", "1", "a"],
    &["EVAL_RO", "return 1", "1", "a"],
    &["KEYS", "*"],
    &["FLUSHALL"],
    &["PING"],
    &["SELECT", "0"],
    &["CONFIG", "GET", "x"],
    &["CLIENT", "LIST"],
    &["OBJECT", "ENCODING", "a"],
    &["MEMORY", "USAGE", "a"],
    &["ACL", "WHOAMI"],
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_strings_that_are_offered_keep_what_they_promise(
        (from, to, rules) in (dialect(), dialect()).prop_flat_map(|(from, to)| {
            (Just(from), Just(to), vec(argument(from), 0..8))
        })
    ) {
        let text = rules.join(" ");
        let Ok(upgrade) = upgrade(&text, from, to) else { return Ok(()) };
        let old = User::parse(from, &text).expect("read before");
        let can = |user: &User, request: &[&str]| user.check(request).is_allowed();
        if let Ok(exact) = upgrade.exact() {
            let new = User::parse(to, exact.text()).expect("an offered string is accepted");
            for request in TRIED {
                prop_assert!(!can(&new, request) || can(&old, request), "{text}: {} gains {request:?}", exact.text());
            }
        }
        if let Ok(lossless) = upgrade.lossless() {
            let new = User::parse(to, lossless.text()).expect("an offered string is accepted");
            for request in TRIED {
                let is_there = new.catalog().of_request(request).is_some();
                prop_assert!(
                    !can(&old, request) || can(&new, request) || !is_there,
                    "{text}: {} loses {request:?}", lossless.text()
                );
            }
        }
        if let Ok(same) = upgrade.same() {
            let new = User::parse(to, &text).expect("it is accepted");
            for request in TRIED.into_iter().filter(|_| same.is_same()) {
                let are_there = [&old, &new].iter().all(|user| user.catalog().of_request(request).is_some());
                prop_assert!(!are_there || can(&old, request) == can(&new, request), "{text}: {request:?}");
            }
        }
    }
}
