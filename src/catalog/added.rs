//! Commands that a server's author adds to those of an engine.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::category::{C, Category};
use super::facts::{F, Row};
use super::keys::{KeyFlags, KeySpec, Keys, StartSearch};
use super::names;
use super::set::{CommandId, CommandSet};
use super::table::ENTRIES;
use super::{Catalog, FindKeys};

/// A command of a server's own: [`Catalog::with_commands`] adds it to those of an engine.
///
/// As for a module's commands, flags imply categories: `write`, `readonly`, `admin` (also `dangerous`), `pubsub`,
/// `blocking`, and `fast` or else `slow`. Names and key specs are `'static`, as a server's own command table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    name: &'static str,
    arity: i8,
    flags: Vec<&'static str>,
    categories: Vec<Category>,
    key_specs: &'static [KeySpec],
}

impl NewCommand {
    /// A command in lower case, a subcommand as `container|name`; its arity counts the name, and means "at
    /// least" when negative.
    #[must_use]
    pub const fn new(name: &'static str, arity: i8) -> Self {
        Self { name, arity, flags: Vec::new(), categories: Vec::new(), key_specs: &[] }
    }

    /// Flags, by the names that `COMMAND INFO` gives them: `write`, `fast`, `no_auth`.
    #[must_use]
    pub fn flags(mut self, flags: &[&'static str]) -> Self {
        self.flags.extend_from_slice(flags);
        self
    }

    /// Categories besides those that its flags imply.
    #[must_use]
    pub fn categories(mut self, categories: &[Category]) -> Self {
        self.categories.extend_from_slice(categories);
        self
    }

    /// Where its keys are. Without key specs it has no keys, and no key is checked.
    #[must_use]
    pub const fn key_specs(mut self, specs: &'static [KeySpec]) -> Self {
        self.key_specs = specs;
        self
    }

    /// `setImplicitACLCategories`
    fn category_mask(&self) -> u32 {
        let has = |flag: &str| self.flags.contains(&flag);
        let implied = [
            ("write", C::WRITE),
            ("readonly", C::READ),
            ("admin", C::ADMIN | C::DANGEROUS),
            ("pubsub", C::PUBSUB),
            ("blocking", C::BLOCKING),
        ];
        let mut mask = if has("fast") { C::FAST } else { C::SLOW };
        implied.iter().filter(|(flag, _)| has(flag)).for_each(|(_, categories)| mask |= categories);
        self.categories.iter().for_each(|category| mask |= category.bit());
        mask
    }

    fn flag_mask(&self) -> Result<u32, NewCommandErrorKind> {
        let bit = |flag: &&'static str| {
            let place = F::NAMES.iter().position(|known| known == flag);
            place.map(|place| 1 << place).ok_or(NewCommandErrorKind::UnknownFlag(flag))
        };
        self.flags.iter().try_fold(0, |mask, flag| Ok(mask | bit(flag)?))
    }
}

/// A command cannot be added to a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the command `{name}` cannot be added: {kind}")]
pub struct NewCommandError {
    name: &'static str,
    kind: NewCommandErrorKind,
}

impl NewCommandError {
    /// The command's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is wrong with it.
    #[must_use]
    pub fn kind(&self) -> &NewCommandErrorKind {
        &self.kind
    }
}

/// What is wrong with a command that is to be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NewCommandErrorKind {
    /// `Get it`, or nothing.
    #[error("names are lower case, without blanks, at most one `|` in them; write it so")]
    BadName,
    /// `get`, or one that was added before.
    #[error("there is one of that name already; choose another")]
    Known,
    /// `own|sub` where `own` is no command that is added before it, or the engine has no subcommands.
    #[error("its container is not among the added commands; add that first, to an engine with subcommands")]
    NoContainer,
    /// A flag that no server has.
    #[error("no flag `{0}`; `Command::flags` shows which there are")]
    UnknownFlag(&'static str),
    /// A category that the engine does not have.
    #[error("this engine has no category {0}; leave it out")]
    UnknownCategory(Category),
    /// A key spec that could not be followed: a step of zero, a place before the arguments, an unknown start,
    /// flags that say the spec does not tell all; or more than four specs.
    #[error(
        "a key spec must tell all by itself, with a start and a step of at least 1; at most four can be given"
    )]
    BadKeySpec,
    /// All command numbers are in use.
    #[error("all command numbers are in use")]
    TooMany,
}

/// The added commands of a catalogue.
#[derive(Debug)]
pub(super) struct Added {
    entries: Vec<AddedEntry>,
    /// Hashes of the names and the places of their entries, sorted.
    index: Vec<(u32, u16)>,
    containers: CommandSet,
    ids: CommandSet,
}

#[derive(Debug)]
pub(super) struct AddedEntry {
    command: NewCommand,
    pub(super) row: Row,
    pub(super) keys: Keys,
}

impl AddedEntry {
    pub(super) fn name(&self) -> &'static str {
        self.command.name
    }
}

impl PartialEq for Added {
    fn eq(&self, other: &Self) -> bool {
        self.entries.iter().map(|entry| &entry.command).eq(other.entries.iter().map(|entry| &entry.command))
    }
}

impl Eq for Added {}

impl Added {
    pub(super) fn get(&self, id: CommandId) -> Option<&AddedEntry> {
        self.entries.get(id.index().checked_sub(ENTRIES.len())?)
    }

    pub(super) fn find(&self, name: &[u8]) -> Option<CommandId> {
        self.find_hashed(names::hash_of(name), |known| known.as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) fn find_subcommand(&self, container: &[u8], name: &[u8]) -> Option<CommandId> {
        let id = |place| CommandId((ENTRIES.len() + place) as u16);
        let place =
            self.entries.iter().position(|entry| names::is_subcommand(entry.name(), container, name))?;
        Some(id(place))
    }

    fn find_hashed(&self, hash: u32, is: impl Fn(&str) -> bool) -> Option<CommandId> {
        let first = self.index.partition_point(|(known, _)| *known < hash);
        let alike = self.index[first..].iter().take_while(|(known, _)| *known == hash);
        let place = alike.map(|(_, place)| *place).find(|place| is(self.entries[*place as usize].name()))?;
        Some(CommandId(ENTRIES.len() as u16 + place))
    }

    pub(super) fn ids(&self) -> &CommandSet {
        &self.ids
    }

    pub(super) fn containers(&self) -> &CommandSet {
        &self.containers
    }

    pub(super) fn subcommands(&self, container: CommandId) -> impl Iterator<Item = CommandId> {
        let of = self.get(container).map(AddedEntry::name);
        self.ids.iter().filter(move |id| {
            let name = self.get(*id).and_then(|entry| entry.name().split_once('|'));
            name.is_some_and(|(container, _)| Some(container) == of)
        })
    }

    pub(super) fn members(&self, category: Category) -> impl Iterator<Item = CommandId> {
        let is_in = move |id: &CommandId| {
            self.get(*id).is_some_and(|entry| C::contains(entry.row.categories, category))
        };
        self.ids.iter().filter(is_in)
    }
}

impl Catalog {
    /// The same catalogue with commands of a server's own.
    ///
    /// They are commands like any other: `+@write` reaches them by their categories, `+name` names them, and a
    /// request is checked by their key specs. A name that is neither the engine's nor added is unknown, and no
    /// rule ever grants it.
    ///
    /// ```
    /// use redis_acl::{Catalog, Engine, FindKeys, KeyFlags, KeySpec, NewCommand, StartSearch, User};
    ///
    /// static KEY: [KeySpec; 1] = [KeySpec {
    ///     flags: KeyFlags::RW.and(KeyFlags::ACCESS).and(KeyFlags::UPDATE),
    ///     start: StartSearch::Index(1),
    ///     find: FindKeys::Range { last: 0, step: 1, limit: 0 },
    /// }];
    /// let lock = NewCommand::new("app.lock", 3).flags(&["write", "fast"]).key_specs(&KEY);
    /// let catalog = Catalog::from(Engine::Redis7_2).with_commands([lock])?;
    ///
    /// let user = User::parse_with(&catalog, "on ~job:* +@write")?;
    /// assert!(user.check(&["APP.LOCK", "job:1", "5"]).is_allowed());
    /// assert!(!user.check(&["app.lock", "other", "5"]).is_allowed());
    /// assert!(!user.check(&["app.unlock", "job:1"]).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first command that cannot be added: see [`NewCommandErrorKind`].
    pub fn with_commands(
        mut self,
        commands: impl IntoIterator<Item = NewCommand>,
    ) -> Result<Self, NewCommandError> {
        let known = self.added.iter().flat_map(|added| &added.entries).map(|entry| entry.command.clone());
        let mut added = Added {
            entries: Vec::new(),
            index: Vec::new(),
            containers: CommandSet::EMPTY,
            ids: CommandSet::EMPTY,
        };
        for command in known.collect::<Vec<_>>().into_iter().chain(commands) {
            let name = command.name;
            self.add(&mut added, command).map_err(|kind| NewCommandError { name, kind })?;
        }
        added.index.sort_unstable();
        self.added = Some(Arc::new(added));
        Ok(self)
    }

    fn add(&self, added: &mut Added, command: NewCommand) -> Result<(), NewCommandErrorKind> {
        let place = added.entries.len();
        if ENTRIES.len() + place >= CommandSet::CAPACITY {
            return Err(NewCommandErrorKind::TooMany);
        }
        self.check_name(added, command.name)?;
        let id = CommandId((ENTRIES.len() + place) as u16);
        if let Some((container, _)) = command.name.split_once('|') {
            let container = added.entries.iter().position(|entry| entry.name() == container);
            let container = container.filter(|_| self.dialect.engine().quirks().subcommands);
            let container = container.ok_or(NewCommandErrorKind::NoContainer)?;
            added.containers.insert(CommandId((ENTRIES.len() + container) as u16));
        }
        let unknown = command.categories.iter().find(|category| !self.has_category(**category));
        unknown.map_or(Ok(()), |category| Err(NewCommandErrorKind::UnknownCategory(*category)))?;
        if command.key_specs.len() > Keys::MAX_SPECS || !command.key_specs.iter().all(can_be_followed) {
            return Err(NewCommandErrorKind::BadKeySpec);
        }
        let row = Row {
            engines: u64::MAX,
            shown: "",
            module: None,
            arity: command.arity,
            flags: command.flag_mask()?,
            categories: command.category_mask(),
            keys: 0,
            group: "",
            since: "",
        };
        let keys = Keys { first: 0, last: 0, step: 0, specs: command.key_specs };
        added.index.push((names::hash_of(command.name.as_bytes()), place as u16));
        added.ids.insert(id);
        added.entries.push(AddedEntry { command, row, keys });
        Ok(())
    }

    fn check_name(&self, added: &Added, name: &str) -> Result<(), NewCommandErrorKind> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
        let parts_are_some = name.split('|').all(|part| !part.is_empty());
        if !name.bytes().all(plain) || !parts_are_some || name.matches('|').count() > 1 {
            return Err(NewCommandErrorKind::BadName);
        }
        let is_known = Self::from(self.dialect).command(name).is_some();
        if is_known || added.entries.iter().any(|entry| entry.name() == name) {
            return Err(NewCommandErrorKind::Known);
        }
        Ok(())
    }
}

/// Whether the key spec tells all by itself: there is no code that could say what it leaves open.
fn can_be_followed(spec: &KeySpec) -> bool {
    let begins = match spec.start {
        StartSearch::Index(index) => index >= 1,
        StartSearch::Keyword { from, .. } => from != 0,
        StartSearch::Unknown => false,
    };
    let goes_on = match spec.find {
        FindKeys::Range { last, step, limit } => step >= 1 && (limit == 0 || limit > 0 && last == -1),
        FindKeys::KeyNum { index, first, step } => step >= 1 && index >= 0 && first >= 0,
        FindKeys::Unknown => false,
    };
    let open = [KeyFlags::INCOMPLETE, KeyFlags::VARIABLE_FLAGS];
    begins && goes_on && !open.iter().any(|flag| spec.flags.contains(*flag))
}
