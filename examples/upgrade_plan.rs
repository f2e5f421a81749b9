//! A plan for the next engine: what becomes of each user of a `users.acl`, and what to write there so that nobody gains
//! or loses anything.
//!
//! ```console
//! $ printf 'user default off\nuser app on nopass ~app:* +get\nuser cart on nopass ~cart:* +@read\n' |
//! >   cargo run --quiet --example upgrade_plan -- redis-7.2 redis-7.4 /dev/stdin
//! app: nothing to do
//! cart:
//!   gains new commands: hexpiretime hpexpiretime hpttl httl
//!   to grant the same: on nopass ~cart:* -@all +@read -hexpiretime -hpexpiretime -hpttl -httl
//!   to lose nothing: on nopass sanitize-payload ~cart:* resetchannels -@all +@read
//! default: nothing to do
//! ```

use std::error::Error;
use std::process::ExitCode;

use redis_acl::compare::{Transition, upgrade};
use redis_acl::{AclFile, Dialect};

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
            Ok(transition) if transition.is_same() && transition.new_commands().is_empty() => {
                println!("{name}: nothing to do");
                continue;
            }
            Ok(transition) => tell(name, transition),
            Err(rejected) => println!("{name}: {to} rejects it: {rejected}"),
        }
        match upgrade.exact() {
            Ok(exact) => println!("  to grant the same: {}", exact.text()),
            Err(inexpressible) => println!("  {inexpressible}"),
        }
        match upgrade.lossless() {
            Ok(lossless) => println!("  to lose nothing: {}", lossless.text()),
            Err(inexpressible) => println!("  {inexpressible}"),
        }
    }
    Ok(())
}

/// What changes if nothing is done, with a command that proves it.
fn tell(name: &str, transition: &Transition) {
    println!("{name}:");
    let comparison = transition.comparison();
    if let Some(request) = comparison.only_second().witness() {
        println!("  gains: {request}");
    }
    if let Some(request) = comparison.only_first().witness() {
        println!("  loses: {request}");
    }
    let new = transition.new_commands().iter().flat_map(|group| group.commands());
    let new: Vec<_> = new.copied().collect();
    if !new.is_empty() {
        println!("  gains new commands: {}", new.join(" "));
    }
}
