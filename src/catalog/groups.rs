//! Commands sorted for people: by the category that says most, the notable ones first.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Catalog, Category, CommandId, CommandSet};

/// Commands of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CommandGroup {
    category: Option<Category>,
    commands: Vec<&'static str>,
}

impl CommandGroup {
    /// The category; `None` for commands of modules without any.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        self.category
    }

    /// The names, in the order of the alphabet. A container whose subcommands are all there stands for them.
    #[must_use]
    pub fn commands(&self) -> &[&'static str] {
        &self.commands
    }
}

/// The categories that people look for first; then the others that say what a command is for.
const BY_NOTE: [Category; 20] = [
    Category::Dangerous,
    Category::Admin,
    Category::Scripting,
    Category::Write,
    Category::Read,
    Category::PubSub,
    Category::Blocking,
    Category::Transaction,
    Category::Connection,
    Category::Keyspace,
    Category::Search,
    Category::Json,
    Category::TimeSeries,
    Category::Bloom,
    Category::Cuckoo,
    Category::Cms,
    Category::TopK,
    Category::TDigest,
    Category::Slow,
    Category::Fast,
];

impl Catalog {
    /// Each command in one group, the first of the order above that it belongs to.
    pub(crate) fn groups(&self, commands: &CommandSet) -> Vec<CommandGroup> {
        let mut left = *commands;
        let mut groups = Vec::new();
        for category in BY_NOTE {
            let members = left & self.members(category);
            groups.push((Some(category), members));
            left -= members;
        }
        groups.push((None, left));
        let told = groups.into_iter().filter(|(_, members)| !members.is_empty());
        told.map(|(category, members)| CommandGroup { category, commands: self.short_names(&members) })
            .collect()
    }

    /// In the order of the alphabet; a container stands for its subcommands where all are there.
    pub(crate) fn short_names(&self, commands: &CommandSet) -> Vec<&'static str> {
        let shown = |id: CommandId| {
            let command = self.get(id)?;
            let container = command.container();
            let whole =
                container.filter(|container| container.subcommands().all(|one| commands.contains(one.id())));
            Some(whole.unwrap_or(command).name())
        };
        commands.iter().filter_map(shown).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
