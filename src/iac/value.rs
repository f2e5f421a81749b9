//! The values of expressions, as far as they are known.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use super::literal::Literal;
use super::resolved::{Resolved, Unknown};

/// A value. It can be known in part: a list may have known and unknown items, a text known and unknown pieces.
#[derive(Clone)]
pub(super) enum Value<'a> {
    Text(Text<'a>),
    Flag(bool),
    /// A number as it is written, or the key of a map: a text that has no place of its own.
    Plain(String),
    Null,
    List(Vec<Item<'a>>),
    Map(Map<'a>),
    Unknown(Unknown<'a>),
}

/// A text, and the expression that makes it.
#[derive(Clone)]
pub(super) struct Text<'a> {
    pub(super) text: Resolved<'a>,
    pub(super) site: Site<'a>,
}

/// The expression that a text is written as: a literal, a template or a call, never a reference to one.
#[derive(Clone)]
pub(super) struct Site<'a> {
    pub(super) file: usize,
    pub(super) at: Range<usize>,
    /// The literal that the whole expression is.
    pub(super) literal: Option<Arc<Literal<'a>>>,
}

/// An item of a list.
#[derive(Clone)]
pub(super) enum Item<'a> {
    One(Value<'a>),
    /// Any number of unknown items.
    Some(Unknown<'a>),
}

/// A map, whose keys are in the order of the file.
#[derive(Clone, Default)]
pub(super) struct Map<'a> {
    entries: Vec<(String, Value<'a>)>,
    /// Other entries, which may replace the known entries before them.
    rest: Option<Unknown<'a>>,
}

impl<'a> Map<'a> {
    pub(super) fn insert(&mut self, key: String, value: Value<'a>) {
        match self.entries.iter_mut().find(|(other, _)| *other == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Adds entries with unknown keys, which may replace the entries that are there.
    pub(super) fn insert_unknown(&mut self, unknown: Unknown<'a>) {
        self.entries.iter_mut().for_each(|(_, value)| *value = Value::Unknown(unknown.clone()));
        self.rest = Some(unknown);
    }

    pub(super) fn entries(&self) -> &[(String, Value<'a>)] {
        &self.entries
    }

    pub(super) fn rest(&self) -> Option<&Unknown<'a>> {
        self.rest.as_ref()
    }

    /// The value of a key; `Err` if an unknown entry may have that key.
    pub(super) fn get(&self, key: &str) -> Result<Option<&Value<'a>>, &Unknown<'a>> {
        let found = self.entries.iter().find(|(other, _)| other == key);
        match (found, &self.rest) {
            (Some((_, value)), _) => Ok(Some(value)),
            (None, Some(unknown)) => Err(unknown),
            (None, None) => Ok(None),
        }
    }
}

impl<'a> Value<'a> {
    /// The text that Terraform makes of it where it needs one; `None` of what has no text.
    pub(super) fn to_text(&self, at: &super::resolved::At<'a>) -> Option<Resolved<'a>> {
        match self {
            Self::Text(text) => Some(text.text.clone()),
            Self::Flag(flag) => Some(Resolved::of_place(if *flag { "true" } else { "false" }, at.clone())),
            Self::Plain(text) => Some(Resolved::of_place(text, at.clone())),
            Self::Unknown(unknown) => Some(Resolved::of_unknown(unknown.clone())),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The text, if it is one and all of it is known.
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.text.known(),
            Self::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// The first unknown part of it, however deep.
    pub(super) fn first_unknown(&self) -> Option<&Unknown<'a>> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            Self::Text(text) => text.text.first_unknown(),
            Self::List(items) => items.iter().find_map(|item| match item {
                Item::One(value) => value.first_unknown(),
                Item::Some(unknown) => Some(unknown),
            }),
            Self::Map(map) => {
                map.rest.as_ref().or_else(|| map.entries.iter().find_map(|(_, value)| value.first_unknown()))
            }
            Self::Flag(_) | Self::Plain(_) | Self::Null => None,
        }
    }

    /// The literals in it, however deep.
    pub(super) fn literals(&self) -> Vec<&Arc<Literal<'a>>> {
        match self {
            Self::Text(text) => text.text.literals().collect(),
            Self::List(items) => {
                let values = items.iter().filter_map(|item| match item {
                    Item::One(value) => Some(value),
                    Item::Some(_) => None,
                });
                values.flat_map(Self::literals).collect()
            }
            Self::Map(map) => map.entries.iter().flat_map(|(_, value)| value.literals()).collect(),
            Self::Flag(_) | Self::Plain(_) | Self::Null | Self::Unknown(_) => Vec::new(),
        }
    }

    /// What it is made of, to be compared: see [`Resolved::basis`].
    pub(super) fn basis(&self) -> String {
        match self {
            Self::Text(text) => format!("{:?}", text.text.basis()),
            Self::Flag(flag) => format!("{flag}"),
            Self::Plain(text) => text.clone(),
            Self::Null => "null".to_owned(),
            Self::Unknown(unknown) => String::from(&*unknown.basis),
            Self::List(items) => {
                let item = |item: &Item<'a>| match item {
                    Item::One(value) => value.basis(),
                    Item::Some(unknown) => format!("{}...", unknown.basis),
                };
                format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(","))
            }
            Self::Map(map) => {
                let entries = map.entries.iter().map(|(key, value)| format!("{key:?}={}", value.basis()));
                let rest = map.rest.iter().map(|unknown| format!("{}...", unknown.basis));
                format!("{{{}}}", entries.chain(rest).collect::<Vec<_>>().join(","))
            }
        }
    }

    /// How much there is of it, for the bounds on work.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => 1 + text.text.len() / 64,
            Self::List(items) => {
                let size = |item: &Item<'a>| match item {
                    Item::One(value) => value.size(),
                    Item::Some(_) => 1,
                };
                1 + items.iter().map(size).sum::<usize>()
            }
            Self::Map(map) => 1 + map.entries.iter().map(|(_, value)| value.size()).sum::<usize>(),
            _ => 1,
        }
    }

    /// Whether both are the same known value; `None` where that is not known.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        if let (Some(a), Some(b)) = (self.known(), other.known()) {
            // a number and a text of digits are not equal
            let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            let is_plain = |value: &Self| matches!(value, Self::Plain(_));
            let is_certain = is_plain(self) == is_plain(other) || !is_number(a);
            return is_certain.then_some(a == b);
        }
        match (self, other) {
            (Self::Flag(a), Self::Flag(b)) => Some(a == b),
            (Self::Null, Self::Null) => Some(true),
            (Self::Unknown(_), _) | (_, Self::Unknown(_)) => None,
            (Self::Null, _) | (_, Self::Null) => Some(false),
            _ => None,
        }
    }
}

/// An entry of a collection.
pub(super) enum Pair<'a> {
    Known {
        key: Value<'a>,
        value: Value<'a>,
    },
    /// Any number of entries that are not known.
    Unknown(Unknown<'a>),
}

impl<'a> Value<'a> {
    /// The entries of a list or map, in order; `None` of what is neither.
    pub(super) fn pairs(&self) -> Option<Vec<Pair<'a>>> {
        match self {
            Self::List(items) => {
                let mut behind: Option<&Unknown<'a>> = None;
                let mut pairs = Vec::new();
                for (number, item) in items.iter().enumerate() {
                    pairs.push(match item {
                        Item::One(value) => {
                            let key = behind.map_or_else(
                                || Self::Plain(number.to_string()),
                                |unknown| Self::Unknown(unknown.clone()),
                            );
                            Pair::Known { key, value: value.clone() }
                        }
                        Item::Some(unknown) => {
                            behind = Some(unknown);
                            Pair::Unknown(unknown.clone())
                        }
                    });
                }
                Some(pairs)
            }
            Self::Map(map) => {
                let known = map.entries.iter();
                let known = known
                    .map(|(key, value)| Pair::Known { key: Self::Plain(key.clone()), value: value.clone() });
                Some(known.chain(map.rest.iter().cloned().map(Pair::Unknown)).collect())
            }
            _ => None,
        }
    }
}
