//! Arguments of `ACL SETUSER` that are one rule together.

use super::error::{ApplyError, ApplyErrorKind, Refusal};
use crate::dialect::{Dialect, Quirks};
use crate::span::Span;
use crate::syntax::ParseErrorKind;

/// Joins the arguments of a selector into one (`ACLMergeSelectorArguments`); where there are no
/// selectors, each stays what it is.
///
/// The error is the argument that opens a selector which no other closes.
pub(super) fn merge_selectors<I>(arguments: I, quirks: &Quirks) -> Result<Vec<String>, String>
where
    I: IntoIterator<Item: AsRef<str>>,
{
    let (mut merged, mut open): (Vec<String>, Option<(String, String)>) = (Vec::new(), None);
    for argument in arguments {
        let argument = argument.as_ref();
        let opens = argument.starts_with('(') && !argument.ends_with(')') && quirks.selectors;
        match &mut open {
            Some((text, _)) if !(opens && quirks.selector_restarts) => {
                text.push(' ');
                text.push_str(argument);
            }
            _ if opens => {
                // 7.0 forgets what it had collected when a selector opens inside another
                open = Some((argument.to_owned(), argument.to_owned()));
                continue;
            }
            _ => merged.push(argument.to_owned()),
        }
        if argument.ends_with(')') {
            merged.extend(open.take().map(|(text, _)| text));
        }
    }
    match open {
        None => Ok(merged),
        Some((_, opening)) => Err(opening),
    }
}

pub(super) fn open_selector(opening: &str, dialect: Dialect) -> ApplyError {
    let whole = Span::new(0, opening.len());
    let kind = ApplyErrorKind::Syntax(ParseErrorKind::UnmatchedParenthesis);
    ApplyError::in_argument(Refusal { kind, span: whole, rule: whole }, opening, dialect)
}
