//! Sentences in which what people wrote stands apart from our own words.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::report::visible;

/// A line of words and of texts that people wrote.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrase(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Words(Cow<'static, str>),
    /// A rule, a pattern, a name.
    Quote(String),
}

impl Phrase {
    /// Words only.
    pub(super) fn of(words: impl Into<Cow<'static, str>>) -> Self {
        Self::default().words(words)
    }

    pub(super) fn words(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// A text as it was written, control characters escaped.
    pub(super) fn quote(mut self, text: &str) -> Self {
        self.0.push(Piece::Quote(visible(text).into_owned()));
        self
    }

    /// A pattern: between quotes where it would not be seen, or its end not.
    pub(super) fn pattern(self, pattern: &str) -> Self {
        if pattern.is_empty() || pattern.contains(char::is_whitespace) {
            return self.quote(&format!("\"{pattern}\""));
        }
        self.quote(pattern)
    }

    /// Each put behind the others by `push`, with a blank between them.
    pub(super) fn each<T>(
        mut self,
        items: impl IntoIterator<Item = T>,
        push: impl Fn(Self, T) -> Self,
    ) -> Self {
        for (place, item) in items.into_iter().enumerate() {
            self = push(if place == 0 { self } else { self.words(" ") }, item);
        }
        self
    }

    /// All of them, with these words between them.
    pub(super) fn joined(phrases: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let mut joined = Self::default();
        for phrase in phrases {
            if !joined.0.is_empty() {
                joined = joined.words(between);
            }
            joined.0.extend(phrase.0);
        }
        joined
    }

    /// For a terminal.
    pub(super) fn plain(&self) -> String {
        self.0.iter().map(Piece::text).collect()
    }

    /// Words as they are, and each text as `quoted` writes it.
    pub(super) fn marked(&self, quoted: impl Fn(&str) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone().into_owned(),
            Piece::Quote(text) => quoted(text),
        };
        self.0.iter().map(piece).collect()
    }
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Quote(text) => text,
        }
    }
}
