//! The form of the generated table, and the sets that follow from it, computed at compile time.

use super::category::{Category, OwnCategory};
use super::find::KeyPlan;
use super::keys::Keys;
use super::set::{CommandId, CommandSet};
use super::table::{ENTRIES, KEYS, ORDERS};
use crate::dialect::{Engine, Module};

/// A command or subcommand; its place in the table is its [`CommandId`].
pub(super) struct Entry {
    /// In lower case, a subcommand with its container: `config|get`.
    pub(super) name: &'static str,
    /// The numbers of its subcommands, if it is a container.
    pub(super) subcommands: &'static [u16],
    pub(super) rows: &'static [Row],
}

/// What holds of a command on some engines, or in a module on some engines.
#[derive(Debug)]
pub(super) struct Row {
    /// A mask over [`Engine`], from [`redis`] and [`valkey`].
    pub(super) engines: u64,
    pub(super) module: Option<Module>,
    pub(super) arity: i8,
    /// Of [`F`].
    pub(super) flags: u32,
    /// Of [`C`].
    pub(super) categories: u32,
    /// A place in the table of keys.
    pub(super) keys: u8,
    /// The name as the server writes it where it echoes one; empty where that is the name in lower case.
    pub(super) shown: &'static str,
    pub(super) group: &'static str,
    pub(super) since: &'static str,
}

impl Row {
    pub(super) const fn is_on(&self, engine: Engine) -> bool {
        self.engines & (1 << engine as u64) != 0
    }

    pub(super) fn keys(&self) -> &'static Keys {
        &KEYS[self.keys as usize]
    }
}

/// The engines from `first` to `last`, as a mask.
pub(super) const fn redis(first: Engine, last: Engine) -> u64 {
    (2 << last as u64) - (1 << first as u64)
}
pub(super) use redis as valkey;

/// Command flags, as masks.
pub(super) struct F;

macro_rules! flags {
    ($($name:ident $text:literal)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place { $($name),* }
        impl F {
            $(pub(super) const $name: u32 = 1 << Place::$name as u32;)*
            /// In the order of their bits.
            pub(super) const NAMES: &'static [&'static str] = &[$($text),*];
        }
    };
}

flags! {
    ADMIN "admin" ALLOW_BUSY "allow_busy" ASKING "asking" BLOCKING "blocking" DENYOOM "denyoom" FAST "fast"
    LOADING "loading" MAY_REPLICATE "may_replicate" MODULE "module" MOVABLEKEYS "movablekeys"
    NO_ASYNC_LOADING "no_async_loading" NO_AUTH "no_auth" NO_MANDATORY_KEYS "no_mandatory_keys"
    NO_MULTI "no_multi" NOSCRIPT "noscript" PUBSUB "pubsub" RANDOM "random" READONLY "readonly"
    SCRIPT_RUNNER "script_runner" SKIP_COMMANDLOG "skip_commandlog" SKIP_MONITOR "skip_monitor"
    SKIP_SLOWLOG "skip_slowlog" SORT_FOR_SCRIPT "sort_for_script" STALE "stale" WRITE "write"
}

/// Every engine's own commands, without modules.
pub(super) static COMMANDS: [CommandSet; Engine::ALL.len()] = {
    let mut sets = [CommandSet::EMPTY; Engine::ALL.len()];
    let mut id = 0;
    while id < ENTRIES.len() {
        let mut engine = 0;
        while engine < sets.len() {
            if own_row(&ENTRIES[id], Engine::ALL[engine]).is_some() {
                sets[engine].insert(CommandId(id as u16));
            }
            engine += 1;
        }
        id += 1;
    }
    sets
};

/// The members of every category among an engine's own commands.
pub(super) static MEMBERS: [[CommandSet; Category::ENGINES_OWN]; Engine::ALL.len()] = {
    let mut sets = [[CommandSet::EMPTY; Category::ENGINES_OWN]; Engine::ALL.len()];
    let mut engine = 0;
    while engine < sets.len() {
        let mut id = 0;
        while id < ENTRIES.len() {
            if let Some(row) = own_row(&ENTRIES[id], Engine::ALL[engine]) {
                let mut left = row.categories;
                while left != 0 {
                    sets[engine][left.trailing_zeros() as usize].insert(CommandId(id as u16));
                    left &= left - 1;
                }
            }
            id += 1;
        }
        engine += 1;
    }
    sets
};

/// What a rule about a category changes: its members, and all subcommands of those that are containers. More than the members
/// on a Sentinel, whose `sentinel` is in `@admin` and `sentinel|help` is not.
pub(super) static REACH: [[CommandSet; Category::ENGINES_OWN]; Engine::ALL.len()] = {
    let mut sets = MEMBERS;
    let mut engine = 0;
    while engine < sets.len() {
        let mut id = 0;
        while id < ENTRIES.len() {
            let is_container = CONTAINERS[engine].contains(CommandId(id as u16));
            let row = own_row(&ENTRIES[id], Engine::ALL[engine]);
            if let (true, Some(row)) = (is_container, row) {
                let mut left = row.categories;
                while left != 0 {
                    let reach = &mut sets[engine][left.trailing_zeros() as usize];
                    add_subcommands(reach, &ENTRIES[id], Engine::ALL[engine]);
                    left &= left - 1;
                }
            }
            id += 1;
        }
        engine += 1;
    }
    sets
};

const fn add_subcommands(set: &mut CommandSet, container: &Entry, engine: Engine) {
    let mut place = 0;
    while place < container.subcommands.len() {
        let id = container.subcommands[place];
        if own_row(&ENTRIES[id as usize], engine).is_some() {
            set.insert(CommandId(id));
        }
        place += 1;
    }
}

/// The same by which servers describe users: with what is asked of them again and again.
pub(super) static OWN_CATEGORIES: [[OwnCategory; Category::ENGINES_OWN]; Engine::ALL.len()] = {
    const NONE: OwnCategory = OwnCategory::new(Category::ALL[0], CommandSet::EMPTY, CommandSet::EMPTY);
    let mut own = [[NONE; Category::ENGINES_OWN]; Engine::ALL.len()];
    let mut engine = 0;
    while engine < own.len() {
        let mut place = 0;
        while place < Category::ENGINES_OWN {
            own[engine][place] =
                OwnCategory::new(Category::ALL[place], MEMBERS[engine][place], REACH[engine][place]);
            place += 1;
        }
        engine += 1;
    }
    own
};

const fn own_row(entry: &Entry, engine: Engine) -> Option<&Row> {
    let mut place = 0;
    while place < entry.rows.len() {
        if entry.rows[place].module.is_none() && entry.rows[place].is_on(engine) {
            return Some(&entry.rows[place]);
        }
        place += 1;
    }
    None
}

/// The order of an engine's command table; none for an engine whose facts were not yet put into the table, so that the program
/// which does so can be built.
pub(super) const fn order_of(engine: Engine) -> &'static [u16] {
    let engine = engine as usize;
    if engine < ORDERS.len() { ORDERS[engine] } else { &[] }
}

/// Each command's place in an engine's command table; behind all others where the engine lacks it.
pub(super) static PLACE: [[u16; ENTRIES.len()]; Engine::ALL.len()] = {
    let mut places = [[u16::MAX; ENTRIES.len()]; Engine::ALL.len()];
    let mut engine = 0;
    while engine < places.len() {
        let mut place = 0;
        let order = order_of(Engine::ALL[engine]);
        while place < order.len() {
            places[engine][order[place] as usize] = place as u16;
            place += 1;
        }
        engine += 1;
    }
    places
};

/// What each row of keys comes to in a request, for those that are the same in every one.
pub(super) static KEY_PLANS: [KeyPlan; KEYS.len()] = {
    let mut plans = [KeyPlan::Ask; KEYS.len()];
    let mut place = 0;
    while place < plans.len() {
        plans[place] = KeyPlan::of(&KEYS[place]);
        place += 1;
    }
    plans
};

/// Which row of each command is an engine's own, so that none need be looked for; [`NO_ROW`] for none.
pub(super) static OWN_ROW: [[u8; ENTRIES.len()]; Engine::ALL.len()] = {
    let mut rows = [[NO_ROW; ENTRIES.len()]; Engine::ALL.len()];
    let mut engine = 0;
    while engine < rows.len() {
        let mut id = 0;
        while id < ENTRIES.len() {
            let mut place = 0;
            while place < ENTRIES[id].rows.len() {
                let row = &ENTRIES[id].rows[place];
                if row.module.is_none() && row.is_on(Engine::ALL[engine]) {
                    rows[engine][id] = place as u8;
                }
                place += 1;
            }
            id += 1;
        }
        engine += 1;
    }
    rows
};

pub(super) const NO_ROW: u8 = u8::MAX;

/// Every subcommand of any engine or module.
pub(super) static SUBCOMMANDS: CommandSet = {
    let mut set = CommandSet::EMPTY;
    let mut id = 0;
    while id < ENTRIES.len() {
        let mut place = 0;
        while place < ENTRIES[id].subcommands.len() {
            set.insert(CommandId(ENTRIES[id].subcommands[place]));
            place += 1;
        }
        id += 1;
    }
    set
};

/// Every command that a module brings.
pub(super) static OF_MODULES: CommandSet = {
    let mut set = CommandSet::EMPTY;
    let mut id = 0;
    while id < ENTRIES.len() {
        let mut place = 0;
        while place < ENTRIES[id].rows.len() {
            if ENTRIES[id].rows[place].module.is_some() {
                set.insert(CommandId(id as u16));
            }
            place += 1;
        }
        id += 1;
    }
    set
};

/// Every engine's own containers.
pub(super) static CONTAINERS: [CommandSet; Engine::ALL.len()] = {
    let mut sets = [CommandSet::EMPTY; Engine::ALL.len()];
    let mut engine = 0;
    while engine < sets.len() {
        let mut id = 0;
        while id < ENTRIES.len() {
            let mut place = 0;
            while place < ENTRIES[id].subcommands.len() {
                let subcommand = &ENTRIES[ENTRIES[id].subcommands[place] as usize];
                if own_row(subcommand, Engine::ALL[engine]).is_some() {
                    sets[engine].insert(CommandId(id as u16));
                }
                place += 1;
            }
            id += 1;
        }
        engine += 1;
    }
    sets
};

/// The number of a command that is in the table.
pub(super) const fn id_of(name: &str) -> CommandId {
    let mut id = 0;
    while id < ENTRIES.len() {
        if same(ENTRIES[id].name.as_bytes(), name.as_bytes()) {
            return CommandId(id as u16);
        }
        id += 1;
    }
    panic!("no such command")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut place = 0;
    while place < a.len() && place < b.len() && a[place] == b[place] {
        place += 1;
    }
    place == a.len() && place == b.len()
}

const _: () = assert!(ENTRIES.len() <= CommandSet::CAPACITY);
const _: () = assert!(Engine::ALL.len() <= u64::BITS as usize);
