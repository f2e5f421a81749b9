//! How long a check takes. Each group holds a baseline: the least that would answer the same question about
//! those keys by hand, without a catalogue, permissions or selectors.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use redis_acl::{Engine, User, glob};

const ENGINE: Engine = Engine::Redis7_2;

fn user(rules: &str) -> User {
    User::parse(ENGINE, rules).expect("rules")
}

/// A name, a pattern, a key, and how one would compare them by hand.
type ByHand = (&'static str, &'static str, &'static str, fn(&[u8]) -> bool);

const BY_HAND: [ByHand; 3] = [
    ("literal", "~app:session:1", "app:session:1", |key| key == b"app:session:1"),
    ("prefix", "~app:session:*", "app:session:12345", |key| key.starts_with(b"app:session:")),
    ("glob", "~app:*:[0-9]?*", "app:session:12345", |key| {
        let rest = key.strip_prefix(b"app:").and_then(|rest| rest.iter().position(|byte| *byte == b':'));
        rest.is_some_and(|colon| key[4 + colon + 1].is_ascii_digit() && key.len() > 4 + colon + 2)
    }),
];

/// One `GET`, with and without looking the name up, next to what a hand-written test of the key takes.
fn one_pattern(criterion: &mut Criterion) {
    for (name, pattern, key, by_hand) in BY_HAND {
        let user = user(&format!("on {pattern} +@read"));
        let get = user.catalog().command("get").expect("a command").id();
        let request = ["GET", key];
        assert!(user.check(&request).is_allowed() && by_hand(key.as_bytes()));
        let mut group = criterion.benchmark_group(name);
        group.bench_function("check", |bencher| {
            bencher.iter(|| black_box(&user).check(black_box(&request)).is_allowed());
        });
        group.bench_function("check_command", |bencher| {
            bencher.iter(|| black_box(&user).check_command(black_box(get), black_box(&request)).is_allowed());
        });
        group.bench_function("baseline", |bencher| {
            bencher.iter(|| by_hand(black_box(request[1].as_bytes())));
        });
        group.finish();
    }
}

/// The last of twenty patterns is the one that matches.
fn twenty_patterns(criterion: &mut Criterion) {
    let patterns: Vec<_> = (0..20).map(|number| format!("tenant:{number:02}:*")).collect();
    let rules: Vec<_> = patterns.iter().map(|pattern| format!("~{pattern}")).collect();
    let user = user(&format!("on +@read {}", rules.join(" ")));
    let request = ["GET", "tenant:19:cart"];
    assert!(user.check(&request).is_allowed());
    let mut group = criterion.benchmark_group("20 patterns");
    group.bench_function("check", |bencher| {
        bencher.iter(|| black_box(&user).check(black_box(&request)).is_allowed());
    });
    let prefixes: Vec<_> = patterns.iter().map(|pattern| pattern.trim_end_matches('*')).collect();
    group.bench_function("baseline", |bencher| {
        bencher.iter(|| prefixes.iter().any(|prefix| black_box(request[1]).starts_with(prefix)));
    });
    group.finish();
}

/// The last of five selectors allows it.
fn five_selectors(criterion: &mut Criterion) {
    let user = user("on ~a:* +set (~b:* +@read) (~c:* +@read) (~d:* +@read) (~e:* +@read)");
    let request = ["GET", "e:cart"];
    assert!(user.check(&request).is_allowed());
    let mut group = criterion.benchmark_group("5 selectors");
    group.bench_function("check", |bencher| {
        bencher.iter(|| black_box(&user).check(black_box(&request)).is_allowed());
    });
    let prefixes = ["a:", "b:", "c:", "d:", "e:"];
    group.bench_function("baseline", |bencher| {
        bencher.iter(|| prefixes.iter().any(|prefix| black_box(request[1]).starts_with(prefix)));
    });
    group.finish();
}

fn mget_of_100_keys(criterion: &mut Criterion) {
    let user = user("on ~app:* +@read");
    let keys: Vec<_> = (0..100).map(|number| format!("app:session:{number}")).collect();
    let request: Vec<&str> = std::iter::once("MGET").chain(keys.iter().map(String::as_str)).collect();
    assert!(user.check(&request).is_allowed());
    let mut group = criterion.benchmark_group("MGET of 100 keys");
    group.throughput(Throughput::Elements(100));
    group.bench_function("check", |bencher| {
        bencher.iter(|| black_box(&user).check(black_box(&request)).is_allowed());
    });
    group.bench_function("baseline", |bencher| {
        bencher.iter(|| black_box(&request)[1..].iter().all(|key| key.starts_with("app:")));
    });
    group.finish();
}

/// Patterns by themselves, prepared, next to the same comparisons by hand.
fn globs(criterion: &mut Criterion) {
    for (name, pattern, key, by_hand) in BY_HAND {
        let pattern = glob::Pattern::new(&pattern[1..]);
        let mut group = criterion.benchmark_group(format!("glob/{name}"));
        group.bench_function("matches", |bencher| bencher.iter(|| pattern.matches(black_box(key))));
        group.bench_function("baseline", |bencher| bencher.iter(|| by_hand(black_box(key.as_bytes()))));
        group.finish();
    }
}

/// A pattern and a key made to be slow: the time grows with the product of their lengths, and no faster. The
/// baseline compares as many pairs of bytes.
fn adversarial(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("adversarial");
    group.sample_size(10);
    for length in [4, 16, 64].map(|kilobytes| kilobytes * 1024) {
        // the last star is tried at every byte of the key, each time for half the pattern
        let start = "*?".repeat(400) + "*" + &"a".repeat(length / 2) + "b";
        let pattern = format!("{start}{}", "c".repeat(length - start.len()));
        let key = "a".repeat(length);
        assert!(!glob::matches(&pattern, &key));
        group.throughput(Throughput::Elements((pattern.len() * key.len()) as u64));
        group.bench_with_input(BenchmarkId::new("matches", length), &length, |bencher, _| {
            bencher.iter(|| glob::matches(black_box(&pattern), black_box(&key)));
        });
        let rows = pattern.len() / 2;
        group.bench_with_input(BenchmarkId::new("baseline", length), &length, |bencher, _| {
            let count = |row: usize| key.bytes().filter(|byte| *byte == black_box(row as u8)).count();
            bencher.iter(|| (0..rows).map(count).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, one_pattern, globs, twenty_patterns, five_selectors, mget_of_100_keys, adversarial);
criterion_main!(benches);
