//! `redis-acl equal`

use std::io;

use redis_acl::document::{AccessChange, CompareOptions, NewAccess, PasswordChanges};
use redis_acl::{Dialects, User};

use crate::Outcome;
use crate::input::{Bounds, InEach, Item};
use crate::output::{self, Format};

const EXAMPLES: &str = "\
Examples:
  redis-acl equal 'on ~app::* -@all +@read' \"$(terraform output -raw access_string)\"
  redis-acl equal --dialect redis-7.2 '+@all -@all +get' '+get'
  redis-acl equal --dialect elasticache/redis 'on ~* +@read' 'on ~* +@read -ping'

Two strings are equivalent if they allow the same logins and the same commands, however the rules
are written. Future commands (+@all) count too. With several engines, they must be equivalent on
every one that accepts both strings. `redis-acl diff` shows the differences.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Equal {
    #[command(flatten)]
    of: InEach,
    #[command(flatten)]
    bounds: Bounds,
    /// Print nothing; only set the exit code
    #[arg(long, short)]
    quiet: bool,
    /// The first access string
    #[arg(allow_hyphen_values = true)]
    a: String,
    /// The second access string
    #[arg(allow_hyphen_values = true)]
    b: String,
}

impl Equal {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let dialects = self.of.dialects()?;
        let (Some(a), Some(b)) = (users(&dialects, &self.a)?, users(&dialects, &self.b)?) else {
            return Ok(Outcome::BadInput);
        };
        let options = CompareOptions { work: self.bounds.work, passwords: PasswordChanges::Count };
        let change = AccessChange::of_users(options, &a, &b);
        let differs = change.gained.max(change.lost);
        if !self.quiet {
            self.tell(differs, &change, (&a, &b))?;
            output::not_asked(&dialects, &[&a, &b])?;
        }
        Ok(if differs == NewAccess::None { Outcome::Fine } else { Outcome::Negative })
    }

    fn tell(&self, differs: NewAccess, change: &AccessChange, (a, b): (&[User], &[User])) -> io::Result<()> {
        let word = match differs {
            NewAccess::None => return output::line("equal"),
            NewAccess::Some => "different",
            NewAccess::Undecided => "inconclusive, which counts as different",
        };
        match change.on {
            Some(on) => output::line(format_args!("{word}, on {on}"))?,
            None => output::line(word)?,
        }
        let there = |users: &[User]| match users.iter().find(|user| Some(user.dialect()) == change.on) {
            Some(user) => user.to_string(),
            None => users[0].to_string(),
        };
        output::line(format_args!("  {}\n  {}", there(a), there(b)))?;
        if differs == NewAccess::Undecided { output::bounds(self.bounds) } else { Ok(()) }
    }
}

/// The user on each engine that accepts the string; `None` where none does, which is reported.
fn users(dialects: &Dialects, text: &str) -> io::Result<Option<Vec<User>>> {
    match User::parse_on(dialects, text) {
        Ok(users) => Ok(Some(users)),
        Err(errors) => {
            let item = Item { line: None, text: Ok(text.to_owned()) };
            item.refuse(text, &errors, dialects.newest(), Format::Text)?;
            Ok(None)
        }
    }
}
