//! `redis-acl explain`

use std::io;

use redis_acl::explain;

use crate::input::{self, Item};
use crate::{Explain, Outcome, output};

/// How explanations are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: a JSON object a line, errors in it
    Json,
    /// For comments on pull requests
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
