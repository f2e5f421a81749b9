//! What keeps Terraform, or a controller, quiet: a service answers with other words than it was given, and only a
//! difference in meaning is worth a call.
//!
//! ```console
//! $ cargo run --quiet --example reconcile -- elasticache/redis-7.1 'on +@read ~app:*' 'on ~app:* resetchannels -@all +@read'
//! nothing to do
//! $ cargo run --quiet --example reconcile -- elasticache/redis-7.1 'on ~app:* +get +ttl' 'on ~app:* resetchannels -@all +get'
//! the service has to be told: on ~app:* -@all +get +ttl
//! NEW can do everything that OLD can, and more
//!   + 1 command
//!       read: ttl
//!   + for example: TTL app:
//! ```

use std::error::Error;
use std::process::ExitCode;

use redis_acl::compare::difference;
use redis_acl::{Dialect, User};

fn main() -> ExitCode {
    match reconcile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn reconcile() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dialect, wanted, answered] = arguments.as_slice() else {
        return Err("usage: reconcile DIALECT WANTED ANSWERED".into());
    };
    let dialect: Dialect = dialect.parse()?;
    let (wanted, answered) = (User::parse(dialect, wanted)?, User::parse(dialect, answered)?);

    let difference = difference(&answered, &wanted);
    if difference.comparison().is_equal() {
        println!("nothing to do");
    } else {
        // in the form that the service will answer with: the next plan is empty
        println!("the service has to be told: {wanted}");
        println!("{difference}");
    }
    Ok(())
}
