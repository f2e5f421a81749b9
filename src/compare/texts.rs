//! What keys and channels a selector reaches, and a shortest one that others do not.

use std::borrow::Cow;

use crate::access::KeyAccess;
use crate::catalog::Demand;
use crate::glob;
use crate::quoting::quoted;
use crate::user::Selector;

/// The texts that a selector lets stand in one place of a request.
pub(super) enum Texts<'s> {
    All,
    /// Those that one of these patterns matches.
    Matched(Vec<Cow<'s, [u8]>>),
}

/// Whether there is a text that some allow and others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A shortest one, as it is printed.
    Text(Vec<u8>),
    Nothing,
    Undecided,
}

/// What a rule `+command|first-argument` asks of the word in that place; case does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FirstArgument<'u> {
    Is(&'u str),
    /// None of these.
    IsNone(Vec<&'u str>),
}

impl FirstArgument<'_> {
    /// Whether a word is such a first argument.
    pub(super) fn fits(&self, word: &str) -> bool {
        match self {
            Self::Is(text) => text.eq_ignore_ascii_case(word),
            Self::IsNone(texts) => !texts.iter().any(|text| text.eq_ignore_ascii_case(word)),
        }
    }

    /// One such word; a number with this before it where there is a choice.
    pub(super) fn example(&self, before: &str) -> String {
        match self {
            Self::Is(text) => (*text).to_owned(),
            Self::IsNone(_) => {
                let mut numbers = (1..).map(|number: usize| format!("{before}{number}"));
                numbers.find(|number| self.fits(number)).unwrap_or_default()
            }
        }
    }

    /// Whether a selector that allows this first argument allows the request.
    pub(super) fn is(&self, allowed: &str) -> bool {
        matches!(self, Self::Is(text) if text.eq_ignore_ascii_case(allowed))
    }
}

impl<'s> Texts<'s> {
    pub(super) fn of(selector: &'s Selector, demand: Demand) -> Self {
        match demand {
            Demand::Nothing | Demand::Database => Self::All,
            Demand::Key(_) if selector.keys.are_all() => Self::All,
            Demand::Key(needs) => Self::Matched(key_patterns(selector, needs).collect()),
            Demand::Channel | Demand::ChannelPattern if selector.channels.are_all() => Self::All,
            Demand::Channel => {
                Self::Matched(selector.channels.iter().map(|pattern| pattern.as_bytes().into()).collect())
            }
            // a pattern must be one of the user's, text for text
            Demand::ChannelPattern => {
                Self::Matched(selector.channels.iter().map(|pattern| literally(pattern).into()).collect())
            }
        }
    }

    fn holds_empty(&self) -> bool {
        match self {
            Self::All => true,
            Self::Matched(patterns) => patterns.iter().any(|pattern| pattern.is_empty()),
        }
    }

    /// The patterns; `*` for all, which leaves the empty text out.
    fn patterns(&self) -> &[Cow<'s, [u8]>] {
        const ALL: &[Cow<'static, [u8]>] = &[Cow::Borrowed(b"*")];
        match self {
            Self::All => ALL,
            Self::Matched(patterns) => patterns,
        }
    }
}

fn key_patterns(selector: &Selector, needs: Option<KeyAccess>) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let enough = move |access: KeyAccess| needs.is_none_or(|needs| access.includes(needs));
    let patterns = selector.keys.iter().filter(move |(_, access)| enough(*access));
    patterns.map(|(pattern, _)| pattern.as_bytes().into())
}

/// A pattern that matches this text only.
fn literally(text: &str) -> Vec<u8> {
    text.bytes().flat_map(|byte| escaped(byte).into_iter().flatten()).collect()
}

fn escaped(byte: u8) -> [Option<u8>; 2] {
    if matches!(byte, b'*' | b'?' | b'[' | b'\\') { [Some(b'\\'), Some(byte)] } else { [None, Some(byte)] }
}

/// Patterns that match what servers take for this first argument: the text in any case, up to a NUL.
fn in_any_case(text: &str) -> [Vec<u8>; 2] {
    let mut pattern = Vec::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphabetic() {
            true => pattern.extend([b'[', byte.to_ascii_lowercase(), byte.to_ascii_uppercase(), b']']),
            false => pattern.extend(escaped(byte).into_iter().flatten()),
        }
    }
    let with_nul = [&pattern[..], b"\0*"].concat();
    [pattern, with_nul]
}

/// A text that `sender` lets stand there, none of the others does, and the first argument allows; the shortest one
/// as it is printed. Only the sender's patterns that no other plainly includes are looked at, and only those of
/// the others that have something in common with them.
pub(super) fn find(
    sender: &Texts<'_>,
    others: &[Texts<'_>],
    first_argument: Option<&FirstArgument<'_>>,
    work: &mut usize,
) -> Found {
    if others.iter().any(|other| matches!(other, Texts::All)) {
        return Found::Nothing;
    }
    let mut excluded: Vec<Vec<u8>> = Vec::new();
    let mut required: Vec<Vec<u8>> = Vec::new();
    match first_argument {
        None => {}
        Some(FirstArgument::Is(text)) => required.extend(in_any_case(text)),
        Some(FirstArgument::IsNone(texts)) => {
            excluded.extend(texts.iter().flat_map(|text| in_any_case(text)))
        }
    }
    let excluded: Vec<&[u8]> = others
        .iter()
        .flat_map(Texts::patterns)
        .map(|pattern| &**pattern)
        .chain(excluded.iter().map(Vec::as_slice))
        .collect();
    let required: Vec<&[u8]> = required.iter().map(Vec::as_slice).collect();
    let (mut shortest, mut undecided) = (None::<Vec<u8>>, false);
    let mut keep = |text: Vec<u8>| {
        if shortest.as_ref().is_none_or(|known| quoted(&text).len() < quoted(known).len()) {
            shortest = Some(text);
        }
    };
    for pattern in sender.patterns() {
        match text_of(pattern, &required, &excluded, work) {
            Some(Some(text)) => keep(text),
            Some(None) => {}
            None => undecided = true,
        }
    }
    let empty_is_fine = required.is_empty() && !excluded.iter().any(|pattern| pattern.is_empty());
    if sender.holds_empty() && empty_is_fine {
        keep(Vec::new());
    }
    match shortest {
        Some(text) => Found::Text(text),
        None if undecided => Found::Undecided,
        None => Found::Nothing,
    }
}

/// A shortest text, not the empty one, that the pattern matches, one of the required ones if there are some,
/// and none of the excluded ones. As of [`glob::text_of_all`].
fn text_of(
    pattern: &[u8],
    required: &[&[u8]],
    excluded: &[&[u8]],
    work: &mut usize,
) -> Option<Option<Vec<u8>>> {
    if pattern.is_empty() || excluded.iter().any(|other| glob::plainly_includes(other, pattern)) {
        return Some(None);
    }
    let excluded: Vec<_> = excluded.iter().copied().filter(|other| glob::may_meet(pattern, other)).collect();
    match required {
        [] => glob::text_of_all(&[&[pattern]], &excluded, work),
        required => glob::text_of_all(&[&[pattern], required], &excluded, work),
    }
}
