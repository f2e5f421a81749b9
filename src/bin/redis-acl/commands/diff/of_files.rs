//! `redis-acl diff OLDFILE NEWFILE`: user by user.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use anstyle::AnsiColor;
use redis_acl::compare::{Difference, difference_within};
use redis_acl::{Dialect, Relation, User, syntax};
use serde::Serialize;

use super::{Diff, NewAccess};
use crate::Outcome;
use crate::documents::{Dialects, Document, Kind};
use crate::file_users::{Access, FileOfUsers, FileUser, Login, is_listed, of_list, pairs};
use crate::input::{self, Bounds};
use crate::output::{self, Format};
use crate::refusals::refusals;
use crate::settings::SettingsFile;

/// What version control gives for a file that is not there.
pub(super) const NOT_THERE: &str = "/dev/null";

/// What became of a user, said of NEW.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Added,
    Wider,
    Incomparable,
    Undecided,
    Narrower,
    Removed,
    /// It is not literal, and written as before.
    Unchecked,
    Equal,
}

#[derive(Serialize)]
struct Answer<'a> {
    old: &'a Path,
    new: &'a Path,
    new_access: NewAccess,
    users: Vec<UserAnswer<'a>>,
}

#[derive(Serialize)]
struct UserAnswer<'a> {
    user: Option<String>,
    change: Change,
    new_access: NewAccess,
    old: Option<Side<'a>>,
    new: Option<Side<'a>>,
    difference: Option<&'a Difference>,
    logins_gained: Vec<&'static str>,
    logins_lost: Vec<&'static str>,
    unknown: Option<&'a str>,
}

/// A user in one of the files.
#[derive(Serialize)]
struct Side<'a> {
    address: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    dialect: Option<Dialect>,
}

/// A user of either file, or of both.
struct Compared<'u> {
    old: Option<&'u FileUser>,
    new: Option<&'u FileUser>,
    change: Change,
    new_access: NewAccess,
    difference: Option<Difference>,
    logins_gained: BTreeSet<Login>,
    logins_lost: BTreeSet<Login>,
    /// Why it could not be looked at.
    why: Option<&'u str>,
}

/// A gate takes no guess.
fn nobody_tells(path: &Path) -> io::Result<Option<Vec<FileUser>>> {
    let message = "nobody tells which engine reads it; name it with --dialect, or in redis-acl.toml";
    output::error(format_args!("{}: {message}", path.display()), None)?;
    Ok(None)
}

impl Diff {
    /// Compares the users of two files.
    pub(super) fn files(&self, old: &Path, new: &Path) -> io::Result<Outcome> {
        let to_dialect = self.to_dialect.or(self.dialect);
        let (old_users, new_users) = (self.users(old, new, self.dialect)?, self.users(new, old, to_dialect)?);
        let (Some(old_users), Some(new_users)) = (old_users, new_users) else { return Ok(Outcome::BadInput) };
        let compared =
            pairs(&old_users, &new_users).into_iter().map(|(old, new)| Compared::of(self.bounds, old, new));
        let mut compared: Vec<_> = compared.filter(|compared| !compared.is_not_written()).collect();
        compared.sort_by(|a, b| (a.change, a.address()).cmp(&(b.change, b.address())));
        let new_access = NewAccess::of_all(compared.iter().map(|compared| compared.new_access));
        match self.format {
            _ if self.quiet => {}
            Format::Text => self.tell(&compared, new_access)?,
            Format::Json => {
                let users = compared.iter().map(Compared::told).collect();
                output::json(&Answer { old, new, new_access, users })?;
            }
        }
        let is_fine = match self.no_new_access {
            true => new_access == NewAccess::None,
            false => {
                compared.iter().all(|compared| matches!(compared.change, Change::Equal | Change::Unchecked))
            }
        };
        Ok(if is_fine { Outcome::Fine } else { Outcome::Negative })
    }

    /// The users of a file; what is refused in it is told. One that is not there is an empty one of the other's
    /// kind: a server has its user `default` also without it.
    fn users(&self, path: &Path, other: &Path, stated: Option<Dialect>) -> io::Result<Option<Vec<FileUser>>> {
        let (bytes, is_there) = (input::read(path)?, path != Path::new(NOT_THERE));
        let (path, of_kind) = if is_there { (path, bytes.clone()) } else { (other, input::read(other)?) };
        let stated = stated.map_or_else(|| SettingsFile::dialect_for(path), |stated| Ok(Some(stated)))?;
        if is_listed(&of_kind) {
            return match stated {
                None if self.no_new_access => nobody_tells(path),
                stated => listed(path, &bytes, Dialects { stated }),
            };
        }
        let Some(kind) = Kind::of(path, &of_kind) else {
            output::error(format_args!("{}: no file of a kind that holds users", path.display()), None)?;
            return Ok(None);
        };
        let dialects = Dialects { stated };
        let document = Document::read(path, &bytes, kind, dialects);
        // a change that does nothing on one engine may give new access on another
        if self.no_new_access && document.entries().iter().any(|entry| entry.is_guess) {
            return nobody_tells(path);
        }
        let refused = refusals(&document);
        refused.iter().try_for_each(|refusal| refusal.tell(path))?;
        let file = FileOfUsers { path, bytes: &bytes, kind, dialects };
        Ok(refused.is_empty().then(|| file.users(&document)))
    }

    /// A line for each user, then what is different.
    fn tell(&self, compared: &[Compared<'_>], new_access: NewAccess) -> io::Result<()> {
        compared.iter().try_for_each(Compared::sum_up)?;
        compared.iter().filter(|compared| compared.has_more_to_tell()).try_for_each(Compared::tell)?;
        if compared.iter().any(Compared::has_reached_bounds) {
            output::bounds(self.bounds)?;
        }
        match self.no_new_access {
            true => output::line(format_args!("\n{}", new_access.told())),
            false => Ok(()),
        }
    }
}

fn listed(path: &Path, bytes: &[u8], dialects: Dialects) -> io::Result<Option<Vec<FileUser>>> {
    match of_list(path, bytes, dialects) {
        Ok(users) => Ok(Some(users)),
        Err(errors) => {
            output::about(path.display())?;
            errors.iter().try_for_each(|error| output::report(&error.report(), None))?;
            Ok(None)
        }
    }
}

impl<'u> Compared<'u> {
    fn of(bounds: Bounds, old: Option<&'u FileUser>, new: Option<&'u FileUser>) -> Self {
        let unknown = |user: Option<&'u FileUser>| match &user?.access {
            Access::Unknown { why, written } => Some((&**why, &**written)),
            Access::Known(_) => None,
        };
        let why = unknown(new).or(unknown(old));
        let is_written_alike = why.is_some() && unknown(old) == unknown(new);
        let difference = why.is_none().then(|| difference_of(bounds, old, new)).flatten();
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

    fn address(&self) -> &'u str {
        self.new.or(self.old).map_or("", |user| &user.address)
    }

    fn has_reached_bounds(&self) -> bool {
        let relation = self.difference.as_ref().map(|difference| difference.comparison().relation());
        relation == Some(Relation::Undecided)
    }

    /// Whether the summary does not say it all.
    fn has_more_to_tell(&self) -> bool {
        !matches!(self.change, Change::Equal | Change::Removed)
    }

    fn sum_up(&self) -> io::Result<()> {
        let (word, colour) = match self.change {
            Change::Added => ("added", AnsiColor::Green),
            Change::Wider => ("wider", AnsiColor::Green),
            Change::Incomparable => ("incomparable", AnsiColor::Yellow),
            Change::Undecided => ("undecided", AnsiColor::Yellow),
            Change::Narrower => ("narrower", AnsiColor::Red),
            Change::Removed => ("removed", AnsiColor::Red),
            Change::Unchecked => ("unchecked", AnsiColor::Yellow),
            Change::Equal => {
                return output::line(format_args!("{:<13} {}", "equal", visible(self.address())));
            }
        };
        output::marked(colour, &format!("{word:<13}"), format_args!(" {}", visible(self.address())))
    }

    fn tell(&self) -> io::Result<()> {
        let line =
            |user: Option<&FileUser>| user.and_then(|user| user.position).map(|position| position.line);
        let place = match (line(self.old), line(self.new)) {
            (Some(old), Some(new)) => format!(", OLD line {old}, NEW line {new}"),
            (None, Some(new)) => format!(", NEW line {new}"),
            (Some(old), None) => format!(", OLD line {old}"),
            (None, None) => String::new(),
        };
        output::line(format_args!("\n{}{place}", visible(self.address())))?;
        match (&self.difference, self.why) {
            (_, Some(why)) if self.change == Change::Unchecked => {
                output::line(format_args!("  written as before, but not checked: {why}"))?;
            }
            (_, Some(why)) => output::line(format_args!("  cannot be told: {why}"))?,
            (Some(difference), None) if difference.comparison().is_equal() => {
                if self.change == Change::Added {
                    output::line("  may do nothing")?;
                }
            }
            (Some(difference), None) => {
                // the first line says in other words what the summary said
                output::difference_lines(difference.to_string().lines().skip(1))?;
            }
            (None, None) => {}
        }
        for (sign, colour, logins) in
            [('+', AnsiColor::Green, &self.logins_gained), ('-', AnsiColor::Red, &self.logins_lost)]
        {
            for login in logins {
                output::coloured(colour, format_args!("  {sign} {}", login.told()))?;
            }
        }
        Ok(())
    }

    fn told(&self) -> UserAnswer<'_> {
        let told = |logins: &BTreeSet<Login>| logins.iter().map(|login| login.told()).collect();
        UserAnswer {
            user: self.new.or(self.old).and_then(|user| user.id.as_deref()).map(syntax::masked),
            change: self.change,
            new_access: self.new_access,
            old: self.old.map(FileUser::side),
            new: self.new.map(FileUser::side),
            difference: self.difference.as_ref(),
            logins_gained: told(&self.logins_gained),
            logins_lost: told(&self.logins_lost),
            unknown: self.why,
        }
    }
}

impl FileUser {
    fn known(&self) -> Option<&User> {
        match &self.access {
            Access::Known(user) => Some(user),
            Access::Unknown { .. } => None,
        }
    }

    fn side(&self) -> Side<'_> {
        Side {
            address: &self.address,
            line: self.position.map(|at| at.line),
            column: self.position.map(|at| at.column),
            dialect: self.known().map(User::dialect),
        }
    }
}

/// What is not there is a new user, who may do nothing.
fn difference_of(
    Bounds { work }: Bounds,
    old: Option<&FileUser>,
    new: Option<&FileUser>,
) -> Option<Difference> {
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

/// A name in one line, which steers no terminal and turns no writing.
fn visible(name: &str) -> String {
    let is_plain = |c: char| matches!(c, '\'' | '"' | '\\');
    name.chars().flat_map(|c| if is_plain(c) { vec![c] } else { c.escape_debug().collect() }).collect()
}
