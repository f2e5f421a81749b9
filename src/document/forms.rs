//! Access strings in another form, proven to mean the same.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::compare::{compare, simplify_string};
use crate::dialect::Dialect;
use crate::secret::PasswordHash;
use crate::syntax::{AccessString, Rule, RuleKind};
use crate::user::User;

/// What strings are put into.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// How the rules are written.
    pub form: TargetForm,
    /// How passwords are written.
    pub passwords: Passwords,
}

/// How the rules of a string are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetForm {
    /// What the server or service prints.
    Canonical,
    /// The shortest string that means the same.
    Simplified,
}

/// What becomes of plaintext passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passwords {
    /// They stay as they are written.
    Kept,
    /// Their SHA-256 hashes take their place.
    Hashed,
}

/// So often a form may change when it is put into itself before it is given up.
const ROUNDS: usize = 4;

/// What stands around an access string and is no part of it.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

impl Target {
    /// The string in the form, which is in that form itself; what stands around it is kept. `None` where the
    /// dialect refuses the string, or no text of the form was found that is read as the same user.
    pub fn string(self, text: &str, dialect: Dialect) -> Option<String> {
        let mut settled = self.string_once(text, dialect)?;
        for _ in 0..ROUNDS {
            let again = self.string_once(&settled, dialect)?;
            if again == settled {
                return Some(settled);
            }
            settled = again;
        }
        None
    }

    fn string_once(self, text: &str, dialect: Dialect) -> Option<String> {
        let user = User::parse(dialect, text).ok()?;
        let core = text.trim_matches(BLANKS);
        let string = AccessString::parse(core).ok()?;
        let form = match self.form {
            TargetForm::Canonical => user.to_string(),
            TargetForm::Simplified => simplify_string(&string, dialect).ok()?,
        };
        let form = with_passwords(&form, &self.written_passwords(core, string.rules()));
        let (before, rest) = text.split_at(text.len() - text.trim_start_matches(BLANKS).len());
        let formed = format!("{before}{form}{}", &rest[core.len()..]);
        let is_same = User::parse(dialect, &formed).is_ok_and(|again| mean_the_same(&again, &user));
        is_same.then_some(formed)
    }

    /// How each password is written, by the rule that its hash would be; nothing if that shall stand there.
    fn written_passwords<'t>(self, text: &'t str, rules: &[Rule<'_>]) -> BTreeMap<String, &'t str> {
        let written = |rule: &Rule<'_>| match &rule.kind {
            RuleKind::AddPassword(password) => {
                Some((hash_rule(password.hash()), text.get(rule.span.range())?))
            }
            _ => None,
        };
        match self.passwords {
            Passwords::Hashed => BTreeMap::new(),
            Passwords::Kept => rules.iter().filter_map(written).collect(),
        }
    }
}

/// Whether both may do the same and log in alike, for certain.
pub fn mean_the_same(a: &User, b: &User) -> bool {
    a == b || compare(a, b).is_equal()
}

fn hash_rule(hash: PasswordHash) -> String {
    format!("#{hash}")
}

/// The form with passwords as they were written in the place of their hashes.
fn with_passwords(form: &str, written: &BTreeMap<String, &str>) -> String {
    let words = form.split(' ').map(|word| written.get(word).copied().unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}
