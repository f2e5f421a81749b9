//! What can be wrong with the text of a rule.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::grammar::Problem;
use crate::nearest::nearest;
use crate::report::{Report, visible};
use crate::span::Span;

/// A rule that no engine could read.
///
/// `Display` is one line; [`ParseError::report`] draws it under the text. Passwords are masked in both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct ParseError {
    kind: ParseErrorKind,
    span: Span,
    rule: Span,
    /// Masked; shared by all errors about one text.
    text: Arc<str>,
}

/// What is wrong with it.
///
/// Each kind is shown with a rule that has it; [`Rule::parse`](super::Rule::parse) gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A word that is no rule: `flurb`.
    UnknownRule,
    /// No rule at all, between quotes in a selector: `("")`.
    EmptyRule,
    /// `+`, `-`, `+@`: nothing is named.
    MissingName,
    /// `@read`: neither added nor taken away.
    MissingSign,
    /// White space in a pattern, which servers refuse: `~a b` as one argument.
    SpaceInPattern,
    /// A tab, line end or other control character in a line of rules.
    ControlCharacter,
    /// Letters before `~` that are not `R` and `W`, each at most once: `%X~a`.
    KeyPermission,
    /// `%` and `%~a`: without letters, some servers accept it and die of it.
    KeyPermissionMissing,
    /// Not 64 lower-case hexadecimal digits: `#abc`.
    PasswordHash,
    /// Not numbers joined by commas: `db=1,,2`.
    DatabaseList,
    /// A database number that no server can have: `db=-1`.
    DatabaseRange,
    /// A rule about the user, not about permissions, in a selector: `(on)`.
    NotInSelector,
    /// A selector in a selector: `((+get))`.
    NestedSelector,
    /// A selector that is not closed: `(+get`.
    UnmatchedParenthesis,
    /// Escapes between quotes that give no UTF-8: `("~\xff")`.
    NotUtf8,
}

impl ParseError {
    pub(super) fn new(problem: Problem, masked_text: Arc<str>) -> Self {
        Self { kind: problem.kind, span: problem.span, rule: problem.rule, text: masked_text }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The part of the text that is wrong.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The rule it belongs to; for a part of a selector, the whole selector.
    #[must_use]
    pub fn rule_span(&self) -> Span {
        self.rule
    }

    /// The whole text, passwords masked.
    pub(crate) fn masked_text(&self) -> &Arc<str> {
        &self.text
    }

    /// The rule, passwords masked.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.text[self.rule.range()]
    }

    fn message(&self) -> String {
        self.kind.message(&self.part())
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        self.kind.help(&self.part())
    }

    /// The error drawn under the text, with help.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.message(), &self.text, self.span).with("help", self.help())
    }

    fn part(&self) -> Cow<'_, str> {
        visible(&self.text[self.span.range()])
    }
}

impl ParseErrorKind {
    /// One line about the part of the text that is wrong.
    pub(crate) fn message(self, part: &str) -> String {
        match self {
            ParseErrorKind::UnknownRule => format!("`{part}` is not a rule"),
            ParseErrorKind::EmptyRule => "an empty rule inside a selector".into(),
            ParseErrorKind::MissingName => format!("`{part}` names no command or category"),
            ParseErrorKind::MissingSign => format!("`{part}` has no `+` or `-`"),
            ParseErrorKind::SpaceInPattern => "white space in a pattern".into(),
            ParseErrorKind::ControlCharacter => "a control character between or inside rules".into(),
            ParseErrorKind::KeyPermission => format!("`{part}` is not `%R~`, `%W~` or `%RW~` and a pattern"),
            ParseErrorKind::KeyPermissionMissing => "`%` without `R` or `W`".into(),
            ParseErrorKind::PasswordHash => "not a password hash".into(),
            ParseErrorKind::DatabaseList => format!("`{part}` is not a list of database numbers"),
            ParseErrorKind::DatabaseRange => format!("`{part}` is out of the range of database numbers"),
            ParseErrorKind::NotInSelector => format!("`{part}` is not allowed in a selector"),
            ParseErrorKind::NestedSelector => "a selector inside a selector".into(),
            ParseErrorKind::UnmatchedParenthesis => "a selector that is not closed".into(),
            ParseErrorKind::NotUtf8 => "escapes that are not UTF-8".into(),
        }
    }

    pub(crate) fn help(self, part: &str) -> Option<String> {
        Some(match self {
            ParseErrorKind::UnknownRule => return Some(help_for_unknown(part)),
            ParseErrorKind::EmptyRule => "remove the empty quotes".into(),
            ParseErrorKind::MissingName => "name a command (`+get`) or a category (`+@read`)".into(),
            ParseErrorKind::MissingSign => format!("write `+{part}` or `-{part}`"),
            ParseErrorKind::SpaceInPattern => {
                "servers reject patterns with white space; `?` matches any one character".into()
            }
            ParseErrorKind::ControlCharacter => "separate rules by spaces, all on one line".into(),
            ParseErrorKind::KeyPermission => "write `%R~app:*` to read, `%W~app:*` to write, `~app:*` for both".into(),
            ParseErrorKind::KeyPermissionMissing => {
                "Redis 7.0 to 7.2.6 and 7.4.1, Valkey 7.2.7 and 8.0.1 accept this and crash when they print the user \
                 (CVE-2024-51741); write `~app:*`, `%R~app:*` or `%W~app:*`"
                    .into()
            }
            ParseErrorKind::PasswordHash => {
                "a hash is 64 hexadecimal digits in lower case, the SHA-256 of the password; `>` adds a password itself"
                    .into()
            }
            ParseErrorKind::DatabaseList => "write numbers joined by commas, `db=0,3`".into(),
            ParseErrorKind::DatabaseRange => "database numbers go from 0 to 2147483647".into(),
            ParseErrorKind::NotInSelector => {
                "only rules about keys, channels, commands and databases can; put this one before the `(`".into()
            }
            ParseErrorKind::NestedSelector => "write the selectors one after the other".into(),
            ParseErrorKind::UnmatchedParenthesis => "close it with `)` at the end of a rule".into(),
            ParseErrorKind::NotUtf8 => "patterns are kept as UTF-8; write the characters themselves".into(),
        })
    }
}

fn help_for_unknown(word: &str) -> String {
    let alike = nearest(word, super::grammar::KEYWORDS.iter().map(|(keyword, _)| *keyword));
    if let Some(keyword) = alike.first() {
        return format!("did you mean `{keyword}`?");
    }
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.is_ascii() {
        let word = word.to_ascii_lowercase();
        return format!("to allow a command write `+{word}`, a category `+@{word}`, keys `~{word}`");
    }
    "rules begin with `+` or `-` (commands), `~` or `%` (keys), `&` (channels), `>` or `#` (passwords), or are \
     words such as `on` and `allkeys`"
        .into()
}

/// Everything that is wrong with a line of rules; at least one error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParseErrors {
    /// INVARIANT: not empty.
    errors: Vec<ParseError>,
}

impl ParseErrors {
    pub(super) fn new(errors: Vec<ParseError>) -> Self {
        Self { errors }
    }

    /// The first error in the text.
    #[must_use]
    pub fn first(&self) -> &ParseError {
        &self.errors[0]
    }

    /// The errors, in the order of the text.
    pub fn iter(&self) -> core::slice::Iter<'_, ParseError> {
        self.errors.iter()
    }
}

impl<'e> IntoIterator for &'e ParseErrors {
    type Item = &'e ParseError;
    type IntoIter = core::slice::Iter<'e, ParseError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ParseErrors {
    type Item = ParseError;
    type IntoIter = alloc::vec::IntoIter<ParseError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ParseErrors {
    /// The first error, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.errors.split_first() else { return Ok(()) };
        first.fmt(f)?;
        match others.len() {
            0 => Ok(()),
            others => write!(f, " (and {others} more)"),
        }
    }
}
