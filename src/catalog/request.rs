//! A request's arguments, read as the servers' C reads them.

/// The name of a command and its arguments.
#[derive(Debug)]
pub(crate) struct Request<'r, A> {
    arguments: &'r [A],
}

impl<A> Clone for Request<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Request<'_, A> {}

impl<'r, A: AsRef<[u8]>> Request<'r, A> {
    pub(crate) const fn new(arguments: &'r [A]) -> Self {
        Self { arguments }
    }

    pub(crate) const fn len(self) -> usize {
        self.arguments.len()
    }

    pub(crate) fn get(self, index: usize) -> Option<&'r [u8]> {
        self.arguments.get(index).map(AsRef::as_ref)
    }

    /// Whether an argument is that word (`strcasecmp`).
    pub(crate) fn is(self, index: usize, word: &str) -> bool {
        self.get(index).is_some_and(|argument| is_word(argument, word))
    }
}

/// Whether a C text is that word, in whatever case.
pub(crate) fn is_word(argument: &[u8], word: &str) -> bool {
    c_text(argument).eq_ignore_ascii_case(word.as_bytes())
}

/// What C sees of binary text: all before the first NUL.
pub(crate) fn c_text(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// The strict reading of a number (`string2ll`): decimal digits, a minus, nothing else, no needless zero.
pub(crate) fn strict_number(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let plain = match digits {
        b"0" => text.len() == 1,
        [b'1'..=b'9', others @ ..] => others.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !plain {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The lenient reading (`atoi`): leading blanks and a sign are skipped, what follows the digits is ignored, and
/// what a `long` holds is cut down to an `int`.
pub(crate) fn lenient_number(text: &[u8]) -> i32 {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let text = &text[text.iter().take_while(|byte| blank(byte)).count()..];
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    let mut number: i64 = 0;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        let digit = i64::from(digit - b'0');
        number = number.saturating_mul(10);
        number = if negative { number.saturating_sub(digit) } else { number.saturating_add(digit) };
    }
    number as i32
}

#[cfg(test)]
mod tests {
    use super::{c_text, lenient_number, strict_number};

    #[test]
    fn numbers_are_read_as_c_does() {
        for (text, strict, lenient) in [
            ("2", Some(2), 2),
            ("-1", Some(-1), -1),
            ("0", Some(0), 0),
            ("-0", None, 0),
            ("02", None, 2),
            ("+2", None, 2),
            (" 2", None, 2),
            ("2a", None, 2),
            ("", None, 0),
            ("4294967298x", None, 2),
            ("99999999999999999999", None, -1),
            ("9223372036854775807", Some(i64::MAX), -1),
        ] {
            assert_eq!(strict_number(text.as_bytes()), strict, "{text:?}");
            assert_eq!(lenient_number(text.as_bytes()), lenient, "{text:?}");
        }
        assert_eq!(c_text(b"get\0x"), b"get");
    }
}
