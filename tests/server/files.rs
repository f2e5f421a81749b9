//! ACL files and configurations, as the library reads them and as a server does.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use redis_acl::{AclFile, ApplyErrorKind, Dialect, FileError, FileErrorKind, ParseErrorKind};

use crate::answers::lines_of;
use crate::cases::Cases;
use crate::harmless::is_harmless;
use crate::lines::comparable;
use crate::random::Random;
use crate::resp::words;
use crate::servers::{Found, Server};

/// A user who may do all, so that `default` may be anything.
const ADMIN: &str = "user admin on nopass +@all ~*\n";

/// What came of a file: the users there are then, in comparable form, or what the server says.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Users(BTreeMap<String, String>),
    Refused(String),
}

/// The library's outcome; `None` where it refuses a file and does not say what the server does.
pub(crate) fn of_library(file: &AclFile, path: &Path) -> Option<Outcome> {
    let users = |users: BTreeMap<&str, &redis_acl::User>| {
        let line = |user: &redis_acl::User| comparable(file.dialect(), &user.to_string());
        users.iter().map(|(name, user)| ((*name).to_owned(), line(user))).collect()
    };
    match file.users() {
        Ok(all) => Some(Outcome::Users(users(all))),
        Err(_) => file.server_message(&path.display().to_string()).map(Outcome::Refused),
    }
}

/// Whether the library's outcome is the server's, but for masked passwords.
pub(crate) fn agree(bytes: &[u8], ours: &Outcome, theirs: &Outcome) -> bool {
    let (Outcome::Refused(ours), Outcome::Refused(theirs)) = (ours, theirs) else { return ours == theirs };
    let may_mask = bytes.iter().any(|byte| b"><#!".contains(byte));
    let alike = |(ours, theirs)| ours == theirs || may_mask && ours == b'*';
    ours.len() == theirs.len() && ours.bytes().zip(theirs.bytes()).all(alike)
}

// ---------------------------------------------------------------------------------------------------
// ACL files

/// A server that reads one ACL file again and again.
pub(crate) struct Loader {
    server: Server,
    pub(crate) path: PathBuf,
    dialect: Dialect,
}

impl Loader {
    pub(crate) fn start(found: &Found) -> Self {
        let path = temporary("users.acl");
        fs::write(&path, ADMIN).expect("a file can be written");
        let server = found.start_with(&[OsStr::new("--aclfile"), path.as_os_str()]);
        Self { server, path, dialect: found.dialect }
    }

    /// The outcome of `ACL LOAD`. A connection of its own asks for each, since loading may end them.
    pub(crate) fn load(&self, bytes: &[u8]) -> Outcome {
        fs::write(&self.path, bytes).expect("a file can be written");
        let login = words(["AUTH", "admin", "x"]);
        let replies = self.server.connect().ask(&[login.clone(), words(["ACL", "LOAD"])]);
        assert_eq!(replies[0].shown(), "OK", "{}", bytes.escape_ascii());
        if replies[1].shown() != "OK" {
            return Outcome::Refused(replies[1].shown());
        }
        Outcome::Users(users(self.dialect, &self.server))
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The users of a server, in comparable form.
fn users(dialect: Dialect, server: &Server) -> BTreeMap<String, String> {
    let replies = server.connect().ask(&[words(["AUTH", "admin", "x"]), words(["ACL", "LIST"])]);
    let user = |line: String| {
        let (name, rules) =
            line.strip_prefix("user ").and_then(|line| line.split_once(' ')).expect("a user's line");
        (name.to_owned(), comparable(dialect, rules))
    };
    lines_of(&replies[1]).map(user).collect()
}

fn temporary(name: &str) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    env::temp_dir().join(format!("redis-acl-{}-file-{number}-{name}", process::id()))
}

/// Whether a server survives the file, as far as can be told without the library's reading of it.
fn is_survived(dialect: Dialect, bytes: &[u8]) -> bool {
    // a NUL hides the rest of its line, if that is not longer than the server's buffer
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let seen = lines.flat_map(|line| line.split(|byte| *byte == 0).next()).collect::<Vec<_>>().concat();
    let text = String::from_utf8_lossy(&seen);
    let survives = |line: &str| {
        let trimmed = |token: &String| token.trim_matches(['\t', '\r']).to_owned();
        let tokens: Vec<_> = line.trim_matches([' ', '\t', '\r']).split(' ').map(str::to_owned).collect();
        let rules = tokens.get(2..).unwrap_or_default();
        let trimmed: Vec<_> = rules.iter().map(trimmed).collect();
        is_harmless(dialect, rules) && is_harmless(dialect, &trimmed) && closes_its_selectors(rules)
    };
    bytes.len() < 1000 && text.split('\n').all(survives)
}

/// A selector left open behind another rule kills every server that has selectors.
fn closes_its_selectors(rules: &[String]) -> bool {
    let opens = |place: &usize| rules[*place].starts_with('(') && !rules[*place].ends_with(')');
    let closed = |place: usize| rules[place..].iter().any(|rule| rule.ends_with(')'));
    (1..rules.len()).filter(opens).all(closed)
}

/// Whether the library says that the server dies of it; such a file is not sent.
pub(crate) fn kills(error: &FileError) -> bool {
    match error.kind() {
        FileErrorKind::OpenSelectorKills => true,
        FileErrorKind::Rule(error) => matches!(
            error.kind(),
            ApplyErrorKind::FirstArgumentKills | ApplyErrorKind::Syntax(ParseErrorKind::KeyPermissionMissing)
        ),
        _ => false,
    }
}

/// Random ACL files that kill no server of one dialect, without end.
pub(crate) struct Files {
    dialect: Dialect,
    cases: Cases,
    random: Random,
}

impl Iterator for Files {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let bytes = self.file();
            if is_survived(self.dialect, &bytes) && !AclFile::parse(&bytes, self.dialect).errors().any(kills)
            {
                return Some(bytes);
            }
        }
    }
}

impl Files {
    pub(crate) fn new(dialect: Dialect, seed: u64) -> Self {
        Self { dialect, cases: Cases::new(dialect, seed), random: Random::new(seed ^ 1) }
    }

    fn file(&mut self) -> Vec<u8> {
        let mut text = ADMIN.to_owned();
        for number in 0..self.random.pick(&[1, 1, 1, 2, 2, 3, 5]) {
            text += &match self.random.below(20) {
                0 => self.random.pick(&LINES).to_owned(),
                _ => self.user(number),
            };
            text += self.random.pick(&["\n", "\n", "\n", "\n", "\r\n", "\n\n", " \n", "\t\r\n"]);
        }
        let mut bytes = text.into_bytes();
        if self.random.percent(3) {
            let place = ADMIN.len() + self.random.below(bytes.len() - ADMIN.len());
            bytes.insert(place, 0);
        }
        bytes
    }

    fn user(&mut self, number: usize) -> String {
        let name = match self.random.below(12) {
            0 => self.random.pick(&NAMES),
            1 => "default",
            _ => ["alice", "bob", "carol", "dave", "erin"][number],
        };
        let calls = self.cases.next().expect("cases without end");
        let rules = calls.into_iter().flatten();
        let mut line = self.random.pick(&["", "", "", "", " ", "\t"]).to_owned() + "user " + name;
        for rule in rules {
            line += self.random.pick(&[" ", " ", " ", " ", " ", " ", " ", " ", "  ", " \t", "\t "]);
            line += &rule;
        }
        line
    }
}

const NAMES: [&str; 10] = ["", "é", "a\tb", "a(b", ">secret", "USER", "a\rb", "\u{a0}", "alice", "it's\\"];

const LINES: [&str; 14] = [
    "",
    " ",
    "\t",
    "#",
    "# comment",
    "User alice on",
    "user",
    "user ",
    "user\talice on",
    "users alice on",
    "\u{feff}user a on",
    "alice on",
    "\"user\" alice on",
    "\r",
];

/// Files made by hand, each for one rule of reading; none kills a server.
pub(crate) const ACL_FILES: [&[u8]; 36] = [
    b"",
    b"\n\n \t\r\n",
    b"user a on\r\nuser b off",
    b"\xef\xbb\xbfuser a on\n",
    b"user  on\nuser b  +get \n",
    b"user\n",
    b"user  \n",
    b"User a\n",
    b"user a\ton\n",
    b"user a\x0bb on\nuser a\rb\n",
    b"user a on\n\n# c\n#\n",
    b"user a on\0junk\nuser b on\n",
    b"user a on \0\n+get\n",
    b"\0\n\0\nuser a on\nbad\n",
    b"user a on >p\t +get\t\n",
    b"user a on bad1 bad2 +nope +nope2 ~* ~a &* &b\n",
    b"user a #x !x <x\n",
    b"user a on\nuser a off\nuser a +nope\n",
    b"user default on >p +get\nuser default off\n",
    b"user default +@all\n",
    b"user a (+get\n",
    b"user a (+get +set\nbad\nuser b on +nope\n",
    b"user a (+get (+set ~foo)\n",
    b"user a (+get)\t +set\n",
    b"user a (\t+get ~a\t)\t\n",
    b"user a (+get\t +set) ( ) ()\n",
    b"user a \t(+get +set)\n",
    b"user a +get\t\x0b\nuser b \x0b+get\n",
    b"user a +no\rsuch\n",
    b"user a (+nope ~a) (on) ((+get)) )\n",
    b"user a +get|x +nope -get|x +config|nope +config|get|x +get|\n",
    b"user a\t on\nuser b\t\n",
    b"user z on\nuser Z on\nuser \xc3\xa9 on\nuser >s on\n",
    b"user >s\t on\nuser > s\n",
    b"user a +@all +get|x\nuser b resetchannels &a &* &b\n",
    b"user a on ~\0AAAA\nuser b on\n",
];

// ---------------------------------------------------------------------------------------------------
// Configurations

/// The users of a server with the configuration, which is included, since its options come first.
pub(crate) fn of_server(found: &Found, configuration: &[u8]) -> Outcome {
    let path = temporary("server.conf");
    fs::write(&path, configuration).expect("a file can be written");
    let server = found.start_with(&[OsStr::new("--include"), path.as_os_str()]);
    let users = users(found.dialect, &server);
    let _ = fs::remove_file(&path);
    Outcome::Users(users)
}

/// Whether these last words hold what the library says, but for masked passwords.
pub(crate) fn says(theirs: &str, ours: &str) -> bool {
    let alike = |line: &str| {
        line.len() >= ours.len()
            && line.bytes().rev().zip(ours.bytes().rev()).all(|(theirs, ours)| theirs == ours || ours == b'*')
    };
    theirs.lines().any(alike)
}

/// What a server prints that does not start with the configuration.
pub(crate) fn last_words(found: &Found, configuration: &[u8]) -> String {
    let path = temporary("server.conf");
    fs::write(&path, configuration).expect("a file can be written");
    let log = temporary("log");
    let socket = temporary("socket");
    let printed = fs::File::create(&log).expect("a file can be made");
    let mut child = found
        .command()
        .args(["--port", "0", "--save", "", "--unixsocket"])
        .arg(&socket)
        .arg("--include")
        .arg(&path)
        .stdout(printed.try_clone().expect("a second handle"))
        .stderr(printed)
        .spawn()
        .expect("a server");
    let started = Instant::now();
    while child.try_wait().expect("a child").is_none() && started.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(5));
    }
    let ended = child.try_wait().expect("a child").is_some();
    let _ = child.kill();
    let _ = child.wait();
    let words = String::from_utf8_lossy(&fs::read(&log).expect("its log")).into_owned();
    for made in [&log, &path, &socket] {
        let _ = fs::remove_file(made); // the socket is not there where it did not start
    }
    assert!(ended, "{} starts with {}", found.name, configuration.escape_ascii());
    words
}

/// Configurations made by hand; each with a user who may do all.
pub(crate) const CONFIGURATIONS: [&[u8]; 58] = [
    b"# nothing\n",
    b"user\n",
    b"user a on\nUSER b on bad x y\n",
    b"user \"a b\" on\nuser b +nope\n",
    b"user b +nope\nuser \"a b\" on\n",
    b"user a on +nope (+get +set) +nope2\n",
    b"user a on\nuser a off >p\n",
    b"user default +@all ~*\n",
    b"user default on >x\nrequirepass foo\n",
    b"requirepass foo\n",
    b"requirepass foo\nrequirepass \"\"\n",
    b"aclfile \"\"\nuser a on\n",
    b"aclfile x\naclfile \"\"\nuser a on\n",
    b"user a on +nope\naclfile /nowhere\n",
    b"user a on >p bad\naclfile /nowhere\n",
    b"user a \"on\n",
    b"user a \"on\"x\n",
    b"user a \"on\"\"\"\n",
    b"user a on '~it\\'s' \"~\\x41\" ~\\x41 ~a\\\n",
    b"  user  a\ton  \t +get\r\n",
    b"user a on \"\" ~a\n",
    b"user \"\" on\n",
    b"user a on\0 +get\nuser b on\n",
    b"user a on \0\n+get\n",
    b"user a on \"~a b\"\n",
    b"user a \"(+get ~a\" \"~b)\"\n",
    b"user a \"(+get '~a b')\"\n",
    b"user a \"~a\\\"\n",
    b"user a ~* ~b >p\n",
    b"user a >p1 ~* ~b\n",
    b"user a \"on \"\n",
    b"user a +nope bad\n",
    b"user a bad1 bad2\n",
    b"user a \"(\" \"+get\" \")\"\n",
    b"user a \x0bon ~x\n",
    b"user a \"on\"\x0boff\n",
    b"user a on ~\xc3\xa9 \"\\x3epass\" '>pa ss'\n",
    b"user a \"+get\\tx\" on\n",
    b"user a #abc\n",
    b"user a resetchannels &a '&b'\n",
    b"acl-pubsub-default allchannels\nuser a on +get\n",
    b"ACL-pubsub-default 'ResetChannels'\nuser a on +get\n",
    b"user a on +get\nacl-pubsub-default allchannels\n",
    b"user a on +get\nacl-pubsub-default resetchannels\n",
    b"acl-pubsub-default allchannels\nuser a on &x\n",
    b"acl-pubsub-default resetchannels\nuser a on &x\n",
    b"user a on &x\nacl-pubsub-default resetchannels\n",
    b"user a on ~y &x +nope\nacl-pubsub-default allchannels\n",
    b"user a on &x\nuser b on flurb\nacl-pubsub-default allchannels\n",
    b"acl-pubsub-default allchannels\nuser a on\nacl-pubsub-default resetchannels\nuser b on &x\n",
    b"user default on &x\nacl-pubsub-default allchannels\n",
    b"acl-pubsub-default nochannels\n",
    b"acl-pubsub-default\n",
    b"acl-pubsub-default allchannels resetchannels\n",
    b"user \"a b\" bad\n",
    b"user \"a b\" on\nuser \"a b\" off\n",
    b"user \"a b\" +nope\nuser c on\n",
    b"user a > secret on bad x\n",
];

/// A configuration with the user who may do all.
pub(crate) fn with_admin(configuration: &[u8]) -> Vec<u8> {
    [ADMIN.as_bytes(), configuration].concat()
}
