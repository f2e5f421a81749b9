//! Terraform's functions, and `Fn::Join` of CloudFormation, as far as access strings are built with them.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::resolved::{At, Resolved, is_blank};
use super::value::{Item, Map, Pair, Text, Value};

/// The result of a function.
pub(super) enum Made<'a> {
    /// A text that it makes.
    Text(Resolved<'a>),
    /// One of its arguments, a part of one, or a collection of them.
    Value(Value<'a>),
}

/// The value of a call; `None` where it is not known.
pub(super) fn call<'a>(name: &str, arguments: &[Item<'a>], at: &At<'a>) -> Option<Made<'a>> {
    let text = |text: Option<Resolved<'a>>| text.map(Made::Text);
    let value = |value: Option<Value<'a>>| value.map(Made::Value);
    let list = |items: Option<Vec<Item<'a>>>| items.map(|items| Made::Value(Value::List(items)));
    match name.trim_start_matches("Fn::").trim_start_matches('!') {
        "join" | "Join" => text(join(arguments, at)),
        "format" => text(format(arguments, at)),
        "formatlist" => list(format_list(arguments, at)),
        "concat" => list(concat(arguments)),
        "flatten" => list(flatten(one(arguments)?)),
        "compact" => list(compact(one(arguments)?)),
        "distinct" => list(distinct(one(arguments)?)),
        "toset" | "sort" => list(sorted(one(arguments)?)),
        "split" => list(split(arguments, at)),
        "keys" => list(keys(one(arguments)?)),
        "values" => list(values(one(arguments)?)),
        "merge" => value(merge(arguments)),
        "lookup" => value(lookup(arguments)),
        "element" => value(element(argument(arguments, 0)?, argument(arguments, 1)?.known()?).cloned()),
        "coalesce" => value(coalesce(arguments)),
        "try" => value(argument(arguments, 0).filter(|first| first.first_unknown().is_none()).cloned()),
        "tostring" | "tolist" | "tomap" | "sensitive" | "nonsensitive" => value(one(arguments).cloned()),
        "trimspace" => text(trim(one(arguments)?, at)),
        "chomp" => text(chomp(one(arguments)?, at)),
        "trimprefix" => text(trim_prefix(arguments, at)),
        "trimsuffix" => text(trim_suffix(arguments, at)),
        "lower" => text(recased(one(arguments)?, at, str::to_lowercase)),
        "upper" => text(recased(one(arguments)?, at, str::to_uppercase)),
        "replace" => text(replace(arguments, at)),
        _ => None,
    }
}

/// The argument at a place, if it is known how many there are before it.
fn argument<'v, 'a>(arguments: &'v [Item<'a>], number: usize) -> Option<&'v Value<'a>> {
    let before = arguments.get(..=number)?;
    let is_one = |item: &Item<'a>| matches!(item, Item::One(_));
    match before.last() {
        Some(Item::One(value)) if before.iter().all(is_one) => Some(value),
        _ => None,
    }
}

/// The only argument.
fn one<'v, 'a>(arguments: &'v [Item<'a>]) -> Option<&'v Value<'a>> {
    argument(arguments, 0).filter(|_| arguments.len() == 1)
}

fn text_of<'a>(value: &Value<'a>, at: &At<'a>) -> Option<Resolved<'a>> {
    value.to_text(at)
}

fn list<'v, 'a>(value: &'v Value<'a>) -> Option<&'v [Item<'a>]> {
    match value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

// ---------------------------------------------------------------------------------------------------
// Collections

/// Lists one after another; a list that is not known is any number of items.
fn concat<'a>(lists: &[Item<'a>]) -> Option<Vec<Item<'a>>> {
    let mut all = Vec::new();
    for item in lists {
        match item {
            Item::One(Value::List(items)) => all.extend_from_slice(items),
            Item::One(Value::Unknown(unknown)) | Item::Some(unknown) => all.push(Item::Some(unknown.clone())),
            Item::One(_) => return None,
        }
    }
    Some(all)
}

fn flatten<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    let mut all = Vec::new();
    for item in list(value)? {
        match item {
            Item::One(inner @ Value::List(_)) => all.extend(flatten(inner)?),
            // it may be a list
            Item::One(Value::Unknown(unknown)) => all.push(Item::Some(unknown.clone())),
            other => all.push(other.clone()),
        }
    }
    Some(all)
}

/// The list without empty texts and nulls. A text that may be empty counts as any number of items.
fn compact<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    let item = |item: &Item<'a>| match item {
        Item::One(Value::Null) => None,
        Item::One(value) if value.known() == Some("") => None,
        Item::One(Value::Unknown(unknown)) => Some(Item::Some(unknown.clone())),
        other => Some(other.clone()),
    };
    Some(list(value)?.iter().filter_map(item).collect())
}

fn distinct<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    let mut kept: Vec<Item<'a>> = Vec::new();
    for item in list(value)? {
        let Item::One(value) = item else { return None };
        let known = value.known()?;
        let is_there = |item: &Item<'a>| matches!(item, Item::One(other) if other.known() == Some(known));
        if !kept.iter().any(is_there) {
            kept.push(item.clone());
        }
    }
    Some(kept)
}

/// The texts of a set, which are in the order of their bytes.
fn sorted<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    let mut texts = distinct(value)?;
    let key = |item: &Item<'a>| match item {
        Item::One(value) => value.known().map(str::to_owned),
        Item::Some(_) => None,
    };
    texts.sort_by_key(key);
    Some(texts)
}

fn keys<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    sorted(&Value::List(
        value
            .pairs()?
            .into_iter()
            .map(|pair| match pair {
                Pair::Known { key, .. } => Item::One(key),
                Pair::Unknown(unknown) => Item::Some(unknown),
            })
            .collect(),
    ))
}

/// In the order of the keys.
fn values<'a>(value: &Value<'a>) -> Option<Vec<Item<'a>>> {
    let Value::Map(map) = value else { return None };
    let mut entries: Vec<_> = map.entries().iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let entries = entries.into_iter().map(|(_, value)| Item::One(value.clone()));
    Some(entries.chain(map.rest().cloned().map(Item::Some)).collect())
}

/// Later maps replace the entries of those before them.
fn merge<'a>(maps: &[Item<'a>]) -> Option<Value<'a>> {
    let mut merged = Map::default();
    for item in maps {
        match item {
            Item::One(Value::Map(map)) => {
                map.rest().into_iter().for_each(|unknown| merged.insert_unknown(unknown.clone()));
                map.entries().iter().for_each(|(key, value)| merged.insert(key.clone(), value.clone()));
            }
            Item::One(Value::Null) => {}
            Item::One(Value::Unknown(unknown)) | Item::Some(unknown) => {
                merged.insert_unknown(unknown.clone())
            }
            Item::One(_) => return None,
        }
    }
    Some(Value::Map(merged))
}

fn lookup<'a>(arguments: &[Item<'a>]) -> Option<Value<'a>> {
    let (Value::Map(map), key) = (argument(arguments, 0)?, argument(arguments, 1)?.known()?) else {
        return None;
    };
    match map.get(key).ok()? {
        Some(value) => Some(value.clone()),
        None => argument(arguments, 2).cloned(),
    }
}

/// An item by its number, if the items before it are known to be that many.
pub(super) fn element<'v, 'a>(value: &'v Value<'a>, number: &str) -> Option<&'v Value<'a>> {
    argument(list(value)?, number.parse().ok()?)
}

/// The first that is neither null nor empty.
fn coalesce<'a>(arguments: &[Item<'a>]) -> Option<Value<'a>> {
    for item in arguments {
        match item {
            Item::One(Value::Null) => {}
            Item::One(value) if value.known() == Some("") => {}
            Item::One(value) => return value.known().map(|_| value.clone()),
            Item::Some(_) => return None,
        }
    }
    None
}

// ---------------------------------------------------------------------------------------------------
// Texts

/// Texts with a separator between them. A separator of blanks is also put around any number of unknown items: extra
/// blanks change no rule. Another separator is left out there, since there may be no item.
fn join<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Resolved<'a>> {
    let separator = text_of(argument(arguments, 0)?, at)?;
    let is_blanks = separator.known().is_some_and(|known| !known.is_empty() && known.chars().all(is_blank));
    let mut joined = Resolved::new();
    let mut is_first = true;
    for item in concat(&arguments[1..]).filter(|_| arguments.len() > 1)?.iter() {
        if !is_first && (is_blanks || matches!(item, Item::One(_))) {
            joined.push(&separator);
        }
        match item {
            Item::One(value) => joined.push(&text_of(value, at)?),
            Item::Some(unknown) => joined.push(&Resolved::of_unknown(unknown.clone())),
        }
        is_first = false;
    }
    // if no rule is certain, the whole call is unknown
    (joined.known().is_some() || !joined.certain_rules().is_empty()).then_some(joined)
}

/// `%s` and `%v` are texts, `%d` are numbers, `%%` is a percent sign; what other verbs print is not known.
fn format<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Resolved<'a>> {
    let pattern = text_of(argument(arguments, 0)?, at)?;
    let text = pattern.known()?;
    let mut made = Resolved::new();
    let (mut from, mut next) = (0, 1);
    while let Some(sign) = text[from..].find('%').map(|found| from + found) {
        made.push(&pattern.slice(from..sign));
        match text.as_bytes().get(sign + 1)? {
            b'%' => made.push(&pattern.slice(sign..sign + 1)),
            b's' | b'v' | b'd' => {
                made.push(&text_of(argument(arguments, next)?, at)?);
                next += 1;
            }
            _ => return None,
        }
        from = sign + 2;
    }
    made.push(&pattern.slice(from..text.len()));
    Some(made)
}

/// `format` for each item of the lists among the arguments, which are of the same length.
fn format_list<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Vec<Item<'a>>> {
    let lists = arguments.iter().filter_map(|item| match item {
        Item::One(Value::List(items)) => Some(items.len()),
        _ => None,
    });
    let count = lists.max()?;
    let each = |number: usize| {
        let argument = |item: &Item<'a>| match item {
            Item::One(list @ Value::List(_)) => element(list, &number.to_string()).cloned().map(Item::One),
            other => Some(other.clone()),
        };
        let arguments: Vec<_> = arguments.iter().map(argument).collect::<Option<_>>()?;
        made(format(&arguments, at)?, at)
    };
    (0..count).map(|number| each(number).map(Item::One)).collect()
}

/// A text that a function makes as an item of a list.
fn made<'a>(text: Resolved<'a>, at: &At<'a>) -> Option<Value<'a>> {
    let site = super::value::Site { file: at.source.file, at: at.range.clone(), literal: None };
    Some(Value::Text(Text { text, site }))
}

fn split<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Vec<Item<'a>>> {
    let separator = argument(arguments, 0)?.known()?;
    let whole = text_of(argument(arguments, 1)?, at)?;
    let text = whole.known().filter(|_| !separator.is_empty())?;
    let mut from = 0;
    let pieces = text.split(separator).map(|piece| {
        let range = from..from + piece.len();
        from = range.end + separator.len();
        made(whole.slice(range), at).map(Item::One)
    });
    pieces.collect()
}

/// The text without blanks at either end. An unknown part may have some there, but no rule depends on them.
fn trim<'a>(value: &Value<'a>, at: &At<'a>) -> Option<Resolved<'a>> {
    let text = text_of(value, at)?;
    let shown = text.shown();
    let start = shown.len() - shown.trim_start().len();
    Some(text.slice(start..start + shown.trim().len()))
}

fn chomp<'a>(value: &Value<'a>, at: &At<'a>) -> Option<Resolved<'a>> {
    let text = text_of(value, at)?;
    Some(text.slice(0..text.shown().trim_end_matches(['\r', '\n']).len()))
}

fn trim_prefix<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Resolved<'a>> {
    let (text, prefix) = (text_of(argument(arguments, 0)?, at)?, argument(arguments, 1)?.known()?);
    let length = text.known()?.strip_prefix(prefix).map_or(0, |_| prefix.len());
    Some(text.slice(length..text.len()))
}

fn trim_suffix<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Resolved<'a>> {
    let (text, suffix) = (text_of(argument(arguments, 0)?, at)?, argument(arguments, 1)?.known()?);
    let length = text.known()?.strip_suffix(suffix).map_or(text.len(), str::len);
    Some(text.slice(0..length))
}

fn recased<'a>(value: &Value<'a>, at: &At<'a>, recase: impl Fn(&str) -> String) -> Option<Resolved<'a>> {
    let text = text_of(value, at)?;
    let new = recase(text.known()?);
    text.with_text(new)
}

/// A text between slashes is a regular expression, which is not followed.
fn replace<'a>(arguments: &[Item<'a>], at: &At<'a>) -> Option<Resolved<'a>> {
    let text = text_of(argument(arguments, 0)?, at)?;
    let old = argument(arguments, 1)?.known()?;
    let new = text_of(argument(arguments, 2)?, at)?;
    let is_pattern = old.len() > 1 && old.starts_with('/') && old.ends_with('/');
    let known = text.known().filter(|_| !is_pattern && !old.is_empty())?;
    let mut made = Resolved::new();
    let mut from = 0;
    for (start, _) in known.match_indices(old) {
        made.push(&text.slice(from..start));
        made.push(&new);
        from = start + old.len();
    }
    made.push(&text.slice(from..known.len()));
    Some(made)
}
