//! `redis-acl upgrade`

use std::io;

use redis_acl::compare::{self, Inexpressible, Replacement, Transition, Upgrade};
use redis_acl::{ApplyErrors, Dialect, Relation, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, Bounds, Item, one_dialect};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl upgrade --from redis-6.2 --to redis-7.2 'on ~app:* +@all -@dangerous'
  redis-acl upgrade --from redis-7.4 --to redis-8.4+json+search 'on ~app:* +@read'
  redis-acl upgrade --from elasticache --to elasticache/valkey-8.0 --format json - < strings.txt
  redis-acl upgrade --from redis-6.2 --to redis-7.0+acl-pubsub-default=allchannels 'on ~app:* +@all'

The comparison covers what the rules grant. Commands that every user can run (AUTH, HELLO, QUIT,
RESET) do not count, nor do the names `post` and `host:`, which Redis 6 registers to catch HTTP
requests.

Lines with - show what only the old engine grants, lines with + what only the new engine grants.
Commands that only one of the engines has are listed separately and do not affect the exit code.

Two strings are proposed, each proven by a comparison. The first grants nothing new, and as nearly
as possible what the string granted before. The second loses nothing if possible, and lists what
it gains.

Exit codes:
  0  the string grants the same, among the commands, keys and channels that both engines have
  1  something is lost or gained, the result is inconclusive, or the new engine rejects the string
  2  bad input
JSON: {\"input\", \"from\", \"to\", \"same\", \"errors\", \"notes\", \"exact\", \"unavoidable\", \"inexpressible\",
      \"lossless\", \"gains\"}; `unavoidable` is what changes with the exact string, `gains` what
      changes with the lossless one; each of these and `same` is {\"relation\", \"gained\", \"lost\",
      \"new_commands\", \"gone_commands\"}.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct UpgradeCommand {
    /// The engine or service that the string was written for, exactly one
    #[arg(long, value_name = "DIALECT", value_parser = one_dialect)]
    from: Dialect,
    /// The engine or service to move to, exactly one
    #[arg(long, value_name = "DIALECT", value_parser = one_dialect)]
    to: Dialect,
    #[command(flatten)]
    bounds: Bounds,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

/// The answer in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    input: &'a str,
    from: Dialect,
    to: Dialect,
    /// `null` where the new engine rejects the string.
    same: Option<&'a Transition>,
    errors: Option<&'a ApplyErrors>,
    /// What the channels rest on, where the engines differ in it.
    notes: &'a [String],
    /// `null` where nothing would grant just that.
    exact: Option<&'a str>,
    /// What even the exact string loses and gains.
    unavoidable: Option<&'a Transition>,
    inexpressible: Option<String>,
    /// `null` where everything that was tried loses something.
    lossless: Option<&'a str>,
    /// What the lossless string gains, and what the new engine does not have.
    gains: Option<&'a Transition>,
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
            Format::Text => self.print(&upgrade)?,
        }
        let is_same = upgrade.same().is_ok_and(Transition::is_same);
        Ok(if is_same { Outcome::Fine } else { Outcome::Negative })
    }

    fn answer<'a>(&self, input: &'a str, upgrade: &'a Upgrade) -> Answer<'a> {
        let (exact, lossless) = (upgrade.exact().ok(), upgrade.lossless().ok());
        Answer {
            input,
            from: self.from,
            to: self.to,
            same: upgrade.same().ok(),
            errors: upgrade.same().err(),
            notes: upgrade.notes(),
            exact: exact.map(Replacement::text),
            unavoidable: exact.map(Replacement::transition),
            inexpressible: upgrade.exact().err().map(ToString::to_string),
            lossless: lossless.map(Replacement::text),
            gains: lossless.map(Replacement::transition),
        }
    }

    /// What the same string grants there, then what to write instead.
    fn print(&self, upgrade: &Upgrade) -> io::Result<()> {
        let Self { from, to, .. } = self;
        match upgrade.same() {
            Ok(transition) if transition.is_same() => {
                output::line(format_args!("the string grants the same under {to} as under {from}"))?;
                if transition.new_commands().is_empty() && transition.gone_commands().is_empty() {
                    return Ok(());
                }
                self.print_transition(transition)?;
            }
            Ok(transition) => {
                output::line(format_args!("the same string under {from} (-) and {to} (+):"))?;
                self.print_transition(transition)?;
            }
            Err(errors) => {
                output::line(format_args!("{to} rejects the string:"))?;
                errors.iter().try_for_each(|error| output::report(&error.report(), None))?;
            }
        }
        upgrade.notes().iter().try_for_each(|note| output::line(format_args!("  = note: {note}")))?;
        if upgrade.same().is_ok_and(|transition| transition.is_same() && transition.new_commands().is_empty())
        {
            return Ok(());
        }
        self.print_exact(upgrade.exact())?;
        let is_lossless = upgrade.same().is_ok_and(Transition::loses_nothing);
        if is_lossless { Ok(()) } else { self.print_lossless(upgrade.lossless()) }
    }

    fn print_exact(&self, exact: Result<&Replacement, &Inexpressible>) -> io::Result<()> {
        let Self { from, to, .. } = self;
        let replacement = match exact {
            Ok(replacement) => replacement,
            Err(error) => {
                return output::line(format_args!(
                    "no string grants under {to} exactly what it granted under {from}: {error}"
                ));
            }
        };
        let transition = replacement.transition();
        let (how, differences) = match transition.is_same() {
            true => ("exactly what it granted under", None),
            false => ("as nearly as possible what it granted under", Some("unavoidable differences:")),
        };
        output::line(format_args!("to grant under {to} {how} {from}:\n  {}", replacement.text()))?;
        self.print_changes(differences, transition)?;
        if gains_nothing(transition) {
            return Ok(());
        }
        output::line(format_args!(
            "  = note: on {to} the rules allow what the lines with + show, but the command itself rejects it"
        ))
    }

    fn print_lossless(&self, lossless: Result<&Replacement, &Inexpressible>) -> io::Result<()> {
        let to = self.to;
        let replacement = match lossless {
            Ok(replacement) => replacement,
            Err(error) => return output::line(format_args!("no string loses nothing under {to}: {error}")),
        };
        let transition = replacement.transition();
        let (purpose, differences) = match (transition.loses_nothing(), !gains_nothing(transition)) {
            (true, false) => ("to lose nothing", None),
            (true, true) => ("to lose nothing", Some("new access:")),
            (false, true) => {
                ("to lose as little as possible", Some("unavoidable losses (-), and new access (+):"))
            }
            (false, false) => ("to lose as little as possible", Some("unavoidable losses:")),
        };
        output::line(format_args!("{purpose} under {to}:\n  {}", replacement.text()))?;
        self.print_changes(differences, transition)
    }

    /// What changes with a proposed string, under a heading of its own.
    fn print_changes(&self, heading: Option<&str>, transition: &Transition) -> io::Result<()> {
        let is_undecided = transition.comparison().relation() == Relation::Undecided;
        match heading.filter(|_| !is_undecided) {
            Some(heading) => output::line(heading)?,
            None if !is_undecided => {}
            None => return self.print_transition(transition),
        }
        output::difference_lines(transition.to_string().lines().skip(1))
    }

    /// What changes; nothing where nothing does.
    fn print_transition(&self, transition: &Transition) -> io::Result<()> {
        let text = transition.to_string();
        let skipped = usize::from(transition.is_same());
        output::difference_lines(text.lines().skip(skipped))?;
        match transition.comparison().relation() {
            Relation::Undecided => output::bounds(self.bounds),
            _ => Ok(()),
        }
    }
}

/// Whether nothing is gained of what both engines have, and that is certain.
fn gains_nothing(transition: &Transition) -> bool {
    transition.comparison().only_second().is_none()
}
