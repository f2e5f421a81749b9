//! What no server must be sent, since some accept it and abort when they print the user.

use redis_acl::{Dialect, Engine};

/// Whether the arguments of `ACL SETUSER` can be sent to a server. Errs on the safe side.
pub(crate) fn is_harmless(dialect: Dialect, arguments: &[String]) -> bool {
    let keeps_rules_as_text = dialect.engine() >= Engine::Redis7_2;
    let kills = has_percent_without_letter(&arguments.join(" "))
        || keeps_rules_as_text && may_have_first_argument_that_splits(arguments);
    !kills && selectors(arguments).all(|selector| !ends_in_escaped_quote(&selector))
}

/// `%`, `%~x` or the like at the start of a rule: Redis before 7.2.7 and 7.4.2, Valkey before 8.0.2.
fn has_percent_without_letter(text: &str) -> bool {
    text.match_indices('%').any(|(place, sign)| {
        let may_start_a_rule = |c: char| c.is_whitespace() || matches!(c, '(' | '"' | '\'' | '\\');
        let starts_a_rule = text[..place].chars().next_back().is_none_or(may_start_a_rule);
        let has_letter = text[place + sign.len()..].starts_with(|c: char| c.is_ascii_alphabetic());
        starts_a_rule && !has_letter
    })
}

/// `+get|a b`, `+get|it's`: from 7.2 on rules are kept as text, which is split again. Inside of a selector
/// it takes quotes to bring a blank into a first argument.
fn may_have_first_argument_that_splits(arguments: &[String]) -> bool {
    let is_selector = |argument: &String| argument.starts_with('(');
    let quoted =
        arguments.iter().any(is_selector) && arguments.iter().any(|argument| argument.contains(QUOTES));
    let breaks = |rule: &str| {
        let first_argument = rule.split_once('|').map(|(_, first_argument)| first_argument);
        let splits = |c: char| c.is_whitespace() || QUOTES.contains(&c);
        first_argument.is_some_and(|argument| quoted || argument.contains(splits))
    };
    arguments.iter().any(|argument| match is_selector(argument) {
        true => argument.split([' ', '\t', '\n', '\r']).any(breaks),
        false => breaks(argument),
    })
}

const QUOTES: [char; 2] = ['"', '\''];

/// What each argument that opens a selector holds, with those that it swallows.
fn selectors(arguments: &[String]) -> impl Iterator<Item = String> {
    let opening = (0..arguments.len()).filter(|&first| arguments[first].starts_with('('));
    opening.map(|first| {
        let last = (first..arguments.len()).find(|&last| arguments[last].ends_with(')'));
        let text = arguments[first..=last.unwrap_or(arguments.len() - 1)].join(" ");
        let text = &text['('.len_utf8()..];
        text.strip_suffix(')').unwrap_or(text).to_owned()
    })
}

/// A quote after a backslash at the very end, which Valkey 9.0 and later take for a closing one. The library does not.
fn ends_in_escaped_quote(selector: &str) -> bool {
    selector.ends_with("\\\"") || selector.ends_with("\\'")
}
