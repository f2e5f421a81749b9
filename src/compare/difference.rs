//! What changes when one user becomes another, for people.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::search::Findings;
use super::{Comparison, Excess, Relation};
use crate::access::KeyAccess;
use crate::catalog::{Category, CommandGroup, CommandId, CommandSet};
use crate::glob::{self, Inclusion, Outline};
use crate::report::visible;
use crate::user::{Selector, User};
use crate::wording::{counted, listed};

/// What changes when one user becomes another: [`difference`].
///
/// `Display` prints it in lines. Lines with `+` show what only the second user (NEW) allows, lines with `-` what only
/// the first (OLD) allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Difference {
    comparison: Comparison,
    gained: Change,
    lost: Change,
}

/// What one of two users may do and the other may not, summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    commands: Vec<CommandGroup>,
    extended: Vec<&'static str>,
    keys: Vec<String>,
    channels: Vec<String>,
}

/// Compares two users, and tells what becomes of commands, keys and channels when the first becomes the second.
///
/// ```
/// use redis_acl::{Engine, User};
/// use redis_acl::compare::difference;
///
/// let old = User::parse(Engine::Redis7_2, "on ~app:* +get +set")?;
/// let new = User::parse(Engine::Redis7_2, "on ~app:* ~tmp:* +get +set +config|set -set")?;
/// assert_eq!(difference(&old, &new).to_string(), "\
/// OLD and NEW each allow something that the other does not
///   + 1 command
///       dangerous: config|set
///   + more with 1 command: get
///   + keys ~tmp:*
///   + for example: GET tmp:
///   - 1 command
///       write: set
///   - for example: SET app: 1");
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
pub fn difference(first: &User, second: &User) -> Difference {
    difference_within(glob::WORK, first, second)
}

/// [`difference`] with another bound on the work, for each of the two sides. A pattern that could not be looked at is
/// told as one that reaches more.
pub fn difference_within(work: usize, first: &User, second: &User) -> Difference {
    let (lost, only_first) = sides(work, first, second);
    let (gained, only_second) = sides(work, second, first);
    Difference { comparison: Comparison { only_first, only_second }, gained, lost }
}

fn sides(work: usize, user: &User, other: &User) -> (Change, Excess) {
    let findings = Excess::findings(user, other, &mut { work });
    (Change::of(work, user, other, &findings), Excess::of(user, other, findings))
}

impl Difference {
    pub(super) fn new(comparison: Comparison, gained: Change, lost: Change) -> Self {
        Self { comparison, gained, lost }
    }

    /// The comparison itself, with a request for each side.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// What only the second user may do.
    #[must_use]
    pub fn gained(&self) -> &Change {
        &self.gained
    }

    /// What only the first user may do.
    #[must_use]
    pub fn lost(&self) -> &Change {
        &self.lost
    }
}

impl Change {
    pub(super) fn of(work: usize, user: &User, other: &User, findings: &Findings) -> Self {
        let catalog = user.catalog();
        let (mut gained, mut extended) = (CommandSet::EMPTY, CommandSet::EMPTY);
        for finding in &findings.requests {
            let known = finding.other.is_some_and(|id| has_some_use_of(other, id));
            if known { &mut extended } else { &mut gained }.insert(finding.command);
        }
        Self {
            commands: catalog.groups(&gained),
            extended: catalog.short_names(&(extended - gained)),
            keys: more_keys(work, user, other),
            channels: more_channels(work, user, other),
        }
    }

    /// The commands that only the one may send, each in one group: dangerous ones first, then those of
    /// administration, scripting and so on. A container whose subcommands are all there stands for them.
    #[must_use]
    pub fn commands(&self) -> &[CommandGroup] {
        &self.commands
    }

    /// The commands that both may send, the one with more keys, channels, databases or arguments.
    #[must_use]
    pub fn extended(&self) -> &[&'static str] {
        &self.extended
    }

    /// The key patterns of the one that reach keys, or do to them, what none of the other's do, as rules: `~tmp:*`,
    /// `%W~app:*`, `~*`. With which commands is not asked here.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The channel patterns of the one that reach channels which none of the other's do, as rules.
    #[must_use]
    pub fn channels(&self) -> &[String] {
        &self.channels
    }
}

/// Whether some selector allows the command, were it only with some first argument.
fn has_some_use_of(user: &User, id: CommandId) -> bool {
    let open = || {
        let quirks = user.dialect().quirks();
        user.catalog().get(id).is_some_and(|command| command.is_open_to_all(&quirks))
    };
    let allows = |selector: &Selector| {
        selector.commands().contains(id) || selector.first_arguments_of(id).next().is_some()
    };
    user.selectors().any(allows) || open()
}

/// The selectors that allow any command.
fn telling(user: &User) -> impl Iterator<Item = &Selector> + Clone {
    let selectors: Vec<_> = user.selectors().filter(|selector| !selector.commands.are_none()).collect();
    selectors.into_iter()
}

fn more_keys(mut work: usize, user: &User, other: &User) -> Vec<String> {
    if telling(other).any(|selector| selector.keys.are_all()) {
        return Vec::new();
    }
    if telling(user).any(|selector| selector.keys.are_all()) {
        return vec!["~*".to_owned()];
    }
    let mut known = Known::default();
    telling(other)
        .flat_map(|selector| selector.keys.iter())
        .for_each(|(pattern, access)| known.add(pattern, access));
    let outlines = [KeyAccess::Read, KeyAccess::Write].map(|part| (part, known.allowing(part)));
    let mut news = |pattern, access: KeyAccess| {
        let parts =
            outlines.iter().filter(|(part, _)| access.includes(*part) && !known.holds(pattern, *part));
        let more = parts.filter(|(_, others)| is_more(pattern, others, &mut work)).map(|(part, _)| *part);
        more.reduce(KeyAccess::with).map(|access| format!("{}{pattern}", access.prefix()))
    };
    let own = telling(user).flat_map(|selector| selector.keys.iter());
    each_once(own.filter_map(|(pattern, access)| news(pattern, access)))
}

fn more_channels(mut work: usize, user: &User, other: &User) -> Vec<String> {
    if telling(other).any(|selector| selector.channels.are_all()) {
        return Vec::new();
    }
    if telling(user).any(|selector| selector.channels.are_all()) {
        return vec!["&*".to_owned()];
    }
    let mut known = Known::default();
    let patterns = |user| telling(user).flat_map(|selector| selector.channels.iter());
    patterns(other).for_each(|pattern| known.add(pattern, KeyAccess::ReadWrite));
    let others = known.allowing(KeyAccess::ReadWrite);
    let mut is_news =
        |pattern: &&str| !known.holds(pattern, KeyAccess::ReadWrite) && is_more(pattern, &others, &mut work);
    each_once(patterns(user).filter(|pattern| is_news(pattern)).map(|pattern| format!("&{pattern}")))
}

/// Whether a pattern reaches what others do not; where that could not be told it is told as more.
fn is_more(pattern: &str, others: &[&Outline<'_>], work: &mut usize) -> bool {
    glob::included(&Outline::of(pattern.as_bytes()), others, work) != Inclusion::Included
}

/// In their order, none twice.
fn each_once(rules: impl Iterator<Item = String>) -> Vec<String> {
    let mut told = BTreeSet::new();
    rules.filter(|rule| told.insert(rule.clone())).collect()
}

/// Patterns that one of two users has, with what they allow together.
#[derive(Default)]
struct Known<'u> {
    patterns: BTreeMap<&'u str, (KeyAccess, Outline<'u>)>,
}

impl<'u> Known<'u> {
    fn add(&mut self, pattern: &'u str, access: KeyAccess) {
        let outline = || (access, Outline::of(pattern.as_bytes()));
        let known = self.patterns.entry(pattern).or_insert_with(outline);
        known.0 = known.0.with(access);
    }

    /// The same pattern needs no look at all the others.
    fn holds(&self, pattern: &str, part: KeyAccess) -> bool {
        self.patterns.get(pattern).is_some_and(|(access, _)| access.includes(part))
    }

    fn allowing(&self, part: KeyAccess) -> Vec<&Outline<'u>> {
        let allowing = self.patterns.values().filter(|(access, _)| access.includes(part));
        allowing.map(|(_, outline)| outline).collect()
    }
}

// ---------------------------------------------------------------------------------------------------
// Lines

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.comparison.relation() {
            Relation::Equal => return f.write_str("both users have the same permissions"),
            Relation::Narrower => "NEW can do everything that OLD can, and more",
            Relation::Wider => "OLD can do everything that NEW can, and more",
            Relation::Incomparable => "OLD and NEW each allow something that the other does not",
            Relation::Undecided => "inconclusive within the work limit: there may be more differences",
        })?;
        self.tell_sides(f)
    }
}

impl Difference {
    pub(super) fn tell_sides(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.gained.tell('+', &self.comparison.only_second, f)?;
        self.lost.tell('-', &self.comparison.only_first, f)
    }
}

impl Change {
    fn tell(&self, sign: char, excess: &Excess, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.commands.iter().map(|group| group.commands().len()).sum();
        if count > 0 {
            write!(f, "\n  {sign} {}", counted(count, "command"))?;
        }
        for group in &self.commands {
            let category = group.category().map_or("no category", Category::name);
            write!(f, "\n      {category}: {}", listed(group.commands()))?;
        }
        if !self.extended.is_empty() {
            let count = counted(self.extended.len(), "command");
            write!(f, "\n  {sign} more with {count}: {}", listed(&self.extended))?;
        }
        for (what, rules) in [("keys", &self.keys), ("channels", &self.channels)] {
            if !rules.is_empty() {
                write!(f, "\n  {sign} {what} {}", visible(&rules.join(" ")))?;
            }
        }
        for line in excess.told() {
            write!(f, "\n  {sign} {line}")?;
        }
        match excess.witness() {
            Some(witness) => write!(f, "\n  {sign} for example: {witness}"),
            None => Ok(()),
        }
    }
}

impl Excess {
    /// What no request shows.
    pub(crate) fn told(&self) -> Vec<String> {
        let facts = [
            (self.future_commands, "future commands (+@all)"),
            (self.enabled, "can log in (on)"),
            (self.any_password, "any password is accepted (nopass)"),
            (self.skips_sanitizing, "RESTORE payloads are not sanitized (skip-sanitize-payload)"),
        ];
        let mut told: Vec<_> =
            facts.into_iter().filter(|(is, _)| *is).map(|(_, line)| line.to_owned()).collect();
        if self.passwords > 0 {
            told.push(counted(self.passwords, "password"));
        }
        told
    }
}
