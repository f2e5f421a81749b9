//! `redis-acl expand`

use std::io;

use redis_acl::{Catalog, CommandSet, Dialect, Selector, User, syntax};
use serde::Serialize;

use crate::Outcome;
use crate::input::{self, In, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl expand @read
  redis-acl expand --dialect redis-7.0 --by-category '+@all -@dangerous +config|get'
  comm -13 <(redis-acl expand --dialect redis-7.0 @write | sort) <(redis-acl expand --dialect redis-8.4 @write | sort)";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Expand {
    #[command(flatten)]
    of: In,
    /// Group the commands by category; a command is listed in each of its categories
    #[arg(long)]
    by_category: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, a category (`@read`), or `-` to read one per line from standard input
    #[arg(allow_hyphen_values = true, value_name = "STRING|@CATEGORY")]
    string: String,
}

#[derive(Serialize)]
struct Expanded<'a> {
    input: &'a str,
    dialect: Dialect,
    /// What the string's own rules grant, then what each selector does.
    selectors: Vec<Granted>,
}

#[derive(Serialize)]
struct Granted {
    commands: Vec<&'static str>,
    first_arguments: Vec<String>,
    future_commands: bool,
}

impl Expand {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let catalog = Catalog::from(self.of.dialect);
        input::worst_of_each(&self.string, |item| self.one(&item, &catalog))
    }

    fn one(&self, item: &Item, catalog: &Catalog) -> io::Result<Outcome> {
        let dialect = self.of.dialect;
        let text = match item.text_or_report(Some(dialect), self.format)? {
            Ok(text) => text,
            Err(outcome) => return Ok(outcome),
        };
        // `@read` is the same question as `+@read`, and gets the same answers to what is wrong with it
        let rules = if text.starts_with('@') { format!("+{text}") } else { text.to_owned() };
        let user = match User::parse(dialect, &rules) {
            Ok(user) => user,
            Err(errors) => return item.refuse(&rules, &errors, dialect, self.format),
        };
        match self.format {
            Format::Text => self.print(&user, catalog)?,
            Format::Json => {
                let selectors = user.selectors().map(|selector| granted(selector, catalog)).collect();
                output::json(&Expanded { input: &syntax::masked(text), dialect, selectors })?;
            }
        }
        Ok(Outcome::Fine)
    }

    fn print(&self, user: &User, catalog: &Catalog) -> io::Result<()> {
        let several = user.selectors().nth(1).is_some();
        for (number, selector) in user.selectors().enumerate() {
            match number {
                _ if !several => {}
                0 => output::line("# the user's own rules")?,
                number => output::line(format_args!("# selector {number}"))?,
            }
            if self.by_category { by_category(selector, catalog)? } else { one_a_line(selector, catalog)? }
        }
        Ok(())
    }
}

fn one_a_line(selector: &Selector, catalog: &Catalog) -> io::Result<()> {
    let Granted { commands, first_arguments, future_commands } = granted(selector, catalog);
    commands.iter().try_for_each(output::line)?;
    first_arguments.iter().try_for_each(output::line)?;
    if future_commands { output::line("# and future commands") } else { Ok(()) }
}

fn by_category(selector: &Selector, catalog: &Catalog) -> io::Result<()> {
    let print = |title: &str, members: &CommandSet, of: usize| {
        let commands = names(&(*members & *selector.commands()), catalog);
        match commands.len() {
            0 => Ok(()),
            some => output::line(format_args!("{title} ({some} of {of}): {}", commands.join(" "))),
        }
    };
    let mut rest = catalog.all();
    for category in catalog.categories() {
        let members = catalog.members(category);
        rest -= members;
        print(&category.to_string(), &members, members.len())?;
    }
    print("in no category", &rest, rest.len())?;
    let Granted { first_arguments, future_commands, .. } = granted(selector, catalog);
    if !first_arguments.is_empty() {
        output::line(format_args!("first arguments: {}", first_arguments.join(" ")))?;
    }
    if future_commands { output::line("and future commands") } else { Ok(()) }
}

fn granted(selector: &Selector, catalog: &Catalog) -> Granted {
    let name = |id| catalog.get(id).map_or("", |command| command.name());
    Granted {
        commands: names(selector.commands(), catalog),
        first_arguments: selector
            .first_arguments()
            .map(|(id, argument)| format!("{}|{argument}", name(id)))
            .collect(),
        future_commands: selector.allows_future_commands(),
    }
}

/// In the order of the command table.
fn names(commands: &CommandSet, catalog: &Catalog) -> Vec<&'static str> {
    catalog
        .commands()
        .filter(|command| commands.contains(command.id()))
        .map(|command| command.name())
        .collect()
}
