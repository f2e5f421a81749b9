//! Categories by name.

use core::fmt;

use super::set::CommandSet;

/// A command category, `@read` in a rule.
///
/// Which of them exist, and which commands they hold, is for a [`Catalog`](super::Catalog) to say.
/// `all` is no category: `+@all` is a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are the servers' own")]
pub enum Category {
    Keyspace,
    Read,
    Write,
    Set,
    SortedSet,
    List,
    Hash,
    String,
    Bitmap,
    HyperLogLog,
    Geo,
    Stream,
    PubSub,
    Admin,
    Fast,
    Slow,
    Blocking,
    Dangerous,
    Connection,
    Transaction,
    Scripting,
    /// Redis 8.8 and later.
    Array,
    // What modules bring.
    Search,
    Json,
    TimeSeries,
    Bloom,
    Cuckoo,
    Cms,
    TopK,
    TDigest,
}

impl Category {
    /// Every category, in the order in which servers list and print them; modules' own come last.
    pub const ALL: [Self; 30] = [
        Self::Keyspace,
        Self::Read,
        Self::Write,
        Self::Set,
        Self::SortedSet,
        Self::List,
        Self::Hash,
        Self::String,
        Self::Bitmap,
        Self::HyperLogLog,
        Self::Geo,
        Self::Stream,
        Self::PubSub,
        Self::Admin,
        Self::Fast,
        Self::Slow,
        Self::Blocking,
        Self::Dangerous,
        Self::Connection,
        Self::Transaction,
        Self::Scripting,
        Self::Array,
        Self::Search,
        Self::Json,
        Self::TimeSeries,
        Self::Bloom,
        Self::Cuckoo,
        Self::Cms,
        Self::TopK,
        Self::TDigest,
    ];

    /// How many of them engines have without modules: the first so many of [`Category::ALL`].
    pub(super) const ENGINES_OWN: usize = Self::Array as usize + 1;

    /// The name without `@`, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; Category::ALL.len()] = [
            "keyspace",
            "read",
            "write",
            "set",
            "sortedset",
            "list",
            "hash",
            "string",
            "bitmap",
            "hyperloglog",
            "geo",
            "stream",
            "pubsub",
            "admin",
            "fast",
            "slow",
            "blocking",
            "dangerous",
            "connection",
            "transaction",
            "scripting",
            "array",
            "search",
            "json",
            "timeseries",
            "bloom",
            "cuckoo",
            "cms",
            "topk",
            "tdigest",
        ];
        NAMES[self as usize]
    }

    /// The category of that name in any case, whatever engine or module has it.
    ///
    /// ```
    /// use redis_acl::Category;
    /// assert_eq!(Category::from_name("READ"), Some(Category::Read));
    /// assert_eq!(Category::from_name("all"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name().eq_ignore_ascii_case(name))
    }

    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Category {
    /// The name with its `@`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name())
    }
}

/// A category that a server describes users with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnCategory {
    pub(crate) category: Category,
    members: CommandSet,
    /// What a rule about it changes.
    pub(crate) reach: CommandSet,
    pub(crate) size: usize,
    /// How many words of its members there are to look at.
    width: usize,
}

impl OwnCategory {
    pub(super) const fn new(category: Category, members: CommandSet, reach: CommandSet) -> Self {
        Self { category, members, reach, size: members.len(), width: members.width() }
    }

    /// How many of its members are in the set.
    pub(crate) fn overlap(&self, set: &CommandSet) -> usize {
        set.overlap_in(&self.members, self.width)
    }
}

/// Categories as masks, for the rows of the table.
pub(super) struct C;

macro_rules! masks {
    ($($name:ident $category:ident)*) => {
        impl C { $(pub(super) const $name: u32 = Category::$category.bit();)* }
    };
}

masks! {
    KEYSPACE Keyspace READ Read WRITE Write SET Set SORTEDSET SortedSet LIST List HASH Hash STRING String
    BITMAP Bitmap HYPERLOGLOG HyperLogLog GEO Geo STREAM Stream PUBSUB PubSub ADMIN Admin FAST Fast
    SLOW Slow BLOCKING Blocking DANGEROUS Dangerous CONNECTION Connection TRANSACTION Transaction
    SCRIPTING Scripting ARRAY Array SEARCH Search JSON Json TIMESERIES TimeSeries BLOOM Bloom CUCKOO Cuckoo
    CMS Cms TOPK TopK TDIGEST TDigest
}

impl C {
    pub(super) fn contains(mask: u32, category: Category) -> bool {
        mask & category.bit() != 0
    }
}
