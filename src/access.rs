//! The two small answers that rules give: whether a command is added or taken away, and what may be
//! done to a key.

/// Whether a command rule adds (`+`) or takes away (`-`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Effect {
    /// `+`: the user may.
    Allow,
    /// `-`: the user may not.
    Deny,
}

impl Effect {
    /// The byte that servers print: `+` or `-`.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Allow => '+',
            Self::Deny => '-',
        }
    }
}

/// What a key pattern lets its user do with the keys it matches (Redis 7.0 and later).
///
/// Earlier servers know [`KeyAccess::ReadWrite`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum KeyAccess {
    /// `%R~pattern`: the value may be read.
    Read,
    /// `%W~pattern`: the value may be written.
    Write,
    /// `~pattern`, also written `%RW~pattern`: both.
    ReadWrite,
}

impl KeyAccess {
    /// What a pattern allows that was given once with `self` and once with `other`.
    ///
    /// Servers merge the two into the first one's place: `%R~a %W~a` is `~a`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Read, Self::Read) => Self::Read,
            (Self::Write, Self::Write) => Self::Write,
            _ => Self::ReadWrite,
        }
    }

    /// Whether it allows all that `other` does.
    #[must_use]
    #[inline]
    pub const fn includes(self, other: Self) -> bool {
        matches!((self, other), (Self::ReadWrite, _) | (Self::Read, Self::Read) | (Self::Write, Self::Write))
    }

    /// What servers print before the pattern: `%R~`, `%W~` or `~`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Read => "%R~",
            Self::Write => "%W~",
            Self::ReadWrite => "~",
        }
    }
}
