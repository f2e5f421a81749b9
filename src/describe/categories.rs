//! Algorithms A, B and C: command rules found from the commands that are allowed, as Redis printed them
//! up to 7.0 (`ACLDescribeUserCommandRules`).

use super::Line;
use crate::access::Effect;
use crate::catalog::{Catalog, Category, CommandId, CommandSet};
use crate::dialect::Algorithm;
use crate::user::{Commands, FirstArguments};

/// Writes rules that give these commands: `+@all` or `-@all`, categories, single commands in the order of
/// the command table.
///
/// Servers print the single commands in the order of a hash table, another in each process; the order of
/// the command table is the one that ElastiCache showed.
pub(super) fn describe(line: &mut Line, commands: &Commands, catalog: &Catalog, algorithm: Algorithm) {
    let mut description = Description {
        catalog,
        wanted: commands.allowed(),
        given: if commands.allows_future() { catalog.all() } else { CommandSet::EMPTY },
        effect: if commands.allows_future() { Effect::Deny } else { Effect::Allow },
    };
    line.push_base(commands.allows_future());
    match algorithm {
        Algorithm::A => description.all_that_mostly_hold(line, false),
        Algorithm::B => description.all_that_mostly_hold(line, true),
        Algorithm::C | Algorithm::D => description.best_first(line),
    }
    description.single_commands(line, commands);
}

struct Description<'u> {
    catalog: &'u Catalog,
    /// What the rules are to give.
    wanted: &'u CommandSet,
    /// What those written so far give.
    given: CommandSet,
    /// What categories can do: add to nothing, or take from everything.
    effect: Effect,
}

/// How well a category describes what is wanted.
struct Fit {
    category: Category,
    members: CommandSet,
    /// Members for which it says what is wanted.
    right: usize,
    wrong: usize,
}

impl Description<'_> {
    /// A and B: each category, in table order, that holds for more of its members than not. A counts on
    /// all that is wanted, so a category comes although those before it said everything; B counts on what
    /// they left.
    fn all_that_mostly_hold(&mut self, line: &mut Line, on_what_is_left: bool) {
        let mut left = *self.wanted;
        for (category, members) in self.catalog.own_categories() {
            let fit = self.fit(category, members, if on_what_is_left { &left } else { self.wanted });
            if fit.right > fit.wrong {
                self.write(line, &fit);
                self.give_back(&mut left, &fit.members);
            }
        }
    }

    /// C: again and again the category with the fewest exceptions; of those the one with most members,
    /// and of those the first.
    fn best_first(&mut self, line: &mut Line) {
        let mut left = *self.wanted;
        let mut unused: Vec<_> = self.catalog.own_categories().collect();
        loop {
            let fits = unused
                .iter()
                .enumerate()
                .map(|(place, &(category, members))| (place, self.fit(category, members, &left)));
            let qualified = fits.filter(|(_, fit)| fit.right > fit.wrong);
            let Some((place, best)) = qualified.min_by_key(|(_, fit)| (fit.wrong, usize::MAX - fit.right))
            else {
                return;
            };
            self.write(line, &best);
            self.give_back(&mut left, &best.members);
            unused.remove(place);
        }
    }

    fn fit(&self, category: Category, members: CommandSet, wanted: &CommandSet) -> Fit {
        let on = wanted.overlap(&members);
        let off = members.len() - on;
        let (right, wrong) = match self.effect {
            Effect::Allow => (on, off),
            Effect::Deny => (off, on),
        };
        Fit { category, members, right, wrong }
    }

    fn write(&mut self, line: &mut Line, fit: &Fit) {
        line.push(self.effect.sign());
        line.text.push('@');
        line.text.push_str(fit.category.name());
        match self.effect {
            Effect::Allow => self.given |= fit.members,
            Effect::Deny => self.given -= fit.members,
        }
    }

    /// Makes the members count for nothing from here on.
    fn give_back(&self, left: &mut CommandSet, members: &CommandSet) {
        match self.effect {
            Effect::Allow => *left -= *members,
            Effect::Deny => *left |= *members,
        }
    }

    /// What the categories left wrong; a container comes with all its subcommands, so it is settled first.
    /// Behind a command that is not allowed stand its first arguments.
    fn single_commands(&mut self, line: &mut Line, commands: &Commands) {
        let arguments: Vec<_> =
            commands.first_arguments().filter(|(id, _)| !self.wanted.contains(*id)).collect();
        for id in self.candidates(&arguments) {
            let wanted = self.wanted.contains(id);
            if wanted != self.given.contains(id) {
                let effect = if wanted { Effect::Allow } else { Effect::Deny };
                line.push(effect.sign());
                line.text.push_str(self.catalog.name(id));
                match effect {
                    Effect::Allow => self.given |= self.catalog.family(id),
                    Effect::Deny => self.given -= self.catalog.family(id),
                }
            }
            for argument in
                arguments.iter().filter(|(of, _)| *of == id).flat_map(|(_, arguments)| arguments.iter())
            {
                line.push(format_args!("+{}|{argument}", self.catalog.name(id)));
            }
        }
    }

    /// The commands that may have to be written, in the order of the command table, in which subcommands
    /// stand behind their container.
    fn candidates(&self, arguments: &[(CommandId, &FirstArguments)]) -> Vec<CommandId> {
        let wrong = (*self.wanted - self.given) | (self.given - *self.wanted);
        let mut candidates = wrong;
        wrong.iter().for_each(|id| candidates |= self.catalog.family(id));
        candidates.extend(arguments.iter().map(|(id, _)| *id));
        let mut candidates: Vec<_> = candidates.iter().collect();
        candidates.sort_by_key(|id| self.catalog.place(*id));
        candidates
    }
}
