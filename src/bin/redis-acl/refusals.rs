//! What is refused in a file, and so keeps it from being compared or rewritten.

use std::io;
use std::path::Path;

use redis_acl::iac::Position;
use redis_acl::{Report, User};
use serde::Serialize;

use crate::output;
use redis_acl::document::{Document, Problem, ProblemKind};

/// Something that is refused.
#[derive(Serialize)]
pub(crate) struct Refusal {
    line: usize,
    column: usize,
    /// What it is about: a user, or a resource and its attribute.
    name: String,
    message: String,
    help: Option<String>,
    #[serde(skip)]
    report: Option<Report>,
}

/// All that is refused, in the order of the file: lines and files that cannot be read, and rules that the dialect
/// does not take. What AWS says to a whole request is left to `redis-acl lint`.
pub(crate) fn refusals(document: &Document<'_>) -> Vec<Refusal> {
    let counts = |problem: &&Problem| matches!(problem.kind, ProblemKind::File(_) | ProblemKind::Unreadable);
    let mut refused: Vec<_> = document.problems().iter().filter(counts).map(Refusal::of_problem).collect();
    for entry in document.entries().iter().filter(|entry| !entry.is_fragment) {
        match User::parse(entry.dialect, &entry.text) {
            Ok(_) => refused.extend(entry.refused.iter().map(Refusal::of_problem)),
            Err(errors) => refused.extend(errors.iter().map(|error| Refusal {
                report: Some(error.report()),
                ..Refusal::at(document.position(entry, error.span()), &entry.name, error.to_string())
            })),
        }
    }
    refused.sort_by_key(|refusal| (refusal.line, refusal.column));
    refused
}

impl Refusal {
    /// About a whole file.
    pub(crate) fn of_file(message: String) -> Self {
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

    /// Tells it on the standard error.
    pub(crate) fn tell(&self, path: &Path) -> io::Result<()> {
        let Self { line, column, name, message, report, .. } = self;
        let separator = if name.is_empty() { "" } else { " " };
        let place = format!("{}:{line}:{column}{separator}{name}", path.display());
        match report {
            Some(report) => {
                output::about(place)?;
                output::report(report, None)
            }
            None => output::error(format_args!("{}:{line}:{column}: {message}", path.display()), None),
        }
    }
}
