//! `redis-acl diff` of files: user by user.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use anstyle::AnsiColor;
use redis_acl::compare::Difference;
use redis_acl::document::{self, Change, Compared, Document, FileUser, GateAnswer, Login, NewAccess};
use redis_acl::{Dialect, Dialects, User, syntax};
use serde::Serialize;

use super::{Diff, Format, bad_usage, reports};
use crate::Outcome;
use crate::input::Engines;
use crate::output;
use crate::revision::{self, Source, Sources};
use crate::settings::SettingsFile;
use crate::summary::{Counts, count};

#[derive(Serialize)]
struct Answer<'a> {
    old: &'a Path,
    new: &'a Path,
    new_access: NewAccess,
    /// How many users are not statically known, in NEW or in OLD.
    unchecked: usize,
    users: Vec<UserAnswer<'a>>,
}

#[derive(Serialize)]
struct UserAnswer<'a> {
    user: Option<String>,
    change: Change,
    new_access: NewAccess,
    on: Option<Dialect>,
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
    file: &'a str,
    address: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    dialects: Option<Dialects>,
}

/// The users of a revision, and what was looked at.
struct Revision {
    users: Vec<FileUser>,
    files: usize,
    counts: Counts,
    /// Whether every file could be read as a whole.
    is_read_whole: bool,
    /// Whether the string of a user is rejected.
    is_rejected: bool,
}

impl Revision {
    const NOTHING: Self = Self {
        users: Vec::new(),
        files: 0,
        counts: Counts { files: 0, strings: 0, unchecked: 0, unreadable: 0 },
        is_read_whole: true,
        is_rejected: false,
    };
}

impl Diff {
    /// Compares the users of two revisions of files.
    pub(super) fn files(
        &self,
        (old, mut old_files): (&Path, Sources),
        (new, mut new_files): (&Path, Sources),
    ) -> io::Result<Outcome> {
        revision::complete(&mut old_files, &mut new_files);
        let of_old = self.revision(&old_files, &self.old_engines())?;
        let of_new = self.revision(&new_files, &self.new_engines())?;
        if !of_old.is_read_whole || !of_new.is_read_whole {
            return Ok(Outcome::BadInput);
        }
        let outcome = self.answer((old, &of_old), (new, &of_new))?;
        // what is rejected in OLD is unchecked, so that its repair can pass
        Ok(if of_new.is_rejected { Outcome::BadInput } else { outcome })
    }

    /// Compares the users before and after a plan.
    pub(super) fn of_plan(&self, source: &Source) -> io::Result<Outcome> {
        let engines = self.old_engines().or(SettingsFile::engines_for(&source.path)?);
        let stated = engines.of_files()?;
        let document = Document::read(&source.label, &source.bytes, source.kind, stated.as_ref());
        let document = engines.put_into(document);
        self.warn(&document, &source.label)?;
        let refused = document.refusals();
        if !refused.is_empty() {
            refused.iter().try_for_each(|refusal| output::refusal(refusal, &source.label))?;
            return Ok(Outcome::BadInput);
        }
        let Some(before) = document.users_before() else {
            return bad_usage("only a plan (`terraform show -json`) is compared by itself; name OLD and NEW");
        };
        let counts = Counts::of(&document);
        let of_old = Revision { users: before, files: 1, counts, ..Revision::NOTHING };
        let of_new = Revision { users: document.users(), files: 1, counts, ..Revision::NOTHING };
        self.answer((&source.label, &of_old), (&source.label, &of_new))
    }

    fn answer(
        &self,
        (old, of_old): (&Path, &Revision),
        (new, of_new): (&Path, &Revision),
    ) -> io::Result<Outcome> {
        let compared = document::changes(self.options(), &of_old.users, &of_new.users);
        let gate = GateAnswer::of(&compared, self.allow_unchecked);
        match self.format {
            _ if self.quiet => {}
            Format::Text => self.tell(&compared, gate, of_old.files > 1 || of_new.files > 1)?,
            Format::Markdown => output::line(reports::markdown(&compared, gate))?,
            Format::Github => output::line(reports::github(&compared))?,
            Format::Sarif => output::json(&reports::sarif(&compared))?,
            Format::Json => {
                let users = compared.iter().map(answer).collect();
                let GateAnswer { new_access, unchecked } = gate;
                output::json(&Answer { old, new, new_access, unchecked, users })?;
            }
        }
        self.sum_up(&compared, of_old, of_new)?;
        let is_same = |compared: &Compared<'_>| matches!(compared.change, Change::Equal | Change::Unchecked);
        let is_fine = if self.no_new_access { gate.passes() } else { compared.iter().all(is_same) };
        Ok(if is_fine { Outcome::Fine } else { Outcome::Negative })
    }

    /// The users of files. What is rejected in them is reported.
    fn revision(&self, sources: &Sources, flags: &Engines) -> io::Result<Revision> {
        let (files, scope) = (&sources.files, sources.scope());
        let mut revision = Revision { users: Vec::new(), files: files.len(), ..Revision::NOTHING };
        for file in files {
            let engines = flags.or(SettingsFile::engines_for(&file.path)?);
            let stated = engines.of_files()?;
            let document = engines.put_into(Document::read_in(
                &scope,
                &file.label,
                &file.bytes,
                file.kind,
                stated.as_ref(),
            ));
            self.warn(&document, &file.label)?;
            let refused = document.refusals();
            refused.iter().try_for_each(|refusal| output::refusal(refusal, &file.label))?;
            revision.is_rejected |= !refused.is_empty();
            revision.is_read_whole &= document.is_read_whole(&refused);
            revision.counts.add(Counts::of(&document));
            revision.users.extend(document.users());
        }
        Ok(revision)
    }

    /// What was stated for a file and contradicts it.
    fn warn(&self, document: &Document<'_>, path: &Path) -> io::Result<()> {
        let mut contradictions = document.contradictions().filter(|_| !self.quiet);
        contradictions.try_for_each(|problem| output::warning(problem, path))
    }

    /// A line for each user, then what is different, with the names of files where there are several.
    fn tell(&self, compared: &[Compared<'_>], gate: GateAnswer, several: bool) -> io::Result<()> {
        compared.iter().try_for_each(sum_up)?;
        let mut details = compared.iter().filter(|compared| has_more_to_tell(compared));
        details.try_for_each(|compared| tell(compared, several))?;
        if compared.iter().any(Compared::has_reached_bounds) {
            output::bounds(self.bounds)?;
        }
        if self.no_new_access { output::line(format_args!("\n{gate}")) } else { Ok(()) }
    }

    /// What was compared, on the standard error.
    fn sum_up(&self, compared: &[Compared<'_>], old: &Revision, new: &Revision) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        let is_empty = |revision: &Revision| revision.counts == Counts::default();
        if is_empty(old) && is_empty(new) && compared.is_empty() {
            return output::note("no access strings found, before or after");
        }
        let unchecked = compared.iter().filter(|compared| compared.why.is_some()).count();
        let unchecked = if unchecked == 0 { String::new() } else { format!("; {unchecked} unchecked") };
        output::note(format_args!(
            "compared {}: {} with {}{unchecked}",
            count(compared.len(), "user"),
            count(old.files, "file"),
            count(new.files, "file"),
        ))
    }
}

/// Whether the summary does not say it all.
fn has_more_to_tell(compared: &Compared<'_>) -> bool {
    !matches!(compared.change, Change::Equal | Change::Removed)
}

fn sum_up(compared: &Compared<'_>) -> io::Result<()> {
    let word = format!("{:<13}", compared.change.name());
    let address = visible(compared.address());
    let colour = match compared.change {
        Change::Added | Change::Wider => AnsiColor::Green,
        Change::Incomparable | Change::Undecided | Change::Unchecked => AnsiColor::Yellow,
        Change::Narrower | Change::Removed => AnsiColor::Red,
        Change::Equal => return output::line(format_args!("{word} {address}")),
    };
    output::marked(colour, &word, format_args!(" {address}"))
}

fn tell(compared: &Compared<'_>, several: bool) -> io::Result<()> {
    let line = |user: Option<&FileUser>| {
        let user = user?;
        let line = user.position?.line;
        Some(if several { format!("{} line {line}", visible(&user.file)) } else { format!("line {line}") })
    };
    let place = match (line(compared.old), line(compared.new)) {
        (Some(old), Some(new)) => format!(", OLD {old}, NEW {new}"),
        (None, Some(new)) => format!(", NEW {new}"),
        (Some(old), None) => format!(", OLD {old}"),
        (None, None) => String::new(),
    };
    let is_shown = compared.difference.as_ref().is_some_and(|difference| !difference.comparison().is_equal());
    let on = compared.on.filter(|_| is_shown).map(|on| format!(", on {on}"));
    output::line(format_args!("\n{}{place}{}", visible(compared.address()), on.unwrap_or_default()))?;
    if let Some(others) = compared.engines_without_say() {
        output::line(format_args!("  not compared on {others}, where OLD or NEW is rejected"))?;
    }
    match (&compared.difference, compared.why) {
        (_, Some(why)) if compared.change == Change::Unchecked => {
            output::line(format_args!("  written as before, but not checked: {why}"))?;
        }
        (_, Some(why)) => output::line(format_args!("  not known: {why}"))?,
        (Some(difference), None) if difference.comparison().is_equal() => match compared.change {
            Change::Added => output::line("  can do nothing")?,
            Change::Narrower if compared.logins_lost.is_empty() => {
                output::line("  may not exist in NEW where it exists in OLD")?;
            }
            _ => {}
        },
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
        new_access: compared.gate_access(),
        on: compared.on,
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
        file: &user.file,
        address: &user.address,
        line: user.position.map(|at| at.line),
        column: user.position.map(|at| at.column),
        dialects: user.known().and_then(|users| Dialects::new(users.iter().map(User::dialect))),
    }
}

/// A name in one line, which steers no terminal and turns no writing.
pub(super) fn visible(name: &str) -> String {
    let is_plain = |c: char| matches!(c, '\'' | '"' | '\\');
    name.chars().flat_map(|c| if is_plain(c) { vec![c] } else { c.escape_debug().collect() }).collect()
}
