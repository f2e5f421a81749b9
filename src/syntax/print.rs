//! From the tree back to text.

use alloc::string::ToString;
use core::fmt::{self, Display, Formatter, Write};

use super::{AccessString, Quoting, Rule, RuleKind, SelectorRule};
use crate::access::KeyAccess;

impl Display for AccessString<'_> {
    /// The text that was parsed, passwords included.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Debug for AccessString<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccessString").field(&self.rules).finish()
    }
}

impl Display for Rule<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for RuleKind<'_> {
    /// The rule in its usual spelling, passwords included: keywords in lower case, `~*` for `allkeys`.
    /// Parsed again it is the same rule.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off => f.write_str("off"),
            Self::NoPass => f.write_str("nopass"),
            Self::ResetPass => f.write_str("resetpass"),
            Self::AddPassword(password) => write!(f, ">{}", password.expose()),
            Self::RemovePassword(password) => write!(f, "<{}", password.expose()),
            Self::AddHash(hash) => write!(f, "#{hash}"),
            Self::RemoveHash(hash) => write!(f, "!{hash}"),
            Self::Reset => f.write_str("reset"),
            Self::SanitizePayload => f.write_str("sanitize-payload"),
            Self::SkipSanitizePayload => f.write_str("skip-sanitize-payload"),
            Self::AllKeys => f.write_str("~*"),
            Self::ResetKeys => f.write_str("resetkeys"),
            Self::Key { permission: None, pattern } => write!(f, "~{pattern}"),
            Self::Key { permission: Some(KeyAccess::ReadWrite), pattern } => write!(f, "%RW~{pattern}"),
            Self::Key { permission: Some(access), pattern } => write!(f, "{}{pattern}", access.prefix()),
            Self::AllChannels => f.write_str("&*"),
            Self::ResetChannels => f.write_str("resetchannels"),
            Self::Channel { pattern } => write!(f, "&{pattern}"),
            Self::AllCommands => f.write_str("+@all"),
            Self::NoCommands => f.write_str("-@all"),
            Self::Category { effect, name } => write!(f, "{}@{name}", effect.sign()),
            Self::Command { effect, name, argument: None } => write!(f, "{}{name}", effect.sign()),
            Self::Command { effect, name, argument: Some(argument) } => {
                write!(f, "{}{name}|{argument}", effect.sign())
            }
            Self::Selector(selector) => selector.fmt(f),
            Self::ClearSelectors => f.write_str("clearselectors"),
            Self::AllDatabases => f.write_str("alldbs"),
            Self::ResetDatabases => f.write_str("resetdbs"),
            Self::Databases(ids) => databases(f, ids),
        }
    }
}

fn databases(f: &mut Formatter<'_>, ids: &[u32]) -> fmt::Result {
    f.write_str("db=")?;
    for (place, id) in ids.iter().enumerate() {
        if place > 0 {
            f.write_char(',')?;
        }
        write!(f, "{id}")?;
    }
    Ok(())
}

impl Display for SelectorRule<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        match self.quoting {
            Quoting::Balanced => self.rules(f, quoted)?,
            // text behind a closing quote is what tells this kind of quoting; an empty piece will do
            Quoting::Joined => self.rules(f, |f, rule| {
                f.write_str("\"\"")?;
                quoted(f, rule)
            })?,
            Quoting::Unbalanced => f.write_char('"')?,
        }
        f.write_char(')')
    }
}

impl SelectorRule<'_> {
    fn rules(
        &self,
        f: &mut Formatter<'_>,
        each: impl Fn(&mut Formatter<'_>, &str) -> fmt::Result,
    ) -> fmt::Result {
        for (place, rule) in self.rules.iter().enumerate() {
            if place > 0 {
                f.write_char(' ')?;
            }
            each(f, &rule.to_string())?;
        }
        Ok(())
    }
}

/// A rule as it must stand in a selector: between quotes where it holds some itself, or blanks.
fn quoted(f: &mut Formatter<'_>, rule: &str) -> fmt::Result {
    if !rule.contains(|c: char| matches!(c, '"' | '\'' | ' ' | '\t'..='\r')) {
        return f.write_str(rule);
    }
    f.write_char('"')?;
    for c in rule.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
