//! The command `redis-acl`: reads, calls the library, prints.

mod cli;
mod commands;
mod files;
mod input;
mod output;
mod refusals;
mod requests;
mod settings;
mod shorthand;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use cli::{Cli, Command};

/// clap repeats an argument that it does not know, which may be a password that begins with a hyphen.
fn may_tell_a_password(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::UnknownArgument
        && std::env::args_os().any(|argument| argument == "--passwords")
}

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

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) if may_tell_a_password(&error) => {
            eprintln!(
                "redis-acl: an argument behind --passwords is no flag; a password that begins with `-` goes into --cli-input-json"
            );
            return ExitCode::from(Outcome::BadInput as u8);
        }
        Err(error) => error.exit(),
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
        // whoever read our output has read enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("redis-acl: {error}");
            ExitCode::from(Outcome::BadInput as u8)
        }
    }
}
