//! Patterns as automata: where a match can be after some bytes, for several patterns at once.

use super::matcher::take;
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
    fn of(holds: impl Fn(u8) -> bool) -> Self {
        let mut words = [0; 4];
        for byte in (0..=u8::MAX).filter(|&byte| holds(byte)) {
            words[usize::from(byte) / 64] |= 1 << (byte % 64);
        }
        Self(words)
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
            [b'?' | b'[', ..] => Self::One(Bytes::of(|byte| take(pattern, byte).is_some())),
            [b'\\', byte, ..] | [byte, ..] => Self::Byte(*byte),
            [] => Self::One(Bytes::of(|_| false)),
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
/// A set of places is what can have been reached; reading a byte makes another set of it. Neighbouring
/// stars being one, no star stands behind a star.
pub(super) struct Automaton {
    steps: Vec<Option<Step>>,
    starts: Places,
    ends: Places,
    stars: Places,
}

/// A set of places in an automaton.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Places(Box<[u64]>);

impl Places {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)].into())
    }

    fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    /// Each place that is in `from` as well, moved one further, added.
    fn advance(&mut self, places: &Self, from: &Self) {
        let mut carry = 0;
        for ((into, places), from) in self.0.iter_mut().zip(&places.0).zip(&from.0) {
            let moving = places & from;
            *into |= moving << 1 | carry;
            carry = moving >> 63;
        }
    }

    /// Each place that is in `from` as well, added.
    fn keep(&mut self, places: &Self, from: &Self) {
        for ((into, places), from) in self.0.iter_mut().zip(&places.0).zip(&from.0) {
            *into |= places & from;
        }
    }
}

impl Automaton {
    pub(super) fn of<'p>(patterns: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let all: Vec<_> = patterns.into_iter().filter_map(steps).collect();
        let count = all.iter().map(|steps| steps.len() + 1).sum();
        let (starts, ends, stars) = (Places::none(count), Places::none(count), Places::none(count));
        let mut automaton = Self { steps: Vec::with_capacity(count), starts, ends, stars };
        for steps in all {
            automaton.starts.insert(automaton.steps.len());
            for step in steps {
                if step == Step::Star {
                    automaton.stars.insert(automaton.steps.len());
                }
                automaton.steps.push(Some(step));
            }
            automaton.ends.insert(automaton.steps.len());
            automaton.steps.push(None);
        }
        automaton
    }

    pub(super) fn start(&self) -> Places {
        self.skipping_stars(self.starts.clone())
    }

    /// A star may also stand for nothing.
    fn skipping_stars(&self, mut places: Places) -> Places {
        let before = places.clone();
        places.advance(&before, &self.stars);
        places
    }

    /// Where the patterns can be after one more byte; `taking` are the places whose step takes it.
    pub(super) fn after(&self, places: &Places, taking: &Places) -> Places {
        let mut after = Places::none(self.steps.len());
        after.keep(places, &self.stars);
        after.advance(places, taking);
        self.skipping_stars(after)
    }

    /// The places whose step takes one byte, this one.
    pub(super) fn taking(&self, byte: u8) -> Places {
        let mut taking = Places::none(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            if step.is_some_and(|step| step.takes(byte)) {
                taking.insert(place);
            }
        }
        taking
    }

    pub(super) fn has_ended(&self, places: &Places) -> bool {
        places.meets(&self.ends)
    }

    pub(super) fn is_lost(&self, places: &Places) -> bool {
        places.0.iter().all(|word| *word == 0)
    }

    fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().flatten().copied()
    }
}

/// One byte of each kind that the automata tell apart, the most readable one: every byte that is named by
/// itself, and of the others one for each way to be in the classes.
pub(super) fn telling_bytes<'a>(automata: impl Iterator<Item = &'a Automaton>) -> Vec<u8> {
    let mut named = [false; 256];
    let mut classes = Vec::new();
    for step in automata.flat_map(Automaton::steps) {
        match step {
            Step::Star => {}
            Step::Byte(byte) => named[usize::from(byte)] = true,
            Step::One(bytes) if classes.contains(&bytes) => {}
            Step::One(bytes) => classes.push(bytes),
        }
    }
    let mut seen = Vec::new();
    let is_news = |byte: &u8| {
        let in_classes: Vec<_> = classes.iter().map(|bytes| bytes.contains(*byte)).collect();
        let news = named[usize::from(*byte)] || !seen.contains(&in_classes);
        if news && !named[usize::from(*byte)] {
            seen.push(in_classes);
        }
        news
    };
    BY_READABILITY.into_iter().filter(is_news).collect()
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
