//! From the tree back to text.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter, Write};

use super::{AccessString, Quoting, Rule, RuleKind, SelectorRule};
use crate::access::KeyAccess;
use crate::secret::Password;

impl Display for AccessString<'_> {
    /// The text that was parsed, passwords included.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for AccessString<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccessString").field(&self.rules).finish()
    }
}

impl Display for Rule<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for RuleKind<'_> {
    /// The rule in its usual spelling, passwords included: keywords in lower case, `~*` for `allkeys`.
    /// Parsed again it is the same rule.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off => f.write_str("off"),
            Self::NoPass => f.write_str("nopass"),
            Self::ResetPass => f.write_str("resetpass"),
            // a line cannot carry all passwords, but their hashes
            Self::AddPassword(password) if !fits_on_a_line(password) => write!(f, "#{}", password.hash()),
            Self::AddPassword(password) => write!(f, ">{}", password.expose()),
            Self::RemovePassword(password) if !fits_on_a_line(password) => write!(f, "!{}", password.hash()),
            Self::RemovePassword(password) => write!(f, "<{}", password.expose()),
            Self::AddHash(hash) => write!(f, "#{hash}"),
            Self::RemoveHash(hash) => write!(f, "!{hash}"),
            Self::Reset => f.write_str("reset"),
            Self::SanitizePayload => f.write_str("sanitize-payload"),
            Self::SkipSanitizePayload => f.write_str("skip-sanitize-payload"),
            Self::AllKeys => f.write_str("~*"),
            Self::ResetKeys => f.write_str("resetkeys"),
            Self::Key { permission: None, pattern } => write!(f, "~{pattern}"),
            Self::Key { permission: Some(KeyAccess::ReadWrite), pattern } => write!(f, "%RW~{pattern}"),
            Self::Key { permission: Some(access), pattern } => write!(f, "{}{pattern}", access.prefix()),
            Self::AllChannels => f.write_str("&*"),
            Self::ResetChannels => f.write_str("resetchannels"),
            Self::Channel { pattern } => write!(f, "&{pattern}"),
            Self::AllCommands => f.write_str("+@all"),
            Self::NoCommands => f.write_str("-@all"),
            Self::Category { effect, name } => write!(f, "{}@{name}", effect.sign()),
            Self::Command { effect, name, argument: None } => write!(f, "{}{name}", effect.sign()),
            Self::Command { effect, name, argument: Some(argument) } => {
                write!(f, "{}{name}|{argument}", effect.sign())
            }
            Self::Selector(selector) => selector.fmt(f),
            Self::ClearSelectors => f.write_str("clearselectors"),
            Self::AllDatabases => f.write_str("alldbs"),
            Self::ResetDatabases => f.write_str("resetdbs"),
            Self::Databases(ids) => databases(f, ids),
        }
    }
}

fn fits_on_a_line(password: &Password<'_>) -> bool {
    !password.expose().contains(|c: char| matches!(c, ' ' | '\t'..='\r' | '\0'))
}

fn databases(f: &mut Formatter<'_>, ids: &[u32]) -> fmt::Result {
    f.write_str("db=")?;
    for (place, id) in ids.iter().enumerate() {
        if place > 0 {
            f.write_char(',')?;
        }
        write!(f, "{id}")?;
    }
    Ok(())
}

impl Display for SelectorRule<'_> {
    /// The selector in a spelling that a line and a single argument both carry: a word with quotes, blanks or a `)` at its
    /// end is put between quotes.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let words = self.words();
        let plain = |word: &Word<'_>| word.printed(in_selector);
        // text after a closing quote makes this kind of quoting; an empty piece is enough
        let joined = |word: &Word<'_>| word.printed(|rule| format!("\"\"{}", in_selector(rule)));
        let words: Vec<_> = match (self.quoting, words.split_last()) {
            (Quoting::Unbalanced, _) => vec!["\"".to_owned()],
            (Quoting::EscapedEnd, Some((last, words))) => {
                words.iter().map(plain).chain([last.printed(with_escaped_end)]).collect()
            }
            (Quoting::Joined, _) => words.iter().map(joined).collect(),
            (Quoting::Balanced | Quoting::EscapedEnd, _) => words.iter().map(plain).collect(),
        };
        write!(f, "({})", words.join(" "))
    }
}

/// What a selector holds: a rule, or text that is none.
enum Word<'s> {
    Rule(String),
    Flaw(&'s str),
}

impl SelectorRule<'_> {
    fn words(&self) -> Vec<Word<'_>> {
        let is_flawed = |rule: &&Rule<'_>| self.flaws.iter().any(|flaw| flaw.span == rule.span);
        let rules = self.rules.iter().filter(|rule| !is_flawed(rule));
        let rules = rules.map(|rule| (rule.span.start, Word::Rule(rule.to_string())));
        let flaws = self.flaws.iter().map(|flaw| (flaw.span.start, Word::Flaw(&flaw.text)));
        let mut words: Vec<_> = rules.chain(flaws).collect();
        words.sort_by_key(|(start, _)| *start);
        words.into_iter().map(|(_, word)| word).collect()
    }
}

impl Word<'_> {
    fn printed(&self, rule: impl Fn(&str) -> String) -> String {
        match self {
            Self::Rule(text) => rule(text),
            Self::Flaw(text) => (*text).to_owned(),
        }
    }
}

/// A word as it must be written in a selector.
///
/// Quotes and blanks need quotes around them. So does a `)` at the end, where the line would close the selector
/// (`ACLMergeSelectorArguments`). A blank is escaped: a line is split at it before quotes are looked at.
pub(crate) fn in_selector(word: &str) -> String {
    let is_plain =
        !word.contains(|c: char| matches!(c, '"' | '\'' | ' ' | '\t'..='\r')) && !word.ends_with(')');
    if is_plain { word.to_owned() } else { quoted(word) }
}

/// The last word where it ends with a backslash that, before the closing quote, escapes nothing in Valkey 9.1.
fn with_escaped_end(word: &str) -> String {
    match word.strip_suffix('\\') {
        Some(rest) => {
            let mut text = quoted(rest);
            text.insert(text.len() - 1, '\\');
            text
        }
        None => in_selector(word),
    }
}

fn quoted(word: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' ' | '\t'..='\r' => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}
