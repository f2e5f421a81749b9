//! What client libraries, frameworks and tools send by themselves, and whether the user may.
//!
//! The facts lie in `data/clients.txt`; the table is generated from them.

#[rustfmt::skip]
mod table;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Subject, few_of};
use crate::glob::{self, Inclusion, inclusion_within};
use crate::report::Level;
use crate::span::Span;
use crate::syntax::RuleKind;
use table::CLIENTS;

pub(super) const LINTS: &[&Lint] = &[&CLIENT_BREAKS, &CLIENT_DEGRADES, &CLIENT_FEATURES, &CLIENT_KEYS];

const fn client(
    (id, level): (&'static str, Level),
    (what, why): (&'static str, &'static str),
    (client, bad, good): (&'static str, &'static str, &'static str),
) -> Lint {
    let example = Example { dialect: "redis-7.2", client: Some(client), bad, good };
    Lint { id, group: Group::Client, level, what, why, example }
}

static CLIENT_BREAKS: Lint = client(
    ("client-breaks", Level::Warning),
    (
        "The client sends commands of its own that the user is denied, and does not work without them.",
        "Libraries send commands before the application does. If these are denied, some libraries give up, or reconnect forever.",
    ),
    ("ioredis@4", "on ~app:* +get +set", "on ~app:* +get +set +info"),
);
static CLIENT_DEGRADES: Lint = client(
    ("client-degrades", Level::Hint),
    (
        "The client sends commands of its own that the user is denied, and works with reduced functionality.",
        "It logs a warning, or silently skips a check.",
    ),
    ("ioredis", "on ~app:* +get +set", "on ~app:* +get +set +info"),
);
static CLIENT_FEATURES: Lint = client(
    ("client-features", Level::Hint),
    (
        "Features of the client need commands that the user is denied.",
        "They matter only if you use the feature: another database, a cluster, Pub/Sub, health checks.",
    ),
    (
        "ioredis",
        "on ~app:* +get +set +info",
        "on ~app:* +get +set +info +select +unsubscribe +cluster|slots +cluster|info +readonly",
    ),
);
static CLIENT_KEYS: Lint = client(
    ("client-keys", Level::Hint),
    (
        "By default, the framework uses keys that no pattern of the user allows.",
        "In most frameworks the prefix is configurable; then allow the configured prefix.",
    ),
    ("rate-limit-redis", "on ~app:* +@all -@dangerous", "on ~rl:* +@all -@dangerous"),
);

/// A client library, framework or tool, of one version.
#[derive(Debug)]
pub struct Client {
    name: &'static str,
    title: &'static str,
    language: &'static str,
    is_measured: bool,
    needs: &'static [Need],
    keys: &'static [&'static str],
    channels: &'static [&'static str],
    note: &'static str,
}

/// A command that a client sends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    situation: &'static str,
    command: &'static str,
    consequence: Consequence,
    when: &'static str,
}

/// What becomes of a client that may not send a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Consequence {
    /// It cannot be used in that situation.
    Fatal,
    /// It goes on with less.
    Degraded,
    /// Nobody notices.
    Ignored,
}

const fn need(
    situation: &'static str,
    command: &'static str,
    consequence: Consequence,
    when: &'static str,
) -> Need {
    Need { situation, command, consequence, when }
}

impl Client {
    /// Every client that is known; of several versions the newest under the plain name, others as `name@major`.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = &'static Self> {
        CLIENTS.iter()
    }

    /// The client of that name, in any case, spaces written as hyphens.
    ///
    /// ```
    /// use redis_acl::lint::Client;
    /// assert_eq!(Client::find("Redis-Py").unwrap().title(), "redis-py 8.1.0");
    /// assert!(Client::find("ioredis@4").is_some());
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.to_lowercase().replace(' ', "-");
        CLIENTS.iter().find(|client| client.name == name)
    }

    /// The name to find it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its own name and the version that was looked at.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// The language it is for; `tool` and `server` for what is no library.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.language
    }

    /// Whether it was run; else its code was read.
    #[must_use]
    pub const fn is_measured(&self) -> bool {
        self.is_measured
    }

    /// What it sends by itself.
    #[must_use]
    pub const fn needs(&self) -> &'static [Need] {
        self.needs
    }

    /// What else is known, in a few sentences; may be empty.
    #[must_use]
    pub const fn note(&self) -> &'static str {
        self.note
    }
}

impl Need {
    /// In which situation: `connect` for always, `cluster`, `database`, `pubsub` and others for features,
    /// `worker` and `producer` for parts of frameworks.
    #[must_use]
    pub const fn situation(&self) -> &'static str {
        self.situation
    }

    /// The command or subcommand.
    #[must_use]
    pub const fn command(&self) -> &'static str {
        self.command
    }

    /// What becomes of the client that may not.
    #[must_use]
    pub const fn consequence(&self) -> Consequence {
        self.consequence
    }

    /// What it is for; may be empty.
    #[must_use]
    pub const fn when(&self) -> &'static str {
        self.when
    }

    /// Whether every use of the client comes to it.
    fn is_always(&self) -> bool {
        ["connect", "worker", "producer", "operations", "scripts"].contains(&self.situation)
    }
}

// ---------------------------------------------------------------------------------------------------
// The lints

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for client in findings.config.clients.clone() {
        let denied: Vec<_> = client.needs.iter().filter(|need| is_denied(need.command, subject)).collect();
        let of = |consequence, always: bool| {
            let mut needs: Vec<&Need> = denied
                .iter()
                .copied()
                .filter(|need| need.consequence == consequence && need.is_always() == always)
                .collect();
            needs.sort_by_key(|need| need.when.is_empty());
            let mut known = Vec::new();
            needs.retain(|need| {
                !known.contains(&need.command) && {
                    known.push(need.command);
                    true
                }
            });
            needs
        };
        let (fatal, degraded) = (of(Consequence::Fatal, true), of(Consequence::Degraded, true));
        let fails = format!("{} does not work: it sends", client.title);
        tell(&CLIENT_BREAKS, &fails, &fatal, client, subject, findings);
        let less = format!("{} works with reduced functionality: it sends", client.title);
        tell(&CLIENT_DEGRADES, &less, &degraded, client, subject, findings);
        let mut features = [of(Consequence::Fatal, false), of(Consequence::Degraded, false)].concat();
        features.retain(|need| !fatal.iter().chain(&degraded).any(|known| known.command == need.command));
        tell_features(&features, client, subject, findings);
        look_at_keys(client, subject, findings);
    }
}

/// Whether there is such a command and no selector allows it.
fn is_denied(name: &str, subject: &Subject<'_>) -> bool {
    let catalog = subject.catalog;
    let found = catalog.command(name).or_else(|| {
        let (container, _) = name.split_once('|').filter(|_| !subject.quirks.subcommands)?;
        catalog.command(container)
    });
    let Some(command) = found else { return false };
    let open = command.is_open_to_all(catalog.dialect().engine().quirks());
    !open && !subject.scopes.iter().any(|scope| scope.grants(name, catalog).is_some())
}

/// The rule that took the first of the commands away, or the end of the string.
fn place(needs: &[&Need], subject: &Subject<'_>) -> Span {
    let end = subject.text.trim_end().len();
    let own = &subject.scopes[0];
    let taken = needs.first().and_then(|need| own.decider(subject.catalog.command(need.command)?.id()));
    taken.filter(|step| !step.is_all).map_or(Span::new(end, end), |step| step.rule.span)
}

fn commands(needs: &[&Need]) -> Vec<String> {
    needs.iter().map(|need| format!("`{}`", need.command)).collect()
}

fn addition(needs: &[&Need]) -> String {
    let rules: Vec<_> = needs.iter().map(|need| format!("+{}", need.command)).collect();
    format!("add `{}`", rules.join(" "))
}

fn tell(
    lint: &'static Lint,
    says: &str,
    needs: &[&Need],
    client: &Client,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    if needs.is_empty() {
        return;
    }
    let message = format!("{says} {}, which the user is denied", few_of(commands(needs), 4));
    let mut draft = Draft::new(lint, place(needs, subject), message);
    for need in needs.iter().filter(|need| !need.when.is_empty()).take(4) {
        draft = draft.note(format!("`{}`: {}", need.command.replace('|', " "), need.when));
    }
    if !client.note.is_empty() {
        draft = draft.note(client.note);
    }
    findings.push(draft.help(addition(needs)), subject);
}

fn tell_features(needs: &[&Need], client: &Client, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if needs.is_empty() {
        return;
    }
    let mut situations: Vec<_> = needs.iter().map(|need| need.situation).collect();
    situations.sort_unstable();
    situations.dedup();
    let message = format!(
        "{} needs more commands for {}",
        client.title,
        few_of(situations.iter().map(|of| (*of).to_owned()).collect(), 6)
    );
    let mut draft = Draft::new(&CLIENT_FEATURES, place(needs, subject), message);
    for situation in situations {
        let of: Vec<_> = needs.iter().copied().filter(|need| need.situation == situation).collect();
        draft = draft.note(format!("{situation}: {}", few_of(commands(&of), 6)));
    }
    findings.push(draft.help(addition(needs)), subject);
}

/// How much work goes into one pattern.
const WORK: usize = glob::WORK / 50;

fn look_at_keys(client: &Client, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut scopes = subject.scopes.iter().map(|scope| &scope.selector.keys);
    if scopes.clone().any(|keys| keys.are_all()) {
        return;
    }
    let patterns: Vec<_> = scopes.by_ref().flat_map(|keys| keys.iter().map(|(pattern, _)| pattern)).collect();
    // what stands between angle brackets depends on the application
    let fixed = client.keys.iter().filter(|pattern| !pattern.contains('<'));
    let missing: Vec<_> = fixed
        .filter(|pattern| inclusion_within(WORK, pattern, &patterns) != Inclusion::Included)
        .map(|pattern| format!("`~{pattern}`"))
        .collect();
    if missing.is_empty() || patterns.is_empty() {
        return;
    }
    let first = subject
        .scopes
        .iter()
        .flat_map(|scope| &scope.rules)
        .find(|rule| matches!(rule.kind, RuleKind::Key { .. }));
    let Some(first) = first else { return };
    let message = format!("{} uses keys that no pattern allows: {}", client.title, few_of(missing, 4));
    let mut draft = Draft::new(&CLIENT_KEYS, first.span, message);
    if !client.channels.is_empty() {
        draft = draft.note(format!(
            "its channels are {}",
            few_of(client.channels.iter().map(|of| format!("`{of}`")).collect(), 6)
        ));
    }
    findings.push(draft.help("allow these keys, or the prefix that is configured in the framework"), subject);
}
