//! JSON as `serde_json` reads it: a `RawValue` is a stretch of the file, and so has a place.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::ReadError;
use super::finding::Why;
use super::hcl;
use super::intrinsic;
use super::quoting::{Style, is_template};
use super::source::Source;
use super::tree::{Entry, Kind, Node, TEMPLATE, Text};

/// So deep may lists and objects be nested, as in serde_json.
const DEEPEST: usize = 128;

/// A file in which texts are texts.
pub(super) fn read<'a>(source: &Source<'a>) -> Result<Node<'a>, ReadError> {
    read_as(source, Style::Json)
}

/// A file of Terraform or OpenTofu, in which texts are templates.
pub(super) fn read_terraform<'a>(source: &Source<'a>) -> Result<Node<'a>, ReadError> {
    read_as(source, Style::JsonTemplate)
}

fn read_as<'a>(source: &Source<'a>, style: Style<'a>) -> Result<Node<'a>, ReadError> {
    let root: &RawValue = serde_json::from_str(source.text)
        .map_err(|error| source.error(source.offset(error.line(), error.column()), what_is_wrong(&error)))?;
    node(source, style, root, 0)
}

/// serde_json's message without its place.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
}

fn node<'a>(
    source: &Source<'a>,
    style: Style<'a>,
    raw: &'a RawValue,
    depth: usize,
) -> Result<Node<'a>, ReadError> {
    let text = raw.get();
    let start = text.as_ptr() as usize - source.text.as_ptr() as usize;
    let at = start..start + text.len();
    if depth > DEEPEST {
        return Err(
            source.error(start, format_args!("lists and objects are nested more than {DEEPEST} deep"))
        );
    }
    let refused = |error: serde_json::Error| source.error(start, what_is_wrong(&error));
    let below = |raw| node(source, style, raw, depth + 1);
    let kind = match text.as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(text).map_err(refused)?;
            let entry = |(key, raw)| Ok(Entry::new(Cow::Owned(key), below(raw)?));
            let entries = members.into_iter().map(entry).collect::<Result<_, _>>()?;
            match style {
                Style::Json => return Ok(intrinsic::of_map(at, entries)),
                _ => Kind::Map(entries),
            }
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(refused)?;
            Kind::List(items.into_iter().map(below).collect::<Result<_, _>>()?)
        }
        Some(b'"') => text_kind(source, style, text, at.clone()),
        Some(b't') => Kind::Flag(true),
        Some(b'f') => Kind::Flag(false),
        Some(b'n') => Kind::Null,
        _ => Kind::Number,
    };
    Ok(Node { at, kind })
}

fn text_kind<'a>(
    source: &Source<'a>,
    style: Style<'a>,
    written: &'a str,
    token: core::ops::Range<usize>,
) -> Kind<'a> {
    let inside = &written[1..written.len() - 1];
    let value = match inside.contains('\\') {
        false => Cow::Borrowed(inside),
        true => match serde_json::from_str(written) {
            Ok(value) => Cow::Owned(value),
            // half of a pair in UTF-16
            Err(_) => return Kind::opaque(Why::Unclear),
        },
    };
    let value = match style {
        Style::JsonTemplate if is_template(&value) => {
            return template(source, written, token).unwrap_or_else(|| Kind::opaque(Why::Interpolation));
        }
        Style::JsonTemplate => Cow::Owned(value.replace("$${", "${").replace("%%{", "%{")),
        _ => value,
    };
    let forbidden = if style == Style::Json { TEMPLATE } else { &[] };
    match forbidden.iter().any(|sign| value.contains(sign)) {
        true => Kind::opaque(Why::Template),
        false => Kind::Text(Text { value, style, token, forbidden }),
    }
}

/// A text with expressions in it.
fn template<'a>(source: &Source<'a>, written: &str, token: core::ops::Range<usize>) -> Option<Kind<'a>> {
    let decoded = Style::Json.decode(written)?;
    hcl::template_in_json(source, &decoded, token)
}

/// The members of an object in their order, those that come twice as well.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct AnObject;
        impl<'de> Visitor<'de> for AnObject {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(AnObject)
    }
}
