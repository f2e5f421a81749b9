//! Text and JSON, reports on the standard error.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use anstyle::AnsiColor;
use redis_acl::compare::{Difference, MAX_SELECTORS};
use redis_acl::document::{Problem, Refusal};
use redis_acl::{Dialects, Relation, Report, User};
use serde::Serialize;

use crate::input::Bounds;

/// How results are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: results on standard output, errors on standard error
    #[default]
    Text,
    /// For programs: one JSON object per line, including errors
    Json,
}

/// A line of text, as it is: an escape sequence in a pattern is a part of it.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// What is gained and lost, a line each; coloured if that is a terminal.
pub(crate) fn difference(difference: &Difference, bounds: Bounds) -> io::Result<()> {
    difference_lines(difference.to_string().lines())?;
    match difference.comparison().relation() {
        Relation::Undecided => self::bounds(bounds),
        _ => Ok(()),
    }
}

/// Which bounds were reached, where something is undecided.
pub(crate) fn bounds(Bounds { work }: Bounds) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    writeln!(
        anstream::stderr(),
        "{bold}help{bold:#}: the limits are {MAX_SELECTORS} selectors and {work} steps of work; --work raises the latter"
    )
}

/// The same of some of its lines.
pub(crate) fn difference_lines<'l>(lines: impl Iterator<Item = &'l str>) -> io::Result<()> {
    let colour = |colour: anstyle::AnsiColor| anstyle::Style::new().fg_color(Some(colour.into()));
    let mut style = anstyle::Style::new();
    let mut to = anstream::stdout().lock();
    for line in lines {
        // the lines of a list have the colour of the one that begins it
        style = match line.trim_start().get(..2) {
            Some("+ ") => colour(anstyle::AnsiColor::Green),
            Some("- ") => colour(anstyle::AnsiColor::Red),
            _ => style,
        };
        writeln!(to, "{style}{line}{style:#}")?;
    }
    Ok(())
}

/// A line of JSON.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    writeln!(io::stdout(), "{text}")
}

/// A coloured line of text; without the colour if the standard output is no terminal.
pub(crate) fn coloured(colour: AnsiColor, text: impl Display) -> io::Result<()> {
    let style = anstyle::Style::new().fg_color(Some(colour.into()));
    writeln!(anstream::stdout(), "{style}{text}{style:#}")
}

/// A line of text that begins with a coloured word.
pub(crate) fn marked(colour: AnsiColor, word: &str, text: impl Display) -> io::Result<()> {
    let style = anstyle::Style::new().bold().fg_color(Some(colour.into()));
    writeln!(anstream::stdout(), "{style}{word}{style:#}{text}")
}

/// A line on the standard error about the work as a whole.
pub(crate) fn note(text: impl Display) -> io::Result<()> {
    writeln!(anstream::stderr(), "{text}")
}

/// Says which engines had no say, as they reject one of the users' strings.
pub(crate) fn not_asked(dialects: &Dialects, users: &[&[User]]) -> io::Result<()> {
    let accepts = |users: &[User], dialect| users.iter().any(|user| user.dialect().is_same_engine(dialect));
    match dialects.filter(|dialect| users.iter().any(|users| !accepts(users, dialect))) {
        Some(others) => note(format_args!("note: {others} had no say, where a string is rejected")),
        None => Ok(()),
    }
}

/// What the errors after it are about.
pub(crate) fn about(what: impl Display) -> io::Result<()> {
    writeln!(anstream::stderr(), "{what}:")
}

/// An error drawn on the standard error; coloured if that is a terminal.
pub(crate) fn report(report: &Report, input_line: Option<usize>) -> io::Result<()> {
    let mut to = anstream::stderr().lock();
    if let Some(number) = input_line {
        writeln!(to, "line {number}:")?;
    }
    writeln!(to, "{report:#}")
}

/// The same on the standard output, where it is the result.
pub(crate) fn finding(report: &Report, input_line: Option<usize>) -> io::Result<()> {
    let mut to = anstream::stdout().lock();
    if let Some(number) = input_line {
        writeln!(to, "line {number}:")?;
    }
    writeln!(to, "{report:#}")
}

/// What is rejected in a file, on the standard error.
pub(crate) fn refusal(refusal: &Refusal, path: &Path) -> io::Result<()> {
    let Refusal { line, column, name, message, report, .. } = refusal;
    let separator = if name.is_empty() { "" } else { " " };
    let place = format!("{}:{line}:{column}{separator}{name}", path.display());
    match report {
        Some(report) => {
            about(place)?;
            self::report(report, None)
        }
        None => error(format_args!("{}:{line}:{column}: {message}", path.display()), None),
    }
}

/// Something to note about a file that is no error, on the standard error.
pub(crate) fn warning(problem: &Problem, path: &Path) -> io::Result<()> {
    let bold = anstyle::Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
    let Problem { position, message, .. } = problem;
    writeln!(anstream::stderr(), "{bold}warning{bold:#}: {}:{position}: {message}", path.display())
}

/// An error that has no place in a text.
pub(crate) fn error(message: impl Display, input_line: Option<usize>) -> io::Result<()> {
    let bold = anstyle::Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let place = input_line.map(|number| format!("line {number}: ")).unwrap_or_default();
    writeln!(anstream::stderr(), "{place}{bold}error{bold:#}: {message}")
}
