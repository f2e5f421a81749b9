//! Laws of comparisons: any two users, and any request.

use redis_acl::compare::compare_within;
use redis_acl::{Comparison, Excess, Relation, User};

use super::check::bytes;

/// Enough for ordinary patterns, and soon done with others.
const WORK: usize = 200_000;

/// The input is the name of a dialect, three lines of rules, and lines of requests, words separated by tabs. A
/// first line that names no dialect picks one by its first byte, and a second dialect behind a space is the one of
/// the second user.
pub fn compare(input: &str) {
    let mut lines = input.split('\n');
    let first_line = lines.next().unwrap_or_default();
    let (one, two) = first_line.split_once(' ').unwrap_or((first_line, first_line));
    let dialects = [one, two, one].map(super::dialect);
    let users = dialects.map(|dialect| user(dialect, lines.next().unwrap_or_default()));
    let requests: Vec<Vec<_>> = lines.map(|line| line.split('\t').map(bytes).collect()).collect();
    let [a, b, c] = &users;
    let of = |a, b| compare_within(WORK, a, b);
    let (ab, ba, bc, ac) = (of(a, b), of(b, a), of(b, c), of(a, c));
    assert_eq!(of(a, a).relation(), Relation::Equal, "{a}");
    assert_eq!(ab.relation(), turned(ba.relation()), "{a} / {b}");
    what_is_equal_compares_equal(a, b, &ab);
    within_is_transitive([a, b, c], [&ab, &bc, &ac]);
    for (first, second, comparison) in [(a, b, &ab), (b, a, &ba)] {
        a_witness_proves_it(first, second, comparison.only_first());
        for request in &requests {
            a_request_is_not_missed(first, second, request, comparison.only_first());
        }
    }
}

/// Rules one by one: what is refused leaves the user as it was.
fn user(dialect: redis_acl::Dialect, rules: &str) -> User {
    let mut user = User::new(dialect);
    let mut words = String::new();
    for word in rules.split(' ') {
        // a selector is one rule
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if !words.starts_with('(') || words.ends_with(')') {
            let _ = user.apply_arguments([std::mem::take(&mut words)]);
        }
    }
    user
}

fn turned(relation: Relation) -> Relation {
    match relation {
        Relation::Narrower => Relation::Wider,
        Relation::Wider => Relation::Narrower,
        other => other,
    }
}

fn what_is_equal_compares_equal(a: &User, b: &User, comparison: &Comparison) {
    if a == b {
        assert_eq!(comparison.relation(), Relation::Equal, "{a} / {b}");
    }
}

/// Who may do no more than another may do no more than a third who may do at least what that one may.
fn within_is_transitive([a, b, c]: [&User; 3], [ab, bc, ac]: [&Comparison; 3]) {
    if a.dialect() != b.dialect() {
        return;
    }
    let is_within = |users: &Comparison| users.only_first().is_none();
    if is_within(ab) && is_within(bc) && !ac.only_first().is_undecided() {
        assert!(is_within(ac), "{a} / {b} / {c}: {:?}", ac.only_first());
    }
}

fn a_witness_proves_it(user: &User, other: &User, excess: &Excess) {
    let Some(witness) = excess.witness() else { return };
    let may = |user: &User| user.check_in(witness.database(), witness.request()).is_allowed();
    assert!(may(user) && !may(other), "{user} / {other}: {witness}");
    assert!(!witness.to_string().contains(char::is_control));
}

/// «May do no more» is never contradicted; between two dialects requests are compared that both can read.
fn a_request_is_not_missed(user: &User, other: &User, request: &[Vec<u8>], excess: &Excess) {
    if user.dialect() != other.dialect() {
        return;
    }
    for database in [0, 1, 15] {
        let may = |user: &User| user.check_in(database, request).is_allowed();
        if may(user) && !may(other) {
            assert!(
                excess.witness().is_some() || excess.is_undecided(),
                "{} {user} / {other}: {:?} in {database}",
                user.dialect(),
                request.iter().map(|word| word.escape_ascii().to_string()).collect::<Vec<_>>()
            );
        }
    }
}
