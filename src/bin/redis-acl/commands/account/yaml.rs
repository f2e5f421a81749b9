//! Writes `--output yaml` of the AWS CLI, with sorted members and folded long texts, and reads requests
//! in YAML.

use granit_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Number, Value};

use super::tree::Tree;

// ---------------------------------------------------------------------------------------------------
// Writing

/// The width of a line. Texts are folded after it.
const WIDTH: usize = 80;

/// The lines of a value.
pub(super) fn lines(value: &Tree) -> String {
    let mut to = String::new();
    match value {
        Tree::Map(members) if !members.is_empty() => map(&mut to, members, 0),
        Tree::List(items) if !items.is_empty() => list(&mut to, items, 0),
        scalar => {
            let written = scalar_text(scalar, 0, 0);
            let is_plain = !written.starts_with(['"', '\'', '[', '{']);
            to.push_str(&written);
            // a document that is a plain scalar ends with a marker
            to.push_str(if is_plain { "\n...\n" } else { "\n" });
        }
    }
    to
}

/// Writes members in the order of their names. The first one continues the current line.
fn map(to: &mut String, members: &[(String, Tree)], indent: usize) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (number, (name, value)) in members.into_iter().enumerate() {
        if number > 0 {
            to.push_str(&" ".repeat(indent));
        }
        let name = quoted(name, indent, usize::MAX);
        to.push_str(&name);
        to.push(':');
        match value {
            Tree::Map(members) if !members.is_empty() => {
                to.push_str(&format!("\n{}", " ".repeat(indent + 2)));
                map(to, members, indent + 2);
            }
            Tree::List(items) if !items.is_empty() => {
                to.push_str(&format!("\n{}", " ".repeat(indent)));
                list(to, items, indent);
            }
            scalar => {
                let column = indent + name.chars().count() + 2;
                to.push_str(&format!(" {}\n", scalar_text(scalar, indent + 2, column)));
            }
        }
    }
}

fn list(to: &mut String, items: &[Tree], indent: usize) {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            to.push_str(&" ".repeat(indent));
        }
        to.push_str("- ");
        match item {
            Tree::Map(members) if !members.is_empty() => map(to, members, indent + 2),
            Tree::List(items) if !items.is_empty() => list(to, items, indent + 2),
            scalar => to.push_str(&format!("{}\n", scalar_text(scalar, indent + 2, indent + 2))),
        }
    }
}

/// A scalar or an empty collection that starts in this column. Further lines have this indentation.
fn scalar_text(value: &Tree, indent: usize, column: usize) -> String {
    match value {
        Tree::Null => "null".into(),
        Tree::Flag(flag) => flag.to_string(),
        Tree::Number(number) => number.to_string(),
        Tree::Text(text) => quoted(text, indent, column),
        Tree::List(_) => "[]".into(),
        Tree::Map(_) => "{}".into(),
    }
}

fn quoted(text: &str, indent: usize, column: usize) -> String {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')) {
        // a JSON text is also a YAML text
        return Value::from(text).to_string();
    }
    match is_plain(text) {
        true => folded(text, indent, column),
        false => format!("'{}'", folded(&text.replace('\'', "''"), indent, column.saturating_add(1))),
    }
}

/// Whether a text needs no quotes.
fn is_plain(text: &str) -> bool {
    const LEADING: &str = "#,[]{}&*!|>'\"%@`";
    let mut chars = text.chars();
    let first = chars.next();
    let second_is_blank = chars.next().is_none_or(char::is_whitespace);
    let begins_badly = first.is_none_or(|c| LEADING.contains(c) || "?:-".contains(c) && second_is_blank);
    let is_marked = text.starts_with("---") || text.starts_with("...");
    let has_sign = text.contains(": ") || text.contains(" #") || text.ends_with(':');
    let has_edge = text.starts_with(' ') || text.ends_with(' ');
    !begins_badly
        && !is_marked
        && !has_sign
        && !has_edge
        && plain_value(text) == Plain::Text
        && !is_word_of_1_1(text)
}

/// Words that YAML 1.1 reads as truth values or other non-texts unless they are quoted.
fn is_word_of_1_1(text: &str) -> bool {
    const WORDS: [&str; 6] = ["yes", "no", "on", "off", "=", "<<"];
    let is_time = text.contains(':') && text.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.');
    let is_date = text.len() >= 8 && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    WORDS.contains(&text.to_ascii_lowercase().as_str()) || is_time || is_date
}

/// Breaks each line of the text at the first single blank after the width.
fn folded(text: &str, indent: usize, start: usize) -> String {
    if start == usize::MAX {
        return text.to_owned();
    }
    let mut lines = String::new();
    let mut column = start;
    let chars: Vec<_> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let is_single = *c == ' ' && chars.get(at + 1) != Some(&' ') && (at == 0 || chars[at - 1] != ' ');
        if is_single && column > WIDTH && at > 0 {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent.max(2)));
            column = indent.max(2);
        } else {
            lines.push(*c);
            column += 1;
        }
    }
    lines
}

// ---------------------------------------------------------------------------------------------------
// Reading

/// The value of a word without quotes.
#[derive(Debug, PartialEq)]
enum Plain {
    Null,
    Flag(bool),
    Number(Number),
    Text,
}

/// Reads a word by the rules of YAML 1.2.
fn plain_value(text: &str) -> Plain {
    let digits = text.trim_start_matches(['+', '-']);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || "._eE+-".contains(c) || c.is_ascii_hexdigit() || "xo".contains(c));
    let number = || {
        let whole = text.trim_start_matches('+').parse::<i64>().map(Number::from).ok();
        let hexadecimal = || i64::from_str_radix(text.strip_prefix("0x")?, 16).map(Number::from).ok();
        let real = || text.parse::<f64>().ok().and_then(Number::from_f64);
        whole.or_else(hexadecimal).or_else(real)
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Flag(true),
        "false" | "False" | "FALSE" => Plain::Flag(false),
        _ if is_number => number().map_or(Plain::Text, Plain::Number),
        _ => Plain::Text,
    }
}

/// Reads a document as a JSON value. Errors state the position and repeat no text of the document.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut events = Events { parser: Parser::new_from_str(text) };
    loop {
        match events.next()? {
            Some(Event::DocumentStart(..)) => return events.value(0)?.ok_or_else(unexpected),
            Some(_) => {}
            None => return Ok(Value::Null),
        }
    }
}

fn unexpected() -> String {
    "no value where one should be".into()
}

/// The deepest nesting of lists and structures.
const DEEPEST: usize = 128;

struct Events<'t> {
    parser: Parser<'t, StrInput<'t>>,
}

impl<'t> Events<'t> {
    fn next(&mut self) -> Result<Option<Event<'t>>, String> {
        let next = self.parser.next().transpose();
        let next = next.map_err(|error| format!("not YAML from line {} on", error.marker().line()))?;
        Ok(next.map(|(event, _)| event))
    }

    /// The next value; `None` at the end of the list or structure.
    fn value(&mut self, depth: usize) -> Result<Option<Value>, String> {
        if depth > DEEPEST {
            return Err("it is nested too deeply".into());
        }
        let value = match self.next()?.ok_or_else(unexpected)? {
            Event::Scalar(text, style, _, tag) if style == ScalarStyle::Plain && tag.is_none() => {
                match plain_value(&text) {
                    Plain::Null => Value::Null,
                    Plain::Flag(flag) => flag.into(),
                    Plain::Number(number) => number.into(),
                    Plain::Text => text.into_owned().into(),
                }
            }
            Event::Scalar(text, ..) => text.into_owned().into(),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                while let Some(item) = self.value(depth + 1)? {
                    items.push(item);
                }
                items.into()
            }
            Event::MappingStart(..) => Value::Object(self.members(depth)?),
            Event::Alias(..) | Event::UnresolvedAlias(..) => return Err("aliases are not read".into()),
            _ => return Ok(None),
        };
        Ok(Some(value))
    }

    fn members(&mut self, depth: usize) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        while let Some(name) = self.value(depth + 1)? {
            let Value::String(name) = name else { return Err("a name is not a text".into()) };
            let value = self.value(depth + 1)?.ok_or_else(unexpected)?;
            if members.insert(name, value).is_some() {
                return Err("a parameter is given twice".into());
            }
        }
        Ok(members)
    }
}
