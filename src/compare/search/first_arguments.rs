//! Commands that some selector allows with certain first arguments only.

use alloc::vec::Vec;

use super::finding::{Finding, Recipe};
use super::{Search, Standing};
use crate::catalog::{Command, CommandSet, Shape, Word, database, lenient_number};
use crate::compare::kinds::{self, Member};
use crate::compare::texts::FirstArgument;
use crate::glob::spend;

/// Numbers of keys given as first arguments are followed up to so many.
const MAX_COUNT: i32 = 64;

/// The work of trying a command with a first argument.
const CASE: usize = 5_000;

impl<'u> Search<'u, '_> {
    /// The commands that a selector of either side allows with some first arguments only.
    pub(super) fn commands_with_first_arguments(&self) -> CommandSet {
        let ids = |standing: &[Standing<'u>]| -> CommandSet {
            standing
                .iter()
                .flat_map(|standing| standing.selector.first_arguments())
                .map(|(id, _)| id)
                .collect()
        };
        let (here, there) = (ids(&self.senders), ids(&self.others));
        if here.is_empty() && there.is_empty() {
            return CommandSet::EMPTY;
        }
        let members = self.kinds.classes.iter().flat_map(|class| &class.members);
        let concerned = members.filter(|member| {
            here.contains(member.sender) || member.other.is_some_and(|id| there.contains(id))
        });
        concerned.map(|member| member.sender).collect()
    }

    /// A command for which first arguments matter: with each of those, and with any other.
    pub(super) fn search_with_first_arguments(&mut self, selector: usize, member: &Member) {
        let (here, whole) = {
            let standing = &self.senders[selector];
            let here: Vec<_> = standing.selector.first_arguments_of(member.sender).collect();
            (here, standing.commands.contains(member.sender))
        };
        let there: Vec<_> = match member.other {
            Some(id) => self.others.iter().flat_map(|other| other.selector.first_arguments_of(id)).collect(),
            None => Vec::new(),
        };
        let mut cases: Vec<_> = if whole { there.clone() } else { here };
        cases.sort_unstable();
        cases.dedup();
        if spend(self.work, there.len() + CASE * cases.len()).is_none() {
            self.findings.is_undecided = true;
            return;
        }
        for argument in cases {
            self.search_case(selector, member, &FirstArgument::Is(argument));
        }
        if whole {
            self.search_case(selector, member, &FirstArgument::IsNone(there));
        }
    }

    fn search_case(&mut self, selector: usize, member: &Member, argument: &FirstArgument<'_>) {
        let others = self.others_with(|standing| {
            let is_given = |id| match argument {
                FirstArgument::Is(text) => standing.selector.commands.allow_argument(id, text),
                FirstArgument::IsNone(_) => false,
            };
            member.other.is_some_and(|id| standing.commands.contains(id) || is_given(id))
        });
        let (sender, other) = (self.sender, self.other);
        let Some(command) = sender.catalog().get(member.sender) else { return };
        let there = member.other.and_then(|id| other.catalog().get(id));
        let (shapes, _) = kinds::shapes(command, member.name, other.catalog());
        let with = |shape| self.with_first_argument(shape, argument, (command, there));
        for shape in shapes.iter().flat_map(with).collect::<Vec<_>>() {
            let (kind, length) = kinds::kind_of(command, there, &shape);
            let slots = kinds::slots(command, there, &shape);
            let slot = shape.first_argument().and_then(|place| slots.iter().position(|slot| *slot == place));
            let Some(filling) = self.decide(selector, &kind, others, slot.map(|slot| (slot, argument)))
            else {
                continue;
            };
            let excluded = match argument {
                FirstArgument::Is(_) => Vec::new(),
                FirstArgument::IsNone(texts) => texts.iter().map(|text| (*text).into()).collect(),
            };
            let recipe = Recipe::new(filling, excluded);
            self.findings.requests.push(Finding {
                command: member.sender,
                other: member.other,
                length: length + recipe.length,
                shape: shape.into(),
                recipe,
            });
        }
    }

    /// The shape with that first argument, in whatever ways it can have it.
    fn with_first_argument(
        &mut self,
        shape: &Shape,
        argument: &FirstArgument<'_>,
        (command, there): (Command<'_>, Option<Command<'_>>),
    ) -> Vec<Shape> {
        let Some(place) = shape.first_argument() else {
            return if matches!(argument, FirstArgument::IsNone(_)) {
                vec![shape.clone()]
            } else {
                Vec::new()
            };
        };
        // only the first copy of what repeats is the first argument
        if shape.repeats(place) {
            let apart = [shape.repeated(1), shape.with_first_copy_apart()];
            let with = |shape| self.with_first_argument(shape, argument, (command, there));
            return apart.iter().flat_map(with).collect();
        }
        match (shape.word(place), argument) {
            (Word::Text(text), _) if !argument.fits(text) => Vec::new(),
            (Word::Count | Word::PaddedCount, FirstArgument::Is(text)) => {
                let count = lenient_number(text.as_bytes());
                self.findings.is_undecided |= count > MAX_COUNT;
                let written = shape.repeated(count.clamp(1, MAX_COUNT) as usize);
                written.first_argument().map(|place| written.with_text(place, text)).into_iter().collect()
            }
            (Word::NoDatabase, FirstArgument::Is(text)) if database(text.as_bytes()).is_some() => Vec::new(),
            (Word::NoDatabase, _) => vec![shape.with_text(place, &argument.example("x"))],
            (Word::Any, _) if !kinds::slots(command, there, shape).contains(&place) => {
                vec![shape.with_text(place, &argument.example(""))]
            }
            _ => vec![shape.clone()],
        }
    }
}
