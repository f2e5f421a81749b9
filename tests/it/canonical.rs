//! The worked examples of the specification: one list of rules, printed by each generation of servers.

use redis_acl::{Dialect, Engine, User};

/// The command part of what is printed, or the reason of the refusal.
fn commands(engine: Engine, rules: &str) -> String {
    match User::parse(engine, rules) {
        Ok(user) => {
            let line = user.to_string();
            let start = line.find("+@all").into_iter().chain(line.find("-@all")).min().expect("a base");
            line[start..].to_owned()
        }
        Err(errors) => {
            let message = errors.server_message().expect("a server's words");
            message.rsplit_once("': ").expect("a reason").1.to_owned()
        }
    }
}

/// Columns: A (6.0.5), B (6.0.9), C (6.0, 6.2), C with subcommands (7.0), D (7.2 and later).
#[track_caller]
fn prints(rules: &str, a: &str, b: &str, c: &str, c7: &str, d: &str) {
    use Engine::*;
    for (engine, expected) in [
        (Redis6_0_5, a),
        (Redis6_0_9, b),
        (Redis6_0, c),
        (Redis6_2, c),
        (Redis7_0, c7),
        (Redis7_2, d),
        (Redis7_4, d),
        (Redis8_0, d),
        (Redis8_4, d),
        (Valkey7_2, d),
        (Valkey8_0, d),
        (Valkey8_1, d),
        (Valkey9_1, d),
    ] {
        assert_eq!(commands(engine, rules), expected, "{engine}: {rules}");
    }
}

#[test]
fn categories_are_found_again() {
    let a = "-@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset -hincrby -hincrbyfloat -hdel \
             -bitop -geoadd -georadius -georadiusbymember";
    prints("+@READ", a, "-@all +@read", "-@all +@read", "-@all +@read", "-@all +@read");
    prints(
        "+@hash +@set +@list",
        "-@all +@set +@list +@hash",
        "-@all +@set +@list +@hash",
        "-@all +@list +@hash +@set",
        "-@all +@list +@hash +@set",
        "-@all +@hash +@set +@list",
    );
}

#[test]
fn taking_a_category_from_everything() {
    let exceptions = "-swapdb -keys -flushdb -flushall -sort -info -role -restore -restore-asking -migrate";
    assert_eq!(commands(Engine::Redis6_0_5, "+@all -@dangerous"), "+@all -@admin -@dangerous");
    assert_eq!(commands(Engine::Redis6_0_9, "+@all -@dangerous"), format!("+@all -@admin {exceptions}"));
    for engine in [Engine::Redis6_0, Engine::Redis6_2, Engine::Redis7_0, Engine::Redis7_2, Engine::Valkey9_1]
    {
        assert_eq!(commands(engine, "+@all -@dangerous"), "+@all -@dangerous", "{engine}");
    }
    let without_keys = exceptions.replace("-keys ", "");
    assert_eq!(
        commands(Engine::Redis6_0, "+@all -@dangerous +keys"),
        format!("+@all -@admin {without_keys}")
    );
    assert_eq!(commands(Engine::Redis7_2, "+@all -@dangerous +keys"), "+@all -@dangerous +keys");
}

#[test]
fn of_categories_that_fit_alike_the_first_comes_first() {
    // as a server of 7.0.15 has it
    for (rules, described) in [
        ("+@transaction +@hyperloglog", "-@all +@hyperloglog +@transaction"),
        ("+@blocking +@geo", "-@all +@geo +@blocking"),
        ("+@all -@transaction -@hyperloglog", "+@all -@hyperloglog -@transaction"),
    ] {
        assert_eq!(commands(Engine::Redis7_0, rules), described, "{rules}");
    }
}

#[test]
fn text_goes_on_behind_its_quotes_since_valkey_9_0() {
    let printed = |engine| User::parse(engine, r#"("~a"b +get)"#).expect("good rules").to_string();
    for engine in [Engine::Redis7_0, Engine::Redis8_0, Engine::Valkey8_1] {
        assert!(printed(engine).ends_with("resetchannels -@all (resetchannels -@all)"), "{engine}");
    }
    for engine in [Engine::Valkey9_0, Engine::Valkey9_1] {
        assert!(printed(engine).ends_with("-@all (~ab resetchannels -@all +get)"), "{engine}");
    }
}

#[test]
fn a_later_rule_wins() {
    let none = "-@all";
    prints("+get -@read", none, none, none, none, "-@all +get -@read");
    let all = "+@all";
    prints("+@all -get +get", all, all, all, all, "+@all +get");
    prints("+@read +@READ -@all", none, none, none, none, none);
    prints("-get", none, none, none, none, "-@all -get");
}

#[test]
fn containers_and_their_subcommands() {
    let unknown = "Unknown command or category name in ACL";
    let none = "-@all";
    prints(
        "+config -@dangerous",
        none,
        none,
        none,
        "-@all +config -config|get -config|resetstat -config|rewrite -config|set",
        "-@all +config -@dangerous",
    );
    prints("+config|get -config", none, none, none, none, "-@all -config");
    let given = "+@all -config +config|get";
    prints(given, given, given, given, given, given);
    let given = "-@all +client -client|kill";
    prints("+client -client|kill", unknown, unknown, unknown, given, given);
    let (upper, lower) = ("-@all +config|GET", "-@all +config|get");
    prints("+CONFIG|GET", upper, upper, upper, lower, lower);
}

#[test]
fn first_arguments_stay_behind_their_command() {
    let once = "-@all +select|A";
    prints("+select|A +select|a", once, once, once, once, "-@all +select|a");
    let last = "-@all +select|1";
    prints("+select|0 -select +select|1", last, last, last, last, "-@all -select +select|1");
    let apart = "-@all +@connection +select|0"; // select is @keyspace before 7.0
    prints(
        "+select|0 +@connection",
        apart,
        apart,
        apart,
        "-@all +@connection",
        "-@all +select|0 +@connection",
    );
}

#[test]
fn a_subcommand_of_what_is_allowed() {
    let rules = "+@all +config|get";
    assert!(
        commands(Engine::Redis6_0, rules).starts_with("Adding a subcommand of a command already fully added")
    );
    assert_eq!(commands(Engine::Redis6_2, rules), "+@all");
    assert_eq!(commands(Engine::Redis7_0, rules), "+@all");
    assert_eq!(commands(Engine::Redis7_2, rules), rules);
}

#[test]
fn subcommands_that_are_none() {
    let unknown = "Unknown command or category name in ACL";
    for (rules, expected) in [
        ("+select|0|1", unknown),
        ("+config|get|x", "Allowing first-arg of a subcommand is not supported"),
        ("+config|get|", "Allowing first-arg of a subcommand is not supported"),
        ("+config|nosuch", unknown),
        ("+nosuch|", unknown),
        ("+get|", "Syntax error"),
        ("+config|", "Syntax error"),
        ("-get|x", unknown),
        ("+", unknown),
        ("+@", unknown),
        ("+|get", unknown),
        ("@read", "Syntax error"),
    ] {
        assert_eq!(commands(Engine::Redis7_0, rules), expected, "{rules}");
        assert_eq!(commands(Engine::Valkey9_1, rules), expected, "{rules}");
    }
    assert_eq!(commands(Engine::Redis6_2, "+select|0|1 +config|nosuch"), "-@all +select|0|1 +config|nosuch");
}

#[test]
fn whole_lines() {
    let line = |rules: &str| User::parse(Engine::Redis7_2, rules).expect("good rules").to_string();
    let q = "8e35c2cd3bf6641bdb0e2050b76932cbb2e6034a0ddacc1d9bea82a6ba57f7cf";
    assert_eq!(line(">p >p >q <p"), format!("off sanitize-payload #{q} resetchannels -@all"));
    assert_eq!(line("~x ~*"), "off sanitize-payload ~* resetchannels -@all");
    assert_eq!(line("%R~a ~b %W~c"), "off sanitize-payload %R~a ~b %W~c resetchannels -@all");
    assert_eq!(line("%R~a %W~a"), "off sanitize-payload ~a resetchannels -@all");
    assert_eq!(
        line("+get (~a +set) (%R~b &c +@read)"),
        "off sanitize-payload resetchannels -@all +get (~a resetchannels -@all +set) \
         (%R~b resetchannels &c -@all +@read)"
    );
}

#[test]
fn new_users_and_reset() {
    for (dialect, new, reset) in [
        ("redis-6.0", "off -@all", "off -@all"),
        ("redis-6.2", "off &* -@all", "off sanitize-payload &* -@all"),
        ("redis-7.0", "off resetchannels -@all", "off sanitize-payload resetchannels -@all"),
        ("redis-7.2", "off sanitize-payload resetchannels -@all", "off sanitize-payload resetchannels -@all"),
        (
            "valkey-8.1",
            "off sanitize-payload resetchannels -@all",
            "off sanitize-payload resetchannels -@all",
        ),
        ("valkey-9.1", "off resetchannels -@all", "off resetchannels -@all"),
    ] {
        let dialect: Dialect = dialect.parse().expect("a modelled dialect");
        assert_eq!(User::new(dialect).to_string(), new);
        assert_eq!(
            User::parse(dialect, "on >p ~* +get reset").expect("good rules").to_string(),
            reset,
            "{dialect}"
        );
    }
}

#[test]
fn databases_of_valkey_9_1() {
    let line = |rules: &str| User::parse(Engine::Valkey9_1, rules).map(|user| user.to_string());
    assert_eq!(line("db=2,1,2 +get").unwrap(), "off resetchannels db=1,2 -@all +get");
    assert_eq!(line("DB=1 resetdbs").unwrap(), "off resetchannels resetdbs -@all");
    assert_eq!(line("db=1 alldbs").unwrap(), "off resetchannels -@all");
    assert_eq!(line("db=1 db=+03").unwrap(), "off resetchannels db=3 -@all");
    assert_eq!(line("(db=0 +get)").unwrap(), "off resetchannels -@all (resetchannels db=0 -@all +get)");
    for (rules, reason) in [
        ("db=", "Syntax error"),
        ("db=1,", "Syntax error"),
        ("db=1x", "Syntax error"),
        ("db=-1", "The provided database ID is out of range"),
        ("db=2147483648", "The provided database ID is out of range"),
        ("db=99999999999999999999", "The provided database ID is out of range"),
    ] {
        assert_eq!(commands(Engine::Valkey9_1, rules), reason, "{rules}");
    }
    assert_eq!(line("db=2147483647 db=-0").unwrap(), "off resetchannels db=0 -@all");
}
