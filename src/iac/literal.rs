//! A text that stands in a file: what it says, where each byte of it is, and how to put another in its place.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::quoting::{Piece, Style};
use super::resolved::Location;
use super::source::{Position, Source};
use super::tree::Text;
use crate::secret::mask;
use crate::span::Span;

/// A text that stands in a file as it is, behind quotes, escapes or indentation. `Debug` masks passwords.
///
/// ```
/// use redis_acl::{Span, iac::{self, Format}};
/// let file = "{\"UserName\": \"app\", \"AccessString\": \"on \\u007eapp:* +get\"}";
/// let document = iac::read(Format::Json, file.as_bytes())?;
/// let string = document.access_strings().next().unwrap();
/// assert_eq!(string.text.value(), "on ~app:* +get");
///
/// // where the first and the last rule stand
/// assert_eq!(&file[string.text.range(Span::new(3, 9))], "\\u007eapp:*");
/// assert_eq!(&file[string.text.range(Span::new(10, 14))], "+get");
/// assert_eq!(string.text.position(Span::new(10, 14)).to_string(), "1:53");
/// # Ok::<(), iac::ReadError>(())
/// ```
#[derive(Clone)]
pub struct Literal<'a> {
    source: Arc<Source<'a>>,
    style: Style<'a>,
    token: Range<usize>,
    forbidden: &'static [&'static str],
    value: String,
    /// Their tokens count from the beginning of the token.
    pieces: Vec<Piece>,
    rewritable: bool,
    written: Written,
}

/// Bytes to put in the place of others. `Debug` masks passwords.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// The bytes of the file that go.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: String,
    /// What that says.
    pub value: String,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, value) = (mask(&self.text), mask(&self.value));
        let mut edit = f.debug_struct("Edit");
        edit.field("range", &self.range).field("text", &text).field("value", &value).finish()
    }
}

impl fmt::Debug for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Literal").field("at", &self.whole()).field("value", &mask(&self.value)).finish()
    }
}

/// Whether what a tool wrote, such as a plan, may be rewritten. It may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    ByPeople,
    ByTools,
}

impl<'a> Literal<'a> {
    /// `None` where the parser and this module differ about what the text says.
    pub(super) fn of(source: &Arc<Source<'a>>, text: &Text<'a>, written: Written) -> Option<Self> {
        let token = source.text.get(text.token.clone())?;
        let decoded = text.style.decode(token)?;
        let agrees = match text.style {
            Style::Heredoc { flush: true, .. } | Style::HeredocPart { .. } => {
                super::quoting::agrees_with_dedented(&decoded.value, &text.value)
            }
            _ => decoded.value == text.value,
        };
        agrees.then(|| Self {
            source: source.clone(),
            style: text.style,
            token: text.token.clone(),
            forbidden: text.forbidden,
            value: decoded.value,
            pieces: decoded.pieces,
            rewritable: written == Written::ByPeople && !text.style.is_part(),
            written,
        })
    }

    /// Whether a tool wrote the file, such as a plan or a state, which is therefore not rewritten.
    #[must_use]
    pub fn is_written_by_tool(&self) -> bool {
        self.written == Written::ByTools
    }

    /// What it says, without quotes, escapes and indentation.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The bytes of the file that say this part of the value, from the first to the last. A part of an escape
    /// is where the whole escape is.
    #[must_use]
    pub fn range(&self, span: Span) -> Range<usize> {
        let start = self.start_of(span.start);
        let end = if span.end > span.start { self.end_of(span.end) } else { start };
        self.source.in_file(start..end.max(start))
    }

    /// The same without what stands in between and says nothing, such as the indentation of the lines of a
    /// block: the stretches of the file, in order.
    #[must_use]
    pub fn ranges(&self, span: Span) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for piece in
            self.pieces.iter().filter(|piece| piece.value.start < span.end && span.start < piece.value.end)
        {
            let (start, end) = (piece.value.start.max(span.start), piece.value.end.min(span.end));
            let range = self.range(Span::new(start, end));
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        if ranges.is_empty() {
            ranges.push(self.range(span));
        }
        ranges
    }

    /// Where this part of the value begins.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.source.position(self.start_of(span.start))
    }

    /// Where this part of the value is, with the file.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        let path = self.source.path.clone();
        Location { path, range: self.range(span), position: self.position(span) }
    }

    /// The number of its file in the scope, and its bytes there.
    pub(super) fn key(&self) -> (usize, Range<usize>) {
        (self.source.file, self.token.clone())
    }

    /// All of it in the file: with its quotes, or the lines of its block.
    #[must_use]
    pub fn whole(&self) -> Range<usize> {
        self.source.in_file(self.token.clone())
    }

    fn start_of(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.value.end <= at);
        let in_token = match self.pieces.get(next) {
            Some(piece) if piece.is_verbatim() => piece.token.start + at.saturating_sub(piece.value.start),
            Some(piece) => piece.token.start,
            None => self.pieces.last().map_or(self.style.opening(), |last| last.token.end),
        };
        self.token.start + in_token
    }

    fn end_of(&self, at: usize) -> usize {
        let piece = &self.pieces[..self.pieces.partition_point(|piece| piece.value.start < at)];
        let in_token = match piece.last() {
            Some(piece) if piece.is_verbatim() => {
                piece.token.start + at.min(piece.value.end) - piece.value.start
            }
            Some(piece) => piece.token.end,
            None => self.style.opening(),
        };
        self.token.start + in_token
    }

    /// How to write another value here: in the same style, keeping what is written of the parts that stay.
    /// A scalar of YAML without quotes gets some where it needs them.
    ///
    /// `None` where it cannot be written safely: a value without a line end at its end in a block that adds one,
    /// something that would be filled in (`${`, `{{`), control characters where there is no escape for them; and
    /// in plans and states of Terraform, which nobody writes by hand.
    ///
    /// ```
    /// use redis_acl::iac::{self, Format};
    /// let file = "resource \"aws_memorydb_user\" \"app\" {\n  access_string = \"on ~\\\"a\\\" +get\" # kept\n}\n";
    /// let document = iac::read(Format::Terraform, file.as_bytes())?;
    /// let string = document.access_strings().next().unwrap();
    /// let edit = string.text.replace("on ~\"a\" +get +\"x").unwrap();
    /// let written = document.apply(&[edit]).unwrap();
    /// assert_eq!(written, file.replace("+get", "+get +\\\"x").as_bytes());
    /// # Ok::<(), iac::ReadError>(())
    /// ```
    #[must_use]
    pub fn replace(&self, new: &str) -> Option<Edit> {
        if !self.rewritable || self.forbidden.iter().any(|sign| new.contains(sign)) {
            return None;
        }
        let written = core::iter::once((self.style, self.spliced(new)))
            .chain(self.style.encode(new, self.line_end(), self.indent()))
            .find(|(style, token)| style.says(token, new));
        written.map(|(_, text)| Edit { range: self.whole(), text, value: new.to_owned() })
    }

    /// The token with only that part written anew in which the values differ.
    fn spliced(&self, new: &str) -> String {
        let token = self.token_text();
        let (kept, kept_behind) = self.kept(new);
        let (start, end) = (kept, self.value.len() - kept_behind);
        let from = self.start_of(start);
        let to = if end > start { self.end_of(end) } else { from };
        let part = &new[kept..new.len() - kept_behind];
        let part = self.style.encode_part(part, self.line_end(), self.indent());
        format!("{}{part}{}", &token[..from - self.token.start], &token[to.max(from) - self.token.start..])
    }

    /// How much stays at either end; a part of an escape stays only with all of it.
    fn kept(&self, new: &str) -> (usize, usize) {
        let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
            pairs.take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum()
        };
        let mut front = same(&mut self.value.chars().zip(new.chars()));
        if let Some(piece) = self.cut(front) {
            front = piece.value.start;
        }
        let mut back = same(&mut self.value[front..].chars().rev().zip(new[front..].chars().rev()));
        if let Some(piece) = self.cut(self.value.len() - back) {
            back = self.value.len() - piece.value.end;
        }
        (front, back)
    }

    /// The escape that this place is in the middle of.
    fn cut(&self, at: usize) -> Option<&Piece> {
        let inside = |piece: &&Piece| piece.value.start < at && at < piece.value.end;
        self.pieces.iter().find(inside).filter(|piece| !piece.is_verbatim())
    }

    fn token_text(&self) -> &'a str {
        &self.source.text[self.token.clone()]
    }

    /// As the first line of the token ends, or that of the file.
    fn line_end(&self) -> &'static str {
        let text = self.token_text();
        match text.find('\n') {
            Some(end) if text[..end].ends_with('\r') => "\r\n",
            Some(_) => "\n",
            None => self.source.line_end(),
        }
    }

    /// What stands before the lines of a block.
    fn indent(&self) -> &'a str {
        let text = self.token_text();
        match self.style {
            Style::Heredoc { flush: true, .. } => {
                let line = text.lines().find(|line| !line.trim_start().is_empty()).unwrap_or_default();
                &line[..line.len() - line.trim_start().len()]
            }
            Style::YamlBlock(block) => {
                let line = text.lines().find(|line| line.len() > block.indent).unwrap_or_default();
                line.get(..block.indent).unwrap_or_default()
            }
            _ => "",
        }
    }
}

impl Piece {
    fn is_verbatim(&self) -> bool {
        self.value.len() == self.token.len()
    }
}
