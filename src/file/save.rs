//! Writing users back.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::source::masked_word;
use super::{AclFile, Format};
use crate::dialect::Form;
use crate::quoting::quoted;
use crate::report::visible;
use crate::user::User;

/// A user that cannot be written: the line would be read as another user, or not at all.
///
/// Servers write such lines all the same. They are about patterns that end with `)` or hold quotes inside a
/// selector, `%RW~*`, first arguments with blanks, and names with white space.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line of user `{}` would not be read back as the same user", visible(&masked_word(&self.name)))]
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
        let rules = server_form(user);
        let listed = format!("user {name} {rules}\n");
        let line = match format {
            Format::Acl | Format::List => listed.clone(),
            Format::Config => directive(name, &rules),
        };
        let is_read_back = read(name, user, &listed, Format::List)
            .is_some_and(|again| server_form(&again) == rules)
            && read(name, user, &line, format).is_some_and(|again| again == **user);
        if !is_read_back {
            return Err(NotReadBack { name: (*name).to_owned() });
        }
        text.push_str(&line);
    }
    Ok(text)
}

/// What the services print is not for files.
fn server_form(user: &User) -> String {
    user.describe(Form::Server).unwrap_or_else(|_| user.to_string())
}

/// The user that its line makes.
fn read(name: &str, user: &User, line: &str, format: Format) -> Option<User> {
    let file = AclFile::parse_with(line.as_bytes(), user.catalog(), format);
    Some((*file.users().ok()?.get(name)?).clone())
}

fn directive(name: &str, rules: &str) -> String {
    let rules: Vec<_> = rules.split(' ').map(|word| quoted(word.as_bytes())).collect();
    format!("user {} {}\n", quoted(name.as_bytes()), rules.join(" "))
}
