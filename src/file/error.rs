//! What can be wrong with a file.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::Format;
use crate::dialect::{Answers, Dialect, LoadErrors};
use crate::report::{Report, visible};
use crate::span::Span;
use crate::syntax::ParseErrorKind;
use crate::user::{ApplyError, ApplyErrorKind};

/// Something that is wrong with a line.
///
/// `Display` is one line, with the line's number; [`report`](Self::report) draws it;
/// [`server_message`](Self::server_message) is what the server says of it. Passwords are masked in all of them,
/// and of lines that are not about a user only the first word is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}", self.message())]
pub struct FileError {
    pub(super) kind: FileErrorKind,
    pub(super) line: usize,
    pub(super) span: Span,
    /// The line, masked; shared by all errors about it.
    pub(super) text: Arc<str>,
    /// The place in that text.
    pub(super) place: Span,
    /// What the server names: the user or, of a configuration, some word of the line. Masked.
    pub(super) subject: Arc<str>,
    pub(super) other_line: Option<usize>,
    /// The number that the server gives the line: it does not count one whose end is behind a NUL.
    pub(super) counted: usize,
    pub(super) said: Said,
    pub(super) format: Format,
    pub(super) dialect: Dialect,
    pub(super) when: When,
}

/// Whether the server says something of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Yes,
    /// Another error of the same line keeps it from that.
    No,
    /// It is not known what the server makes of it, or it is not an error there.
    Unknown,
}

/// What is wrong.
///
/// Each kind is shown with a line that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileErrorKind {
    /// The first word is not `user`, or no name follows: `User alice on`.
    NoUser,
    /// White space or NUL in a name: a tab for a space, `user alice<tab>on`.
    SpaceInName,
    /// A second line about a user, from Redis 7.0 on; [`FileError::other_line`] tells the first.
    DuplicateUser,
    /// A selector that no `)` closes: `user a (+get`.
    OpenSelector,
    /// The same behind another rule, of which servers die: `user a on (+get`.
    OpenSelectorKills,
    /// Bytes that are not UTF-8. A server would take them.
    NotUtf8,
    /// Quotes that do not balance, in a configuration: `user a ">secret`.
    UnbalancedQuotes,
    /// A configuration that names an `aclfile` and has `user` directives too.
    UsersAndAclFile,
    /// A line `acl-pubsub-default` that the server rejects.
    ChannelDefault(BadChannelDefault),
    /// A rule that is refused: `user a +nosuch`.
    Rule(ApplyError),
}

/// Why a server rejects a line `acl-pubsub-default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BadChannelDefault {
    /// The engine has no such setting: Redis 6.0.
    NoSuchSetting,
    /// No value follows, or several.
    WrongNumberOfValues,
    /// The value is neither `allchannels` nor `resetchannels`.
    NoSuchValue,
}

/// When a server that starts with a configuration finds an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// When it reads the line.
    Reading,
    /// When it has read all lines and makes the users, with an `acl-pubsub-default` that follows the line.
    Loading,
}

impl BadChannelDefault {
    fn message(self, dialect: Dialect) -> String {
        match self {
            Self::NoSuchSetting => format!("{dialect} has no `acl-pubsub-default`"),
            Self::WrongNumberOfValues => "`acl-pubsub-default` needs exactly one value".into(),
            Self::NoSuchValue => "unknown value of `acl-pubsub-default`".into(),
        }
    }

    fn server_message(self, answers: Answers) -> &'static str {
        match (self, answers) {
            (Self::NoSuchSetting, _) => "Bad directive or wrong number of arguments",
            (Self::WrongNumberOfValues, _) => "wrong number of arguments",
            (Self::NoSuchValue, Answers::Redis6) => {
                "argument must be one of the following: allchannels, resetchannels"
            }
            (Self::NoSuchValue, _) => "argument(s) must be one of the following: allchannels, resetchannels",
        }
    }
}

impl FileErrorKind {
    /// In one word: the JSON name, `no_user` or `duplicate_user`; of a rule it is `rule`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoUser => "no_user",
            Self::SpaceInName => "space_in_name",
            Self::DuplicateUser => "duplicate_user",
            Self::OpenSelector => "open_selector",
            Self::OpenSelectorKills => "open_selector_kills",
            Self::NotUtf8 => "not_utf8",
            Self::UnbalancedQuotes => "unbalanced_quotes",
            Self::UsersAndAclFile => "users_and_acl_file",
            Self::ChannelDefault(_) => "channel_default",
            Self::Rule(_) => "rule",
        }
    }

    /// Whether a server says anything of it, where nothing else keeps it from that.
    pub(super) fn said(&self) -> Said {
        match self {
            Self::OpenSelectorKills | Self::NotUtf8 => Said::Unknown,
            Self::Rule(error) => match (error.kind(), error.server_reason()) {
                // an escape between quotes gave what a server may take, and a text cannot hold
                (ApplyErrorKind::Syntax(ParseErrorKind::NotUtf8 | ParseErrorKind::ControlCharacter), _) => {
                    Said::Unknown
                }
                (_, None) => Said::Unknown,
                (_, Some(_)) => Said::Yes,
            },
            _ => Said::Yes,
        }
    }
}

impl FileError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &FileErrorKind {
        &self.kind
    }

    /// The number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The place in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The line that this one is at odds with: the first about the same user, or the first with a user.
    #[must_use]
    pub fn other_line(&self) -> Option<usize> {
        self.other_line
    }

    fn message(&self) -> String {
        let subject = visible(&self.subject);
        match &self.kind {
            FileErrorKind::NoUser if self.format == Format::Config => "`user` without a name".into(),
            FileErrorKind::NoUser => "the line does not begin with `user` and a name".into(),
            FileErrorKind::SpaceInName => format!("white space in the name `{subject}`"),
            FileErrorKind::DuplicateUser => {
                format!("a second line for the user `{subject}`, after line {}", self.other())
            }
            FileErrorKind::OpenSelector | FileErrorKind::OpenSelectorKills => {
                ParseErrorKind::UnmatchedParenthesis.message("")
            }
            FileErrorKind::NotUtf8 => "the line is not UTF-8".into(),
            FileErrorKind::UnbalancedQuotes => "unbalanced quotes".into(),
            FileErrorKind::UsersAndAclFile => {
                format!("an ACL file together with users in this file, from line {} on", self.other())
            }
            FileErrorKind::ChannelDefault(error) => error.message(self.dialect),
            FileErrorKind::Rule(error) => error.to_string(),
        }
    }

    fn other(&self) -> usize {
        self.other_line.unwrap_or_default()
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match &self.kind {
            FileErrorKind::NoUser => self.help_for_no_user(),
            FileErrorKind::SpaceInName => match self.format {
                Format::Config => "names have no white space and no NUL".into(),
                _ => "only a space ends a name; a tab does not".into(),
            },
            FileErrorKind::DuplicateUser => "put all rules of the user on one line".into(),
            FileErrorKind::OpenSelector => "close it with `)` at the end of a rule".into(),
            FileErrorKind::OpenSelectorKills => {
                "this crashes every server that was tested, from Redis 7.0.15 to 8.4.0 and from Valkey 7.2.7 \
                 to 9.1.2, when it loads the file; close it with `)` at the end of a rule"
                    .into()
            }
            FileErrorKind::NotUtf8 => "save the file as UTF-8".into(),
            FileErrorKind::UnbalancedQuotes => {
                "close the quote, and write a space after it; inside quotes a backslash escapes a quote"
                    .into()
            }
            FileErrorKind::UsersAndAclFile => "move the users to the ACL file, or remove `aclfile`".into(),
            FileErrorKind::ChannelDefault(BadChannelDefault::NoSuchSetting) => {
                "remove the line; channel rules exist from Redis 6.2 on".into()
            }
            FileErrorKind::ChannelDefault(_) => "write `allchannels` or `resetchannels`".into(),
            FileErrorKind::Rule(error) => return error.help(),
        })
    }

    fn help_for_no_user(&self) -> String {
        let first = self.text.split(' ').next().unwrap_or_default();
        let begins_like_user = first.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("user"));
        match first {
            "user" => "write a name after it".into(),
            _ if first.starts_with('\u{feff}') => {
                "the file begins with a byte order mark, which the server reads as part of the first word; save the file without it"
                    .into()
            }
            _ if first.contains('\t') => "write a space after `user`, not a tab".into(),
            _ if begins_like_user && first.len() == 4 => "write `user` in lower case".into(),
            _ if self.place.start == self.place.end => "ACL files have no comments before Redis 8.8".into(),
            _ => "each line is `user`, a name and rules, separated by single spaces".into(),
        }
    }

    /// What the server says of this error, as a part of its answer: [`AclFile`](super::AclFile::server_message)
    /// gives all of that. `path` is that of the file.
    ///
    /// `None` where it says nothing, since another error comes before, and where its words are not known.
    #[must_use]
    pub fn server_message(&self, path: &str) -> Option<String> {
        if self.said != Said::Yes {
            return None;
        }
        match self.format {
            Format::Acl => self.answer_to_load(path),
            Format::Config => self.reason_not_to_start(),
            Format::List => None,
        }
    }

    /// `ACLLoadFromFile`
    fn answer_to_load(&self, path: &str) -> Option<String> {
        let (line, subject) = (self.counted, &self.subject);
        Some(match &self.kind {
            FileErrorKind::NoUser => {
                format!("{path}:{line} should start with user keyword followed by the username. ")
            }
            // the first quote is the server's
            FileErrorKind::SpaceInName => {
                format!("'{path}:{line}: username '{subject}' contains invalid characters. ")
            }
            FileErrorKind::DuplicateUser => {
                format!("WARNING: Duplicate user '{subject}' found on line {line}. ")
            }
            FileErrorKind::OpenSelector => {
                format!("{path}:{line}: Unmatched parenthesis in selector definition.")
            }
            FileErrorKind::Rule(error) => {
                let reason = error.server_reason()?;
                let names_rule = self.dialect.quirks().load_errors == LoadErrors::FirstAndUnknownNames
                    && error.is_of_unknown_name();
                match names_rule {
                    true => {
                        format!("{path}:{line}: Error in applying operation '{}': {reason}. ", error.rule())
                    }
                    false => format!("{path}:{line}: {reason}. "),
                }
            }
            _ => return None,
        })
    }

    /// `loadServerConfigFromString` and, later, `ACLLoadUsersAtStartup`
    fn reason_not_to_start(&self) -> Option<String> {
        let subject = &self.subject;
        Some(match &self.kind {
            FileErrorKind::NoUser => "Bad directive or wrong number of arguments".into(),
            FileErrorKind::SpaceInName => "Spaces not allowed in ACL usernames".into(),
            FileErrorKind::DuplicateUser => {
                format!(
                    "Error in user declaration '{subject}': Duplicate user found. A user can only be defined once \
                     in config files"
                )
            }
            FileErrorKind::UnbalancedQuotes => "Unbalanced quotes in configuration line".into(),
            FileErrorKind::ChannelDefault(error) => {
                error.server_message(self.dialect.quirks().answers).into()
            }
            FileErrorKind::UsersAndAclFile => {
                let name = self.dialect.quirks().own_name?;
                let file = format!("{}.conf", name.to_ascii_lowercase());
                format!(
                    "Configuring {name} with users defined in {file} and at the same setting an ACL file path is \
                     invalid. This setup is very likely to lead to configuration errors and security holes, please \
                     define either an ACL file or declare users directly in your {file}, but not both."
                )
            }
            FileErrorKind::Rule(error) if self.is_found_when_loading() => format!(
                "Error loading ACL rule '{}' for the user named '{subject}': {}",
                error.rule(),
                error.server_reason()?
            ),
            FileErrorKind::Rule(error) => {
                format!("Error in user declaration '{subject}': {}", error.server_reason()?)
            }
            _ => return None,
        })
    }

    /// Whether the server's answer to the file cannot be known, because of this error.
    pub(super) fn hides_others(&self) -> bool {
        self.said == Said::Unknown || self.dialect.service().is_some()
    }

    /// When a server finds it that starts with a configuration; it stops at the first.
    pub(super) fn stage(&self) -> u8 {
        match &self.kind {
            FileErrorKind::UsersAndAclFile => 1,
            FileErrorKind::SpaceInName => 2,
            _ if self.is_found_when_loading() => 2,
            _ => 0,
        }
    }

    /// The error about a rule as it is where the name of its user is wrong: the server does not come to it. In a
    /// configuration it looks at names last, but for those of users there are.
    pub(super) fn behind(self, name: &Self) -> Self {
        let is_looked_at = self.format == Format::Config && name.kind == FileErrorKind::SpaceInName;
        if is_looked_at && !self.is_found_when_loading() {
            return self;
        }
        let kind = match self.kind {
            FileErrorKind::OpenSelectorKills => FileErrorKind::OpenSelector,
            kind => kind,
        };
        Self { kind, said: Said::No, ..self }
    }

    /// Whether a server that starts with a configuration finds it when it makes the users, not when it reads the line.
    pub(super) fn is_found_when_loading(&self) -> bool {
        self.when == When::Loading || self.is_of_unknown_name()
    }

    /// Whether it is about a command or category that the server does not know, which a module may yet bring.
    pub(super) fn is_of_unknown_name(&self) -> bool {
        matches!(&self.kind, FileErrorKind::Rule(error) if error.is_of_unknown_name())
    }

    /// The error drawn under its line, with help.
    #[must_use]
    pub fn report(&self) -> Report {
        let reason = match &self.kind {
            FileErrorKind::Rule(error) if self.said != Said::Unknown => error.server_reason(),
            _ => None,
        };
        Report::new(self.message(), &self.text, self.place)
            .of_line(self.line)
            .with("help", self.help())
            .with("note", reason.map(|reason| format!("the server says: {reason}")))
    }
}

/// Everything that is wrong with a file; at least one error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileErrors {
    /// INVARIANT: not empty.
    errors: Vec<FileError>,
}

impl FileErrors {
    pub(super) fn new<'e>(errors: impl Iterator<Item = &'e FileError>) -> Option<Self> {
        let errors: Vec<_> = errors.cloned().collect();
        (!errors.is_empty()).then_some(Self { errors })
    }

    /// The first error in the file.
    #[must_use]
    pub fn first(&self) -> &FileError {
        &self.errors[0]
    }

    /// The errors, line by line.
    pub fn iter(&self) -> core::slice::Iter<'_, FileError> {
        self.errors.iter()
    }
}

impl<'e> IntoIterator for &'e FileErrors {
    type Item = &'e FileError;
    type IntoIter = core::slice::Iter<'e, FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for FileErrors {
    type Item = FileError;
    type IntoIter = alloc::vec::IntoIter<FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for FileErrors {
    /// The first error, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.errors.len() - 1 {
            0 => Ok(()),
            others => write!(f, " (and {others} more)"),
        }
    }
}
