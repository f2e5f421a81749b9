//! From text to canonical text, all the way. The floor: the parse of the text.

mod inputs;

use std::hint::black_box;

use criterion::Criterion;
use redis_acl::{AccessString, Dialect, User};

fn normalize(criterion: &mut Criterion) {
    for (dialect, name, text) in inputs::of_all_dialects() {
        let of: Dialect = dialect.parse().expect("a dialect");
        let normalized = || User::parse(of, black_box(&text)).map(|user| user.to_string());
        normalized().expect("a dialect that takes the rules");
        let mut group = inputs::group(criterion, &format!("normalize/{dialect}/{name}"), text.len());
        group.bench_function("floor", |bencher| bencher.iter(|| AccessString::parse(black_box(&text))));
        group.bench_function("normalize", |bencher| bencher.iter(normalized));
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    normalize(&mut criterion);
    criterion.final_summary();
}
