//! Algorithms A, B and C: command rules found from the commands that are allowed, as Redis printed them
//! up to 7.0 (`ACLDescribeUserCommandRules`).

use alloc::vec::Vec;

use super::Line;
use crate::access::Effect;
use crate::catalog::{Catalog, CommandId, CommandSet, OwnCategory};
use crate::dialect::Algorithm;
use crate::user::{Commands, FirstArguments};

/// Writes rules that give these commands: `+@all` or `-@all`, categories, single commands in the order of
/// the command table.
///
/// Servers print the single commands in the order of a hash table, another in each process; the order of
/// the command table is the one that ElastiCache showed.
pub(super) fn describe(line: &mut Line, commands: &Commands, catalog: &Catalog, algorithm: Algorithm) {
    let own = catalog.own_categories();
    let mut description = Description {
        catalog,
        own: &own,
        wanted: commands.allowed(),
        given: if commands.allows_future() { catalog.all() } else { CommandSet::EMPTY },
        effect: if commands.allows_future() { Effect::Deny } else { Effect::Allow },
    };
    line.push_base(commands.allows_future());
    match algorithm {
        Algorithm::A => description.all_that_mostly_hold(line),
        Algorithm::B => description.all_that_still_mostly_hold(line),
        Algorithm::C | Algorithm::D => description.best_first(line),
    }
    description.single_commands(line, commands);
}

struct Description<'u> {
    catalog: &'u Catalog,
    own: &'u [OwnCategory],
    /// What the rules are to give.
    wanted: &'u CommandSet,
    /// What those written so far give.
    given: CommandSet,
    /// What categories can do: add to nothing, or take from everything.
    effect: Effect,
}

/// How well a category describes what is wanted.
struct Fit {
    /// For how many members it says what is wanted.
    right: usize,
    wrong: usize,
}

impl Fit {
    fn is_mostly_right(&self) -> bool {
        self.right > self.wrong
    }
}

impl Description<'_> {
    /// A: each category, in table order, that holds for more of its members than not. All that is wanted
    /// counts, so a category comes although those before it said everything.
    fn all_that_mostly_hold(&mut self, line: &mut Line) {
        for own in self.own {
            if self.fit(own, self.wanted).is_mostly_right() {
                self.write(line, own);
            }
        }
    }

    /// B: the same, but only what the categories before it left counts.
    fn all_that_still_mostly_hold(&mut self, line: &mut Line) {
        let mut left = *self.wanted;
        for own in self.own {
            if self.fit(own, &left).is_mostly_right() {
                self.write(line, own);
                self.give_back(&mut left, &own.reach);
            }
        }
    }

    /// C: again and again the category with the fewest exceptions; of those the one with most members,
    /// and of those the first.
    fn best_first(&mut self, line: &mut Line) {
        let mut left = *self.wanted;
        let mut unused: Vec<_> = self.own.iter().collect();
        loop {
            let mut best = None;
            // what is given back makes no category fit better, so one that fits badly need not be asked again
            unused.retain(|own| {
                let fit = self.fit(own, &left);
                let rank = (fit.wrong, usize::MAX - fit.right);
                if fit.is_mostly_right() && best.is_none_or(|(least, _)| rank < least) {
                    best = Some((rank, *own));
                }
                fit.is_mostly_right()
            });
            let Some((_, own)) = best else { return };
            unused.retain(|other| other.category != own.category);
            self.write(line, own);
            self.give_back(&mut left, &own.reach);
        }
    }

    fn fit(&self, own: &OwnCategory, wanted: &CommandSet) -> Fit {
        let on = own.overlap(wanted);
        let off = own.size - on;
        match self.effect {
            Effect::Allow => Fit { right: on, wrong: off },
            Effect::Deny => Fit { right: off, wrong: on },
        }
    }

    fn write(&mut self, line: &mut Line, own: &OwnCategory) {
        line.push_category(self.effect, own.category);
        match self.effect {
            Effect::Allow => self.given |= own.reach,
            Effect::Deny => self.given -= own.reach,
        }
    }

    /// Makes the commands of a category count for nothing from here on.
    fn give_back(&self, left: &mut CommandSet, reach: &CommandSet) {
        match self.effect {
            Effect::Allow => *left -= *reach,
            Effect::Deny => *left |= *reach,
        }
    }

    /// What the categories left wrong, in the order of the command table, in which subcommands stand behind their
    /// container; a container comes with all its subcommands, so it is settled first.
    /// Behind a command that is not allowed stand its first arguments.
    fn single_commands(&mut self, line: &mut Line, commands: &Commands) {
        let arguments: Vec<_> =
            commands.first_arguments().filter(|(id, _)| !self.wanted.contains(*id)).collect();
        let candidates = self.candidates(&arguments);
        let containers = self.catalog.containers_in(&candidates);
        for id in self.catalog.in_table_order(&candidates) {
            let effect = if self.wanted.contains(id) { Effect::Allow } else { Effect::Deny };
            if self.wanted.contains(id) != self.given.contains(id) {
                line.push_command(effect, self.catalog.name(id));
                self.give(effect, id);
                if containers.contains(id) {
                    self.catalog.subcommands(id).for_each(|id| self.give(effect, id));
                }
            }
            for argument in
                arguments.iter().filter(|(of, _)| *of == id).flat_map(|(_, arguments)| arguments.iter())
            {
                line.push_command(Effect::Allow, self.catalog.name(id));
                line.push_argument(argument);
            }
        }
    }

    fn give(&mut self, effect: Effect, id: CommandId) {
        match effect {
            Effect::Allow => self.given.insert(id),
            Effect::Deny => self.given.remove(id),
        }
    }

    /// The commands that may have to be written.
    fn candidates(&self, arguments: &[(CommandId, &FirstArguments)]) -> CommandSet {
        let wrong = (*self.wanted - self.given) | (self.given - *self.wanted);
        let mut candidates = wrong;
        for id in self.catalog.containers_in(&wrong).iter() {
            candidates.extend(self.catalog.subcommands(id));
        }
        candidates.extend(arguments.iter().map(|(id, _)| *id));
        candidates
    }
}
