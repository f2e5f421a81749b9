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
