//! The plain path: any pattern, whatever its shape.

use super::shape::has_too_many_stars;

/// Whether the pattern matches the text, as a server's `stringmatchlen` without `nocase` says.
///
/// ```
/// use redis_acl::glob;
///
/// assert!(glob::matches("news.[a-c]*", "news.b"));
/// assert!(glob::matches(b"\\*", b"*"));
/// assert!(!glob::matches("news.?", "news."));
/// ```
#[must_use]
pub fn matches(pattern: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> bool {
    let pattern = pattern.as_ref();
    !has_too_many_stars(pattern) && matches_within_bounds(pattern, text.as_ref())
}

/// The same for a pattern that has not too many stars.
///
/// Every token but `*` takes exactly one byte, so when a later star has been reached, an earlier one need not
/// be tried again: whatever it could leave to the rest, the later one can skip.
fn matches_within_bounds(pattern: &[u8], text: &[u8]) -> bool {
    // the server's loop runs only while both have bytes left: nothing but "" matches the empty text
    if text.is_empty() { pattern.is_empty() } else { matches_rest(pattern, text) }
}

/// The same for what is left when some of both has been matched: then stars also match nothing.
pub(super) fn matches_rest(pattern: &[u8], text: &[u8]) -> bool {
    let (mut rest, mut left) = (pattern, text);
    // the pattern behind the last star, and the text that has not been tried with it
    let mut again: Option<(&[u8], &[u8])> = None;
    while let Some((&byte, behind)) = left.split_first() {
        if rest.first() == Some(&b'*') {
            rest = without_stars(rest);
            if rest.is_empty() {
                return true;
            }
            again = Some((rest, behind));
        } else if let Some(next) = take(rest, byte) {
            (rest, left) = (next, behind);
        } else if let Some((behind_star, untried)) = again {
            (rest, left) = (behind_star, untried);
            again = untried.split_first().map(|(_, fewer)| (behind_star, fewer));
        } else {
            return false;
        }
    }
    without_stars(rest).is_empty()
}

fn without_stars(mut pattern: &[u8]) -> &[u8] {
    while let Some((b'*', behind)) = pattern.split_first() {
        pattern = behind;
    }
    pattern
}

/// The pattern behind its first token, if that token, no star, matches the byte.
pub(super) fn take(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    match pattern {
        [] => None,
        [b'?', behind @ ..] => Some(behind),
        [b'[', class @ ..] => take_class(class, byte),
        // a backslash with nothing behind it stands for itself
        [b'\\', escaped, behind @ ..] => (*escaped == byte).then_some(behind),
        [literal, behind @ ..] => (*literal == byte).then_some(behind),
    }
}

/// The pattern behind a class, if the class matches the byte; it begins behind the `[`.
fn take_class(class: &[u8], byte: u8) -> Option<&[u8]> {
    let mut class = Class::behind_bracket(class);
    let found = class.by_ref().fold(false, |found, member| found | member.contains(byte));
    (found != class.negated).then_some(class.rest)
}

/// The members of a class, one after the other; when there are no more, `rest` is what stands behind it.
pub(super) struct Class<'p> {
    pub(super) negated: bool,
    pub(super) rest: &'p [u8],
    ended: bool,
}

/// A byte of a class, or a range of them. Bytes are signed `char`s to the servers' C on x86-64, and ends in
/// the wrong order are swapped.
#[derive(Clone, Copy)]
pub(super) struct Member {
    start: i8,
    end: i8,
}

impl<'p> Class<'p> {
    /// `class` begins behind the `[`.
    pub(super) fn behind_bracket(class: &'p [u8]) -> Self {
        let (negated, rest) = match class {
            [b'^', behind @ ..] => (true, behind),
            _ => (false, class),
        };
        Self { negated, rest, ended: false }
    }
}

impl Iterator for Class<'_> {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        if self.ended {
            return None;
        }
        let (member, rest) = match self.rest {
            [b'\\', member, behind @ ..] => (Some(Member::new(*member, *member)), behind),
            [b']', behind @ ..] => (None, behind),
            [start, b'-', end, behind @ ..] => (Some(Member::new(*start, *end)), behind),
            [member, behind @ ..] => (Some(Member::new(*member, *member)), behind),
            // the end of the pattern closes a class as well
            [] => (None, self.rest),
        };
        (self.ended, self.rest) = (member.is_none(), rest);
        member
    }
}

impl Member {
    fn new(start: u8, end: u8) -> Self {
        let (start, end) = (start as i8, end as i8);
        Self { start: start.min(end), end: start.max(end) }
    }

    fn contains(self, byte: u8) -> bool {
        (self.start..=self.end).contains(&(byte as i8))
    }

    pub(super) fn bytes(self) -> impl Iterator<Item = u8> {
        (self.start..=self.end).map(|byte| byte as u8)
    }
}
