//! The string that is linted: its rules, what each of them changed, and the user that came of it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;

use super::candidates::is_safe_later;
use super::config::Config;
use super::finding::{Edit, Finding, Fix, apply_edits};
use super::registry::Lint;
use crate::access::Effect;
use crate::catalog::{Catalog, Command, CommandId, CommandSet};
use crate::compare::{Relation, compare_within};
use crate::dialect::Quirks;
use crate::glob;
use crate::report::visible;
use crate::secret::mask;
use crate::span::Span;
use crate::syntax::{Rule, RuleKind, SelectorRule};
use crate::user::{Scan, Selector, User, rules_seen};

/// So many fixes are tried; what would need more is not reported.
const PROOFS: usize = 64;

/// A proof takes time up to the square of the number of rules: together they may take so much.
const ALL_PROOFS: usize = 2_000_000;

/// How much work on patterns a proof may take.
const WORK: usize = glob::WORK / 20;

pub(super) struct Subject<'s> {
    pub(super) text: &'s str,
    pub(super) masked: Arc<str>,
    pub(super) catalog: &'s Catalog,
    pub(super) quirks: Quirks,
    pub(super) scan: &'s Scan<'s>,
    /// The user's own rules, then those of each selector that is there at the end.
    pub(super) scopes: Vec<Scope<'s>>,
    proofs: Cell<usize>,
}

/// The rules about one set of permissions.
pub(super) struct Scope<'s> {
    /// Those that were applied since the last `reset`, in order.
    pub(super) rules: Vec<&'s Rule<'s>>,
    /// What they came to.
    pub(super) selector: &'s Selector,
    /// The rule in parentheses; `None` for the user's own rules.
    pub(super) parentheses: Option<&'s Rule<'s>>,
    /// The rules about commands.
    pub(super) commands: Vec<Step<'s>>,
}

/// A rule about commands, and what was allowed before it.
pub(super) struct Step<'s> {
    pub(super) rule: &'s Rule<'s>,
    pub(super) effect: Effect,
    pub(super) reach: CommandSet,
    /// Whether it is also about commands to come: `+@all` and `-@all`.
    pub(super) is_all: bool,
    /// `+command|first-argument`
    pub(super) argument: Option<(CommandId, &'s str)>,
    pub(super) before: CommandSet,
    pub(super) future_before: bool,
}

impl<'s> Subject<'s> {
    pub(super) fn new(text: &'s str, scan: &'s Scan<'s>) -> Self {
        let catalog = scan.user.catalog();
        let rules = scan.string.rules().len();
        Self {
            text,
            masked: mask(text).into(),
            catalog,
            quirks: catalog.dialect().quirks(),
            scan,
            scopes: scopes(scan),
            proofs: Cell::new(PROOFS.min(ALL_PROOFS / (rules * rules).max(1))),
        }
    }

    pub(super) fn user(&self) -> &'s User {
        &self.scan.user
    }

    /// The rules that were applied.
    pub(super) fn applied(&self) -> impl DoubleEndedIterator<Item = &'s Rule<'s>> {
        let rules = self.scan.string.rules().iter().zip(&self.scan.applied);
        rules.filter(|(_, applied)| **applied).map(|(rule, _)| rule)
    }

    /// Whether a rule of that kind is refused: what it was to give is not missing by intention.
    pub(super) fn refuses(&self, is: impl Fn(&RuleKind<'_>) -> bool) -> bool {
        let rules = self.scan.string.rules().iter().zip(&self.scan.applied);
        rules.filter(|(_, applied)| !**applied).any(|(rule, _)| is(&rule.kind))
    }

    /// A part of the text as it may be shown.
    pub(super) fn shown(&self, span: Span) -> Cow<'_, str> {
        visible(&self.masked[span.range()])
    }

    /// The same between backticks.
    pub(super) fn quoted(&self, span: Span) -> String {
        format!("`{}`", self.shown(span))
    }

    /// Takes a rule out, with the blanks before it; of the first one those behind it.
    pub(super) fn deletion(&self, span: Span) -> Edit {
        let (before, behind) = (&self.text[..span.start], &self.text[span.end..]);
        let head = before.trim_end_matches(' ');
        let blanks = |text: &str| text.len() - text.trim_start_matches(' ').len();
        let span = match head.is_empty() || head.ends_with('(') {
            true => Span::new(span.start, span.end + blanks(behind)),
            false => Span::new(head.len(), span.end),
        };
        Edit { span, replacement: String::new() }
    }

    /// The removal of these rules as a fix, if the user stays equivalent, and as many rules are rejected as before.
    pub(super) fn without_effect(&self, spans: &[Span]) -> Option<Fix> {
        // what a rejected string would mean without its mistakes is not known
        if self.scan.errors.is_some() {
            return None;
        }
        self.proofs.set(self.proofs.get().checked_sub(1)?);
        let edits: Vec<_> = spans.iter().map(|span| self.deletion(*span)).collect();
        let text = apply_edits(self.text, &edits);
        let fixed = User::scan(self.catalog, &text);
        if fixed.errors.is_some() || relation(self.user(), &fixed.user) != Relation::Equal {
            return None;
        }
        // a deny that does nothing today may hold back commands of a later version
        let is_safe_later =
            !self.removes_a_deny(&edits) || is_safe_later(self.text, &text, &self.catalog.dialect().into());
        is_safe_later.then_some(Fix { edits })
    }

    fn removes_a_deny(&self, edits: &[Edit]) -> bool {
        let mut denials = self.scopes.iter().flat_map(|scope| &scope.commands);
        let is_removed = |step: &Step<'_>| {
            let span = step.rule.span;
            edits.iter().any(|edit| edit.span.start < span.end && span.start < edit.span.end)
        };
        denials.any(|step| step.effect == Effect::Deny && is_removed(step))
    }

    /// Whether a proof can still be had.
    pub(super) fn can_prove(&self) -> bool {
        self.proofs.get() > 0
    }
}

/// What the old user is to the new one, within the work that a proof may take. Users that are equal rule by rule can do
/// the same; all others are compared.
pub(super) fn relation(old: &User, new: &User) -> Relation {
    if old == new { Relation::Equal } else { compare_within(WORK, old, new).relation() }
}

fn scopes<'s>(scan: &'s Scan<'s>) -> Vec<Scope<'s>> {
    let mut own: Vec<&'s Rule<'s>> = Vec::new();
    let mut selectors: Vec<(&'s Rule<'s>, &'s SelectorRule<'s>)> = Vec::new();
    for (rule, _) in scan.string.rules().iter().zip(&scan.applied).filter(|(_, applied)| **applied) {
        match &rule.kind {
            RuleKind::Reset => (own, selectors) = (Vec::new(), Vec::new()),
            RuleKind::ClearSelectors => selectors.clear(),
            RuleKind::Selector(selector) => selectors.push((rule, selector)),
            _ => own.push(rule),
        }
    }
    let catalog = scan.user.catalog();
    let mut scopes = vec![Scope::new(own, scan.user.root(), None, catalog)];
    for ((rule, parentheses), selector) in selectors.into_iter().zip(scan.user.further_selectors()) {
        let rules = rules_seen(parentheses, &catalog.dialect().quirks()).iter().collect();
        scopes.push(Scope::new(rules, selector, Some(rule), catalog));
    }
    scopes
}

impl<'s> Scope<'s> {
    fn new(
        rules: Vec<&'s Rule<'s>>,
        selector: &'s Selector,
        parentheses: Option<&'s Rule<'s>>,
        catalog: &Catalog,
    ) -> Self {
        let (mut allowed, mut future, mut commands) = (CommandSet::EMPTY, false, Vec::new());
        for rule in &rules {
            let Some(mut step) = Step::of(rule, catalog) else { continue };
            (step.before, step.future_before) = (allowed, future);
            match step.effect {
                Effect::Allow => allowed |= step.reach,
                Effect::Deny => allowed -= step.reach,
            }
            if step.is_all {
                future = step.effect == Effect::Allow;
            }
            commands.push(step);
        }
        Self { rules, selector, parentheses, commands }
    }

    pub(super) fn allowed(&self) -> &'s CommandSet {
        self.selector.commands()
    }

    /// The rule that has the last word about a command that is allowed.
    pub(super) fn decider(&self, id: CommandId) -> Option<&Step<'s>> {
        self.commands.iter().rev().find(|step| step.reach.contains(id))
    }

    /// The rule that allows a command or subcommand; up to 6.2, where subcommands are first arguments, also the
    /// one that allows its container.
    pub(super) fn grants(&self, name: &str, catalog: &Catalog) -> Option<&Step<'s>> {
        if let Some(command) = catalog.command(name) {
            return self.decider(command.id()).filter(|_| self.allowed().contains(command.id()));
        }
        let (container, subcommand) = name.split_once('|')?;
        let container = catalog.command(container).filter(|command| !command.is_container())?.id();
        if self.allowed().contains(container) {
            return self.decider(container);
        }
        let is_it =
            |(of, argument): (CommandId, &str)| of == container && argument.eq_ignore_ascii_case(subcommand);
        self.selector.first_arguments().find(|argument| is_it(*argument))?;
        self.commands.iter().rev().find(|step| step.argument.is_some_and(is_it))
    }
}

impl<'s> Step<'s> {
    fn of(rule: &'s Rule<'s>, catalog: &Catalog) -> Option<Self> {
        let step = |effect, reach| Self {
            rule,
            effect,
            reach,
            is_all: false,
            argument: None,
            before: CommandSet::EMPTY,
            future_before: false,
        };
        Some(match &rule.kind {
            RuleKind::AllCommands => Self { is_all: true, ..step(Effect::Allow, catalog.all()) },
            RuleKind::NoCommands => Self { is_all: true, ..step(Effect::Deny, catalog.all()) },
            RuleKind::Category { effect, name } => step(*effect, catalog.reach(catalog.category(name)?)),
            RuleKind::Command { effect, name, argument: None } => {
                step(*effect, catalog.family(catalog.command(name)?.id()))
            }
            RuleKind::Command { effect, name, argument: Some(argument) } => {
                match catalog.subcommand(name, argument) {
                    Some(subcommand) => step(*effect, catalog.family(subcommand.id())),
                    None => {
                        let argument = (catalog.command(name)?.id(), &**argument);
                        Self { argument: Some(argument), ..step(*effect, CommandSet::EMPTY) }
                    }
                }
            }
            _ => return None,
        })
    }

    pub(super) fn is_category(&self) -> bool {
        self.is_all || matches!(self.rule.kind, RuleKind::Category { .. })
    }
}

/// Whether every request of this command names a key.
pub(super) fn needs_keys(command: Command<'_>) -> bool {
    command.key_facts().first > 0
        || command.has_keys()
            && !command.key_facts().specs.is_empty()
            && !command.flags().any(|flag| flag == "no_mandatory_keys")
}

/// A few names of a set, for a message: `` `get`, `set` and 12 more ``.
pub(super) fn names(set: &CommandSet, few: usize, catalog: &Catalog) -> String {
    let names = set.iter().filter_map(|id| catalog.get(id)).map(Command::name);
    few_of(names.map(|name| format!("`{name}`")).collect(), few)
}

/// The first few of a list, and how many more there are.
pub(super) fn few_of(mut items: Vec<String>, few: usize) -> String {
    let more = items.len().saturating_sub(few);
    items.truncate(few);
    match (more, items.split_last()) {
        (_, None) => String::new(),
        (0, Some((last, []))) => last.clone(),
        (0, Some((last, others))) => format!("{} and {last}", others.join(", ")),
        (more, _) => format!("{} and {more} more", items.join(", ")),
    }
}

// ---------------------------------------------------------------------------------------------------
// Findings

/// The findings so far.
pub(super) struct Findings<'c> {
    pub(super) config: &'c Config,
    pub(super) list: Vec<Finding>,
}

/// A finding to be.
pub(super) struct Draft {
    lint: &'static Lint,
    span: Span,
    also: Vec<Span>,
    message: String,
    quote: Option<String>,
    notes: Vec<String>,
    help: Option<String>,
    fix: Option<Fix>,
}

impl Findings<'_> {
    /// Whether findings of that kind count at all.
    pub(super) fn want(&self, lint: &'static Lint) -> bool {
        self.config.level(lint).is_some()
    }

    /// Whether there is one of that kind at that place.
    pub(super) fn has(&self, lint: &'static Lint, span: Span) -> bool {
        self.list.iter().any(|finding| finding.lint == lint && finding.span == span)
    }

    pub(super) fn push(&mut self, draft: Draft, subject: &Subject<'_>) {
        let Some(level) = self.config.level(draft.lint) else { return };
        let Draft { lint, span, mut also, message, quote, notes, help, fix } = draft;
        also.retain(|place| *place != span);
        also.dedup();
        let text = subject.masked.clone();
        let is_quoted = quote.is_some();
        let notes = quote.into_iter().chain(notes).collect();
        self.list.push(Finding {
            lint,
            level,
            span,
            also,
            message,
            notes,
            is_quoted,
            help,
            fix,
            dialects: None,
            text,
        });
    }

    /// In the order of the text, none twice.
    pub(super) fn in_order(mut self) -> Vec<Finding> {
        sort(&mut self.list);
        self.list
    }
}

/// Puts findings into the order of the text, each once.
pub(super) fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.span, core::cmp::Reverse(finding.level), finding.lint.id);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup();
}

impl Draft {
    pub(super) fn new(lint: &'static Lint, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { lint, span, also: Vec::new(), message, quote: None, notes: Vec::new(), help: None, fix: None }
    }

    pub(super) fn also(mut self, places: impl IntoIterator<Item = Span>) -> Self {
        self.also.extend(places);
        self
    }

    pub(super) fn quote(mut self, quote: impl Into<String>) -> Self {
        self.quote = Some(quote.into());
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The help describes what the fix does.
    pub(super) fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}
