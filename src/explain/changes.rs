//! What a rule can change.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::KeyPattern;
use crate::catalog::{Catalog, CommandSet};
use crate::wording::FEW;

/// Something that a rule changed. What it allows behind the rule and did not before, or the other way round: a rule
/// that says what is so already has no changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "change", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Change {
    /// Whether the user may log in.
    Login {
        /// It may now.
        enabled: bool,
    },
    /// Whether any password will do.
    AnyPassword {
        /// It will now.
        accepted: bool,
    },
    /// How many passwords came and went.
    Passwords {
        /// So many came.
        added: usize,
        /// So many went.
        removed: usize,
    },
    /// Whether what the user sends to RESTORE is looked through.
    Sanitizing {
        /// It is now.
        sanitized: bool,
    },
    /// Commands, as a whole.
    Commands(CommandChange),
    /// Commands to come.
    FutureCommands {
        /// They are granted now.
        granted: bool,
    },
    /// Commands with one first argument only.
    FirstArguments(FirstArgumentChange),
    /// Keys.
    Keys(KeyChange),
    /// Channels.
    Channels(ChannelChange),
    /// Databases.
    Databases {
        /// All are granted now.
        all: bool,
        /// These are, where not all are.
        ids: Vec<u32>,
    },
    /// A further selector. What its own rules change, [`Step::inside`](super::Step::inside) tells.
    SelectorAdded {
        /// Its number, from 1.
        number: usize,
        /// Whether it allows no command.
        empty: bool,
    },
    /// Selectors taken away.
    SelectorsRemoved {
        /// So many.
        count: usize,
    },
}

/// Commands that came, and that went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CommandChange {
    added: Moved,
    removed: Moved,
}

/// Commands that a rule added or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Moved {
    count: usize,
    names: Vec<&'static str>,
    #[cfg_attr(feature = "serde", serde(skip))]
    set: CommandSet,
}

/// First arguments that came, and that went: `select|0`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FirstArgumentChange {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) covered: Vec<String>,
}

/// Key patterns that came, and that went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KeyChange {
    pub(super) all: bool,
    pub(super) were_all: bool,
    pub(super) added: Vec<KeyPattern>,
    pub(super) widened: Vec<KeyPattern>,
    pub(super) removed: Vec<KeyPattern>,
}

/// Channel patterns that came, and that went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ChannelChange {
    pub(super) all: bool,
    pub(super) were_all: bool,
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
}

impl CommandChange {
    /// `None` where the two are the same.
    pub(super) fn between(before: &CommandSet, after: &CommandSet, catalog: &Catalog) -> Option<Self> {
        let moved = |set| Moved::new(set, catalog);
        (before != after).then(|| Self { added: moved(*after - *before), removed: moved(*before - *after) })
    }

    /// Those that came.
    #[must_use]
    pub fn added(&self) -> &Moved {
        &self.added
    }

    /// Those that went.
    #[must_use]
    pub fn removed(&self) -> &Moved {
        &self.removed
    }
}

impl Moved {
    fn new(set: CommandSet, catalog: &Catalog) -> Self {
        let count = set.len();
        let names = || set.iter().map(|id| catalog.name(id)).collect::<BTreeSet<_>>().into_iter().collect();
        Self { count, names: if count <= FEW { names() } else { Vec::new() }, set }
    }

    /// How many they are, subcommands counted each.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their names in the order of the alphabet, where they are few.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// All of them.
    #[must_use]
    pub fn set(&self) -> &CommandSet {
        &self.set
    }
}

impl FirstArgumentChange {
    /// Those that came.
    #[must_use]
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// Those that went.
    #[must_use]
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// Those that went because their command is granted as a whole now.
    #[must_use]
    pub fn covered(&self) -> &[String] {
        &self.covered
    }
}

impl KeyChange {
    /// Whether all keys are granted now.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.all
    }

    /// Whether all keys were granted before.
    #[must_use]
    pub fn were_all(&self) -> bool {
        self.were_all
    }

    /// The patterns that came.
    #[must_use]
    pub fn added(&self) -> &[KeyPattern] {
        &self.added
    }

    /// The patterns that were there and allow more now.
    #[must_use]
    pub fn widened(&self) -> &[KeyPattern] {
        &self.widened
    }

    /// The patterns that went.
    #[must_use]
    pub fn removed(&self) -> &[KeyPattern] {
        &self.removed
    }
}

impl ChannelChange {
    /// Whether all channels are granted now.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.all
    }

    /// Whether all channels were granted before.
    #[must_use]
    pub fn were_all(&self) -> bool {
        self.were_all
    }

    /// The patterns that came.
    #[must_use]
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// The patterns that went.
    #[must_use]
    pub fn removed(&self) -> &[String] {
        &self.removed
    }
}
