//! The engines that are modelled, and who makes them.

use alloc::format;
use core::fmt;
use core::str::FromStr;

use super::quirks::{QUIRKS, Quirks};
use super::{Dialect, DialectError, error};

/// An engine whose rules are modelled, named after the first servers that behave so.
///
/// ```
/// use redis_acl::{Engine, Evidence};
/// assert_eq!(Engine::Redis7_0.to_string(), "redis-7.0");
/// assert_eq!(Engine::Redis8_8.evidence(), Evidence::Documented);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Engine {
    /// Redis 6.0.5 to 6.0.8: algorithm A, and 204 commands. ElastiCache began with it.
    Redis6_0_5,
    /// Redis 6.0.9: algorithm B, which no other release has.
    Redis6_0_9,
    /// Redis 6.0.10 to 6.0.20: algorithm C.
    Redis6_0,
    /// Redis 6.2.2 and later in its line: channels.
    Redis6_2,
    /// Redis 7.0: selectors, key permissions, subcommands of their own.
    Redis7_0,
    /// Redis 7.2: prints the rules as they were given.
    Redis7_2,
    /// Redis 7.2.16 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis7_2_16,
    /// Redis 7.4: expiry of hash fields.
    Redis7_4,
    /// Redis 7.4.11 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis7_4_11,
    /// Redis 8.0: vector sets; modules bring categories.
    Redis8_0,
    /// Redis 8.2.
    Redis8_2,
    /// Redis 8.2.9 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis8_2_9,
    /// Redis 8.4.
    Redis8_4,
    /// Redis 8.4.6 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis8_4_6,
    /// Redis 8.6.0, from documents: `HOTKEYS`.
    Redis8_6_0,
    /// Redis 8.6.1, from documents: `HOTKEYS HELP`.
    Redis8_6_1,
    /// Redis 8.6.2 and later in its line: `XIDMPRECORD`.
    Redis8_6,
    /// Redis 8.6.6 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis8_6_6,
    /// Redis 8.8, from documents: arrays, with a category of their own.
    Redis8_8,
    /// Redis 8.8.2 and later in its line, from documents: finds the keys that commands run on, whatever options stand
    /// twice.
    Redis8_8_2,
    /// Redis 8.10, from documents.
    Redis8_10,
    /// Valkey 7.2: to the ACL, Redis 7.2.
    Valkey7_2,
    /// Valkey 8.0.
    Valkey8_0,
    /// Valkey 8.1: `COMMANDLOG`.
    Valkey8_1,
    /// Valkey 9.0.
    Valkey9_0,
    /// Valkey 9.1.0: database rules; prints `alldbs`.
    Valkey9_1_0,
    /// Valkey 9.1.1: checks every database that a command names.
    Valkey9_1_1,
    /// Valkey 9.1.2 and later in its line: also checks the current database; prints no `sanitize-payload`.
    Valkey9_1,
    /// The Sentinel process of Redis 6.2.
    RedisSentinel6_2,
    /// The Sentinel process of Redis 7.0.
    RedisSentinel7_0,
    /// The Sentinel process of Redis 7.2.
    RedisSentinel7_2,
    /// The Sentinel process of Redis 7.4.
    RedisSentinel7_4,
    /// The Sentinel process of Redis 8.0.
    RedisSentinel8_0,
    /// The Sentinel process of Redis 8.2.
    RedisSentinel8_2,
    /// The Sentinel process of Redis 8.6.
    RedisSentinel8_6,
    /// The Sentinel process of Valkey 8.0.
    ValkeySentinel8_0,
    /// The Sentinel process of Valkey 8.1.
    ValkeySentinel8_1,
    /// The Sentinel process of Valkey 9.0.
    ValkeySentinel9_0,
    /// The Sentinel process of Valkey 9.1.2 and later in its line.
    ValkeySentinel9_1,
}

/// Where the facts about an engine come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Evidence {
    /// A server was run and asked.
    Measured,
    /// The source code of its releases was read.
    Source,
    /// Release tables and pages were read; the rest is the nearest measured engine's.
    Documented,
}

/// Which program of its project an engine is: each has commands of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Process {
    /// The server that holds the data.
    Server,
    /// Sentinel, `redis-server --sentinel`, which has its own command table and its own users.
    Sentinel,
}

/// Who makes the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Project {
    /// Redis.
    Redis,
    /// Valkey.
    Valkey,
}

impl Engine {
    /// Every engine that is modelled: Redis by age, Valkey by age, then their Sentinels likewise.
    pub const ALL: [Self; 39] = [
        Self::Redis6_0_5,
        Self::Redis6_0_9,
        Self::Redis6_0,
        Self::Redis6_2,
        Self::Redis7_0,
        Self::Redis7_2,
        Self::Redis7_2_16,
        Self::Redis7_4,
        Self::Redis7_4_11,
        Self::Redis8_0,
        Self::Redis8_2,
        Self::Redis8_2_9,
        Self::Redis8_4,
        Self::Redis8_4_6,
        Self::Redis8_6_0,
        Self::Redis8_6_1,
        Self::Redis8_6,
        Self::Redis8_6_6,
        Self::Redis8_8,
        Self::Redis8_8_2,
        Self::Redis8_10,
        Self::Valkey7_2,
        Self::Valkey8_0,
        Self::Valkey8_1,
        Self::Valkey9_0,
        Self::Valkey9_1_0,
        Self::Valkey9_1_1,
        Self::Valkey9_1,
        Self::RedisSentinel6_2,
        Self::RedisSentinel7_0,
        Self::RedisSentinel7_2,
        Self::RedisSentinel7_4,
        Self::RedisSentinel8_0,
        Self::RedisSentinel8_2,
        Self::RedisSentinel8_6,
        Self::ValkeySentinel8_0,
        Self::ValkeySentinel8_1,
        Self::ValkeySentinel9_0,
        Self::ValkeySentinel9_1,
    ];

    /// The name that a dialect starts with: `redis-7.0`, `valkey-9.1`, `sentinel/redis-7.0`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.quirks().name
    }

    /// Whether a server was run, or documents were read. [`Dialect::module_evidence`](super::Dialect::module_evidence) says
    /// it of modules.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        self.quirks().evidence
    }

    /// Whether it is a server or its Sentinel.
    ///
    /// ```
    /// use redis_acl::{Engine, Process};
    /// assert_eq!(Engine::RedisSentinel7_0.process(), Process::Sentinel);
    /// assert_eq!(Engine::RedisSentinel7_0.to_string(), "sentinel/redis-7.0");
    /// ```
    #[must_use]
    pub fn process(self) -> Process {
        self.quirks().process
    }

    /// Who makes it.
    #[must_use]
    pub fn project(self) -> Project {
        self.quirks().project
    }

    #[inline]
    pub(crate) fn quirks(self) -> &'static Quirks {
        &QUIRKS[self as usize]
    }
}

impl FromStr for Engine {
    type Err = DialectError;

    /// Reads an engine's name, or a full version that is read as one, as in a [`Dialect`](super::Dialect) without service,
    /// modules and settings.
    ///
    /// ```
    /// use redis_acl::Engine;
    ///
    /// assert_eq!("redis-7.2.4".parse(), Ok(Engine::Redis7_2));
    /// assert!("elasticache/redis-7.1".parse::<Engine>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, DialectError> {
        let dialect: Dialect = text.parse()?;
        match dialect == Dialect::from(dialect.engine()) {
            true => Ok(dialect.engine()),
            false => error(format!("`{dialect}` is an engine with a service, modules or a setting")),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Project {
    /// `redis` or `valkey`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Valkey => "valkey",
        }
    }
}
