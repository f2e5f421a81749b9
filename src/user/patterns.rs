//! The key and channel patterns of a selector.

use super::texts::Texts;
use crate::access::KeyAccess;

/// What keys a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    all: bool,
    patterns: Texts,
    /// What each pattern allows, in the same order.
    access: Vec<KeyAccess>,
}

/// What channels a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channels {
    all: bool,
    patterns: Texts,
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
            (_, true) => self.access.push(access),
            (place, false) => self.access[place] = self.access[place].with(access),
        }
        Ok(())
    }

    pub(crate) fn are_all(&self) -> bool {
        self.all
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, KeyAccess)> {
        self.patterns.iter().zip(&self.access).map(|(pattern, &access)| (pattern, access))
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
        self.patterns.insert(pattern);
        Ok(())
    }

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
