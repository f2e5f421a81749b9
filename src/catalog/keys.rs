//! Where a command's arguments name keys, as servers declare it.

use core::fmt;

use crate::access::KeyAccess;

/// Where the keys are among a command's arguments: the old three numbers, and from 7.0 on key specs.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// Place of the first key; 0 when there is none, or none at a fixed place.
    pub first: i8,
    /// Place of the last key; counted from the end when negative.
    pub last: i8,
    /// From one key to the next.
    pub step: i8,
    /// Key specs, each telling how to find some of the keys and what is done with them. Empty up to
    /// Redis 6.2.
    pub specs: &'static [KeySpec],
}

impl Keys {
    /// How many key specs a command can have.
    pub const MAX_SPECS: usize = 4;

    /// Whether the key specs tell all keys and what is done with them, if they do not say otherwise while
    /// they are followed. No spec may have flags that depend on other arguments.
    pub(super) fn specs_are_reliable(&self) -> bool {
        self.name_keys() && !self.specs.iter().any(|spec| spec.flags.contains(KeyFlags::VARIABLE_FLAGS))
    }

    /// Whether any key spec is about real keys.
    pub(super) fn name_keys(&self) -> bool {
        self.specs.iter().any(|spec| !spec.flags.contains(KeyFlags::NOT_KEY))
    }
}

/// One key spec, as `COMMAND INFO` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeySpec {
    /// What is done with these keys.
    pub flags: KeyFlags,
    /// Where to begin.
    pub start: StartSearch,
    /// How the keys lie from there on.
    pub find: FindKeys,
}

/// Where a key spec begins (`begin_search`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartSearch {
    /// At this argument.
    Index(i8),
    /// Behind a keyword, searched from an argument on (from the end backwards when negative).
    Keyword {
        /// The word, upper case; it is found in any case.
        keyword: &'static str,
        /// The argument to search from.
        from: i8,
    },
    /// Only the command's own code knows.
    Unknown,
}

/// How the keys lie (`find_keys`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindKeys {
    /// One after another.
    Range {
        /// The last one, relative to the first; -1 is the last argument, -2 the one before it.
        last: i8,
        /// From one key to the next.
        step: i8,
        /// With `last` = -1: 0 and 1 take all that is left, 2 the first half, 3 the first third.
        limit: i8,
    },
    /// As many as an argument says.
    KeyNum {
        /// That argument, relative to the start.
        index: i8,
        /// The first key, relative to the start.
        first: i8,
        /// From one key to the next.
        step: i8,
    },
    /// Only the command's own code knows.
    Unknown,
}

/// What a command does with the keys of one key spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFlags(u16);

#[allow(missing_docs, reason = "the names are the servers' own, and explained as a group")]
impl KeyFlags {
    // What happens to the value as a whole: read only, read and written, overwritten, removed.
    pub const RO: Self = Self(1);
    pub const RW: Self = Self(1 << 1);
    pub const OW: Self = Self(1 << 2);
    pub const RM: Self = Self(1 << 3);
    // What happens to the user's data in it; these decide the permission that is needed.
    pub const ACCESS: Self = Self(1 << 4);
    pub const UPDATE: Self = Self(1 << 5);
    pub const INSERT: Self = Self(1 << 6);
    pub const DELETE: Self = Self(1 << 7);
    // How far the spec can be trusted.
    pub const NOT_KEY: Self = Self(1 << 8);
    pub const INCOMPLETE: Self = Self(1 << 9);
    pub const VARIABLE_FLAGS: Self = Self(1 << 10);
}

impl KeyFlags {
    /// No flags: nothing is known, or nothing but that the key is looked at.
    pub const NONE: Self = Self(0);

    /// Both flags' worth.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `flags` are set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// What a pattern must allow for such a key (`ACLSelectorCheckKey`); `None` where any pattern will do.
    ///
    /// ```
    /// use redis_acl::{KeyAccess, KeyFlags};
    /// assert_eq!(KeyFlags::RO.and(KeyFlags::ACCESS).needs(), Some(KeyAccess::Read));
    /// assert_eq!(KeyFlags::RO.needs(), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn needs(self) -> Option<KeyAccess> {
        let writes = Self::UPDATE.0 | Self::INSERT.0 | Self::DELETE.0;
        match (self.0 & Self::ACCESS.0 != 0, self.0 & writes != 0) {
            (true, true) => Some(KeyAccess::ReadWrite),
            (true, false) => Some(KeyAccess::Read),
            (false, true) => Some(KeyAccess::Write),
            (false, false) => None,
        }
    }

    /// The names of the flags, as `COMMAND GETKEYSANDFLAGS` lists them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [&str; 11] = [
            "RO",
            "RW",
            "OW",
            "RM",
            "access",
            "update",
            "insert",
            "delete",
            "not_key",
            "incomplete",
            "variable_flags",
        ];
        NAMES
            .into_iter()
            .enumerate()
            .filter(move |(place, _)| self.0 & (1 << place) != 0)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for KeyFlags {
    /// The names, joined by `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.names().enumerate() {
            f.write_str(if place == 0 { "" } else { "+" })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// A key in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRef<'r> {
    /// Which argument it is; the command's name is argument 0.
    pub index: usize,
    /// The key itself.
    pub key: &'r [u8],
    /// What the command does with it; none before Redis 7.0.
    pub flags: KeyFlags,
}
