//! How many times faster the library is than servers are, on the same machine in the same run.
//!
//! `cargo bench --bench server`, with servers in the folder that `REDIS_ACL_SERVERS` names, or in
//! `target/servers`. What the server takes for a call is what `INFO commandstats` says: without the network,
//! without reading the request.

#[path = "../tests/server/resp.rs"]
mod resp;
#[path = "../tests/server/servers.rs"]
mod servers;

#[allow(dead_code, reason = "one input is enough here")]
mod inputs;

use std::hint::black_box;
use std::time::Instant;

use redis_acl::{Process, User};

use inputs::SEED;
use resp::{Reply, Request, words};
use servers::{Found, Line};

/// Of checks, which take no time.
const CALLS: usize = 50_000;
const BATCH: usize = 500;

/// Rules and a request that a user with them may send.
const CHECKS: [(&str, &str, &str); 5] = [
    ("prefix", "~app:session:* +@read", "GET app:session:12345"),
    ("glob", "~app:*:[0-9]* +@read", "GET app:session:12345"),
    ("20 patterns", "", "GET tenant:19:cart"),
    ("5 selectors", "~a:* +set (~b:* +@read) (~c:* +@read) (~d:* +@read) (~e:* +@read)", "GET e:cart"),
    ("MGET of 100 keys", "~app:* +@read", ""),
];

fn main() {
    // a Sentinel has no statistics of its commands
    let is_server = |found: &Found| found.dialect.engine().process() == Process::Server;
    for found in servers::found().into_iter().filter(is_server) {
        let server = found.start();
        let mut line = server.connect();
        seed(&found, &mut line);
        checks(&found, &mut line);
    }
}

fn tell(found: &Found, what: &str, theirs: f64, ours: f64) {
    println!("{:14} {what:30} {theirs:8.0} ns {ours:9.1} ns {:7.1} times faster", found.name, theirs / ours);
}

/// The seed string given to new users, and these printed.
fn seed(found: &Found, line: &mut Line) {
    let rules: Vec<_> = SEED.split(' ').collect();
    let name = |number: usize| format!("u{number}");
    let set = |number| [words(["ACL", "SETUSER", &name(number)]), words(&rules)].concat();
    let sets: Vec<_> = (0..BATCH).map(set).collect();
    let gets: Vec<_> = (0..BATCH).map(|number| words(["ACL", "GETUSER", &name(number)])).collect();
    let list = [words(["ACL", "LIST"])];
    let default = of_server(line, &list);
    let set = of_server(line, &sets);
    let get = of_server(line, &gets);
    // of all users together, and the one that is always there is not of ours
    let list = (of_server(line, &list) - default) / BATCH as f64;

    let user = User::parse(found.dialect, SEED).expect("rules");
    let normalized = || User::parse(found.dialect, black_box(SEED)).map(|user| user.to_string());
    let parsed = of_library(|| User::parse(found.dialect, black_box(SEED)));
    let described = of_library(|| black_box(&user).to_string());
    tell(found, "SETUSER / parse, apply", set, parsed);
    tell(found, "LIST / describe", list, described);
    tell(found, "GETUSER / describe", get, described);
    tell(found, "SETUSER, LIST / normalize", set + list, of_library(normalized));
    let names = words((0..BATCH).map(name));
    line.ask(&[[words(["ACL", "DELUSER"]), names].concat()]);
}

/// `DRYRUN` next to a check, the name looked up by both.
fn checks(found: &Found, line: &mut Line) {
    if User::new(found.dialect).check(&["PING"]).dryrun("u").is_none() {
        return println!("{} has no DRYRUN", found.name);
    }
    for (name, rules, request) in CHECKS {
        let (rules, request) = case(rules, request);
        line.ask(&[words(["ACL", "DELUSER", "u"]), [words(["ACL", "SETUSER", "u"]), words(&rules)].concat()]);
        let dryruns = vec![[words(["ACL", "DRYRUN", "u"]), words(&request)].concat(); CALLS];
        let theirs = of_server(line, &dryruns);
        let mut user = User::new(found.dialect);
        user.apply_arguments(&rules).expect("rules");
        let ours = of_library(|| black_box(&user).check(black_box(&request)).is_allowed());
        tell(found, &format!("DRYRUN / check, {name}"), theirs, ours);
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

/// Nanoseconds a call, by the server's own count. The requests are of one kind: Redis 6 counts all that begins
/// with `ACL` together.
fn of_server(line: &mut Line, requests: &[Request]) -> f64 {
    line.ask(&[words(["CONFIG", "RESETSTAT"])]);
    for batch in requests.chunks(BATCH) {
        assert!(line.ask(batch).iter().all(|reply| !matches!(reply, Reply::Error(_))));
    }
    let info = line.ask(&[words(["INFO", "commandstats"])])[0].shown();
    let stat = info.lines().find(|line| line.starts_with("cmdstat_acl")).expect("its statistics");
    let field = |name: &str| -> f64 {
        let value = stat.split([':', ',']).find_map(|field| field.strip_prefix(name)).expect("a field");
        value.parse().expect("a number")
    };
    field("usec=") * 1000.0 / field("calls=")
}

/// Nanoseconds a call.
fn of_library<T>(call: impl Fn() -> T) -> f64 {
    let round = || {
        let started = Instant::now();
        for _ in 0..BATCH {
            black_box(call());
        }
        started.elapsed().as_nanos() as f64 / BATCH as f64
    };
    let mut rounds: Vec<_> = (0..CALLS / BATCH).map(|_| round()).collect();
    // the server counts each call alone, so that what else the machine does hardly counts: nor here
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
