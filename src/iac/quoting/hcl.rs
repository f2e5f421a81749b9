//! Texts of HCL: quoted ones and heredocs (the native syntax specification, "Template Expressions").

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Decoded, Reader};

pub(super) fn decode_quoted(token: &str) -> Option<Decoded> {
    decode_escapes(Reader::quoted(token, '"')?)
}

/// A literal piece of a quoted template.
pub(super) fn decode_quoted_part(token: &str) -> Option<Decoded> {
    decode_escapes(Reader { text: token, at: 0 })
}

fn decode_escapes(mut reader: Reader<'_>) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    while !reader.rest().is_empty() {
        let start = reader.at;
        if let Some(marker) = escaped_marker(reader.rest()) {
            reader.at += 3;
            decoded.escaped(marker, start..reader.at);
            continue;
        }
        if opens_template(reader.rest()) {
            return None;
        }
        match reader.next()? {
            '\\' => {
                let c = escape_sequence(&mut reader)?;
                decoded.escaped(c.encode_utf8(&mut [0; 4]), start..reader.at);
            }
            '"' => return None,
            _ => decoded.verbatim(&reader.text[start..reader.at], start),
        }
    }
    Some(decoded)
}

fn escape_sequence(reader: &mut Reader<'_>) -> Option<char> {
    Some(match reader.next()? {
        c @ ('"' | '\\') => c,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => char::from_u32(reader.hex(4)?)?,
        'U' => char::from_u32(reader.hex(8)?)?,
        _ => return None,
    })
}

/// `$${` stands for `${`, `%%{` for `%{`.
fn escaped_marker(text: &str) -> Option<&'static str> {
    [("$${", "${"), ("%%{", "%{")]
        .into_iter()
        .find(|(escaped, _)| text.starts_with(escaped))
        .map(|(_, marker)| marker)
}

fn opens_template(text: &str) -> bool {
    text.starts_with("${") || text.starts_with("%{")
}

/// Whether something in the text is filled in: `${…}` or `%{…}`.
pub(in crate::iac) fn is_template(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['$', '%']) {
        rest = &rest[at..];
        if opens_template(rest) {
            return true;
        }
        rest = &rest[if escaped_marker(rest).is_some() { 3 } else { 1 }..];
    }
    false
}

/// The lines of a heredoc. `<<-` takes from each line as much white space as the line with the least has; lines
/// of nothing else do not count and keep theirs (`flushHeredocTemplateParts`).
///
/// `hcl-edit` takes an empty heredoc for the beginning of the next one with the same delimiter: a line that
/// should have ended it is none of its lines.
pub(super) fn decode_heredoc(token: &str, flush: bool, delimiter: &str) -> Option<Decoded> {
    if token.lines().any(|line| ends_heredoc(line, delimiter)) {
        return None;
    }
    let lines = || token.split_inclusive('\n');
    let is_blank = |line: &str| line.ends_with('\n') && line.trim_start().is_empty();
    let space = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let least = lines().filter(|line| !is_blank(line)).map(space).min().unwrap_or_default();
    let mut decoded = Decoded::default();
    let mut at = 0;
    for line in lines() {
        let cut = match flush && !is_blank(line) {
            true => line.char_indices().nth(least).map_or(line.len(), |(cut, _)| cut),
            false => 0,
        };
        decode_markers(&mut decoded, &line[cut..], at + cut)?;
        at += line.len();
    }
    Some(decoded)
}

fn decode_markers(decoded: &mut Decoded, line: &str, at: usize) -> Option<()> {
    let mut reader = Reader { text: line, at: 0 };
    while !reader.rest().is_empty() {
        let start = reader.at;
        if let Some(marker) = escaped_marker(reader.rest()) {
            reader.at += 3;
            decoded.escaped(marker, at + start..at + reader.at);
            continue;
        }
        if opens_template(reader.rest()) {
            return None;
        }
        reader.next()?;
        decoded.verbatim(&line[start..reader.at], at + start);
    }
    Some(())
}

/// The parser takes the indentation of blank lines away as well, and the carriage returns.
pub(in crate::iac) fn agrees_with_dedented(value: &str, parsed: &str) -> bool {
    let lines = |text: &'_ str| text.lines().map(|line| line.trim_start().to_owned()).collect::<Vec<_>>();
    lines(value) == lines(parsed)
}

/// A text in which only the markers of templates are escaped.
pub(super) fn decode_template(text: &str) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    decode_markers(&mut decoded, text, 0)?;
    Some(decoded)
}

/// A literal piece of a heredoc, from whose lines the parser took `indent` characters.
pub(super) fn decode_heredoc_part(token: &str, indent: usize, starts_line: bool) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    let mut at = 0;
    for (number, line) in token.split_inclusive('\n').enumerate() {
        let content = line.trim_end_matches(['\r', '\n']);
        let is_cut = number > 0 || starts_line;
        let cut = match is_cut {
            true => content.char_indices().nth(indent).map_or(content.len(), |(cut, _)| cut),
            false => 0,
        };
        decode_markers(&mut decoded, &line[cut..], at + cut)?;
        at += line.len();
    }
    Some(decoded)
}

pub(super) fn escape_markers(part: &str) -> String {
    part.replace("${", "$${").replace("%{", "%%{")
}

pub(super) fn escape_quoted(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for c in escape_markers(part).chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if c.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A value that holds `$${` would be written with three signs, which tools do not agree on.
pub(super) fn has_escaped_marker(value: &str) -> bool {
    value.contains("$${") || value.contains("%%{")
}

/// Whether the line ends the heredoc, and whatever follows is no part of it.
fn ends_heredoc(line: &str, delimiter: &str) -> bool {
    let behind = line.trim_start().strip_prefix(delimiter);
    behind.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-')))
}

/// Whether the lines can be those of a heredoc. There is at least one (see [`decode_heredoc`]), and no carriage
/// return by itself, which is a line end to some tools.
pub(super) fn is_heredoc(token: &str, value: &str) -> bool {
    token.ends_with('\n') && !has_escaped_marker(value) && !token.replace("\r\n", "\n").contains('\r')
}

#[cfg(test)]
mod tests {
    use super::{decode_heredoc, decode_quoted, is_template};

    #[test]
    fn a_template_is_told_from_its_escape() {
        for text in ["${x}", "a${x}", "$$$${${x}", "%{if x}"] {
            assert!(is_template(text), "{text}");
        }
        for text in ["", "$${x}", "$", "100%", "{$}", "%%{x}", "$$${x}"] {
            assert!(!is_template(text), "{text}");
        }
    }

    #[test]
    fn the_least_indentation_is_taken_from_all_lines_but_blank_ones() {
        let value = |text, flush| decode_heredoc(text, flush, "EOT").unwrap().value;
        assert_eq!(value("  a\n \n    b\n", true), "a\n \n  b\n");
        assert_eq!(value("  a\r\n\r\n\tb\r\n", true), " a\r\n\r\nb\r\n");
        assert_eq!(value("  a\n", false), "  a\n");
        assert_eq!(value("", true), "");
        assert_eq!(decode_heredoc("EOT\nb = <<EOT\nx\n", false, "EOT"), None);
    }

    #[test]
    fn what_is_no_quoted_text_is_not_read() {
        for token in ["\"${x}\"", "\"a\"b\"", "\"\\q\"", "\"\\u12\"", "\"", "a", "\"\\\""] {
            assert_eq!(decode_quoted(token), None, "{token}");
        }
    }
}
