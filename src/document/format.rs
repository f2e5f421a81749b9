//! Access strings in another form, proven to be equivalent on every engine that may read them.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::line::Blanks;
use super::users::{Access, FileUser};
use super::{Document, Entry, Kind, Origin};
use crate::compare::{compare, simplify_string};
use crate::dialect::{Dialect, Dialects, Form, Service};
use crate::secret::PasswordHash;
use crate::syntax::{AccessString, Rule, RuleKind};
use crate::user::User;

/// What strings are put into.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// How the rules are written.
    pub form: TargetForm,
    /// How passwords are written.
    pub passwords: Passwords,
}

/// How the rules of a string are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetForm {
    /// As the server or service returns them: a service in its observed form, never in the one that it documented for
    /// Redis 6.0, which grants more on every later engine.
    Canonical,
    /// As the shortest string that is equivalent.
    Simplified,
}

/// What becomes of plaintext passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passwords {
    /// They stay as they are written.
    Kept,
    /// Their SHA-256 hashes take their place.
    Hashed,
}

/// Why a string stays as it is though it is not in the form. `Display` gives the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Left {
    /// The engines that may read it return different forms, or nothing equivalent on all of them was found.
    #[error("these engines return different forms; name one with --dialect or in redis-acl.toml")]
    DependsOnEngine,
    /// No shorter string was found that is equivalent on all of the engines.
    #[error("no shorter string is equivalent on every engine that can read it")]
    NotEquivalent,
    /// No text of the form is read as the same user.
    #[error("no text in that form is read as the same user")]
    NotProven,
    /// The form cannot be written there so that it is read back as the same text.
    #[error("the new text cannot be written there safely")]
    NotWritable,
    /// A tool wrote the file, such as a plan or a state.
    #[error("a tool wrote the file; change the configuration that it comes from")]
    WrittenByTool,
    /// A heredoc ends with a line break, which AWS does not return.
    #[error("the heredoc ends with a line break, which AWS does not return; write it as a quoted string")]
    EndsWithLineBreak,
    /// It is the whole access string of a user, and AWS returns another text for it, which cannot be written there.
    #[error(
        "AWS returns another text for it, so that every plan shows a difference; write that text by hand"
    )]
    ReturnedOtherwise,
    /// A string that is known in part has blanks that AWS never returns.
    #[error(
        "AWS returns single blanks between rules, and none around them, so that every plan shows a difference"
    )]
    StrayBlanks,
    /// Its text is computed, or other strings are computed from it.
    #[error("it is computed from several values, or is part of another string")]
    Computed,
    /// It may be a part of another string.
    #[error(
        "it may be part of another string: it does not begin with `on` or `off`, or a module that is not read uses it"
    )]
    MayBeAPart,
    /// It says `resetchannels`, which the form leaves out. ElastiCache was seen to return the word and not to return it;
    /// without it the user may be able to use every channel.
    #[error(
        "its `resetchannels` stays, because ElastiCache does not always return it and may allow all channels without it"
    )]
    ResetsChannels,
}

impl Left {
    /// Whether a plan or a server would show another text than the file.
    #[must_use]
    pub fn is_a_difference(self) -> bool {
        matches!(self, Self::EndsWithLineBreak | Self::ReturnedOtherwise | Self::StrayBlanks)
    }
}

/// A string that stays as it is, and why.
#[derive(Clone, Copy, Debug)]
pub struct LeftEntry {
    /// Its index among the entries.
    pub index: usize,
    /// The reason.
    pub why: Left,
}

/// What becomes of a file.
#[derive(Clone, Debug, Default)]
pub struct Formatted {
    /// The strings that change, by their index among the entries.
    pub changed: Vec<usize>,
    /// Those that stay though they are not in the form.
    pub left: Vec<LeftEntry>,
    /// The whole file, if something changes.
    pub bytes: Option<Vec<u8>>,
}

/// So often a form may change when it is put into itself before it is given up.
const ROUNDS: usize = 4;

/// White space around an access string is no part of it: AWS and servers return the string without.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

// ---------------------------------------------------------------------------------------------------
// Files

impl Document<'_> {
    /// Puts the strings into the form, each only if it is equivalent on every engine that may read it. Nothing is
    /// changed in a file with [refusals](Document::refusals); look for these first.
    #[must_use]
    pub fn formatted(&self, target: Target) -> Formatted {
        let mut formatted = Formatted::default();
        let mut changes = Vec::new();
        for (index, entry) in self.entries().iter().enumerate() {
            if entry.is_fragment {
                if entry.has_stray_blanks {
                    formatted.leave(index, Left::StrayBlanks);
                }
                continue;
            }
            let why = match target.string(&entry.text, &entry.dialects) {
                Ok(text) if text == entry.text && self.has_single_blanks(entry) => continue,
                _ if entry.is_frozen && matches!(self.kind, Kind::Infrastructure(_)) => Left::Computed,
                _ if may_be_a_part(entry) => Left::MayBeAPart,
                Ok(text) => {
                    changes.push((index, text));
                    continue;
                }
                Err(why) => why,
            };
            let is_difference = entry.is_returned && is_returned_otherwise(&entry.text, &entry.dialects);
            formatted.leave(index, if is_difference { Left::ReturnedOtherwise } else { why });
        }
        if !changes.is_empty() {
            self.write(&mut formatted, &changes);
        }
        formatted.left.sort_by_key(|left| left.index);
        formatted
    }

    fn write(&self, formatted: &mut Formatted, changes: &[(usize, String)]) {
        let users = self.users();
        let accepts = |again: &Document<'_>| same_users(&users, &again.users());
        let mut rewritten = self.rewritten_with(Blanks::Single, changes, accepts);
        // the text of a heredoc ends with a line break, whatever is written
        let broken = |index: &usize| self.entries()[*index].text.ends_with('\n');
        let ended: Vec<_> = rewritten.left.iter().copied().filter(broken).collect();
        if !ended.is_empty() {
            let text = |(index, text): &(usize, String)| match ended.contains(index) {
                true => (*index, format!("{text}{}", self.line_break(*index))),
                false => (*index, text.clone()),
            };
            let with_breaks: Vec<_> = changes
                .iter()
                .map(text)
                .filter(|(index, text)| *text != self.entries()[*index].text)
                .collect();
            rewritten = self.rewritten_with(Blanks::Single, &with_breaks, accepts);
        }
        for (index, text) in changes {
            let is_same = ended.contains(index)
                && self.entries()[*index].text == format!("{text}{}", self.line_break(*index));
            match rewritten.left.contains(index) {
                // its line break is reported once the rules are in the form
                false if !is_same => formatted.changed.push(*index),
                _ if ended.contains(index) => formatted.leave(*index, Left::EndsWithLineBreak),
                _ => formatted.leave(*index, self.why_not_writable(*index)),
            }
        }
        formatted.bytes = (!formatted.changed.is_empty()).then_some(rewritten.bytes);
    }
}

impl Document<'_> {
    fn why_not_writable(&self, index: usize) -> Left {
        match &self.entries()[index].origin {
            Origin::Literal(text) if text.is_written_by_tool() => Left::WrittenByTool,
            _ => Left::NotWritable,
        }
    }

    /// The line break at the end of an entry's text.
    fn line_break(&self, index: usize) -> &str {
        let text = &self.entries()[index].text;
        &text[text.trim_end_matches(['\r', '\n']).len()..]
    }
}

impl Formatted {
    fn leave(&mut self, index: usize, why: Left) {
        self.left.push(LeftEntry { index, why });
    }
}

/// Whether it is a value that a configuration may join with others, and not surely their beginning: the canonical form
/// of a part is not a part of the canonical form.
fn may_be_a_part(entry: &Entry<'_>) -> bool {
    let is_value =
        ["locals", "variable", "module"].contains(&entry.name.split(' ').next().unwrap_or_default());
    let first = entry.text.split_ascii_whitespace().next().unwrap_or_default();
    entry.is_handed_on || is_value && !["on", "off"].iter().any(|begins| first.eq_ignore_ascii_case(begins))
}

/// Whether two readings of a file define the same users, on every engine that may read it.
#[must_use]
pub fn same_users(old: &[FileUser], new: &[FileUser]) -> bool {
    let same_access = |old: &Access, new: &Access| match (old, new) {
        (Access::Known(old), Access::Known(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| are_equivalent(old, new))
        }
        (Access::Unknown { written: old, .. }, Access::Unknown { written: new, .. }) => old == new,
        _ => false,
    };
    let is_same = |(old, new): (&FileUser, &FileUser)| {
        old.id == new.id
            && old.address == new.address
            && old.logins == new.logins
            && same_access(&old.access, &new.access)
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}

// ---------------------------------------------------------------------------------------------------
// Strings

impl Target {
    /// The string in the form, which is in that form itself, without white space around it.
    ///
    /// Of the engines that may read it those count that accept it.
    ///
    /// # Errors
    /// When the engines return different forms, or no text in that form is read as the same user on all of them.
    pub fn string(self, text: &str, dialects: &Dialects) -> Result<String, Left> {
        let accepting = dialects.filter(|dialect| User::parse(dialect, text).is_ok());
        let dialects = accepting.ok_or(Left::NotProven)?;
        let mut settled = self.string_once(text, &dialects)?;
        for _ in 0..ROUNDS {
            let again = self.string_once(&settled, &dialects)?;
            if again == settled {
                return if loses_reset(text, &settled, &dialects) {
                    Err(Left::ResetsChannels)
                } else {
                    Ok(settled)
                };
            }
            settled = again;
        }
        Err(Left::NotProven)
    }

    fn string_once(self, text: &str, dialects: &Dialects) -> Result<String, Left> {
        let core = text.trim_matches(BLANKS);
        let string = AccessString::parse(core).map_err(|_| Left::NotProven)?;
        let written = self.written_passwords(core, string.rules());
        let is_proven = |form: &String| dialects.iter().all(|dialect| is_equivalent(dialect, text, form));
        let unproven = match self.form {
            _ if dialects.single().is_some() => Left::NotProven,
            TargetForm::Canonical => Left::DependsOnEngine,
            TargetForm::Simplified => Left::NotEquivalent,
        };
        let proven = |form: String| Some(with_passwords(&form, &written)).filter(|form| is_proven(form));
        match self.form {
            TargetForm::Canonical => proven(canonical(core, dialects)?).ok_or(unproven),
            TargetForm::Simplified => simplified(&string, dialects).find_map(proven).ok_or(unproven),
        }
    }

    /// How each password is written, by the rule that its hash would be; nothing if that shall stand there.
    fn written_passwords<'t>(self, text: &'t str, rules: &[Rule<'_>]) -> BTreeMap<String, &'t str> {
        let written = |rule: &Rule<'_>| match &rule.kind {
            RuleKind::AddPassword(password) => {
                Some((hash_rule(password.hash()), text.get(rule.span.range())?))
            }
            _ => None,
        };
        match self.passwords {
            Passwords::Hashed => BTreeMap::new(),
            Passwords::Kept => rules.iter().filter_map(written).collect(),
        }
    }
}

/// The text that all of the engines return.
fn canonical(text: &str, dialects: &Dialects) -> Result<String, Left> {
    let mut forms = dialects.iter().filter_map(|dialect| form_of(text, dialect));
    let first = forms.next().or_else(|| form_of_oldest(text, dialects)).ok_or(Left::NotProven)?;
    if forms.all(|form| form == first) { Ok(first) } else { Err(Left::DependsOnEngine) }
}

/// Whether no engine that accepts the text returns it as it is. Of a `resetchannels` that is not certain.
fn is_returned_otherwise(text: &str, dialects: &Dialects) -> bool {
    let core = text.trim_matches(BLANKS);
    let mut forms: Vec<_> = dialects.iter().filter_map(|dialect| form_of(core, dialect)).collect();
    if forms.is_empty() {
        forms.extend(form_of_oldest(core, dialects));
    }
    let differs = |form: &String| form != text && !loses_reset(text, form, dialects);
    !forms.is_empty() && forms.iter().all(differs)
}

/// Whether a text has blanks that are never returned, regardless of its unknown parts.
pub(super) fn has_stray_blanks(shown: &str) -> bool {
    shown.trim_matches(BLANKS) != shown || shown.contains("  ") || shown.contains(['\t', '\r', '\n'])
}

/// The text that an engine returns; `None` where the form of today is not known for it.
fn form_of(text: &str, dialect: Dialect) -> Option<String> {
    if dialect.form() == Form::Documented {
        return None;
    }
    Some(User::parse(dialect, text).ok()?.to_string())
}

/// ElastiCache returns the rules as given under Redis 6.0 too, as its next version shows.
fn form_of_oldest(text: &str, dialects: &Dialects) -> Option<String> {
    let service = dialects.oldest().service().filter(|service| *service == Service::ElastiCache)?;
    let next = Dialects::of_service(service).iter().find(|dialect| dialect.form() == Form::Observed)?;
    form_of(text, next)
}

/// So many engines are asked for their shortest string: what none of them finds that holds on all is not searched for
/// any longer.
const ASKED: usize = 3;

/// The shortest strings, as the newest engines have it, and the oldest.
fn simplified<'s>(string: &'s AccessString<'_>, dialects: &'s Dialects) -> impl Iterator<Item = String> + 's {
    let asked = dialects.iter().rev().take(ASKED - 1).chain(core::iter::once(dialects.oldest()));
    asked.filter_map(|dialect| simplify_string(string, dialect).ok())
}

fn is_equivalent(dialect: Dialect, old: &str, new: &str) -> bool {
    match (User::parse(dialect, old), User::parse(dialect, new)) {
        (Ok(old), Ok(new)) => are_equivalent(&old, &new),
        _ => false,
    }
}

/// Whether both can do the same and log in alike, for certain.
fn are_equivalent(a: &User, b: &User) -> bool {
    a == b || compare(a, b).is_equal()
}

/// Whether a form leaves out a `resetchannels` that ElastiCache may need to close channels.
fn loses_reset(text: &str, form: &str, dialects: &Dialects) -> bool {
    let resets = |text: &str| {
        let reset = |rule: &Rule<'_>| rule.kind == RuleKind::ResetChannels;
        AccessString::parse(text.trim_matches(BLANKS)).is_ok_and(|string| string.rules().iter().any(reset))
    };
    dialects.iter().any(|dialect| dialect.service() == Some(Service::ElastiCache))
        && resets(text)
        && !resets(form)
}

fn hash_rule(hash: PasswordHash) -> String {
    format!("#{hash}")
}

/// The form with passwords as they were written in the place of their hashes.
fn with_passwords(form: &str, written: &BTreeMap<String, &str>) -> String {
    let words = form.split(' ').map(|word| written.get(word).copied().unwrap_or(word).to_owned());
    words.collect::<Vec<_>>().join(" ")
}
