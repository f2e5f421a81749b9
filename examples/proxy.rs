//! What a proxy in front of a server asks before it passes a request on: reads requests of RESP from the standard
//! input, and answers each as the server would refuse it, or `+OK` where it would be passed on.
//!
//! ```console
//! $ printf '*2\r\n$3\r\nGET\r\n$5\r\napp:1\r\n*1\r\n$8\r\nFLUSHALL\r\n' | cargo run --quiet --example proxy
//! +OK
//! -NOPERM User alice has no permissions to run the 'flushall' command
//! ```

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, RwLock};

use redis_acl::{AccessString, Engine, User};

/// The users of a proxy: requests read them, and a change of rules puts another user in the place of one.
struct Gate {
    user: RwLock<Arc<User>>,
}

impl Gate {
    /// The decision: nothing is allocated unless the request is refused.
    fn refusal(&self, name: &str, request: &[Vec<u8>]) -> Option<String> {
        let user = Arc::clone(&self.user.read().expect("no reader panics"));
        user.check(request).server_message(name)
    }

    /// Rules that are refused leave the user as it was.
    fn change(&self, rules: &str) -> Result<(), String> {
        let rules = AccessString::parse(rules).map_err(|errors| errors.to_string())?;
        let mut changed = User::clone(&self.user.read().expect("no reader panics"));
        changed.apply(&rules).map_err(|error| error.to_string())?;
        *self.user.write().expect("no writer panics") = Arc::new(changed);
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let user = User::parse(Engine::Valkey8_1, "on ~app:* +@read").map_err(io::Error::other)?;
    let gate = Gate { user: RwLock::new(Arc::new(user)) };
    gate.change("+@connection -@dangerous").map_err(io::Error::other)?;

    let (mut from, mut to) = (io::stdin().lock(), io::stdout().lock());
    while let Some(request) = read_request(&mut from)? {
        match gate.refusal("alice", &request) {
            // here the request would go on to the server
            None => to.write_all(b"+OK\r\n")?,
            Some(refusal) => write!(to, "-{refusal}\r\n")?,
        }
    }
    Ok(())
}

/// An array of bulk strings, as clients send it; `None` at the end.
fn read_request(from: &mut impl BufRead) -> io::Result<Option<Vec<Vec<u8>>>> {
    let Some(count) = read_number(from, '*')? else {
        return Ok(None);
    };
    let mut request = Vec::new();
    for _ in 0..count {
        let length = read_number(from, '$')?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut argument = Vec::new();
        from.take(length + 2).read_to_end(&mut argument)?;
        if argument.split_off(argument.len().saturating_sub(2)) != b"\r\n" {
            return Err(io::ErrorKind::InvalidData.into());
        }
        request.push(argument);
    }
    Ok(Some(request))
}

fn read_number(from: &mut impl BufRead, sign: char) -> io::Result<Option<u64>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let number = line.trim_end().strip_prefix(sign).and_then(|number| number.parse().ok());
    number.map(Some).ok_or(io::ErrorKind::InvalidData.into())
}
