//! Users, and how rules change them: exactly as `ACL SETUSER` does.

mod arguments;
mod channel_source;
mod commands;
mod error;
mod passwords;
mod patterns;
mod selector;
mod steps;
mod texts;

pub use channel_source::ChannelSource;
pub use error::{ApplyError, ApplyErrorKind, ApplyErrors};
pub use selector::Selector;

pub(crate) use arguments::{OpenSelector, joined, merge_selectors};
pub(crate) use commands::{Commands, FirstArguments, LoggedRule, Subject};
pub(crate) use passwords::Passwords;
pub(crate) use patterns::{Channels, Keys};
pub(crate) use selector::Databases;

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use crate::catalog::Catalog;
use crate::dialect::{DefaultChannels, Dialect, Dialects, NewChannels, Quirks, Sanitize};
use crate::quoting::Splitter;
use crate::secret::{PasswordHash, is_bare_sign, mask};
use crate::span::Span;
use crate::syntax::{AccessString, Flaw, ParseError, Quoting, Rule, RuleKind, SelectorRule};
use arguments::open_selector;
use error::{Refusal, Refusals};
use selector::SelectorIdentity;

/// A user of one dialect: how it logs in, and what it may do.
///
/// `Display` prints the canonical form of its dialect, what `ACL LIST` or the cloud service answers.
///
/// ```
/// use redis_acl::{Dialect, User};
///
/// let elasticache: Dialect = "elasticache".parse()?;
/// let user = User::parse(elasticache, "on ~app::* -@all +@read")?;
/// assert!(user.to_string().starts_with("on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit"));
///
/// // two users are equal when they mean the same, whatever the rules were
/// assert_eq!(user, User::parse(elasticache, &user.to_string())?);
/// assert_eq!(user, User::parse(elasticache, "allkeys resetkeys on +@read ~app::*")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Equality is of meaning: order and repetition of patterns, passwords and selectors count for nothing,
/// nor do the rules that gave a command, nor selectors that allow no command. That `+@all` also grants
/// commands to come does count, and so do the user's own keys where it has no commands: later rules would
/// build on them. Users of different dialects are different.
#[derive(Clone, Debug)]
pub struct User {
    catalog: Catalog,
    enabled: bool,
    any_password: bool,
    sanitize: Option<SanitizePayload>,
    passwords: Passwords,
    root: Selector,
    selectors: Vec<Selector>,
}

/// A line of rules, and the user that those make that are not refused.
pub(crate) struct Scan<'t> {
    pub(crate) user: User,
    /// The rules that are well-formed.
    pub(crate) string: AccessString<'t>,
    /// Of each of them, whether it was applied.
    pub(crate) applied: Vec<bool>,
    pub(crate) errors: Option<ApplyErrors>,
}

/// Whether what the user sends to RESTORE is looked through; `None` where nobody has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SanitizePayload {
    Sanitize,
    Skip,
}

impl User {
    /// A new user, as `ACL SETUSER name` makes it: off, without passwords, keys and commands.
    #[must_use]
    pub fn new(dialect: impl Into<Dialect>) -> Self {
        Self::with_catalog(&dialect.into().into())
    }

    /// The same with a catalogue of one's own: [`Catalog::with_commands`].
    #[must_use]
    pub fn with_catalog(catalog: &Catalog) -> Self {
        let quirks = catalog.dialect().quirks();
        let mut user = Self {
            catalog: catalog.clone(),
            enabled: false,
            any_password: false,
            sanitize: (quirks.sanitize == Sanitize::Always).then_some(SanitizePayload::Sanitize),
            passwords: Passwords::default(),
            root: Selector::new(&quirks),
            selectors: Vec::new(),
        };
        user.settle_channels(&quirks);
        user
    }

    /// A new user with these rules applied.
    ///
    /// # Errors
    /// Everything that the dialect refuses, not only the first: see [`ApplyErrors`].
    pub fn parse(dialect: impl Into<Dialect>, text: &str) -> Result<Self, ApplyErrors> {
        Self::parse_with(&dialect.into().into(), text)
    }

    /// The same with a catalogue of one's own: [`Catalog::with_commands`].
    ///
    /// # Errors
    /// As [`User::parse`].
    pub fn parse_with(catalog: &Catalog, text: &str) -> Result<Self, ApplyErrors> {
        let Scan { user, errors, .. } = Self::scan(catalog, text);
        errors.map_or(Ok(user), Err)
    }

    /// The user as each of several engines reads it, in their order. Engines that reject the text are left out.
    ///
    /// ```
    /// use redis_acl::{Dialects, User};
    ///
    /// let dialects: Dialects = "redis-6.2..7.0".parse()?;
    /// let users = User::parse_on(&dialects, "on %R~app:* +@read")?;
    /// assert_eq!(users[0].dialect().to_string(), "redis-7.0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What the newest engine rejects, where no engine accepts the text.
    pub fn parse_on(dialects: &Dialects, text: &str) -> Result<Vec<Self>, ApplyErrors> {
        let users: Vec<_> = dialects.iter().filter_map(|dialect| Self::parse(dialect, text).ok()).collect();
        if users.is_empty() { Self::parse(dialects.newest(), text).map(|user| vec![user]) } else { Ok(users) }
    }

    /// What becomes of a line of rules where those that are refused are left out.
    pub(crate) fn scan<'t>(catalog: &Catalog, text: &'t str) -> Scan<'t> {
        let mut user = Self::with_catalog(catalog);
        let (string, mut errors) = AccessString::scan(text);
        let dialect = user.dialect();
        let (mut refused, quirks) = (Vec::new(), dialect.quirks());
        if quirks.selector_restarts {
            // what the server loses it does not judge
            let restarting: BTreeSet<_> =
                string.rules().iter().filter(|rule| restarts(rule)).map(|rule| rule.span).collect();
            errors.retain(|error| !restarting.contains(&error.rule_span()));
        }
        let bad: BTreeSet<_> = errors.iter().map(ParseError::rule_span).collect();
        let mut apply = |rule: &Rule<'_>| {
            // a rule that is no rule may be refused for another reason first; it must not do anything
            let applied = match bad.contains(&rule.span) {
                false => user.apply_rule(rule, &quirks).map(|()| true),
                true => user.in_outline().apply_rule(rule, &quirks).map(|()| false),
            };
            applied.unwrap_or_else(|refusals| {
                refused.extend(refusals);
                false
            })
        };
        let applied = string.rules().iter().map(&mut apply).collect();
        if errors.is_empty() && refused.is_empty() {
            return Scan { user, string, applied, errors: None };
        }
        let masked = mask(text).into();
        let mut refused: Vec<_> =
            refused.into_iter().map(|refusal| ApplyError::in_line(refusal, &masked, dialect)).collect();
        refused.extend(errors.iter().map(|error| ApplyError::from_parse(error, dialect)));
        Scan { user, string, applied, errors: ApplyErrors::new(refused) }
    }

    /// Applies rules from left to right; all of them, or none.
    ///
    /// ```
    /// # use redis_acl::{AccessString, Engine, User};
    /// let mut user = User::parse(Engine::Redis7_2, "on ~a +@read")?;
    /// user.apply(&AccessString::parse("-get ~b")?)?;
    /// assert_eq!(user.to_string(), "on sanitize-payload ~a ~b resetchannels -@all +@read -get");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first rule that is refused. The user is then as it was.
    pub fn apply(&mut self, rules: &AccessString<'_>) -> Result<(), ApplyError> {
        let (dialect, quirks) = (self.dialect(), self.dialect().quirks());
        let mut changed = self.clone();
        for rule in rules.rules() {
            let applied = changed.apply_rule(rule, &quirks);
            applied.map_err(|refusals| {
                ApplyError::in_line(refusals.first, &mask(rules.text()).into(), dialect)
            })?;
        }
        changed.tidy();
        *self = changed;
        Ok(())
    }

    /// Applies the arguments of an `ACL SETUSER`, each of which is one rule; all of them, or none.
    ///
    /// An argument may hold spaces (`(~a +get)`); one that opens a selector is joined with those behind it
    /// up to the one that closes it; an empty one does nothing.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let mut user = User::new(Engine::Redis7_0);
    /// user.apply_arguments(["on", "(~a", "+get)", ""])?;
    /// assert_eq!(user.to_string(), "on resetchannels -@all (~a resetchannels -@all +get)");
    /// # Ok::<(), redis_acl::ApplyError>(())
    /// ```
    ///
    /// # Errors
    /// What the server reports: a selector left open, else the first argument that is refused. The user
    /// is then as it was.
    pub fn apply_arguments<I>(&mut self, arguments: I) -> Result<(), ApplyError>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let (dialect, quirks) = (self.dialect(), self.dialect().quirks());
        let arguments: Vec<_> = arguments.into_iter().collect();
        let merged = merge_selectors(&arguments, &quirks)
            .map_err(|open| open_selector(arguments[open.opening].as_ref(), dialect))?;
        let mut changed = self.clone();
        let mut before = Cow::Borrowed("");
        for place in merged {
            let argument = joined(&arguments[place]);
            changed.apply_argument(&argument, &before, &quirks).1?;
            if !argument.is_empty() {
                before = argument;
            }
        }
        changed.tidy();
        *self = changed;
        Ok(())
    }

    /// One argument of a list that is merged already, and the one in front of it; also the rule itself, where it
    /// is well-formed.
    pub(crate) fn apply_argument<'a>(
        &mut self,
        argument: &'a str,
        before: &str,
        quirks: &Quirks,
    ) -> (Option<Rule<'a>>, Result<(), ApplyError>) {
        if argument.is_empty() {
            return (None, Ok(()));
        }
        let (rule, error) = Rule::scan(argument);
        let applied = self.apply_scanned(argument, rule.as_ref(), error.as_ref(), quirks);
        // a space behind the `>` makes the password an argument of its own
        let applied =
            applied.map_err(|error| if is_bare_sign(before) { error.behind_bare_sign() } else { error });
        (rule.filter(|_| error.is_none()), applied)
    }

    fn apply_scanned(
        &mut self,
        argument: &str,
        rule: Option<&Rule<'_>>,
        error: Option<&ParseError>,
        quirks: &Quirks,
    ) -> Result<(), ApplyError> {
        let dialect = self.dialect();
        let error = error.map(|error| ApplyError::from_parse(error, dialect));
        let applied = rule.map_or(Ok(()), |rule| self.apply_rule(rule, quirks));
        // an argument is echoed as it is, also where a line of rules would end at its first space
        let whole = Span::new(0, argument.len());
        let in_argument =
            |refusal| ApplyError::in_argument(Refusal { rule: whole, ..refusal }, argument, dialect);
        let refusal = applied.err().map(|refusals| in_argument(refusals.first));
        // in a selector, a server reads and applies rule after rule
        let first = refusal.into_iter().chain(error).min_by_key(|error| error.span().start);
        first.map_or(Ok(()), Err)
    }

    /// A user that is changed again and again must not keep every rule there ever was.
    pub(crate) fn tidy(&mut self) {
        self.root.commands.forget_overridden_rules(&self.catalog);
    }

    /// The dialect whose rules it was given.
    #[must_use]
    #[inline]
    pub fn dialect(&self) -> Dialect {
        self.catalog.dialect()
    }

    /// The commands of its dialect.
    #[must_use]
    #[inline]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Whether it may log in.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether any password will do (`nopass`).
    #[must_use]
    pub fn accepts_any_password(&self) -> bool {
        self.any_password
    }

    /// The hashes of its passwords, in the order in which they were added.
    pub fn password_hashes(&self) -> impl ExactSizeIterator<Item = &PasswordHash> {
        self.passwords.in_order().into_iter()
    }

    /// Whether the user can log in with a password: it is on, and needs no password or has this one
    /// (`ACLCheckUserCredentials`). All hashes are compared, in constant time.
    ///
    /// ```
    /// # use redis_acl::{Engine, User};
    /// let user = User::parse(Engine::Redis7_2, "on >secret >other +@all")?;
    /// assert!(user.authenticate(b"other") && !user.authenticate(b"wrong"));
    /// let user = User::parse(Engine::Redis7_2, "off >secret")?;
    /// assert!(!user.authenticate(b"secret"));
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn authenticate(&self, password: &[u8]) -> bool {
        let is_known = self.passwords.hold_in_constant_time(&PasswordHash::of(password));
        self.enabled && (self.any_password || is_known)
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// What its own rules allow, then each further selector.
    #[inline]
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        core::iter::once(&self.root).chain(&self.selectors)
    }

    #[inline]
    pub(crate) fn further_selectors(&self) -> &[Selector] {
        &self.selectors
    }

    #[inline]
    pub(crate) fn root(&self) -> &Selector {
        &self.root
    }

    /// The same user with other commands in each of its selectors.
    pub(crate) fn with_commands(&self, limit: impl Fn(&Commands) -> Commands) -> Self {
        let mut user = self.clone();
        for selector in core::iter::once(&mut user.root).chain(&mut user.selectors) {
            selector.commands = limit(&selector.commands);
        }
        user
    }

    pub(crate) fn sanitize_payload(&self) -> Option<SanitizePayload> {
        self.sanitize
    }

    // -----------------------------------------------------------------------------------------------
    // Rules

    /// Applies a rule, and then decides the channels that rest on no rule.
    fn apply_rule(&mut self, rule: &Rule<'_>, quirks: &Quirks) -> Result<(), Refusals> {
        self.set_rule(rule, quirks)?;
        self.settle_channels(quirks);
        Ok(())
    }

    /// The channels that rest on what ElastiCache reads back: a string without a channel token leaves them to the
    /// cluster's `acl-pubsub-default`. A lone `resetchannels` is no token, since it is not read back.
    fn settle_channels(&mut self, quirks: &Quirks) {
        let NewChannels::ByReadBack(default) = quirks.new_channels else { return };
        if self.root.channels.are_named() {
            return;
        }
        self.root.channels = match default {
            _ if self.needs_syntax_after_6_0() => Channels::none_by(ChannelSource::ReadBack),
            DefaultChannels::AllChannels => Channels::all_by(ChannelSource::Default),
            DefaultChannels::ResetChannels => Channels::none_by(ChannelSource::Default),
        };
    }

    /// Whether a server of Redis 6.0 could not read this as rules. Channels and commands that it lacks do not count.
    pub(crate) fn needs_syntax_after_6_0(&self) -> bool {
        self.root.databases != Databases::All
            || !self.selectors.is_empty()
            || self.root.keys.have_directed()
            || self.root.commands.deny_subcommands()
    }

    /// `ACLSetUser`. A selector may be refused for several of its rules, the first of which a server names.
    fn set_rule(&mut self, rule: &Rule<'_>, quirks: &Quirks) -> Result<(), Refusals> {
        let refuse = |kind| Err(Refusal { kind, span: rule.span, rule: rule.span });
        if self.dialect().service().is_some() {
            refused_by_services(&rule.kind).map_or(Ok(()), refuse)?;
        }
        match &rule.kind {
            RuleKind::On => self.enabled = true,
            RuleKind::Off => self.enabled = false,
            RuleKind::NoPass => self.set_any_password(true),
            RuleKind::ResetPass => self.set_any_password(false),
            RuleKind::AddPassword(password) => self.add_password(password.hash()),
            RuleKind::AddHash(hash) => self.add_password(*hash),
            RuleKind::RemovePassword(password) if self.passwords.remove(&password.hash()) => {}
            RuleKind::RemoveHash(hash) if self.passwords.remove(hash) => {}
            RuleKind::RemovePassword(_) | RuleKind::RemoveHash(_) => refuse(ApplyErrorKind::NoSuchPassword)?,
            RuleKind::Reset => self.reset(quirks),
            RuleKind::SanitizePayload | RuleKind::SkipSanitizePayload
                if quirks.sanitize == Sanitize::Unknown =>
            {
                refuse(ApplyErrorKind::NeedsSanitizePayload)?;
            }
            RuleKind::SanitizePayload => self.set_sanitize(SanitizePayload::Sanitize, quirks),
            RuleKind::SkipSanitizePayload => self.set_sanitize(SanitizePayload::Skip, quirks),
            RuleKind::Selector(_) | RuleKind::ClearSelectors if !quirks.selectors => {
                return Err(no_selectors(rule).into());
            }
            RuleKind::ClearSelectors => self.selectors.clear(),
            RuleKind::Selector(selector) => {
                let selector = self.new_selector(selector, rule.span, quirks)?;
                self.selectors.push(selector);
            }
            _ => self.root.apply_rule(rule, rule.span, &self.catalog, quirks)?,
        }
        Ok(())
    }

    /// A user that refuses what this one refuses of patterns and selectors, without the long lists of this one.
    fn in_outline(&self) -> Self {
        let mut outline = Self::with_catalog(&self.catalog);
        if self.root.keys.are_all() {
            outline.root.keys.set_all();
        }
        outline.root.channels = self.root.channels.without_patterns();
        outline
    }

    fn set_any_password(&mut self, any: bool) {
        self.any_password = any;
        self.passwords = Passwords::default();
    }

    fn add_password(&mut self, hash: PasswordHash) {
        self.passwords.add(hash);
        self.any_password = false;
    }

    fn set_sanitize(&mut self, sanitize: SanitizePayload, quirks: &Quirks) {
        if quirks.sanitize != Sanitize::Ignored {
            self.sanitize = Some(sanitize);
        }
    }

    /// `reset` gives up everything, one thing after the other; the sanitize flag it sets where there is one.
    fn reset(&mut self, quirks: &Quirks) {
        *self = Self::with_catalog(&self.catalog);
        if matches!(quirks.sanitize, Sanitize::WhenGiven | Sanitize::Always) {
            self.sanitize = Some(SanitizePayload::Sanitize);
        }
    }

    /// `ACLCreateSelectorFromOpArg`
    fn new_selector(
        &self,
        rule: &SelectorRule<'_>,
        whole: Span,
        quirks: &Quirks,
    ) -> Result<Selector, Refusals> {
        if let (Some(span), true) = (rule.reopening, quirks.selector_restarts) {
            return Err(Refusal { kind: ApplyErrorKind::SelectorRestarts, span, rule: whole }.into());
        }
        let mut selector = Selector::new(quirks);
        let (rules, flaws) = seen(rule, quirks);
        let mut apply = |rule| selector.apply_rule(rule, whole, &self.catalog, quirks).err();
        let mut refusals: Vec<_> = rules.iter().filter_map(&mut apply).collect();
        let flaw = |flaw: &Flaw<'_>| Refusal {
            kind: ApplyErrorKind::Syntax(flaw.kind),
            span: flaw.span,
            rule: whole,
        };
        refusals.extend(flaws.iter().map(flaw));
        // a server reads and applies rule after rule
        refusals.sort_by_key(|refusal| refusal.span.start);
        let mut refusals = refusals.into_iter();
        match refusals.next() {
            None => Ok(selector),
            Some(first) => Err(Refusals { first, others: refusals.collect() }),
        }
    }
}

impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.catalog == other.catalog
            && self.enabled == other.enabled
            && self.any_password == other.any_password
            && (self.sanitize == Some(SanitizePayload::Skip))
                == (other.sanitize == Some(SanitizePayload::Skip))
            && self.passwords == other.passwords
            && self.root == other.root
            && self.telling_selectors() == other.telling_selectors()
    }
}

impl Eq for User {}

impl User {
    /// The further selectors that allow anything; no later rule can change one.
    fn telling_selectors(&self) -> BTreeSet<SelectorIdentity<'_>> {
        let telling = self.selectors.iter().filter(|selector| !selector.commands.are_none());
        telling.map(Selector::identity).collect()
    }
}

/// The rules of a selector that a server sees, and what is wrong with them. A text that it cannot split makes an empty
/// selector, without an error.
fn seen<'r, 't>(rule: &'r SelectorRule<'t>, quirks: &Quirks) -> (&'r [Rule<'t>], &'r [Flaw<'t>]) {
    let splits = match rule.quoting {
        Quoting::Balanced => true,
        Quoting::Joined => quirks.splitter >= Splitter::Valkey9_0,
        Quoting::EscapedEnd => quirks.selector_ends_at_last_quote,
        Quoting::Unbalanced => false,
    };
    if splits { (&rule.rules, &rule.flaws) } else { (&[], &[]) }
}

/// The same without what is wrong with them.
pub(crate) fn rules_seen<'r, 't>(rule: &'r SelectorRule<'t>, quirks: &Quirks) -> &'r [Rule<'t>] {
    seen(rule, quirks).0
}

/// Whether it is a selector in which another one opens.
fn restarts(rule: &Rule<'_>) -> bool {
    matches!(&rule.kind, RuleKind::Selector(selector) if selector.reopening.is_some())
}

/// What cloud services refuse whatever the engine: passwords are members of the request, and `reset` is
/// documented as not supported.
fn refused_by_services(kind: &RuleKind<'_>) -> Option<ApplyErrorKind> {
    match kind {
        RuleKind::NoPass
        | RuleKind::ResetPass
        | RuleKind::AddPassword(_)
        | RuleKind::RemovePassword(_)
        | RuleKind::AddHash(_)
        | RuleKind::RemoveHash(_) => Some(ApplyErrorKind::PasswordInService),
        RuleKind::Reset => Some(ApplyErrorKind::ResetInService),
        _ => None,
    }
}

/// A server without selectors stops at the word that opens one.
fn no_selectors(rule: &Rule<'_>) -> Refusal {
    let word = match &rule.kind {
        RuleKind::Selector(selector) => selector.opening,
        _ => rule.span,
    };
    Refusal { kind: ApplyErrorKind::NeedsSelectors, span: rule.span, rule: word }
}
