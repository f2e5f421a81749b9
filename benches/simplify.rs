//! From user to simplest string, every answer proven. The baseline: the user parsed from its canonical form and
//! printed, which the proof takes at least.

mod inputs;

use std::hint::black_box;

use criterion::Criterion;
use redis_acl::compare::simplify;
use redis_acl::{Dialect, User};

fn simplest(criterion: &mut Criterion) {
    for (dialect, name, text) in inputs::of_all_dialects() {
        let dialect: Dialect = dialect.parse().expect("a dialect");
        let canonical = User::parse(dialect, &text).expect("a user").to_string();
        let user = User::parse(dialect, &canonical).expect("a user");
        let mut group = inputs::group(criterion, &format!("simplify/{dialect}/{name}"), canonical.len());
        group.bench_function("baseline", |bencher| {
            bencher.iter(|| User::parse(dialect, black_box(&canonical)).expect("a user").to_string());
        });
        group.bench_function("simplify", |bencher| bencher.iter(|| simplify(black_box(&user))));
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    simplest(&mut criterion);
    criterion.final_summary();
}
