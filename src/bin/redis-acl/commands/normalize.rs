//! `redis-acl normalize`

use std::io;

use redis_acl::{Dialect, Form, User, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, In, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl normalize --dialect elasticache/redis-7.1 'on ~app::* -@all +@read'
  redis-acl normalize --dialect memorydb/redis-7.0 'on +get'
  redis-acl normalize --dialect redis-7.2 --form observed 'on ~app:* +@read'
  redis-acl normalize --format json - < strings.txt    # JSON, one line per string

JSON: {\"input\", \"dialect\", \"canonical\"} or
      {\"input\", \"dialect\", \"errors\": [{\"kind\", \"message\", \"span\", \"help\", \"server_message\"}]}
Passwords are masked in the output. For servers, password hashes are printed, as in ACL LIST.";

/// What to know about the form that AWS documented.
const TODAY: &str = "note: this is the form that AWS documented for Redis 6.0; today clusters return the rules as given, which \
     --dialect elasticache/redis-7.1 prints";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Normalize {
    #[command(flatten)]
    of: In,
    /// Print another form than that of the dialect: server, documented, observed, memorydb
    #[arg(long)]
    form: Option<Form>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

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
        let outcome = input::worst_of_each(&self.string, |item| self.one(&item))?;
        let is_default = self.form.is_none() && form == Form::Documented;
        if is_default && outcome == Outcome::Fine && self.format == Format::Text {
            output::note(TODAY)?;
        }
        Ok(outcome)
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
