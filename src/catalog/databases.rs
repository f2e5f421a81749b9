//! Which databases a request touches (Valkey 9.1).

use super::request::{Request, strict_number};
use super::table::ENTRIES;
use crate::dialect::DatabaseChecks;

/// How many databases there are; ids at or above are no databases. The servers' default.
pub(crate) const DATABASES: u32 = 16;

/// What of the databases a command needs, its arguments set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseArguments {
    /// None is named.
    None,
    /// `SELECT id` (`selectDbIdArgs`)
    Select,
    /// `SWAPDB id id` (`swapdbDbIdArgs`)
    SwapDb,
    /// `MOVE key id` (`moveDbIdArgs`)
    Move,
    /// `COPY key key [DB id]…` (`copyDbIdArgs`)
    Copy,
    /// `COPY key key DB id …` (9.1.0)
    CopyFirstOption,
    /// All there are (`CMD_ALL_DBS`).
    All,
    /// All there are, from 9.1.1 on; measured on 9.1.0, which looks at none.
    AllOfCluster,
}

pub(super) static DATABASE_ARGUMENTS: [DatabaseArguments; ENTRIES.len()] = {
    let mut databases = [DatabaseArguments::None; ENTRIES.len()];
    let mut id = 0;
    while id < databases.len() {
        databases[id] = match ENTRIES[id].name.as_bytes() {
            b"select" => DatabaseArguments::Select,
            b"swapdb" => DatabaseArguments::SwapDb,
            b"move" => DatabaseArguments::Move,
            b"copy" => DatabaseArguments::Copy,
            b"flushall" | b"cluster|migrateslots" | b"cluster|cancelslotmigrations" => DatabaseArguments::All,
            b"cluster|flushslot" => DatabaseArguments::AllOfCluster,
            _ => DatabaseArguments::None,
        };
        id += 1;
    }
    databases
};

impl DatabaseArguments {
    /// What a release makes of it.
    pub(super) fn checked_by(self, checks: DatabaseChecks) -> Self {
        match (self, checks) {
            (Self::Copy, DatabaseChecks::FirstOption) => Self::CopyFirstOption,
            (Self::AllOfCluster, DatabaseChecks::FirstOption) => Self::None,
            (Self::AllOfCluster, _) => Self::All,
            (arguments, _) => arguments,
        }
    }

    /// The argument that the server names when it denies the one in that place; 0 for the command itself.
    pub(crate) fn reported(self, place: usize) -> usize {
        if self == Self::CopyFirstOption { 0 } else { place }
    }

    /// Whether the argument in that place names a database that is looked at.
    pub(crate) fn names<A: AsRef<[u8]>>(self, request: Request<'_, A>, index: usize) -> bool {
        self.refused(request, |_| false).is_some()
            && match self {
                Self::None | Self::All | Self::AllOfCluster => false,
                Self::CopyFirstOption => index == 4,
                Self::Select => index == 1,
                Self::SwapDb => index == 1 || index == 2,
                Self::Move => index == 2,
                Self::Copy => index > 3 && request.is(index - 1, "db"),
            }
    }

    /// The first named database that is not allowed, by its place. If one of those named is no database,
    /// none is looked at: the command itself will refuse.
    pub(crate) fn refused<A: AsRef<[u8]>>(
        self,
        request: Request<'_, A>,
        allowed: impl Fn(u32) -> bool,
    ) -> Option<usize> {
        let id = |place| request.get(place).and_then(database);
        let named = |places: &[usize]| {
            let all_are = places.iter().all(|place| id(*place).is_some());
            let refused = |place: &&usize| id(**place).is_some_and(|id| !allowed(id));
            if all_are { places.iter().find(refused).copied() } else { None }
        };
        match self {
            Self::None | Self::All | Self::AllOfCluster => None,
            Self::CopyFirstOption if request.is(3, "db") => named(&[4]),
            Self::CopyFirstOption => None,
            Self::Select => named(&[1]),
            Self::SwapDb => named(&[1, 2]),
            Self::Move => named(&[2]),
            Self::Copy => refused_copy(request, allowed),
        }
    }
}

/// `copyDbIdArgs`: every `DB` clause counts, and any other option but `REPLACE` is an error.
fn refused_copy<A: AsRef<[u8]>>(request: Request<'_, A>, allowed: impl Fn(u32) -> bool) -> Option<usize> {
    let (mut place, mut refused) = (3, None);
    while place < request.len() {
        if request.is(place, "db") {
            place += 1;
            let id = request.get(place).and_then(database)?;
            if !allowed(id) {
                refused = refused.or(Some(place));
            }
        } else if !request.is(place, "replace") {
            return None;
        }
        place += 1;
    }
    refused
}

/// The database of that number.
pub(crate) fn database(text: &[u8]) -> Option<u32> {
    let id = u32::try_from(strict_number(text)?).ok()?;
    (id < DATABASES).then_some(id)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{DatabaseArguments, Request};

    #[test]
    fn the_words_that_name_databases_are_known_from_all_others() {
        for (arguments, request, named) in [
            (DatabaseArguments::None, "get 1 2 3", &[][..]),
            (DatabaseArguments::All, "flushall 1", &[]),
            (DatabaseArguments::Select, "select 1 2", &[1]),
            (DatabaseArguments::SwapDb, "swapdb 1 2 3", &[1, 2]),
            (DatabaseArguments::SwapDb, "swapdb x 2", &[]),
            (DatabaseArguments::Move, "move 1 2 3", &[2]),
            (DatabaseArguments::Copy, "copy 1 2 db 3 replace DB 4", &[4, 7]),
            (DatabaseArguments::Copy, "copy db 2 db 3", &[4]),
            (DatabaseArguments::Copy, "copy 1 db 3", &[]), // `3` is no option
            (DatabaseArguments::Copy, "copy 1 db db 3", &[4]),
            (DatabaseArguments::Copy, "copy 1 2 replace", &[]),
        ] {
            let request: Vec<_> = request.split(' ').collect();
            let names = |index: &usize| arguments.names(Request::new(&request), *index);
            assert_eq!((0..request.len()).filter(names).collect::<Vec<_>>(), named, "{request:?}");
        }
    }
}
