//! Strings under another engine.

use redis_acl::compare::{Upgrade, compare_within, upgrade};
use redis_acl::{Dialect, Relation, User, compare, glob};

#[track_caller]
fn upgraded(from: &str, to: &str, text: &str) -> Upgrade {
    let [from, to] = [from, to].map(|name| name.parse::<Dialect>().expect("a dialect"));
    upgrade(text, from, to).unwrap_or_else(|errors| panic!("{text}: {errors}"))
}

#[test]
fn the_same_string_can_lose_channels() {
    let upgrade = upgraded("redis-6.2", "redis-7.0", "on ~app:* -@all +publish");
    let difference = upgrade.same().expect("7.0 takes it");
    // 7.0 lets every user send RESET
    assert_eq!(difference.comparison().relation(), Relation::Incomparable);
    assert_eq!(difference.comparison().only_second().witness().expect("RESET").to_string(), "RESET");
    assert_eq!(difference.lost().channels(), ["&*"]);
    assert_eq!(upgrade.exact().expect("a string").text(), "on ~app:* &* -@all +publish");
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
    let gained = upgrade.same().expect("7.4 takes it").gained();
    let names: Vec<_> = gained.commands().iter().flat_map(|group| group.commands()).copied().collect();
    assert_eq!(names.len(), 9, "{names:?}");
    let exact = upgrade.exact().expect("a string");
    assert!(exact.difference().comparison().is_equal(), "{}", exact.text());
}

#[test]
fn commands_of_modules_come_with_redis_8() {
    let upgrade = upgraded("redis-7.4", "redis-8.0+json", "on ~app:* -@all +@read");
    let gained = upgrade.same().expect("8.0 takes it").gained();
    let mut names = gained.commands().iter().flat_map(|group| group.commands());
    assert!(names.any(|name| *name == "json.get"), "{gained:?}");
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
        "redis-7.4 cannot express this user: whether it would grant more could not be told"
    );
}

#[test]
fn an_upgrade_is_told_in_lines() {
    assert_eq!(
        upgraded("redis-7.2", "redis-6.2", "on %RW~a +get").to_string(),
        "the same string is refused
  redis-6.2 has no `%R~` and `%W~`
to grant the same: on ~a resetchannels -@all +get"
    );
    assert_eq!(
        upgraded("redis-7.2", "redis-6.2", "on ~a +get %R~b").to_string(),
        "the same string is refused
  redis-6.2 has no `%R~` and `%W~`
redis-6.2 cannot express this user: it has no key permissions such as `%R~b`"
    );
    let told = upgraded("redis-7.2", "redis-7.4", "on ~a +@hash").to_string();
    let (same, exact) = told.rsplit_once('\n').expect("two lines");
    assert!(
        same.starts_with(
            "the same string: the second may do all that the first may, and more\n  + 9 commands"
        )
    );
    assert!(exact.starts_with("to grant the same: on ~a -@all +@hash -hexpire -hexpireat"), "{exact}");
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
            assert_eq!(&comparison, found.difference().comparison(), "{text}");
            let gained = comparison.only_second();
            assert!(
                !gained.is_undecided() && !gained.future_commands(),
                "{from} {to} {text}: {}",
                found.text()
            );
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
