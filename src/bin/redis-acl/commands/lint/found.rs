//! How what is found in a file is shown.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use redis_acl::document::{Found, What};
use redis_acl::lint::Finding;
use redis_acl::{Dialects, Level};
use serde::Serialize;

use super::with_notes;

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
    dialect: Option<&'f Dialects>,
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

/// The message, and a line for each thing more there is to say.
pub(super) fn whole_message(found: &Found<'_>) -> String {
    with_notes(found.message(), found.notes(), found.help())
}

// -----------------------------------------------------------------------------------------------
// For people

/// The place, and below it the finding drawn under the text; with colours.
pub(super) fn text(found: &Found<'_>, path: &str) -> String {
    let mut about = vec![found.name.to_owned()];
    about.extend(found.dialects.map(|dialect| format!("({dialect})")));
    about.retain(|part| !part.is_empty());
    let about = if about.is_empty() { String::new() } else { format!(" {}", about.join(" ")) };
    let bold = Style::new().bold();
    format!("{bold}{path}:{}:{bold:#}{about}\n{}\n", found.start, drawn(found))
}

fn drawn(found: &Found<'_>) -> String {
    let problem = match &found.what {
        What::Lint { finding, .. } => return format!("{:#}", finding.report()),
        What::Problem(problem) => problem,
    };
    let colour = match problem.level() {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Hint => AnsiColor::Cyan,
    };
    let (style, bold) = (Style::new().bold().fg_color(Some(colour.into())), Style::new().bold());
    let (level, id) = (problem.level(), problem.kind.id());
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

pub(super) fn json(found: &Found<'_>, path: &str) -> serde_json::Result<String> {
    let finding = match &found.what {
        What::Lint { finding, .. } => JsonFinding::Lint(finding),
        What::Problem(problem) => JsonFinding::Problem {
            lint: problem.kind.id(),
            group: "file",
            level: problem.level(),
            message: &problem.message,
            notes: &problem.notes,
            help: problem.help.as_deref(),
            fix: None,
        },
    };
    serde_json::to_string(&Json {
        file: path,
        line: found.start.line,
        column: found.start.column,
        end_line: found.end.line,
        end_column: found.end.column,
        range: [found.range.start, found.range.end],
        name: found.name,
        dialect: found.dialects,
        finding,
    })
}

/// A command of GitHub's workflows.
pub(super) fn workflow(found: &Found<'_>, path: &str) -> String {
    let about = if found.name.is_empty() { String::new() } else { format!("{}: ", found.name) };
    format!(
        "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        workflow_level(found.level()),
        property(path),
        found.start.line,
        found.end.line,
        found.start.column,
        found.end.column,
        property(&format!("redis-acl: {}", found.id())),
        data(&format!("{about}{}", whole_message(found))),
    )
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
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
