//! Rules about the user as a whole that others undo: `on`, passwords, `reset`, selectors, databases.

use alloc::vec::Vec;

use super::commands::{OVERRIDDEN_RULE, WIPED_RULES};
use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Subject};
use crate::report::Level;
use crate::syntax::{Rule, RuleKind};

pub(super) const LINTS: &[&Lint] = &[&STAYS_OFF, &ANY_PASSWORD];

static STAYS_OFF: Lint = Lint {
    id: "stays-off",
    group: Group::NoEffect,
    level: Level::Warning,
    what: "The rules say neither `on` nor `off`.",
    why: "A new user is off and cannot log in, regardless of its permissions. Write `off` if that is intended.",
    example: Example { dialect: "elasticache", client: None, bad: "~app:* +get", good: "on ~app:* +get" },
};

static ANY_PASSWORD: Lint = Lint {
    id: "any-password",
    group: Group::TooWide,
    level: Level::Hint,
    what: "A user that is on and needs no password: `nopass`.",
    why: "Anyone who can reach the server can log in as this user. It is acceptable if only a trusted program can \
          reach the server, or if the user has almost no permissions.",
    example: Example {
        dialect: "redis-7.2",
        client: None,
        bad: "on nopass ~app:* +get",
        good: "on #5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 ~app:* +get",
    },
};

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let rules: Vec<_> = subject.applied().collect();
    let since = rules.iter().rposition(|rule| rule.kind == RuleKind::Reset);
    if let Some(place) = since.filter(|place| *place > 0) {
        look_for_wiped(rules[place], &rules[..place], subject, findings);
    }
    let rules = &rules[since.map_or(0, |place| place + 1)..];
    look_for_off(rules, subject, findings);
    look_for_any_password(rules, subject, findings);
    look_for_undone(rules, subject, findings);
    look_for_wiped_by(
        rules,
        &RuleKind::ClearSelectors,
        |kind| matches!(kind, RuleKind::Selector(_)),
        subject,
        findings,
    );
    let is_password = |kind: &RuleKind<'_>| {
        matches!(kind, RuleKind::AddPassword(_) | RuleKind::AddHash(_) | RuleKind::NoPass)
    };
    look_for_wiped_by(rules, &RuleKind::ResetPass, is_password, subject, findings);
    for scope in &subject.scopes {
        look_for_databases(&scope.rules, subject, findings);
    }
}

fn look_for_off(rules: &[&Rule<'_>], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let says = rules.iter().any(|rule| matches!(rule.kind, RuleKind::On | RuleKind::Off));
    let Some(first) = rules.first() else { return };
    if says {
        return;
    }
    let draft =
        Draft::new(&STAYS_OFF, first.span, "neither `on` nor `off`: a new user stays off and cannot log in");
    findings.push(draft.help("write `on` first, or `off` if that is intended"), subject);
}

fn look_for_any_password(rules: &[&Rule<'_>], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let nopass = rules.iter().rfind(|rule| rule.kind == RuleKind::NoPass);
    let user = subject.user();
    let Some(rule) = nopass.filter(|_| user.is_enabled() && user.accepts_any_password()) else { return };
    let message = "`nopass` lets anyone who can reach the server log in as this user";
    let draft = Draft::new(&ANY_PASSWORD, rule.span, message);
    findings.push(draft.help("give it a password, `>…` or `#…`, if others can reach the server"), subject);
}

/// `on` behind `off`, `off` behind `on`, passwords behind `nopass`, `nopass` behind passwords.
fn look_for_undone(rules: &[&Rule<'_>], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (rule, by) in rules.iter().zip(undoers(rules)) {
        let Some(by) = by.filter(|_| findings.want(&OVERRIDDEN_RULE)) else { continue };
        let Some(fix) = subject.without_effect(&[rule.span]) else { continue };
        let (shown, other) = (subject.quoted(rule.span), subject.quoted(by.span));
        let message = match by.kind {
            RuleKind::NoPass => {
                format!("{shown} has no effect: `nopass` after it accepts any password")
            }
            _ => format!("{shown} has no effect: {other} after it undoes it"),
        };
        let draft = Draft::new(&OVERRIDDEN_RULE, rule.span, message).also([by.span]);
        findings.push(draft.help(format!("remove {shown}")).fix(Some(fix)), subject);
    }
}

/// For each rule the first one behind it that undoes it.
fn undoers<'r>(rules: &[&'r Rule<'r>]) -> Vec<Option<&'r Rule<'r>>> {
    let (mut on, mut off, mut nopass, mut password) = (None, None, None, None);
    let undoer = |rule: &&'r Rule<'r>| {
        let (own, by) = match rule.kind {
            RuleKind::On => (&mut on, off),
            RuleKind::Off => (&mut off, on),
            RuleKind::NoPass => (&mut nopass, password),
            RuleKind::AddPassword(_) | RuleKind::AddHash(_) => (&mut password, nopass),
            _ => return None,
        };
        *own = Some(*rule);
        by
    };
    let mut undoers: Vec<_> = rules.iter().rev().map(undoer).collect();
    undoers.reverse();
    undoers
}

/// Rules before one that takes away all of their kind.
fn look_for_wiped_by(
    rules: &[&Rule<'_>],
    wiper: &RuleKind<'_>,
    is_wiped: impl Fn(&RuleKind<'_>) -> bool,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(last) = rules.iter().rposition(|rule| rule.kind == *wiper) else { return };
    let wiped: Vec<_> = rules[..last].iter().filter(|rule| is_wiped(&rule.kind)).copied().collect();
    if !wiped.is_empty() {
        look_for_wiped(rules[last], &wiped, subject, findings);
    }
}

fn look_for_wiped(by: &Rule<'_>, wiped: &[&Rule<'_>], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !findings.want(&WIPED_RULES) {
        return;
    }
    let spans: Vec<_> = wiped.iter().map(|rule| rule.span).collect();
    let fix = subject.without_effect(&spans);
    let message = format!("{} undoes the rules before it", subject.quoted(by.span));
    let draft = Draft::new(&WIPED_RULES, by.span, message).also(spans);
    findings.push(draft.help("remove them, or write it first").fix(fix), subject);
}

/// Of the rules about databases the last one counts; `resetdbs` and `alldbs` may stand before it.
fn look_for_databases(rules: &[&Rule<'_>], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_about = |rule: &&&Rule<'_>| {
        matches!(rule.kind, RuleKind::Databases(_) | RuleKind::AllDatabases | RuleKind::ResetDatabases)
    };
    let about: Vec<_> = rules.iter().filter(is_about).collect();
    let Some((last, before)) = about.split_last() else { return };
    for rule in before.iter().filter(|rule| matches!(rule.kind, RuleKind::Databases(_))) {
        if !findings.want(&OVERRIDDEN_RULE) {
            return;
        }
        let Some(fix) = subject.without_effect(&[rule.span]) else { continue };
        let (shown, other) = (subject.quoted(rule.span), subject.quoted(last.span));
        let message = format!("{shown} has no effect: {other} after it replaces it");
        let draft = Draft::new(&OVERRIDDEN_RULE, rule.span, message).also([last.span]);
        findings.push(draft.help(format!("remove {shown}")).fix(Some(fix)), subject);
    }
}
