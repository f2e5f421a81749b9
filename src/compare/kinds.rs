//! The requests of two catalogues, sorted into classes that no user can tell apart.
//!
//! Hundreds of commands ask for one key to be read; whoever compares users needs to look at one of them. A class
//! holds the commands whose requests ask the same of a user's keys, channels and databases.

use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::known;
use crate::catalog::{
    Catalog, Command, CommandId, CommandSet, DatabaseNeed, Demand, Demands, Place, Request, Shape,
};

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
    /// The sender's commands.
    pub(super) commands: CommandSet,
    /// Whether both sides see the same commands.
    pub(super) is_same: bool,
    /// Places in the list of all kinds.
    pub(super) kinds: Vec<usize>,
    pub(super) members: Vec<Member>,
}

/// A command of the sender's catalogue, and what the other one sees in its requests.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) sender: CommandId,
    pub(super) other: Option<CommandId>,
    /// How requests name it.
    pub(super) name: &'static str,
    /// Of each kind the shortest shape, and how long it is without its open words.
    pub(super) shapes: Vec<(usize, Arc<Shape>)>,
}

/// A request that the command itself will refuse is shown only where there is no other.
const ODD: usize = 1 << 20;

/// Whether this is the length of such a request.
pub(super) fn is_odd(length: usize) -> bool {
    length >= ODD
}

/// All classes.
#[derive(Debug)]
pub(super) struct Kinds {
    /// Each kind once.
    pub(super) kinds: Vec<Kind>,
    pub(super) classes: Vec<Class>,
    /// The commands that every user may send, of either catalogue.
    pub(super) open: [CommandSet; 2],
}

impl Kinds {
    pub(super) fn of(sender: &Catalog, other: &Catalog) -> Arc<Self> {
        let sort = || Self::sorted(sender, other);
        if sender.has_added_commands() || other.has_added_commands() {
            return Arc::new(sort());
        }
        known::find_or([sender.dialect(), other.dialect()], sort)
    }

    fn sorted(sender: &Catalog, other: &Catalog) -> Self {
        let mut classes: BTreeMap<Vec<Kind>, Vec<Member>> = BTreeMap::new();
        for command in sender.commands() {
            for name in names(command, other) {
                let Some((member, kinds)) = member(command, name, other) else { continue };
                classes.entry(kinds).or_default().push(member);
            }
        }
        let open = |catalog: &Catalog| {
            let quirks = catalog.dialect().quirks();
            catalog.commands().filter(|command| command.is_open_to_all(&quirks)).map(Command::id).collect()
        };
        let all: BTreeSet<_> = classes.keys().flatten().cloned().collect();
        let kinds: Vec<_> = all.into_iter().collect();
        let place = |kind: Kind| kinds.binary_search(&kind).unwrap_or_default();
        let class =
            |(kinds, members): (Vec<Kind>, _)| Class::new(kinds.into_iter().map(place).collect(), members);
        let classes = classes.into_iter().map(class).collect();
        Self { classes, open: [open(sender), open(other)], kinds }
    }
}

impl Class {
    fn new(kinds: Vec<usize>, members: Vec<Member>) -> Self {
        let commands = members.iter().map(|member| member.sender).collect();
        let is_same = members.iter().all(|member| member.other == Some(member.sender));
        Self { commands, is_same, kinds, members }
    }
}

/// How requests name a command: where it becomes a container on the other side, by each of the subcommands
/// there, since nobody lists those that an engine without subcommands has.
fn names(command: Command<'_>, other: &Catalog) -> Vec<&'static str> {
    let there = other.command(command.name()).filter(|there| there.is_container() && !command.is_container());
    let subcommands = there.into_iter().flat_map(Command::subcommands).map(Command::name);
    core::iter::once(command.name()).chain(subcommands).collect()
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
    if name == "quit" && other.dialect().quirks().quits_without_lookup() {
        return None;
    }
    let (shapes, there) = shapes(command, name, other);
    let mut of_kinds: BTreeMap<Kind, (usize, Arc<Shape>)> = BTreeMap::new();
    for shape in shapes {
        let (kind, length) = kind_of(command, there.and_then(|id| other.get(id)), &shape);
        match of_kinds.entry(kind) {
            Entry::Vacant(entry) => drop(entry.insert((length, shape.into()))),
            Entry::Occupied(mut known) if length < known.get().0 => {
                drop(known.insert((length, shape.into())))
            }
            Entry::Occupied(_) => {}
        }
    }
    if of_kinds.is_empty() {
        return None;
    }
    let covered: Vec<_> =
        of_kinds.iter().filter(|known| is_covered(known, &of_kinds)).map(|(kind, _)| kind.clone()).collect();
    covered.iter().for_each(|kind| drop(of_kinds.remove(kind)));
    let (kinds, shapes) = of_kinds.into_iter().unzip();
    Some((Member { sender: command.id(), other: there, name, shapes }, kinds))
}

/// Whether another kind is the same, and can also repeat a word.
fn is_covered(
    (kind, (length, _)): &(&Kind, &(usize, Arc<Shape>)),
    kinds: &BTreeMap<Kind, (usize, Arc<Shape>)>,
) -> bool {
    let repeated = |slot: &Slot| Slot { repeats: true, ..*slot };
    (0..kind.slots.len()).filter(|place| !kind.slots[*place].repeats).any(|place| {
        let mut other = (*kind).clone();
        other.slots[place] = repeated(&other.slots[place]);
        kinds.get(&other).is_some_and(|(other, _)| other <= length)
    })
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
    // an empty word is printed as two quotes
    let printed = |word: &Vec<u8>| if word.is_empty() { 2 } else { word.len() };
    let length: usize = shape.request(1, |_, _| None).iter().map(|word| printed(word) + 1).sum();
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
