//! The command line: its subcommands and their summaries.

use clap::{Parser, Subcommand};

use crate::commands::{
    Assert, Can, Completions, CreateUserCommand, DescribeUsersCommand, Dialects, Diff, Equal, Expand,
    Explain, Fmt, Lint, Man, ModifyUserCommand, Normalize, Parse, Simplify, UpgradeCommand,
};

/// Parse, check and rewrite the ACL access strings of Redis, Valkey, ElastiCache and MemoryDB
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
#[command(args_override_self = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Print what ElastiCache returns today, so that Terraform shows no difference:
    redis-acl normalize --dialect elasticache/redis-7.1 'on ~app::* -@all +@read'
  Print what a server of your version shows in ACL LIST:
    redis-acl normalize --dialect redis-7.2 'on ~app:* +@read -keys'
  List the commands in a category of Valkey 9.1:
    redis-acl expand --dialect valkey-9.1 @dangerous
  Compare two strings in a script:
    redis-acl equal 'on ~* +@all' 'allkeys allcommands on' && echo same
  Show what a change grants that was not granted before:
    redis-acl diff 'on ~app:* +@read' 'on ~app:* +@read +@write -flushall'
  Check whether a user can run a command, and which rule decides:
    redis-acl can --dialect redis-7.2 'on ~app:* +@read' -- GET app:1
  Explain in plain words what a string grants, and what each rule changes:
    redis-acl explain --dialect redis-7.2 '+@all -@dangerous +info'
  Find mistakes, rules without effect, and excessive permissions:
    redis-acl lint --dialect redis-7.2 'on ~app:* +@read +keys -@dangerous'

  Find the shortest string that is equivalent to what a service returned:
    redis-acl simplify 'on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx …'
  Show what the next engine makes of a string:
    redis-acl upgrade --from redis-6.2 --to redis-7.2 'on ~app:* +@all -@dangerous'

  Show how AWS responds to a new user, before anything is deployed:
    redis-acl create-user --user-id u --user-name u --engine valkey --passwords short --access-string 'on ~* +@all'

Exit codes: 0 success; 1 a negative result (not equal, denied, findings); 2 bad input or usage;
252 and 254 as in the AWS CLI.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the canonical form: what the server or service returns
    Normalize(Normalize),
    /// List the commands that a string or a category grants
    Expand(Expand),
    /// Show the rules of a string and the position of each
    Parse(Parse),
    /// Report whether two strings are equivalent (exit code 0) or not (1)
    Equal(Equal),
    /// Show what a change of a string, or of files, grants and removes, with a command that proves it
    Diff(Diff),
    /// Test a string against a file of assertions: what it must allow, and what it must never grant
    Assert(Assert),
    /// Print the shortest equivalent string
    Simplify(Simplify),
    /// Show what a string gains and loses under another engine, and what to write there instead
    Upgrade(UpgradeCommand),
    /// Report whether a user can run a command (exit code 0) or not (1), and why
    Can(Can),
    /// Explain in plain words what a string grants, and what each of its rules changes
    Explain(Explain),
    /// Find mistakes, rules without effect, and excessive permissions in a string or in files
    Lint(Lint),
    /// Rewrite the access strings in files in canonical form, or in the shortest equivalent form
    Fmt(Fmt),
    /// List the supported engines and services, and the evidence for each
    Dialects(Dialects),
    /// Simulate ElastiCache's CreateUser: print the user, or what is wrong with the request
    CreateUser(Box<CreateUserCommand>),
    /// Simulate ElastiCache's ModifyUser
    ModifyUser(Box<ModifyUserCommand>),
    /// List the users of an account
    DescribeUsers(DescribeUsersCommand),
    /// Print the completion script for a shell
    #[command(hide = true)]
    Completions(Completions),
    /// Print the manual page of redis-acl, or of one of its commands
    #[command(hide = true)]
    Man(Man),
}
