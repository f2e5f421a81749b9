//! JSON and its kin, under the feature `serde`. Names and shapes are stable.
//!
//! | value | shape |
//! |---|---|
//! | [`Span`] | `[start, end]` |
//! | [`Dialect`], [`Engine`], [`Form`], [`Module`], [`Category`], [`PasswordHash`] | the text that users type |
//! | [`Rule`] | `{"rule": "key", "span": [0, 5], …}`, with what the kind holds: `permission`, `pattern`, `effect`, `name`, `argument`, `hash`, `rules`, `quoting`, `ids`. A password is not there |
//! | [`AccessString`] | `{"text": …, "rules": […]}`, passwords masked in the text |
//! | [`ParseError`] | `{"kind", "message", "span", "help"}` |
//! | [`ApplyError`] | the same and `"server_message"`; `null` where none is known |
//! | [`ParseErrors`], [`ApplyErrors`] | a list of these |
//! | [`Finding`] | `{"lint", "group", "level", "span", "also", "message", "notes", "help", "fix", "page"}`; a fix is `{"edits": [{"span", "replacement"}], "meaning"}` or `null` |
//!
//! Trees and errors can be written only; texts, spans and the small enums also read.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::catalog::Category;
use crate::dialect::{Dialect, Engine, Form, Module};
use crate::lint::Finding;
use crate::secret::{PasswordHash, mask};
use crate::span::Span;
use crate::syntax::{AccessString, ParseError, ParseErrors, Rule, RuleKind};
use crate::user::{ApplyError, ApplyErrors};

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.start, self.end].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [start, end] = Deserialize::deserialize(deserializer)?;
        Ok(Self { start, end })
    }
}

/// Values whose JSON is their text.
macro_rules! as_text {
    ($($of:ty),*) => {$(
        impl Serialize for $of {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}
as_text!(Dialect, Engine, Form, PasswordHash);

fn from_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl Serialize for Module {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(serializer)
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom(format!("no category `{name}`")))
    }
}

impl Serialize for AccessString<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("AccessString", 2)?;
        object.serialize_field("text", &mask(self.text()))?;
        object.serialize_field("rules", self.rules())?;
        object.end()
    }
}

impl Serialize for Rule<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("rule", self.kind.name())?;
        object.serialize_entry("span", &self.span)?;
        match &self.kind {
            RuleKind::AddHash(hash) | RuleKind::RemoveHash(hash) => object.serialize_entry("hash", hash)?,
            RuleKind::Key { permission, pattern } => {
                object.serialize_entry("permission", permission)?;
                object.serialize_entry("pattern", pattern)?;
            }
            RuleKind::Channel { pattern } => object.serialize_entry("pattern", pattern)?,
            RuleKind::Category { effect, name } => {
                object.serialize_entry("effect", effect)?;
                object.serialize_entry("name", name)?;
            }
            RuleKind::Command { effect, name, argument } => {
                object.serialize_entry("effect", effect)?;
                object.serialize_entry("name", name)?;
                object.serialize_entry("argument", argument)?;
            }
            RuleKind::Selector(selector) => {
                object.serialize_entry("quoting", &selector.quoting)?;
                object.serialize_entry("rules", &selector.rules)?;
            }
            RuleKind::Databases(ids) => object.serialize_entry("ids", ids)?,
            _ => {}
        }
        object.end()
    }
}

impl Serialize for ParseError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ParseError", 4)?;
        object.serialize_field("kind", &self.kind())?;
        object.serialize_field("message", &self.to_string())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("help", &self.help())?;
        object.end()
    }
}

impl Serialize for ApplyError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ApplyError", 5)?;
        object.serialize_field("kind", self.kind())?;
        object.serialize_field("message", &self.to_string())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("help", &self.help())?;
        object.serialize_field("server_message", &self.server_message())?;
        object.end()
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 10)?;
        object.serialize_field("lint", self.lint().id())?;
        object.serialize_field("group", self.lint().group().name())?;
        object.serialize_field("level", &self.level())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("also", self.also())?;
        object.serialize_field("message", self.message())?;
        object.serialize_field("notes", self.notes())?;
        object.serialize_field("help", &self.help())?;
        object.serialize_field("fix", &self.fix())?;
        object.serialize_field("page", &self.lint().page())?;
        object.end()
    }
}

impl Serialize for ParseErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for ApplyErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
