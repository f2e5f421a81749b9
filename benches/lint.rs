//! How long it takes to lint. The baseline of a group is the parse and application of the same strings, which any
//! use of them takes; throughput counts strings.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use redis_acl::lint::{self, Config};
use redis_acl::{Catalog, Dialect, User};

/// Strings as people write them.
const WILD: &str = include_str!("../tests/corpus/wild-strings.txt");

/// One that has nothing to be said of it, and one with a fix to be proven.
const ONE: [(&str, &str); 2] =
    [("clean", "on ~app:* resetchannels -@all +get +set"), ("a fix", "on ~app:* -@all +@string +get")];

fn groups(criterion: &mut Criterion) {
    for name in ["elasticache/redis-7.1", "redis-7.2"] {
        let catalog = Catalog::from(name.parse::<Dialect>().expect("a dialect"));
        let wild: Vec<_> = WILD.lines().collect();
        group(criterion, &format!("{name}/wild"), &wild, &catalog);
        for (what, string) in ONE {
            group(criterion, &format!("{name}/{what}"), &[string], &catalog);
        }
    }
}

fn group(criterion: &mut Criterion, name: &str, strings: &[&str], catalog: &Catalog) {
    let config = Config::new();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(strings.len() as u64));
    group.bench_function("lint", |bencher| {
        bencher.iter(|| {
            strings.iter().map(|string| lint::lint(black_box(string), catalog, &config).len()).sum::<usize>()
        });
    });
    group.bench_function("baseline", |bencher| {
        bencher.iter(|| {
            strings.iter().filter(|string| User::parse_with(catalog, black_box(string)).is_ok()).count()
        });
    });
    group.finish();
}

criterion_group!(benches, groups);
criterion_main!(benches);
