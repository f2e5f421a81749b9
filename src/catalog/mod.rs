//! The commands and categories of every engine.
//!
//! Facts only: nothing here knows rules or users. They come from `data/`, where measured tables and
//! documented changes lie in a form to read and to compare (`diff data/engines/redis-7.2.txt
//! data/engines/redis-7.4.txt`); the Rust table is generated from them.

mod category;
mod facts;
mod keys;
mod names;
mod set;
#[rustfmt::skip]
mod table;

use std::borrow::Cow;

use crate::dialect::{Dialect, Engine, Module};
use crate::nearest::nearest;
use category::C;
use facts::{COMMANDS, F, MEMBERS, PLACE, Row, SIZES, WIDTH};
use table::{ENTRIES, ORDER};

pub use category::Category;
pub use keys::{FindKeys, KeyFlags, KeySpec, Keys, StartSearch};
pub use set::{CommandId, CommandSet};

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
}

impl From<Dialect> for Catalog {
    fn from(dialect: Dialect) -> Self {
        let quirks = dialect.quirks();
        Self {
            dialect,
            reaches_modules: quirks.categories_reach_modules,
            modules_have_categories: quirks.module_categories,
        }
    }
}

impl From<Engine> for Catalog {
    fn from(engine: Engine) -> Self {
        Dialect::from(engine).into()
    }
}

impl Catalog {
    /// The dialect whose commands these are.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The command or subcommand (`config|get`) of that name.
    #[must_use]
    pub fn command(&self, name: &str) -> Option<Command<'_>> {
        self.get(names::find(name)?)
    }

    /// The subcommand of that name: what [`Catalog::command`] finds as `container|name`.
    #[must_use]
    pub fn subcommand(&self, container: &str, name: &str) -> Option<Command<'_>> {
        self.get(names::find_subcommand(container, name)?)
    }

    /// The command of that number, if this dialect has it.
    #[must_use]
    pub fn get(&self, id: CommandId) -> Option<Command<'_>> {
        let row = ENTRIES.get(id.index())?.rows.iter().find(|row| self.has(row))?;
        Some(Command { catalog: self, id, row })
    }

    fn has(&self, row: &Row) -> bool {
        row.is_on(self.dialect.engine()) && row.module.is_none_or(|module| self.dialect.has_module(module))
    }

    /// Every command and subcommand: the engine's in the order of its command table, then those of
    /// modules.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> {
        let engines = ORDER[self.dialect.engine() as usize].iter().map(|&id| CommandId(id));
        engines.chain(self.module_rows().map(|(id, _)| id)).filter_map(|id| self.get(id))
    }

    /// Every command and subcommand, as a set.
    #[must_use]
    pub fn all(&self) -> CommandSet {
        let mut all = COMMANDS[self.dialect.engine() as usize];
        all.extend(self.module_rows().map(|(id, _)| id));
        all
    }

    /// The category of that name, given without `@`.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<Category> {
        Category::from_name(name).filter(|&category| self.has_category(category))
    }

    fn has_category(&self, category: Category) -> bool {
        let own = MEMBERS[self.dialect.engine() as usize].get(category as usize);
        own.is_some_and(|own| !own.is_empty()) || self.module_members(category).next().is_some()
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
        // An engine's own containers bring nothing that is not a member itself: a test holds them to it.
        let own = MEMBERS[self.dialect.engine() as usize].get(category as usize);
        let mut reach = own.copied().unwrap_or_default();
        if self.reaches_modules {
            self.module_members(category).for_each(|id| reach |= self.family(id));
        }
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
        let all = ENTRIES[container.index()].subcommands.iter().map(|&id| CommandId(id));
        all.filter(|&id| self.get(id).is_some())
    }

    fn module_rows(&self) -> impl Iterator<Item = (CommandId, &'static Row)> {
        let entries = if self.dialect.modules().next().is_some() { &ENTRIES[..] } else { &[] };
        let rows = |(id, entry): (usize, &'static facts::Entry)| {
            let row = entry.rows.iter().find(|row| row.module.is_some() && self.has(row))?;
            Some((CommandId(id as u16), row))
        };
        entries.iter().enumerate().filter_map(rows)
    }

    fn module_members(&self, category: Category) -> impl Iterator<Item = CommandId> {
        let have_categories = self.modules_have_categories;
        self.module_rows()
            .filter(move |(_, row)| have_categories && C::contains(row.categories, category))
            .map(|(id, _)| id)
    }

    /// The engine's own categories in table order, each with what a rule about it changes: what servers
    /// describe users with.
    pub(crate) fn own_categories(&self) -> impl Iterator<Item = OwnCategory> {
        let engine = self.dialect.engine() as usize;
        let with_modules = self.reaches_modules && self.dialect.modules().next().is_some();
        let own = Category::ALL.into_iter().zip(MEMBERS[engine].iter().zip(SIZES[engine]));
        own.filter(|(_, (_, size))| *size > 0).map(move |(category, (members, size))| match with_modules {
            false => OwnCategory {
                category,
                members: Cow::Borrowed(members),
                size: size.into(),
                width: WIDTH[engine],
            },
            true => {
                let reach = self.reach(category);
                OwnCategory { category, members: Cow::Owned(reach), size: reach.len(), width: reach.width() }
            }
        })
    }

    pub(crate) fn name(&self, id: CommandId) -> &'static str {
        ENTRIES[id.index()].name
    }

    pub(crate) fn is_subcommand(&self, id: CommandId) -> bool {
        self.name(id).contains('|')
    }

    /// Where the command stands in the command table; the modules' stand behind.
    pub(crate) fn place(&self, id: CommandId) -> u16 {
        PLACE[self.dialect.engine() as usize][id.index()]
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

/// A category that a server describes users with.
pub(crate) struct OwnCategory {
    pub(crate) category: Category,
    pub(crate) members: Cow<'static, CommandSet>,
    pub(crate) size: usize,
    /// How many words of its members there are to look at.
    width: usize,
}

impl OwnCategory {
    /// How many of its members are in the set.
    pub(crate) fn overlap(&self, set: &CommandSet) -> usize {
        set.overlap_in(&self.members, self.width)
    }
}

/// A command or subcommand, as one dialect has it.
#[derive(Clone, Copy, Debug)]
pub struct Command<'c> {
    catalog: &'c Catalog,
    id: CommandId,
    row: &'static Row,
}

impl<'c> Command<'c> {
    /// Its number, the same in every dialect.
    #[must_use]
    pub fn id(self) -> CommandId {
        self.id
    }

    /// Its name in lower case; a subcommand's with its container, `config|get`.
    #[must_use]
    pub fn name(self) -> &'static str {
        ENTRIES[self.id.index()].name
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
    pub fn key_facts(self) -> &'static Keys {
        self.row.keys()
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
    let candidates = || Dialect::all().filter(|dialect| dialect.service() == like.service());
    let same_project =
        || candidates().filter(|dialect| dialect.engine().project() == like.engine().project());
    let with_modules =
        |dialect: Dialect| Module::ALL.into_iter().filter_map(move |module| dialect.with_module(module).ok());
    same_project()
        .find(holds)
        .or_else(|| candidates().find(holds))
        .or_else(|| std::iter::once(like).chain(same_project()).flat_map(with_modules).find(holds))
}
