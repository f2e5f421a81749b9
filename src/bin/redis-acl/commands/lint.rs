//! `redis-acl lint`

use std::io;

use redis_acl::lint::{self, Client, Config, Finding, Level};
use redis_acl::{Catalog, Dialect};
use serde::Serialize;

use crate::input::{self, Item};
use crate::output;
use crate::settings::{FailOn, Settings};
use crate::{Lint, Outcome};

/// How findings are printed
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: a JSON object a string
    Json,
    /// For workflows of GitHub: a command a finding, shown beside the change
    Github,
}

/// What was found in one string, in JSON.
#[derive(Serialize)]
struct Findings<'a> {
    input: &'a str,
    dialect: Dialect,
    findings: &'a [Finding],
}

/// How many findings there were of each level.
#[derive(Default)]
struct Tally {
    errors: usize,
    warnings: usize,
    hints: usize,
}

/// What one run of the command needs to know.
struct Run {
    config: Config,
    catalog: Catalog,
    fail_on: Level,
    format: Format,
}

impl Lint {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        if self.client.iter().any(|name| name == "list") {
            return list_clients();
        }
        if self.list {
            return list_lints();
        }
        let Self { of, client, allow, warn, deny, next, config: file, fail_on, format, fix, string, .. } =
            self;
        let Some(string) = string else {
            return bad_usage("a client without an access string; `-` reads some");
        };
        let in_file = Settings::read(file.as_deref())?;
        let flags = Settings { allow, warn, deny, clients: client, next, fail_on };
        let mut config = Config::new();
        if let Err(message) = in_file.put_into(&mut config).and_then(|()| flags.put_into(&mut config)) {
            return bad_usage(&message);
        }
        let fail_on = flags.fail_on.or(in_file.fail_on).unwrap_or(FailOn::Warning).level();
        let run = Run { config, catalog: Catalog::from(of.dialect), fail_on, format };
        let (mut outcome, mut tally) = (Outcome::Fine, Tally::default());
        input::for_each(string, |item| {
            let one = if fix { run.fix(&item)? } else { run.lint(&item, &mut tally)? };
            outcome = outcome.max(one);
            Ok(())
        })?;
        if format == Format::Text && !fix {
            tally.tell()?;
        }
        Ok(outcome)
    }
}

impl Run {
    fn lint(&self, item: &Item, tally: &mut Tally) -> io::Result<Outcome> {
        let text = match self.text_of(item)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let findings = lint::lint(text, &self.catalog, &self.config);
        findings.iter().for_each(|finding| tally.add(finding.level()));
        match self.format {
            Format::Text => {
                findings.iter().try_for_each(|finding| output::finding(&finding.report(), item.line))?
            }
            Format::Json => {
                let input = redis_acl::syntax::masked(text);
                output::json(&Findings {
                    input: &input,
                    dialect: self.catalog.dialect(),
                    findings: &findings,
                })?;
            }
            Format::Github => {
                findings.iter().try_for_each(|finding| output::line(workflow(finding, item.line)))?
            }
        }
        Ok(self.outcome(&findings))
    }

    fn fix(&self, item: &Item) -> io::Result<Outcome> {
        let text = match self.text_of(item)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let fixed = lint::fixed(text, &self.catalog, &self.config);
        output::line(&fixed)?;
        let left = lint::lint(&fixed, &self.catalog, &self.config);
        left.iter().try_for_each(|finding| output::report(&finding.report(), item.line))?;
        Ok(self.outcome(&left))
    }

    /// The text of the item; what is no text is reported.
    fn text_of<'i>(&self, item: &'i Item) -> io::Result<Result<&'i str, Outcome>> {
        let format = match self.format {
            Format::Json => output::Format::Json,
            Format::Text | Format::Github => output::Format::Text,
        };
        item.text_or_report(Some(self.catalog.dialect()), format)
    }

    fn outcome(&self, findings: &[Finding]) -> Outcome {
        match findings.iter().any(|finding| finding.level() >= self.fail_on) {
            true => Outcome::Negative,
            false => Outcome::Fine,
        }
    }
}

/// A command of GitHub's workflows, which shows the finding beside the change.
fn workflow(finding: &Finding, line: Option<usize>) -> String {
    let command = match finding.level() {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint => "notice",
    };
    let mut text = finding.message().to_owned();
    if let Some(line) = line {
        text = format!("string {line}: {text}");
    }
    for note in finding.notes() {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = finding.help() {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    format!("::{command} title=redis-acl: {}::{escaped}", finding.lint().id())
}

impl Tally {
    fn add(&mut self, level: Level) {
        match level {
            Level::Error => self.errors += 1,
            Level::Warning => self.warnings += 1,
            Level::Hint => self.hints += 1,
        }
    }

    /// `1 error, 2 warnings`; nothing where there was nothing.
    fn tell(&self) -> io::Result<()> {
        let count = |number: usize, what: &str| match number {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{number} {what}s")),
        };
        let counts =
            [count(self.errors, "error"), count(self.warnings, "warning"), count(self.hints, "hint")];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        if counts.is_empty() { Ok(()) } else { output::line(counts.join(", ")) }
    }
}

fn bad_usage(message: &str) -> io::Result<Outcome> {
    output::error(message, None)?;
    Ok(Outcome::BadInput)
}

fn list_clients() -> io::Result<Outcome> {
    for client in Client::all() {
        let evidence = if client.is_measured() { "measured" } else { "from its source" };
        output::line(format_args!(
            "{:28} {:46} {:10} {evidence}",
            client.name(),
            client.title(),
            client.language()
        ))?;
    }
    Ok(Outcome::Fine)
}

fn list_lints() -> io::Result<Outcome> {
    for lint in lint::Lint::all() {
        output::line(format_args!("{:24} {:9} {:8} {}", lint.id(), lint.group(), lint.level(), lint.what()))?;
    }
    Ok(Outcome::Fine)
}
