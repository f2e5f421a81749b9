//! The search for requests that one user may send and another may not.
//!
//! A user is a union of selectors, each a product of commands, keys with what may be done to them, channels and
//! databases, and one selector must allow all of a request. So for a kind of request that selector *s* of the
//! sender allows, let *T* be the other's selectors that allow its command. A request escapes all of *T* exactly
//! if each *t* of *T* can be made to refuse by one of its open words: to each open word some of *T* are
//! assigned, and *s* must allow a text there which none of these does. Where an open word repeats, each *t* may
//! have a copy of its own.

mod decide;
mod finding;
mod first_arguments;

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::kinds::{Class, Kinds, Member};
use super::texts::{Found, Reach};
use crate::access::KeyAccess;
use crate::catalog::{CommandSet, DATABASES, Demand};
use crate::user::{Databases, Selector, User};
use finding::Recipe;

pub(in crate::compare) use finding::Finding;

/// Some of the other user's selectors, a bit for each.
type Selectors = u128;

/// How many selectors a user may have that another one is compared with, its own rules among them: a set of them must
/// fit in a word.
pub const MAX_SELECTORS: usize = Selectors::BITS as usize;

/// The work of asking a question, whatever the answer takes: with it the number of questions is bounded, and what is
/// kept of them.
const QUESTION: usize = 8;

/// A selector, prepared.
struct Standing<'u> {
    selector: &'u Selector,
    reach: Reach<'u>,
    /// With the commands that every user may send.
    commands: CommandSet,
    databases: u16,
}

/// All that one user may do and another may not.
#[derive(Clone)]
pub(super) struct Findings {
    pub(super) requests: Vec<Finding>,
    /// Commands to come.
    pub(super) future: bool,
    /// Something could not be told within the bounds.
    pub(super) is_undecided: bool,
}

/// The kinds of a class, by number, that escape, each with how.
type Ways = Vec<(usize, Rc<Recipe>)>;

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
            if *self.work == 0 {
                self.findings.is_undecided = true;
                break;
            }
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
        let mut arguments = here.selector.first_arguments();
        let mut arguments_covered =
            || arguments.all(|(id, argument)| there.selector.commands.allow_argument(id, argument));
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

const _: () = assert!(DATABASES == u16::BITS);
