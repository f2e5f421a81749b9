//! Strings that several servers may read: what is written in their place, and what a gate passes, judged by each.

use redis_acl::document::{
    AccessChange, CompareOptions, NewAccess, PasswordChanges, Passwords, Target, TargetForm,
};
use redis_acl::lint::{Config, fixed_on};
use redis_acl::{Dialects, User, glob};

use crate::random::Random;
use crate::resp::words;
use crate::servers::{Found, Line, Server};
use crate::{requests, rules};

/// How many strings and how many pairs are judged, and how many requests are sent for each.
const STRINGS: usize = 60;
const REQUESTS: usize = 40;

/// One text that takes another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// Both allow the same.
    Equivalent,
    /// The new one allows nothing more.
    NoNewAccess,
}

/// What was promised of two texts on a set of engines.
pub(crate) struct Case {
    promise: Promise,
    old: String,
    new: String,
}

/// Random strings that some of the servers accept, with what is written in their place on all of these, and random
/// changes that a gate passes.
pub(crate) fn cases(servers: &[Found], random: &mut Random) -> Vec<Case> {
    let mut cases = Vec::new();
    for _ in 0..STRINGS {
        let (rules, _) =
            rules::user(random.pick(&servers.iter().map(|found| found.dialect).collect::<Vec<_>>()), random);
        let text = rules.join(" ");
        let of_all = Dialects::new(servers.iter().map(|found| found.dialect)).expect("servers");
        let some = of_all.filter(|_| random.percent(50));
        let dialects = some.filter(|some| User::parse_on(some, &text).is_ok()).unwrap_or(of_all);
        cases.extend(rewritten(&text, &dialects));
        let (more, _) = rules::user(dialects.newest(), random);
        cases.extend(passed(&text, &changed(&rules, &more, random), &dialects));
    }
    cases
}

fn rewritten(text: &str, dialects: &Dialects) -> Vec<Case> {
    let case = |promise, new: String| Case { promise, old: text.to_owned(), new };
    let target = |form| Target { form, passwords: Passwords::Kept }.string(text, dialects).ok();
    let forms = [TargetForm::Canonical, TargetForm::Simplified];
    let mut cases: Vec<_> =
        forms.into_iter().filter_map(target).map(|new| case(Promise::Equivalent, new)).collect();
    cases.push(case(Promise::NoNewAccess, fixed_on(text, dialects, &Config::new())));
    cases.retain(|case| case.old != case.new);
    cases
}

/// Some rules of a string in another order, without some, and with one more.
fn changed(rules: &[String], more: &[String], random: &mut Random) -> String {
    let mut new: Vec<_> = rules.iter().filter(|_| random.percent(85)).cloned().collect();
    let rule = more[random.below(more.len())].clone();
    new.insert(random.below(new.len() + 1), rule);
    new.join(" ")
}

fn passed(old: &str, new: &str, dialects: &Dialects) -> Option<Case> {
    let options = CompareOptions { work: glob::WORK, passwords: PasswordChanges::Count };
    let (before, after) = (User::parse_on(dialects, old).ok()?, User::parse_on(dialects, new).ok()?);
    let is_passed = AccessChange::of_users(options, &before, &after).gained == NewAccess::None;
    is_passed.then(|| Case { promise: Promise::NoNewAccess, old: old.to_owned(), new: new.to_owned() })
}

/// Asks a server whether it keeps what was promised. What it rejects is not judged.
pub(crate) fn judge(found: &Found, server: &Server, cases: &[Case], random: &mut Random) -> String {
    let mut line = server.connect();
    if User::new(found.dialect).check(&["PING"]).dryrun("u").is_none() {
        return "has no DRYRUN".into();
    }
    let (mut judged, mut allowed) = (0, 0);
    for case in cases {
        let parses = |text: &str| User::parse(found.dialect, text).is_ok();
        if !parses(&case.old) || !parses(&case.new) {
            continue;
        }
        judged += 1;
        set_user(&mut line, "old", &case.old);
        set_user(&mut line, "new", &case.new);
        for _ in 0..REQUESTS {
            let request = requests::request(found.dialect, random);
            let ask = |name: &str| [words(["ACL", "DRYRUN", name]), request.clone()].concat();
            let replies = line.ask(&[ask("old"), ask("new")]);
            let [old, new] = [&replies[0], &replies[1]].map(|reply| reply.shown() == "OK");
            allowed += usize::from(new);
            let is_kept = match case.promise {
                Promise::Equivalent => old == new,
                Promise::NoNewAccess => old || !new,
            };
            let Case { promise, old, new } = case;
            let request = crate::shown(&request);
            assert!(is_kept, "{}: {promise:?}: {old} -> {new}: {request}", found.name);
        }
    }
    format!("{judged} changes, {} requests, {allowed} of them allowed", judged * REQUESTS)
}

fn set_user(line: &mut Line, name: &str, text: &str) {
    let set = [words(["ACL", "SETUSER", name]), words(text.split(' '))].concat();
    let replies = line.ask(&[words(["ACL", "DELUSER", name]), set]);
    assert_eq!(replies[1].shown(), "OK", "{text:?}");
}
