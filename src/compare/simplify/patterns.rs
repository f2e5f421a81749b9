//! Which patterns others make needless.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::access::KeyAccess;
use crate::glob::{self, Inclusion, LOOKS, Outline, Shape, head, included, spend, with_part};

/// The work that is done for one set of patterns before what is not known stays so.
const WORK: usize = glob::WORK;

/// How much of it goes into one pattern.
const ONE: usize = WORK / 50;

/// How often what is left is looked through again: what was too much work among many may be little among few.
const ROUNDS: usize = 8;

/// Patterns, indexed by the text they begin with: only those that can begin alike can match the same.
pub(super) struct Patterns<'p> {
    list: Vec<(&'p str, KeyAccess)>,
    outlines: Vec<Outline<'p>>,
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
        let outlines = list.iter().map(|(pattern, _)| Outline::of(pattern.as_bytes())).collect();
        Self { is_kept: vec![true; list.len()], list, outlines, by_head, head_lengths, work: WORK }
    }

    /// Those that are needed, in their order: each of the others is matched by some of these that allow at
    /// least as much.
    ///
    /// Then every need is served as before. A need is served by the patterns that include it, and these are
    /// fewest for the access of the pattern itself; for smaller needs there are only more.
    pub(super) fn needed(mut self, is_needed: impl Fn(&str, KeyAccess) -> bool) -> Vec<(&'p str, KeyAccess)> {
        let mut order: Vec<_> = (0..self.list.len()).collect();
        order.sort_by_key(|place| (usize::MAX - self.list[*place].0.len(), usize::MAX - *place));
        for _ in 0..ROUNDS {
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
            if !dropped {
                break;
            }
        }
        let kept = self.list.iter().zip(&self.is_kept).filter(|(_, is_kept)| **is_kept);
        kept.map(|(pattern, _)| *pattern).collect()
    }

    /// Whether those that allow at least as much match all that the pattern matches. Where that is not known,
    /// they do not.
    pub(super) fn include(&mut self, pattern: &str, access: KeyAccess) -> bool {
        if self.work == 0 {
            return false;
        }
        let alike = self.alike(head(pattern.as_bytes()));
        if spend(&mut self.work, alike.len() / LOOKS).is_none() {
            return false;
        }
        let others = alike.into_iter().filter(|at| self.is_kept[*at] && self.list[*at].1.includes(access));
        let others: Vec<_> = others.map(|at| &self.outlines[at]).collect();
        if others.iter().any(|other| other.text() == pattern.as_bytes()) {
            return true;
        }
        // older servers know no limit of stars, and match something by such a pattern
        if others.is_empty() || Shape::of(pattern) == Shape::Nothing {
            return false;
        }
        let pattern = Outline::of(pattern.as_bytes());
        with_part(&mut self.work, ONE, |work| included(&pattern, &others, work)) == Inclusion::Included
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
