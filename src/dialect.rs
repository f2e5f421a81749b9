//! Which server reads the text: engines, the services in front of them, and all that differs.
//!
//! How engines differ is data: one [`Quirks`] row per engine, each written as what changed since the
//! row before it. Nothing outside this file asks *which* engine it has; it asks what the engine does.

use std::fmt;
use std::str::FromStr;

use crate::quoting::Splitter;

/// An engine whose rules are modelled, named after the first servers that behave so.
///
/// ```
/// use redis_acl::{Engine, Evidence};
/// assert_eq!(Engine::Redis7_0.to_string(), "redis-7.0");
/// assert_eq!(Engine::Redis8_6.evidence(), Evidence::Documented);
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
    /// Redis 7.4: expiry of hash fields.
    Redis7_4,
    /// Redis 8.0: vector sets; modules bring categories.
    Redis8_0,
    /// Redis 8.2, from documents.
    Redis8_2,
    /// Redis 8.4.
    Redis8_4,
    /// Redis 8.6, from documents.
    Redis8_6,
    /// Redis 8.8, from documents: arrays, with a category of their own.
    Redis8_8,
    /// Redis 8.10, from documents.
    Redis8_10,
    /// Valkey 7.2: to the ACL, Redis 7.2.
    Valkey7_2,
    /// Valkey 8.0.
    Valkey8_0,
    /// Valkey 8.1: `COMMANDLOG`.
    Valkey8_1,
    /// Valkey 9.0, from documents.
    Valkey9_0,
    /// Valkey 9.1.2 and later in its line: database rules.
    Valkey9_1,
}

/// Where the facts about an engine come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Evidence {
    /// A server was run and asked.
    Measured,
    /// Release tables and pages were read; the rest is the nearest measured engine's.
    Documented,
}

/// Who makes the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Project {
    /// Redis.
    Redis,
    /// Valkey.
    Valkey,
}

/// A cloud service that takes access strings and rewrites them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Service {
    /// Amazon ElastiCache.
    ElastiCache,
    /// Amazon MemoryDB.
    MemoryDb,
}

/// How a user is printed. Each dialect has its own form, [`Dialect::form`]; another can be asked for.
///
/// | text | form | rests on |
/// |---|---|---|
/// | `server` | what `ACL LIST` prints after `user NAME ` | measured servers |
/// | `documented` | ElastiCache at its launch: algorithm A, single commands in table order, no channels | the AWS CLI reference |
/// | `observed` | ElastiCache today: rules as given, a channel token only where the string needs syntax newer than Redis 6.0 | live observations of 2026; that the token follows from the syntax is a reading of them |
/// | `memorydb` | MemoryDB: as observed, always with a channel token | live observations and the AWS CLI reference |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// The line that the engine's own `ACL LIST` prints.
    Server,
    /// What AWS's documentation shows ElastiCache to answer (Redis 6.0 only).
    Documented,
    /// What ElastiCache was seen to answer in 2026 (engines with channels: Redis 6.2 and later).
    Observed,
    /// What MemoryDB answers (engines with channels).
    MemoryDb,
}

/// A loadable module whose commands a dialect may carry. The facts are documented, not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Module {
    /// Redis JSON.
    RedisJson,
    /// Redis Search.
    RedisSearch,
    /// Redis TimeSeries.
    RedisTimeSeries,
    /// Redis Bloom: Bloom and Cuckoo filters, count-min sketch, top-k, t-digest.
    RedisBloom,
    /// Valkey JSON; also ElastiCache's and MemoryDB's.
    ValkeyJson,
    /// Valkey Bloom.
    ValkeyBloom,
    /// Valkey Search.
    ValkeySearch,
}

/// The engine that reads the rules, the service in front of it if there is one, and the modules loaded.
///
/// ```
/// use redis_acl::{Dialect, Engine, Service};
///
/// let aws: Dialect = "elasticache".parse()?;
/// assert_eq!(aws.to_string(), "elasticache/redis-6.0");
/// assert_eq!(aws.service(), Some(Service::ElastiCache));
///
/// // a full version is read as the modelled server at or below it in the same line
/// let server: Dialect = "redis-6.2.14".parse()?;
/// assert_eq!(server, Dialect::from(Engine::Redis6_2));
///
/// let stack: Dialect = "redis-8.4+json+search".parse()?;
/// assert_eq!(stack.to_string(), "redis-8.4+json+search");
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    release: &'static Release,
    modules: Modules,
}

/// A text names no dialect that is modelled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DialectError {
    message: String,
}

// ---------------------------------------------------------------------------------------------------
// How engines differ

/// What one engine does, field by field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quirks {
    pub(crate) name: &'static str,
    pub(crate) project: Project,
    line: (u16, u16),
    /// The first patch release in the line that behaves like this row.
    first_patch: u16,
    pub(crate) evidence: Evidence,
    /// How the command rules are printed: `ACLDescribeUserCommandRules`, later the stored rules.
    pub(crate) algorithm: Algorithm,
    /// What `acl-pubsub-default` gives a new user, by default (6.2.0; `resetchannels` since 7.0.0).
    pub(crate) new_channels: NewChannels,
    pub(crate) sanitize: Sanitize,
    /// `(…)` and `clearselectors` (7.0.0).
    pub(crate) selectors: bool,
    /// `%R~`, `%W~`, `%RW~` (7.0.0).
    pub(crate) key_permissions: bool,
    /// Subcommands have bits, categories and `-cmd|sub` of their own (7.0.0).
    pub(crate) subcommands: bool,
    pub(crate) first_argument_of_allowed: FirstArgumentOfAllowed,
    /// `db=`, `alldbs`, `resetdbs` (Valkey 9.1.0).
    pub(crate) databases: bool,
    /// `+@cat` reaches the commands of modules (7.2.0).
    pub(crate) categories_reach_modules: bool,
    /// Modules may bring categories of their own (Redis 7.4, in use since 8.0; Valkey 8.0).
    pub(crate) module_categories: bool,
    /// A selector left open loses what it held when another opens (7.0 only).
    pub(crate) selector_restarts: bool,
    /// How a line with quotes is split: selectors, and `user` directives of a configuration.
    pub(crate) splitter: Splitter,
    /// A first argument with white space or quotes is taken, and kills the server when it prints (7.2.0).
    pub(crate) first_argument_kills: bool,
    pub(crate) file_users: FileUsers,
    pub(crate) load_errors: LoadErrors,
    /// Lines of an ACL file that begin with `#` are comments (Redis 8.8; pull request 14461).
    pub(crate) file_comments: bool,
    /// How it calls itself in its messages, and in lower case its configuration; of Valkey 7.2 not known.
    pub(crate) own_name: Option<&'static str>,
    pub(crate) answers: Answers,
    pub(crate) open_to_all: OpenToAll,
    /// `MIGRATE … KEYS`: options with an argument are skipped in search of it, and with it a key in the usual
    /// place is an error (7.0.6).
    pub(crate) migrate_skips_options: bool,
    /// `SORT … BY` and `GET` need all keys to be readable (7.0.0).
    pub(crate) sort_needs_all_keys: bool,
    /// `PSUBSCRIBE` patterns are compared as C strings, up to a NUL (7.0.0).
    pub(crate) channel_patterns_end_at_nul: bool,
    /// `XREADGROUP` has `CLAIM` (Redis 8.4.0).
    pub(crate) xread_claims: bool,
    /// Numbers of keys lose what an `int` cannot hold (up to 7.4 and Valkey 8.1; in 7.2 and 7.4 not measured).
    pub(crate) key_numbers_are_ints: bool,
}

/// What a line of an ACL file, or a `user` directive, does to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileUsers {
    /// Resets the one there is, be it of an earlier line or the built-in `default`.
    Reset,
    /// Makes it: a second line is an error (7.0.0). In configurations `default` is still reset.
    Once,
}

/// What `ACL LOAD` reports of the bad rules in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoadErrors {
    /// Each rule's reason.
    EachRule,
    /// Each rule about an unknown name, and the reason of the first among the others (7.0.3; 7.0.1 and 7.0.2
    /// were not run).
    FirstAndUnknownNames,
}

/// Which generation of texts refusals are worded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// There is no `ACL DRYRUN`.
    Redis6,
    /// `DRYRUN`, shorter texts (7.0.0).
    Redis7_0,
    /// Refusals name the user, `NOPERM` no longer repeats "this user" (7.2.0).
    Redis7_2,
}

/// The commands that every user may send, whatever the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenToAll {
    /// `AUTH`; `QUIT` is answered before commands are looked up.
    AuthAndQuit,
    /// Those with the flag `no_auth`; `QUIT` as before (6.2.2).
    NoAuthAndQuit,
    /// Those with the flag, which `QUIT` and `RESET` now have (7.0.0).
    NoAuth,
}

/// How the command rules of a user are printed; the letters are those of the project's specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// 6.0.0 to 6.0.8: categories in table order, counted on the user's bits.
    A,
    /// 6.0.9: the same, each category counted on what the ones before it left.
    B,
    /// 6.0.10 to 7.0: the category that leaves the fewest exceptions first.
    C,
    /// 7.2 and later: the rules as given, less those that a later one names again.
    D,
}

/// The channels of a user nobody has given any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewChannels {
    /// There are no channel rules: channels are not checked.
    Unchecked,
    All,
    None,
}

/// `sanitize-payload` and `skip-sanitize-payload`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sanitize {
    /// A syntax error.
    Unknown,
    /// Shown when given, and after `reset`.
    WhenGiven,
    /// A new user carries `sanitize-payload`.
    Always,
    /// Accepted and dropped (Valkey 9.1.2).
    Ignored,
}

/// What `+get|x` does while `get` is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstArgumentOfAllowed {
    Refused,
    Ignored,
    Stored,
}

const REDIS_6_0_5: Quirks = Quirks {
    name: "redis-6.0.5",
    project: Project::Redis,
    line: (6, 0),
    first_patch: 5,
    evidence: Evidence::Measured,
    algorithm: Algorithm::A,
    new_channels: NewChannels::Unchecked,
    sanitize: Sanitize::Unknown,
    selectors: false,
    key_permissions: false,
    subcommands: false,
    first_argument_of_allowed: FirstArgumentOfAllowed::Refused,
    databases: false,
    categories_reach_modules: false,
    module_categories: false,
    selector_restarts: false,
    splitter: Splitter::Redis,
    first_argument_kills: false,
    file_users: FileUsers::Reset,
    load_errors: LoadErrors::EachRule,
    file_comments: false,
    own_name: Some("Redis"),
    answers: Answers::Redis6,
    open_to_all: OpenToAll::AuthAndQuit,
    migrate_skips_options: false,
    sort_needs_all_keys: false,
    channel_patterns_end_at_nul: false,
    xread_claims: false,
    key_numbers_are_ints: true,
};
const REDIS_6_0_9: Quirks =
    Quirks { name: "redis-6.0.9", first_patch: 9, algorithm: Algorithm::B, ..REDIS_6_0_5 };
const REDIS_6_0: Quirks =
    Quirks { name: "redis-6.0", first_patch: 10, algorithm: Algorithm::C, ..REDIS_6_0_9 };
const REDIS_6_2: Quirks = Quirks {
    name: "redis-6.2",
    line: (6, 2),
    first_patch: 2, // 6.2.0 and 6.2.1 print no `resetchannels`, and were not run
    new_channels: NewChannels::All,
    sanitize: Sanitize::WhenGiven,
    first_argument_of_allowed: FirstArgumentOfAllowed::Ignored,
    open_to_all: OpenToAll::NoAuthAndQuit,
    ..REDIS_6_0
};
const REDIS_7_0: Quirks = Quirks {
    name: "redis-7.0",
    line: (7, 0),
    first_patch: 1, // 7.0.0 has EVAL_RO and its kin in @read
    new_channels: NewChannels::None,
    selectors: true,
    key_permissions: true,
    subcommands: true,
    first_argument_of_allowed: FirstArgumentOfAllowed::Stored,
    selector_restarts: true,
    file_users: FileUsers::Once,
    load_errors: LoadErrors::FirstAndUnknownNames,
    answers: Answers::Redis7_0,
    open_to_all: OpenToAll::NoAuth,
    migrate_skips_options: true, // 7.0.1 to 7.0.5 take the first KEYS, and were not run
    sort_needs_all_keys: true,
    channel_patterns_end_at_nul: true,
    ..REDIS_6_2
};
const REDIS_7_2: Quirks = Quirks {
    name: "redis-7.2",
    line: (7, 2),
    first_patch: 0,
    algorithm: Algorithm::D,
    sanitize: Sanitize::Always,
    categories_reach_modules: true,
    selector_restarts: false,
    first_argument_kills: true,
    answers: Answers::Redis7_2,
    ..REDIS_7_0
};
const REDIS_7_4: Quirks = Quirks { name: "redis-7.4", line: (7, 4), ..REDIS_7_2 };
const REDIS_8_0: Quirks = Quirks {
    name: "redis-8.0",
    line: (8, 0),
    module_categories: true,
    key_numbers_are_ints: false,
    ..REDIS_7_4
};
const REDIS_8_2: Quirks =
    Quirks { name: "redis-8.2", line: (8, 2), evidence: Evidence::Documented, ..REDIS_8_0 };
const REDIS_8_4: Quirks = Quirks { name: "redis-8.4", line: (8, 4), xread_claims: true, ..REDIS_8_0 };
const REDIS_8_6: Quirks =
    Quirks { name: "redis-8.6", line: (8, 6), evidence: Evidence::Documented, ..REDIS_8_4 };
const REDIS_8_8: Quirks = Quirks { name: "redis-8.8", line: (8, 8), file_comments: true, ..REDIS_8_6 };
const REDIS_8_10: Quirks = Quirks { name: "redis-8.10", line: (8, 10), ..REDIS_8_8 };
const VALKEY_7_2: Quirks =
    Quirks { name: "valkey-7.2", project: Project::Valkey, own_name: None, ..REDIS_7_2 };
const VALKEY_8_0: Quirks = Quirks {
    name: "valkey-8.0",
    line: (8, 0),
    module_categories: true,
    own_name: Some("Valkey"),
    ..VALKEY_7_2
};
const VALKEY_8_1: Quirks =
    Quirks { name: "valkey-8.1", line: (8, 1), splitter: Splitter::Valkey8_1, ..VALKEY_8_0 };
const VALKEY_9_0: Quirks = Quirks {
    name: "valkey-9.0",
    line: (9, 0),
    evidence: Evidence::Documented,
    splitter: Splitter::Valkey9_0,
    key_numbers_are_ints: false,
    ..VALKEY_8_1
};
const VALKEY_9_1: Quirks = Quirks {
    name: "valkey-9.1",
    line: (9, 1),
    first_patch: 2, // 9.1.0 and 9.1.1 still print the sanitize flags, and were not run
    evidence: Evidence::Measured,
    sanitize: Sanitize::Ignored,
    databases: true,
    ..VALKEY_9_0
};

/// In the order of [`Engine`].
static QUIRKS: [Quirks; Engine::ALL.len()] = [
    REDIS_6_0_5,
    REDIS_6_0_9,
    REDIS_6_0,
    REDIS_6_2,
    REDIS_7_0,
    REDIS_7_2,
    REDIS_7_4,
    REDIS_8_0,
    REDIS_8_2,
    REDIS_8_4,
    REDIS_8_6,
    REDIS_8_8,
    REDIS_8_10,
    VALKEY_7_2,
    VALKEY_8_0,
    VALKEY_8_1,
    VALKEY_9_0,
    VALKEY_9_1,
];

/// Syntax that not every engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Channels,
    SanitizePayload,
    KeyPermissions,
    Selectors,
    Subcommands,
    Databases,
}

impl Quirks {
    /// Whether `QUIT` is answered before commands are looked up, to every user (`processCommand`, up to 6.2).
    pub(crate) fn quits_without_lookup(&self) -> bool {
        self.open_to_all != OpenToAll::NoAuth
    }

    pub(crate) fn has_dryrun(&self) -> bool {
        self.answers != Answers::Redis6
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::Channels => self.new_channels != NewChannels::Unchecked,
            Feature::SanitizePayload => self.sanitize != Sanitize::Unknown,
            Feature::KeyPermissions => self.key_permissions,
            Feature::Selectors => self.selectors,
            Feature::Subcommands => self.subcommands,
            Feature::Databases => self.databases,
        }
    }
}

impl Engine {
    /// Every engine that is modelled: Redis by age, then Valkey by age.
    pub const ALL: [Self; 18] = [
        Self::Redis6_0_5,
        Self::Redis6_0_9,
        Self::Redis6_0,
        Self::Redis6_2,
        Self::Redis7_0,
        Self::Redis7_2,
        Self::Redis7_4,
        Self::Redis8_0,
        Self::Redis8_2,
        Self::Redis8_4,
        Self::Redis8_6,
        Self::Redis8_8,
        Self::Redis8_10,
        Self::Valkey7_2,
        Self::Valkey8_0,
        Self::Valkey8_1,
        Self::Valkey9_0,
        Self::Valkey9_1,
    ];

    /// The name that a dialect starts with: `redis-7.0`, `valkey-9.1`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.quirks().name
    }

    /// Whether a server was run, or documents were read.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        self.quirks().evidence
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

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

// ---------------------------------------------------------------------------------------------------
// What users can name

/// An engine as it ships: by itself, or as a version of a service.
#[derive(Debug, PartialEq, Eq)]
struct Release {
    name: &'static str,
    service: Option<Service>,
    /// As in the name: ElastiCache's redis-7.1 is, to the ACL, Redis 7.0.
    line: (u16, u16),
    first_patch: u16,
    engine: Engine,
    form: Form,
    modules: Modules,
}

const fn plain(engine: Engine) -> Release {
    let quirks = &QUIRKS[engine as usize];
    Release {
        name: quirks.name,
        service: None,
        line: quirks.line,
        first_patch: quirks.first_patch,
        engine,
        form: Form::Server,
        modules: Modules::NONE,
    }
}

const fn served(
    (name, line): (&'static str, (u16, u16)),
    engine: Engine,
    form: Form,
    modules: Modules,
) -> Release {
    let service = match form {
        Form::MemoryDb => Service::MemoryDb,
        _ => Service::ElastiCache,
    };
    Release { name, service: Some(service), line, first_patch: 0, engine, form, modules }
}

const NONE: Modules = Modules::NONE;
const JSON: Modules = Modules::NONE.with(Module::ValkeyJson);
const JSON_BLOOM: Modules = JSON.with(Module::ValkeyBloom);
const JSON_SEARCH: Modules = JSON.with(Module::ValkeySearch);
const ALL_OF_VALKEY: Modules = JSON_BLOOM.with(Module::ValkeySearch);

/// The engines in the order of [`Engine`], then the services' versions by age. ElastiCache: versions and
/// modules from its supported-versions pages; MemoryDB likewise.
static RELEASES: [Release; 31] = [
    plain(Engine::Redis6_0_5),
    plain(Engine::Redis6_0_9),
    plain(Engine::Redis6_0),
    plain(Engine::Redis6_2),
    plain(Engine::Redis7_0),
    plain(Engine::Redis7_2),
    plain(Engine::Redis7_4),
    plain(Engine::Redis8_0),
    plain(Engine::Redis8_2),
    plain(Engine::Redis8_4),
    plain(Engine::Redis8_6),
    plain(Engine::Redis8_8),
    plain(Engine::Redis8_10),
    plain(Engine::Valkey7_2),
    plain(Engine::Valkey8_0),
    plain(Engine::Valkey8_1),
    plain(Engine::Valkey9_0),
    plain(Engine::Valkey9_1),
    served(("elasticache/redis-6.0", (6, 0)), Engine::Redis6_0_5, Form::Documented, NONE),
    served(("elasticache/redis-6.2", (6, 2)), Engine::Redis6_2, Form::Observed, JSON),
    served(("elasticache/redis-7.0", (7, 0)), Engine::Redis7_0, Form::Observed, JSON),
    served(("elasticache/redis-7.1", (7, 1)), Engine::Redis7_0, Form::Observed, JSON),
    served(("elasticache/valkey-7.2", (7, 2)), Engine::Valkey7_2, Form::Observed, JSON),
    served(("elasticache/valkey-8.0", (8, 0)), Engine::Valkey8_0, Form::Observed, JSON),
    served(("elasticache/valkey-8.1", (8, 1)), Engine::Valkey8_1, Form::Observed, JSON_BLOOM),
    served(("elasticache/valkey-8.2", (8, 2)), Engine::Valkey8_1, Form::Observed, ALL_OF_VALKEY),
    served(("elasticache/valkey-9.0", (9, 0)), Engine::Valkey9_0, Form::Observed, ALL_OF_VALKEY),
    served(("memorydb/redis-6.2", (6, 2)), Engine::Redis6_2, Form::MemoryDb, JSON),
    served(("memorydb/redis-7.0", (7, 0)), Engine::Redis7_0, Form::MemoryDb, JSON),
    served(("memorydb/redis-7.1", (7, 1)), Engine::Redis7_0, Form::MemoryDb, JSON_SEARCH),
    served(("memorydb/valkey-7.2", (7, 2)), Engine::Valkey7_2, Form::MemoryDb, JSON_SEARCH),
];

/// Short names, for the version that users meet first.
const ALIASES: [(&str, &str); 2] =
    [("elasticache", "elasticache/redis-6.0"), ("memorydb", "memorydb/redis-6.2")];

impl Dialect {
    /// Every dialect that is modelled, without added modules: engines by age, then services.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        RELEASES.iter().map(Self::of)
    }

    fn of(release: &'static Release) -> Self {
        Self { release, modules: release.modules }
    }

    /// The engine whose rules and commands count.
    #[must_use]
    #[inline]
    pub fn engine(self) -> Engine {
        self.release.engine
    }

    /// The service in front of the engine, if there is one.
    #[must_use]
    pub fn service(self) -> Option<Service> {
        self.release.service
    }

    /// The form in which this dialect's users are printed.
    #[must_use]
    pub fn form(self) -> Form {
        self.release.form
    }

    /// How it splits a line with quotes: the words of a configuration file, the rules of a selector.
    #[must_use]
    pub fn splitter(self) -> Splitter {
        self.engine().quirks().splitter
    }

    /// The engine's version as its maker or the service numbers it: `6.0`, `7.1`.
    #[must_use]
    pub fn engine_version(self) -> &'static str {
        self.release.name.rsplit_once('-').map_or("", |(_, version)| version)
    }

    /// The modules whose commands it has: those the service ships, or those that were named.
    pub fn modules(self) -> impl Iterator<Item = Module> {
        self.modules.iter()
    }

    pub(crate) fn has_module(self, module: Module) -> bool {
        self.modules.contains(module)
    }

    /// The same dialect with one more module.
    ///
    /// # Errors
    /// When the module is another project's, or when a service decides which modules there are.
    pub fn with_module(mut self, module: Module) -> Result<Self, DialectError> {
        if let (Some(_), false) = (self.service(), self.modules.contains(module)) {
            let shipped = join(self.modules.iter().map(Module::name), "no modules");
            return error(format!("{} ships {shipped}; others cannot be loaded there", self.release.name));
        }
        if self.service().is_none() && module.project() != self.engine().project() {
            return error(format!("{} cannot load a module made for another engine", self.release.name));
        }
        self.modules = self.modules.with(module);
        Ok(self)
    }

    /// What the engine does, and what the service changes about it.
    pub(crate) fn quirks(self) -> Quirks {
        let engine = self.engine().quirks();
        match self.service() {
            // Both services start users without channels, also where the engine would not:
            // MemoryDB answers `resetchannels` on 6.2.
            Some(_) if engine.has(Feature::Channels) => Quirks {
                new_channels: NewChannels::None,
                categories_reach_modules: true,
                module_categories: true,
                ..*engine
            },
            _ => *engine,
        }
    }

    /// What an upgrade leads to next: the oldest release of the next major version of the same engine; within
    /// the last major version the newest release. On services Valkey follows upon Redis. `None` where there is
    /// nothing newer.
    ///
    /// ```
    /// # use redis_acl::{Dialect, Engine};
    /// assert_eq!(Dialect::from(Engine::Redis6_2).next_generation(), Some(Engine::Redis7_0.into()));
    /// assert_eq!(Dialect::from(Engine::Valkey9_1).next_generation(), None);
    /// let elasticache: Dialect = "elasticache/redis-7.1".parse()?;
    /// assert_eq!(elasticache.next_generation().unwrap().to_string(), "elasticache/valkey-7.2");
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    #[must_use]
    pub fn next_generation(self) -> Option<Self> {
        let project = self.engine().project();
        let (major, minor) = self.release.line;
        let served_alike = || RELEASES.iter().filter(|release| release.service == self.service());
        let same_engine = || served_alike().filter(|release| release.engine.project() == project);
        let next_major = || same_engine().find(|release| release.line.0 > major);
        let valkey = || {
            let is_next = self.service().is_some() && project == Project::Redis;
            served_alike().find(|release| is_next && release.engine.project() == Project::Valkey)
        };
        let newest = || same_engine().next_back().filter(|release| release.line > (major, minor));
        let release = next_major().or_else(valkey).or_else(newest)?;
        let modules =
            self.modules().filter(|module| release.service.is_none() || release.modules.contains(*module));
        Some(Self { release, modules: modules.fold(release.modules, |all, module| all.with(module)) })
    }

    /// The oldest release of the same service and project that has the feature; failing that, of any
    /// project.
    pub(crate) fn first_with(self, feature: Feature) -> Option<Self> {
        let served_alike = |release: &&Release| release.service == self.service();
        let has = |release: &&Release| release.engine.quirks().has(feature);
        let same_project = |release: &&Release| release.engine.project() == self.engine().project();
        let candidates = || RELEASES.iter().filter(served_alike).filter(has);
        candidates().find(same_project).or_else(|| candidates().next()).map(Self::of)
    }
}

impl From<Engine> for Dialect {
    fn from(engine: Engine) -> Self {
        Self::of(&RELEASES[engine as usize])
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.release.name)?;
        for module in self.modules().filter(|&module| !self.release.modules.contains(module)) {
            write!(f, "+{}", module.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialect({self})")
    }
}

impl std::hash::Hash for Dialect {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.release.name.hash(state);
        self.modules.hash(state);
    }
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let mut parts = text.split('+');
        let name = parts.next().unwrap_or_default();
        let mut dialect = Self::of(release(name)?);
        for module in parts {
            let shipped = dialect.modules().find(|shipped| shipped.name() == module);
            let module = shipped.map_or_else(|| Module::named(module, dialect.engine().project()), Ok)?;
            dialect = dialect.with_module(module)?;
        }
        Ok(dialect)
    }
}

/// `redis-7.0`, an alias, or a full version.
fn release(name: &str) -> Result<&'static Release, DialectError> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    if let Some(release) = RELEASES.iter().find(|release| release.name == name) {
        return Ok(release);
    }
    let unknown = || format!("no dialect `{name}` is modelled; `redis-acl dialects` lists those that are");
    let Some((family, version)) = name.rsplit_once('-') else { return error(unknown()) };
    let relatives =
        || RELEASES.iter().filter(|release| release.name.rsplit_once('-').unwrap_or_default().0 == family);
    if relatives().next().is_none() {
        return error(unknown());
    }
    let Some((line, patch)) = read_version(version) else {
        return error(format!(
            "`{version}` is not a version such as 7.2 or 7.2.4; modelled are {}",
            names(relatives())
        ));
    };
    let in_line = || relatives().filter(|release| release.line == line);
    if let Some(release) = in_line()
        .filter(|release| Some(release.first_patch) <= patch)
        .max_by_key(|release| release.first_patch)
    {
        return Ok(release);
    }
    match in_line().map(|release| (release.first_patch, release.name)).min() {
        Some((first, nearest)) => error(format!(
            "`{name}` behaves otherwise and is not modelled; {nearest} holds from {}.{}.{first} on",
            line.0, line.1
        )),
        None => error(format!("`{name}` is not modelled; modelled are {}", names(relatives()))),
    }
}

/// `6.0.16` as its line and its patch; `6.0` has none.
fn read_version(text: &str) -> Option<((u16, u16), Option<u16>)> {
    let numbers: Option<Vec<u16>> = text.split('.').map(|number| number.parse().ok()).collect();
    match numbers?[..] {
        [major, minor] => Some(((major, minor), None)),
        [major, minor, patch] => Some(((major, minor), Some(patch))),
        _ => None,
    }
}

fn names<'r>(releases: impl Iterator<Item = &'r Release>) -> String {
    join(releases.map(|release| release.name), "none")
}

fn join<'n>(names: impl Iterator<Item = &'n str>, none: &str) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

fn error<T>(message: String) -> Result<T, DialectError> {
    Err(DialectError { message })
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

impl Service {
    /// The name before the slash of a dialect: `elasticache` or `memorydb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ElastiCache => "elasticache",
            Self::MemoryDb => "memorydb",
        }
    }
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Server, Self::Documented, Self::Observed, Self::MemoryDb];

    /// `server`, `documented`, `observed` or `memorydb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::MemoryDb => "memorydb",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Form {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let found = Self::ALL.into_iter().find(|form| form.name() == text);
        found.map_or_else(
            || {
                error(format!(
                    "no form `{text}`; there are {}",
                    join(Self::ALL.into_iter().map(Self::name), "")
                ))
            },
            Ok,
        )
    }
}

// ---------------------------------------------------------------------------------------------------
// Modules

impl Module {
    /// Every module that is modelled.
    pub const ALL: [Self; 7] = [
        Self::RedisJson,
        Self::RedisSearch,
        Self::RedisTimeSeries,
        Self::RedisBloom,
        Self::ValkeyJson,
        Self::ValkeyBloom,
        Self::ValkeySearch,
    ];

    /// The name behind the `+` of a dialect: `json`, `search`, `timeseries`, `bloom`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RedisJson | Self::ValkeyJson => "json",
            Self::RedisSearch | Self::ValkeySearch => "search",
            Self::RedisTimeSeries => "timeseries",
            Self::RedisBloom | Self::ValkeyBloom => "bloom",
        }
    }

    /// The project whose servers load it. The services load Valkey's modules under either engine.
    #[must_use]
    pub const fn project(self) -> Project {
        match self {
            Self::RedisJson | Self::RedisSearch | Self::RedisTimeSeries | Self::RedisBloom => Project::Redis,
            Self::ValkeyJson | Self::ValkeyBloom | Self::ValkeySearch => Project::Valkey,
        }
    }

    fn named(name: &str, project: Project) -> Result<Self, DialectError> {
        let of_project = || Self::ALL.into_iter().filter(move |module| module.project() == project);
        of_project().find(|module| module.name() == name).map_or_else(
            || {
                let known = join(of_project().map(Self::name), "");
                error(format!("no module `{name}` is modelled for {}; there are {known}", project.name()))
            },
            Ok,
        )
    }
}

/// A set of modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Modules(u8);

impl Modules {
    const NONE: Self = Self(0);

    const fn with(self, module: Module) -> Self {
        Self(self.0 | 1 << module as u8)
    }

    fn contains(self, module: Module) -> bool {
        self.0 & 1 << module as u8 != 0
    }

    fn iter(self) -> impl Iterator<Item = Module> {
        Module::ALL.into_iter().filter(move |&module| self.contains(module))
    }
}
