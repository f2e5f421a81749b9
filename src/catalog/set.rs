//! Commands by number, and sets of them.

use core::fmt;
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Sub, SubAssign};

/// A command or subcommand, by number.
///
/// The number is the same in every engine and dialect of one version of this crate, so that sets of
/// different engines can be compared bit by bit. It may change between versions of the crate: keep
/// names, not numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandId(pub(super) u16);

impl CommandId {
    pub(super) const fn word(self) -> usize {
        self.0 as usize / 64
    }

    pub(super) const fn bit(self) -> u64 {
        1 << (self.0 % 64)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandId({})", self.0)
    }
}

const WORDS: usize = 12;

/// A set of commands and subcommands, of whatever engines.
///
/// ```
/// use redis_acl::{Catalog, Engine};
///
/// let catalog = Catalog::from(Engine::Redis7_2);
/// let reads = catalog.expand("@read").unwrap();
/// let writes = catalog.expand("@write").unwrap();
/// assert!(reads.contains(catalog.command("GET").unwrap().id()));
/// assert!((reads & writes).is_empty());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommandSet {
    words: [u64; WORDS],
}

impl CommandSet {
    /// The set that holds nothing.
    pub const EMPTY: Self = Self { words: [0; WORDS] };

    /// How many commands any set can hold.
    pub(crate) const CAPACITY: usize = WORDS * 64;

    /// The bits of the set, for an order of sets that means nothing.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether the set holds the command.
    #[must_use]
    #[inline]
    pub const fn contains(&self, id: CommandId) -> bool {
        self.words[id.word()] & id.bit() != 0
    }

    /// Adds a command.
    pub const fn insert(&mut self, id: CommandId) {
        self.words[id.word()] |= id.bit();
    }

    /// Takes a command out.
    pub const fn remove(&mut self, id: CommandId) {
        self.words[id.word()] &= !id.bit();
    }

    /// How many commands it holds, subcommands counted each.
    #[must_use]
    pub const fn len(&self) -> usize {
        let (mut len, mut word) = (0, 0);
        while word < WORDS {
            len += self.words[word].count_ones() as usize;
            word += 1;
        }
        len
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Whether everything in it is in `other` too.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        (*self - *other).is_empty()
    }

    /// How many commands it shares with `other`.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> usize {
        self.overlap_in(other, WORDS)
    }

    /// The same where no command stands behind so many words.
    pub(super) fn overlap_in(&self, other: &Self, words: usize) -> usize {
        let pairs = self.words[..words].iter().zip(&other.words[..words]);
        pairs.map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// How many words hold all of it.
    pub(super) const fn width(&self) -> usize {
        let mut words = WORDS;
        while words > 0 && self.words[words - 1] == 0 {
            words -= 1;
        }
        words
    }

    /// The commands in it, by number.
    pub fn iter(&self) -> impl Iterator<Item = CommandId> + '_ {
        self.into_ids()
    }

    pub(super) fn into_ids(self) -> impl Iterator<Item = CommandId> {
        let (mut word, mut rest) = (0, self.words[0]);
        core::iter::from_fn(move || {
            while rest == 0 {
                word += 1;
                rest = *self.words.get(word)?;
            }
            let id = CommandId((word * 64) as u16 + rest.trailing_zeros() as u16);
            rest &= rest - 1;
            Some(id)
        })
    }

    fn zip(mut self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        for (a, b) in self.words.iter_mut().zip(other.words) {
            *a = of(*a, b);
        }
        self
    }
}

impl Default for CommandSet {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl fmt::Debug for CommandSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|id| id.0)).finish()
    }
}

impl FromIterator<CommandId> for CommandSet {
    fn from_iter<I: IntoIterator<Item = CommandId>>(ids: I) -> Self {
        let mut set = Self::EMPTY;
        set.extend(ids);
        set
    }
}

impl Extend<CommandId> for CommandSet {
    fn extend<I: IntoIterator<Item = CommandId>>(&mut self, ids: I) {
        ids.into_iter().for_each(|id| self.insert(id));
    }
}

impl BitOr for CommandSet {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
}

impl BitAnd for CommandSet {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
}

impl Sub for CommandSet {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }
}

impl BitOrAssign for CommandSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAndAssign for CommandSet {
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl SubAssign for CommandSet {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
