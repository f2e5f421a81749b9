//! Patterns as automata: where a match can be after some bytes, for several patterns at once.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::matcher::{Class, Member};
use super::shape::{behind_token, has_too_many_stars, without_first_stars};

/// A token of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Any bytes.
    Star,
    /// This byte.
    Byte(u8),
    /// One byte of these.
    One(Bytes),
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Bytes([u64; 4]);

impl Bytes {
    const NONE: Self = Self([0; 4]);
    const ALL: Self = Self([u64::MAX; 4]);

    fn within(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    fn outside(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    fn most_readable(&self) -> Option<u8> {
        BY_READABILITY.into_iter().find(|byte| self.contains(*byte))
    }

    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte) / 64] |= 1 << (byte % 64);
    }

    /// Those that a class matches, which begins behind the `[`.
    fn of_class(class: &[u8]) -> Self {
        let (mut bytes, class) = (Self::NONE, Class::behind_bracket(class));
        let negated = class.negated;
        class.flat_map(Member::bytes).for_each(|byte| bytes.insert(byte));
        if negated { Self::ALL.outside(&bytes) } else { bytes }
    }

    fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte) / 64] & 1 << (byte % 64) != 0
    }
}

impl Step {
    /// The token that the pattern begins with.
    fn first_of(pattern: &[u8]) -> Self {
        match pattern {
            [b'*', ..] => Self::Star,
            [b'?', ..] => Self::One(Bytes::ALL),
            [b'[', class @ ..] => Self::One(Bytes::of_class(class)),
            [b'\\', byte, ..] | [byte, ..] => Self::Byte(*byte),
            [] => Self::One(Bytes::NONE),
        }
    }

    fn takes(&self, byte: u8) -> bool {
        match self {
            Self::Star => false,
            Self::Byte(own) => *own == byte,
            Self::One(bytes) => bytes.contains(byte),
        }
    }
}

/// The tokens of a pattern, neighbouring stars as one; `None` where it matches nothing whatever follows.
fn steps(pattern: &[u8]) -> Option<Vec<Step>> {
    let (mut rest, mut steps) = (pattern, Vec::with_capacity(pattern.len()));
    if has_too_many_stars(pattern) {
        return None;
    }
    while !rest.is_empty() {
        let step = Step::first_of(rest);
        rest = if step == Step::Star { without_first_stars(rest) } else { behind_token(rest) };
        steps.push(step);
    }
    Some(steps)
}

/// Several patterns side by side, each one place longer than it has steps: the last place is its end.
///
/// A set of places, a bit for each, is what can have been reached; reading a byte makes another set of it.
/// Neighbouring stars being one, no star stands behind a star.
pub(super) struct Automaton {
    steps: Vec<Option<Step>>,
    starts: Box<[u64]>,
    ends: Box<[u64]>,
    stars: Box<[u64]>,
}

fn insert(places: &mut [u64], place: usize) {
    places[place / 64] |= 1 << (place % 64);
}

/// Whether each of the places is one of the others too.
pub(super) fn is_subset(places: &[u64], others: &[u64]) -> bool {
    places.iter().zip(others).all(|(a, b)| a & !b == 0)
}

impl Automaton {
    pub(super) fn of<'p>(patterns: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let all: Vec<_> = patterns.into_iter().filter_map(steps).collect();
        let count: usize = all.iter().map(|steps| steps.len() + 1).sum();
        let none = || vec![0; count.div_ceil(64)].into_boxed_slice();
        let mut automaton =
            Self { steps: Vec::with_capacity(count), starts: none(), ends: none(), stars: none() };
        for steps in all {
            insert(&mut automaton.starts, automaton.steps.len());
            for step in steps {
                if step == Step::Star {
                    insert(&mut automaton.stars, automaton.steps.len());
                }
                automaton.steps.push(Some(step));
            }
            insert(&mut automaton.ends, automaton.steps.len());
            automaton.steps.push(None);
        }
        automaton
    }

    /// How many words a set of its places has.
    pub(super) fn words(&self) -> usize {
        self.starts.len()
    }

    /// Where the patterns are before any byte.
    pub(super) fn start(&self, into: &mut [u64]) {
        into.copy_from_slice(&self.starts);
        self.skip_stars(into);
    }

    /// A star may also stand for nothing.
    fn skip_stars(&self, places: &mut [u64]) {
        let mut carry = 0;
        for (places, stars) in places.iter_mut().zip(&self.stars) {
            let moving = *places & stars;
            *places |= moving << 1 | carry;
            carry = moving >> 63;
        }
    }

    /// Where the patterns can be after one more byte; `taking` are the places whose step takes it.
    pub(super) fn after(&self, places: &[u64], taking: &[u64], into: &mut [u64]) {
        let mut carry = 0;
        for (((into, places), taking), stars) in into.iter_mut().zip(places).zip(taking).zip(&self.stars) {
            let moving = places & taking;
            *into = moving << 1 | carry | places & stars;
            carry = moving >> 63;
        }
        self.skip_stars(into);
    }

    /// The places whose step takes one byte, this one.
    pub(super) fn taking(&self, byte: u8, into: &mut [u64]) {
        for (place, step) in self.steps.iter().enumerate() {
            if step.is_some_and(|step| step.takes(byte)) {
                insert(into, place);
            }
        }
    }

    pub(super) fn has_ended(&self, places: &[u64]) -> bool {
        places.iter().zip(&self.ends).any(|(places, ends)| places & ends != 0)
    }

    fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().flatten().copied()
    }
}

/// One byte of each kind that the automata tell apart, the most readable one: every byte that is named by
/// itself, and of the others one for each way to be in the classes.
pub(super) fn telling_bytes<'a>(automata: impl Iterator<Item = &'a Automaton>) -> Vec<u8> {
    let (mut telling, mut kinds) = (Bytes::NONE, vec![Bytes::ALL]);
    for step in automata.flat_map(Automaton::steps) {
        match step {
            Step::Star => {}
            Step::Byte(byte) => telling.insert(byte),
            Step::One(bytes) => {
                let parts = kinds.iter().flat_map(|kind| [kind.within(&bytes), kind.outside(&bytes)]);
                kinds = parts.filter(|part| *part != Bytes::NONE).collect();
            }
        }
    }
    let named = telling;
    let others = kinds.iter().map(|kind| kind.outside(&named));
    others.filter_map(|kind| kind.most_readable()).for_each(|byte| telling.insert(byte));
    BY_READABILITY.into_iter().filter(|byte| telling.contains(*byte)).collect()
}

/// Whether the pattern matches one text and no other.
pub(super) fn is_of_one_text(pattern: &[u8]) -> bool {
    steps(pattern).is_some_and(|steps| steps.iter().all(|step| matches!(step, Step::Byte(_))))
}

/// A shortest text, not the empty one, that the pattern matches; `None` if there is none.
pub(super) fn shortest_text(pattern: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(pattern.len());
    for step in steps(pattern)? {
        match step {
            Step::Star => {}
            Step::Byte(byte) => text.push(byte),
            Step::One(bytes) => text.push(bytes.most_readable()?),
        }
    }
    match (text.is_empty(), pattern.is_empty()) {
        (true, true) => None,
        // stars alone do not match the empty text
        (true, false) => Bytes::ALL.most_readable().map(|byte| vec![byte]),
        _ => Some(text),
    }
}

/// Letters and digits first, then other printable characters, then the rest; those that patterns or quoting
/// would make something of last.
static BY_READABILITY: [u8; 256] = {
    let mut bytes = [0; 256];
    let (mut rank, mut filled) = (0, 0);
    while rank <= 5 {
        let mut byte = 0;
        while byte < 256 {
            if readability(byte as u8) == rank {
                bytes[filled] = byte as u8;
                filled += 1;
            }
            byte += 1;
        }
        rank += 1;
    }
    bytes
};

const fn readability(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'0'..=b'9' => 1,
        b'A'..=b'Z' => 2,
        b'*' | b'?' | b'[' | b']' | b'^' | b'\\' | b'"' | b'\'' | b' ' => 4,
        b'!'..=b'~' => 3,
        _ => 5,
    }
}
