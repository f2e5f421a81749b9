//! The access strings in a file of any kind: ACL files, configurations, and what `iac` reads, with the ACL files
//! inside of it. Each comes with its place in the file, and can be written anew so that nothing else changes.

mod line;
mod lines;
mod problem;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use redis_acl::file;
use redis_acl::iac::{self, AclTextKind, Finding, Literal, NotLiteral, Position, Request};
use redis_acl::{AccessString, AclFile, Catalog, Dialect, FileError, FileErrorKind, Span};

use crate::input;
use line::LineText;
use lines::LineStarts;
pub(crate) use problem::{Problem, ProblemKind};

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `users.acl`
    AclFile,
    /// `redis.conf`
    Configuration,
    Infrastructure(iac::Format),
}

/// What is read where a file does not tell its dialect.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialects {
    /// What `--dialect` or the settings say.
    pub(crate) stated: Option<Dialect>,
}

/// What stands in a file.
pub(crate) struct Document<'a> {
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
pub(crate) struct Entry<'a> {
    /// For people: the user `alice`, or `aws_elasticache_user app access_string`.
    pub(crate) name: String,
    /// The dialect that the file tells, or else the one that was stated or fits the kind of file.
    pub(crate) dialect: Dialect,
    /// Whether neither the file nor anybody told the dialect: what is proven in it may not hold on the server.
    pub(crate) is_guess: bool,
    /// The string as it is meant: behind quotes, escapes and indentation.
    pub(crate) text: String,
    /// Rules that are put behind others which are not known: not a whole user.
    pub(crate) is_fragment: bool,
    /// Whether its meaning depends on something that is not modelled, so that nothing is known of another text.
    is_frozen: bool,
    /// What the reader of an ACL file refuses of these rules. The linter tells the same of the text.
    pub(crate) refused: Vec<Problem>,
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

/// The file with some of its strings written anew.
pub(crate) struct Rewritten {
    pub(crate) bytes: Vec<u8>,
    /// Entries that cannot be written safely, and are as they were.
    pub(crate) left: BTreeSet<usize>,
}

// ---------------------------------------------------------------------------------------------------
// Kinds

impl Kind {
    /// The kind of a file that a name tells by itself.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        let is = |ending: &str| path.extension().is_some_and(|other| other.eq_ignore_ascii_case(ending));
        match () {
            () if is("acl") => Some(Self::AclFile),
            () if is("conf") => Some(Self::Configuration),
            () => iac::Format::of_path(path).map(Self::Infrastructure),
        }
    }

    /// The kind of a file, by its name or by its lines.
    pub(crate) fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        let format = || iac::Format::detect(path, bytes).map(Self::Infrastructure);
        Self::of_name(path).or_else(format).or_else(|| is_nothing_but_users(bytes).then_some(Self::AclFile))
    }

    /// The kind of a file that was met in a folder: many a `.conf` is not about Redis.
    pub(crate) fn of_found(path: &Path, bytes: &[u8]) -> Option<Self> {
        Self::of(path, bytes).filter(|kind| *kind != Self::Configuration || is_of_server(path, bytes))
    }

    /// Whether a file may be an ACL file by its lines, of which these are the first bytes.
    pub(crate) fn may_be_users(beginning: &[u8]) -> bool {
        beginning.trim_ascii_start().starts_with(b"user ")
    }
}

fn is_nothing_but_users(bytes: &[u8]) -> bool {
    if !Kind::may_be_users(bytes) {
        return false;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.clone().any(is_user) && lines.all(|line| line.starts_with(b"user "))
}

/// A configuration of Redis or Valkey by its name, or by a line about a user with rules.
fn is_of_server(path: &Path, bytes: &[u8]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ["redis", "valkey"].iter().any(|server| name.contains(server))
        || bytes.split(|byte| *byte == b'\n').any(is_user)
}

/// A line about a user, whose rules are well-formed.
fn is_user(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line.trim_ascii()) else { return false };
    let rules = line.strip_prefix("user ").and_then(|user| user.split_once(' '));
    rules.is_some_and(|(_, rules)| AccessString::parse(rules).is_ok_and(|rules| !rules.rules().is_empty()))
}

impl Dialects {
    /// The dialect of a string in infrastructure that does not tell its own.
    pub(crate) fn of_service(self) -> Dialect {
        self.stated.unwrap_or_else(|| input::named(input::DEFAULT_DIALECT))
    }

    /// The dialect of an ACL file: services have none.
    pub(crate) fn of_server(self, path: &Path) -> Dialect {
        let is_valkey = path.to_string_lossy().to_ascii_lowercase().contains("valkey");
        let engine = if is_valkey { input::DEFAULT_VALKEY } else { input::DEFAULT_REDIS };
        self.stated.unwrap_or_else(|| input::named(engine))
    }
}

// ---------------------------------------------------------------------------------------------------
// Reading

impl<'a> Document<'a> {
    /// Reads a file. What cannot be read of it is among its problems.
    pub(crate) fn read(path: &'a Path, bytes: &'a [u8], kind: Kind, dialects: Dialects) -> Self {
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
    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// What is wrong besides the rules, or cannot be looked at; in the order of the file.
    pub(crate) fn problems(&self) -> &[Problem] {
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
                Finding::NotLiteral(value) => self.not_literal(value),
                // what a later version of the library finds is not lost: it has a place, if no more
                other => self
                    .problems
                    .push(Problem::unknown(other, self.lines.position(self.bytes, other.range().start))),
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

    fn not_literal(&mut self, value: &NotLiteral) {
        self.problems.push(Problem::not_literal(value));
    }

    fn lines_about_users(&mut self, bytes: &[u8], format: file::Format, within: Option<usize>) {
        let dialect = self.dialects.of_server(self.path);
        let file = AclFile::parse_with(bytes, &Catalog::from(dialect), format);
        // a configuration may set `acl-pubsub-default`
        let dialect = file.dialect();
        let is_frozen = file.errors().any(|error| matches!(error.kind(), FileErrorKind::ChannelDefault(_)));
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
    pub(crate) fn range(&self, entry: &Entry<'_>, span: Span) -> Range<usize> {
        match &entry.origin {
            Origin::Literal(text) => text.range(span),
            Origin::Line { rules, within } => self.in_file(*within, rules.in_source(span)),
        }
    }

    /// Where this part of an entry's text begins.
    pub(crate) fn position(&self, entry: &Entry<'_>, span: Span) -> Position {
        match &entry.origin {
            Origin::Literal(text) => text.position(span),
            Origin::Line { rules, within } => self.position_of(*within, rules.in_source(span)),
        }
    }

    /// The line and column of a byte of the file.
    pub(crate) fn position_of_byte(&self, at: usize) -> Position {
        self.lines.position(self.bytes, at)
    }

    // -----------------------------------------------------------------------------------------------
    // Writing

    /// The file with other texts in some of its entries, which are given by their index. What comes out is read
    /// again, and must hold these texts and nothing else that is new; where it does not, the text is left as it
    /// was. Everything outside the strings stays byte for byte.
    pub(crate) fn rewritten(&self, changes: &[(usize, String)]) -> Rewritten {
        let made = self.makeable(changes);
        let indices =
            |changes: &[(usize, String)]| changes.iter().map(|(index, _)| *index).collect::<BTreeSet<_>>();
        match self.written(&made) {
            Some(bytes) => Rewritten { bytes, left: &indices(changes) - &indices(&made) },
            None => Rewritten {
                bytes: self.bytes.to_vec(),
                left: changes.iter().map(|(index, _)| *index).collect(),
            },
        }
    }

    /// Those of the changes that can be made: all of them, or those of each half.
    fn makeable(&self, changes: &[(usize, String)]) -> Vec<(usize, String)> {
        if changes.is_empty() || self.written(changes).is_some() {
            return changes.to_vec();
        }
        if changes.len() == 1 {
            return Vec::new();
        }
        let (front, back) = changes.split_at(changes.len() / 2);
        [self.makeable(front), self.makeable(back)].concat()
    }

    /// How to write one entry anew, by itself: the bytes of the file that change, and what comes in their place.
    /// `None` where it cannot be written, or the file is so large that this takes too long.
    pub(crate) fn edit(&self, index: usize, new: &str) -> Option<(Range<usize>, String)> {
        const LARGE: usize = 100_000;
        let (range, text) = match &self.writable(index)?.origin {
            Origin::Literal(text) => {
                let edit = text.replace(new)?;
                (edit.range, edit.text)
            }
            Origin::Line { rules, within: None } => rules.edit(new)?,
            Origin::Line { rules, within: Some(text) } => {
                let text = Some(&self.texts[*text]).filter(|text| text.value().len() < LARGE)?;
                let value = spliced(text.value().as_bytes(), vec![rules.edit(new)?])?;
                let edit = text.replace(&String::from_utf8(value).ok()?)?;
                (edit.range, edit.text)
            }
        };
        let old = std::str::from_utf8(self.bytes.get(range.clone())?).ok()?;
        let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
            pairs.take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum()
        };
        let front = same(&mut old.chars().zip(text.chars()));
        let back = same(&mut old[front..].chars().rev().zip(text[front..].chars().rev()));
        let range = range.start + front..range.end - back;
        Some((range, text[front..text.len() - back].to_owned()))
    }

    fn written(&self, changes: &[(usize, String)]) -> Option<Vec<u8>> {
        let mut edits = Vec::new();
        let mut of_texts: Vec<Vec<(Range<usize>, String)>> = vec![Vec::new(); self.texts.len()];
        let mut plain = Vec::new();
        for (index, new) in changes {
            match &self.writable(*index)?.origin {
                Origin::Literal(text) => edits.push(text.replace(new)?),
                Origin::Line { rules, within: None } => plain.push(rules.edit(new)?),
                Origin::Line { rules, within: Some(text) } => of_texts[*text].push(rules.edit(new)?),
            }
        }
        for (text, of_text) in self.texts.iter().zip(of_texts).filter(|(_, edits)| !edits.is_empty()) {
            let value = String::from_utf8(spliced(text.value().as_bytes(), of_text)?).ok()?;
            edits.push(text.replace(&value)?);
        }
        let bytes = match &self.found {
            Some(found) => found.apply(&edits)?,
            None => spliced(self.bytes, plain)?,
        };
        self.became(&bytes, changes).then_some(bytes)
    }

    fn writable(&self, index: usize) -> Option<&Entry<'a>> {
        self.entries.get(index).filter(|entry| !entry.is_frozen)
    }

    /// Whether the other bytes hold the same entries with these texts.
    fn became(&self, bytes: &[u8], changes: &[(usize, String)]) -> bool {
        let again = Document::read(self.path, bytes, self.kind, self.dialects);
        let text = |index: usize, old: &Entry<'_>| {
            let changed = changes.iter().rev().find(|(of, _)| *of == index);
            changed.map_or_else(|| old.text.clone(), |(_, new)| new.clone())
        };
        let alike = |(index, (old, new)): (usize, (&Entry<'_>, &Entry<'_>))| {
            old.name == new.name && old.dialect == new.dialect && new.text == text(index, old)
        };
        let is_file_error = |problem: &&Problem| problem.kind.is_of_acl_file();
        self.entries.len() == again.entries.len()
            && self.entries.iter().zip(&again.entries).enumerate().all(alike)
            && self.problems.iter().filter(is_file_error).count()
                == again.problems.iter().filter(is_file_error).count()
    }
}

/// AWS puts these rules behind those that the user has.
pub(crate) fn is_appended(attribute: &str) -> bool {
    let attribute = attribute.rsplit('.').next().unwrap_or_default();
    ["AppendAccessString", "append_access_string"].contains(&attribute)
}

/// The bytes with others in the place of some; `None` where two of the edits overlap.
fn spliced(bytes: &[u8], mut edits: Vec<(Range<usize>, String)>) -> Option<Vec<u8>> {
    edits.sort_by_key(|(range, _)| range.start);
    let (mut written, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for (range, text) in edits {
        written.extend_from_slice(bytes.get(at..range.start)?);
        written.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    written.extend_from_slice(bytes.get(at..)?);
    Some(written)
}
