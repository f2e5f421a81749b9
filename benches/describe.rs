//! From user to canonical text: algorithm A (`elasticache`), C (`redis-7.0`) and D (`redis-7.2`). The floor:
//! a copy of that text.

mod inputs;

use std::hint::black_box;

use criterion::Criterion;
use redis_acl::{Dialect, User};

fn describe(criterion: &mut Criterion) {
    for (dialect, name, text) in inputs::of_all_dialects() {
        let user = User::parse(dialect.parse::<Dialect>().expect("a dialect"), &text).expect("a user");
        let canonical = user.to_string();
        let mut group = inputs::group(criterion, &format!("describe/{dialect}/{name}"), canonical.len());
        group.bench_function("floor", |bencher| bencher.iter(|| black_box(&canonical).clone()));
        group.bench_function("describe", |bencher| bencher.iter(|| black_box(&user).to_string()));
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    describe(&mut criterion);
    criterion.final_summary();
}
