//! The key and channel patterns of a selector.

use alloc::vec::Vec;

use super::channel_source::ChannelSource;
use super::texts::Texts;
use crate::access::KeyAccess;
use crate::glob::Pattern;

/// What keys a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    all: bool,
    patterns: Texts,
    /// What each pattern allows, in the same order, and the pattern prepared.
    access: Vec<(KeyAccess, Pattern)>,
    /// How many patterns allow only reading or only writing.
    directed: usize,
}

/// What channels a selector reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channels {
    all: bool,
    patterns: Texts,
    /// The same, prepared.
    prepared: Vec<Pattern>,
    source: ChannelSource,
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
        let is_directed = |access: KeyAccess| usize::from(access != KeyAccess::ReadWrite);
        match self.patterns.insert(pattern) {
            (_, true) => {
                self.directed += is_directed(access);
                self.access.push((access, Pattern::new(pattern)));
            }
            (place, false) => {
                let before = self.access[place].0;
                let after = before.with(access);
                self.directed -= is_directed(before) - is_directed(after);
                self.access[place].0 = after;
            }
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn are_all(&self) -> bool {
        self.all
    }

    /// Whether some pattern allows only reading or only writing: `%R~` or `%W~`.
    pub(super) fn have_directed(&self) -> bool {
        self.directed > 0
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, KeyAccess)> {
        self.patterns.iter().zip(&self.access).map(|(pattern, (access, _))| (pattern, *access))
    }

    /// Whether one pattern matches the key and has all that is needed (`ACLSelectorCheckKey`).
    #[inline]
    pub(crate) fn allow(&self, key: &[u8], needs: Option<KeyAccess>) -> bool {
        let enough = |access: &KeyAccess| needs.is_none_or(|needs| access.includes(needs));
        self.all || self.access.iter().any(|(access, pattern)| enough(access) && pattern.matches(key))
    }

    /// What the patterns that match a key allow.
    pub(crate) fn matching(&self, key: &[u8]) -> impl Iterator<Item = KeyAccess> {
        self.access.iter().filter(move |(_, pattern)| pattern.matches(key)).map(|(access, _)| *access)
    }

    /// Whether every key may be read, by the pattern's text (`ACLSelectorHasUnrestrictedKeyAccess`).
    pub(crate) fn can_all_be_read(&self) -> bool {
        let reads_all =
            |(pattern, access): (&str, KeyAccess)| pattern == "*" && access.includes(KeyAccess::Read);
        self.all || self.iter().any(reads_all)
    }

    /// Those from this place on, without a walk to it.
    pub(crate) fn tail(&self, from: usize) -> impl Iterator<Item = (&str, KeyAccess)> {
        self.patterns.tail(from).zip(self.access.iter().skip(from)).map(|(text, (access, _))| (text, *access))
    }

    /// Where a pattern stands.
    pub(crate) fn place(&self, pattern: &str) -> Option<usize> {
        self.patterns.place(pattern)
    }

    fn access(&self, pattern: &str) -> Option<KeyAccess> {
        self.patterns.place(pattern).map(|place| self.access[place].0)
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
        *self = Self::all_by(ChannelSource::Rules);
    }

    /// All channels.
    pub(super) fn all_by(source: ChannelSource) -> Self {
        Self { all: true, source, ..Self::default() }
    }

    /// No channels.
    pub(super) fn none_by(source: ChannelSource) -> Self {
        Self { source, ..Self::default() }
    }

    pub(crate) fn source(&self) -> ChannelSource {
        self.source
    }

    /// Whether rules name channels: all of them, or patterns.
    pub(super) fn are_named(&self) -> bool {
        self.source == ChannelSource::Rules && (self.all || self.patterns.len() > 0)
    }

    /// The same without the patterns.
    pub(super) fn without_patterns(&self) -> Self {
        Self { all: self.all, source: self.source, ..Self::default() }
    }

    pub(crate) fn add(&mut self, pattern: &str) -> Result<(), AlreadyAll> {
        if self.all {
            return Err(AlreadyAll);
        }
        self.source = ChannelSource::Rules;
        if self.patterns.insert(pattern).1 {
            self.prepared.push(Pattern::new(pattern));
        }
        Ok(())
    }

    /// Whether a pattern matches the channel (`ACLCheckChannelAgainstList`).
    pub(crate) fn allow(&self, channel: &[u8]) -> bool {
        self.all || self.prepared.iter().any(|pattern| pattern.matches(channel))
    }

    /// Whether a pattern is one of these: to subscribe to it, no other will do.
    pub(crate) fn hold(&self, pattern: &[u8]) -> bool {
        let known = || self.patterns.place(core::str::from_utf8(pattern).ok()?);
        self.all || known().is_some()
    }

    #[inline]
    pub(crate) fn are_all(&self) -> bool {
        self.all
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.patterns.iter()
    }

    /// Those from this place on, without a walk to it.
    pub(crate) fn tail(&self, from: usize) -> impl Iterator<Item = &str> {
        self.patterns.tail(from)
    }
}

impl PartialEq for Channels {
    /// The same patterns in whatever order.
    fn eq(&self, other: &Self) -> bool {
        let known = |pattern| other.patterns.place(pattern).is_some();
        self.all == other.all && self.patterns.len() == other.patterns.len() && self.iter().all(known)
    }
}
