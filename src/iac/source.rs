//! The text of a file, and where its lines are.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::path::Path;

use super::ReadError;

/// A place as people name it; both numbers begin with 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl fmt::Display for Position {
    /// `line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A byte order mark in UTF-8, which every tool that reads these files skips.
const MARK: &str = "\u{feff}";

/// The text behind the byte order mark. Offsets inside this module count from there; those that are given
/// out count from the first byte of the file: [`Source::in_file`].
pub(super) struct Source<'a> {
    /// The number of the file in its scope.
    pub(super) file: usize,
    pub(super) path: Arc<Path>,
    pub(super) text: &'a str,
    mark: usize,
    lines: Vec<usize>,
    /// How many characters begin before each block of [`BLOCK`] bytes: a file may be one long line.
    characters: Vec<usize>,
}

const BLOCK: usize = 1024;

impl fmt::Debug for Source<'_> {
    /// Not the text, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({} bytes)", self.mark + self.text.len())
    }
}

impl<'a> Source<'a> {
    pub(super) fn of(bytes: &'a [u8], file: usize, path: Arc<Path>) -> Result<Self, ReadError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(ReadError::new(START, "the file is in UTF-16; save it as UTF-8"));
        }
        let (valid, broken) = match core::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
                (valid, Some(bytes[error.valid_up_to()]))
            }
        };
        let text = valid.strip_prefix(MARK).unwrap_or(valid);
        let lines = core::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        let characters = count_by_block(text);
        let source = Self { file, path, text, mark: valid.len() - text.len(), lines, characters };
        if let Some(at) = text.find('\0') {
            return Err(source.error(at, "the file holds a NUL byte: it is binary"));
        }
        match broken {
            Some(byte) => Err(source.error(
                text.len(),
                format_args!("the byte 0x{byte:02x} is not UTF-8: the file is binary or in another encoding"),
            )),
            None => Ok(source),
        }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = self.lines[line - 1];
        Position { line, column: self.characters_before(offset) - self.characters_before(start) + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let offset = self.floor(offset);
        let block = offset / BLOCK;
        self.characters[block] + beginnings(&self.text.as_bytes()[block * BLOCK..offset])
    }

    /// The offset of a place that a parser gives as a line and a number of bytes in it, both from 1.
    pub(super) fn offset(&self, line: usize, byte: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        self.floor(start + byte.saturating_sub(1))
    }

    /// The nearest boundary of characters at or before the offset.
    fn floor(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or_default()
    }

    pub(super) fn in_file(&self, range: Range<usize>) -> Range<usize> {
        range.start + self.mark..range.end + self.mark
    }

    /// Where the line begins that this offset is in.
    pub(super) fn line_start(&self, offset: usize) -> usize {
        self.lines[self.lines.partition_point(|&start| start <= offset) - 1]
    }

    /// How the first line ends, and so the others unless they say otherwise.
    pub(super) fn line_end(&self) -> &'static str {
        let first = self.lines.get(1).map_or("", |&start| &self.text[..start]);
        if first.ends_with("\r\n") { "\r\n" } else { "\n" }
    }

    pub(super) fn error(&self, offset: usize, message: impl fmt::Display) -> ReadError {
        ReadError::new(self.position(offset), message)
    }
}

/// How many characters begin among the bytes.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn count_by_block(text: &str) -> Vec<usize> {
    let mut count = 0;
    let behind = text.as_bytes().chunks(BLOCK).map(|block| {
        count += beginnings(block);
        count
    });
    core::iter::once(0).chain(behind).collect()
}

const START: Position = Position { line: 1, column: 1 };
