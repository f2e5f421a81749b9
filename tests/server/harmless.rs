//! What no server must be sent, since some accept it and abort when they print the user.

use redis_acl::{Dialect, Engine};

/// Whether the arguments of `ACL SETUSER` can be sent to a server. Errs on the safe side.
pub(crate) fn is_harmless(dialect: Dialect, arguments: &[String]) -> bool {
    let keeps_rules_as_text = dialect.engine() >= Engine::Redis7_2;
    let kills = has_percent_without_letter(&arguments.join(" "))
        || keeps_rules_as_text && may_have_first_argument_that_splits(arguments);
    !kills && selectors(arguments).all(|selector| all_split_alike(&selector))
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

/// Quotes that kill nobody, but that Valkey 9.0 and later read where all others see no rules at all: `"a"b`,
/// and a closing quote behind a backslash at the very end. The library reads one grammar, and is not held to
/// what each of them makes of these.
fn all_split_alike(selector: &str) -> bool {
    !goes_on_behind_quote(selector) && !selector.ends_with("\\\"") && !selector.ends_with("\\'")
}

fn goes_on_behind_quote(selector: &str) -> bool {
    let (mut bytes, mut open) = (selector.bytes().peekable(), None);
    while let Some(byte) = bytes.next() {
        match (open, byte) {
            (None, b'"' | b'\'') => open = Some(byte),
            (Some(b'"'), b'\\') => drop(bytes.next()),
            (Some(b'\''), b'\\') => drop(bytes.next_if_eq(&b'\'')),
            (Some(quote), _) if quote == byte => {
                open = None;
                if bytes.peek().is_some_and(|next| !next.is_ascii_whitespace()) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}
