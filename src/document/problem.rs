//! What is wrong with a file besides the rules in it, or keeps it from being looked at.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use crate::aws::{Certainty, ProblemKind as RequestProblemKind};
use crate::dialect::{DefaultChannels, Dialects, Service};
use crate::file::{FileError, FileErrorKind};
use crate::iac::{Composed, NotLiteral, Place, Position, ReadError, RequestProblem};
use crate::report::{Level, Report};
use crate::syntax;

/// Something to say about a file that no lint says.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What it is about, for people; empty where that is the file.
    pub name: String,
    /// One line, without passwords.
    pub message: String,
    /// A problem without an observation of AWS is a warning.
    level: Level,
    /// More lines about it.
    pub notes: Vec<String>,
    /// How to fix it.
    pub help: Option<String>,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
    /// The same drawn under the text, where there is one to show.
    pub report: Option<Report>,
    /// The engines that have it, where only some of those that may read the file do.
    pub dialects: Option<Dialects>,
    /// About the rules of an access string, which the linter reports as well.
    pub is_about_rules: bool,
}

/// What kind of problem it is, with an id as lints have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The line of an ACL file or configuration is refused.
    File(&'static str),
    /// AWS would refuse the request.
    Request,
    /// The file is not of its format.
    Unreadable,
    /// A value is not known.
    NotLiteral,
    /// A file that is too large to be looked at.
    TooLarge,
    /// What was stated for the file contradicts what it states itself.
    Contradiction,
}

impl ProblemKind {
    /// Those of ACL files are `FileErrorKind::name` with hyphens.
    pub const ALL: [Self; 15] = [
        Self::File("no-user"),
        Self::File("space-in-name"),
        Self::File("duplicate-user"),
        Self::File("open-selector"),
        Self::File("open-selector-kills"),
        Self::File("not-utf8"),
        Self::File("unbalanced-quotes"),
        Self::File("users-and-acl-file"),
        Self::File("channel-default"),
        Self::File("rule"),
        Self::Request,
        Self::Unreadable,
        Self::NotLiteral,
        Self::TooLarge,
        Self::Contradiction,
    ];

    /// The id, in the style of the ids of lints.
    pub const fn id(self) -> &'static str {
        match self {
            Self::File(id) => id,
            Self::Request => "aws-request",
            Self::Unreadable => "unreadable-file",
            Self::NotLiteral => "not-literal",
            Self::TooLarge => "file-too-large",
            Self::Contradiction => "contradicting-dialect",
        }
    }

    /// The level that a problem of the kind has unless it is less certain.
    pub const fn level(self) -> Level {
        match self {
            Self::File(_) | Self::Request | Self::Unreadable => Level::Error,
            Self::TooLarge | Self::Contradiction => Level::Warning,
            Self::NotLiteral => Level::Hint,
        }
    }

    /// What it is, in one sentence.
    pub fn what(self) -> &'static str {
        match self {
            Self::File("no-user") => "a line does not begin with `user` and a name",
            Self::File("space-in-name") => "a name contains white space",
            Self::File("duplicate-user") => "a second line defines the same user",
            Self::File("open-selector") => "no `)` closes a selector",
            Self::File("open-selector-kills") => "no `)` closes a selector, which crashes servers",
            Self::File("not-utf8") => "a line is not UTF-8",
            Self::File("unbalanced-quotes") => "unbalanced quotes",
            Self::File("users-and-acl-file") => "a configuration names an ACL file and also defines users",
            Self::File("channel-default") => "the server rejects the value of `acl-pubsub-default`",
            Self::File(_) => "the server rejects a rule of a line",
            Self::Request => "AWS rejects the request for this user or user group",
            Self::Unreadable => "the file cannot be read, or is not of its format",
            Self::NotLiteral => "the value is not statically known, so it cannot be checked",
            Self::TooLarge => "the file is too large to check",
            Self::Contradiction => "what was stated contradicts the engine that the file states",
        }
    }

    /// Whether it is about lines of an ACL file, in a file of its own or inside another.
    pub(super) const fn is_of_acl_file(self) -> bool {
        matches!(self, Self::File(_))
    }

    fn of_file(kind: &FileErrorKind) -> Self {
        let is_named = |known: &&Self| known.id().replace('-', "_") == kind.name();
        Self::ALL.iter().find(is_named).copied().unwrap_or(Self::File("rule"))
    }
}

const START: Position = Position { line: 1, column: 1 };

impl Problem {
    /// About a whole file.
    pub fn of_whole_file(kind: ProblemKind, message: String) -> Self {
        Self {
            kind,
            name: String::new(),
            message,
            level: kind.level(),
            notes: Vec::new(),
            help: None,
            range: 0..0,
            position: START,
            report: None,
            dialects: None,
            is_about_rules: false,
        }
    }

    /// How severe it is: a hint, where some of the engines that may read the file accept the line.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The same, found by some of the engines only.
    pub(super) fn on_some(mut self, dialects: Option<Dialects>) -> Self {
        self.notes
            .extend(dialects.iter().map(|on| format!("only on {on}; no engine is stated for the file")));
        self.dialects = dialects;
        self.level = Level::Hint;
        self
    }

    /// The same, found by some of the engines only, where the others reject the line for another reason.
    pub(super) fn on_each(self, dialects: Option<Dialects>, engines: &Dialects) -> Self {
        let level = self.level;
        let mut of_some = self.on_some(dialects);
        of_some.notes.push(format!("no engine of {engines} accepts the line"));
        Self { level, ..of_some }
    }

    pub(super) fn is_open_selector(&self) -> bool {
        matches!(self.kind, ProblemKind::File("open-selector" | "open-selector-kills"))
    }

    /// Each engine rejects another line of the file.
    pub(super) fn no_engine_accepts(
        engines: &Dialects,
        rejections: &[(usize, Dialects)],
        range: Range<usize>,
        position: Position,
    ) -> Self {
        let message = format!("no engine of {engines} accepts every line");
        let note = |(line, on): &(usize, Dialects)| format!("line {line} is rejected on {on}");
        Self {
            notes: rejections.iter().map(note).collect(),
            range,
            position,
            ..Self::of_whole_file(ProblemKind::File("rule"), message)
        }
    }

    /// Of two statements the file's own counts.
    pub(super) fn contradiction(
        open: &Dialects,
        stated: &Dialects,
        name: &str,
        range: Range<usize>,
        position: Position,
    ) -> Self {
        let message = format!("{stated} was stated, but the file states {open}, which takes precedence");
        Self {
            name: name.to_owned(),
            range,
            position,
            ..Self::of_whole_file(ProblemKind::Contradiction, message)
        }
    }

    /// A configuration sets `acl-pubsub-default` to another value than the one that was stated.
    pub(super) fn other_channels(
        stated: DefaultChannels,
        set: DefaultChannels,
        range: Range<usize>,
        position: Position,
    ) -> Self {
        let message = format!(
            "acl-pubsub-default {stated} was stated, but the file sets {set}, which takes precedence"
        );
        Self { range, position, ..Self::of_whole_file(ProblemKind::Contradiction, message) }
    }

    /// `acl-pubsub-default` was stated for engines that do not have it.
    pub(super) fn no_channel_setting(
        stated: DefaultChannels,
        engines: &Dialects,
        name: &str,
        range: Range<usize>,
        position: Position,
    ) -> Self {
        let message =
            format!("acl-pubsub-default {stated} was stated, but {engines} cannot have that setting");
        Self {
            name: name.to_owned(),
            range,
            position,
            ..Self::of_whole_file(ProblemKind::Contradiction, message)
        }
    }

    /// A service was stated for a file of users, which only a server or a Sentinel reads.
    pub(super) fn no_service_reads(stated: &Dialects, read_as: &Dialects) -> Self {
        let message =
            format!("{stated} was stated, but services do not read ACL files; the file is read as {read_as}");
        Self::of_whole_file(ProblemKind::Contradiction, message)
    }

    /// A string of which something is known and something not.
    pub(super) fn known_in_part(string: &Composed<'_>) -> Self {
        let mut reasons: Vec<_> = string.text.unknown().map(|(why, _)| why.to_string()).collect();
        reasons.dedup();
        let message = format!("checked in part: {}", reasons.join(", "));
        Self {
            name: string.place.to_string(),
            range: string.range.clone(),
            position: string.position,
            notes: vec![format!("the known part is `{}`", syntax::masked(string.text.shown()))],
            ..Self::of_whole_file(ProblemKind::NotLiteral, message)
        }
    }

    pub(super) fn unreadable(error: &ReadError, range: Range<usize>) -> Self {
        let problem = Self::of_whole_file(ProblemKind::Unreadable, error.message().to_owned());
        Self { range, position: error.position(), ..problem }
    }

    pub(super) fn not_literal(value: &NotLiteral) -> Self {
        Self {
            name: value.place.to_string(),
            range: value.range.clone(),
            position: value.position,
            ..Self::of_whole_file(ProblemKind::NotLiteral, format!("not checked: {}", value.why))
        }
    }

    /// Rules that no access string says.
    pub(super) fn not_followed(name: &str, range: Range<usize>, position: Position) -> Self {
        let message = "not checked: the rules cannot be written as an access string, because a rule contains white space";
        Self {
            name: format!("user {}", shown_name(name)),
            range,
            position,
            ..Self::of_whole_file(ProblemKind::NotLiteral, message.into())
        }
    }

    pub(super) fn of_request(found: &RequestProblem, service: Service, place: &Place) -> Self {
        let problem = &found.problem;
        let code = match (problem.code(), problem.kind()) {
            (Some(code), _) => format!("AWS responds with {}", code.code(service)),
            (None, RequestProblemKind::Schema(_)) => {
                "CloudFormation rejects the resource (documented)".into()
            }
            (None, RequestProblemKind::AccessStringMissing) => "AWS responds with status 500".into(),
            (None, _) => "SDKs do not send the request".into(),
        };
        let is_about_rules = matches!(problem.kind(), RequestProblemKind::AccessString(_));
        let caveat = problem.certainty().caveat().map(str::to_owned);
        let facts = [code, format!("the parameter is {}", problem.member())];
        Self {
            name: place.to_string(),
            level: level_of(problem.certainty()),
            notes: caveat.into_iter().chain(facts).collect(),
            help: problem.help(),
            range: found.range.clone(),
            position: found.position,
            report: problem.report(),
            is_about_rules,
            ..Self::of_whole_file(ProblemKind::Request, problem.to_string())
        }
    }

    pub(super) fn of_file(
        error: &FileError,
        server_message: Option<String>,
        range: Range<usize>,
        position: Position,
    ) -> Self {
        let whole = error.to_string();
        // the line's number is part of the place
        let message = whole.split_once(": ").map_or(&*whole, |(_, message)| message).to_owned();
        Self {
            notes: server_message
                .map(|said| format!("the server says: {}", said.trim_end()))
                .into_iter()
                .collect(),
            help: error.help(),
            range,
            position,
            report: Some(error.report()),
            is_about_rules: matches!(error.kind(), FileErrorKind::Rule(_)),
            ..Self::of_whole_file(ProblemKind::of_file(error.kind()), message)
        }
    }
}

/// A problem that AWS itself shows is an error; any other is a warning.
const fn level_of(certainty: Certainty) -> Level {
    match certainty.is_attested() {
        true => ProblemKind::Request.level(),
        false => Level::Warning,
    }
}

/// A name of a user as it may be shown: one that is a forgotten name's password is masked.
pub(super) fn shown_name(name: &str) -> String {
    match name {
        "" => "\"\"".into(),
        name => crate::syntax::masked(name).escape_debug().to_string(),
    }
}
