//! Rules applied one by one, for those who look at what each of them changes.

use super::{Selector, User};
use crate::catalog::Catalog;
use crate::dialect::Quirks;
use crate::syntax::Rule;

impl User {
    /// Applies one rule; where it is refused, nothing changes and the answer is `false`.
    pub(crate) fn takes(&mut self, rule: &Rule<'_>, quirks: &Quirks) -> bool {
        self.apply_rule(rule, quirks).is_ok()
    }
}

impl Selector {
    /// What a selector is before its first rule.
    pub(crate) fn unwritten(quirks: &Quirks) -> Self {
        Self::new(quirks)
    }

    /// Applies one rule between the parentheses, as [`User::takes`].
    pub(crate) fn takes(&mut self, rule: &Rule<'_>, catalog: &Catalog, quirks: &Quirks) -> bool {
        self.apply_rule(rule, rule.span, catalog, quirks).is_ok()
    }
}
