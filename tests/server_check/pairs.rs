//! Comparisons against real servers: what `compare` shows for a pair of users is put before the server itself.

use redis_acl::{Comparison, Excess, Reason, User, Witness, compare};

use crate::random::Random;
use crate::resp::{Reply, Request, words};
use crate::servers::{Found, Line, Server};
use crate::{REQUESTS, can_be_queued, patched, requests, rules, shown, with_each_server_that_has};

/// How many pairs of users each server is given.
const PAIRS: usize = 150;

#[test]
fn witnesses_are_allowed_to_one_and_refused_to_the_other() {
    with_each_server_that_has("select", |found, server, random| {
        let mut asked = Asked::default();
        let mut ways = Ways::to(found, server);
        for _ in 0..PAIRS {
            let pair = [ways.user(random), ways.user(random)];
            asked.pair(found, &mut ways, pair, random);
        }
        asked.told()
    });
}

#[test]
fn small_changes_of_a_user_are_compared_as_the_server_sees_them() {
    with_each_server_that_has("select", |found, server, random| {
        let mut asked = Asked::default();
        let mut ways = Ways::to(found, server);
        for _ in 0..PAIRS {
            let (rules, user) = ways.user(random);
            let changed = ways.changed(&rules, random);
            let pair = if random.percent(50) { [(rules, user), changed] } else { [changed, (rules, user)] };
            asked.pair(found, &mut ways, pair, random);
        }
        asked.told()
    });
}

/// The names of a pair on the server.
const NAMES: [&str; 2] = ["first", "second"];

/// What both users need to be asked by `MULTI`, and `EXEC`, which would be the shortest witness of most pairs.
const LOGIN: [&str; 5] = ["on", "nopass", "+multi", "+exec", "+discard"];

/// The rules of a user and the user they make.
type Given = (Vec<String>, User);

/// What was asked, for the line that the test prints.
#[derive(Default)]
struct Asked {
    witnesses: usize,
    in_databases: usize,
    sent: usize,
    left_out: usize,
    equal: usize,
    undecided: usize,
    requests: usize,
    allowed: usize,
}

impl Asked {
    fn pair(&mut self, found: &Found, ways: &mut Ways, pair: [Given; 2], random: &mut Random) {
        let (users, rules) = ([&pair[0].1, &pair[1].1], [&pair[0].0, &pair[1].0]);
        let comparison = compare(users[0], users[1]);
        self.equal += usize::from(comparison.is_equal());
        ways.set(rules);
        for sender in [0, 1] {
            if let Some(witness) = side(&comparison, sender).witness() {
                let context = || format!("{}: {rules:?} {witness}", found.name);
                self.witness(ways, users, sender, witness, &context);
            }
        }
        let excluded = [0, 1].map(|sender| {
            let excess = side(&comparison, sender);
            self.undecided += usize::from(excess.is_undecided());
            excess.witness().is_none() && !excess.is_undecided()
        });
        if excluded == [false, false] {
            return;
        }
        let mut requests: Vec<_> = (0..REQUESTS).map(|_| requests::request(found.dialect, random)).collect();
        requests.retain(|request| ways.can_ask(users, request));
        let replies = [0, 1].map(|user| ways.ask(user, 0, &requests));
        for (at, request) in requests.iter().enumerate() {
            let may = [0, 1].map(|user| ways.lets(&replies[user][at], users[user], request));
            self.requests += 1;
            self.allowed += usize::from(may != [false, false]);
            for (sender, other) in [(0, 1), (1, 0)] {
                let is_news = excluded[sender] && may[sender] && !may[other];
                assert!(!is_news, "{}: {rules:?}: user {sender} may {}", found.name, shown(request));
            }
        }
    }

    fn witness(
        &mut self,
        ways: &mut Ways,
        users: [&User; 2],
        sender: usize,
        witness: &Witness,
        context: &dyn Fn() -> String,
    ) {
        let request = witness.request().to_vec();
        if refuses_itself(users[1 - sender], &request) || !ways.has_dryrun && is_harmless(&request) {
            self.sent += 1;
            let replies = [sender, 1 - sender].map(|user| ways.send(user, &request));
            assert!(!is_refused(&replies[0]), "{}: {}", context(), replies[0].shown());
            assert!(is_refused(&replies[1]), "{}: {}", context(), replies[1].shown());
            return;
        }
        if !ways.can_ask(users, &request) {
            self.left_out += 1;
            return;
        }
        self.witnesses += 1;
        self.in_databases += usize::from(witness.database() != 0);
        let requests = [request];
        let mut reply = |user: usize| ways.ask(user, witness.database(), &requests).remove(0);
        let replies = [reply(sender), reply(1 - sender)];
        assert!(ways.is_yes(&replies[0]), "{}: the one is answered {}", context(), replies[0].shown());
        assert!(!ways.is_yes(&replies[1]), "{}: the other is answered {}", context(), replies[1].shown());
        let ours = ways.ours(users[1 - sender], NAMES[1 - sender], witness);
        assert_eq!(Some(replies[1].shown()), ours, "{}", context());
    }

    fn told(&self) -> String {
        format!(
            "{PAIRS} pairs, {} of them equal, {} sides undecided; {} witnesses asked about, {} of them in another \
             database, {} sent for real, {} left out; {} requests where one side may do no more, \
             {} of them allowed",
            self.equal,
            self.undecided,
            self.witnesses,
            self.in_databases,
            self.sent,
            self.left_out,
            self.requests,
            self.allowed
        )
    }
}

fn side(comparison: &Comparison, sender: usize) -> &Excess {
    if sender == 0 { comparison.only_first() } else { comparison.only_second() }
}

/// Whether it is the command that refuses when it runs; `DRYRUN` and `MULTI` let it pass.
fn refuses_itself(user: &User, request: &Request) -> bool {
    let verdict = user.check(request);
    verdict.denied().is_some_and(|denied| matches!(denied.reason(), Reason::SortBy | Reason::SortGet))
}

/// What cannot be queued, and can be sent for real all the same.
fn is_harmless(request: &Request) -> bool {
    ["watch", "reset"].iter().any(|name| request[0].eq_ignore_ascii_case(name.as_bytes()))
}

/// What the server or SORT itself says to a request that was sent for real.
fn is_refused(reply: &Reply) -> bool {
    let text = reply.shown();
    text.starts_with("NOPERM") || text.contains("insufficient ACL")
}

/// How a server is asked what a user may send.
struct Ways<'s> {
    found: &'s Found,
    server: &'s Server,
    admin: Line,
    has_dryrun: bool,
    /// Whether it finds keys otherwise than its version.
    is_patched: bool,
}

impl<'s> Ways<'s> {
    fn to(found: &'s Found, server: &'s Server) -> Self {
        let has_dryrun = User::new(found.dialect).check(&["PING"]).dryrun("u").is_some();
        let is_patched = patched::is_patched(found, server);
        Self { found, server, admin: server.connect(), has_dryrun, is_patched }
    }

    /// A user who can log in and ask by `MULTI`.
    fn user(&self, random: &mut Random) -> Given {
        let (mut rules, mut user) = rules::user(self.found.dialect, random);
        rules.extend(LOGIN.map(str::to_owned));
        user.apply_arguments(LOGIN).expect("rules of any dialect");
        (rules, user)
    }

    /// The same rules but for one or two: taken out, put in, or changed for another user's.
    fn changed(&self, rules: &[String], random: &mut Random) -> Given {
        let (others, _) = rules::user(self.found.dialect, random);
        let login = rules.len() - LOGIN.len();
        let mut tried = rules.to_vec();
        for _ in 0..random.pick(&[1, 1, 2]) {
            let at = random.below(login);
            match random.below(3) {
                0 => tried[at].clear(),
                1 => tried[at] = others[random.below(others.len())].clone(),
                _ => tried.insert(at, others[random.below(others.len())].clone()),
            }
        }
        let mut user = User::new(self.found.dialect);
        tried.retain(|rule| user.apply_arguments([rule]).is_ok());
        (tried, user)
    }

    fn set(&mut self, rules: [&Vec<String>; 2]) {
        for (name, rules) in NAMES.into_iter().zip(rules) {
            let set = [words(["ACL", "SETUSER", name]), words(rules)].concat();
            let replies = self.admin.ask(&[words(["ACL", "DELUSER", name]), set]);
            assert_eq!(replies[1].shown(), "OK", "{rules:?}");
        }
    }

    fn can_ask(&self, users: [&User; 2], request: &Request) -> bool {
        let is_as_its_version = !self.is_patched || !patched::is_mended(request);
        is_as_its_version && (self.has_dryrun || can_be_queued(users[0], request))
    }

    fn ask(&mut self, user: usize, database: u32, requests: &[Request]) -> Vec<Reply> {
        if !self.has_dryrun {
            assert_eq!(database, 0, "databases do not matter here");
            let mut line = self.server.connect();
            line.ask(&[words(["AUTH", NAMES[user], "x"]), words(["MULTI"])]);
            return line.ask(requests);
        }
        let select = |database: u32| words(["SELECT".to_owned(), database.to_string()]);
        let dryrun = |request: &Request| [words(["ACL", "DRYRUN", NAMES[user]]), request.clone()].concat();
        let asked = std::iter::once(select(database)).chain(requests.iter().map(dryrun));
        let mut replies = self.admin.ask(&asked.chain([select(0)]).collect::<Vec<_>>());
        replies.pop();
        replies.remove(0);
        replies
    }

    /// Sends it for real.
    fn send(&self, user: usize, request: &Request) -> Reply {
        let mut line = self.server.connect();
        line.ask(&[words(["AUTH", NAMES[user], "x"]), request.clone()]).remove(1)
    }

    fn is_yes(&self, reply: &Reply) -> bool {
        reply.shown() == if self.has_dryrun { "OK" } else { "QUEUED" }
    }

    /// Whether the server lets the request pass, and does not refuse it when it runs.
    fn lets(&self, reply: &Reply, user: &User, request: &Request) -> bool {
        self.is_yes(reply) && !refuses_itself(user, request)
    }

    /// What the library says to a witness that is refused.
    fn ours(&self, user: &User, name: &str, witness: &Witness) -> Option<String> {
        let verdict = user.check_in(witness.database(), witness.request());
        if self.has_dryrun { verdict.dryrun(name) } else { verdict.server_message(name) }
    }
}
