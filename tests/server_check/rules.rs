//! Random rules, none of which harms a server.

use redis_acl::{Catalog, Dialect, User};

use crate::random::Random;

/// What patterns of keys and channels are made of.
const PIECES: [&str; 22] = [
    "a", "b", "k", "app:", "*", "*", "?", "[", "]", "^", "-", "\\", "[a-c]", "[^b]", "b*", "**", ":", "é",
    "z-", "[]", "1", "?a",
];

/// Rules that the dialect takes, and the user they make.
pub(crate) fn user(dialect: Dialect, random: &mut Random) -> (Vec<String>, User) {
    let catalog = Catalog::from(dialect);
    let (mut rules, mut user) = (Vec::new(), User::new(dialect));
    let wanted = random.pick(&[1, 2, 3, 4, 6, 9]);
    // most commands should get as far as their keys
    let base = random.pick(&["+@all", "+@all", "+@all", "-@all", "+@read", "+@write"]);
    let mut tried = vec![base.to_owned()];
    if random.percent(30) {
        tried.push("allkeys".to_owned());
    }
    while rules.len() < wanted {
        let rule = tried.pop().unwrap_or_else(|| rule(&catalog, random));
        if user.apply_arguments([&rule]).is_ok() {
            rules.push(rule);
        }
    }
    (rules, user)
}

fn rule(catalog: &Catalog, random: &mut Random) -> String {
    if random.below(100) < 15 {
        let count = random.pick(&[1, 2, 2, 3, 4]);
        let inner: Vec<_> = (0..count).map(|_| permission(catalog, random)).collect();
        return format!("({})", inner.join(" "));
    }
    permission(catalog, random)
}

fn permission(catalog: &Catalog, random: &mut Random) -> String {
    let sign = random.pick(&["+", "+", "-"]);
    match random.below(100) {
        0..40 => random.pick(&["~", "~", "%R~", "%W~", "%RW~"]).to_owned() + &pattern(random),
        40..52 => format!("&{}", pattern(random)),
        52..56 => random.pick(&["allkeys", "allchannels", "resetchannels", "resetkeys"]).to_owned(),
        56..68 => {
            let categories: Vec<_> = catalog.categories().collect();
            format!("{sign}{}", random.pick(&categories))
        }
        68..86 => {
            let commands: Vec<_> = catalog.commands().map(|command| command.name()).collect();
            format!("{sign}{}", random.pick(&commands))
        }
        86..93 => {
            let command =
                random.pick(&["get", "set", "select", "config", "sort", "object", "debug", "xgroup"]);
            format!("+{command}|{}", random.pick(&["0", "a", "get", "k", "STORE", "help", "app:1"]))
        }
        93..96 => random.pick(&["+@all", "-@all"]).to_owned(),
        _ => random.pick(&["db=0", "db=1,2", "db=0,5", "resetdbs", "alldbs", "db=15,16,99"]).to_owned(),
    }
}

/// A pattern of keys or channels: anything without blanks and quotes. None begins so that `*` would make it
/// mean all.
pub(crate) fn pattern(random: &mut Random) -> String {
    let pieces = random.pick(&[0, 1, 1, 2, 2, 3, 4]);
    (0..pieces).map(|_| random.pick(&PIECES)).collect()
}
