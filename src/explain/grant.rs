//! What one selector grants, and what of note it does not.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::access::KeyAccess;
use crate::catalog::{Catalog, Category, ChannelArguments, Command, CommandGroup, CommandSet};
use crate::user::{ChannelSource, Selector};

/// What one selector grants.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Grant {
    pub(super) commands: usize,
    pub(super) of: usize,
    pub(super) future_commands: bool,
    pub(super) categories: Vec<CategoryCount>,
    pub(super) notable: Vec<Part>,
    pub(super) first_arguments: Vec<String>,
    pub(super) all_keys: bool,
    pub(super) keys: Vec<KeyPattern>,
    pub(super) all_channels: bool,
    pub(super) channels: Vec<String>,
    pub(super) channel_source: ChannelSource,
    /// Whether a command is granted that names channels.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) uses_channels: bool,
    pub(super) all_databases: bool,
    pub(super) databases: Vec<u32>,
    pub(super) denied: Denials,
}

/// How much of a category is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CategoryCount {
    category: Category,
    granted: usize,
    of: usize,
}

/// Commands of one category, and the others in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Part {
    category: Option<Category>,
    commands: Vec<&'static str>,
    others: Vec<&'static str>,
}

/// A key pattern, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KeyPattern {
    pattern: String,
    access: KeyAccess,
}

/// What of note one selector does not grant. Commands that every user may send, such as `AUTH`, do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Denials {
    pub(super) all_commands: bool,
    pub(super) categories: Vec<Category>,
    pub(super) commands: Vec<Part>,
    pub(super) keys_read: bool,
    pub(super) keys_write: bool,
    pub(super) channels: bool,
    pub(super) databases: bool,
}

/// The categories whose commands are named.
const NOTABLE: [Category; 3] = [Category::Dangerous, Category::Admin, Category::Scripting];

/// The categories of which it is told when nothing in them is granted.
const MISSED: [Category; 8] = [
    Category::Dangerous,
    Category::Admin,
    Category::Scripting,
    Category::Write,
    Category::Read,
    Category::PubSub,
    Category::Transaction,
    Category::Connection,
];

impl Grant {
    pub(super) fn of(selector: &Selector, catalog: &Catalog) -> Self {
        let commands = selector.commands();
        let key = |(pattern, access): (&str, KeyAccess)| KeyPattern::new(pattern, access);
        let keys = selector.key_patterns().map(|patterns| patterns.map(key).collect());
        let channels = selector.channel_patterns().map(|patterns| patterns.map(str::to_owned).collect());
        let is_notable = |part: &Part| part.category.is_some_and(|category| NOTABLE.contains(&category));
        let argument = |(id, argument)| format!("{}|{argument}", catalog.name(id));
        Self {
            commands: commands.len(),
            of: catalog.all().len(),
            future_commands: selector.allows_future_commands(),
            categories: categories(commands, catalog),
            notable: Part::all_of(commands, catalog).into_iter().filter(is_notable).collect(),
            first_arguments: selector.first_arguments().map(argument).collect(),
            all_keys: keys.is_none(),
            keys: keys.unwrap_or_default(),
            all_channels: channels.is_none(),
            channels: channels.unwrap_or_default(),
            channel_source: selector.channel_source(),
            uses_channels: commands.iter().filter_map(|id| catalog.get(id)).any(takes_channels),
            all_databases: selector.databases().is_none(),
            databases: selector.databases().unwrap_or_default().to_vec(),
            denied: Denials::of(selector, catalog),
        }
    }

    /// How many commands are granted as a whole, subcommands counted each.
    #[must_use]
    pub fn commands(&self) -> usize {
        self.commands
    }

    /// How many commands there are.
    #[must_use]
    pub fn all_commands(&self) -> usize {
        self.of
    }

    /// Whether future commands are granted too.
    #[must_use]
    pub fn allows_future_commands(&self) -> bool {
        self.future_commands
    }

    /// The categories of which any command is granted, the notable ones first. A command counts in each of its own.
    #[must_use]
    pub fn categories(&self) -> &[CategoryCount] {
        &self.categories
    }

    /// The granted commands that are dangerous, for administration or about scripts; each in one group.
    #[must_use]
    pub fn notable(&self) -> &[Part] {
        &self.notable
    }

    /// What is granted with one first argument only: `select|0`.
    #[must_use]
    pub fn first_arguments(&self) -> &[String] {
        &self.first_arguments
    }

    /// The key patterns; `None` where all keys are granted.
    #[must_use]
    pub fn key_patterns(&self) -> Option<&[KeyPattern]> {
        (!self.all_keys).then_some(&self.keys)
    }

    /// The channel patterns; `None` where all channels are granted.
    #[must_use]
    pub fn channel_patterns(&self) -> Option<&[String]> {
        (!self.all_channels).then_some(&self.channels)
    }

    /// What decides which channels are granted.
    #[must_use]
    pub fn channel_source(&self) -> ChannelSource {
        self.channel_source
    }

    /// The databases; `None` where all are granted.
    #[must_use]
    pub fn databases(&self) -> Option<&[u32]> {
        (!self.all_databases).then_some(&self.databases)
    }

    /// What of note is not granted.
    #[must_use]
    pub fn denied(&self) -> &Denials {
        &self.denied
    }

    /// Whether it grants all there is.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let all_commands = self.future_commands && self.commands == self.of;
        all_commands && self.all_keys && self.all_channels && self.all_databases
    }
}

fn takes_channels(command: Command<'_>) -> bool {
    command.channel_arguments() != ChannelArguments::None
}

fn categories(commands: &CommandSet, catalog: &Catalog) -> Vec<CategoryCount> {
    let count = |category| {
        let members = catalog.members(category);
        CategoryCount { category, granted: members.overlap(commands), of: members.len() }
    };
    let mut counts: Vec<_> = catalog.categories().map(count).filter(|count| count.granted > 0).collect();
    counts.sort_by_key(|count| {
        MISSED.iter().position(|known| *known == count.category).unwrap_or(MISSED.len())
    });
    counts
}

impl CategoryCount {
    /// The category.
    #[must_use]
    pub fn category(self) -> Category {
        self.category
    }

    /// How many of its commands are granted.
    #[must_use]
    pub fn granted(self) -> usize {
        self.granted
    }

    /// How many commands it has.
    #[must_use]
    pub fn members(self) -> usize {
        self.of
    }
}

impl Part {
    /// Each command in one part.
    fn all_of(commands: &CommandSet, catalog: &Catalog) -> Vec<Self> {
        let others = |category| catalog.short_names(&(catalog.members(category) - *commands));
        let part = |group: CommandGroup| Self {
            category: group.category(),
            commands: group.commands().to_vec(),
            others: group.category().map(others).unwrap_or_default(),
        };
        catalog.groups(commands).into_iter().map(part).collect()
    }

    /// The category; `None` for commands of modules without any.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        self.category
    }

    /// The names in the order of the alphabet, but those that stand in a part before. A container whose subcommands
    /// are all there stands for them.
    #[must_use]
    pub fn commands(&self) -> &[&'static str] {
        &self.commands
    }

    /// The commands of the category of which the opposite is true: where these are granted, the denied ones.
    #[must_use]
    pub fn others(&self) -> &[&'static str] {
        &self.others
    }
}

impl KeyPattern {
    pub(super) fn new(pattern: &str, access: KeyAccess) -> Self {
        Self { pattern: pattern.to_owned(), access }
    }

    /// The glob pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What may be done to the keys that it matches.
    #[must_use]
    pub fn access(&self) -> KeyAccess {
        self.access
    }
}

impl Denials {
    fn of(selector: &Selector, catalog: &Catalog) -> Self {
        let quirks = catalog.dialect().quirks();
        let is_open = |id: &_| catalog.get(*id).is_some_and(|command| command.is_open_to_all(&quirks));
        let all = catalog.all();
        let open: CommandSet = all.iter().filter(is_open).collect();
        let (granted, all) = (*selector.commands() - open, all - open);
        let with_argument: CommandSet = selector.first_arguments().map(|(id, _)| id).collect();
        let is_missed = |category: &Category| {
            let members = catalog.members(*category) & all;
            !members.is_empty() && (members & (granted | with_argument)).is_empty()
        };
        let others = if 2 * granted.len() > all.len() { all - granted } else { CommandSet::EMPTY };
        let has_keys = |part: KeyAccess| match selector.key_patterns() {
            Some(mut patterns) => patterns.any(|(_, access)| access.includes(part)),
            None => true,
        };
        Self {
            all_commands: selector.commands.are_none(),
            categories: MISSED.into_iter().filter(is_missed).collect(),
            commands: Part::all_of(&others, catalog),
            keys_read: !has_keys(KeyAccess::Read),
            keys_write: !has_keys(KeyAccess::Write),
            channels: selector.channel_patterns().is_some_and(|patterns| patterns.len() == 0),
            databases: selector.databases().is_some_and(<[u32]>::is_empty),
        }
    }

    /// Whether no command is granted at all, not even with a first argument.
    #[must_use]
    pub fn all_commands(&self) -> bool {
        self.all_commands
    }

    /// Those of the categories dangerous, admin, scripting, write, read, pubsub, transaction and connection of which
    /// no command is granted.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Where most commands are granted, the others, each in one group; else none.
    #[must_use]
    pub fn commands(&self) -> &[Part] {
        &self.commands
    }

    /// Whether no key may be read.
    #[must_use]
    pub fn reading_keys(&self) -> bool {
        self.keys_read
    }

    /// Whether no key may be written.
    #[must_use]
    pub fn writing_keys(&self) -> bool {
        self.keys_write
    }

    /// Whether no channel is granted.
    #[must_use]
    pub fn channels(&self) -> bool {
        self.channels
    }

    /// Whether no database is granted.
    #[must_use]
    pub fn databases(&self) -> bool {
        self.databases
    }
}
