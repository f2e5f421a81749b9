//! What is wrong, where, and how to mend it, drawn for a person.

use std::borrow::Cow;
use std::fmt;

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
fn steers(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// An error drawn under the text it is about.
///
/// `{}` is plain, `{:#}` carries terminal colours. Columns count characters; a text of several lines
/// is shown by the line that matters, a long one by its surroundings. Passwords are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    message: String,
    text: String,
    span: Span,
    notes: Vec<(&'static str, String)>,
}

/// How many characters of the text are shown on either side of the place.
const AROUND: usize = 60;

impl Report {
    /// `text` must hold no secrets; `span` is a place in it.
    pub(crate) fn new(message: String, text: &str, span: Span) -> Self {
        Self { message, text: text.to_owned(), span, notes: Vec::new() }
    }

    /// A line below: `= help: …`, `= note: …`.
    pub(crate) fn with(mut self, label: &'static str, note: Option<String>) -> Self {
        self.notes.extend(note.map(|note| (label, visible(&note).into_owned())));
        self
    }

    /// The part of the text that is shown, and where the place is in it, in characters.
    fn excerpt(&self) -> (String, usize, usize) {
        let start = self.text[..self.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end =
            self.text[self.span.start..].find('\n').map_or(self.text.len(), |end| self.span.start + end);
        let before = &self.text[start..self.span.start];
        let place = &self.text[self.span.start..self.span.end.clamp(self.span.start, end)];
        let after = &self.text[self.span.start + place.len()..end];
        let skipped = before.chars().count().saturating_sub(AROUND);
        let (lead, shown) = match before.char_indices().nth(skipped) {
            Some((from, _)) if skipped > 0 => ("…", &before[from..]),
            _ => ("", before),
        };
        let cut = |text: &str| match text.char_indices().nth(AROUND) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        let (place, after) = (cut(place), cut(after));
        let column = lead.chars().count() + shown.chars().count();
        let width = place.chars().count().max(1);
        let line = format!("{lead}{shown}{place}{after}");
        (line.replace(|c: char| c.is_control(), "\u{fffd}"), column, width)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (red, blue, bold, plain) = match f.alternate() {
            true => ("\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"),
            false => ("", "", "", ""),
        };
        let (line, column, width) = self.excerpt();
        writeln!(f, "{red}error{plain}{bold}: {}{plain}", self.message)?;
        writeln!(f, "  {blue}|{plain}")?;
        writeln!(f, "  {blue}|{plain} {line}")?;
        write!(f, "  {blue}|{plain} {}{red}{}{plain}", " ".repeat(column), "^".repeat(width))?;
        for (label, note) in &self.notes {
            write!(f, "\n  {blue}={plain} {bold}{label}{plain}: {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
    fn the_end_of_the_text_can_be_pointed_at() {
        assert!(Report::new("no".into(), "", Span::new(0, 0)).to_string().ends_with("  | ^"));
    }
}
