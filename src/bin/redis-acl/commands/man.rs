//! `redis-acl man`: manual pages, from the command's own definition.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap_mangen::roff::{Roff, roman};

use crate::Outcome;
use crate::cli::Cli;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Man {
    /// Write the pages of all commands to this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    to: Option<PathBuf>,
    /// The command to describe, such as `normalize`; without it, `redis-acl` itself
    command: Option<String>,
}

/// What every page says of itself at its foot.
const SOURCE: &str = concat!("redis-acl ", env!("CARGO_PKG_VERSION"));

impl Man {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let mut all = Cli::command().disable_help_subcommand(true);
        // gives the commands their names in full, `redis-acl normalize`
        all.build();
        if let Some(folder) = &self.to {
            write_all(&all, folder)?;
            return Ok(Outcome::Fine);
        }
        let Some(name) = &self.command else {
            return print(&all);
        };
        match told_commands(&all).find(|command| command.get_name() == name) {
            Some(command) => print(command),
            None => {
                output::error(format_args!("no command `{}`", name.escape_debug()), None)?;
                Ok(Outcome::BadInput)
            }
        }
    }
}

fn told_commands(all: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    all.get_subcommands().filter(|command| !command.is_hide_set())
}

fn write_all(all: &clap::Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for command in told_commands(all).chain([all]) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        fs::write(folder.join(format!("{name}.1")), page(command)?)?;
    }
    Ok(())
}

fn print(command: &clap::Command) -> io::Result<Outcome> {
    io::stdout().write_all(&page(command)?)?;
    Ok(Outcome::Fine)
}

/// A page in roff. The examples stand in it as they are written: clap_mangen would fill their lines.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let examples = command.get_after_help().map(ToString::to_string);
    let man = clap_mangen::Man::new(command.clone()).source(SOURCE).manual("Access strings");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if told_commands(command).next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(examples) = examples {
        let mut section = Roff::new();
        section.control("SH", ["EXAMPLES"]).control("nf", []);
        for line in examples.lines().skip_while(|line| *line == "Examples:") {
            section.text([roman(line)]);
        }
        section.control("fi", []).to_writer(&mut page)?;
    }
    Ok(page)
}
