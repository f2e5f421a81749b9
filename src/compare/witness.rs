//! A request that one user may send and another may not.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::catalog::{Catalog, Category, ChannelArguments, Command, CommandId, CommandSet};
use crate::quoting::quoted;

/// A request that proves a difference: one user may send it, the other may not.
///
/// Each was put before both users by [`User::check_in`](crate::User::check_in) before anybody sees it. `Display`
/// prints it as it can be typed into `redis-cli`, and in which database if that matters.
///
/// ```
/// use redis_acl::{Engine, User, compare};
///
/// let old = User::parse(Engine::Redis7_2, "on ~app:* +@read")?;
/// let new = User::parse(Engine::Redis7_2, "on ~app:* ~tmp:* +@read")?;
/// let comparison = compare(&old, &new);
/// let witness = comparison.only_second().witness().unwrap();
/// assert_eq!(witness.to_string(), "GET tmp:");
/// assert!(new.check(witness.request()).is_allowed() && !old.check(witness.request()).is_allowed());
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Witness {
    pub(super) request: Vec<Vec<u8>>,
    pub(super) database: u32,
}

impl Witness {
    /// The command's name and its arguments.
    #[must_use]
    pub fn request(&self) -> &[Vec<u8>] {
        &self.request
    }

    /// The request alone, as it can be typed into `redis-cli`.
    #[must_use]
    pub fn typed(&self) -> String {
        self.request.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// The current database it is sent in; 0 but where database rules make the difference (Valkey 9.1).
    #[must_use]
    pub fn database(&self) -> u32 {
        self.database
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed())?;
        if self.database != 0 {
            write!(f, " (in database {})", self.database)?;
        }
        Ok(())
    }
}

/// How much a command shows people as an example; what shows most comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Note {
    /// It uses keys or channels.
    Data,
    Other,
    /// It is about the connection itself.
    Connection,
    /// No client sends it: `POST`, `HOST:`.
    Pseudo,
}

/// What the commands of a catalogue show as examples.
pub(super) struct Notes<'c> {
    catalog: &'c Catalog,
    connection: CommandSet,
    scripting: CommandSet,
}

impl<'c> Notes<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        let members = |category| catalog.members(category);
        Self { catalog, connection: members(Category::Connection), scripting: members(Category::Scripting) }
    }

    pub(super) fn of(&self, id: CommandId) -> Note {
        let uses_data = |command: Command<'_>| {
            command.has_keys() || command.channel_arguments() != ChannelArguments::None
        };
        match self.catalog.get(id) {
            // what a script does is not seen in its command
            Some(command) if uses_data(command) && !self.scripting.contains(id) => Note::Data,
            Some(command) if command.is_pseudo() => Note::Pseudo,
            _ if self.connection.contains(id) => Note::Connection,
            _ => Note::Other,
        }
    }
}
