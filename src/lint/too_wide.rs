//! What a string gives away unnoticed.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::commands::GIVEN_BACK;
use super::powers::{NOTABLE, Notable, Power};
use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Scope, Step, Subject, few_of};
use crate::access::Effect;
use crate::catalog::{Category, Command};
use crate::dialect::NewChannels;
use crate::report::Level;
use crate::span::Span;
use crate::syntax::{Rule, RuleKind};

pub(super) const LINTS: &[&Lint] = &[
    &EVERYTHING_OPEN,
    &ESCALATION,
    &PAST_KEY_PATTERNS,
    &SERVER_CODE,
    &KEY_NAMES,
    &SURPRISING_MEMBERS,
    &FUTURE_COMMANDS,
    &WHOLE_CONTAINER,
];

const fn too_wide(
    (id, level): (&'static str, Level),
    (what, why): (&'static str, &'static str),
    (bad, good): (&'static str, &'static str),
) -> Lint {
    let example = Example { dialect: "redis-7.2", client: None, bad, good };
    Lint { id, group: Group::TooWide, level, what, why, example }
}

static EVERYTHING_OPEN: Lint = too_wide(
    ("everything-open", Level::Warning),
    (
        "All commands on all keys.",
        "Such a user controls the server: its data, its configuration and its other users. Applications never need that.",
    ),
    ("on ~* &* +@all", "on ~app:* &app:* +@read +@hash -@dangerous"),
);
static ESCALATION: Lint = too_wide(
    ("escalation", Level::Warning),
    (
        "A command that allows privilege escalation: `acl|setuser`, `config|set`, `module|load`, `debug`, `replicaof`, `migrate`, `monitor` and others.",
        "One of them is enough to undo all other limits. The finding says what each of them can do.",
    ),
    ("on ~app:* +@read +@admin", "on ~app:* +@read +config|get"),
);
static PAST_KEY_PATTERNS: Lint = too_wide(
    ("past-key-patterns", Level::Warning),
    (
        "Key patterns limit the user, but a command deletes or moves keys without naming any: `flushall`, `flushdb`, `swapdb`.",
        "Servers compare patterns with the keys in a command; these commands have none. `+@write` and `+@keyspace` include them.",
    ),
    ("on ~app:* +@write", "on ~app:* +@write -@dangerous"),
);
static SERVER_CODE: Lint = too_wide(
    ("server-code", Level::Hint),
    (
        "A command that runs code in the server, or unpacks a value that can be crafted: `eval`, `fcall`, `function|load`, `script|load`, `restore`.",
        "Scripts run with the user's own permissions, but they block all clients while they run, and their sandbox has had vulnerabilities. `function|load`, which `+@write` includes, replaces code that other users run with their permissions.",
    ),
    ("on ~app:* +get +eval", "on ~app:* +get"),
);
static KEY_NAMES: Lint = too_wide(
    ("key-names", Level::Hint),
    (
        "Key patterns limit the user, but a command shows the names of all keys, or counts them: `keys`, `scan`, `randomkey`, `dbsize`.",
        "Servers compare patterns with the keys in a command; these commands have none. Key names often contain private data. `+@read` and `+@keyspace` include these commands.",
    ),
    ("on ~app:* +@read", "on ~app:* +@read -keys -scan -randomkey -dbsize"),
);
static SURPRISING_MEMBERS: Lint = too_wide(
    ("surprising-members", Level::Hint),
    (
        "A category includes commands that affect all clients: `+@write` includes `flushall`, `+@read` includes `keys`, `+@connection` includes `client|kill`.",
        "People read `@write` as \"write values\". A later `-@dangerous` removes most of these commands.",
    ),
    ("on ~* +@write -@scripting -restore -migrate", "on ~* +@write -@scripting -@dangerous"),
);
static FUTURE_COMMANDS: Lint = too_wide(
    ("future-commands", Level::Hint),
    (
        "`+@all` also allows commands that do not exist yet.",
        "When a new version of the server or a module adds commands, the user can run them at once.",
    ),
    ("on ~app:* +@all -@dangerous -@scripting -@keyspace -@write", "on ~app:* +@string -@dangerous"),
);
static WHOLE_CONTAINER: Lint = too_wide(
    ("whole-container", Level::Hint),
    (
        "A command is allowed with all its subcommands, some of which are dangerous: `+client`, `+cluster`, `+slowlog`.",
        "Usually one or two are needed. Name these: `+client|setname`. Since Redis 7.0 subcommands can also be denied: `-client|kill`.",
    ),
    ("on ~app:* +get +client", "on ~app:* +get +client|setname +client|id"),
);

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for scope in &subject.scopes {
        if let Some(step) = opens_everything(scope, subject) {
            findings.push(everything_open(step, scope, subject), subject);
            continue;
        }
        let powers = Powers::of(scope, subject);
        powers.by_rule.values().for_each(|told| tell(told, subject, findings));
        look_for_future(scope, &powers, subject, findings);
        look_for_containers(scope, &powers, subject, findings);
    }
}

// ---------------------------------------------------------------------------------------------------
// Everything

/// `+@all` with nothing taken away, on all keys.
fn opens_everything<'a, 's>(scope: &'a Scope<'s>, subject: &Subject<'_>) -> Option<&'a Step<'s>> {
    let selector = scope.selector;
    let open = selector.keys.are_all()
        && selector.allows_future_commands()
        && *scope.allowed() == subject.catalog.all();
    let all = |step: &&Step<'_>| step.is_all && step.effect == Effect::Allow;
    scope.commands.iter().rev().find(all).filter(|_| open)
}

fn everything_open(step: &Step<'_>, scope: &Scope<'_>, subject: &Subject<'_>) -> Draft {
    let gives_keys = |rule: &&&Rule<'_>| rule.kind == RuleKind::AllKeys;
    let keys = scope.rules.iter().rev().find(gives_keys).map(|rule| rule.span);
    let channels = subject.quirks.new_channels == NewChannels::Unchecked || scope.selector.channels.are_all();
    let what = if channels { "every command on every key and channel" } else { "every command on every key" };
    let message = format!("{} allows {what}, now and in the future", subject.quoted(step.rule.span));
    let mut draft = Draft::new(&EVERYTHING_OPEN, step.rule.span, message).also(keys);
    if subject.user().accepts_any_password() {
        draft = draft.note("with `nopass`, anyone can log in");
    }
    draft.help("name the keys and categories that are needed, `~app:* +@read +@write -@dangerous`")
}

// ---------------------------------------------------------------------------------------------------
// Powers

/// The notable commands that are allowed, by the rule that allows them.
struct Powers {
    by_rule: BTreeMap<usize, Told>,
}

struct Told {
    span: Span,
    is_category: bool,
    is_all: bool,
    notable: Vec<&'static Notable>,
}

impl Powers {
    fn of(scope: &Scope<'_>, subject: &Subject<'_>) -> Self {
        let keys = &scope.selector.keys;
        let limited = !keys.are_all() && keys.iter().len() > 0;
        let mut by_rule: BTreeMap<usize, Told> = BTreeMap::new();
        for notable in NOTABLE {
            if matches!(notable.power, Power::PastPatterns | Power::KeyNames) && !limited {
                continue;
            }
            let Some(step) = scope.grants(notable.command, subject.catalog) else { continue };
            let span = step.rule.span;
            let told = by_rule.entry(span.start).or_insert(Told {
                span,
                is_category: step.is_category(),
                is_all: step.is_all,
                notable: Vec::new(),
            });
            told.notable.push(notable);
        }
        Self { by_rule }
    }

    /// Whether something of that rule was found that can undo all limits.
    fn takes_over(&self, span: Span) -> bool {
        self.by_rule.get(&span.start).is_some_and(|told| told.has(Power::Takeover))
    }
}

impl Told {
    fn has(&self, power: Power) -> bool {
        self.notable.iter().any(|notable| notable.power == power)
    }

    fn of(&self, powers: &[Power]) -> Vec<&'static Notable> {
        self.notable.iter().copied().filter(|notable| powers.contains(&notable.power)).collect()
    }
}

/// What is said of commands with some powers.
struct Saying {
    lint: &'static Lint,
    powers: &'static [Power],
    does: &'static str,
    help: &'static str,
}

static SAYINGS: [Saying; 4] = [
    Saying {
        lint: &ESCALATION,
        powers: &[Power::Takeover, Power::Escalates],
        does: "allows privilege escalation",
        help: "allow the commands that are needed by name, or deny these after it",
    },
    Saying {
        lint: &PAST_KEY_PATTERNS,
        powers: &[Power::PastPatterns],
        does: "reaches keys that no pattern allows",
        help: "deny them after it, or add `-@dangerous`",
    },
    Saying {
        lint: &SERVER_CODE,
        powers: &[Power::Code],
        does: "allows running code in the server",
        help: "if no scripts are used, leave it out, or deny these after it",
    },
    Saying {
        lint: &KEY_NAMES,
        powers: &[Power::KeyNames],
        does: "reveals keys that no pattern allows",
        help: "deny them after it if key names are confidential",
    },
];

static SURPRISE: Saying = Saying {
    lint: &SURPRISING_MEMBERS,
    powers: &[Power::Disturbs],
    does: "also allows commands that affect all clients",
    help: "deny them after it, or add `-@dangerous`",
};

/// What can undo all limits silences what is less.
fn tell(told: &Told, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let takes_over = told.has(Power::Takeover);
    for saying in SAYINGS.iter().take(if takes_over { 1 } else { SAYINGS.len() }) {
        let notable = told.of(saying.powers);
        if !notable.is_empty() {
            findings.push(saying.draft(told.span, &notable, subject), subject);
        }
    }
    // `+@all` surprises nobody, and what was told of once is not told again
    if takes_over || !told.is_category || told.is_all || findings.has(&GIVEN_BACK, told.span) {
        return;
    }
    let known = |notable: &Notable| {
        told.notable.iter().any(|other| other.command == notable.command && other.power < Power::Disturbs)
    };
    let left: Vec<_> = told.of(SURPRISE.powers).into_iter().filter(|notable| !known(notable)).collect();
    if !left.is_empty() {
        findings.push(SURPRISE.draft(told.span, &left, subject), subject);
    }
}

/// How many commands a message names, and of how many the notes tell why.
const FEW: usize = 3;

impl Saying {
    fn draft(&self, span: Span, notable: &[&Notable], subject: &Subject<'_>) -> Draft {
        let (shown, does) = (subject.quoted(span), self.does);
        let mut names: Vec<_> =
            notable.iter().map(|notable| format!("`{}`", shown_name(notable.command, subject))).collect();
        names.dedup();
        let own = subject.shown(span).trim_start_matches('+').to_lowercase();
        let is_own = notable
            .iter()
            .all(|notable| notable.command == own || shown_name(notable.command, subject) == own);
        let message = match is_own {
            true => format!("{shown} {does}"),
            false => format!("{shown} {does}: {}", few_of(names, FEW)),
        };
        let help = if is_own { "leave it out if it is not needed" } else { self.help };
        let notes = notable.iter().take(FEW);
        let notes =
            notes.map(|notable| format!("`{}` {}", notable.command.replace('|', " "), notable.reason));
        notes.fold(Draft::new(self.lint, span, message), Draft::note).help(help)
    }
}

/// The name that the dialect's rules have for it.
fn shown_name<'n>(name: &'n str, subject: &Subject<'_>) -> &'n str {
    match subject.quirks.subcommands {
        true => name,
        false => name.split('|').next().unwrap_or(name),
    }
}

// ---------------------------------------------------------------------------------------------------
// Commands to come, containers

fn look_for_future(scope: &Scope<'_>, powers: &Powers, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !scope.selector.allows_future_commands() {
        return;
    }
    let all = |step: &&Step<'_>| step.is_all && step.effect == Effect::Allow;
    let Some(step) = scope.commands.iter().rev().find(all) else { return };
    let span = step.rule.span;
    if powers.takes_over(span) {
        return;
    }
    let message =
        format!("{} also allows commands that later versions and modules add", subject.quoted(span));
    let draft = Draft::new(&FUTURE_COMMANDS, span, message);
    findings.push(draft.help("name the categories that are needed"), subject);
}

fn look_for_containers(
    scope: &Scope<'_>,
    powers: &Powers,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    for step in &scope.commands {
        let RuleKind::Command { effect: Effect::Allow, name, argument: None } = &step.rule.kind else {
            continue;
        };
        let Some(container) = subject.catalog.command(name).filter(|command| command.is_container()) else {
            continue;
        };
        let span = step.rule.span;
        if powers.takes_over(span) {
            continue;
        }
        let decides = |command: &Command<'_>| {
            scope.allowed().contains(command.id())
                && scope.decider(command.id()).is_some_and(|decider| decider.rule.span == span)
        };
        let is_dangerous =
            |command: &Command<'_>| command.categories().any(|category| category == Category::Dangerous);
        let all = container.subcommands().filter(decides).count();
        let dangerous: Vec<_> = container.subcommands().filter(decides).filter(is_dangerous).collect();
        if dangerous.is_empty() {
            continue;
        }
        let names = dangerous.iter().map(|command| format!("`{}`", command.name())).collect();
        let message = format!(
            "{} allows {all} subcommands, including dangerous ones: {}",
            subject.quoted(span),
            few_of(names, FEW)
        );
        let draft = Draft::new(&WHOLE_CONTAINER, span, message);
        let help = format!("name those that are needed, `+{}|…`", container.name());
        findings.push(draft.help(help), subject);
    }
}
