//! What is rejected in a file, and so keeps it from being compared or rewritten.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Document, Entry, Problem, ProblemKind};
use crate::iac::Position;
use crate::report::{Level, Report};
use crate::user::{ApplyErrors, User};

/// Something that every engine that may read it rejects.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Refusal {
    /// The line in the file, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What it is about: a user, or a resource and its attribute.
    pub name: String,
    /// What is wrong, in one line.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
    /// The same drawn under the text, where there is one to show.
    #[serde(skip)]
    pub report: Option<Report>,
}

impl Document<'_> {
    /// Everything that is rejected, in the order of the file: lines and files that cannot be read, and rules that no
    /// engine accepts that may read them. What AWS says to a whole request is left to [`Document::lint`].
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        let mut refused: Vec<_> =
            self.problems().iter().filter(keeps_from_reading).map(Refusal::of_problem).collect();
        for entry in self.entries().iter().filter(|entry| !entry.is_fragment) {
            match rejection(entry) {
                None => {
                    refused.extend(entry.refused.iter().filter(keeps_from_reading).map(Refusal::of_problem))
                }
                Some(errors) => refused.extend(errors.iter().map(|error| Refusal {
                    report: Some(error.report()),
                    help: error.help(),
                    ..Refusal::at(self.position(entry, error.span()), &entry.name, error.to_string())
                })),
            }
        }
        refused.sort_by_key(|refusal| (refusal.line, refusal.column));
        refused
    }
}

impl Document<'_> {
    /// Whether all users of the file are known, although these [refusals](Document::refusals) are in it: each is about the
    /// string of one user. A server rejects a file of users as a whole.
    #[must_use]
    pub fn is_read_whole(&self, refusals: &[Refusal]) -> bool {
        let is_read = !self.problems().iter().any(|problem| keeps_from_reading(&problem));
        is_read && (!self.is_of_users() || refusals.is_empty())
    }
}

fn keeps_from_reading(problem: &&Problem) -> bool {
    matches!(problem.kind, ProblemKind::File(_) | ProblemKind::Unreadable) && problem.level() == Level::Error
}

/// What the newest engine says to a string that none accepts.
fn rejection(entry: &Entry<'_>) -> Option<ApplyErrors> {
    let mut newest = None;
    for dialect in entry.dialects.iter().rev() {
        let errors = User::parse(dialect, &entry.text).err()?;
        newest.get_or_insert(errors);
    }
    newest
}

impl Refusal {
    /// About a whole file.
    #[must_use]
    pub fn of_file(message: String) -> Self {
        Self::at(Position { line: 1, column: 1 }, "", message)
    }

    fn at(position: Position, name: &str, message: String) -> Self {
        let Position { line, column } = position;
        Self { line, column, name: name.to_owned(), message, help: None, report: None }
    }

    fn of_problem(problem: &Problem) -> Self {
        Self {
            help: problem.help.clone(),
            report: problem.report.clone(),
            ..Self::at(problem.position, &problem.name, problem.message.clone())
        }
    }
}
