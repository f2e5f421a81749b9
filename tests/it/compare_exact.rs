//! Comparisons against trying every request, of a small world: what no request shows must not be claimed, and
//! what some request shows must be found.

#[path = "../server/random.rs"]
#[allow(dead_code, reason = "what is tried here is the same each time")]
pub(crate) mod random;

use redis_acl::{Dialect, Relation, User, compare};

use crate::laws;
use random::Random;

const PATTERNS: [&str; 12] = ["", "a", "b", "ab", "a*", "*", "?", "[ab]", "*b", "b?", "a[^b]", "**"];

const COMMANDS: [&str; 36] = [
    "get",
    "set",
    "copy",
    "mget",
    "mset",
    "rename",
    "zunionstore",
    "zunion",
    "eval",
    "sort",
    "sort_ro",
    "georadius",
    "publish",
    "psubscribe",
    "subscribe",
    "del",
    "exists",
    "lmpop",
    "xread",
    "xreadgroup",
    "select",
    "move",
    "swapdb",
    "flushall",
    "migrate",
    "bitfield",
    "incr",
    "object",
    "memory",
    "blpop",
    "command",
    "auth",
    "client",
    "config",
    "json.mset",
    "json.mget",
];

const SUBCOMMANDS: [&str; 7] = [
    "object|encoding",
    "memory|usage",
    "config|get",
    "config|set",
    "client|list",
    "command|count",
    "object|help",
];

const ARGUMENTS: [&str; 12] =
    ["a", "A", "b", "0", "1", "01", "2", "get", "usage", "encoding", "STREAMS", "x"];

const KEYS: [&str; 7] = ["", "a", "b", "ab", "ba", "c", "A"];

fn rule(random: &mut Random) -> String {
    let pattern = random.pick(&PATTERNS);
    match random.below(20) {
        0..=3 => format!("~{pattern}"),
        4 => format!("%R~{pattern}"),
        5 => format!("%W~{pattern}"),
        6 => format!("&{pattern}"),
        7..=11 => format!("+{}", random.pick(&COMMANDS)),
        12 => format!("-{}", random.pick(&COMMANDS)),
        13 => format!("+{}", random.pick(&SUBCOMMANDS)),
        14 => format!("-{}", random.pick(&SUBCOMMANDS)),
        15..=16 => format!("+{}|{}", random.pick(&COMMANDS), random.pick(&ARGUMENTS)),
        17 => random.pick(&["+@all", "+@read", "+@write", "-@write", "-@dangerous", "+@keyspace"]).to_owned(),
        18 => random.pick(&["~*", "&*", "resetkeys", "resetchannels"]).to_owned(),
        _ => random.pick(&["db=0", "db=1", "db=0,1", "db=1,15", "alldbs", "resetdbs"]).to_owned(),
    }
}

fn rules(random: &mut Random) -> String {
    let some = |random: &mut Random, most: usize| {
        (0..1 + random.below(most)).map(|_| rule(random)).collect::<Vec<_>>().join(" ")
    };
    let mut line = some(random, 9);
    for _ in 0..random.below(4).saturating_sub(1) {
        line += &format!(" ({})", some(random, 5));
    }
    line
}

/// Every short request about those keys, and many longer ones.
fn requests() -> Vec<Vec<String>> {
    let mut requests = Vec::new();
    let mut words = |line: String| requests.push(line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    for name in [
        "get", "set", "incr", "del", "exists", "sort", "sort_ro", "xread", "bitfield", "object", "memory",
        "config", "client", "command", "eval", "lmpop", "zunion", "select", "flushall", "publish", "auth",
    ] {
        words(name.to_owned());
        for argument in ARGUMENTS.iter().chain(&KEYS) {
            words(format!("{name}\t{argument}"));
            words(format!("{name}\t{argument}\t1"));
            words(format!("{name}\t{argument}\tx\tx"));
            for key in KEYS {
                words(format!("{name}\t{argument}\t{key}"));
                words(format!("{name}\t{argument}\t{key}\tleft"));
                words(format!("{name}\t{argument}\t2\t{key}"));
            }
        }
    }
    for key in KEYS {
        for line in [
            format!("set\t{key}\t1\tGET"),
            format!("sort\t{key}\tby\tw_*"),
            format!("sort_ro\t{key}\tby\tw_*"),
            format!("bitfield\t{key}\tget\tu8\t0"),
            format!("bitfield\t{key}\tset\tu8\t0\t1"),
            format!("object\tencoding\t{key}"),
            format!("memory\tusage\t{key}"),
            format!("georadius\t{key}\t0\t0\t1\tm"),
            format!("migrate\th\t1\t{key}\t0\t1"),
            format!("xread\tstreams\t{key}\t0"),
            format!("xreadgroup\tgroup\tg\tc\tstreams\t{key}\t>"),
            format!("move\t{key}\t1"),
            format!("move\t{key}\t15"),
            format!("subscribe\t{key}"),
            format!("psubscribe\t{key}"),
        ] {
            words(line);
        }
        for other in KEYS {
            for line in [
                format!("copy\t{key}\t{other}"),
                format!("copy\t{key}\t{other}\tdb\t1"),
                format!("rename\t{key}\t{other}"),
                format!("mget\t{key}\t{other}"),
                format!("mset\t{key}\t1\t{other}\t1"),
                format!("blpop\t{key}\t{other}\t1"),
                format!("json.mset\t{key}\t.\t1\t{other}\t.\t1"),
                format!("json.mget\t{key}\t{other}\t."),
                format!("sort\t{key}\tstore\t{other}"),
                format!("sort\t{key}\tby\tw_*\tstore\t{other}"),
                format!("georadius\t{key}\t0\t0\t1\tm\tstore\t{other}"),
                format!("zunionstore\t{key}\t1\t{other}"),
                format!("zunionstore\t{key}\t01\t{other}"),
                format!("zunionstore\t{key}\t0\t{other}"),
                format!("eval\tx\t2\t{key}\t{other}"),
                format!("lmpop\t2\t{key}\t{other}\tleft"),
                format!("migrate\th\t1\t\t0\t1\tkeys\t{key}\t{other}"),
                format!("migrate\th\t1\tx\t0\t1\tkeys\t{key}\t{other}"),
                format!("subscribe\t{key}\t{other}"),
                format!("psubscribe\t{key}\t{other}"),
            ] {
                words(line);
            }
            for third in KEYS {
                words(format!("mget\t{key}\t{other}\t{third}"));
                words(format!("zunionstore\t{key}\t2\t{other}\t{third}"));
                words(format!("georadius\t{key}\t0\t0\t1\tm\tstore\t{other}\tstoredist\t{third}"));
                words(format!("georadius\t{key}\t0\t0\t1\tm\tstoredist\t{other}\tstore\t{third}"));
            }
        }
    }
    for line in [
        "swapdb\t0\t1",
        "swapdb\t1\t15",
        "swapdb\tx\t1",
        "select\t15",
        "select\t99",
        "copy\ta\tb\tdb\t1\tdb\t15",
    ] {
        words(line.to_owned());
    }
    requests
}

/// A user of these rules; those that are refused are left out.
fn user(dialect: Dialect, rules: &str) -> User {
    let mut user = User::new(dialect);
    let mut rest = rules;
    while !rest.is_empty() {
        let end = match rest.starts_with('(') {
            true => rest.find(')').map_or(rest.len(), |end| end + 1),
            false => rest.find(' ').unwrap_or(rest.len()),
        };
        let _ = user.apply_arguments([&rest[..end]]);
        rest = rest[end..].trim_start();
    }
    user
}

#[test]
fn what_a_request_shows_is_found_and_nothing_else() {
    let (requests, mut random) = (requests(), Random::new(5));
    let (mut within, mut differing, mut undecided) = (0, 0, 0);
    for dialect in [
        "redis-6.0.5",
        "redis-6.2",
        "redis-7.0",
        "redis-7.2",
        "redis-8.4",
        "redis-8.4.6",
        "valkey-9.1",
        "redis-8.0+json",
    ] {
        let dialect: Dialect = dialect.parse().expect("a dialect");
        for _ in 0..30 {
            let first = rules(&mut random);
            let second = match random.below(3) {
                0 => rules(&mut random),
                1 => format!("{first} {}", rule(&mut random)),
                _ => format!("{} {first}", rule(&mut random)),
            };
            let (a, b) = (user(dialect, &first), user(dialect, &second));
            let comparison = compare(&a, &b);
            undecided += usize::from(comparison.relation() == Relation::Undecided);
            for (one, other, excess) in
                [(&a, &b, comparison.only_first()), (&b, &a, comparison.only_second())]
            {
                if let Some(witness) = excess.witness() {
                    let may = |user: &User| user.check_in(witness.database(), witness.request()).is_allowed();
                    assert!(may(one) && !may(other), "{dialect}: {one} / {other}: {witness}");
                    differing += 1;
                    continue;
                }
                within += 1;
                for request in &requests {
                    for database in if dialect.to_string() == "valkey-9.1" { &[0, 1, 15][..] } else { &[0] } {
                        let may = |user: &User| user.check_in(*database, request).is_allowed();
                        assert!(
                            !may(one) || may(other),
                            "{dialect}: {one} / {other}: {request:?} in {database}"
                        );
                    }
                }
            }
        }
    }
    println!("{within} within, {differing} differing, {undecided} undecided");
    assert!(within > 60 && differing > 60 && undecided < 10, "{within} {differing} {undecided}");
}

#[test]
fn random_triples_keep_the_laws() {
    let mut random = Random::new(6);
    let requests = requests();
    for dialect in Dialect::all() {
        for _ in 0..6 {
            let asked: Vec<_> = (0..40).map(|_| requests[random.below(requests.len())].join("\t")).collect();
            let first = rules(&mut random);
            let second = format!("{first} {}", rule(&mut random));
            let third = format!("{second} {}", rule(&mut random));
            laws::compare(&format!("{dialect}\n{first}\n{second}\n{third}\n{}", asked.join("\n")));
        }
    }
}

#[test]
fn random_pairs_of_dialects_keep_the_laws() {
    let mut random = Random::new(7);
    let dialects: Vec<_> = Dialect::all().collect();
    for _ in 0..30 {
        let (one, two) = (random.pick(&dialects), random.pick(&dialects));
        let (first, third) = (rules(&mut random), rules(&mut random));
        laws::compare(&format!("{one} {two}\n{first}\n{first}\n{third}"));
    }
}
