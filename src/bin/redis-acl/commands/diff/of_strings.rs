//! `redis-acl diff OLD NEW` of two access strings.

use std::io;

use redis_acl::compare::Difference;
use redis_acl::document::{AccessChange, CompareOptions, NewAccess};
use redis_acl::{ApplyErrors, Dialects, User, syntax};
use serde::Serialize;
use serde_json::Value;

use super::{Diff, Format, bad_usage};
use crate::Outcome;
use crate::commands::NOT_TEXT;
use crate::input::{self, Item};
use crate::output;

/// One of the strings.
struct Side {
    /// How the command line calls it.
    name: &'static str,
    dialects: Dialects,
    item: Item,
}

#[derive(Serialize)]
struct Input {
    input: String,
    dialect: Dialects,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

#[derive(Serialize)]
struct Answer<'a> {
    old: Input,
    new: Input,
    #[serde(flatten)]
    difference: Option<&'a Difference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_access: Option<NewAccess>,
    /// The engine on which that is so, where several may read the strings.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<redis_acl::Dialect>,
}

impl Diff {
    pub(super) fn strings(&self, old: &str, new: &str) -> io::Result<Outcome> {
        if !matches!(self.format, Format::Text | Format::Json) {
            return bad_usage("Markdown, GitHub annotations and SARIF work on files only");
        }
        let (dialects, to) = (self.old_engines().of_string()?, self.new_engines().of_string()?);
        let side = |name, string: &str, dialects| {
            input::one(string.to_owned()).map(|item| Side { name, dialects, item })
        };
        let (old, new) = (side("OLD", old, dialects)?, side("NEW", new, to)?);
        let (from, to) = (old.users(), new.users());
        if from.is_empty() || to.is_empty() {
            self.reject(&old, &new)?;
            return Ok(Outcome::BadInput);
        }
        let change = AccessChange::of_users(self.options(), &from, &to);
        if !self.quiet && old.dialects == new.dialects {
            output::not_asked(&old.dialects, &[&from, &to])?;
        }
        match (self.format, &change.difference) {
            _ if self.quiet => {}
            (Format::Json, difference) => output::json(&Answer {
                old: old.input(),
                new: new.input(),
                difference: difference.as_ref(),
                new_access: Some(change.gained),
                on: change.on,
            })?,
            (_, Some(difference)) => self.print(difference, &change)?,
            (_, None) => {}
        }
        let is_fine = match self.no_new_access {
            true => change.gained == NewAccess::None,
            false => change.gained == NewAccess::None && change.lost == NewAccess::None,
        };
        Ok(if is_fine { Outcome::Fine } else { Outcome::Negative })
    }

    pub(super) fn options(&self) -> CompareOptions {
        let passwords = if self.ignore_passwords {
            redis_acl::document::PasswordChanges::Ignored
        } else {
            redis_acl::document::PasswordChanges::Count
        };
        CompareOptions { work: self.bounds.work, passwords }
    }

    fn print(&self, difference: &Difference, change: &AccessChange) -> io::Result<()> {
        if let Some(on) = change.on.filter(|_| !difference.comparison().is_equal()) {
            output::line(format_args!("on {on}:"))?;
        }
        output::difference(difference, self.bounds)?;
        if self.no_new_access { output::line(change.gained.told()) } else { Ok(()) }
    }

    fn reject(&self, old: &Side, new: &Side) -> io::Result<()> {
        match self.format {
            Format::Json => output::json(&Answer {
                old: old.input(),
                new: new.input(),
                difference: None,
                new_access: None,
                on: None,
            }),
            _ => [old, new].into_iter().try_for_each(Side::report),
        }
    }
}

impl Side {
    /// The user on each engine that accepts the string.
    fn users(&self) -> Vec<User> {
        let Ok(text) = &self.item.text else { return Vec::new() };
        User::parse_on(&self.dialects, text).unwrap_or_default()
    }

    /// What the newest engine says to a string that all of them reject.
    fn errors(&self, text: &str) -> Option<ApplyErrors> {
        User::parse_on(&self.dialects, text).err()
    }

    /// For JSON; with what is wrong, if something is.
    fn input(&self) -> Input {
        let (input, errors) = match &self.item.text {
            Ok(text) => (syntax::masked(text), self.errors(text).map(|errors| serde_json::json!(errors))),
            Err(bytes) => {
                (syntax::masked(&String::from_utf8_lossy(bytes)), Some(serde_json::json!([NOT_TEXT])))
            }
        };
        Input { input, dialect: self.dialects.clone(), errors }
    }

    fn report(&self) -> io::Result<()> {
        let Ok(text) = &self.item.text else {
            output::about(self.name)?;
            return self.item.text_or_report(self.dialects.single(), output::Format::Text).map(drop);
        };
        let Some(errors) = self.errors(text) else { return Ok(()) };
        output::about(self.name)?;
        self.item.refuse(text, &errors, self.dialects.newest(), output::Format::Text).map(drop)
    }
}
