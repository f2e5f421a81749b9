//! The users of two documents, compared one by one.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use super::users::{Access, Directive, FileUser, Login, Pair, pairs_of_variants};
use crate::compare::{Difference, Excess, Relation, difference_within};
use crate::dialect::{Dialect, Dialects};
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

impl Change {
    /// The word for it, as reports and JSON have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Wider => "wider",
            Self::Incomparable => "incomparable",
            Self::Undecided => "undecided",
            Self::Narrower => "narrower",
            Self::Removed => "removed",
            Self::Unchecked => "unchecked",
            Self::Equal => "equal",
        }
    }
}

/// Whether NEW can do what OLD cannot. What is certain counts more than what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewAccess {
    /// It cannot.
    None,
    /// That is inconclusive.
    Undecided,
    /// It can.
    Some,
}

/// A user of either file, or of both.
#[derive(Debug)]
pub struct Compared<'u> {
    /// The user in OLD.
    pub old: Option<&'u FileUser>,
    /// The user in NEW.
    pub new: Option<&'u FileUser>,
    /// What became of it, on whichever engine it is most.
    pub change: Change,
    /// Whether NEW can do what OLD cannot, on any of the engines that may read it.
    pub new_access: NewAccess,
    /// What only one of them can do, on the first engine on which they differ most.
    pub difference: Option<Difference>,
    /// That engine, where several may read the user.
    pub on: Option<Dialect>,
    /// The ways to log in that only NEW has.
    pub logins_gained: BTreeSet<Login>,
    /// The ways to log in that only OLD has.
    pub logins_lost: BTreeSet<Login>,
    /// Why it could not be compared.
    pub why: Option<&'u str>,
}

/// What a comparison heeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompareOptions {
    /// A bound for each comparison, as in [`compare_within`](crate::compare::compare_within).
    pub work: usize,
    /// Whether passwords count.
    pub passwords: PasswordChanges,
}

/// Whether another password is a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordChanges {
    /// It is.
    #[default]
    Count,
    /// A user that had a password and has another one logs in as before: rotations are no change.
    Ignored,
}

/// Compares the users of two documents, each on every engine that may read it. Users that stand in neither are left
/// out.
///
/// What holds is what holds on every engine that accepts both strings: new access on one of them is new access.
#[must_use]
pub fn changes<'u>(options: CompareOptions, old: &'u [FileUser], new: &'u [FileUser]) -> Vec<Compared<'u>> {
    let compared = pairs_of_variants(old, new).into_iter().map(|pair| Compared::of(options, &pair));
    let mut compared: Vec<_> = compared.filter(|compared| !compared.is_not_written()).collect();
    compared.retain(|compared| !compared.is_same_directive());
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

    /// Of several users, or of one on several engines.
    pub fn of_all(all: impl Iterator<Item = Self>) -> Self {
        all.max().unwrap_or(Self::None)
    }

    /// The answer in words.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::None => "no new access",
            Self::Some => "new access: NEW can do what OLD cannot",
            Self::Undecided => "new access cannot be ruled out, which counts as new access",
        }
    }
}

/// What a gate says to the changes of users. `Display` gives the answer in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateAnswer {
    /// Whether a user can do what it could not do before.
    pub new_access: NewAccess,
    /// How many users are not statically known.
    pub unchecked: usize,
}

impl GateAnswer {
    /// Judges all changes. Users that are not statically known count as new access unless they are allowed.
    #[must_use]
    pub fn of(compared: &[Compared<'_>], allows_unchecked: bool) -> Self {
        let is_unchecked =
            |compared: &&Compared<'_>| compared.why.is_some() && compared.change != Change::Removed;
        let counts = |compared: &&Compared<'_>| !(allows_unchecked && is_unchecked(compared));
        Self {
            new_access: NewAccess::of_all(compared.iter().filter(counts).map(Compared::gate_access)),
            unchecked: compared.iter().filter(is_unchecked).count(),
        }
    }

    /// Whether no user can do more, for certain.
    #[must_use]
    pub fn passes(self) -> bool {
        self.new_access == NewAccess::None
    }
}

impl fmt::Display for GateAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.new_access.told())?;
        match (self.new_access, self.unchecked) {
            (NewAccess::Some, _) | (_, 0) => Ok(()),
            (NewAccess::None, unchecked) => {
                write!(f, " in what is known; {unchecked} unchecked, which is allowed")
            }
            (NewAccess::Undecided, unchecked) => {
                write!(f, "; {unchecked} unchecked, which --allow-unchecked lets pass")
            }
        }
    }
}

impl<'u> Compared<'u> {
    fn of(options: CompareOptions, pair: &Pair<'u>) -> Self {
        let Pair { old, new } = *pair;
        let directive = old.or(new).and_then(|user| user.directive);
        if let (Some(directive), true) = (directive, old.is_none() || new.is_none()) {
            return Self::of_directive(directive, old, new);
        }
        let unknown = |user: Option<&'u FileUser>| match &user?.access {
            Access::Unknown { why, written } => Some((&**why, &**written)),
            Access::Known(_) => None,
        };
        let why = unknown(new).or(unknown(old));
        let is_written_alike = why.is_some() && unknown(old) == unknown(new);
        let access = match why {
            None => AccessChange::of(options, old, new),
            Some(_) if is_written_alike => AccessChange::none(),
            Some(_) => AccessChange {
                gained: NewAccess::Undecided,
                lost: NewAccess::Undecided,
                ..AccessChange::none()
            },
        };
        let (logins_gained, logins_lost) = logins(options.passwords, old, new);
        let may_be_new = pair.may_be_new() && can_do_anything(options, new);
        let new_access = match access.gained {
            _ if new.is_none() => NewAccess::None,
            _ if !logins_gained.is_empty() && old.is_some() => NewAccess::Some,
            NewAccess::None if may_be_new => NewAccess::Undecided,
            gained => gained,
        };
        let lost = match access.lost {
            _ if !logins_lost.is_empty() => NewAccess::Some,
            NewAccess::None if pair.may_be_gone() && can_do_anything(options, old) => NewAccess::Some,
            lost => lost,
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
        let why = why.or((may_be_new && new_access == NewAccess::Undecided).then_some(MAY_BE_NEW));
        let AccessChange { difference, on, .. } = access;
        Self { old, new, change, new_access, difference, on, logins_gained, logins_lost, why }
    }

    /// A directive that only one of the files has: whether it opens or closes something is not known.
    fn of_directive(directive: Directive, old: Option<&'u FileUser>, new: Option<&'u FileUser>) -> Self {
        let restricts = directive == Directive::Restricts && old.is_none();
        let why = old.or(new).and_then(|user| match &user.access {
            Access::Unknown { why, .. } => Some(&**why),
            Access::Known(_) => None,
        });
        Self {
            old,
            new,
            change: if restricts { Change::Narrower } else { Change::Undecided },
            new_access: if restricts { NewAccess::None } else { NewAccess::Undecided },
            difference: None,
            on: None,
            logins_gained: BTreeSet::new(),
            logins_lost: BTreeSet::new(),
            why: why.filter(|_| !restricts),
        }
    }

    /// Whether it is a directive that both files have.
    fn is_same_directive(&self) -> bool {
        self.change == Change::Unchecked && self.new.is_some_and(|user| user.directive.is_some())
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

    /// Whether NEW can do what OLD cannot, for a gate: of a user that is not known that cannot be ruled out, though it is
    /// written as before.
    #[must_use]
    pub fn gate_access(&self) -> NewAccess {
        if self.change == Change::Unchecked { NewAccess::Undecided } else { self.new_access }
    }

    /// The engines on which it was not compared, though they accept the string of OLD or that of NEW.
    #[must_use]
    pub fn engines_without_say(&self) -> Option<Dialects> {
        let (old, new) = (self.old?.known()?, self.new?.known()?);
        let only = |users: &[User], others: &[User]| -> Vec<_> {
            let is_in =
                |dialect: &Dialect| others.iter().any(|other| other.dialect().is_same_engine(*dialect));
            users.iter().map(User::dialect).filter(|dialect| !is_in(dialect)).collect()
        };
        let (only_old, only_new) = (only(old, new), only(new, old));
        // where no engine reads both, each was compared with each
        let has_common = only_old.len() < old.len();
        Dialects::new([only_old, only_new].concat()).filter(|_| has_common)
    }

    /// Whether a comparison ended at a bound.
    #[must_use]
    pub fn has_reached_bounds(&self) -> bool {
        let relation = self.difference.as_ref().map(|difference| difference.comparison().relation());
        relation == Some(Relation::Undecided)
    }
}

const MAY_BE_NEW: &str =
    "the user may not exist in OLD where it exists in NEW, as that depends on other values";

/// Whether a user can do what nobody can, or that is not known.
fn can_do_anything(options: CompareOptions, user: Option<&FileUser>) -> bool {
    user.is_some_and(|user| user.known().is_none())
        || AccessChange::of(options, None, user).gained != NewAccess::None
}

/// What one user can do and another cannot, on all engines that may read both.
#[derive(Debug)]
pub struct AccessChange {
    /// Whether the new user can do what the old one cannot, on any of the engines.
    pub gained: NewAccess,
    /// Whether the old user can do what the new one cannot.
    pub lost: NewAccess,
    /// What only one of them can do, on the first engine on which they differ most.
    pub difference: Option<Difference>,
    /// That engine, where there are several.
    pub on: Option<Dialect>,
}

impl AccessChange {
    fn none() -> Self {
        Self { gained: NewAccess::None, lost: NewAccess::None, difference: None, on: None }
    }

    fn of(options: CompareOptions, old: Option<&FileUser>, new: Option<&FileUser>) -> Self {
        // what is not there is a new user, who can do nothing
        let nobodies = |users: &[User]| -> Vec<_> { users.iter().map(nobody).collect() };
        match (old.and_then(FileUser::known), new.and_then(FileUser::known)) {
            (Some(old), Some(new)) => Self::of_users(options, old, new),
            (Some(old), None) => Self::of_pairs(options, &old.iter().zip(&nobodies(old)).collect::<Vec<_>>()),
            (None, Some(new)) => Self::of_pairs(options, &nobodies(new).iter().zip(new).collect::<Vec<_>>()),
            (None, None) => Self::none(),
        }
    }

    /// Compares a user as several engines read it: `old` and `new` hold it once for each of them.
    #[must_use]
    pub fn of_users(options: CompareOptions, old: &[User], new: &[User]) -> Self {
        Self::of_pairs(options, &pairs_by_engine(old, new))
    }

    fn of_pairs(options: CompareOptions, pairs: &[(&User, &User)]) -> Self {
        let mut of_all = Self::none();
        pairs.iter().for_each(|(old, new)| of_all.add(options, old, new));
        if pairs.len() == 1 {
            of_all.on = None;
        }
        of_all
    }

    fn add(&mut self, options: CompareOptions, old: &User, new: &User) {
        let old = match options.passwords {
            PasswordChanges::Ignored => with_passwords_of(old, new),
            PasswordChanges::Count => Cow::Borrowed(old),
        };
        // users that are equal rule by rule can do the same; all others are compared
        if *old == *new && self.difference.is_some() {
            return;
        }
        let difference = difference_within(options.work, &old, new);
        let gained = NewAccess::of(difference.comparison().only_second());
        let lost = NewAccess::of(difference.comparison().only_first());
        if self.difference.is_none() || (gained, lost) > (self.gained, self.lost) {
            (self.difference, self.on) = (Some(difference), Some(new.dialect()));
        }
        self.gained = self.gained.max(gained);
        self.lost = self.lost.max(lost);
    }
}

/// Users that the same engine reads, the newest first; if no engine reads both, each with each: the engine changes with
/// the file. A setting of the engine can change with the file, too.
fn pairs_by_engine<'u>(old: &'u [User], new: &'u [User]) -> Vec<(&'u User, &'u User)> {
    let same = |old: &User| new.iter().find(|new| new.dialect().is_same_engine(old.dialect()));
    let pairs: Vec<_> = old.iter().rev().filter_map(|old| Some((old, same(old)?))).collect();
    match pairs.is_empty() {
        true => old.iter().flat_map(|old| new.iter().map(move |new| (old, new))).collect(),
        false => pairs,
    }
}

fn nobody(other: &User) -> User {
    User::with_catalog(other.catalog())
}

/// A user with the passwords of another, if both need one.
fn with_passwords_of<'u>(user: &'u User, other: &User) -> Cow<'u, User> {
    let needs_one = |user: &User| !user.accepts_any_password() && user.password_hashes().next().is_some();
    if !needs_one(user) || !needs_one(other) {
        return Cow::Borrowed(user);
    }
    let hashes = other.password_hashes().map(|hash| format!("#{hash}"));
    let rules: Vec<_> = core::iter::once("resetpass".to_owned()).chain(hashes).collect();
    let mut changed = user.clone();
    match changed.apply_arguments(&rules) {
        Ok(()) => Cow::Owned(changed),
        Err(_) => Cow::Borrowed(user),
    }
}

/// The ways to log in that only the new one has, and those that only the old one has. Who needs no password has
/// all of them.
fn logins(
    passwords: PasswordChanges,
    before: Option<&FileUser>,
    after: Option<&FileUser>,
) -> (BTreeSet<Login>, BTreeSet<Login>) {
    let of = |user: Option<&FileUser>| user.map_or(Some(BTreeSet::new()), |user| user.logins.clone());
    let (Some(mut old), Some(mut new)) = (of(before), of(after)) else { return Default::default() };
    let has_password =
        |logins: &BTreeSet<Login>| logins.iter().any(|login| matches!(login, Login::Password(_)));
    if passwords == PasswordChanges::Ignored && has_password(&old) && has_password(&new) {
        old.retain(|login| !matches!(login, Login::Password(_)));
        new.retain(|login| !matches!(login, Login::Password(_)));
    }
    let more = |a: &BTreeSet<Login>, b: &BTreeSet<Login>| match b.contains(&Login::WithoutPassword) {
        true => BTreeSet::new(),
        false => a - b,
    };
    let (mut gained, mut lost) = (more(&new, &old), more(&old, &new));
    let mode = |user: Option<&FileUser>| user.map(|user| user.unknown_mode.clone());
    if [&old, &new].iter().all(|logins| logins.contains(&Login::Unknown)) && mode(before) != mode(after) {
        gained.insert(Login::Unknown);
        lost.insert(Login::Unknown);
    }
    if matches!((before, after), (Some(before), Some(after)) if before.user_name != after.user_name) {
        gained.insert(Login::AnotherName);
        lost.insert(Login::AnotherName);
    }
    (gained, lost)
}
