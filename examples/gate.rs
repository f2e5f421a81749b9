//! A gate for changes of policy: exit code 1 if the new access string lets anybody do what the old one did not, with a
//! request that proves it.
//!
//! ```console
//! $ cargo run --quiet --example gate -- redis-7.2 'on ~app:* +@read' 'on ~app:* +@read -keys'
//! no new access
//! $ cargo run --quiet --example gate -- redis-7.2 'on ~app:* +@read' 'on ~app:* +@read (~tmp:* +set)' || echo $?
//! new access: SET tmp: 1
//! 1
//! $ cargo run --quiet --example gate -- redis-7.2 'on ~app:* +@read' 'on ~app:* +@read +gte' || echo $?
//! error: redis-7.2 has no command `gte`
//!   |
//!   | on ~app:* +@read +gte
//!   |                   ^^^
//!   = help: did you mean `get`?
//!   = note: the server says: Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL
//! 2
//! ```

use std::process::ExitCode;

use redis_acl::{ApplyErrors, Dialect, User, compare};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dialect, old, new] = arguments.as_slice() else {
        return refuse("usage: gate DIALECT OLD NEW");
    };
    let dialect: Dialect = match dialect.parse() {
        Ok(dialect) => dialect,
        Err(error) => return refuse(&format!("error: {error}")),
    };
    match new_access(dialect, old, new) {
        Ok(None) => {
            println!("no new access");
            ExitCode::SUCCESS
        }
        Ok(Some(what)) => {
            println!("new access: {what}");
            ExitCode::from(1)
        }
        Err(errors) => refuse(&errors.first().report().to_string()),
    }
}

/// What the new string lets do and the old one does not; nothing if that is certain.
fn new_access(dialect: Dialect, old: &str, new: &str) -> Result<Option<String>, ApplyErrors> {
    let (old, new) = (User::parse(dialect, old)?, User::parse(dialect, new)?);
    let comparison = compare(&old, &new);
    let gained = comparison.only_second();
    Ok(match gained.witness() {
        Some(witness) => Some(witness.to_string()),
        // a gate that is not sure stays shut
        None if gained.is_undecided() => Some("it could not be told".to_owned()),
        None if gained.future_commands() => Some("commands that do not exist yet".to_owned()),
        None if !gained.is_none() => Some("other ways to log in, or RESTORE unchecked".to_owned()),
        None => None,
    })
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(2)
}
