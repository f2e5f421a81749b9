//! May this user send this request: what `ACL DRYRUN` answers, without a server.
//!
//! [`User::check`] looks at a request as the user's engine would before it runs a command: the command, or
//! its subcommand, the first argument, every key with the permission it needs, channels, databases. Each
//! selector is judged alone; one that allows all of it is enough, and they never combine.
//!
//! ```
//! use redis_acl::{Engine, KeyAccess, Reason, User};
//!
//! let user = User::parse(Engine::Redis7_2, "on ~app:* %R~shared:* +@read +@write")?;
//! assert!(user.check(&["GET", "app:1"]).is_allowed());
//!
//! let verdict = user.check(&["COPY", "app:1", "shared:1"]);
//! let denied = verdict.denied().unwrap();
//! assert!(matches!(denied.reason(), Reason::Key { key: b"shared:1", needs: Some(KeyAccess::Write), .. }));
//! assert_eq!(verdict.server_message("alice").unwrap(), "NOPERM No permissions to access a key");
//! assert_eq!(
//!     verdict.dryrun("alice").unwrap(),
//!     "User alice has no permissions to access the 'shared:1' key"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A check allocates nothing, whichever way it ends; texts are made when they are asked for. A [`User`] holds
//! what makes it fast, is `Send` and `Sync`, and is never changed by a check: share it in an `Arc`, and swap the
//! `Arc` when its rules change.
//!
//! # Where this is not the whole answer
//! - Whether a user is `on` decides whether it can log in. Like `DRYRUN`, a check does not look at it.
//! - Commands of modules are checked by their documented key specs.
//! - Before it comes to a check, a server also refuses for reasons that are no rules of the user's: no login
//!   yet, `DEBUG` and `MODULE` not enabled, commands that a Pub/Sub connection may not send.

mod judge;
mod messages;

use alloc::string::String;
use core::fmt;

use crate::access::{Effect, KeyAccess};
use crate::catalog::{Catalog, ChannelArguments, Command, CommandId, Request, is_word};
use crate::user::{ChannelSource, LoggedRule, Selector, Subject, User};
use judge::Judge;

pub use messages::UnknownCommand;

/// The answer to a request: [`User::check`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub enum Verdict<'a> {
    /// The user may.
    Allowed(Allowed<'a>),
    /// The user may not, or there is no such request.
    Denied(Denied<'a>),
}

/// What allowed a request.
#[derive(Clone, Copy)]
pub struct Allowed<'a> {
    user: &'a User,
    selector: usize,
    by: By<'a>,
}

/// What allowed the command.
#[derive(Clone, Copy)]
enum By<'a> {
    /// `QUIT` before 7.0, which is no command there.
    Quit,
    /// It is open to all.
    Open(CommandId),
    /// The selector's rules; with this first argument.
    Rules(CommandId, Option<&'a [u8]>),
}

/// What refused a request.
#[derive(Clone, Copy)]
pub struct Denied<'a> {
    user: &'a User,
    selector: usize,
    command: Option<CommandId>,
    reason: Reason<'a>,
}

/// Why a request is refused. Where several selectors refuse it, the reason is the one that servers report:
/// the last in this list from the command on, and of several alike that of the last argument.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Reason<'a> {
    /// There is no such command, or the container has no such subcommand.
    UnknownCommand(UnknownCommand<'a>),
    /// The command takes more or fewer arguments.
    WrongArity,
    /// A database is not allowed (Valkey 9.1).
    Database {
        /// Which argument names it; 0 if it is the current one, or all are needed.
        index: usize,
        /// That argument.
        argument: &'a [u8],
    },
    /// The command is not allowed.
    Command,
    /// No one pattern gives a key all that is needed.
    Key {
        /// Which argument it is.
        index: usize,
        /// The key.
        key: &'a [u8],
        /// What the command needs; `None` where any pattern would do.
        needs: Option<KeyAccess>,
    },
    /// A channel is not allowed, or a pattern of channels is not one of the user's.
    Channel {
        /// Which argument it is.
        index: usize,
        /// The channel or pattern.
        channel: &'a [u8],
    },
    /// `SORT … BY` needs a selector that may read all keys. The command itself refuses; `DRYRUN` does not.
    SortBy,
    /// So does `SORT … GET`.
    SortGet,
}

/// The command rule that decided. `Display` prints it as servers do: `+@read`, `-config|set`.
#[derive(Clone, Copy)]
pub struct DecidingRule<'a> {
    catalog: &'a Catalog,
    rule: Deciding<'a>,
}

#[derive(Clone, Copy)]
enum Deciding<'a> {
    All(Effect),
    Logged(&'a LoggedRule),
}

impl User {
    /// Whether the user may send this request: the command's name and its arguments, as bytes or text.
    ///
    /// The current database is 0, which matters on Valkey 9.1 only: [`User::check_in`] takes another one.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Valkey8_1, "on ~app:* +@all -config +config|get")?;
    /// assert!(user.check(&["config", "get", "maxmemory"]).is_allowed());
    /// assert!(!user.check(&["config", "set", "maxmemory", "1"]).is_allowed());
    /// assert!(!user.check(&[&b"GET"[..], b"\xffother"]).is_allowed());
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[inline]
    pub fn check<'a, A: AsRef<[u8]>>(&'a self, request: &'a [A]) -> Verdict<'a> {
        self.check_in(0, request)
    }

    /// The same with a current database (`ACLCheckAllPerm`).
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Valkey9_1, "on ~* +@all db=1")?;
    /// assert!(user.check_in(1, &["GET", "a"]).is_allowed());
    /// assert!(!user.check_in(0, &["GET", "a"]).is_allowed());
    /// assert!(user.check_in(0, &["SELECT", "1"]).is_allowed());
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[inline]
    pub fn check_in<'a, A: AsRef<[u8]>>(&'a self, database: u32, request: &'a [A]) -> Verdict<'a> {
        let request = Request::new(request);
        match self.catalog().lookup(request) {
            Some(command) => Judge::new(self, command, request, database).verdict(),
            None => self.without_command(request),
        }
    }

    /// The same for a command that is known already: no name is looked up, `request[0]` is not read.
    ///
    /// [`Catalog::of_request`] knows a request's command. Of a container it is the subcommand, `config|get`; given
    /// the container, that one name is looked up.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Redis8_0, "on ~app:* +@read")?;
    /// let get = user.catalog().command("get").unwrap().id();
    /// assert!(user.check_command(get, &["GET", "app:1"]).is_allowed());
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[inline]
    pub fn check_command<'a, A: AsRef<[u8]>>(&'a self, command: CommandId, request: &'a [A]) -> Verdict<'a> {
        self.check_command_in(0, command, request)
    }

    /// The same with a current database.
    #[inline]
    pub fn check_command_in<'a, A: AsRef<[u8]>>(
        &'a self,
        database: u32,
        command: CommandId,
        request: &'a [A],
    ) -> Verdict<'a> {
        let request = Request::new(request);
        match self.catalog().lookup_known(command, request) {
            Some(command) => Judge::new(self, command, request, database).verdict(),
            None => self.without_command(request),
        }
    }

    /// An unknown name is never granted; but up to 6.2 `QUIT` is answered before names are looked up.
    #[cold]
    fn without_command<'a, A: AsRef<[u8]>>(&'a self, request: Request<'a, A>) -> Verdict<'a> {
        let name = request.get(0).unwrap_or_default();
        let quirks = self.dialect().engine().quirks();
        if quirks.quits_without_lookup() && is_word(name, "quit") {
            return Verdict::Allowed(Allowed { user: self, selector: 0, by: By::Quit });
        }
        let command = self.catalog().lookup(Request::new(&[name]));
        let subcommand = request.get(1).filter(|_| command.is_some_and(Command::is_container));
        let reason = Reason::UnknownCommand(UnknownCommand::new(request, subcommand, quirks));
        Verdict::Denied(Denied { user: self, selector: 0, command: None, reason })
    }
}

impl<'a> Verdict<'a> {
    /// Whether the user may.
    #[must_use]
    #[inline]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// What allowed it, if it is allowed.
    #[must_use]
    pub fn allowed(&self) -> Option<&Allowed<'a>> {
        match self {
            Self::Allowed(allowed) => Some(allowed),
            Self::Denied(_) => None,
        }
    }

    /// What refused it, if it is refused.
    #[must_use]
    pub fn denied(&self) -> Option<&Denied<'a>> {
        match self {
            Self::Allowed(_) => None,
            Self::Denied(denied) => Some(denied),
        }
    }

    /// What decided about the channels that the request names. `None` when it names none, or when it is refused for
    /// another reason.
    ///
    /// ```
    /// use redis_acl::{ChannelSource, Dialect, User};
    ///
    /// let elasticache: Dialect = "elasticache/redis-6.2".parse()?;
    /// let user = User::parse(elasticache, "on ~* +@all")?;
    /// let verdict = user.check(&["PUBLISH", "news", "x"]);
    /// assert!(verdict.is_allowed());
    /// assert_eq!(verdict.channel_source(), Some(ChannelSource::Default));
    /// assert_eq!(
    ///     verdict.channel_note().unwrap(),
    ///     "no channel rule: all channels, the default of acl-pubsub-default on ElastiCache, which can be changed"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn channel_source(&self) -> Option<ChannelSource> {
        Some(self.selector_of_channels()?.channel_source())
    }

    /// Why the user has all channels or none where no rule names any, if that decided the answer.
    #[must_use]
    pub fn channel_note(&self) -> Option<String> {
        let dialect = match self {
            Self::Allowed(allowed) => allowed.user.dialect(),
            Self::Denied(denied) => denied.user.dialect(),
        };
        self.selector_of_channels()?.channel_note(dialect)
    }

    /// The selector that decided about channels.
    fn selector_of_channels(&self) -> Option<&'a Selector> {
        let takes = |command: Command<'_>| command.channel_arguments() != ChannelArguments::None;
        match self {
            Self::Allowed(allowed) => allowed.command().is_some_and(takes).then(|| allowed.selector()),
            Self::Denied(denied) => {
                matches!(denied.reason, Reason::Channel { .. }).then(|| denied.selector())
            }
        }
    }
}

impl<'a> Allowed<'a> {
    /// Which selector: 0 for the user's own rules, 1 for its first `(…)`.
    #[must_use]
    pub fn selector_number(&self) -> usize {
        self.selector
    }

    /// That selector.
    #[must_use]
    pub fn selector(&self) -> &'a Selector {
        self.user.selectors().nth(self.selector).unwrap_or(self.user.root())
    }

    /// The command; `None` for `QUIT` before Redis 7.0, which is none.
    #[must_use]
    pub fn command(&self) -> Option<Command<'a>> {
        match self.by {
            By::Quit => None,
            By::Open(id) | By::Rules(id, _) => self.user.catalog().get(id),
        }
    }

    /// The rule that gave the command, the last one about it; `None` where every user may send it, as
    /// `AUTH`.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Redis7_2, "on ~* +@all -@write +set (~tmp:* +@write)")?;
    /// let rule = |request: &[&str]| user.check(request).allowed().unwrap().rule().unwrap().to_string();
    /// assert_eq!(rule(&["SET", "a", "1"]), "+set");
    /// assert_eq!(rule(&["GET", "a"]), "+@all");
    /// assert_eq!(rule(&["DEL", "tmp:1"]), "+@write");
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn rule(&self) -> Option<DecidingRule<'a>> {
        match self.by {
            By::Quit | By::Open(_) => None,
            By::Rules(id, argument) => Some(deciding_rule(self.user, self.selector(), id, argument)),
        }
    }
}

impl fmt::Debug for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = self.command().map(Command::name);
        f.debug_struct("Allowed").field("selector", &self.selector).field("command", &command).finish()
    }
}

impl<'a> Denied<'a> {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Reason<'a> {
        &self.reason
    }

    /// The command, if there is such a one.
    #[must_use]
    pub fn command(&self) -> Option<Command<'a>> {
        self.user.catalog().get(self.command?)
    }

    /// Which selector's refusal this is: 0 for the user's own rules, 1 for its first `(…)`.
    #[must_use]
    pub fn selector_number(&self) -> usize {
        self.selector
    }

    /// That selector.
    #[must_use]
    pub fn selector(&self) -> &'a Selector {
        self.user.selectors().nth(self.selector).unwrap_or(self.user.root())
    }

    /// The rule that took the command away, where it is the command that is refused and a rule did so.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Redis7_2, "on ~* +@read -keys")?;
    /// assert_eq!(user.check(&["KEYS", "*"]).denied().unwrap().rule().unwrap().to_string(), "-keys");
    /// assert!(user.check(&["SET", "a", "1"]).denied().unwrap().rule().is_none());
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn rule(&self) -> Option<DecidingRule<'a>> {
        let (Reason::Command, Some(id)) = (self.reason, self.command) else { return None };
        let rule = deciding_rule(self.user, self.selector(), id, None);
        matches!(rule.rule, Deciding::Logged(_)).then_some(rule)
    }

    /// Of a refused key, what is missing to it: the pattern that comes nearest gives the rest.
    ///
    /// ```
    /// # use redis_acl::{Engine, KeyAccess, User};
    /// let user = User::parse(Engine::Redis7_2, "on %R~app:* +@all")?;
    /// assert_eq!(user.check(&["INCR", "app:1"]).denied().unwrap().missing(), Some(KeyAccess::Write));
    /// assert_eq!(user.check(&["INCR", "other"]).denied().unwrap().missing(), Some(KeyAccess::ReadWrite));
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn missing(&self) -> Option<KeyAccess> {
        let Reason::Key { key, needs, .. } = self.reason else { return None };
        let needs = needs?;
        let mut parts = self.selector().keys.matching(key);
        match needs {
            KeyAccess::ReadWrite => match parts.next() {
                Some(KeyAccess::Read) => Some(KeyAccess::Write),
                Some(KeyAccess::Write) => Some(KeyAccess::Read),
                _ => Some(needs),
            },
            needs => Some(needs),
        }
    }
}

impl fmt::Debug for Denied<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = self.command().map(Command::name);
        f.debug_struct("Denied")
            .field("selector", &self.selector)
            .field("command", &command)
            .field("reason", &self.reason)
            .finish()
    }
}

fn deciding_rule<'a>(
    user: &'a User,
    selector: &'a Selector,
    id: CommandId,
    argument: Option<&[u8]>,
) -> DecidingRule<'a> {
    let catalog = user.catalog();
    let base = if selector.commands.allows_future() { Effect::Allow } else { Effect::Deny };
    let logged = selector.commands.last_rule(id, argument, catalog);
    DecidingRule { catalog, rule: logged.map_or(Deciding::All(base), Deciding::Logged) }
}

impl fmt::Display for DecidingRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Deciding::All(effect) => write!(f, "{}@all", effect.sign()),
            Deciding::Logged(LoggedRule { effect, subject }) => match subject {
                Subject::Category(category) => write!(f, "{}{category}", effect.sign()),
                Subject::Command(id) => write!(f, "{}{}", effect.sign(), self.catalog.name(*id)),
                Subject::FirstArgument(id, argument) => {
                    write!(f, "{}{}|{argument}", effect.sign(), self.catalog.name(*id))
                }
            },
        }
    }
}

impl fmt::Debug for DecidingRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecidingRule({self})")
    }
}
