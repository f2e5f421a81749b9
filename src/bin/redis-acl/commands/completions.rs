//! `redis-acl completions SHELL`: what a shell needs to complete the command, from the command's own definition.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use crate::Outcome;
use crate::cli::Cli;

#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell to print completions for
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "redis-acl", &mut script);
        io::stdout().write_all(&script)?;
        Ok(Outcome::Fine)
    }
}
