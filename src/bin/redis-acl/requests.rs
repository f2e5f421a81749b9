//! Requests from the command line or, one a line, from a file.

use std::io;
use std::path::Path;

use redis_acl::quoting::{Splitter, quoted, split};

use crate::input;

/// A command's name and its arguments.
pub(crate) struct Request {
    /// The number of its line, where it came from a file.
    pub(crate) line: Option<usize>,
    pub(crate) words: Vec<Vec<u8>>,
}

/// A line with a quote that does not close, or that something follows.
pub(crate) struct Unbalanced {
    pub(crate) line: usize,
}

impl Request {
    /// As it can be typed again.
    pub(crate) fn shown(&self) -> String {
        self.words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

/// The requests of a file, one a line; of the standard input where it is `-`.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Result<Request, Unbalanced>>> {
    let bytes = input::read(path)?;
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let requests = lines.filter(|(_, text)| !text.starts_with(b"#")).filter_map(request);
    Ok(requests.collect())
}

fn request((line, text): (usize, &[u8])) -> Option<Result<Request, Unbalanced>> {
    match split(text, Splitter::Redis) {
        Ok(words) if words.is_empty() => None,
        Ok(words) => {
            let words = words.into_iter().map(|word| word.bytes.into_owned()).collect();
            Some(Ok(Request { line: Some(line), words }))
        }
        Err(_) => Some(Err(Unbalanced { line })),
    }
}
