//! From a name in any case to a command's number.

use super::set::CommandId;
use super::table::ENTRIES;

/// A power of two, at least three times as many as there are names.
const SLOTS: usize = 2048;
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
    let mut hash: u32 = 0x811c_9dc5;
    let mut place = 0;
    while place < name.len() {
        hash = (hash ^ (name[place] | 0x20) as u32).wrapping_mul(0x0100_0193);
        place += 1;
    }
    (hash ^ (hash >> 16)) as usize % SLOTS
}

/// The command of that name, whatever engine or module has it.
pub(super) fn find(name: &[u8]) -> Option<CommandId> {
    let mut slot = slot_of(name);
    while INDEX[slot] != EMPTY {
        let id = CommandId(INDEX[slot]);
        if ENTRIES[id.index()].name.as_bytes().eq_ignore_ascii_case(name) {
            return Some(id);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}
