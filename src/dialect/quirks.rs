//! How engines differ: one row per engine, each written as what changed since the row before it.

use super::channels::DefaultChannels;
use super::engine::{Engine, Evidence, Process, Project};
use crate::quoting::Splitter;

/// What one engine does, field by field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quirks {
    pub(crate) name: &'static str,
    pub(crate) project: Project,
    pub(crate) process: Process,
    pub(super) line: (u16, u16),
    /// The first patch release in the line that behaves like this row.
    pub(super) first_patch: u16,
    pub(crate) evidence: Evidence,
    /// Where the facts about modules come from.
    pub(crate) module_evidence: Evidence,
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
    pub(crate) database_checks: DatabaseChecks,
    /// `alldbs` is printed (9.1.0 only).
    pub(crate) prints_all_databases: bool,
    /// `+@cat` reaches the commands of modules (7.2.0).
    pub(crate) categories_reach_modules: bool,
    /// Modules may bring categories of their own (Redis 7.4, in use since 8.0; Valkey 8.0).
    pub(crate) module_categories: bool,
    /// A selector left open loses what it held when another opens (7.0 only).
    pub(crate) selector_restarts: bool,
    /// How a line with quotes is split: selectors, and `user` directives of a configuration.
    pub(crate) splitter: Splitter,
    /// A selector's text ends at its last quote, also after a backslash (Valkey 9.1.0).
    pub(crate) selector_ends_at_last_quote: bool,
    /// A first argument with white space or quotes is taken, and kills the server when it prints (7.2.0).
    pub(crate) first_argument_kills: bool,
    pub(crate) percent_kills: PercentKills,
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
    /// `SORT … STORE key`: the key is not itself read as an option (7.2.16 and its siblings; pull request 15478).
    pub(crate) sort_skips_destination: bool,
    /// `SORT … BY` and `GET` need all keys to be readable (7.0.0).
    pub(crate) sort_needs_all_keys: bool,
    /// `PSUBSCRIBE` patterns are compared as C strings, up to a NUL (7.0.0).
    pub(crate) channel_patterns_end_at_nul: bool,
    /// The options with an argument that `XREAD` and `XREADGROUP` skip in search of `STREAMS`.
    pub(crate) xread_options: &'static [&'static str],
    /// `SET` with a condition on the old value reads it (Redis 8.4, with `DELEX`).
    pub(crate) set_conditions_read: bool,
    /// Numbers of keys lose what an `int` cannot hold (up to Redis 7.2 and Valkey 9.0).
    pub(crate) key_numbers_are_ints: bool,
    /// An unknown command without arguments is reported without `, with args beginning with: ` (Redis 8.6).
    pub(crate) unknown_command_is_short: bool,
}

/// Which key rules without `R` and `W` are accepted, and kill the server when it prints the user (CVE-2024-51741).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PercentKills {
    None,
    /// `%`
    Bare,
    /// `%` and `%~a`
    BareAndPattern,
}

/// Which databases a command is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseChecks {
    /// Of `COPY` only a `DB` that is its third argument; no command needs all databases (Valkey 9.1.0).
    FirstOption,
    /// All that a command names, and all there are for commands that reach them all (9.1.1).
    Named,
    /// For `COPY` and `MOVE` also the current one (9.1.2).
    NamedAndCurrent,
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

/// The channels of a user whose rules name none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewChannels {
    /// There are no channel rules: channels are not checked.
    Unchecked,
    All,
    None,
    /// ElastiCache: the string that it reads back decides. If that has a channel token, the token holds. If it has
    /// none, the cluster's `acl-pubsub-default` holds, which is this one.
    ByReadBack(DefaultChannels),
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
    process: Process::Server,
    line: (6, 0),
    first_patch: 5,
    evidence: Evidence::Measured,
    module_evidence: Evidence::Documented, // the commands of the modules that were measured on 7.2.4
    algorithm: Algorithm::A,
    new_channels: NewChannels::Unchecked,
    sanitize: Sanitize::Unknown,
    selectors: false,
    key_permissions: false,
    subcommands: false,
    first_argument_of_allowed: FirstArgumentOfAllowed::Refused,
    databases: false,
    database_checks: DatabaseChecks::NamedAndCurrent,
    prints_all_databases: false,
    categories_reach_modules: false,
    module_categories: false,
    selector_restarts: false,
    splitter: Splitter::Redis,
    selector_ends_at_last_quote: false,
    first_argument_kills: false,
    percent_kills: PercentKills::None,
    file_users: FileUsers::Reset,
    load_errors: LoadErrors::EachRule,
    file_comments: false,
    own_name: Some("Redis"),
    answers: Answers::Redis6,
    open_to_all: OpenToAll::AuthAndQuit,
    migrate_skips_options: false,
    sort_skips_destination: false,
    sort_needs_all_keys: false,
    channel_patterns_end_at_nul: false,
    xread_options: &["block", "count"],
    set_conditions_read: false,
    key_numbers_are_ints: true,
    unknown_command_is_short: false,
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
/// The releases of August 2026, which mended where keys are found in requests with an option twice: by themselves the
/// key specs of four commands, which are data, and `SORT`. Measured on Debian's Redis 8.0.2, which has the same patch.
const fn keys_mended(name: &'static str, first_patch: u16, line: Quirks) -> Quirks {
    Quirks {
        name,
        first_patch,
        evidence: Evidence::Documented,
        percent_kills: PercentKills::None,
        sort_skips_destination: true,
        ..line
    }
}

const REDIS_7_2: Quirks = Quirks {
    name: "redis-7.2",
    line: (7, 2),
    first_patch: 0,
    module_evidence: Evidence::Measured,
    algorithm: Algorithm::D,
    sanitize: Sanitize::Always,
    categories_reach_modules: true,
    selector_restarts: false,
    first_argument_kills: true,
    percent_kills: PercentKills::BareAndPattern,
    answers: Answers::Redis7_2,
    ..REDIS_7_0
};
const REDIS_7_2_16: Quirks = keys_mended("redis-7.2.16", 16, REDIS_7_2);
const REDIS_7_4: Quirks = Quirks {
    name: "redis-7.4",
    line: (7, 4),
    percent_kills: PercentKills::Bare,
    key_numbers_are_ints: false,
    ..REDIS_7_2
};
const REDIS_7_4_11: Quirks = keys_mended("redis-7.4.11", 11, REDIS_7_4);
const REDIS_8_0: Quirks = Quirks {
    name: "redis-8.0",
    line: (8, 0),
    module_evidence: Evidence::Source,
    module_categories: true,
    percent_kills: PercentKills::None,
    ..REDIS_7_4
};
const REDIS_8_2: Quirks = Quirks { name: "redis-8.2", line: (8, 2), ..REDIS_8_0 };
const REDIS_8_2_9: Quirks = keys_mended("redis-8.2.9", 9, REDIS_8_2);
const REDIS_8_4: Quirks = Quirks {
    name: "redis-8.4",
    line: (8, 4),
    xread_options: &["block", "count", "claim"],
    set_conditions_read: true,
    ..REDIS_8_2
};
const REDIS_8_4_6: Quirks = keys_mended("redis-8.4.6", 6, REDIS_8_4);
const REDIS_8_6_0: Quirks = Quirks {
    name: "redis-8.6.0",
    line: (8, 6),
    evidence: Evidence::Documented,
    unknown_command_is_short: true,
    ..REDIS_8_4
};
const REDIS_8_6_1: Quirks = Quirks { name: "redis-8.6.1", first_patch: 1, ..REDIS_8_6_0 };
const REDIS_8_6: Quirks =
    Quirks { name: "redis-8.6", first_patch: 2, evidence: Evidence::Measured, ..REDIS_8_6_1 };
const REDIS_8_6_6: Quirks = keys_mended("redis-8.6.6", 6, REDIS_8_6);
const REDIS_8_8: Quirks = Quirks {
    name: "redis-8.8",
    line: (8, 8),
    first_patch: 0,
    evidence: Evidence::Documented,
    file_comments: true,
    ..REDIS_8_6
};
const REDIS_8_8_2: Quirks = keys_mended("redis-8.8.2", 2, REDIS_8_8);
const REDIS_8_10: Quirks = Quirks {
    name: "redis-8.10",
    line: (8, 10),
    first_patch: 0,
    xread_options: &["block", "count", "claim", "maxcount", "maxsize"],
    ..REDIS_8_8_2
};
const VALKEY_7_2: Quirks = Quirks {
    name: "valkey-7.2",
    project: Project::Valkey,
    module_evidence: Evidence::Source,
    percent_kills: PercentKills::Bare,
    own_name: None,
    ..REDIS_7_2
};
const VALKEY_8_0: Quirks = Quirks {
    name: "valkey-8.0",
    line: (8, 0),
    module_categories: true,
    own_name: Some("Valkey"),
    ..VALKEY_7_2
};
const VALKEY_8_1: Quirks = Quirks {
    name: "valkey-8.1",
    line: (8, 1),
    splitter: Splitter::Valkey8_1,
    percent_kills: PercentKills::None,
    ..VALKEY_8_0
};
const VALKEY_9_0: Quirks =
    Quirks { name: "valkey-9.0", line: (9, 0), splitter: Splitter::Valkey9_0, ..VALKEY_8_1 };
const VALKEY_9_1_0: Quirks = Quirks {
    name: "valkey-9.1.0",
    line: (9, 1),
    selector_ends_at_last_quote: true,
    databases: true,
    database_checks: DatabaseChecks::FirstOption,
    prints_all_databases: true,
    key_numbers_are_ints: false,
    ..VALKEY_9_0
};
const VALKEY_9_1_1: Quirks = Quirks {
    name: "valkey-9.1.1",
    first_patch: 1,
    database_checks: DatabaseChecks::Named,
    prints_all_databases: false,
    ..VALKEY_9_1_0
};
const VALKEY_9_1: Quirks = Quirks {
    name: "valkey-9.1",
    first_patch: 2,
    sanitize: Sanitize::Ignored,
    database_checks: DatabaseChecks::NamedAndCurrent,
    ..VALKEY_9_1_1
};

/// A Sentinel reads, prints and checks users by the code of its server. Its commands are its own, which is data.
const fn sentinel(name: &'static str, server: Quirks) -> Quirks {
    Quirks { name, process: Process::Sentinel, ..server }
}

/// In the order of [`Engine`].
pub(super) static QUIRKS: [Quirks; Engine::ALL.len()] = [
    REDIS_6_0_5,
    REDIS_6_0_9,
    REDIS_6_0,
    REDIS_6_2,
    REDIS_7_0,
    REDIS_7_2,
    REDIS_7_2_16,
    REDIS_7_4,
    REDIS_7_4_11,
    REDIS_8_0,
    REDIS_8_2,
    REDIS_8_2_9,
    REDIS_8_4,
    REDIS_8_4_6,
    REDIS_8_6_0,
    REDIS_8_6_1,
    REDIS_8_6,
    REDIS_8_6_6,
    REDIS_8_8,
    REDIS_8_8_2,
    REDIS_8_10,
    VALKEY_7_2,
    VALKEY_8_0,
    VALKEY_8_1,
    VALKEY_9_0,
    VALKEY_9_1_0,
    VALKEY_9_1_1,
    VALKEY_9_1,
    sentinel("sentinel/redis-6.2", REDIS_6_2),
    sentinel("sentinel/redis-7.0", REDIS_7_0),
    sentinel("sentinel/redis-7.2", REDIS_7_2),
    sentinel("sentinel/redis-7.4", REDIS_7_4),
    sentinel("sentinel/redis-8.0", REDIS_8_0),
    sentinel("sentinel/redis-8.2", REDIS_8_2),
    sentinel("sentinel/redis-8.6", REDIS_8_6),
    sentinel("sentinel/valkey-8.0", VALKEY_8_0),
    sentinel("sentinel/valkey-8.1", VALKEY_8_1),
    sentinel("sentinel/valkey-9.0", VALKEY_9_0),
    sentinel("sentinel/valkey-9.1", VALKEY_9_1),
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
