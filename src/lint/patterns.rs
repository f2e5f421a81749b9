//! Key and channel patterns that add nothing, match nothing, or are read otherwise than they look.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::commands::WIPED_RULES;
use super::refused::starts_as_an_exclusion;
use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Subject};
use crate::access::KeyAccess;
use crate::glob::{self, Inclusion, inclusion_within, may_meet};
use crate::report::Level;
use crate::syntax::{Rule, RuleKind};

pub(super) const LINTS: &[&Lint] = &[
    &SUBSUMED_PATTERN,
    &NEVER_MATCHES,
    &EMPTY_PATTERN,
    &ODD_CLASS,
    &NO_ALTERNATION,
    &LITERAL_EXCLUSION,
    &STAR_THAT_IS_NOT_ALL,
];

const fn no_effect(
    (id, level): (&'static str, Level),
    (what, why): (&'static str, &'static str),
    (bad, good): (&'static str, &'static str),
) -> Lint {
    let example = Example { dialect: "redis-7.2", client: None, bad, good };
    Lint { id, group: Group::NoEffect, level, what, why, example }
}

static SUBSUMED_PATTERN: Lint = no_effect(
    ("subsumed-pattern", Level::Hint),
    (
        "A pattern whose keys or channels are all matched by other patterns too.",
        "It adds nothing, but suggests that the other patterns do not match these keys. A channel pattern is reported only if `PSUBSCRIBE`, which needs the pattern itself, is not allowed.",
    ),
    ("on ~app:* ~app:session:* +get", "on ~app:* +get"),
);
static NEVER_MATCHES: Lint = no_effect(
    ("never-matches", Level::Warning),
    (
        "A pattern that no key or channel can match.",
        "`[]` is a class of no characters, so nothing matches a pattern with it. Such patterns come from text that a program printed, such as `[]string{…}`.",
    ),
    ("on ~app:[]* +get", "on ~app:* +get"),
);
static EMPTY_PATTERN: Lint = no_effect(
    ("empty-pattern", Level::Warning),
    (
        "`~`, `&`, `%R` or `%R~` with nothing after it.",
        "It matches the key or channel with the empty name, and no other. Often the cause is an empty variable.",
    ),
    ("on ~ +get", "on ~app:* +get"),
);
static ODD_CLASS: Lint = no_effect(
    ("odd-class", Level::Warning),
    (
        "A class in a pattern that servers read in a surprising way: `[a-]`, `[!a]`, or an unclosed class.",
        "A `-` before the `]` makes a range that ends with `]`, and the class continues after it. `!` does not negate, `^` does. An unclosed class ends with the pattern.",
    ),
    ("on ~app:[!a]* +get", "on ~app:[^a]* +get"),
);
static NO_ALTERNATION: Lint = no_effect(
    ("no-alternation", Level::Warning),
    (
        "Braces with a comma in a pattern: `{a,b}`.",
        "Redis globs have no alternation: braces and commas match literally. Braces without a comma are cluster hash tags, and are fine.",
    ),
    ("on ~{app,tmp}:* +get", "on ~app:* ~tmp:* +get"),
);
static LITERAL_EXCLUSION: Lint = no_effect(
    ("literal-exclusion", Level::Warning),
    (
        "A pattern that begins with `-`, `!` or `^`, as if it excluded keys.",
        "Patterns only add: this one allows keys that begin with that character.",
    ),
    ("on ~app:* ~-app:secret:* +get", "on ~app:public:* +get"),
);
static STAR_THAT_IS_NOT_ALL: Lint = no_effect(
    ("star-that-is-not-all", Level::Hint),
    (
        "`%RW~*` where `~*` is meant.",
        "It is an ordinary pattern: it does not match the empty key, and more patterns may follow it. Servers print it as `~*`, and then reject their own output if a pattern follows.",
    ),
    ("on %RW~* +get", "on ~* +get"),
);

/// Among more patterns than these none is looked for that adds nothing.
const MANY: usize = 128;

/// How much work goes into one pattern.
const WORK: usize = glob::WORK / 50;

/// Keys or channels.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Keys,
    Channels,
}

/// A pattern rule that counts: nothing behind it takes it away.
struct Live<'s> {
    rule: &'s Rule<'s>,
    pattern: &'s str,
    access: KeyAccess,
}

/// The rules of one kind.
struct Patterns<'s> {
    kind: Kind,
    /// Behind the last rule that takes them away, or that allows all.
    live: Vec<Live<'s>>,
    /// Those that a later `resetkeys` takes away, and that rule.
    wiped: Option<(&'s Rule<'s>, Vec<&'s Rule<'s>>)>,
    /// Those before the rule that allows all, and that rule.
    covered: Option<(&'s Rule<'s>, Vec<&'s Rule<'s>>)>,
}

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for scope in &subject.scopes {
        for kind in [Kind::Keys, Kind::Channels] {
            let patterns = Patterns::of(scope, kind);
            look_for_wiped(&patterns, subject, findings);
            look_for_subsumed(&patterns, subject, findings);
            for live in &patterns.live {
                look_at_text(live, kind, subject, findings);
            }
        }
    }
}

impl<'s> Patterns<'s> {
    fn of(scope: &Scope<'s>, kind: Kind) -> Self {
        let mut patterns = Self { kind, live: Vec::new(), wiped: None, covered: None };
        let mut given: Vec<&'s Rule<'s>> = Vec::new();
        for &rule in &scope.rules {
            match (&rule.kind, kind) {
                (RuleKind::Key { permission, pattern }, Kind::Keys) => {
                    let access = permission.unwrap_or(KeyAccess::ReadWrite);
                    patterns.live.push(Live { rule, pattern, access });
                    given.push(rule);
                }
                (RuleKind::Channel { pattern }, Kind::Channels) => {
                    patterns.live.push(Live { rule, pattern, access: KeyAccess::ReadWrite });
                    given.push(rule);
                }
                (RuleKind::AllKeys, Kind::Keys) | (RuleKind::AllChannels, Kind::Channels) => {
                    if !given.is_empty() {
                        patterns.covered = Some((rule, given.clone()));
                    }
                    patterns.live.clear();
                    given.push(rule);
                }
                (RuleKind::ResetKeys, Kind::Keys) | (RuleKind::ResetChannels, Kind::Channels) => {
                    if !given.is_empty() {
                        patterns.wiped = Some((rule, core::mem::take(&mut given)));
                    }
                    patterns.covered = None;
                    patterns.live.clear();
                }
                _ => {}
            }
        }
        patterns
    }

    /// What each text allows by all of these rules but one.
    fn others(&self, but: usize, gone: &[bool]) -> BTreeMap<&'s str, KeyAccess> {
        let mut others: BTreeMap<&str, KeyAccess> = BTreeMap::new();
        let left = self.live.iter().enumerate().filter(|(place, _)| *place != but && !gone[*place]);
        for (_, other) in left {
            let access = others.entry(other.pattern).or_insert(other.access);
            *access = access.with(other.access);
        }
        others
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Keys => "key",
            Self::Channels => "channel",
        }
    }
}

fn look_for_wiped(patterns: &Patterns<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some((by, rules)) = &patterns.wiped else { return };
    if !findings.want(&WIPED_RULES) {
        return;
    }
    let spans: Vec<_> = rules.iter().map(|rule| rule.span).collect();
    let what = patterns.kind.name();
    let message = format!("{} removes the {what}s that the rules before it allow", subject.quoted(by.span));
    let draft = Draft::new(&WIPED_RULES, by.span, message).also(spans.iter().copied());
    let fix = subject.without_effect(&spans);
    findings.push(draft.help("remove them, or write it first").fix(fix), subject);
}

// ---------------------------------------------------------------------------------------------------
// Patterns that add nothing

fn look_for_subsumed(patterns: &Patterns<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !findings.want(&SUBSUMED_PATTERN) {
        return;
    }
    if let Some((all, rules)) = &patterns.covered {
        let spans: Vec<_> = rules.iter().map(|rule| rule.span).collect();
        let message = format!("{} already allows every {}", subject.quoted(all.span), patterns.kind.name());
        let (first, others) = (spans[0], spans[1..].iter().copied());
        if let Some(fix) = subject.without_effect(&spans) {
            let draft = Draft::new(&SUBSUMED_PATTERN, first, message).also(others).also([all.span]);
            let one = if spans.len() == 1 { "the pattern" } else { "the patterns" };
            findings.push(draft.help(format!("remove {one} before it")).fix(Some(fix)), subject);
        }
    }
    if patterns.live.len() > MANY || !subject.can_prove() {
        return;
    }
    let mut gone = vec![false; patterns.live.len()];
    for place in (0..patterns.live.len()).rev() {
        let live = &patterns.live[place];
        if live.pattern.is_empty() || !is_subsumed(live, &patterns.others(place, &gone)) {
            continue;
        }
        // of channels, `PSUBSCRIBE` asks for the pattern itself
        let Some(fix) = subject.without_effect(&[live.rule.span]) else { continue };
        gone[place] = true;
        let by = patterns.live.iter().enumerate().filter(|(other, _)| *other != place && !gone[*other]);
        let by = by.map(|(_, other)| other).find(|other| covers(other, live));
        let shown = subject.quoted(live.rule.span);
        let message = match by {
            Some(by) => format!(
                "{shown} adds nothing: {} already matches everything it matches",
                subject.quoted(by.rule.span)
            ),
            None => format!("{shown} adds nothing: the other patterns together match everything it matches"),
        };
        let draft = Draft::new(&SUBSUMED_PATTERN, live.rule.span, message).also(by.map(|by| by.rule.span));
        findings.push(draft.help(format!("remove {shown}")).fix(Some(fix)), subject);
    }
}

fn is_subsumed(live: &Live<'_>, others: &BTreeMap<&str, KeyAccess>) -> bool {
    if others.get(live.pattern).is_some_and(|access| access.includes(live.access)) {
        return true;
    }
    let able = others.iter().filter(|(_, access)| access.includes(live.access));
    let able = able.map(|(pattern, _)| *pattern);
    // most patterns have nothing in common, which needs no search
    let near: Vec<_> = able.filter(|other| may_meet(other.as_bytes(), live.pattern.as_bytes())).collect();
    !near.is_empty() && inclusion_within(WORK, live.pattern, near) == Inclusion::Included
}

/// Whether one rule by itself allows what another does.
fn covers(other: &Live<'_>, live: &Live<'_>) -> bool {
    other.access.includes(live.access)
        && inclusion_within(WORK, live.pattern, [other.pattern]) == Inclusion::Included
}

// ---------------------------------------------------------------------------------------------------
// The texts of patterns

fn look_at_text(live: &Live<'_>, kind: Kind, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (span, shown) = (live.rule.span, subject.quoted(live.rule.span));
    let what = kind.name();
    if live.pattern.is_empty() {
        let message = format!("{shown} matches only the {what} with the empty name");
        let draft = Draft::new(&EMPTY_PATTERN, span, message);
        findings.push(draft.help("write a pattern, or leave the rule out"), subject);
        return;
    }
    if matches_nothing(live.pattern) {
        let draft = Draft::new(&NEVER_MATCHES, span, format!("no {what} matches {shown}"));
        let fix = if findings.want(&NEVER_MATCHES) { subject.without_effect(&[span]) } else { None };
        let help =
            if fix.is_some() { format!("remove {shown}") } else { "`[]` is an empty class".to_owned() };
        findings.push(draft.help(help).fix(fix), subject);
        return;
    }
    if let Some(oddity) = odd_class(live.pattern) {
        let (message, help) = oddity.told(&shown);
        findings.push(Draft::new(&ODD_CLASS, span, message).help(help), subject);
    }
    if has_alternatives(live.pattern) {
        let draft = Draft::new(&NO_ALTERNATION, span, format!("the braces in {shown} match literally"));
        findings.push(draft.help("write one pattern for each alternative"), subject);
    }
    if starts_as_an_exclusion(live.pattern) {
        let sign = &live.pattern[..1];
        let message = format!("{shown} excludes nothing: it allows {what}s that begin with `{sign}`");
        let draft = Draft::new(&LITERAL_EXCLUSION, span, message);
        findings.push(draft.help("list the keys that the user can access instead"), subject);
    }
    let is_spelled_out =
        matches!(live.rule.kind, RuleKind::Key { permission: Some(KeyAccess::ReadWrite), .. });
    if is_spelled_out && live.pattern == "*" {
        let message = format!("{shown} is an ordinary pattern, not `~*`");
        let draft = Draft::new(&STAR_THAT_IS_NOT_ALL, span, message);
        findings.push(draft.help("write `~*`, which also allows the key with the empty name"), subject);
    }
}

fn matches_nothing(pattern: &str) -> bool {
    const NOTHING: [&str; 0] = [];
    pattern.contains('[') && inclusion_within(WORK, pattern, NOTHING) == Inclusion::Included
}

/// What is odd about a class.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Oddity {
    /// `[a-]`
    RangeToBracket,
    /// `[!a]`
    ExclamationMark,
    /// `[abc`
    NotClosed,
}

impl Oddity {
    fn told(self, shown: &str) -> (String, &'static str) {
        match self {
            Self::RangeToBracket => (
                format!("the `-` before a `]` in {shown} makes a range that ends with `]`"),
                "to match a `-` write it first, `[-a]`, or escape it, `[a\\-]`",
            ),
            Self::ExclamationMark => {
                (format!("the `!` in {shown} does not negate; it matches literally"), "write `[^` to negate")
            }
            Self::NotClosed => (
                format!("a class in {shown} is not closed; it ends with the pattern"),
                "close it with `]`, or escape the bracket, `\\[`",
            ),
        }
    }
}

/// The first oddity of the classes in a pattern, read as the matcher reads them.
fn odd_class(pattern: &str) -> Option<Oddity> {
    let mut rest = pattern.as_bytes();
    loop {
        rest = match rest {
            [] => return None,
            [b'\\', _, behind @ ..] => behind,
            [b'[', class @ ..] => match behind_class(class) {
                Ok(behind) => behind,
                Err(oddity) => return Some(oddity),
            },
            [_, behind @ ..] => behind,
        }
    }
}

fn behind_class(class: &[u8]) -> Result<&[u8], Oddity> {
    if class.starts_with(b"!") && class.len() > 2 {
        return Err(Oddity::ExclamationMark);
    }
    let mut rest = class.strip_prefix(b"^").unwrap_or(class);
    loop {
        rest = match rest {
            [] => return Err(Oddity::NotClosed),
            [b'\\', _, behind @ ..] => behind,
            [b']', behind @ ..] => return Ok(behind),
            [_, b'-', b']', ..] => return Err(Oddity::RangeToBracket),
            [_, b'-', _, behind @ ..] => behind,
            [_, behind @ ..] => behind,
        }
    }
}

/// Whether there is a pair of braces with a comma between two other bytes.
fn has_alternatives(pattern: &str) -> bool {
    let inside = |text: &str| text.split_once('}').is_some_and(|(inside, _)| inside.contains(','));
    pattern.split('{').skip(1).any(inside)
}

#[cfg(test)]
mod tests {
    use super::{Oddity, has_alternatives, odd_class};

    #[test]
    fn classes_are_read_as_servers_read_them() {
        for (pattern, oddity) in [
            ("app:[a-z]*", None),
            ("[-a]", None),
            (r"[a\-]", None),
            ("[^a-z0-9_]?", None),
            (r"\[a-", None),
            ("[a-]", Some(Oddity::RangeToBracket)),
            ("[!a]x", Some(Oddity::ExclamationMark)),
            ("[abc", Some(Oddity::NotClosed)),
            ("[a][b", Some(Oddity::NotClosed)),
        ] {
            assert_eq!(odd_class(pattern), oddity, "{pattern}");
        }
    }

    #[test]
    fn hash_tags_are_no_alternatives() {
        assert!(
            !has_alternatives("asynq:{default}:*")
                && !has_alternatives("a,b{c}")
                && !has_alternatives("{a,b")
        );
        assert!(has_alternatives("{a,b}:*"));
    }
}
