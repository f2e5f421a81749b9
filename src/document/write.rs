//! Files with some of their strings written anew.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::line::Blanks;
use super::{Document, Entry, Origin, Problem};

/// The file with some of its strings written anew. It may hold passwords.
pub struct Rewritten {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Entries that cannot be written safely, and are as they were.
    pub left: BTreeSet<usize>,
}

impl fmt::Debug for Rewritten {
    /// Omits the text of the file, which can hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rewritten({} bytes, left: {:?})", self.bytes.len(), self.left)
    }
}

impl<'a> Document<'a> {
    /// The file with other texts in some of its entries, which are given by their index. What comes out is read
    /// again, and must hold these texts and nothing else that is new, and `accepts` it; where it does not, the text is
    /// left as it was. Everything outside the strings stays byte for byte.
    #[must_use]
    pub fn rewritten(
        &self,
        changes: &[(usize, String)],
        accepts: impl Fn(&Document<'_>) -> bool,
    ) -> Rewritten {
        self.rewritten_with(Blanks::Kept, changes, accepts)
    }

    /// The same, with the blanks that lines about users shall have.
    pub(super) fn rewritten_with(
        &self,
        blanks: Blanks,
        changes: &[(usize, String)],
        accepts: impl Fn(&Document<'_>) -> bool,
    ) -> Rewritten {
        let made = self.makeable(blanks, changes, &accepts);
        let indices =
            |changes: &[(usize, String)]| changes.iter().map(|(index, _)| *index).collect::<BTreeSet<_>>();
        match self.written(blanks, &made, &accepts) {
            Some(bytes) => Rewritten { bytes, left: &indices(changes) - &indices(&made) },
            None => Rewritten {
                bytes: self.bytes.to_vec(),
                left: changes.iter().map(|(index, _)| *index).collect(),
            },
        }
    }

    /// Those of the changes that can be made: all of them, or those of each half.
    fn makeable(
        &self,
        blanks: Blanks,
        changes: &[(usize, String)],
        accepts: &dyn Fn(&Document<'_>) -> bool,
    ) -> Vec<(usize, String)> {
        if changes.is_empty() || self.written(blanks, changes, accepts).is_some() {
            return changes.to_vec();
        }
        if changes.len() == 1 {
            return Vec::new();
        }
        let (front, back) = changes.split_at(changes.len() / 2);
        [self.makeable(blanks, front, accepts), self.makeable(blanks, back, accepts)].concat()
    }

    /// How to write one entry anew, by itself: the bytes of the file that change, and what comes in their place.
    /// `None` where it cannot be written, or the file is so large that this takes too long.
    #[must_use]
    pub fn edit(&self, index: usize, new: &str) -> Option<(Range<usize>, String)> {
        const LARGE: usize = 100_000;
        let (range, text) = match &self.writable(index)?.origin {
            Origin::Composed { .. } => return None,
            Origin::Literal(text) => {
                let edit = text.replace(new)?;
                (edit.range, edit.text)
            }
            Origin::Line { rules, within: None } => rules.edit(new, Blanks::Kept)?,
            Origin::Line { rules, within: Some(text) } => {
                let text = Some(&self.texts[*text]).filter(|text| text.value().len() < LARGE)?;
                let value = spliced(text.value().as_bytes(), vec![rules.edit(new, Blanks::Kept)?])?;
                let edit = text.replace(&String::from_utf8(value).ok()?)?;
                (edit.range, edit.text)
            }
        };
        let old = core::str::from_utf8(self.bytes.get(range.clone())?).ok()?;
        let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
            pairs.take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum()
        };
        let front = same(&mut old.chars().zip(text.chars()));
        let back = same(&mut old[front..].chars().rev().zip(text[front..].chars().rev()));
        let range = range.start + front..range.end - back;
        Some((range, text[front..text.len() - back].to_owned()))
    }

    fn written(
        &self,
        blanks: Blanks,
        changes: &[(usize, String)],
        accepts: &dyn Fn(&Document<'_>) -> bool,
    ) -> Option<Vec<u8>> {
        let mut edits = Vec::new();
        let mut of_texts: Vec<Vec<(Range<usize>, String)>> = vec![Vec::new(); self.texts.len()];
        let mut plain = Vec::new();
        for (index, new) in changes {
            match &self.writable(*index)?.origin {
                Origin::Composed { .. } => return None,
                Origin::Literal(text) => edits.push(text.replace(new)?),
                Origin::Line { rules, within: None } => plain.push(rules.edit(new, blanks)?),
                Origin::Line { rules, within: Some(text) } => of_texts[*text].push(rules.edit(new, blanks)?),
            }
        }
        for (text, of_text) in self.texts.iter().zip(of_texts).filter(|(_, edits)| !edits.is_empty()) {
            let value = String::from_utf8(spliced(text.value().as_bytes(), of_text)?).ok()?;
            edits.push(text.replace(&value)?);
        }
        let bytes = match &self.found {
            Some(found) => found.apply(&edits)?,
            None => spliced(self.bytes, plain)?,
        };
        self.became(&bytes, changes, accepts).then_some(bytes)
    }

    /// Whether it has the blanks that servers write.
    pub(super) fn has_single_blanks(&self, entry: &Entry<'_>) -> bool {
        match &entry.origin {
            Origin::Literal(_) | Origin::Composed { .. } => true,
            Origin::Line { rules, .. } => rules.has_single_blanks(),
        }
    }

    fn writable(&self, index: usize) -> Option<&Entry<'a>> {
        self.entries.get(index).filter(|entry| !entry.is_frozen)
    }

    /// Whether the other bytes hold the same entries with these texts.
    fn became(
        &self,
        bytes: &[u8],
        changes: &[(usize, String)],
        accepts: &dyn Fn(&Document<'_>) -> bool,
    ) -> bool {
        let again = self.reread(bytes);
        let text = |index: usize, old: &Entry<'_>| {
            let changed = changes.iter().rev().find(|(of, _)| *of == index);
            changed.map_or_else(|| old.text.clone(), |(_, new)| new.clone())
        };
        let alike = |(index, (old, new)): (usize, (&Entry<'_>, &Entry<'_>))| {
            old.name == new.name && old.dialects == new.dialects && new.text == text(index, old)
        };
        let is_file_error = |problem: &&Problem| problem.kind.is_of_acl_file();
        self.entries.len() == again.entries.len()
            && self.entries.iter().zip(&again.entries).enumerate().all(alike)
            && self.problems.iter().filter(is_file_error).count()
                == again.problems.iter().filter(is_file_error).count()
            && accepts(&again)
    }
}

/// The bytes with others in the place of some; `None` where two of the edits overlap.
fn spliced(bytes: &[u8], mut edits: Vec<(Range<usize>, String)>) -> Option<Vec<u8>> {
    edits.sort_by_key(|(range, _)| range.start);
    let (mut written, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for (range, text) in edits {
        written.extend_from_slice(bytes.get(at..range.start)?);
        written.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    written.extend_from_slice(bytes.get(at..)?);
    Some(written)
}
