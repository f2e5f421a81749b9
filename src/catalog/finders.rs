//! The commands whose keys, channels or databases only code can tell, as in the servers.

use super::find::{Run, Runs};
use super::keys::KeyFlags;
use super::request::{Request, lenient_number};
use super::table::ENTRIES;
use crate::dialect::Quirks;

/// A command's own function for finding its keys: before 7.0 the only one that is asked, later where its key
/// specs do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finder {
    None,
    /// `genericGetKeys`: so many keys as an argument says; a destination stands before it or not.
    Counted {
        number: u8,
        destination: bool,
    },
    Sort,
    SortRo,
    Migrate,
    GeoRadius,
    XRead,
    Set,
    BitField,
    DelEx,
    /// `MEMORY USAGE`, before subcommands were commands.
    Memory,
    StrAlgo,
}

const READ: KeyFlags = KeyFlags::RO.and(KeyFlags::ACCESS);
const OVERWRITE: KeyFlags = KeyFlags::OW.and(KeyFlags::UPDATE);
const READ_AND_UPDATE: KeyFlags = KeyFlags::RW.and(KeyFlags::ACCESS).and(KeyFlags::UPDATE);
const TAKE_AWAY: KeyFlags = KeyFlags::RW.and(KeyFlags::ACCESS).and(KeyFlags::DELETE);

/// The finder of each command, by its number.
pub(super) static FINDERS: [Finder; ENTRIES.len()] = {
    let mut finders = [Finder::None; ENTRIES.len()];
    let mut id = 0;
    while id < finders.len() {
        finders[id] = finder_of(ENTRIES[id].name);
        id += 1;
    }
    finders
};

const fn finder_of(name: &str) -> Finder {
    match name.as_bytes() {
        b"zunionstore" | b"zinterstore" | b"zdiffstore" => Finder::Counted { number: 2, destination: true },
        b"zunion" | b"zinter" | b"zdiff" | b"zintercard" | b"sintercard" | b"lmpop" | b"zmpop" => {
            Finder::Counted { number: 1, destination: false }
        }
        b"eval" | b"evalsha" | b"eval_ro" | b"evalsha_ro" | b"fcall" | b"fcall_ro" | b"blmpop"
        | b"bzmpop" => Finder::Counted { number: 2, destination: false },
        b"sort" => Finder::Sort,
        b"sort_ro" => Finder::SortRo,
        b"migrate" => Finder::Migrate,
        b"georadius" | b"georadiusbymember" => Finder::GeoRadius,
        b"xread" | b"xreadgroup" => Finder::XRead,
        b"set" => Finder::Set,
        b"bitfield" => Finder::BitField,
        b"delex" => Finder::DelEx,
        b"memory" => Finder::Memory,
        b"stralgo" => Finder::StrAlgo,
        _ => Finder::None,
    }
}

impl Finder {
    pub(super) fn find<A: AsRef<[u8]>>(self, request: Request<'_, A>, quirks: &Quirks) -> Runs {
        match self {
            Self::None => Runs::NONE,
            Self::Counted { number, destination } => counted(request, usize::from(number), destination),
            Self::Sort => sort(request, quirks),
            Self::SortRo => only(request, 1, READ),
            Self::Migrate if quirks.migrate_skips_options => migrate(request),
            Self::Migrate => migrate_with_first_keys(request),
            Self::GeoRadius => georadius(request),
            Self::XRead => xread(request, quirks),
            Self::Set => set(request, quirks),
            Self::BitField => bitfield(request),
            Self::DelEx => delex(request),
            Self::Memory if request.is(1, "usage") => only(request, 2, KeyFlags::NONE),
            Self::Memory => Runs::NONE,
            Self::StrAlgo => stralgo(request),
        }
    }
}

fn only<A: AsRef<[u8]>>(request: Request<'_, A>, place: usize, flags: KeyFlags) -> Runs {
    if place < request.len() { Runs::of(&[Run::one(place, flags)]) } else { Runs::NONE }
}

/// `genericGetKeys`. It is asked only for numbers that key specs cannot read, and tells no flags.
fn counted<A: AsRef<[u8]>>(request: Request<'_, A>, number: usize, destination: bool) -> Runs {
    let first = number + 1;
    let keys = request.get(number).map_or(0, lenient_number);
    let keys = usize::try_from(keys).unwrap_or(0);
    if keys == 0 || keys > request.len().saturating_sub(first) {
        return Runs::NONE;
    }
    let run = Run::new(first, first + keys - 1, 1, KeyFlags::NONE);
    if destination { Runs::of(&[run, Run::one(1, KeyFlags::NONE)]) } else { Runs::of(&[run]) }
}

/// `sortGetKeys`: the last `STORE` counts. Up to August 2026 what it stores to is itself looked at as an option.
fn sort<A: AsRef<[u8]>>(request: Request<'_, A>, quirks: &Quirks) -> Runs {
    let (mut place, mut destination) = (2, None);
    while place < request.len() {
        if request.is(place, "limit") {
            place += 2;
        } else if request.is(place, "get") || request.is(place, "by") {
            place += 1;
        } else if request.is(place, "store") && place + 1 < request.len() {
            destination = Some(place + 1);
            place += usize::from(quirks.sort_skips_destination);
        }
        place += 1;
    }
    match destination {
        _ if request.len() < 2 => Runs::NONE,
        None => Runs::of(&[Run::one(1, READ)]),
        Some(destination) => Runs::of(&[Run::one(1, READ), Run::one(destination, OVERWRITE)]),
    }
}

/// `migrateGetKeys`: behind `KEYS` the key in the usual place must be empty, or the command will refuse.
fn migrate<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    let mut place = 6;
    while place < request.len() {
        if request.is(place, "keys") {
            return if request.get(3) == Some(b"") { migrated(request, place + 1) } else { Runs::NONE };
        } else if request.is(place, "auth") {
            place += 1;
        } else if request.is(place, "auth2") {
            place += 2;
        }
        place += 1;
    }
    only(request, 3, TAKE_AWAY)
}

/// The same before 7.0.6: the first `KEYS` counts, a password it may be, and only next to an empty key.
fn migrate_with_first_keys<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    let keys = (6..request.len()).find(|place| request.is(*place, "keys"));
    match keys {
        Some(place) if request.get(3) == Some(b"") => migrated(request, place + 1),
        _ => only(request, 3, TAKE_AWAY),
    }
}

fn migrated<A: AsRef<[u8]>>(request: Request<'_, A>, first: usize) -> Runs {
    if first < request.len() {
        Runs::of(&[Run::new(first, request.len() - 1, 1, TAKE_AWAY)])
    } else {
        Runs::NONE
    }
}

/// `georadiusGetKeys`: the last of all `STORE` and `STOREDIST` counts.
fn georadius<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    let (mut place, mut destination) = (5, None);
    while place + 1 < request.len() {
        if request.is(place, "store") || request.is(place, "storedist") {
            place += 1;
            destination = Some(place);
        }
        place += 1;
    }
    match destination {
        None => only(request, 1, READ),
        Some(destination) => Runs::of(&[Run::one(1, READ), Run::one(destination, OVERWRITE)]),
    }
}

/// `xreadGetKeys`: `STREAMS` may also be the name of a group or consumer, so options are skipped.
fn xread<A: AsRef<[u8]>>(request: Request<'_, A>, quirks: &Quirks) -> Runs {
    let mut place = 1;
    while place < request.len() && !request.is(place, "streams") {
        place += if quirks.xread_options.iter().any(|option| request.is(place, option)) {
            2
        } else if request.is(place, "group") {
            3
        } else if request.is(place, "noack") {
            1
        } else {
            return Runs::NONE;
        };
    }
    let behind = request.len().saturating_sub(place + 1);
    if behind == 0 || behind % 2 != 0 {
        return Runs::NONE;
    }
    Runs::of(&[Run::new(place + 1, place + behind / 2, 1, READ)])
}

/// `setGetKeys`: with `GET` the old value is read as well. A condition compares it, which is no access to it.
fn set<A: AsRef<[u8]>>(request: Request<'_, A>, quirks: &Quirks) -> Runs {
    let flags = if (3..request.len()).any(|place| request.is(place, "get")) {
        READ_AND_UPDATE
    } else if quirks.set_conditions_read && compares(request, 3) {
        KeyFlags::RW.and(KeyFlags::UPDATE)
    } else {
        OVERWRITE
    };
    only(request, 1, flags)
}

/// `bitfieldGetKeys`: nothing but `GET` and `OVERFLOW`, all with their arguments, only reads.
fn bitfield<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    let mut place = 2;
    while place < request.len() {
        let left = request.len() - place - 1;
        place += if request.is(place, "get") && left >= 2 {
            3
        } else if request.is(place, "overflow") && left >= 1 {
            2
        } else {
            return only(request, 1, READ_AND_UPDATE);
        };
    }
    only(request, 1, READ)
}

/// `delexGetKeys`: comparing with a value or digest is no access to it.
fn delex<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    only(request, 1, if compares(request, 2) { KeyFlags::RW } else { KeyFlags::RM }.and(KeyFlags::DELETE))
}

/// Whether a condition on the value or its digest is among the arguments from a place on.
fn compares<A: AsRef<[u8]>>(request: Request<'_, A>, from: usize) -> bool {
    let conditions = ["ifeq", "ifne", "ifdeq", "ifdne"];
    (from..request.len()).any(|place| conditions.iter().any(|word| request.is(place, word)))
}

/// `lcsGetKeys`: `KEYS a b`, unless `STRINGS` comes first.
fn stralgo<A: AsRef<[u8]>>(request: Request<'_, A>) -> Runs {
    for place in 1..request.len() {
        if request.is(place, "strings") {
            break;
        }
        if request.is(place, "keys") && place + 2 < request.len() {
            return Runs::of(&[Run::new(place + 1, place + 2, 1, KeyFlags::NONE)]);
        }
    }
    Runs::NONE
}

// ---------------------------------------------------------------------------------------------------
// Channels

/// Which arguments name channels that are checked (`commands_with_channels`); unsubscribing never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelArguments {
    None,
    /// The first argument is a channel to publish to.
    First,
    /// All are channels.
    All,
    /// All are patterns, and need to be equal to one of the user's.
    Patterns,
}

pub(super) static CHANNELS: [ChannelArguments; ENTRIES.len()] = {
    let mut channels = [ChannelArguments::None; ENTRIES.len()];
    let mut id = 0;
    while id < channels.len() {
        channels[id] = match ENTRIES[id].name.as_bytes() {
            b"publish" | b"spublish" => ChannelArguments::First,
            b"subscribe" | b"ssubscribe" => ChannelArguments::All,
            b"psubscribe" => ChannelArguments::Patterns,
            _ => ChannelArguments::None,
        };
        id += 1;
    }
    channels
};

impl ChannelArguments {
    /// The places of the channels in a request of so many arguments.
    pub(crate) fn places(self, count: usize) -> core::ops::Range<usize> {
        match self {
            Self::None => 0..0,
            Self::First => 1..count.min(2),
            Self::All | Self::Patterns => 1..count,
        }
    }
}
