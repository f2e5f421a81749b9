//! Commands that give more than their name says, each with the reason.

/// What kind of power it is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    /// Over the server or other users, enough to undo all limits.
    Takeover,
    /// Over the data set and other servers.
    Escalates,
    /// To change keys that no pattern allows.
    PastPatterns,
    /// To run code in the server, or have it unpack what was crafted.
    Code,
    /// To see names of keys that no pattern allows.
    KeyNames,
    /// To disturb others.
    Disturbs,
}

/// A command with a power, and why it has it.
pub(super) struct Notable {
    pub(super) command: &'static str,
    pub(super) power: Power,
    pub(super) reason: &'static str,
}

const fn notable(command: &'static str, power: Power, reason: &'static str) -> Notable {
    Notable { command, power, reason }
}

use Power::{Code, Disturbs, Escalates, KeyNames, PastPatterns, Takeover};

/// Those told of first stand first. A subcommand is also looked for as its container on engines that do not tell
/// them apart.
pub(super) static NOTABLE: &[Notable] = &[
    notable("acl|setuser", Takeover, "grants any permission to any user, including itself"),
    notable("acl|load", Takeover, "replaces all users with those in a file"),
    notable("acl|deluser", Escalates, "removes other users"),
    notable(
        "config|set",
        Takeover,
        "writes files to any path (`dir`, `dbfilename`) and turns off protections",
    ),
    notable("config|rewrite", Escalates, "makes configuration changes permanent"),
    notable("module|load", Takeover, "loads any library into the server"),
    notable("module|loadex", Takeover, "loads any library into the server"),
    notable("module|unload", Escalates, "removes commands for all users"),
    notable("debug", Takeover, "reads the memory of the server, blocks it and crashes it"),
    notable(
        "replicaof",
        Takeover,
        "replaces the data set with that of another server, a known way to load malicious code",
    ),
    notable(
        "slaveof",
        Takeover,
        "replaces the data set with that of another server, a known way to load malicious code",
    ),
    notable("migrate", Escalates, "sends keys to any server that this one can reach"),
    notable("sync", Escalates, "sends the whole data set, regardless of key patterns"),
    notable("psync", Escalates, "sends the whole data set, regardless of key patterns"),
    notable("monitor", Escalates, "shows the commands of all users, including keys and values"),
    notable("cluster|failover", Escalates, "changes which server is the primary"),
    notable("cluster|forget", Escalates, "breaks the cluster apart"),
    notable("cluster|meet", Escalates, "adds servers to the cluster"),
    notable("cluster|replicate", Escalates, "replaces the data set with that of another server"),
    notable("cluster|reset", Escalates, "breaks the cluster apart"),
    notable("cluster|setslot", Escalates, "moves slots and the keys in them"),
    notable("failover", Escalates, "changes which server is the primary"),
    notable("flushall", PastPatterns, "deletes every key in every database"),
    notable("flushdb", PastPatterns, "deletes every key in the database"),
    notable("swapdb", PastPatterns, "exchanges the keys of two databases"),
    notable("cluster|flushslot", PastPatterns, "deletes every key in a slot"),
    notable("trimslots", PastPatterns, "deletes every key in some slots"),
    notable("function|load", Code, "installs code that other users run with their own permissions"),
    notable("function|restore", Code, "installs code that other users run with their own permissions"),
    notable(
        "eval",
        Code,
        "runs Lua in the server; a long script blocks all clients, and sandbox escapes are known (CVE-2025-49844)",
    ),
    notable("evalsha", Code, "runs Lua in the server, as `eval` does"),
    notable("eval_ro", Code, "runs Lua in the server, as `eval` does"),
    notable("evalsha_ro", Code, "runs Lua in the server, as `eval` does"),
    notable("fcall", Code, "runs functions in the server"),
    notable("fcall_ro", Code, "runs functions in the server"),
    notable("script|load", Code, "loads Lua into the server for `evalsha`"),
    notable("restore", Code, "makes the server unpack a value that can be crafted"),
    notable("keys", KeyNames, "lists the names of all keys"),
    notable("scan", KeyNames, "lists the names of all keys"),
    notable("randomkey", KeyNames, "returns the name of a random key"),
    notable("dbsize", KeyNames, "counts all keys"),
    notable("clusterscan", KeyNames, "lists the names of all keys"),
    notable("cluster|getkeysinslot", KeyNames, "lists the names of the keys in a slot"),
    notable("slowlog|get", KeyNames, "shows slow commands of all users with their arguments"),
    notable("commandlog|get", KeyNames, "shows commands of all users with their arguments"),
    notable("flushall", Disturbs, "deletes every key in every database"),
    notable("flushdb", Disturbs, "deletes every key in the database"),
    notable("swapdb", Disturbs, "exchanges the keys of two databases"),
    notable("keys", Disturbs, "scans every key, and blocks all clients meanwhile"),
    notable("shutdown", Disturbs, "stops the server"),
    notable("client|kill", Disturbs, "closes the connections of other clients"),
    notable("client|pause", Disturbs, "suspends all clients"),
];
