//! From tree to user. The floor: the tree's own parse.

mod inputs;

use std::hint::black_box;

use criterion::Criterion;
use redis_acl::{AccessString, Dialect, User};

fn apply(criterion: &mut Criterion) {
    for (dialect, name, text) in inputs::of_all_dialects() {
        let rules = AccessString::parse(&text).expect("rules");
        let new = User::new(dialect.parse::<Dialect>().expect("a dialect"));
        let applied = || {
            let mut user = new.clone();
            user.apply(black_box(&rules)).map(|()| user)
        };
        applied().expect("a dialect that takes the rules");
        let mut group = inputs::group(criterion, &format!("apply/{dialect}/{name}"), text.len());
        group.bench_function("floor", |bencher| bencher.iter(|| AccessString::parse(black_box(&text))));
        group.bench_function("apply", |bencher| bencher.iter(applied));
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    apply(&mut criterion);
    criterion.final_summary();
}
