//! The search for requests that one user may send and another may not.
//!
//! A user is a union of selectors, each a product of commands, keys with what may be done to them, channels and
//! databases, and one selector must allow all of a request. So for a kind of request that selector *s* of the
//! sender allows, let *T* be the other's selectors that allow its command. A request escapes all of *T* exactly
//! if each *t* of *T* can be made to refuse by one of its open words: to each open word some of *T* are
//! assigned, and *s* must allow a text there which none of these does. Where an open word repeats, each *t* may
//! have a copy of its own.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Witness;
use super::kinds::{self, Class, Kind, Kinds, Member};
use super::texts::{self, FirstArgument, Found, Reach};
use crate::access::KeyAccess;
use crate::catalog::lenient_number;
use crate::catalog::{
    Catalog, Command, CommandId, CommandSet, DATABASES, DatabaseNeed, Demand, Shape, Word, database,
};
use crate::quoting::quoted;
use crate::user::{Databases, Selector, User};

/// Some of the other user's selectors, a bit for each.
type Selectors = u128;

/// More selectors than a bit set holds are not compared one with another.
const MAX_SELECTORS: usize = Selectors::BITS as usize;

/// How many ways to assign selectors to open words are tried for one kind of request.
const MAX_ASSIGNMENTS: usize = 2000;

/// Numbers of keys given as first arguments are followed up to so many.
const MAX_COUNT: i32 = 64;

/// A selector, prepared.
struct Standing<'u> {
    selector: &'u Selector,
    reach: Reach<'u>,
    /// With the commands that every user may send.
    commands: CommandSet,
    databases: u16,
}

/// All that one user may do and another may not.
pub(super) struct Findings {
    pub(super) requests: Vec<Finding>,
    /// Commands to come.
    pub(super) future: bool,
    /// Something could not be told within the bounds.
    pub(super) is_undecided: bool,
}

/// A command that has requests which escape, and how to make one.
pub(super) struct Finding {
    /// The sender's command.
    pub(super) command: CommandId,
    /// What the other one's catalogue calls it.
    pub(super) other: Option<CommandId>,
    /// How long the request is, as printed.
    pub(super) length: usize,
    shape: Arc<Shape>,
    recipe: Rc<Recipe>,
}

/// The kinds of a class, by number, that escape, each with how.
type Ways = Vec<(usize, Rc<Recipe>)>;

/// What makes a request of a shape.
struct Recipe {
    /// First arguments that it must not have.
    excluded: Vec<Box<str>>,
    /// How long all that is filled in is, as printed.
    length: usize,
    filling: Filling,
}

impl Recipe {
    fn new(filling: Filling, excluded: Vec<Box<str>>) -> Rc<Self> {
        let length = filling.texts.iter().flatten().map(|text| quoted(text).len()).sum();
        Rc::new(Self { excluded, length, filling })
    }
}

/// What the open words are filled with.
#[derive(Clone, Default)]
struct Filling {
    /// For each slot the texts of its copies.
    texts: Vec<Vec<Rc<[u8]>>>,
    database: u32,
}

/// What was found for one kind of request.
enum Decision {
    Escapes(Filling),
    Nothing,
    Undecided,
}

pub(super) struct Search<'u, 'w> {
    sender: &'u User,
    other: &'u User,
    senders: Vec<Standing<'u>>,
    others: Vec<Standing<'u>>,
    kinds: Arc<Kinds>,
    /// Whether any key pattern allows less than all: if none does, what a command needs makes no difference.
    needs_matter: bool,
    known: BTreeMap<Question, Found>,
    /// Of a kind, a selector and some others, how its requests escape.
    decided: BTreeMap<(usize, usize, Selectors), Option<Rc<Recipe>>>,
    work: &'w mut usize,
    findings: Findings,
}

/// Which text a selector allows in a place and some others do not.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    sender: usize,
    others: Selectors,
    demands: [Demand; 2],
}

/// A word to be filled, or a database that is not named.
#[derive(Clone, Copy, PartialEq)]
enum Slot<'k, 'f> {
    Word(kinds::Slot, Option<&'k FirstArgument<'f>>),
    CurrentDatabase([DatabaseNeed; 2]),
    AllDatabases([DatabaseNeed; 2]),
}

impl<'u, 'w> Search<'u, 'w> {
    pub(super) fn new(sender: &'u User, other: &'u User, work: &'w mut usize) -> Self {
        let kinds = Kinds::of(sender.catalog(), other.catalog());
        let (senders, others) = (standing(sender, &kinds.open[0]), standing(other, &kinds.open[1]));
        let needs_matter = senders.iter().chain(&others).any(|standing| standing.reach.has_directed_keys());
        let findings = Findings { requests: Vec::new(), future: false, is_undecided: false };
        Self {
            sender,
            other,
            senders,
            others,
            kinds,
            needs_matter,
            known: BTreeMap::new(),
            decided: BTreeMap::new(),
            work,
            findings,
        }
    }

    pub(super) fn run(mut self) -> Findings {
        if self.others.len() > MAX_SELECTORS {
            self.findings.is_undecided |= self.sender != self.other;
            return self.findings;
        }
        let kinds = Arc::clone(&self.kinds);
        let with_arguments = self.commands_with_first_arguments();
        for selector in 0..self.senders.len() {
            if self.is_covered(selector) {
                continue;
            }
            self.findings.future |= self.future_escapes(selector);
            for class in &kinds.classes {
                self.search_class(selector, class, &with_arguments);
            }
        }
        self.findings
    }

    fn search_class(&mut self, selector: usize, class: &Class, with_arguments: &CommandSet) {
        let allowed = class.commands & self.senders[selector].commands;
        if (class.commands & *with_arguments).is_empty() {
            if allowed.is_empty() {
                return;
            }
            if let Some(others) = self.others_with_all_or_none(class, &allowed) {
                let ways = self.decide_class(selector, class, others);
                let members = class.members.iter().filter(|member| allowed.contains(member.sender));
                members.for_each(|member| self.found(member, &ways));
                return;
            }
        }
        let mut decided: Vec<(Selectors, Ways)> = Vec::new();
        for member in &class.members {
            if with_arguments.contains(member.sender) {
                self.search_with_first_arguments(selector, member);
                continue;
            }
            if !allowed.contains(member.sender) {
                continue;
            }
            let others =
                self.others_with(|standing| member.other.is_some_and(|id| standing.commands.contains(id)));
            let place = decided.iter().position(|(known, _)| *known == others).unwrap_or_else(|| {
                decided.push((others, self.decide_class(selector, class, others)));
                decided.len() - 1
            });
            self.found(member, &decided[place].1);
        }
    }

    /// The others that allow these commands of a class, if each allows all of them or none.
    fn others_with_all_or_none(&self, class: &Class, commands: &CommandSet) -> Option<Selectors> {
        let is_mixed = |other: &Standing<'_>| {
            let common = *commands & other.commands;
            !common.is_empty() && common != *commands
        };
        let is_plain = class.is_same && !self.others.iter().any(is_mixed);
        is_plain.then(|| self.others_with(|other| commands.is_subset(&other.commands)))
    }

    /// Notes the shortest of the ways in which a command's requests escape.
    fn found(&mut self, member: &Member, ways: &Ways) {
        let length = |kind: usize, recipe: &Recipe| member.shapes[kind].0 + recipe.length;
        let shortest = ways.iter().min_by_key(|(kind, recipe)| length(*kind, recipe));
        self.findings.requests.extend(shortest.map(|(kind, recipe)| Finding {
            command: member.sender,
            other: member.other,
            length: length(*kind, recipe),
            shape: Arc::clone(&member.shapes[*kind].1),
            recipe: Rc::clone(recipe),
        }));
    }

    /// The kinds of requests of a class that escape.
    fn decide_class(&mut self, selector: usize, class: &Class, others: Selectors) -> Ways {
        let kinds = Arc::clone(&self.kinds);
        let mut ways = Ways::new();
        for (number, kind) in class.kinds.iter().enumerate() {
            let question = (*kind, selector, others);
            let recipe = match self.decided.get(&question) {
                Some(recipe) => recipe.clone(),
                None => {
                    let filling = self.decide(selector, &kinds.kinds[*kind], others, None);
                    let recipe = filling.map(|filling| Recipe::new(filling, Vec::new()));
                    self.decided.insert(question, recipe.clone());
                    recipe
                }
            };
            ways.extend(recipe.map(|recipe| (number, recipe)));
        }
        ways
    }

    fn others_with(&self, is: impl Fn(&Standing<'u>) -> bool) -> Selectors {
        let bits = self.others.iter().enumerate().filter(|(_, standing)| is(standing));
        bits.fold(0, |all, (number, _)| all | 1 << number)
    }

    // -----------------------------------------------------------------------------------------------
    // Whole selectors

    /// Whether one selector of the other allows all that this one does; the usual case, and soon told.
    fn is_covered(&mut self, selector: usize) -> bool {
        self.sender.catalog() == self.other.catalog()
            && (0..self.others.len()).any(|other| self.covers(other, selector))
    }

    fn covers(&mut self, other: usize, selector: usize) -> bool {
        let (here, there) = (&self.senders[selector], &self.others[other]);
        let arguments_covered = || {
            here.selector.first_arguments().all(|(id, argument)| {
                let is_it = |(of, known): (CommandId, &str)| of == id && known.eq_ignore_ascii_case(argument);
                there.commands.contains(id) || there.selector.first_arguments().any(is_it)
            })
        };
        (!here.selector.allows_future_commands() || there.selector.allows_future_commands())
            && here.commands.is_subset(&there.commands)
            && (!here.selector.keys.can_all_be_read() || there.selector.keys.can_all_be_read())
            && arguments_covered()
            && self.differing_demand(selector, other) == Found::Nothing
    }

    /// Something that a future command could ask for, of which one selector has what another has not.
    fn differing_demand(&mut self, selector: usize, other: usize) -> Found {
        if self.senders[selector].databases & !self.others[other].databases != 0 {
            return Found::Text(Rc::default());
        }
        let needs = [None, Some(KeyAccess::Read), Some(KeyAccess::Write), Some(KeyAccess::ReadWrite)];
        let demands = needs.map(Demand::Key).into_iter().chain([Demand::Channel, Demand::ChannelPattern]);
        let mut result = Found::Nothing;
        for demand in demands {
            match self.ask(selector, 1 << other, [demand; 2]) {
                Found::Nothing => {}
                Found::Undecided => result = Found::Undecided,
                text => return text,
            }
        }
        result
    }

    /// Whether commands to come escape: they can have any number of keys and channels, so that each selector
    /// of the other may be made to refuse by one of its own.
    fn future_escapes(&mut self, selector: usize) -> bool {
        if !self.senders[selector].selector.allows_future_commands() {
            return false;
        }
        for other in 0..self.others.len() {
            if self.others[other].selector.allows_future_commands() {
                match self.differing_demand(selector, other) {
                    Found::Text(_) => {}
                    Found::Nothing => return false,
                    Found::Undecided => {
                        self.findings.is_undecided = true;
                        return false;
                    }
                }
            }
        }
        true
    }

    // -----------------------------------------------------------------------------------------------
    // One kind of request

    /// How to fill a kind of request so that this selector allows it and none of the others does.
    fn decide(
        &mut self,
        selector: usize,
        kind: &Kind,
        others: Selectors,
        first_argument: Option<(usize, &FirstArgument<'_>)>,
    ) -> Option<Filling> {
        match self.decision(selector, kind, others, first_argument) {
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
        if assignment.left == 0 {
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
    fn ask(&mut self, selector: usize, others: Selectors, demands: [Demand; 2]) -> Found {
        let plain = |demand| match demand {
            Demand::Key(_) if !self.needs_matter => Demand::Key(None),
            demand => demand,
        };
        let demands = demands.map(plain);
        let question = Question { sender: selector, others, demands };
        if let Some(found) = self.known.get(&question) {
            return found.clone();
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
        let sender = self.senders[selector].reach.texts(here);
        let others: Vec<_> = self.each(others).map(|other| other.reach.texts(there)).collect();
        let mut work = *self.work;
        let found = texts::find(&sender, &others, first_argument, &mut work);
        drop(others);
        *self.work = work;
        found
    }

    // -----------------------------------------------------------------------------------------------
    // First arguments

    /// The commands that a selector of either side allows with some first arguments only.
    fn commands_with_first_arguments(&self) -> CommandSet {
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
    fn search_with_first_arguments(&mut self, selector: usize, member: &Member) {
        let (here, whole) = {
            let standing = &self.senders[selector];
            (arguments(standing.selector, member.sender), standing.commands.contains(member.sender))
        };
        let there: Vec<_> = match member.other {
            Some(id) => self.others.iter().flat_map(|other| arguments(other.selector, id)).collect(),
            None => Vec::new(),
        };
        let mut cases: Vec<_> = if whole { there.clone() } else { here };
        cases.sort_unstable();
        cases.dedup();
        for argument in cases {
            self.search_case(selector, member, &FirstArgument::Is(argument));
        }
        if whole {
            self.search_case(selector, member, &FirstArgument::IsNone(there));
        }
    }

    fn search_case(&mut self, selector: usize, member: &Member, argument: &FirstArgument<'_>) {
        let others = self.others_with(|standing| {
            member.other.is_some_and(|id| {
                let mut given = arguments(standing.selector, id).into_iter();
                standing.commands.contains(id) || given.any(|given| argument.is(given))
            })
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
struct Filled {
    slot: usize,
    others: Selectors,
    text: Rc<[u8]>,
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

impl Filling {
    fn of(kind: &Kind, slots: &[Slot<'_, '_>], filled: Vec<Filled>) -> Self {
        let mut filling = Self { texts: vec![Vec::new(); kind.slots.len()], database: 0 };
        for Filled { slot, text, .. } in filled {
            match slots[slot] {
                Slot::Word(..) => filling.texts[slot].push(text),
                Slot::CurrentDatabase(_) => {
                    filling.database = lenient_number(&text).unsigned_abs();
                }
                Slot::AllDatabases(_) => {}
            }
        }
        filling
    }

    /// How often what repeats must be there.
    fn copies(&self) -> usize {
        self.texts.iter().map(Vec::len).max().unwrap_or(1).max(1)
    }
}

impl Finding {
    /// The request.
    pub(super) fn witness(&self, sender: &Catalog, other: &Catalog) -> Option<Witness> {
        let Recipe { excluded, filling, .. } = &*self.recipe;
        let command = sender.get(self.command)?;
        let there = self.other.and_then(|id| other.get(id));
        let shape = &self.shape;
        let slots = kinds::slots(command, there, shape);
        let request = |copies| {
            shape.request(copies, |place, copy| {
                let texts = filling.texts.get(slots.iter().position(|slot| *slot == place)?)?;
                texts.get(copy).or(texts.first()).map(|text| text.to_vec())
            })
        };
        // a number of keys that is no first argument of the others
        let fits = |request: &Vec<Vec<u8>>| {
            let given = request.get(1);
            let is = |text: &str| given.is_some_and(|given| given.eq_ignore_ascii_case(text.as_bytes()));
            !excluded.iter().any(|text| is(text))
        };
        let least = filling.copies();
        let request = (least..=least + excluded.len()).map(request).find(fits)?;
        Some(Witness { request, database: filling.database })
    }
}

fn standing<'u>(user: &'u User, open: &CommandSet) -> Vec<Standing<'u>> {
    let prepared = |selector| Standing {
        selector,
        reach: Reach::of(selector),
        commands: *selector.commands() | *open,
        databases: match &selector.databases {
            Databases::All => u16::MAX,
            Databases::Listed(ids) => {
                ids.iter().filter(|id| **id < DATABASES).fold(0, |all, id| all | 1 << id)
            }
        },
    };
    user.selectors().map(prepared).collect()
}

/// The first arguments with which a selector allows a command that it does not allow as a whole.
fn arguments(selector: &Selector, id: CommandId) -> Vec<&str> {
    selector.first_arguments().filter(|(of, _)| *of == id).map(|(_, argument)| argument).collect()
}

const _: () = assert!(DATABASES == u16::BITS);
