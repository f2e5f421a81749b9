//! Names, requests and access strings of claims, looked up in a dialect.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{ClaimError, ClaimErrorKind, ClaimErrors, shown};
use super::form::{Request, Subject};
use super::{Line, Text};
use crate::catalog::{
    Catalog, Command, CommandId, CommandSet, first_dialect_with_category, first_dialect_with_command,
};
use crate::check::{Reason, Verdict};
use crate::dialect::{Dialect, Dialects};
use crate::nearest::did_you_mean;
use crate::span::Span;
use crate::user::{ApplyError, ApplyErrors, User};

/// What a claim about commands is about.
pub(super) enum Commands {
    /// A category: what every user may send is left out.
    OfCategory(CommandSet),
    /// A command, with its subcommands.
    Named(CommandSet),
    FirstArgument(CommandId, String),
}

impl Subject {
    pub(super) fn look_up(&self, line: &Line, catalog: &Catalog) -> Result<Commands, ClaimError> {
        let name = &*self.name;
        if let Some(category) = name.strip_prefix('@') {
            let found = category_members(category, catalog);
            return found.map(Commands::OfCategory).ok_or_else(|| self.unknown_category(line, catalog));
        }
        if let Some(command) = catalog.command(name) {
            return Ok(Commands::Named(catalog.family(command.id())));
        }
        let command = name.split_once('|').and_then(|(command, argument)| {
            let command = catalog.command(command).filter(|command| !command.is_container())?;
            Some((command, argument)).filter(|_| !argument.is_empty() && is_no_slip(command, name))
        });
        match command {
            Some((command, argument)) => Ok(Commands::FirstArgument(command.id(), argument.to_owned())),
            None => Err(self.unknown_command(line, catalog)),
        }
    }

    fn unknown_category(&self, line: &Line, catalog: &Catalog) -> ClaimError {
        let (name, dialect) = (self.name.trim_start_matches('@'), catalog.dialect());
        let help = match first_dialect_with_category(name, dialect) {
            _ if catalog.command(name).is_some() => Some(format!("`{name}` is a command: leave the `@` out")),
            Some(first) => Some(format!("{first} has it")),
            None => did_you_mean("@", &catalog.categories_like(name)),
        };
        let message = format!("{dialect} has no category `{}`", shown(line, self.span));
        ClaimError::new(ClaimErrorKind::UnknownCategory, line, self.span, message, help)
    }

    fn unknown_command(&self, line: &Line, catalog: &Catalog) -> ClaimError {
        let (name, dialect) = (&*self.name, catalog.dialect());
        let help = match (first_dialect_with_command(name, dialect), name.strip_prefix(['+', '-'])) {
            (_, Some(unsigned)) => Some(format!("write `{unsigned}`, without a sign")),
            _ if catalog.category(name).is_some() => Some(format!("`{name}` is a category: write `@{name}`")),
            (Some(first), None) => Some(format!("{first} has it")),
            (None, None) => did_you_mean("", &names_like(name, catalog)),
        };
        let message = format!("{dialect} has no command `{}`", shown(line, self.span));
        ClaimError::new(ClaimErrorKind::UnknownCommand, line, self.span, message, help)
    }
}

/// The members of a category, and what a rule about it changes: with modules these are not the same.
fn category_members(name: &str, catalog: &Catalog) -> Option<CommandSet> {
    let reach = catalog.expand(&format!("@{name}"))?;
    Some(catalog.category(name).map_or(reach, |category| reach | catalog.members(category)))
}

/// Before Redis 7.0 any word behind a command is a first argument; but of a command that has subcommands
/// elsewhere, one that is none of them must be a slip of the pen.
fn is_no_slip(command: Command<'_>, name: &str) -> bool {
    let later = Dialect::all().map(Catalog::from);
    let later: Vec<_> = later.filter(|catalog| is_container_in(command.name(), catalog)).collect();
    later.is_empty() || later.iter().any(|catalog| catalog.command(name).is_some())
}

fn is_container_in(name: &str, catalog: &Catalog) -> bool {
    catalog.command(name).is_some_and(Command::is_container)
}

/// Names near to it, also among the subcommands of later engines.
fn names_like(name: &str, catalog: &Catalog) -> Vec<&'static str> {
    let later = || Dialect::all().map(|dialect| Catalog::from(dialect).commands_like(name));
    match catalog.commands_like(name) {
        near if near.is_empty() && name.contains('|') => {
            later().find(|near| !near.is_empty()).unwrap_or(near)
        }
        near => near,
    }
}

impl Request {
    /// The answer to the request, if it is one.
    pub(super) fn verdict<'a>(&'a self, line: &Line, user: &'a User) -> Result<Verdict<'a>, ClaimError> {
        let verdict = user.check_in(self.database, &self.words);
        let Some(denied) = verdict.denied() else { return Ok(verdict) };
        let (kind, span) = match denied.reason() {
            Reason::UnknownCommand(unknown) => {
                let name = usize::from(unknown.subcommand().is_some()).min(self.spans.len() - 1);
                (ClaimErrorKind::UnknownCommand, self.spans[name])
            }
            Reason::WrongArity => {
                let end = self.spans.last().map_or(0, |span| span.end);
                (ClaimErrorKind::WrongArity, Span::new(self.spans[0].start, end))
            }
            _ => return Ok(verdict),
        };
        Err(ClaimError::new(kind, line, span, denied.to_string(), denied.help()))
    }
}

impl Text {
    /// A user with that access string.
    pub(super) fn user(&self, catalog: &Catalog) -> Result<User, ClaimErrors> {
        User::parse_with(catalog, &self.text).map_err(|errors| self.errors(&errors))
    }

    /// The user with that access string, on each engine that accepts it.
    pub(super) fn users(&self, dialects: &Dialects) -> Result<Vec<User>, ClaimErrors> {
        User::parse_on(dialects, &self.text).map_err(|errors| self.errors(&errors))
    }

    fn errors(&self, errors: &ApplyErrors) -> ClaimErrors {
        let mut all = ClaimErrors::from(self.error(errors.first()));
        all.extend(errors.iter().skip(1).map(|error| self.error(error)));
        all
    }

    fn error(&self, error: &ApplyError) -> ClaimError {
        let kind = ClaimErrorKind::AccessString(error.kind().clone());
        ClaimError::new(kind, &self.line, self.place(error.span()), error.to_string(), error.help())
    }

    /// Where in the line a part of the string stands; all of the string, where escapes move its parts.
    fn place(&self, part: Span) -> Span {
        let word = &self.line.text[self.span.range()];
        match word.find(&self.text) {
            Some(quote) if quote <= 1 => part.shifted(self.span.start + quote),
            _ => self.span,
        }
    }
}
