//! Access strings as text: a faithful tree with byte spans, which looks no name up.
//!
//! `+nosuch` is well-formed, so it parses; whether an engine knows it is for
//! [`User::apply`](crate::User::apply) to say. The tree is the same for every engine: it accepts what any
//! of them accepts, and the [`user`](crate::user) decides which of it a dialect has.

mod build;
mod edit;
mod error;
mod grammar;
mod print;
mod text;

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

pub use error::{ParseError, ParseErrorKind, ParseErrors};
pub(crate) use print::in_selector;
pub use text::{DatabaseIds, RuleText};

use crate::access::{Effect, KeyAccess};
use crate::secret::{Password, PasswordHash, mask, mask_argument};
use crate::span::Span;

/// The rules of a user, as one line of text: `on ~app:* -@all +@read`.
///
/// Rules are separated by spaces, and blanks around the line are ignored, as in an ACL file. Tabs and
/// line ends separate nothing and are errors.
///
/// ```
/// use redis_acl::{AccessString, RuleKind};
///
/// let string = AccessString::parse("on ~app::* -@all +@read")?;
/// assert_eq!(string.rules().len(), 4);
/// assert!(matches!(&string.rules()[3].kind, RuleKind::Category { name, .. } if name == "read"));
/// assert_eq!(string.to_string(), "on ~app::* -@all +@read");
///
/// // every bad rule is reported
/// let errors = AccessString::parse("on %X~a +get flurb").unwrap_err();
/// assert_eq!(errors.iter().map(|error| error.span()).collect::<Vec<_>>(), [
///     redis_acl::Span::new(3, 7), redis_acl::Span::new(13, 18),
/// ]);
/// # Ok::<(), redis_acl::ParseErrors>(())
/// ```
///
/// `Display` gives the text back, passwords included. `Debug`, errors, reports and JSON mask them.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessString<'a> {
    text: Cow<'a, str>,
    rules: Vec<Rule<'a>>,
}

impl<'a> AccessString<'a> {
    /// Reads a line of rules.
    ///
    /// # Errors
    /// Every rule that is no rule of any engine, in the order of the text.
    pub fn parse(text: &'a str) -> Result<Self, ParseErrors> {
        let (string, errors) = Self::scan(text);
        if errors.is_empty() { Ok(string) } else { Err(ParseErrors::new(errors)) }
    }

    /// The rules that are well-formed, and the errors about the others. A selector with bad rules is there
    /// with its good ones.
    pub(crate) fn scan(text: &'a str) -> (Self, Vec<ParseError>) {
        let (rules, problems) = grammar::access_string(text);
        if problems.is_empty() {
            return (Self { text: text.into(), rules }, Vec::new());
        }
        let masked: Arc<str> = mask(text).into();
        let errors = problems.into_iter().map(|problem| ParseError::new(problem, masked.clone())).collect();
        (Self { text: text.into(), rules }, errors)
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same string, independent of the text it was read from.
    #[must_use]
    pub fn into_owned(self) -> AccessString<'static> {
        let rules = self.rules.into_iter().map(Rule::into_owned).collect();
        AccessString { text: self.text.into_owned().into(), rules }
    }

    /// The text with hashes in the place of passwords. Everything else stays as it is written.
    ///
    /// ```
    /// # use redis_acl::AccessString;
    /// let string = AccessString::parse("on  >secret ~*")?;
    /// assert!(string.with_hashes().starts_with("on  #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b "));
    /// # Ok::<(), redis_acl::ParseErrors>(())
    /// ```
    #[must_use]
    pub fn with_hashes(&self) -> String {
        let (mut done, mut hashed) = (0, String::new());
        for rule in &self.rules {
            let hash = match &rule.kind {
                RuleKind::AddPassword(password) => RuleKind::AddHash(password.hash()),
                RuleKind::RemovePassword(password) => RuleKind::RemoveHash(password.hash()),
                _ => continue,
            };
            hashed.push_str(&self.text[done..rule.span.start]);
            hashed.push_str(&hash.to_string());
            done = rule.span.end;
        }
        hashed.push_str(&self.text[done..]);
        hashed
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule<'a>] {
        &self.rules
    }
}

impl FromStr for AccessString<'static> {
    type Err = ParseErrors;

    fn from_str(text: &str) -> Result<Self, ParseErrors> {
        AccessString::parse(text).map(AccessString::into_owned)
    }
}

/// The text with passwords and hashes masked byte for byte, so that spans still fit: for showing a text that
/// may be no access string at all.
///
/// ```
/// assert_eq!(redis_acl::syntax::masked("on >secret ~app:*"), "on >****** ~app:*");
/// ```
#[must_use]
pub fn masked(text: &str) -> String {
    mask(text)
}

/// One rule, and its place in a text.
///
/// Rules are equal if they say the same, wherever they are written, in selectors too.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule<'a> {
    /// The whole rule.
    pub span: Span,
    /// What follows its signs: the name, pattern, password or list. For a keyword the whole rule, for a
    /// selector what is between the parentheses.
    pub body: Span,
    /// What it says.
    pub kind: RuleKind<'a>,
}

impl<'a> Rule<'a> {
    /// Reads one rule: an argument of `ACL SETUSER`, which may hold spaces.
    ///
    /// ```
    /// use redis_acl::{Rule, RuleKind};
    /// let rule = Rule::parse("(~app:* +@read)")?;
    /// assert!(matches!(rule.kind, RuleKind::Selector(selector) if selector.rules().len() == 2));
    /// assert!(Rule::parse("on ").is_err());
    /// # Ok::<(), redis_acl::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When it is no rule of any engine. An empty rule is an error here, though servers since Redis 6.0.5
    /// ignore it as an argument: it says nothing that a tree could hold.
    pub fn parse(argument: &'a str) -> Result<Self, ParseError> {
        match Self::scan(argument) {
            (Some(rule), None) => Ok(rule),
            (_, Some(error)) => Err(error),
            (None, None) => unreachable!("what is no rule has a problem"),
        }
    }

    /// The rule, the first error, or both where it is a selector with bad rules in it.
    pub(crate) fn scan(argument: &'a str) -> (Option<Self>, Option<ParseError>) {
        let (rule, problem) = grammar::rule(argument);
        (rule, problem.map(|problem| ParseError::new(problem, mask_argument(argument).into())))
    }

    /// Where the name stands that a command or category rule is about, a category's without its `@`; for
    /// other rules all of them.
    #[must_use]
    pub fn name_span(&self) -> Span {
        match &self.kind {
            RuleKind::Category { .. } | RuleKind::Command { .. } => self.body,
            _ => self.span,
        }
    }

    /// The same rule, independent of the text it was read from.
    #[must_use]
    pub fn into_owned(self) -> Rule<'static> {
        Rule { kind: self.kind.into_owned(), ..self }
    }
}

impl PartialEq for Rule<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Rule<'_> {}

/// What a rule says. Names and patterns are as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleKind<'a> {
    /// `on`: the user may log in.
    On,
    /// `off`: the user may not.
    Off,
    /// `nopass`: any password will do. Removes those there are.
    NoPass,
    /// `resetpass`: no passwords, and not any password either.
    ResetPass,
    /// `>password`
    AddPassword(Password<'a>),
    /// `<password`
    RemovePassword(Password<'a>),
    /// `#hash`
    AddHash(PasswordHash),
    /// `!hash`
    RemoveHash(PasswordHash),
    /// `reset`: back to a user that may nothing.
    Reset,
    /// `sanitize-payload`
    SanitizePayload,
    /// `skip-sanitize-payload`
    SkipSanitizePayload,
    /// `~*` or `allkeys`
    AllKeys,
    /// `resetkeys`
    ResetKeys,
    /// `~pattern`, `%R~pattern`, `%W~pattern`, `%RW~pattern`. `%RW~*` is one of these: only `~*` is
    /// [`RuleKind::AllKeys`].
    Key {
        /// The letters behind a `%`; `None` where the rule begins with `~`, which means both.
        permission: Option<KeyAccess>,
        /// The glob pattern; empty, it matches the empty key only.
        pattern: RuleText<'a>,
    },
    /// `&*` or `allchannels`
    AllChannels,
    /// `resetchannels`
    ResetChannels,
    /// `&pattern`
    Channel {
        /// The glob pattern.
        pattern: RuleText<'a>,
    },
    /// `+@all` or `allcommands`
    AllCommands,
    /// `-@all` or `nocommands`
    NoCommands,
    /// `+@category`, `-@category`
    Category {
        /// `+` or `-`.
        effect: Effect,
        /// Without the `@`.
        name: RuleText<'a>,
    },
    /// `+command`, `-command`, `+container|subcommand`, `+command|first-argument` …
    Command {
        /// `+` or `-`.
        effect: Effect,
        /// Up to the first `|`.
        name: RuleText<'a>,
        /// Behind the first `|`; whether it is a subcommand or a first argument is the engine's to know.
        argument: Option<RuleText<'a>>,
    },
    /// `(…)`
    Selector(SelectorRule<'a>),
    /// `clearselectors`
    ClearSelectors,
    /// `alldbs`
    AllDatabases,
    /// `resetdbs`
    ResetDatabases,
    /// `db=0,3`, sorted and each once.
    Databases(DatabaseIds),
}

impl RuleKind<'_> {
    /// What kind of rule it is, in one word: the JSON name, `add_password` or `key`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::NoPass => "nopass",
            Self::ResetPass => "resetpass",
            Self::AddPassword(_) => "add_password",
            Self::RemovePassword(_) => "remove_password",
            Self::AddHash(_) => "add_hash",
            Self::RemoveHash(_) => "remove_hash",
            Self::Reset => "reset",
            Self::SanitizePayload => "sanitize_payload",
            Self::SkipSanitizePayload => "skip_sanitize_payload",
            Self::AllKeys => "all_keys",
            Self::ResetKeys => "reset_keys",
            Self::Key { .. } => "key",
            Self::AllChannels => "all_channels",
            Self::ResetChannels => "reset_channels",
            Self::Channel { .. } => "channel",
            Self::AllCommands => "all_commands",
            Self::NoCommands => "no_commands",
            Self::Category { .. } => "category",
            Self::Command { .. } => "command",
            Self::Selector(_) => "selector",
            Self::ClearSelectors => "clear_selectors",
            Self::AllDatabases => "all_databases",
            Self::ResetDatabases => "reset_databases",
            Self::Databases(_) => "databases",
        }
    }

    /// The same rule, independent of the text it was read from.
    #[must_use]
    pub fn into_owned(self) -> RuleKind<'static> {
        let owned = RuleText::into_owned;
        match self {
            Self::On => RuleKind::On,
            Self::Off => RuleKind::Off,
            Self::NoPass => RuleKind::NoPass,
            Self::ResetPass => RuleKind::ResetPass,
            Self::AddPassword(password) => RuleKind::AddPassword(password.into_owned()),
            Self::RemovePassword(password) => RuleKind::RemovePassword(password.into_owned()),
            Self::AddHash(hash) => RuleKind::AddHash(hash),
            Self::RemoveHash(hash) => RuleKind::RemoveHash(hash),
            Self::Reset => RuleKind::Reset,
            Self::SanitizePayload => RuleKind::SanitizePayload,
            Self::SkipSanitizePayload => RuleKind::SkipSanitizePayload,
            Self::AllKeys => RuleKind::AllKeys,
            Self::ResetKeys => RuleKind::ResetKeys,
            Self::Key { permission, pattern } => RuleKind::Key { permission, pattern: owned(pattern) },
            Self::AllChannels => RuleKind::AllChannels,
            Self::ResetChannels => RuleKind::ResetChannels,
            Self::Channel { pattern } => RuleKind::Channel { pattern: owned(pattern) },
            Self::AllCommands => RuleKind::AllCommands,
            Self::NoCommands => RuleKind::NoCommands,
            Self::Category { effect, name } => RuleKind::Category { effect, name: owned(name) },
            Self::Command { effect, name, argument } => {
                RuleKind::Command { effect, name: owned(name), argument: argument.map(owned) }
            }
            Self::Selector(selector) => RuleKind::Selector(selector.into_owned()),
            Self::ClearSelectors => RuleKind::ClearSelectors,
            Self::AllDatabases => RuleKind::AllDatabases,
            Self::ResetDatabases => RuleKind::ResetDatabases,
            Self::Databases(ids) => RuleKind::Databases(ids),
        }
    }
}

/// A further set of permissions, which must allow a command all by itself: `(~app:* +@read)`.
#[derive(Clone, Debug)]
pub struct SelectorRule<'a> {
    pub(crate) rules: Vec<Rule<'a>>,
    pub(crate) quoting: Quoting,
    pub(crate) opening: Span,
    /// What is wrong with its rules, for engines that join quoted text. Others take the selector as empty.
    pub(crate) flaws: Vec<Flaw<'a>>,
    /// Of a line, the word in it that opens another selector.
    pub(crate) reopening: Option<Span>,
}

/// A bad rule in a selector.
#[derive(Clone)]
pub(crate) struct Flaw<'a> {
    pub(crate) kind: ParseErrorKind,
    pub(crate) span: Span,
    /// The rule as it is written, with its quotes.
    text: Cow<'a, str>,
}

impl fmt::Debug for Flaw<'_> {
    /// Without the text, which can be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flaw").field("kind", &self.kind).field("span", &self.span).finish_non_exhaustive()
    }
}

impl PartialEq for SelectorRule<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules && self.quoting == other.quoting && self.flaws == other.flaws
    }
}

impl Eq for SelectorRule<'_> {}

impl PartialEq for Flaw<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.text) == (other.kind, &other.text)
    }
}

impl Eq for Flaw<'_> {}

impl<'a> SelectorRule<'a> {
    /// The rules about keys, channels, commands and databases.
    #[must_use]
    pub fn rules(&self) -> &[Rule<'a>] {
        &self.rules
    }

    /// How the text inside is quoted, which decides what a server makes of it.
    #[must_use]
    pub fn quoting(&self) -> Quoting {
        self.quoting
    }

    /// The word that opens it. Engines without selectors stop at this word.
    #[must_use]
    pub fn opening(&self) -> Span {
        self.opening
    }

    fn into_owned(self) -> SelectorRule<'static> {
        let flaw =
            |flaw: Flaw<'_>| Flaw { text: flaw.text.into_owned().into(), kind: flaw.kind, span: flaw.span };
        SelectorRule {
            rules: self.rules.into_iter().map(Rule::into_owned).collect(),
            flaws: self.flaws.into_iter().map(flaw).collect(),
            quoting: self.quoting,
            opening: self.opening,
            reopening: self.reopening,
        }
    }
}

/// How the text inside a selector's parentheses is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Quoting {
    /// Every engine splits it alike.
    Balanced,
    /// Text continues after a closing quote, `"a"b`: Valkey 9.0 and later join it. All others read the selector as
    /// empty.
    Joined,
    /// A backslash precedes the last quote, `"a\"`: Valkey 9.1 and later read it as the end of the word. All others read
    /// the selector as empty.
    EscapedEnd,
    /// A quote stays open: every engine reads the selector as empty, without an error.
    Unbalanced,
}
