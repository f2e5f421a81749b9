//! Servers that are not what their version says.
//!
//! Debian brings what later releases mended to the version that it ships. Its Redis 8.0.2 of September 2026
//! (5:8.0.2-3+deb13u3) finds keys as Redis 8.2.9 does, which let nobody past permissions any more by options before
//! `STREAMS`, by a second `STORE` or by one to a key `BY`. The dialect `redis-8.0` is the 8.0.6 that was measured, so those commands are not
//! compared with such a server.

use crate::resp::{Reply, words};
use crate::servers::Server;

/// The commands whose keys 8.2.9 finds otherwise.
const MENDED: &[&str] = &["xread", "xreadgroup", "georadius", "georadiusbymember", "sort"];

/// The commands that are not compared: none, unless the server says that the key spec of `XREAD` does not tell all.
pub(crate) fn unlike_its_version(server: &Server) -> &'static [&'static str] {
    let reply = server.connect().ask(&[words(["COMMAND", "INFO", "XREAD"])]);
    if says(&reply[0], "incomplete") { MENDED } else { &[] }
}

fn says(reply: &Reply, flag: &str) -> bool {
    match reply {
        Reply::Array(items) => items.iter().any(|item| says(item, flag)),
        item => item.shown() == flag,
    }
}
