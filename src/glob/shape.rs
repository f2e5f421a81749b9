//! The shapes that most patterns have, and what is faster for them.

use super::MAX_STARS;
use super::matcher::matches_within_bounds;

/// What kind of pattern one is. Found once, it makes the common ones as fast as a comparison.
///
/// ```
/// use redis_acl::glob::Shape;
///
/// let pattern = "app:*";
/// let shape = Shape::of(pattern);
/// assert_eq!(shape, Shape::Prefix);
/// assert!(shape.matches(pattern, "app:1"));
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
            _ if middle.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\')) => Self::General,
            (0, 0) => Self::Literal,
            (0, _) => Self::Prefix,
            (_, 0) => Self::Suffix,
            _ => Self::General,
        }
    }

    /// Whether the pattern, which must be of this shape, matches the text.
    #[must_use]
    #[inline]
    pub fn matches(self, pattern: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> bool {
        let (pattern, text) = (pattern.as_ref(), text.as_ref());
        match self {
            Self::Literal => pattern == text,
            Self::Prefix => text.starts_with(without_final_stars(pattern)),
            Self::Suffix => text.ends_with(without_first_stars(pattern)),
            Self::AnyBytes => !text.is_empty(),
            Self::General => matches_within_bounds(pattern, text),
            Self::Nothing => false,
        }
    }
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

/// What follows a class that begins here; it ends where the matcher says.
fn behind_class(class: &[u8]) -> &[u8] {
    let mut rest = class.strip_prefix(b"^").unwrap_or(class);
    loop {
        rest = match rest {
            [] => return rest,
            [b'\\', _, behind @ ..] => behind,
            [b']', behind @ ..] => return behind,
            [_, b'-', _, behind @ ..] => behind,
            [_, behind @ ..] => behind,
        }
    }
}
