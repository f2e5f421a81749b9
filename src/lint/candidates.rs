//! One string that several engines may read: what holds on all of them, and what on some.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::config::Config;
use super::finding::{Finding, Fix, apply_edits};
use super::registry::Group;
use super::{are_equivalent, fix_all, lint, subject};
use crate::catalog::Catalog;
use crate::compare::Relation;
use crate::dialect::{Dialect, Dialects};
use crate::report::Level;
use crate::user::User;

/// Checks a string that any of these dialects may read.
///
/// What holds on every dialect that accepts the string keeps its level. What holds on some of them only is a hint and
/// names them: [`Finding::dialects`]. A string that some dialects reject and others accept needs a newer engine, which
/// is a hint too; one that all reject is an error. A fix is offered only if it is equivalent on every dialect, and
/// grants nothing on those that an upgrade leads to.
///
/// ```
/// use redis_acl::{Dialects, Level, lint};
///
/// let candidates: Dialects = "elasticache/redis".parse()?;
/// let findings = lint::lint_on("on ~* &* +@all +@raed", &candidates, &lint::Config::new());
/// let found: Vec<_> = findings.iter().map(|finding| (finding.lint().id(), finding.level())).collect();
/// assert!(found.contains(&("unknown-category", Level::Error)));
/// assert!(found.contains(&("newer-syntax", Level::Hint))); // `&*` needs Redis 6.2
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[must_use]
pub fn lint_on(text: &str, dialects: &Dialects, config: &Config) -> Vec<Finding> {
    if let Some(dialect) = dialects.single() {
        return lint(text, &Catalog::from(dialect), config);
    }
    // what another engine makes of the string is seen by reading it there
    let config = config.without_default_next();
    let readings: Vec<_> = dialects.iter().rev().map(|dialect| Reading::of(text, dialect, &config)).collect();
    let mut merged = Merged { text, dialects, readings: &readings }.findings();
    subject::sort(&mut merged);
    merged
}

/// The string with every fix that is equivalent on each of these dialects, and grants nothing on those that an upgrade
/// leads to: see [`fixed`](super::fixed).
#[must_use]
pub fn fixed_on(text: &str, dialects: &Dialects, config: &Config) -> String {
    let lint = |text: &str| lint_on(text, dialects, config);
    fix_all(text, lint, |old, new| is_safe(old, new, dialects))
}

/// What one dialect finds.
struct Reading {
    dialect: Dialect,
    findings: Vec<Finding>,
    accepts: bool,
}

impl Reading {
    fn of(text: &str, dialect: Dialect, config: &Config) -> Self {
        let findings = lint(text, &Catalog::from(dialect), config);
        let accepts = !findings.iter().any(is_rejection);
        Self { dialect, findings, accepts }
    }
}

fn is_rejection(finding: &Finding) -> bool {
    finding.lint().group() == Group::Refused
}

/// All readings of a text; the newest dialect comes first, whose words are used.
struct Merged<'m> {
    text: &'m str,
    dialects: &'m Dialects,
    readings: &'m [Reading],
}

/// A finding, and the dialects that have it.
struct Shared<'m> {
    finding: &'m Finding,
    on: Vec<Dialect>,
    has_fix: bool,
}

impl<'m> Merged<'m> {
    fn findings(&self) -> Vec<Finding> {
        let accepted = self.readings.iter().filter(|reading| reading.accepts).count();
        let counted = if accepted == 0 { self.readings.len() } else { accepted };
        let shared = self.shared();
        let is_everywhere = |shared: &Shared<'_>| shared.on.len() >= counted;
        let none_agree = accepted == 0
            && !shared.iter().any(|shared| is_rejection(shared.finding) && is_everywhere(shared));
        let mut findings = Vec::new();
        for shared in shared {
            let is_rejected_by_some = accepted > 0 && is_rejection(shared.finding);
            findings.push(match is_everywhere(&shared) && !is_rejected_by_some {
                true => self.everywhere(&shared),
                false if none_agree && is_rejection(shared.finding) => self.one_of_many(&shared),
                false => self.on_some(&shared),
            });
        }
        findings
    }

    /// Each finding once. What rejects a string hides what else is wrong with it, so that of readings that accept it
    /// all findings count, and of others the rejections, unless all reject it.
    fn shared(&self) -> Vec<Shared<'m>> {
        let accepted = self.readings.iter().any(|reading| reading.accepts);
        let mut places = BTreeMap::new();
        let mut shared: Vec<Shared<'m>> = Vec::new();
        for reading in self.readings {
            let counts = |finding: &&Finding| !accepted || reading.accepts || is_rejection(finding);
            for finding in reading.findings.iter().filter(counts) {
                let key = (finding.span(), finding.lint().id());
                let place = *places.entry(key).or_insert_with(|| {
                    shared.push(Shared { finding, on: Vec::new(), has_fix: true });
                    shared.len() - 1
                });
                let of = &mut shared[place];
                of.has_fix &= finding.fix().is_some();
                if of.on.last() != Some(&reading.dialect) {
                    of.on.push(reading.dialect);
                }
            }
        }
        shared
    }

    fn everywhere(&self, shared: &Shared<'m>) -> Finding {
        let mut finding = shared.finding.clone();
        finding.message = self.message_for_all(&finding.message);
        let is_safe = |fix: &&Fix| {
            shared.has_fix && is_safe(self.text, &apply_edits(self.text, fix.edits()), self.dialects)
        };
        finding.fix = shared.finding.fix().filter(is_safe).cloned();
        finding
    }

    /// No two dialects agree on what is wrong; all reject the string.
    fn one_of_many(&self, shared: &Shared<'m>) -> Finding {
        let mut finding = self.on_some(shared);
        finding.level = Level::Error;
        finding.notes.push(format!("every engine of {} rejects the string", self.dialects));
        finding
    }

    fn on_some(&self, shared: &Shared<'m>) -> Finding {
        let mut finding = shared.finding.clone();
        finding.level = Level::Hint;
        finding.fix = None;
        finding.dialects = Dialects::new(shared.on.iter().copied());
        if let Some(on) = &finding.dialects {
            let verb = if is_rejection(&finding) { "rejected" } else { "this holds" };
            finding.notes.push(format!("{verb} on {on}; no single engine of {} is stated", self.dialects));
        }
        finding
    }

    /// What is said of the newest dialect, said of all.
    fn message_for_all(&self, message: &str) -> String {
        let newest = self.readings[0].dialect.to_string();
        match message.strip_prefix(&format!("{newest} has no ")) {
            Some(what) => format!("no engine of {} has the {what}", self.dialects),
            None => message.to_owned(),
        }
    }
}

/// Whether the new text is equivalent on each of the dialects that accept the old one, of which there is one at least,
/// and grants nothing on those that follow. What rejects the old text must reject the new one.
fn is_safe(old: &str, new: &str, dialects: &Dialects) -> bool {
    let accepts = |dialect: Dialect, text: &str| User::parse(dialect, text).is_ok();
    let is_safe_now = |dialect: Dialect| match accepts(dialect, old) {
        true => are_equivalent(&Catalog::from(dialect), old, new),
        false => !accepts(dialect, new),
    };
    dialects.iter().any(|dialect| accepts(dialect, old))
        && dialects.iter().all(is_safe_now)
        && is_safe_later(old, new, dialects)
}

/// Whether the new text lets nobody do more than the old one on the engines that an upgrade may lead to.
pub(super) fn is_safe_later(old: &str, new: &str, dialects: &Dialects) -> bool {
    let later =
        Dialects::new(dialects.iter().flat_map(Dialect::later).filter(|later| !dialects.contains(*later)));
    let is_safe = |later: Dialect| match (User::parse(later, old), User::parse(later, new)) {
        // a string that cannot be read there is rewritten before it gets there
        (Err(_), _) => true,
        (Ok(_), Err(_)) => false,
        (Ok(old), Ok(new)) => is_within(&old, &new),
    };
    later.is_none_or(|later| later.iter().all(is_safe))
}

/// Whether the new user can do nothing that the old one cannot.
fn is_within(old: &User, new: &User) -> bool {
    matches!(subject::relation(old, new), Relation::Equal | Relation::Wider)
}
