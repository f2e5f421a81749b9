//! The service models' own constraints, which SDKs check before they send a request: required members,
//! lengths, patterns, enumerations (botocore 1.44.5, `elasticache/2015-02-02` and `memorydb/2021-01-01`).

use super::problem::{Found, ProblemKind};
use crate::secret::Password;

/// `[a-zA-Z][a-zA-Z0-9\-]*`
pub(super) fn identifier(found: &mut Found, member: &'static str, value: Option<&str>) {
    let Some(value) = required(found, member, value) else { return };
    let is_valid = value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if value.is_empty() {
        found.add(ProblemKind::TooShort, member);
    } else if !is_valid {
        found.add(ProblemKind::Pattern { pattern: r"[a-zA-Z][a-zA-Z0-9\-]*" }, member);
    }
}

/// At least one character.
pub(super) fn name(found: &mut Found, member: &'static str, value: Option<&str>) {
    if required(found, member, value) == Some("") {
        found.add(ProblemKind::TooShort, member);
    }
}

/// `[a-zA-Z]*`
pub(super) fn engine(found: &mut Found, value: &str) {
    if !value.chars().all(|c| c.is_ascii_alphabetic()) {
        found.add(ProblemKind::Pattern { pattern: "[a-zA-Z]*" }, "Engine");
    }
}

/// `.*\S.*`: something that is not white space.
pub(super) fn access_string(found: &mut Found, member: &'static str, value: &str) {
    if value.trim().is_empty() {
        found.add(ProblemKind::Pattern { pattern: r".*\S.*" }, member);
    }
}

/// A list of passwords that is given has at least one.
pub(super) fn passwords(found: &mut Found, member: &'static str, value: Option<&[Password<'_>]>) {
    if value.is_some_and(<[_]>::is_empty) {
        found.add(ProblemKind::TooShort, member);
    }
}

pub(super) fn required<'v>(
    found: &mut Found,
    member: &'static str,
    value: Option<&'v str>,
) -> Option<&'v str> {
    if value.is_none() {
        found.add(ProblemKind::Missing, member);
    }
    value
}
