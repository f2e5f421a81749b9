//! Commands that a cloud service withholds from everybody.

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Subject};
use crate::access::Effect;
use crate::dialect::Service;
use crate::report::Level;
use crate::syntax::RuleKind;

pub(super) const LINTS: &[&Lint] = &[&WITHHELD_COMMAND, &WITHHELD_BY_SERVERLESS];

static WITHHELD_COMMAND: Lint = Lint {
    id: "withheld-command",
    group: Group::Service,
    level: Level::Warning,
    what: "A command is allowed by name that ElastiCache or MemoryDB restricts.",
    why: "The service denies the command, regardless of the string. AWS documents that a restricted command in an access string makes the request fail; the exact list of commands that do is not known.",
    example: Example {
        dialect: "elasticache/redis-7.1",
        client: None,
        bad: "on ~app:* +get +config|get",
        good: "on ~app:* +get",
    },
};
static WITHHELD_BY_SERVERLESS: Lint = Lint {
    id: "withheld-by-serverless",
    group: Group::Service,
    level: Level::Hint,
    what: "A command is allowed by name that ElastiCache Serverless restricts.",
    why: "A serverless cache denies the command, regardless of the string; on node-based clusters it works.",
    example: Example {
        dialect: "elasticache/valkey-8.0",
        client: None,
        bad: "on ~app:* +get +keys",
        good: "on ~app:* +get +scan",
    },
};

/// ElastiCache's supported and restricted commands, 2026; a container stands for all its subcommands.
const ELASTICACHE: &[&str] = &[
    "acl|deluser",
    "acl|load",
    "acl|save",
    "acl|setuser",
    "bgrewriteaof",
    "bgsave",
    "cluster|addslots",
    "cluster|addslotsrange",
    "cluster|bumpepoch",
    "cluster|delslots",
    "cluster|delslotsrange",
    "cluster|failover",
    "cluster|flushslots",
    "cluster|forget",
    "cluster|links",
    "cluster|meet",
    "cluster|setslot",
    "config",
    "debug",
    "migrate",
    "psync",
    "replicaof",
    "save",
    "shutdown",
    "slaveof",
    "sync",
];

/// What ElastiCache Serverless withholds besides.
const SERVERLESS: &[&str] = &[
    "acl|log",
    "client|caching",
    "client|getredir",
    "client|id",
    "client|info",
    "client|kill",
    "client|list",
    "client|no-evict",
    "client|pause",
    "client|tracking",
    "client|trackinginfo",
    "client|unblock",
    "client|unpause",
    "cluster|count-failure-reports",
    "commandlog",
    "fcall",
    "fcall_ro",
    "function",
    "keys",
    "lastsave",
    "latency",
    "memory",
    "monitor",
    "move",
    "object",
    "pfdebug",
    "pfselftest",
    "psubscribe",
    "pubsub|numpat",
    "punsubscribe",
    "script|kill",
    "slowlog",
    "swapdb",
    "wait",
];

/// MemoryDB's restricted commands.
const MEMORYDB: &[&str] = &[
    "acl|deluser",
    "acl|load",
    "acl|save",
    "acl|setuser",
    "bgrewriteaof",
    "bgsave",
    "cluster|addslots",
    "cluster|delslots",
    "cluster|setslot",
    "config",
    "debug",
    "migrate",
    "module",
    "psync",
    "replicaof",
    "save",
    "shutdown",
    "slaveof",
    "sync",
];

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    match subject.catalog.dialect().service() {
        Some(Service::ElastiCache) => {
            look_for(&WITHHELD_COMMAND, ELASTICACHE, "ElastiCache", subject, findings);
            look_for(&WITHHELD_BY_SERVERLESS, SERVERLESS, "ElastiCache Serverless", subject, findings);
        }
        Some(Service::MemoryDb) => look_for(&WITHHELD_COMMAND, MEMORYDB, "MemoryDB", subject, findings),
        None => {}
    }
}

fn look_for(
    lint: &'static Lint,
    withheld: &[&str],
    service: &str,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    for step in subject.scopes.iter().flat_map(|scope| &scope.commands) {
        let RuleKind::Command { effect: Effect::Allow, name, argument } = &step.rule.kind else { continue };
        let (name, full) = match argument {
            None => (name.to_ascii_lowercase(), name.to_ascii_lowercase()),
            Some(argument) => (name.to_ascii_lowercase(), format!("{name}|{argument}").to_ascii_lowercase()),
        };
        let Some(found) = withheld.iter().find(|known| **known == full || **known == name) else { continue };
        let span = step.rule.span;
        let message = format!("`{}` is a restricted command on {service}", found.replace('|', " "));
        let draft = Draft::new(lint, span, message).help(format!("remove {}", subject.quoted(span)));
        findings.push(draft, subject);
    }
}
