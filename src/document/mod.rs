//! The access strings in a file of any kind: ACL files, configurations, and what `iac` reads, with the ACL files
//! inside of it. Each comes with its place in the file, and can be written anew so that nothing else changes.

mod changes;
mod forms;
mod kind;
mod line;
mod lines;
mod problem;
mod users;
mod write;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use std::path::Path;

use crate::catalog::Catalog;
use crate::dialect::{Dialect, Service};
use crate::file::{self, AclFile, FileError, FileErrorKind};
use crate::iac::{self, AclTextKind, Finding, Literal, NotLiteral, Position, Request, UserGroup};
use crate::span::Span;

pub use changes::{Change, Compared, NewAccess, changes};
pub use forms::{Passwords, Target, TargetForm, mean_the_same};
pub use kind::Kind;
use line::LineText;
use lines::LineStarts;
pub use problem::{Problem, ProblemKind};
pub use users::{Access, FileOfUsers, FileUser, Login, is_listed, of_list, pairs};
pub use write::Rewritten;

/// What a string is read as where no dialect is named.
const DEFAULT_DIALECT: &str = "elasticache";

/// What an ACL file or configuration is read as where no dialect is named, and where its path says `valkey`.
const DEFAULT_REDIS: &str = "redis-8.4";
const DEFAULT_VALKEY: &str = "valkey-9.1";

fn named(dialect: &str) -> Dialect {
    dialect.parse().expect("the defaults are dialects")
}

/// What is read where a file does not tell its dialect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialects {
    /// What `--dialect` or the settings say.
    pub stated: Option<Dialect>,
}

/// What stands in a file.
pub struct Document<'a> {
    bytes: &'a [u8],
    kind: Kind,
    dialects: Dialects,
    /// Says `valkey` or not, by which the engine of an ACL file is guessed.
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
    /// The dialect that the file tells, or else the one that was stated or fits the kind of file.
    pub dialect: Dialect,
    /// Whether neither the file nor anybody told the dialect: what is proven in it may not hold on the server.
    pub is_guess: bool,
    /// The string as it is meant: behind quotes, escapes and indentation.
    pub text: String,
    /// Rules that are put behind others which are not known: not a whole user.
    pub is_fragment: bool,
    /// Whether its meaning depends on something that is not modelled, so that nothing is known of another text.
    is_frozen: bool,
    /// What the reader of an ACL file refuses of these rules. The linter tells the same of the text.
    pub refused: Vec<Problem>,
    origin: Origin<'a>,
}

enum Origin<'a> {
    Literal(Literal<'a>),
    /// Rules in the file itself, or in the text of that index.
    Line {
        rules: LineText,
        within: Option<usize>,
    },
}

impl Dialects {
    /// The dialect of a string in infrastructure that does not tell its own.
    pub fn of_service(self) -> Dialect {
        self.stated.unwrap_or_else(|| named(DEFAULT_DIALECT))
    }

    /// The dialect of an ACL file: services have none.
    pub fn of_server(self, path: &Path) -> Dialect {
        let is_valkey = path.to_string_lossy().to_ascii_lowercase().contains("valkey");
        let engine = if is_valkey { DEFAULT_VALKEY } else { DEFAULT_REDIS };
        self.stated.unwrap_or_else(|| named(engine))
    }
}

// ---------------------------------------------------------------------------------------------------
// Reading

impl<'a> Document<'a> {
    /// Reads a file. What cannot be read of it is among its problems.
    pub fn read(path: &'a Path, bytes: &'a [u8], kind: Kind, dialects: Dialects) -> Self {
        let mut document = Self {
            bytes,
            kind,
            dialects,
            path,
            lines: LineStarts::of(bytes, kind),
            found: None,
            texts: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
        };
        match kind {
            Kind::AclFile => document.lines_about_users(bytes, file::Format::Acl, None),
            Kind::Configuration => document.lines_about_users(bytes, file::Format::Config, None),
            Kind::Infrastructure(format) => document.infrastructure(format),
        }
        document.problems.sort_by_key(|problem| problem.range.start);
        document
    }

    /// The strings, in the order of the file.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// What is wrong besides the rules, or cannot be looked at; in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn infrastructure(&mut self, format: iac::Format) {
        let found = match iac::read(format, self.bytes) {
            Ok(found) => found,
            Err(error) => {
                let position = error.position();
                let at = self.lines.offset(self.bytes, position);
                return self.problems.push(Problem::unreadable(&error, at..at));
            }
        };
        for finding in found.findings() {
            match finding {
                Finding::AccessString(string) => self.entries.push(Entry {
                    name: string.place.to_string(),
                    dialect: string.dialect.unwrap_or_else(|| self.dialects.of_service()),
                    text: string.text.value().to_owned(),
                    is_guess: string.dialect.is_none() && self.dialects.stated.is_none(),
                    is_fragment: is_appended(&string.place.attribute),
                    is_frozen: false,
                    refused: Vec::new(),
                    origin: Origin::Literal(string.text.clone()),
                }),
                Finding::AclText(text) => {
                    let format = match text.kind {
                        AclTextKind::AclFile => file::Format::Acl,
                        AclTextKind::Configuration => file::Format::Config,
                    };
                    self.texts.push(text.text.clone());
                    let value = text.text.value();
                    self.lines_about_users(value.as_bytes(), format, Some(self.texts.len() - 1));
                }
                Finding::Request(request) => self.request(request),
                Finding::UserGroup(group) => self.user_group(group),
                Finding::NotLiteral(value) => self.not_literal(value),
            }
        }
        self.found = Some(found);
    }

    fn request(&mut self, request: &Request<'_>) {
        let service = request.kind().service();
        let problems = request.problems();
        let problems = problems.iter().map(|found| Problem::of_request(found, service, request.place()));
        self.problems.extend(problems);
    }

    fn user_group(&mut self, group: &UserGroup) {
        let problem = |found| Problem::of_request(found, Service::ElastiCache, &group.place);
        self.problems.extend(group.problems.iter().map(problem));
    }

    fn not_literal(&mut self, value: &NotLiteral) {
        self.problems.push(Problem::not_literal(value));
    }

    fn lines_about_users(&mut self, bytes: &[u8], format: file::Format, within: Option<usize>) {
        let dialect = self.dialects.of_server(self.path);
        let file = AclFile::parse_with(bytes, &Catalog::from(dialect), format);
        let is_frozen = file.errors().any(|error| *error.kind() == FileErrorKind::ChannelDefault);
        for line in file.lines() {
            let rules =
                line.user().and_then(|user| LineText::read(bytes, user.rules_span(), format, dialect));
            let is_told = |error: &&FileError| {
                let is_of_rule = matches!(error.kind(), FileErrorKind::Rule(_));
                is_of_rule && rules.is_some()
            };
            let (of_rules, others): (Vec<_>, Vec<_>) = line.errors().iter().partition(is_told);
            // where a bracket is open, the words are no rules
            let is_whole = !others.iter().any(|error| {
                matches!(error.kind(), FileErrorKind::OpenSelector | FileErrorKind::OpenSelectorKills)
            });
            let problem = |error: &FileError| self.file_error(error, within);
            let (refused, others): (Vec<_>, Vec<_>) =
                (of_rules.into_iter().map(problem).collect(), others.into_iter().map(problem).collect());
            self.problems.extend(others);
            match (line.user(), rules) {
                (Some(user), Some(rules)) if is_whole => {
                    self.entries.push(Entry {
                        name: format!("user {}", problem::shown_name(user.name())),
                        dialect,
                        is_guess: self.dialects.stated.is_none(),
                        text: rules.text().to_owned(),
                        is_fragment: false,
                        is_frozen,
                        refused,
                        origin: Origin::Line { rules, within },
                    });
                }
                (Some(user), None) if line.errors().is_empty() => {
                    let place = user.rules_span();
                    let range = self.in_file(within, place);
                    let position = self.position_of(within, place);
                    self.problems.push(Problem::not_followed(user.name(), range, position));
                }
                _ => self.problems.extend(refused),
            }
        }
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

    /// The bytes of the file that say this part of an entry's text.
    pub fn range(&self, entry: &Entry<'_>, span: Span) -> Range<usize> {
        match &entry.origin {
            Origin::Literal(text) => text.range(span),
            Origin::Line { rules, within } => self.in_file(*within, rules.in_source(span)),
        }
    }

    /// Where this part of an entry's text begins.
    pub fn position(&self, entry: &Entry<'_>, span: Span) -> Position {
        match &entry.origin {
            Origin::Literal(text) => text.position(span),
            Origin::Line { rules, within } => self.position_of(*within, rules.in_source(span)),
        }
    }

    /// The line and column of a byte of the file.
    pub fn position_of_byte(&self, at: usize) -> Position {
        self.lines.position(self.bytes, at)
    }
}

/// AWS puts these rules behind those that the user has.
pub fn is_appended(attribute: &str) -> bool {
    let attribute = attribute.rsplit('.').next().unwrap_or_default();
    ["AppendAccessString", "append_access_string"].contains(&attribute)
}
