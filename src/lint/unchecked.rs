//! What modules do with keys and do not declare.

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Subject, names};
use crate::access::KeyAccess;
use crate::catalog::{Command, CommandSet, KeyFlags};
use crate::report::Level;
use crate::syntax::{Rule, RuleKind};

pub(super) const LINTS: &[&Lint] = &[&UNCHECKED_ACCESS];

static UNCHECKED_ACCESS: Lint = Lint {
    id: "unchecked-access",
    group: Group::TooWide,
    level: Level::Warning,
    what: "A pattern that allows only reading, `%R~`, with module commands that write; or `%W~` with module commands that read.",
    why: "A server compares a pattern with the key access that a command declares. Some modules register command info without access or update flags: Bloom and TimeSeries from Redis 8.4 on, JSON and Search from Redis 8.6 on. Any pattern is then enough: with `%R~app:*`, `JSON.SET` can write.",
    example: Example {
        dialect: "redis-8.6+json",
        client: None,
        bad: "on %R~app:* +@read +@json",
        good: "on %R~app:* +@read",
    },
};

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for scope in subject.scopes.iter().filter(|scope| !scope.selector.keys.are_all()) {
        look_for(KeyAccess::Read, scope, subject, findings);
        look_for(KeyAccess::Write, scope, subject, findings);
    }
}

/// Looks for patterns that are meant to allow nothing but this access.
fn look_for(access: KeyAccess, scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_such = |rule: &&&Rule<'_>| matches!(rule.kind, RuleKind::Key { permission: Some(given), .. } if given == access);
    let mut patterns = scope.rules.iter().filter(is_such);
    let Some(first) = patterns.next() else { return };
    let catalog = subject.catalog;
    let undeclared = |id: &_| catalog.get(*id).is_some_and(|command| does_more(command, access));
    let commands: CommandSet = scope.allowed().iter().filter(undeclared).collect();
    if commands.is_empty() {
        return;
    }
    let verb = if access == KeyAccess::Read { "writing" } else { "reading" };
    let message = format!(
        "{} does not prevent {} from {verb}",
        subject.quoted(first.span),
        names(&commands, 3, catalog)
    );
    let draft = Draft::new(&UNCHECKED_ACCESS, first.span, message)
        .also(patterns.map(|rule| rule.span))
        .note("these commands do not declare what they do with a key, so any pattern allows it")
        .help("deny these commands by name, or allow only keys that they are allowed to change");
    findings.push(draft, subject);
}

/// Whether a module's command does something else with a key than the pattern allows, and declares nothing of it.
fn does_more(command: Command<'_>, allowed: KeyAccess) -> bool {
    let writes = |flags: KeyFlags| {
        [KeyFlags::RW, KeyFlags::OW, KeyFlags::RM].into_iter().any(|flag| flags.contains(flag))
    };
    let does = |flags: KeyFlags| match allowed {
        KeyAccess::Read => writes(flags),
        KeyAccess::Write => flags.contains(KeyFlags::RO),
        KeyAccess::ReadWrite => false,
    };
    let specs = command.key_facts().specs;
    command.module().is_some()
        && specs.iter().any(|spec| {
            !spec.flags.contains(KeyFlags::NOT_KEY) && spec.flags.needs().is_none() && does(spec.flags)
        })
}
