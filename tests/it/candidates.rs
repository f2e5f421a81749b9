//! Strings that several engines may read: what is written in their place is equivalent on each of them, and what a gate
//! passes is new access on none.

use std::path::Path;

use redis_acl::document::{
    CompareOptions, Document, Kind, NewAccess, PasswordChanges, Passwords, Target, TargetForm, changes,
};
use redis_acl::lint::{Config, Level, fixed_on, lint_on};
use redis_acl::{Dialect, Dialects, Engine, Relation, User, compare, glob};

use crate::compare_exact::random::Random;

/// How many random strings, or pairs of them, each law is asked about.
const STRINGS: usize = 500;

const SETS: [&str; 8] = [
    "elasticache/any",
    "elasticache/redis",
    "elasticache/valkey",
    "memorydb/any",
    "redis-6.2..7.2",
    "valkey",
    "redis-7.0,valkey-8.1",
    "redis-6.0,redis-8.4",
];

/// Commands whose categories change between versions, and others.
const COMMANDS: [&str; 22] = [
    "get",
    "set",
    "geosearchstore",
    "hexpire",
    "hsetex",
    "function",
    "flushall",
    "eval",
    "publish",
    "config",
    "sort",
    "select",
    "@read",
    "@write",
    "@scripting",
    "@geo",
    "@hash",
    "@dangerous",
    "@admin",
    "@keyspace",
    "@blocking",
    "@connection",
];

const PATTERNS: [&str; 6] = ["~*", "~app:*", "~app:1", "%R~x", "&*", "&news"];

/// Commands to try, with their arguments.
const REQUESTS: [&[&str]; 14] = [
    &["GET", "app:1"],
    &["SET", "app:1", "v"],
    &["GEOSEARCHSTORE", "app:1", "app:2", "FROMMEMBER", "m", "BYRADIUS", "1", "m"],
    &["HEXPIRE", "app:1", "1", "FIELDS", "1", "f"],
    &["FUNCTION", "FLUSH"],
    &["FUNCTION", "DELETE", "l"],
    &["SCRIPT", "SHOW", "s"],
    &["FLUSHALL"],
    &["EVAL", "return 1", "0"],
    &["PUBLISH", "news", "m"],
    &["CONFIG", "SET", "a", "b"],
    &["SORT", "app:1"],
    &["SELECT", "1"],
    &["INFO"],
];

fn string(random: &mut Random) -> String {
    let mut rules = vec!["on".to_owned()];
    for _ in 0..random.below(7) {
        let sign = if random.below(3) == 0 { '-' } else { '+' };
        rules.push(match random.below(5) {
            0 => random.pick(&PATTERNS).to_owned(),
            1 => format!("{sign}@all"),
            _ => format!("{sign}{}", random.pick(&COMMANDS)),
        });
    }
    rules.join(" ")
}

fn set(text: &str) -> Dialects {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The engines of the set that accept the string.
fn accepting(text: &str, dialects: &Dialects) -> Vec<Dialect> {
    dialects.iter().filter(|dialect| User::parse(*dialect, text).is_ok()).collect()
}

#[track_caller]
fn is_nowhere_wider(old: &str, new: &str, dialects: &[Dialect]) {
    for dialect in dialects {
        let user =
            |text| User::parse(*dialect, text).unwrap_or_else(|errors| panic!("{dialect} {text}: {errors}"));
        let (before, after) = (user(old), user(new));
        let relation = compare(&before, &after).relation();
        assert!(
            matches!(relation, Relation::Equal | Relation::Wider),
            "{dialect}: {old} -> {new}: {relation:?}"
        );
        for request in REQUESTS {
            let is_new = after.check(request).is_allowed() && !before.check(request).is_allowed();
            assert!(!is_new, "{dialect}: {old} -> {new} allows {request:?}");
        }
    }
}

#[test]
fn what_is_formatted_is_equivalent_on_every_engine_that_may_read_it() {
    let mut random = Random::new(12);
    let mut written = 0;
    for _ in 0..STRINGS {
        let (text, dialects) = (string(&mut random), set(random.pick(&SETS)));
        for form in [TargetForm::Canonical, TargetForm::Simplified] {
            let target = Target { form, passwords: Passwords::Kept };
            let Ok(new) = target.string(&text, &dialects) else { continue };
            written += 1;
            is_nowhere_wider(&text, &new, &accepting(&text, &dialects));
            is_nowhere_wider(&new, &text, &accepting(&text, &dialects));
            assert_eq!(target.string(&new, &dialects).as_ref(), Ok(&new), "{dialects}: {text}");
        }
    }
    assert!(written > 20, "only {written} strings were written");
}

#[test]
fn what_is_fixed_is_equivalent_on_these_engines_and_grants_nothing_more_on_later_ones() {
    let mut random = Random::new(13);
    let mut fixed = 0;
    for _ in 0..STRINGS {
        let (text, dialects) = (string(&mut random), set(random.pick(&SETS)));
        let new = fixed_on(&text, &dialects, &Config::new());
        if new == text {
            continue;
        }
        fixed += 1;
        is_nowhere_wider(&text, &new, &accepting(&text, &dialects));
        is_nowhere_wider(&new, &text, &accepting(&text, &dialects));
        assert_eq!(accepting(&text, &dialects), accepting(&new, &dialects), "{text} -> {new}");
        let later: Vec<_> = dialects.iter().flat_map(Dialect::later).collect();
        let later: Vec<_> = later.into_iter().filter(|later| User::parse(*later, &text).is_ok()).collect();
        is_nowhere_wider(&text, &new, &later);
    }
    assert!(fixed > 5, "only {fixed} strings were fixed");
}

/// The users of a file that holds the string as its only user's, for a set of engines.
fn access(old: &str, new: &str, dialects: &Dialects) -> NewAccess {
    let path = Path::new("users.acl");
    let (old, new) = (format!("user a {old}\n"), format!("user a {new}\n"));
    let users = |text: &str| Document::read(path, text.as_bytes(), Kind::AclFile, Some(dialects)).users();
    let options = CompareOptions { work: glob::WORK, passwords: PasswordChanges::Count };
    let (old, new) = (users(&old), users(&new));
    let found = changes(options, &old, &new);
    let of_a = found.iter().find(|change| change.address() == "a");
    of_a.map_or(NewAccess::None, |change| change.new_access)
}

#[test]
fn no_pass_of_the_gate_is_contradicted_on_any_engine() {
    let mut random = Random::new(14);
    let servers = ["redis-6.2..7.2", "valkey", "redis-7.0,valkey-8.1", "redis-6.0,redis-8.4"];
    let mut passed = 0;
    for _ in 0..STRINGS {
        let (old, dialects) = (string(&mut random), set(random.pick(&servers)));
        let new = format!("{old} {}", string(&mut random).trim_start_matches("on "));
        let both: Vec<_> = accepting(&old, &dialects)
            .into_iter()
            .filter(|dialect| User::parse(*dialect, &new).is_ok())
            .collect();
        if both.is_empty() || access(&old, &new, &dialects) != NewAccess::None {
            continue;
        }
        passed += 1;
        is_nowhere_wider(&old, &new, &both);
    }
    assert!(passed > 3, "only {passed} changes passed");
}

/// Pairs of which the second rule does nothing today, and holds back commands of a later version.
#[test]
fn a_deny_that_holds_back_commands_of_later_versions_stays() {
    for (dialects, text) in [
        ("elasticache/any", "on ~a* -@all +@write -@scripting"),
        ("elasticache/redis-6.2", "on ~a* -@all +@write -@scripting"),
        ("redis-6.2", "on ~a* -@all +@scripting -@write"),
        ("redis-6.2", "on ~a* -@all +@keyspace -@admin"),
        ("redis-7.2", "on ~a* -@all +@blocking -@connection"),
    ] {
        let dialects = set(dialects);
        let new = fixed_on(text, &dialects, &Config::new());
        let later: Vec<_> = dialects.iter().chain(dialects.iter().flat_map(Dialect::later)).collect();
        let later: Vec<_> = later.into_iter().filter(|later| User::parse(*later, text).is_ok()).collect();
        is_nowhere_wider(text, &new, &later);
    }
}

#[test]
fn what_some_engines_reject_is_a_hint_and_what_all_reject_an_error() {
    let levels = |text: &str, dialects: &str| -> Vec<(&str, Level)> {
        let findings = lint_on(text, &set(dialects), &Config::new());
        findings.iter().map(|finding| (finding.lint().id(), finding.level())).collect()
    };
    for text in ["on ~* &* +@all", "on %R~app:* -@all +@read", "on ~a +@read (~b +@write)"] {
        let levels = levels(text, "elasticache/any");
        assert!(levels.iter().all(|(_, level)| *level < Level::Error), "{text}: {levels:?}");
        assert!(levels.contains(&("newer-syntax", Level::Hint)), "{text}: {levels:?}");
    }
    assert!(levels("on ~a +@raed", "elasticache/any").contains(&("unknown-category", Level::Error)));
    // each engine rejects it for another reason
    assert!(
        levels("on ~a alldbs +hotkeys", "redis-7.2,valkey-9.1")
            .iter()
            .any(|(_, level)| *level == Level::Error)
    );
    let findings = lint_on("on ~* &* +@all", &set("elasticache/redis"), &Config::new());
    let newer = findings.iter().find(|finding| finding.lint().id() == "newer-syntax").expect("a finding");
    assert_eq!(newer.dialects().map(ToString::to_string).as_deref(), Some("elasticache/redis-6.0"));
}

#[test]
fn what_aws_documented_for_redis_6_0_is_never_written() {
    let target = Target { form: TargetForm::Canonical, passwords: Passwords::Kept };
    for dialects in ["elasticache", "elasticache/redis-6.0", "elasticache/redis", "elasticache/any"] {
        let text = "on ~app::* -@all +@read";
        assert_eq!(target.string(text, &set(dialects)).as_deref(), Ok(text), "{dialects}");
        assert_eq!(target.string(" +@read on  ~app::* ", &set(dialects)).as_deref(), Ok(text), "{dialects}");
    }
    // on servers there is no form that all of them print
    assert!(target.string("on ~a +get", &Dialects::servers()).is_err());
    assert!(target.string("on ~a +get", &Engine::Redis6_0.into()).is_ok());
}
