//! The words for everything that is told, in a terminal and in Markdown alike.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::changes::{Change, ChannelChange, CommandChange, FirstArgumentChange, KeyChange, Moved};
use super::phrase::Phrase;
use super::{CategoryCount, Denials, Grant, KeyPattern, Login, Part, Step};
use crate::access::KeyAccess;
use crate::catalog::Category;
use crate::dialect::Dialect;
use crate::user::ChannelSource;
use crate::wording::{FEW, counted};

/// So many commands of a category are named, where they are of note.
const NAMED: usize = 32;

/// Something that is told of a user or selector: a line, and others that belong to it.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) line: Phrase,
    pub(super) more: Vec<Phrase>,
}

impl Row {
    fn new(label: &'static str, line: Phrase) -> Self {
        Self { label, line, more: Vec::new() }
    }

    /// The first of the lines stands behind the label.
    fn of_lines(label: &'static str, lines: Vec<Phrase>) -> Option<Self> {
        let mut lines = lines.into_iter();
        Some(Self { label, line: lines.next()?, more: lines.collect() })
    }
}

// ---------------------------------------------------------------------------------------------------
// What is granted

pub(super) fn login(login: Login) -> Row {
    let enabled = if login.enabled { "on" } else { "off: nobody can log in" };
    let passwords = match login.passwords {
        None => "passwords are not part of the access string on this service".to_owned(),
        Some(_) if login.any_password => "any password is accepted (nopass)".to_owned(),
        Some(0) if login.enabled => "no password: nobody can log in".to_owned(),
        Some(0) => "no password".to_owned(),
        Some(count) => counted(count, "password"),
    };
    let restores = "RESTORE payloads are not sanitized (skip-sanitize-payload)";
    let restores = login.skips_sanitizing.then(|| restores.to_owned());
    let parts = [Some(enabled.to_owned()), Some(passwords), restores];
    Row::new("login", Phrase::joined(parts.into_iter().flatten().map(Phrase::of), "; "))
}

/// What is said of a selector that grants all there is.
pub(super) const EVERYTHING: &str =
    "everything: every command, including future ones, on all keys and channels";

impl Grant {
    pub(super) fn rows(&self, dialect: Dialect) -> Vec<Row> {
        let databases = dialect.quirks().databases.then(|| Row::new("databases", self.database_words()));
        let rows = [
            Row::of_lines("commands", self.command_lines()),
            Row::of_lines("keys", self.key_lines()),
            Some(Row::new("channels", self.channel_words(dialect))),
            databases,
            Row::of_lines("denied", self.denied.lines()),
        ];
        rows.into_iter().flatten().collect()
    }

    fn command_lines(&self) -> Vec<Phrase> {
        let future = if self.future_commands { " and future commands" } else { "" };
        let count = match self.commands {
            0 => format!("none{future}"),
            all if all == self.of => format!("all {all}{future}"),
            some => format!("{some} of {}{future}", self.of),
        };
        let mut lines = vec![Phrase::of(count)];
        if self.commands < self.of && !self.categories.is_empty() {
            // what is fast and what is slow is no matter of permissions
            let tells = |count: &&CategoryCount| !matches!(count.category(), Category::Fast | Category::Slow);
            let counts = self.categories.iter().filter(tells).map(CategoryCount::words);
            lines.push(Phrase::joined(counts, ", "));
        }
        lines.extend(self.notable.iter().map(Part::words));
        if !self.first_arguments.is_empty() {
            let arguments = Phrase::of("with these first arguments only: ");
            lines.push(arguments.each(&self.first_arguments, |line, argument| line.quote(argument)));
        }
        lines
    }

    fn key_lines(&self) -> Vec<Phrase> {
        if self.all_keys {
            return vec![Phrase::of("all")];
        }
        let with = |access: KeyAccess| {
            let patterns: Vec<_> = self.keys.iter().filter(|key| key.access() == access).collect();
            let line = Phrase::of(format!("{}: ", able(access)));
            (!patterns.is_empty()).then(|| line.each(patterns, |line, key| line.pattern(key.pattern())))
        };
        let lines: Vec<_> =
            [KeyAccess::ReadWrite, KeyAccess::Read, KeyAccess::Write].into_iter().filter_map(with).collect();
        if lines.is_empty() { vec![Phrase::of("none")] } else { lines }
    }

    fn channel_words(&self, dialect: Dialect) -> Phrase {
        let all = if self.all_channels { "all" } else { "none" };
        // that there are none is of interest where a command would use them
        let is_of_interest = self.all_channels || self.uses_channels;
        match (&self.channels[..], self.channel_source.reason(dialect)) {
            (_, Some(reason)) if self.channel_source == ChannelSource::Engine => {
                Phrase::of(format!("{all}, {reason}"))
            }
            (_, Some(reason)) if is_of_interest => Phrase::of(format!("{all} (no channel rule), {reason}")),
            ([], _) => Phrase::of(all),
            (patterns, _) => Phrase::default().each(patterns, |line, pattern| line.pattern(pattern)),
        }
    }

    fn database_words(&self) -> Phrase {
        Phrase::of(match &self.databases[..] {
            _ if self.all_databases => "all".to_owned(),
            [] => "none".to_owned(),
            ids => numbers(ids),
        })
    }
}

impl CategoryCount {
    fn words(&self) -> Phrase {
        let name = Phrase::default().quote(&self.category().to_string());
        match self.granted() {
            all if all == self.members() => name.words(format!(" all {all}")),
            some => name.words(format!(" {some} of {}", self.members())),
        }
    }
}

impl Part {
    /// The category and its commands: the few that they are, all but a few, or the first few.
    fn words(&self) -> Phrase {
        let line = match self.category() {
            Some(category) => Phrase::default().quote(&category.to_string()).words(": "),
            None => Phrase::of("in no category: "),
        };
        let names = |line: Phrase, names: &[&'static str]| line.each(names, |line, name| line.quote(name));
        let (commands, others) = (self.commands(), self.others());
        match (commands.len(), others.len()) {
            (0..=FEW, _) => names(line, commands),
            (_, 0) if self.category().is_some() => line.words("all of them"),
            (_, 1..=FEW) => names(line.words("all but "), others),
            (many, _) if many > NAMED => {
                names(line, &commands[..NAMED]).words(format!(" and {} more", many - NAMED))
            }
            _ => names(line, commands),
        }
    }
}

impl Denials {
    /// None where nothing of note is denied.
    fn lines(&self) -> Vec<Phrase> {
        if self.all_commands {
            return vec![Phrase::of("every command")];
        }
        let keys = match (self.keys_read, self.keys_write) {
            (true, true) => Some("no keys"),
            (true, false) => Some("no key to read"),
            (false, true) => Some("no key to write"),
            (false, false) => None,
        };
        let parts = [
            self.categories_words(),
            keys.map(Phrase::of),
            self.channels.then(|| Phrase::of("no channels")),
            self.databases.then(|| Phrase::of("no databases")),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let line = (!parts.is_empty()).then(|| Phrase::joined(parts, "; "));
        line.into_iter().chain(self.commands.iter().map(Part::words)).collect()
    }

    fn categories_words(&self) -> Option<Phrase> {
        let name = |category: &Category| Phrase::default().quote(&category.to_string());
        let (last, others) = self.categories.split_last()?;
        let no = Phrase::of("no ");
        let names = match others {
            [] => name(last),
            others => {
                let others = Phrase::joined(others.iter().map(name), ", ");
                Phrase::joined([others, name(last)], " or ")
            }
        };
        Some(Phrase::joined([no, names, Phrase::of(" commands")], ""))
    }
}

fn able(access: KeyAccess) -> &'static str {
    match access {
        KeyAccess::Read => "readable",
        KeyAccess::Write => "writable",
        KeyAccess::ReadWrite => "readable and writable",
    }
}

fn numbers(ids: &[u32]) -> String {
    ids.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

// ---------------------------------------------------------------------------------------------------
// What a rule changed

impl Step {
    pub(super) fn words(&self) -> Phrase {
        match self.changes() {
            [] => Phrase::of("changes nothing"),
            changes => Phrase::joined(changes.iter().flat_map(Change::words), "; "),
        }
    }
}

impl Change {
    fn words(&self) -> Vec<Phrase> {
        let words = match self {
            Self::Commands(change) => return change.words(),
            Self::FirstArguments(change) => return change.words(),
            Self::Keys(change) => return change.words(),
            Self::Channels(change) => return change.words(),
            Self::Passwords { added, removed } => return passwords(*added, *removed),
            Self::Login { enabled: true } => "can log in".into(),
            Self::Login { enabled: false } => "can no longer log in".into(),
            Self::AnyPassword { accepted: true } => "any password is accepted".into(),
            Self::AnyPassword { accepted: false } => "only its own passwords are accepted".into(),
            Self::Sanitizing { sanitized: true } => "RESTORE payloads are sanitized again".into(),
            Self::Sanitizing { sanitized: false } => "RESTORE payloads are not sanitized".into(),
            Self::FutureCommands { granted: true } => "future commands are granted".into(),
            Self::FutureCommands { granted: false } => "future commands are no longer granted".into(),
            Self::Databases { all: true, .. } => "all databases".into(),
            Self::Databases { ids, .. } if ids.is_empty() => "no databases".into(),
            Self::Databases { ids, .. } => format!("databases {} only", numbers(ids)),
            Self::SelectorAdded { number, empty: false } => format!("selector {number} added"),
            Self::SelectorAdded { number, empty: true } => {
                format!("selector {number} added, which allows no command")
            }
            Self::SelectorsRemoved { count } => format!("{} removed", counted(*count, "selector")),
        };
        vec![Phrase::of(words)]
    }
}

fn passwords(added: usize, removed: usize) -> Vec<Phrase> {
    let moved = [(added, "added"), (removed, "removed")].into_iter().filter(|(count, _)| *count > 0);
    moved.map(|(count, verb)| Phrase::of(format!("{} {verb}", counted(count, "password")))).collect()
}

/// `2 commands added: get set`; of many the names are not told.
fn moved(what: &str, verb: &str, count: usize, names: &[impl AsRef<str>]) -> Option<Phrase> {
    let line = format!("{} {verb}", counted(count, what));
    match names.len() {
        _ if count == 0 => None,
        0 => Some(Phrase::of(line)),
        _ if names.len() > FEW => Some(Phrase::of(line)),
        _ => Some(Phrase::of(line + ": ").each(names, |line, name| line.pattern(name.as_ref()))),
    }
}

impl CommandChange {
    fn words(&self) -> Vec<Phrase> {
        let words = |verb, commands: &Moved| moved("command", verb, commands.count(), commands.names());
        [words("added", self.added()), words("removed", self.removed())].into_iter().flatten().collect()
    }
}

impl FirstArgumentChange {
    fn words(&self) -> Vec<Phrase> {
        let words = |verb, list: &[String]| moved("first argument", verb, list.len(), list);
        let words = [
            words("added", &self.added),
            words("removed", &self.removed),
            words("covered by its whole command", &self.covered),
        ];
        words.into_iter().flatten().collect()
    }
}

impl KeyChange {
    fn words(&self) -> Vec<Phrase> {
        let removed: Vec<_> = self.removed.iter().map(KeyPattern::pattern).collect();
        if self.all && !self.were_all {
            return all_granted("all keys readable and writable", "key pattern", &removed);
        }
        // no rule takes them away and adds a pattern
        let lost = self.were_all && !self.all;
        let mut words: Vec<_> = lost.then(|| Phrase::of("no keys anymore")).into_iter().collect();
        words.extend(moved("key pattern", "removed", removed.len(), &removed));
        let key = |now: &'static str| {
            move |key: &KeyPattern| {
                let able = format!(" {now}{}", able(key.access()));
                Phrase::of("keys ").pattern(key.pattern()).words(able)
            }
        };
        words.extend(self.added.iter().map(key("")));
        words.extend(self.widened.iter().map(key("now ")));
        words
    }
}

impl ChannelChange {
    fn words(&self) -> Vec<Phrase> {
        let removed: Vec<_> = self.removed.iter().map(String::as_str).collect();
        if self.all && !self.were_all {
            return all_granted("all channels", "channel pattern", &removed);
        }
        let lost = self.were_all && !self.all;
        // ElastiCache: the first pattern ends what the cluster's default granted
        let only = if lost { "channels only " } else { "channels " };
        let none = lost && self.added.is_empty();
        let mut words: Vec<_> = none.then(|| Phrase::of("no channels anymore")).into_iter().collect();
        words.extend(moved("channel pattern", "removed", removed.len(), &removed));
        words.extend(self.added.iter().map(|pattern| Phrase::of(only).pattern(pattern)));
        words
    }
}

/// All keys or channels, in the place of what patterns there were.
fn all_granted(all: &'static str, what: &str, removed: &[&str]) -> Vec<Phrase> {
    let replaced = moved(what, "replaced", removed.len(), removed);
    core::iter::once(Phrase::of(all)).chain(replaced).collect()
}
