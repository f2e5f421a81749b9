//! `redis-acl explain`

use std::io;

use redis_acl::explain;

use crate::input::{self, In, Item};
use crate::{Outcome, output};

const EXAMPLES: &str = "\
Examples:
  redis-acl explain 'on ~app:* +@read -keys'
  redis-acl explain --dialect redis-7.2 '+@all -@dangerous +info (%R~tmp:* +@read)'
  redis-acl explain --dialect valkey-8.1 --format markdown \"$(cat acl.txt)\" | gh pr comment --body-file -
  redis-acl explain --format json - < strings.txt    # JSON, one line per string

The output shows what the whole string grants, then what each rule changes at its position: `+get`
after `+@read` changes nothing. Subcommands count as commands. Long lists of commands are cut;
`redis-acl expand` prints them in full.

JSON: {\"dialect\", \"text\", \"login\", \"everything\", \"selectors\": [{\"commands\", \"of\", \"categories\",
       \"notable\", \"keys\", \"channels\", \"denied\", …}], \"rules\": [{\"rule\", \"span\", \"effect\",
       \"changes\", \"rules\"}]} or
      {\"input\", \"dialect\", \"errors\"} as in normalize; the library documentation describes all fields.
Passwords are masked in the output. Exit codes: 0 success; 2 bad input.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(flatten)]
    of: In,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

/// How explanations are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object per line, including errors
    Json,
    /// For pull request comments
    Markdown,
}

impl Explain {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let (mut outcome, mut is_first) = (Outcome::Fine, true);
        input::for_each(self.string.clone(), |item| {
            if !std::mem::take(&mut is_first) && self.format != Format::Json {
                output::line("")?;
            }
            outcome = outcome.max(self.one(&item)?);
            Ok(())
        })?;
        Ok(outcome)
    }

    fn one(&self, item: &Item) -> io::Result<Outcome> {
        let (dialect, errors_in) = (self.of.dialect, self.format.of_errors());
        let text = match item.text_or_report(Some(dialect), errors_in)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let explanation = match explain(dialect, text) {
            Ok(explanation) => explanation,
            Err(errors) => return item.refuse(text, &errors, dialect, errors_in),
        };
        match self.format {
            Format::Text => output::line(&explanation)?,
            Format::Json => output::json(&explanation)?,
            Format::Markdown => output::line(explanation.to_markdown().trim_end())?,
        }
        Ok(Outcome::Fine)
    }
}

impl Format {
    fn of_errors(self) -> output::Format {
        match self {
            Self::Json => output::Format::Json,
            Self::Text | Self::Markdown => output::Format::Text,
        }
    }
}
