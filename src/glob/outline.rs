//! What is soon told of two patterns, without a search.

use alloc::borrow::Cow;

use super::shape::{head, start_of};
use super::{Shape, matches};

/// A pattern with what is soon told of it.
#[derive(Clone, Debug)]
pub(crate) struct Outline<'p> {
    text: Cow<'p, [u8]>,
    shape: Shape,
    /// How many bytes stand before all that has a meaning.
    head: usize,
    /// The first of these bytes and a mask over them: most patterns are told apart by one comparison.
    start: u64,
    mask: u64,
}

impl<'p> Outline<'p> {
    pub(crate) fn of(pattern: impl Into<Cow<'p, [u8]>>) -> Self {
        let text = pattern.into();
        let head = head(&text);
        let ((start, mask), head) = (start_of(head), head.len());
        Self { shape: Shape::of(&text), head, start, mask, text }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether there can be a text that both match: not where they begin with other bytes.
    pub(crate) fn may_meet(&self, other: &Self) -> bool {
        if (self.start ^ other.start) & self.mask & other.mask != 0 {
            return false;
        }
        let both = self.head.min(other.head);
        self.text[..both] == other.text[..both]
    }

    /// The work of matching it with a text of that length: in the worst case each byte is compared with each.
    pub(super) fn work_of_matching(&self, length: usize) -> usize {
        match self.shape {
            Shape::General | Shape::Suffix => self.text.len().saturating_mul(length) / 64,
            _ => 0,
        }
    }

    /// Whether it matches all that another pattern does, and that needs no search.
    pub(crate) fn plainly_includes(&self, other: &Self) -> bool {
        match (self.shape, other.shape) {
            (Shape::AnyBytes, _) => !other.text.is_empty(),
            (_, Shape::Nothing) => true,
            (_, Shape::Literal) => matches(&self.text, &other.text),
            (Shape::Prefix, _) => other.text[..other.head].starts_with(&self.text[..self.head]),
            _ => false,
        }
    }
}

/// Whether there can be a text that both patterns match, told from nothing but how they begin.
pub(crate) fn may_meet(a: &[u8], b: &[u8]) -> bool {
    let both = head(a).len().min(head(b).len());
    a[..both] == b[..both]
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;

    use super::{Outline, may_meet};
    use crate::glob::MAX_STARS;

    /// Answers do not depend on these: what is not told here, a search finds.
    #[test]
    fn what_can_be_told_without_a_search_is_told() {
        let nothing = "*a".repeat(MAX_STARS + 1);
        for (pattern, other, includes, meet) in [
            ("a*b?", "a*b?", false, true),
            ("a*b?", "a*b*?", false, true),
            ("*", "?[ab]*", true, true),
            ("*", "", false, true),
            ("?*", &nothing, true, true),
            ("b", "a", false, false),
            ("a?c", "abc", true, true),
            ("a?c", "abd", false, true),
            ("a?c", "ab*", false, true),
            ("app:*", "app:1*", true, true),
            ("app:*", "app*", false, true),
            ("app:*", "app:1?", true, true),
            ("app:1*", "app:2*", false, false),
            ("app:1*", "app:[12]", false, true),
        ] {
            let of = |text: &str| Outline::of(text.as_bytes().to_owned());
            assert_eq!(of(pattern).plainly_includes(&of(other)), includes, "{pattern} {other}");
            assert_eq!(of(pattern).may_meet(&of(other)), meet, "{pattern} {other}");
            assert_eq!(may_meet(pattern.as_bytes(), other.as_bytes()), meet, "{pattern} {other}");
        }
    }
}
