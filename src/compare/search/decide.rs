//! One kind of request: whether one selector allows one that none of some others does.

use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::finding::Filling;
use super::{Found, QUESTION, Question, Search, Selectors, Standing};
use crate::catalog::{DATABASES, DatabaseNeed, Demand};
use crate::compare::kinds::{self, Kind};
use crate::compare::texts::{self, FirstArgument};
use crate::glob::{spend, with_part};

/// How many ways to assign selectors to open words are tried for one kind of request.
const MAX_ASSIGNMENTS: usize = 2000;

/// What was found for one kind of request.
enum Decision {
    Escapes(Filling),
    Nothing,
    Undecided,
}

/// A word to be filled, or a database that is not named.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Slot<'k, 'f> {
    Word(kinds::Slot, Option<&'k FirstArgument<'f>>),
    CurrentDatabase([DatabaseNeed; 2]),
    AllDatabases([DatabaseNeed; 2]),
}

/// A state of the search for an assignment.
struct Assignment<'k, 'f> {
    selector: usize,
    slots: &'k [Slot<'k, 'f>],
    best: Option<(usize, Vec<Filled>)>,
    is_undecided: bool,
    left: usize,
}

/// A copy of an open word, those assigned to it, and the text that makes them refuse.
#[derive(Clone)]
pub(super) struct Filled {
    pub(super) slot: usize,
    others: Selectors,
    pub(super) text: Rc<[u8]>,
}

impl Slot<'_, '_> {
    fn repeats(&self) -> bool {
        matches!(self, Self::Word(slot, _) if slot.repeats)
    }
}

/// What a kind of request needs of databases that it does not name.
fn databases<'k, 'f: 'k>(needs: [DatabaseNeed; 2]) -> impl Iterator<Item = Slot<'k, 'f>> + Clone {
    let current = needs.contains(&DatabaseNeed::Current).then_some(Slot::CurrentDatabase(needs));
    let all = needs.contains(&DatabaseNeed::All).then_some(Slot::AllDatabases(needs));
    current.into_iter().chain(all)
}

impl<'u> Search<'u, '_> {
    /// How to fill a kind of request so that this selector allows it and none of the others does.
    pub(super) fn decide(
        &mut self,
        selector: usize,
        kind: &Kind,
        others: Selectors,
        first_argument: Option<(usize, &FirstArgument<'_>)>,
    ) -> Option<Filling> {
        let decision = match spend(self.work, QUESTION) {
            Some(()) => self.decision(selector, kind, others, first_argument),
            None => Decision::Undecided,
        };
        match decision {
            Decision::Escapes(filling) => Some(filling),
            Decision::Nothing => None,
            Decision::Undecided => {
                self.findings.is_undecided = true;
                None
            }
        }
    }

    fn decision(
        &mut self,
        selector: usize,
        kind: &Kind,
        others: Selectors,
        first_argument: Option<(usize, &FirstArgument<'_>)>,
    ) -> Decision {
        if kind.reads_all_keys[0] && !self.senders[selector].selector.keys.can_all_be_read() {
            return Decision::Nothing;
        }
        let reads_all = |standing: &Standing<'u>| standing.selector.keys.can_all_be_read();
        let others = if kind.reads_all_keys[1] { others & self.others_with(reads_all) } else { others };
        let argument_of = |slot| first_argument.filter(|(of, _)| *of == slot).map(|(_, argument)| argument);
        let words = kind.slots.iter().zip(0..).map(|(slot, number)| Slot::Word(*slot, argument_of(number)));
        let slots = words.chain(databases(kind.database));
        if !self.each_can_refuse(selector, slots.clone(), others) {
            return Decision::Nothing;
        }
        let slots: Vec<_> = slots.collect();
        let mut filled = Vec::with_capacity(slots.len());
        for (number, slot) in slots.iter().enumerate() {
            match self.text(selector, *slot, 0) {
                Found::Text(text) => filled.push(Filled { slot: number, others: 0, text }),
                Found::Nothing => return Decision::Nothing,
                Found::Undecided => return Decision::Undecided,
            }
        }
        let mut assignment =
            Assignment { selector, slots: &slots, best: None, is_undecided: false, left: MAX_ASSIGNMENTS };
        self.assign(&mut assignment, &filled, others);
        let Some((_, best)) = assignment.best else {
            return if assignment.is_undecided { Decision::Undecided } else { Decision::Nothing };
        };
        Decision::Escapes(Filling::of(kind, &slots, best))
    }

    /// Whether each of the others could be made to refuse, were it alone; mostly one cannot.
    fn each_can_refuse<'k, 'f: 'k>(
        &mut self,
        selector: usize,
        slots: impl Iterator<Item = Slot<'k, 'f>> + Clone,
        others: Selectors,
    ) -> bool {
        let mut left = others;
        while left != 0 {
            let next = 1 << left.trailing_zeros();
            if slots.clone().all(|slot| self.text(selector, slot, next) == Found::Nothing) {
                return false;
            }
            left &= !next;
        }
        true
    }

    /// Assigns each of the others that are left to an open word, in every way; the shortest request counts.
    fn assign(&mut self, assignment: &mut Assignment<'_, '_>, filled: &[Filled], others: Selectors) {
        let length = filled.iter().map(|filled| filled.text.len()).sum();
        if assignment.best.as_ref().is_some_and(|(best, _)| *best <= length) {
            return;
        }
        if others == 0 {
            assignment.best = Some((length, filled.to_vec()));
            return;
        }
        if assignment.left == 0 || spend(self.work, QUESTION).is_none() {
            assignment.is_undecided = true;
            return;
        }
        assignment.left -= 1;
        let next = 1 << others.trailing_zeros();
        let (selector, slots) = (assignment.selector, assignment.slots);
        for place in 0..filled.len() {
            let slot = filled[place].slot;
            let assigned = filled[place].others | next;
            match self.text(selector, slots[slot], assigned) {
                Found::Text(text) => {
                    let mut more = filled.to_vec();
                    more[place] = Filled { slot, others: assigned, text };
                    self.assign(assignment, &more, others & !next);
                }
                Found::Nothing => {}
                Found::Undecided => assignment.is_undecided = true,
            }
        }
        for (number, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.repeats()) {
            match self.text(selector, *slot, next) {
                Found::Text(text) => {
                    let more = [filled, &[Filled { slot: number, others: next, text }]].concat();
                    self.assign(assignment, &more, others & !next);
                }
                Found::Nothing => {}
                Found::Undecided => assignment.is_undecided = true,
            }
        }
    }

    /// What the selector allows in an open word and none of these others does.
    fn text(&mut self, selector: usize, slot: Slot<'_, '_>, others: Selectors) -> Found {
        match slot {
            Slot::Word(slot, argument) if [slot.sender, slot.other].contains(&Demand::Database) => {
                let reads = |demand| demand == Demand::Database;
                let allowed = self.databases(selector, others, [reads(slot.sender), reads(slot.other)]);
                let fits = |id: &u32| argument.is_none_or(|argument| argument.fits(&id.to_string()));
                let id = (0..DATABASES).filter(|id| allowed & 1 << id != 0).find(fits);
                id.map_or(Found::Nothing, |id| Found::Text(id.to_string().into_bytes().into()))
            }
            Slot::Word(slot, None) => self.ask(selector, others, [slot.sender, slot.other]),
            Slot::Word(slot, Some(argument)) => {
                self.find(selector, others, [slot.sender, slot.other], Some(argument))
            }
            Slot::CurrentDatabase(needs) => {
                let reads = needs.map(|need| need == DatabaseNeed::Current);
                match self.databases(selector, others, reads) {
                    0 => Found::Nothing,
                    allowed => Found::Text(allowed.trailing_zeros().to_string().into_bytes().into()),
                }
            }
            Slot::AllDatabases(needs) => {
                let all = |standing: &Standing<'_>, need| {
                    need != DatabaseNeed::All || standing.databases == u16::MAX
                };
                let is_refused = !self.each(others).any(|other| all(other, needs[1]));
                match all(&self.senders[selector], needs[0]) && is_refused {
                    true => Found::Text(Rc::default()),
                    false => Found::Nothing,
                }
            }
        }
    }

    fn each(&self, others: Selectors) -> impl Iterator<Item = &Standing<'u>> {
        self.others
            .iter()
            .enumerate()
            .filter(move |(number, _)| others & 1 << number != 0)
            .map(|(_, other)| other)
    }

    /// The databases that the selector allows and none of the others does, where either side looks at them.
    fn databases(&self, selector: usize, others: Selectors, reads: [bool; 2]) -> u16 {
        let of = |standing: &Standing<'_>, reads| if reads { standing.databases } else { u16::MAX };
        let excluded = self.each(others).fold(0, |all, other| all | of(other, reads[1]));
        of(&self.senders[selector], reads[0]) & !excluded
    }

    /// The same question is asked for many commands.
    pub(super) fn ask(&mut self, selector: usize, others: Selectors, demands: [Demand; 2]) -> Found {
        let plain = |demand| match demand {
            Demand::Key(_) if !self.needs_matter => Demand::Key(None),
            demand => demand,
        };
        let demands = demands.map(plain);
        let question = Question { sender: selector, others, demands };
        if let Some(found) = self.known.get(&question) {
            return found.clone();
        }
        if spend(self.work, QUESTION).is_none() {
            return Found::Undecided;
        }
        let found = self.find(selector, others, demands, None);
        self.known.insert(question, found.clone());
        found
    }

    fn find(
        &mut self,
        selector: usize,
        others: Selectors,
        [here, there]: [Demand; 2],
        first_argument: Option<&FirstArgument<'_>>,
    ) -> Found {
        let mut work = *self.work;
        // a hard question leaves as much as it may take to the easy ones behind it
        let half = work.div_ceil(2);
        let sender = self.senders[selector].reach.texts(here);
        let others: Vec<_> = self.each(others).map(|other| other.reach.texts(there)).collect();
        let found = with_part(&mut work, half, |work| texts::find(&sender, &others, first_argument, work));
        drop(others);
        *self.work = work;
        found
    }
}
