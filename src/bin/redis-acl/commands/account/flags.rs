//! The flags of the AWS CLI's user commands, under its own names.

use std::path::PathBuf;

use super::print::Printing;
use super::usage::not_an_option;

const CREATE_USER_EXAMPLES: &str = "\
Examples:
  redis-acl create-user --user-id user1 --user-name myUser --engine redis \\
      --passwords mYnuUzrpAxXw2rdzx --access-string 'on ~app::* -@all +@read'
  redis-acl create-user --cli-input-json file://user.json --state users.json --save
  aws elasticache describe-users > users.json    # a real account as the state

Nothing is sent anywhere. A fault that nobody observed begins with `not observed:`. Exit codes: 0 the user is answered; 252 an SDK would not send the request; 254 AWS would
answer with a fault, as the AWS CLI; 2 the input cannot be read. All problems are listed, with how sure each is.";

const MODIFY_USER_EXAMPLES: &str = "\
Examples:
  redis-acl modify-user --state users.json --user-id user2 --append-access-string 'on ~* +@all'
  redis-acl modify-user --state users.json --save --user-id user2 --authentication-mode Type=iam
Exit codes are those of create-user.";

const DESCRIBE_USERS_EXAMPLES: &str = "\
Examples:
  redis-acl describe-users --state users.json
  redis-acl describe-users --state users.json --user-id user2
  redis-acl describe-users --state users.json --output table --query 'Users[].[UserId, AccessString]'";

#[derive(clap::Args)]
#[command(version, after_help = CREATE_USER_EXAMPLES)]
pub(crate) struct CreateUserCommand {
    /// The id of the user; stored in lower case
    #[arg(long)]
    pub(crate) user_id: Option<String>,
    /// The name that clients log in with
    #[arg(long)]
    pub(crate) user_name: Option<String>,
    /// redis or valkey
    #[arg(long)]
    pub(crate) engine: Option<String>,
    /// The permissions of the user
    #[arg(long, allow_hyphen_values = true, value_parser = not_an_option)]
    pub(crate) access_string: Option<String>,
    /// Tags: Key=string,Value=string …, or JSON
    #[arg(long, num_args = 1.., value_name = "Key=…,Value=…")]
    pub(crate) tags: Option<Vec<String>>,
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) given: GivenRequest,
    #[command(flatten)]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) printing: Printing,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(clap::Args)]
#[command(version, after_help = MODIFY_USER_EXAMPLES)]
pub(crate) struct ModifyUserCommand {
    /// The id of the user
    #[arg(long)]
    pub(crate) user_id: Option<String>,
    /// The new permissions of the user
    #[arg(long, allow_hyphen_values = true, value_parser = not_an_option)]
    pub(crate) access_string: Option<String>,
    /// Rules to append to those of the user
    #[arg(long, allow_hyphen_values = true, value_parser = not_an_option)]
    pub(crate) append_access_string: Option<String>,
    /// redis or valkey
    #[arg(long)]
    pub(crate) engine: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) given: GivenRequest,
    #[command(flatten)]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) printing: Printing,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(clap::Args)]
#[command(version, after_help = DESCRIBE_USERS_EXAMPLES)]
pub(crate) struct DescribeUsersCommand {
    /// Only the user of this id
    #[arg(long)]
    pub(crate) user_id: Option<String>,
    /// Only users of this engine
    #[arg(long)]
    pub(crate) engine: Option<String>,
    /// Only users with these values: Name=UserId,Values=string,string …, or JSON
    #[arg(long, num_args = 1.., value_name = "Name=…,Values=…")]
    pub(crate) filters: Option<Vec<String>>,
    /// List at most this many users, and print a token for the others
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_items: Option<usize>,
    /// Continue after an earlier list, by the token that it printed
    #[arg(long, value_name = "TOKEN")]
    pub(crate) starting_token: Option<String>,
    /// Accepted, without effect
    #[arg(long, visible_alias = "max-records", value_name = "COUNT", help_heading = CONNECTION)]
    page_size: Option<u32>,
    #[command(flatten)]
    pub(crate) given: GivenRequest,
    #[command(flatten)]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) printing: Printing,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What creating and modifying have in common.
#[derive(clap::Args)]
pub(crate) struct Common {
    /// One or two passwords of 16 to 128 characters
    #[arg(long, num_args = 1.., value_name = "PASSWORD", allow_hyphen_values = false)]
    pub(crate) passwords: Option<Vec<String>>,
    #[command(flatten)]
    pub(crate) no_password: NoPassword,
    /// How the user logs in: Type=password|no-password-required|iam,Passwords=string,string, or JSON
    #[arg(long, value_name = "Type=…,Passwords=…")]
    pub(crate) authentication_mode: Option<String>,
}

/// A request given as one document, and the skeleton of such documents.
#[derive(clap::Args)]
pub(crate) struct GivenRequest {
    /// The request as JSON, or file:// and a path; options replace its parameters
    #[arg(long, value_name = "JSON|file://…")]
    pub(crate) cli_input_json: Option<String>,
    /// The same as YAML
    #[arg(long, value_name = "YAML|file://…", conflicts_with = "cli_input_json", allow_hyphen_values = true)]
    #[arg(value_parser = not_an_option)]
    pub(crate) cli_input_yaml: Option<String>,
    /// Print a skeleton of the request (input, yaml-input), or check the request and print one of the response (output)
    #[arg(
        long, num_args = 0..=1, default_missing_value = "input", value_enum, value_name = "input|yaml-input|output"
    )]
    pub(crate) generate_cli_skeleton: Option<Skeleton>,
}

const CONNECTION: &str = "Connection and other options of the AWS CLI (accepted, without effect)";

/// Options that configure the connection to AWS. They have no effect, since nothing connects to AWS.
#[derive(clap::Args)]
#[allow(dead_code, reason = "they are accepted so that a command line of the AWS CLI works as it is")]
pub(crate) struct Connection {
    #[arg(long, help_heading = CONNECTION)]
    debug: bool,
    #[arg(long, value_name = "URL", help_heading = CONNECTION)]
    endpoint_url: Option<String>,
    #[arg(long, help_heading = CONNECTION)]
    no_verify_ssl: bool,
    #[arg(long, help_heading = CONNECTION)]
    no_paginate: bool,
    #[arg(long, value_name = "NAME", help_heading = CONNECTION)]
    profile: Option<String>,
    #[arg(long, help_heading = CONNECTION)]
    no_sign_request: bool,
    #[arg(long, value_name = "FILE", help_heading = CONNECTION)]
    ca_bundle: Option<String>,
    #[arg(long, value_name = "SECONDS", help_heading = CONNECTION)]
    cli_read_timeout: Option<u64>,
    #[arg(long, value_name = "SECONDS", help_heading = CONNECTION)]
    cli_connect_timeout: Option<u64>,
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = CONNECTION)]
    cli_binary_format: Option<BinaryFormat>,
    #[arg(long, help_heading = CONNECTION)]
    no_cli_pager: bool,
    #[arg(long, conflicts_with = "no_cli_auto_prompt", help_heading = CONNECTION)]
    cli_auto_prompt: bool,
    #[arg(long, help_heading = CONNECTION)]
    no_cli_auto_prompt: bool,
    #[arg(long, help_heading = CONNECTION)]
    v2_debug: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum BinaryFormat {
    Base64,
    #[value(name = "raw-in-base64-out")]
    Raw,
}

#[derive(clap::Args)]
pub(crate) struct NoPassword {
    /// The user needs no password
    #[arg(long, overrides_with = "no_no_password_required")]
    no_password_required: bool,
    /// The user needs a password
    #[arg(long, overrides_with = "no_password_required")]
    no_no_password_required: bool,
}

impl NoPassword {
    pub(crate) fn given(&self) -> Option<bool> {
        match (self.no_password_required, self.no_no_password_required) {
            (false, false) => None,
            (required, _) => Some(required),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Skeleton {
    Input,
    YamlInput,
    Output,
}

/// The account.
#[derive(clap::Args)]
pub(crate) struct State {
    /// The account's users: what `aws elasticache describe-users` prints. Without it there is only `default`
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Write the account back to the file, as it is after the change
    #[arg(long, requires = "state")]
    pub(crate) save: bool,
    /// The form of returned access strings that Redis 6.0 can express: as AWS documents it, or as seen in 2026
    #[arg(long, value_enum, default_value_t)]
    pub(crate) answers: AnswersArgument,
    /// Region in the ARNs of new users [default: the region of existing users, or us-east-1]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Account of the ARNs of new users
    #[arg(long, requires = "region")]
    pub(crate) account_id: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AnswersArgument {
    #[default]
    Documented,
    Observed,
}

pub(crate) const CREATE_USER_SKELETON: &str = r#"{
    "UserId": "",
    "UserName": "",
    "Engine": "",
    "Passwords": [
        ""
    ],
    "AccessString": "",
    "NoPasswordRequired": true,
    "Tags": [
        {
            "Key": "",
            "Value": ""
        }
    ],
    "AuthenticationMode": {
        "Type": "password",
        "Passwords": [
            ""
        ]
    }
}"#;

pub(crate) const MODIFY_USER_SKELETON: &str = r#"{
    "UserId": "",
    "AccessString": "",
    "AppendAccessString": "",
    "Passwords": [
        ""
    ],
    "NoPasswordRequired": true,
    "AuthenticationMode": {
        "Type": "password",
        "Passwords": [
            ""
        ]
    },
    "Engine": ""
}"#;

pub(crate) const DESCRIBE_USERS_SKELETON: &str = r#"{
    "Engine": "",
    "UserId": "",
    "Filters": [
        {
            "Name": "",
            "Values": [
                ""
            ]
        }
    ],
    "MaxRecords": 0,
    "Marker": ""
}"#;

pub(crate) const ANSWER_SKELETON: &str = r#"{
    "UserId": "UserId",
    "UserName": "UserName",
    "Status": "Status",
    "Engine": "Engine",
    "MinimumEngineVersion": "MinimumEngineVersion",
    "AccessString": "AccessString",
    "UserGroupIds": [
        "UserGroupId"
    ],
    "Authentication": {
        "Type": "Type",
        "PasswordCount": 0
    },
    "ARN": "ARN"
}"#;
