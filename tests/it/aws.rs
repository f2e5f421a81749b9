//! What ElastiCache and MemoryDB answer. Each case carries its evidence.

use redis_acl::{ApplyErrorKind, Dialect, Form, User};

#[track_caller]
fn answer(dialect: &str, input: &str) -> String {
    let dialect: Dialect = dialect.parse().expect("a modelled dialect");
    User::parse(dialect, input).unwrap_or_else(|errors| panic!("{errors}")).to_string()
}

#[track_caller]
fn rewrites(dialect: &str, input: &str, output: &str) {
    assert_eq!(answer(dialect, input), output, "{dialect}: {input}");
    assert_eq!(answer(dialect, output), output, "{dialect}: the answer is a fixed point");
}

const LONG: &str = "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset \
                    -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember";

/// Every ElastiCache dialect whose form is the one observed in 2026.
const OBSERVED: [&str; 8] = [
    "elasticache/redis-6.2",
    "elasticache/redis-7.0",
    "elasticache/redis-7.1",
    "elasticache/valkey-7.2",
    "elasticache/valkey-8.0",
    "elasticache/valkey-8.1",
    "elasticache/valkey-8.2",
    "elasticache/valkey-9.0",
];

#[test]
fn the_documented_form_is_that_of_the_cli_reference() {
    rewrites("elasticache", "on ~app::* -@all +@read", LONG);
    rewrites("elasticache", "~objects:* ~items:* ~public:*", "off ~objects:* ~items:* ~public:* -@all");
    rewrites("elasticache", "off +get ~keys*", "off ~keys* -@all +get");
    // derived: Redis 6.0.5 with single commands in table order
    rewrites("elasticache", "on allkeys allcommands", "on ~* +@all");
}

#[test]
fn the_documented_form_of_more_strings_follows_redis_6_0_5() {
    // derived, not seen at AWS
    rewrites(
        "elasticache",
        "on ~* -@all +@read +@write",
        "on ~* -@all +@keyspace +@read +@write +@set +@sortedset +@list +@hash +@string +@bitmap +@hyperloglog +@geo \
         +@stream +@fast +@slow +@blocking -module -select -auth -ping -save -bgsave -bgrewriteaof -shutdown -multi \
         -exec -discard -sync -psync -replconf -info -monitor -slaveof -replicaof -debug -config -subscribe \
         -unsubscribe -psubscribe -punsubscribe -publish -pubsub -watch -unwatch -cluster -asking -readonly \
         -readwrite -client -hello -eval -evalsha -slowlog -script -wait -command -pfselftest -latency -acl",
    );
    rewrites("elasticache", "on ~* +@all -@dangerous", "on ~* +@all -@admin -@dangerous");
    for same in ["on ~* -@all +@connection", "on ~* -@all +get +set", "on ~* +@all"] {
        rewrites("elasticache", same, same);
    }
    rewrites("elasticache", "on ~* -@all +@all -flushall", "on ~* +@all -flushall");
    rewrites("elasticache", "on ~* +@all -@all +get", "on ~* -@all +get");
    rewrites("elasticache", "+get -get +get", "off -@all +get");
    rewrites("elasticache", "ON ~* +@ALL", "on ~* +@all");
}

#[test]
fn the_observed_form_keeps_the_order_and_shows_channels_only_where_it_must() {
    for dialect in OBSERVED {
        rewrites(dialect, "on ~app:* +@read", "on ~app:* -@all +@read"); // live, 2026-07
        rewrites(dialect, "on ~* -@all +@read +@write", "on ~* -@all +@read +@write");
        rewrites(dialect, "on ~* +@all -@dangerous", "on ~* +@all -@dangerous");
        rewrites(dialect, "on ~* -@all +@all -flushall", "on ~* +@all -flushall");
        rewrites(dialect, "on ~* +@all -@all +get", "on ~* -@all +get");
        rewrites(dialect, "+get -get +get", "off -@all +get");
        rewrites(dialect, "off +get ~keys*", "off ~keys* -@all +get");
        for fixed in ["on ~* +@all", "off ~* -@all", "off -@all", LONG] {
            rewrites(dialect, fixed, fixed); // acceptance tests and live reads
        }
        rewrites(dialect, "~objects:* ~items:* ~public:*", "off ~objects:* ~items:* ~public:* -@all");
        rewrites(dialect, "on ~* &* +@all", "on ~* &* +@all");
        // derived
        rewrites(dialect, "on ~* &b &a +get", "on ~* resetchannels &b &a -@all +get");
    }
}

/// Derived: a server of Redis 6.2 takes such a rule and forgets it.
#[test]
fn a_first_argument_of_a_command_that_is_allowed_is_no_rule_in_redis_6_2() {
    rewrites("elasticache/redis-6.2", "on ~* +get +get|x +set|y", "on ~* -@all +get +set|y");
    rewrites("elasticache/redis-7.0", "on ~* +get +get|x +set|y", "on ~* -@all +get +get|x +set|y");
}

#[test]
fn syntax_of_redis_7_brings_the_channel_token() {
    // live, 2026: keys with permissions are read back with an explicit `resetchannels`
    let keys = "on %W~connector:registration-otp:v2:{*}:challenge %W~connector:registration-otp:v2:{*}:state \
                ~connector:ratelimit:registration-otp:credential:* ~connector:ratelimit:registration-otp:owner:* \
                ~connector:ratelimit:registration-otp:peer:* ~connector:ratelimit:registration-otp:source:*";
    let commands = "-@all +hello +auth +ping +command +cluster|slots +multi +exec +discard +del +hset +expire +eval \
                    +evalsha +zremrangebyscore +zcard +zrange +zadd";
    for dialect in &OBSERVED[1..] {
        rewrites(dialect, &format!("{keys} {commands}"), &format!("{keys} resetchannels {commands}"));
        rewrites(dialect, "on %RW~p +get", "on ~p -@all +get");
        // derived
        rewrites(dialect, "on ~* (~x +get)", "on ~* resetchannels -@all (~x resetchannels -@all +get)");
        rewrites(dialect, "on ~* +@all -config|set", "on ~* resetchannels +@all -config|set");
    }
}

#[test]
fn memorydb_always_shows_channels() {
    for dialect in
        ["memorydb", "memorydb/redis-7.0", "memorydb/redis-7.1", "memorydb/valkey-7.2", "memorydb/valkey-7.3"]
    {
        rewrites(
            dialect,
            "~objects:* ~items:* ~public:*",
            "off ~objects:* ~items:* ~public:* resetchannels -@all",
        );
        rewrites(dialect, "on +get", "on resetchannels -@all +get");
        rewrites(dialect, "off +get", "off resetchannels -@all +get");
        rewrites(dialect, "~* &* -@all +@read", "off ~* &* -@all +@read");
        rewrites(dialect, "on ~app::* -@all +@read", "on ~app::* resetchannels -@all +@read");
        for fixed in ["on ~* &* +@all", "off ~objects:* ~items:* ~public:* resetchannels -@all"] {
            rewrites(dialect, fixed, fixed);
        }
    }
}

#[test]
fn a_form_that_cannot_say_what_a_user_is_is_refused() {
    let described = |dialect: &str, form| User::new(dialect.parse::<Dialect>().unwrap()).describe(form);
    let refused = |dialect: &str, form| described(dialect, form).unwrap_err().to_string();
    assert_eq!(
        refused("redis-7.2", Form::Documented),
        "the documented form has no channels, and redis-7.2 has; Redis 6.0 can be printed so"
    );
    for (form, name) in [(Form::Observed, "observed"), (Form::MemoryDb, "memorydb")] {
        let message = "form has channels, and redis-6.0 has none; Redis 6.2 and later can be printed so";
        assert_eq!(refused("redis-6.0", form), format!("the {name} {message}"));
        assert!(described("redis-7.2", form).is_ok());
    }
    assert_eq!(described("redis-6.0", Form::Documented).as_deref(), Ok("off -@all"));
}

#[test]
fn appended_rules_come_behind_the_current_ones() {
    // the CLI reference: user2 has LONG, `on ~* +@all` is appended
    assert_eq!(answer("elasticache", &format!("{LONG} on ~* +@all")), "on ~* +@all");
}

#[test]
fn aws_refuses_in_its_own_words() {
    let dialect: Dialect = "elasticache".parse().expect("a modelled dialect");
    let passwords = "Password rules are not supported in Elasticache access string. Please use Passwords parameter to \
                     set/modify user password.";
    for (input, message) in [
        ("on ~* +@all resetpass", passwords),
        ("on nopass ~* +@all", passwords),
        ("on >secret", passwords),
        ("on <secret", passwords),
        (&format!("on #{}", "0".repeat(64)), passwords),
        ("reset on", "reset rule is not supported in Elasticache user api"),
        ("on +@nosuch", "Access string contains invalid category(s)"),
        ("on flurb", "The access-string is invalid."),
    ] {
        let errors = User::parse(dialect, input).unwrap_err();
        assert_eq!(errors.server_message().as_deref(), Some(message), "{input}");
    }
    // the texts for these are not known
    for input in ["on +nosuch", "~* ~x"] {
        assert_eq!(User::parse(dialect, input).unwrap_err().server_message(), None, "{input}");
    }
}

#[test]
fn what_a_service_cannot_express_names_the_one_that_can() {
    for (dialect, input, kind, help) in [
        ("elasticache", "on &x", ApplyErrorKind::NeedsChannels, "available since elasticache/redis-6.2"),
        ("elasticache", "%R~x", ApplyErrorKind::NeedsKeyPermissions, "available since elasticache/redis-7.0"),
        ("elasticache", "(~x)", ApplyErrorKind::NeedsSelectors, "available since elasticache/redis-7.0"),
        ("memorydb", "-config|set", ApplyErrorKind::NeedsSubcommands, "available since memorydb/redis-7.0"),
        ("redis-8.4", "db=0", ApplyErrorKind::NeedsDatabases, "available since valkey-9.1.0"),
        ("redis-6.0", "sanitize-payload", ApplyErrorKind::NeedsSanitizePayload, "available since redis-6.2"),
        ("elasticache", "+getex", ApplyErrorKind::UnknownCommand, "elasticache/redis-6.2 has it"),
        (
            "elasticache/redis-7.1",
            "+@bloom",
            ApplyErrorKind::UnknownCategory,
            "elasticache/valkey-8.1 has it",
        ),
        ("redis-8.0", "+ft.search", ApplyErrorKind::UnknownCommand, "redis-8.0+search has it"),
    ] {
        let errors = User::parse(dialect.parse::<Dialect>().unwrap(), input).unwrap_err();
        assert_eq!(
            (errors.first().kind(), errors.first().help().as_deref()),
            (&kind, Some(help)),
            "{dialect}: {input}"
        );
    }
}
