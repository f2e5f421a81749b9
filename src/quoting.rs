//! Words between quotes, as servers and `redis-cli` split and print them: the lines of `redis.conf`, what a
//! selector holds, and requests as they are typed.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::report::steers;
use crate::span::Span;

/// Which generation of the servers' splitter (`sdssplitargs`) reads a line.
///
/// [`Dialect::splitter`](crate::Dialect::splitter) tells a dialect's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Splitter {
    /// Redis, `redis-cli`, and Valkey up to 8.0: behind a closing quote the word ends, and white space or the
    /// end of the line must follow.
    #[default]
    Redis,
    /// Valkey 8.1: the same, but bytes 0xFF vanish; only the escape `\xff` gives one.
    Valkey8_1,
    /// Valkey 9.0: a word can continue after a closing quote, `"a"b` is `ab`. Bytes 0xFF vanish too.
    Valkey9_0,
    /// The text inside a selector in Valkey 9.1 and later: the same, but a backslash before the last byte escapes nothing,
    /// so that `"a\"` is `a\`. Lines of a configuration are still split as in Valkey 9.0.
    Valkey9_1Selectors,
}

/// A word of a line: where it stands, and what quotes and escapes make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// All of the word, quotes and escapes included.
    pub span: Span,
    /// The word itself; borrowed from the line where that is the same.
    pub bytes: Cow<'a, [u8]>,
}

/// A line with unbalanced quotes: one is not closed, or (before Valkey 9.0) something follows a closed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unbalanced quotes")]
pub struct Unbalanced {
    /// The quotes, from the opening one to the end of the line or of what follows the closing one directly.
    pub span: Span,
}

/// The words of a line. A NUL between words or in an unquoted one ends the line.
///
/// ```
/// use redis_acl::quoting::{Splitter, split};
///
/// let words = split(br#"user "a b" on '~it\'s' "~\x41""#, Splitter::Redis)?;
/// let words: Vec<_> = words.iter().map(|word| &*word.bytes).collect();
/// assert_eq!(words, [&b"user"[..], b"a b", b"on", b"~it's", b"~A"]);
///
/// assert!(split(br#""a"b"#, Splitter::Redis).is_err());
/// assert_eq!(&*split(br#""a"b"#, Splitter::Valkey9_0)?[0].bytes, b"ab");
/// # Ok::<(), redis_acl::quoting::Unbalanced>(())
/// ```
///
/// # Errors
/// When quotes are unbalanced. Servers then reject the whole line.
pub fn split(line: &[u8], splitter: Splitter) -> Result<Vec<Word<'_>>, Unbalanced> {
    let (mut words, mut at) = (Vec::new(), 0);
    loop {
        at += line[at..].iter().take_while(|byte| is_space(**byte)).count();
        if matches!(line.get(at), None | Some(0)) {
            return Ok(words);
        }
        let word = take_word(line, at, splitter)?;
        at = word.span.end;
        words.push(word);
    }
}

/// A word as it can be typed into `redis-cli`: between quotes, with escapes, where it needs them. What steers a
/// terminal is escaped.
///
/// ```
/// use redis_acl::quoting::quoted;
///
/// assert_eq!(quoted(b"app:1"), "app:1");
/// assert_eq!(quoted(b"a \"b\"\n\xff"), r#""a \"b\"\n\xff""#);
/// assert_eq!(quoted(b""), r#""""#);
/// ```
#[must_use]
pub fn quoted(word: &[u8]) -> String {
    let is_plain = |c: char| {
        if c.is_ascii() { c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '\\') } else { !steers(c) }
    };
    match core::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        _ => format!("\"{}\"", word.escape_ascii().to_string().replace("\\'", "'")),
    }
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// What ends an unquoted word; other white space is part of it.
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0)
}

/// ```abnf
/// word          = 1*( any byte but blanks and quotes / single-quoted / double-quoted )
/// single-quoted = "'" *( "\'" / any byte but "'" ) "'"
/// double-quoted = DQUOTE *( "\x" 2HEXDIG / "\" any byte / any byte but DQUOTE ) DQUOTE
/// ```
/// In selectors of Valkey 9.1 an escape is never the last thing in the text.
fn take_word(line: &[u8], start: usize, splitter: Splitter) -> Result<Word<'_>, Unbalanced> {
    let (mut at, mut own): (usize, Option<Vec<u8>>) = (start, None);
    while let Some(&byte) = line.get(at).filter(|byte| !ends_word(**byte)) {
        if !matches!(byte, b'"' | b'\'') && !vanishes(byte, splitter) {
            own.iter_mut().for_each(|word| word.push(byte));
            at += 1;
            continue;
        }
        let word = own.get_or_insert_with(|| line[start..at].to_vec());
        if vanishes(byte, splitter) {
            at += 1;
            continue;
        }
        let open = at;
        at = take_quoted(line, open, word, splitter)?;
        if splitter >= Splitter::Valkey9_0 {
            continue;
        }
        match line.get(at) {
            Some(&next) if next != 0 && !is_space(next) => {
                let follows = line[at..].iter().take_while(|byte| !ends_word(**byte)).count();
                return Err(Unbalanced { span: Span::new(open, at + follows) });
            }
            _ => break,
        }
    }
    let span = Span::new(start, at);
    Ok(Word { span, bytes: own.map_or(Cow::Borrowed(&line[span.range()]), Cow::Owned) })
}

/// Reads from an opening quote to behind the closing one; the word gets what is between.
fn take_quoted(
    line: &[u8],
    open: usize,
    word: &mut Vec<u8>,
    splitter: Splitter,
) -> Result<usize, Unbalanced> {
    let (quote, mut at) = (line[open], open + 1);
    loop {
        let (byte, length) = match (quote, &line[at..]) {
            (_, [] | [0, ..]) => return Err(Unbalanced { span: Span::new(open, line.len()) }),
            (_, [byte, ..]) if *byte == quote => return Ok(at + 1),
            (b'"', [b'\\', b'x', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                word.push(hex_digit(*high) << 4 | hex_digit(*low));
                at += 4;
                continue;
            }
            (_, [b'\\', _]) if splitter >= Splitter::Valkey9_1Selectors => (b'\\', 1),
            (b'"', [b'\\', escaped, ..]) if *escaped != 0 => (unescaped(*escaped), 2),
            (b'\'', [b'\\', b'\'', ..]) => (b'\'', 2),
            (_, [byte, ..]) => (*byte, 1),
        };
        word.extend((!vanishes(byte, splitter)).then_some(byte));
        at += length;
    }
}

fn vanishes(byte: u8, splitter: Splitter) -> bool {
    byte == 0xff && splitter >= Splitter::Valkey8_1
}

fn hex_digit(digit: u8) -> u8 {
    (digit as char).to_digit(16).unwrap_or_default() as u8
}

fn unescaped(escaped: u8) -> u8 {
    match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'a' => 7,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Splitter, quoted, split};

    fn words(line: &[u8], splitter: Splitter) -> Option<Vec<Vec<u8>>> {
        let words = split(line, splitter).ok()?;
        Some(words.into_iter().map(|word| word.bytes.into_owned()).collect())
    }

    #[test]
    fn what_steers_a_terminal_is_quoted_as_escapes() {
        assert_eq!(quoted("é".as_bytes()), "é");
        assert_eq!(quoted("a\u{9c}".as_bytes()), r#""a\xc2\x9c""#);
        assert_eq!(quoted("\u{202e}a".as_bytes()), r#""\xe2\x80\xaea""#);
    }

    #[test]
    fn words_are_split_and_quoted_as_redis_cli_does() {
        for (line, expected) in [
            ("GET app:1", &[&b"GET"[..], b"app:1"][..]),
            ("  set k \"a b\\n\" 'it\\'s' \r", &[b"set", b"k", b"a b\n", b"it's"]),
            ("get \"\\xff\\x00\" a\"b c\"", &[b"get", b"\xff\0", b"ab c"]),
            ("get \"\"", &[b"get", b""]),
            ("\x0bget \x0c a\x0bb \"c\"\x0bd", &[b"get", b"a\x0bb", b"c", b"d"]),
            ("a\\ b \"\\q\\\\\" '\\n'", &[b"a\\", b"b", b"q\\", b"\\n"]),
            (r#""\r\t\b\a""#, &[b"\r\t\x08\x07"]),
            ("", &[]),
        ] {
            let split = words(line.as_bytes(), Splitter::Redis).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(split, expected, "{line}");
            let again: Vec<_> = split.iter().map(|word| quoted(word)).collect();
            assert_eq!(words(again.join(" ").as_bytes(), Splitter::Redis), Some(split), "{again:?}");
        }
        for line in ["get \"a", "get 'a", "get \"a\"b", "'a'\"b\""] {
            assert_eq!(words(line.as_bytes(), Splitter::Redis), None, "{line}");
        }
    }

    #[test]
    fn a_nul_ends_the_line_and_opens_quotes_for_good() {
        assert_eq!(words(b"a b\0c d", Splitter::Redis), Some(vec![b"a".to_vec(), b"b".to_vec()]));
        assert_eq!(words(b"a \0 b", Splitter::Redis), Some(vec![b"a".to_vec()]));
        assert_eq!(words(b"\"a\0\"", Splitter::Redis), None);
    }

    #[test]
    fn valkey_joins_quotes_and_loses_a_byte() {
        let one = |word: &[u8]| Some(vec![word.to_vec()]);
        for splitter in [Splitter::Valkey8_1, Splitter::Valkey9_0, Splitter::Valkey9_1Selectors] {
            assert_eq!(words(b"a\xffb\"\xff\\\xff\\xff\"", splitter), one(b"ab\xff"));
            assert_eq!(words(b"\xff", splitter), one(b""));
        }
        assert_eq!(words(b"a\xff", Splitter::Redis), one(b"a\xff"));
        assert_eq!(words(b"\"a\"b'c d'", Splitter::Valkey9_0), one(b"abc d"));
        assert_eq!(words(b"\"a\"b", Splitter::Valkey8_1), None);
    }

    #[test]
    fn in_valkey_9_1_a_quote_at_the_end_closes_after_a_backslash_too() {
        for (line, theirs) in [
            (&br#""a\""#[..], &br"a\"[..]),
            (br#""a\\\""#, br"a\\"),
            (br"'a\'", br"a\"),
            (br#""a\"c""#, br#"a"c"#),
        ] {
            assert_eq!(
                words(line, Splitter::Valkey9_1Selectors),
                Some(vec![theirs.to_vec()]),
                "{}",
                line.escape_ascii()
            );
        }
        for line in [&br#""a\""#[..], br"'a\'"] {
            assert_eq!(words(line, Splitter::Valkey9_0), None, "{}", line.escape_ascii());
        }
        assert_eq!(words(br#""a\" "#, Splitter::Valkey9_1Selectors), None);
    }

    #[test]
    fn spans_hold_the_quotes() {
        let spans = split(b" on  ~\"a b\" ", Splitter::Redis).expect("balanced quotes");
        assert_eq!(spans.iter().map(|word| word.span.range()).collect::<Vec<_>>(), [1..3, 5..11]);
        let open = split(b"on \"a", Splitter::Redis).expect_err("an open quote");
        assert_eq!(open.span.range(), 3..5);
    }
}
