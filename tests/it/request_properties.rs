//! The laws of requests to AWS, on requests that look like those of people.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::laws;

fn text(of: &'static str) -> impl Strategy<Value = Value> {
    of.prop_map(Value::from)
}

fn passwords() -> impl Strategy<Value = Value> {
    let password =
        prop_oneof![4 => text("[a-zA-Z0-9!-~]{16,20}"), 1 => text("\\PC{0,20}"), 1 => text("[a-z]{128,129}")];
    prop_oneof![5 => vec(password, 0..4).prop_map(Value::from), 1 => text("[a-z]{16}")]
}

fn structure<S: Strategy<Value = Value>>(members: Vec<(&'static str, S)>) -> impl Strategy<Value = Value> {
    let names: Vec<_> = members.iter().map(|member| member.0).collect();
    let values: Vec<_> = members.into_iter().map(|member| option::weighted(0.8, member.1)).collect();
    values.prop_map(move |values| {
        let given = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    })
}

fn request() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![Just("password"), Just("no-password-required"), Just("iam"), Just("ldap")];
    let mode =
        structure(vec![("Type", kind.prop_map(Value::from).boxed()), ("Passwords", passwords().boxed())]);
    let user_id = prop_oneof![3 => Just(Value::from("user1")), 1 => text("[a-zA-Z0-9-]{0,4}")];
    structure(vec![
        ("UserId", user_id.boxed()),
        ("UserName", prop_oneof![3 => Just(Value::from("user1")), 1 => text("\\PC{0,4}")].boxed()),
        ("Engine", prop_oneof![text("redis|valkey|REDIS"), text("[a-z0-9]{0,3}")].boxed()),
        ("AccessString", prop_oneof![text("on ~[a-c]\\* \\+get"), text("(on|>[a-z]{8}|reset| )*")].boxed()),
        ("Passwords", passwords().boxed()),
        ("NoPasswordRequired", any::<bool>().prop_map(Value::from).boxed()),
        ("AuthenticationMode", mode.boxed()),
    ])
}

proptest! {
    #[test]
    fn requests_keep_the_laws(request in request()) {
        laws::create_user(&request.to_string());
    }
}
