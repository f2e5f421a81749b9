//! The conditions under which a value, or a whole resource, is as it was found.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash as _, Hasher as _};
use std::hash::DefaultHasher;

/// Conditions that files leave open, each with the branch that it selects.
///
/// Two conditions are the same if they are computed alike from equal values. They then have the same branches.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    by_basis: BTreeMap<Arc<str>, Branch>,
}

#[derive(Clone, PartialEq, Eq)]
struct Branch {
    number: usize,
    /// The condition and its branch, for people: `if var.prod`.
    told: Arc<str>,
}

impl fmt::Debug for Conditions {
    /// Not the bases, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.by_basis.values().map(|branch| &branch.told)).finish()
    }
}

/// `if var.prod and not var.small`
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, branch) in self.by_basis.values().enumerate() {
            f.write_str(if number == 0 { "if " } else { " and " })?;
            f.write_str(&branch.told)?;
        }
        Ok(())
    }
}

impl Conditions {
    pub(super) fn add(&mut self, basis: Arc<str>, number: usize, told: Arc<str>) {
        self.by_basis.insert(basis, Branch { number, told });
    }

    /// A branch that is identified by its description, so that other branches do not change it.
    pub(super) fn add_by_name(&mut self, basis: Arc<str>, told: Arc<str>) {
        let mut hasher = DefaultHasher::new();
        told.hash(&mut hasher);
        self.add(basis, hasher.finish() as usize, told);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_basis.is_empty()
    }

    /// Whether all of them can hold together with the others.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let number = |basis| other.by_basis.get(basis).map(|branch| branch.number);
        self.by_basis.iter().all(|(basis, branch)| number(basis).is_none_or(|other| other == branch.number))
    }

    /// Whether all of them hold where the others do.
    pub(crate) fn follow_from(&self, other: &Self) -> bool {
        let number = |basis| other.by_basis.get(basis).map(|branch| branch.number);
        self.by_basis.iter().all(|(basis, branch)| number(basis) == Some(branch.number))
    }

    /// Both; `None` where they contradict one another.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        both.by_basis.extend(other.by_basis.iter().map(|(basis, branch)| (basis.clone(), branch.clone())));
        self.agrees_with(other).then_some(both)
    }
}

/// Whether a resource is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Existence {
    /// All conditions under which this copy of it was found.
    pub(crate) conditions: Conditions,
    /// Those among them without which it is not there.
    pub(crate) needed: Conditions,
    /// It is never there: a count of 0.
    pub(crate) is_absent: bool,
}

impl Existence {
    pub(super) fn absent() -> Self {
        Self { is_absent: true, ..Self::default() }
    }

    /// It is there if these conditions hold.
    pub(super) fn needing(conditions: Conditions) -> Self {
        Self { needed: conditions.clone(), conditions, is_absent: false }
    }

    /// That of something inside of something else.
    pub(super) fn within(&self, around: &Self) -> Self {
        let (conditions, needed) = (around.conditions.and(&self.conditions), around.needed.and(&self.needed));
        match (conditions, needed) {
            (Some(conditions), Some(needed)) => {
                Self { conditions, needed, is_absent: self.is_absent || around.is_absent }
            }
            _ => Self::absent(),
        }
    }
}

/// An expression for people, without the texts in it, any of which may be secret.
pub(super) fn told(written: &str) -> String {
    const HIDDEN: &str = "\"…\"";
    if written.contains("<<") {
        return HIDDEN.to_owned();
    }
    // where texts hold quotes, all between the first and the last quote is hidden
    let shown = match (written.split_once('"'), written.rsplit_once('"')) {
        (Some((front, _)), Some((_, back))) if written.contains(['\\', '$']) => {
            format!("{front}{HIDDEN}{back}")
        }
        _ => {
            let pieces = written.split('"').enumerate();
            pieces.map(|(number, piece)| if number % 2 == 0 { piece } else { HIDDEN }).collect()
        }
    };
    super::finding::told(&shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn no_text_of_a_condition_is_told() {
        for (written, expected) in [
            ("var.prod", "var.prod"),
            ("var.env ==\n  \"secret\"", "var.env == \"…\""),
            ("var.a[\"secret\"] || f(\"secret\", 1)", "var.a[\"…\"] || f(\"…\", 1)"),
            (r#"var.a == "x\"secret\"" && var.b"#, "var.a == \"…\" && var.b"),
            (r#"var.a == "${f("secret")}""#, "var.a == \"…\""),
            ("var.a == <<EOT\nsecret\nEOT\n", "\"…\""),
        ] {
            assert_eq!(told(written), expected, "{written}");
        }
    }
}
