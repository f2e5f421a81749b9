//! The commands of a selector: what is allowed, and the rules that made it so.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::texts::Texts;
use crate::access::Effect;
use crate::catalog::{Catalog, Category, CommandId, CommandSet, c_text};
use crate::dialect::FirstArgumentOfAllowed;

/// What commands a selector allows.
///
/// Servers up to 7.0 print what is allowed, later ones the rules; both are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Commands {
    allowed: CommandSet,
    /// Whether commands that do not exist yet are allowed: `+@all` was the last of `+@all` and `-@all`.
    future: bool,
    first_arguments: BTreeMap<CommandId, FirstArguments>,
    log: RuleLog,
    /// The subcommands that are denied by a rule which no later one names again: `-config|set`.
    denied_subcommands: BTreeSet<CommandId>,
}

/// Allowed first arguments of a command that is not allowed as a whole; they are compared without case.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstArguments {
    given: Vec<Box<str>>,
    folded: Texts,
}

impl FirstArguments {
    /// As they were given.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.given.iter().map(|argument| &**argument)
    }

    /// Those from this place on, without a walk to it.
    pub(crate) fn tail(&self, from: usize) -> impl Iterator<Item = &str> {
        self.given.iter().skip(from).map(|argument| &**argument)
    }

    fn add(&mut self, argument: &str) {
        if self.folded.insert(&argument.to_ascii_lowercase()).1 {
            self.given.push(argument.into());
        }
    }
}

impl PartialEq for FirstArguments {
    fn eq(&self, other: &Self) -> bool {
        let known = |argument| other.folded.place(argument).is_some();
        self.folded.len() == other.folded.len() && self.folded.iter().all(known)
    }
}

/// `+get|x` while `get` is allowed, where that is an error.
pub(crate) struct AlreadyAllowed;

impl Commands {
    /// `+@all`, `-@all`
    pub(crate) fn set_all(&mut self, effect: Effect, catalog: &Catalog) {
        let future = effect == Effect::Allow;
        let allowed = if future { catalog.all() } else { CommandSet::EMPTY };
        *self = Self { allowed, future, ..Self::default() };
    }

    /// `+@category`, `-@category`
    pub(crate) fn set_category(&mut self, effect: Effect, category: Category, catalog: &Catalog) {
        self.set(effect, catalog.reach(category));
        self.log.push(effect, Subject::Category(category));
    }

    /// `+command`, `-command`, `+container|subcommand`, `-container|subcommand`
    pub(crate) fn set_command(&mut self, effect: Effect, id: CommandId, catalog: &Catalog) {
        let family = catalog.family(id);
        self.set(effect, family);
        self.log.push(effect, Subject::Command(id));
        self.denied_subcommands.retain(|denied| !family.contains(*denied));
        if effect == Effect::Deny && catalog.is_subcommand(id) {
            self.denied_subcommands.insert(id);
        }
    }

    /// Whether a rule denies a subcommand, and no later one names it again.
    pub(super) fn deny_subcommands(&self) -> bool {
        !self.denied_subcommands.is_empty()
    }

    /// Changes the bits, and forgets the first arguments of what changes
    /// (`ACLSetSelectorCommandBit`, `ACLResetFirstArgsForCommand`).
    fn set(&mut self, effect: Effect, commands: CommandSet) {
        match effect {
            Effect::Allow => self.allowed |= commands,
            Effect::Deny => self.allowed -= commands,
        }
        if !self.first_arguments.is_empty() {
            self.first_arguments.retain(|id, _| !commands.contains(*id));
        }
    }

    /// `+command|first-argument`
    pub(crate) fn add_first_argument(
        &mut self,
        id: CommandId,
        argument: &str,
        of_allowed: FirstArgumentOfAllowed,
    ) -> Result<(), AlreadyAllowed> {
        match of_allowed {
            FirstArgumentOfAllowed::Refused if self.allowed.contains(id) => return Err(AlreadyAllowed),
            FirstArgumentOfAllowed::Ignored if self.allowed.contains(id) => return Ok(()),
            _ => self.first_arguments.entry(id).or_default().add(argument),
        }
        self.log.push(Effect::Allow, Subject::FirstArgument(id, argument.to_ascii_lowercase().into()));
        Ok(())
    }

    /// What it allows of these commands, and nothing to come. The rules are not kept: this is not for printing.
    pub(crate) fn limited_to(&self, commands: &CommandSet) -> Self {
        let first_arguments = self.first_arguments.iter().filter(|(id, _)| commands.contains(**id));
        Self {
            allowed: self.allowed & *commands,
            first_arguments: first_arguments.map(|(id, arguments)| (*id, arguments.clone())).collect(),
            ..Self::default()
        }
    }

    /// What it allows of a command with this first argument, and nothing else.
    pub(crate) fn limited_to_first_argument(&self, id: CommandId, argument: &str) -> Self {
        let mut limited = Self::default();
        if self.allow(id, || Some(argument.as_bytes())) {
            limited.first_arguments.entry(id).or_default().add(argument);
        }
        limited
    }

    pub(crate) fn allowed(&self) -> &CommandSet {
        &self.allowed
    }

    /// Whether a command is allowed, as a whole or with this first argument.
    #[inline]
    pub(crate) fn allow<'a>(&self, id: CommandId, first_argument: impl FnOnce() -> Option<&'a [u8]>) -> bool {
        self.allowed.contains(id) || self.first_argument(id, first_argument()).is_some()
    }

    /// The allowed first argument that is the same text in whatever case (`strcasecmp`).
    fn first_argument(&self, id: CommandId, given: Option<&[u8]>) -> Option<&str> {
        let (arguments, given) = (self.first_arguments.get(&id)?, c_text(given?));
        arguments.folded.iter().find(|argument| argument.as_bytes().eq_ignore_ascii_case(given))
    }

    /// Whether the command is allowed with this first argument, as a whole or not. It asks an index where
    /// [`Self::allow`] goes through the list, which needs no memory.
    pub(crate) fn allow_argument(&self, id: CommandId, argument: &str) -> bool {
        let holds =
            |arguments: &FirstArguments| arguments.folded.place(&argument.to_ascii_lowercase()).is_some();
        self.allowed.contains(id) || self.first_arguments.get(&id).is_some_and(holds)
    }

    /// The last rule about a command, `None` where only `+@all` or `-@all` or nothing is about it. Where the
    /// command is allowed with a first argument only, that rule.
    pub(crate) fn last_rule(
        &self,
        id: CommandId,
        given: Option<&[u8]>,
        catalog: &Catalog,
    ) -> Option<&LoggedRule> {
        let argument = if self.allowed.contains(id) { None } else { self.first_argument(id, given) };
        let is_about = |rule: &&LoggedRule| match (&rule.subject, argument) {
            (Subject::FirstArgument(of, text), Some(argument)) => *of == id && **text == *argument,
            (_, Some(_)) | (Subject::FirstArgument(..), None) => false,
            (Subject::Category(category), None) => catalog.reach(*category).contains(id),
            (Subject::Command(of), None) => catalog.family(*of).contains(id),
        };
        self.log.rules.iter().rev().find(is_about)
    }

    pub(crate) fn allows_future(&self) -> bool {
        self.future
    }

    pub(crate) fn first_arguments(&self) -> impl Iterator<Item = (CommandId, &FirstArguments)> {
        self.first_arguments.iter().map(|(&id, arguments)| (id, arguments))
    }

    pub(crate) fn rules(&self, catalog: &Catalog) -> Vec<&LoggedRule> {
        self.log.compacted(catalog)
    }

    /// Keeps of the rules only those that are printed.
    pub(crate) fn forget_overridden_rules(&mut self, catalog: &Catalog) {
        let kept = self.log.compacted(catalog);
        // most often all of them
        if kept.len() < self.log.rules.len() {
            self.log.rules = kept.into_iter().cloned().collect();
        }
    }

    /// Whether nothing at all is allowed.
    pub(crate) fn are_none(&self) -> bool {
        self.allowed.is_empty() && !self.future && self.first_arguments.is_empty()
    }

    /// First arguments that matter: those of commands that are not allowed as a whole.
    pub(crate) fn telling_arguments(&self) -> impl Iterator<Item = (&CommandId, &FirstArguments)> {
        self.first_arguments.iter().filter(|(id, _)| !self.allowed.contains(**id))
    }
}

/// All that tells the commands of two selectors apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CommandsIdentity<'c> {
    allowed: &'c [u64],
    future: bool,
    first_arguments: Vec<(CommandId, BTreeSet<&'c str>)>,
}

impl Commands {
    pub(super) fn identity(&self) -> CommandsIdentity<'_> {
        CommandsIdentity {
            allowed: self.allowed.words(),
            future: self.future,
            first_arguments: self
                .telling_arguments()
                .map(|(id, arguments)| (*id, arguments.folded.iter().collect()))
                .collect(),
        }
    }
}

impl PartialEq for Commands {
    /// The same commands, now and in future, however they came to be allowed.
    fn eq(&self, other: &Self) -> bool {
        self.allowed == other.allowed
            && self.future == other.future
            && self.telling_arguments().eq(other.telling_arguments())
    }
}

// ---------------------------------------------------------------------------------------------------
// The rules as they were given

/// The command rules since the last `+@all` or `-@all` (`ACLUpdateCommandRules`).
///
/// A server drops an entry when a later rule names it again. Here that is done when the rules are asked
/// for, so that adding one costs nothing.
#[derive(Clone, Debug, Default)]
struct RuleLog {
    rules: Vec<LoggedRule>,
}

/// A rule of the log.
#[derive(Clone, Debug)]
pub(crate) struct LoggedRule {
    pub(crate) effect: Effect,
    pub(crate) subject: Subject,
}

/// What a logged rule is about.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Category(Category),
    Command(CommandId),
    /// In lower case.
    FirstArgument(CommandId, Box<str>),
}

impl RuleLog {
    fn push(&mut self, effect: Effect, subject: Subject) {
        self.rules.push(LoggedRule { effect, subject });
    }

    /// The rules that no later one names again: one that is the same but for its sign, or names the
    /// container or command that it is about.
    fn compacted(&self, catalog: &Catalog) -> Vec<&LoggedRule> {
        let mut later = Later::default();
        let mut kept: Vec<_> =
            self.rules.iter().rev().filter(|rule| later.is_news(&rule.subject, catalog)).collect();
        kept.reverse();
        kept
    }
}

/// What the rules behind one are about.
#[derive(Default)]
struct Later<'r> {
    /// A bit for each category.
    categories: u32,
    commands: CommandSet,
    first_arguments: BTreeSet<(CommandId, &'r str)>,
}

impl<'r> Later<'r> {
    fn is_news(&mut self, subject: &'r Subject, catalog: &Catalog) -> bool {
        match subject {
            Subject::Category(category) => {
                let bit = 1 << *category as u32;
                let news = self.categories & bit == 0;
                self.categories |= bit;
                news
            }
            Subject::Command(id) => {
                let news = !self.commands.contains(*id);
                self.commands |= catalog.family(*id);
                news
            }
            Subject::FirstArgument(id, argument) => {
                !self.commands.contains(*id) & self.first_arguments.insert((*id, argument))
            }
        }
    }
}
