//! Random requests: of every command, mostly well-formed, with the words that matter to those that look for keys.

use redis_acl::{Catalog, Command, Dialect};

use crate::random::Random;
use crate::resp::Request;

const KEYS: [&[u8]; 16] = [
    b"a", b"b", b"ab", b"k", b"app:", b"app:1", b"", b"\\", b"-", b"]", b"[a", b"\xc3\xa9", b"\xff", b"a\0b", b"zz",
    b"a\r\nb",
];

const NUMBERS: [&[u8]; 13] = [
    b"0", b"1", b"2", b"3", b"-1", b"2a", b" 2", b"+2", b"00", b"15", b"16", b"1.5", b"4294967297",
];

/// What somebody looks for among the arguments.
const WORDS: [&[u8]; 43] = [
    b"STORE", b"store", b"STOREDIST", b"BY", b"by", b"GET", b"get", b"LIMIT", b"KEYS", b"keys", b"AUTH", b"AUTH2", b"COPY",
    b"REPLACE", b"STREAMS", b"streams", b"GROUP", b"COUNT", b"BLOCK", b"NOACK", b"CLAIM", b"DB", b"db", b"STRINGS", b"LCS",
    b"usage", b"SET", b"INCRBY", b"OVERFLOW", b"IFEQ", b"w_*", b"#", b"u8", b"sat", b"EX", b"NX", b"WEIGHTS", b"left", b"asc",
    b"alpha", b"STORE\0", b"get\0x", b"help",
];

/// The commands that other than by fixed places find keys, channels or databases.
const LOOKED_FOR: [&str; 46] = [
    "sort", "sort_ro", "migrate", "georadius", "georadiusbymember", "xread", "xreadgroup", "eval", "evalsha", "eval_ro",
    "fcall", "fcall_ro", "zunion", "zinter", "zdiff", "zunionstore", "zinterstore", "zdiffstore", "zintercard",
    "sintercard", "lmpop", "zmpop", "blmpop", "bzmpop", "set", "bitfield", "memory", "memory|usage", "stralgo", "msetex",
    "delex", "copy", "move", "swapdb", "select", "publish", "spublish", "subscribe", "psubscribe", "ssubscribe", "mget",
    "mset", "object|freq", "flushall", "quit", "lcs",
];

pub(crate) fn request(dialect: Dialect, random: &mut Random) -> Request {
    let catalog = Catalog::from(dialect);
    if random.percent(3) {
        return unknown(random);
    }
    let looked_for = catalog.command(random.pick(&LOOKED_FOR)).filter(|_| random.percent(60));
    let commands: Vec<_> = catalog.commands().collect();
    let command = looked_for.unwrap_or_else(|| random.pick(&commands));
    of_command(command, random)
}

fn unknown(random: &mut Random) -> Request {
    let name: &[u8] = random.pick(&[b"nosuch", b"config|get", b"\xff", b"", b"no\r\nsuch", b"config", b"QUIT"]);
    let count = random.below(5);
    let arguments = (0..count).map(|_| match random.below(4) {
        0 => b"x".repeat(random.below(200)),
        _ => argument(random),
    });
    let mut request: Request = std::iter::once(name.to_owned()).chain(arguments).collect();
    request.iter_mut().skip(1).take(1).for_each(without_nul);
    request
}

/// The server finds names in a table by all their bytes, then compares them as C texts: chance decides what it
/// does with a subcommand that holds a NUL.
fn without_nul(word: &mut Vec<u8>) {
    word.retain(|byte| *byte != 0);
}

fn of_command(command: Command<'_>, random: &mut Random) -> Request {
    let mut request: Request = command.name().split('|').map(|word| word.as_bytes().to_owned()).collect();
    if random.percent(10) {
        request.iter_mut().for_each(|word| word.make_ascii_uppercase());
    }
    let arity = usize::from(command.arity().unsigned_abs());
    let more = if command.arity() < 0 { random.pick(&[0, 0, 1, 2, 3, 4, 5, 7]) } else { 0 };
    let wrong = random.percent(3);
    while request.len() < arity + more + usize::from(wrong) {
        request.push(argument(random));
    }
    if command.is_container() {
        request.iter_mut().skip(1).take(1).for_each(without_nul);
    }
    // a number of keys that may be right
    if random.percent(50) {
        let place = random.pick(&[1, 2]);
        if let Some(argument) = request.get_mut(place + usize::from(command.container().is_some())) {
            *argument = random.pick(&NUMBERS[..4]).to_owned();
        }
    }
    request
}

fn argument(random: &mut Random) -> Vec<u8> {
    match random.below(10) {
        0..5 => random.pick(&KEYS).to_owned(),
        5..7 => random.pick(&NUMBERS).to_owned(),
        _ => random.pick(&WORDS).to_owned(),
    }
}
