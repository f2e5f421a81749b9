//! The key and channel patterns of a selector.

use super::texts::Texts;
use crate::access::KeyAccess;
use crate::glob::Shape;

/// What keys a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    all: bool,
    patterns: Texts,
    /// What each pattern allows, in the same order.
    access: Vec<KeyAccess>,
    /// What kind of pattern each is, in the same order.
    shapes: Vec<Shape>,
}

/// What channels a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channels {
    all: bool,
    patterns: Texts,
    /// What kind of pattern each is, in the same order.
    shapes: Vec<Shape>,
}

/// A pattern was given where every key or channel is allowed already.
pub(crate) struct AlreadyAll;

impl Keys {
    pub(crate) fn set_all(&mut self) {
        *self = Self { all: true, ..Self::default() };
    }

    /// A pattern that is there already keeps its place and gains the access.
    pub(crate) fn add(&mut self, pattern: &str, access: KeyAccess) -> Result<(), AlreadyAll> {
        if self.all {
            return Err(AlreadyAll);
        }
        match self.patterns.insert(pattern) {
            (_, true) => {
                self.access.push(access);
                self.shapes.push(Shape::of(pattern));
            }
            (place, false) => self.access[place] = self.access[place].with(access),
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn are_all(&self) -> bool {
        self.all
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, KeyAccess)> {
        self.patterns.iter().zip(&self.access).map(|(pattern, &access)| (pattern, access))
    }

    /// Whether one pattern matches the key and has all that is needed (`ACLSelectorCheckKey`).
    #[inline]
    pub(crate) fn allow(&self, key: &[u8], needs: Option<KeyAccess>) -> bool {
        let enough = |access: KeyAccess| needs.is_none_or(|needs| access.includes(needs));
        self.all
            || self.shaped().any(|(pattern, shape, access)| enough(access) && shape.matches(pattern, key))
    }

    /// The patterns that match a key, and what each allows.
    pub(crate) fn matching(&self, key: &[u8]) -> impl Iterator<Item = (&str, KeyAccess)> {
        let matching = self.shaped().filter(move |(pattern, shape, _)| shape.matches(pattern, key));
        matching.map(|(pattern, _, access)| (pattern, access))
    }

    /// Whether every key may be read, by the pattern's text (`ACLSelectorHasUnrestrictedKeyAccess`).
    pub(crate) fn can_all_be_read(&self) -> bool {
        let reads_all =
            |(pattern, access): (&str, KeyAccess)| pattern == "*" && access.includes(KeyAccess::Read);
        self.all || self.iter().any(reads_all)
    }

    #[inline]
    fn shaped(&self) -> impl Iterator<Item = (&str, Shape, KeyAccess)> {
        let kinds = self.shapes.iter().zip(&self.access);
        self.patterns.iter().zip(kinds).map(|(pattern, (&shape, &access))| (pattern, shape, access))
    }

    fn access(&self, pattern: &str) -> Option<KeyAccess> {
        self.patterns.place(pattern).map(|place| self.access[place])
    }
}

impl PartialEq for Keys {
    /// The same patterns with the same access, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        let known = |(pattern, access)| other.access(pattern) == Some(access);
        self.all == other.all && self.patterns.len() == other.patterns.len() && self.iter().all(known)
    }
}

impl Channels {
    pub(crate) fn set_all(&mut self) {
        *self = Self { all: true, ..Self::default() };
    }

    pub(crate) fn add(&mut self, pattern: &str) -> Result<(), AlreadyAll> {
        if self.all {
            return Err(AlreadyAll);
        }
        if self.patterns.insert(pattern).1 {
            self.shapes.push(Shape::of(pattern));
        }
        Ok(())
    }

    /// Whether a pattern matches the channel (`ACLCheckChannelAgainstList`).
    pub(crate) fn allow(&self, channel: &[u8]) -> bool {
        let matches = |(pattern, shape): (&str, &Shape)| shape.matches(pattern, channel);
        self.all || self.patterns.iter().zip(&self.shapes).any(matches)
    }

    /// Whether a pattern is one of these: to subscribe to it, no other will do.
    pub(crate) fn hold(&self, pattern: &[u8]) -> bool {
        let known = || self.patterns.place(std::str::from_utf8(pattern).ok()?);
        self.all || known().is_some()
    }

    #[inline]
    pub(crate) fn are_all(&self) -> bool {
        self.all
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.patterns.iter()
    }
}

impl PartialEq for Channels {
    /// The same patterns in whatever order.
    fn eq(&self, other: &Self) -> bool {
        let known = |pattern| other.patterns.place(pattern).is_some();
        self.all == other.all && self.patterns.len() == other.patterns.len() && self.iter().all(known)
    }
}
