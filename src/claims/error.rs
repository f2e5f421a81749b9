//! What can be wrong with a file of claims.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Line;
use crate::report::{Report, visible};
use crate::span::Span;
use crate::user::ApplyErrorKind;

/// A line that is no claim, or one about what the dialect does not know.
///
/// `Display` is one line; [`ClaimError::report`] draws it under the line, with help. Passwords are masked in both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {}", .0.line, .0.message)]
pub struct ClaimError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ClaimErrorKind,
    line: usize,
    span: Span,
    /// The line, masked.
    text: String,
    message: String,
    help: Option<String>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ClaimErrorKind {
    /// It begins like no claim: `alow GET a`.
    UnknownClaim,
    /// The file has no claim.
    NoClaims,
    /// A quote is not closed, or something follows a closed one.
    UnbalancedQuotes,
    /// A control character other than a tab.
    ControlCharacter,
    /// Nothing follows: `deny`, `never grants`.
    Incomplete,
    /// More than one word follows: `grants get set`, `same as on +get`.
    SeveralWords,
    /// The access string is not UTF-8: `same as "~\xff"`.
    NotUtf8,
    /// A database that there is not: `allow in database x GET a`.
    Database,
    /// A header names no dialect: `dialect redis-5.0`.
    UnknownDialect,
    /// A header is there twice.
    GivenTwice,
    /// The dialect has no such command or subcommand: `deny FLUSHAL`.
    UnknownCommand,
    /// The dialect has no such category: `never grants @dangrous`.
    UnknownCategory,
    /// The request has too few arguments, or too many: `deny CONFIG SET`.
    WrongArity,
    /// The dialect refuses the access string; in JSON the inner kind's name.
    #[cfg_attr(feature = "serde", serde(untagged))]
    AccessString(ApplyErrorKind),
}

impl ClaimError {
    pub(super) fn new(
        kind: ClaimErrorKind,
        line: &Line,
        span: Span,
        message: String,
        help: impl Into<Option<String>>,
    ) -> Self {
        let (number, text) = (line.number, line.masked());
        Self(Box::new(Inner { kind, line: number, span, text, message, help: help.into() }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ClaimErrorKind {
        &self.0.kind
    }

    /// The number of the line; the first is 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The part of the line that is wrong.
    #[must_use]
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The line, passwords masked.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What is wrong, without the number of the line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The error drawn under the line, with help.
    #[must_use]
    pub fn report(&self) -> Report {
        let Inner { message, text, span, help, .. } = &*self.0;
        Report::new(message.clone(), text, *span).with("help", help.clone())
    }
}

/// A word of a line as it can be shown.
pub(super) fn shown(line: &Line, span: Span) -> String {
    visible(&line.masked()[span.range()]).into_owned()
}

/// Everything that is wrong with a file of claims; at least one error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ClaimErrors {
    /// INVARIANT: not empty.
    errors: Vec<ClaimError>,
}

impl ClaimErrors {
    /// `None` if there are none.
    pub(super) fn new(errors: Vec<ClaimError>) -> Option<Self> {
        (!errors.is_empty()).then_some(Self { errors })
    }

    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = ClaimError>) {
        self.errors.extend(errors);
    }

    /// The first error in the file.
    #[must_use]
    pub fn first(&self) -> &ClaimError {
        &self.errors[0]
    }

    /// The errors, in the order of the file.
    pub fn iter(&self) -> core::slice::Iter<'_, ClaimError> {
        self.errors.iter()
    }
}

impl From<ClaimError> for ClaimErrors {
    fn from(first: ClaimError) -> Self {
        Self { errors: vec![first] }
    }
}

impl<'e> IntoIterator for &'e ClaimErrors {
    type Item = &'e ClaimError;
    type IntoIter = core::slice::Iter<'e, ClaimError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ClaimErrors {
    type Item = ClaimError;
    type IntoIter = alloc::vec::IntoIter<ClaimError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ClaimErrors {
    /// The first error, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.errors.len() - 1 {
            0 => Ok(()),
            others => write!(f, " (and {others} more)"),
        }
    }
}
