//! What is found in a file, with its place, and how it is shown.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use redis_acl::iac::Position;
use redis_acl::lint::{self, Config, Finding, Group};
use redis_acl::{Catalog, Dialect, Level};
use serde::Serialize;

use super::with_notes;
use redis_acl::document::{Document, Entry, Problem};

/// A finding of the linter, or a problem of the file.
pub(super) struct Found<'d> {
    pub(super) what: What<'d>,
    /// What it is about; empty if that is the file.
    pub(super) name: &'d str,
    pub(super) dialect: Option<Dialect>,
    pub(super) range: Range<usize>,
    pub(super) start: Position,
    pub(super) end: Position,
}

pub(super) enum What<'d> {
    Lint {
        finding: Finding,
        /// The entry it was found in.
        entry: usize,
    },
    Problem(&'d Problem),
}

/// A finding of a file, in JSON.
#[derive(Serialize)]
struct Json<'f> {
    file: &'f str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    range: [usize; 2],
    name: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    #[serde(flatten)]
    finding: JsonFinding<'f>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonFinding<'f> {
    Lint(&'f Finding),
    Problem {
        lint: &'static str,
        group: &'static str,
        level: Level,
        message: &'f str,
        notes: &'f [String],
        help: Option<&'f str>,
        fix: Option<()>,
    },
}

/// All that is found in a file, in its order.
pub(super) fn all<'d>(document: &'d Document<'_>, config: &Config) -> Vec<Found<'d>> {
    let mut found: Vec<Found<'d>> = Vec::new();
    for (index, entry) in document.entries().iter().enumerate() {
        in_entry(document, index, entry, config, &mut found);
    }
    // what AWS refuses of the rules, the linter tells as what the dialect refuses
    let told: Vec<_> =
        found.iter().filter(|found| found.is_refusal()).map(|found| found.range.clone()).collect();
    let is_told = |problem: &&Problem| {
        let touches =
            |range: &Range<usize>| range.start <= problem.range.end && problem.range.start <= range.end;
        problem.is_about_rules && told.iter().any(touches)
    };
    let problems = document.problems().iter().filter(|problem| !is_told(problem));
    found.extend(problems.map(|problem| Found::of_problem(document, problem, None)));
    found.sort_by_key(|found| found.range.start);
    found
}

fn in_entry<'d>(
    document: &'d Document<'_>,
    index: usize,
    entry: &'d Entry<'_>,
    config: &Config,
    found: &mut Vec<Found<'d>>,
) {
    let findings = lint::lint(&entry.text, &Catalog::from(entry.dialect), config);
    let is_refused = findings.iter().any(|finding| finding.lint().group() == Group::Refused);
    // of rules that are put behind others, only what is refused is known
    let is_known = |finding: &Finding| !entry.is_fragment || finding.lint().group() == Group::Refused;
    for finding in findings.into_iter().filter(is_known) {
        let range = document.range(entry, finding.span());
        found.push(Found {
            start: document.position(entry, finding.span()),
            end: document.position_of_byte(range.end),
            name: &entry.name,
            dialect: Some(entry.dialect),
            range,
            what: What::Lint { finding, entry: index },
        });
    }
    if !is_refused {
        let refused = entry.refused.iter();
        found.extend(refused.map(|problem| Found::of_problem(document, problem, Some(entry.dialect))));
    }
}

impl<'d> Found<'d> {
    pub(super) fn of_problem(
        document: &Document<'_>,
        problem: &'d Problem,
        dialect: Option<Dialect>,
    ) -> Self {
        let end = document.position_of_byte(problem.range.end);
        Self { end: end.max(problem.position), ..Self::of_file(problem, dialect) }
    }

    /// About a file of which there is no document.
    pub(super) fn of_file(problem: &'d Problem, dialect: Option<Dialect>) -> Self {
        Self {
            name: &problem.name,
            dialect,
            range: problem.range.clone(),
            start: problem.position,
            end: problem.position,
            what: What::Problem(problem),
        }
    }

    fn is_refusal(&self) -> bool {
        matches!(&self.what, What::Lint { finding, .. } if finding.lint().group() == Group::Refused)
    }

    pub(super) fn id(&self) -> &'static str {
        match &self.what {
            What::Lint { finding, .. } => finding.lint().id(),
            What::Problem(problem) => problem.kind.id(),
        }
    }

    pub(super) fn level(&self) -> Level {
        match &self.what {
            What::Lint { finding, .. } => finding.level(),
            What::Problem(problem) => problem.level,
        }
    }

    fn message(&self) -> &str {
        match &self.what {
            What::Lint { finding, .. } => finding.message(),
            What::Problem(problem) => &problem.message,
        }
    }

    fn notes(&self) -> &[String] {
        match &self.what {
            What::Lint { finding, .. } => finding.notes(),
            What::Problem(problem) => &problem.notes,
        }
    }

    fn help(&self) -> Option<&str> {
        match &self.what {
            What::Lint { finding, .. } => finding.help(),
            What::Problem(problem) => problem.help.as_deref(),
        }
    }

    /// The message, and a line for each thing more there is to say.
    pub(super) fn whole_message(&self) -> String {
        with_notes(self.message(), self.notes(), self.help())
    }

    // -----------------------------------------------------------------------------------------------
    // For people

    /// The place, and below it the finding drawn under the text; with colours.
    pub(super) fn text(&self, path: &str) -> String {
        let mut about = vec![self.name.to_owned()];
        about.extend(self.dialect.map(|dialect| format!("({dialect})")));
        about.retain(|part| !part.is_empty());
        let about = if about.is_empty() { String::new() } else { format!(" {}", about.join(" ")) };
        let bold = Style::new().bold();
        format!("{bold}{path}:{}:{bold:#}{about}\n{}\n", self.start, self.drawn())
    }

    fn drawn(&self) -> String {
        let problem = match &self.what {
            What::Lint { finding, .. } => return format!("{:#}", finding.report()),
            What::Problem(problem) => problem,
        };
        let colour = match problem.level {
            Level::Error => AnsiColor::Red,
            Level::Warning => AnsiColor::Yellow,
            Level::Hint => AnsiColor::Cyan,
        };
        let (style, bold) = (Style::new().bold().fg_color(Some(colour.into())), Style::new().bold());
        let (level, id) = (problem.level, problem.kind.id());
        let mut drawn = format!("{style}{level}[{id}]{style:#}{bold}: {}{bold:#}", problem.message);
        match &problem.report {
            // it has the message, the help and what the server says; the level and the id stand in its first line
            Some(report) => {
                let report = format!("{report:#}");
                let below = report.split_once('\n').map_or("", |(_, below)| below);
                let _ = write!(drawn, "\n{below}");
                const SERVER: &str = "the server says: ";
                let is_told = |note: &&String| note.starts_with(SERVER) && below.contains(SERVER);
                let notes = problem.notes.iter().filter(|note| !is_told(note));
                notes.for_each(|note| drawn.push_str(&line_below("note", note)));
            }
            None => {
                problem.notes.iter().for_each(|note| drawn.push_str(&line_below("note", note)));
                problem.help.iter().for_each(|help| drawn.push_str(&line_below("help", help)));
            }
        }
        drawn
    }

    // -----------------------------------------------------------------------------------------------
    // For programs

    pub(super) fn json(&self, path: &str) -> serde_json::Result<String> {
        let finding = match &self.what {
            What::Lint { finding, .. } => JsonFinding::Lint(finding),
            What::Problem(problem) => JsonFinding::Problem {
                lint: problem.kind.id(),
                group: "file",
                level: problem.level,
                message: &problem.message,
                notes: &problem.notes,
                help: problem.help.as_deref(),
                fix: None,
            },
        };
        serde_json::to_string(&Json {
            file: path,
            line: self.start.line,
            column: self.start.column,
            end_line: self.end.line,
            end_column: self.end.column,
            range: [self.range.start, self.range.end],
            name: self.name,
            dialect: self.dialect,
            finding,
        })
    }

    /// A command of GitHub's workflows.
    pub(super) fn workflow(&self, path: &str) -> String {
        let about = if self.name.is_empty() { String::new() } else { format!("{}: ", self.name) };
        format!(
            "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            workflow_level(self.level()),
            property(path),
            self.start.line,
            self.end.line,
            self.start.column,
            self.end.column,
            property(&format!("redis-acl: {}", self.id())),
            data(&format!("{about}{}", self.whole_message())),
        )
    }
}

fn line_below(label: &str, text: &str) -> String {
    let (blue, bold) = (Style::new().bold().fg_color(Some(AnsiColor::Blue.into())), Style::new().bold());
    format!("\n  {blue}={blue:#} {bold}{label}{bold:#}: {text}")
}

/// What GitHub calls the level.
pub(super) const fn workflow_level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint => "notice",
    }
}

/// Text behind the second `::` of a command.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
