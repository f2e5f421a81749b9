//! Strings from the command line or, one a line, from the standard input.

use std::io::{self, BufRead};

/// A string to work on; the number of its line where it came from the standard input.
pub(crate) struct Item {
    pub(crate) line: Option<usize>,
    /// The bytes themselves where they are no text.
    pub(crate) text: Result<String, Vec<u8>>,
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
