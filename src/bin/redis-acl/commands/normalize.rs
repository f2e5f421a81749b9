//! `redis-acl normalize`

use std::io;

use redis_acl::{Dialect, User, syntax};
use serde::Serialize;

use crate::input::{self, Item};
use crate::output::{self, Format};
use crate::{Normalize, Outcome};

#[derive(Serialize)]
struct Normalized<'a> {
    input: &'a str,
    dialect: Dialect,
    canonical: &'a str,
}

impl Normalize {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let form = self.form.unwrap_or(self.of.dialect.form());
        if let Err(error) = User::new(self.of.dialect).describe(form) {
            output::error(error, None)?;
            return Ok(Outcome::BadInput);
        }
        input::worst_of_each(&self.string, |item| self.one(&item))
    }

    fn one(&self, item: &Item) -> io::Result<Outcome> {
        let dialect = self.of.dialect;
        let text = match item.text_or_report(Some(dialect), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let user = match User::parse(dialect, text) {
            Ok(user) => user,
            Err(errors) => return item.refuse(text, &errors, dialect, self.format),
        };
        let canonical = user.describe(self.form.unwrap_or(dialect.form())).map_err(io::Error::other)?;
        match self.format {
            Format::Text => output::line(&canonical)?,
            Format::Json => {
                output::json(&Normalized { input: &syntax::masked(text), dialect, canonical: &canonical })?;
            }
        }
        Ok(Outcome::Fine)
    }
}
