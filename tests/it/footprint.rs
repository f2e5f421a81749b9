//! What users and trees take: memory, and time as texts grow.

use std::time::Duration;

use redis_acl::{AccessString, Dialect, Engine, User};

use crate::clock::least;

/// The string of AWS's documentation.
const SEED: &str = "on ~app::* -@all +@read";

const DIALECTS: [&str; 5] = ["elasticache", "memorydb", "redis-7.0", "redis-7.2", "valkey-9.1"];

/// Bytes that stay allocated when the value is there, and those that were allocated at most.
fn memory<T>(make: impl FnOnce() -> T) -> (T, u64, u64) {
    let mut made = None;
    let info = allocation_counter::measure(|| made = Some(make()));
    (made.expect("what was made"), info.bytes_current as u64, info.bytes_max)
}

fn dialect(name: &str) -> Dialect {
    name.parse().expect("a dialect")
}

/// So many bytes of rules, no two patterns alike.
fn rules(bytes: usize) -> String {
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

#[test]
fn a_user_takes_a_kilobyte_and_its_patterns() {
    for name in DIALECTS {
        let (user, heap, _) = memory(|| User::parse(dialect(name), SEED).expect("rules"));
        let taken = size_of::<User>() as u64 + heap;
        assert!(taken <= 1024, "{name}: {} + {heap} bytes", size_of::<User>());

        let patterns: Vec<_> = (0..1000).map(|number| format!("~tenant:{number:04}:*")).collect();
        let text = format!("{SEED} {}", patterns.join(" "));
        let (_, heap, _) = memory(|| User::parse(dialect(name), &text).expect("rules"));
        let each = (size_of_val(&user) as u64 + heap - taken) / 1000;
        assert!(each <= 256, "{name}: {each} bytes for a pattern of {}", patterns[0].len());
    }
}

#[test]
fn a_user_that_is_changed_again_and_again_grows_no_larger() {
    for name in DIALECTS {
        let changed = |times: usize| {
            let rules = AccessString::parse("+@read +get -get +config -keys +get").expect("rules");
            let changed = || {
                let mut user = User::new(dialect(name));
                (0..times).for_each(|_| user.apply(&rules).expect("good rules"));
                user
            };
            memory(changed).1
        };
        assert_eq!(changed(3), changed(50), "{name}");
    }
}

/// From 32 kB to 512 kB.
const LENGTHS: [usize; 2] = [32 << 10, 512 << 10];
const GROWTH: u64 = (LENGTHS[1] / LENGTHS[0]) as u64;

#[test]
fn memory_grows_with_the_text_and_no_faster() {
    let texts = LENGTHS.map(rules);
    let trees = texts.each_ref().map(|text| memory(|| AccessString::parse(text).expect("rules")).2);
    assert!(trees[1] <= 2 * GROWTH * trees[0], "{trees:?}");
    for name in DIALECTS {
        let users = texts.each_ref().map(|text| memory(|| User::parse(dialect(name), text)).2);
        assert!(users[1] <= 2 * GROWTH * users[0], "{name}: {users:?}");
    }
}

/// A quadratic matter would take 256 times as long; four times the right time is within what a busy machine does.
#[test]
fn time_grows_with_the_text_and_no_faster() {
    let texts = LENGTHS.map(rules);
    let times = |make: &dyn Fn(&str)| texts.each_ref().map(|text| least(3, || make(text)));
    let is_linear = |[short, long]: [Duration; 2]| long <= 4 * GROWTH as u32 * short;
    let parsed = times(&|text| drop(AccessString::parse(text)));
    assert!(is_linear(parsed), "{parsed:?}");
    for engine in [Engine::Redis7_0, Engine::Redis7_2] {
        let normalized = times(&|text| drop(User::parse(engine, text).map(|user| user.to_string())));
        assert!(is_linear(normalized), "{engine}: {normalized:?}");
    }
}
