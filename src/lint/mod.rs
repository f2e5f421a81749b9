//! What is wrong with an access string, what does nothing in it, and what it gives away unnoticed.
//!
//! [`lint`] looks at a string as one dialect reads it and gives [`Finding`]s: each with a stable id, a level, a
//! place, and where one exists a [`Fix`] that is proven to leave the user equivalent.
//!
//! ```
//! use redis_acl::{Catalog, Engine, lint};
//!
//! let catalog = Catalog::from(Engine::Redis7_2);
//! let findings = lint::lint("on ~cache:* +get +ttl -@all", &catalog, &lint::Config::new());
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].report().to_string(), "\
//! warning[wiped-rules]: `-@all` removes everything that the rules before it allow
//!   |
//!   | on ~cache:* +get +ttl -@all
//!   |             ---- ---- ^^^^^
//!   = help: rules are applied from left to right: write `-@all` first
//!   = see: docs/lints.md#wiped-rules");
//! ```
//!
//! # Levels
//! - [`Level::Error`]: the dialect refuses it, or it is dead wrong.
//! - [`Level::Warning`]: it is surely not meant.
//! - [`Level::Hint`]: it could be better.
//!
//! A string that a server takes has no errors, but for rules that some servers take and die of. A string that is
//! refused has one error for each refused rule; the other lints look at the rules that are left. [`Config`] sets
//! other levels.
//!
//! # Fixes
//! A fix is a list of edits. The user was built again with them and [compared](crate::compare()): it is equivalent. A
//! fix that removes a deny is also proven to grant nothing on later engines. All other findings have help text only: a
//! remedy that changes what the user can do is the author's choice. A string that needs many proofs gets the first ones
//! only, so that the time stays within bounds.

mod candidates;
mod clients;
mod commands;
mod config;
mod finding;
mod login;
mod patterns;
mod powers;
mod refused;
mod registry;
mod service;
mod subject;
mod too_wide;
mod unchecked;
mod unusable;
mod upgrade;

pub use candidates::{fixed_on, lint_on};
pub use clients::{Client, Consequence, Need};
pub use config::{Config, ConfigError, Setting};
pub use finding::{Edit, Finding, Fix, apply_fixes};
pub use registry::{Group, Lint};

pub use crate::report::Level;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::catalog::Catalog;
use crate::compare::Relation;
use crate::user::User;
use subject::{Findings, Subject};

/// What there is to say about an access string, in the order of the text.
///
/// ```
/// use redis_acl::{Catalog, Dialect, lint};
///
/// let catalog = Catalog::from("elasticache".parse::<Dialect>()?);
/// let ids = |text| {
///     let findings = lint::lint(text, &catalog, &lint::Config::new());
///     findings.iter().map(|finding| finding.lint().id()).collect::<Vec<_>>()
/// };
/// assert_eq!(ids("on ~app:* +get +set"), [""; 0]);
/// assert_eq!(ids("~app:* +get >secret"), ["stays-off", "password-in-service"]);
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[must_use]
pub fn lint(text: &str, catalog: &Catalog, config: &Config) -> Vec<Finding> {
    let scan = User::scan(catalog, text);
    let subject = Subject::new(text, &scan);
    let mut findings = Findings { config, list: Vec::new() };
    refused::look(&subject, &mut findings);
    login::look(&subject, &mut findings);
    commands::look(&subject, &mut findings);
    patterns::look(&subject, &mut findings);
    unusable::look(&subject, &mut findings);
    too_wide::look(&subject, &mut findings);
    unchecked::look(&subject, &mut findings);
    upgrade::look(&subject, &mut findings);
    service::look(&subject, &mut findings);
    clients::look(&subject, &mut findings);
    findings.in_order()
}

/// The string with every fix that there is, until none is left. The user stays equivalent.
///
/// Fixes are applied together where that is proven to be equivalent, else one by one. The text holds the passwords that
/// it held.
///
/// ```
/// use redis_acl::{Catalog, Engine, lint};
///
/// let catalog = Catalog::from(Engine::Redis7_2);
/// let fixed = lint::fixed("on ~a ~a +@all +get -@dangerous", &catalog, &lint::Config::new());
/// assert_eq!(fixed, "on ~a +@all -@dangerous");
/// ```
#[must_use]
pub fn fixed(text: &str, catalog: &Catalog, config: &Config) -> String {
    let is_safe = |old: &str, new: &str| {
        are_equivalent(catalog, old, new) && candidates::is_safe_later(old, new, &catalog.dialect().into())
    };
    fix_all(text, |text| lint(text, catalog, config), is_safe)
}

/// Makes fixes until none is left: all of them together where that is safe, else the first by itself.
fn fix_all(text: &str, lint: impl Fn(&str) -> Vec<Finding>, is_safe: impl Fn(&str, &str) -> bool) -> String {
    let mut text = text.to_owned();
    // every fix removes a rule, so that this ends; the bound is a belt
    for _ in 0..=text.len() {
        let findings = lint(&text);
        let Some(first) = findings.iter().find(|finding| finding.fix().is_some()) else { break };
        let together = apply_fixes(&text, &findings);
        text = if is_safe(&text, &together) { together } else { apply_fixes(&text, [first]) };
    }
    text
}

/// Whether both strings are accepted, and make equivalent users.
fn are_equivalent(catalog: &Catalog, old: &str, new: &str) -> bool {
    match (User::parse_with(catalog, old), User::parse_with(catalog, new)) {
        (Ok(old), Ok(new)) => subject::relation(&old, &new) == Relation::Equal,
        _ => false,
    }
}
