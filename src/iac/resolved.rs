//! Texts that are computed from other texts, and where each of their bytes comes from.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::path::Path;

use super::finding::Why;
use super::literal::Literal;
use super::source::{Position, Source};
use crate::secret::mask;
use crate::span::Span;

/// The text that an expression evaluates to, as far as it is known. `Debug` masks passwords.
///
/// It is a sequence of parts. Each part is known, and comes from some bytes of a file, or unknown, and says why.
///
/// ```
/// use redis_acl::{Span, iac::{self, Finding, Format}};
/// let file = r#"
/// resource "aws_memorydb_user" "app" {
///   access_string = join(" ", ["on", "~${var.prefix}:*", "+@raed"])
/// }
/// "#;
/// let document = iac::read(Format::Terraform, file.as_bytes())?;
/// let found = document.composed().next().unwrap();
/// assert_eq!(found.text.shown(), "on ~${…}:* +@raed");
/// assert_eq!(found.text.known(), None);
///
/// // the rules that are the same whatever the prefix is
/// let rules = found.text.certain_rules();
/// assert_eq!(rules.iter().map(|rule| rule.shown()).collect::<Vec<_>>(), ["on", "+@raed"]);
/// assert_eq!(rules[1].location(Span::new(2, 6)).position.to_string(), "3:59");
/// # Ok::<(), iac::ReadError>(())
/// ```
#[derive(Clone)]
pub struct Resolved<'a> {
    /// Unknown parts are written as [`HOLE`].
    text: String,
    /// They cover the text, in order.
    parts: Vec<Part<'a>>,
}

/// What stands for an unknown part.
const HOLE: &str = "${…}";

#[derive(Clone)]
struct Part<'a> {
    span: Range<usize>,
    origin: Origin<'a>,
}

#[derive(Clone)]
enum Origin<'a> {
    /// The bytes of the literal's value from this offset on, or bytes as many.
    Literal(Arc<Literal<'a>>, usize),
    /// Something in this place, as a whole.
    Place(At<'a>),
    Unknown(Unknown<'a>),
}

/// Some bytes of a file of the scope.
#[derive(Clone)]
pub(super) struct At<'a> {
    pub(super) source: Arc<Source<'a>>,
    pub(super) range: Range<usize>,
}

/// A value that is not known.
#[derive(Clone)]
pub(super) struct Unknown<'a> {
    pub(super) why: Why,
    pub(super) at: At<'a>,
    /// The expression with all that is known of it: equal if the value is computed alike from equal values.
    pub(super) basis: Arc<str>,
}

/// A place in one of the files of a [`Scope`](super::Scope).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The file, as it was added to the scope; empty for the only file of [`read`](super::read).
    pub path: Arc<Path>,
    /// The bytes of the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
}

impl At<'_> {
    pub(super) fn location(&self) -> Location {
        Location {
            path: self.source.path.clone(),
            range: self.source.in_file(self.range.clone()),
            position: self.source.position(self.range.start),
        }
    }
}

impl fmt::Debug for Resolved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resolved").field(&mask(&self.text)).finish()
    }
}

impl<'a> Resolved<'a> {
    pub(super) fn new() -> Self {
        Self { text: String::new(), parts: Vec::new() }
    }

    /// The bytes of a literal's value.
    pub(super) fn of_literal(literal: &Arc<Literal<'a>>, span: Range<usize>) -> Self {
        let text = literal.value().get(span.clone()).unwrap_or_default();
        let mut resolved = Self::new();
        resolved.add(text, Origin::Literal(literal.clone(), span.start));
        resolved
    }

    /// A text that comes from a place as a whole.
    pub(super) fn of_place(text: &str, at: At<'a>) -> Self {
        let mut resolved = Self::new();
        resolved.add(text, Origin::Place(at));
        resolved
    }

    pub(super) fn of_unknown(unknown: Unknown<'a>) -> Self {
        let mut resolved = Self::new();
        resolved.add(HOLE, Origin::Unknown(unknown));
        resolved
    }

    fn add(&mut self, text: &str, origin: Origin<'a>) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.parts.push(Part { span: start..self.text.len(), origin });
    }

    pub(super) fn push(&mut self, other: &Self) {
        other.parts.iter().for_each(|part| self.add(&other.text[part.span.clone()], part.origin.clone()));
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// A stretch of it. What is cut of an unknown part stays unknown as a whole.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut slice = Self::new();
        for part in &self.parts {
            let (start, end) = (part.span.start.max(range.start), part.span.end.min(range.end));
            if start >= end {
                continue;
            }
            match &part.origin {
                Origin::Literal(literal, at) => {
                    let origin = Origin::Literal(literal.clone(), at + start - part.span.start);
                    slice.add(&self.text[start..end], origin);
                }
                origin @ Origin::Place(_) => slice.add(&self.text[start..end], origin.clone()),
                origin @ Origin::Unknown(_) => slice.add(HOLE, origin.clone()),
            }
        }
        slice
    }

    /// The same with other bytes, as many as before. `None` where something is unknown or their number changes.
    pub(super) fn with_text(&self, new: String) -> Option<Self> {
        let keeps =
            |part: &Part<'_>| new.is_char_boundary(part.span.start) && new.is_char_boundary(part.span.end);
        let fits = new.len() == self.text.len() && self.parts.iter().all(keeps);
        (fits && self.is_known()).then(|| Self { text: new, parts: self.parts.clone() })
    }

    fn is_known(&self) -> bool {
        self.first_unknown().is_none()
    }

    pub(super) fn first_unknown(&self) -> Option<&Unknown<'a>> {
        self.parts.iter().find_map(|part| match &part.origin {
            Origin::Unknown(unknown) => Some(unknown),
            _ => None,
        })
    }

    /// The literals that parts come from.
    pub(super) fn literals(&self) -> impl Iterator<Item = &Arc<Literal<'a>>> {
        self.parts.iter().filter_map(|part| match &part.origin {
            Origin::Literal(literal, _) => Some(literal),
            _ => None,
        })
    }

    /// The text, if all of it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.is_known().then_some(&*self.text)
    }

    /// The text with `${…}` in the place of each unknown part. Spans count the bytes of this text.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.text
    }

    /// Why each unknown part is not known, and where it is.
    pub fn unknown(&self) -> impl Iterator<Item = (&Why, Location)> {
        self.parts.iter().filter_map(|part| match &part.origin {
            Origin::Unknown(unknown) => Some((&unknown.why, unknown.at.location())),
            _ => None,
        })
    }

    /// A text that is equal for two values only if both are computed from equal texts by equal expressions. It may
    /// hold passwords: it is to be compared, not shown.
    #[must_use]
    pub fn basis(&self) -> String {
        let part = |part: &Part<'a>| match &part.origin {
            Origin::Unknown(unknown) => format!("${{{}}}", unknown.basis),
            _ => self.text[part.span.clone()].replace('$', "$$"),
        };
        self.parts.iter().map(part).collect()
    }

    /// Where a part of the text comes from. Where it comes from several places, that is from the first of them to
    /// the last one after it in the same file.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        let end = span.end.max(span.start + 1);
        let touched = self.parts.iter().filter(|part| part.span.start < end && span.start < part.span.end);
        let mut locations = touched.map(|part| part.location(span)).peekable();
        let first = locations.next().or_else(|| self.parts.last().map(|part| part.location(span)));
        let Some(mut first) = first else {
            return Location { path: Path::new("").into(), range: 0..0, position: START };
        };
        for next in locations {
            if next.path == first.path && next.range.start >= first.range.end {
                first.range.end = next.range.end;
            }
        }
        first
    }

    /// The rules that are certain whatever the unknown parts are, in order, and each by itself.
    ///
    /// An unknown part may hold blanks, brackets, and rules that undo others. So a rule is certain only if it has known
    /// blanks or an end of the text on both sides. Nothing that follows from several rules together is certain. A
    /// selector is certain if all of it is known. Nothing in a partly known selector is certain, and neither is a word
    /// with an unmatched bracket. Rules that remove a password are never certain, since they need one that exists.
    /// Services split access strings at blanks only, so quotes have no meaning here.
    #[must_use]
    pub fn certain_rules(&self) -> Vec<Self> {
        let mut rules = Vec::new();
        let mut open: Option<usize> = None;
        for word in self.words() {
            let text = &self.text[word.clone()];
            let (opens, closes) = (text.contains('('), text.contains(')'));
            let start = open.unwrap_or(word.start);
            match (open.is_some(), opens, closes) {
                (false, false, false) | (false, true, true) => rules.push(word),
                (_, _, true) => {
                    rules.extend(open.take().map(|_| start..word.end));
                }
                (_, true, false) => open = Some(start),
                (true, false, false) => {}
            }
        }
        let is_certain = |rule: &Range<usize>| {
            let is_known = |part: &Part<'_>| {
                let touches = part.span.start < rule.end && rule.start < part.span.end;
                !(touches && matches!(part.origin, Origin::Unknown(_)))
            };
            !self.text[rule.clone()].starts_with(['<', '!']) && self.parts.iter().all(is_known)
        };
        rules.into_iter().filter(is_certain).map(|rule| self.slice(rule)).collect()
    }

    /// The stretches between blanks; an unknown part is no blank.
    pub(super) fn words(&self) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for (at, c) in self.text.char_indices().filter(|(_, c)| !is_blank(*c)) {
            let end = at + c.len_utf8();
            match words.last_mut() {
                Some(last) if last.end == at => last.end = end,
                _ => words.push(at..end),
            }
        }
        words
    }
}

impl<'a> Part<'a> {
    /// Where the part of the text comes from that is inside this part.
    fn location(&self, span: Span) -> Location {
        let start = span.start.clamp(self.span.start, self.span.end);
        let end = span.end.clamp(start, self.span.end);
        match &self.origin {
            Origin::Literal(literal, at) => {
                let from = at + start - self.span.start;
                literal.location(Span::new(from, from + end - start))
            }
            Origin::Place(at) => at.location(),
            Origin::Unknown(unknown) => unknown.at.location(),
        }
    }
}

/// What separates rules.
pub(super) fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\x0b'
}

const START: Position = Position { line: 1, column: 1 };
