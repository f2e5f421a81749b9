//! Lines and columns of a file.

use alloc::vec::Vec;

use crate::iac::Position;

use super::Kind;

/// Where the lines of a file begin. A byte order mark is no character of the first one, but in ACL files, where
/// it is part of the first word.
pub(super) struct LineStarts {
    starts: Vec<usize>,
    /// How many characters begin before each block of [`BLOCK`] bytes: a file may be one long line.
    characters: Vec<usize>,
}

const MARK: &[u8] = b"\xef\xbb\xbf";
const BLOCK: usize = 1024;

impl LineStarts {
    pub(super) fn of(bytes: &[u8], kind: Kind) -> Self {
        let is_marked = matches!(kind, Kind::Infrastructure(_)) && bytes.starts_with(MARK);
        let first = if is_marked { MARK.len() } else { 0 };
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let mut count = 0;
        let behind = bytes.chunks(BLOCK).map(|block| {
            count += beginnings(block);
            count
        });
        Self {
            starts: core::iter::once(first).chain(ends.map(|(end, _)| end + 1)).collect(),
            characters: core::iter::once(0).chain(behind).collect(),
        }
    }

    /// The line and the column of a byte; columns count characters.
    pub(super) fn position(&self, bytes: &[u8], at: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let before = |at| self.characters_before(bytes, at);
        Position { line, column: before(at).saturating_sub(before(self.starts[line - 1])) + 1 }
    }

    fn characters_before(&self, bytes: &[u8], at: usize) -> usize {
        let at = at.min(bytes.len());
        let block = at / BLOCK;
        self.characters[block] + beginnings(&bytes[block * BLOCK..at])
    }

    /// The byte that a line and a column name.
    pub(super) fn offset(&self, bytes: &[u8], position: Position) -> usize {
        let Some(start) = self.starts.get(position.line.saturating_sub(1)) else { return bytes.len() };
        let end = self.starts.get(position.line).copied().unwrap_or(bytes.len());
        let begin = bytes[*start..end].iter().enumerate().filter(|(_, byte)| is_beginning(**byte));
        let place = begin.map(|(place, _)| start + place).nth(position.column.saturating_sub(1));
        place.unwrap_or(end)
    }
}

fn is_beginning(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| is_beginning(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::{BLOCK, LineStarts};
    use crate::iac::Format;

    #[test]
    fn places_in_long_lines_are_counted_in_characters_both_ways() {
        let text = format!("\u{feff}{}\n{}\n\nlast", "é€".repeat(BLOCK), "xé".repeat(2 * BLOCK));
        let lines = LineStarts::of(text.as_bytes(), Kind::Infrastructure(Format::Json));
        let (mut line, mut column) = (1, 1);
        for (at, c) in text.char_indices().skip(1) {
            let position = lines.position(text.as_bytes(), at);
            assert_eq!((position.line, position.column), (line, column), "{at}");
            assert_eq!(lines.offset(text.as_bytes(), position), at);
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
    }
}
