//! Whether everything that one pattern matches is matched by others; else a shortest text that escapes.

use alloc::vec::Vec;
use core::ops::Range;

use super::automaton::{Automaton, is_of_one_text, is_subset, shortest_text, telling_bytes};
use super::matches;
use super::outline::Outline;

/// Whether others match all that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// They do.
    Included,
    /// They do not: a shortest text that only the pattern matches, readable if one is.
    Escapes(Vec<u8>),
    /// The work that was allowed did not suffice to tell.
    Undecided,
}

/// How much work is done before the answer is «undecided»: ordinary patterns take tens or hundreds, and so much takes
/// some tens of milliseconds.
///
/// It is counted in words of 64 places in patterns: to read a byte of the text that is searched for takes one for each
/// word that the patterns have together, and to compare it with a text found before as many again.
pub const WORK: usize = 10_000_000;

/// Takes so much from the work that is left; `None` where that is less, and then nothing is left.
pub(crate) fn spend(work: &mut usize, units: usize) -> Option<()> {
    let left = work.checked_sub(units);
    *work = left.unwrap_or_default();
    left.map(drop)
}

/// Asks with a part of the work that is left, and takes from it what that took.
pub(crate) fn with_part<T>(work: &mut usize, part: usize, ask: impl FnOnce(&mut usize) -> T) -> T {
    let given = part.min(*work);
    let mut left = given;
    let answer = ask(&mut left);
    *work -= given - left;
    answer
}

/// Whether every text that `pattern` matches is matched by one of `others`, exactly as servers match.
///
/// ```
/// use redis_acl::glob::{Inclusion, inclusion};
///
/// assert_eq!(inclusion("app:1*", ["app:*"]), Inclusion::Included);
/// assert_eq!(inclusion("app:*", ["app:[0-9]*"]), Inclusion::Escapes(b"app:".to_vec()));
/// // several together may do what none does alone
/// assert_eq!(inclusion("?x", ["[a-m]x", "[^a-m]x"]), Inclusion::Included);
/// ```
///
/// Subsets of what the others can have reached are followed together with the pattern, shortest texts
/// first; one from which more was reached than from another at the same place can be left out. In the worst
/// case that grows exponentially, so after [`WORK`] steps the answer is [`Inclusion::Undecided`].
pub fn inclusion<P, Q>(pattern: P, others: Q) -> Inclusion
where
    P: AsRef<[u8]>,
    Q: IntoIterator<Item: AsRef<[u8]>>,
{
    inclusion_within(WORK, pattern, others)
}

/// [`inclusion`] with another bound on the work.
pub fn inclusion_within<P, Q>(work: usize, pattern: P, others: Q) -> Inclusion
where
    P: AsRef<[u8]>,
    Q: IntoIterator<Item: AsRef<[u8]>>,
{
    let others: Vec<_> = others.into_iter().collect();
    let others: Vec<_> = others.iter().map(|other| Outline::of(other.as_ref())).collect();
    included(&Outline::of(pattern.as_ref()), &others.iter().collect::<Vec<_>>(), &mut { work })
}

/// [`inclusion`] with the work that is left.
pub(crate) fn included(pattern: &Outline<'_>, others: &[&Outline<'_>], work: &mut usize) -> Inclusion {
    // only the empty pattern matches the empty text, and it matches nothing else
    if pattern.text().is_empty() {
        return match others.iter().any(|other| other.text().is_empty()) {
            true => Inclusion::Included,
            false => Inclusion::Escapes(Vec::new()),
        };
    }
    match text_outside(pattern, &[], others, work) {
        Some(text) => text.map_or(Inclusion::Included, Inclusion::Escapes),
        None => Inclusion::Undecided,
    }
}

/// A shortest text, not the empty one, that the pattern matches, one of the required ones if there are some, and
/// none of the others: `Some(None)` where there is none, `None` where the work that is left does not suffice to
/// tell.
pub(crate) fn text_outside(
    pattern: &Outline<'_>,
    required: &[Outline<'_>],
    others: &[&Outline<'_>],
    work: &mut usize,
) -> Option<Option<Vec<u8>>> {
    // to look at a pattern is soon done, but there may be thousands, and thousands to look at them for
    spend(work, others.len() / LOOKS)?;
    let mut meeting: Vec<&[u8]> = Vec::new();
    for other in others.iter().filter(|other| other.may_meet(pattern)) {
        if other.text() == pattern.text() {
            return Some(None);
        }
        spend(work, other.work_of_matching(pattern.text().len()))?;
        if other.plainly_includes(pattern) {
            return Some(None);
        }
        meeting.push(other.text());
    }
    let Some(shortest) = shortest_text(pattern.text()) else { return Some(None) };
    if required.is_empty() {
        // often a shortest text of the pattern will do
        return match meeting.iter().any(|other| matches(other, &shortest)) {
            false => Some(Some(shortest)),
            true if is_of_one_text(pattern.text()) => Some(None),
            true => Search::new(&[&[pattern.text()]], &meeting, work)?.run(work),
        };
    }
    let required: Vec<_> =
        required.iter().filter(|other| other.may_meet(pattern)).map(Outline::text).collect();
    if required.is_empty() {
        return Some(None);
    }
    Search::new(&[&[pattern.text()], &required], &meeting, work)?.run(work)
}

/// So many patterns are looked at for what a word of places takes.
pub(crate) const LOOKS: usize = 4;

/// A search for a text that each of some automata matches and the last does not, shortest first.
struct Search {
    groups: Vec<Part>,
    others: Part,
    bytes: Vec<u8>,
    /// For each byte the places whose step takes it, as in a node.
    taking: Vec<u64>,
    /// What some text leads to: the places of all automata, one set behind the other.
    nodes: Vec<u64>,
    /// For each node the one it was reached from, and by which byte.
    from: Vec<(usize, u8)>,
    /// How many words a node has.
    width: usize,
}

/// An automaton, and where its places are in a node.
struct Part {
    automaton: Automaton,
    at: Range<usize>,
}

impl Search {
    /// `None` where the work that is left does not suffice to look at each byte of the patterns.
    fn new(groups: &[&[&[u8]]], others: &[&[u8]], work: &mut usize) -> Option<Self> {
        let patterns = groups.iter().copied().chain([others]).flatten();
        spend(work, patterns.map(|pattern| pattern.len()).sum())?;
        let mut width = 0;
        let mut part = |patterns: &[&[u8]]| {
            let automaton = Automaton::of(patterns.iter().copied());
            let at = width..width + automaton.words();
            width = at.end;
            Part { automaton, at }
        };
        let groups: Vec<_> = groups.iter().map(|group| part(group)).collect();
        let others = part(others);
        let bytes = telling_bytes(groups.iter().chain([&others]).map(|part| &part.automaton));
        let (taking, nodes) = (vec![0; width * bytes.len()], vec![0; width]);
        let mut search = Self { groups, others, bytes, taking, nodes, from: vec![(0, 0)], width };
        for part in search.groups.iter().chain([&search.others]) {
            part.automaton.start(&mut search.nodes[part.at.clone()]);
            for (kind, byte) in search.bytes.iter().enumerate() {
                let places = &mut search.taking[kind * width..][part.at.clone()];
                part.automaton.taking(*byte, places);
            }
        }
        Some(search)
    }

    fn run(mut self, work: &mut usize) -> Option<Option<Vec<u8>>> {
        let (mut done, mut next) = (0, vec![0; self.width]);
        while done < self.from.len() {
            for kind in 0..self.bytes.len() {
                spend(work, self.width * (1 + self.from.len()))?;
                if !self.step(done, kind, &mut next) {
                    continue;
                }
                if self.is_found(&next) {
                    return Some(Some(self.text_of(done, self.bytes[kind])));
                }
                if !self.is_known(&next) {
                    self.nodes.extend_from_slice(&next);
                    self.from.push((done, self.bytes[kind]));
                }
            }
            done += 1;
        }
        Some(None)
    }

    /// Reads a byte; false where some group is lost by it.
    fn step(&self, node: usize, kind: usize, into: &mut [u64]) -> bool {
        let places = &self.nodes[node * self.width..][..self.width];
        let taking = &self.taking[kind * self.width..][..self.width];
        let read = |Part { automaton, at }: &Part, into: &mut [u64]| {
            automaton.after(&places[at.clone()], &taking[at.clone()], &mut into[at.clone()]);
        };
        for part in &self.groups {
            read(part, into);
            if into[part.at.clone()].iter().all(|word| *word == 0) {
                return false;
            }
        }
        read(&self.others, into);
        true
    }

    fn is_found(&self, node: &[u64]) -> bool {
        let has_ended = |part: &Part| part.automaton.has_ended(&node[part.at.clone()]);
        self.groups.iter().all(has_ended) && !has_ended(&self.others)
    }

    /// Whether some node found before leads to every text that this one leads to.
    fn is_known(&self, node: &[u64]) -> bool {
        let (new_groups, new_others) = node.split_at(self.others.at.start);
        self.nodes.chunks_exact(self.width).any(|known| {
            let (groups, others) = known.split_at(self.others.at.start);
            is_subset(new_groups, groups) && is_subset(others, new_others)
        })
    }

    /// What leads to a node, and one more byte.
    fn text_of(&self, node: usize, last: u8) -> Vec<u8> {
        let mut text = vec![last];
        let mut node = node;
        while node != 0 {
            let (from, byte) = self.from[node];
            text.push(byte);
            node = from;
        }
        text.reverse();
        text
    }
}
