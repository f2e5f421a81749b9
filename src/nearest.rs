//! Names that someone may have meant.

use alloc::string::String;
use alloc::vec::Vec;

/// The known names nearest to `name`, at most three and by name: those that the fewest slips lead to, if
/// they are few.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let name = name.to_ascii_lowercase();
    let slips = (name.len() / 3).clamp(1, 3);
    let near_in_length = |known: &&str| known.len().abs_diff(name.len()) <= slips;
    let known = known.filter(near_in_length);
    let distances: Vec<_> = known.filter_map(|known| Some((distance(&name, known, slips)?, known))).collect();
    let Some(fewest) = distances.iter().map(|(far, _)| *far).min() else {
        return Vec::new();
    };
    let mut near: Vec<_> =
        distances.into_iter().filter(|(far, _)| *far == fewest).map(|(_, known)| known).collect();
    near.sort_unstable();
    near.truncate(3);
    near
}

/// Help that names them, with a sign before each.
pub(crate) fn did_you_mean(sign: &str, names: &[&str]) -> Option<String> {
    let names: Vec<_> = names.iter().map(|name| format!("`{sign}{name}`")).collect();
    match names.split_last()? {
        (only, []) => Some(format!("did you mean {only}?")),
        (last, others) => Some(format!("did you mean {} or {last}?", others.join(", "))),
    }
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour; `None` if more than so many,
/// which is soon found out of most names.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let exchanged = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = exchanged.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        // a swap goes back by two rows
        if row.iter().chain(&last).all(|slips| *slips > most) {
            return None;
        }
        (before_last, last, row) = (last, row, before_last);
    }
    Some(last[b.len()]).filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!(distance("gte", "get", 3), Some(1));
        assert_eq!(distance("", "get", 3), Some(3));
        assert_eq!(distance("zadd", "sadd", 1), Some(1));
    }

    #[test]
    fn what_takes_too_many_slips_is_not_near() {
        assert_eq!(distance("", "get", 2), None);
        assert_eq!(distance("abcdef", "bacdfe", 2), Some(2));
        assert_eq!(distance("abcdef", "bacdfe", 1), None);
        assert_eq!(distance("abcdefgh", "stuvwxyz", 3), None);
    }

    #[test]
    fn only_the_nearest_are_named() {
        assert_eq!(nearest("GTE", ["set", "get", "ttl"].into_iter()), ["get"]);
        assert_eq!(nearest("xet", ["set", "sset", "get"].into_iter()), ["get", "set"]);
        assert_eq!(nearest("x", ["get", "set"].into_iter()), [""; 0]);
    }
}
