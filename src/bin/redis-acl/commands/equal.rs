//! `redis-acl equal`

use std::io;

use redis_acl::{User, compare};

use crate::input::Item;
use crate::output::{self, Format};
use crate::{Equal, Outcome};

impl Equal {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        let (Some(a), Some(b)) = (self.user(&self.a)?, self.user(&self.b)?) else {
            return Ok(Outcome::BadInput);
        };
        let equal = a == b || compare(&a, &b).is_equal();
        if !self.quiet {
            output::line(if equal { "equal" } else { "different" })?;
            if !equal {
                output::line(format_args!("  {a}\n  {b}"))?;
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
