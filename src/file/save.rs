//! Writing users back.

use std::collections::BTreeMap;

use super::{AclFile, Format};
use crate::dialect::Form;
use crate::quoting::quoted;
use crate::report::visible;
use crate::secret::mask_argument;
use crate::user::User;

/// A user that cannot be written: the line would be read as another user, or not at all.
///
/// Servers write such lines all the same. They are about patterns that end with `)` or hold quotes inside a
/// selector, `%RW~*`, first arguments with blanks, and names with white space.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line of user `{}` would not be read back as the same user", visible(&mask_argument(&self.name)))]
pub struct NotReadBack {
    name: String,
}

impl NotReadBack {
    /// The user's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The users as a file: as `ACL SAVE` writes it, in the order of their names; as directives of a configuration,
/// between quotes where it takes them, which `CONFIG REWRITE` forgets; or as `ACL LIST` answers.
///
/// Passwords are written as hashes.
///
/// # Errors
/// The first user whose line would not be read back, by its own dialect, as the same user.
pub fn save(users: &BTreeMap<&str, &User>, format: Format) -> Result<String, NotReadBack> {
    let mut text = String::new();
    for (name, user) in users {
        let line = line(name, user, format);
        let file = AclFile::parse_with(line.as_bytes(), user.catalog(), format);
        let again = file.users().ok();
        let is_same = again.is_some_and(|again| again.get(name).is_some_and(|again| again == user));
        if !is_same {
            return Err(NotReadBack { name: (*name).to_owned() });
        }
        text.push_str(&line);
    }
    Ok(text)
}

fn line(name: &str, user: &User, format: Format) -> String {
    // what the services print is not for files
    let rules = user.describe(Form::Server).unwrap_or_else(|_| user.to_string());
    match format {
        Format::Acl | Format::List => format!("user {name} {rules}\n"),
        Format::Config => {
            let rules: Vec<_> = rules.split(' ').map(|word| quoted(word.as_bytes())).collect();
            format!("user {} {}\n", quoted(name.as_bytes()), rules.join(" "))
        }
    }
}
