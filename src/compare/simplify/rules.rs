//! Command rules, as few letters of them as give a selector its commands.

use alloc::string::String;
use alloc::vec::Vec;

use super::search::{Choice, Group, MOST_SETS, Puzzle};
use crate::access::Effect;
use crate::catalog::{Catalog, CommandId, CommandSet};
use crate::user::{Commands, LoggedRule, Subject};

/// The rules behind `+@all` or `-@all`, whichever the commands begin with: that one decides about commands to
/// come, so it is never exchanged.
///
/// The form is searched first: categories and whole containers, then categories of the other sign, then single
/// commands. Where rules that were given before are shorter, these are taken: the order in which they stand can
/// say more than that form. They are `commands`' own, and those of `printed`, the canonical form.
pub(super) fn shortest(
    commands: &Commands,
    printed: Option<&Commands>,
    catalog: &Catalog,
) -> Vec<LoggedRule> {
    let task = Task::new(commands, catalog);
    let mut best = task.without_idle(task.searched());
    for given in printed.into_iter().chain([commands]) {
        let rules: Vec<_> =
            given.rules(catalog).into_iter().filter(|rule| !is_first_argument(rule)).cloned().collect();
        if given.allows_future() == commands.allows_future() && task.is_given_by(&rules) {
            let rules = task.without_idle(rules);
            if length(&rules, catalog) < length(&best, catalog) {
                best = rules;
            }
        }
    }
    best.extend(first_arguments(commands));
    best
}

/// The rule as it is written.
pub(super) fn text(LoggedRule { effect, subject }: &LoggedRule, catalog: &Catalog) -> String {
    let sign = effect.sign();
    match subject {
        Subject::Category(category) => format!("{sign}{category}"),
        Subject::Command(id) => format!("{sign}{}", catalog.name(*id)),
        Subject::FirstArgument(id, argument) => format!("{sign}{}|{argument}", catalog.name(*id)),
    }
}

/// How long the rules are, each with a space before it.
fn length(rules: &[LoggedRule], catalog: &Catalog) -> usize {
    rules.iter().map(|rule| cost(&rule.subject, catalog) as usize).sum()
}

/// How long a rule is, with a space before it.
fn cost(subject: &Subject, catalog: &Catalog) -> u32 {
    let body = match subject {
        Subject::Category(category) => 1 + category.name().len(),
        Subject::Command(id) => catalog.name(*id).len(),
        Subject::FirstArgument(id, argument) => catalog.name(*id).len() + 1 + argument.len(),
    };
    2 + u32::try_from(body).unwrap_or(u32::MAX - 2)
}

fn is_first_argument(rule: &LoggedRule) -> bool {
    matches!(rule.subject, Subject::FirstArgument(..))
}

/// Those of commands that are not allowed as a whole, as they were given. They stand last, for other rules drop
/// them, and Redis 6.0 refuses them while the command is allowed.
fn first_arguments(commands: &Commands) -> impl Iterator<Item = LoggedRule> {
    let telling = commands.first_arguments().filter(|(id, _)| !commands.allowed().contains(*id));
    telling.flat_map(|(id, arguments)| {
        let rule = move |argument: &str| LoggedRule {
            effect: Effect::Allow,
            subject: Subject::FirstArgument(id, argument.into()),
        };
        arguments.iter().map(rule)
    })
}

/// What rules there are to give some commands, seen from `+@all` or `-@all`: from there some commands are to
/// be *reached*, by rules of the other sign.
struct Task<'u> {
    catalog: &'u Catalog,
    allowed: &'u CommandSet,
    base: CommandSet,
    /// What reaches.
    effect: Effect,
    wanted: CommandSet,
    /// Categories, then containers of which all but some subcommands is wanted.
    sets: Vec<Set>,
    families: Vec<Family>,
}

/// What one rule reaches.
struct Set {
    subject: Subject,
    members: CommandSet,
}

/// A container with its subcommands.
struct Family {
    container: CommandId,
    members: CommandSet,
    /// What a rule for the container costs, with those for the subcommands that then are wrong.
    cap: u32,
}

impl<'u> Task<'u> {
    fn new(commands: &'u Commands, catalog: &'u Catalog) -> Self {
        let all = catalog.all();
        let (base, effect, wanted) = match commands.allows_future() {
            true => (all, Effect::Deny, all - *commands.allowed()),
            false => (CommandSet::EMPTY, Effect::Allow, *commands.allowed()),
        };
        let containers = all.iter().filter(|id| catalog.is_container(*id));
        let families: Vec<_> = containers.map(|id| Family::new(id, &wanted, catalog)).collect();
        let categories = catalog
            .categories()
            .map(|category| Set { subject: Subject::Category(category), members: catalog.reach(category) });
        let mixed = families
            .iter()
            .filter(|family| family.is_mostly(&wanted))
            .map(|family| Set { subject: Subject::Command(family.container), members: family.members });
        let sets = categories.chain(mixed).take(MOST_SETS).collect();
        Self { catalog, allowed: commands.allowed(), base, effect, wanted, sets, families }
    }

    /// Rules of the form that is searched.
    fn searched(&self) -> Vec<LoggedRule> {
        self.rules_of(self.puzzle().solve())
    }

    fn puzzle(&self) -> Puzzle {
        let (mut sets_of, mut family_of) = ([0; CommandSet::CAPACITY], [None; CommandSet::CAPACITY]);
        let mut categories = 0;
        for (number, set) in self.sets.iter().enumerate() {
            set.members.iter().for_each(|id| sets_of[id.index()] |= 1 << number);
            categories |= u64::from(matches!(set.subject, Subject::Category(_))) << number;
        }
        for (number, family) in self.families.iter().enumerate() {
            family.members.iter().for_each(|id| family_of[id.index()] = Some(number));
        }
        let all = self.catalog.all();
        let groups = all.iter().map(|id| {
            let family = family_of[id.index()];
            let of_container =
                family.map(|family| &self.families[family]).filter(|family| family.container == id);
            Group {
                family,
                sets: sets_of[id.index()],
                wanted: self.wanted.contains(id),
                weight: of_container
                    .map_or_else(|| cost(&Subject::Command(id), self.catalog), |family| family.cap),
            }
        });
        Puzzle::new(
            self.sets.iter().map(|set| cost(&set.subject, self.catalog)).collect(),
            categories,
            groups.collect(),
            self.families.iter().map(|family| family.cap).collect(),
        )
    }

    fn rules_of(&self, Choice { added, removed }: Choice) -> Vec<LoggedRule> {
        let chosen = |sets: u64| (0..).zip(&self.sets).filter(move |(number, _)| sets & 1 << number != 0);
        let mut rules = Vec::new();
        let mut reached = CommandSet::EMPTY;
        for (_, set) in chosen(added) {
            reached |= set.members;
            rules.push(LoggedRule { effect: self.effect, subject: set.subject.clone() });
        }
        for (_, set) in chosen(removed) {
            reached -= set.members;
            rules.push(LoggedRule { effect: opposite(self.effect), subject: set.subject.clone() });
        }
        rules.extend(self.mending(reached));
        rules
    }

    /// Rules for single commands that set right what is wrong: those that reach more, those that take back,
    /// and those for subcommands of containers that were taken back; each in the order of the command table.
    fn mending(&self, reached: CommandSet) -> impl Iterator<Item = LoggedRule> {
        let mut wrong = (self.wanted - reached) | (reached - self.wanted);
        let (mut first, mut then, mut last) = (CommandSet::EMPTY, CommandSet::EMPTY, CommandSet::EMPTY);
        for family in &self.families {
            if !family.is_mended_by_its_container(wrong, self.catalog) {
                continue;
            }
            wrong -= family.members;
            let mut subcommands = family.members;
            subcommands.remove(family.container);
            if self.wanted.contains(family.container) {
                first.insert(family.container);
                then |= subcommands - self.wanted;
            } else {
                then.insert(family.container);
                last |= subcommands & self.wanted;
            }
        }
        first |= wrong & self.wanted;
        then |= wrong - self.wanted;
        let steps = [(first, self.effect), (then, opposite(self.effect)), (last, self.effect)];
        steps.into_iter().flat_map(|(ids, effect)| {
            let ids = self.catalog.in_table_order(&ids);
            ids.map(move |id| LoggedRule { effect, subject: Subject::Command(id) })
        })
    }

    // -----------------------------------------------------------------------------------------------
    // Rules that were given

    fn is_given_by(&self, rules: &[LoggedRule]) -> bool {
        rules.iter().fold(self.base, |given, rule| after(given, rule.effect, self.touched(rule)))
            == *self.allowed
    }

    /// The rules without those that change nothing: each of the commands about which they are the last to speak
    /// is already as they say.
    fn without_idle(&self, mut rules: Vec<LoggedRule>) -> Vec<LoggedRule> {
        let mut count = usize::MAX;
        while rules.len() < count {
            count = rules.len();
            self.drop_idle(&mut rules);
        }
        rules
    }

    /// From the last rule to the first; without one, an earlier one may turn out idle too.
    fn drop_idle(&self, rules: &mut Vec<LoggedRule>) {
        let mut given = vec![self.base];
        for rule in &*rules {
            given.push(after(given[given.len() - 1], rule.effect, self.touched(rule)));
        }
        let mut later = CommandSet::EMPTY;
        for place in (0..rules.len()).rev() {
            let touched = self.touched(&rules[place]);
            let decided = touched - later;
            if after(given[place], rules[place].effect, decided) == given[place] {
                rules.remove(place);
            } else {
                later |= touched;
            }
        }
    }

    fn touched(&self, rule: &LoggedRule) -> CommandSet {
        match rule.subject {
            Subject::Category(category) => self.catalog.reach(category),
            Subject::Command(id) | Subject::FirstArgument(id, _) => self.catalog.family(id),
        }
    }
}

fn after(given: CommandSet, effect: Effect, touched: CommandSet) -> CommandSet {
    match effect {
        Effect::Allow => given | touched,
        Effect::Deny => given - touched,
    }
}

const fn opposite(effect: Effect) -> Effect {
    match effect {
        Effect::Allow => Effect::Deny,
        Effect::Deny => Effect::Allow,
    }
}

impl Family {
    fn new(container: CommandId, wanted: &CommandSet, catalog: &Catalog) -> Self {
        let members = catalog.family(container);
        let others = if wanted.contains(container) { members - *wanted } else { members & *wanted };
        let ids = core::iter::once(container).chain(others.iter());
        let cap = ids.map(|id| cost(&Subject::Command(id), catalog)).sum();
        Self { container, members, cap }
    }

    /// Whether it is wanted, some of its subcommands not: then categories behind a rule for it may take these
    /// away, `+config -@dangerous`.
    fn is_mostly(&self, wanted: &CommandSet) -> bool {
        wanted.contains(self.container) && !self.members.is_subset(wanted)
    }

    /// Whether a rule for the container is part of the shortest mending: it must be where the container itself
    /// is wrong, as no other rule is about it alone.
    fn is_mended_by_its_container(&self, wrong: CommandSet, catalog: &Catalog) -> bool {
        let single = wrong & self.members;
        let singly: u32 = single.iter().map(|id| cost(&Subject::Command(id), catalog)).sum();
        single.contains(self.container) || singly > self.cap
    }
}
