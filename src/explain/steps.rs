//! Rules applied one by one: what each of them changed.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::changes::{Change, ChannelChange, CommandChange, FirstArgumentChange, KeyChange};
use super::{KeyPattern, Login};
use crate::access::KeyAccess;
use crate::catalog::{Catalog, CommandId, CommandSet};
use crate::dialect::Quirks;
use crate::span::Span;
use crate::syntax::{AccessString, Rule, RuleKind};
use crate::user::{Selector, User, rules_seen};

/// A rule, and what it changed where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    span: Span,
    /// Masked.
    rule: String,
    changes: Vec<Change>,
    inside: Vec<Step>,
}

impl Step {
    fn new(rule: &Rule<'_>, masked: &str, changes: Vec<Change>, inside: Vec<Self>) -> Self {
        Self { span: rule.span, rule: masked[rule.span.range()].to_owned(), changes, inside }
    }

    /// Where the rule stands in the text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The rule as it was written, a password masked.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What it changed; nothing where all that it says was so already.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Of a selector each rule between the parentheses that the server sees, and what it changed there.
    #[must_use]
    pub fn inside(&self) -> &[Self] {
        &self.inside
    }

    /// What it changed, in words: `1 command removed: get`.
    #[must_use]
    pub fn effect(&self) -> String {
        self.words().plain()
    }
}

/// The rules of a string that the dialect accepts, each with what it changed.
pub(super) fn steps(catalog: &Catalog, string: &AccessString<'_>, masked: &str) -> Vec<Step> {
    let quirks = catalog.dialect().quirks();
    let mut user = User::with_catalog(catalog);
    let mut before = UserBefore::of(&user);
    let step = |rule: &Rule<'_>| {
        let is_taken = user.takes(rule, &quirks);
        debug_assert!(is_taken, "only strings without errors are explained");
        let changes = before.catch_up(rule, &user);
        let inside = steps_inside(rule, catalog, &quirks, masked);
        Step::new(rule, masked, changes, inside)
    };
    string.rules().iter().map(step).collect()
}

/// The same of the rules between parentheses.
fn steps_inside(rule: &Rule<'_>, catalog: &Catalog, quirks: &Quirks, masked: &str) -> Vec<Step> {
    let RuleKind::Selector(written) = &rule.kind else { return Vec::new() };
    let mut selector = Selector::unwritten(quirks);
    let mut before = Before::of(&selector);
    let step = |rule: &Rule<'_>| {
        let is_taken = selector.takes(rule, catalog, quirks);
        debug_assert!(is_taken, "only strings without errors are explained");
        Step::new(rule, masked, before.catch_up(rule, &selector, catalog), Vec::new())
    };
    rules_seen(written, quirks).iter().map(step).collect()
}

// ---------------------------------------------------------------------------------------------------
// Before and after

/// What a user was before a rule.
struct UserBefore {
    login: Login,
    passwords: usize,
    selectors: usize,
    root: Before,
}

impl UserBefore {
    fn of(user: &User) -> Self {
        Self {
            login: Login::of(user),
            passwords: user.passwords().len(),
            selectors: user.further_selectors().len(),
            root: Before::of(user.root()),
        }
    }

    /// Becomes what the user is behind the rule, and tells what that changes.
    fn catch_up(&mut self, rule: &Rule<'_>, user: &User) -> Vec<Change> {
        let mut changes = self.login_changes(user);
        changes.extend(self.password_change(user));
        changes.extend(self.root.catch_up(rule, user.root(), user.catalog()));
        changes.extend(self.selector_changes(user.further_selectors()));
        changes
    }

    fn login_changes(&mut self, user: &User) -> Vec<Change> {
        let now = Login::of(user);
        let before = core::mem::replace(&mut self.login, now);
        let mut changes = Vec::new();
        if before.enabled != now.enabled {
            changes.push(Change::Login { enabled: now.enabled });
        }
        if before.any_password != now.any_password {
            changes.push(Change::AnyPassword { accepted: now.any_password });
        }
        if before.skips_sanitizing != now.skips_sanitizing {
            changes.push(Change::Sanitizing { sanitized: !now.skips_sanitizing });
        }
        changes
    }

    /// INVARIANT of users: a rule adds a password, takes one away, or all of them.
    fn password_change(&mut self, user: &User) -> Option<Change> {
        let now = user.passwords().len();
        let before = core::mem::replace(&mut self.passwords, now);
        let (added, removed) = (now.saturating_sub(before), before.saturating_sub(now));
        (now != before).then_some(Change::Passwords { added, removed })
    }

    fn selector_changes(&mut self, now: &[Selector]) -> Vec<Change> {
        let before = core::mem::replace(&mut self.selectors, now.len());
        let removed = before.saturating_sub(now.len());
        let mut changes = Vec::new();
        if removed > 0 {
            changes.push(Change::SelectorsRemoved { count: removed });
        }
        let added = |(place, selector): (usize, &Selector)| Change::SelectorAdded {
            number: place + 1,
            empty: selector.commands.are_none(),
        };
        changes.extend(now.iter().enumerate().skip(before).map(added));
        changes
    }
}

/// What a selector allowed before a rule. It is kept up with the selector, so that long lists are not copied for every
/// rule.
///
/// INVARIANT of users: a rule puts one text at the end of a list, widens one pattern, or does away with all of a list.
/// So a list that still has what was its last text has all of them.
struct Before {
    commands: CommandSet,
    future: bool,
    first_arguments: BTreeMap<CommandId, Vec<String>>,
    all_keys: bool,
    keys: Vec<KeyPattern>,
    all_channels: bool,
    channels: Vec<String>,
    databases: Option<Vec<u32>>,
}

impl Before {
    /// Of a selector without patterns and first arguments, as each is at first.
    fn of(selector: &Selector) -> Self {
        Self {
            commands: *selector.commands(),
            future: selector.allows_future_commands(),
            first_arguments: BTreeMap::new(),
            all_keys: selector.keys.are_all(),
            keys: Vec::new(),
            all_channels: selector.channels.are_all(),
            channels: Vec::new(),
            databases: selector.databases().map(<[u32]>::to_vec),
        }
    }

    /// Becomes what the selector is behind the rule, and tells what that changes.
    fn catch_up(&mut self, rule: &Rule<'_>, now: &Selector, catalog: &Catalog) -> Vec<Change> {
        let commands = CommandChange::between(&self.commands, now.commands(), catalog);
        self.commands = *now.commands();
        let changes = [
            commands.map(Change::Commands),
            self.future_change(now),
            self.first_argument_change(now, catalog),
            self.key_change(rule, now),
            self.channel_change(now),
            self.database_change(rule, now),
        ];
        changes.into_iter().flatten().collect()
    }

    fn future_change(&mut self, now: &Selector) -> Option<Change> {
        let granted = now.allows_future_commands();
        let before = core::mem::replace(&mut self.future, granted);
        (before != granted).then_some(Change::FutureCommands { granted })
    }

    fn first_argument_change(&mut self, now: &Selector, catalog: &Catalog) -> Option<Change> {
        let mut change = FirstArgumentChange::default();
        let named = |id: &CommandId, arguments: Vec<String>| {
            let name = catalog.name(*id);
            arguments.into_iter().map(move |argument| format!("{name}|{argument}"))
        };
        let telling: BTreeMap<_, _> = now.commands.telling_arguments().collect();
        self.first_arguments.retain(|id, known| {
            let is_told = telling.contains_key(id);
            if !is_told {
                let is_covered = now.commands().contains(*id);
                let list = if is_covered { &mut change.covered } else { &mut change.removed };
                list.extend(named(id, core::mem::take(known)));
            }
            is_told
        });
        for (id, arguments) in telling {
            let known = self.first_arguments.entry(*id).or_default();
            let (added, removed) = follow(known, |from| arguments.tail(from));
            change.added.extend(named(id, added));
            change.removed.extend(named(id, removed));
        }
        (change != FirstArgumentChange::default()).then_some(Change::FirstArguments(change))
    }

    fn key_change(&mut self, rule: &Rule<'_>, now: &Selector) -> Option<Change> {
        let all = now.keys.are_all();
        let were_all = core::mem::replace(&mut self.all_keys, all);
        let is_kept = is_kept(self.keys.last().map(KeyPattern::pattern), self.keys.len(), |from| {
            now.keys.tail(from).map(|(pattern, _)| pattern)
        });
        let removed: Vec<_> = if is_kept { Vec::new() } else { self.keys.drain(..).collect() };
        let widened: Vec<_> = self.widen(rule, now).into_iter().collect();
        let key = |(pattern, access): (&str, KeyAccess)| KeyPattern::new(pattern, access);
        let added: Vec<_> = now.keys.tail(self.keys.len()).map(key).collect();
        self.keys.extend_from_slice(&added);
        let is_same = all == were_all && added.is_empty() && widened.is_empty() && removed.is_empty();
        (!is_same).then_some(Change::Keys(KeyChange { all, were_all, added, widened, removed }))
    }

    /// Gives the rule's pattern, if it was there before, the access that it has now; where that is news.
    fn widen(&mut self, rule: &Rule<'_>, now: &Selector) -> Option<KeyPattern> {
        let RuleKind::Key { pattern, .. } = &rule.kind else { return None };
        let place = now.keys.place(pattern)?;
        let (known, (pattern, access)) = (self.keys.get_mut(place)?, now.keys.tail(place).next()?);
        let is_news = known.access() != access;
        *known = KeyPattern::new(pattern, access);
        is_news.then(|| known.clone())
    }

    fn channel_change(&mut self, now: &Selector) -> Option<Change> {
        let all = now.channels.are_all();
        let were_all = core::mem::replace(&mut self.all_channels, all);
        let (added, removed) = follow(&mut self.channels, |from| now.channels.tail(from));
        let is_same = all == were_all && added.is_empty() && removed.is_empty();
        (!is_same).then_some(Change::Channels(ChannelChange { all, were_all, added, removed }))
    }

    fn database_change(&mut self, rule: &Rule<'_>, now: &Selector) -> Option<Change> {
        let is_about = matches!(
            rule.kind,
            RuleKind::Databases(_) | RuleKind::AllDatabases | RuleKind::ResetDatabases | RuleKind::Reset
        );
        if !is_about || self.databases.as_deref() == now.databases() {
            return None;
        }
        self.databases = now.databases().map(<[u32]>::to_vec);
        let ids = self.databases.clone();
        Some(Change::Databases { all: ids.is_none(), ids: ids.unwrap_or_default() })
    }
}

/// Whether a list still has what it had: so many texts, this one the last.
fn is_kept<'t, T: Iterator<Item = &'t str>>(
    last: Option<&str>,
    count: usize,
    now: impl Fn(usize) -> T,
) -> bool {
    last.is_none_or(|last| now(count - 1).next() == Some(last))
}

/// Makes a list what it is now, which is told from a place on; what came, and what went.
fn follow<'t, T: Iterator<Item = &'t str>>(
    known: &mut Vec<String>,
    now: impl Fn(usize) -> T,
) -> (Vec<String>, Vec<String>) {
    let is_kept = is_kept(known.last().map(String::as_str), known.len(), &now);
    let removed = if is_kept { Vec::new() } else { core::mem::take(known) };
    let added: Vec<_> = now(known.len()).map(str::to_owned).collect();
    known.extend_from_slice(&added);
    (added, removed)
}
