//! Recorded answers of real servers to `ACL SETUSER u RULE…` on a new user.

use redis_acl::{Dialect, User};

use crate::replay::{Recorded, replay_all};

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
    /// The line of `ACL LIST` without `user u `, or `ERR ` and the server's error.
    reply: String,
}

#[test]
fn users_are_printed_and_rejected_as_real_servers_do() {
    replay_all::<Case>("tests/corpus");
}

impl Recorded for Case {
    const FIELDS: &[&str] = &["rules", "reply"];

    fn difference(&self, dialect: Dialect) -> Option<String> {
        let answer = answer(dialect, &self.rules);
        let expected = masked(&self.reply);
        let alike = answer == expected || conceals(&answer, self);
        (!alike).then(|| format!("{:?}\n  server {expected}\n  we     {answer}", self.rules))
    }
}

fn answer(dialect: Dialect, rules: &[String]) -> String {
    let mut user = User::new(dialect);
    match user.apply_arguments(rules) {
        Ok(()) => user.to_string(),
        Err(error) => format!("ERR ERR {}", error.server_message().expect("servers explain every refusal")),
    }
}

/// Behind a lone `>` or `<` what is no rule may be the password, and we do not echo it either.
fn conceals(answer: &str, case: &Case) -> bool {
    let behind_sign = |pair: &&[String]| [">", "<", "#", "!"].contains(&pair[0].as_str());
    let mut concealed =
        case.rules.windows(2).filter(behind_sign).map(|pair| (&pair[1], "*".repeat(pair[1].len())));
    concealed.any(|(rule, stars)| case.reply.replace(&format!("'{rule}'"), &format!("'{stars}'")) == answer)
}

/// Servers echo passwords and bad hashes; we never do.
fn masked(reply: &str) -> String {
    let Some(rest) = reply.strip_prefix("ERR ERR Error in ACL SETUSER modifier '") else {
        return reply.to_owned();
    };
    let (rule, reason) = rest.rsplit_once("': ").expect("a rule and a reason");
    let mut behind_bare_sign = false;
    let mut mask = |word: &str| {
        let secret = word.trim_start_matches('(');
        let open = match secret.starts_with(['>', '<', '#', '!']) {
            _ if behind_bare_sign => 0,
            true => word.len() - secret.len() + 1,
            false => word.len(),
        };
        behind_bare_sign = open == word.len() && word.ends_with(['>', '<', '#', '!']);
        format!("{}{}", &word[..open], "*".repeat(word.len() - open))
    };
    let rule = rule.split(' ').map(&mut mask).collect::<Vec<_>>().join(" ");
    format!("ERR ERR Error in ACL SETUSER modifier '{rule}': {reason}")
}
