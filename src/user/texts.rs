//! Texts in the order in which they came, each once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// An ordered list without repetitions. Looking a text up walks a short list and asks an index of a long
/// one, so that a megabyte of patterns is no quadratic matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    list: Vec<Box<str>>,
    /// INVARIANT: empty, or where each text of the list stands.
    places: BTreeMap<Box<str>, usize>,
}

/// Up to so many texts are looked through one by one.
const FEW: usize = 32;

impl Texts {
    pub(crate) fn place(&self, text: &str) -> Option<usize> {
        match self.places.is_empty() {
            true => self.list.iter().position(|known| **known == *text),
            false => self.places.get(text).copied(),
        }
    }

    /// Where the text stands, and whether it was put there just now.
    pub(crate) fn insert(&mut self, text: &str) -> (usize, bool) {
        if let Some(place) = self.place(text) {
            return (place, false);
        }
        let place = self.list.len();
        self.list.push(text.into());
        if place == FEW {
            self.places = self.list.iter().cloned().zip(0..).collect();
        } else if place > FEW {
            self.places.insert(text.into(), place);
        }
        (place, true)
    }

    #[inline]
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.list.iter().map(|text| &**text)
    }

    /// Those from this place on, without a walk to it.
    pub(crate) fn tail(&self, from: usize) -> impl Iterator<Item = &str> {
        self.list.iter().skip(from).map(|text| &**text)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::{FEW, Texts};

    #[test]
    fn a_long_list_finds_as_a_short_one_does() {
        let mut texts = Texts::default();
        for number in 0..3 * FEW {
            assert_eq!(texts.insert(&number.to_string()), (number, true));
            assert_eq!(texts.insert(&(number / 2).to_string()), (number / 2, false));
            assert_eq!(texts.place("no"), None);
        }
        assert_eq!(texts.iter().nth(FEW), Some(FEW.to_string().as_str()));
    }
}
