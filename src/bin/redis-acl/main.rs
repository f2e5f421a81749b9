//! The command `redis-acl`: reads, calls the library, prints.

mod cli;
mod commands;
mod files;
mod input;
mod output;
mod requests;
mod revision;
mod scopes;
mod settings;
mod shorthand;
mod summary;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};

/// How a command ended, in the order of their weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fine = 0,
    Negative = 1,
    BadInput = 2,
    /// An SDK would not send the request; the AWS CLI's exit code.
    NotSent = 252,
    /// AWS would answer with a fault; the AWS CLI's exit code.
    Fault = 254,
}

/// The arguments after the name of the command.
fn arguments() -> Vec<String> {
    std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// What a shell reports of a program that SIGPIPE ended.
const BROKEN_PIPE: u8 = 141;

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => match commands::usage_error(&error, &arguments()) {
            None => error.exit(),
            Some(message) => {
                let _ = output::error(message, None);
                return ExitCode::from(Outcome::BadInput as u8);
            }
        },
    };
    let outcome = match command {
        Command::Normalize(command) => command.run(),
        Command::Expand(command) => command.run(),
        Command::Parse(command) => command.run(),
        Command::Equal(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Assert(command) => command.run(),
        Command::Simplify(command) => command.run(),
        Command::Upgrade(command) => command.run(),
        Command::Can(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Lint(command) => command.run(),
        Command::Fmt(command) => command.run(),
        Command::Dialects(command) => command.run(),
        Command::CreateUser(command) => command.run(),
        Command::ModifyUser(command) => command.run(),
        Command::DescribeUsers(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    };
    match outcome {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // a reader that has read enough must not turn a negative answer into a positive one
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            let _ = output::error(error, None);
            ExitCode::from(Outcome::BadInput as u8)
        }
    }
}
