//! Checks against real servers: random rules and random requests, answered by both.
//!
//! `REDIS_ACL_SERVERS` names the servers' folder where it is not `target/servers`. Without any, nothing is
//! compared, unless `REDIS_ACL_EXPECT_SERVERS` lists some, each of which must then be there. `REDIS_ACL_SEED`
//! repeats a run.

#[path = "server_check/pairs.rs"]
mod pairs;
#[path = "server_check/patched.rs"]
mod patched;
#[path = "server/random.rs"]
mod random;
#[path = "server_check/requests.rs"]
#[rustfmt::skip]
mod requests;
#[path = "server/resp.rs"]
mod resp;
#[path = "server_check/rules.rs"]
mod rules;
#[path = "server/servers.rs"]
mod servers;
#[cfg(feature = "iac")]
#[path = "server_check/sets.rs"]
mod sets;

use std::time::Instant;

use redis_acl::{Catalog, Dialect, Reason, User, glob};

use patched::Catalogs;
use random::Random;
use resp::{Reply, Request, words};
use servers::{Found, Line, Server};

/// How many users each server is given, and how many requests each user sends.
const USERS: usize = 160;
const REQUESTS: usize = 25;

#[test]
fn dryrun_answers_as_the_library_does() {
    with_each_server(|found, server, random| {
        let mut line = server.connect();
        if User::new(found.dialect).check(&["PING"]).dryrun("u").is_none() {
            return "has no DRYRUN".into();
        }
        let (catalogs, mut allowed) = (Catalogs::of(found, server), 0);
        for _ in 0..USERS {
            let (rules, user) = rules::user(found.dialect, random);
            set_user(&mut line, &rules);
            let users = catalogs.users(user, &rules);
            let requests = some_requests(found.dialect, random);
            let ask = |request: &Request| [words(["ACL", "DRYRUN", "u"]), request.clone()].concat();
            let replies = line.ask(&requests.iter().map(ask).collect::<Vec<_>>());
            for (request, reply) in requests.iter().zip(replies) {
                let verdict = users.of_request(request).check(request);
                allowed += usize::from(verdict.is_allowed());
                assert_eq!(
                    Some(reply.shown()),
                    verdict.dryrun("u"),
                    "{}: {rules:?} {}",
                    found.name,
                    shown(request)
                );
            }
        }
        format!("{} requests, {allowed} of them allowed", USERS * REQUESTS)
    });
}

#[test]
fn a_client_is_answered_as_the_library_says() {
    with_each_server_that_has("multi", |found, server, random| {
        let mut admin = server.connect();
        let (catalogs, mut sent, mut allowed) = (Catalogs::of(found, server), 0, 0);
        for _ in 0..USERS / 2 {
            let (mut rules, mut user) = rules::user(found.dialect, random);
            let login = ["on", "nopass", "+multi", "+discard"];
            rules.extend(login.map(str::to_owned));
            user.apply_arguments(login).expect("rules of any dialect");
            set_user(&mut admin, &rules);
            let mut requests = some_requests(found.dialect, random);
            requests.retain(|request| can_be_queued(&user, request));
            let users = catalogs.users(user, &rules);
            let mut line = server.connect();
            let begin = [words(["AUTH", "u", "x"]), words(["MULTI"])];
            // a user that may not use database 0 on Valkey 9.1 still may log in
            line.ask(&begin);
            for (request, reply) in requests.iter().zip(line.ask(&requests)) {
                let verdict = users.of_request(request).check(request);
                (sent, allowed) = (sent + 1, allowed + usize::from(verdict.is_allowed()));
                let queued = matches!(
                    verdict.denied().map(|denied| *denied.reason()),
                    Some(Reason::SortBy | Reason::SortGet)
                );
                let ours = verdict.server_message("u").filter(|_| !queued).unwrap_or("QUEUED".into());
                assert_eq!(reply.shown(), ours, "{}: {rules:?} {}", found.name, shown(request));
            }
            line.ask(&[words(["DISCARD"])]);
        }
        format!("{sent} requests, {allowed} of them allowed")
    });
}

#[test]
fn sort_refuses_where_the_library_says() {
    with_each_server_that_has("sort", |found, server, random| {
        let mut admin = server.connect();
        let (catalogs, mut refused) = (Catalogs::of(found, server), 0);
        for _ in 0..USERS / 2 {
            let (mut rules, mut user) = rules::user(found.dialect, random);
            let login = ["on", "nopass", "+sort"];
            rules.extend(login.map(str::to_owned));
            user.apply_arguments(login).expect("rules of any dialect");
            set_user(&mut admin, &rules);
            let mut line = server.connect();
            line.ask(&[words(["AUTH", "u", "x"])]);
            let users = catalogs.users(user, &rules);
            let options = ["BY", "GET", "w_*", "nosort", "#", "LIMIT", "0", "1", "asc", "STORE", "x"];
            let requests: Vec<_> = (0..REQUESTS)
                .map(|_| {
                    let options = (0..random.below(6)).map(|_| random.pick(&options)).collect::<Vec<_>>();
                    words(["sort", random.pick(&["a", "app:1", "b"])].into_iter().chain(options))
                })
                .collect();
            for (request, reply) in requests.iter().zip(line.ask(&requests)) {
                let ours = users.of_request(request).check(request).server_message("u");
                let theirs = Some(reply.shown())
                    .filter(|reply| reply.starts_with("NOPERM") || reply.contains("insufficient ACL"));
                refused += usize::from(theirs.is_some());
                assert_eq!(theirs, ours, "{}: {rules:?} {}", found.name, shown(request));
            }
        }
        format!("{refused} refused")
    });
}

#[test]
fn keys_are_found_where_the_server_finds_them() {
    with_each_server(|found, server, random| {
        let mut line = server.connect();
        let (catalogs, mut keys) = (Catalogs::of(found, server), 0);
        let with_flags = found.dialect.engine() >= redis_acl::Engine::Redis7_0;
        let subcommand = if with_flags { "GETKEYSANDFLAGS" } else { "GETKEYS" };
        for _ in 0..USERS / 2 {
            let mut requests = some_requests(found.dialect, random);
            requests.retain(|request| {
                let command = catalogs.of_request(request).of_request(request);
                command.is_some_and(|command| {
                    let arity = usize::from(command.arity().unsigned_abs());
                    request.len() == arity || command.arity() < 0 && request.len() > arity
                })
            });
            let ask = |request: &Request| [words(["COMMAND", subcommand]), request.clone()].concat();
            let replies = line.ask(&requests.iter().map(ask).collect::<Vec<_>>());
            for (request, reply) in requests.iter().zip(replies) {
                let command = catalogs.of_request(request).of_request(request).expect("a command");
                let ours: Vec<_> = command.keys(request).collect();
                keys += ours.len();
                let theirs = match &reply {
                    Reply::Array(items) => items.as_slice(),
                    _ => &[],
                };
                let ours: Vec<_> = ours
                    .iter()
                    .map(|found| match with_flags {
                        true => format!("{} {}", String::from_utf8_lossy(found.key), found.flags),
                        false => String::from_utf8_lossy(found.key).into_owned(),
                    })
                    .collect();
                let theirs: Vec<_> = theirs.iter().map(key).collect();
                assert_eq!(theirs, ours, "{}: {}", found.name, shown(request));
            }
        }
        format!("{keys} keys")
    });
}

#[test]
fn patterns_match_what_they_match_on_the_server() {
    with_each_server_that_has("get", |found, server, random| {
        let (mut admin, mut line) = (server.connect(), server.connect());
        set_user(&mut admin, &["on", "nopass", "+get", "~x"].map(str::to_owned));
        line.ask(&[words(["AUTH", "u", "x"])]);
        let mut matched = 0;
        for _ in 0..USERS {
            let pattern = rules::pattern(random);
            if pattern == "*" {
                continue;
            }
            let reply = admin.ask(&[words(["ACL", "SETUSER", "u", "resetkeys", &format!("~{pattern}")])]);
            assert_eq!(reply[0].shown(), "OK", "{}: {pattern}", found.name);
            let keys: Vec<_> = (0..REQUESTS).map(|_| some_key(random)).collect();
            let requests: Vec<_> = keys.iter().map(|key| words([&b"GET"[..], key])).collect();
            for (key, reply) in keys.iter().zip(line.ask(&requests)) {
                let ours = glob::matches(&pattern, key);
                matched += usize::from(ours);
                let theirs = !matches!(reply, Reply::Error(_));
                assert_eq!(theirs, ours, "{}: {pattern:?} {:?}", found.name, String::from_utf8_lossy(key));
            }
        }
        format!("{} pairs, {matched} of them matched", USERS * REQUESTS)
    });
}

/// Where several servers may read a string: what `fmt`, `lint --fix` and `simplify` write, and what a gate passes.
#[cfg(feature = "iac")]
#[test]
fn what_holds_for_several_engines_holds_on_each_server() {
    let of_servers = |found: &Found| found.dialect.engine().process() == redis_acl::Process::Server;
    let servers: Vec<_> = servers::found().into_iter().filter(of_servers).collect();
    if servers.is_empty() {
        return;
    }
    let cases = sets::cases(&servers, &mut Random::new(random::seed()));
    with_each_server_that_has("get", |found, server, random| sets::judge(found, server, &cases, random));
}

/// The same without those that lack a command: a Sentinel has no data.
fn with_each_server_that_has(command: &str, test: impl Fn(&Found, &Server, &mut Random) -> String) {
    with_each_server(|found, server, random| match Catalog::from(found.dialect).command(command) {
        Some(_) => test(found, server, random),
        None => format!("has no {command}"),
    });
}

/// Runs the test with every server there is, and prints what it says it did.
fn with_each_server(test: impl Fn(&Found, &Server, &mut Random) -> String) {
    let seed = random::seed();
    for found in servers::found() {
        let started = Instant::now();
        let done = test(&found, &found.start(), &mut Random::new(seed));
        println!("{} as {}: {done}, {:.1} s", found.name, found.dialect, started.elapsed().as_secs_f32());
    }
}

fn set_user(line: &mut Line, rules: &[String]) {
    let set = [words(["ACL", "SETUSER", "u"]), words(rules)].concat();
    let replies = line.ask(&[words(["ACL", "DELUSER", "u"]), set]);
    assert_eq!(replies[1].shown(), "OK", "{rules:?}");
}

fn some_requests(dialect: Dialect, random: &mut Random) -> Vec<Request> {
    (0..REQUESTS).map(|_| requests::request(dialect, random)).collect()
}

/// Whether a request inside of `MULTI` is queued or refused, and does nothing else.
fn can_be_queued(user: &User, request: &Request) -> bool {
    const AT_ONCE: [&str; 13] = [
        "multi",
        "exec",
        "discard",
        "watch",
        "quit",
        "reset",
        "debug",
        "module",
        "auth",
        "hello",
        // some builds of Valkey reject these outside of a subscription
        "unsubscribe",
        "punsubscribe",
        "sunsubscribe",
    ];
    let command = user.catalog().of_request(request);
    let is_quit = request[0].eq_ignore_ascii_case(b"quit");
    !is_quit
        && command.is_none_or(|command| {
            let name = command.name().split('|').next().unwrap_or_default();
            !AT_ONCE.contains(&name) && !command.flags().any(|flag| flag == "no_multi")
        })
}

fn some_key(random: &mut Random) -> Vec<u8> {
    (0..random.below(6))
        .flat_map(|_| {
            random.pick(&[
                &b"a"[..],
                b"b",
                b"k",
                b"app:",
                b"z",
                b"]",
                b"-",
                b"\\",
                b"1",
                b"\xc3\xa9",
                b"\xff",
                b"^",
            ])
        })
        .copied()
        .collect()
}

/// A key, with flags behind it if there are some.
fn key(reply: &Reply) -> String {
    match reply {
        Reply::Array(pair) => match &pair[..] {
            [key, Reply::Array(flags)] => {
                let flags: Vec<_> = flags.iter().map(Reply::shown).collect();
                format!("{} {}", key.shown(), flags.join("+"))
            }
            other => format!("{other:?}"),
        },
        key => key.shown(),
    }
}

fn shown(request: &Request) -> String {
    let words: Vec<_> = request.iter().map(|word| format!("{:?}", String::from_utf8_lossy(word))).collect();
    words.join(" ")
}
