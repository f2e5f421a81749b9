//! The command `redis-acl`: reads, calls the library, prints.

mod commands;
mod documents;
mod file_users;
mod files;
mod forms;
mod input;
mod output;
mod refusals;
mod requests;
mod settings;
mod shorthand;
mod users;

use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use redis_acl::{Dialect, Form};

use output::Format;

/// Parse, check and rewrite the ACL access strings of Redis, Valkey, ElastiCache and MemoryDB
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
#[command(args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
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
enum Command {
    /// Print the canonical form: what the server or service will answer
    #[command(after_help = NORMALIZE_EXAMPLES)]
    Normalize(Normalize),
    /// List the commands that a string or a category grants
    #[command(after_help = EXPAND_EXAMPLES)]
    Expand(Expand),
    /// Show the rules of a string and where each stands
    #[command(after_help = PARSE_EXAMPLES)]
    Parse(Parse),
    /// Tell whether two strings mean the same (exit code 0) or not (1)
    #[command(after_help = EQUAL_EXAMPLES)]
    Equal(Equal),
    /// Tell what changes when one string becomes another, with requests that prove it
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// Test a string against a file of claims: what it must allow, and what it must never grant
    #[command(after_help = ASSERT_EXAMPLES)]
    Assert(Assert),
    /// Print the shortest string that means the same
    #[command(after_help = SIMPLIFY_EXAMPLES)]
    Simplify(Simplify),
    /// Tell what a string gains and loses under another engine, and what to write there instead
    #[command(after_help = UPGRADE_EXAMPLES)]
    Upgrade(UpgradeCommand),
    /// Tell whether a user of that string may send a request (exit code 0) or not (1), and why
    #[command(after_help = CAN_EXAMPLES)]
    Can(Can),
    /// Tell in plain words what a string grants, and what each of its rules changes
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Tell what is wrong with a string, what does nothing in it, and what it gives away
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Lint),
    /// Put the access strings in files into canonical form, or the shortest, without changing their meaning
    #[command(after_help = FMT_EXAMPLES)]
    Fmt(Fmt),
    /// List the engines and services that are modelled, and on which evidence
    Dialects(Dialects),
    /// Answer as ElastiCache's CreateUser does: the user, or what is wrong with the request
    #[command(after_help = CREATE_USER_EXAMPLES)]
    CreateUser(Box<users::CreateUserCommand>),
    /// Answer as ElastiCache's ModifyUser does
    #[command(after_help = MODIFY_USER_EXAMPLES)]
    ModifyUser(Box<users::ModifyUserCommand>),
    /// List the users of an account
    #[command(after_help = DESCRIBE_USERS_EXAMPLES)]
    DescribeUsers(users::DescribeUsersCommand),
    /// Print the completions of a shell
    #[command(hide = true)]
    Completions(Completions),
    /// Print the manual page of the command, or of one of its commands
    #[command(hide = true)]
    Man(Man),
}

const NORMALIZE_EXAMPLES: &str = "\
Examples:
  redis-acl normalize 'on ~app::* -@all +@read'
  redis-acl normalize --dialect memorydb/redis-7.0 'on +get'
  redis-acl normalize --dialect redis-7.2 --form observed 'on ~app:* +@read'
  redis-acl normalize --format json - < strings.txt    # a string a line, a JSON object a line

JSON: {\"input\", \"dialect\", \"canonical\"} or
      {\"input\", \"dialect\", \"errors\": [{\"kind\", \"message\", \"span\", \"help\", \"server_message\"}]}
Passwords are masked in what is printed; of a server's users their hashes are shown, as ACL LIST does.";

const EXPAND_EXAMPLES: &str = "\
Examples:
  redis-acl expand @read
  redis-acl expand --dialect redis-7.0 --by-category '+@all -@dangerous +config|get'
  comm -13 <(redis-acl expand --dialect redis-7.0 @write | sort) <(redis-acl expand --dialect redis-8.4 @write | sort)";

const PARSE_EXAMPLES: &str = "\
Examples:
  redis-acl parse 'on %R~app:* (+get ~tmp:*)'
  redis-acl parse --format json 'on ~app:* +@read'
The text alone is looked at: no name is looked up, so no dialect is needed.";

const EQUAL_EXAMPLES: &str = "\
Examples:
  redis-acl equal 'on ~app::* -@all +@read' \"$(terraform output -raw access_string)\"
  redis-acl equal --dialect redis-7.2 '+@all -@all +get' '+get'
Users mean the same when they log in alike and may send the same requests, whatever the rules; that +@all also grants
commands to come does count. `redis-acl diff` shows what differs.";

const SIMPLIFY_EXAMPLES: &str = "\
Examples:
  redis-acl simplify \"$(aws elasticache describe-users --user-id u --query 'Users[0].AccessString' --output text)\"
  redis-acl simplify --dialect redis-7.2 'on ~app:1 ~app:* +@read +get +config -config|set'
  redis-acl simplify --format json - < strings.txt     # a string a line, a JSON object a line

The answer allows the same requests and logins, and the same commands to come; it is compared with the string before
it is printed, and never longer. Hashes stand in it for passwords.";

const UPGRADE_EXAMPLES: &str = "\
Examples:
  redis-acl upgrade --from redis-6.2 --to redis-7.2 'on ~app:* +@all -@dangerous'
  redis-acl upgrade --from redis-7.4 --to redis-8.4+json+search 'on ~app:* +@read'
  redis-acl upgrade --from elasticache --to elasticache/valkey-8.0 --format json - < strings.txt

Lines with - are what only the old engine lets the user do, those with + what only the new one does.
Exit codes: 0 the same string means the same under both; 1 it does not, or is refused; 2 bad input.
JSON: {\"input\", \"from\", \"to\", \"same\", \"errors\", \"exact\", \"unavoidable\", \"inexpressible\"}";

const DIFF_EXAMPLES: &str = "\
Examples:
  redis-acl diff --dialect redis-7.2 'on ~app:* +@read' 'on ~app:* ~tmp:* +@read -keys'
  redis-acl diff @old.acl @new.acl                     # strings from files
  git show main:worker.acl | redis-acl diff - @worker.acl
  redis-acl diff main/users.tf users.tf                # two files with users: user by user
  redis-acl diff --dialect redis-6.2 --to-dialect redis-7.2 'on ~* +@all' 'on ~* &* +@all'
A gate for CI, which fails only if the new string lets do what the old one did not:
  redis-acl diff --no-new-access --quiet @main.acl @branch.acl || exit 1

Lines with + tell what only NEW may do, lines with - what only OLD may do; the request behind `for example` proves it.
It is exact: every request, key, channel and database is looked at, commands to come (+@all) and logins too. What
cannot be decided within bounds is said to be so, and counts as different and as new access.

Two files that hold users (users.acl, redis.conf, Terraform, CloudFormation, manifests …) are compared user by user:
each is added, removed, wider (it may do more in NEW), narrower, incomparable, undecided or equal. Users are the same
by their name or id, else by their address in the file. The user `default` of a server counts, also where no line
defines it. With --no-new-access a user that is added fails if it may do anything, a removed one does not, and
the dialect must be told where the files do not tell it. An access
string that is not literal is unchecked if it is written as before, else undecided, which fails. The dialect of an
infrastructure file is what it says, else what --dialect says, else `dialect` in the nearest redis-acl.toml.
Exit codes: 0 both may do the same (with --no-new-access: NEW may do nothing more); 1 not; 2 bad input.
JSON: {\"old\": {\"input\", \"dialect\"}, \"new\": …, \"relation\", \"new_access\": \"none\"|\"some\"|\"undecided\",
       \"gained\": {\"commands\", \"extended\", \"keys\", \"channels\", \"witness\", …}, \"lost\": …}; the relation is OLD's to
      NEW: equal, narrower (NEW may do more), wider, incomparable, undecided. Bad strings have \"errors\" instead.
      Of files {\"old\", \"new\", \"new_access\", \"users\": [{\"user\", \"change\", \"new_access\", \"old\": {\"address\", \"line\",
      \"column\", \"dialect\"}, \"new\", \"difference\", \"logins_gained\", \"logins_lost\", \"unknown\"}]}; the change is NEW's.";

const ASSERT_EXAMPLES: &str = "\
Examples:
  redis-acl assert worker.claims --dialect redis-7.2 'on ~app:* +@read +@write -@dangerous'
  redis-acl assert worker.claims @worker.acl
  redis-acl assert worker.claims                       # the file has a line `user \"…\"`
  redis-acl assert everybody.claims - < strings.txt    # each line of the standard input

A file of claims:
  # headers, each may be left out; the command line goes before them
  dialect redis-7.2
  user \"on ~app:* +@read +@write -@dangerous\"

  # requests, quoted as in redis-cli
  allow GET app:1
  allow SET app:1 'two words'
  deny FLUSHALL
  allow in database 3 GET app:1

  # commands and categories: never means that no request with them may be sent
  grants @hash
  never grants @dangerous
  never grants config|set
  never grants future commands

  # a user that it may not go beyond, must not stay behind, or be the same as
  no wider than \"on ~app:* +@all -@dangerous\"
  no narrower than \"on ~app:* +get +set\"
  same as \"on ~app:* +@read +@write -@dangerous\"

A claim about a command that the dialect does not have is an error, not a claim that holds. What cannot be decided
within bounds counts as failed. Passwords count in the last three only if the claim's string has some.
Exit codes: 0 all claims hold; 1 some do not; 2 the file or the string cannot be read.
JSON, a line a string: {\"input\", \"dialect\", \"holds\", \"claims\": [{\"line\", \"claim\", \"holds\", \"failure\"}]}; a failure has
      \"kind\", \"message\" and what it rests on: \"rule\", \"commands\", \"witness\" … Bad ones have \"errors\" instead.";

const CREATE_USER_EXAMPLES: &str = "\
Examples:
  redis-acl create-user --user-id user1 --user-name myUser --engine redis \\
      --passwords mYnuUzrpAxXw2rdzx --access-string 'on ~app::* -@all +@read'
  redis-acl create-user --cli-input-json file://user.json --state users.json --save
  aws elasticache describe-users > users.json    # a real account as the state

Nothing is sent anywhere. Exit codes: 0 the user is answered; 252 an SDK would not send the request; 254 AWS would
answer with a fault, as the AWS CLI; 2 the input cannot be read. All problems are listed, with how sure each is.";

const MODIFY_USER_EXAMPLES: &str = "\
Examples:
  redis-acl modify-user --state users.json --user-id user2 --append-access-string 'on ~* +@all'
  redis-acl modify-user --state users.json --save --user-id user2 --authentication-mode Type=iam
Exit codes are those of create-user.";

const DESCRIBE_USERS_EXAMPLES: &str = "\
Examples:
  redis-acl describe-users --state users.json
  redis-acl describe-users --state users.json --user-id user2";

const CAN_EXAMPLES: &str = "\
Examples:
  redis-acl can 'on ~app:* +@read' -- GET app:1
  redis-acl can --dialect redis-7.2 'on %R~app:* +@all' -- COPY app:1 app:2
  redis-acl can --all-dialects 'on ~app:* +@read' -- EVAL_RO 'return 1' 1 other
  redis-acl can --dialect valkey-8.1 --file requests.txt \"$(cat acl.txt)\"

A file holds a request a line, quoted as in redis-cli; blank lines and lines that begin with # are skipped.
JSON: {\"request\", \"dialect\", \"allowed\": true, \"selector\", \"rule\"} or
      {\"request\", \"dialect\", \"allowed\": false, \"reason\", \"message\", \"help\", \"selector\", \"rule\", \"needs\",
       \"missing\", \"server_message\", \"dryrun\"}
Whether the user is on is not looked at, as in ACL DRYRUN.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  redis-acl explain 'on ~app:* +@read -keys'
  redis-acl explain --dialect redis-7.2 '+@all -@dangerous +info (%R~tmp:* +@read)'
  redis-acl explain --dialect valkey-8.1 --format markdown \"$(cat acl.txt)\" | gh pr comment --body-file -
  redis-acl explain --format json - < strings.txt    # a string a line, a JSON object a line

First what the whole string grants, then what each rule changed where it stands: `+get` behind `+@read` changes
nothing. Subcommands count as commands. Of many commands only their number is told; `redis-acl expand` lists them.

JSON: {\"dialect\", \"text\", \"login\", \"everything\", \"selectors\": [{\"commands\", \"of\", \"categories\", \"notable\", \"keys\",
       \"channels\", \"denied\", …}], \"rules\": [{\"rule\", \"span\", \"effect\", \"changes\", \"rules\"}]} or
      {\"input\", \"dialect\", \"errors\"} as normalize; the documentation of the library has all of it.
Passwords are masked in what is printed. Exit codes: 0 explained; 2 bad input.";

const LINT_EXAMPLES: &str = "\
Examples:
  redis-acl lint --dialect redis-7.2 'on ~app:* +@read +keys -@dangerous'
  redis-acl lint --client ioredis --client bullmq 'on ~bull:* +@all -@dangerous'
  redis-acl lint --allow key-names --deny too-wide --format github - < strings.txt
  redis-acl lint --fix 'on ~app:* ~app:1 +@read +get'    # prints: on ~app:* +@read
  redis-acl lint .                                       # every file with users below the current folder
  redis-acl lint --format sarif infra users.acl > redis-acl.sarif
  redis-acl lint --fix --dry-run infra                   # without --dry-run the files are changed
  redis-acl lint --list                                  # every lint
  redis-acl lint --client list                           # every client

Each lint has an id and belongs to a group; docs/lints.md says of each what it means and what to write instead.
What names an existing file or folder is a path, anything else a string. Of folders these files are looked at: users in
*.acl and in files of nothing but `user` lines; *.conf of Redis and Valkey; Terraform and OpenTofu (.tf, .tofu, .tfvars,
plans and states as JSON); CloudFormation, requests, Kubernetes manifests and Helm values (.json, .yaml, .yml,
.template). Not those that .gitignore names, that are hidden, or that are larger than 64 MB. A string is read in
the dialect that its file tells (engine, engine_version), else in that of --dialect, else of redis-acl.toml.
--fix changes nothing but the strings, each file as a whole or not at all, and no string whose dialect nobody told.

redis-acl.toml, the nearest upwards from each file and at most in the folder of the repository, or the one that
--config names, says the same as the flags, which count more:
  dialect = \"redis-7.2\"
  [lint]
  allow = [\"key-names\"]
  warn = []
  deny = [\"too-wide\"]
  clients = [\"ioredis\"]
  next = \"valkey-8.1\"
  fail-on = \"error\"

JSON: {\"input\", \"dialect\", \"findings\": [{\"lint\", \"group\", \"level\", \"span\", \"also\", \"message\", \"notes\", \"help\",
       \"fix\": {\"edits\": [{\"span\", \"replacement\"}], \"meaning\": \"same\" or \"narrower\"}, \"page\"}]}
      of files, a line a finding: {\"file\", \"line\", \"column\", \"end_line\", \"end_column\", \"range\", \"name\", \"dialect\", and the
       members of a finding}; the range is in bytes of the file, spans are in the string. Of what is no lint (a line
       that is refused, a request that AWS would refuse, a value that is not literal) there are no spans.
A fix never lets the user do more. What --fix prints holds the passwords of a string; nothing else does.
Exit codes: 0 no findings that count; 1 findings at or above --fail-on; 2 bad usage, or what cannot be read.";

const FMT_EXAMPLES: &str = "\
Examples:
  redis-acl fmt --check .                              # for CI: exit code 1 and a list, nothing is written
  redis-acl fmt users.tf template.yaml
  redis-acl fmt --dialect redis-7.2 --hash-passwords users.acl
  redis-acl fmt --simplify --dialect valkey-8.1 users.acl

Of each file only the access strings change, and each only if it is proven that it means the same; all else stays byte
for byte, also the order of lines. Written twice is written once. A file is replaced as a whole, or not at all.
- In Terraform, CloudFormation and requests the canonical form is what the service answers: with it plans show no
  difference that is none. In files of users it is what ACL SAVE writes.
- The dialect is what the file tells, else what --dialect says, else `dialect` in the redis-acl.toml that is nearest
  upwards from the file.
- A password in clear stays as it is written unless --hash-passwords is given.
- Left alone is what is not literal, what is appended to other rules, what a tool wrote (plans, states), and of locals,
  variables and module calls what does not begin with `on` or `off`: it may be a part of another string.
A file with an access string that is refused is an error, and is not changed; others are.

Exit codes: 0 fine; 1 with --check, something would change; 2 a file could not be read, or holds what is refused.
JSON, a line a file with changes or errors: {\"file\", \"changes\": [{\"line\", \"column\"}], \"left\": [{\"line\", \"column\",
      \"why\"}], \"errors\": [{\"line\", \"column\", \"message\"}]}";

/// What is read where no dialect is named.
const DEFAULT_DIALECT: &str = "elasticache";

/// What an ACL file or configuration is read as where no dialect is named, and where its path says `valkey`.
const DEFAULT_REDIS: &str = "redis-8.4";
const DEFAULT_VALKEY: &str = "valkey-9.1";

fn named(dialect: &str) -> Dialect {
    dialect.parse().expect("the defaults are dialects")
}

/// Which engine or service reads the string.
#[derive(clap::Args)]
struct In {
    /// Engine, or service and engine: redis-7.2, valkey-8.1, redis-8.4+json, elasticache/redis-7.1,
    /// memorydb …; `redis-acl dialects` lists them
    #[arg(long, short, default_value = DEFAULT_DIALECT, value_name = "DIALECT")]
    dialect: Dialect,
}

#[derive(clap::Args)]
struct Normalize {
    #[command(flatten)]
    of: In,
    /// Another form than the dialect's own: server, documented, observed, memorydb
    #[arg(long)]
    form: Option<Form>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(clap::Args)]
struct Expand {
    #[command(flatten)]
    of: In,
    /// Group the commands by category; a command is listed in each of its own
    #[arg(long)]
    by_category: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, a category (`@read`), or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true, value_name = "STRING|@CATEGORY")]
    string: String,
}

#[derive(clap::Args)]
struct Parse {
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(clap::Args)]
struct Equal {
    #[command(flatten)]
    of: In,
    /// Say nothing, answer by the exit code only
    #[arg(long, short)]
    quiet: bool,
    /// One access string
    #[arg(allow_hyphen_values = true)]
    a: String,
    /// Another
    #[arg(allow_hyphen_values = true)]
    b: String,
}

#[derive(clap::Args)]
struct Diff {
    /// Engine, or service and engine, that reads the strings [default: elasticache]; of files, where they do not
    /// tell it themselves [default: redis-8.4 or valkey-9.1 for users.acl and configurations]
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// The dialect that reads NEW, where it is not that of OLD
    #[arg(long, value_name = "DIALECT")]
    to_dialect: Option<Dialect>,
    /// Exit with 1 only if NEW may do what OLD may not, or if that cannot be told
    #[arg(long)]
    no_new_access: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Say nothing, answer by the exit code only
    #[arg(long, short)]
    quiet: bool,
    /// An access string, or a file with users; `@FILE` reads a string from a file, `-` from the standard input
    #[arg(allow_hyphen_values = true)]
    old: String,
    /// Another, in the same ways
    #[arg(allow_hyphen_values = true)]
    new: String,
}

#[derive(clap::Args)]
struct Assert {
    /// Engine or service that reads the string; by default what the claims say, else elasticache
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The file of claims
    #[arg(value_name = "CLAIMS")]
    file: std::path::PathBuf,
    /// An access string, `@FILE` to read it from a file, or `-` to read one from each line of the standard
    /// input; by default that of the claims
    #[arg(allow_hyphen_values = true)]
    string: Option<String>,
}

#[derive(clap::Args)]
struct Simplify {
    #[command(flatten)]
    of: In,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(clap::Args)]
struct UpgradeCommand {
    /// The engine or service that the string was written for
    #[arg(long, value_name = "DIALECT")]
    from: Dialect,
    /// The engine or service that is to read it
    #[arg(long, value_name = "DIALECT")]
    to: Dialect,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(clap::Args)]
struct Can {
    #[command(flatten)]
    of: In,
    /// Ask every dialect, and show where they differ
    #[arg(long, conflicts_with = "dialect")]
    all_dialects: bool,
    /// Requests to ask about, one a line; `-` is the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "request", required_unless_present = "request")]
    file: Option<std::path::PathBuf>,
    /// The current database (Valkey 9.1)
    #[arg(long, default_value_t = 0, value_name = "ID")]
    database: u32,
    /// The user's name, in what the server says
    #[arg(long, default_value = "user", value_name = "NAME")]
    user: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An access string
    #[arg(allow_hyphen_values = true)]
    string: String,
    /// The request: a command and its arguments
    #[arg(last = true)]
    request: Vec<String>,
}

#[derive(clap::Args)]
struct Explain {
    #[command(flatten)]
    of: In,
    #[arg(long, value_enum, default_value_t)]
    format: commands::ExplainFormat,
    /// An access string, or `-` to read one from each line of the standard input
    #[arg(allow_hyphen_values = true)]
    string: String,
}

#[derive(clap::Args)]
struct Lint {
    /// What reads strings that do not tell themselves: redis-7.2, valkey-8.1, elasticache/redis-7.1 …;
    /// `redis-acl dialects` lists them [default: elasticache; in ACL files redis-8.4, or valkey-9.1 where the
    /// path says valkey]
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// A client library, framework or tool that will use the user; `list` prints those that are known
    #[arg(long, value_name = "NAME")]
    client: Vec<String>,
    /// Do not report this lint or group
    #[arg(long, value_name = "ID")]
    allow: Vec<String>,
    /// Report this lint or group as a warning
    #[arg(long, value_name = "ID")]
    warn: Vec<String>,
    /// Report this lint or group as an error
    #[arg(long, value_name = "ID")]
    deny: Vec<String>,
    /// The dialect that the string will meet next, or `none`; without it, the engine's next generation
    #[arg(long, value_name = "DIALECT")]
    next: Option<String>,
    /// Settings, instead of those in redis-acl.toml
    #[arg(long, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// The lowest level that makes the exit code 1 [default: warning]
    #[arg(long, value_enum, value_name = "LEVEL")]
    fail_on: Option<settings::FailOn>,
    #[arg(long, value_enum, default_value_t)]
    format: commands::LintFormat,
    /// Print the string with every fix there is, and on the standard error what is left to say of it; of files,
    /// write the strings anew where they stand
    #[arg(long, conflicts_with = "format")]
    fix: bool,
    /// Show what --fix would change in files, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// List every lint
    #[arg(long)]
    list: bool,
    /// Take what is given for strings, also where a file or folder has that name
    #[arg(long)]
    string: bool,
    /// An access string; or a file or folder of that name; or `-` to read a string from each line of the standard
    /// input
    #[arg(allow_hyphen_values = true, value_name = "STRING|PATH", required_unless_present_any = ["list", "client"])]
    given: Option<String>,
    /// More of them
    #[arg(value_name = "STRING|PATH")]
    more: Vec<String>,
}

#[derive(clap::Args)]
struct Fmt {
    /// Engine, or service and engine, that reads what does not tell its own [default: elasticache; redis-8.4 or
    /// valkey-9.1 for users.acl and configurations]
    #[arg(long, short, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// Change nothing; exit with 1 if something would change, and list where
    #[arg(long)]
    check: bool,
    /// Write the shortest string that means the same, instead of the canonical form
    #[arg(long)]
    simplify: bool,
    /// Write hashes in the place of passwords, as servers do
    #[arg(long)]
    hash_passwords: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Files and folders; of folders, the files that .gitignore does not name
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<std::path::PathBuf>,
}

#[derive(clap::Args)]
struct Dialects {
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(clap::Args)]
struct Completions {
    /// The shell that is to complete the command
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

#[derive(clap::Args)]
struct Man {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    to: Option<std::path::PathBuf>,
    /// The command to tell about, `normalize` or another; without it, all of `redis-acl`
    command: Option<String>,
}

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
