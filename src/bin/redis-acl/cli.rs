//! What the command is called with.

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
  What ElastiCache will answer, to keep Terraform from seeing a difference:
    redis-acl normalize 'on ~app::* -@all +@read'
  What a server of your version will print in ACL LIST:
    redis-acl normalize --dialect redis-7.2 'on ~app:* +@read -keys'
  What a category holds on Valkey 9.1:
    redis-acl expand --dialect valkey-9.1 @dangerous
  Whether two strings mean the same, for a script:
    redis-acl equal 'on ~* +@all' 'allkeys allcommands on' && echo same
  What a change lets somebody do that they could not do before:
    redis-acl diff 'on ~app:* +@read' 'on ~app:* +@read +@write -flushall'
  Whether the user may send a request, and what allows or refuses it:
    redis-acl can --dialect redis-7.2 'on ~app:* +@read' -- GET app:1
  What a string grants in plain words, and what each rule changes:
    redis-acl explain --dialect redis-7.2 '+@all -@dangerous +info'
  What is wrong with a string, does nothing in it, or gives away too much:
    redis-acl lint --dialect redis-7.2 'on ~app:* +@read +keys -@dangerous'

  The shortest string that means what a service answered:
    redis-acl simplify 'on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx …'
  What the next engine makes of a string:
    redis-acl upgrade --from redis-6.2 --to redis-7.2 'on ~app:* +@all -@dangerous'

  What AWS will say to a new user, before anything is deployed:
    redis-acl create-user --user-id u --user-name u --engine valkey --passwords short --access-string 'on ~* +@all'

Exit codes: 0 fine; 1 a negative answer (not equal, denied, findings); 2 bad input or usage; 252 and 254 as the AWS CLI.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the canonical form: what the server or service will answer
    Normalize(Normalize),
    /// List the commands that a string or a category grants
    Expand(Expand),
    /// Show the rules of a string and where each stands
    Parse(Parse),
    /// Tell whether two strings mean the same (exit code 0) or not (1)
    Equal(Equal),
    /// Tell what changes when one string becomes another, with requests that prove it
    Diff(Diff),
    /// Test a string against a file of claims: what it must allow, and what it must never grant
    Assert(Assert),
    /// Print the shortest string that means the same
    Simplify(Simplify),
    /// Tell what a string gains and loses under another engine, and what to write there instead
    Upgrade(UpgradeCommand),
    /// Tell whether a user of that string may send a request (exit code 0) or not (1), and why
    Can(Can),
    /// Tell in plain words what a string grants, and what each of its rules changes
    Explain(Explain),
    /// Tell what is wrong with a string, what does nothing in it, and what it gives away
    Lint(Lint),
    /// Put the access strings in files into canonical form, or the shortest, without changing their meaning
    Fmt(Fmt),
    /// List the engines and services that are modelled, and on which evidence
    Dialects(Dialects),
    /// Answer as ElastiCache's CreateUser does: the user, or what is wrong with the request
    CreateUser(Box<CreateUserCommand>),
    /// Answer as ElastiCache's ModifyUser does
    ModifyUser(Box<ModifyUserCommand>),
    /// List the users of an account
    DescribeUsers(DescribeUsersCommand),
    /// Print the completions of a shell
    #[command(hide = true)]
    Completions(Completions),
    /// Print the manual page of the command, or of one of its commands
    #[command(hide = true)]
    Man(Man),
}
