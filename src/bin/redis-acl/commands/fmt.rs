//! `redis-acl fmt`

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use redis_acl::iac::Position;
use redis_acl::{Dialect, Span};
use serde::Serialize;

use crate::Outcome;
use crate::files::{self, Content, FileSize, Found};
use crate::output::{self, Format};
use crate::refusals::{Refusal, refusals};
use crate::settings::SettingsFile;
use redis_acl::document::{Access, FileOfUsers, FileUser};
use redis_acl::document::{Dialects, Document, Entry};
use redis_acl::document::{Passwords, Target, TargetForm, mean_the_same};

const EXAMPLES: &str = "\
Examples:
  redis-acl fmt --check .                              # for CI: exit code 1 and a list, nothing is written
  redis-acl fmt users.tf template.yaml
  redis-acl fmt --dialect redis-7.2 --hash-passwords users.acl
  redis-acl fmt --simplify --dialect valkey-8.1 users.acl

Of each file only the access strings change, and each only if it is proven that it means the same; all else stays byte
for byte, also the order of lines. Written twice is written once. A file is replaced as a whole, or not at all.
- In Terraform, CloudFormation and requests the canonical form is what the service answers: with it plans show no
  difference that is none. In files of users it is what ACL SAVE writes.
- The dialect is what the file tells, else what --dialect says, else `dialect` in the redis-acl.toml that is nearest
  upwards from the file.
- A password in clear stays as it is written unless --hash-passwords is given.
- Left alone is what is not literal, what is appended to other rules, what a tool wrote (plans, states), and of locals,
  variables and module calls what does not begin with `on` or `off`: it may be a part of another string.
A file with an access string that is refused is an error, and is not changed; others are.

Exit codes: 0 fine; 1 with --check, something would change; 2 a file could not be read, or holds what is refused.
JSON, a line a file with changes or errors: {\"file\", \"changes\": [{\"line\", \"column\"}], \"left\": [{\"line\", \"column\",
      \"why\"}], \"errors\": [{\"line\", \"column\", \"message\"}]}";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Fmt {
    /// Engine, or service and engine, that reads what does not tell its own [default: elasticache; redis-8.4 or
    /// valkey-9.1 for users.acl and configurations]
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// Change nothing; exit with 1 if something would change, and list where
    #[arg(long)]
    check: bool,
    /// Write the shortest string that means the same, instead of the canonical form
    #[arg(long)]
    simplify: bool,
    /// Write hashes in the place of passwords, as servers do
    #[arg(long)]
    hash_passwords: bool,
    #[command(flatten)]
    size: FileSize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Files and folders; of folders, the files that .gitignore does not name
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What became of a file.
#[derive(Default, Serialize)]
struct Formatted {
    file: PathBuf,
    changes: Vec<At>,
    left: Vec<LeftAt>,
    errors: Vec<Refusal>,
}

/// The dialect that settings name for the files of a folder.
type ByFolder = Mutex<HashMap<PathBuf, Option<Dialect>>>;

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
        let (mut outcome, dialects) = (Outcome::Fine, Mutex::default());
        files::in_order(
            files::at(&self.paths),
            |file| self.file(file, &dialects),
            |formatted| {
                let formatted = formatted?;
                formatted.tell(&self)?;
                outcome = outcome.max(formatted.outcome(&self));
                Ok(())
            },
        )?;
        Ok(outcome)
    }

    /// Formats a file. The error is that of settings.
    fn file(&self, file: &io::Result<Found>, dialects: &ByFolder) -> io::Result<Formatted> {
        let file = match file {
            Ok(file) => file,
            Err(error) => return Ok(Formatted::unreadable(Path::new("."), error.to_string())),
        };
        let unreadable = |message: String| Ok(Formatted::unreadable(&file.path, message));
        let (kind, bytes) = match file.content(self.size) {
            Ok(Content::Of(kind, bytes)) => (kind, bytes),
            Ok(Content::Other) if file.is_named => {
                return unreadable("no file of a kind that holds access strings".into());
            }
            Ok(Content::Other) => return Ok(Formatted::default()),
            Ok(Content::TooLarge(size)) => {
                return unreadable(self.size.too_large(size));
            }
            Err(error) => return unreadable(error.to_string()),
        };
        let stated =
            self.dialect.map_or_else(|| dialect_for(&file.path, dialects), |stated| Ok(Some(stated)))?;
        let dialects = Dialects { stated };
        let (formatted, new) =
            self.formatted(&FileOfUsers { path: &file.path, bytes: &bytes, kind, dialects });
        match new.filter(|_| !self.check).map_or(Ok(()), |new| files::rewrite(&file.path, &bytes, &new)) {
            Ok(()) => Ok(formatted),
            Err(error) => unreadable(error.to_string()),
        }
    }

    fn target(&self) -> Target {
        Target {
            form: if self.simplify { TargetForm::Simplified } else { TargetForm::Canonical },
            passwords: if self.hash_passwords { Passwords::Hashed } else { Passwords::Kept },
        }
    }

    /// What becomes of a file, and what to write if something changes.
    fn formatted(&self, file: &FileOfUsers<'_>) -> (Formatted, Option<Vec<u8>>) {
        let document = Document::read(file.path, file.bytes, file.kind, file.dialects);
        let mut formatted = Formatted { file: file.path.to_owned(), ..Formatted::default() };
        formatted.errors = refusals(&document);
        if !formatted.errors.is_empty() {
            return (formatted, None);
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
            return (formatted, None);
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
        let is_changed = !formatted.changes.is_empty();
        (formatted, is_changed.then_some(rewritten.bytes))
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
    fn unreadable(path: &Path, message: String) -> Self {
        Self { file: path.to_owned(), errors: vec![Refusal::of_file(message)], ..Self::default() }
    }

    fn outcome(&self, fmt: &Fmt) -> Outcome {
        match () {
            () if !self.errors.is_empty() => Outcome::BadInput,
            () if fmt.check && !self.changes.is_empty() => Outcome::Negative,
            () => Outcome::Fine,
        }
    }

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

fn dialect_for(path: &Path, known: &ByFolder) -> io::Result<Option<Dialect>> {
    let folder = path.parent().unwrap_or(Path::new("."));
    if let Some(dialect) = known.lock().expect("no other worker panicked").get(folder) {
        return Ok(*dialect);
    }
    let dialect = SettingsFile::dialect_for(path)?;
    known.lock().expect("no other worker panicked").insert(folder.to_owned(), dialect);
    Ok(dialect)
}
