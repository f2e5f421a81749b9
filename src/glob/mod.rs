//! Glob patterns, matched exactly as servers match keys and channels (`stringmatchlen`), over bytes.
//!
//! | pattern | matches |
//! |---|---|
//! | `*` | any bytes; by itself it does **not** match the empty text |
//! | `?` | one byte |
//! | `[abc]`, `[^abc]`, `[a-z]` | one byte of, outside, between; `!` is no negation |
//! | `\c` | `c` itself |
//!
//! The corners are the servers' too: `[]` matches nothing and `[^]` any byte, a class that is not closed ends
//! with the pattern, `[a-]` is a range, ranges compare signed bytes as on x86-64.
//!
//! Servers try every way to divide the text among the stars, one inside another. Here only the last star is
//! ever tried again, which finds the same answers in time linear in pattern × text, without an allocation.
//!
//! One answer depends on the version: servers since Redis 7.2.6 give up on patterns with more than
//! [`MAX_STARS`] stars before others, older ones go on, for a time that grows beyond all bounds. Such a pattern
//! matches nothing here, whatever the version: the safe side, for a pattern that nobody means.
//!
//! ```
//! use redis_acl::glob;
//!
//! assert!(glob::matches("app:*", "app:1"));
//! assert!(glob::matches("h[^a-d]llo", "hello"));
//! assert!(!glob::matches("*", ""));
//! ```

mod automaton;
mod inclusion;
mod matcher;
mod outline;
mod shape;

use alloc::string::String;

pub use inclusion::{Inclusion, WORK, inclusion, inclusion_within};
pub(crate) use inclusion::{LOOKS, included, spend, text_outside, with_part};
pub use matcher::matches;
pub(crate) use outline::{Outline, may_meet};
pub(crate) use shape::head;
pub use shape::{Pattern, Shape};

/// The pattern that matches this text and nothing else.
///
/// ```
/// use redis_acl::glob;
///
/// assert_eq!(glob::escape("user[1]:*"), r"user\[1]:\*");
/// assert!(glob::matches(glob::escape("a?"), "a?") && !glob::matches(glob::escape("a?"), "ab"));
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let escaped = |c: char| matches!(c, '*' | '?' | '[' | '\\').then_some('\\');
    text.chars().flat_map(|c| escaped(c).into_iter().chain([c])).collect()
}

/// How many stars, neighbours counted as one, may stand before the end of a pattern that matches anything.
pub const MAX_STARS: usize = 1000;
