//! What means something else on the next engine: the same text, read by both.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::config::Next;
use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Step, Subject, names};
use crate::access::Effect;
use crate::catalog::{Catalog, ChannelArguments, Command, CommandId, CommandSet};
use crate::dialect::{Dialect, Module, NewChannels, Project};
use crate::report::Level;
use crate::syntax::RuleKind;
use crate::user::{ApplyErrorKind, User};

pub(super) const LINTS: &[&Lint] =
    &[&REFUSED_AFTER_UPGRADE, &CHANNEL_DEFAULT, &CHANGES_WITH_UPGRADE, &MODULE_COMMANDS];

const fn version(
    (id, level): (&'static str, Level),
    (what, why): (&'static str, &'static str),
    (dialect, bad, good): (&'static str, &'static str, &'static str),
) -> Lint {
    let example = Example { dialect, client: None, bad, good };
    Lint { id, group: Group::Version, level, what, why, example }
}

static REFUSED_AFTER_UPGRADE: Lint = version(
    ("refused-after-upgrade", Level::Warning),
    (
        "A rule that this dialect accepts and the next major version of the engine rejects.",
        "A server that finds such a rule in its ACL file or configuration does not start. Up to Redis 6.2 servers do not look up subcommands, so misspelled ones go unnoticed until the upgrade.",
    ),
    ("redis-6.2", "on ~app:* +get +config|gte", "on ~app:* +get +config|get"),
);
static CHANNEL_DEFAULT: Lint = version(
    ("channel-default", Level::Warning),
    (
        "Pub/Sub commands are allowed by name, but no rule is about channels, before Redis 7.0.",
        "Up to 6.2 a new user can use every channel, since 7.0 none: after the upgrade every channel is denied.",
    ),
    ("redis-6.2", "on ~app:* +@read +publish", "on ~app:* +@read +publish resetchannels &app:*"),
);
static CHANGES_WITH_UPGRADE: Lint = version(
    ("changes-with-upgrade", Level::Hint),
    (
        "On the next major version of the engine, the same rules allow different commands.",
        "Categories change between versions. In Redis 7.0 subcommands got their own categories and containers lost theirs: `+@connection -@dangerous` denies `CLIENT` on 6.2, and allows most of it since 7.0.",
    ),
    ("redis-6.2", "on ~app:* +get +@connection -@admin", "on ~app:* +get +ping +select"),
);
static MODULE_COMMANDS: Lint = version(
    ("module-commands", Level::Hint),
    (
        "A category that will also allow the commands of modules on Redis 8.",
        "Redis 8 ships JSON, search, time series and probabilistic types, and their commands are in `@read`, `@write` and other categories.",
    ),
    ("redis-7.2", "on ~app:* +@read", "on ~app:* +get +mget"),
);

/// The same text, read by the next engine.
struct Upgrade<'u> {
    next: Dialect,
    now: &'u Subject<'u>,
    then: Subject<'u>,
}

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let dialect = subject.catalog.dialect();
    let next = match findings.config.next {
        Next::Generation => dialect.next_generation(),
        Next::Dialect(next) => Some(next),
        Next::None => None,
    };
    let Some(next) = next.filter(|next| *next != dialect) else { return };
    if subject.scan.errors.is_some() || subject.catalog.has_added_commands() {
        return;
    }
    let catalog = Catalog::from(next);
    let scan = User::scan(&catalog, subject.text);
    let upgrade = Upgrade { next, now: subject, then: Subject::new(subject.text, &scan) };
    upgrade.look_for_refused(findings);
    upgrade.look_at_scopes(findings);
    look_for_modules(next, subject, findings);
}

impl Upgrade<'_> {
    fn look_for_refused(&self, findings: &mut Findings<'_>) {
        for error in self.then.scan.errors.iter().flat_map(|errors| errors.iter()) {
            let draft =
                Draft::new(&REFUSED_AFTER_UPGRADE, error.span(), format!("after an upgrade: {error}"));
            let gone = *error.kind() == ApplyErrorKind::UnknownCommand;
            let help =
                error.help().filter(|_| !gone).unwrap_or_else(|| "remove it before the upgrade".to_owned());
            findings.push(draft.help(help), self.now);
        }
    }

    fn look_at_scopes(&self, findings: &mut Findings<'_>) {
        if self.now.scopes.len() != self.then.scopes.len() {
            return;
        }
        for (now, then) in self.now.scopes.iter().zip(&self.then.scopes) {
            let channels_told = self.look_at_channels(now, then, findings);
            self.look_at_commands(now, then, channels_told, findings);
        }
    }

    /// Whether the channels of a user that says nothing of them are lost.
    fn loses_channels(&self, now: &Scope<'_>, then: &Scope<'_>) -> bool {
        let says = |kind: &RuleKind<'_>| {
            matches!(kind, RuleKind::AllChannels | RuleKind::ResetChannels | RuleKind::Channel { .. })
        };
        now.selector.channels.are_all()
            && !then.selector.channels.are_all()
            && !now.rules.iter().any(|rule| says(&rule.kind))
            && now.allowed().iter().any(|id| self.takes_channels(id))
    }

    fn takes_channels(&self, id: CommandId) -> bool {
        let command = self.now.catalog.get(id);
        command.is_some_and(|command| command.channel_arguments() != ChannelArguments::None)
    }

    /// Whether it was said that channels are lost.
    fn look_at_channels(
        &self,
        now: &Scope<'_>,
        then: &Scope<'_>,
        findings: &mut Findings<'_>,
    ) -> Option<&'static str> {
        if !self.loses_channels(now, then) {
            return None;
        }
        let names_it = |step: &&Step<'_>| {
            let named = match &step.rule.kind {
                RuleKind::Category { name, .. } => name.eq_ignore_ascii_case("pubsub"),
                RuleKind::Command { .. } => true,
                _ => false,
            };
            named && step.effect == Effect::Allow && step.reach.iter().any(|id| self.takes_channels(id))
        };
        let Some(step) = now.commands.iter().find(names_it) else {
            return Some("no channel is allowed anymore: since Redis 7.0 new users start without channels");
        };
        let shown = self.now.quoted(step.rule.span);
        let message =
            format!("on {} no channel is allowed for {shown}, because no rule names channels", self.next);
        let draft = Draft::new(&CHANNEL_DEFAULT, step.rule.span, message);
        let help = match self.now.quirks.new_channels {
            NewChannels::Unchecked => "when you upgrade, allow channels, `&app:*`, or all, `&*`",
            _ => "allow channels, `resetchannels &app:*`, or all, `&*`",
        };
        findings.push(draft.help(help), self.now);
        None
    }

    /// Commands that both have, and that only one of them allows.
    fn look_at_commands(
        &self,
        now: &Scope<'_>,
        then: &Scope<'_>,
        channels: Option<&str>,
        findings: &mut Findings<'_>,
    ) {
        if !findings.want(&CHANGES_WITH_UPGRADE) {
            return;
        }
        let (gained, lost) = self.differences(now, then);
        let mut changes = Vec::new();
        let list = |set: &CommandSet| names(set, 3, self.then.catalog);
        if !gained.is_empty() {
            changes.push(format!("allows {}", list(&gained)));
        }
        if !lost.is_empty() {
            changes.push(format!("no longer allows {}", list(&lost)));
        }
        let first =
            gained.iter().chain(lost.iter()).find_map(|id| then.decider(id).or_else(|| now.decider(id)));
        let span = first.or(then.commands.last()).map(|step| step.rule.span);
        let Some(span) = span.filter(|_| !changes.is_empty() || channels.is_some()) else { return };
        let message = match (&changes[..], channels) {
            ([], _) => format!("on {} the same rules allow no channel", self.next),
            _ => format!(
                "on {} the same rules {}",
                self.next,
                changes.join(", and ").replace("allows", "allow")
            ),
        };
        let mut draft = Draft::new(&CHANGES_WITH_UPGRADE, span, message);
        if let Some(channels) = channels {
            draft = draft.note(channels);
        }
        findings
            .push(draft.help("name the commands that matter, so that both versions allow them"), self.now);
    }

    /// What only the next engine allows of what both have, and what only the present one does. That a container
    /// and its help are allowed matters to nobody.
    fn differences(&self, now: &Scope<'_>, then: &Scope<'_>) -> (CommandSet, CommandSet) {
        let (here, there) = (self.now.catalog, self.then.catalog);
        let telling = |id: &CommandId| {
            there
                .get(*id)
                .is_some_and(|command| !command.is_container() && !command.name().ends_with("|help"))
        };
        if self.now.quirks.subcommands == self.then.quirks.subcommands {
            let both = here.all() & there.all();
            let only = |one: &Scope<'_>, other: &Scope<'_>| (*one.allowed() - *other.allowed()) & both;
            let telling = |set: CommandSet| set.iter().filter(telling).collect();
            return (telling(only(then, now)), telling(only(now, then)));
        }
        let (mut gained, mut lost) = (CommandSet::EMPTY, CommandSet::EMPTY);
        for command in there.commands().filter(|command| telling(&command.id())) {
            match (self.allows(now, &command), then.allowed().contains(command.id())) {
                (Some(false), true) => gained.insert(command.id()),
                (Some(true), false) => lost.insert(command.id()),
                _ => {}
            }
        }
        (gained, lost)
    }

    /// Whether the present engine allows a command of the next one; `None` where it has none such.
    fn allows(&self, now: &Scope<'_>, command: &Command<'_>) -> Option<bool> {
        let catalog = self.now.catalog;
        if catalog.get(command.id()).is_some() {
            return Some(now.allowed().contains(command.id()));
        }
        // before 7.0 a container stands for all its subcommands, as far as it had them
        let container = command.container().filter(|_| !self.now.quirks.subcommands)?;
        catalog.get(container.id())?;
        let is_old = command.since().is_none_or(is_before_7);
        is_old.then(|| now.grants(command.name(), catalog).is_some())
    }
}

fn is_before_7(since: &str) -> bool {
    since.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major < 7)
}

/// Redis 8 ships with modules, whose commands are in the categories of other commands.
fn look_for_modules(next: Dialect, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let has_modules = |dialect: Dialect| dialect.engine().quirks().module_categories;
    let ships = next.service().is_none()
        && next.engine().project() == Project::Redis
        && has_modules(next)
        && !has_modules(subject.catalog.dialect());
    let is_grant =
        |step: &Step<'_>| step.effect == Effect::Allow && matches!(step.rule.kind, RuleKind::Category { .. });
    let mut steps = subject.scopes.iter().flat_map(|scope| &scope.commands);
    if !ships || !findings.want(&MODULE_COMMANDS) || !steps.any(is_grant) {
        return;
    }
    let own = Module::ALL.into_iter().filter(|module| module.project() == Project::Redis);
    let with_all = own.fold(next, |dialect, module| dialect.with_module(module).unwrap_or(dialect));
    let catalog = Catalog::from(with_all);
    let scan = User::scan(&catalog, subject.text);
    for scope in &Subject::new(subject.text, &scan).scopes {
        let by_category: CommandSet = scope
            .allowed()
            .iter()
            .filter(|id| catalog.get(*id).is_some_and(|command| command.module().is_some()))
            .filter(|id| {
                scope.decider(*id).is_some_and(|step| matches!(step.rule.kind, RuleKind::Category { .. }))
            })
            .collect();
        let Some(step) = by_category.iter().next().and_then(|id| scope.decider(id)) else { continue };
        let message =
            format!("on {next} this also allows commands of modules: {}", names(&by_category, 3, &catalog));
        let draft = Draft::new(&MODULE_COMMANDS, step.rule.span, message);
        findings.push(draft.help("deny them if they are not wanted, `-@json -@search`"), subject);
    }
}
