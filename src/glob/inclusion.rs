//! Whether everything that one pattern matches is matched by others; else a shortest text that escapes.

use super::automaton::{Automaton, Places, telling_bytes};
use super::shape::is_special;
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
    let others: Vec<_> = others.collect();
    let mut left = work;
    match text_of_all(&[&[pattern]], &others, &mut left) {
        Some(text) => text.map_or(Inclusion::Included, Inclusion::Escapes),
        None => Inclusion::Undecided,
    }
}

/// The cases that need no search.
pub(crate) fn plainly_includes(other: &[u8], pattern: &[u8]) -> bool {
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

/// Whether there can be a text that both match: not where they begin with other bytes.
pub(crate) fn may_meet(a: &[u8], b: &[u8]) -> bool {
    let head = |pattern: &[u8]| pattern.iter().take_while(|byte| !is_special(**byte)).count();
    let both = head(a).min(head(b));
    a[..both] == b[..both]
}

/// A shortest text but the empty one that a pattern of each group matches, and none of the others: `Some(None)`
/// where there is none, `None` where the work that is left does not suffice to tell.
pub(crate) fn text_of_all(
    groups: &[&[&[u8]]],
    others: &[&[u8]],
    work: &mut usize,
) -> Option<Option<Vec<u8>>> {
    Search::new(groups, others).run(work)
}

/// A search for a text that each of some automata matches and the last does not, shortest first.
struct Search {
    groups: Box<[Automaton]>,
    others: Automaton,
    bytes: Vec<Kind>,
    nodes: Vec<Node>,
}

/// One byte of each kind, with the places of all automata that take it.
struct Kind {
    byte: u8,
    groups: Box<[Places]>,
    others: Places,
}

/// What some text leads to.
struct Node {
    groups: Box<[Places]>,
    others: Places,
    /// The node it was reached from, and by which byte.
    from: Option<(usize, u8)>,
}

impl Search {
    fn new(groups: &[&[&[u8]]], others: &[&[u8]]) -> Self {
        let groups: Box<[_]> = groups.iter().map(|group| Automaton::of(group.iter().copied())).collect();
        let others = Automaton::of(others.iter().copied());
        let kind = |byte| {
            let groups = groups.iter().map(|group| group.taking(byte)).collect();
            Kind { byte, groups, others: others.taking(byte) }
        };
        let bytes = telling_bytes(groups.iter().chain([&others])).into_iter().map(kind).collect();
        let start = groups.iter().map(Automaton::start).collect();
        let first = Node { groups: start, others: others.start(), from: None };
        Self { groups, others, bytes, nodes: vec![first] }
    }

    fn run(mut self, work: &mut usize) -> Option<Option<Vec<u8>>> {
        let mut done = 0;
        while done < self.nodes.len() {
            for kind in 0..self.bytes.len() {
                *work = work.checked_sub(1 + self.nodes.len())?;
                let Some(node) = self.next(done, kind) else { continue };
                if self.is_found(&node) {
                    self.nodes.push(node);
                    return Some(Some(self.text_of(self.nodes.len() - 1)));
                }
                if !self.is_known(&node) {
                    self.nodes.push(node);
                }
            }
            done += 1;
        }
        Some(None)
    }

    /// `None` where some group is lost.
    fn next(&self, from: usize, kind: usize) -> Option<Node> {
        let (node, kind) = (&self.nodes[from], &self.bytes[kind]);
        let after = |((group, places), taking): ((&Automaton, &Places), &Places)| {
            let after = group.after(places, taking);
            (!group.is_lost(&after)).then_some(after)
        };
        let groups =
            self.groups.iter().zip(&node.groups).zip(&kind.groups).map(after).collect::<Option<_>>()?;
        let others = self.others.after(&node.others, &kind.others);
        Some(Node { groups, others, from: Some((from, kind.byte)) })
    }

    fn is_found(&self, node: &Node) -> bool {
        let mut groups = self.groups.iter().zip(&node.groups);
        groups.all(|(group, places)| group.has_ended(places)) && !self.others.has_ended(&node.others)
    }

    /// Whether some node found before leads to every text that this one leads to.
    fn is_known(&self, node: &Node) -> bool {
        let covers = |known: &Node| {
            let mut groups = node.groups.iter().zip(&known.groups);
            groups.all(|(new, known)| new.is_subset(known)) && known.others.is_subset(&node.others)
        };
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
