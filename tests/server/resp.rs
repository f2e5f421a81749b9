//! Enough of the servers' protocol to ask them, in bytes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A command's name and its arguments.
pub(crate) type Request = Vec<Vec<u8>>;

/// A reply of RESP2.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Text(Vec<u8>),
    Error(Vec<u8>),
    Integer(i64),
    Array(Vec<Reply>),
    Nil,
}

impl Reply {
    /// A text or an error; of anything else its form.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Error(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        }
    }
}

pub(crate) struct Connection(BufReader<UnixStream>);

impl Connection {
    pub(crate) fn open(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends the commands all at once, then reads the reply to each.
    pub(crate) fn ask(&mut self, requests: &[Request]) -> io::Result<Vec<Reply>> {
        let mut bytes = Vec::new();
        for request in requests {
            write!(bytes, "*{}\r\n", request.len())?;
            for argument in request {
                write!(bytes, "${}\r\n", argument.len())?;
                bytes.extend_from_slice(argument);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        self.0.get_mut().write_all(&bytes)?;
        requests.iter().map(|_| self.reply()).collect()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line)?;
        let line = line.strip_suffix(b"\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let (kind, rest) = line.split_first().ok_or(io::ErrorKind::InvalidData)?;
        let number = || {
            let text = std::str::from_utf8(rest).ok().and_then(|text| text.parse::<i64>().ok());
            text.ok_or(io::ErrorKind::InvalidData)
        };
        Ok(match kind {
            b'+' => Reply::Text(rest.to_owned()),
            b'-' => Reply::Error(rest.to_owned()),
            b':' => Reply::Integer(number()?),
            b'$' | b'*' if number()? < 0 => Reply::Nil,
            b'$' => {
                let mut text = vec![0; number()? as usize + 2];
                self.0.read_exact(&mut text)?;
                text.truncate(text.len() - 2);
                Reply::Text(text)
            }
            b'*' => Reply::Array((0..number()?).map(|_| self.reply()).collect::<io::Result<_>>()?),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        })
    }
}

/// Texts as a request.
pub(crate) fn words<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Request {
    words.into_iter().map(|word| word.as_ref().to_owned()).collect()
}
