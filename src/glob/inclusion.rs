//! Whether everything that one pattern matches is matched by others; else a shortest text that escapes.

use super::automaton::{Automaton, Places, telling_bytes};
use super::{Shape, matches};

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

/// How many steps and comparisons are made before the answer is «undecided»: ordinary patterns take tens or
/// hundreds, and these take some tens of milliseconds.
pub const WORK: usize = 1_000_000;

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
    let pattern = pattern.as_ref();
    let others: Vec<_> = others.into_iter().collect();
    let mut others = others.iter().map(AsRef::as_ref);
    // only the empty pattern matches the empty text, and it matches nothing else
    if pattern.is_empty() {
        return if others.any(<[u8]>::is_empty) {
            Inclusion::Included
        } else {
            Inclusion::Escapes(Vec::new())
        };
    }
    if others.clone().any(|other| plainly_includes(other, pattern)) {
        return Inclusion::Included;
    }
    Search::new(pattern, others).run(work)
}

/// The cases that need no search.
fn plainly_includes(other: &[u8], pattern: &[u8]) -> bool {
    if other == pattern {
        return true;
    }
    match (Shape::of(other), Shape::of(pattern)) {
        (Shape::AnyBytes, _) | (_, Shape::Nothing) => true,
        (_, Shape::Literal) => matches(other, pattern),
        (Shape::Prefix, Shape::Prefix) => {
            let trimmed =
                |pattern: &[u8]| pattern.iter().rposition(|byte| *byte != b'*').map_or(0, |last| last + 1);
            pattern[..trimmed(pattern)].starts_with(&other[..trimmed(other)])
        }
        _ => false,
    }
}

/// A search for a text that the pattern matches and the others do not, shortest first.
struct Search {
    pattern: Automaton,
    others: Automaton,
    /// One byte of each kind, with the places of both that take it.
    bytes: Vec<(u8, Places, Places)>,
    nodes: Vec<Node>,
}

/// What some text leads to.
struct Node {
    pattern: Places,
    others: Places,
    /// The node it was reached from, and by which byte.
    from: Option<(usize, u8)>,
}

impl Search {
    fn new<'p>(pattern: &'p [u8], others: impl Iterator<Item = &'p [u8]>) -> Self {
        let (pattern, others) = (Automaton::of([pattern]), Automaton::of(others));
        let bytes = telling_bytes([&pattern, &others]).into_iter();
        let bytes = bytes.map(|byte| (byte, pattern.taking(byte), others.taking(byte))).collect();
        let first = Node { pattern: pattern.start(), others: others.start(), from: None };
        Self { pattern, others, bytes, nodes: vec![first] }
    }

    fn run(mut self, work: usize) -> Inclusion {
        let (mut done, mut steps) = (0, 0_usize);
        while done < self.nodes.len() {
            for kind in 0..self.bytes.len() {
                steps += 1 + self.nodes.len();
                if steps > work {
                    return Inclusion::Undecided;
                }
                let Some(node) = self.next(done, kind) else { continue };
                if self.pattern.has_ended(&node.pattern) && !self.others.has_ended(&node.others) {
                    self.nodes.push(node);
                    return Inclusion::Escapes(self.text_of(self.nodes.len() - 1));
                }
                if !self.is_known(&node) {
                    self.nodes.push(node);
                }
            }
            done += 1;
        }
        Inclusion::Included
    }

    fn next(&self, from: usize, kind: usize) -> Option<Node> {
        let (byte, pattern_takes, others_take) = &self.bytes[kind];
        let node = &self.nodes[from];
        let pattern = self.pattern.after(&node.pattern, pattern_takes);
        let others = self.others.after(&node.others, others_take);
        (!self.pattern.is_lost(&pattern)).then_some(Node { pattern, others, from: Some((from, *byte)) })
    }

    /// Whether some node found before leads to every text that this one leads to.
    fn is_known(&self, node: &Node) -> bool {
        let covers =
            |known: &Node| node.pattern.is_subset(&known.pattern) && known.others.is_subset(&node.others);
        self.nodes.iter().any(covers)
    }

    fn text_of(&self, node: usize) -> Vec<u8> {
        let step = |from: &Option<(usize, u8)>| from.map(|(node, byte)| (self.nodes[node].from, byte));
        let mut text: Vec<_> = std::iter::successors(step(&self.nodes[node].from), |(from, _)| step(from))
            .map(|(_, byte)| byte)
            .collect();
        text.reverse();
        text
    }
}
