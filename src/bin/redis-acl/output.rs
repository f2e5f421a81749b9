//! Text and JSON, reports on the standard error.

use std::fmt::Display;
use std::io::{self, Write};

use redis_acl::Report;
use serde::Serialize;

/// How results are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: results on the standard output, reports on the standard error
    #[default]
    Text,
    /// For programs: a JSON object a line, errors in it
    Json,
}

/// A line of text.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout(), "{text}")
}

/// A line of JSON.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    writeln!(io::stdout(), "{text}")
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

/// An error that has no place in a text.
pub(crate) fn error(message: impl Display, input_line: Option<usize>) -> io::Result<()> {
    let bold = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
    let place = input_line.map(|number| format!("line {number}: ")).unwrap_or_default();
    writeln!(anstream::stderr(), "{place}{bold}error{bold:#}: {message}")
}
