//! `redis-acl fmt`

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use redis_acl::Span;
use redis_acl::iac::Position;
use serde::Serialize;

use crate::documents::{Dialects, Document, Entry, Kind};
use crate::file_users::{Access, FileOfUsers, FileUser};
use crate::forms::{Passwords, Target, TargetForm, mean_the_same};
use crate::input;
use crate::output::{self, Format};
use crate::refusals::{Refusal, refusals};
use crate::replace::replace;
use crate::{Fmt, Outcome};

/// What became of a file.
#[derive(Default, Serialize)]
struct Formatted {
    file: PathBuf,
    changes: Vec<At>,
    left: Vec<LeftAt>,
    errors: Vec<Refusal>,
    #[serde(skip)]
    bytes: Option<Vec<u8>>,
}

/// A string that changes.
#[derive(Serialize)]
struct At {
    line: usize,
    column: usize,
    name: String,
}

/// A string that stays though it is not in the form.
#[derive(Serialize)]
struct LeftAt {
    #[serde(flatten)]
    at: At,
    why: &'static str,
}

const NOT_PROVEN: &str = "no text of the form is read as the same user";
const NOT_WRITABLE: &str = "nothing else can be written there safely, or a tool wrote the file";
const MAY_BE_A_PART: &str = "it may be a part of another string, as it does not begin with `on` or `off`";

impl Fmt {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let mut outcome = Outcome::Fine;
        for path in &self.paths {
            if path.is_dir() {
                for found in WalkBuilder::new(path).hidden(false).sort_by_file_path(Path::cmp).build() {
                    outcome = outcome.max(self.found(found)?);
                }
                continue;
            }
            outcome = outcome.max(self.named(path)?);
        }
        Ok(outcome)
    }

    /// A file of a folder; those of other kinds are passed over.
    fn found(&self, found: Result<ignore::DirEntry, ignore::Error>) -> io::Result<Outcome> {
        let found = match found {
            Ok(found) => found,
            Err(error) => return bad_input(error),
        };
        let (path, is_file) = (found.path(), found.file_type().is_some_and(|kind| kind.is_file()));
        let is_of_git = path.components().any(|part| part.as_os_str() == ".git");
        if !is_file || is_of_git {
            return Ok(Outcome::Fine);
        }
        match input::read(path) {
            Ok(bytes) => match Kind::of_found(path, &bytes) {
                Some(kind) => self.file(path, &bytes, kind),
                None => Ok(Outcome::Fine),
            },
            Err(error) => bad_input(error),
        }
    }

    fn named(&self, path: &Path) -> io::Result<Outcome> {
        let bytes = match input::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return bad_input(error),
        };
        match Kind::of(path, &bytes) {
            Some(kind) => self.file(path, &bytes, kind),
            None => bad_input(format_args!(
                "{}: the name tells no kind of file that holds access strings; `normalize` and `simplify` take strings",
                path.display()
            )),
        }
    }

    fn file(&self, path: &Path, bytes: &[u8], kind: Kind) -> io::Result<Outcome> {
        let file = FileOfUsers { path, bytes, kind, dialects: Dialects { stated: self.dialect } };
        let formatted = self.formatted(&file);
        let written = match &formatted.bytes {
            Some(bytes) if !self.check => replace(path, bytes),
            _ => Ok(()),
        };
        if let Err(error) = written {
            return bad_input(format_args!("{}: {error}", path.display()));
        }
        formatted.tell(self)?;
        Ok(match () {
            () if !formatted.errors.is_empty() => Outcome::BadInput,
            () if self.check && !formatted.changes.is_empty() => Outcome::Negative,
            () => Outcome::Fine,
        })
    }

    fn target(&self) -> Target {
        Target {
            form: if self.simplify { TargetForm::Simplified } else { TargetForm::Canonical },
            passwords: if self.hash_passwords { Passwords::Hashed } else { Passwords::Kept },
        }
    }

    fn formatted(&self, file: &FileOfUsers<'_>) -> Formatted {
        let document = Document::read(file.path, file.bytes, file.kind, file.dialects);
        let mut formatted = Formatted { file: file.path.to_owned(), ..Formatted::default() };
        formatted.errors = refusals(&document);
        if !formatted.errors.is_empty() {
            return formatted;
        }
        let mut changes = Vec::new();
        for (index, entry) in document.entries().iter().enumerate().filter(|(_, entry)| !entry.is_fragment) {
            match self.target().string(&entry.text, entry.dialect) {
                Some(text) if text == entry.text => {}
                Some(_) if may_be_a_part(entry) => {
                    formatted.left.push(LeftAt { at: At::of(&document, index), why: MAY_BE_A_PART });
                }
                Some(text) => changes.push((index, text)),
                None => formatted.left.push(LeftAt { at: At::of(&document, index), why: NOT_PROVEN }),
            }
        }
        if changes.is_empty() {
            return formatted;
        }
        let rewritten = document.rewritten(&changes);
        let again = FileOfUsers { bytes: &rewritten.bytes, ..*file };
        let is_same = same_users(&file.users(&document), &again.all_users());
        for (index, _) in changes {
            let at = At::of(&document, index);
            match is_same {
                false => formatted.left.push(LeftAt { at, why: NOT_PROVEN }),
                true if rewritten.left.contains(&index) => {
                    formatted.left.push(LeftAt { at, why: NOT_WRITABLE });
                }
                true => formatted.changes.push(at),
            }
        }
        formatted.left.sort_by_key(|left| (left.at.line, left.at.column));
        formatted.bytes = (!formatted.changes.is_empty()).then_some(rewritten.bytes);
        formatted
    }
}

impl At {
    fn of(document: &Document<'_>, index: usize) -> Self {
        let entry = &document.entries()[index];
        let Position { line, column } = document.position(entry, Span::new(0, 0));
        Self { line, column, name: entry.name.clone() }
    }
}

impl Formatted {
    fn tell(&self, fmt: &Fmt) -> io::Result<()> {
        if fmt.format == Format::Json {
            let is_silent = self.changes.is_empty() && self.left.is_empty() && self.errors.is_empty();
            return if is_silent { Ok(()) } else { output::json(self) };
        }
        self.errors.iter().try_for_each(|refusal| refusal.tell(&self.file))?;
        let verb = if fmt.check { "would change" } else { "changed" };
        for At { line, column, name } in &self.changes {
            output::line(format_args!("{}:{line}:{column}: {verb}: {name}", self.file.display()))?;
        }
        for LeftAt { at: At { line, column, name }, why } in &self.left {
            output::line(format_args!(
                "{}:{line}:{column}: left as it is: {name}: {why}",
                self.file.display()
            ))?;
        }
        Ok(())
    }
}

/// Whether it is a value that a configuration may put together with others, and not surely what they begin with:
/// the canonical form of a part is not a part of the canonical form.
fn may_be_a_part(entry: &Entry<'_>) -> bool {
    let is_value =
        ["locals", "variable", "module"].contains(&entry.name.split(' ').next().unwrap_or_default());
    let first = entry.text.split_ascii_whitespace().next().unwrap_or_default();
    is_value && !["on", "off"].iter().any(|begins| first.eq_ignore_ascii_case(begins))
}

/// Whether two readings of a file define the same users, whatever the server has when it comes to each.
fn same_users(old: &[FileUser], new: &[FileUser]) -> bool {
    let is_same = |(old, new): (&FileUser, &FileUser)| {
        let access = match (&old.access, &new.access) {
            (Access::Known(old), Access::Known(new)) => mean_the_same(old, new),
            (Access::Unknown { written: old, .. }, Access::Unknown { written: new, .. }) => old == new,
            _ => false,
        };
        old.id == new.id && old.address == new.address && old.logins == new.logins && access
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}

fn bad_input(message: impl std::fmt::Display) -> io::Result<Outcome> {
    output::error(message, None)?;
    Ok(Outcome::BadInput)
}
