//! Passwords, and keeping them out of every text that somebody may see.

use alloc::borrow::Cow;
use alloc::string::String;
use core::str::FromStr;
use core::{fmt, hash};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A password as it was given. `Debug` does not tell it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password<'a>(Cow<'a, str>);

impl<'a> Password<'a> {
    pub(crate) fn new(password: impl Into<Cow<'a, str>>) -> Self {
        Self(password.into())
    }

    /// The password in clear. Nothing else in this crate gives it away, but for the text of an
    /// [`AccessString`](crate::AccessString) itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What servers keep of it.
    #[must_use]
    pub fn hash(&self) -> PasswordHash {
        PasswordHash::of(self.0.as_bytes())
    }

    pub(crate) fn into_owned(self) -> Password<'static> {
        Password(Cow::Owned(self.0.into_owned()))
    }
}

impl From<String> for Password<'static> {
    fn from(password: String) -> Self {
        Self::new(password)
    }
}

impl<'a> From<&'a str> for Password<'a> {
    fn from(password: &'a str) -> Self {
        Self::new(password)
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

/// The SHA-256 of a password, which is all that servers keep and print: `#` and 64 hexadecimal digits.
///
/// ```
/// let hash = redis_acl::PasswordHash::from_hex(&"2b".repeat(32)).unwrap();
/// assert_eq!(hash.to_string(), "2b".repeat(32));
/// assert_eq!(redis_acl::PasswordHash::from_hex("2B"), None);
/// ```
///
/// Two hashes are compared in constant time, so that an answer's delay does not help to guess one. Their order is not.
#[derive(Clone, Copy, PartialOrd, Ord)]
pub struct PasswordHash([u8; 32]);

impl PasswordHash {
    /// The hash of a password, which can be any bytes (`ACLHashPassword`).
    ///
    /// ```
    /// use redis_acl::PasswordHash;
    ///
    /// let hash = PasswordHash::of(b"secret");
    /// assert_eq!(hash.to_string(), "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b");
    /// ```
    #[must_use]
    pub fn of(password: &[u8]) -> Self {
        Self(Sha256::digest(password).into())
    }

    /// Reads exactly 64 hexadecimal digits in lower case, as servers demand them
    /// (`ACLCheckPasswordHash`).
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(hash))
    }
}

/// A text is not 64 hexadecimal digits in lower case. It does not repeat the text, which can be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 64 hexadecimal digits in lower case")]
pub struct NotAPasswordHash;

impl FromStr for PasswordHash {
    type Err = NotAPasswordHash;

    fn from_str(text: &str) -> Result<Self, NotAPasswordHash> {
        Self::from_hex(text).ok_or(NotAPasswordHash)
    }
}

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for PasswordHash {}

impl hash::Hash for PasswordHash {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let hex: [u8; 64] = core::array::from_fn(|place| {
            let byte = self.0[place / 2];
            DIGITS[usize::from(if place % 2 == 0 { byte >> 4 } else { byte & 15 })]
        });
        f.write_str(core::str::from_utf8(&hex).unwrap_or_default())
    }
}

impl fmt::Debug for PasswordHash {
    /// The first eight digits, enough to tell hashes apart in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:02x}{:02x}{:02x}{:02x}…)", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// The text with every byte of what may be a password or a hash replaced by `*`, so that offsets stay
/// what they were.
///
/// Masked is what follows `>`, `<`, `#` or `!` in a word that is not a pattern, a command or a category;
/// and, since a space slips in easily, the whole word behind one that is nothing but such a sign.
pub(crate) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut behind_bare_sign, mut goes_on) = (false, false);
    for word in text.split_inclusive(ends_word) {
        let body = word.trim_end_matches(ends_word);
        let kept = if (behind_bare_sign || goes_on) && !body.is_empty() { 0 } else { open_part(body) };
        masked.push_str(&body[..kept]);
        masked.extend(core::iter::repeat_n('*', body.len() - kept));
        masked.push_str(&word[body.len()..]);
        behind_bare_sign = kept == body.len() && body.ends_with(SIGNS) || behind_bare_sign && body.is_empty();
        // servers end no word there, so what follows is still the password
        goes_on = (goes_on || kept < body.len()) && word.ends_with(['\x0b', '\x0c']);
    }
    masked
}

/// The blanks of servers; others, such as a no-break space, may stand in a password.
fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\0')
}

/// The same for one argument: in a password rule all that follows the sign is the password.
pub(crate) fn mask_argument(argument: &str) -> String {
    match argument.chars().next() {
        Some(sign) if SIGNS.contains(&sign) => format!("{sign}{}", "*".repeat(argument.len() - 1)),
        _ => mask(argument),
    }
}

pub(crate) const SIGNS: [char; 4] = ['>', '<', '#', '!'];

/// A password rule without its password.
pub(crate) fn is_bare_sign(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|sign| SIGNS.contains(&sign)) && chars.next().is_none()
}

/// How much of a word may be shown: all of a rule about commands, keys or channels, and up to the sign
/// of anything else.
fn open_part(word: &str) -> usize {
    let rule = word.trim_start_matches(['(', '"', '\'']);
    if rule.starts_with(['+', '-', '~', '%', '&', '@']) {
        return word.len();
    }
    word.find(SIGNS).map_or(word.len(), |sign| sign + 1)
}

#[cfg(test)]
mod tests {
    use super::{Password, PasswordHash, mask, mask_argument};

    #[test]
    fn passwords_are_masked_byte_for_byte() {
        assert_eq!(mask("on >secret ~a"), "on >****** ~a");
        assert_eq!(mask("on >sécret"), "on >*******");
        assert_eq!(mask("(>secret ~a#b) !abc"), "(>****** ~a#b) !***");
        assert_eq!(mask("on>secret"), "on>******");
        assert_eq!(mask(">>secret  #"), ">*******  #");
        assert_eq!(mask("(>se\x0ccret\x0b\x0cx +a\x0c>b"), "(>**\x0c****\x0b\x0c* +a\x0c>*");
    }

    #[test]
    fn a_space_behind_the_sign_does_not_uncover_the_password() {
        assert_eq!(mask("on > secret ~a"), "on > ****** ~a");
        assert_eq!(mask("on >  secret"), "on >  ******");
    }

    #[test]
    fn an_argument_is_one_password_spaces_and_all() {
        assert_eq!(mask_argument("<two words"), "<*********");
        assert_eq!(mask_argument("(>one ~a)"), "(>*** ~a)");
    }

    #[test]
    fn nothing_else_is_masked() {
        for text in ["+get ~a>b &x#y -config|set", "", " ", "%R~a!b on\t~*"] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn debug_tells_no_password() {
        let password = Password::new("secret");
        assert_eq!(format!("{password:?}"), "Password(***)");
        assert_eq!(
            password.hash(),
            PasswordHash::from_hex("2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
                .unwrap()
        );
    }
}
