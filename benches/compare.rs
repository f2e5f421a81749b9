//! How long it takes to compare users. The baseline of a group is the two strings, parsed and applied: who has
//! strings and not users pays that as well.

#![allow(missing_docs, reason = "criterion's macro makes a function without any")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use redis_acl::{Engine, User, compare, glob};

const ENGINE: Engine = Engine::Redis7_2;

fn user(rules: &str) -> User {
    User::parse(ENGINE, rules).expect("rules")
}

/// Five selectors with fifty patterns each.
fn large(first: usize) -> String {
    let patterns = |selector: usize| {
        (0..50).fold(String::new(), |mut text, number| {
            let _ = write!(text, " ~tenant:{}:{number:02}:*", first + selector);
            text
        })
    };
    let further =
        (1..5).map(|selector| format!(" ({} +@read -keys +@hash)", patterns(selector).trim_start()));
    format!("on{} +@read +@write -@dangerous{}", patterns(0), further.collect::<String>())
}

fn pairs(criterion: &mut Criterion) {
    let pairs = [
        ("equal", "on ~app:* +@read".to_owned(), "+@read ~app:* on".to_owned()),
        ("ordinary", "on ~app:* +@read".to_owned(), "on ~app:* ~tmp:* +@read +@write -keys".to_owned()),
        (
            "wild",
            "on allkeys +@all -@dangerous +KEYS -@blocking +@connection".to_owned(),
            "on ~app:* ~session:* &* +@all -@admin -@dangerous +info +client".to_owned(),
        ),
        ("5 selectors, 50 patterns each", large(0), large(1)),
    ];
    for (name, first, second) in pairs {
        let (a, b) = (user(&first), user(&second));
        let mut group = criterion.benchmark_group(name);
        group.bench_function("compare", |bencher| {
            bencher.iter(|| compare(black_box(&a), black_box(&b)).relation());
        });
        group.bench_function("baseline", |bencher| {
            bencher.iter(|| (user(black_box(&first)), user(black_box(&second))));
        });
        group.finish();
    }
}

/// Whether two users mean the same; the baseline compares their canonical texts, made before.
fn equality(criterion: &mut Criterion) {
    let (a, b) = (user("on ~app::* -@all +@read"), user("+@read ~app::* on"));
    let texts = (a.to_string(), b.to_string());
    assert!(a == b && texts.0 == texts.1);
    let mut group = criterion.benchmark_group("equality");
    group.bench_function("equal", |bencher| bencher.iter(|| black_box(&a) == black_box(&b)));
    group.bench_function("baseline", |bencher| {
        bencher.iter(|| black_box(&texts.0) == black_box(&texts.1));
    });
    group.finish();
}

/// Inclusion of patterns; the baseline matches one against the text of the other.
fn patterns(criterion: &mut Criterion) {
    for (name, pattern, others) in [
        ("prefix", "app:1:*", &["app:*"][..]),
        ("escapes", "app:*", &["app:1*", "app:2*", "tmp:*"]),
        ("classes", "user:[0-9]*:[a-f]?", &["user:[0-4]*", "user:[5-9]*"]),
        ("stars", "*:session:*", &["*:s*", "app:*"]),
    ] {
        let mut group = criterion.benchmark_group(format!("inclusion/{name}"));
        group.bench_function("inclusion", |bencher| {
            bencher.iter(|| glob::inclusion(black_box(pattern), black_box(others)));
        });
        group.bench_function("baseline", |bencher| {
            bencher.iter(|| others.iter().any(|other| glob::matches(black_box(other), black_box(pattern))));
        });
        group.finish();
    }
}

criterion_group!(benches, pairs, equality, patterns);
criterion_main!(benches);
