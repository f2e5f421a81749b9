//! What is wrong, where, and how to mend it, drawn for a person.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::span::Span;

/// The text with control characters as escapes, so that a message stays one line and steers no terminal; also
/// those that turn the direction of writing, so that it reads as it is.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| if steers(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(escape).collect())
}

/// Control characters, and those of Unicode that set the direction of writing or break lines.
pub(crate) fn steers(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Level {
    /// It could be better.
    Hint,
    /// It is surely not meant.
    Warning,
    /// It is refused, or dead wrong.
    Error,
}

impl Level {
    /// `hint`, `warning` or `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn colour(self) -> &'static str {
        match self {
            Self::Hint => "\x1b[1;36m",
            Self::Warning => "\x1b[1;33m",
            Self::Error => "\x1b[1;31m",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An error or finding drawn under the text it is about.
///
/// `{}` is plain, `{:#}` carries terminal colours. Columns count characters; a text of several lines
/// is shown by the line that matters, a long one by its surroundings. Passwords are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    level: Level,
    /// What kind of finding it is, behind the level: `warning[stays-off]`.
    id: Option<&'static str>,
    message: String,
    shown: Shown,
    span: Span,
    /// Other places that belong to it.
    also: Vec<Span>,
    /// The number of the line, where the text is one of a file.
    line: Option<usize>,
    notes: Vec<(&'static str, String)>,
}

/// What is shown of the text: no more is kept, as there may be an error in each of a thousand rules of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    /// Stands for what is not shown of the line before the place.
    lead: &'static str,
    before: String,
    place: String,
    after: String,
}

/// A line of the text with its marks, in characters.
struct Excerpt {
    line: String,
    marks: String,
}

/// How many characters of the text are shown on either side of the place.
const AROUND: usize = 60;

impl Report {
    /// `text` must hold no secrets; `span` is a place in it.
    pub(crate) fn new(message: String, text: &str, span: Span) -> Self {
        Self {
            level: Level::Error,
            id: None,
            message,
            shown: Shown::of(text, span),
            span,
            also: Vec::new(),
            line: None,
            notes: Vec::new(),
        }
    }

    /// The text is this line of a file: its number is shown beside it.
    pub(crate) fn of_line(self, number: usize) -> Self {
        Self { line: Some(number), ..self }
    }

    /// As a finding of that level and kind.
    pub(crate) fn finding(mut self, level: Level, id: &'static str) -> Self {
        (self.level, self.id) = (level, Some(id));
        self
    }

    /// Marks other places with `-`, where they stand in what is shown.
    pub(crate) fn also(mut self, places: &[Span]) -> Self {
        self.also.extend(places);
        self
    }

    /// A line below: `= help: …`, `= note: …`.
    pub(crate) fn with(mut self, label: &'static str, note: Option<String>) -> Self {
        self.notes.extend(note.map(|note| (label, visible(&note).into_owned())));
        self
    }

    /// The part of the text that is shown, marked below: `^` for the place, `-` for others.
    fn excerpt(&self) -> Excerpt {
        let Shown { lead, before, place, after } = &self.shown;
        let mut marks: Vec<char> = vec![' '; lead.chars().count()];
        let is_also = |byte: usize| self.also.iter().any(|span| span.range().contains(&byte));
        let mark =
            |from: usize| move |(offset, _): (usize, char)| if is_also(from + offset) { '-' } else { ' ' };
        marks.extend(before.char_indices().map(mark(self.span.start - before.len())));
        marks.extend(core::iter::repeat_n('^', place.chars().count().max(1)));
        if !place.ends_with('…') {
            let behind = self.span.start + place.len();
            marks.extend(after.char_indices().take(AROUND).map(mark(behind)));
        }
        let line = format!("{lead}{before}{place}{after}");
        Excerpt {
            line: line.replace(steers, "\u{fffd}"),
            marks: String::from_iter(marks).trim_end().to_owned(),
        }
    }
}

impl Shown {
    fn of(text: &str, span: Span) -> Self {
        let (before, rest) = text.split_at(span.start);
        let near = before.chars().rev().take_while(|c| *c != '\n').take(AROUND);
        let (far, before) = before.split_at(before.len() - near.map(char::len_utf8).sum::<usize>());
        let (place, after) = rest.split_at(span.end.clamp(span.start, text.len()) - span.start);
        let after = if place.contains('\n') { "" } else { after };
        Self {
            lead: if far.is_empty() || far.ends_with('\n') { "" } else { "…" },
            before: before.to_owned(),
            place: beginning(place),
            after: beginning(after),
        }
    }
}

/// The first line of a text, or as much of it as is shown.
fn beginning(text: &str) -> String {
    match text.char_indices().take_while(|(_, c)| *c != '\n').nth(AROUND) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.split('\n').next().unwrap_or_default().to_owned(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (colour, blue, bold, plain) = match f.alternate() {
            true => (self.level.colour(), "\x1b[1;34m", "\x1b[1m", "\x1b[0m"),
            false => ("", "", "", ""),
        };
        let Excerpt { line, marks } = self.excerpt();
        let id = self.id.map(|id| format!("[{id}]")).unwrap_or_default();
        let number = self.line.map(|number| format!("{number} ")).unwrap_or_default();
        let margin = " ".repeat(number.len());
        writeln!(f, "{colour}{}{id}{plain}{bold}: {}{plain}", self.level, self.message)?;
        writeln!(f, "  {margin}{blue}|{plain}")?;
        writeln!(f, "  {blue}{number}|{plain} {line}")?;
        write!(f, "  {margin}{blue}|{plain} {colour}{marks}{plain}")?;
        for (label, note) in &self.notes {
            write!(f, "\n  {margin}{blue}={plain} {bold}{label}{plain}: {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::Report;
    use crate::span::Span;

    #[test]
    fn the_carets_stand_under_the_place() {
        let report = Report::new("unknown command".into(), "on +gte ~*", Span::new(3, 7));
        let report = report.with("help", Some("did you mean `get`?".into())).with("note", None);
        let drawn = "error: unknown command\n  |\n  | on +gte ~*\n  |    ^^^^\n  = help: did you mean `get`?";
        assert_eq!(report.to_string(), drawn);
    }

    #[test]
    fn columns_are_characters_and_long_texts_are_cut() {
        let text = format!("{}~é +x {}", "é".repeat(100), "~b ".repeat(100));
        let at = text.find("+x").unwrap();
        let drawn = Report::new("no".into(), &text, Span::new(at, at + 2)).to_string();
        let lines: Vec<_> = drawn.lines().collect();
        let caret = lines[3].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[2].chars().skip(caret).take(2).collect::<String>(), "+x");
        assert!(lines.iter().all(|line| line.chars().count() < 140));
    }

    #[test]
    fn what_steers_a_terminal_or_turns_the_writing_is_not_shown() {
        let report = Report::new("no".into(), "~\u{202e}a \x1b[2J +x", Span::new(11, 13));
        assert!(report.to_string().contains("| ~\u{fffd}a \u{fffd}[2J +x\n"));
    }

    #[test]
    fn other_places_are_marked_too() {
        let report = Report::new("no".into(), "+get ~é -@all on", Span::new(9, 14));
        let report =
            report.finding(super::Level::Warning, "some-lint").also(&[Span::new(0, 4), Span::new(15, 17)]);
        assert_eq!(
            report.to_string(),
            "warning[some-lint]: no\n  |\n  | +get ~é -@all on\n  | ----    ^^^^^ --"
        );
    }

    #[test]
    fn the_end_of_the_text_can_be_pointed_at() {
        assert!(Report::new("no".into(), "", Span::new(0, 0)).to_string().ends_with("  | ^"));
    }
}
