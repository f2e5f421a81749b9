//! How a text is written in a file: what it says, which bytes say each part of it, and how to write another.
//!
//! The parsers of the formats tell where a text is and what it says. Here it is read once more, for the place of
//! every byte; where the two readings differ, the place is not known and nobody is told one.

mod hcl;
mod json;
mod yaml;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

pub(super) use hcl::{agrees_with_dedented, is_template};
pub(super) use yaml::{Block, Chomp, is_text_when_plain};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style<'a> {
    Json,
    /// A text of Terraform's JSON, which is a template of HCL in a text of JSON.
    JsonTemplate,
    HclQuoted,
    /// A literal piece of a quoted template. Pieces are read and never written.
    HclQuotedPart,
    /// A quoted text in an expression in a text of JSON: `\"on\"`.
    HclQuotedInJson,
    /// A literal piece of a quoted template there.
    HclQuotedPartInJson,
    /// A literal piece of a template that is a text of JSON.
    JsonTemplatePart,
    /// A literal piece of a heredoc.
    HeredocPart {
        /// How many characters the parser took from the start of each line.
        indent: usize,
        /// Whether the piece starts at the start of a line.
        starts_line: bool,
    },
    Heredoc {
        /// `<<-`, which takes the indentation away.
        flush: bool,
        delimiter: &'a str,
    },
    YamlPlain {
        /// Between brackets or braces.
        flow: bool,
    },
    YamlSingle,
    YamlDouble,
    YamlBlock(Block),
    /// Nothing between two places: a block without lines.
    Nothing,
}

/// What a token says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) value: String,
    pub(super) pieces: Vec<Piece>,
}

/// A part of a value and the bytes that say it. Where both are of the same length they are the same bytes, but
/// for a line end that stands for a space; others, such as escapes, stand for it as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) value: Range<usize>,
    pub(super) token: Range<usize>,
}

impl Decoded {
    /// The bytes of the token at `at` stand for themselves.
    fn verbatim(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        let start = self.value.len();
        self.value.push_str(text);
        let (value, token) = (start..self.value.len(), at..at + text.len());
        match self.pieces.last_mut() {
            Some(last)
                if last.token.end == at
                    && last.value.len() == last.token.len()
                    && last.value.end == start =>
            {
                last.value.end = value.end;
                last.token.end = token.end;
            }
            _ => self.pieces.push(Piece { value, token }),
        }
    }

    /// The bytes of the token that say this part of the value, from the first to the last.
    pub(super) fn token_of(&self, span: Range<usize>) -> Range<usize> {
        let start = match self.pieces.get(self.pieces.partition_point(|piece| piece.value.end <= span.start))
        {
            Some(piece) if piece.value.len() == piece.token.len() => {
                piece.token.start + span.start.saturating_sub(piece.value.start)
            }
            Some(piece) => piece.token.start,
            None => self.pieces.last().map_or(0, |last| last.token.end),
        };
        let before = &self.pieces[..self.pieces.partition_point(|piece| piece.value.start < span.end)];
        let end = match before.last() {
            Some(piece) if piece.value.len() == piece.token.len() => {
                piece.token.start + span.end.min(piece.value.end) - piece.value.start
            }
            Some(piece) => piece.token.end,
            None => start,
        };
        start..end.max(start)
    }

    /// What the value says when it is itself read as a token.
    fn then(self, read: impl FnOnce(&str) -> Option<Self>) -> Option<Self> {
        let inner = read(&self.value)?;
        let mut decoded = Self::default();
        for piece in &inner.pieces {
            let text = &inner.value[piece.value.clone()];
            if piece.value.len() != piece.token.len() {
                decoded.escaped(text, self.token_of(piece.token.clone()));
                continue;
            }
            for (at, c) in text.char_indices() {
                let start = piece.token.start + at;
                let token = self.token_of(start..start + c.len_utf8());
                let text = &text[at..at + c.len_utf8()];
                match token.len() == text.len() {
                    true => decoded.verbatim(text, token.start),
                    false => decoded.escaped(text, token),
                }
            }
        }
        Some(decoded)
    }

    /// The bytes of the token stand for the text as a whole.
    fn escaped(&mut self, text: &str, token: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let start = self.value.len();
        self.value.push_str(text);
        self.pieces.push(Piece { value: start..self.value.len(), token });
    }
}

impl Style<'_> {
    /// What the token says, `None` where it is no token of this style.
    pub(super) fn decode(self, token: &str) -> Option<Decoded> {
        match self {
            Self::Json => json::decode(token),
            Self::JsonTemplate => json::decode(token)?.then(hcl::decode_template),
            Self::JsonTemplatePart => json::decode_part(token)?.then(hcl::decode_template),
            Self::HclQuotedInJson => json::decode_part(token)?.then(hcl::decode_quoted),
            Self::HclQuotedPartInJson => json::decode_part(token)?.then(hcl::decode_quoted_part),
            Self::HclQuoted => hcl::decode_quoted(token),
            Self::HclQuotedPart => hcl::decode_quoted_part(token),
            Self::HeredocPart { indent, starts_line } => hcl::decode_heredoc_part(token, indent, starts_line),
            Self::Heredoc { flush, delimiter } => hcl::decode_heredoc(token, flush, delimiter),
            Self::YamlPlain { .. } => Some(yaml::decode_plain(token)),
            Self::YamlSingle => yaml::decode_single(token),
            Self::YamlDouble => yaml::decode_double(token),
            Self::YamlBlock(block) => block.decode(token),
            Self::Nothing => Some(Decoded::default()),
        }
    }

    /// Where the value begins in the token, should it be empty.
    pub(super) fn opening(self) -> usize {
        match self {
            Self::Json | Self::JsonTemplate | Self::HclQuoted | Self::YamlSingle | Self::YamlDouble => 1,
            Self::HclQuotedInJson => 2,
            _ => 0,
        }
    }

    /// A part of a value as it is written inside a token; `line_end` is the file's.
    pub(super) fn encode_part(self, part: &str, line_end: &str, indent: &str) -> String {
        match self {
            Self::Json => json::escape(part),
            Self::JsonTemplate => json::escape(&hcl::escape_markers(part)),
            Self::HclQuoted => hcl::escape_quoted(part),
            Self::HclQuotedInJson => json::escape(&hcl::escape_quoted(part)),
            Self::Heredoc { .. } => hcl::escape_markers(part).replace('\n', &format!("\n{indent}")),
            Self::YamlSingle => part.replace('\'', "''"),
            Self::YamlDouble => yaml::escape_double(part),
            Self::YamlBlock(_) => part.replace('\n', &format!("{line_end}{indent}")),
            Self::YamlPlain { .. }
            | Self::Nothing
            | Self::HclQuotedPart
            | Self::HclQuotedPartInJson
            | Self::JsonTemplatePart
            | Self::HeredocPart { .. } => part.to_owned(),
        }
    }

    /// Whole tokens that may say the value, the best one first.
    pub(super) fn encode(self, value: &str, line_end: &str, indent: &str) -> Vec<(Self, String)> {
        let part = || self.encode_part(value, line_end, "");
        match self {
            Self::Json | Self::JsonTemplate | Self::HclQuoted | Self::YamlDouble => {
                vec![(self, format!("\"{}\"", part()))]
            }
            Self::YamlSingle => vec![(self, format!("'{}'", part()))],
            Self::HclQuotedInJson => vec![(self, format!("\\\"{}\\\"", part()))],
            Self::YamlPlain { .. } => {
                let quoted = Self::YamlSingle.encode_part(value, line_end, "");
                vec![(self, part()), (Self::YamlSingle, format!("'{quoted}'"))]
            }
            Self::Heredoc { .. } => vec![(self, indented(&part(), "\n", indent))],
            Self::YamlBlock(block) => vec![(self, indented(&block.lines(value), line_end, indent))],
            Self::Nothing
            | Self::HclQuotedPart
            | Self::HclQuotedPartInJson
            | Self::JsonTemplatePart
            | Self::HeredocPart { .. } => Vec::new(),
        }
    }

    /// Whether the style is that of a piece of a text, which is never rewritten by itself.
    pub(super) fn is_part(self) -> bool {
        matches!(
            self,
            Self::HclQuotedPart
                | Self::HclQuotedPartInJson
                | Self::JsonTemplatePart
                | Self::HeredocPart { .. }
        )
    }

    /// Whether the token says the value to every tool that may read the file.
    pub(super) fn says(self, token: &str, value: &str) -> bool {
        let decoded = self.decode(token);
        decoded.is_some_and(|decoded| decoded.value == value)
            && match self {
                Self::Heredoc { .. } => hcl::is_heredoc(token, value),
                Self::HclQuoted | Self::HclQuotedInJson | Self::JsonTemplate => {
                    !hcl::has_escaped_marker(value)
                }
                Self::YamlPlain { flow } => yaml::is_plain(value, flow),
                Self::YamlSingle => yaml::is_printable(value) && !value.contains('\n'),
                Self::YamlBlock(block) => yaml::is_printable(value) && block.holds(token),
                Self::Json
                | Self::YamlDouble
                | Self::Nothing
                | Self::HclQuotedPart
                | Self::HclQuotedPartInJson
                | Self::JsonTemplatePart
                | Self::HeredocPart { .. } => true,
            }
    }
}

/// Each line that is not empty behind the indentation.
fn indented(lines: &str, line_end: &str, indent: &str) -> String {
    let line = |line: &str| match line {
        "" => line_end.to_owned(),
        line => format!("{indent}{line}{line_end}"),
    };
    lines.strip_suffix('\n').unwrap_or(lines).split('\n').map(line).collect()
}

/// The characters of a text with their places.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// Of what stands between these quotes.
    fn quoted(token: &'t str, quote: char) -> Option<Self> {
        let text = token.strip_prefix(quote)?;
        let inside = text.strip_suffix(quote)?;
        Some(Self { text: &token[..1 + inside.len()], at: 1 })
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// So many hexadecimal digits.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text =
            self.rest().get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += digits;
        u32::from_str_radix(text, 16).ok()
    }

    /// The character whose first half, `\uXXXX`, was read behind its `\u`: the second half of a pair follows.
    fn utf16(&mut self) -> Option<char> {
        let first = self.hex(4)?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.at += self.rest().starts_with("\\u").then_some(2)?;
        let second = self.hex(4).filter(|second| (0xdc00..0xe000).contains(second))?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    /// What comes before any of these, or all that is left.
    fn until(&mut self, ends: &[char]) -> &'t str {
        let rest = self.rest();
        let found = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += found.len();
        found
    }
}
