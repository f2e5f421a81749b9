//! The main verbs, to have their instructions counted: `VERB TIMES` runs one so often, nothing lists them.
//!
//! `benches/instructions` counts them under callgrind and compares with `instructions.txt`.

mod inputs;

use std::hint::black_box;

use redis_acl::compare::compare;
use redis_acl::lint::{self, Config};
use redis_acl::{AccessString, Dialect, Engine, User, glob};

/// What is done once, and what is then done again and again.
type Verb = (&'static str, fn() -> Box<dyn Fn()>);

const VERBS: [Verb; 14] = [
    ("parse", || {
        let text = inputs::SEED;
        Box::new(move || drop(black_box(AccessString::parse(black_box(text)))))
    }),
    ("apply elasticache", || apply("elasticache")),
    ("apply redis-7.2", || apply("redis-7.2")),
    ("describe elasticache", || describe("elasticache")),
    ("describe redis-7.0", || describe("redis-7.0")),
    ("describe redis-7.2", || describe("redis-7.2")),
    ("normalize elasticache", || normalize("elasticache")),
    ("normalize redis-7.0", || normalize("redis-7.0")),
    ("normalize redis-7.2", || normalize("redis-7.2")),
    ("check", || {
        let user = user("redis-7.2", "on ~app:session:* +@read");
        let request = ["GET", "app:session:12345"];
        Box::new(move || assert!(black_box(&user).check(black_box(&request)).is_allowed()))
    }),
    ("glob", || {
        let (pattern, key) = ("app:*:[0-9]?*", "app:session:12345");
        Box::new(move || assert!(glob::matches(black_box(pattern), black_box(key))))
    }),
    ("equal", || {
        let [one, other] = ["+get ~app::* on -@all +@read", inputs::SEED].map(|text| user("redis-7.2", text));
        Box::new(move || assert!(black_box(&one) == black_box(&other)))
    }),
    ("compare", || {
        let texts = ["on ~app:* +@read +@write -@dangerous", "on ~app:* ~cache:* +@read +set -keys"];
        let [one, other] = texts.map(|text| user("redis-7.2", text));
        Box::new(move || assert!(!compare(black_box(&one), black_box(&other)).is_equal()))
    }),
    ("lint", || {
        let (catalog, config) = (Engine::Redis7_2.into(), Config::new());
        Box::new(move || drop(black_box(lint::lint(black_box(inputs::SEED), &catalog, &config))))
    }),
];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [verb, times] if !verb.starts_with("--") => {
            let (_, prepare) = VERBS.iter().find(|(name, _)| name == verb).expect("the name of a verb");
            let run = prepare();
            (0..times.parse().expect("a number")).for_each(|_| run());
        }
        // `cargo bench` and `cargo test --benches` say how they run it
        _ => VERBS.iter().for_each(|(name, prepare)| {
            prepare()();
            println!("{name}");
        }),
    }
}

fn user(dialect: &str, text: &str) -> User {
    User::parse(dialect.parse::<Dialect>().expect("a dialect"), text).expect("a user")
}

fn apply(dialect: &str) -> Box<dyn Fn()> {
    let rules = AccessString::parse(inputs::SEED).expect("rules");
    let new = User::new(dialect.parse::<Dialect>().expect("a dialect"));
    Box::new(move || {
        let mut user = new.clone();
        user.apply(black_box(&rules)).expect("rules of any dialect");
        drop(black_box(user));
    })
}

fn describe(dialect: &str) -> Box<dyn Fn()> {
    let user = user(dialect, inputs::SEED);
    Box::new(move || drop(black_box(black_box(&user).to_string())))
}

fn normalize(dialect: &str) -> Box<dyn Fn()> {
    let dialect: Dialect = dialect.parse().expect("a dialect");
    Box::new(move || {
        let user = User::parse(dialect, black_box(inputs::SEED)).expect("a user");
        drop(black_box(user.to_string()));
    })
}
