//! Files that define users: `users.acl`, the `user` directives of `redis.conf` and `valkey.conf`, and what
//! `ACL LIST` printed.
//!
//! ```
//! use redis_acl::{AclFile, Engine};
//!
//! let text = b"user alice on >secret ~app:* +@read\nuser bob on +gte\n";
//! let file = AclFile::parse(text, Engine::Redis7_2);
//! let error = file.errors().next().unwrap();
//! assert_eq!(error.to_string(), "line 2: redis-7.2 has no command `gte`");
//! assert_eq!(error.report().to_string(), "\
//! error: redis-7.2 has no command `gte`
//!     |
//!   2 | user bob on +gte
//!     |              ^^^
//!     = help: did you mean `get`?
//!     = note: the server says: Unknown command or category name in ACL");
//!
//! // what ACL LOAD answers
//! assert_eq!(file.server_message("/etc/users.acl").unwrap(), "ERR /etc/users.acl:2: Error in applying \
//!     operation '+gte': Unknown command or category name in ACL. WARNING: ACL errors detected, no change to \
//!     the previously active ACL rules was performed");
//! ```
//!
//! # How lines are read
//! Exactly as each server does. In an ACL file words are separated by single spaces, and there are no quotes:
//! two spaces behind `user` define a user whose name is empty. Only Redis 8.8 and later have comments. A NUL
//! hides the rest of its line, and the next line goes on in its place. Configurations are split
//! [with quotes](crate::quoting), and their other directives are passed over.
//!
//! # What is refused
//! All that the server refuses, and also
//! - lines that kill the server: [`FileErrorKind::OpenSelectorKills`], and rules that do;
//! - lines that are not UTF-8, though servers take any bytes: a [`User`] is text.
//!
//! As on the server, one error means that nothing of the file counts.
//!
//! # Writing back
//! [`save`] prints users as `ACL SAVE` does, and refuses a user whose line would be read as another.
//!
//! ```
//! use redis_acl::{AclFile, Engine, file::{Format, save}};
//!
//! let file = AclFile::parse(b"user b on\nuser a off ~x +get\n", Engine::Valkey9_1);
//! assert_eq!(save(&file.users()?, Format::Acl)?, "\
//! user a off ~x resetchannels -@all +get
//! user b on resetchannels -@all
//! user default on nopass ~* &* +@all
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod read;
mod save;
mod source;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use error::{BadChannelDefault, FileError, FileErrorKind, FileErrors};
pub use save::{NotReadBack, save};

use crate::catalog::Catalog;
use crate::dialect::{DefaultChannels, Dialect};
use crate::span::Span;
use crate::syntax::Rule;
use crate::user::User;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// An ACL file, such as `users.acl`, which `ACL LOAD` reads and `ACL SAVE` writes.
    Acl,
    /// A configuration, such as `redis.conf` or `valkey.conf`, for its `user` directives.
    Config,
    /// What `ACL LIST` answers, a user a line, or as `redis-cli` prints it on a terminal: `1) "user …"`.
    List,
}

/// A file that defines users, line by line.
///
/// Every line is there, also those that are blank, that define no user, or that are wrong.
#[derive(Clone, Debug)]
pub struct AclFile {
    format: Format,
    catalog: Catalog,
    default_channels: Option<DefaultChannels>,
    /// Whether a server tries the rules of some user with another `acl-pubsub-default` than it makes the user with.
    tries_users_otherwise: bool,
    lines: Vec<Line>,
    /// The user `default`, where no line defines it and the server has it nevertheless.
    built_in: Option<User>,
}

/// A line of the file, as the server sees it.
#[derive(Clone, Debug)]
pub struct Line {
    number: usize,
    span: Span,
    /// Apart, as a file may have millions of lines with nothing on them.
    user: Option<Box<UserLine>>,
    errors: Vec<FileError>,
}

/// What a line says about a user.
#[derive(Clone)]
pub struct UserLine {
    name: String,
    name_span: Span,
    rules_span: Span,
    rules: Vec<Rule<'static>>,
    user: Option<User>,
}

impl AclFile {
    /// Reads an ACL file.
    #[must_use]
    pub fn parse(bytes: &[u8], dialect: impl Into<Dialect>) -> Self {
        Self::parse_with(bytes, &dialect.into().into(), Format::Acl)
    }

    /// Reads the `user` directives of a configuration. Directives that change what they mean count too:
    /// `requirepass`, `aclfile` and `acl-pubsub-default`. Included files are not looked at.
    ///
    /// ```
    /// use redis_acl::{AclFile, Engine};
    ///
    /// let file = AclFile::parse_config(b"port 6379\nUSER alice on '~it\\'s' +get\n", Engine::Redis7_2);
    /// assert_eq!(file.users()?["alice"].to_string(), "on sanitize-payload ~it's resetchannels -@all +get");
    /// # Ok::<(), redis_acl::FileErrors>(())
    /// ```
    #[must_use]
    pub fn parse_config(bytes: &[u8], dialect: impl Into<Dialect>) -> Self {
        Self::parse_with(bytes, &dialect.into().into(), Format::Config)
    }

    /// Reads what `ACL LIST` printed.
    ///
    /// ```
    /// use redis_acl::{AclFile, Engine};
    ///
    /// let printed = b"1) \"user a off ~it's &* -@all +get\"\n2) \"user default on nopass ~* &* +@all\"\n";
    /// let file = AclFile::parse_list(printed, Engine::Redis6_2);
    /// assert_eq!(file.users()?["a"].to_string(), "off ~it's &* -@all +get");
    /// # Ok::<(), redis_acl::FileErrors>(())
    /// ```
    #[must_use]
    pub fn parse_list(bytes: &[u8], dialect: impl Into<Dialect>) -> Self {
        Self::parse_with(bytes, &dialect.into().into(), Format::List)
    }

    /// Reads a file of any kind, with a catalogue that may be one's own: [`Catalog::with_commands`].
    #[must_use]
    pub fn parse_with(bytes: &[u8], catalog: &Catalog, format: Format) -> Self {
        read::file(bytes, catalog, format)
    }

    /// What kind of file it was read as.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The dialect of its users. A line `acl-pubsub-default` of a configuration changes that setting, for all users of
    /// the configuration and for the ACL file that it names:
    ///
    /// ```
    /// use redis_acl::{AclFile, Engine};
    ///
    /// let configuration = b"aclfile /etc/redis/users.acl\nacl-pubsub-default allchannels\n";
    /// let configuration = AclFile::parse_config(configuration, Engine::Redis7_0);
    /// assert_eq!(configuration.dialect().to_string(), "redis-7.0+acl-pubsub-default=allchannels");
    ///
    /// let users = AclFile::parse(b"user alice on +get\n", configuration.dialect());
    /// assert_eq!(users.users()?["alice"].to_string(), "on &* -@all +get");
    /// # Ok::<(), redis_acl::FileErrors>(())
    /// ```
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.catalog.dialect()
    }

    /// The value that a configuration gives to `acl-pubsub-default`, by its last line about it.
    #[must_use]
    pub fn default_channels(&self) -> Option<DefaultChannels> {
        self.default_channels
    }

    /// Whether a configuration has lines about users that the server validates with another `acl-pubsub-default` than the
    /// last one, which holds in the end: a rewrite of such a line may be rejected though it is equivalent.
    #[must_use]
    pub fn tries_users_otherwise(&self) -> bool {
        self.tries_users_otherwise
    }

    /// All lines, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All that is wrong, line by line and in a line in the order of its rules.
    pub fn errors(&self) -> impl Iterator<Item = &FileError> {
        self.lines.iter().flat_map(|line| &line.errors)
    }

    /// The users that the server has after it has read the file, by their names. `default` is always among them, except
    /// in what `ACL LIST` printed and in a configuration that names an `aclfile`: the users of that file take its place.
    ///
    /// # Errors
    /// All errors of the file, if there are some. The server then changes nothing, or does not start.
    pub fn users(&self) -> Result<BTreeMap<&str, &User>, FileErrors> {
        if let Some(errors) = FileErrors::new(self.errors()) {
            return Err(errors);
        }
        let built_in = self.built_in.iter().map(|user| ("default", user));
        let of_lines = self.lines.iter().filter_map(Line::user);
        // where two lines are about one user and neither is an error, the later counts
        let defined = of_lines.filter_map(|line| Some((line.name(), line.user.as_ref()?)));
        Ok(built_in.chain(defined).collect())
    }

    /// What the server says of the file: of an ACL file the answer to `ACL LOAD`, `path` being that of the file;
    /// of a configuration the line that tells why it does not start. Byte for byte, but that passwords and
    /// hashes are masked. A rule that is named and holds a line end (`"+a\nb"` in a configuration) makes it two.
    ///
    /// `None` where there are no errors, and where the answer is not known: of services, of what `ACL LIST`
    /// printed, of lines that are not UTF-8, of lines that kill the server, and where it would accept what is
    /// refused here.
    #[must_use]
    pub fn server_message(&self, path: &str) -> Option<String> {
        if self.errors().any(FileError::hides_others) {
            return None;
        }
        if self.format == Format::Config {
            return self.errors().min_by_key(|error| error.stage())?.server_message(path);
        }
        let messages: Vec<_> = self.errors().filter_map(|error| error.server_message(path)).collect();
        const NOTHING_CHANGED: &str =
            "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
        (!messages.is_empty()).then(|| format!("ERR {}{NOTHING_CHANGED}", messages.concat()))
    }
}

impl Line {
    /// Its number in the file, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Where it stands in the file, without its end. With a NUL in it, it reaches into the next line.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What it says about a user; `None` if nothing.
    #[must_use]
    pub fn user(&self) -> Option<&UserLine> {
        self.user.as_deref()
    }

    /// What is wrong with it.
    #[must_use]
    pub fn errors(&self) -> &[FileError] {
        &self.errors
    }
}

impl UserLine {
    /// The name of the user, which may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the name stands in the file.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.name_span
    }

    /// Where the rules stand in the file, from the first to the last; behind the name if there are none.
    #[must_use]
    pub fn rules_span(&self) -> Span {
        self.rules_span
    }

    /// The rules that are well-formed; their spans are places in the file. Where quotes or escapes changed a
    /// rule, all its parts span all of it.
    #[must_use]
    pub fn rules(&self) -> &[Rule<'static>] {
        &self.rules
    }

    /// The user that the line makes; `None` if something is wrong with the line.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
}

impl fmt::Debug for UserLine {
    /// A name that may be a forgotten name's password is masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserLine")
            .field("name", &source::masked_word(&self.name))
            .field("name_span", &self.name_span)
            .field("rules", &self.rules)
            .field("user", &self.user)
            .finish()
    }
}
