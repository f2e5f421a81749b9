//! A command with requests that escape, and how one of them is made.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::decide::{Filled, Slot};
use crate::catalog::{Catalog, CommandId, Shape, lenient_number};
use crate::compare::Witness;
use crate::compare::kinds::{self, Kind};
use crate::quoting::quoted;

/// A command that has requests which escape, and how to make one.
#[derive(Clone)]
pub(in crate::compare) struct Finding {
    /// The sender's command.
    pub(in crate::compare) command: CommandId,
    /// What the other one's catalogue calls it.
    pub(in crate::compare) other: Option<CommandId>,
    /// How long the request is, as printed.
    pub(in crate::compare) length: usize,
    pub(super) shape: Arc<Shape>,
    pub(super) recipe: Rc<Recipe>,
}

/// What makes a request of a shape.
pub(super) struct Recipe {
    /// First arguments that it must not have.
    excluded: Vec<Box<str>>,
    /// How long all that is filled in is, as printed.
    pub(super) length: usize,
    filling: Filling,
}

impl Recipe {
    pub(super) fn new(filling: Filling, excluded: Vec<Box<str>>) -> Rc<Self> {
        let length = filling.texts.iter().flatten().map(|text| quoted(text).len()).sum();
        Rc::new(Self { excluded, length, filling })
    }
}

/// What the open words are filled with.
#[derive(Clone, Default)]
pub(super) struct Filling {
    /// For each slot the texts of its copies.
    texts: Vec<Vec<Rc<[u8]>>>,
    database: u32,
}

impl Filling {
    pub(super) fn of(kind: &Kind, slots: &[Slot<'_, '_>], filled: Vec<Filled>) -> Self {
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
    /// Whether the command would refuse each of the requests itself.
    pub(in crate::compare) fn is_odd(&self) -> bool {
        kinds::is_odd(self.length)
    }

    /// The request.
    pub(in crate::compare) fn witness(&self, sender: &Catalog, other: &Catalog) -> Option<Witness> {
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
