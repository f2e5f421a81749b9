//! `redis-acl assert`

use std::io;
use std::path::PathBuf;

use anstyle::AnsiColor;
use redis_acl::claims::{Answer, ClaimErrors, Failure};
use redis_acl::{Claims, Dialects, User, syntax};
use serde::Serialize;

use super::NOT_TEXT;
use crate::Outcome;
use crate::input::{self, Bounds, ChannelSetting, Engines, Item, Stated};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl assert worker.claims --dialect redis-7.2 'on ~app:* +@read +@write -@dangerous'
  redis-acl assert worker.claims @worker.acl
  redis-acl assert worker.claims                       # the file has a line `user \"…\"`
  redis-acl assert everybody.claims - < strings.txt    # one string per line from standard input

A file of assertions:
  # optional headers; the command line takes precedence
  dialect redis-7.2
  user \"on ~app:* +@read +@write -@dangerous\"

  # commands, quoted as in redis-cli
  allow GET app:1
  allow SET app:1 'two words'
  deny FLUSHALL
  allow in database 3 GET app:1

  # commands and categories; `never grants` fails if the user can run any command among them
  grants @hash
  never grants @dangerous
  never grants config|set
  never grants future commands

  # another user, to compare the permissions with
  no wider than \"on ~app:* +@all -@dangerous\"
  no narrower than \"on ~app:* +get +set\"
  same as \"on ~app:* +@read +@write -@dangerous\"

With several engines, an assertion must hold on every one that accepts the string; a failure names
the engine. An assertion about a command that one of the engines does not have is an error. An
assertion that is inconclusive within the work limit fails. In the last three, passwords count
only if the string of the assertion has some.
Exit codes: 0 all assertions hold; 1 some do not; 2 the file or the string cannot be read.
JSON, one line per string: {\"input\", \"dialect\", \"holds\", \"claims\": [{\"line\", \"claim\", \"holds\",
      \"failure\"}]}; a failure has \"kind\", \"message\" and the evidence: \"rule\", \"commands\",
      \"witness\" … Bad strings have \"errors\" instead.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Assert {
    /// The engine that reads the string, or a set of engines that may read it: redis-7.2, elasticache/redis, or a list
    /// with commas. Assertions must hold on every one that accepts the string [default: the dialect in the file of
    /// assertions, else elasticache]
    #[arg(long, short, value_name = "DIALECTS")]
    dialect: Option<Stated>,
    #[command(flatten)]
    setting: ChannelSetting,
    #[command(flatten)]
    bounds: Bounds,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The file of assertions
    #[arg(value_name = "CLAIMS")]
    file: PathBuf,
    /// An access string, `@FILE` to read it from a file, or `-` to read one per line from standard input [default: the
    /// user in the file of assertions]
    #[arg(allow_hyphen_values = true)]
    string: Option<String>,
}

/// The answers about one string, in JSON.
#[derive(Serialize)]
struct Asserted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    dialect: Dialects,
    holds: bool,
    claims: &'a [Answer<'a>],
}

/// A file that cannot be read, in JSON.
#[derive(Serialize)]
struct Unread<'a, E: Serialize> {
    file: &'a str,
    errors: &'a E,
}

impl Assert {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let bytes = input::read(&self.file)?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => return self.not_text(&bytes[..error.valid_up_to()]),
        };
        let claims = match Claims::parse(text) {
            Ok(claims) => claims,
            Err(errors) => return self.unread(&errors),
        };
        let dialects = self.dialects(&claims)?;
        let Some(string) = &self.string else { return self.user_of_the_file(&claims, &dialects) };
        if string != "-" {
            return self.one(&input::one(string.clone())?, &claims, &dialects);
        }
        let mut outcome = None;
        input::for_each(string.clone(), |item| {
            outcome = outcome.max(Some(self.one(&item, &claims, &dialects)?));
            Ok(())
        })?;
        match outcome {
            Some(outcome) => Ok(outcome),
            None => self.no_user("no access string on standard input"),
        }
    }

    /// Flags take precedence over what the claims say.
    fn dialects(&self, claims: &Claims) -> io::Result<Dialects> {
        let of_claims = claims.dialects().filter(|_| self.dialect.is_none());
        let engines = Engines::new(self.dialect.clone(), self.setting);
        of_claims.map_or_else(|| engines.of_string(), |dialects| self.setting.put_into_each(dialects.clone()))
    }

    fn no_user(&self, message: &str) -> io::Result<Outcome> {
        output::error(message, None)?;
        Ok(Outcome::BadInput)
    }

    fn user_of_the_file(&self, claims: &Claims, dialects: &Dialects) -> io::Result<Outcome> {
        match claims.users(dialects) {
            Ok(Some(users)) => self.check(None, &users, (claims, dialects)),
            Ok(None) => {
                self.no_user("no access string is given, and the file of assertions has no line `user \"…\"`")
            }
            Err(errors) => self.unread(&errors),
        }
    }

    fn one(&self, item: &Item, claims: &Claims, dialects: &Dialects) -> io::Result<Outcome> {
        let text = match item.text_or_report(dialects.single(), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        match User::parse_on(dialects, text) {
            Ok(users) => self.check(Some((item, &syntax::masked(text))), &users, (claims, dialects)),
            Err(errors) => item.refuse(text, &errors, dialects.newest(), self.format),
        }
    }

    fn check(
        &self,
        input: Option<(&Item, &str)>,
        users: &[User],
        (claims, dialects): (&Claims, &Dialects),
    ) -> io::Result<Outcome> {
        let answers = match claims.check_on(self.bounds.work, users) {
            Ok(answers) => answers,
            Err(errors) => return self.unread(&errors),
        };
        let holds = answers.iter().all(Answer::holds);
        output::not_asked(dialects, &[users])?;
        match self.format {
            Format::Text => {
                if let Some((Item { line: Some(number), .. }, text)) = input {
                    output::line(format_args!("# line {number}: {text}"))?;
                }
                print(&answers)?;
                if answers.iter().any(|answer| answer.failure() == Some(&Failure::Undecided)) {
                    output::bounds(self.bounds)?;
                }
            }
            Format::Json => output::json(&Asserted {
                input: input.map(|(_, text)| text),
                dialect: Dialects::new(users.iter().map(User::dialect))
                    .expect("at least one engine accepts the string"),
                holds,
                claims: &answers,
            })?,
        }
        Ok(if holds { Outcome::Fine } else { Outcome::Negative })
    }

    /// Reports the line behind so much text.
    fn not_text(&self, before: &[u8]) -> io::Result<Outcome> {
        let file = self.file.display().to_string();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        match self.format {
            Format::Json => output::json(&Unread { file: &file, errors: &[NOT_TEXT] })?,
            Format::Text => {
                output::about(format_args!("{file}:{line}"))?;
                output::error(NOT_TEXT.message, None)?;
            }
        }
        Ok(Outcome::BadInput)
    }

    /// Reports what is wrong with the file of claims.
    fn unread(&self, errors: &ClaimErrors) -> io::Result<Outcome> {
        let file = self.file.display().to_string();
        match self.format {
            Format::Json => output::json(&Unread { file: &file, errors })?,
            Format::Text => errors.iter().try_for_each(|error| {
                output::about(format_args!("{file}:{}", error.line()))?;
                output::report(&error.report(), None)
            })?,
        }
        Ok(Outcome::BadInput)
    }
}

/// A line a claim, why under those that fail, and how many there are.
fn print(answers: &[Answer<'_>]) -> io::Result<()> {
    for answer in answers {
        let (line, text) = (answer.claim().line(), answer.claim().text());
        let Some(failure) = answer.failure() else {
            output::marked(AnsiColor::Green, "ok", format_args!("     {text}"))?;
            continue;
        };
        let on = answer.on().map(|on| format!(", on {on}")).unwrap_or_default();
        output::marked(AnsiColor::Red, "FAILED", format_args!(" {text} (line {line}{on})"))?;
        for line in failure.to_string().lines() {
            output::line(format_args!("         {line}"))?;
        }
    }
    let failed = answers.iter().filter(|answer| !answer.holds()).count();
    let (hold, plural) = (answers.len() - failed, if answers.len() == 1 { "" } else { "s" });
    output::line(format_args!("{} assertion{plural}: {hold} ok, {failed} failed", answers.len()))
}
