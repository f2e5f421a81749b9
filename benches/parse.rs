//! From text to tree. The floor: the text split at spaces, and a match on the first byte of each word.

mod inputs;

use std::hint::black_box;

use criterion::Criterion;
use redis_acl::AccessString;

fn parse(criterion: &mut Criterion) {
    for (name, text) in inputs::all().into_iter().chain([("1MB", inputs::rules(1 << 20))]) {
        let mut group = inputs::group(criterion, &format!("parse/{name}"), text.len());
        group.bench_function("floor", |bencher| bencher.iter(|| split_and_match(black_box(&text))));
        group.bench_function("parse", |bencher| bencher.iter(|| AccessString::parse(black_box(&text))));
    }
}

fn split_and_match(text: &str) -> Vec<(u8, &str)> {
    let mut words = Vec::new();
    for word in text.split(' ') {
        match word.as_bytes() {
            [sign @ (b'+' | b'-' | b'~' | b'%' | b'&' | b'>' | b'<' | b'#' | b'!' | b'('), ..] => {
                words.push((*sign, &word[1..]));
            }
            [_, ..] => words.push((0, word)),
            [] => {}
        }
    }
    words
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    parse(&mut criterion);
    criterion.final_summary();
}
