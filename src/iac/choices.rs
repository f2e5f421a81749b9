//! The choices that an evaluation makes between values that the files leave open.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::conditions::Conditions;

/// The choices between several possible values. An expression is evaluated once for each combination of choices.
#[derive(Default)]
pub(super) struct Choices {
    /// Whether there are any: members of requests have one value or none.
    allowed: bool,
    /// Those made so far.
    made: Vec<Choice>,
    next: usize,
    asked: usize,
}

struct Choice {
    /// What decides: the same condition has the same branch everywhere.
    basis: Arc<str>,
    branch: usize,
    /// For people, by the branch.
    told: Vec<Arc<str>>,
    /// The variable, if its branches are identified by their descriptions and not by their order.
    of: Option<Arc<str>>,
}

impl Choices {
    pub(super) fn allowed() -> Self {
        Self { allowed: true, ..Self::default() }
    }

    /// How often a choice was asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    /// The branch of what this basis decides; `None` where no choices are made.
    pub(super) fn choose(
        &mut self,
        basis: &Arc<str>,
        of: Option<Arc<str>>,
        told: impl FnOnce() -> Vec<Arc<str>>,
    ) -> Option<usize> {
        self.asked += 1;
        if !self.allowed {
            return None;
        }
        if let Some(same) = self.made[..self.next].iter().find(|made| made.basis == *basis) {
            return Some(same.branch);
        }
        if self.next == self.made.len() {
            self.made.push(Choice { basis: basis.clone(), branch: 0, told: told(), of });
        }
        self.next += 1;
        self.made.get(self.next - 1).map(|choice| choice.branch)
    }

    /// Those made in this run.
    pub(super) fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        for choice in &self.made[..self.next] {
            let told = choice.told[choice.branch].clone();
            match &choice.of {
                Some(of) => conditions.add_by_name(of.clone(), told),
                None => conditions.add(choice.basis.clone(), choice.branch, told),
            }
        }
        conditions
    }

    /// Goes to the next combination, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some(choice) = self.made.pop() {
            if choice.branch + 1 < choice.told.len() {
                self.made.push(Choice { branch: choice.branch + 1, ..choice });
                return true;
            }
        }
        false
    }
}
