//! Printing a response as the AWS CLI does: `--output`, `--query` and `--color`.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use super::query::Query;
use super::table::{self, Drawing};
use super::tree::Tree;
use super::{Stop, text, yaml};

/// The heading of these options in the help.
const HEADING: &str = "Output options of the AWS CLI";

#[derive(clap::Args)]
pub(crate) struct Printing {
    /// The format of the response
    #[arg(long, value_enum, default_value_t, help_heading = HEADING)]
    output: Output,
    /// A JMESPath expression for the part of the response to print
    #[arg(long, value_name = "JMESPATH", allow_hyphen_values = true, help_heading = HEADING)]
    query: Option<String>,
    /// Whether tables are coloured
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", help_heading = HEADING)]
    color: Color,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    #[default]
    Json,
    Text,
    Table,
    Yaml,
    YamlStream,
    /// Print nothing
    Off,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    On,
    Off,
    #[default]
    Auto,
}

/// The settings for printing a response, with the query parsed.
pub(super) struct Printer {
    output: Output,
    query: Option<Query>,
    color: Color,
}

impl Printing {
    /// Parses the query. Call it before the command does anything.
    pub(super) fn printer(&self) -> Result<Printer, String> {
        let query = self.query.as_deref().map(Query::parse).transpose()?;
        Ok(Printer { output: self.output, query, color: self.color })
    }
}

impl Printer {
    pub(super) fn print(&self, operation: &str, response: &impl Serialize) -> Result<(), Stop> {
        self.print_pages(operation, Tree::of(response)?, None)
    }

    /// Prints one page of a list, with the token for the next page. In text the token has its own line.
    pub(super) fn print_pages(
        &self,
        operation: &str,
        mut response: Tree,
        next_token: Option<String>,
    ) -> Result<(), Stop> {
        const TOKEN: &str = "NextToken";
        let token = next_token.map(|token| (TOKEN.to_owned(), Tree::Text(token)));
        if self.output == Output::Text {
            let line = token.map(|token| Tree::Map(vec![(TOKEN.into(), Tree::Map(vec![token]))]));
            let pages = [Some(response), line].into_iter().flatten();
            return pages.into_iter().try_for_each(|page| write(&text::lines(&self.searched(page)?)));
        }
        if let Tree::Map(members) = &mut response {
            members.extend(token);
        }
        let found = self.searched(response)?;
        write(&match self.output {
            Output::Json if found == Tree::Map(Vec::new()) => String::new(),
            Output::Json => super::aws_text(&found)?,
            Output::Table => table::lines(operation, &found, self.drawing())?,
            Output::Yaml => yaml::lines(&found),
            Output::YamlStream => yaml::lines(&Tree::List(vec![found])),
            Output::Text | Output::Off => String::new(),
        })
    }

    fn searched(&self, response: Tree) -> Result<Tree, String> {
        match &self.query {
            Some(query) => query.search(&response),
            None => Ok(response),
        }
    }

    /// Tables are as wide as the terminal, or 80 characters; `auto` colours them on a terminal.
    fn drawing(&self) -> Drawing {
        let width = terminal_size::terminal_size_of(io::stdout()).map_or(80, |(width, _)| width.0.into());
        match (self.color, io::stdout().is_terminal()) {
            (Color::On, _) | (Color::Auto, true) => Drawing::coloured(width),
            _ => Drawing::plain(width),
        }
    }
}

fn write(text: &str) -> Result<(), Stop> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}
