//! Which patterns others make needless.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::access::KeyAccess;
use crate::glob::{Inclusion, Shape, head, inclusion_within, matches};

/// The work that is done for one set of patterns before what is not known stays so: steps of the automata,
/// each as long as the patterns are.
const WORK: usize = 1_000_000;

/// The steps for one pattern; ordinary ones take tens or hundreds.
const STEPS: usize = 20_000;

/// Patterns, indexed by the text they begin with: only those that can begin alike can match the same.
pub(super) struct Patterns<'p> {
    list: Vec<(&'p str, KeyAccess)>,
    is_kept: Vec<bool>,
    by_head: BTreeMap<&'p [u8], Vec<usize>>,
    head_lengths: BTreeSet<usize>,
    work: usize,
}

impl<'p> Patterns<'p> {
    pub(super) fn new(patterns: impl Iterator<Item = (&'p str, KeyAccess)>) -> Self {
        let list: Vec<_> = patterns.collect();
        let mut by_head = BTreeMap::<_, Vec<_>>::new();
        for (place, (pattern, _)) in list.iter().enumerate() {
            by_head.entry(head(pattern.as_bytes())).or_default().push(place);
        }
        let head_lengths = by_head.keys().map(|head| head.len()).collect();
        Self { is_kept: vec![true; list.len()], list, by_head, head_lengths, work: WORK }
    }

    /// Those that are needed, in their order: each of the others is matched by some of these that allow at
    /// least as much.
    ///
    /// Then every need is served as before. A need is served by the patterns that include it, and these are
    /// fewest for the access of the pattern itself; for smaller needs there are only more.
    pub(super) fn needed(mut self, is_needed: impl Fn(&str, KeyAccess) -> bool) -> Vec<(&'p str, KeyAccess)> {
        let mut order: Vec<_> = (0..self.list.len()).collect();
        order.sort_by_key(|place| (usize::MAX - self.list[*place].0.len(), usize::MAX - *place));
        loop {
            let mut dropped = false;
            self.work = WORK;
            for &place in &order {
                let (pattern, access) = self.list[place];
                if self.is_kept[place] && !is_needed(pattern, access) {
                    self.is_kept[place] = false;
                    self.is_kept[place] = !self.include(pattern, access);
                    dropped |= !self.is_kept[place];
                }
            }
            // what was too much work among many may be little among few
            if !dropped {
                let kept = self.list.iter().zip(&self.is_kept).filter(|(_, is_kept)| **is_kept);
                return kept.map(|(pattern, _)| *pattern).collect();
            }
        }
    }

    /// Whether those that allow at least as much match all that the pattern matches. Where that is not known,
    /// they do not.
    pub(super) fn include(&mut self, pattern: &str, access: KeyAccess) -> bool {
        let others = self.alike(head(pattern.as_bytes()));
        let others: Vec<_> = others
            .into_iter()
            .filter(|place| self.is_kept[*place] && self.list[*place].1.includes(access))
            .collect();
        let others = others.into_iter().map(|place| self.list[place].0);
        if others.len() == 0 || others.clone().any(|other| other == pattern) {
            return others.len() > 0;
        }
        match Shape::of(pattern) {
            Shape::Literal => return others.clone().any(|other| matches(other, pattern)),
            // older servers know no limit of stars, and match something by such a pattern
            Shape::Nothing => return false,
            _ if others.clone().any(|other| is_beginning_of(other, pattern)) => return true,
            _ => {}
        }
        let length = 1 + others.clone().map(str::len).sum::<usize>() / 64;
        let steps = STEPS.min(self.work / length);
        if steps == 0 {
            return false;
        }
        let answer = inclusion_within(steps, pattern, others);
        let spent = if answer == Inclusion::Undecided { steps * length } else { length * 64 };
        self.work = self.work.saturating_sub(spent);
        answer == Inclusion::Included
    }

    /// The patterns that begin with this text or a part of it.
    fn alike(&self, head: &[u8]) -> Vec<usize> {
        let shorter =
            self.head_lengths.range(..head.len()).filter_map(|length| self.by_head.get(&head[..*length]));
        let longer = self
            .by_head
            .range(head..)
            .take_while(|(other, _)| other.starts_with(head))
            .map(|(_, places)| places);
        shorter.chain(longer).flatten().copied().collect()
    }
}

/// Whether the first pattern is a text and a star, and the second, no literal one, begins with that text.
fn is_beginning_of(prefix: &str, pattern: &str) -> bool {
    let shape = Shape::of(prefix);
    matches!(shape, Shape::Prefix | Shape::AnyBytes)
        && head(pattern.as_bytes()).starts_with(head(prefix.as_bytes()))
}
