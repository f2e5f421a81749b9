//! When two strings mean the same.

use redis_acl::{Engine, User};

fn user(rules: &str) -> User {
    User::parse(Engine::Redis7_2, rules).unwrap_or_else(|errors| panic!("{rules}: {errors}"))
}

#[track_caller]
fn same(a: &str, b: &str) {
    assert_eq!(user(a), user(b), "{a} and {b}");
}

#[track_caller]
fn other(a: &str, b: &str) {
    assert_ne!(user(a), user(b), "{a} and {b}");
}

#[test]
fn order_and_repetition_count_for_nothing() {
    same("~a ~b", "~b ~a ~a");
    same(">x >y", ">y >x");
    same("&a &b", "&b &a");
    same("%R~a %W~a", "~a");
    same("(~a +get) (~b +set)", "(~b +set) (~a +get) (~a +get)");
    same("+get +set", "+set +get");
}

#[test]
fn how_a_command_came_to_be_allowed_does_not_matter() {
    same("+@read -@read", "");
    same("+get -set", "+get");
    same("+@all -@all +get", "+get");
    same(
        "+config|get",
        "+config -config|set -config|help -config|resetstat -config|rewrite -config +config|get",
    );
    same("+get +get|x", "+get");
}

#[test]
fn a_list_of_every_command_is_not_all_commands() {
    let catalog = redis_acl::Catalog::from(Engine::Redis7_2);
    let every: Vec<_> = catalog.commands().map(|command| format!("+{}", command.name())).collect();
    let every = every.join(" ");
    assert_eq!(user(&every).selectors().next().unwrap().commands(), &catalog.all());
    other(&every, "+@all");
    same("+@all -get +get", "+@all");
}

#[test]
fn what_matters_matters() {
    other("on", "off");
    other("nopass", "");
    other(">x", ">y");
    other("~a", "%R~a");
    other("~a", "~b");
    other("~*", "%RW~*"); // only the first one reaches the empty key
    other("&a", "&b");
    other("+select|0", "+select|1");
    other("~a", "~a ~b");
    other("~a ~b", "~a");
    other("~a ~c", "~a ~b");
    other("~*", "");
    other("&a", "&a &b");
    other("&a &b", "&a");
    other("&*", "");
    other("skip-sanitize-payload", "");
    other("+@read", "+@read +set");
    other("~a (~b +get)", "~a ~b (~b +get) +get");
}

#[test]
fn selectors_that_allow_nothing_do_not_count() {
    same("(~a) +get", "+get");
    same("() (~a) (~b &c)", "");
    other("~a", ""); // but later rules build on the user's own
}

#[test]
fn users_of_different_dialects_are_different() {
    assert_ne!(User::new(Engine::Redis7_2), User::new(Engine::Valkey7_2));
}

/// Each compared with each, this takes minutes; servers take as many selectors.
#[test]
fn users_of_many_selectors_are_compared_in_no_time() {
    let selector = |number: usize| format!("(~key:{number} +select|{number} +get)");
    let rules =
        |numbers: &mut dyn Iterator<Item = usize>| numbers.map(selector).collect::<Vec<_>>().join(" ");
    let (there, back) = (user(&rules(&mut (0..5_000))), user(&rules(&mut (0..5_000).rev())));
    let started = std::time::Instant::now();
    assert_eq!(there, back);
    assert_ne!(there, user(&rules(&mut (1..5_001))));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn selectors_are_told_apart_by_each_of_their_parts() {
    let parts = [
        "~a +get",
        "%R~a +get",
        "~a &c +get",
        "~a allchannels +get",
        "~* +get",
        "%RW~* +get",
        "~a +get +set",
    ];
    let more = ["~a +@all", "~a +select|0", "~a +select|1", "~a +select|0 +select|1"];
    let all: Vec<_> = parts.iter().chain(&more).collect();
    for (place, one) in all.iter().enumerate() {
        for (other_place, two) in all.iter().enumerate() {
            let (one, two) = (user(&format!("({one})")), user(&format!("({two})")));
            assert_eq!(one == two, place == other_place, "{one} and {two}");
            let same = one.selectors().nth(1) == two.selectors().nth(1);
            assert_eq!(same, place == other_place, "{one} and {two}");
        }
    }
    let on_databases = |rules: &str| User::parse(Engine::Valkey9_1, rules).unwrap();
    assert_ne!(on_databases("(~a +get db=1)"), on_databases("(~a +get db=2)"));
    assert_ne!(on_databases("(~a +get db=1)"), on_databases("(~a +get)"));
}
