//! `redis-acl fmt`

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redis_acl::document::{Document, Left, LeftEntry, Passwords, Problem, Refusal, Target, TargetForm};
use redis_acl::iac::Position;
use redis_acl::{Dialects, Span};
use serde::{Serialize, Serializer};

use crate::Outcome;
use crate::files::{self, Content, FileSize, Found, Unread};
use crate::input::{ChannelSetting, Engines, Stated};
use crate::output::{self, Format};
use crate::scopes::{self, Files, Group};
use crate::settings::{SettingsFile, folder_of};
use crate::summary::{Counts, Summary};

const EXAMPLES: &str = "\
Examples:
  redis-acl fmt --check .                              # for CI: lists what would change
  redis-acl fmt users.tf template.yaml
  redis-acl fmt --dialect redis-7.2 --hash-passwords users.acl
  redis-acl fmt --simplify --dialect valkey-8.1 users.acl

Only the access strings in a file change, and each only if the new text is proven to be equivalent
on every engine that can read it. Everything else stays byte for byte. Formatting is idempotent. A
file is replaced as a whole or not at all.
- In Terraform, CloudFormation and AWS requests, the canonical form is what the service returns
  today: the rules in their order, with `-@all` written out and single spaces. The form that AWS
  documented for Redis 6.0 is never written.
- In ACL files and configurations, it is the form that ACL SAVE writes. That form depends on the
  engine: name it with --dialect, or with `dialect` in redis-acl.toml.
- The engines that can read a string are those that its file states. --dialect, or else the
  nearest redis-acl.toml in the folder or a parent folder, narrows them: `redis-7.2`, or a set
  such as `redis-6.2..7.2`, `elasticache/redis`, `valkey`, or a list with commas.
- Plaintext passwords stay as they are unless --hash-passwords is given.
- Left unchanged are values that are not statically known, rules that are appended to others, and
  files written by tools (plans, states). In locals, variables and module calls, a string that
  does not begin with `on` or `off` also stays: it may be part of another string.
If every engine rejects an access string, that is an error, and its file is not changed; other
files are.

Exit codes: 0 success; 1 with --check: something would change, or AWS returns a text that cannot
be written there; 2 a file cannot be read, contains a rejected string, or contains one whose form
depends on an engine that is not stated.
JSON, one line per file with changes or errors: {\"file\", \"changes\": [{\"line\", \"column\"}], \"left\":
      [{\"line\", \"column\", \"why\"}], \"errors\": [{\"line\", \"column\", \"message\"}]}";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Fmt {
    /// The engines that can read strings whose file does not state one: one dialect, or a set such as redis-6.2..7.2
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Stated>,
    #[command(flatten)]
    setting: ChannelSetting,
    /// Write nothing; list what would change, and exit with 1 if anything would
    #[arg(long)]
    check: bool,
    /// Write the shortest equivalent string instead of the canonical form
    #[arg(long)]
    simplify: bool,
    /// Replace plaintext passwords with their hashes, as servers do
    #[arg(long)]
    hash_passwords: bool,
    #[command(flatten)]
    size: FileSize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Files and folders; in folders, files that .gitignore matches are skipped
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What became of a file.
#[derive(Default, Serialize)]
struct Report {
    file: PathBuf,
    changes: Vec<At>,
    left: Vec<LeftAt>,
    errors: Vec<Refusal>,
    /// What was stated for the file and contradicts it.
    #[serde(skip)]
    contradictions: Vec<Problem>,
    #[serde(skip)]
    counts: Counts,
    /// Whether it is a file of users, of which a server prints each line in one form.
    #[serde(skip)]
    is_of_users: bool,
    /// The whole message, if there is no such file.
    #[serde(skip)]
    missing: Option<String>,
    /// The path that was named, by its index.
    #[serde(skip)]
    below: usize,
}

/// The settings that hold in each folder.
type ByFolder = Mutex<HashMap<PathBuf, Arc<SettingsFile>>>;

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
    #[serde(serialize_with = "as_text")]
    why: Left,
    /// The engines that can read it.
    #[serde(skip)]
    dialects: Dialects,
}

fn as_text<S: Serializer>(why: &Left, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}

impl Fmt {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let (mut outcome, dialects, mut summary) =
            (Outcome::Fine, Mutex::default(), Summary::new(&self.paths));
        files::in_order(
            scopes::grouped(files::at(&self.paths)),
            |group| self.group(group, &dialects),
            |group| {
                group.into_iter().try_for_each(|report| {
                    let report = report?;
                    summary.add(report.below, report.counts);
                    report.tell(&self)?;
                    outcome = outcome.max(report.outcome(&self));
                    Ok(())
                })
            },
        )?;
        summary.print()?;
        Ok(outcome)
    }

    /// Formats files that are read together. The errors are those of settings.
    fn group(&self, group: &Group, settings: &ByFolder) -> Vec<io::Result<Report>> {
        let around = Files::around_group(group, self.size);
        let scope = around.scope();
        let reports = group.iter().map(|file| {
            let below = file.as_ref().map_or_else(|unread| unread.below, |file| file.below);
            let report = match file {
                Ok(file) => match around.get(&file.path) {
                    Some((kind, bytes)) => {
                        let engines = self.engines(&file.path, settings)?;
                        let stated = engines.of_files()?;
                        let document = Document::read_in(&scope, &file.path, bytes, kind, stated.as_ref());
                        self.written(&engines.put_into(document), bytes)
                    }
                    None => self.file(file, settings)?,
                },
                Err(Unread { path, error, .. }) => Report::unread(path, error),
            };
            Ok(Report { below, ..report })
        });
        reports.collect()
    }

    /// Formats a file by itself.
    fn file(&self, file: &Found, settings: &ByFolder) -> io::Result<Report> {
        let unreadable = |message: String| Ok(Report::unreadable(&file.path, message));
        let (kind, bytes) = match file.content(self.size) {
            Ok(Content::Of(kind, bytes)) => (kind, bytes),
            Ok(Content::Other) if file.is_named => {
                return unreadable("not a file that can hold access strings".into());
            }
            Ok(Content::Other) => return Ok(Report::default()),
            Ok(Content::TooLarge(size)) => {
                return unreadable(self.size.too_large(size));
            }
            Err(error) => return Ok(Report::unread(&file.path, &error)),
        };
        let engines = self.engines(&file.path, settings)?;
        let document = Document::read(&file.path, &bytes, kind, engines.of_files()?.as_ref());
        Ok(self.written(&engines.put_into(document), &bytes))
    }

    /// The engines that the flag or the settings state.
    fn engines(&self, path: &Path, settings: &ByFolder) -> io::Result<Engines> {
        let flags = Engines::new(self.dialect.clone(), self.setting);
        Ok(flags.or(engines_for(path, settings)?))
    }

    /// What becomes of a file, which is written unless it is only checked.
    fn written(&self, document: &Document<'_>, bytes: &[u8]) -> Report {
        let (report, new) = self.formatted(document);
        let path = document.path();
        match new.filter(|_| !self.check).map_or(Ok(()), |new| files::rewrite(path, bytes, &new)) {
            Ok(()) => report,
            Err(error) => Report::unreadable(path, error.to_string()),
        }
    }

    fn target(&self) -> Target {
        Target {
            form: if self.simplify { TargetForm::Simplified } else { TargetForm::Canonical },
            passwords: if self.hash_passwords { Passwords::Hashed } else { Passwords::Kept },
        }
    }

    /// What becomes of a file, and what to write if something changes.
    fn formatted(&self, document: &Document<'_>) -> (Report, Option<Vec<u8>>) {
        let mut report = Report {
            file: document.path().to_owned(),
            counts: Counts::of(document),
            is_of_users: document.is_of_users(),
            errors: document.refusals(),
            contradictions: document.contradictions().cloned().collect(),
            ..Report::default()
        };
        if !report.errors.is_empty() {
            return (report, None);
        }
        let formatted = document.formatted(self.target());
        report.changes = formatted.changed.iter().map(|index| At::of(document, *index)).collect();
        report.left = formatted.left.iter().map(|left| LeftAt::of(document, left)).collect();
        (report, formatted.bytes)
    }
}

impl At {
    fn of(document: &Document<'_>, index: usize) -> Self {
        let entry = &document.entries()[index];
        let Position { line, column } = document.position(entry, Span::new(0, 0));
        Self { line, column, name: entry.name.clone() }
    }
}

impl LeftAt {
    fn of(document: &Document<'_>, left: &LeftEntry) -> Self {
        let dialects = document.entries()[left.index].dialects.clone();
        Self { at: At::of(document, left.index), why: left.why, dialects }
    }
}

impl fmt::Display for LeftAt {
    /// What stays as it is, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.at.name;
        match self.why {
            Left::DependsOnEngine => write!(f, "{name} ({}): {}", self.dialects, self.why),
            _ => write!(f, "{name}: {}", self.why),
        }
    }
}

impl Report {
    /// A file that the file system does not let us read. One that does not exist has no position.
    fn unread(path: &Path, error: &io::Error) -> Self {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        let missing = is_missing.then(|| files::told_of(path, error));
        Self { missing, ..Self::unreadable(path, files::told(error)) }
    }

    fn unreadable(path: &Path, message: String) -> Self {
        Self {
            file: path.to_owned(),
            errors: vec![Refusal::of_file(message)],
            counts: Counts::UNREADABLE,
            ..Self::default()
        }
    }

    fn outcome(&self, fmt: &Fmt) -> Outcome {
        match () {
            () if !self.errors.is_empty() => Outcome::BadInput,
            // nobody said in which form the string shall be
            () if self.is_of_users && self.left.iter().any(|left| left.why == Left::DependsOnEngine) => {
                Outcome::BadInput
            }
            () if fmt.check && (!self.changes.is_empty() || self.is_different()) => Outcome::Negative,
            () => Outcome::Fine,
        }
    }

    /// Whether a string stays though a plan would show a difference.
    fn is_different(&self) -> bool {
        self.left.iter().any(|left| left.why.is_a_difference())
    }

    fn tell(&self, fmt: &Fmt) -> io::Result<()> {
        self.contradictions.iter().try_for_each(|problem| output::warning(problem, &self.file))?;
        if fmt.format == Format::Json {
            let is_silent = self.changes.is_empty() && self.left.is_empty() && self.errors.is_empty();
            return if is_silent { Ok(()) } else { output::json(self) };
        }
        if let Some(message) = &self.missing {
            return output::error(message, None);
        }
        self.errors.iter().try_for_each(|refusal| output::refusal(refusal, &self.file))?;
        let verb = if fmt.check { "would change" } else { "changed" };
        for At { line, column, name } in &self.changes {
            output::line(format_args!("{}:{line}:{column}: {verb}: {name}", self.file.display()))?;
        }
        for left in &self.left {
            let At { line, column, .. } = left.at;
            output::line(format_args!("{}:{line}:{column}: left as it is: {left}", self.file.display()))?;
        }
        Ok(())
    }
}

fn engines_for(path: &Path, known: &ByFolder) -> io::Result<Engines> {
    let folder = folder_of(path);
    if let Some(settings) = known.lock().expect("no other worker panicked").get(folder) {
        return Ok(settings.engines_of(path));
    }
    let settings = Arc::new(SettingsFile::of_folder(folder, None)?);
    known.lock().expect("no other worker panicked").insert(folder.to_owned(), settings.clone());
    Ok(settings.engines_of(path))
}
