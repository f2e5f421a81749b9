//! `redis-acl can`

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use redis_acl::{ApplyErrors, ChannelSource, Denied, Dialect, KeyAccess, Process, Reason, User, Verdict};
use serde::Serialize;

use crate::Outcome;
use crate::input::In;
use crate::input::Item;
use crate::output::{self, Format};
use crate::requests::{self, Request, Unbalanced};

const EXAMPLES: &str = "\
Examples:
  redis-acl can 'on ~app:* +@read' -- GET app:1
  redis-acl can --dialect redis-7.2 'on %R~app:* +@all' -- COPY app:1 app:2
  redis-acl can --all-dialects 'on ~app:* +@read' -- EVAL_RO 'return 1' 1 other
  redis-acl can --dialect valkey-8.1 --file requests.txt \"$(cat acl.txt)\"

A file has one command per line, quoted as in redis-cli; blank lines and lines that begin with #
are skipped. The check ignores whether the user is on, like ACL DRYRUN.
JSON: {\"request\", \"dialect\", \"allowed\": true, \"selector\", \"rule\", \"channel_source\"} or
      {\"request\", \"dialect\", \"allowed\": false, \"reason\", \"message\", \"help\", \"selector\", \"rule\",
      \"needs\", \"missing\", \"server_message\", \"dryrun\", \"channel_source\"}; \"channel_source\" is
      present if the command names channels: \"rules\", \"default\" (acl-pubsub-default), \"read_back\"
      (ElastiCache) or \"engine\"";

const NO_COMMAND: &str = "no command to check; write one after `--`, such as `redis-acl can 'on ~app:* +@read' -- GET app:1`, \
     or name a file of commands with --file";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Can {
    #[command(flatten)]
    of: In,
    /// Check on every dialect, and show where they differ
    #[arg(long, conflicts_with_all = ["dialect", "acl_pubsub_default"])]
    all_dialects: bool,
    /// Check the commands in this file, one per line; `-` is the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    file: Option<PathBuf>,
    /// The current database (Valkey 9.1)
    #[arg(long, default_value_t = 0, value_name = "ID")]
    database: u32,
    /// The name of the user in the server's messages
    #[arg(long, default_value = "user", value_name = "NAME")]
    user: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string
    #[arg(allow_hyphen_values = true)]
    string: String,
    /// The command and its arguments
    #[arg(last = true)]
    request: Vec<String>,
}

/// The answer to one request, in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    request: Vec<Cow<'a, str>>,
    dialect: Dialect,
    allowed: bool,
    #[serde(flatten)]
    refusal: Option<Refusal>,
    selector: usize,
    /// The command rule that decided; `null` where none did.
    rule: Option<String>,
    /// What decided about channels, where the command names some.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_source: Option<ChannelSource>,
}

#[derive(Serialize)]
struct Refusal {
    reason: &'static str,
    message: String,
    help: Option<String>,
    needs: Option<KeyAccess>,
    missing: Option<KeyAccess>,
    server_message: Option<String>,
    dryrun: Option<String>,
}

impl Can {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let requests = match &self.file {
            Some(path) => requests::read(path)?,
            None if self.request.is_empty() => {
                output::error(NO_COMMAND, None)?;
                return Ok(Outcome::BadInput);
            }
            None => {
                let words = self.request.iter().map(|word| word.clone().into_bytes()).collect();
                vec![Ok(Request { line: None, words })]
            }
        };
        if self.all_dialects { self.in_all_dialects(&requests) } else { self.in_one_dialect(&requests) }
    }

    fn in_one_dialect(&self, requests: &[Result<Request, Unbalanced>]) -> io::Result<Outcome> {
        let user = match User::parse(self.of.dialect, &self.string) {
            Ok(user) => user,
            Err(errors) => return self.refuse(&errors),
        };
        let mut outcome = Outcome::Fine;
        let width = requests.iter().flatten().map(|request| request.shown().chars().count()).max();
        for request in requests {
            let Ok(request) = request.as_ref().map_err(report) else {
                outcome = Outcome::BadInput;
                continue;
            };
            let verdict = user.check_in(self.database, &request.words);
            match self.format {
                Format::Json => output::json(&self.answer(request, user.dialect(), &verdict))?,
                Format::Text if request.line.is_some() => output::line(row(request, width, &verdict))?,
                Format::Text => self.explain(&verdict)?,
            }
            outcome = outcome.max(outcome_of(&verdict));
        }
        Ok(outcome)
    }

    fn refuse(&self, errors: &ApplyErrors) -> io::Result<Outcome> {
        let item = Item { line: None, text: Ok(self.string.clone()) };
        item.refuse(&self.string, errors, self.of.dialect, self.format)
    }

    /// One verdict for a person.
    fn explain(&self, verdict: &Verdict<'_>) -> io::Result<()> {
        output::line(told(verdict))?;
        let help = verdict.denied().and_then(Denied::help);
        help.map_or(Ok(()), |help| output::line(format_args!("  = help: {help}")))?;
        let rests_on = verdict.channel_note();
        rests_on.map_or(Ok(()), |note| output::line(format_args!("  = note: {note}")))?;
        let said = verdict.server_message(&self.user);
        said.map_or(Ok(()), |said| output::line(format_args!("  = note: the server says: {said}")))
    }

    fn answer<'a>(&self, request: &'a Request, dialect: Dialect, verdict: &Verdict<'_>) -> Answer<'a> {
        let refusal = |denied: &Denied<'_>| Refusal {
            reason: name(denied.reason()),
            message: denied.to_string(),
            help: denied.help(),
            needs: needs(denied.reason()),
            missing: denied.missing(),
            server_message: verdict.server_message(&self.user),
            dryrun: verdict.dryrun(&self.user),
        };
        let (selector, rule) = match verdict {
            Verdict::Allowed(allowed) => (allowed.selector_number(), allowed.rule()),
            Verdict::Denied(denied) => (denied.selector_number(), denied.rule()),
        };
        Answer {
            request: request.words.iter().map(|word| String::from_utf8_lossy(word)).collect(),
            dialect,
            allowed: verdict.is_allowed(),
            refusal: verdict.denied().map(refusal),
            selector,
            rule: rule.map(|rule| rule.to_string()),
            channel_source: verdict.channel_source(),
        }
    }

    // -----------------------------------------------------------------------------------------------
    // Every dialect

    /// Dialects that answer alike stand in one line; of those that cannot read the string it is said why.
    fn in_all_dialects(&self, requests: &[Result<Request, Unbalanced>]) -> io::Result<Outcome> {
        let mut outcome = Outcome::Fine;
        // a Sentinel has no data: a string for servers says nothing of it
        let servers = Dialect::all().filter(|dialect| dialect.engine().process() == Process::Server);
        let users: Vec<_> = servers.map(|dialect| (dialect, User::parse(dialect, &self.string))).collect();
        if let Some(errors) = unreadable_everywhere(&users) {
            return self.refuse(errors);
        }
        for request in requests {
            let Ok(request) = request.as_ref().map_err(report) else {
                outcome = Outcome::BadInput;
                continue;
            };
            if self.format == Format::Text && request.line.is_some() {
                output::line(request.shown())?;
            }
            let mut groups: Vec<(String, Vec<String>)> = Vec::new();
            for (dialect, user) in &users {
                let said = match user {
                    Ok(user) => {
                        let verdict = user.check_in(self.database, &request.words);
                        outcome = outcome.max(outcome_of(&verdict));
                        if self.format == Format::Json {
                            output::json(&self.answer(request, *dialect, &verdict))?;
                        }
                        told(&verdict).replace(&format!("{dialect} has"), "it has")
                    }
                    Err(errors) => {
                        let error = errors.first().to_string().replace(&format!("{dialect} "), "it ");
                        format!("cannot read the string: {error}")
                    }
                };
                match groups.iter_mut().find(|(known, _)| *known == said) {
                    Some((_, dialects)) => dialects.push(dialect.to_string()),
                    None => groups.push((said, vec![dialect.to_string()])),
                }
            }
            if self.format == Format::Text {
                print_groups(&groups)?;
            }
        }
        Ok(outcome)
    }
}

/// The first error, if no dialect whatever can read the string.
fn unreadable_everywhere(users: &[(Dialect, Result<User, ApplyErrors>)]) -> Option<&ApplyErrors> {
    let errors: Option<Vec<_>> = users.iter().map(|(_, user)| user.as_ref().err()).collect();
    errors?.last().copied()
}

fn print_groups(groups: &[(String, Vec<String>)]) -> io::Result<()> {
    for (said, dialects) in groups {
        match groups.len() {
            1 => output::line(format_args!("{said}\n  on every dialect"))?,
            _ => output::line(format_args!("{said}\n  {}", dialects.join(" ")))?,
        }
    }
    Ok(())
}

/// A line of a table.
fn row(request: &Request, width: Option<usize>, verdict: &Verdict<'_>) -> String {
    let told = told(verdict);
    let (word, why) = told.split_once(' ').unwrap_or((&told, ""));
    let width = width.unwrap_or(0).min(60);
    format!("{:8} {:width$}  {why}", word.trim_end_matches(':'), request.shown()).trim_end().to_owned()
}

/// The verdict in one line.
fn told(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Allowed(allowed) => allowed.to_string(),
        Verdict::Denied(denied) => format!("denied: {denied}"),
    }
}

fn outcome_of(verdict: &Verdict<'_>) -> Outcome {
    if verdict.is_allowed() { Outcome::Fine } else { Outcome::Negative }
}

fn name(reason: &Reason<'_>) -> &'static str {
    match reason {
        Reason::UnknownCommand(_) => "unknown_command",
        Reason::WrongArity => "wrong_arity",
        Reason::Database { .. } => "database",
        Reason::Command => "command",
        Reason::Key { .. } => "key",
        Reason::Channel { .. } => "channel",
        Reason::SortBy => "sort_by",
        Reason::SortGet => "sort_get",
        _ => "other",
    }
}

fn needs(reason: &Reason<'_>) -> Option<KeyAccess> {
    match reason {
        Reason::Key { needs, .. } => *needs,
        _ => None,
    }
}

/// A line that is no request is told, and the others are answered all the same.
fn report(unbalanced: &Unbalanced) {
    let message = "unbalanced quotes; close each quote, and write a space after it";
    // whoever reads the errors may be gone
    let _ = output::error(message, Some(unbalanced.line));
}
