//! What is soon told of two patterns, without a search.

use alloc::borrow::Cow;

use super::shape::head;
use super::{Shape, matches};

/// A pattern with what is soon told of it.
#[derive(Clone, Debug)]
pub(crate) struct Outline<'p> {
    text: Cow<'p, [u8]>,
    shape: Shape,
    /// How many bytes stand before all that has a meaning.
    head: usize,
}

impl<'p> Outline<'p> {
    pub(crate) fn of(pattern: impl Into<Cow<'p, [u8]>>) -> Self {
        let text = pattern.into();
        Self { shape: Shape::of(&text), head: head(&text).len(), text }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether there can be a text that both match: not where they begin with other bytes.
    pub(crate) fn may_meet(&self, other: &Self) -> bool {
        let both = self.head.min(other.head);
        self.text[..both] == other.text[..both]
    }

    /// Whether it matches all that the other does, and that needs no search.
    pub(crate) fn plainly_includes(&self, other: &Self) -> bool {
        match (self.shape, other.shape) {
            _ if self.text == other.text => true,
            (Shape::AnyBytes, _) => !other.text.is_empty(),
            (_, Shape::Nothing) => true,
            (_, Shape::Literal) => matches(&self.text, &other.text),
            (Shape::Prefix, Shape::Prefix) => other.text[..other.head].starts_with(&self.text[..self.head]),
            _ => false,
        }
    }
}

/// Whether there can be a text that both patterns match, told from nothing but how they begin.
pub(crate) fn may_meet(a: &[u8], b: &[u8]) -> bool {
    let both = head(a).len().min(head(b).len());
    a[..both] == b[..both]
}
