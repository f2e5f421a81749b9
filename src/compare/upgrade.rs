//! The same access string under another engine: what it gains and loses, and one that does neither.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::search::{Finding, Findings};
use super::transition::Transition;
use super::{CommandGroup, Difference, Excess, simplify};
use crate::access::{Effect, KeyAccess};
use crate::catalog::{Catalog, Command, CommandSet, Request};
use crate::dialect::{Dialect, Feature};
use crate::glob;
use crate::syntax::{AccessString, Rule, RuleKind};
use crate::user::{ApplyErrors, ChannelSource, Databases, SanitizePayload, Selector, User};

/// What becomes of an access string under another engine: [`upgrade`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Upgrade {
    same: Result<Transition, ApplyErrors>,
    exact: Result<Replacement, Inexpressible>,
    lossless: Result<Replacement, Inexpressible>,
    notes: Vec<String>,
}

/// A string to write for the new engine, and what changes with it.
#[derive(Clone, Debug)]
pub struct Replacement {
    text: String,
    transition: Transition,
}

/// The new engine cannot say what the old string grants without granting more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dialect} cannot express this user: {what}")]
pub struct Inexpressible {
    dialect: Dialect,
    what: String,
}

/// Reads an access string under two engines, compares what its rules grant, and proposes two strings for the new one:
/// one that grants exactly what the string granted before, and one that loses nothing.
///
/// ```
/// use redis_acl::Engine;
/// use redis_acl::compare::upgrade;
///
/// // Redis 7.0 gives new users no channels
/// let plan = upgrade("on ~app:* +get +publish", Engine::Redis6_2, Engine::Redis7_0)?;
/// let same = plan.same().unwrap();
/// assert!(!same.is_same());
/// let lost = same.difference().comparison().only_first();
/// assert_eq!(lost.witness().unwrap().to_string(), "PUBLISH a 1");
/// assert_eq!(plan.exact().unwrap().text(), "on ~app:* &* -@all +publish +get");
/// assert_eq!(plan.lossless().unwrap().text(), "on ~app:* +get +publish &*");
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
///
/// # Errors
/// When the old engine rejects the string.
pub fn upgrade(text: &str, from: impl Into<Dialect>, to: impl Into<Dialect>) -> Result<Upgrade, ApplyErrors> {
    upgrade_within(glob::WORK, text, from, to)
}

/// [`upgrade`] with another bound on the work, for each comparison.
///
/// # Errors
/// As [`upgrade`].
pub fn upgrade_within(
    work: usize,
    text: &str,
    from: impl Into<Dialect>,
    to: impl Into<Dialect>,
) -> Result<Upgrade, ApplyErrors> {
    let (old, to) = (User::parse(from, text)?, to.into());
    let new = User::parse(to, text);
    let notes = channel_notes(&old, new.as_ref().ok());
    let same = new.map(|new| Transition::of(work, &old, &new));
    let exact = Replacement::exact(work, &old, to);
    let lossless = Replacement::lossless(work, text, &old, to);
    Ok(Upgrade { same, exact, lossless, notes })
}

/// On what the channels rest that either engine gives, where these are not the same.
fn channel_notes(old: &User, new: Option<&User>) -> Vec<String> {
    let note = |user: &User| {
        let note = user.root().channel_note(user.dialect())?;
        Some(format!("{}: {note}", user.dialect()))
    };
    let differ = |new: &&User| old.root().channels.are_all() != new.root().channels.are_all();
    match new.filter(differ) {
        Some(new) => [old, new].into_iter().filter_map(note).collect(),
        None => Vec::new(),
    }
}

impl Upgrade {
    /// The same string under the new engine: what changes, or the rules that are rejected there, each with help.
    ///
    /// # Errors
    /// What the new engine rejects.
    pub fn same(&self) -> Result<&Transition, &ApplyErrors> {
        self.same.as_ref()
    }

    /// A string for the new engine that grants what the old one granted, and nothing else.
    /// [`Replacement::transition`] reports what the new engine cannot grant, and shows a command that it lets pass but
    /// which then fails by itself: such commands are kept.
    ///
    /// # Errors
    /// When each string would grant more, and what stands in the way.
    pub fn exact(&self) -> Result<&Replacement, &Inexpressible> {
        self.exact.as_ref()
    }

    /// A string for the new engine that loses nothing which a rule can keep. It is the given string, with as few rules
    /// added as possible; [`Replacement::transition`] lists what it gains, and what no rule can keep.
    ///
    /// # Errors
    /// When no such string was found.
    pub fn lossless(&self) -> Result<&Replacement, &Inexpressible> {
        self.lossless.as_ref()
    }

    /// What the channels of the string rest on, where no rule names any and the engines differ in it.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl Replacement {
    /// The string. It holds hashes of passwords, never a password, and neither where a service keeps them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What changes with it, which cannot be helped. Of the exact string: commands that the new engine lets do more than
    /// the old one did, which are therefore left out. Of the lossless string: all that is gained. Of both: commands that
    /// the new engine does not have.
    pub fn transition(&self) -> &Transition {
        &self.transition
    }

    /// [`Transition::difference`] of it.
    pub fn difference(&self) -> &Difference {
        self.transition.difference()
    }

    /// The given string if it loses nothing; else with rules added; else a translation, rule by rule.
    fn lossless(work: usize, text: &str, old: &User, to: Dialect) -> Result<Self, Inexpressible> {
        let refuse = |what| Inexpressible { dialect: to, what };
        let given = without_passwords(text, to);
        let added = added(work, &given, old, to);
        let translated = translated(old, to);
        // what is lost even with the same rules, the engine takes: `SORT … BY` needs all keys since 7.0
        let of_engine = translated.as_ref().ok().and_then(|text| Self::of(work, text.clone(), old, to));
        let candidates = [Some(given), added, translated.as_ref().ok().cloned()];
        let mut candidates =
            candidates.into_iter().flatten().filter_map(|text| Self::of(work, text, old, to));
        let keeps_all = |found: &Self| {
            let of_engine = of_engine.as_ref().map(Self::transition);
            found.transition.loses_nothing()
                || of_engine.is_some_and(|engine| found.transition.loses_no_more_than(engine))
        };
        match (candidates.find(keeps_all), translated) {
            (Some(found), _) => Ok(found),
            (None, Err(what)) => Err(refuse(what)),
            (None, Ok(_)) => Err(refuse("every string that was tried loses something".into())),
        }
    }

    /// What changes with the string, if the new engine accepts it.
    fn of(work: usize, text: String, old: &User, to: Dialect) -> Option<Self> {
        let new = User::parse(to, &text).ok()?;
        Some(Self { transition: Transition::of(work, old, &new), text })
    }

    /// Where the new engine lets a command do more than the old one did, the command is left out; this may
    /// show another one, but there are only so many.
    fn exact(work: usize, old: &User, to: Dialect) -> Result<Self, Inexpressible> {
        let refuse = |what| Inexpressible { dialect: to, what };
        let catalog = to.into();
        let mut translation = Translation { old, to: &catalog, without: CommandSet::EMPTY };
        loop {
            let text = translation.line().map_err(refuse)?;
            let new = User::parse(to, &text).map_err(|errors| refuse(errors.first().to_string()))?;
            let findings = Excess::findings(&new, old, &mut { work });
            let wider = wider_commands(&findings, &new) - translation.without;
            if !wider.is_empty() {
                translation.without |= wider;
                continue;
            }
            let transition = Transition::of(work, old, &new);
            return match what_else_is_more(transition.difference(), &findings, &new) {
                Some(more) => Err(refuse(more)),
                None => Ok(Self { text: with_default_channels(old, &new, simplify(&new)), transition }),
            };
        }
    }
}

/// The string without `&*`, if the old user has all channels by default and the new one has them without a rule too.
fn with_default_channels(old: &User, new: &User, text: String) -> String {
    let plain = text.replacen(" &* ", " ", 1);
    let is_same = || User::parse(new.dialect(), &plain).is_ok_and(|plain| plain == *new);
    if old.root().channel_source() != ChannelSource::Rules && is_same() { plain } else { text }
}

/// The rules of a user in the words of another dialect, in their shortest form.
fn translated(old: &User, to: Dialect) -> Result<String, String> {
    let catalog = to.into();
    let text = Translation { old, to: &catalog, without: CommandSet::EMPTY }.line()?;
    Ok(User::parse(to, &text).map_or(text, |new| with_default_channels(old, &new, simplify(&new))))
}

/// The string with rules added for what it loses under the new engine; `None` where that rejects it.
fn added(work: usize, given: &str, old: &User, to: Dialect) -> Option<String> {
    let new = User::parse(to, given).ok()?;
    let transition = Transition::of(work, old, &new);
    let lost = transition.lost();
    let names = lost.commands().iter().flat_map(CommandGroup::commands);
    let commands = names.map(|name| format!("+{name}"));
    let words = lost.keys().iter().chain(lost.channels()).cloned().chain(commands);
    Some(core::iter::once(given.to_owned()).chain(words).collect::<Vec<_>>().join(" "))
}

/// The rules of a string with hashes for its passwords; without any where a service keeps them.
fn without_passwords(text: &str, to: Dialect) -> String {
    let (string, _) = AccessString::scan(text);
    let word = |rule: &Rule<'_>| match &rule.kind {
        RuleKind::AddPassword(_)
        | RuleKind::AddHash(_)
        | RuleKind::RemovePassword(_)
        | RuleKind::RemoveHash(_)
        | RuleKind::NoPass
        | RuleKind::ResetPass
            if to.service().is_some() =>
        {
            None
        }
        RuleKind::AddPassword(password) => Some(format!("#{}", password.hash())),
        RuleKind::RemovePassword(password) => Some(format!("!{}", password.hash())),
        _ => Some(text[rule.span.range()].to_owned()),
    };
    string.rules().iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

/// The commands with requests that the new user gains, but for those that every user may send, and for requests that
/// the command refuses itself. Before 7.0 it is not known which these are.
fn wider_commands(findings: &Findings, new: &User) -> CommandSet {
    let quirks = new.dialect().quirks();
    let is_refused = |finding: &&Finding| finding.is_odd() && quirks.has(Feature::Subcommands);
    let is_open =
        |id| new.catalog().get(id).is_some_and(|command: Command<'_>| command.is_open_to_all(&quirks));
    findings
        .requests
        .iter()
        .filter(|finding| !is_refused(finding))
        .map(|finding| finding.command)
        .filter(|id| !is_open(*id))
        .collect()
}

/// What leaving commands out does not help against.
fn what_else_is_more(difference: &Difference, findings: &Findings, new: &User) -> Option<String> {
    let excess = difference.comparison().only_second();
    match excess.witness() {
        _ if excess.is_undecided() => {
            Some("whether it would grant more is inconclusive within the work limit".into())
        }
        Some(witness) if !wider_commands(findings, new).is_empty() => {
            Some(format!("it would also allow `{witness}`"))
        }
        _ => excess.told().into_iter().next(),
    }
}

/// One user's rules, in the words of another dialect.
struct Translation<'a> {
    old: &'a User,
    to: &'a Catalog,
    /// Commands of the new engine that are not to be allowed.
    without: CommandSet,
}

/// How much of a command is allowed.
enum Use<'u> {
    Whole,
    /// With these first arguments only; none at all if there are none.
    Some(Vec<&'u str>),
}

impl<'u> Translation<'u> {
    fn has(&self, feature: Feature) -> bool {
        self.to.dialect().quirks().has(feature)
    }

    fn lacks(&self, what: &str) -> String {
        format!("it has no {what}")
    }

    fn line(&self) -> Result<String, String> {
        let mut words = vec![if self.old.is_enabled() { "on" } else { "off" }.to_owned()];
        // services keep passwords apart from access strings
        if self.to.dialect().service().is_none() {
            words.extend(self.old.accepts_any_password().then(|| "nopass".to_owned()));
            words.extend(self.old.password_hashes().map(|hash| format!("#{hash}")));
        }
        if self.old.sanitize_payload() == Some(SanitizePayload::Skip) && self.has(Feature::SanitizePayload) {
            words.push("skip-sanitize-payload".to_owned());
        }
        words.extend(self.selector(self.old.root())?);
        let further = self.old.further_selectors().iter().filter(|selector| !selector.commands.are_none());
        for selector in further {
            if !self.has(Feature::Selectors) {
                return Err(self.lacks("selectors; create a user for each"));
            }
            words.push(format!("({})", self.selector(selector)?.join(" ")));
        }
        Ok(words.join(" "))
    }

    fn selector(&self, selector: &Selector) -> Result<Vec<String>, String> {
        let mut words = self.keys(selector)?;
        words.extend(self.channels(selector));
        words.extend(self.databases(selector));
        words.extend(self.commands(selector));
        Ok(words)
    }

    fn keys(&self, selector: &Selector) -> Result<Vec<String>, String> {
        if selector.keys.are_all() {
            return Ok(vec!["~*".to_owned()]);
        }
        let directed = self.has(Feature::KeyPermissions);
        let rule = |(pattern, access): (&str, KeyAccess)| match access {
            // `~*` would be all keys, the empty one among them
            KeyAccess::ReadWrite if pattern == "*" && directed => Ok("%RW~*".to_owned()),
            KeyAccess::ReadWrite if pattern == "*" => Ok("~**".to_owned()),
            access if directed || access == KeyAccess::ReadWrite => {
                Ok(format!("{}{pattern}", access.prefix()))
            }
            access => Err(self.lacks(&format!("key permissions such as `{}{pattern}`", access.prefix()))),
        };
        selector.keys.iter().map(rule).collect()
    }

    fn channels(&self, selector: &Selector) -> Vec<String> {
        if !self.has(Feature::Channels) {
            return Vec::new();
        }
        if selector.channels.are_all() {
            return vec!["&*".to_owned()];
        }
        let patterns = selector.channels.iter().map(|pattern| format!("&{pattern}"));
        core::iter::once("resetchannels".to_owned()).chain(patterns).collect()
    }

    fn databases(&self, selector: &Selector) -> Option<String> {
        match &selector.databases {
            Databases::Listed(ids) if self.has(Feature::Databases) => {
                let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
                Some(if ids.is_empty() { "resetdbs".to_owned() } else { format!("db={}", ids.join(",")) })
            }
            _ => None,
        }
    }

    /// Command by command, from nothing or from `+@all`.
    fn commands(&self, selector: &'u Selector) -> Vec<String> {
        let base = if selector.allows_future_commands() { Effect::Allow } else { Effect::Deny };
        let mut rules = vec![format!("{}@all", base.sign())];
        let quirks = self.to.dialect().quirks();
        let is_asked = |command: &Command<'_>| !command.is_subcommand() && !command.is_open_to_all(&quirks);
        for command in self.to.commands().filter(is_asked) {
            let own = self.use_of(selector, command);
            self.rule(base, command, &own, &mut rules);
            let whole = matches!(own, Use::Whole);
            let now = if whole { Effect::Allow } else { Effect::Deny };
            for subcommand in command.subcommands() {
                self.rule(now, subcommand, &self.use_of(selector, subcommand), &mut rules);
            }
        }
        rules
    }

    /// The rules that make of a command, which has been allowed or denied with others, what it shall be.
    fn rule(&self, now: Effect, command: Command<'_>, shall: &Use<'_>, rules: &mut Vec<String>) {
        let name = command.name();
        match (now, shall) {
            (Effect::Allow, Use::Whole) => {}
            (Effect::Deny, Use::Whole) => rules.push(format!("+{name}")),
            (now, Use::Some(arguments)) => {
                rules.extend((now == Effect::Allow).then(|| format!("-{name}")));
                // a container of the new engine has no first arguments, its subcommands are asked themselves
                let arguments = arguments.iter().filter(|_| !command.is_container());
                rules.extend(arguments.map(|argument| format!("+{name}|{argument}")));
            }
        }
    }

    /// How much of a command of the new engine the old selector allows.
    fn use_of(&self, selector: &'u Selector, command: Command<'_>) -> Use<'u> {
        let catalog = self.old.catalog();
        let words: Vec<_> = command.name().split('|').collect();
        let known = catalog.lookup(Request::new(&words)).filter(|_| !self.without.contains(command.id()));
        let Some(known) = known else { return Use::Some(Vec::new()) };
        let given: Vec<_> = selector.first_arguments_of(known.id()).collect();
        match words[..] {
            _ if selector.commands().contains(known.id()) && !known.is_container() => Use::Whole,
            // where there are no subcommands, the name of one is a first argument
            [_, subcommand] if !known.name().contains('|') => {
                match given.iter().any(|argument| argument.eq_ignore_ascii_case(subcommand)) {
                    true => Use::Whole,
                    false => Use::Some(Vec::new()),
                }
            }
            _ if known.is_container() => self.use_of_container(selector, known, command),
            _ => Use::Some(given),
        }
    }

    /// A container by its subcommands, which are what it can be used for.
    fn use_of_container(&self, selector: &'u Selector, known: Command<'u>, command: Command<'_>) -> Use<'u> {
        let is_allowed = |subcommand: &Command<'u>| selector.commands().contains(subcommand.id());
        let allowed: Vec<_> = known.subcommands().filter(is_allowed).collect();
        let all_are = allowed.len() == known.subcommands().count();
        // by itself a container is no request, but for `COMMAND`
        if all_are && !known.takes(1) || is_allowed(&known) && (all_are || command.is_container()) {
            return Use::Whole;
        }
        if command.is_container() {
            return Use::Some(Vec::new());
        }
        Use::Some(allowed.iter().filter_map(|one| Some(one.name().split_once('|')?.1)).collect())
    }
}

impl fmt::Display for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.same {
            Ok(transition) => write!(f, "the same string: {transition}")?,
            Err(errors) => {
                write!(f, "the same string is rejected")?;
                errors.iter().try_for_each(|error| write!(f, "\n  {error}"))?;
            }
        }
        match &self.exact {
            Ok(Replacement { text, transition }) if transition.is_same() => {
                write!(f, "\nto grant the same: {text}")?;
            }
            Ok(Replacement { text, .. }) => write!(f, "\nto grant as nearly as possible the same: {text}")?,
            Err(error) => write!(f, "\n{error}")?,
        }
        match &self.lossless {
            Ok(Replacement { text, transition }) if transition.loses_nothing() => {
                write!(f, "\nto lose nothing: {text}")
            }
            Ok(Replacement { text, .. }) => write!(f, "\nto lose as little as possible: {text}"),
            Err(error) => write!(f, "\n{error}"),
        }
    }
}
