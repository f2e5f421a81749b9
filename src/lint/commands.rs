//! Command rules that do nothing, or that others undo.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Step, Subject, names};
use crate::access::Effect;
use crate::catalog::CommandSet;
use crate::report::Level;

pub(super) const LINTS: &[&Lint] =
    &[&WIPED_RULES, &OVERRIDDEN_RULE, &GIVEN_BACK, &DENIES_NOTHING, &REDUNDANT_RULE, &FIRST_ARGUMENT];

pub(super) static WIPED_RULES: Lint = Lint {
    id: "wiped-rules",
    group: Group::NoEffect,
    level: Level::Warning,
    what: "A rule that removes everything comes after rules that grant something: `-@all`, `resetkeys`, `resetchannels`, `resetpass`, `clearselectors`, `reset`.",
    why: "Rules are applied from left to right, so the earlier permissions are lost. Such a rule belongs first.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~cache:* +get +mget -@all",
        good: "on ~cache:* -@all +get +mget",
    },
};
pub(super) static OVERRIDDEN_RULE: Lint = Lint {
    id: "overridden-rule",
    group: Group::NoEffect,
    level: Level::Warning,
    what: "A rule that a later, opposite rule cancels completely.",
    why: "The later rule wins: a command that was allowed by name is denied after all, or vice versa.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~app:* +@read +keys -@dangerous",
        good: "on ~app:* +@read -@dangerous +keys",
    },
};
pub(super) static GIVEN_BACK: Lint = Lint {
    id: "given-back",
    group: Group::NoEffect,
    level: Level::Warning,
    what: "A category, or `+@all`, allows again what an earlier rule denied.",
    why: "`-@dangerous +@connection` reads as if nothing dangerous were allowed, but allows `CLIENT KILL`. Denials must come after the rules that allow.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~app:* +@read -@dangerous +@connection",
        good: "on ~app:* +@read +@connection -@dangerous",
    },
};
static DENIES_NOTHING: Lint = Lint {
    id: "denies-nothing",
    group: Group::NoEffect,
    level: Level::Hint,
    what: "A rule denies commands, none of which is allowed.",
    why: "A new user has no permissions, so there is nothing to remove yet. The rule suggests otherwise to readers.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~app:* +@read -@write",
        good: "on ~app:* +@read",
    },
};
static REDUNDANT_RULE: Lint = Lint {
    id: "redundant-rule",
    group: Group::NoEffect,
    level: Level::Hint,
    what: "A rule that changes nothing, because other rules already say the same.",
    why: "It obscures which rules matter: removing it looks like a change, but is none.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~app:* +@read +get",
        good: "on ~app:* +@read",
    },
};
static FIRST_ARGUMENT: Lint = Lint {
    id: "first-argument",
    group: Group::NoEffect,
    level: Level::Hint,
    what: "A command without subcommands is allowed with one first argument only: `+select|0`.",
    why: "Servers consider this a misuse that may be disabled in the future, and log a warning since Redis 7.0. The argument is compared as text: `+select|0` does not allow `SELECT 00`.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on ~app:* +@read -select +select|0",
        good: "on ~app:* +@read -select",
    },
};

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for scope in &subject.scopes {
        let wiped = look_for_wiped(scope, subject, findings);
        let given_back = look_for_given_back(scope, subject, findings);
        look_for_idle(scope, wiped.max(given_back), subject, findings);
        look_for_first_arguments(scope, subject, findings);
    }
}

/// The report of each names all that it gives back: no string needs more of them.
const MOST_GIVEN_BACK: usize = 64;

/// How many steps need no further look: those that are told of already.
#[derive(Clone, Copy, Default)]
struct Told {
    until: usize,
    deny_until: usize,
}

impl Told {
    fn max(self, other: Self) -> Self {
        Self { until: self.until.max(other.until), deny_until: self.deny_until.max(other.deny_until) }
    }

    fn holds(self, place: usize, step: &Step<'_>) -> bool {
        place < self.until || step.effect == Effect::Deny && place < self.deny_until
    }
}

// ---------------------------------------------------------------------------------------------------
// What is wiped

fn look_for_wiped(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) -> Told {
    let steps = &scope.commands;
    let wipes = |step: &Step<'_>| step.is_all && step.effect == Effect::Deny;
    let Some(last) = steps.iter().rposition(wipes) else { return Told::default() };
    let gives = |step: &Step<'_>| step.effect == Effect::Allow;
    if !steps[..last].iter().any(gives) {
        return Told::default();
    }
    let told = Told { until: last + 1, deny_until: 0 };
    let span = steps[last].rule.span;
    let before: Vec<_> = steps[..last].iter().map(|step| step.rule.span).collect();
    let shown = subject.quoted(span);
    if scope.selector.commands.are_none() {
        let message = format!("{shown} removes everything that the rules before it allow");
        let draft = Draft::new(&WIPED_RULES, span, message).also(before);
        let help = format!("rules are applied from left to right: write {shown} first");
        findings.push(draft.help(help), subject);
        return told;
    }
    let fix = subject.without_effect(&before);
    let draft = Draft::new(&WIPED_RULES, span, format!("{shown} removes what the rules before it allow"));
    findings.push(draft.also(before).help("remove them, or write it first").fix(fix), subject);
    told
}

// ---------------------------------------------------------------------------------------------------
// What is given back

/// A category behind rules that took some of it away.
fn look_for_given_back(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) -> Told {
    let steps = &scope.commands;
    let mut told = Told::default();
    if !findings.want(&GIVEN_BACK) {
        return told;
    }
    let (mut behind, mut count) = (CommandSet::EMPTY, 0);
    for (place, step) in steps.iter().enumerate().rev() {
        let decides = step.reach - behind;
        behind |= step.reach;
        if step.effect != Effect::Allow || !step.is_category() || count == MOST_GIVEN_BACK {
            continue;
        }
        let since = steps[..place].iter().rposition(|before| before.is_all).unwrap_or(0);
        // what a rule takes away by `-@all` is the beginning, not an exception
        let denies = |before: &&Step<'_>| {
            before.effect == Effect::Deny && !before.is_all && !(before.reach & decides).is_empty()
        };
        let denied: Vec<_> = steps[since..place].iter().filter(denies).collect();
        let Some(first) = denied.first() else { continue };
        let back = denied.iter().fold(CommandSet::EMPTY, |all, before| all | before.reach & decides);
        // given by name in between, they were wanted
        let wanted = steps[since..place].iter().filter(|before| {
            before.effect == Effect::Allow && !before.is_category() && before.rule.span > first.rule.span
        });
        let back = wanted.fold(back, |back, before| back - before.reach);
        if back.is_empty() {
            continue;
        }
        told.deny_until = told.deny_until.max(place);
        findings.push(given_back(step, &denied, &back, subject), subject);
        count += 1;
    }
    told
}

/// Only the author knows whether the deny or the grant was meant, so that both remedies are named.
fn given_back(grant: &Step<'_>, denied: &[&Step<'_>], back: &CommandSet, subject: &Subject<'_>) -> Draft {
    let grant = grant.rule.span;
    let (shown, before) = (subject.quoted(grant), subject.quoted(denied[0].rule.span));
    let (others, them) = if denied.len() > 1 { (" and others", "them") } else { ("", &*before) };
    let what = names(back, 3, subject.catalog);
    let message = format!("{shown} again allows {what}, which {before}{others} denied");
    let help = format!("move {them} after {shown} to deny this, or remove {them} to allow it");
    Draft::new(&GIVEN_BACK, grant, message).also(denied.iter().map(|step| step.rule.span)).help(help)
}

// ---------------------------------------------------------------------------------------------------
// What changes nothing

/// From the last rule to the first, so that of two alike the later one goes; those before are judged as if it
/// were gone.
fn look_for_idle(scope: &Scope<'_>, told: Told, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let steps = &scope.commands;
    // the last steps that are kept: what they decide, and whether commands to come are decided
    let (mut decided, mut future_decided) = (CommandSet::EMPTY, false);
    let mut kept = vec![false; steps.len()];
    for (place, step) in steps.iter().enumerate().rev() {
        if !subject.can_prove() {
            return;
        }
        let idle = !told.holds(place, step)
            && !is_beginning(step, &steps[..place])
            && is_idle(step, &decided, future_decided, scope, &steps[place + 1..]);
        if !idle {
            kept[place] = true;
            decided |= step.reach;
            future_decided |= step.is_all;
            continue;
        }
        let lint = lint_of(step, &steps[..place], scope);
        if !findings.want(lint) {
            continue;
        }
        // what could not be proven to change nothing is not said to
        let Some(fix) = subject.without_effect(&[step.rule.span]) else {
            kept[place] = true;
            decided |= step.reach;
            continue;
        };
        let draft = told_idle(lint, step, place, steps, &kept, subject);
        findings.push(draft.fix((*lint != OVERRIDDEN_RULE).then_some(fix)), subject);
    }
}

/// `-@all` where nothing was allowed says where the rules begin from.
fn is_beginning(step: &Step<'_>, before: &[Step<'_>]) -> bool {
    step.is_all && step.effect == Effect::Deny && before.iter().all(|step| step.effect == Effect::Deny)
}

fn is_idle(
    step: &Step<'_>,
    decided: &CommandSet,
    future_decided: bool,
    scope: &Scope<'_>,
    behind: &[Step<'_>],
) -> bool {
    if let Some((id, _)) = step.argument {
        return scope.allowed().contains(id) || behind.iter().any(|later| later.reach.contains(id));
    }
    let own = step.reach - *decided;
    let allows = step.effect == Effect::Allow;
    let future_is_idle = !step.is_all || future_decided || step.future_before == allows;
    future_is_idle && if allows { own.is_subset(&step.before) } else { (own & step.before).is_empty() }
}

/// Whether all that the rule says is said otherwise at the end.
fn is_contradicted(step: &Step<'_>, scope: &Scope<'_>) -> bool {
    match (step.argument, step.effect) {
        (Some((id, _)), _) => !scope.allowed().contains(id),
        (None, Effect::Allow) => (step.reach & *scope.allowed()).is_empty(),
        (None, Effect::Deny) => step.reach.is_subset(scope.allowed()),
    }
}

fn lint_of(step: &Step<'_>, before: &[Step<'_>], scope: &Scope<'_>) -> &'static Lint {
    if is_contradicted(step, scope) {
        return &OVERRIDDEN_RULE;
    }
    let took = |other: &Step<'_>| {
        other.effect == Effect::Deny
            && step.reach.is_subset(&other.reach)
            && !(step.reach & other.before).is_empty()
    };
    let takes_nothing = step.effect == Effect::Deny && (step.reach & step.before).is_empty();
    if takes_nothing && !before.iter().any(took) { &DENIES_NOTHING } else { &REDUNDANT_RULE }
}

fn told_idle(
    lint: &'static Lint,
    step: &Step<'_>,
    place: usize,
    steps: &[Step<'_>],
    kept: &[bool],
    subject: &Subject<'_>,
) -> Draft {
    let span = step.rule.span;
    let shown = subject.quoted(span);
    let reach = step.argument.map_or(step.reach, |(id, _)| CommandSet::from_iter([id]));
    let covers = |other: &&Step<'_>| reach.is_subset(&other.reach);
    let later =
        steps[place + 1..].iter().zip(&kept[place + 1..]).filter(|(_, kept)| **kept).map(|(step, _)| step);
    let later = later.into_iter().find(covers);
    let earlier = || steps[..place].iter().rev().find(|other| covers(other));
    let (other, way) = match later {
        Some(other) => (Some(other), "after it"),
        None => (earlier(), "before it"),
    };
    let name = other.map(|other| subject.quoted(other.rule.span));
    let message = match (lint.id, &name) {
        ("overridden-rule", Some(name)) => match step.effect {
            Effect::Allow => format!("{shown} has no effect: {name} {way} denies it again"),
            Effect::Deny => format!("{shown} has no effect: {name} {way} allows it again"),
        },
        ("overridden-rule", None) => format!("{shown} has no effect: the rules after it say the opposite"),
        ("denies-nothing", _) => format!("{shown} denies nothing: none of its commands is allowed before it"),
        (_, Some(name)) => {
            let does = if step.effect == Effect::Allow { "allows it" } else { "denies it" };
            let same = other.is_some_and(|other| other.effect == step.effect);
            match same {
                true => format!("{shown} changes nothing: {name} {way} {does} too"),
                false => format!("{shown} changes nothing"),
            }
        }
        (_, None) => format!("{shown} changes nothing: other rules already say the same"),
    };
    let help = match (lint.id, &name) {
        // only the author knows which of the two rules was meant
        ("overridden-rule", Some(name)) if later.is_some() => {
            format!("move {shown} after {name} if it was meant, or remove it")
        }
        ("overridden-rule", _) => format!("move {shown} to the end if it was meant, or remove it"),
        _ => format!("remove {shown}"),
    };
    let other = other.filter(|_| *lint != DENIES_NOTHING).map(|other| other.rule.span);
    Draft::new(lint, span, message).also(other).help(help)
}

// ---------------------------------------------------------------------------------------------------
// First arguments

fn look_for_first_arguments(scope: &Scope<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.quirks.subcommands || !findings.want(&FIRST_ARGUMENT) {
        return;
    }
    let mut left: BTreeSet<_> =
        scope.selector.first_arguments().map(|(id, argument)| (id, argument.to_ascii_lowercase())).collect();
    for step in scope.commands.iter().rev() {
        let Some((id, argument)) = step.argument else { continue };
        if !left.remove(&(id, argument.to_ascii_lowercase())) {
            continue;
        }
        let span = step.rule.span;
        let command = subject.catalog.get(id).map_or("", |command| command.name());
        let message = format!(
            "{} allows `{command}` with this first argument only, which is deprecated",
            subject.quoted(span)
        );
        let draft = Draft::new(&FIRST_ARGUMENT, span, message);
        let help = match (command, subject.quirks.databases) {
            ("select", true) => "restrict databases with `db=0`".to_owned(),
            _ => format!("allow `{command}` as a whole, or not at all"),
        };
        findings.push(draft.help(help), subject);
    }
}
