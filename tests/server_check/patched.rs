//! Servers that are not what their version says.
//!
//! Debian brings what later releases mended to the version that it ships. Its Redis 8.0.2 of September 2026
//! (5:8.0.2-3+deb13u3) finds keys as Redis 8.2.9 does, which let nobody past permissions any more by options before
//! `STREAMS`, by a second `STORE` or by one to a key `BY`. The dialect `redis-8.0` is the 8.0.6 that was measured, so of
//! those commands such a server is asked what the dialect `redis-8.2.9` says.

use redis_acl::{Catalog, Engine, User};

use crate::resp::{Reply, Request, words};
use crate::servers::{Found, Server};

/// The commands whose keys 8.2.9 finds otherwise.
const MENDED: [&str; 5] = ["xread", "xreadgroup", "georadius", "georadiusbymember", "sort"];

/// Whether it is such a server: it says that the key spec of `XREAD` does not tell all.
pub(crate) fn is_patched(found: &Found, server: &Server) -> bool {
    let reply = server.connect().ask(&[words(["COMMAND", "INFO", "XREAD"])]);
    found.dialect.engine() == Engine::Redis8_0 && says(&reply[0], "incomplete")
}

pub(crate) fn is_mended(request: &Request) -> bool {
    MENDED.iter().any(|name| request[0].eq_ignore_ascii_case(name.as_bytes()))
}

/// The dialects that together answer as the server does.
pub(crate) struct Catalogs {
    by_version: Catalog,
    mended: Catalog,
}

impl Catalogs {
    pub(crate) fn of(found: &Found, server: &Server) -> Self {
        let by_version = Catalog::from(found.dialect);
        let mended = if is_patched(found, server) { Engine::Redis8_2_9.into() } else { found.dialect };
        Self { by_version, mended: mended.into() }
    }

    /// The catalogue that knows where the keys of the request are.
    pub(crate) fn of_request(&self, request: &Request) -> &Catalog {
        if is_mended(request) { &self.mended } else { &self.by_version }
    }

    /// The same user in both.
    pub(crate) fn users(&self, user: User, rules: &[String]) -> Users {
        let mut mended = User::new(self.mended.dialect());
        mended.apply_arguments(rules).expect("a later engine takes the rules of an earlier one");
        Users { by_version: user, mended }
    }
}

/// One user, as the dialects that answer for the server have it.
pub(crate) struct Users {
    by_version: User,
    mended: User,
}

impl Users {
    pub(crate) fn of_request(&self, request: &Request) -> &User {
        if is_mended(request) { &self.mended } else { &self.by_version }
    }
}

fn says(reply: &Reply, flag: &str) -> bool {
    match reply {
        Reply::Array(items) => items.iter().any(|item| says(item, flag)),
        item => item.shown() == flag,
    }
}
