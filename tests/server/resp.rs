//! Enough of the servers' protocol to ask them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A reply of RESP2.
#[derive(Debug)]
pub(crate) enum Reply {
    Text(String),
    Error(String),
    Integer(i64),
    Array(Vec<Reply>),
    Nil,
}

pub(crate) struct Connection(BufReader<UnixStream>);

impl Connection {
    pub(crate) fn open(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends the commands all at once, then reads the reply to each.
    pub(crate) fn ask(&mut self, commands: &[Vec<String>]) -> io::Result<Vec<Reply>> {
        let mut request = Vec::new();
        for command in commands {
            write!(request, "*{}\r\n", command.len())?;
            for argument in command {
                write!(request, "${}\r\n{argument}\r\n", argument.len())?;
            }
        }
        self.0.get_mut().write_all(&request)?;
        commands.iter().map(|_| self.reply()).collect()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let line = self.line()?;
        let (kind, rest) = line.split_at_checked(1).ok_or(io::ErrorKind::UnexpectedEof)?;
        let number = || rest.parse::<i64>().map_err(|_| invalid(&line));
        Ok(match kind {
            "+" => Reply::Text(rest.to_owned()),
            "-" => Reply::Error(rest.to_owned()),
            ":" => Reply::Integer(number()?),
            "$" | "*" if number()? < 0 => Reply::Nil,
            "$" => Reply::Text(self.bulk(number()? as usize)?),
            "*" => Reply::Array((0..number()?).map(|_| self.reply()).collect::<io::Result<_>>()?),
            _ => return Err(invalid(&line)),
        })
    }

    /// Up to the end of the line, without it.
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        Ok(line.trim_end_matches("\r\n").to_owned())
    }

    fn bulk(&mut self, length: usize) -> io::Result<String> {
        let mut bytes = vec![0; length + "\r\n".len()];
        self.0.read_exact(&mut bytes)?;
        bytes.truncate(length);
        String::from_utf8(bytes).map_err(|_| invalid("a reply that is not UTF-8"))
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

impl Reply {
    #[track_caller]
    pub(crate) fn array(&self) -> &[Reply] {
        match self {
            Self::Array(items) => items,
            other => panic!("not an array: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("not a text: {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn integer(&self) -> i64 {
        match self {
            Self::Integer(integer) => *integer,
            other => panic!("not an integer: {other:?}"),
        }
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.array().iter().map(Self::text)
    }
}
