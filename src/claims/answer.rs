//! Whether claims hold, and why not.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

#[cfg(doc)]
use super::Claims;
use super::error::ClaimErrors;
use super::form::Form;
use super::subject::Commands;
use super::{Claim, Line, Text};
use crate::catalog::{Command, CommandId, CommandSet};
use crate::compare::{Comparison, Excess, Sendable, Witness, compare_within};
use crate::dialect::Dialect;
use crate::report::visible;
use crate::user::User;
use crate::wording::listed;

/// Whether a claim holds.
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer<'c> {
    claim: &'c Claim,
    failure: Option<Failure>,
    on: Option<Dialect>,
}

/// Why a claim does not hold.
///
/// `Display` tells it in lines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// `allow`: the request is refused.
    Denied {
        /// The reason, in one line.
        reason: String,
        /// What would allow it.
        help: Option<String>,
    },
    /// `deny`: the request is allowed.
    Allowed {
        /// The rule that gave the command; `None` where every user may send it.
        rule: Option<String>,
        /// Which selector allows it: 0 for the user's own rules, 1 for its first `(…)`.
        selector: usize,
    },
    /// `never grants`: some request may be sent.
    Granted {
        /// With these commands.
        commands: Vec<String>,
        /// A shortest one; `None` where every user may send it.
        witness: Option<Witness>,
    },
    /// `grants`: something is not granted.
    NotGranted {
        /// The commands that are not allowed, or with some first arguments only.
        missing: Vec<String>,
        /// The commands that are allowed, but with no key, channel or database that lets them be sent.
        unsendable: Vec<String>,
    },
    /// `never grants future commands`: they are.
    FutureCommandsGranted,
    /// `grants future commands`: they are not.
    FutureCommandsNotGranted,
    /// `no wider than`, `no narrower than`, `same as`: more may be done, or less.
    Differs {
        /// What the user may do and one of the claim's string may not.
        more: Option<Box<Excess>>,
        /// What one of the claim's string may do and the user may not.
        less: Option<Box<Excess>>,
    },
    /// It could not be decided within the bounds.
    Undecided,
}

impl<'c> Answer<'c> {
    pub(super) fn new(claim: &'c Claim, failure: Option<Failure>) -> Self {
        Self { claim, failure, on: None }
    }

    /// That of two answers to the same claim which fails; the first, if both do.
    pub(super) fn and(self, other: Self) -> Self {
        if self.holds() { other } else { self }
    }

    /// The same, of a user that several engines read.
    pub(super) fn on_engine(self, on: Option<Dialect>) -> Self {
        Self { on: on.filter(|_| !self.holds()), ..self }
    }

    /// The claim.
    #[must_use]
    pub fn claim(&self) -> &'c Claim {
        self.claim
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failure.is_none()
    }

    /// The first engine on which it does not, where several were asked: see [`Claims::check_on`].
    #[must_use]
    pub fn on(&self) -> Option<Dialect> {
        self.on
    }

    /// Why it does not.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}

impl Form {
    /// Why it does not hold for the user; `None` if it does.
    pub(super) fn failure(
        &self,
        line: &Line,
        user: &User,
        work: usize,
    ) -> Result<Option<Failure>, ClaimErrors> {
        let future = || user.selectors().any(|selector| selector.allows_future_commands());
        Ok(match self {
            Self::Allow(request) => request.verdict(line, user)?.denied().map(|denied| Failure::Denied {
                reason: one_line(&denied.to_string()),
                help: denied.help().map(|help| one_line(&help)),
            }),
            Self::Deny(request) => request.verdict(line, user)?.allowed().map(|allowed| Failure::Allowed {
                rule: allowed.rule().map(|rule| one_line(&rule.to_string())),
                selector: allowed.selector_number(),
            }),
            Self::Grants(subject) => grants(&subject.look_up(line, user.catalog())?, user, work),
            Self::NeverGrants(subject) => never_grants(&subject.look_up(line, user.catalog())?, user, work),
            Self::GrantsFutureCommands => (!future()).then_some(Failure::FutureCommandsNotGranted),
            Self::NeverGrantsFutureCommands => future().then_some(Failure::FutureCommandsGranted),
            Self::NoWiderThan(text) => differs(Some(compared(user, text, work)?.only_first()), None),
            Self::NoNarrowerThan(text) => differs(None, Some(compared(user, text, work)?.only_second())),
            Self::SameAs(text) => {
                let comparison = compared(user, text, work)?;
                differs(Some(comparison.only_first()), Some(comparison.only_second()))
            }
        })
    }
}

/// A request or a pattern may hold control characters.
fn one_line(text: &str) -> String {
    visible(text).into_owned()
}

/// The commands that every user may send, whatever its rules.
fn open_to_all(user: &User) -> CommandSet {
    let quirks = user.dialect().quirks();
    let open = user.catalog().commands().filter(|command| command.is_open_to_all(&quirks));
    open.map(Command::id).collect()
}

impl Commands {
    /// What a request can be about: a container is none by itself, but for `COMMAND`.
    fn asked(&self, user: &User) -> CommandSet {
        let is_request = |id: &CommandId| {
            user.catalog().get(*id).is_some_and(|command| !command.is_container() || command.takes(1))
        };
        match self {
            Self::OfCategory(commands) | Self::Named(commands) => {
                commands.iter().filter(is_request).collect()
            }
            Self::FirstArgument(id, _) => [*id].into_iter().collect(),
        }
    }

    /// The user, with nothing else granted.
    fn limit(&self, user: &User) -> User {
        user.with_commands(|granted| match self {
            Self::OfCategory(commands) | Self::Named(commands) => granted.limited_to(commands),
            Self::FirstArgument(id, argument) => granted.limited_to_first_argument(*id, argument),
        })
    }

    /// What a user that is limited to them is granted, as far as the claim goes.
    fn granted_as_a_whole(&self, limited: &User) -> CommandSet {
        let mut granted = CommandSet::EMPTY;
        for selector in limited.selectors() {
            match self {
                Self::OfCategory(_) | Self::Named(_) => granted |= *selector.commands(),
                Self::FirstArgument(..) => granted.extend(selector.first_arguments().map(|(id, _)| id)),
            }
        }
        granted
    }

    fn names(&self, of: &CommandSet, user: &User) -> Vec<String> {
        let with_argument = |name: &str| match self {
            Self::FirstArgument(_, argument) => format!("{name}|{argument}"),
            _ => name.to_owned(),
        };
        user.catalog().short_names(of).into_iter().map(with_argument).collect()
    }
}

fn never_grants(commands: &Commands, user: &User, work: usize) -> Option<Failure> {
    let Sendable { commands: mut sendable, witness, is_undecided } =
        Sendable::by(&commands.limit(user), work);
    if let Commands::Named(named) = commands {
        sendable |= open_to_all(user) & *named;
    }
    match sendable.is_empty() {
        true if is_undecided => Some(Failure::Undecided),
        true => None,
        false => Some(Failure::Granted { commands: commands.names(&sendable, user), witness }),
    }
}

fn grants(commands: &Commands, user: &User, work: usize) -> Option<Failure> {
    let (limited, open) = (commands.limit(user), open_to_all(user));
    let asked = commands.asked(user) - open;
    let missing = asked - commands.granted_as_a_whole(&limited);
    let sendable = Sendable::by(&limited, work);
    let unsendable = asked - missing - sendable.commands;
    match (missing.is_empty(), unsendable.is_empty()) {
        (true, true) => None,
        (true, false) if sendable.is_undecided => Some(Failure::Undecided),
        _ => Some(Failure::NotGranted {
            missing: commands.names(&missing, user),
            unsendable: commands.names(&unsendable, user),
        }),
    }
}

/// How the user compares to one of the claim's string.
fn compared(user: &User, text: &Text, work: usize) -> Result<Comparison, ClaimErrors> {
    Ok(compare_within(work, user, &with_passwords_of(user, text.user(user.catalog())?)))
}

/// A string without any password says nothing about those that the user has.
fn with_passwords_of(user: &User, mut of_claim: User) -> User {
    if of_claim.passwords().len() == 0 && !of_claim.accepts_any_password() {
        let hashes = user.password_hashes().map(|hash| format!("#{hash}"));
        // a dialect that refused them would leave the user as it is, and the passwords would count
        let _ = of_claim.apply_arguments(hashes);
    }
    of_claim
}

/// Of each side what matters to the claim.
fn differs(more: Option<&Excess>, less: Option<&Excess>) -> Option<Failure> {
    let found = |side: Option<&Excess>| side.filter(|excess| excess.is_found()).cloned().map(Box::new);
    match (found(more), found(less)) {
        (None, None) => {
            let is_undecided = [more, less].into_iter().flatten().any(Excess::is_undecided);
            is_undecided.then_some(Failure::Undecided)
        }
        (more, less) => Some(Failure::Differs { more, less }),
    }
}

impl Failure {
    /// The kind's name in JSON.
    #[cfg(feature = "serde")]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "denied",
            Self::Allowed { .. } => "allowed",
            Self::Granted { .. } => "granted",
            Self::NotGranted { .. } => "not_granted",
            Self::FutureCommandsGranted => "future_commands_granted",
            Self::FutureCommandsNotGranted => "future_commands_not_granted",
            Self::Differs { .. } => "differs",
            Self::Undecided => "undecided",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |commands: &[String]| listed(&commands.iter().map(String::as_str).collect::<Vec<_>>());
        match self {
            Self::Denied { reason, help } => {
                write!(f, "denied: {reason}")?;
                help.as_ref().map_or(Ok(()), |help| write!(f, "\nhelp: {help}"))
            }
            Self::Allowed { rule: None, .. } => f.write_str("allowed to every user"),
            Self::Allowed { rule: Some(rule), selector: 0 } => write!(f, "allowed by `{rule}`"),
            Self::Allowed { rule: Some(rule), selector } => {
                write!(f, "allowed by `{rule}` of selector {selector}")
            }
            Self::Granted { commands, witness } => {
                let plural = if commands.len() == 1 { "" } else { "s" };
                write!(f, "the user can run {} command{plural}: {}", commands.len(), list(commands))?;
                match witness {
                    Some(witness) => write!(f, "\nfor example: {witness}"),
                    None => f.write_str(", as every user can"),
                }
            }
            Self::NotGranted { missing, unsendable } => {
                if !missing.is_empty() {
                    write!(f, "not granted in full: {}", list(missing))?;
                }
                if !missing.is_empty() && !unsendable.is_empty() {
                    f.write_str("\n")?;
                }
                if !unsendable.is_empty() {
                    write!(
                        f,
                        "granted, but no key, channel or database is allowed for it: {}",
                        list(unsendable)
                    )?;
                }
                Ok(())
            }
            Self::FutureCommandsGranted => f.write_str("future commands are granted (+@all)"),
            Self::FutureCommandsNotGranted => {
                f.write_str("future commands are not granted: only `+@all` does that")
            }
            Self::Differs { more, less } => {
                more.as_ref().map_or(Ok(()), |more| tell("it can do more:", more, f))?;
                if more.is_some() && less.is_some() {
                    f.write_str("\n")?;
                }
                less.as_ref().map_or(Ok(()), |less| tell("it can do less:", less, f))
            }
            Self::Undecided => f.write_str("inconclusive within the work limit, which counts as failed"),
        }
    }
}

/// The example first: it is what convinces.
fn tell(what: &str, excess: &Excess, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let example = excess.witness().map(|witness| format!("for example: {witness}"));
    let lines: Vec<_> = example.into_iter().chain(excess.told()).collect();
    match &lines[..] {
        [line] => write!(f, "{what} {line}"),
        lines => {
            f.write_str(what)?;
            lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
        }
    }
}
