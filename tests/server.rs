//! The library against real servers: what they print, what they refuse, and what they know.
//!
//! `tests/servers/get` brings the servers; `REDIS_ACL_SERVERS` names their folder where it is not
//! `target/servers`. Without any, nothing is compared, unless `REDIS_ACL_EXPECT_SERVERS` lists some
//! (`redis-7.0.15 valkey-9.1`), each of which must then be there. Rules are random; `REDIS_ACL_SEED`
//! repeats those of a run.

#[path = "server/answers.rs"]
mod answers;
#[path = "server/cases.rs"]
mod cases;
#[path = "server/catalogue.rs"]
mod catalogue;
#[path = "server/files.rs"]
mod files;
#[path = "server/harmless.rs"]
mod harmless;
#[path = "server/lines.rs"]
mod lines;
#[path = "server/random.rs"]
mod random;
#[path = "server/resp.rs"]
mod resp;
#[path = "server/servers.rs"]
mod servers;
#[path = "server/words.rs"]
#[rustfmt::skip]
mod words;

use std::slice;
use std::time::Instant;

use redis_acl::{AclFile, DefaultChannels, Dialect, FileErrorKind, Process, User};

use answers::Answer;
use cases::{Case, Cases};
use servers::{Found, Line, Server};

/// How many cases each server is given, and how many are on their way at once.
const CASES: usize = 2_000;
const BATCH: usize = 100;

#[test]
fn random_rules_do_what_they_do_on_every_server() {
    let seed = random::seed();
    with_each_server(|found, server| {
        let mut cases = Cases::new(found.dialect, seed);
        let mut accepted = 0;
        for _ in 0..CASES / BATCH {
            let batch: Vec<_> = cases.by_ref().take(BATCH).collect();
            for (case, theirs) in batch.iter().zip(answers_of(found, server, &batch)) {
                let ours = answers::of_library(found.dialect, case);
                accepted += usize::from(ours.iter().all(Answer::is_accepted));
                if !answers::agree(case, &ours, &theirs) {
                    panic!("{}\nREDIS_ACL_SEED={seed}", difference(found, server, case));
                }
            }
        }
        format!("{CASES} cases, {accepted} of them accepted")
    });
}

#[test]
fn a_printed_line_makes_the_same_user_again() {
    let seed = random::seed();
    with_each_server(|found, server| {
        let accepted = Cases::new(found.dialect, seed).filter_map(|case| user(found.dialect, &case));
        let lines = accepted.filter(lines::can_be_read_back).map(|user| user.to_string());
        let words = |line: String| vec![line.split(' ').map(str::to_owned).collect()];
        let cases: Vec<Case> = lines.take(CASES).map(words).collect();
        for batch in cases.chunks(BATCH) {
            for (case, theirs) in batch.iter().zip(answers_of(found, server, batch)) {
                let line = case[0].join(" ");
                let same = [Answer { error: None, line: Some(lines::comparable(found.dialect, &line)) }];
                assert_eq!(theirs, same, "{}: {line:?}\nREDIS_ACL_SEED={seed}", found.name);
            }
        }
        format!("{} lines", cases.len())
    });
}

#[test]
fn every_server_has_the_commands_and_categories_of_its_catalogue() {
    with_each_server(|found, server| {
        let mut differences = catalogue::differences(found.dialect, server).expect("a server that answers");
        // Debian's build has the key specs of Redis 8.2.9: tests/server_check/patched.rs
        differences.retain(|difference| found.name != "redis-8.0.2" || !difference.contains("+incomplete@"));
        assert_eq!(differences, catalogue::known_differences(&found.name), "{}", found.name);
        format!("the same but for {} known differences", differences.len())
    });
}

/// How many cases, files and commands a server is given with either value of `acl-pubsub-default`.
const SETTING_CASES: usize = 300;
const SETTING_FILES: usize = 40;

#[test]
fn users_start_with_the_channels_of_acl_pubsub_default() {
    let seed = random::seed();
    let configured = |found: Found| {
        DefaultChannels::ALL.into_iter().filter_map(move |channels| found.with_default_channels(channels))
    };
    // a Sentinel publishes nothing but its own messages
    for found in servers::found().into_iter().filter(is_server).flat_map(configured) {
        let started = Instant::now();
        let server = found.start();
        let mut line = server.connect();
        let mut cases = Cases::new(found.dialect, seed);
        for _ in 0..SETTING_CASES / BATCH {
            let batch: Vec<_> = cases.by_ref().take(BATCH).collect();
            for (case, theirs) in batch.iter().zip(answers_of(&found, &mut line, &batch)) {
                let ours = answers::of_library(found.dialect, case);
                assert!(
                    answers::agree(case, &ours, &theirs),
                    "{}\nREDIS_ACL_SEED={seed}",
                    difference(&found, &mut line, case)
                );
            }
        }
        let loader = files::Loader::start(&found);
        for bytes in files::Files::new(found.dialect, seed).take(SETTING_FILES) {
            let file = AclFile::parse(&bytes, found.dialect);
            let Some(ours) = files::of_library(&file, &loader.path) else { continue };
            let theirs = loader.load(&bytes);
            let shown = bytes.escape_ascii();
            assert!(files::agree(&bytes, &ours, &theirs), "{}: {shown}\n{theirs:#?}\n{ours:#?}", found.name);
        }
        a_client_publishes_as_the_library_says(&found, &server);
        let time = started.elapsed().as_secs_f32();
        println!(
            "{} as {}: {SETTING_CASES} cases, {SETTING_FILES} files, {time:.1} s",
            found.name, found.dialect
        );
    }
}

fn is_server(found: &Found) -> bool {
    found.dialect.engine().process() == Process::Server
}

/// Whether a user without a rule about channels can publish and subscribe.
fn a_client_publishes_as_the_library_says(found: &Found, server: &Server) {
    let mut admin = server.connect();
    for rules in ["+@all", "+@all resetchannels", "+@all resetchannels &n*", "+@all allchannels"] {
        let line = format!("on nopass {rules}");
        let user = User::parse(found.dialect, &line).expect("rules");
        let set: Vec<_> = ["ACL", "SETUSER", "u", "reset"].into_iter().chain(line.split(' ')).collect();
        let replies = admin.ask(&[resp::words(set)]);
        assert_eq!(replies[0].shown(), "OK", "{}: {rules}", found.name);
        for request in [["PUBLISH", "news", "x"], ["PUBLISH", "other", "x"]] {
            let mut client = server.connect();
            let replies = client.ask(&[resp::words(["AUTH", "u", "x"]), resp::words(request)]);
            let theirs = matches!(replies[1], resp::Reply::Error(_)).then(|| replies[1].shown());
            let ours = user.check(&request).server_message("u");
            assert_eq!(theirs, ours, "{}: {rules} {request:?}", found.name);
        }
    }
}

/// How many random files each server loads.
const FILES: usize = 150;

#[test]
fn acl_files_are_read_as_every_server_reads_them() {
    let seed = random::seed();
    for found in servers::found() {
        let started = Instant::now();
        let loader = files::Loader::start(&found);
        let (mut accepted, mut open) = (0, 0);
        let by_hand = files::ACL_FILES.iter().map(|file| files::with_admin(file));
        for bytes in by_hand.chain(files::Files::new(found.dialect, seed).take(FILES)) {
            let file = AclFile::parse(&bytes, found.dialect);
            assert!(!file.errors().any(files::kills), "{}: {}", found.name, bytes.escape_ascii());
            let Some(ours) = files::of_library(&file, &loader.path) else {
                open += 1;
                continue;
            };
            let theirs = loader.load(&bytes);
            accepted += usize::from(matches!(theirs, files::Outcome::Users(_)));
            assert!(
                files::agree(&bytes, &ours, &theirs),
                "{}: {}\nserver {theirs:#?}\nwe {ours:#?}\nREDIS_ACL_SEED={seed}",
                found.name,
                bytes.escape_ascii()
            );
        }
        let number = FILES + files::ACL_FILES.len();
        let time = started.elapsed().as_secs_f32();
        println!(
            "{} as {}: {number} files, {accepted} accepted, {open} open, {time:.1} s",
            found.name, found.dialect
        );
        assert!(accepted > number / 10 && open < number / 10, "too few are accepted or compared");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_though_servers_take_them() {
    for found in servers::found() {
        let bytes = files::with_admin(b"user a\xff on ~\xff*\n");
        let file = AclFile::parse(&bytes, found.dialect);
        assert!(file.errors().all(|error| *error.kind() == FileErrorKind::NotUtf8) && file.users().is_err());
        assert!(matches!(files::Loader::start(&found).load(&bytes), files::Outcome::Users(_)));
    }
}

#[test]
fn configurations_are_read_as_every_server_reads_them() {
    for found in servers::found() {
        let started = Instant::now();
        for configuration in files::CONFIGURATIONS {
            let bytes = files::with_admin(configuration);
            let file = AclFile::parse_config(&bytes, found.dialect);
            let shown = bytes.escape_ascii();
            match (file.users().is_ok(), files::of_library(&file, "".as_ref())) {
                (true, ours) => {
                    let theirs = files::of_server(&found, &bytes);
                    assert_eq!(ours, Some(theirs), "{}: {shown}", found.name);
                }
                (false, Some(files::Outcome::Refused(ours))) => {
                    let theirs = files::last_words(&found, &bytes);
                    assert!(
                        files::says(&theirs, &ours),
                        "{}: {shown}\nserver {theirs}\nwe {ours}",
                        found.name
                    );
                }
                (false, ours) => panic!("{}: {shown} {ours:?} {:?}", found.name, file.users()),
            }
        }
        let (number, time) = (files::CONFIGURATIONS.len(), started.elapsed().as_secs_f32());
        println!("{} as {}: {number} configurations, {time:.1} s", found.name, found.dialect);
    }
}

/// Runs the test with every server there is, and prints what it says it did.
fn with_each_server(test: impl Fn(&Found, &mut Line) -> String) {
    for found in servers::found() {
        let started = Instant::now();
        let server = found.start();
        let done = test(&found, &mut server.connect());
        println!("{} as {}: {done}, {:.1} s", found.name, found.dialect, started.elapsed().as_secs_f32());
    }
}

/// The user that all the calls make, if none is refused.
fn user(dialect: Dialect, case: &Case) -> Option<User> {
    let mut user = User::new(dialect);
    case.iter().all(|arguments| user.apply_arguments(arguments).is_ok()).then_some(user)
}

fn answers_of(found: &Found, server: &mut Line, cases: &[Case]) -> Vec<Vec<Answer>> {
    let died = |error| {
        let kills = |case: &&Case| {
            answers::of_server(found, &mut found.start().connect(), slice::from_ref(*case)).is_err()
        };
        panic!("{}: {error}; it died of {:?}", found.name, cases.iter().find(kills))
    };
    answers::of_server(found, server, cases).unwrap_or_else(died)
}

/// Makes a case small that the server and the library answer differently, and shows it.
fn difference(found: &Found, server: &mut Line, case: &Case) -> String {
    let mut both = |case: &Case| {
        let theirs = answers_of(found, server, slice::from_ref(case)).remove(0);
        (answers::of_library(found.dialect, case), theirs)
    };
    let mut smallest = case.clone();
    while let Some(smaller) = cases::smaller(found.dialect, &smallest).into_iter().find(|case| {
        let (ours, theirs) = both(case);
        !answers::agree(case, &ours, &theirs)
    }) {
        smallest = smaller;
    }
    let (ours, theirs) = both(&smallest);
    format!("{}: {smallest:?}\nserver {theirs:#?}\nwe {ours:#?}", found.name)
}
