//! Files in which people keep access strings: what they hold, where, which engines may read it, and how it is written
//! anew.
//!
//! A [`Document`] is one file of any kind: an ACL file, a configuration, what `ACL LIST` printed, or a file of
//! infrastructure that [`iac`](mod@crate::iac) reads, with the ACL files inside of it. It holds [`Entry`]s, the access
//! strings with the place of every byte, and [`FileUser`]s, what the file as a whole makes of them.
//!
//! ```
//! use std::path::Path;
//! use redis_acl::document::{Document, Kind};
//! use redis_acl::lint::Config;
//!
//! let file = br#"resource "aws_elasticache_user" "app" {
//!   engine        = "redis"
//!   access_string = "on ~app:* +@raed"
//! }"#;
//! let path = Path::new("users.tf");
//! let document = Document::read(path, file, Kind::of_name(path).unwrap(), None);
//!
//! // a user of engine Redis may meet any version of Redis, and Valkey
//! assert_eq!(document.entries()[0].dialects.to_string(), "elasticache/any");
//! let found = document.lint(&Config::new());
//! let found = found.iter().find(|found| found.id() == "unknown-category").unwrap();
//! assert_eq!(found.start.to_string(), "3:32");
//! assert_eq!(found.message(), "no engine of elasticache/any has the category `@raed`");
//! ```
//!
//! # Which engines
//! Files seldom state the version that reads them. What a document says of a string holds on every engine that may
//! read it: [`Entry::dialects`]. What a caller states, by a flag or in a file of settings, narrows what the file
//! leaves open. Where both contradict one another the file counts, and a [`Problem`] names both.

mod changes;
mod format;
mod found;
mod kind;
mod line;
mod lines;
mod problem;
mod refusals;
mod users;
mod write;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::path::Path;

use crate::aws;
use crate::catalog::Catalog;
use crate::dialect::{DefaultChannels, Dialect, Dialects, Process, Project, Service};
use crate::file::{self, AclFile, FileError, FileErrorKind, Line};
use crate::iac::{
    self, AclTextKind, Candidates, Composed, Finding, Literal, Location, Place, Position, Request,
    RequestProblem, Resolved, UserGroup,
};
use crate::span::Span;

pub use changes::{
    AccessChange, Change, CompareOptions, Compared, GateAnswer, NewAccess, PasswordChanges, changes,
};
pub use format::{Formatted, Left, LeftEntry, Passwords, Target, TargetForm, same_users};
pub use found::{Found, What};
pub use kind::Kind;
use line::LineText;
use lines::LineStarts;
pub use problem::{Problem, ProblemKind};
pub use refusals::Refusal;
pub use users::{Access, Directive, FileUser, Login, pairs};
pub use write::Rewritten;

/// The start of a text.
const START: Span = Span::new(0, 0);

/// So many lines are named of a file that no engine accepts.
const MOST_REJECTIONS: usize = 8;

/// So many problems are looked back at for one that a copy of the same user has too.
const MOST_COPIES: usize = 64;

/// A file, and what it holds.
pub struct Document<'a> {
    bytes: &'a [u8],
    kind: Kind,
    stated: Option<Dialects>,
    stated_channels: Option<DefaultChannels>,
    /// Whether what is stated is a default for many files.
    statement_is_default: bool,
    /// What configurations set `acl-pubsub-default` to, and where.
    channel_settings: Vec<(DefaultChannels, Range<usize>, Position)>,
    path: &'a Path,
    lines: LineStarts,
    /// What `iac` found, where it reads the file.
    found: Option<iac::Document<'a>>,
    /// ACL files and configurations inside of it.
    texts: Vec<Literal<'a>>,
    entries: Vec<Entry<'a>>,
    problems: Vec<Problem>,
}

/// An access string: one of infrastructure, or the rules of a line about a user.
pub struct Entry<'a> {
    /// For people: the user `alice`, or `aws_elasticache_user app access_string`.
    pub name: String,
    /// The engines that may read it, as far as the file and the caller state them.
    pub dialects: Dialects,
    /// The string as it is meant: without quotes, escapes and indentation.
    pub text: String,
    /// Rules that are put after others which are not known: not a whole user.
    pub is_fragment: bool,
    /// Whether its meaning depends on something that is not modelled, so that nothing is known of another text.
    is_frozen: bool,
    /// Whether something that is not read can make it a part of another string.
    is_handed_on: bool,
    /// Whether AWS returns a text for it: it is the whole access string of a user.
    is_returned: bool,
    /// Whether it is the first entry of a string that is known in part, and blanks of that string are never returned.
    has_stray_blanks: bool,
    /// Errors of the ACL file's reader about these rules. The linter reports the same errors for the text.
    pub refused: Vec<Problem>,
    origin: Origin<'a>,
}

impl Entry<'_> {
    /// Whether it is the rules of a line about a user, in an ACL file or a configuration.
    #[must_use]
    pub fn is_line(&self) -> bool {
        matches!(self.origin, Origin::Line { .. })
    }

    /// What the server that loads the file reports of a rule in that range of the file, if it reports it.
    #[must_use]
    pub fn quote_of(&self, range: &Range<usize>) -> Option<String> {
        let problem = self.refused.iter().find(|problem| problem.range == *range)?;
        problem.notes.first().cloned()
    }
}

enum Origin<'a> {
    Literal(Literal<'a>),
    /// A text that an expression works out, and the bytes of the expression.
    Composed {
        text: Resolved<'a>,
        range: Range<usize>,
        position: Position,
    },
    /// Rules in the file itself, or in the text of that index.
    Line {
        rules: LineText,
        within: Option<usize>,
    },
}

impl fmt::Debug for Document<'_> {
    /// Not the bytes, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strings = self.entries.len();
        f.debug_struct("Document")
            .field("path", &self.path)
            .field("strings", &strings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry<'_> {
    /// Not the text, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("dialects", &self.dialects)
            .finish_non_exhaustive()
    }
}

// ---------------------------------------------------------------------------------------------------
// Reading

impl<'a> Document<'a> {
    /// Reads a file. What cannot be read of it is among its problems.
    ///
    /// `stated` are the engines that somebody else names: they narrow what the file leaves open.
    #[must_use]
    pub fn read(path: &'a Path, bytes: &'a [u8], kind: Kind, stated: Option<&Dialects>) -> Self {
        Self::with(path, bytes, kind, stated, |format| iac::read(format, bytes))
    }

    /// Reads a file of infrastructure together with the other files of a scope that it is in: those of its folder,
    /// and of the modules that it calls. Other kinds of files are read by themselves.
    #[must_use]
    pub fn read_in(
        scope: &iac::Scope<'a>,
        path: &'a Path,
        bytes: &'a [u8],
        kind: Kind,
        stated: Option<&Dialects>,
    ) -> Self {
        Self::with(path, bytes, kind, stated, |format| match scope.paths().any(|other| other == path) {
            true => scope.read(path),
            false => iac::read(format, bytes),
        })
    }

    /// The same file with other bytes.
    #[must_use]
    pub fn reread<'b>(&'b self, bytes: &'b [u8]) -> Document<'b> {
        let again = Document::with(self.path, bytes, self.kind, self.stated.as_ref(), |format| {
            self.found.as_ref().map_or_else(|| iac::read(format, bytes), |found| found.reread(bytes))
        });
        let again = if self.statement_is_default { again.with_default_statement() } else { again };
        again.with_stated_channels(self.stated_channels)
    }

    /// The same if what is stated is a default for many files. Servers of the same project do not contradict a file about a
    /// service then, and a service does not contradict a file of users: the default is for other files.
    #[must_use]
    pub fn with_default_statement(mut self) -> Self {
        self.statement_is_default = true;
        let stated: Vec<_> =
            self.stated.iter().flat_map(Dialects::iter).map(|dialect| dialect.engine().project()).collect();
        let is_shared = |dialect: Dialect| stated.contains(&dialect.engine().project());
        if self.entries.iter().any(|entry| entry.dialects.iter().any(is_shared)) {
            self.problems.retain(|problem| problem.kind != ProblemKind::Contradiction);
        }
        self
    }

    /// The same file, of which a caller states `acl-pubsub-default` for every engine. A configuration that sets another
    /// value and a service without the setting contradict that, which is a [`Problem`].
    #[must_use]
    pub fn with_stated_channels(mut self, channels: Option<DefaultChannels>) -> Self {
        self.stated_channels = channels;
        let of_files = channels.or_else(|| self.channels_of_stated_dialects());
        let other = of_files.and_then(|channels| self.configuration_with_other_channels(channels));
        let without = channels.and_then(|channels| self.service_without_channels(channels));
        self.problems.extend(other.into_iter().chain(without));
        self.problems.sort_by_key(|problem| problem.range.start);
        self
    }

    /// The value that each of the stated dialects sets itself: `redis-7.0+acl-pubsub-default=allchannels`.
    fn channels_of_stated_dialects(&self) -> Option<DefaultChannels> {
        let stated = self.stated.as_ref().filter(|stated| stated.iter().all(Dialect::sets_default_channels));
        stated.and_then(|stated| stated.newest().default_channels())
    }

    fn configuration_with_other_channels(&self, stated: DefaultChannels) -> Option<Problem> {
        let (set, range, position) = self.channel_settings.iter().find(|(set, ..)| *set != stated)?;
        Some(Problem::other_channels(stated, *set, range.clone(), *position))
    }

    fn service_without_channels(&self, stated: DefaultChannels) -> Option<Problem> {
        let has_none = |dialect: Dialect| dialect.with_default_channels(stated).is_err();
        let entry = self.entries.iter().find(|entry| entry.dialects.iter().all(has_none))?;
        let (range, position) = (self.range(entry, START), self.position(entry, START));
        Some(Problem::no_channel_setting(stated, &entry.dialects, &entry.name, range, position))
    }

    /// Whether the file is not of its format, so that nothing is known of what it holds.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind == ProblemKind::Unreadable)
    }

    /// What a caller stated and the file contradicts.
    pub fn contradictions(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.kind == ProblemKind::Contradiction)
    }

    fn with(
        path: &'a Path,
        bytes: &'a [u8],
        kind: Kind,
        stated: Option<&Dialects>,
        infrastructure: impl FnOnce(iac::Format) -> Result<iac::Document<'a>, iac::ReadError>,
    ) -> Self {
        let mut document = Self {
            bytes,
            kind,
            stated: stated.cloned(),
            stated_channels: None,
            statement_is_default: false,
            channel_settings: Vec::new(),
            path,
            lines: LineStarts::of(bytes, kind),
            found: None,
            texts: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
        };
        match kind {
            Kind::Infrastructure(format) => document.infrastructure(infrastructure(format)),
            _ => document.lines_about_users(bytes, kind.lines_format(), None),
        }
        document.problems.sort_by_key(|problem| problem.range.start);
        document
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.path
    }

    /// Whether it is a file of users, not one of infrastructure.
    #[must_use]
    pub fn is_of_users(&self) -> bool {
        !matches!(self.kind, Kind::Infrastructure(_))
    }

    /// The strings, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// What is wrong besides the rules, or cannot be checked; in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many strings there are. One that is known in part is one, though each of its known rules is an entry.
    #[must_use]
    pub fn strings(&self) -> usize {
        let expression = |entry: &Entry<'_>| match &entry.origin {
            Origin::Composed { range, .. } if entry.is_fragment => Some(range.clone()),
            _ => None,
        };
        let mut last = None;
        let is_another = |entry: &&Entry<'_>| {
            let of = expression(entry);
            let is_same = of.is_some() && of == last;
            last = of;
            !is_same
        };
        self.entries.iter().filter(is_another).count()
    }

    /// How many values cannot be checked, as they are not known.
    #[must_use]
    pub fn unchecked(&self) -> usize {
        self.problems.iter().filter(|problem| problem.kind == ProblemKind::NotLiteral).count()
    }

    fn infrastructure(&mut self, found: Result<iac::Document<'a>, iac::ReadError>) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let position = error.position();
                let at = self.lines.offset(self.bytes, position);
                return self.problems.push(Problem::unreadable(&error, at..at));
            }
        };
        for finding in found.findings() {
            match finding {
                Finding::AccessString(string) => {
                    let text = string.text.value().to_owned();
                    let origin = Origin::Literal(string.text.clone());
                    let entry = self.entry(&string.place, &string.candidates, text, origin);
                    let is_returned = string.is_of_user && !entry.is_fragment;
                    let (is_frozen, is_handed_on) = (string.is_part, string.is_handed_on);
                    self.add(Entry { is_frozen, is_handed_on, is_returned, ..entry }, &string.candidates);
                }
                Finding::Composed(string) => self.composed(string),
                Finding::AclText(text) => {
                    let format = match text.kind {
                        AclTextKind::AclFile => file::Format::Acl,
                        AclTextKind::Configuration => file::Format::Config,
                    };
                    self.texts.push(text.text.clone());
                    let value = text.text.value();
                    self.lines_about_users(value.as_bytes(), format, Some(self.texts.len() - 1));
                }
                Finding::UserGroup(group) => self.user_group(group),
                Finding::Request(request) => self.request(request, found.path()),
                Finding::NotLiteral(value) => self.problems.push(Problem::not_literal(value)),
            }
        }
        self.found = Some(found);
    }

    fn entry(&self, place: &Place, candidates: &Candidates, text: String, origin: Origin<'a>) -> Entry<'a> {
        Entry {
            name: place.to_string(),
            dialects: narrowed(candidates.dialects.clone(), self.stated.as_ref()),
            text,
            is_fragment: is_appended(&place.attribute),
            is_frozen: false,
            is_handed_on: false,
            is_returned: false,
            has_stray_blanks: false,
            refused: Vec::new(),
            origin,
        }
    }

    /// Adds a string of infrastructure; what was stated may contradict the file.
    fn add(&mut self, entry: Entry<'a>, candidates: &Candidates) {
        let is_reported = || self.problems.iter().any(|problem| problem.kind == ProblemKind::Contradiction);
        let contradiction = contradiction(&candidates.dialects, self.stated.as_ref());
        if let Some(stated) = contradiction.filter(|_| !is_reported()) {
            let (range, position) = (self.range(&entry, START), self.position(&entry, START));
            let problem = Problem::contradiction(&candidates.dialects, stated, &entry.name, range, position);
            self.problems.push(problem);
        }
        self.entries.push(entry);
    }

    /// A string that is worked out is checked as a whole if all of it is known. Otherwise each of its certain rules is
    /// checked by itself, and the rest is not.
    fn composed(&mut self, string: &Composed<'a>) {
        let is_known = string.text.known().is_some();
        let texts = if is_known { vec![string.text.clone()] } else { string.text.certain_rules() };
        let is_returned = string.is_of_user && !is_appended(&string.place.attribute);
        let mut has_stray_blanks = is_returned && !is_known && format::has_stray_blanks(string.text.shown());
        for text in texts {
            let known = text.known().unwrap_or_default().to_owned();
            let origin = Origin::Composed { text, range: string.range.clone(), position: string.position };
            let entry = self.entry(&string.place, &string.candidates, known, origin);
            let is_fragment = !is_known || entry.is_fragment;
            let has_stray_blanks = core::mem::take(&mut has_stray_blanks);
            let entry = Entry { is_fragment, is_frozen: true, is_returned, has_stray_blanks, ..entry };
            self.add(entry, &string.candidates);
        }
        if !is_known {
            self.problems.push(Problem::known_in_part(string));
        }
    }

    fn request(&mut self, request: &Request<'_>, path: &Path) {
        let service = request.kind().service();
        // the rules of a string that another file holds are checked there
        let is_elsewhere = |found: &&RequestProblem| {
            let strings = request.strings(found.problem.member());
            let is_other = |text: &Resolved<'_>| *text.location(START).path != *path;
            matches!(found.problem.kind(), aws::ProblemKind::AccessString(_)) && strings.iter().any(is_other)
        };
        for found in request.problems().iter().filter(|found| !is_elsewhere(found)) {
            let problem = Problem::of_request(found, service, request.place());
            // copies of a user have the same mistakes
            let is_same = |other: &Problem| other.range == problem.range && other.message == problem.message;
            if !self.problems.iter().rev().take(MOST_COPIES).any(is_same) {
                self.problems.push(problem);
            }
        }
    }

    fn user_group(&mut self, group: &UserGroup) {
        let problem = |found| Problem::of_request(found, Service::ElastiCache, &group.place);
        self.problems.extend(group.problems.iter().map(problem));
    }

    /// The engines that may read an ACL file. Services read none. A path that names Valkey and not Redis is about
    /// Valkey, and one that names a Sentinel may be about one.
    fn servers(&self) -> Dialects {
        let path = self.path.to_string_lossy().to_ascii_lowercase();
        let stated = self.stated.as_ref();
        // a statement takes precedence over a path
        if let Some(servers) = stated.and_then(|stated| stated.filter(|dialect| dialect.service().is_none()))
        {
            return servers;
        }
        let projects = match path.contains("valkey") && !path.contains("redis") {
            true => &[Project::Valkey][..],
            false => &[Project::Redis, Project::Valkey],
        };
        let processes = match path.contains("sentinel") {
            _ if self.kind == Kind::Configuration && configures_a_sentinel(self.bytes) => {
                &[Process::Sentinel][..]
            }
            true => &[Process::Server, Process::Sentinel],
            false => &[Process::Server],
        };
        Dialects::new(Dialect::all().filter(|dialect| {
            let engine = dialect.engine();
            dialect.service().is_none()
                && projects.contains(&engine.project())
                && processes.contains(&engine.process())
        }))
        .expect("every project has servers")
    }

    /// Reports that only services were stated, once.
    fn services_read_no_users(&mut self, servers: &Dialects) {
        let Some(stated) = &self.stated else { return };
        let is_reported = self.problems.iter().any(|problem| problem.kind == ProblemKind::Contradiction);
        if !is_reported && stated.iter().all(|dialect| dialect.service().is_some()) {
            self.problems.push(Problem::no_service_reads(stated, servers));
        }
    }

    fn lines_about_users(&mut self, bytes: &[u8], format: file::Format, within: Option<usize>) {
        let servers = self.servers();
        self.services_read_no_users(&servers);
        let (mut readings, mut dialects, mut sets_channels) = (Readings::default(), Vec::new(), false);
        for dialect in servers.iter().rev() {
            // an engine that has no `acl-pubsub-default` does not start with a configuration that sets it
            if sets_channels && dialect.default_channels().is_none() {
                continue;
            }
            let file = AclFile::parse_with(bytes, &Catalog::from(dialect), format);
            sets_channels |= file.default_channels().is_some();
            dialects.push(file.dialect());
            readings.add(self, &file, within);
            let is_about_users = format != file::Format::Config || has_users(&file);
            if readings.lines.is_none() {
                readings.lines = Some(Lines { file, dialect });
            }
            // no engine finds anything in a configuration without users
            if !is_about_users {
                break;
            }
        }
        let Some(Lines { file, dialect }) = readings.lines.take() else { return };
        let dialects = Dialects::new(dialects).unwrap_or(servers);
        if let Some(channels) = file.default_channels() {
            let place = setting_of_channels(bytes, &file);
            let setting = (channels, self.in_file(within, place), self.position_of(within, place));
            self.channel_settings.push(setting);
        }
        for line in file.lines() {
            let (refused, others) = readings.take(line, &dialects);
            let Some(user) = line.user() else {
                self.problems.extend(refused.into_iter().chain(others));
                continue;
            };
            let rules = LineText::read(bytes, user.rules_span(), format, dialect)
                .map(|rules| rules.in_line(bytes, line, user));
            // where a bracket is open, the words are no rules
            let is_whole = !others.iter().any(Problem::is_open_selector);
            let is_wrong = !others.is_empty() || !refused.is_empty();
            self.problems.extend(others);
            match rules {
                Some(rules) if is_whole => self.entries.push(Entry {
                    name: format!("user {}", problem::shown_name(user.name())),
                    dialects: dialects.clone(),
                    text: rules.text().to_owned(),
                    is_fragment: false,
                    is_frozen: readings.is_frozen,
                    is_handed_on: false,
                    is_returned: false,
                    has_stray_blanks: false,
                    refused,
                    origin: Origin::Line { rules, within },
                }),
                None if !is_wrong => {
                    let place = user.rules_span();
                    let range = self.in_file(within, place);
                    let position = self.position_of(within, place);
                    self.problems.push(Problem::not_followed(user.name(), range, position));
                }
                _ => self.problems.extend(refused),
            }
        }
        if readings.none_accepts_all_lines() {
            let position = self.position_of(within, START);
            let range = self.in_file(within, START);
            self.problems.push(Problem::no_engine_accepts(&dialects, &readings.rejections, range, position));
        }
        self.problems.extend(readings.rest(dialects.len()));
    }

    fn file_error(&self, error: &FileError, within: Option<usize>) -> Problem {
        let place = error.span();
        let server_message = error.server_message(&self.path.to_string_lossy());
        Problem::of_file(error, server_message, self.in_file(within, place), self.position_of(within, place))
    }

    fn in_file(&self, within: Option<usize>, span: Span) -> Range<usize> {
        within.map_or(span.range(), |text| self.texts[text].range(span))
    }

    fn position_of(&self, within: Option<usize>, span: Span) -> Position {
        match within {
            Some(text) => self.texts[text].position(span),
            None => self.lines.position(self.bytes, span.start),
        }
    }

    // -----------------------------------------------------------------------------------------------
    // Places

    /// The bytes of the file that hold this part of an entry's text.
    #[must_use]
    pub fn range(&self, entry: &Entry<'_>, span: Span) -> Range<usize> {
        match &entry.origin {
            Origin::Literal(text) => text.range(span),
            Origin::Composed { text, range, .. } => {
                self.here(text.location(span)).map_or_else(|| range.clone(), |here| here.range)
            }
            Origin::Line { rules, within } => self.in_file(*within, rules.in_source(span)),
        }
    }

    /// Where this part of an entry's text begins.
    #[must_use]
    pub fn position(&self, entry: &Entry<'_>, span: Span) -> Position {
        match &entry.origin {
            Origin::Literal(text) => text.position(span),
            Origin::Composed { text, position, .. } => {
                self.here(text.location(span)).map_or(*position, |here| here.position)
            }
            Origin::Line { rules, within } => self.position_of(*within, rules.in_source(span)),
        }
    }

    /// A location, if it is in this file; what another file says is shown where this one uses it.
    fn here(&self, location: Location) -> Option<Location> {
        let path = self.found.as_ref().map(|found| found.path())?;
        (*location.path == *path).then_some(location)
    }

    /// The line and column of a byte of the file.
    #[must_use]
    pub fn position_of_byte(&self, at: usize) -> Position {
        self.lines.position(self.bytes, at)
    }
}

/// What all engines that may read some lines find wrong with them.
#[derive(Default)]
struct Readings {
    /// As the newest engine reads them, which comes first.
    lines: Option<Lines>,
    /// By the place in the text and the message without the name of the dialect.
    errors: BTreeMap<(usize, usize, String), ErrorOfSome>,
    is_frozen: bool,
    /// Whether an engine accepts all of the lines.
    is_accepted: bool,
    /// Whether a line is rejected by every engine.
    has_rejected_line: bool,
    /// The first lines that engines reject, by their numbers.
    rejections: Vec<(usize, Dialects)>,
}

struct Lines {
    file: AclFile,
    dialect: Dialect,
}

/// An error, and the engines that report it.
struct ErrorOfSome {
    problem: Problem,
    is_of_rule: bool,
    on: Vec<Dialect>,
}

impl Readings {
    fn add(&mut self, document: &Document<'_>, file: &AclFile, within: Option<usize>) {
        // a text that is right by the last setting may be wrong by the one in force before
        self.is_frozen |= file.tries_users_otherwise();
        self.is_accepted |= file.errors().next().is_none();
        for error in file.errors() {
            self.is_frozen |= matches!(error.kind(), FileErrorKind::ChannelDefault(_));
            let key = (error.span().start, error.span().end, error.kind().name().to_owned());
            let of_some = self.errors.entry(key).or_insert_with(|| ErrorOfSome {
                problem: document.file_error(error, within),
                is_of_rule: matches!(error.kind(), FileErrorKind::Rule(_)),
                on: Vec::new(),
            });
            if of_some.on.last() != Some(&file.dialect()) {
                of_some.on.push(file.dialect());
            }
        }
    }

    /// The errors inside a line: those about rules, and others.
    fn take(&mut self, line: &Line, engines: &Dialects) -> (Vec<Problem>, Vec<Problem>) {
        let Span { start, end } = line.span();
        let (first, after) = ((start, 0, String::new()), (end + 1, 0, String::new()));
        if self.errors.range(&first..&after).next().is_none() {
            return Default::default();
        }
        let mut of_line = self.errors.split_off(&first);
        let mut after = of_line.split_off(&after);
        self.errors.append(&mut after);
        let rejecting = Dialects::new(of_line.values().flat_map(|error| error.on.iter().copied()));
        let is_rejected = rejecting.as_ref().is_some_and(|rejecting| rejecting.len() == engines.len());
        self.has_rejected_line |= is_rejected;
        if self.rejections.len() < MOST_REJECTIONS {
            self.rejections.extend(rejecting.map(|rejecting| (line.number(), rejecting)));
        }
        // engines that agree on an error say enough
        let none_agree = of_line.values().all(|error| error.on.len() < engines.len());
        let problem = |error: ErrorOfSome| match is_rejected && none_agree {
            true => error.problem_of_all(engines),
            false => error.problem(engines.len()),
        };
        let (of_rules, others): (Vec<_>, Vec<_>) = of_line.into_values().partition(|error| error.is_of_rule);
        let all = |errors: Vec<ErrorOfSome>| errors.into_iter().map(problem).collect();
        (all(of_rules), all(others))
    }

    /// Whether each engine rejects another line. Nobody has the users of such a file.
    fn none_accepts_all_lines(&self) -> bool {
        !self.is_accepted && !self.has_rejected_line
    }

    fn rest(self, engines: usize) -> impl Iterator<Item = Problem> {
        self.errors.into_values().map(move |error| error.problem(engines))
    }
}

impl ErrorOfSome {
    fn problem(self, engines: usize) -> Problem {
        match self.on.len() == engines {
            true => self.problem,
            false => self.problem.on_some(Dialects::new(self.on)),
        }
    }

    /// The same, where each engine rejects the line for a reason of its own.
    fn problem_of_all(self, engines: &Dialects) -> Problem {
        self.problem.on_each(Dialects::new(self.on), engines)
    }
}

/// The last line about `acl-pubsub-default`, which counts.
fn setting_of_channels(bytes: &[u8], file: &AclFile) -> Span {
    let is_it = |line: &&Line| {
        let text = bytes.get(line.span().range()).unwrap_or_default().to_ascii_lowercase();
        text.trim_ascii_start().starts_with(b"acl-pubsub-default")
    };
    file.lines().iter().rfind(is_it).map_or(START, Line::span)
}

fn has_users(file: &AclFile) -> bool {
    file.lines().iter().any(|line| line.user().is_some() || !line.errors().is_empty())
}

/// What a caller states of what the file leaves open; where they contradict one another, what the file leaves open.
fn narrowed(open: Dialects, stated: Option<&Dialects>) -> Dialects {
    stated.and_then(|stated| open.narrowed(stated)).unwrap_or(open)
}

/// Whether a configuration has `sentinel` directives, which no server accepts.
fn configures_a_sentinel(bytes: &[u8]) -> bool {
    let is_sentinel = |line: &[u8]| {
        let first = line.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
        first.eq_ignore_ascii_case(b"sentinel")
    };
    bytes.split(|byte| *byte == b'\n').any(is_sentinel)
}

/// What a caller states, if nothing of it fits the file.
fn contradiction<'s>(open: &Dialects, stated: Option<&'s Dialects>) -> Option<&'s Dialects> {
    stated.filter(|stated| open.narrowed(stated).is_none())
}

/// AWS puts these rules after those that the user has.
fn is_appended(attribute: &str) -> bool {
    let attribute = attribute.rsplit('.').next().unwrap_or_default();
    ["AppendAccessString", "append_access_string"].contains(&attribute)
}
