//! The simplest string of a user.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use redis_acl::compare::{simplify, simplify_string};
use redis_acl::{AccessString, Catalog, Category, Dialect, Engine, NewCommand, User};

use crate::laws;

const SEED: &str = "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset -hincrby \
                    -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember";

fn dialect(name: &str) -> Dialect {
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn user(name: &str, rules: &str) -> User {
    User::parse(dialect(name), rules).unwrap_or_else(|errors| panic!("{name}: {rules}: {errors}"))
}

/// The simplest string of the user, and that user keeps the laws.
#[track_caller]
fn is(name: &str, rules: &str, expected: &str) {
    let user = user(name, rules);
    assert_eq!(simplify(&user), expected, "{name}: {rules}");
    laws::a_user_is_simplified(&user);
    laws::a_line_is_simplified(user.dialect(), rules);
}

#[track_caller]
fn line_is(name: &str, rules: &str, expected: &str) {
    let string = AccessString::parse(rules).expect("rules");
    assert_eq!(simplify_string(&string, dialect(name)).expect("rules"), expected, "{name}: {rules}");
    laws::a_line_is_simplified(dialect(name), rules);
}

// ---------------------------------------------------------------------------------------------------
// Commands

#[test]
fn the_long_answer_of_elasticache_is_short_again() {
    is("elasticache", SEED, "on ~app::* -@all +@read");
    line_is("elasticache", SEED, "on ~app::* -@all +@read");
}

#[test]
fn categories_are_found_behind_lists_of_commands() {
    for name in ["redis-6.0.5", "redis-6.2", "redis-7.0", "redis-7.2", "redis-8.4", "valkey-9.1", "memorydb"]
    {
        let catalog = Catalog::from(dialect(name));
        let commands =
            catalog.expand("@read").expect("a category") | catalog.expand("@hash").expect("a category");
        let mut rules: Vec<_> =
            commands.iter().map(|id| format!("+{}", catalog.get(id).expect("a command").name())).collect();
        rules.push("-hdel".into());
        is(name, &format!("on ~a {}", rules.join(" ")), "on ~a -@all +@read +@hash -hdel");
    }
}

#[test]
fn the_base_says_what_of_commands_to_come() {
    let catalog = Catalog::from(Engine::Redis7_2);
    let every: Vec<_> = catalog.commands().map(|command| format!("+{}", command.name())).collect();
    let simplest = simplify(&user("redis-7.2", &every.join(" ")));
    assert!(simplest.starts_with("off -@all +@"), "{simplest}");
    is("redis-7.2", "+@all -get +get", "off +@all");
    let none: Vec<_> = every.iter().map(|rule| rule.replace('+', "-")).collect();
    let simplest = simplify(&user("redis-7.2", &format!("+@all {}", none.join(" "))));
    assert!(simplest.starts_with("off +@all -@"), "{simplest}");
}

#[test]
fn categories_are_taken_away_from_others() {
    is("redis-7.2", "+@write -@dangerous +@read -@dangerous", "off -@all +@read +@write -@dangerous");
    is("redis-7.2", "+@all -@dangerous +info +config", "off +@all -@dangerous +config +info");
    is("redis-6.0.9", "+@all -@dangerous", "off +@all -@dangerous");
    is("elasticache/valkey-8.0", "+@all -@admin -@dangerous", "off +@all -@dangerous");
}

#[test]
fn an_order_that_says_more_is_kept() {
    // no list of categories followed by removed ones says this as shortly
    is("redis-7.2", "+@write -@slow +@hash -keys", "off -@all +@write -@slow +@hash");
}

#[test]
fn containers_cover_their_subcommands() {
    let all_but_set = "+config|get +config|resetstat +config|rewrite +config|help";
    is("redis-7.2", &format!("{all_but_set} +config -config|set"), "off -@all +config -config|set");
    is(
        "redis-7.2",
        all_but_set,
        &format!("off -@all {}", "+config|get +config|help +config|resetstat +config|rewrite"),
    );
    is("redis-7.2", "+config|get", "off -@all +config|get");
    is("redis-7.2", "+@all -config +config|get", "off +@all -config +config|get");
    is("redis-7.2", "+@all -config|get", "off +@all -config|get");
    // before the category, it takes the subcommands away again
    is(
        "redis-7.2",
        "+config -config|get -config|set -config|rewrite -config|resetstat",
        "off -@all +config -@admin",
    );
    is("redis-6.2", "+config +get", "off -@all +get +config");
}

#[test]
fn rules_that_change_nothing_go() {
    is("redis-7.2", "+get -set +get|x -hget", "off -@all +get");
    is("redis-7.2", "-@all +@all -@all", "off -@all");
    is("redis-8.4", "+@read +get +@read -set", "off -@all +@read");
}

#[test]
fn first_arguments_stand_last() {
    is("redis-6.0.5", "+select|0 +get +select|1", "off -@all +get +select|0 +select|1");
    is("redis-6.2", "+config|get +@read +get|x", "off -@all +@read +config|get");
    is("redis-7.0", "+select|A +select|a +get", "off -@all +get +select|A");
    is("redis-7.2", "+@all -select +select|0 +get|x", "off +@all -select +select|0");
    is("redis-7.2", "+select|0 +@connection", "off -@all +@connection");
}

#[test]
fn modules_count_where_categories_reach_them() {
    is("redis-8.4+json", "+@json", "off -@all +@json");
    is("redis-8.4+json", "+@write -@json", "off -@all +@write -@json");
    // a rule about a category leaves modules alone up to 7.0
    let json_writes = "+json.set +json.del +json.clear";
    let simplest = simplify(&user("redis-7.0+json", &format!("+@write {json_writes}")));
    assert!(simplest.contains("+@write") && simplest.contains("+json.set"), "{simplest}");
    is("elasticache/valkey-8.1", "+@all -@bloom", "off +@all -@bloom");
}

#[test]
fn commands_of_ones_own_count() {
    let own = [
        NewCommand::new("app.lock", 3).flags(&["write", "fast"]),
        NewCommand::new("app.queue", -2).categories(&[Category::List]),
        NewCommand::new("app.queue|push", -3).flags(&["write"]),
        NewCommand::new("app.queue|peek", -3).flags(&["readonly"]),
    ];
    let catalog = Catalog::from(Engine::Redis7_2).with_commands(own).expect("new commands");
    for (rules, expected) in [
        ("+@write", "off -@all +@write"),
        ("+@write -app.lock", "off -@all +@write -app.lock"),
        ("+@list -app.queue", "off -@all +@list -app.queue"),
        ("+app.queue -app.queue|push", "off -@all +app.queue -@write"),
        ("+app.queue|push", "off -@all +app.queue|push"),
    ] {
        let user = User::parse_with(&catalog, rules).expect("rules");
        let simplest = simplify(&user);
        assert_eq!(simplest, expected);
        assert_eq!(User::parse_with(&catalog, &simplest).expect("rules"), user);
    }
}

/// What up to three rules of the searched form can give is not written longer, whatever it was given by.
#[test]
fn no_shorter_rules_are_overlooked() {
    let (adding, removing) =
        (["+@hash", "+@admin", "+@pubsub", "+config", "+client"], ["-@dangerous", "-@write", "-@admin"]);
    let mending = ["+hget", "+info", "-config", "-client|kill", "+config|get", "-publish", "-hdel"];
    let with_none =
        |rules: &[&'static str]| std::iter::once("").chain(rules.iter().copied()).collect::<Vec<_>>();
    let mut told = BTreeSet::new();
    for first in with_none(&adding) {
        for second in with_none(&[&adding[..], &removing[..]].concat()) {
            for third in with_none(&[&removing[..], &mending[..]].concat()) {
                let rules = ["-@all", first, second, third].join(" ");
                let rules = rules.split_whitespace().collect::<Vec<_>>().join(" ");
                // Redis 7.0 prints what is allowed, and nothing of how it came to be
                let printed = user("redis-7.0", &rules).to_string();
                let simplest = simplify(&user("redis-7.0", &printed));
                assert!(simplest.len() <= "off ".len() + rules.len(), "{simplest} for {rules}");
                told.insert(simplest);
            }
        }
    }
    assert!(told.len() >= 100, "{} users", told.len());
}

// ---------------------------------------------------------------------------------------------------
// Keys

#[test]
fn keys_that_others_reach_are_dropped() {
    is("redis-6.0.5", "~app:1 ~app:* ~b", "off ~app:* ~b -@all");
    is("redis-7.2", "~a?c ~a* ~[a-c]x ~ax ~bx", "off ~a* ~[a-c]x -@all");
    // several together
    is("redis-7.2", "~[a-m]x ~[^a-m]x ~?x", "off ~?x -@all");
    is("redis-7.2", "~*a ~*b ~x*", "off ~*a ~*b ~x* -@all");
}

#[test]
fn keys_are_dropped_only_for_as_much_access() {
    is("redis-7.2", "%R~a:1 ~a:*", "off ~a:* -@all");
    is("redis-7.2", "~a:1 %R~a:*", "off ~a:1 %R~a:* -@all");
    is("redis-7.2", "~a:1 %R~a:* %W~a:*", "off ~a:* -@all");
    // one pattern must give both
    is("redis-7.2", "~a:1 %R~a:* %W~a:?", "off ~a:1 %R~a:* %W~a:? -@all");
    is("redis-7.2", "%W~a:1 %R~a:* %W~a:?", "off %R~a:* %W~a:? -@all");
}

#[test]
fn all_keys_are_no_pattern() {
    is("redis-7.2", "~a ~*", "off ~* -@all");
    // one does not reach the empty key, and lets others follow
    is("redis-7.2", "%RW~* ~a +get", "off %RW~* -@all +get");
    is("redis-7.2", "%RW~* ~ +get", "off %RW~* ~ -@all +get");
    // SORT asks for that very text
    is("redis-7.2", "%R~* ~** +sort", "off %R~* ~** -@all +sort");
    is("redis-7.2", "%R~** %R~* +sort", "off %R~* -@all +sort");
    is("redis-7.2", "%W~* ~** +sort", "off ~** -@all +sort");
}

#[test]
fn patterns_that_only_old_servers_match_are_kept() {
    let many = format!("~{}z", "*a".repeat(1001));
    is("redis-6.2", &format!("~** {many}"), &format!("off ~** {many} -@all"));
}

#[test]
fn many_patterns_are_no_trouble() {
    let inner = |number: usize| format!("~app:{number}:x ~app:{}:* ~*/{number}/*", number / 3);
    let rules: Vec<_> = (0..120).map(inner).collect();
    let user = user("redis-7.2", &rules.join(" "));
    let simplest = simplify(&user);
    assert!(!simplest.contains(" ~app:1:x") && simplest.contains(" ~app:1:*"), "{simplest}");
}

// ---------------------------------------------------------------------------------------------------
// Channels

#[test]
fn channels_are_dropped_where_nobody_asks_for_the_pattern() {
    is("redis-7.2", "&news.1 &news.* +subscribe", "off &news.* -@all +subscribe");
    is("redis-7.2", "&news.1 &news.* +psubscribe", "off &news.1 &news.* -@all +psubscribe");
    is("redis-7.2", "&news.1 &news.* +psubscribe|x", "off &news.1 &news.* -@all +psubscribe|x");
    is("redis-7.2", "&news.1 &news.* +@all -psubscribe", "off &news.1 &news.* +@all -psubscribe");
    is("redis-6.2", "resetchannels &news.1 &news.* +publish", "off resetchannels &news.* -@all +publish");
}

#[test]
fn channels_are_written_where_a_new_user_has_others() {
    is("redis-6.0.5", "~a", "off ~a -@all");
    is("redis-6.2", "~a", "off ~a -@all");
    is("redis-6.2", "resetchannels", "off resetchannels -@all");
    is("redis-7.0", "allchannels", "off &* -@all");
    is("redis-7.0", "allchannels resetchannels", "off -@all");
    is("memorydb", "on ~* +@all", "on ~* +@all");
    is("memorydb", "on ~* &* +@all", "on ~* &* +@all");
    is("elasticache/redis-6.2", "on ~* &a +@all", "on ~* &a +@all");
}

// ---------------------------------------------------------------------------------------------------
// Selectors, databases, logins

#[test]
fn selectors_that_others_cover_are_dropped() {
    is("redis-7.2", "+get ~a* (~ab +get)", "off ~a* -@all +get");
    is("redis-7.2", "(~a* +@read) (~ab +get) (~ab +set)", "off -@all (~a* +@read) (~ab +set)");
    is("redis-7.2", "(~a +get) (~b +get) (~a +get)", "off -@all (~a +get) (~b +get)");
    is("redis-7.2", "(~a +@all) (~a +@all -get)", "off -@all (~a +@all)");
    is("redis-7.2", "(~a +@read) (~a +@all -@write)", "off -@all (~a +@all -@write)");
    is("redis-7.2", "(~a* +select) (~a +select|0)", "off -@all (~a* +select)");
    is("redis-7.2", "(~a* +select|0) (~a +select|1)", "off -@all (~a* +select|0) (~a +select|1)");
    is(
        "redis-7.2",
        "(&n.* +psubscribe) (&n.1 +psubscribe)",
        "off -@all (&n.* +psubscribe) (&n.1 +psubscribe)",
    );
    is("redis-7.2", "(&n.* +publish) (&n.1 +publish)", "off -@all (&n.* +publish)");
}

#[test]
fn selectors_that_allow_nothing_are_dropped() {
    is("redis-7.0", "+get ~b (~a) () (+get -get) (&* -@all)", "off ~b -@all +get");
    is("redis-7.0", "clearselectors (\"~a) +get", "off -@all +get");
}

#[test]
fn selectors_are_simplified_alike() {
    is(
        "redis-7.2",
        "+set (resetchannels -@all +get +@read &x ~a ~a* -keys)",
        "off -@all +set (~a* +@read -keys)",
    );
    is("redis-7.2", "(~a &n.1 &n.* +@all -@admin -@dangerous)", "off -@all (~a &n.1 &n.* +@all -@dangerous)");
    // what no command of theirs looks at is not written
    is("redis-7.2", "(~a &* +get) (&* +publish)", "off -@all (~a +get) (&* +publish)");
}

#[test]
fn what_selectors_cannot_hold_stands_between_quotes() {
    is("redis-7.2", "(\"~it's\" +get)", "off -@all (\"~it's\" +get)");
    is("redis-7.2", "(+get \"~a)\")", "off -@all (\"~a)\" +get)");
    is("valkey-9.1", "('~a\"\\b' +get)", "off -@all (\"~a\\\"\\\\b\" +get)");
}

#[test]
fn the_users_own_keys_are_kept_without_commands() {
    is("redis-7.2", "~a &b (~a +get)", "off ~a &b -@all (~a +get)");
}

#[test]
fn databases_are_written_where_they_are_not_all() {
    is("valkey-9.1", "+get db=1,2,1", "off db=1,2 -@all +get");
    is("valkey-9.1", "+get db=1 alldbs", "off -@all +get");
    is("valkey-9.1", "+get resetdbs", "off resetdbs -@all +get");
    is(
        "valkey-9.1",
        "(db=1 ~* +get) (db=1,2 ~* +get) (db=3 ~* +get)",
        "off -@all (~* db=1,2 +get) (~* db=3 +get)",
    );
    is("valkey-9.1", "db=1 ~* +get (~a +get)", "off ~* db=1 -@all (~a +get)".replace("(", "+get (").as_str());
}

#[test]
fn commands_that_nobody_is_refused_may_have_keys() {
    use redis_acl::{FindKeys, KeyFlags, KeySpec, StartSearch};
    static KEY: [KeySpec; 1] = [KeySpec {
        flags: KeyFlags::RO.and(KeyFlags::ACCESS),
        start: StartSearch::Index(1),
        find: FindKeys::Range { last: 0, step: 1, limit: 0 },
    }];
    let open = NewCommand::new("app.hello", 2).flags(&["no_auth", "fast"]).key_specs(&KEY);
    let catalog = Catalog::from(Engine::Redis7_2).with_commands([open]).expect("a new command");
    let user = User::parse_with(&catalog, "on +get (~a)").expect("rules");
    assert!(user.check(&["app.hello", "a"]).is_allowed());
    assert_eq!(simplify(&user), "on -@all +get (~a)");
}

#[test]
fn logins_stay() {
    let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"; // of `secret`
    is("redis-7.2", "on >secret >secret ~a", &format!("on #{hash} ~a -@all"));
    is("redis-6.2", "nopass skip-sanitize-payload", "off nopass skip-sanitize-payload -@all");
    is("redis-6.2", "sanitize-payload", "off -@all");
    is("valkey-9.1", "skip-sanitize-payload", "off -@all");
}

// ---------------------------------------------------------------------------------------------------
// Texts

#[test]
fn a_text_is_never_made_longer() {
    line_is("redis-7.2", "on ~a +@read", "on ~a +@read");
    line_is("redis-7.2", "on +@read +get +@read ~a", "on ~a -@all +@read");
    line_is("redis-7.2", "on +@read +get ~a", "on ~a +@read");
    line_is("redis-7.2", "-@all +get", "-@all +get");
    line_is("redis-7.2", "off +get", "off +get");
    line_is("redis-7.2", "+get", "+get");
    line_is("redis-7.2", "~a ~a", "~a");
    line_is("redis-7.2", "", "");
    line_is("redis-7.2", "resetkeys", "off -@all");
    // there is no shorter way to write an empty pattern with a permission
    line_is("redis-7.2", "%R +get", "%R +get");
}

#[test]
fn a_text_without_its_passwords() {
    let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    line_is("redis-7.2", "on >secret ~* +@all", &format!("on #{hash} ~* +@all"));
    line_is("redis-7.2", ">secret %R", &format!("#{hash} %R"));
    line_is("redis-7.2", "%R >secret <secret", "off %R~ -@all");
}

#[test]
fn what_is_refused_is_told() {
    let string = AccessString::parse("on +gte").expect("well-formed");
    let errors = simplify_string(&string, Engine::Redis7_2).expect_err("no such command");
    assert_eq!(errors.first().to_string(), "redis-7.2 has no command `gte`");
}

// ---------------------------------------------------------------------------------------------------
// All that there is

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
}

#[test]
fn the_rules_that_servers_took_keep_the_laws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut servers, mut users) = (0, 0);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        servers += 1;
        let server = dialect(path.file_stem().and_then(|stem| stem.to_str()).expect("a name"));
        // every second one: twenty servers are as many as the time allows
        for line in fs::read_to_string(&path).expect("a corpus").lines().step_by(2) {
            let case: Case = serde_json::from_str(line).expect("a case");
            let mut user = User::new(server);
            if user.apply_arguments(&case.rules).is_ok() {
                users += 1;
                laws::a_user_is_simplified(&user);
                laws::a_line_is_simplified(server, &case.rules.join(" "));
            }
        }
    }
    assert!(servers >= 13 && users > 1500, "{users} users of {servers} servers");
}

/// Each string on every third dialect, each dialect with every third string: all pairs would take most of the time that
/// all tests take together.
#[test]
fn the_strings_that_people_write_keep_the_laws_on_every_dialect() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/wild-strings.txt");
    for (number, line) in fs::read_to_string(path).expect("the strings").lines().enumerate() {
        for dialect in Dialect::all().skip(number % 3).step_by(3) {
            laws::a_line_is_simplified(dialect, line);
        }
    }
}
