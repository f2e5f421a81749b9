//! The same access string under another engine: what it gains and loses, and one that does neither.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::search::{Finding, Findings};
use super::{Difference, Excess, difference_within, simplify};
use crate::access::{Effect, KeyAccess};
use crate::catalog::{Catalog, Command, CommandSet, Request};
use crate::dialect::{Dialect, Feature};
use crate::glob;
use crate::user::{ApplyErrors, Databases, SanitizePayload, Selector, User};

/// What becomes of an access string under another engine: [`upgrade`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Upgrade {
    same: Result<Difference, ApplyErrors>,
    exact: Result<Exact, Inexpressible>,
}

/// A string for the new engine that grants what the old one granted, as far as the new one can.
#[derive(Clone, Debug)]
pub struct Exact {
    text: String,
    difference: Difference,
}

/// The new engine cannot say what the old string grants without granting more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dialect} cannot express this user: {what}")]
pub struct Inexpressible {
    dialect: Dialect,
    what: String,
}

/// Reads an access string under one engine and asks what it is under another, and what to write there instead so
/// that nothing is gained.
///
/// ```
/// use redis_acl::Engine;
/// use redis_acl::compare::upgrade;
///
/// // Redis 7.0 gives new users no channels
/// let upgrade = upgrade("on ~app:* +get +publish", Engine::Redis6_2, Engine::Redis7_0)?;
/// let same = upgrade.same().unwrap();
/// assert_eq!(same.comparison().only_first().witness().unwrap().to_string(), "PUBLISH a 1");
/// assert_eq!(upgrade.exact().unwrap().text(), "on ~app:* &* -@all +publish +get");
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
///
/// # Errors
/// When the old engine refuses the string.
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
    let same = User::parse(to, text).map(|new| difference_within(work, &old, &new));
    let exact = Exact::of(work, &old, to);
    Ok(Upgrade { same, exact })
}

impl Upgrade {
    /// The same string under the new engine: how it differs, or the rules that are refused there, each with help.
    ///
    /// # Errors
    /// What the new engine refuses.
    pub fn same(&self) -> Result<&Difference, &ApplyErrors> {
        self.same.as_ref()
    }

    /// A string for the new engine that grants what the old one granted, and nothing else. [`Exact::difference`]
    /// tells what the new engine cannot grant, and shows a request that it lets pass to a command which refuses it
    /// itself: such commands are kept.
    ///
    /// # Errors
    /// When there is none that would not grant more, and what stands in the way.
    pub fn exact(&self) -> Result<&Exact, &Inexpressible> {
        self.exact.as_ref()
    }
}

impl Exact {
    /// The string, in its shortest form. Passwords are not in it where a service keeps them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What cannot be helped: commands that the new engine does not have, or lets do more than the old one and that
    /// are left out therefore; and those that it lets every user send.
    pub fn difference(&self) -> &Difference {
        &self.difference
    }

    /// Where the new engine lets a command do more than the old one did, the command is left out; this may
    /// show another one, but there are only so many.
    fn of(work: usize, old: &User, to: Dialect) -> Result<Self, Inexpressible> {
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
            let difference = difference_within(work, old, &new);
            return match what_else_is_more(&difference, &findings, &new) {
                Some(more) => Err(refuse(more)),
                None => Ok(Self { text: simplify(&new), difference }),
            };
        }
    }
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
        _ if excess.is_undecided() => Some("whether it would grant more could not be told".into()),
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
                return Err(self.lacks("selectors; make a user of each"));
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
            Ok(difference) => write!(f, "the same string: {difference}")?,
            Err(errors) => {
                write!(f, "the same string is refused")?;
                errors.iter().try_for_each(|error| write!(f, "\n  {error}"))?;
            }
        }
        match &self.exact {
            Ok(exact) => write!(f, "\nto grant the same: {}", exact.text),
            Err(error) => write!(f, "\n{error}"),
        }
    }
}
