//! Laws of the simplest string: it means the same, is never longer, and is its own simplest string.

use std::collections::BTreeSet;

use redis_acl::compare::{simplify as simplified, simplify_string};
use redis_acl::glob::{Inclusion, inclusion_within};
use redis_acl::{AccessString, Command, Dialect, Form, Rule, RuleKind, Selector, User};

/// The input is the name of a dialect and the arguments of an `ACL SETUSER`, one to a line; those that are
/// refused are left out. A first line that names no dialect picks one by its first byte.
pub fn simplify(input: &str) {
    let (name, rest) = input.split_once('\n').unwrap_or((input, ""));
    let dialect = super::dialect(name);
    let mut user = User::new(dialect);
    for argument in rest.split('\n') {
        let _ = user.apply_arguments([argument]);
    }
    a_user_is_simplified(&user);
    a_line_is_simplified(dialect, &rest.replace('\n', " "));
}

/// The string of a user is that user, and not longer than what its server prints.
pub fn a_user_is_simplified(user: &User) {
    let (dialect, text, canonical) = (user.dialect(), simplified(user), user.to_string());
    let canonical_is_same = User::parse(dialect, &canonical).is_ok_and(|again| again == *user);
    if text == canonical && !canonical_is_same {
        return; // a first argument with white space cannot be written on a line
    }
    let again = User::parse(dialect, &text);
    let again = again.unwrap_or_else(|errors| panic!("{dialect} reads {text:?}: {errors}"));
    mean_the_same(user, &again);
    assert!(!canonical_is_same || text.len() <= canonical.len(), "{dialect}: {text:?} for {canonical:?}");
    assert_eq!(simplified(&again), text, "{dialect}: the simplest string of {text:?}");
}

/// The string of a line means what the line does, and is not longer than either it or what the server prints.
pub fn a_line_is_simplified(dialect: Dialect, line: &str) {
    let Ok(string) = AccessString::parse(line) else { return };
    let Ok(user) = User::parse(dialect, line) else {
        return assert!(simplify_string(&string, dialect).is_err(), "{dialect} refuses {line:?}");
    };
    let text = simplify_string(&string, dialect).expect("rules that apply");
    let again = User::parse(dialect, &text);
    let again = again.unwrap_or_else(|errors| panic!("{dialect} reads {text:?}: {errors}"));
    mean_the_same(&user, &again);

    let longest = length_with_hashes(line, &string);
    assert!(text.len() <= longest, "{dialect}: {text:?} for {line:?}");
    let canonical = user.to_string();
    let canonical_is_same = User::parse(dialect, &canonical).is_ok_and(|again| again == user);
    assert!(!canonical_is_same || text.len() <= canonical.len(), "{dialect}: {text:?} for {canonical:?}");

    let string = AccessString::parse(&text).expect("it was read before");
    let kinds = string.rules().iter().map(|rule| &rule.kind);
    let is_password =
        |kind: &RuleKind<'_>| matches!(kind, RuleKind::AddPassword(_) | RuleKind::RemovePassword(_));
    assert!(!kinds.clone().any(is_password), "a password in the string of {string:?}");
    assert_eq!(simplify_string(&string, dialect).expect("the same rules"), text, "{dialect}: for {text:?}");
}

/// How long the line were with hashes in the place of passwords.
fn length_with_hashes(line: &str, string: &AccessString<'_>) -> usize {
    let is_password =
        |rule: &&Rule<'_>| matches!(rule.kind, RuleKind::AddPassword(_) | RuleKind::RemovePassword(_));
    let passwords = string.rules().iter().filter(is_password);
    passwords.fold(line.len(), |length, rule| length - rule.span.range().len() + 65)
}

// ---------------------------------------------------------------------------------------------------
// The same meaning, seen from outside

/// Two users log in alike, allow the same commands by their own rules, and answer requests alike.
fn mean_the_same(a: &User, b: &User) {
    let told = |user: &User| (login(user), own_commands(user));
    assert_eq!(told(a), told(b), "{}: {a} and {b}", a.dialect());
    let keys: Vec<_> = telling_texts(a, b).into_iter().collect();
    for request in requests(a, &keys) {
        for database in [0, 1, 2] {
            let allowed = |user: &User| user.check_in(database, &request).is_allowed();
            assert_eq!(
                allowed(a),
                allowed(b),
                "{}: {:?} by {a} and {b}",
                a.dialect(),
                request.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>()
            );
            if a.selectors().all(|selector| selector.databases().is_none()) {
                break;
            }
        }
    }
}

fn login(user: &User) -> (bool, bool, bool, BTreeSet<String>) {
    let printed = user.describe(Form::Server).expect("servers print every user");
    (
        user.is_enabled(),
        user.accepts_any_password(),
        printed.split(' ').any(|word| word == "skip-sanitize-payload"),
        user.password_hashes().map(ToString::to_string).collect(),
    )
}

fn own_commands(user: &User) -> (Vec<&'static str>, bool, BTreeSet<(&'static str, String)>) {
    let root = user.selectors().next().expect("the user's own rules");
    let name = |id| user.catalog().get(id).expect("a command").name();
    let arguments = root.first_arguments().map(|(id, argument)| (name(id), argument.to_ascii_lowercase()));
    (root.commands().iter().map(name).collect(), root.allows_future_commands(), arguments.collect())
}

/// Texts that patterns of the users match: what only one user's patterns match, if there is such, the patterns
/// themselves, and two texts of each.
fn telling_texts(a: &User, b: &User) -> BTreeSet<Vec<u8>> {
    let mut texts = BTreeSet::from([Vec::new(), b"zz".to_vec()]);
    let patterns: Vec<_> =
        [a, b].map(|user| user.selectors().flat_map(patterns_of).collect::<BTreeSet<_>>()).into();
    for (of, others) in [(&patterns[0], &patterns[1]), (&patterns[1], &patterns[0])] {
        for pattern in of.iter().take(24) {
            if let Inclusion::Escapes(text) = inclusion_within(200_000, pattern, others) {
                texts.insert(text);
            }
            texts.insert(pattern.as_bytes().to_vec());
            texts.insert(pattern.replace('*', "").replace('?', "q").into_bytes());
            texts.insert(pattern.replace('*', "z1").replace('?', "1").into_bytes());
        }
    }
    texts
}

fn patterns_of(selector: &Selector) -> impl Iterator<Item = &str> {
    let keys = selector.key_patterns().into_iter().flatten().map(|(pattern, _)| pattern);
    keys.chain(selector.channel_patterns().into_iter().flatten())
}

/// Requests of each kind for some of the texts, and of other commands, some for each user.
fn requests(user: &User, texts: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    const KINDS: [&str; 16] = [
        "GET ?",
        "SET ? 1",
        "INCR ?",
        "EXISTS ?",
        "TYPE ?",
        "MGET ? ?",
        "COPY ? ?",
        "SORT ? BY w*",
        "PUBLISH ? m",
        "SUBSCRIBE ? ?",
        "PSUBSCRIBE ?",
        "SELECT ?",
        "CONFIG GET ?",
        "EVAL s 1 ?",
        "SMOVE ? ? m",
        "FLUSHALL",
    ];
    let seed = user.to_string().len();
    let text = |place: usize| texts[place % texts.len()].clone();
    let mut requests = Vec::new();
    for (place, kind) in KINDS.iter().enumerate() {
        for start in 0..texts.len().min(12) {
            let start = (start + seed + place) * if texts.len() > 12 { 5 } else { 1 };
            let mut next = start;
            requests.push(
                kind.split(' ')
                    .map(|word| match word {
                        "?" => {
                            next += 1;
                            text(next)
                        }
                        word => word.as_bytes().to_vec(),
                    })
                    .collect(),
            );
        }
    }
    let others = user.catalog().commands().enumerate().filter(|(place, _)| (place + seed) % 8 == 0);
    requests.extend(others.map(|(place, command)| request_of(command, |argument| text(place + argument))));
    requests
}

/// As few arguments as the command takes.
fn request_of(command: Command<'_>, argument: impl Fn(usize) -> Vec<u8>) -> Vec<Vec<u8>> {
    let mut request: Vec<_> = command.name().split('|').map(|word| word.as_bytes().to_vec()).collect();
    for place in request.len()..usize::from(command.arity().unsigned_abs()) {
        request.push(argument(place));
    }
    request
}
