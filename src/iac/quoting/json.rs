//! Texts of JSON (RFC 8259, section 7).

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use super::{Decoded, Reader};

pub(super) fn decode(token: &str) -> Option<Decoded> {
    decode_escapes(Reader::quoted(token, '"')?)
}

/// What stands between the quotes, or a part of it.
pub(super) fn decode_part(token: &str) -> Option<Decoded> {
    decode_escapes(Reader { text: token, at: 0 })
}

fn decode_escapes(mut reader: Reader<'_>) -> Option<Decoded> {
    let mut decoded = Decoded::default();
    while !reader.rest().is_empty() {
        let start = reader.at;
        let plain = reader.until(&['\\', '"']);
        decoded.verbatim(plain, start);
        let start = reader.at;
        match reader.next() {
            None => break,
            Some('\\') => {
                let c = escape_sequence(&mut reader)?;
                decoded.escaped(c.encode_utf8(&mut [0; 4]), start..reader.at);
            }
            Some(_) => return None,
        }
    }
    Some(decoded)
}

fn escape_sequence(reader: &mut Reader<'_>) -> Option<char> {
    Some(match reader.next()? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => reader.utf16()?,
        _ => return None,
    })
}

/// As serde_json writes it, without the quotes.
pub(super) fn escape(part: &str) -> String {
    let quoted = serde_json::Value::from(part).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
