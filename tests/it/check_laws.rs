//! Laws of checks on arbitrary rules and requests. The functions are what a fuzz target would call.

use proptest::prelude::*;
use redis_acl::glob::{self, Pattern};
use redis_acl::{Catalog, Dialect, User, Verdict};

/// Rules and a request, one line each, the first of them naming the dialect by its number.
fn check(dialect: u8, rules: &str, request: &[Vec<u8>]) {
    let dialects: Vec<_> = Dialect::all().collect();
    let dialect = dialects[usize::from(dialect) % dialects.len()];
    let mut user = User::new(dialect);
    for rule in rules.split(' ') {
        // what is refused leaves the user as it was
        let _ = user.apply_arguments([rule]);
    }
    let verdict = user.check(request);
    a_command_by_number_is_judged_alike(&user, request, &verdict);
    a_verdict_can_be_told(&verdict);
    keys_are_arguments(user.catalog(), request);
    more_rules_of_a_selector_never_matter_to_another(&user, request, &verdict);
}

fn a_command_by_number_is_judged_alike(user: &User, request: &[Vec<u8>], verdict: &Verdict<'_>) {
    let Some(command) = user.catalog().of_request(request) else {
        return;
    };
    let by_number = user.check_command(command.id(), request);
    assert_eq!(format!("{by_number:?}"), format!("{verdict:?}"));
}

fn a_verdict_can_be_told(verdict: &Verdict<'_>) {
    assert_eq!(verdict.is_allowed(), verdict.server_message("u").is_none(), "{verdict:?}");
    let dryrun = verdict.dryrun("u");
    match verdict {
        Verdict::Allowed(allowed) => {
            assert!(dryrun.is_none_or(|answer| answer == "OK"));
            let _ = allowed.rule().map(|rule| rule.to_string());
        }
        Verdict::Denied(denied) => {
            assert!(!denied.to_string().is_empty());
            let _ = (denied.rule().map(|rule| rule.to_string()), denied.help(), denied.missing());
        }
    }
}

fn keys_are_arguments(catalog: &Catalog, request: &[Vec<u8>]) {
    for key in catalog.of_request(request).into_iter().flat_map(|command| command.keys(request)) {
        assert!(key.index > 0, "{key:?}");
        assert_eq!(key.key, request[key.index]);
    }
}

/// A user with one more selector, which allows nothing, may do the same.
fn more_rules_of_a_selector_never_matter_to_another(user: &User, request: &[Vec<u8>], verdict: &Verdict<'_>) {
    let mut more = user.clone();
    if more.apply_arguments(["(resetchannels)"]).is_ok() {
        assert_eq!(more.check(request).is_allowed(), verdict.is_allowed());
    }
}

/// The fast paths agree with the plain one.
fn shapes_agree(pattern: &[u8], text: &[u8]) {
    let prepared = Pattern::new(pattern);
    assert_eq!(prepared.matches(text), glob::matches(pattern, text), "{prepared:?} {text:?}");
}

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

fn requests() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "get", "set", "sort", "migrate", "xread", "eval", "zunionstore", "georadius", "bitfield", "config", "copy",
            "select", "publish", "psubscribe", "memory", "quit", "auth", "mget", "xgroup",
        ]).prop_map(|name| name.as_bytes().to_owned()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let word = prop_oneof![
        "[a-c]{0,3}".prop_map(String::into_bytes),
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
        .prop_map(|word| word.as_bytes().to_owned()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    (name, prop::collection::vec(word, 0..9))
        .prop_map(|(name, words)| std::iter::once(name).chain(words).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_user_and_any_request(dialect: u8, rules in rules(), request in requests()) {
        check(dialect, &rules, &request);
    }

    #[test]
    fn any_pattern_and_any_text(pattern in "[a-c*?\\[\\]^\\\\-]{0,12}", text in "[a-c\\]^-]{0,12}") {
        shapes_agree(pattern.as_bytes(), text.as_bytes());
    }

    #[test]
    fn any_bytes(pattern: Vec<u8>, text: Vec<u8>) {
        shapes_agree(&pattern, &text);
    }
}
