//! `redis-acl parse`

use std::io;

use redis_acl::{AccessString, Effect, KeyAccess, Quoting, Rule, RuleKind, syntax};
use serde::Serialize;

use super::Refused;
use crate::Outcome;
use crate::input::{self, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl parse 'on %R~app:* (+get ~tmp:*)'
  redis-acl parse --format json 'on ~app:* +@read'
Only the syntax is checked. Names are not looked up, so no dialect is needed.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Parse {
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(Serialize)]
struct Parsed<'a> {
    input: &'a str,
    rules: &'a [Rule<'a>],
}

impl Parse {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        input::worst_of_each(&self.string, |item| self.one(&item))
    }

    fn one(&self, item: &Item) -> io::Result<Outcome> {
        let text = match item.text_or_report(None, self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        let input = syntax::masked(text);
        match (AccessString::parse(text), self.format) {
            (Ok(string), Format::Text) => tree(string.rules(), &input, 0)?,
            (Ok(string), Format::Json) => output::json(&Parsed { input: &input, rules: string.rules() })?,
            (Err(errors), format) => {
                match format {
                    Format::Text => {
                        errors.iter().try_for_each(|error| output::report(&error.report(), item.line))?
                    }
                    Format::Json => output::json(&Refused { input: &input, dialect: None, errors: &errors })?,
                }
                return Ok(Outcome::BadInput);
            }
        }
        Ok(Outcome::Fine)
    }
}

/// A line a rule: where it stands, its text with passwords masked, what it is.
fn tree(rules: &[Rule<'_>], input: &str, depth: usize) -> io::Result<()> {
    for rule in rules {
        let indent = "  ".repeat(depth);
        let place = format!("{}..{}", rule.span.start, rule.span.end);
        let text = &input[rule.span.range()];
        output::line(format_args!("{indent}{place:9} {text:30} {}", meaning(&rule.kind)))?;
        if let RuleKind::Selector(selector) = &rule.kind {
            tree(selector.rules(), input, depth + 1)?;
        }
    }
    Ok(())
}

fn meaning(kind: &RuleKind<'_>) -> String {
    let verb = |effect: &Effect| match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    match kind {
        RuleKind::Key { permission, pattern } => {
            let may = match permission {
                Some(KeyAccess::Read) => "read",
                Some(KeyAccess::Write) => "write",
                _ => "read and write",
            };
            format!("{may} keys like `{pattern}`")
        }
        RuleKind::Channel { pattern } => format!("channels like `{pattern}`"),
        RuleKind::Category { effect, name } => format!("{} category `{name}`", verb(effect)),
        RuleKind::Command { effect, name, argument: None } => format!("{} command `{name}`", verb(effect)),
        RuleKind::Command { effect, name, argument: Some(argument) } => {
            format!("{} `{name}` with subcommand or first argument `{argument}`", verb(effect))
        }
        RuleKind::Selector(selector) => match selector.quoting() {
            Quoting::Balanced => "selector".into(),
            Quoting::Joined => "selector; empty before Valkey 9.0, which joins quoted text".into(),
            Quoting::EscapedEnd => {
                "selector; empty before Valkey 9.1, which ends it at the last quote".into()
            }
            Quoting::Unbalanced => "selector; a quote is not closed, so servers read it as empty".into(),
        },
        other => other.name().replace('_', " "),
    }
}
