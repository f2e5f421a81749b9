//! How many times faster a check is than the server's own `ACL DRYRUN`, on the same machine in the same run.
//!
//! `cargo bench --bench check_server`, with servers in the folder that `REDIS_ACL_SERVERS` names, or in
//! `target/servers`. What the server takes for a call is what `INFO commandstats` says: without the network,
//! without reading the request.

#[path = "../tests/server/resp.rs"]
mod resp;
#[path = "../tests/server/servers.rs"]
mod servers;

use std::hint::black_box;
use std::time::Instant;

use redis_acl::User;

use resp::words;
use servers::{Found, Line};

const CALLS: u32 = 50_000;
const BATCH: usize = 500;

/// Rules and a request that a user with them may send.
const CASES: [(&str, &str, &str); 5] = [
    ("prefix", "~app:session:* +@read", "GET app:session:12345"),
    ("glob", "~app:*:[0-9]* +@read", "GET app:session:12345"),
    ("20 patterns", "", "GET tenant:19:cart"),
    ("5 selectors", "~a:* +set (~b:* +@read) (~c:* +@read) (~d:* +@read) (~e:* +@read)", "GET e:cart"),
    ("MGET of 100 keys", "~app:* +@read", ""),
];

fn main() {
    for found in servers::found() {
        let user = User::new(found.dialect);
        if user.check(&["PING"]).dryrun("u").is_none() {
            println!("{} has no DRYRUN", found.name);
            continue;
        }
        let server = found.start();
        let mut line = server.connect();
        for (name, rules, request) in CASES {
            let (rules, request) = case(rules, request);
            let theirs = of_server(&mut line, &rules, &request);
            let ours = of_library(&found, &rules, &request);
            println!(
                "{:14} {name:17} DRYRUN {theirs:7.0} ns   check {ours:7.1} ns   {:5.1} times faster",
                found.name,
                theirs / ours
            );
        }
    }
}

fn case(rules: &str, request: &str) -> (Vec<String>, Vec<String>) {
    let twenty = || (0..20).map(|number| format!("~tenant:{number:02}:*")).collect::<Vec<_>>().join(" ");
    let rules = if rules.is_empty() { twenty() + " +@read" } else { rules.to_owned() };
    let hundred = || (0..100).map(|number| format!(" app:session:{number}")).collect::<String>();
    let request = if request.is_empty() { "MGET".to_owned() + &hundred() } else { request.to_owned() };
    let split = |text: &str| text.split(' ').map(str::to_owned).collect();
    (split(&rules), split(&request))
}

/// Nanoseconds a call, by the server's own count.
fn of_server(line: &mut Line, rules: &[String], request: &[String]) -> f64 {
    let set = [words(["ACL", "SETUSER", "u"]), words(rules)].concat();
    let replies = line.ask(&[words(["ACL", "DELUSER", "u"]), set, words(["CONFIG", "RESETSTAT"])]);
    assert_eq!(replies[1].shown(), "OK");
    let dryrun = vec![[words(["ACL", "DRYRUN", "u"]), words(request)].concat(); BATCH];
    for _ in 0..CALLS as usize / BATCH {
        assert!(line.ask(&dryrun).iter().all(|reply| reply.shown() == "OK"));
    }
    let info = line.ask(&[words(["INFO", "commandstats"])])[0].shown();
    let stat =
        info.lines().find_map(|line| line.strip_prefix("cmdstat_acl|dryrun:")).expect("its statistics");
    let field = |name: &str| -> f64 {
        let value = stat.split(',').find_map(|field| field.strip_prefix(name)).expect("a field");
        value.parse().expect("a number")
    };
    field("usec=") * 1000.0 / field("calls=")
}

/// Nanoseconds a call, with the name lookup.
fn of_library(found: &Found, rules: &[String], request: &[String]) -> f64 {
    let mut user = User::new(found.dialect);
    user.apply_arguments(rules).expect("rules");
    let mut rounds: Vec<_> = (0..CALLS as usize / BATCH)
        .map(|_| {
            let started = Instant::now();
            for _ in 0..BATCH {
                assert!(black_box(&user).check(black_box(request)).is_allowed());
            }
            started.elapsed().as_nanos() as f64 / BATCH as f64
        })
        .collect();
    // the server counts each call alone, so that what else the machine does hardly counts: nor here
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
