//! From bytes of the file to the lines that a server sees, and back to the places in the file.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::quoting::{Splitter, Unbalanced, Word, split};
use crate::secret::{SIGNS, is_bare_sign, mask, mask_argument};
use crate::span::Span;

/// A stretch of text, and the stretch of the file that it came from: as long, or an escape for one byte.
#[derive(Clone, Copy, Debug)]
struct Piece {
    text: Span,
    file: Span,
}

/// Text that was made of the bytes of a file.
pub(super) struct Source<'a> {
    pub(super) text: Cow<'a, [u8]>,
    /// INVARIANT: empty where the text is the file; else without gaps in the text.
    pieces: Vec<Piece>,
}

impl<'a> Source<'a> {
    /// What a server has in memory: it reads with `fgets` into a buffer, and appends that up to its first NUL.
    pub(super) fn read(file: &'a [u8], buffer: usize) -> Self {
        if !file.contains(&0) {
            return Self { text: Cow::Borrowed(file), pieces: Vec::new() };
        }
        let mut source = Source { text: Cow::Owned(Vec::with_capacity(file.len())), pieces: Vec::new() };
        let mut at = 0;
        while at < file.len() {
            let rest = &file[at..file.len().min(at + buffer)];
            let chunk = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
            let kept = chunk.iter().position(|byte| *byte == 0).unwrap_or(chunk.len());
            source.push(&chunk[..kept], Span::new(at, at + kept));
            at += chunk.len();
        }
        source
    }

    /// A line of the file by itself.
    pub(super) fn plain(line: &'a [u8], start: usize) -> Self {
        let file = Span::new(start, start + line.len());
        let pieces = vec![Piece { text: Span::new(0, line.len()), file }];
        Self { text: Cow::Borrowed(line), pieces }
    }

    /// What `redis-cli` printed between quotes, as an item of a list, stands behind a number; any other line is
    /// the text itself.
    pub(super) fn listed(line: &'a [u8], start: usize) -> Result<Self, Unbalanced> {
        let item = line.trim_ascii_start();
        let number = item.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if number == 0 || !item[number..].starts_with(b") \"") {
            return Ok(Self::plain(line, start));
        }
        let quotes = line.len() - item.len() + number + b") ".len();
        let shifted = |error: Unbalanced| Unbalanced { span: error.span.shifted(quotes) };
        let words = split(&line[quotes..], Splitter::Redis).map_err(shifted)?;
        let [word] = &words[..] else {
            return Err(Unbalanced { span: Span::new(quotes, line.len()) });
        };
        let mut source =
            Source { text: Cow::Owned(Vec::with_capacity(word.bytes.len())), pieces: Vec::new() };
        let mut at = start + quotes + 1;
        let mut raw = &line[quotes + 1..quotes + word.span.end - 1];
        for byte in word.bytes.iter() {
            let length = escape(raw);
            source.push(&[*byte], Span::new(at, at + length));
            (raw, at) = (&raw[length..], at + length);
        }
        Ok(source)
    }

    /// Appends text; a piece that goes on where the last one ended becomes one with it.
    fn push(&mut self, text: &[u8], file: Span) {
        let start = self.text.len();
        let added = Piece { text: Span::new(start, start + text.len()), file };
        self.text.to_mut().extend_from_slice(text);
        match self.pieces.last_mut() {
            Some(last) if last.file.end == file.start && last.is_plain() && added.is_plain() => {
                *last = Piece {
                    text: Span::new(last.text.start, added.text.end),
                    file: Span::new(last.file.start, file.end),
                };
            }
            _ => self.pieces.push(added),
        }
    }

    /// Where in the file a stretch of the text stands.
    pub(super) fn in_file(&self, span: Span) -> Span {
        if self.pieces.is_empty() {
            return span;
        }
        let end = self.end(span.end);
        match span.end > span.start {
            true => Span::new(self.start(span.start), end),
            // behind what is before it, not before what a NUL brought behind it
            false => Span::new(end, end),
        }
    }

    fn start(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|piece| piece.text.end <= at);
        match self.pieces.get(piece) {
            Some(piece) => piece.file.start + (at - piece.text.start),
            None => self.pieces.last().map_or(at, |piece| piece.file.end),
        }
    }

    fn end(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|piece| piece.text.end < at);
        match self.pieces.get(piece) {
            Some(piece) if piece.is_plain() => piece.file.start + (at - piece.text.start),
            Some(piece) if at > piece.text.start => piece.file.end,
            Some(piece) => piece.file.start,
            None => at,
        }
    }
}

impl Piece {
    fn is_plain(&self) -> bool {
        self.text.end - self.text.start == self.file.end - self.file.start
    }
}

/// How long the escape is that the text begins with; 1 if it is none.
fn escape(text: &[u8]) -> usize {
    match text {
        [b'\\', b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => 4,
        [b'\\', _, ..] => 2,
        _ => 1,
    }
}

/// The words of a line of an ACL file (`sdssplitlen` at a space): there are empty ones between two spaces.
pub(super) fn split_at_spaces(line: &[u8]) -> Vec<Word<'_>> {
    let mut at = 0;
    let word = |bytes: &[u8]| {
        let span = Span::new(at, at + bytes.len());
        at = span.end + 1;
        span
    };
    let spans: Vec<_> = line.split(|byte| *byte == b' ').map(word).collect();
    spans.into_iter().map(|span| Word { span, bytes: Cow::Borrowed(&line[span.range()]) }).collect()
}

/// The part of the line that is left when what `sdstrim` takes away at both ends is gone.
pub(super) fn trimmed(line: &[u8], taken: &[u8]) -> Span {
    let is_kept = |byte: &u8| !taken.contains(byte);
    let start = line.iter().position(is_kept).unwrap_or(line.len());
    let end = line.iter().rposition(is_kept).map_or(start, |last| last + 1);
    Span::new(start, end)
}

// ---------------------------------------------------------------------------------------------------
// Lines that may be shown

/// A line about a user with passwords and hashes masked, byte for byte: each byte that is no UTF-8 becomes a
/// control character, which reports show as what it is.
pub(super) fn shown(line: &[u8], words: &[Word<'_>]) -> String {
    let text = as_text(line);
    let (mut shown, mut end, mut behind_bare_sign) = (String::with_capacity(text.len()), 0, false);
    for Word { span, bytes } in words {
        shown.push_str(&text[end..span.start]);
        let raw = &text[span.range()];
        let is_whole_word = **bytes == line[span.range()];
        match () {
            () if behind_bare_sign && !raw.is_empty() => shown.push_str(&"*".repeat(raw.len())),
            () if is_whole_word => shown.push_str(&masked_word(raw)),
            () => shown.push_str(&masked_quotes(raw, bytes)),
        }
        let is_bare = core::str::from_utf8(bytes.trim_ascii()).is_ok_and(is_bare_sign);
        behind_bare_sign = is_bare || behind_bare_sign && bytes.is_empty();
        end = span.end;
    }
    shown.push_str(&text[end..]);
    shown
}

/// A line that is not about a user, or cannot be split: of that only its first word is shown, for it may hold
/// any secret.
pub(super) fn shown_in_part(line: &[u8]) -> String {
    let text = as_text(line);
    let is_open = |word: &str| {
        word.len() <= 20
            && word.bytes().all(
                |byte| matches!(byte, b'\t' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | 0xef | 0xbb | 0xbf),
            )
    };
    let first = text.split(' ').next().filter(|first| is_open(first)).unwrap_or_default();
    let hidden = |c: char| if c == ' ' { " ".to_owned() } else { "*".repeat(c.len_utf8()) };
    first.chars().map(String::from).chain(text[first.len()..].chars().map(hidden)).collect()
}

fn as_text(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{1a}'));
    }
    text
}

/// A word without quotes; the blanks before a password rule are taken away, all behind its sign is the password.
pub(super) fn masked_word(word: &str) -> String {
    let rule = word.trim_start_matches(['\t', '\r', '\n']);
    match rule.starts_with(SIGNS) {
        true => format!("{}{}", &word[..word.len() - rule.len()], mask_argument(rule)),
        false => mask(word),
    }
}

/// A word of which quotes and escapes made another: all of it may be a password, unless it begins as none can.
fn masked_quotes(raw: &str, word: &[u8]) -> String {
    let is_open = matches!(word.first(), None | Some(b'+' | b'-' | b'~' | b'%' | b'&' | b'@'));
    let has_sign = word.iter().any(|byte| SIGNS.contains(&(*byte as char)));
    if is_open || !has_sign { raw.to_owned() } else { "*".repeat(raw.len()) }
}
