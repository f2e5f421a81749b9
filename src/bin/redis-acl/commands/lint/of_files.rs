//! `redis-acl lint PATH…`

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redis_acl::document::{Document, Found, Problem, ProblemKind, same_users};
use redis_acl::{Dialects, Level, lint, syntax};

use super::found;
use super::{Flags, Format, Rules, Tally, bad_usage, sarif};
use crate::Outcome;
use crate::files::{self, Content};
use crate::scopes::{self, Files, Group};
use crate::settings::folder_of;
use crate::summary::{Counts, Summary};

/// What becomes of the files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    /// What would be changed is shown.
    Shown,
    Written,
}

/// Looks at files, with the settings that hold where each of them is.
struct Linter {
    flags: Flags,
    by_folder: Mutex<HashMap<PathBuf, Arc<Rules>>>,
    format: Format,
    change: Change,
}

/// What is to be printed of a file.
#[derive(Default)]
struct Looked {
    printed: String,
    /// How many results of SARIF that is.
    results: usize,
    tally: Tally,
    outcome: Option<Outcome>,
    counts: Counts,
    /// The path that was named, by its index.
    below: usize,
}

pub(super) fn run(paths: &[PathBuf], flags: Flags, format: Format, change: Change) -> io::Result<Outcome> {
    // flags that are wrong are told of once, before any file
    if let Err(message) = flags.settings.put_into(&mut lint::Config::new()) {
        return bad_usage(&message);
    }
    let linter = Linter { flags, by_folder: Mutex::default(), format, change };
    let mut out = anstream::stdout().lock();
    let (mut tally, mut outcome, mut results) = (Tally::default(), Outcome::Fine, 0);
    let mut summary = Summary::new(paths);
    if format == Format::Sarif {
        out.write_all(sarif::head()?.as_bytes())?;
    }
    files::in_order(
        scopes::grouped(files::at(paths)),
        |group| linter.look_at(group),
        |group| {
            group.into_iter().try_for_each(|looked| {
                let looked = looked?;
                if format == Format::Sarif && results > 0 && looked.results > 0 {
                    out.write_all(b",")?;
                }
                results += looked.results;
                out.write_all(looked.printed.as_bytes())?;
                tally.add_all(looked.tally);
                summary.add(looked.below, looked.counts);
                outcome = outcome.max(looked.outcome.unwrap_or(Outcome::Fine));
                Ok(())
            })
        },
    )?;
    if format == Format::Sarif {
        out.write_all(sarif::TAIL.as_bytes())?;
    }
    out.flush()?;
    drop(out);
    if format == Format::Text {
        tally.tell()?;
    }
    summary.print()?;
    Ok(outcome)
}

impl Linter {
    /// Looks at files that are read together. The errors are those of settings.
    fn look_at(&self, group: &Group) -> Vec<io::Result<Looked>> {
        let around = Files::around_group(group, self.flags.size);
        let scope = around.scope();
        let looked = group.iter().map(|file| {
            let below = file.as_ref().map_or_else(|unread| unread.below, |file| file.below);
            let looked = match file {
                Ok(file) => match around.get(&file.path) {
                    Some((kind, bytes)) => self.lint(&file.path, bytes, |stated| {
                        Document::read_in(&scope, &file.path, bytes, kind, stated)
                    }),
                    None => self.look(file),
                },
                Err(unread) => self.unreadable(&unread.path.to_string_lossy(), &files::told(&unread.error)),
            };
            looked.map(|looked| Looked { below, ..looked })
        });
        looked.collect()
    }

    /// Looks at a file by itself.
    fn look(&self, file: &files::Found) -> io::Result<Looked> {
        let path = file.path.to_string_lossy();
        match file.content(self.flags.size) {
            Err(error) => self.unreadable(&path, &files::told(&error)),
            Ok(Content::Other) if file.is_named => {
                self.unreadable(&path, "not a file that can hold access strings")
            }
            Ok(Content::Other) => Ok(Looked::default()),
            Ok(Content::TooLarge(size)) => {
                let message = self.flags.size.too_large(size);
                let mut looked = Looked::default();
                let problem = Problem::of_whole_file(ProblemKind::TooLarge, message);
                self.print(&path, None, &[Found::of_file(&problem)], &mut looked)?;
                looked.outcome = Some(Outcome::BadInput);
                looked.counts = Counts::UNREADABLE;
                Ok(looked)
            }
            Ok(Content::Of(kind, bytes)) => {
                self.lint(&file.path, &bytes, |stated| Document::read(&file.path, &bytes, kind, stated))
            }
        }
    }

    /// What cannot be read is an error that no setting changes.
    fn unreadable(&self, path: &str, message: &str) -> io::Result<Looked> {
        let problem = Problem::of_whole_file(ProblemKind::Unreadable, message.to_owned());
        let mut looked = Looked::default();
        self.print(path, None, &[Found::of_file(&problem)], &mut looked)?;
        looked.outcome = Some(Outcome::BadInput);
        looked.counts = Counts::UNREADABLE;
        Ok(looked)
    }

    fn lint<'a>(
        &self,
        path: &Path,
        bytes: &[u8],
        read: impl FnOnce(Option<&Dialects>) -> Document<'a>,
    ) -> io::Result<Looked> {
        let rules = self.rules_of(path)?;
        let engines = rules.engines_of(path);
        let document = engines.put_into(read(engines.of_files()?.as_ref()));
        let mut looked = Looked { counts: Counts::of(&document), ..Looked::default() };
        if self.change == Change::Nothing {
            self.report(path, &document, &rules, &mut looked)?;
            return Ok(looked);
        }
        let changes = document.fixes(&rules.config);
        if changes.is_empty() {
            self.report(path, &document, &rules, &mut looked)?;
            return Ok(looked);
        }
        let users = document.users();
        let rewritten = document.rewritten(&changes, |again| same_users(&users, &again.users()));
        if self.change == Change::Shown {
            let made = changes.iter().filter(|(index, _)| !rewritten.left.contains(index));
            made.for_each(|(index, new)| looked.printed.push_str(&shown(path, &document, *index, new)));
        } else if rewritten.bytes != bytes {
            if let Err(error) = files::rewrite(path, bytes, &rewritten.bytes) {
                return self.unreadable(&path.to_string_lossy(), &format!("not fixed: {error}"));
            }
            let strings = match changes.len() - rewritten.left.len() {
                1 => "1 string".to_owned(),
                count => format!("{count} strings"),
            };
            looked.printed.push_str(&format!("{}: {strings} fixed\n", path.display()));
        }
        let again = document.reread(&rewritten.bytes);
        self.report(path, &again, &rules, &mut looked)?;
        Ok(looked)
    }

    fn report(
        &self,
        path: &Path,
        document: &Document<'_>,
        rules: &Rules,
        looked: &mut Looked,
    ) -> io::Result<()> {
        let found = document.lint(&rules.config);
        self.print(&path.to_string_lossy(), Some(document), &found, looked)?;
        found.iter().for_each(|found| looked.judge(rules, found.level()));
        if document.is_unreadable() {
            looked.outcome = Some(Outcome::BadInput);
        }
        Ok(())
    }

    fn print(
        &self,
        path: &str,
        document: Option<&Document<'_>>,
        found: &[Found<'_>],
        looked: &mut Looked,
    ) -> io::Result<()> {
        for found in found {
            looked.tally.add(found.level());
            match self.format {
                Format::Text => looked.printed.push_str(&found::text(found, path)),
                Format::Json => {
                    writeln!(looked.printed, "{}", found::json(found, path)?).map_err(io::Error::other)?
                }
                Format::Github => {
                    writeln!(looked.printed, "{}", found::workflow(found, path)).map_err(io::Error::other)?
                }
                Format::Sarif => {
                    if looked.results > 0 {
                        looked.printed.push(',');
                    }
                    looked.printed.push_str(&sarif::result(found, path, document)?);
                    looked.results += 1;
                }
            }
        }
        Ok(())
    }

    fn rules_of(&self, path: &Path) -> io::Result<Arc<Rules>> {
        let folder = folder_of(path);
        if let Some(rules) = self.by_folder.lock().expect("no worker panicked").get(folder) {
            return Ok(rules.clone());
        }
        let rules = Arc::new(self.flags.rules_in(folder)?);
        self.by_folder.lock().expect("no worker panicked").insert(folder.to_owned(), rules.clone());
        Ok(rules)
    }
}

impl Looked {
    /// Counts a finding towards the exit code.
    fn judge(&mut self, rules: &Rules, level: Level) {
        if level >= rules.fail_on {
            self.outcome = self.outcome.max(Some(Outcome::Negative));
        }
    }
}

/// A string and what it would be, without passwords.
fn shown(path: &Path, document: &Document<'_>, index: usize, new: &str) -> String {
    let entry = &document.entries()[index];
    let place = document.position(entry, redis_acl::Span::new(0, 0));
    let lines = |sign: char, text: &str| {
        syntax::masked(text).lines().map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    let mut shown = String::new();
    let _ = writeln!(shown, "{}:{place}: {}", path.display(), entry.name);
    shown + &lines('-', &entry.text) + &lines('+', new)
}
