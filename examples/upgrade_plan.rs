//! A plan for the next engine: what becomes of each user of a `users.acl`, and what to write there so that nobody gains
//! anything.
//!
//! ```console
//! $ printf 'user default off\nuser app on nopass ~app:* +get\nuser cart on nopass ~cart:* +@read\n' |
//! >   cargo run --quiet --example upgrade_plan -- redis-7.2 redis-7.4 /dev/stdin
//! app: nothing to do
//! cart:
//!   will be able to send: HTTL cart: 1 1 1
//!   write: on nopass ~cart:* -@all +@read -hexpiretime -hpexpiretime -hpttl -httl
//! default: nothing to do
//! ```

use std::error::Error;
use std::process::ExitCode;

use redis_acl::compare::upgrade;
use redis_acl::{AclFile, Comparison, Dialect};

fn main() -> ExitCode {
    match plan() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn plan() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, path] = arguments.as_slice() else {
        return Err("usage: upgrade_plan FROM TO FILE".into());
    };
    let (from, to): (Dialect, Dialect) = (from.parse()?, to.parse()?);

    let file = AclFile::parse(&std::fs::read(path)?, from);
    for (name, user) in file.users()? {
        let upgrade = upgrade(&user.to_string(), from, to)?;
        match upgrade.same() {
            Ok(difference) if difference.comparison().is_equal() => {
                println!("{name}: nothing to do");
                continue;
            }
            Ok(difference) => tell(name, difference.comparison()),
            Err(refused) => println!("{name}: {to} refuses it: {refused}"),
        }
        match upgrade.exact() {
            Ok(exact) => println!("  write: {}", exact.text()),
            Err(inexpressible) => println!("  {inexpressible}"),
        }
    }
    Ok(())
}

/// What changes if nothing is done, by a request each.
fn tell(name: &str, comparison: &Comparison) {
    println!("{name}:");
    if let Some(request) = comparison.only_second().witness() {
        println!("  will be able to send: {request}");
    }
    if let Some(request) = comparison.only_first().witness() {
        println!("  will no longer be able to send: {request}");
    }
}
