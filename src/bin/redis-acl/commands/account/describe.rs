//! `redis-acl describe-users`: selects the users to list, by filters and pages.

use std::io;

use redis_acl::aws::User;
use serde::{Deserialize, Serialize};

use super::flags::{ANSWER_SKELETON, DESCRIBE_USERS_SKELETON, DescribeUsersCommand};
use super::tree::Tree;
use super::{Stop, finish};
use crate::{Outcome, output, shorthand};

/// The parameters of a DescribeUsers.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct DescribeUsers {
    engine: Option<String>,
    user_id: Option<String>,
    filters: Option<Vec<Filter>>,
    /// The size and start of a page. They have no effect, since all users fit on one page.
    #[serde(rename = "MaxRecords")]
    _max_records: Option<u32>,
    #[serde(rename = "Marker")]
    _marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    name: String,
    values: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Users<T> {
    users: T,
}

impl DescribeUsersCommand {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        finish(self.answer())
    }

    fn answer(self) -> Result<(), Stop> {
        const OPERATION: &str = "DescribeUsers";
        let printer = self.printing.printer()?;
        if let Some(skeleton) = self.given.input_skeleton(DESCRIBE_USERS_SKELETON, &[])? {
            return Ok(output::line(skeleton)?);
        }
        let skeleton = self.given.generate_cli_skeleton;
        let document: DescribeUsers = self.given.read()?;
        let filters = match self.filters {
            Some(filters) => Some(
                shorthand::parse_each(&filters, &["Name", "Values"])
                    .map_err(|error| format!("--filters: {error}"))?,
            ),
            None => document.filters,
        };
        let user_id = self.user_id.or(document.user_id);
        let engine = self.engine.or(document.engine);
        let mut users = self.state.open()?.account.describe_users(user_id.as_deref())?;
        if skeleton.is_some() {
            let answer: Tree = serde_json::from_str(ANSWER_SKELETON).map_err(io::Error::from)?;
            return printer.print(OPERATION, &Users { users: [answer] });
        }
        users.retain(|user| engine.as_ref().is_none_or(|engine| user.engine.eq_ignore_ascii_case(engine)));
        for filter in filters.iter().flatten() {
            users = kept(users, filter)?;
        }
        let first = self.starting_token.as_deref().map_or(Ok(0), |token| first_of(token, users.len()))?;
        let users = users.split_off(first);
        let most = self.max_items.unwrap_or(users.len());
        let next = (users.len() > most).then(|| token(first + most));
        let listed = Tree::of(&Users { users: &users[..most.min(users.len())] })?;
        printer.print_pages(OPERATION, listed, next)
    }
}

/// The users whose property has one of the values.
fn kept(users: Vec<User>, filter: &Filter) -> Result<Vec<User>, String> {
    const PROPERTIES: [&str; 6] = ["UserId", "UserName", "Status", "Engine", "AccessString", "ARN"];
    let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
    let property = PROPERTIES.into_iter().find(|property| plain(property) == plain(&filter.name));
    let Some(property) = property else {
        return Err(format!("--filters: no such property; there are {}", PROPERTIES.join(", ")));
    };
    let mut kept = Vec::new();
    for user in users {
        let tree = Tree::of(&user).map_err(|error| error.to_string())?;
        let value = tree.get(property).map(Tree::shown).unwrap_or_default();
        if filter.values.contains(&value) {
            kept.push(user);
        }
    }
    Ok(kept)
}

// ---------------------------------------------------------------------------------------------------
// Tokens

/// The token for the users from this one on, in the AWS CLI's form: JSON in base64.
fn token(first: usize) -> String {
    base64(format!("{{\"Marker\": null, \"boto_truncate_amount\": {first}}}").as_bytes())
}

/// The number of the user that a token starts at.
fn first_of(given: &str, users: usize) -> Result<usize, String> {
    let is_given = |first: &usize| token(*first) == given;
    (0..=users)
        .find(is_given)
        .ok_or_else(|| "--starting-token: no list of these users ended with it".to_owned())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let number =
            (0..3).fold(0, |number, at| number << 8 | u32::from(bytes.get(at).copied().unwrap_or(0)));
        let digit = move |at: usize| char::from(DIGITS[(number >> (18 - 6 * at) & 63) as usize]);
        let padding = "=".repeat(3 - bytes.len());
        (0..=bytes.len()).map(digit).collect::<String>() + &padding
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::{base64, first_of, token};

    #[test]
    fn tokens_are_those_of_the_aws_cli() {
        assert_eq!(token(1), "eyJNYXJrZXIiOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==");
        assert_eq!(first_of(&token(2), 3), Ok(2));
        assert!(first_of(&token(4), 3).is_err() && first_of("", 3).is_err());
        assert_eq!(["", "a", "ab", "abc"].map(|text| base64(text.as_bytes())), ["", "YQ==", "YWI=", "YWJj"]);
    }
}
