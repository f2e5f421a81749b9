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
    notable("acl|setuser", Takeover, "gives any user any permission, itself too"),
    notable("acl|load", Takeover, "replaces all users by those of a file"),
    notable("acl|deluser", Escalates, "removes other users"),
    notable(
        "config|set",
        Takeover,
        "writes files where it likes (`dir`, `dbfilename`) and turns protections off",
    ),
    notable("config|rewrite", Escalates, "makes changes of the configuration permanent"),
    notable("module|load", Takeover, "runs a library of its choice in the server"),
    notable("module|loadex", Takeover, "runs a library of its choice in the server"),
    notable("module|unload", Escalates, "takes commands away from everybody"),
    notable("debug", Takeover, "looks into the memory of the server, blocks it and crashes it"),
    notable(
        "replicaof",
        Takeover,
        "replaces the data set by that of another server, a known way to bring code in",
    ),
    notable(
        "slaveof",
        Takeover,
        "replaces the data set by that of another server, a known way to bring code in",
    ),
    notable("migrate", Escalates, "sends keys to any server that this one reaches"),
    notable("sync", Escalates, "hands out the whole data set, whatever the key patterns"),
    notable("psync", Escalates, "hands out the whole data set, whatever the key patterns"),
    notable("monitor", Escalates, "shows what all users send, keys and values included"),
    notable("cluster|failover", Escalates, "changes which server is the primary"),
    notable("cluster|forget", Escalates, "takes the cluster apart"),
    notable("cluster|meet", Escalates, "brings servers into the cluster"),
    notable("cluster|replicate", Escalates, "replaces the data set by that of another server"),
    notable("cluster|reset", Escalates, "takes the cluster apart"),
    notable("cluster|setslot", Escalates, "moves slots, and with them keys"),
    notable("failover", Escalates, "changes which server is the primary"),
    notable("flushall", PastPatterns, "deletes every key of every database"),
    notable("flushdb", PastPatterns, "deletes every key of the database"),
    notable("swapdb", PastPatterns, "exchanges the keys of two databases"),
    notable("cluster|flushslot", PastPatterns, "deletes every key of a slot"),
    notable("trimslots", PastPatterns, "deletes every key of some slots"),
    notable("function|load", Code, "puts code in place that other users run with their own permissions"),
    notable("function|restore", Code, "puts code in place that other users run with their own permissions"),
    notable(
        "eval",
        Code,
        "runs Lua in the server; a long script blocks everybody, and holes in its sandbox have let code out (CVE-2025-49844)",
    ),
    notable("evalsha", Code, "runs Lua in the server, as `eval` does"),
    notable("eval_ro", Code, "runs Lua in the server, as `eval` does"),
    notable("evalsha_ro", Code, "runs Lua in the server, as `eval` does"),
    notable("fcall", Code, "runs functions in the server"),
    notable("fcall_ro", Code, "runs functions in the server"),
    notable("script|load", Code, "brings Lua into the server for `evalsha`"),
    notable("restore", Code, "has the server unpack a value that may be crafted"),
    notable("keys", KeyNames, "lists the names of all keys"),
    notable("scan", KeyNames, "lists the names of all keys"),
    notable("randomkey", KeyNames, "names a key, whichever"),
    notable("dbsize", KeyNames, "counts all keys"),
    notable("clusterscan", KeyNames, "lists the names of all keys"),
    notable("cluster|getkeysinslot", KeyNames, "lists the names of the keys of a slot"),
    notable("slowlog|get", KeyNames, "shows slow commands of all users with their arguments"),
    notable("commandlog|get", KeyNames, "shows commands of all users with their arguments"),
    notable("flushall", Disturbs, "deletes every key of every database"),
    notable("flushdb", Disturbs, "deletes every key of the database"),
    notable("swapdb", Disturbs, "exchanges the keys of two databases"),
    notable("keys", Disturbs, "walks through every key, and blocks everybody meanwhile"),
    notable("shutdown", Disturbs, "stops the server"),
    notable("client|kill", Disturbs, "closes the connections of others"),
    notable("client|pause", Disturbs, "makes everybody wait"),
];
