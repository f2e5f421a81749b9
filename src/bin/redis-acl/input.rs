//! Strings from the command line, from a file or, one a line, from the standard input.

use std::fs;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::str::FromStr;

use redis_acl::{Dialect, DialectError, Dialects};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::Outcome;

/// What is read where no dialect is named.
pub(crate) const DEFAULT_DIALECT: &str = "elasticache";

pub(crate) fn named(dialect: &str) -> Dialect {
    dialect.parse().expect("the defaults are dialects")
}

/// Which engines may read a string or a file, as `--dialect` and the settings say it.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    /// Of a string that is asked about directly: `elasticache` is short for one dialect.
    pub(crate) of_string: Dialects,
    /// Of files: `elasticache` is the whole service, as a gate must hold on all of it.
    pub(crate) of_files: Dialects,
}

impl FromStr for Stated {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let of_files: Dialects = text.parse()?;
        let of_string = text.parse::<Dialect>().map_or_else(|_| of_files.clone(), Dialects::from);
        Ok(Self { of_string, of_files })
    }
}

impl<'de> Deserialize<'de> for Stated {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Which engine or service reads the string.
#[derive(clap::Args)]
pub(crate) struct In {
    /// Engine, or service and engine: redis-7.2, valkey-8.1, redis-8.4+json, elasticache/redis-7.1,
    /// memorydb …; `redis-acl dialects` lists them
    #[arg(long, short, default_value = DEFAULT_DIALECT, value_name = "DIALECT")]
    pub(crate) dialect: Dialect,
}

/// How hard a comparison may be.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Bounds {
    /// How much work may go into a comparison before it is undecided, which counts as different
    #[arg(long, value_name = "STEPS", default_value_t = redis_acl::glob::WORK, hide_short_help = true)]
    pub(crate) work: usize,
}

/// A string to work on; the number of its line where it came from the standard input.
pub(crate) struct Item {
    pub(crate) line: Option<usize>,
    /// The bytes themselves where they are no text.
    pub(crate) text: Result<String, Vec<u8>>,
}

/// One string: what is given, or of `@FILE` what the file holds, of `-` what the standard input does.
pub(crate) fn one(string: String) -> io::Result<Item> {
    let from = match string.strip_prefix('@') {
        None if string == "-" => Path::new("-"),
        None => return Ok(Item { line: None, text: Ok(string) }),
        Some(path) => Path::new(path),
    };
    let mut bytes = read(from)?;
    // a file ends with a line end, which is no part of the string
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    Ok(Item { line: None, text: String::from_utf8(bytes).map_err(|error| error.into_bytes()) })
}

/// All of a file; of the standard input where it is `-`. What cannot be read is named.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Calls `each` for the string, or for every line of the standard input where it is `-`.
pub(crate) fn for_each<E>(string: String, mut each: E) -> io::Result<()>
where
    E: FnMut(Item) -> io::Result<()>,
{
    if string != "-" {
        return each(Item { line: None, text: Ok(string) });
    }
    for (number, bytes) in (1..).zip(io::stdin().lock().split(b'\n')) {
        let mut bytes = bytes?;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        each(Item {
            line: Some(number),
            text: String::from_utf8(bytes).map_err(|error| error.into_bytes()),
        })?;
    }
    Ok(())
}

/// The same where each gives an outcome: the worst counts.
pub(crate) fn worst_of_each<E>(string: &str, mut each: E) -> io::Result<Outcome>
where
    E: FnMut(Item) -> io::Result<Outcome>,
{
    let mut worst = Outcome::Fine;
    for_each(string.to_owned(), |item| {
        worst = worst.max(each(item)?);
        Ok(())
    })?;
    Ok(worst)
}
