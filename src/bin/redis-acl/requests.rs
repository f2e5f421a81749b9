//! Requests from the command line or, one a line, from a file.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// A command's name and its arguments.
pub(crate) struct Request {
    /// The number of its line, where it came from a file.
    pub(crate) line: Option<usize>,
    pub(crate) words: Vec<Vec<u8>>,
}

/// A line with a quote that does not close, or that something follows.
pub(crate) struct Unbalanced {
    pub(crate) line: usize,
}

impl Request {
    /// As it can be typed again.
    pub(crate) fn shown(&self) -> String {
        self.words.iter().map(|word| shown(word)).collect::<Vec<_>>().join(" ")
    }
}

/// The requests of a file, one a line; of the standard input where it is `-`.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Result<Request, Unbalanced>>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    }
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let requests =
        lines.filter(|(_, text)| !text.starts_with(b"#")).filter_map(|(line, text)| match split(text) {
            Some(words) if words.is_empty() => None,
            Some(words) => Some(Ok(Request { line: Some(line), words })),
            None => Some(Err(Unbalanced { line })),
        });
    Ok(requests.collect())
}

/// Words as `redis-cli` splits them (`sdssplitargs`); `None` when quotes do not balance.
fn split(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut words, mut rest) = (Vec::new(), line.trim_ascii_start());
    while !rest.is_empty() {
        let mut word = Vec::new();
        rest = take_word(rest, &mut word)?.trim_ascii_start();
        words.push(word);
    }
    Some(words)
}

/// A quote may open inside of a word, and what it holds belongs to the word; behind its end the word ends.
fn take_word<'l>(mut rest: &'l [u8], word: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        rest = match rest {
            [] | [b' ' | b'\t' | b'\r' | 0, ..] => return Some(rest),
            [b'"', behind @ ..] => return ends(take_double_quoted(behind, word)?),
            [b'\'', behind @ ..] => return ends(take_single_quoted(behind, word)?),
            [byte, behind @ ..] => {
                word.push(*byte);
                behind
            }
        }
    }
}

fn ends(rest: &[u8]) -> Option<&[u8]> {
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

fn take_double_quoted<'l>(mut rest: &'l [u8], word: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        rest = match rest {
            [] => return None,
            [b'"', behind @ ..] => return Some(behind),
            [b'\\', b'x', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                word.push(hex(*high) << 4 | hex(*low));
                behind
            }
            [b'\\', escaped, behind @ ..] => {
                word.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'a' => 7,
                    other => *other,
                });
                behind
            }
            [byte, behind @ ..] => {
                word.push(*byte);
                behind
            }
        }
    }
}

fn take_single_quoted<'l>(mut rest: &'l [u8], word: &mut Vec<u8>) -> Option<&'l [u8]> {
    loop {
        rest = match rest {
            [] => return None,
            [b'\'', behind @ ..] => return Some(behind),
            [b'\\', b'\'', behind @ ..] => {
                word.push(b'\'');
                behind
            }
            [byte, behind @ ..] => {
                word.push(*byte);
                behind
            }
        }
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

fn shown(word: &[u8]) -> String {
    let needs_quotes = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\') || !byte.is_ascii_graphic();
    match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && !word.iter().any(|byte| byte.is_ascii() && needs_quotes(byte)) => {
            text.to_owned()
        }
        _ => format!("\"{}\"", word.escape_ascii().to_string().replace("\\'", "'")),
    }
}

#[cfg(test)]
mod tests {
    use super::{shown, split};

    #[test]
    fn words_are_split_and_shown_as_redis_cli_does() {
        for (line, words) in [
            ("GET app:1", &[&b"GET"[..], b"app:1"][..]),
            ("  set k \"a b\\n\" 'it\\'s' \r", &[b"set", b"k", b"a b\n", b"it's"]),
            ("get \"\\xff\\x00\" a\"b c\"", &[b"get", b"\xff\0", b"ab c"]),
            ("get \"\"", &[b"get", b""]),
            ("", &[]),
        ] {
            let split = split(line.as_bytes()).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(split, words, "{line}");
            let again: Vec<_> = split.iter().map(|word| shown(word)).collect();
            assert_eq!(super::split(again.join(" ").as_bytes()), Some(split), "{again:?}");
        }
        for line in ["get \"a", "get 'a", "get \"a\"b"] {
            assert!(split(line.as_bytes()).is_none(), "{line}");
        }
    }
}
