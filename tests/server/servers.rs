//! Finding servers, starting them, and stopping them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, io, process, thread};

use redis_acl::{DefaultChannels, Dialect};

use crate::resp::{Connection, Reply, Request};

/// A server that `tests/servers/get` brought, of a modelled dialect.
pub(crate) struct Found {
    /// With its full version: `redis-7.0.15`.
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    start: PathBuf,
    /// Given to it whenever it starts.
    options: Vec<&'static str>,
}

/// The servers that are here; those that `REDIS_ACL_EXPECT_SERVERS` lists must be among them.
pub(crate) fn found() -> Vec<Found> {
    let folder = env::var_os("REDIS_ACL_SERVERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers"), PathBuf::from);
    let list = fs::read_to_string(folder.join("servers.tsv")).unwrap_or_default();
    let found: Vec<_> = list.lines().filter_map(modelled).collect();
    if found.is_empty() {
        println!("no servers in {}: nothing is compared (tests/servers/get brings some)", folder.display());
    }
    for expected in env::var("REDIS_ACL_EXPECT_SERVERS").unwrap_or_default().split_whitespace() {
        let is_there = found.iter().any(|server| server.name.starts_with(expected));
        assert!(is_there, "no modelled server {expected} in {}:\n{list}", folder.display());
    }
    found
}

/// Reads a line of `servers.tsv`.
fn modelled(line: &str) -> Option<Found> {
    let (name, start) = line.split_once('\t').expect("a name and a start script");
    match name.parse() {
        Ok(dialect) => {
            Some(Found { name: name.to_owned(), dialect, start: start.into(), options: Vec::new() })
        }
        Err(error) => {
            println!("{name} is left out: {error}");
            None
        }
    }
}

impl Found {
    /// Starts it with nothing but a socket in a folder of its own.
    pub(crate) fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// The same with options of one's own.
    pub(crate) fn start_with(&self, options: &[&OsStr]) -> Server {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("redis-acl-{}-{number}", process::id()));
        let socket = folder.join("socket");
        assert!(socket.as_os_str().len() < 100, "{}: too long a path for a socket", socket.display());
        fs::create_dir_all(&folder).expect("a folder for the server");
        let child = self
            .command()
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(&socket)
            .arg("--dir")
            .arg(&folder)
            .args(options)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.start.display()));
        let server = Server { child, folder };
        connect(&socket).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        server
    }

    /// The same server with this `acl-pubsub-default`; `None` where it has no such setting.
    #[allow(dead_code, reason = "not every file of tests sets it")]
    pub(crate) fn with_default_channels(&self, channels: DefaultChannels) -> Option<Self> {
        Some(Self {
            name: format!("{} with {channels}", self.name),
            dialect: self.dialect.with_default_channels(channels).ok()?,
            start: self.start.clone(),
            options: vec!["--acl-pubsub-default", channels.name()],
        })
    }

    /// The program that starts it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.start);
        command.args(&self.options);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Waits until the server listens.
fn connect(socket: &Path) -> io::Result<Connection> {
    const PATIENCE: u32 = 1000;
    for _ in 0..PATIENCE {
        if let Ok(connection) = Connection::open(socket) {
            return Ok(connection);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Connection::open(socket)
}

/// A running server. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
}

impl Server {
    pub(crate) fn connect(&self) -> Line {
        Line(Connection::open(&self.folder.join("socket")).expect("a server that listens"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have died already, and be no less gone
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A connection to a server that stays alive.
pub(crate) struct Line(pub(crate) Connection);

impl Line {
    #[track_caller]
    pub(crate) fn ask(&mut self, requests: &[Request]) -> Vec<Reply> {
        self.0.ask(requests).unwrap_or_else(|error| panic!("{error}, after {requests:?}"))
    }
}
