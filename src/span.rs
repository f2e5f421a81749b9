//! Where in the text something stands.

use core::fmt;
use core::ops::Range;

/// A range of bytes in the text that was parsed: `start..end`, end excluded.
///
/// Both ends always fall on character boundaries, so `&text[span.range()]` never panics on the text
/// that the span came from. In JSON a span is `[start, end]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, but not including, `end`.
    ///
    /// ```
    /// assert_eq!(&"on +get"[redis_acl::Span::new(3, 7).range()], "+get");
    /// ```
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span as a range, for slicing.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The same stretch, in a text that begins `by` bytes earlier.
    pub(crate) const fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
