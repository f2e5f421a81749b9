//! The laws of checks, on users and requests that look like those of people.

use proptest::prelude::*;
use redis_acl::Dialect;

use crate::laws;

fn rules() -> impl Strategy<Value = String> {
    let rule = prop_oneof![
        "[~&][a-c*?\\[\\]^\\\\-]{0,5}",
        "%(R|W|RW)~[a-c*?]{0,3}",
        "[+-](@(all|read|write|keyspace|pubsub|dangerous)|get|set|sort|config|config\\|get|publish|copy|eval)",
        "\\+(select|get|config)\\|[a0]",
        "db=[0-3]",
        "\\(~[ab*]{1,3}\\)",
        ".{0,4}",
    ];
    prop::collection::vec(rule, 0..8).prop_map(|rules| rules.join(" "))
}

fn requests() -> impl Strategy<Value = Vec<String>> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "get", "set", "sort", "migrate", "xread", "eval", "zunionstore", "georadius", "bitfield", "config", "copy",
            "select", "publish", "psubscribe", "memory", "quit", "auth", "mget", "xgroup",
        ]).prop_map(str::to_owned),
        1 => "[\\x00-\\xff]{0,6}",
    ];
    let word = prop_oneof![
        "[a-c*?\\[\\]^\\\\-]{0,6}",
        prop::sample::select(vec![
            "STORE",
            "BY",
            "GET",
            "KEYS",
            "STREAMS",
            "GROUP",
            "AUTH",
            "DB",
            "get",
            "usage",
            "2",
            "-1",
            "1a",
            "99999999999"
        ])
        .prop_map(str::to_owned),
        "[\\x00-\\xff]{0,4}",
    ];
    (name, prop::collection::vec(word, 0..9))
        .prop_map(|(name, words)| std::iter::once(name).chain(words).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn users_and_requests_keep_the_laws_of_checks(
        dialect in proptest::sample::select(Dialect::all().collect::<Vec<_>>()), rules in rules(), request in requests()
    ) {
        laws::check(&format!("{dialect}\n{rules}\n{}", request.join("\n")));
    }

    #[test]
    fn any_input_keeps_the_laws_of_checks(input in any::<String>()) {
        laws::check(&input);
    }
}
