//! What the benches measure, and each with what it is compared to.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};

/// The string of AWS's documentation.
pub(crate) const SEED: &str = "on ~app::* -@all +@read";

/// The longest of the strings found in public repositories that every dialect here takes (its password
/// left out, which services refuse).
const WILD: &str = "on allkeys +@all -@dangerous +KEYS -@blocking -@connection +AUTH +PING +ECHO +HELLO -@pubsub \
                    +PUBLISH +PUBSUB -WATCH -UNWATCH -DISCARD";

/// They print by the algorithms A, C and D.
const DIALECTS: [&str; 3] = ["elasticache", "redis-7.0", "redis-7.2"];

/// Each input with its name.
pub(crate) fn all() -> [(&'static str, String); 3] {
    [("seed", SEED.into()), ("wild", WILD.into()), ("64kB", rules(64 << 10))]
}

/// Each input with its name, for each dialect.
#[allow(dead_code, reason = "`parse` knows no dialect")]
pub(crate) fn of_all_dialects() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    DIALECTS.into_iter().flat_map(|dialect| all().map(|(name, text)| (dialect, name, text)))
}

/// So many bytes of rules, no two patterns alike.
pub(crate) fn rules(bytes: usize) -> String {
    let mut text = String::from("on");
    for number in 0.. {
        let more = format!(" ~app:{number}:* +@read -keys +set -@dangerous");
        if text.len() + more.len() > bytes {
            break;
        }
        text.push_str(&more);
    }
    text
}

/// A group about this much text.
#[allow(dead_code, reason = "`instructions` are counted without criterion")]
pub(crate) fn group<'c>(
    criterion: &'c mut Criterion,
    name: &str,
    bytes: usize,
) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}
