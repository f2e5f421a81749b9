//! Why rules cannot be applied.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::catalog::{self, Catalog};
use crate::dialect::{Dialect, Feature, PercentKills, Service};
use crate::nearest::did_you_mean;
use crate::report::{Report, visible};
use crate::secret::mask_argument;
use crate::span::Span;
use crate::syntax::{ParseError, ParseErrorKind};

/// A rule that the dialect refuses.
///
/// `Display` is one line; [`report`](Self::report) draws it under the text, with help;
/// [`server_message`](Self::server_message) is what the server itself says. Passwords are masked in all
/// of them.
///
/// ```
/// use redis_acl::{ApplyErrorKind, Engine, User};
///
/// let errors = User::parse(Engine::Redis7_2, "on ~app:* +gte").unwrap_err();
/// let error = &errors.first();
/// assert_eq!(error.kind(), &ApplyErrorKind::UnknownCommand);
/// assert_eq!(error.to_string(), "redis-7.2 has no command `gte`");
/// assert_eq!(error.help().unwrap(), "did you mean `get`?");
/// assert_eq!(
///     error.server_message().unwrap(),
///     "Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct ApplyError {
    kind: ApplyErrorKind,
    span: Span,
    /// What servers echo.
    rule: Span,
    /// Masked; shared by all errors about one text.
    text: Arc<str>,
    dialect: Dialect,
}

/// Why a rule is refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ApplyErrorKind {
    /// No such command: `+nosuch`.
    UnknownCommand,
    /// The container has no such subcommand: `+config|nosuch`.
    UnknownSubcommand,
    /// No such category: `+@nosuch`.
    UnknownCategory,
    /// Nothing behind the `|`: `+get|`.
    EmptyFirstArgument,
    /// First arguments can be allowed, not taken away: `-get|x`.
    FirstArgumentDenied,
    /// A first argument of a subcommand: `+config|get|x`.
    FirstArgumentOfSubcommand,
    /// A first argument of a command that is allowed as a whole: `+get +get|x` on Redis 6.0.
    FirstArgumentOfAllowed,
    /// A first argument with white space or a quote, which the server accepts and dies of when it prints
    /// the user: `+get|a b` on Redis 7.2 and later.
    FirstArgumentKills,
    /// A key pattern behind `~*`.
    KeysAlreadyAll,
    /// A channel pattern behind `&*`.
    ChannelsAlreadyAll,
    /// A rule removes a password that the user does not have.
    NoSuchPassword,
    /// Channel rules, before Redis 6.2.
    NeedsChannels,
    /// `sanitize-payload` and its kin, before Redis 6.2.
    NeedsSanitizePayload,
    /// `%R~`, before Redis 7.0.
    NeedsKeyPermissions,
    /// `(…)` and `clearselectors`, before Redis 7.0.
    NeedsSelectors,
    /// `-config|set`, before Redis 7.0.
    NeedsSubcommands,
    /// `db=0`, before Valkey 9.1.
    NeedsDatabases,
    /// A selector opens inside another in a line of rules, `(+get (+set ~a)`: Redis 7.0 begins again there, without an error.
    SelectorRestarts,
    /// A password in an access string of a cloud service.
    PasswordInService,
    /// `reset` in an access string of a cloud service.
    ResetInService,
    /// No engine could read it; in JSON the inner kind's name.
    #[cfg_attr(feature = "serde", serde(untagged))]
    Syntax(ParseErrorKind),
}

/// Why a rule was refused, before it is known whose text it is of.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) kind: ApplyErrorKind,
    pub(super) span: Span,
    pub(super) rule: Span,
}

/// The refusals of one rule: several only for a selector. A server names the first.
#[derive(Clone, Debug)]
pub(super) struct Refusals {
    pub(super) first: Refusal,
    pub(super) others: Vec<Refusal>,
}

impl From<Refusal> for Refusals {
    fn from(first: Refusal) -> Self {
        Self { first, others: Vec::new() }
    }
}

impl IntoIterator for Refusals {
    type Item = Refusal;
    type IntoIter = core::iter::Chain<core::iter::Once<Refusal>, alloc::vec::IntoIter<Refusal>>;

    fn into_iter(self) -> Self::IntoIter {
        core::iter::once(self.first).chain(self.others)
    }
}

/// How many characters of a rule are shown where a server echoes all of it.
const ECHOED: usize = 200;

/// The reasons that servers give (`ACLSetUserStringError`).
const SYNTAX: &str = "Syntax error";
const UNKNOWN: &str = "Unknown command or category name in ACL";
const KEYS_ALL: &str = "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any \
                        effect. Try 'resetkeys' to start with an empty list of patterns";
const CHANNELS_ALL: &str = "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not \
                            have any effect. Try 'resetchannels' to start with an empty list of channels";
const NO_PASSWORD: &str = "The password you are trying to remove from the user does not exist";
const BAD_HASH: &str =
    "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";
const FULLY_ADDED: &str = "Adding a subcommand of a command already fully added is not allowed. Remove the command to \
                           start. Example: -DEBUG +DEBUG|DIGEST";
const OF_SUBCOMMAND: &str = "Allowing first-arg of a subcommand is not supported";
const OUT_OF_RANGE: &str = "The provided database ID is out of range";

impl ApplyErrorKind {
    /// The syntax that the dialect is too old for.
    fn missing(&self) -> Option<Feature> {
        Some(match self {
            Self::NeedsChannels => Feature::Channels,
            Self::NeedsSanitizePayload => Feature::SanitizePayload,
            Self::NeedsKeyPermissions => Feature::KeyPermissions,
            Self::NeedsSelectors => Feature::Selectors,
            Self::NeedsSubcommands => Feature::Subcommands,
            Self::NeedsDatabases => Feature::Databases,
            _ => return None,
        })
    }

    /// The reason a server gives; none where it would accept the rule.
    fn server_reason(&self, dialect: Dialect) -> Option<&'static str> {
        Some(match self {
            Self::Syntax(ParseErrorKind::MissingName) => UNKNOWN,
            Self::Syntax(ParseErrorKind::PasswordHash) => BAD_HASH,
            Self::Syntax(ParseErrorKind::DatabaseRange) if dialect.quirks().databases => OUT_OF_RANGE,
            // the server accepts bytes that are no text
            Self::Syntax(ParseErrorKind::NotUtf8) => return None,
            Self::Syntax(_) | Self::EmptyFirstArgument => SYNTAX,
            Self::UnknownCommand | Self::UnknownSubcommand | Self::UnknownCategory => UNKNOWN,
            Self::FirstArgumentDenied | Self::NeedsSubcommands => UNKNOWN,
            Self::FirstArgumentOfSubcommand => OF_SUBCOMMAND,
            Self::FirstArgumentOfAllowed => FULLY_ADDED,
            Self::KeysAlreadyAll => KEYS_ALL,
            Self::ChannelsAlreadyAll => CHANNELS_ALL,
            Self::NoSuchPassword => NO_PASSWORD,
            Self::NeedsChannels
            | Self::NeedsSanitizePayload
            | Self::NeedsKeyPermissions
            | Self::NeedsSelectors
            | Self::NeedsDatabases => SYNTAX,
            Self::FirstArgumentKills
            | Self::SelectorRestarts
            | Self::PasswordInService
            | Self::ResetInService => return None,
        })
    }

    /// The text that AWS was seen to answer, as far as one is known. All are observed, those of unknown
    /// words and categories and of `reset` as quoted by a public rule set of September 2026; MemoryDB's
    /// are not known.
    fn elasticache_message(&self) -> Option<&'static str> {
        Some(match self {
            Self::PasswordInService => {
                "Password rules are not supported in Elasticache access string. Please use Passwords parameter to \
                 set/modify user password."
            }
            Self::ResetInService => "reset rule is not supported in Elasticache user api",
            Self::UnknownCategory => "Access string contains invalid category(s)",
            Self::Syntax(ParseErrorKind::UnknownRule | ParseErrorKind::MissingSign) => {
                "The access-string is invalid."
            }
            _ => return None,
        })
    }
}

impl ApplyError {
    /// About a line of rules, which is given masked.
    pub(super) fn in_line(refusal: Refusal, masked_line: &Arc<str>, dialect: Dialect) -> Self {
        let Refusal { kind, span, rule } = refusal;
        Self { kind, span, rule, text: masked_line.clone(), dialect }
    }

    /// About one argument.
    pub(super) fn in_argument(refusal: Refusal, argument: &str, dialect: Dialect) -> Self {
        Self::in_line(refusal, &mask_argument(argument).into(), dialect)
    }

    /// The error of the grammar, as one of this dialect.
    pub(super) fn from_parse(error: &ParseError, dialect: Dialect) -> Self {
        let kind = ApplyErrorKind::Syntax(error.kind());
        Self { kind, span: error.span(), rule: error.rule_span(), text: error.masked_text().clone(), dialect }
    }

    /// The same error about an argument that stands behind a lone `>`: what is no rule may be the password.
    pub(super) fn behind_bare_sign(self) -> Self {
        match self.kind {
            ApplyErrorKind::Syntax(_) => Self { text: "*".repeat(self.text.len()).into(), ..self },
            _ => self,
        }
    }

    /// Why the rule is refused.
    #[must_use]
    pub fn kind(&self) -> &ApplyErrorKind {
        &self.kind
    }

    /// The part of the text that is refused.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The dialect that refuses it.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The rule it belongs to, as servers echo it: of a selector all of it. Passwords are masked.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.text[self.rule.range()]
    }

    fn part(&self) -> Cow<'_, str> {
        visible(&self.text[self.span.range()])
    }

    fn is_open_selector(&self) -> bool {
        self.kind == ApplyErrorKind::Syntax(ParseErrorKind::UnmatchedParenthesis)
    }

    /// What the server answers to `ACL SETUSER`, without its `ERR`; for ElastiCache the text that AWS
    /// gives. `None` where that text is not known, or where the server would accept what we refuse.
    ///
    /// Byte for byte the server's, but that passwords and hashes are masked.
    #[must_use]
    pub fn server_message(&self) -> Option<String> {
        match self.dialect.service() {
            Some(Service::ElastiCache) => return self.kind.elasticache_message().map(String::from),
            Some(_) => return None,
            None => {}
        }
        self.message_about(self.rule())
    }

    /// The same for people, of a rule that is long its beginning: a selector of a megabyte is echoed for each of the
    /// thousand errors in it.
    pub(crate) fn server_message_in_part(&self) -> Option<String> {
        let rule = self.rule();
        match (self.dialect.service(), rule.char_indices().nth(ECHOED)) {
            (None, Some((end, _))) => self.message_about(&format!("{}…", &rule[..end])),
            _ => self.server_message(),
        }
    }

    fn message_about(&self, rule: &str) -> Option<String> {
        let rule = rule.replace(['\r', '\n'], " ");
        if self.is_open_selector() && self.dialect.quirks().selectors {
            return Some(format!("Unmatched parenthesis in acl selector starting at '{rule}'."));
        }
        let reason = self.server_reason()?;
        Some(format!("Error in ACL SETUSER modifier '{rule}': {reason}"))
    }

    /// The reason in the server's words, without the rule; none where it would accept the rule.
    pub(crate) fn server_reason(&self) -> Option<&'static str> {
        match self.kind {
            ApplyErrorKind::Syntax(ParseErrorKind::ControlCharacter) => self.reason_for_control_character(),
            ApplyErrorKind::Syntax(ParseErrorKind::KeyPermissionMissing) if self.percent_kills() => None,
            _ => self.kind.server_reason(self.dialect),
        }
    }

    /// A NUL ends most rules, which may be good ones; other white space is a part of them.
    fn reason_for_control_character(&self) -> Option<&'static str> {
        match self.rule().as_bytes().first()? {
            b'~' | b'%' | b'&' => Some(SYNTAX),
            b'>' | b'<' | b'(' => None,
            _ if self.text[self.span.range()].contains('\0') => None,
            b'+' | b'-' if self.rule().contains('|') => None,
            b'+' | b'-' => Some(UNKNOWN),
            b'#' | b'!' => Some(BAD_HASH),
            _ => Some(SYNTAX),
        }
    }

    fn percent_kills(&self) -> bool {
        match self.dialect.quirks().percent_kills {
            PercentKills::None => false,
            PercentKills::Bare => &self.text[self.span.range()] == "%",
            PercentKills::BareAndPattern => true,
        }
    }

    /// Whether the server knows no command or category of that name, which a module may yet bring.
    pub(crate) fn is_of_unknown_name(&self) -> bool {
        self.server_reason() == Some(UNKNOWN)
    }

    fn message(&self) -> String {
        let (part, dialect) = (self.part(), self.dialect.without_setting());
        match &self.kind {
            ApplyErrorKind::Syntax(kind) => kind.message(&part),
            ApplyErrorKind::UnknownCommand => format!("{dialect} has no command `{part}`"),
            ApplyErrorKind::UnknownSubcommand => format!("{dialect} has no subcommand `{part}`"),
            ApplyErrorKind::UnknownCategory => format!("{dialect} has no category `@{part}`"),
            ApplyErrorKind::EmptyFirstArgument => format!("nothing follows the `|` of `{part}`"),
            ApplyErrorKind::FirstArgumentDenied => {
                format!("`{part}` is not a subcommand, and only subcommands can be denied")
            }
            ApplyErrorKind::FirstArgumentOfSubcommand => format!("`{part}` is an argument of a subcommand"),
            ApplyErrorKind::FirstArgumentOfAllowed => {
                format!("`{part}` belongs to a command that is allowed as a whole")
            }
            ApplyErrorKind::FirstArgumentKills => "a first argument with white space or a quote".into(),
            ApplyErrorKind::KeysAlreadyAll => {
                format!("`{part}` comes after `~*`, which already allows every key")
            }
            ApplyErrorKind::ChannelsAlreadyAll => {
                format!("`{part}` comes after `&*`, which already allows every channel")
            }
            ApplyErrorKind::NoSuchPassword => "the user has no such password to remove".into(),
            ApplyErrorKind::NeedsChannels => format!("{dialect} has no channel rules"),
            ApplyErrorKind::NeedsSanitizePayload => format!("{dialect} has no `{part}`"),
            ApplyErrorKind::NeedsKeyPermissions => format!("{dialect} has no `%R~` and `%W~`"),
            ApplyErrorKind::NeedsSelectors => format!("{dialect} has no selectors"),
            ApplyErrorKind::NeedsSubcommands => {
                format!("{dialect} cannot deny `{part}` without its command")
            }
            ApplyErrorKind::NeedsDatabases => format!("{dialect} has no database rules"),
            ApplyErrorKind::SelectorRestarts => "a selector inside a selector".into(),
            ApplyErrorKind::PasswordInService => "a password rule in an access string".into(),
            ApplyErrorKind::ResetInService => "`reset` in an access string".into(),
        }
    }

    /// How to mend it: the names nearest to an unknown one, the first dialect that has what this one
    /// lacks.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let part = self.part();
        if let Some(feature) = self.kind.missing() {
            let first = self.dialect.first_with(feature)?;
            return Some(format!("available since {first}"));
        }
        Some(match &self.kind {
            ApplyErrorKind::Syntax(kind) => return kind.help(&part),
            ApplyErrorKind::UnknownCommand | ApplyErrorKind::UnknownSubcommand => {
                return self.help_for_command();
            }
            ApplyErrorKind::UnknownCategory => return self.help_for_category(),
            ApplyErrorKind::EmptyFirstArgument => "write the argument, or leave out the `|`".into(),
            ApplyErrorKind::FirstArgumentDenied => {
                "deny the whole command, and allow the first arguments that are needed".into()
            }
            ApplyErrorKind::FirstArgumentOfSubcommand => "allow the subcommand as a whole".into(),
            ApplyErrorKind::FirstArgumentOfAllowed => "deny the command first, or leave out this rule".into(),
            ApplyErrorKind::FirstArgumentKills => {
                format!("{} accepts this and crashes when it prints the user", self.dialect.engine())
            }
            ApplyErrorKind::KeysAlreadyAll => {
                "leave out this pattern or the `~*`, or write `resetkeys` before it".into()
            }
            ApplyErrorKind::ChannelsAlreadyAll => {
                "leave out this pattern or the `&*`, or write `resetchannels` before it".into()
            }
            ApplyErrorKind::SelectorRestarts => {
                format!("{} drops the text before this parenthesis; close the first selector", self.dialect)
            }
            ApplyErrorKind::PasswordInService => {
                "give passwords in `Passwords` or `AuthenticationMode` of the request".into()
            }
            ApplyErrorKind::ResetInService => "leave it out: the string is applied to a new user".into(),
            _ => return None,
        })
    }

    fn help_for_command(&self) -> Option<String> {
        let name = self.part();
        let catalog = Catalog::from(self.dialect);
        if catalog.category(&name).is_some() {
            return Some(format!("`{name}` is a category: write `@{name}`"));
        }
        if let Some(first) = catalog::first_dialect_with_command(&name, self.dialect) {
            return Some(format!("{first} has it"));
        }
        did_you_mean("", &catalog.commands_like(&name))
    }

    fn help_for_category(&self) -> Option<String> {
        let name = self.part();
        let catalog = Catalog::from(self.dialect);
        if catalog.command(&name).is_some() {
            return Some(format!("`{name}` is a command: leave the `@` out"));
        }
        if let Some(first) = catalog::first_dialect_with_category(&name, self.dialect) {
            return Some(format!("{first} has it"));
        }
        did_you_mean("@", &catalog.categories_like(&name))
    }

    /// The error drawn under the text, with help and what the server says.
    #[must_use]
    pub fn report(&self) -> Report {
        let speaker = self.dialect.service().map_or("the server", |_| "AWS");
        let server = self.server_message_in_part().map(|message| format!("{speaker} says: {message}"));
        Report::new(self.message(), &self.text, self.span).with("help", self.help()).with("note", server)
    }
}

/// Everything that a dialect refuses of a line of rules; at least one error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ApplyErrors {
    /// INVARIANT: not empty.
    errors: Vec<ApplyError>,
}

impl ApplyErrors {
    /// In the order of the text; `None` if there are none. Of two about the same place the first is kept.
    pub(super) fn new(mut errors: Vec<ApplyError>) -> Option<Self> {
        errors.sort_by_key(|error| error.span.start);
        errors.dedup_by_key(|error| error.span.start);
        (!errors.is_empty()).then_some(Self { errors })
    }

    /// The first error in the text.
    #[must_use]
    pub fn first(&self) -> &ApplyError {
        &self.errors[0]
    }

    /// The errors, in the order of the text.
    pub fn iter(&self) -> core::slice::Iter<'_, ApplyError> {
        self.errors.iter()
    }

    /// What the server answers to the rules as a whole: it looks for open selectors before it applies
    /// anything, then stops at the first rule it refuses.
    #[must_use]
    pub fn server_message(&self) -> Option<String> {
        let selectors = self.first().dialect.quirks().selectors;
        let open = self.iter().find(|error| selectors && error.is_open_selector());
        open.unwrap_or(self.first()).server_message()
    }
}

impl<'e> IntoIterator for &'e ApplyErrors {
    type Item = &'e ApplyError;
    type IntoIter = core::slice::Iter<'e, ApplyError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ApplyErrors {
    type Item = ApplyError;
    type IntoIter = alloc::vec::IntoIter<ApplyError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ApplyErrors {
    /// The first error, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.errors.len() - 1 {
            0 => Ok(()),
            others => write!(f, " (and {others} more)"),
        }
    }
}
