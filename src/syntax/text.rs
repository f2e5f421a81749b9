//! Texts in rules that cannot turn a rule into another one.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// A pattern or a name in a rule, as it is written. It derefs to `str`.
///
/// Only parsing makes one, so a rule never prints as another rule: see [`Rule::key`](super::Rule::key) and its
/// siblings for rules from parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleText<'a>(Cow<'a, str>);

impl<'a> RuleText<'a> {
    pub(super) const EMPTY: Self = Self(Cow::Borrowed(""));

    #[inline(always)]
    pub(super) fn new(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    pub(super) fn into_owned(self) -> RuleText<'static> {
        RuleText(Cow::Owned(self.0.into_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for RuleText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RuleText<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RuleText<'_> {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for RuleText<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl fmt::Display for RuleText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RuleText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// The databases of a `db=` rule: at least one, sorted and each once. It derefs to a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatabaseIds(Vec<u32>);

impl DatabaseIds {
    pub(crate) fn new(mut ids: Vec<u32>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

impl Deref for DatabaseIds {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.0
    }
}
