//! Scalars of YAML (version 1.2, chapters 7 and 8).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Decoded, Reader};

/// The blanks of YAML within a line.
const BLANKS: [char; 2] = [' ', '\t'];

/// A block: lines behind `|` or `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::iac) struct Block {
    /// `>`, which makes one line of several.
    pub(in crate::iac) folded: bool,
    /// The spaces before each line.
    pub(in crate::iac) indent: usize,
    /// Whether the header says the indentation; else the first line does.
    pub(in crate::iac) stated: bool,
    pub(in crate::iac) chomp: Chomp,
}

/// What becomes of the line ends behind the last line that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::iac) enum Chomp {
    /// `-`: none is left.
    Strip,
    /// One is left.
    Clip,
    /// `+`: all are left.
    Keep,
}

// ---------------------------------------------------------------------------------------------------
// Plain and quoted scalars

pub(super) fn decode_plain(token: &str) -> Decoded {
    let mut decoded = Decoded::default();
    let mut reader = Reader { text: token, at: 0 };
    while !reader.rest().is_empty() {
        blanks_or_fold(&mut decoded, &mut reader);
        let start = reader.at;
        decoded.verbatim(reader.until(&[' ', '\t', '\n', '\r']), start);
    }
    decoded
}

pub(super) fn decode_single(token: &str) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    let mut reader = Reader::quoted(token, '\'')?;
    while !reader.rest().is_empty() {
        blanks_or_fold(&mut decoded, &mut reader);
        let start = reader.at;
        decoded.verbatim(reader.until(&[' ', '\t', '\n', '\r', '\'']), start);
        if reader.rest().starts_with('\'') {
            let start = reader.at;
            reader.at += reader.rest().starts_with("''").then_some(2)?;
            decoded.escaped("'", start..reader.at);
        }
    }
    Some(decoded)
}

pub(super) fn decode_double(token: &str) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    let mut reader = Reader::quoted(token, '"')?;
    while !reader.rest().is_empty() {
        blanks_or_fold(&mut decoded, &mut reader);
        let start = reader.at;
        decoded.verbatim(reader.until(&[' ', '\t', '\n', '\r', '\\', '"']), start);
        match reader.rest().chars().next() {
            Some('"') => return None,
            Some('\\') => escape_sequence(&mut decoded, &mut reader)?,
            _ => {}
        }
    }
    Some(decoded)
}

/// Blanks between words stand for themselves. With line ends among them they are folded: one is a space, of
/// more the first is dropped.
fn blanks_or_fold(decoded: &mut Decoded, reader: &mut Reader<'_>) {
    let start = reader.at;
    let blanks = blanks(reader);
    let breaks = line_ends(reader);
    match breaks {
        0 => decoded.verbatim(blanks, start),
        1 => decoded.escaped(" ", start..reader.at),
        more => decoded.escaped(&"\n".repeat(more - 1), start..reader.at),
    }
}

fn blanks<'t>(reader: &mut Reader<'t>) -> &'t str {
    let rest = reader.rest();
    let blanks = &rest[..rest.len() - rest.trim_start_matches(BLANKS).len()];
    reader.at += blanks.len();
    blanks
}

/// How many lines end here, with the blanks at the beginning of each following line.
fn line_ends(reader: &mut Reader<'_>) -> usize {
    let mut count = 0;
    while let Some(length) = line_end(reader.rest()) {
        reader.at += length;
        blanks(reader);
        count += 1;
    }
    count
}

/// The length of the line end that the text begins with.
fn line_end(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

fn escape_sequence(decoded: &mut Decoded, reader: &mut Reader<'_>) -> Option<()> {
    let start = reader.at;
    reader.at += 1;
    if line_end(reader.rest()).is_some() {
        // an escaped line end is nothing, those of empty lines behind it remain
        let others = line_ends(reader) - 1;
        decoded.escaped(&"\n".repeat(others), start..reader.at);
        return Some(());
    }
    let c = match reader.next()? {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        c @ (' ' | '"' | '/' | '\\') => c,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => char::from_u32(reader.hex(2)?)?,
        'u' => reader.utf16()?,
        'U' => char::from_u32(reader.hex(8)?)?,
        _ => return None,
    };
    decoded.escaped(c.encode_utf8(&mut [0; 4]), start..reader.at);
    Some(())
}

pub(super) fn escape_double(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if is_printable_character(c) => escaped.push(c),
            // those have four digits at most
            c => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    escaped
}

// ---------------------------------------------------------------------------------------------------
// Blocks

/// A line of a block behind its indentation, and where it is in the token.
struct Line<'t> {
    text: &'t str,
    at: usize,
    /// The length of its line end; zero at the end of the file.
    end: usize,
}

impl Block {
    pub(super) fn decode(self, token: &str) -> Option<Decoded> {
        let lines = self.lines_of(token)?;
        let count = lines.iter().rposition(|line| !line.text.is_empty()).map_or(0, |last| last + 1);
        let mut decoded = Decoded::default();
        let (content, behind) = lines.split_at(count);
        match self.folded {
            true => fold(&mut decoded, content),
            false => content.iter().enumerate().for_each(|(number, line)| {
                decoded.verbatim(line.text, line.at);
                if number + 1 < count {
                    end_line(&mut decoded, line);
                }
            }),
        }
        let kept = match self.chomp {
            Chomp::Strip => 0,
            Chomp::Clip => 1,
            Chomp::Keep => usize::MAX,
        };
        content.last().into_iter().chain(behind).take(kept).for_each(|line| end_line(&mut decoded, line));
        Some(decoded)
    }

    fn lines_of(self, token: &str) -> Option<Vec<Line<'_>>> {
        let mut lines = Vec::new();
        let mut reader = Reader { text: token, at: 0 };
        while !reader.rest().is_empty() {
            let start = reader.at;
            let line = reader.until(&['\r', '\n']);
            let end = line_end(reader.rest()).unwrap_or_default();
            reader.at += end;
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let cut = if spaces == line.len() { spaces.min(self.indent) } else { self.indent };
            if spaces < cut {
                return None;
            }
            lines.push(Line { text: &line[cut..], at: start + cut, end });
        }
        Some(lines)
    }

    /// The lines to write for a value, each with its line end.
    pub(super) fn lines(self, value: &str) -> String {
        match self.chomp {
            Chomp::Strip => format!("{value}\n"),
            Chomp::Clip | Chomp::Keep => value.to_owned(),
        }
    }

    /// Whether readers would find the same indentation and the same end.
    pub(super) fn holds(self, token: &str) -> bool {
        let Some(lines) = self.lines_of(token) else { return false };
        let is_marker = |line: &Line<'_>| line.text.starts_with("---") || line.text.starts_with("...");
        let first = lines.first().map_or("", |line| line.text);
        let begins = !first.is_empty() && (self.stated || !first.starts_with(BLANKS));
        // lines of blanks alone are taken for empty ones by some tools
        let is_blank = |line: &Line<'_>| !line.text.is_empty() && line.text.trim_matches(BLANKS).is_empty();
        let is_doubtful = |line: &Line<'_>| {
            is_blank(line) || self.indent == 0 && (is_marker(line) || line.text.starts_with('#'))
        };
        begins
            && !lines.iter().any(is_doubtful)
            && (!self.folded || lines.iter().all(|line| !line.text.starts_with(BLANKS)))
    }
}

fn end_line(decoded: &mut Decoded, line: &Line<'_>) {
    let at = line.at + line.text.len();
    decoded.escaped("\n", at..at + line.end);
}

/// Lines that begin with no blank are joined by a space, or by as many line ends as there are empty lines
/// between them; around others all line ends remain (8.1.3).
fn fold(decoded: &mut Decoded, lines: &[Line<'_>]) {
    let is_more = |line: &Line<'_>| line.text.starts_with(BLANKS);
    let mut last: Option<&Line<'_>> = None;
    let mut empty = 0;
    for line in lines {
        if line.text.is_empty() {
            empty += 1;
            if last.is_none() {
                end_line(decoded, line);
            }
            continue;
        }
        if let Some(last) = last {
            let between = last.at + last.text.len()..line.at;
            match (is_more(last) || is_more(line), empty) {
                (true, empty) => decoded.escaped(&"\n".repeat(empty + 1), between),
                (false, 0) => decoded.escaped(" ", between),
                (false, empty) => decoded.escaped(&"\n".repeat(empty), between),
            }
        }
        decoded.verbatim(line.text, line.at);
        (last, empty) = (Some(line), 0);
    }
}

// ---------------------------------------------------------------------------------------------------
// What may be written how

/// Whether all tools take each character as it is: no control characters, and none that an older YAML takes for
/// a line end.
pub(super) fn is_printable(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || is_printable_character(c))
}

fn is_printable_character(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text can be written without quotes, on one line, for every tool (7.3.3, and caution).
pub(super) fn is_plain(value: &str, flow: bool) -> bool {
    let mut chars = value.chars();
    let (first, second) = (chars.next(), chars.next());
    let opens = match first {
        Some('-') => second.is_some_and(|c| c != ' ' && c != '-'),
        Some(first) => !first.is_ascii_digit() && !"?:,[]{}#&*!|>'\"%@`.=<".contains(first),
        None => false,
    };
    opens
        && is_printable(value)
        && !value.contains(['\n', '\t'])
        && value.trim() == value
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.ends_with(':')
        && !(flow && value.contains([',', '[', ']', '{', '}']))
        && is_text_when_plain(value)
}

/// Whether tools take a word without quotes for a text: not for a truth value, a number or nothing. YAML 1.1,
/// which CloudFormation and Helm read, knows `on` and `off`.
pub(in crate::iac) fn is_text_when_plain(value: &str) -> bool {
    const WORDS: [&str; 9] = ["", "~", "null", "true", "false", "yes", "no", "on", "off"];
    let is_cased_alike = |word: &str| {
        let mut letters = word.chars();
        let capital =
            letters.next().map(|first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()));
        value == word || value == word.to_ascii_uppercase() || capital.is_some_and(|capital| value == capital)
    };
    !WORDS.into_iter().any(is_cased_alike) && !is_number(value)
}

fn is_number(value: &str) -> bool {
    let digits = value.trim_start_matches(['+', '-']);
    let is_radix = ["0x", "0o", "0b"].iter().any(|sign| digits.starts_with(sign));
    // `inf` and `nan` are words without their dot
    let is_written = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_written && (is_radix || digits.replace('_', "").parse::<f64>().is_ok())
        || [".inf", ".nan"].contains(&&*digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Block, Chomp, is_plain, is_text_when_plain};

    #[test]
    fn words_that_mean_something_else_need_quotes() {
        for word in ["on", "OFF", "True", "~", "12", "0x1f", "-1.5", ".inf", "1_000", ""] {
            assert!(!is_text_when_plain(word), "{word}");
        }
        for word in ["on ~*", "oN", "default", "+@all", "~app:*", "inf", "7.2.4"] {
            assert!(is_text_when_plain(word), "{word}");
        }
    }

    #[test]
    fn a_plain_scalar_has_nothing_that_yaml_takes_for_itself() {
        for value in ["on ~app:* +@all", "-@all", "~*", "+get", "a#b c:d [x]"] {
            assert!(is_plain(value, false), "{value}");
        }
        for value in [
            "&news",
            "%R~x",
            "*",
            ">pw",
            "- a",
            "---",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "a\nb",
            "#x",
            "(~a +get)\t",
        ] {
            assert!(!is_plain(value, false), "{value}");
        }
        assert!(!is_plain("a [x]", true));
    }

    #[test]
    fn folding_joins_lines_but_not_around_those_that_are_indented_more() {
        let block = Block { folded: true, indent: 2, stated: false, chomp: Chomp::Clip };
        let value = |text| block.decode(text).unwrap().value;
        assert_eq!(value("  on\n  ~a\n\n  +get\n"), "on ~a\n+get\n");
        assert_eq!(value("  on\n    ~a\n  +get\n\n"), "on\n  ~a\n+get\n");
        assert_eq!(value("\n  on\r\n  x"), "\non x\n");
    }
}
