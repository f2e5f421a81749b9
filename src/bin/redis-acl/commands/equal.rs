//! `redis-acl equal`

use std::io;

use redis_acl::compare::compare_within;
use redis_acl::{Relation, User};

use crate::Outcome;
use crate::input::{Bounds, In, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl equal 'on ~app::* -@all +@read' \"$(terraform output -raw access_string)\"
  redis-acl equal --dialect redis-7.2 '+@all -@all +get' '+get'
Users mean the same when they log in alike and may send the same requests, whatever the rules; that +@all also grants
commands to come does count. `redis-acl diff` shows what differs.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Equal {
    #[command(flatten)]
    of: In,
    #[command(flatten)]
    bounds: Bounds,
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

impl Equal {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let (Some(a), Some(b)) = (self.user(&self.a)?, self.user(&self.b)?) else {
            return Ok(Outcome::BadInput);
        };
        let relation =
            if a == b { Relation::Equal } else { compare_within(self.bounds.work, &a, &b).relation() };
        let equal = relation == Relation::Equal;
        if !self.quiet {
            output::line(match relation {
                Relation::Equal => "equal",
                Relation::Undecided => "undecided, which counts as different",
                _ => "different",
            })?;
            if !equal {
                output::line(format_args!("  {a}\n  {b}"))?;
            }
            if relation == Relation::Undecided {
                output::bounds(self.bounds)?;
            }
        }
        Ok(if equal { Outcome::Fine } else { Outcome::Negative })
    }

    fn user(&self, text: &str) -> io::Result<Option<User>> {
        match User::parse(self.of.dialect, text) {
            Ok(user) => Ok(Some(user)),
            Err(errors) => {
                let item = Item { line: None, text: Ok(text.to_owned()) };
                item.refuse(text, &errors, self.of.dialect, Format::Text)?;
                Ok(None)
            }
        }
    }
}
