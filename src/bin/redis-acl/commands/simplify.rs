//! `redis-acl simplify`

use std::io;

use redis_acl::compare::simplify_string;
use redis_acl::{AccessString, Dialect, User, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, In, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl simplify \"$(aws elasticache describe-users --user-id u --query 'Users[0].AccessString' --output text)\"
  redis-acl simplify --dialect redis-7.2 'on ~app:1 ~app:* +@read +get +config -config|set'
  redis-acl simplify --format json - < strings.txt     # a string a line, a JSON object a line

The answer allows the same requests and logins, and the same commands to come; it is compared with the string before
it is printed, and never longer. Hashes stand in it for passwords.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Simplify {
    #[command(flatten)]
    of: In,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

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
        let simplified = simplify_string(&string, dialect).map_err(io::Error::other)?;
        match self.format {
            Format::Text => output::line(&simplified)?,
            Format::Json => {
                output::json(&Simplified { input: &syntax::masked(text), dialect, simplified: &simplified })?;
            }
        }
        Ok(Outcome::Fine)
    }
}
