//! What keys and channels a selector reaches, and a shortest one that others do not.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use crate::access::KeyAccess;
use crate::catalog::Demand;
use crate::glob::{self, Outline};
use crate::quoting::quoted;
use crate::user::Selector;

/// The keys and channels of a selector.
pub(super) struct Reach<'u> {
    /// `None` for all.
    keys: Option<Vec<(Outline<'u>, KeyAccess)>>,
    channels: Option<Channels<'u>>,
}

struct Channels<'u> {
    patterns: Vec<Outline<'u>>,
    /// Patterns that match the text of one only: who subscribes to a pattern must name one of them.
    literally: Vec<Outline<'u>>,
}

/// The texts that a selector lets stand in one place of a request.
pub(super) enum Texts<'r> {
    All,
    /// Those that one of these patterns matches.
    Matched(Vec<&'r Outline<'r>>),
}

impl Texts<'_> {
    /// How many patterns these are.
    fn len(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Matched(patterns) => patterns.len(),
        }
    }
}

/// Whether there is a text that some allow and others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A shortest one, as it is printed.
    Text(Rc<[u8]>),
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
}

impl<'u> Reach<'u> {
    pub(super) fn of(selector: &'u Selector) -> Self {
        let outline = |pattern: &'u str| Outline::of(pattern.as_bytes());
        let keys = || selector.keys.iter().map(|(pattern, access)| (outline(pattern), access)).collect();
        let channels = || Channels {
            patterns: selector.channels.iter().map(outline).collect(),
            literally: selector.channels.iter().map(|pattern| Outline::of(literally(pattern))).collect(),
        };
        Self {
            keys: (!selector.keys.are_all()).then(keys),
            channels: (!selector.channels.are_all()).then(channels),
        }
    }

    /// Whether some pattern allows less than all to be done.
    pub(super) fn has_directed_keys(&self) -> bool {
        self.keys.iter().flatten().any(|(_, access)| *access != KeyAccess::ReadWrite)
    }

    pub(super) fn texts(&self, demand: Demand) -> Texts<'_> {
        let matched = match (demand, &self.keys, &self.channels) {
            (Demand::Key(needs), Some(keys), _) => {
                let enough = |access: KeyAccess| needs.is_none_or(|needs| access.includes(needs));
                keys.iter().filter(|(_, access)| enough(*access)).map(|(pattern, _)| pattern).collect()
            }
            (Demand::Channel, _, Some(channels)) => channels.patterns.iter().collect(),
            (Demand::ChannelPattern, _, Some(channels)) => channels.literally.iter().collect(),
            _ => return Texts::All,
        };
        Texts::Matched(matched)
    }
}

/// A pattern that matches this text only.
fn literally(text: &str) -> Vec<u8> {
    text.bytes().flat_map(|byte| escaped(byte).into_iter().flatten()).collect()
}

fn escaped(byte: u8) -> [Option<u8>; 2] {
    if matches!(byte, b'*' | b'?' | b'[' | b'\\') { [Some(b'\\'), Some(byte)] } else { [None, Some(byte)] }
}

/// Patterns that match what servers take for this first argument: the text in any case, up to a NUL.
fn in_any_case(text: &str) -> [Outline<'static>; 2] {
    let mut pattern = Vec::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphabetic() {
            true => pattern.extend([b'[', byte.to_ascii_lowercase(), byte.to_ascii_uppercase(), b']']),
            false => pattern.extend(escaped(byte).into_iter().flatten()),
        }
    }
    let with_nul = [&pattern[..], b"\0*"].concat();
    [pattern, with_nul].map(Outline::of)
}

/// A text that `sender` lets stand there, none of the others does, and the first argument allows; the shortest one
/// as it is printed.
pub(super) fn find(
    sender: &Texts<'_>,
    others: &[Texts<'_>],
    first_argument: Option<&FirstArgument<'_>>,
    work: &mut usize,
) -> Found {
    let mut excluded: Vec<&Outline<'_>> = Vec::new();
    let patterns = others.iter().chain([sender]).map(Texts::len).sum::<usize>();
    if glob::spend(work, patterns / glob::LOOKS).is_none() {
        return Found::Undecided;
    }
    for other in others {
        match other {
            Texts::All => return Found::Nothing,
            Texts::Matched(patterns) => excluded.extend(patterns),
        }
    }
    let (required, not_first) = match first_argument {
        None => (Vec::new(), Vec::new()),
        Some(FirstArgument::Is(text)) => (in_any_case(text).into(), Vec::new()),
        Some(FirstArgument::IsNone(texts)) => {
            (Vec::new(), texts.iter().flat_map(|text| in_any_case(text)).collect())
        }
    };
    excluded.extend(&not_first);
    let any_bytes = Outline::of(&b"*"[..]);
    let (patterns, holds_empty) = match sender {
        Texts::All => (&[&any_bytes][..], true),
        Texts::Matched(patterns) => (&patterns[..], patterns.iter().any(|pattern| pattern.text().is_empty())),
    };
    let empty_is_fine = required.is_empty() && !excluded.iter().any(|pattern| pattern.text().is_empty());
    let mut shortest = (holds_empty && empty_is_fine).then(Vec::new);
    let mut is_undecided = false;
    // what both sides have needs no look at all the others
    let known: BTreeSet<_> = excluded.iter().map(|pattern| pattern.text()).collect();
    for pattern in patterns.iter().filter(|pattern| !known.contains(pattern.text())) {
        match glob::text_outside(pattern, &required, &excluded, work) {
            Some(Some(text)) if shortest.as_ref().is_none_or(|known| is_shorter(&text, known)) => {
                shortest = Some(text);
            }
            Some(_) => {}
            None => is_undecided = true,
        }
    }
    match shortest {
        Some(text) => Found::Text(text.into()),
        None if is_undecided => Found::Undecided,
        None => Found::Nothing,
    }
}

/// As printed: the empty text is printed as two quotes.
fn is_shorter(a: &[u8], b: &[u8]) -> bool {
    // no word is printed shorter than it is
    let longest = quoted(b).len();
    a.len() < longest && quoted(a).len() < longest
}
