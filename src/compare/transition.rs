//! What two engines make of the rules of one user: a comparison without what no rule decides.

use alloc::vec::Vec;
use core::fmt;

use super::search::{Finding, Findings};
use super::{Change, CommandGroup, Comparison, Difference, Excess, Notes, Relation};
use crate::catalog::{Catalog, Category, Command, CommandId, CommandSet};
use crate::dialect::Dialect;
use crate::user::User;
use crate::wording::{counted, listed};

/// What changes when a user moves from one engine to another, judged by what its rules grant.
///
/// Two things do not count, since no rule decides them: commands that either engine opens to every user, such as `AUTH`
/// and `RESET`, and the names that Redis 6 registers only to catch HTTP requests, `post` and `host:`.
///
/// Commands that only one of the engines has are apart: [`new_commands`](Self::new_commands) open nothing that was closed
/// before, and no rule can bring back [`gone_commands`](Self::gone_commands).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Transition {
    difference: Difference,
    new_commands: Vec<CommandGroup>,
    gone_commands: Vec<CommandGroup>,
    dialects: [Dialect; 2],
}

impl Transition {
    pub(super) fn of(work: usize, old: &User, new: &User) -> Self {
        let (mut lost, gone_commands) = split(findings(work, old, new));
        lost.requests.retain(|finding| !is_rejected_by_itself(finding, old, new));
        let (gained, new_commands) = split(findings(work, new, old));
        let (lost, only_first) = side(work, old, new, lost);
        let (gained, only_second) = side(work, new, old, gained);
        Self {
            difference: Difference::new(Comparison { only_first, only_second }, gained, lost),
            new_commands: new.catalog().groups(&new_commands),
            gone_commands: old.catalog().groups(&gone_commands),
            dialects: [old, new].map(|user| user.dialect().without_setting()),
        }
    }

    /// What is lost and gained of commands that both engines have, of keys and of channels.
    pub fn difference(&self) -> &Difference {
        &self.difference
    }

    /// The comparison of this difference, with a command that proves each side: one that is about keys or channels, if
    /// there is one.
    pub fn comparison(&self) -> &Comparison {
        self.difference.comparison()
    }

    /// What is gained of what both engines have.
    #[must_use]
    pub fn gained(&self) -> &Change {
        self.difference.gained()
    }

    /// What is lost of what both engines have.
    #[must_use]
    pub fn lost(&self) -> &Change {
        self.difference.lost()
    }

    /// The commands that the user gains only because the old engine does not have them.
    #[must_use]
    pub fn new_commands(&self) -> &[CommandGroup] {
        &self.new_commands
    }

    /// The commands that the user loses only because the new engine does not have them.
    #[must_use]
    pub fn gone_commands(&self) -> &[CommandGroup] {
        &self.gone_commands
    }

    /// Whether the rules grant the same of what both engines have, and that is certain.
    ///
    /// ```
    /// use redis_acl::Engine;
    /// use redis_acl::compare::upgrade;
    ///
    /// let plan = upgrade("on ~app:* &* +@hash", Engine::Redis7_2, Engine::Redis7_4)?;
    /// let transition = plan.same().unwrap();
    /// assert!(transition.is_same());
    /// assert_eq!(transition.new_commands()[0].commands()[0], "hexpire");
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.difference.comparison().is_equal()
    }

    /// Whether nothing is lost of what both engines have, and that is certain.
    #[must_use]
    pub fn loses_nothing(&self) -> bool {
        self.difference.comparison().only_first().is_none()
    }

    /// Whether nothing is lost but uses of commands that the other loses too.
    pub(super) fn loses_no_more_than(&self, other: &Self) -> bool {
        let (lost, excess) = (self.lost(), self.comparison().only_first());
        let uses_only = lost.commands().is_empty() && excess.told().is_empty() && !excess.is_undecided();
        uses_only && lost.extended().iter().all(|name| other.lost().extended().contains(name))
    }
}

impl fmt::Display for Transition {
    /// The difference in lines, then the new commands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.comparison().relation() {
            Relation::Equal => "it grants the same as before",
            Relation::Narrower => "it grants more than before",
            Relation::Wider => "it grants less than before",
            Relation::Incomparable => "it grants less than before in some respects, and more in others",
            Relation::Undecided => "inconclusive within the work limit: there may be more differences",
        })?;
        self.difference.tell_sides(f)?;
        let [old, new] = self.dialects;
        let lists = [('+', &self.new_commands, old), ('-', &self.gone_commands, new)];
        lists.into_iter().try_for_each(|(sign, groups, without)| {
            let count: usize = groups.iter().map(|group| group.commands().len()).sum();
            if count > 0 {
                write!(f, "\n  {sign} {} that {without} does not have", counted(count, "command"))?;
            }
            groups.iter().try_for_each(|group| {
                let category = group.category().map_or("no category", Category::name);
                write!(f, "\n      {category}: {}", listed(group.commands()))
            })
        })
    }
}

/// What a user can send by its rules, and another cannot.
pub(super) fn findings(work: usize, user: &User, other: &User) -> Findings {
    let mut findings = Excess::findings(user, other, &mut { work });
    findings.requests.retain(|finding| is_decided_by_rules(finding, user.catalog(), other.catalog()));
    findings
}

fn is_decided_by_rules(finding: &Finding, here: &Catalog, there: &Catalog) -> bool {
    let is_open = |catalog: &Catalog, id: CommandId| {
        let command = catalog.get(id);
        command.is_some_and(|command| command.is_open_to_all(&catalog.dialect().quirks()))
    };
    let is_pseudo = here.get(finding.command).is_some_and(Command::is_pseudo);
    !is_pseudo && !is_open(here, finding.command) && !finding.other.is_some_and(|id| is_open(there, id))
}

/// Whether the old engine only lets pass what the command itself then rejects: nothing is lost with that. Of commands
/// that become containers this is not known.
fn is_rejected_by_itself(finding: &Finding, old: &User, new: &User) -> bool {
    let is_subcommand = |id| new.catalog().is_subcommand(id);
    let is_known = old.dialect().quirks().subcommands || !finding.other.is_some_and(is_subcommand);
    finding.is_odd() && is_known
}

/// Those of commands that the other side has, and the other commands.
fn split(mut findings: Findings) -> (Findings, CommandSet) {
    let (known, unknown): (Vec<_>, Vec<_>) =
        findings.requests.into_iter().partition(|finding| finding.other.is_some());
    findings.requests = known;
    (findings, unknown.iter().map(|finding| finding.command).collect())
}

/// One side of a difference. Where nothing is found, patterns that no command uses are not of interest.
fn side(work: usize, user: &User, other: &User, findings: Findings) -> (Change, Excess) {
    let change = Change::of(work, user, other, &findings);
    let notes = Notes::new(user.catalog());
    let order =
        |finding: &Finding| (finding.is_odd(), notes.of(finding.command), finding.length, finding.command);
    let mut excess = Excess::with_first(user, other, findings, order);
    // services keep passwords apart from access strings
    if [user, other].iter().any(|user| user.dialect().service().is_some()) {
        excess.passwords = 0;
        excess.any_password = false;
    }
    (if excess.is_none() { Change::default() } else { change }, excess)
}
