//! The shapes that most patterns have, and what is faster for them.

use alloc::boxed::Box;

use super::MAX_STARS;
use super::matcher::{Class, matches_rest};

/// What kind of pattern one is. It makes the common ones as fast as a comparison.
///
/// ```
/// use redis_acl::glob::Shape;
///
/// assert_eq!(Shape::of("app:*"), Shape::Prefix);
/// assert_eq!(Shape::of("a?c"), Shape::General);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// `config`: the text itself.
    Literal,
    /// `app:*`: what begins so.
    Prefix,
    /// `*:app`: what ends so.
    Suffix,
    /// `*`: any text but the empty one.
    AnyBytes,
    /// Everything else.
    General,
    /// More than [`MAX_STARS`] stars: nothing.
    Nothing,
}

impl Shape {
    /// The shape of a pattern.
    #[must_use]
    pub fn of(pattern: impl AsRef<[u8]>) -> Self {
        let pattern = pattern.as_ref();
        if has_too_many_stars(pattern) {
            return Self::Nothing;
        }
        let stars = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == b'*').count();
        let head = stars(pattern);
        if head == pattern.len() {
            return if head == 0 { Self::Literal } else { Self::AnyBytes };
        }
        let tail = pattern.iter().rev().take_while(|byte| **byte == b'*').count();
        let middle = &pattern[head..pattern.len() - tail];
        match (head, tail) {
            _ if middle.iter().any(|byte| is_special(*byte)) => Self::General,
            (0, 0) => Self::Literal,
            (0, _) => Self::Prefix,
            (_, 0) => Self::Suffix,
            _ => Self::General,
        }
    }
}

/// A pattern, prepared to be matched again and again.
///
/// ```
/// use redis_acl::glob::{Pattern, Shape};
///
/// let pattern = Pattern::new("app:*");
/// assert_eq!(pattern.shape(), Shape::Prefix);
/// assert!(pattern.matches("app:1"));
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    shape: Shape,
    /// The pattern; without the stars where the shape says where they are.
    core: Box<[u8]>,
    /// How many bytes stand before all that has a meaning.
    head: usize,
    /// The first of these bytes, as many as a word holds, and a mask over them: a text that begins otherwise is
    /// refused by one comparison.
    start: u64,
    mask: u64,
}

impl Pattern {
    /// Prepares a pattern.
    #[must_use]
    pub fn new(pattern: impl AsRef<[u8]>) -> Self {
        let pattern = pattern.as_ref();
        let shape = Shape::of(pattern);
        let core = match shape {
            Shape::Prefix => without_final_stars(pattern),
            Shape::Suffix => without_first_stars(pattern),
            _ => pattern,
        };
        let head = head(pattern);
        let (start, mask) = start_of(head);
        Self { shape, core: core.into(), head: head.len(), start, mask }
    }

    /// Its shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether it matches the text: what [`matches`](super::matches) says.
    #[must_use]
    #[inline]
    pub fn matches(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        let first = text.first_chunk().map(|first| u64::from_ne_bytes(*first));
        if first.is_some_and(|first| first & self.mask != self.start) {
            return false;
        }
        match self.shape {
            Shape::Literal => *self.core == *text,
            Shape::Prefix if first.is_some() && self.core.len() <= WORD => true,
            Shape::Prefix => text.starts_with(&self.core),
            Shape::Suffix => text.ends_with(&self.core),
            Shape::AnyBytes => !text.is_empty(),
            // it is more than stars, so it matches no empty text
            Shape::General => {
                let (head, rest) = self.core.split_at(self.head);
                text.strip_prefix(head).is_some_and(|left| matches_rest(rest, left))
            }
            Shape::Nothing => false,
        }
    }
}

/// How many bytes are compared at once.
const WORD: usize = size_of::<u64>();

/// The bytes before all that has a meaning: what a pattern matches begins with them.
pub(crate) fn head(pattern: &[u8]) -> &[u8] {
    let special = pattern.iter().position(|byte| is_special(*byte));
    &pattern[..special.unwrap_or(pattern.len())]
}

/// The first of these bytes, as many as a word holds, and a mask over them.
#[inline]
pub(super) fn start_of(head: &[u8]) -> (u64, u64) {
    let (mut start, mut mask) = ([0; WORD], [0; WORD]);
    let known = head.len().min(WORD);
    start[..known].copy_from_slice(&head[..known]);
    mask[..known].fill(u8::MAX);
    (u64::from_ne_bytes(start), u64::from_ne_bytes(mask))
}

/// Whether the byte has a meaning of its own outside of a class.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\')
}

fn without_final_stars(mut pattern: &[u8]) -> &[u8] {
    while let [before @ .., b'*'] = pattern {
        pattern = before;
    }
    pattern
}

pub(super) fn without_first_stars(mut pattern: &[u8]) -> &[u8] {
    while let [b'*', behind @ ..] = pattern {
        pattern = behind;
    }
    pattern
}

/// Whether servers would give up on the pattern: a star that is escaped or in a class does not count.
pub(super) fn has_too_many_stars(pattern: &[u8]) -> bool {
    // a star that counts needs a byte behind it
    if pattern.len() <= 2 * MAX_STARS {
        return false;
    }
    let (mut rest, mut stars) = (pattern, 0);
    loop {
        rest = match rest {
            [] => return false,
            [b'*', ..] => {
                let behind = without_first_stars(rest);
                stars += usize::from(!behind.is_empty());
                behind
            }
            _ => behind_token(rest),
        };
        if stars > MAX_STARS {
            return true;
        }
    }
}

/// What follows the token that a pattern begins with, which is no star.
pub(super) fn behind_token(pattern: &[u8]) -> &[u8] {
    match pattern {
        [b'\\', _, behind @ ..] => behind,
        [b'[', class @ ..] => behind_class(class),
        [_, behind @ ..] => behind,
        [] => pattern,
    }
}

/// What follows a class that begins here.
fn behind_class(class: &[u8]) -> &[u8] {
    let mut class = Class::behind_bracket(class);
    class.by_ref().for_each(drop);
    class.rest
}
