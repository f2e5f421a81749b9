//! A file for each command: its arguments, its help, and what it does.

mod account;
mod assert;
mod can;
mod completions;
mod dialects;
mod diff;
mod equal;
mod expand;
mod explain;
mod fmt;
mod lint;
mod man;
mod normalize;
mod parse;
mod simplify;
mod upgrade;

pub(crate) use account::{CreateUserCommand, DescribeUsersCommand, ModifyUserCommand, usage_error};
pub(crate) use assert::Assert;
pub(crate) use can::Can;
pub(crate) use completions::Completions;
pub(crate) use dialects::Dialects;
pub(crate) use diff::Diff;
pub(crate) use equal::Equal;
pub(crate) use expand::Expand;
pub(crate) use explain::Explain;
pub(crate) use fmt::Fmt;
pub(crate) use lint::Lint;
pub(crate) use man::Man;
pub(crate) use normalize::Normalize;
pub(crate) use parse::Parse;
pub(crate) use simplify::Simplify;
pub(crate) use upgrade::UpgradeCommand;

use std::io;

use redis_acl::{ApplyErrors, Dialect};
use serde::Serialize;

use crate::Outcome;
use crate::input::Item;
use crate::output::{self, Format};

/// What is printed in JSON for a string that cannot be read.
#[derive(Serialize)]
struct Refused<'a, E: Serialize> {
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    errors: &'a E,
}

/// A line that is not UTF-8, in the shape of the library's errors.
#[derive(Serialize)]
struct NotText {
    kind: &'static str,
    message: &'static str,
    span: [usize; 2],
    help: &'static str,
}

const NOT_TEXT: NotText = NotText {
    kind: "not_utf8",
    message: "the line is not UTF-8",
    span: [0, 0],
    help: "write patterns in UTF-8, or match other bytes with `?`",
};

impl Item {
    /// The text; what is no text is reported, and an answer given.
    fn text_or_report(&self, dialect: Option<Dialect>, format: Format) -> io::Result<Result<&str, Outcome>> {
        let bytes = match &self.text {
            Ok(text) => return Ok(Ok(text)),
            Err(bytes) => bytes,
        };
        match format {
            Format::Text => {
                output::error(format_args!("{}; {}", NOT_TEXT.message, NOT_TEXT.help), self.line)?
            }
            Format::Json => {
                let input = redis_acl::syntax::masked(&String::from_utf8_lossy(bytes));
                output::json(&Refused { input: &input, dialect, errors: &[NOT_TEXT] })?;
            }
        }
        Ok(Err(Outcome::BadInput))
    }

    /// Reports what a dialect refuses of it.
    fn refuse(
        &self,
        text: &str,
        errors: &ApplyErrors,
        dialect: Dialect,
        format: Format,
    ) -> io::Result<Outcome> {
        match format {
            Format::Text => errors.iter().try_for_each(|error| output::report(&error.report(), self.line))?,
            Format::Json => {
                let input = redis_acl::syntax::masked(text);
                output::json(&Refused { input: &input, dialect: Some(dialect), errors })?;
            }
        }
        Ok(Outcome::BadInput)
    }
}
