//! Passwords, by their hashes.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::secret::PasswordHash;

/// The passwords of a user, each once. They are found by an index, so that a megabyte of them is no quadratic
/// matter, and told in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passwords {
    /// A number for each that grows with every new one.
    added: BTreeMap<PasswordHash, usize>,
    next: usize,
}

impl Passwords {
    pub(super) fn add(&mut self, hash: PasswordHash) {
        self.added.entry(hash).or_insert(self.next);
        self.next += 1;
    }

    /// Whether there was such a password.
    pub(super) fn remove(&mut self, hash: &PasswordHash) -> bool {
        self.added.remove(hash).is_some()
    }

    pub(crate) fn hold(&self, hash: &PasswordHash) -> bool {
        self.added.contains_key(hash)
    }

    /// The same in a time that depends only on how many passwords there are.
    pub(super) fn hold_in_constant_time(&self, hash: &PasswordHash) -> bool {
        self.added.keys().fold(false, |found, known| found | (known == hash))
    }

    pub(crate) fn len(&self) -> usize {
        self.added.len()
    }

    /// In the order in which they were added.
    pub(super) fn in_order(&self) -> Vec<&PasswordHash> {
        let mut numbered: Vec<_> = self.added.iter().collect();
        numbered.sort_unstable_by_key(|(_, number)| **number);
        numbered.into_iter().map(|(hash, _)| hash).collect()
    }
}

impl PartialEq for Passwords {
    /// In whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.added.keys().eq(other.added.keys())
    }
}
