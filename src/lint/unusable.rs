//! Permissions that cannot be used: keys without commands, commands without keys, and the same of channels.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Step, Subject, names, needs_keys};
use crate::access::Effect;
use crate::catalog::{Category, ChannelArguments, CommandSet};
use crate::dialect::NewChannels;
use crate::report::Level;
use crate::span::Span;
use crate::syntax::{Rule, RuleKind};

pub(super) const LINTS: &[&Lint] =
    &[&NO_COMMANDS, &EMPTY_SELECTOR, &NO_KEYS, &UNUSED_KEYS, &NO_CHANNELS, &UNUSED_CHANNELS];

const fn unusable(
    (id, level): (&'static str, Level),
    (what, why): (&'static str, &'static str),
    (bad, good): (&'static str, &'static str),
) -> Lint {
    let example = Example { dialect: "redis-7.2", client: None, bad, good };
    Lint { id, group: Group::NoEffect, level, what, why, example }
}

static NO_COMMANDS: Lint = unusable(
    ("no-commands", Level::Warning),
    (
        "Keys or channels are allowed, but no command.",
        "Keys without commands allow nothing. Selectors are independent: keys outside of the parentheses do not count inside.",
    ),
    ("on ~app:*", "on ~app:* +@read"),
);
static EMPTY_SELECTOR: Lint = unusable(
    ("empty-selector", Level::Warning),
    (
        "A selector that allows no command.",
        "It does nothing. If the quotes inside are unbalanced, servers silently read the selector as empty.",
    ),
    ("on ~app:* +get ()", "on ~app:* +get"),
);
static NO_KEYS: Lint = unusable(
    ("no-keys", Level::Warning),
    (
        "Commands that need keys are allowed, but no key.",
        "Every command with a key is denied. Selectors are independent: each needs its own keys.",
    ),
    ("on +@read", "on ~app:* +@read"),
);
static UNUSED_KEYS: Lint = unusable(
    ("unused-keys", Level::Hint),
    (
        "Keys are allowed, but no command that takes keys.",
        "The patterns do nothing until somebody adds a command, and then grant more than intended.",
    ),
    ("on ~app:* +ping +info", "on +ping +info"),
);
static NO_CHANNELS: Lint = unusable(
    ("no-channels", Level::Warning),
    (
        "`+@pubsub`, or a command such as `+publish`, but no channel.",
        "Every channel is denied. On Redis 7.0 and later a new user has no channels; on Redis 6.2 it has all channels. `acl-pubsub-default` changes both.",
    ),
    ("on ~app:* +@read +publish", "on ~app:* +@read +publish &app:*"),
);
static UNUSED_CHANNELS: Lint = unusable(
    ("unused-channels", Level::Hint),
    (
        "Channels are allowed, but no command that takes channels.",
        "`+@read` and `+@write` include no Pub/Sub commands; add `+@pubsub` or `+subscribe`.",
    ),
    ("on ~app:* +@read resetchannels &app:*", "on ~app:* +@read resetchannels &app:* +subscribe"),
);

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for scope in &subject.scopes {
        if scope.selector.commands.are_none() {
            look_at_no_commands(scope, subject, findings);
            continue;
        }
        look_at_keys(scope, subject, findings);
        if subject.quirks.new_channels != NewChannels::Unchecked {
            look_at_channels(scope, subject, findings);
        }
    }
}

/// The rules that give keys, or channels.
fn givers<'a>(
    scope: &'a Scope<'_>,
    gives: impl Fn(&RuleKind<'_>) -> bool + 'a,
) -> impl Iterator<Item = &'a Rule<'a>> {
    scope.rules.iter().copied().filter(move |rule| gives(&rule.kind))
}

fn gives_keys(kind: &RuleKind<'_>) -> bool {
    matches!(kind, RuleKind::AllKeys | RuleKind::Key { .. })
}

fn gives_channels(kind: &RuleKind<'_>) -> bool {
    matches!(kind, RuleKind::AllChannels | RuleKind::Channel { .. })
}

fn look_at_no_commands(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if let Some(parentheses) = scope.parentheses {
        let span = parentheses.span;
        let lost = scope.rules.is_empty() && !subject.text[parentheses.body.range()].trim().is_empty();
        let message = match lost {
            true => "the quotes in this selector are unbalanced, so the server reads it as empty",
            false => "this selector allows no command",
        };
        let fix = if findings.want(&EMPTY_SELECTOR) { subject.without_effect(&[span]) } else { None };
        let help = match lost {
            true => "balance the quotes".to_owned(),
            false => "allow commands in it, or remove it".to_owned(),
        };
        // where quotes were meant to hold rules, the selector must be mended, not taken out
        let draft = Draft::new(&EMPTY_SELECTOR, span, message).help(help).fix(fix.filter(|_| !lost));
        findings.push(draft, subject);
        return;
    }
    let is_none_on_purpose = |kind: &RuleKind<'_>| *kind == RuleKind::Off;
    let wiped = scope.commands.iter().any(|step| step.effect == Effect::Allow);
    let gives_commands = |kind: &RuleKind<'_>| {
        matches!(kind, RuleKind::Command { .. } | RuleKind::Category { .. } | RuleKind::AllCommands)
    };
    if wiped
        || subject.refuses(gives_commands)
        || scope.rules.iter().any(|rule| is_none_on_purpose(&rule.kind))
    {
        return;
    }
    let given: Vec<_> = givers(scope, |kind| gives_keys(kind) || gives_channels(kind)).collect();
    let Some((first, others)) = given.split_first() else { return };
    let what = match (
        given.iter().any(|rule| gives_keys(&rule.kind)),
        given.iter().any(|rule| gives_channels(&rule.kind)),
    ) {
        (true, true) => "keys and channels",
        (true, false) => "keys",
        _ => "channels",
    };
    let mut draft = Draft::new(&NO_COMMANDS, first.span, format!("{what} are allowed, but no command"));
    if subject.scopes.len() > 1 {
        draft = draft.note("selectors are independent: rules outside of the parentheses do not count inside");
    }
    let also = others.iter().map(|rule| rule.span);
    findings.push(draft.also(also).help("allow commands, `+@read` or `+get`"), subject);
}

// ---------------------------------------------------------------------------------------------------
// Keys

fn look_at_keys(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let allowed = scope.allowed();
    let catalog = subject.catalog;
    let keys = &scope.selector.keys;
    if !keys.are_all() && keys.iter().len() == 0 {
        if subject.refuses(gives_keys) {
            return;
        }
        let Some(step) = first_that_needs(scope, subject) else { return };
        let needing: CommandSet =
            allowed.iter().filter(|id| catalog.get(*id).is_some_and(needs_keys)).collect();
        let message = format!("no key is allowed, so {} are always denied", names(&needing, 2, catalog));
        let message = if needing.len() == 1 { message.replace(" are always", " is always") } else { message };
        let mut draft = Draft::new(&NO_KEYS, step.rule.span, message);
        if subject.scopes.len() > 1 {
            draft = draft.note("selectors are independent: each needs its own keys");
        }
        findings.push(draft.help("allow keys, `~app:*`"), subject);
        return;
    }
    let takes_keys = |id| catalog.get(id).is_some_and(|command| command.has_keys());
    let first_arguments = scope.selector.first_arguments().any(|(id, _)| takes_keys(id));
    if scope.selector.allows_future_commands() || first_arguments || allowed.iter().any(takes_keys) {
        return;
    }
    unused(&UNUSED_KEYS, givers(scope, gives_keys).map(|rule| rule.span), "key", subject, findings);
}

/// The rule that was meant to be used on keys: a command that needs one, a category of data, `+@all`.
fn first_that_needs<'a, 's>(scope: &'a Scope<'s>, subject: &Subject<'_>) -> Option<&'a Step<'s>> {
    let needing = |step: &&Step<'_>| {
        let left = step.reach & *scope.allowed();
        let means_data = match &step.rule.kind {
            RuleKind::Category { name, .. } => subject.catalog.category(name).is_some_and(is_about_data),
            _ => true,
        };
        means_data && left.iter().any(|id| subject.catalog.get(id).is_some_and(needs_keys))
    };
    scope.commands.iter().filter(|step| step.effect == Effect::Allow).find(needing)
}

/// Whether a category is about a type of values, or about reading or writing them.
fn is_about_data(category: Category) -> bool {
    !matches!(
        category,
        Category::Keyspace
            | Category::PubSub
            | Category::Admin
            | Category::Fast
            | Category::Slow
            | Category::Blocking
            | Category::Dangerous
            | Category::Connection
            | Category::Transaction
            | Category::Scripting
    )
}

/// Patterns that no command asks for.
fn unused(
    lint: &'static Lint,
    spans: impl Iterator<Item = Span>,
    what: &str,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let spans: Vec<_> = spans.collect();
    let Some(first) = spans.first().filter(|_| findings.want(lint)) else { return };
    let Some(fix) = subject.without_effect(&spans) else { return };
    let message = format!("no allowed command takes a {what}");
    let draft = Draft::new(lint, *first, message).also(spans[1..].iter().copied());
    let them = if spans.len() == 1 { "the rule" } else { "the rules" };
    findings.push(
        draft.help(format!("remove {them} about {what}s, or allow such a command")).fix(Some(fix)),
        subject,
    );
}

// ---------------------------------------------------------------------------------------------------
// Channels

fn look_at_channels(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let takes_channels = |id| {
        subject.catalog.get(id).is_some_and(|command| command.channel_arguments() != ChannelArguments::None)
    };
    let (allowed, channels) = (scope.allowed(), &scope.selector.channels);
    let taking: CommandSet = allowed.iter().filter(|id| takes_channels(*id)).collect();
    if !channels.are_all() && channels.iter().len() == 0 {
        let names_it = |step: &&Step<'_>| {
            let is_named = match &step.rule.kind {
                RuleKind::Category { name, .. } => name.eq_ignore_ascii_case("pubsub"),
                RuleKind::Command { .. } => true,
                _ => false,
            };
            step.effect == Effect::Allow && is_named && !(step.reach & taking).is_empty()
        };
        let Some(step) = scope.commands.iter().find(names_it) else { return };
        let message =
            format!("no channel is allowed, so {} are unusable", names(&taking, 3, subject.catalog));
        let message =
            if taking.len() == 1 { message.replace(" are unusable", " is unusable") } else { message };
        let draft = Draft::new(&NO_CHANNELS, step.rule.span, message);
        findings.push(draft.help("allow channels, `&app:*`"), subject);
        return;
    }
    if !taking.is_empty() || scope.selector.allows_future_commands() {
        return;
    }
    unused(
        &UNUSED_CHANNELS,
        givers(scope, gives_channels).map(|rule| rule.span),
        "channel",
        subject,
        findings,
    );
}
