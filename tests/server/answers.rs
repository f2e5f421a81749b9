//! What comes of calls of `ACL SETUSER`, by the library and by a server.

use std::io;

use redis_acl::{Dialect, User};

use crate::cases::Case;
use crate::lines::comparable;
use crate::resp::{Reply, Request, words};
use crate::servers::{Found, Line};

/// The error of a call, and the user's line of `ACL LIST` behind it, in comparable form; no line while
/// there is no user.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) error: Option<String>,
    pub(crate) line: Option<String>,
}

impl Answer {
    pub(crate) fn is_accepted(&self) -> bool {
        self.error.is_none()
    }
}

/// The library's answer to each call of the case.
pub(crate) fn of_library(dialect: Dialect, case: &Case) -> Vec<Answer> {
    let (mut user, mut exists) = (User::new(dialect), false);
    let answer = |arguments: &Vec<String>| {
        let error = user.apply_arguments(arguments).err().map(|error| match error.server_message() {
            Some(message) => format!("ERR {message}"),
            None => format!("refused, which the server would not do: {error}"),
        });
        exists |= error.is_none();
        Answer { error, line: exists.then(|| comparable(dialect, &user.to_string())) }
    };
    case.iter().map(answer).collect()
}

/// The server's answers to each case. An error is that it is gone.
pub(crate) fn of_server(found: &Found, server: &mut Line, cases: &[Case]) -> io::Result<Vec<Vec<Answer>>> {
    let commands: Vec<_> = cases.iter().flat_map(commands).collect();
    let replies = server.0.ask(&commands)?;
    let mut replies = replies.iter();
    let of_case = |case: &Case| {
        let deleted = replies.next();
        assert!(matches!(deleted, Some(Reply::Integer(_))), "{deleted:?}");
        let pairs = replies.by_ref().take(2 * case.len()).collect::<Vec<_>>();
        pairs.chunks(2).map(|pair| answer(found.dialect, pair[0], pair[1])).collect()
    };
    Ok(cases.iter().map(of_case).collect())
}

/// A new user `u`, changed call by call and shown behind each.
fn commands(case: &Case) -> Vec<Request> {
    let mut commands = vec![words(["ACL", "DELUSER", "u"])];
    for arguments in case {
        commands.push([words(["ACL", "SETUSER", "u"]), words(arguments)].concat());
        commands.push(words(["ACL", "LIST"]));
    }
    commands
}

fn answer(dialect: Dialect, set: &Reply, list: &Reply) -> Answer {
    let error = matches!(set, Reply::Error(_)).then(|| set.shown());
    let line = lines_of(list).find_map(|line| line.strip_prefix("user u ").map(str::to_owned));
    Answer { error, line: line.map(|line| comparable(dialect, &line)) }
}

/// The lines of an answer to `ACL LIST`.
pub(crate) fn lines_of(list: &Reply) -> impl Iterator<Item = String> {
    match list {
        Reply::Array(lines) => lines.iter().map(Reply::shown),
        other => panic!("not a list of users: {other:?}"),
    }
}

/// Whether the library answers the calls as the server does.
pub(crate) fn agree(case: &Case, ours: &[Answer], theirs: &[Answer]) -> bool {
    let alike = |(arguments, (ours, theirs)): (&Vec<String>, (&Answer, &Answer))| {
        let same_error = match (&ours.error, &theirs.error) {
            (Some(ours), Some(theirs)) => is_masked(arguments, ours, theirs),
            (ours, theirs) => ours == theirs,
        };
        same_error && ours.line == theirs.line
    };
    case.iter().zip(ours.iter().zip(theirs)).all(alike)
}

/// Whether two errors are the same but for secrets. Servers echo what follows `>`, `<`, `#` and `!`, if
/// need be in the next argument; the library never does, and writes a `*` for each byte.
fn is_masked(arguments: &[String], ours: &str, theirs: &str) -> bool {
    const SIGNS: [char; 4] = ['>', '<', '#', '!'];
    let open = match arguments.iter().any(|argument| argument.ends_with(SIGNS)) {
        true => 0,
        false => theirs.find(SIGNS).map_or(theirs.len(), |sign| sign + 1),
    };
    let alike = |(place, (ours, theirs)): (usize, (u8, u8))| ours == theirs || ours == b'*' && place >= open;
    ours.len() == theirs.len() && ours.bytes().zip(theirs.bytes()).enumerate().all(alike)
}
