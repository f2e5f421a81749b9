//! `redis-acl upgrade`

use std::io;

use redis_acl::compare::{self, Difference, Upgrade};
use redis_acl::{ApplyErrors, Dialect, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, Bounds, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl upgrade --from redis-6.2 --to redis-7.2 'on ~app:* +@all -@dangerous'
  redis-acl upgrade --from redis-7.4 --to redis-8.4+json+search 'on ~app:* +@read'
  redis-acl upgrade --from elasticache --to elasticache/valkey-8.0 --format json - < strings.txt

Lines with - are what only the old engine lets the user do, those with + what only the new one does.
Exit codes: 0 the same string means the same under both; 1 it does not, or is refused; 2 bad input.
JSON: {\"input\", \"from\", \"to\", \"same\", \"errors\", \"exact\", \"unavoidable\", \"inexpressible\"}";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct UpgradeCommand {
    /// The engine or service that the string was written for
    #[arg(long, value_name = "DIALECT")]
    from: Dialect,
    /// The engine or service that is to read it
    #[arg(long, value_name = "DIALECT")]
    to: Dialect,
    #[command(flatten)]
    bounds: Bounds,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

/// The answer in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    input: &'a str,
    from: Dialect,
    to: Dialect,
    /// `null` where the new engine refuses the string.
    same: Option<&'a Difference>,
    errors: Option<&'a ApplyErrors>,
    /// `null` where nothing would grant just that.
    exact: Option<&'a str>,
    /// What even the exact string loses and gains.
    unavoidable: Option<&'a Difference>,
    inexpressible: Option<String>,
}

impl UpgradeCommand {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        input::worst_of_each(&self.string, |item| self.one(&item))
    }

    fn one(&self, item: &Item) -> io::Result<Outcome> {
        let text = match item.text_or_report(Some(self.from), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let upgrade = match compare::upgrade_within(self.bounds.work, text, self.from, self.to) {
            Ok(upgrade) => upgrade,
            Err(errors) => return item.refuse(text, &errors, self.from, self.format),
        };
        match self.format {
            Format::Json => output::json(&self.answer(&syntax::masked(text), &upgrade))?,
            Format::Text => self.tell(&upgrade)?,
        }
        let is_same = upgrade.same().is_ok_and(|difference| difference.comparison().is_equal());
        Ok(if is_same { Outcome::Fine } else { Outcome::Negative })
    }

    fn answer<'a>(&self, input: &'a str, upgrade: &'a Upgrade) -> Answer<'a> {
        let exact = upgrade.exact().ok();
        Answer {
            input,
            from: self.from,
            to: self.to,
            same: upgrade.same().ok(),
            errors: upgrade.same().err(),
            exact: exact.map(|exact| exact.text()),
            unavoidable: exact.map(|exact| exact.difference()),
            inexpressible: upgrade.exact().err().map(ToString::to_string),
        }
    }

    /// What the same string is there, then what to write instead.
    fn tell(&self, upgrade: &Upgrade) -> io::Result<()> {
        let Self { from, to, bounds, .. } = self;
        match upgrade.same() {
            Ok(difference) if difference.comparison().is_equal() => {
                return output::line(format_args!(
                    "under {to} the same string means the same as under {from}"
                ));
            }
            Ok(difference) => {
                output::line(format_args!("the same string under {from} (-) and {to} (+):"))?;
                output::difference(difference, *bounds)?;
            }
            Err(errors) => {
                output::line(format_args!("{to} refuses the string:"))?;
                errors.iter().try_for_each(|error| output::report(&error.report(), None))?;
            }
        }
        match upgrade.exact() {
            Ok(exact) => {
                output::line(format_args!("to grant under {to} what it granted under {from}:"))?;
                output::line(format_args!("  {}", exact.text()))?;
                match exact.difference().comparison().is_equal() {
                    true => Ok(()),
                    false => {
                        output::line("which cannot help that:")?;
                        output::difference(exact.difference(), *bounds)
                    }
                }
            }
            Err(error) => output::line(format_args!("nothing to write instead: {error}")),
        }
    }
}
