//! Arguments of `ACL SETUSER` that are one rule together.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use super::error::{ApplyError, ApplyErrorKind, Refusal};
use crate::dialect::{Dialect, Quirks};
use crate::span::Span;
use crate::syntax::ParseErrorKind;

/// A selector that no argument closes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenSelector {
    /// The argument that opens it.
    pub(crate) opening: usize,
    /// How many rules stand before it.
    pub(crate) rules_before: usize,
}

/// Which arguments are one rule together (`ACLMergeSelectorArguments`), joined by spaces; where there are no
/// selectors, each is one.
pub(crate) fn merge_selectors<A>(arguments: &[A], quirks: &Quirks) -> Result<Vec<Range<usize>>, OpenSelector>
where
    A: AsRef<str>,
{
    let (mut merged, mut open) = (Vec::with_capacity(arguments.len()), None);
    for (place, argument) in arguments.iter().map(AsRef::as_ref).enumerate() {
        let opens = argument.starts_with('(') && !argument.ends_with(')') && quirks.selectors;
        match open {
            // 7.0 forgets what it had collected when a selector opens inside another
            Some(_) if opens && quirks.selector_restarts => open = Some(place),
            Some(opening) if argument.ends_with(')') => {
                merged.push(opening..place + 1);
                open = None;
            }
            Some(_) => {}
            None if opens => open = Some(place),
            None => merged.push(place..place + 1),
        }
    }
    match open {
        None => Ok(merged),
        Some(opening) => Err(OpenSelector { opening, rules_before: merged.len() }),
    }
}

/// The arguments as one rule.
pub(crate) fn joined<'a, A: AsRef<str>>(arguments: &'a [A]) -> Cow<'a, str> {
    match arguments {
        [one] => Cow::Borrowed(one.as_ref()),
        several => Cow::Owned(several.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")),
    }
}

pub(super) fn open_selector(opening: &str, dialect: Dialect) -> ApplyError {
    let whole = Span::new(0, opening.len());
    let kind = ApplyErrorKind::Syntax(ParseErrorKind::UnmatchedParenthesis);
    ApplyError::in_argument(Refusal { kind, span: whole, rule: whole }, opening, dialect)
}
