//! What one user may do and another may not, exactly, with a request that proves it.
//!
//! [`compare`] decides, over all possible commands, whether one user can send it and the other cannot, each as its
//! own server would answer ([`User::check`]). It shows a short example, if possible of a command that uses keys.
//! Logins count too: whether the users are on, and their passwords.
//!
//! ```
//! use redis_acl::{Engine, Relation, User, compare};
//!
//! let old = User::parse(Engine::Redis7_2, "on ~app:* +@read")?;
//! let new = User::parse(Engine::Redis7_2, "on ~app:* +@read +set -keys")?;
//! let comparison = compare(&old, &new);
//! assert_eq!(comparison.relation(), Relation::Incomparable);
//! assert_eq!(comparison.only_first().witness().unwrap().to_string(), "KEYS 1");
//! assert_eq!(comparison.only_second().witness().unwrap().to_string(), "SET app: 1");
//! # Ok::<(), redis_acl::ApplyErrors>(())
//! ```
//!
//! # What is compared
//! - Requests, by the answer of [`User::check`]. A server lets a request pass whose keys it cannot tell, because
//!   a number of keys is wrong for instance; the command itself then refuses it. Such a request counts, and is
//!   shown only where no other proves the difference.
//! - Commands to come: `+@all` grants what the next version or a module brings, a list of all commands does not.
//!   No request can show it, [`Excess::future_commands`] tells.
//! - Logins: on or off, `nopass`, passwords by their hashes, `skip-sanitize-payload`.
//!
//! Users of two dialects are compared as well: what an engine does not have, its users may not send. Where an
//! engine without subcommands meets one that has them, subcommands are those of the latter.
//!
//! # Bounds
//! The question is hard in general, and some users were made to be hard. After so much [`WORK`](crate::glob::WORK), where
//! the second has more than [`MAX_SELECTORS`], or where these could refuse a request in too many ways, the answer is
//! [`Relation::Undecided`], never a guess. Ordinary users take hundreds of steps, two thousand first arguments all of
//! them. [`compare_within`], [`difference_within`] and [`upgrade_within`] take another bound. What is known when it is
//! reached is still told: a user that is found to do more does more.

mod difference;
mod kinds;
mod known;
mod search;
mod simplify;
mod texts;
mod transition;
mod upgrade;
mod witness;

use crate::catalog::CommandSet;
use crate::glob;
use crate::user::{SanitizePayload, User};
use search::{Finding, Findings, Search};

pub use crate::catalog::CommandGroup;
pub use difference::{Change, Difference, difference, difference_within};
pub use search::MAX_SELECTORS;
pub use simplify::{simplify, simplify_string};
pub use transition::Transition;
pub use upgrade::{Inexpressible, Replacement, Upgrade, upgrade, upgrade_within};
use witness::Notes;
pub use witness::Witness;

/// How what one user may do stands to what another may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Relation {
    /// Both may do the same.
    Equal,
    /// The first may do less than the second, and nothing else.
    Narrower,
    /// The first may do all that the second may, and more.
    Wider,
    /// Each may do something that the other may not.
    Incomparable,
    /// It could not be told within the bounds.
    Undecided,
}

/// How two users compare: [`compare`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Comparison {
    only_first: Excess,
    only_second: Excess,
}

/// What one user may do and the other may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excess {
    witness: Option<Witness>,
    future_commands: bool,
    is_undecided: bool,
    enabled: bool,
    any_password: bool,
    passwords: usize,
    skips_sanitizing: bool,
}

/// Compares what two users may do.
///
/// ```
/// use redis_acl::{Engine, Relation, User, compare};
///
/// let user = |rules| User::parse(Engine::Redis7_2, rules);
/// let relation = |a, b| Ok::<_, redis_acl::ApplyErrors>(compare(&user(a)?, &user(b)?).relation());
/// assert_eq!(relation("~app:1 +get", "~app:* +get")?, Relation::Narrower);
/// assert_eq!(relation("~[ab]* +get", "~a* ~b* +get")?, Relation::Equal);
/// // one selector must allow a whole request
/// assert_eq!(relation("~a ~b +mget", "~a +mget (~b +mget)")?, Relation::Wider);
/// assert_eq!(relation("~a ~b +get", "~a +get (~b +get)")?, Relation::Equal);
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
pub fn compare(first: &User, second: &User) -> Comparison {
    compare_within(glob::WORK, first, second)
}

/// [`compare`] with another bound on the work, for each of the two sides.
pub fn compare_within(work: usize, first: &User, second: &User) -> Comparison {
    Comparison {
        only_first: Excess::of(first, second, Excess::findings(first, second, &mut { work })),
        only_second: Excess::of(second, first, Excess::findings(second, first, &mut { work })),
    }
}

/// What a user may send that its rules grant: not what every user may send.
pub(crate) struct Sendable {
    /// The commands of which some request is allowed.
    pub(crate) commands: CommandSet,
    /// A short request of this kind, if possible with a command that uses keys.
    pub(crate) witness: Option<Witness>,
    /// Whether there may be more.
    pub(crate) is_undecided: bool,
}

impl Sendable {
    pub(crate) fn by(user: &User, work: usize) -> Self {
        let nobody = User::with_catalog(user.catalog());
        let findings = Excess::findings(user, &nobody, &mut { work });
        let commands = findings.requests.iter().map(|finding| finding.command).collect();
        let Excess { witness, is_undecided, .. } = Excess::of(user, &nobody, findings);
        Self { commands, witness, is_undecided }
    }
}

impl Comparison {
    /// How the first user stands to the second.
    #[must_use]
    pub fn relation(&self) -> Relation {
        let undecided = self.only_first.is_undecided || self.only_second.is_undecided;
        match (self.only_first.is_found(), self.only_second.is_found()) {
            (true, true) => Relation::Incomparable,
            _ if undecided => Relation::Undecided,
            (false, false) => Relation::Equal,
            (false, true) => Relation::Narrower,
            (true, false) => Relation::Wider,
        }
    }

    /// Whether both users have the same permissions, and that is certain.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.relation() == Relation::Equal
    }

    /// What the first may do and the second may not.
    #[must_use]
    pub fn only_first(&self) -> &Excess {
        &self.only_first
    }

    /// What the second may do and the first may not.
    #[must_use]
    pub fn only_second(&self) -> &Excess {
        &self.only_second
    }
}

impl Excess {
    fn findings(user: &User, other: &User, work: &mut usize) -> Findings {
        Search::new(user, other, work).run()
    }

    fn of(user: &User, other: &User, findings: Findings) -> Self {
        let notes = Notes::new(user.catalog());
        let order = |finding: &Finding| (notes.of(finding.command), finding.length, finding.command);
        Self::with_first(user, other, findings, order)
    }

    /// With the request that comes first in this order and proves the difference.
    fn with_first<K: Ord>(
        user: &User,
        other: &User,
        findings: Findings,
        order: impl Fn(&Finding) -> K,
    ) -> Self {
        let Findings { mut requests, future, is_undecided } = findings;
        let proves = |witness: &Witness| {
            let may = |user: &User| user.check_in(witness.database, &witness.request).is_allowed();
            may(user) && !may(other)
        };
        let (mut witness, any) = (None, !requests.is_empty());
        while let Some(first) = (0..requests.len()).min_by_key(|at| order(&requests[*at])) {
            let finding = requests.swap_remove(first);
            witness = finding.witness(user.catalog(), other.catalog()).filter(proves);
            if witness.is_some() {
                break;
            }
        }
        let skips = |user: &User| user.sanitize_payload() == Some(SanitizePayload::Skip);
        let more_passwords = user.password_hashes().filter(|hash| !other.passwords().hold(hash)).count();
        Self {
            is_undecided: is_undecided || any && witness.is_none(),
            witness,
            future_commands: future,
            enabled: user.is_enabled() && !other.is_enabled(),
            any_password: user.accepts_any_password() && !other.accepts_any_password(),
            passwords: if other.accepts_any_password() { 0 } else { more_passwords },
            skips_sanitizing: skips(user) && !skips(other),
        }
    }

    /// Whether there is nothing of the kind, and that is certain: what a gate asks.
    ///
    /// ```
    /// use redis_acl::{Engine, User, compare};
    ///
    /// let old = User::parse(Engine::Redis7_2, "on nopass ~app:* +@all -@dangerous")?;
    /// let new = User::parse(Engine::Redis7_2, "on nopass ~app:[0-9]* +get +mget")?;
    /// assert!(compare(&old, &new).only_second().is_none());
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something of the kind was found. Where nothing was found, [`Excess::is_undecided`] tells whether there
    /// may be something all the same.
    #[must_use]
    pub fn is_found(&self) -> bool {
        *self != Self { is_undecided: self.is_undecided, ..Self::default() }
    }

    /// A short command that this user can send and the other cannot.
    #[must_use]
    pub fn witness(&self) -> Option<&Witness> {
        self.witness.as_ref()
    }

    /// Whether the one is allowed commands that do not exist yet which the other is not, or on more keys.
    #[must_use]
    pub fn future_commands(&self) -> bool {
        self.future_commands
    }

    /// Whether there may be more than was found, because the bounds were reached.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.is_undecided
    }

    /// Whether the one is on and the other is off.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether any password will do for the one, and not for the other.
    #[must_use]
    pub fn accepts_any_password(&self) -> bool {
        self.any_password
    }

    /// How many passwords the one has that will not do for the other.
    #[must_use]
    pub fn passwords(&self) -> usize {
        self.passwords
    }

    /// Whether the one may send RESTORE what is not looked through, and the other may not.
    #[must_use]
    pub fn skips_sanitizing(&self) -> bool {
        self.skips_sanitizing
    }
}
