//! `redis-acl diff OLDFILE NEWFILE`: user by user.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use anstyle::AnsiColor;
use redis_acl::compare::Difference;
use redis_acl::{Dialect, User, syntax};
use serde::Serialize;

use super::Diff;
use crate::Outcome;
use crate::input;
use crate::output::{self, Format};
use crate::refusals::refusals;
use crate::settings::SettingsFile;
use redis_acl::document::{
    self, Change, Compared, Dialects, Document, FileOfUsers, FileUser, Kind, Login, NewAccess, is_listed,
    of_list,
};

/// What version control gives for a file that is not there.
pub(super) const NOT_THERE: &str = "/dev/null";

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
        let compared = document::changes(self.bounds.work, &old_users, &new_users);
        let new_access = NewAccess::of_all(compared.iter().map(|compared| compared.new_access));
        match self.format {
            _ if self.quiet => {}
            Format::Text => self.tell(&compared, new_access)?,
            Format::Json => {
                let users = compared.iter().map(answer).collect();
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
        compared.iter().try_for_each(sum_up)?;
        compared.iter().filter(|compared| has_more_to_tell(compared)).try_for_each(tell)?;
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

/// Whether the summary does not say it all.
fn has_more_to_tell(compared: &Compared<'_>) -> bool {
    !matches!(compared.change, Change::Equal | Change::Removed)
}

fn sum_up(compared: &Compared<'_>) -> io::Result<()> {
    let (word, colour) = match compared.change {
        Change::Added => ("added", AnsiColor::Green),
        Change::Wider => ("wider", AnsiColor::Green),
        Change::Incomparable => ("incomparable", AnsiColor::Yellow),
        Change::Undecided => ("undecided", AnsiColor::Yellow),
        Change::Narrower => ("narrower", AnsiColor::Red),
        Change::Removed => ("removed", AnsiColor::Red),
        Change::Unchecked => ("unchecked", AnsiColor::Yellow),
        Change::Equal => {
            return output::line(format_args!("{:<13} {}", "equal", visible(compared.address())));
        }
    };
    output::marked(colour, &format!("{word:<13}"), format_args!(" {}", visible(compared.address())))
}

fn tell(compared: &Compared<'_>) -> io::Result<()> {
    let line = |user: Option<&FileUser>| user.and_then(|user| user.position).map(|position| position.line);
    let place = match (line(compared.old), line(compared.new)) {
        (Some(old), Some(new)) => format!(", OLD line {old}, NEW line {new}"),
        (None, Some(new)) => format!(", NEW line {new}"),
        (Some(old), None) => format!(", OLD line {old}"),
        (None, None) => String::new(),
    };
    output::line(format_args!("\n{}{place}", visible(compared.address())))?;
    match (&compared.difference, compared.why) {
        (_, Some(why)) if compared.change == Change::Unchecked => {
            output::line(format_args!("  written as before, but not checked: {why}"))?;
        }
        (_, Some(why)) => output::line(format_args!("  cannot be told: {why}"))?,
        (Some(difference), None) if difference.comparison().is_equal() => {
            if compared.change == Change::Added {
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
        [('+', AnsiColor::Green, &compared.logins_gained), ('-', AnsiColor::Red, &compared.logins_lost)]
    {
        for login in logins {
            output::coloured(colour, format_args!("  {sign} {}", login.told()))?;
        }
    }
    Ok(())
}

fn answer<'c>(compared: &'c Compared<'_>) -> UserAnswer<'c> {
    let told = |logins: &BTreeSet<Login>| logins.iter().map(|login| login.told()).collect();
    UserAnswer {
        user: compared.new.or(compared.old).and_then(|user| user.id.as_deref()).map(syntax::masked),
        change: compared.change,
        new_access: compared.new_access,
        old: compared.old.map(side),
        new: compared.new.map(side),
        difference: compared.difference.as_ref(),
        logins_gained: told(&compared.logins_gained),
        logins_lost: told(&compared.logins_lost),
        unknown: compared.why,
    }
}

fn side(user: &FileUser) -> Side<'_> {
    Side {
        address: &user.address,
        line: user.position.map(|at| at.line),
        column: user.position.map(|at| at.column),
        dialect: user.known().map(User::dialect),
    }
}

/// A name in one line, which steers no terminal and turns no writing.
fn visible(name: &str) -> String {
    let is_plain = |c: char| matches!(c, '\'' | '"' | '\\');
    name.chars().flat_map(|c| if is_plain(c) { vec![c] } else { c.escape_debug().collect() }).collect()
}
