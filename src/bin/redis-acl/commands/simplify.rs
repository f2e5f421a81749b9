//! `redis-acl simplify`

use std::io;

use redis_acl::compare::simplify_string;
use redis_acl::{AccessString, Dialect, User, syntax};
use serde::Serialize;

use crate::input::{self, Item};
use crate::output::{self, Format};
use crate::{Outcome, Simplify};

#[derive(Serialize)]
struct Simplified<'a> {
    input: &'a str,
    dialect: Dialect,
    simplified: &'a str,
}

impl Simplify {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        input::worst_of_each(&self.string, |item| self.one(&item))
    }

    fn one(&self, item: &Item) -> io::Result<Outcome> {
        let dialect = self.of.dialect;
        let text = match item.text_or_report(Some(dialect), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        // all that is wrong with it is said, not only what parsing finds
        if let Err(errors) = User::parse(dialect, text) {
            return item.refuse(text, &errors, dialect, self.format);
        }
        let string = AccessString::parse(text).map_err(io::Error::other)?;
        let simplified = match simplify_string(&string, dialect) {
            Ok(simplified) => simplified,
            Err(errors) => return item.refuse(text, &errors, dialect, self.format),
        };
        match self.format {
            Format::Text => output::line(&simplified)?,
            Format::Json => {
                output::json(&Simplified { input: &syntax::masked(text), dialect, simplified: &simplified })?;
            }
        }
        Ok(Outcome::Fine)
    }
}
