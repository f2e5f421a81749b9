//! The requests of two catalogues, sorted into classes that no user can tell apart.
//!
//! Hundreds of commands ask for one key to be read; whoever compares users needs to look at one of them. A class
//! holds the commands whose requests ask the same of a user's keys, channels and databases.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::catalog::{Catalog, Command, CommandId, DatabaseNeed, Demand, Demands, Place, Request, Shape};
use crate::dialect::Dialect;
use crate::quoting::quoted;

/// What one kind of request asks of the user who sends it, and of the other one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) slots: Vec<Slot>,
    /// Of databases that are not named.
    pub(super) database: [DatabaseNeed; 2],
    /// A selector must be able to read all keys.
    pub(super) reads_all_keys: [bool; 2],
}

/// An open word of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) sender: Demand,
    pub(super) other: Demand,
    /// Whether there can be several of them.
    pub(super) repeats: bool,
}

/// Commands that are alike in all kinds of requests that they have.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) kinds: Vec<Kind>,
    pub(super) members: Vec<Member>,
}

/// A command of the sender's catalogue, and what the other one sees in its requests.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) sender: CommandId,
    pub(super) other: Option<CommandId>,
    /// How requests name it.
    pub(super) name: &'static str,
    /// How long the shortest request of each kind is, open words left out.
    pub(super) lengths: Vec<usize>,
}

/// A request that the command itself will refuse is shown only where there is no other.
const ODD: usize = 1 << 20;

/// All classes.
#[derive(Debug)]
pub(super) struct Kinds {
    pub(super) classes: Vec<Class>,
}

/// The classes of catalogues that users of the same dialect share.
static KNOWN: RwLock<Vec<(Dialect, Arc<Kinds>)>> = RwLock::new(Vec::new());

impl Kinds {
    pub(super) fn of(sender: &Catalog, other: &Catalog) -> Arc<Self> {
        if sender != other || sender.has_added_commands() {
            return Arc::new(Self::sorted(sender, other));
        }
        let known = |kinds: &[(Dialect, Arc<Self>)]| {
            kinds.iter().find(|(dialect, _)| *dialect == sender.dialect()).map(|(_, kinds)| Arc::clone(kinds))
        };
        if let Some(kinds) = known(&KNOWN.read().unwrap_or_else(PoisonError::into_inner)) {
            return kinds;
        }
        let kinds = Arc::new(Self::sorted(sender, other));
        let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        if known(&all).is_none() {
            all.push((sender.dialect(), Arc::clone(&kinds)));
        }
        kinds
    }

    fn sorted(sender: &Catalog, other: &Catalog) -> Self {
        let mut classes: BTreeMap<Vec<Kind>, Vec<Member>> = BTreeMap::new();
        for command in sender.commands() {
            for name in names(command, other) {
                let Some((member, kinds)) = member(command, name, other) else { continue };
                classes.entry(kinds).or_default().push(member);
            }
        }
        Self { classes: classes.into_iter().map(|(kinds, members)| Class { kinds, members }).collect() }
    }
}

/// How requests name a command: where it becomes a container on the other side, by each of the subcommands
/// there, since nobody lists those that an engine without subcommands has.
fn names(command: Command<'_>, other: &Catalog) -> Vec<&'static str> {
    let there = other.command(command.name()).filter(|there| there.is_container() && !command.is_container());
    let subcommands = there.into_iter().flat_map(Command::subcommands).map(Command::name);
    std::iter::once(command.name()).chain(subcommands).collect()
}

/// What the other catalogue sees in a request.
fn seen<'c>(other: &'c Catalog, shape: &Shape) -> Option<Command<'c>> {
    other.lookup(Request::new(&shape.request(1, |_, _| None)))
}

/// The shapes that a command's requests have on either side.
pub(super) fn shapes(command: Command<'_>, name: &str, other: &Catalog) -> (Vec<Shape>, Option<CommandId>) {
    let head: Vec<_> = name.split('|').collect();
    let mut shapes = command.shapes(&head);
    let there = shapes.iter().find_map(|shape| seen(other, shape));
    // a container there, no container here: its plain name is not looked at, unless it is a request there too
    let is_half = there.is_none() && other.command(name).is_some_and(Command::is_container);
    if is_half && !command.is_container() {
        return (Vec::new(), None);
    }
    if let Some(there) = there {
        shapes.extend(there.shapes(&head));
        let fits = |shape: &Shape| {
            let length = shape.places(1).count();
            let is_it = seen(other, shape).is_some_and(|seen| seen.id() == there.id());
            is_it && there.takes(length) && command.takes(length)
        };
        if shapes.iter().any(fits) {
            shapes.retain(fits);
        }
    }
    (shapes, there.map(Command::id))
}

fn member(command: Command<'_>, name: &'static str, other: &Catalog) -> Option<(Member, Vec<Kind>)> {
    let (shapes, there) = shapes(command, name, other);
    let mut lengths: BTreeMap<Kind, usize> = BTreeMap::new();
    for shape in &shapes {
        let (kind, length) = kind_of(command, there.and_then(|id| other.get(id)), shape);
        let known = lengths.entry(kind).or_insert(length);
        *known = length.min(*known);
    }
    if lengths.is_empty() {
        return None;
    }
    let (kinds, lengths) = lengths.into_iter().unzip();
    Some((Member { sender: command.id(), other: there, name, lengths }, kinds))
}

/// The kind of a shape's requests, and how long they are without their open words.
pub(super) fn kind_of(command: Command<'_>, there: Option<Command<'_>>, shape: &Shape) -> (Kind, usize) {
    let here = command.demands(shape);
    let there = match there {
        Some(there) if there.catalog() == command.catalog() => here.clone(),
        Some(there) => there.demands(shape),
        None => {
            Demands { slots: Vec::new(), database: DatabaseNeed::None, reads_all_keys: false, is_odd: false }
        }
    };
    let of = |demands: &Demands, place| {
        let found = demands.slots.iter().find(|(of, _)| *of == place);
        found.map_or(Demand::Nothing, |(_, demand)| *demand)
    };
    let slots = places(shape, [&here, &there]).map(|place| Slot {
        sender: of(&here, place),
        other: of(&there, place),
        repeats: shape.repeats(place),
    });
    let kind = Kind {
        slots: slots.collect(),
        database: [here.database, there.database],
        reads_all_keys: [here.reads_all_keys, there.reads_all_keys],
    };
    let open = kind.slots.len();
    let words = shape.request(1, |_, _| None);
    let length: usize = words.iter().map(|word| quoted(word).len() + 1).sum();
    let oddity = if here.is_odd { ODD } else { 0 };
    (kind, oddity + length - open)
}

/// The open words that either side asks something of, in their order.
fn places<'a>(shape: &'a Shape, sides: [&'a Demands; 2]) -> impl Iterator<Item = Place> + 'a {
    let asked = move |place| sides.iter().any(|demands| demands.slots.iter().any(|(of, _)| *of == place));
    shape.places(1).map(|(place, _)| place).filter(move |place| asked(*place))
}

/// The open words of a shape, in the order of the slots of its kind.
pub(super) fn slots(command: Command<'_>, there: Option<Command<'_>>, shape: &Shape) -> Vec<Place> {
    let here = command.demands(shape);
    let there = there.map_or_else(|| here.clone(), |there| there.demands(shape));
    places(shape, [&here, &there]).collect()
}
