//! The commands and categories of every engine.
//!
//! Facts only: nothing here knows rules or users. They come from `data/`, where measured tables and
//! documented changes lie in a form to read and to compare (`diff data/engines/redis-7.2.txt
//! data/engines/redis-7.4.txt`); the Rust table is generated from them.

mod added;
mod category;
mod databases;
mod facts;
mod find;
mod finders;
mod groups;
mod keys;
mod names;
mod request;
mod set;
mod shapes;
#[rustfmt::skip]
mod table;

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::dialect::{DefaultChannels, Dialect, Engine, Module, OpenToAll, Quirks};
use crate::nearest::nearest;
use added::Added;
use category::C;
use databases::DATABASE_ARGUMENTS;
use facts::{
    COMMANDS, CONTAINERS, F, KEY_PLANS, MEMBERS, NO_ROW, OF_MODULES, OWN_CATEGORIES, OWN_ROW, PLACE, REACH,
    Row, SUBCOMMANDS, id_of, order_of,
};
use find::{KeyPlan, Runs};
use finders::{CHANNELS, FINDERS, Finder};
use table::{CATEGORIES, ENTRIES};

pub use added::{NewCommand, NewCommandError, NewCommandErrorKind};
pub use category::Category;
pub use groups::CommandGroup;
pub use keys::{FindKeys, KeyFlags, KeyRef, KeySpec, Keys, StartSearch};
pub use set::{CommandId, CommandSet};

pub(crate) use category::OwnCategory;
pub(crate) use databases::{DATABASES, DatabaseArguments, database};
pub(crate) use find::{FoundKeys, Run};
pub(crate) use finders::ChannelArguments;
pub(crate) use request::{Request, c_text, is_word, lenient_number, strict_number};
pub(crate) use shapes::{DatabaseNeed, Demand, Demands, Place, Shape, Word};

/// What a dialect's server knows: its commands, its categories, and which belongs to which.
///
/// Names are found in any case, and by the original name where a server renamed a command.
///
/// ```
/// use redis_acl::{Catalog, Engine};
///
/// let catalog = Catalog::from(Engine::Redis7_0);
/// let command = catalog.command("Config|Get").unwrap();
/// assert_eq!(command.name(), "config|get");
/// assert_eq!(command.container().unwrap().name(), "config");
/// assert_eq!(catalog.expand("@hyperloglog").unwrap().len(), 5);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    dialect: Dialect,
    /// Whether `+@cat` reaches module commands, and whether these are in any category.
    reaches_modules: bool,
    modules_have_categories: bool,
    has_modules: bool,
    /// A server's own commands.
    added: Option<Arc<Added>>,
}

impl From<Dialect> for Catalog {
    fn from(dialect: Dialect) -> Self {
        let quirks = dialect.quirks();
        Self {
            dialect,
            reaches_modules: quirks.categories_reach_modules,
            modules_have_categories: quirks.module_categories,
            has_modules: dialect.modules().next().is_some(),
            added: None,
        }
    }
}

impl From<Engine> for Catalog {
    fn from(engine: Engine) -> Self {
        Dialect::from(engine).into()
    }
}

impl Catalog {
    /// The same commands where `acl-pubsub-default` is set; `None` where there is no such setting.
    pub(crate) fn with_default_channels(&self, channels: DefaultChannels) -> Option<Self> {
        Some(Self { dialect: self.dialect.with_default_channels(channels).ok()?, ..self.clone() })
    }

    /// The dialect whose commands these are.
    #[must_use]
    #[inline]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The command or subcommand (`config|get`) of that name.
    #[must_use]
    pub fn command(&self, name: &str) -> Option<Command<'_>> {
        self.find(name.as_bytes())
    }

    #[inline]
    fn find(&self, name: &[u8]) -> Option<Command<'_>> {
        match names::find(name).and_then(|id| self.get(id)) {
            None => self.get(self.added()?.find(name)?),
            own => own,
        }
    }

    /// The subcommand of that name: what [`Catalog::command`] finds as `container|name`.
    #[must_use]
    pub fn subcommand(&self, container: &str, name: &str) -> Option<Command<'_>> {
        self.find_subcommand(container.as_bytes(), name.as_bytes())
    }

    fn find_subcommand(&self, container: &[u8], name: &[u8]) -> Option<Command<'_>> {
        let own = || self.get(names::find_subcommand(container, name)?);
        own().or_else(|| self.get(self.added()?.find_subcommand(container, name)?))
    }

    /// The command that a request is about (`lookupCommand`): a container's subcommand if there is a second
    /// argument.
    ///
    /// ```
    /// # use redis_acl::{Catalog, Engine};
    /// let catalog = Catalog::from(Engine::Redis7_0);
    /// assert_eq!(catalog.of_request(&["CONFIG", "Get", "port"]).unwrap().name(), "config|get");
    /// assert!(catalog.of_request(&["config|get", "port"]).is_none());
    /// ```
    #[must_use]
    pub fn of_request(&self, request: &[impl AsRef<[u8]>]) -> Option<Command<'_>> {
        self.lookup(Request::new(request))
    }

    /// A name that holds a NUL is unknown. A server hashes all of it and compares what C sees, so that there
    /// chance decides.
    #[inline]
    pub(crate) fn lookup<A: AsRef<[u8]>>(&self, request: Request<'_, A>) -> Option<Command<'_>> {
        let name = request.get(0)?;
        let command = self.find(name)?;
        if self.is_subcommand(command.id) {
            return None;
        }
        match request.get(1) {
            Some(subcommand) if self.is_container(command.id) => self.find_subcommand(name, subcommand),
            _ => Some(command),
        }
    }

    /// The command that a request is about whose first word has been looked up already.
    #[inline]
    pub(crate) fn lookup_known<A: AsRef<[u8]>>(
        &self,
        id: CommandId,
        request: Request<'_, A>,
    ) -> Option<Command<'_>> {
        match request.get(1) {
            Some(subcommand) if self.is_container(id) => {
                self.find_subcommand(self.name(id).as_bytes(), subcommand)
            }
            _ => self.get(id),
        }
    }

    #[inline]
    pub(crate) fn is_container(&self, id: CommandId) -> bool {
        CONTAINERS[self.dialect.engine() as usize].contains(id)
            || self.added().is_some_and(|added| added.containers().contains(id))
            || self.has_modules && self.subcommands(id).next().is_some()
    }

    /// The containers of a set.
    pub(crate) fn containers_in(&self, set: &CommandSet) -> CommandSet {
        if self.has_modules || self.has_added_commands() {
            return set.iter().filter(|id| self.is_container(*id)).collect();
        }
        *set & CONTAINERS[self.dialect.engine() as usize]
    }

    pub(crate) fn has_added_commands(&self) -> bool {
        self.added.is_some()
    }

    fn added(&self) -> Option<&Added> {
        self.added.as_deref()
    }

    fn added_members(&self, category: Category) -> impl Iterator<Item = CommandId> {
        self.added().into_iter().flat_map(move |added| added.members(category))
    }

    /// The command of that number, if this dialect has it.
    #[must_use]
    #[inline]
    pub fn get(&self, id: CommandId) -> Option<Command<'_>> {
        let own = OWN_ROW[self.dialect.engine() as usize].get(id.index());
        let row = match own {
            None => &self.added()?.get(id)?.row,
            Some(&NO_ROW) => ENTRIES[id.index()].rows.iter().find(|row| self.has(row))?,
            Some(&place) => &ENTRIES[id.index()].rows[place as usize],
        };
        Some(Command { catalog: self, id, row })
    }

    fn has(&self, row: &Row) -> bool {
        row.is_on(self.dialect.engine()) && row.module.is_none_or(|module| self.dialect.has_module(module))
    }

    /// Every command and subcommand: the engine's in the order of its command table, then those of
    /// modules, then those that were added.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> {
        let engines = order_of(self.dialect.engine()).iter().map(|&id| CommandId(id));
        let added = self.added().into_iter().flat_map(|added| added.ids().iter());
        engines.chain(self.module_rows().map(|(id, _)| id)).chain(added).filter_map(|id| self.get(id))
    }

    /// Every command and subcommand, as a set.
    #[must_use]
    pub fn all(&self) -> CommandSet {
        let mut all = COMMANDS[self.dialect.engine() as usize];
        all.extend(self.module_rows().map(|(id, _)| id));
        all |= self.added().map(|added| *added.ids()).unwrap_or_default();
        all
    }

    /// The category of that name, given without `@`.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<Category> {
        Category::from_name(name).filter(|&category| self.has_category(category))
    }

    fn has_category(&self, category: Category) -> bool {
        let own = CATEGORIES.get(self.dialect.engine() as usize).copied().unwrap_or_default();
        C::contains(own, category) || self.module_members(category).next().is_some()
    }

    /// The categories there are, in the order in which the server lists them (`ACL CAT`).
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        Category::ALL.into_iter().filter(|&category| self.has_category(category))
    }

    /// The commands and subcommands in a category, as `ACL CAT name` lists them.
    #[must_use]
    pub fn members(&self, category: Category) -> CommandSet {
        let own = MEMBERS[self.dialect.engine() as usize].get(category as usize);
        let mut members = own.copied().unwrap_or_default();
        members.extend(self.module_members(category));
        members.extend(self.added_members(category));
        members
    }

    /// What `+name` or `+@category` grants: `@read`, `@all`, `get`, `config` with its subcommands,
    /// `config|get`.
    ///
    /// ```
    /// # use redis_acl::{Catalog, Engine};
    /// let catalog = Catalog::from(Engine::Redis6_0_5);
    /// assert_eq!(catalog.expand("@READ").unwrap().len(), 74);
    /// assert_eq!(catalog.expand("@nosuch"), None);
    /// ```
    #[must_use]
    pub fn expand(&self, name: &str) -> Option<CommandSet> {
        match name.strip_prefix('@') {
            Some(all) if all.eq_ignore_ascii_case("all") => Some(self.all()),
            Some(category) => Some(self.reach(self.category(category)?)),
            None => Some(self.family(self.command(name)?.id)),
        }
    }

    /// What a rule `+@category` or `-@category` changes: the members, with the subcommands of those that
    /// are containers (`ACLSetSelectorCommandBitsForCategory`). Up to 7.0 it leaves modules' commands
    /// alone.
    pub(crate) fn reach(&self, category: Category) -> CommandSet {
        let own = REACH[self.dialect.engine() as usize].get(category as usize);
        let mut reach = own.copied().unwrap_or_default();
        if self.reaches_modules {
            self.module_members(category).for_each(|id| reach |= self.family(id));
        }
        self.added_members(category).for_each(|id| reach |= self.family(id));
        reach
    }

    /// A command and, if it is a container, its subcommands.
    pub(crate) fn family(&self, id: CommandId) -> CommandSet {
        let mut family = CommandSet::EMPTY;
        family.insert(id);
        family.extend(self.subcommands(id));
        family
    }

    pub(crate) fn subcommands(&self, container: CommandId) -> impl Iterator<Item = CommandId> {
        let known = ENTRIES.get(container.index()).map_or(&[][..], |entry| entry.subcommands);
        let own = known.iter().map(|&id| CommandId(id)).filter(|&id| self.get(id).is_some());
        own.chain(self.added().into_iter().flat_map(move |added| added.subcommands(container)))
    }

    fn module_rows(&self) -> impl Iterator<Item = (CommandId, &'static Row)> {
        let candidates = if self.has_modules { &OF_MODULES } else { &CommandSet::EMPTY };
        let row = |id: CommandId| {
            let rows = ENTRIES[id.index()].rows;
            Some((id, rows.iter().find(|row| row.module.is_some() && self.has(row))?))
        };
        candidates.iter().filter_map(row)
    }

    fn module_members(&self, category: Category) -> impl Iterator<Item = CommandId> {
        let have_categories = self.modules_have_categories;
        self.module_rows()
            .filter(move |(_, row)| have_categories && C::contains(row.categories, category))
            .map(|(id, _)| id)
    }

    /// The engine's own categories in table order, each with what a rule about it changes: what servers
    /// describe users with. Some may be empty.
    pub(crate) fn own_categories(&self) -> Cow<'static, [OwnCategory]> {
        let own = &OWN_CATEGORIES[self.dialect.engine() as usize];
        let reaches_modules = self.reaches_modules && self.has_modules;
        if !reaches_modules && self.added.is_none() {
            return Cow::Borrowed(own);
        }
        let used = own.iter().filter(|own| own.size > 0).map(|own| own.category);
        let with_all = |category| {
            let reach = self.reach(category);
            OwnCategory::new(category, reach, reach)
        };
        Cow::Owned(used.map(with_all).collect())
    }

    pub(crate) fn name(&self, id: CommandId) -> &'static str {
        let added = || self.added()?.get(id).map(|entry| entry.name());
        ENTRIES.get(id.index()).map(|entry| entry.name).or_else(added).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn is_subcommand(&self, id: CommandId) -> bool {
        SUBCOMMANDS.contains(id) || id.index() >= ENTRIES.len() && self.name(id).contains('|')
    }

    /// The commands of a set in the order of the command table; the modules' and added ones stand behind.
    pub(crate) fn in_table_order(&self, set: &CommandSet) -> impl Iterator<Item = CommandId> + use<> {
        let engine = self.dialect.engine() as usize;
        let order = order_of(self.dialect.engine());
        // a set of places is in order without sorting
        let (mut places, mut behind) = (CommandSet::EMPTY, CommandSet::EMPTY);
        for id in set.iter() {
            match PLACE[engine].get(id.index()) {
                Some(&place) if place != u16::MAX => places.insert(CommandId(place)),
                _ => behind.insert(id),
            }
        }
        let of_table = places.into_ids().map(move |place| CommandId(order[place.index()]));
        of_table.chain(behind.into_ids())
    }

    /// Names near to one that is not known, nearest first.
    pub(crate) fn commands_like(&self, name: &str) -> Vec<&'static str> {
        nearest(name, self.commands().map(|command| command.name()))
    }

    /// Categories near to a name that is not known, nearest first.
    pub(crate) fn categories_like(&self, name: &str) -> Vec<&'static str> {
        nearest(name, self.categories().map(Category::name))
    }
}

/// A command or subcommand, as one dialect has it.
#[derive(Clone, Copy, Debug)]
pub struct Command<'c> {
    catalog: &'c Catalog,
    id: CommandId,
    row: &'c Row,
}

impl<'c> Command<'c> {
    /// The catalogue it is of.
    pub(crate) fn catalog(self) -> &'c Catalog {
        self.catalog
    }

    /// Its number, the same in every dialect.
    #[must_use]
    #[inline]
    pub fn id(self) -> CommandId {
        self.id
    }

    /// Its name in lower case; a subcommand's with its container, `config|get`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.catalog.name(self.id)
    }

    /// The name as the server writes it in replies: as its module registered it.
    pub(crate) fn shown_name(self) -> &'static str {
        match self.row.shown {
            "" => self.name(),
            shown => shown,
        }
    }

    /// How many arguments it takes, its name among them; at least so many when negative.
    #[must_use]
    pub fn arity(self) -> i8 {
        self.row.arity
    }

    /// Its flags as `COMMAND INFO` names them, `write` and `noscript` for instance.
    pub fn flags(self) -> impl Iterator<Item = &'static str> {
        let set = move |(place, _): &(usize, &&str)| self.row.flags & (1 << place) != 0;
        F::NAMES.iter().enumerate().filter(set).map(|(_, &name)| name)
    }

    /// The categories it is in, in table order.
    pub fn categories(self) -> impl Iterator<Item = Category> {
        let mask = match self.row.module {
            Some(_) if !self.catalog.modules_have_categories => 0,
            _ => self.row.categories,
        };
        Category::ALL.into_iter().filter(move |&category| C::contains(mask, category))
    }

    /// Where its arguments name keys.
    #[must_use]
    pub fn key_facts(self) -> &'c Keys {
        match self.catalog.added().and_then(|added| added.get(self.id)) {
            Some(entry) => &entry.keys,
            None => self.row.keys(),
        }
    }

    /// The keys in a request, as `COMMAND GETKEYSANDFLAGS` tells them: what the check looks at. Each carries
    /// what the command does with it, and so the permission that it needs ([`KeyFlags::needs`]).
    ///
    /// There are none where they cannot be told, because a number of keys cannot be read or exceeds the
    /// arguments: servers let such a request pass, and the command itself refuses it.
    ///
    /// ```
    /// # use redis_acl::{Catalog, Engine, KeyAccess};
    /// let catalog = Catalog::from(Engine::Redis7_2);
    /// let request = ["ZUNIONSTORE", "total", "2", "jan", "feb", "WEIGHTS", "1", "2"];
    /// let keys: Vec<_> = catalog.of_request(&request).unwrap().keys(&request).collect();
    /// assert_eq!(keys[0].key, b"total");
    /// assert_eq!(keys[0].flags.needs(), Some(KeyAccess::Write));
    /// assert_eq!((keys[1].index, keys[2].index), (3, 4));
    /// assert_eq!(keys[2].flags.to_string(), "RO+access");
    /// ```
    pub fn keys<A: AsRef<[u8]>>(self, request: &[A]) -> impl Iterator<Item = KeyRef<'_>> {
        let request = Request::new(request);
        let found = self.find_keys(request);
        let run = move |number: usize| found.as_slice().get(number).copied();
        let places = |run: Run| run.places().map(move |index| (index, run.flags));
        (0..Keys::MAX_SPECS)
            .map_while(run)
            .flat_map(places)
            .filter_map(move |(index, flags)| request.get(index).map(|key| KeyRef { index, key, flags }))
    }

    /// The channels in a request that are checked; those of `PSUBSCRIBE` are patterns. Unsubscribing is never
    /// checked.
    pub fn channels<A: AsRef<[u8]>>(self, request: &[A]) -> impl Iterator<Item = &[u8]> {
        let request = Request::new(request);
        self.channel_arguments().places(request.len()).filter_map(move |index| request.get(index))
    }

    #[inline]
    pub(crate) fn find_keys<A: AsRef<[u8]>>(self, request: Request<'_, A>) -> FoundKeys {
        match self.key_plan() {
            KeyPlan::Ask => FoundKeys::Many(self.ask_for_keys(request)),
            plan => plan.follow(request.len()),
        }
    }

    #[inline]
    fn key_plan(self) -> KeyPlan {
        if self.id.index() >= ENTRIES.len() || self.row.flags & F::MOVABLEKEYS != 0 {
            return KeyPlan::Ask;
        }
        KEY_PLANS[self.row.keys as usize]
    }

    #[inline(never)]
    fn ask_for_keys<A: AsRef<[u8]>>(self, request: Request<'_, A>) -> Runs {
        find::find_keys(self.key_facts(), self.finder(), request, self.catalog.dialect.engine().quirks())
    }

    /// Whether it is a subcommand.
    #[inline]
    pub(crate) fn is_subcommand(self) -> bool {
        self.catalog.is_subcommand(self.id)
    }

    /// Before 7.0, `movablekeys` says that there is one (`getkeys_proc`).
    fn finder(self) -> Finder {
        let known = FINDERS.get(self.id.index()).copied().unwrap_or(Finder::None);
        let asked = !self.key_facts().specs.is_empty() || self.row.flags & F::MOVABLEKEYS != 0;
        if asked { known } else { Finder::None }
    }

    /// `doesCommandHaveKeys`
    pub(crate) fn has_keys(self) -> bool {
        let keys = self.key_facts();
        self.finder() != Finder::None || keys.name_keys() || keys.specs.is_empty() && keys.first > 0
    }

    #[inline]
    pub(crate) fn channel_arguments(self) -> ChannelArguments {
        CHANNELS.get(self.id.index()).copied().unwrap_or(ChannelArguments::None)
    }

    pub(crate) fn database_arguments(self) -> DatabaseArguments {
        let known = DATABASE_ARGUMENTS.get(self.id.index()).copied().unwrap_or(DatabaseArguments::None);
        known.checked_by(self.catalog.dialect.engine().quirks().database_checks)
    }

    /// Whether it needs the current database because it is about data (`CMD_CATEGORY_*`, keys).
    pub(crate) fn is_about_data(self) -> bool {
        self.row.categories & (C::KEYSPACE | C::READ | C::WRITE) != 0 || self.has_keys()
    }

    /// Whether its flag lets it in before a login (`CMD_NO_AUTH`).
    #[inline]
    fn needs_no_login(self) -> bool {
        self.row.flags & F::NO_AUTH != 0
    }

    /// Whether every user may send it, whatever the rules.
    #[inline]
    pub(crate) fn is_open_to_all(self, quirks: &Quirks) -> bool {
        const AUTH: CommandId = id_of("auth");
        match quirks.open_to_all {
            OpenToAll::AuthAndQuit => self.id == AUTH,
            OpenToAll::NoAuthAndQuit | OpenToAll::NoAuth => self.needs_no_login(),
        }
    }

    /// Whether it is the first word of an HTTP request, which Redis 6 registers to close the connection
    /// (`securityWarningCommand`).
    pub(crate) fn is_pseudo(self) -> bool {
        const HTTP: [CommandId; 2] = [id_of("post"), id_of("host:")];
        HTTP.contains(&self.id)
    }

    #[inline]
    pub(crate) fn is_sort(self) -> bool {
        const SORT: CommandId = id_of("sort");
        self.id == SORT || self.is_sort_ro()
    }

    #[inline]
    pub(crate) fn is_sort_ro(self) -> bool {
        const SORT_RO: CommandId = id_of("sort_ro");
        self.id == SORT_RO
    }

    /// Whether a request of so many arguments, the name among them, is well-formed (`commandCheckArity`).
    #[inline]
    pub(crate) fn takes(self, count: usize) -> bool {
        let arity = usize::from(self.row.arity.unsigned_abs());
        if self.row.arity >= 0 { count == arity } else { count >= arity }
    }

    /// The group of the documentation it is in, `string` or `server`; `None` for subcommands and up to
    /// 6.2, which do not say.
    #[must_use]
    pub fn group(self) -> Option<&'static str> {
        Some(self.row.group).filter(|group| !group.is_empty())
    }

    /// The version that brought it; a module's own version for its commands. `None` up to 6.2, which
    /// does not say.
    #[must_use]
    pub fn since(self) -> Option<&'static str> {
        Some(self.row.since).filter(|since| !since.is_empty())
    }

    /// The module it belongs to. Vector sets, which come with Redis 8, are the engine's own here.
    #[must_use]
    pub fn module(self) -> Option<Module> {
        self.row.module
    }

    /// Whether it has subcommands.
    #[must_use]
    pub fn is_container(self) -> bool {
        self.subcommands().next().is_some()
    }

    /// The container whose subcommand it is.
    #[must_use]
    pub fn container(self) -> Option<Command<'c>> {
        self.catalog.command(self.name().split_once('|')?.0)
    }

    /// Its subcommands, none unless it is a container.
    pub fn subcommands(self) -> impl Iterator<Item = Command<'c>> {
        self.catalog.subcommands(self.id).filter_map(|id| self.catalog.get(id))
    }
}

/// Where else a name is known, for people who meet it as an error.
pub(crate) fn first_dialect_with_command(name: &str, like: Dialect) -> Option<Dialect> {
    first_dialect(like, |catalog| catalog.command(name).is_some())
}

/// Where else a category is known.
pub(crate) fn first_dialect_with_category(name: &str, like: Dialect) -> Option<Dialect> {
    first_dialect(like, |catalog| catalog.category(name).is_some())
}

/// The oldest dialect of the same service and project in which it holds; else of any project; else this or
/// the oldest of the same project with a module.
fn first_dialect(like: Dialect, holds: impl Fn(&Catalog) -> bool) -> Option<Dialect> {
    let holds = |dialect: &Dialect| holds(&Catalog::from(*dialect));
    let candidates = || like.alternatives();
    let same_project =
        || candidates().filter(|dialect| dialect.engine().project() == like.engine().project());
    let with_modules =
        |dialect: Dialect| Module::ALL.into_iter().filter_map(move |module| dialect.with_module(module).ok());
    same_project()
        .find(holds)
        .or_else(|| candidates().find(holds))
        .or_else(|| core::iter::once(like).chain(same_project()).flat_map(with_modules).find(holds))
}
