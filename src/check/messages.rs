//! What servers say to a refused request.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Allowed, Denied, Reason, Verdict};
use crate::access::KeyAccess;
use crate::catalog::{self, ChannelArguments, Command, DatabaseArguments, Request, c_text};
use crate::dialect::{Answers, Quirks};

impl Verdict<'_> {
    /// What the server answers a user of that name who sends the request, `None` when it is allowed.
    ///
    /// Bytes of the request that are not UTF-8 are shown as U+FFFD.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let message = |engine| {
    ///     let user = User::parse(engine, "on ~a +get")?;
    ///     Ok::<_, redis_acl::ApplyErrors>(user.check(&["SET", "a", "1"]).server_message("alice").unwrap())
    /// };
    /// assert_eq!(
    ///     message(Engine::Redis6_2)?,
    ///     "NOPERM this user has no permissions to run the 'set' command or its subcommand"
    /// );
    /// assert_eq!(message(Engine::Redis7_2)?, "NOPERM User alice has no permissions to run the 'set' command");
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn server_message(&self, user: &str) -> Option<String> {
        Some(self.denied()?.server_message(user))
    }

    /// What `ACL DRYRUN user …` answers: `OK`, the refusal, or an error with its `ERR`. `None` before Redis
    /// 7.0, which has no `DRYRUN`.
    #[must_use]
    pub fn dryrun(&self, user: &str) -> Option<String> {
        match self {
            Self::Denied(denied) => denied.dryrun(user),
            Self::Allowed(allowed) => allowed.user.dialect().quirks().has_dryrun().then(|| "OK".to_owned()),
        }
    }
}

impl Denied<'_> {
    fn answers(&self) -> Answers {
        self.user.dialect().quirks().answers
    }

    fn shown_name(&self) -> &'static str {
        self.command().map_or("", Command::shown_name)
    }

    /// `rejectCommand`; `getAclErrorMessage` from 7.2 on.
    fn server_message(&self, user: &str) -> String {
        match self.reason {
            Reason::UnknownCommand(unknown) => unknown.message(),
            Reason::WrongArity => self.wrong_arity(),
            Reason::Command => match self.answers() {
                Answers::Redis6 => format!(
                    "NOPERM this user has no permissions to run the '{}' command or its subcommand",
                    self.shown_name()
                ),
                Answers::Redis7_0 => {
                    format!("NOPERM this user has no permissions to run the '{}' command", self.shown_name())
                }
                Answers::Redis7_2 => format!("NOPERM {}", self.command_refused(user)),
            },
            Reason::Key { .. } => self.access_refused("one of the keys used as arguments", "a key"),
            Reason::Channel { .. } => {
                self.access_refused("one of the channels used as arguments", "a channel")
            }
            Reason::Database { .. } => "NOPERM No permissions to access database".to_owned(),
            Reason::SortBy => sort_refused("BY"),
            Reason::SortGet => sort_refused("GET"),
        }
    }

    fn access_refused(&self, before: &str, now: &str) -> String {
        match self.answers() {
            Answers::Redis6 | Answers::Redis7_0 => {
                format!("NOPERM this user has no permissions to access {before}")
            }
            Answers::Redis7_2 => format!("NOPERM No permissions to access {now}"),
        }
    }

    fn wrong_arity(&self) -> String {
        format!("ERR wrong number of arguments for '{}' command", self.shown_name())
    }

    fn command_refused(&self, user: &str) -> String {
        format!("{} has no permissions to run the '{}' command", self.subject(user), self.shown_name())
    }

    /// Whom refusals name.
    fn subject(&self, user: &str) -> String {
        match self.answers() {
            Answers::Redis6 | Answers::Redis7_0 => "This user".to_owned(),
            Answers::Redis7_2 => format!("User {user}"),
        }
    }

    /// An argument in a refusal: once as C text, since 7.2 as it is.
    fn echo<'t>(&self, argument: &'t [u8]) -> Cow<'t, str> {
        match self.answers() {
            Answers::Redis6 | Answers::Redis7_0 => lossy(argument),
            Answers::Redis7_2 => String::from_utf8_lossy(argument),
        }
    }

    /// `aclCommand`, behind `DRYRUN`
    fn dryrun(&self, user: &str) -> Option<String> {
        if !self.user.dialect().quirks().has_dryrun() {
            return None;
        }
        let refused = |what: &str| format!("{} has no permissions to access {what}", self.subject(user));
        Some(match self.reason {
            Reason::UnknownCommand(unknown) => {
                format!("ERR Command '{}' not found", one_line(&lossy(unknown.name)))
            }
            Reason::WrongArity => self.wrong_arity(),
            Reason::Command => self.command_refused(user),
            Reason::Key { key, .. } => refused(&format!("the '{}' key", self.echo(key))),
            Reason::Channel { channel, .. } => refused(&format!("the '{}' channel", self.echo(channel))),
            Reason::Database { argument, .. } => refused(&format!("database {}", self.echo(argument))),
            // it is the command that refuses, when it runs
            Reason::SortBy | Reason::SortGet => "OK".to_owned(),
        })
    }
}

fn sort_refused(option: &str) -> String {
    format!("ERR {option} option of SORT denied due to insufficient ACL permissions.")
}

/// What C prints of an argument.
fn lossy(argument: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(c_text(argument))
}

/// Errors are one line (`addReplyErrorFormat`).
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

// ---------------------------------------------------------------------------------------------------
// Unknown commands

/// A command that there is not, and what servers repeat of the request.
#[derive(Clone, Copy)]
pub struct UnknownCommand<'a> {
    name: &'a [u8],
    /// Of a container that has no such one.
    subcommand: Option<&'a [u8]>,
    answers: Answers,
    /// Whether nothing is said of arguments where there are none.
    is_short: bool,
    arguments: Echo,
}

/// How much of a name or of all arguments is repeated.
const ECHOED: usize = 128;

/// The arguments as they are repeated, each in quotes.
#[derive(Clone, Copy)]
struct Echo {
    /// Quotes and a separator may stand behind what is repeated.
    text: [u8; ECHOED + 4],
    len: usize,
}

impl<'a> UnknownCommand<'a> {
    #[cold]
    pub(super) fn new<A: AsRef<[u8]>>(
        request: Request<'a, A>,
        subcommand: Option<&'a [u8]>,
        quirks: &Quirks,
    ) -> Self {
        let (answers, is_short) = (quirks.answers, quirks.unknown_command_is_short);
        let mut arguments = Echo { text: [0; ECHOED + 4], len: 0 };
        let mut place = 1;
        while let (Some(argument), true) = (request.get(place), arguments.len < ECHOED) {
            arguments.push(argument, answers);
            place += 1;
        }
        Self { name: request.get(0).unwrap_or_default(), subcommand, answers, is_short, arguments }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The subcommand, if the name is that of a container which has no such one.
    #[must_use]
    pub fn subcommand(&self) -> Option<&'a [u8]> {
        self.subcommand
    }

    /// `commandCheckExistence`
    fn message(&self) -> String {
        let name = lossy(cut(c_text(self.name), ECHOED));
        let text = match (self.subcommand, self.answers) {
            (Some(subcommand), Answers::Redis7_0 | Answers::Redis7_2) => {
                let subcommand = lossy(cut(c_text(subcommand), ECHOED));
                format!(
                    "ERR unknown subcommand '{subcommand}'. Try {} HELP.",
                    lossy(self.name).to_ascii_uppercase()
                )
            }
            (_, Answers::Redis6) => {
                format!("ERR unknown command `{name}`, with args beginning with: {}", self.arguments.text())
            }
            _ if self.is_short && self.arguments.len == 0 => format!("ERR unknown command '{name}'"),
            (_, Answers::Redis7_0 | Answers::Redis7_2) => {
                format!("ERR unknown command '{name}', with args beginning with: {}", self.arguments.text())
            }
        };
        one_line(&text)
    }
}

impl fmt::Debug for UnknownCommand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnknownCommand").field(&lossy(self.name)).field(&self.subcommand.map(lossy)).finish()
    }
}

impl Echo {
    fn push(&mut self, argument: &[u8], answers: Answers) {
        let (open, close): (&[u8], &[u8]) = match answers {
            Answers::Redis6 => (b"`", b"`, "),
            Answers::Redis7_0 | Answers::Redis7_2 => (b"'", b"' "),
        };
        for part in [open, cut(c_text(argument), ECHOED - self.len), close] {
            self.text[self.len..self.len + part.len()].copy_from_slice(part);
            self.len += part.len();
        }
    }

    fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text[..self.len])
    }
}

fn cut(bytes: &[u8], most: usize) -> &[u8] {
    &bytes[..bytes.len().min(most)]
}

// ---------------------------------------------------------------------------------------------------
// Our own words

impl Denied<'_> {
    /// How to mend it: the narrowest rule that would allow what is refused, what may have been meant instead of
    /// a name.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Redis7_2, "on %R~app:* +@read +del")?;
    /// let help = |request: &[&str]| user.check(request).denied().unwrap().help().unwrap();
    /// assert_eq!(help(&["DEL", "app:[1]"]), "add `%W~app:\\[1]`, or a pattern that matches more");
    /// assert_eq!(help(&["SET", "app:1", "x"]), "add `+set`");
    /// assert_eq!(help(&["GTE", "app:1"]), "did you mean `get`?");
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self.reason {
            Reason::UnknownCommand(unknown) => return self.help_for_name(unknown),
            Reason::WrongArity => {
                let command = self.command()?;
                let arguments = usize::from(command.arity().unsigned_abs()) - name_words(command);
                let number = if command.arity() < 0 { "at least" } else { "exactly" };
                let plural = if arguments == 1 { "" } else { "s" };
                let name = command.name().replace('|', " ");
                format!("`{name}` takes {number} {arguments} argument{plural}")
            }
            Reason::Command => format!("add `+{}`", self.command()?.name()),
            Reason::Key { key, needs, .. } => {
                let access = needs.unwrap_or(KeyAccess::ReadWrite);
                let prefix = if self.user.dialect().quirks().key_permissions { access.prefix() } else { "~" };
                format!("add `{prefix}{}`, or a pattern that matches more", pattern_of(key)?)
            }
            Reason::Channel { channel, .. } => match self.command()?.channel_arguments() {
                // a pattern is allowed by the same pattern only
                ChannelArguments::Patterns => format!("add `&{}`", plain(channel)?),
                _ => format!("add `&{}`, or a pattern that matches more", pattern_of(channel)?),
            },
            Reason::Database { .. } => "add the database to `db=`, or write `alldbs`".to_owned(),
            Reason::SortBy | Reason::SortGet => "add `%R~*` to a selector that allows the command".to_owned(),
        })
    }

    fn help_for_name(&self, unknown: UnknownCommand<'_>) -> Option<String> {
        let name = core::str::from_utf8(unknown.name).ok()?.to_ascii_lowercase();
        let name = match unknown.subcommand {
            Some(subcommand) => {
                format!("{name}|{}", core::str::from_utf8(subcommand).ok()?.to_ascii_lowercase())
            }
            None => name,
        };
        if let Some(first) = catalog::first_dialect_with_command(&name, self.user.dialect()) {
            return Some(format!("{first} has it"));
        }
        let near = self.user.catalog().commands_like(&name);
        let near: Vec<_> = near.iter().map(|name| format!("`{}`", name.replace('|', " "))).collect();
        match near.split_last()? {
            (only, []) => Some(format!("did you mean {only}?")),
            (last, others) => Some(format!("did you mean {} or {last}?", others.join(", "))),
        }
    }
}

/// How many words a command's name has: two if it is a subcommand's.
fn name_words(command: Command<'_>) -> usize {
    if command.container().is_some() { 2 } else { 1 }
}

/// The pattern that matches this text only; `None` where no rule can hold it.
fn pattern_of(text: &[u8]) -> Option<String> {
    let mut pattern = String::new();
    for character in plain(text)?.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    Some(pattern)
}

/// Text that can stand in a rule: UTF-8 without white space and NUL.
fn plain(text: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(text).ok()?;
    let is_plain = !text.bytes().any(|byte| matches!(byte, b' ' | b'\t'..=b'\r' | 0));
    is_plain.then_some(text)
}

impl fmt::Display for Allowed<'_> {
    /// One line: the rule that gave the command, and of which selector it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule() {
            Some(rule) => write!(f, "allowed by `{rule}`")?,
            None => f.write_str("allowed to every user")?,
        }
        match self.selector_number() {
            0 => Ok(()),
            number => write!(f, " of selector {number}"),
        }
    }
}

impl fmt::Display for Denied<'_> {
    /// One line: what is refused, and the rule or the lack of one that refuses it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialect = self.user.dialect().without_setting();
        let name = self.command().map_or("", Command::name);
        match self.reason {
            Reason::UnknownCommand(unknown) => match unknown.subcommand {
                Some(subcommand) => write!(
                    f,
                    "{dialect} has no subcommand `{}` of `{}`",
                    lossy(subcommand),
                    lossy(unknown.name)
                ),
                None => write!(f, "{dialect} has no command `{}`", lossy(unknown.name)),
            },
            Reason::WrongArity => write!(f, "wrong number of arguments for `{name}`"),
            Reason::Command => match self.rule() {
                Some(rule) => write!(f, "`{rule}` denies the command `{name}`"),
                None => write!(f, "no rule grants the command `{name}`"),
            },
            Reason::Key { key, needs, .. } => {
                write!(f, "no pattern {} the key `{}`", letting(needs, self.missing()), lossy(key))
            }
            Reason::Channel { channel, .. } => {
                write!(f, "no pattern allows the channel `{}`", lossy(channel))
            }
            Reason::Database { index: 0, .. } => match self.command().map(Command::database_arguments) {
                Some(DatabaseArguments::CopyFirstOption) => {
                    write!(f, "`{name}` names a database that is not allowed")
                }
                _ => write!(f, "`{name}` needs the current database, or all of them"),
            },
            Reason::Database { argument, .. } => write!(f, "database {} is not allowed", lossy(argument)),
            Reason::SortBy => {
                f.write_str("`BY` reads other keys, and needs a selector that can read all keys")
            }
            Reason::SortGet => {
                f.write_str("`GET` reads other keys, and needs a selector that can read all keys")
            }
        }
    }
}

/// What a pattern would have to do for the key.
fn letting(needs: Option<KeyAccess>, missing: Option<KeyAccess>) -> &'static str {
    match (needs, missing) {
        (Some(KeyAccess::ReadWrite), Some(KeyAccess::Write)) => "allows reading and writing",
        (Some(KeyAccess::ReadWrite), Some(KeyAccess::Read)) => "allows reading and writing",
        (Some(KeyAccess::ReadWrite), _) => "allows reading and writing",
        (Some(KeyAccess::Read), _) => "allows reading",
        (Some(KeyAccess::Write), _) => "allows writing",
        (None, _) => "matches",
    }
}
