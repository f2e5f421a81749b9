//! Lines of `ACL LIST`, in a form in which the same is equal.

use redis_acl::{Catalog, Dialect, Project, Selector, User};

/// The line with the single commands in an order of ours, where servers have them in that of a hash table
/// whose seed is random: up to 7.0. All else stays as it is.
pub(crate) fn comparable(dialect: Dialect, line: &str) -> String {
    if keeps_rules_as_text(dialect) {
        return line.to_owned();
    }
    let catalog = Catalog::from(dialect);
    let (root, selectors) = selectors(line);
    let mut text = with_sorted_commands(&catalog, root);
    for selector in selectors {
        text += &format!(" ({})", with_sorted_commands(&catalog, selector));
    }
    text
}

/// Redis from 7.2 on and Valkey; their Sentinels likewise.
fn keeps_rules_as_text(dialect: Dialect) -> bool {
    let is_older = ["6.", "7.0"].into_iter().any(|version| dialect.engine_version().starts_with(version));
    dialect.engine().project() == Project::Valkey || !is_older
}

/// What stands before the parentheses, and in each pair of them. No other word starts with one.
fn selectors(line: &str) -> (&str, Vec<&str>) {
    let mut parts = line.split(" (");
    let root = parts.next().unwrap_or_default();
    (root, parts.map(|part| part.strip_suffix(')').expect("a closed selector")).collect())
}

fn with_sorted_commands(catalog: &Catalog, selector: &str) -> String {
    let is_category = |word: &&str| word.starts_with("+@") || word.starts_with("-@");
    let words: Vec<_> = selector.split(' ').collect();
    let commands = words.iter().rposition(is_category).map_or(words.len(), |place| place + 1);
    let (rest, commands) = words.split_at(commands);
    let mut families: Vec<_> = items(commands)
        .chunk_by(|one, next| command(one) == command(next))
        .map(|family| in_own_order(catalog, family))
        .collect();
    families.sort_by(|one, other| command(&one[0]).cmp(command(&other[0])));
    let apart = families.windows(2).find(|pair| command(&pair[0][0]) == command(&pair[1][0]));
    assert_eq!(apart, None, "rules about one command stand together in `{selector}`");
    let items = families.into_iter().flatten();
    rest.iter().map(|&word| word.to_owned()).chain(items).collect::<Vec<_>>().join(" ")
}

/// Rules about commands; a word without a sign goes on with the first argument before it (`+get|a b`).
fn items(words: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for word in words {
        match items.last_mut() {
            Some(item) if !word.starts_with(['+', '-']) => *item += &format!(" {word}"),
            _ => items.push((*word).to_owned()),
        }
    }
    items
}

/// `config` of `-config|get`.
fn command(item: &str) -> &str {
    let name = &item[1..];
    name.split_once('|').map_or(name, |(command, _)| command)
}

/// Subcommands, too, lie in a hash table; first arguments come as they were given.
fn in_own_order(catalog: &Catalog, family: &[String]) -> Vec<String> {
    let mut family = family.to_vec();
    if catalog.command(command(&family[0])).is_some_and(|command| command.is_container()) {
        family.sort_by(|one, other| one[1..].cmp(&other[1..]));
    }
    family
}

/// Whether a server makes the same user of the words of the line: not where one of these says no.
pub(crate) fn can_be_read_back(user: &User) -> bool {
    let line = user.to_string();
    let (_, inside) = selectors(&line);
    user.selectors().all(words_are_its_rules) && inside.iter().all(|text| is_split_into_its_rules(text))
}

/// `%RW~*` is printed `~*`, which stands for all keys and bears no pattern beside it; and up to 7.0 a first
/// argument may hold blanks.
fn words_are_its_rules(selector: &Selector) -> bool {
    let patterns: Vec<_> = selector.key_patterns().into_iter().flatten().collect();
    let beside_all_keys = patterns.len() > 1 && patterns.iter().any(|(pattern, _)| *pattern == "*");
    let first_argument_in_words = selector.first_arguments().any(|(_, argument)| argument.contains(' '));
    !beside_all_keys && !first_argument_in_words
}

/// What parentheses hold is split at any blank and unquoted, and ends with the first word that ends so.
fn is_split_into_its_rules(inside: &str) -> bool {
    !inside.contains(['"', '\'', '\t', '\r', '\n']) && !inside.contains(") ")
}
