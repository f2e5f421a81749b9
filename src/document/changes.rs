//! The users of two documents, compared one by one.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::users::{Access, FileUser, Login, pairs};
use crate::compare::{Difference, Excess, Relation, difference_within};
use crate::user::User;

/// What became of a user, said of NEW.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It stands in NEW only.
    Added,
    /// It can do more.
    Wider,
    /// It can do some things more and others no more.
    Incomparable,
    /// The comparison is inconclusive.
    Undecided,
    /// It can do less.
    Narrower,
    /// It stands in OLD only.
    Removed,
    /// It is not literal, and written as before.
    Unchecked,
    /// It can do the same and logs in alike.
    Equal,
}

/// Whether NEW may do what OLD may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewAccess {
    /// It cannot.
    None,
    /// It can.
    Some,
    /// That is inconclusive.
    Undecided,
}

/// A user of either file, or of both.
#[derive(Debug)]
pub struct Compared<'u> {
    /// The user in OLD.
    pub old: Option<&'u FileUser>,
    /// The user in NEW.
    pub new: Option<&'u FileUser>,
    /// What became of it.
    pub change: Change,
    /// Whether NEW can do what OLD cannot.
    pub new_access: NewAccess,
    /// What only one of them can do.
    pub difference: Option<Difference>,
    /// The ways to log in that only NEW has.
    pub logins_gained: BTreeSet<Login>,
    /// The ways to log in that only OLD has.
    pub logins_lost: BTreeSet<Login>,
    /// Why it could not be looked at.
    pub why: Option<&'u str>,
}

/// Compares the users of two documents: `work` bounds each comparison, as in
/// [`compare_within`](crate::compare::compare_within). Users that stand in neither are left out.
#[must_use]
pub fn changes<'u>(work: usize, old: &'u [FileUser], new: &'u [FileUser]) -> Vec<Compared<'u>> {
    let compared = pairs(old, new).into_iter().map(|(old, new)| Compared::of(work, old, new));
    let mut compared: Vec<_> = compared.filter(|compared| !compared.is_not_written()).collect();
    compared.sort_by(|a, b| (a.change, a.address()).cmp(&(b.change, b.address())));
    compared
}

impl NewAccess {
    /// By what only NEW can do.
    #[must_use]
    pub fn of(excess: &Excess) -> Self {
        match excess {
            excess if excess.is_found() => Self::Some,
            excess if excess.is_undecided() => Self::Undecided,
            _ => Self::None,
        }
    }

    /// Of several users: what is certain counts more than what is not.
    pub fn of_all(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::None, |of_all, one| match (of_all, one) {
            (Self::Some, _) | (_, Self::Some) => Self::Some,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            _ => Self::None,
        })
    }

    /// The answer in words.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::None => "no new access",
            Self::Some => "new access: NEW may do what OLD may not",
            Self::Undecided => "new access cannot be ruled out within the bounds, which counts as new access",
        }
    }
}

impl<'u> Compared<'u> {
    fn of(work: usize, old: Option<&'u FileUser>, new: Option<&'u FileUser>) -> Self {
        let unknown = |user: Option<&'u FileUser>| match &user?.access {
            Access::Unknown { why, written } => Some((&**why, &**written)),
            Access::Known(_) => None,
        };
        let why = unknown(new).or(unknown(old));
        let is_written_alike = why.is_some() && unknown(old) == unknown(new);
        let difference = why.is_none().then(|| difference_of(work, old, new)).flatten();
        let (logins_gained, logins_lost) = logins(old, new);
        let new_access = match &difference {
            _ if new.is_none() => NewAccess::None,
            _ if !logins_gained.is_empty() && old.is_some() => NewAccess::Some,
            Some(difference) => NewAccess::of(difference.comparison().only_second()),
            None if is_written_alike => NewAccess::None,
            None => NewAccess::Undecided,
        };
        let lost = match &difference {
            _ if !logins_lost.is_empty() => NewAccess::Some,
            Some(difference) => NewAccess::of(difference.comparison().only_first()),
            None if is_written_alike => NewAccess::None,
            None => NewAccess::Undecided,
        };
        let change = match (old, new, new_access, lost) {
            (None, ..) => Change::Added,
            (_, None, ..) => Change::Removed,
            (.., NewAccess::Some, NewAccess::Some) => Change::Incomparable,
            (.., NewAccess::Undecided, _) | (.., NewAccess::Undecided) => Change::Undecided,
            (.., NewAccess::Some, NewAccess::None) => Change::Wider,
            (.., NewAccess::None, NewAccess::Some) => Change::Narrower,
            (.., NewAccess::None, NewAccess::None) if is_written_alike => Change::Unchecked,
            (.., NewAccess::None, NewAccess::None) => Change::Equal,
        };
        let why = why.map(|(why, _)| why);
        Self { old, new, change, new_access, difference, logins_gained, logins_lost, why }
    }

    /// Whether it is the user `default` that servers have without being told, before and behind.
    fn is_not_written(&self) -> bool {
        let stands = |user: Option<&FileUser>| user.is_some_and(|user| user.position.is_some());
        self.change == Change::Equal && !stands(self.old) && !stands(self.new)
    }

    /// The address in NEW, or else in OLD.
    #[must_use]
    pub fn address(&self) -> &'u str {
        self.new.or(self.old).map_or("", |user| &user.address)
    }

    #[must_use]
    /// Whether a comparison ended at a bound.
    pub fn has_reached_bounds(&self) -> bool {
        let relation = self.difference.as_ref().map(|difference| difference.comparison().relation());
        relation == Some(Relation::Undecided)
    }
}

/// What is not there is a new user, who may do nothing.
fn difference_of(work: usize, old: Option<&FileUser>, new: Option<&FileUser>) -> Option<Difference> {
    let nobody = |other: &User| User::with_catalog(other.catalog());
    let known = |user: Option<&'_ FileUser>| user.and_then(FileUser::known).cloned();
    match (known(old), known(new)) {
        (Some(old), Some(new)) => Some(difference_within(work, &old, &new)),
        (Some(old), None) => Some(difference_within(work, &old, &nobody(&old))),
        (None, Some(new)) => Some(difference_within(work, &nobody(&new), &new)),
        (None, None) => None,
    }
}

/// The ways to log in that only the new one has, and those that only the old one has. Who needs no password has
/// all of them.
fn logins(old: Option<&FileUser>, new: Option<&FileUser>) -> (BTreeSet<Login>, BTreeSet<Login>) {
    let of = |user: Option<&FileUser>| user.map_or(Some(BTreeSet::new()), |user| user.logins.clone());
    let (Some(old), Some(new)) = (of(old), of(new)) else { return Default::default() };
    let more = |a: &BTreeSet<Login>, b: &BTreeSet<Login>| match b.contains(&Login::WithoutPassword) {
        true => BTreeSet::new(),
        false => a - b,
    };
    (more(&new, &old), more(&old, &new))
}
