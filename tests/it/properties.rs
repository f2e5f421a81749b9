//! The laws of the fuzz targets, on inputs that look like rules. proptest finds the small ones, the
//! fuzzer the strange ones.

use proptest::collection::vec;
use proptest::prelude::*;
use redis_acl::{Catalog, DefaultChannels, Dialect};

use crate::laws;

pub(crate) fn dialect() -> impl Strategy<Value = Dialect> {
    let set = |dialect: Dialect| {
        DefaultChannels::ALL
            .into_iter()
            .filter_map(move |channels| dialect.with_default_channels(channels).ok())
    };
    // those without the setting too
    let dialects: Vec<_> = Dialect::all().chain(Dialect::all().flat_map(set)).collect();
    proptest::sample::select(dialects)
}

/// A rule that the dialect mostly accepts, in the spelling of somebody in a hurry.
fn rule(dialect: Dialect) -> impl Strategy<Value = String> {
    let catalog = Catalog::from(dialect);
    let commands: Vec<_> = catalog.commands().map(|command| command.name()).collect();
    let categories: Vec<_> = catalog.categories().map(|category| category.name()).collect();
    let sign = || prop_oneof![Just("+"), Just("-")];
    let keyword = proptest::sample::select(
        &[
            "on",
            "OFF",
            "nopass",
            "resetpass",
            "reset",
            "allkeys",
            "resetkeys",
            "allchannels",
            "resetchannels",
            "+@all",
            "-@all",
            "nocommands",
            "clearselectors",
            "sanitize-payload",
            "skip-sanitize-payload",
            "~*",
            "&*",
            "alldbs",
            "resetdbs",
            "db=0,3",
            "flurb",
            "",
            "(",
            ")",
        ][..],
    );
    let pattern = "[a-c*?\\[\\]^\\\\:-]{0,6}";
    prop_oneof![
        2 => keyword.prop_map(str::to_owned),
        4 => (sign(), proptest::sample::select(commands.clone())).prop_map(|(sign, name)| format!("{sign}{name}")),
        4 => (sign(), proptest::sample::select(categories)).prop_map(|(sign, name)| format!("{sign}@{name}")),
        1 => (proptest::sample::select(commands), "[a-c0-9|]{0,3}").prop_map(|(name, first)| format!("+{name}|{first}")),
        3 => (proptest::sample::select(&["~", "%R~", "%w~", "%RW~", "%", "&"][..]), pattern)
            .prop_map(|(sign, pattern)| format!("{sign}{pattern}")),
        1 => (proptest::sample::select(&[">", "<", "#", "!"][..]), "[a-z0-9]{0,8}")
            .prop_map(|(sign, password)| format!("{sign}{password}")),
    ]
}

pub(crate) fn argument(dialect: Dialect) -> impl Strategy<Value = String> {
    let selector = vec(rule(dialect), 0..4).prop_map(|rules| format!("({})", rules.join(" ")));
    prop_oneof![6 => rule(dialect), 1 => selector]
}

fn setuser() -> impl Strategy<Value = String> {
    dialect().prop_flat_map(|dialect| {
        vec(argument(dialect), 0..10)
            .prop_map(move |arguments| format!("{dialect}\n{}", arguments.join("\n")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_of_rules_keep_the_laws_of_text(setuser in setuser()) {
        laws::parse(&setuser.split('\n').skip(1).collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn any_text_keeps_the_laws_of_text(text in any::<String>()) {
        laws::parse(&text);
    }

    #[test]
    fn rules_keep_the_laws_of_users(setuser in setuser()) {
        laws::apply_describe(&setuser);
    }

    #[test]
    fn rules_keep_the_laws_of_simplest_strings(setuser in setuser()) {
        laws::simplify(&setuser);
    }

    #[test]
    fn rules_keep_the_laws_of_explanations(setuser in setuser()) {
        laws::explain(&setuser);
    }

    #[test]
    fn any_arguments_keep_the_laws_of_users(text in any::<String>()) {
        laws::apply_describe(&text);
    }

    #[test]
    fn lines_of_rules_keep_the_laws_of_lints(setuser in setuser()) {
        let (dialect, arguments) = setuser.split_once('\n').unwrap_or((&setuser, ""));
        laws::lint(&format!("{dialect}\n{}\nioredis", arguments.replace('\n', " ")));
    }

    #[test]
    fn any_text_keeps_the_laws_of_lints(text in any::<String>()) {
        laws::lint(&text);
    }
}
