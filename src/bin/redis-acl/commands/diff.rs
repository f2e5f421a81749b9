//! `redis-acl diff`

mod of_files;

use std::fs;
use std::io;
use std::path::Path;

use redis_acl::compare::{Difference, difference_within};
use redis_acl::{Dialect, User, syntax};
use serde::Serialize;
use serde_json::Value;

use super::NOT_TEXT;
use crate::Outcome;
use crate::input::{self, Bounds, Item};
use crate::output::{self, Format};
use of_files::NOT_THERE;
use redis_acl::document::{Kind, NewAccess, is_listed};

const EXAMPLES: &str = "\
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

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
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
    #[command(flatten)]
    bounds: Bounds,
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

/// One of the strings.
struct Side {
    /// How the command line calls it.
    name: &'static str,
    dialect: Dialect,
    item: Item,
}

#[derive(Serialize)]
struct Input {
    input: String,
    dialect: Dialect,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

#[derive(Serialize)]
struct Answer<'a> {
    old: Input,
    new: Input,
    #[serde(flatten)]
    difference: Option<&'a Difference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_access: Option<NewAccess>,
}

impl Diff {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        if self.old == "-" && self.new == "-" {
            output::error("only one of the strings can come from the standard input", None)?;
            return Ok(Outcome::BadInput);
        }
        match (file_of_users(&self.old), file_of_users(&self.new)) {
            (Some(old), Some(new)) => return self.files(old, new),
            (None, None) => {}
            // the other may be a string, with passwords
            (Some(file), None) | (None, Some(file)) => {
                let what = "is a file with users, and the other argument is none; `@FILE` reads a string from a file";
                output::error(format_args!("{} {what}", file.display()), None)?;
                return Ok(Outcome::BadInput);
            }
        }
        let dialect = self.dialect.unwrap_or_else(|| input::named(input::DEFAULT_DIALECT));
        let to_dialect = self.to_dialect.unwrap_or(dialect);
        let side = |name, string: &str, dialect| {
            input::one(string.to_owned()).map(|item| Side { name, dialect, item })
        };
        let (old, new) = (side("OLD", &self.old, dialect)?, side("NEW", &self.new, to_dialect)?);
        let (Some(from), Some(to)) = (old.user(), new.user()) else {
            self.refuse(&old, &new)?;
            return Ok(Outcome::BadInput);
        };
        let difference = difference_within(self.bounds.work, &from, &to);
        let new_access = NewAccess::of(difference.comparison().only_second());
        match self.format {
            _ if self.quiet => {}
            Format::Text => self.print(&difference, new_access)?,
            Format::Json => output::json(&Answer {
                old: old.input(),
                new: new.input(),
                difference: Some(&difference),
                new_access: Some(new_access),
            })?,
        }
        let is_fine = match self.no_new_access {
            true => new_access == NewAccess::None,
            false => difference.comparison().is_equal(),
        };
        Ok(if is_fine { Outcome::Fine } else { Outcome::Negative })
    }

    fn print(&self, difference: &Difference, new_access: NewAccess) -> io::Result<()> {
        output::difference(difference, self.bounds)?;
        if self.no_new_access { output::line(new_access.told()) } else { Ok(()) }
    }

    fn refuse(&self, old: &Side, new: &Side) -> io::Result<()> {
        match self.format {
            Format::Text => [old, new].into_iter().try_for_each(Side::refuse),
            Format::Json => output::json(&Answer {
                old: old.input(),
                new: new.input(),
                difference: None,
                new_access: None,
            }),
        }
    }
}

/// A file that holds users by its name or content, or one that is not there.
fn file_of_users(argument: &str) -> Option<&Path> {
    let path = Path::new(argument);
    if argument == NOT_THERE {
        return Some(path);
    }
    let holds_users = |bytes: Vec<u8>| Kind::of(path, &bytes).is_some() || is_listed(&bytes);
    let is_one = path.is_file() && (Kind::of_name(path).is_some() || fs::read(path).is_ok_and(holds_users));
    is_one.then_some(path)
}

impl Side {
    fn user(&self) -> Option<User> {
        User::parse(self.dialect, self.item.text.as_ref().ok()?).ok()
    }

    /// For JSON; with what is wrong, if something is.
    fn input(&self) -> Input {
        let (input, errors) = match &self.item.text {
            Ok(text) => {
                let errors = User::parse(self.dialect, text).err();
                (syntax::masked(text), errors.map(|errors| serde_json::json!(errors)))
            }
            Err(bytes) => {
                (syntax::masked(&String::from_utf8_lossy(bytes)), Some(serde_json::json!([NOT_TEXT])))
            }
        };
        Input { input, dialect: self.dialect, errors }
    }

    fn refuse(&self) -> io::Result<()> {
        let Ok(text) = &self.item.text else {
            output::about(self.name)?;
            return self.item.text_or_report(Some(self.dialect), Format::Text).map(drop);
        };
        let Err(errors) = User::parse(self.dialect, text) else { return Ok(()) };
        output::about(self.name)?;
        self.item.refuse(text, &errors, self.dialect, Format::Text).map(drop)
    }
}
