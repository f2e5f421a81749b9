//! How counts and lists are worded, wherever something is told to people.

use alloc::string::String;

/// More names than that are not listed one by one.
pub(crate) const FEW: usize = 12;

/// `1 command`, `2 commands`
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// The first few names, and how many more there are.
pub(crate) fn listed(names: &[&str]) -> String {
    let line = names[..names.len().min(FEW)].join(" ");
    match names.len().saturating_sub(FEW) {
        0 => line,
        more => format!("{line} and {more} more"),
    }
}
