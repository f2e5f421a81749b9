//! The cheapest way to what is wanted: sets are added, others taken away again, and what is wrong then is
//! mended piece by piece.
//!
//! Nothing here knows commands; [`super::rules`] makes puzzles of them.

use alloc::vec::Vec;

/// How many nodes of the search are looked at. Strings that people write take a handful to some dozens.
const NODES: usize = 4000;

/// A set of sets, by their numbers.
pub(super) type Sets = u64;

/// How many sets a puzzle can have.
pub(super) const MOST_SETS: usize = Sets::BITS as usize;

/// What is to be reached, and what each step costs.
#[derive(Debug)]
pub(super) struct Puzzle {
    /// What it costs to add a set, or to take it away.
    costs: Vec<u32>,
    removable: Sets,
    /// Those with few ways to be right first, as the bound wants them.
    groups: Vec<Group>,
    caps: Vec<u32>,
}

/// Pieces that the sets do not tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    /// Pieces of one family are mended together where that is cheaper: for the family's cap.
    pub(super) family: Option<usize>,
    /// The sets that hold it.
    pub(super) sets: Sets,
    pub(super) wanted: bool,
    /// What it costs to mend, if it is wrong.
    pub(super) weight: u32,
}

/// The sets that are added, and those that are taken away behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) added: Sets,
    pub(super) removed: Sets,
}

impl Puzzle {
    /// `removable` are the sets that can be taken away; `caps` what mending each family costs at most.
    pub(super) fn new(costs: Vec<u32>, removable: Sets, mut groups: Vec<Group>, caps: Vec<u32>) -> Self {
        groups.sort_unstable();
        groups.dedup_by(|later, first| {
            let alike = (first.family, first.sets, first.wanted) == (later.family, later.sets, later.wanted);
            if alike {
                first.weight += later.weight;
            }
            alike
        });
        groups.sort_by_key(|group| (group.sets.count_ones(), u32::MAX - group.weight));
        Self { costs, removable, groups, caps }
    }

    /// The cheapest choice; where the search grows too large, a good one.
    pub(super) fn solve(&self) -> Choice {
        let mut search = Search::new(self);
        let all = (0..self.costs.len()).fold(0, |sets, set| sets | bit(set));
        search.descend(Node { choice: Choice::default(), may_add: all, may_remove: all & self.removable });
        if search.nodes_left == 0 {
            search.improve();
        }
        search.best
    }

    fn costs_of(&self, sets: Sets) -> u32 {
        each(sets).map(|set| self.costs[set]).sum()
    }
}

/// What has been decided, and what is still open: a set that is in neither `may_add` nor `may_remove` stays as
/// the choice has it.
#[derive(Clone, Copy, Debug)]
struct Node {
    choice: Choice,
    may_add: Sets,
    may_remove: Sets,
}

impl Node {
    const fn decided(choice: Choice) -> Self {
        Self { choice, may_add: 0, may_remove: 0 }
    }

    /// The sets that can still right the group; `None` where it is right.
    fn remedies(&self, group: &Group) -> Option<Sets> {
        let Choice { added, removed } = self.choice;
        let is_removed = group.sets & removed != 0;
        let is_reached = group.sets & added != 0 && !is_removed;
        match (group.wanted, is_reached) {
            (true, false) if is_removed => Some(0),
            (true, false) => Some(group.sets & self.may_add),
            (false, true) => Some(group.sets & self.may_remove),
            _ => None,
        }
    }

    fn adding(mut self, set: usize) -> Self {
        self.choice.added |= bit(set);
        self.without(bit(set))
    }

    fn removing(mut self, set: usize) -> Self {
        self.choice.removed |= bit(set);
        self.without(bit(set))
    }

    fn without(mut self, sets: Sets) -> Self {
        self.may_add &= !sets;
        self.may_remove &= !sets;
        self
    }
}

/// What a node can come to.
struct Sight {
    /// What it costs if nothing more is chosen.
    now: u32,
    /// What it costs at least, whatever is chosen.
    least: u32,
    /// The group to be decided about next, and the sets that can right it.
    next: Option<(Group, Sets)>,
}

/// Branch and bound.
struct Search<'p> {
    puzzle: &'p Puzzle,
    best: Choice,
    best_cost: u32,
    nodes_left: usize,
    /// What is wrong now in each family, and what stays wrong.
    wrong: Vec<u32>,
    lost: Vec<u32>,
    /// The groups that are wrong and can be righted, and by which sets.
    open: Vec<(Group, Sets)>,
}

impl<'p> Search<'p> {
    fn new(puzzle: &'p Puzzle) -> Self {
        let families = vec![0; puzzle.caps.len()];
        Self {
            puzzle,
            best: Choice::default(),
            best_cost: u32::MAX,
            nodes_left: NODES,
            wrong: families.clone(),
            lost: families,
            open: Vec::new(),
        }
    }

    fn descend(&mut self, node: Node) {
        if self.nodes_left == 0 {
            return;
        }
        self.nodes_left -= 1;
        let mut node = node;
        let gains = self.forget_what_cannot_pay(&mut node);
        let sight = self.look(&node);
        if sight.now < self.best_cost {
            (self.best, self.best_cost) = (node.choice, sight.now);
        }
        let Some((group, remedies)) = sight.next else { return };
        if sight.least >= self.best_cost {
            return;
        }
        let mut ways: Vec<_> = each(remedies).collect();
        ways.sort_by_key(|set| u32::MAX - gains[*set]);
        for set in ways {
            match group.wanted {
                true => {
                    self.descend(node.adding(set));
                    node.may_add &= !bit(set);
                }
                false => {
                    self.descend(node.removing(set));
                    node.may_remove &= !bit(set);
                }
            }
        }
        self.descend(node);
    }

    /// A set that costs as much as all that it could right is never needed. What is left, with what each can
    /// right.
    fn forget_what_cannot_pay(&self, node: &mut Node) -> [u32; MOST_SETS] {
        loop {
            let (mut adding, mut removing) = ([0; MOST_SETS], [0; MOST_SETS]);
            let Choice { added, removed } = node.choice;
            for group in self.puzzle.groups.iter().filter(|group| group.sets & removed == 0) {
                if group.wanted && group.sets & added == 0 {
                    each(group.sets & node.may_add).for_each(|set| adding[set] += group.weight);
                }
                if !group.wanted && group.sets & (added | node.may_add) != 0 {
                    each(group.sets & node.may_remove).for_each(|set| removing[set] += group.weight);
                }
            }
            let pays = |sets, gains: &[u32]| {
                each(sets)
                    .filter(|set| gains[*set] > self.puzzle.costs[*set])
                    .fold(0, |sets, set| sets | bit(set))
            };
            let (may_add, may_remove) = (pays(node.may_add, &adding), pays(node.may_remove, &removing));
            if (may_add, may_remove) == (node.may_add, node.may_remove) {
                adding.iter_mut().zip(removing).for_each(|(gain, other)| *gain = (*gain).max(other));
                return adding;
            }
            (node.may_add, node.may_remove) = (may_add, may_remove);
        }
    }

    fn look(&mut self, node: &Node) -> Sight {
        let puzzle = self.puzzle;
        let chosen = puzzle.costs_of(node.choice.added | node.choice.removed);
        let (mut now, mut lost) = (chosen, chosen);
        self.wrong.fill(0);
        self.lost.fill(0);
        self.open.clear();
        for group in &puzzle.groups {
            let Some(remedies) = node.remedies(group) else { continue };
            let is_lost = remedies == 0;
            let (wrong_here, lost_here) = match group.family {
                None => (&mut now, &mut lost),
                Some(family) => (&mut self.wrong[family], &mut self.lost[family]),
            };
            *wrong_here += group.weight;
            if is_lost {
                *lost_here += group.weight;
            } else {
                self.open.push((*group, remedies));
            }
        }
        for (family, cap) in puzzle.caps.iter().enumerate() {
            self.lost[family] = self.lost[family].min(*cap);
            now += self.wrong[family].min(*cap);
            lost += self.lost[family];
        }
        let least = lost + self.least_for_the_rest();
        let next = self.open.iter().max_by_key(|(group, sets)| group.weight * 64 / sets.count_ones());
        Sight { now, least, next: next.copied() }
    }

    /// What the open groups cost at least: each offers a price up to what mending it would cost, and no set
    /// is offered more than it costs by all that it could right. Whether they are mended or sets are chosen,
    /// as much is paid.
    fn least_for_the_rest(&self) -> u32 {
        let puzzle = self.puzzle;
        let (mut adding, mut removing) = (puzzle.costs.clone(), puzzle.costs.clone());
        let mut room: Vec<_> = puzzle.caps.iter().zip(&self.lost).map(|(cap, lost)| cap - lost).collect();
        let mut least = 0;
        for (group, remedies) in &self.open {
            let costs = if group.wanted { &mut adding } else { &mut removing };
            let affordable = each(*remedies).map(|set| costs[set]).min().unwrap_or_default();
            let left = group.family.map_or(u32::MAX, |family| room[family]);
            let price = group.weight.min(affordable).min(left);
            each(*remedies).for_each(|set| costs[set] -= price);
            group.family.into_iter().for_each(|family| room[family] -= price);
            least += price;
        }
        least
    }

    /// Changes what is done with one set or with two as long as that makes it cheaper.
    fn improve(&mut self) {
        while self.improved_by_one() || self.improved_by_two() {}
    }

    fn improved_by_one(&mut self) -> bool {
        let changed = self.with_one_changed(self.best);
        changed.into_iter().any(|choice| self.is_better(choice))
    }

    fn improved_by_two(&mut self) -> bool {
        let once = self.with_one_changed(self.best);
        once.into_iter()
            .any(|choice| self.with_one_changed(choice).into_iter().any(|choice| self.is_better(choice)))
    }

    fn with_one_changed(&self, Choice { added, removed }: Choice) -> Vec<Choice> {
        let mut changed = Vec::new();
        for set in 0..self.puzzle.costs.len() {
            let others = Choice { added: added & !bit(set), removed: removed & !bit(set) };
            changed.push(others);
            changed.push(Choice { added: others.added | bit(set), ..others });
            if self.puzzle.removable & bit(set) != 0 {
                changed.push(Choice { removed: others.removed | bit(set), ..others });
            }
        }
        changed
    }

    fn is_better(&mut self, choice: Choice) -> bool {
        let cost = self.look(&Node::decided(choice)).now;
        let better = cost < self.best_cost;
        if better {
            (self.best, self.best_cost) = (choice, cost);
        }
        better
    }
}

const fn bit(set: usize) -> Sets {
    1 << set
}

fn each(sets: Sets) -> impl Iterator<Item = usize> {
    let next = |rest: &Sets| Some(rest & (rest - 1)).filter(|rest| *rest != 0);
    core::iter::successors(Some(sets).filter(|sets| *sets != 0), next)
        .map(|rest| rest.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Choice, Group, Puzzle, Search, Sets};

    const SETS: usize = 5;
    const FAMILIES: usize = 2;

    #[derive(Debug)]
    struct Plain {
        costs: Vec<u32>,
        removable: Sets,
        groups: Vec<Group>,
        caps: Vec<u32>,
    }

    impl Plain {
        fn puzzle(&self) -> Puzzle {
            Puzzle::new(self.costs.clone(), self.removable, self.groups.clone(), self.caps.clone())
        }

        /// What a choice costs, told once more in the plainest way.
        fn cost(&self, Choice { added, removed }: Choice) -> u32 {
            let holds = |sets: Sets, set: usize| sets >> set & 1 == 1;
            let reached = |group: &Group| {
                let of = |sets| (0..SETS).any(|set| holds(group.sets, set) && holds(sets, set));
                of(added) && !of(removed)
            };
            let wrong = |family| {
                let of = self.groups.iter().filter(move |group| group.family == family);
                of.filter(|group| reached(group) != group.wanted).map(|group| group.weight).sum::<u32>()
            };
            let chosen = (0..SETS).filter(|set| holds(added | removed, *set)).map(|set| self.costs[set]);
            let families = self.caps.iter().enumerate().map(|(family, cap)| wrong(Some(family)).min(*cap));
            chosen.sum::<u32>() + wrong(None) + families.sum::<u32>()
        }

        fn choices(&self) -> impl Iterator<Item = Choice> {
            let all = 0..1 << SETS;
            let pairs =
                all.clone().flat_map(move |added: Sets| all.clone().map(move |removed| (added, removed)));
            let removable = self.removable;
            pairs
                .filter(move |(added, removed)| added & removed == 0 && removed & !removable == 0)
                .map(|(added, removed)| Choice { added, removed })
        }
    }

    fn plain() -> impl Strategy<Value = Plain> {
        let group = (prop::option::weighted(0.4, 0..FAMILIES), 0..1_u64 << SETS, any::<bool>(), 1..20_u32)
            .prop_map(|(family, sets, wanted, weight)| Group { family, sets, wanted, weight });
        (vec(1..15_u32, SETS), 0..1_u64 << SETS, vec(group, 0..24), vec(1..30_u32, FAMILIES))
            .prop_map(|(costs, removable, groups, caps)| Plain { costs, removable, groups, caps })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_cheaper_than_what_is_found(plain in plain()) {
            let found = plain.puzzle().solve();
            let least = plain.choices().map(|choice| plain.cost(choice)).min();
            prop_assert_eq!(Some(plain.cost(found)), least);
        }

        #[test]
        fn improving_ends_where_no_change_of_two_sets_is_cheaper(plain in plain(), start in any::<prop::sample::Index>()) {
            let puzzle = plain.puzzle();
            let choices: Vec<_> = plain.choices().collect();
            let mut search = Search::new(&puzzle);
            let start = *start.get(&choices);
            prop_assert!(search.is_better(start));
            prop_assert_eq!(search.best_cost, plain.cost(start));
            search.improve();
            prop_assert_eq!(search.best_cost, plain.cost(search.best));
            let found = search.best;
            let way = |choice: Choice, set| (choice.added >> set & 1, choice.removed >> set & 1);
            let is_near = |choice: &&Choice| (0..SETS).filter(|set| way(**choice, *set) != way(found, *set)).count() <= 2;
            let least = choices.iter().filter(is_near).map(|choice| plain.cost(*choice)).min();
            prop_assert_eq!(Some(search.best_cost), least);
            prop_assert!(search.best_cost <= plain.cost(start));
        }
    }
}
