//! `redis-acl simplify`

use std::io;

use redis_acl::compare::simplify_string;
use redis_acl::document::{Passwords, Target, TargetForm};
use redis_acl::{AccessString, Dialects, User, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, InEach, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl simplify \"$(aws elasticache describe-users --user-id u --query 'Users[0].AccessString' --output text)\"
  redis-acl simplify --dialect redis-7.2 'on ~app:1 ~app:* +@read +get +config -config|set'
  redis-acl simplify --dialect elasticache/redis 'on ~app:1 ~app:* +@read +get'
  redis-acl simplify --format json - < strings.txt     # JSON, one line per string

The result allows the same commands and logins, including future commands. It is proven to be
equivalent before it is printed, and it is never longer. Passwords become hashes. With several
engines, the result is equivalent on every one that accepts the string; if no such string is
shorter, the string stays as it is.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Simplify {
    #[command(flatten)]
    of: InEach,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(Serialize)]
struct Simplified<'a> {
    input: &'a str,
    dialect: &'a Dialects,
    simplified: &'a str,
}

impl Simplify {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let dialects = self.of.dialects()?;
        input::worst_of_each(&self.string, |item| self.one(&item, &dialects))
    }

    fn one(&self, item: &Item, dialects: &Dialects) -> io::Result<Outcome> {
        let text = match item.text_or_report(dialects.single(), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        // all that is wrong with it is said, not only what parsing finds
        if let Err(errors) = User::parse_on(dialects, text) {
            return item.refuse(text, &errors, dialects.newest(), self.format);
        }
        let simplified = simplified(text, dialects)?;
        match self.format {
            Format::Text => output::line(&simplified)?,
            Format::Json => output::json(&Simplified {
                input: &syntax::masked(text),
                dialect: dialects,
                simplified: &simplified,
            })?,
        }
        Ok(Outcome::Fine)
    }
}

/// The shortest string that was found for all of the engines, else the text itself.
fn simplified(text: &str, dialects: &Dialects) -> io::Result<String> {
    let string = AccessString::parse(text).map_err(io::Error::other)?;
    if let Some(dialect) = dialects.single() {
        return simplify_string(&string, dialect).map_err(io::Error::other);
    }
    let target = Target { form: TargetForm::Simplified, passwords: Passwords::Hashed };
    Ok(target.string(text, dialects).unwrap_or_else(|_| string.with_hashes()))
}
