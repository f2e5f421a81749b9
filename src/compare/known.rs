//! What was sorted before, the last of it; users of few dialects are compared again and again.
//!
//! To keep it takes a lock, which there is only with `std`: without, each comparison sorts anew.

use alloc::sync::Arc;

use super::kinds::Kinds;
use crate::dialect::Dialect;

#[cfg(feature = "std")]
pub(super) fn find_or(pair: [Dialect; 2], sort: impl FnOnce() -> Kinds) -> Arc<Kinds> {
    use alloc::collections::VecDeque;
    use std::sync::{PoisonError, RwLock};

    /// How many pairs of dialects are kept: each takes some hundred kilobytes. A string of
    /// unknown engine is compared on every server in turn, and its fixes on later versions too: the cache holds a pair for
    /// each release, since the oldest pair leaves first and a smaller cache would always have lost the one that is asked for.
    const KEPT: usize = 64;
    static KNOWN: RwLock<VecDeque<([Dialect; 2], Arc<Kinds>)>> = RwLock::new(VecDeque::new());

    // which requests there are does not depend on the setting
    let pair = pair.map(Dialect::without_setting);
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, kinds)) = known.iter().find(|(known, _)| *known == pair) {
        return Arc::clone(kinds);
    }
    drop(known);
    let kinds = Arc::new(sort());
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.push_back((pair, Arc::clone(&kinds)));
    if known.len() > KEPT {
        known.pop_front();
    }
    kinds
}

#[cfg(not(feature = "std"))]
pub(super) fn find_or(_: [Dialect; 2], sort: impl FnOnce() -> Kinds) -> Arc<Kinds> {
    Arc::new(sort())
}
