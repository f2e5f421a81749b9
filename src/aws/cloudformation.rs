//! CloudFormation's own limits on users: the schemas of `AWS::ElastiCache::User` and
//! `AWS::MemoryDB::User`, which are stricter than the services.
//!
//! CloudFormation checks a template against them before it calls the service, in place of the SDKs'
//! checks. They apply to templates only: the AWS CLI and Terraform send requests that these schemas reject.

use alloc::string::String;
use alloc::vec::Vec;

use super::authentication::{AuthenticationType, ELASTICACHE_TYPES, MEMORYDB_TYPES, listed};
use super::memorydb;
use super::problem::{Found, Problem, ProblemKind};
use super::request::{AuthenticationMode, CreateUser, Tag};
use crate::dialect::Service;
use crate::secret::Password;

/// A requirement of a resource schema for a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemaRule {
    /// The property is required.
    Required,
    /// It has at least one character or item.
    NotEmpty,
    /// It matches a pattern.
    Pattern(&'static str),
    /// It is one of these values, in this spelling.
    OneOf(&'static str),
    /// No two of its items are equal.
    Unique,
    /// It has at most this many characters or items.
    AtMost(usize),
}

/// `UserId` of ElastiCache and `UserName` of MemoryDB.
pub(super) const IDENTIFIER: &str = r"[a-z][a-z0-9\-]*";

impl SchemaRule {
    /// The requirement in words, as they follow the name of the property.
    pub(super) fn demand(self) -> String {
        match self {
            Self::Required => "is required".into(),
            Self::NotEmpty => "must not be empty".into(),
            Self::Pattern(pattern) => format!("must match {pattern}"),
            Self::OneOf(values) => format!("must be one of {values}"),
            Self::Unique => "must not equal an earlier item".into(),
            Self::AtMost(most) => format!("must have at most {most} characters or items"),
        }
    }
}

impl CreateUser {
    /// The violations of CloudFormation's schema by the properties of an `AWS::ElastiCache::User`.
    ///
    /// ```
    /// use redis_acl::aws::{CreateUser, SchemaRule, ProblemKind};
    /// let user: CreateUser = serde_json::from_str(
    ///     r#"{"UserId": "Reader", "UserName": "reader", "Engine": "redis", "AccessString": "on"}"#,
    /// )?;
    /// let problems = user.schema_problems();
    /// assert_eq!(problems[0].member(), "UserId");
    /// assert_eq!(*problems[0].kind(), ProblemKind::Schema(SchemaRule::Pattern(r"[a-z][a-z0-9\-]*")));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn schema_problems(&self) -> Vec<Problem> {
        let mut found = Found::on(Service::ElastiCache);
        identifier(&mut found, "UserId", self.user_id.as_deref());
        let name = required(&mut found, "UserName", self.user_name.as_deref());
        not_empty(&mut found, "UserName", name.map(str::len));
        if let Some(engine) = required(&mut found, "Engine", self.engine.as_deref()) {
            one_of(&mut found, "Engine", ["redis", "valkey"].contains(&engine), "redis, valkey");
        }
        match self.access_string.as_deref() {
            None => found.add(ProblemKind::AccessStringMissing, "AccessString"),
            Some(text) => not_blank(&mut found, text),
        }
        passwords(&mut found, "Passwords", self.passwords.as_deref());
        mode(&mut found, self.authentication_mode.as_ref(), ELASTICACHE_TYPES, Some(SchemaRule::Required));
        tags(&mut found, self.tags.as_deref().unwrap_or_default());
        found.into_problems()
    }
}

impl memorydb::CreateUser {
    /// The violations of CloudFormation's schema by the properties of an `AWS::MemoryDB::User`.
    #[must_use]
    pub fn schema_problems(&self) -> Vec<Problem> {
        let mut found = Found::on(Service::MemoryDb);
        identifier(&mut found, "UserName", self.user_name.as_deref());
        mode(&mut found, self.authentication_mode.as_ref(), MEMORYDB_TYPES, None);
        found.into_problems()
    }
}

fn required<'v>(found: &mut Found, member: &'static str, value: Option<&'v str>) -> Option<&'v str> {
    if value.is_none() {
        found.add(ProblemKind::Schema(SchemaRule::Required), member);
    }
    value
}

fn not_empty(found: &mut Found, member: &str, length: Option<usize>) {
    if length == Some(0) {
        found.add(ProblemKind::Schema(SchemaRule::NotEmpty), member);
    }
}

fn one_of(found: &mut Found, member: &'static str, is_allowed: bool, allowed: &'static str) {
    if !is_allowed {
        found.add(ProblemKind::Schema(SchemaRule::OneOf(allowed)), member);
    }
}

fn identifier(found: &mut Found, member: &'static str, value: Option<&str>) {
    let Some(value) = required(found, member, value) else { return };
    let is_valid = value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_valid {
        found.add(ProblemKind::Schema(SchemaRule::Pattern(IDENTIFIER)), member);
    }
}

fn not_blank(found: &mut Found, access_string: &str) {
    if access_string.trim().is_empty() {
        found.add(ProblemKind::Schema(SchemaRule::Pattern(r".*\S.*")), "AccessString");
    }
}

/// Requires at least one password and reports each password that repeats an earlier one.
fn passwords(found: &mut Found, member: &str, list: Option<&[Password<'_>]>) {
    not_empty(found, member, list.map(<[_]>::len));
    let list = list.unwrap_or_default();
    for (place, password) in list.iter().enumerate() {
        if list[..place].iter().any(|earlier| earlier.expose() == password.expose()) {
            found.add(ProblemKind::Schema(SchemaRule::Unique), format!("{member}[{place}]"));
        }
    }
}

fn at_most(found: &mut Found, member: impl Into<String>, most: usize, length: usize) {
    if length > most {
        found.add(ProblemKind::Schema(SchemaRule::AtMost(most)), member);
    }
}

fn tags(found: &mut Found, tags: &[Tag]) {
    at_most(found, "Tags", 50, tags.len());
    for (place, tag) in tags.iter().enumerate() {
        let (key, value) = (format!("Tags[{place}].Key"), format!("Tags[{place}].Value"));
        at_most(found, value, 256, tag.value.as_deref().map_or(0, |value| value.chars().count()));
        match tag.key.as_deref() {
            None => found.add(ProblemKind::Schema(SchemaRule::Required), key),
            Some("") => found.add(ProblemKind::Schema(SchemaRule::NotEmpty), key),
            Some(text) if !is_tag_key(text) => {
                found.add(ProblemKind::Schema(SchemaRule::Pattern(TAG_KEY)), key);
            }
            Some(text) => at_most(found, key, 128, text.chars().count()),
        }
    }
}

const TAG_KEY: &str = r"^(?!aws:)[a-zA-Z0-9 _\.\/=+:\-@]*$";

fn is_tag_key(key: &str) -> bool {
    !key.starts_with("aws:") && key.chars().all(|c| c.is_ascii_alphanumeric() || " _./=+:-@".contains(c))
}

fn mode(
    found: &mut Found,
    mode: Option<&AuthenticationMode>,
    types: &[AuthenticationType],
    without_type: Option<SchemaRule>,
) {
    const TYPE: &str = "AuthenticationMode.Type";
    let Some(mode) = mode else { return };
    match (mode.kind.as_deref(), without_type) {
        (None, Some(rule)) => found.add(ProblemKind::Schema(rule), TYPE),
        (None, None) => {}
        (Some(kind), _) => {
            let is_allowed = AuthenticationType::from_request(kind).is_some_and(|kind| types.contains(&kind));
            one_of(found, TYPE, is_allowed, listed(types));
        }
    }
    passwords(found, "AuthenticationMode.Passwords", mode.passwords.as_deref());
}
