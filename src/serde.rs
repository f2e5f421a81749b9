//! JSON and its kin, under the feature `serde`. Names and shapes are stable.
//!
//! | value | shape |
//! |---|---|
//! | [`Span`] | `[start, end]` |
//! | [`Dialect`], [`Dialects`], [`Engine`], [`Form`], [`Module`], [`Category`], [`PasswordHash`] | the text that users type |
//! | [`Rule`] | `{"rule": "key", "span": [0, 5], …}`, with what the kind holds: `permission`, `pattern`, `effect`, `name`, `argument`, `hash`, `rules`, `quoting`, `ids`. A password is not there |
//! | [`AccessString`] | `{"text": …, "rules": […]}`, passwords masked in the text |
//! | [`ParseError`] | `{"kind", "message", "span", "help"}` |
//! | [`ApplyError`] | the same and `"server_message"`; `null` where none is known |
//! | [`Witness`] | `{"request": "GET tmp:", "database": 0}` |
//! | [`Excess`] | `{"witness", "future_commands", "undecided", "enabled", "any_password", "passwords", "skips_sanitizing"}` |
//! | [`Comparison`] | `{"relation": "narrower", "only_first": …, "only_second": …}` |
//! | [`Explanation`] | written down where it is |
//! | [`Difference`] | `{"change", "gained", "lost"}`: the change is `wider` where the second user can do more; each with what an excess has and `commands`, `extended`, `keys`, `channels` |
//! | [`Transition`] | `{"change", "gained", "lost", "new_commands", "gone_commands"}` |
//! | [`ClaimError`] | `{"kind", "line", "message", "span", "help"}` |
//! | [`ClaimErrors`] | a list of these |
//! | [`Answer`] | `{"line", "claim", "holds", "failure"}`; the failure is `null` where it holds |
//! | [`Failure`] | `{"kind": "granted", "message": …}` with what the kind holds: `reason`, `help`, `rule`, `selector`, `commands`, `witness`, `missing`, `unsendable`, `more`, `less` |
//! | [`FileError`] | `{"kind", "line", "message", "span", "help"}`, the span being that in the file, the kind of a bad rule that of its [`ApplyError`] |
//! | [`ParseErrors`], [`ApplyErrors`], [`FileErrors`] | a list of these |
//! | [`Finding`] | `{"lint", "group", "level", "span", "also", "message", "notes", "help", "fix", "only_on", "page"}`; `only_on` names the dialects if only some of those asked about have it, and is `null` otherwise; a fix is `{"edits": [{"span", "replacement"}]}` or `null` |
//!
//! Trees and errors can be written only; texts, spans and the small enums also read.

use alloc::string::{String, ToString};
use core::fmt::Display;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::catalog::Category;
use crate::claims::{Answer, ClaimError, ClaimErrors, Failure};
use crate::compare::{Change, Comparison, Difference, Excess, Relation, Transition, Witness};
use crate::dialect::{DefaultChannels, Dialect, Dialects, Engine, Form, Module};
use crate::explain::{Explanation, Step};
use crate::file::{FileError, FileErrorKind, FileErrors};
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
as_text!(DefaultChannels, Dialect, Dialects, Engine, Form, PasswordHash);

fn from_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

macro_rules! read_from_text {
    ($($of:ty),*) => {$(
        impl<'de> Deserialize<'de> for $of {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
    )*};
}
read_from_text!(DefaultChannels, Dialect, Dialects, Engine, Form, PasswordHash);

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
                object.serialize_entry("pattern", pattern.as_str())?;
            }
            RuleKind::Channel { pattern } => object.serialize_entry("pattern", pattern.as_str())?,
            RuleKind::Category { effect, name } => {
                object.serialize_entry("effect", effect)?;
                object.serialize_entry("name", name.as_str())?;
            }
            RuleKind::Command { effect, name, argument } => {
                object.serialize_entry("effect", effect)?;
                object.serialize_entry("name", name.as_str())?;
                object.serialize_entry("argument", &argument.as_deref())?;
            }
            RuleKind::Selector(selector) => {
                object.serialize_entry("quoting", &selector.quoting)?;
                object.serialize_entry("rules", &selector.rules)?;
            }
            RuleKind::Databases(ids) => object.serialize_entry("ids", &**ids)?,
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

impl Serialize for FileError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("FileError", 5)?;
        match self.kind() {
            FileErrorKind::Rule(error) => object.serialize_field("kind", error.kind())?,
            kind => object.serialize_field("kind", kind.name())?,
        }
        object.serialize_field("line", &self.line())?;
        object.serialize_field("message", &self.to_string())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("help", &self.help())?;
        object.end()
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 11)?;
        object.serialize_field("lint", self.lint().id())?;
        object.serialize_field("group", self.lint().group().name())?;
        object.serialize_field("level", &self.level())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("also", self.also())?;
        object.serialize_field("message", self.message())?;
        object.serialize_field("notes", self.notes())?;
        object.serialize_field("help", &self.help())?;
        object.serialize_field("fix", &self.fix())?;
        object.serialize_field("only_on", &self.dialects())?;
        object.serialize_field("page", &self.lint().page())?;
        object.end()
    }
}

impl Serialize for FileErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
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

impl Serialize for Witness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request", &self.typed())?;
        map.serialize_entry("database", &self.database())?;
        map.end()
    }
}

/// What an excess has, with more around it or not.
fn excess<M: SerializeMap>(map: &mut M, excess: &Excess) -> Result<(), M::Error> {
    map.serialize_entry("witness", &excess.witness())?;
    map.serialize_entry("future_commands", &excess.future_commands())?;
    map.serialize_entry("undecided", &excess.is_undecided())?;
    map.serialize_entry("enabled", &excess.is_enabled())?;
    map.serialize_entry("any_password", &excess.accepts_any_password())?;
    map.serialize_entry("passwords", &excess.passwords())?;
    map.serialize_entry("skips_sanitizing", &excess.skips_sanitizing())
}

impl Serialize for Excess {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        excess(&mut map, self)?;
        map.end()
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("relation", &self.relation())?;
        map.serialize_entry("only_first", self.only_first())?;
        map.serialize_entry("only_second", self.only_second())?;
        map.end()
    }
}

/// A change with the excess that it sums up.
struct Told<'a>(&'a Change, &'a Excess);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(change, of) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("commands", change.commands())?;
        map.serialize_entry("extended", change.extended())?;
        map.serialize_entry("keys", change.keys())?;
        map.serialize_entry("channels", change.channels())?;
        excess(&mut map, of)?;
        map.end()
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let comparison = self.comparison();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("change", change_of(comparison.relation()))?;
        map.serialize_entry("gained", &Told(self.gained(), comparison.only_second()))?;
        map.serialize_entry("lost", &Told(self.lost(), comparison.only_first()))?;
        map.end()
    }
}

impl Serialize for Transition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (difference, mut map) = (self.difference(), serializer.serialize_map(None)?);
        let comparison = difference.comparison();
        map.serialize_entry("change", change_of(comparison.relation()))?;
        map.serialize_entry("gained", &Told(difference.gained(), comparison.only_second()))?;
        map.serialize_entry("lost", &Told(difference.lost(), comparison.only_first()))?;
        map.serialize_entry("new_commands", self.new_commands())?;
        map.serialize_entry("gone_commands", self.gone_commands())?;
        map.end()
    }
}

/// What the second user is to the first: one orientation, that of what is gained and lost.
fn change_of(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "equal",
        Relation::Narrower => "wider",
        Relation::Wider => "narrower",
        Relation::Incomparable => "incomparable",
        Relation::Undecided => "undecided",
    }
}

impl Serialize for ClaimError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ClaimError", 5)?;
        object.serialize_field("kind", self.kind())?;
        object.serialize_field("line", &self.line())?;
        object.serialize_field("message", self.message())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("help", &self.help())?;
        object.end()
    }
}

impl Serialize for ClaimErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Answer", 4 + usize::from(self.on().is_some()))?;
        object.serialize_field("line", &self.claim().line())?;
        object.serialize_field("claim", &self.claim().text())?;
        object.serialize_field("holds", &self.holds())?;
        object.serialize_field("failure", &self.failure())?;
        match self.on() {
            Some(on) => object.serialize_field("on", &on)?,
            None => object.skip_field("on")?,
        }
        object.end()
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.name())?;
        map.serialize_entry("message", &self.to_string())?;
        match self {
            Self::Denied { reason, help } => {
                map.serialize_entry("reason", reason)?;
                map.serialize_entry("help", help)?;
            }
            Self::Allowed { rule, selector } => {
                map.serialize_entry("rule", rule)?;
                map.serialize_entry("selector", selector)?;
            }
            Self::Granted { commands, witness } => {
                map.serialize_entry("commands", commands)?;
                map.serialize_entry("witness", witness)?;
            }
            Self::NotGranted { missing, unsendable } => {
                map.serialize_entry("missing", missing)?;
                map.serialize_entry("unsendable", unsendable)?;
            }
            Self::Differs { more, less } => {
                map.serialize_entry("more", more)?;
                map.serialize_entry("less", less)?;
            }
            Self::FutureCommandsGranted | Self::FutureCommandsNotGranted | Self::Undecided => {}
        }
        map.end()
    }
}
impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Explanation", 6)?;
        object.serialize_field("dialect", &self.dialect())?;
        object.serialize_field("text", &self.text())?;
        object.serialize_field("login", &self.login())?;
        object.serialize_field("everything", &self.grants_everything())?;
        object.serialize_field("selectors", self.selectors())?;
        object.serialize_field("rules", self.rules())?;
        object.end()
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Step", 5)?;
        object.serialize_field("rule", self.rule())?;
        object.serialize_field("span", &self.span())?;
        object.serialize_field("effect", &self.effect())?;
        object.serialize_field("changes", self.changes())?;
        object.serialize_field("rules", self.inside())?;
        object.end()
    }
}
