//! From a name in any case to a command's number.

use super::set::CommandId;
use super::table::ENTRIES;

/// A power of two, at least three times as many as there are names.
const SLOTS: usize = 4096;
const EMPTY: u16 = u16::MAX;

/// Open addressing: a name stands in the slot of its hash, or in the next free one.
static INDEX: [u16; SLOTS] = {
    let mut index = [EMPTY; SLOTS];
    let mut id = 0;
    while id < ENTRIES.len() {
        let mut slot = slot_of(ENTRIES[id].name.as_bytes());
        while index[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        index[slot] = id as u16;
        id += 1;
    }
    index
};

const _: () = assert!(ENTRIES.len() * 3 <= SLOTS);

/// FNV-1a over the name, letters' case set aside.
const fn slot_of(name: &[u8]) -> usize {
    slot(hash(START, name))
}

const START: u32 = 0x811c_9dc5;

/// The same for names that are not in the table.
pub(super) const fn hash_of(name: &[u8]) -> u32 {
    hash(START, name)
}

const fn hash(mut hash: u32, name: &[u8]) -> u32 {
    let mut place = 0;
    while place < name.len() {
        hash = (hash ^ (name[place] | 0x20) as u32).wrapping_mul(0x0100_0193);
        place += 1;
    }
    hash
}

const fn slot(hash: u32) -> usize {
    (hash ^ (hash >> 16)) as usize % SLOTS
}

/// The command of that name, whatever engine or module has it.
pub(super) fn find(name: &[u8]) -> Option<CommandId> {
    probe(slot_of(name), |known| known.as_bytes().eq_ignore_ascii_case(name))
}

/// The subcommand `container|name`.
pub(super) fn find_subcommand(container: &[u8], name: &[u8]) -> Option<CommandId> {
    let hash = hash(hash(hash(START, container), b"|"), name);
    probe(slot(hash), |known| is_subcommand(known, container, name))
}

/// Whether a known name is `container|name`.
pub(super) fn is_subcommand(known: &str, container: &[u8], name: &[u8]) -> bool {
    let known = known.as_bytes();
    known.len() == container.len() + 1 + name.len()
        && known[..container.len()].eq_ignore_ascii_case(container)
        && known[container.len()] == b'|'
        && known[container.len() + 1..].eq_ignore_ascii_case(name)
}

fn probe(mut slot: usize, is: impl Fn(&str) -> bool) -> Option<CommandId> {
    while INDEX[slot] != EMPTY {
        let id = CommandId(INDEX[slot]);
        if is(ENTRIES[id.index()].name) {
            return Some(id);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}
