//! The channels of users whose rules name none: the setting `acl-pubsub-default`.

use redis_acl::claims::{Answer, Claims};
use redis_acl::compare::{simplify, simplify_string};
use redis_acl::{
    AccessString, AclFile, ChannelSource, DefaultChannels, Dialect, Engine, Relation, User, compare, explain,
};

const PUBLISH: [&str; 3] = ["PUBLISH", "secret", "x"];

#[track_caller]
fn dialect(text: &str) -> Dialect {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn user(name: &str, rules: &str) -> User {
    User::parse(dialect(name), rules).unwrap_or_else(|errors| panic!("{name}: {rules}: {errors}"))
}

fn rules(text: &str) -> AccessString<'_> {
    AccessString::parse(text).expect("rules")
}

#[track_caller]
fn can_publish(name: &str, rules: &str) -> bool {
    user(name, rules).check(&PUBLISH).is_allowed()
}

// ---------------------------------------------------------------------------------------------------
// The setting

#[test]
fn every_dialect_has_its_own_default() {
    use DefaultChannels::{AllChannels, ResetChannels};
    for (name, default) in [
        ("redis-6.0", None),
        ("redis-6.2", Some(AllChannels)),
        ("redis-7.0", Some(ResetChannels)),
        ("redis-8.4", Some(ResetChannels)),
        ("valkey-7.2", Some(ResetChannels)),
        ("valkey-9.1", Some(ResetChannels)),
        ("elasticache/redis-6.0", None),
        ("elasticache/redis-6.2", Some(AllChannels)),
        ("elasticache/redis-7.1", Some(AllChannels)),
        ("elasticache/valkey-9.0", Some(AllChannels)),
        ("memorydb/redis-6.2", Some(ResetChannels)),
        ("memorydb/valkey-7.2", Some(ResetChannels)),
    ] {
        assert_eq!(dialect(name).default_channels(), default, "{name}");
    }
}

#[test]
fn the_setting_is_part_of_a_dialects_text_where_it_differs_from_the_default() {
    for (text, printed) in [
        ("redis-7.0+acl-pubsub-default=allchannels", "redis-7.0+acl-pubsub-default=allchannels"),
        ("redis-7.0+acl-pubsub-default=resetchannels", "redis-7.0"),
        ("redis-6.2.14+acl-pubsub-default=ResetChannels", "redis-6.2+acl-pubsub-default=resetchannels"),
        ("redis-8.4+acl-pubsub-default=allchannels+json", "redis-8.4+json+acl-pubsub-default=allchannels"),
        ("redis-7.0+acl-pubsub-default=allchannels+acl-pubsub-default=resetchannels", "redis-7.0"),
        (
            "elasticache/valkey-8.0+acl-pubsub-default=resetchannels",
            "elasticache/valkey-8.0+acl-pubsub-default=resetchannels",
        ),
        ("memorydb+acl-pubsub-default=resetchannels", "memorydb/redis-6.2"),
    ] {
        let read = dialect(text);
        assert_eq!(read.to_string(), printed, "{text}");
        assert_eq!(dialect(printed), read);
        #[cfg(feature = "serde")]
        {
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(
                (json.clone(), serde_json::from_str(&json).ok()),
                (format!("{printed:?}"), Some(read))
            );
        }
    }
}

#[test]
fn a_dialect_without_the_setting_rejects_it() {
    for (text, message) in [
        (
            "redis-6.0+acl-pubsub-default=allchannels",
            "redis-6.0 has no acl-pubsub-default: channel rules exist from Redis 6.2 on",
        ),
        (
            "elasticache+acl-pubsub-default=resetchannels",
            "elasticache/redis-6.0 has no acl-pubsub-default: channel rules exist from Redis 6.2 on",
        ),
        (
            "memorydb+acl-pubsub-default=allchannels",
            "memorydb/redis-6.2 always starts users without channels; it has no acl-pubsub-default",
        ),
        (
            "redis-7.0+acl-pubsub-default=nochannels",
            "`nochannels` is not a value of acl-pubsub-default: allchannels or resetchannels",
        ),
        (
            "redis-7.0+acl-pubsub-default=",
            "`` is not a value of acl-pubsub-default: allchannels or resetchannels",
        ),
    ] {
        assert_eq!(text.parse::<Dialect>().expect_err(text).to_string(), message);
    }
}

#[test]
fn an_upgrade_keeps_the_setting() {
    let next = |text| dialect(text).next_generation().expect("something newer").to_string();
    assert_eq!(next("redis-6.2+acl-pubsub-default=resetchannels"), "redis-7.0");
    assert_eq!(next("redis-7.0+acl-pubsub-default=allchannels"), "redis-8.0+acl-pubsub-default=allchannels");
}

#[test]
fn a_server_starts_users_and_selectors_with_the_setting() {
    for (name, rules, printed) in [
        ("redis-7.0+acl-pubsub-default=allchannels", "on +get", "on &* -@all +get"),
        ("redis-7.0+acl-pubsub-default=allchannels", "on &a reset", "off sanitize-payload &* -@all"),
        ("redis-7.0+acl-pubsub-default=allchannels", "on (+get)", "on &* -@all (&* -@all +get)"),
        ("redis-7.0+acl-pubsub-default=allchannels", "on resetchannels &a", "on resetchannels &a -@all"),
        ("redis-6.2+acl-pubsub-default=resetchannels", "on +get", "on resetchannels -@all +get"),
        ("redis-6.2+acl-pubsub-default=resetchannels", "on &a +get", "on resetchannels &a -@all +get"),
    ] {
        let rules = rules.replace("on &a reset", "on resetchannels &a reset");
        assert_eq!(user(name, &rules).to_string(), printed, "{name} {rules}");
    }
    let error = User::parse(dialect("valkey-8.1+acl-pubsub-default=allchannels"), "on &a").unwrap_err();
    assert_eq!(error.to_string(), User::parse(Engine::Redis6_2, "on &a").unwrap_err().to_string());
    assert_ne!(user("redis-7.0+acl-pubsub-default=allchannels", "on"), user("redis-7.0", "on"));
}

#[test]
fn messages_name_the_dialect_without_the_setting() {
    let error = User::parse(dialect("redis-7.0+acl-pubsub-default=allchannels"), "+gte").unwrap_err();
    assert_eq!(error.to_string(), "redis-7.0 has no command `gte`");
}

// ---------------------------------------------------------------------------------------------------
// ElastiCache

/// Each string with what ElastiCache reads back, and whether its user can use every channel.
const READ_BACK: [(&str, &str, bool); 12] = [
    ("on ~* +@all", "on ~* +@all", true),
    ("on ~app:* +@read", "on ~app:* -@all +@read", true),
    ("on", "on -@all", true),
    ("on ~* &* +@all", "on ~* &* +@all", true),
    ("on ~* &news +@all", "on ~* resetchannels &news +@all", false),
    // nothing of it is read back, so that it does not hold
    ("on ~* resetchannels +@all", "on ~* +@all", true),
    ("on ~* &news resetchannels +@all", "on ~* +@all", true),
    ("on %R~x +@all", "on %R~x resetchannels +@all", false),
    ("on %R~x resetkeys ~x +@all", "on ~x +@all", true),
    ("on ~* +@all -config|set", "on ~* resetchannels +@all -config|set", false),
    ("on ~* +@all -config|set +config", "on ~* +@all +config", true),
    ("on ~x +@all (~y +get)", "on ~x resetchannels +@all (~y resetchannels -@all +get)", false),
];

#[test]
fn on_elasticache_the_string_that_is_read_back_decides_about_channels() {
    for (rules, read_back, all) in READ_BACK {
        let user = user("elasticache/redis-7.1", rules);
        assert_eq!(user.to_string(), read_back, "{rules}");
        assert_eq!(user.selectors().next().unwrap().channel_patterns().is_none(), all, "{rules}");
        let again = self::user("elasticache/redis-7.1", read_back);
        assert_eq!((&again, again.to_string().as_str()), (&user, read_back));
        assert_eq!(compare(&user, &again).relation(), Relation::Equal, "{rules}");
    }
    // with the cluster's parameter changed, the same strings are read back
    for (rules, read_back, all) in READ_BACK {
        let user = user("elasticache/redis-7.1+acl-pubsub-default=resetchannels", rules);
        assert_eq!(user.to_string(), read_back, "{rules}");
        let has_all = user.selectors().next().unwrap().channel_patterns().is_none();
        assert_eq!(has_all, all && read_back.contains("&*"), "{rules}");
    }
}

#[test]
fn elasticache_publishes_where_memorydb_and_later_servers_do_not() {
    for (name, allowed) in [
        ("elasticache/redis-6.0", true), // no channel rules
        ("elasticache/redis-6.2", true),
        ("elasticache/redis-7.0", true),
        ("elasticache/valkey-8.2", true),
        ("elasticache/valkey-8.2+acl-pubsub-default=resetchannels", false),
        ("memorydb/redis-6.2", false),
        ("memorydb/valkey-7.2", false),
        ("redis-6.2", true),
        ("redis-6.2+acl-pubsub-default=resetchannels", false),
        ("redis-7.2", false),
        ("redis-7.2+acl-pubsub-default=allchannels", true),
    ] {
        assert_eq!(can_publish(name, "on ~* +@all"), allowed, "{name}");
    }
}

#[test]
fn a_claim_of_isolation_does_not_hold_on_elasticache() {
    let claims = Claims::parse("deny PUBLISH secret x\n").expect("a claim");
    let holds =
        |name, rules| claims.check(&user(name, rules)).expect("a known command").iter().all(Answer::holds);
    assert!(!holds("elasticache/redis-6.2", "on ~* +@all"));
    assert!(!holds("elasticache/redis-6.2", "on ~* +@all resetchannels"));
    assert!(holds("elasticache/redis-6.2", "on ~* +@all &news"));
    assert!(holds("elasticache/redis-6.2+acl-pubsub-default=resetchannels", "on ~* +@all"));
    assert!(holds("memorydb", "on ~* +@all"));
}

#[test]
fn a_change_that_needs_newer_syntax_takes_the_channels_away() {
    let name = "elasticache/redis-7.0";
    let (old, new) = (user(name, "on ~* +@all"), user(name, "on ~x %R~y +@all"));
    assert!(can_publish(name, "on ~* +@all") && !can_publish(name, "on ~x %R~y +@all"));
    assert_eq!(compare(&old, &new).relation(), Relation::Wider);
    // the other way round channels are gained, though the change only takes a pattern out
    let (old, new) = (user(name, "on ~x %R~y +get +publish"), user(name, "on ~x +get +publish"));
    let gained = compare(&old, &new);
    assert_eq!(gained.only_second().witness().unwrap().to_string(), "PUBLISH a 1");
    assert_ne!(old, new);
}

#[test]
fn rules_build_on_the_string_so_far() {
    let mut user = user("elasticache/redis-7.0", "on ~* +@all");
    user.apply(&rules("&news")).unwrap();
    assert_eq!(user.to_string(), "on ~* resetchannels &news +@all");
    user.apply(&rules("resetchannels")).unwrap();
    assert_eq!(user.to_string(), "on ~* +@all");
    assert!(user.check(&PUBLISH).is_allowed());
    user.apply(&rules("allchannels")).unwrap();
    let error = user.apply(&rules("&news")).unwrap_err();
    assert!(error.to_string().contains("channel"), "{error}");
}

#[test]
fn a_simplified_string_keeps_its_channels() {
    for name in
        ["elasticache/redis-7.1", "elasticache/redis-7.1+acl-pubsub-default=resetchannels", "redis-6.2"]
    {
        for (rules, _, _) in READ_BACK {
            let Ok(user) = User::parse(dialect(name), rules) else { continue };
            let simplified = User::parse(dialect(name), &simplify(&user)).unwrap();
            assert_eq!(compare(&user, &simplified).relation(), Relation::Equal, "{name}: {rules}");
        }
    }
    // without `%R~x`, which `~x` covers, the user would gain every channel
    let name = dialect("elasticache/redis-7.1");
    let simplified = simplify_string(&rules("on %R~xy ~x* +get +publish"), name).unwrap();
    assert!(!User::parse(name, &simplified).unwrap().check(&PUBLISH).is_allowed(), "{simplified}");
    assert_eq!(simplify_string(&rules("on ~* &* +@all"), name).unwrap(), "on ~* &* +@all");
}

// ---------------------------------------------------------------------------------------------------
// On what the answer rests

#[test]
fn answers_say_on_what_they_rest() {
    for (name, rules, source, note) in [
        (
            "elasticache/redis-6.2",
            "on ~* +@all",
            ChannelSource::Default,
            Some(
                "no channel rule: all channels, the default of acl-pubsub-default on ElastiCache, which can be changed",
            ),
        ),
        (
            "elasticache/redis-7.0",
            "on %R~* +@all",
            ChannelSource::ReadBack,
            Some(
                "no channel rule: no channels, as ElastiCache reads back `resetchannels` where a string needs syntax newer than Redis 6.0",
            ),
        ),
        (
            "memorydb",
            "on ~* +@all",
            ChannelSource::Default,
            Some("no channel rule: no channels, as MemoryDB reads back `resetchannels`"),
        ),
        (
            "redis-6.2",
            "on ~* +@all",
            ChannelSource::Default,
            Some(
                "no channel rule: all channels, the default of acl-pubsub-default on redis-6.2, which can be changed",
            ),
        ),
        (
            "redis-7.2+acl-pubsub-default=allchannels",
            "on ~* +@all",
            ChannelSource::Default,
            Some("no channel rule: all channels, as acl-pubsub-default is set"),
        ),
        ("redis-7.2", "on ~* &* +@all", ChannelSource::Rules, None),
        ("redis-7.2", "on ~* resetchannels +@all", ChannelSource::Rules, None),
    ] {
        let user = user(name, rules);
        let verdict = user.check(&PUBLISH);
        assert_eq!(verdict.channel_source(), Some(source), "{name} {rules}");
        assert_eq!(verdict.channel_note().as_deref(), note, "{name} {rules}");
        for request in [&["GET", "x"][..], &["NOSUCH"], &["PUBLISH"]] {
            assert_eq!(user.check(request).channel_note(), None, "{name} {request:?}");
        }
    }
}

#[test]
fn an_explanation_says_on_what_channels_rest() {
    let channels = |name: &str, rules: &str| {
        let told = explain(dialect(name), rules).unwrap().to_string().replace("\n             ", " ");
        told.lines().find_map(|line| line.strip_prefix("channels   ").map(str::to_owned)).unwrap()
    };
    assert_eq!(
        channels("elasticache/redis-6.2", "on ~* +@all"),
        "all (no channel rule), the default of acl-pubsub-default on ElastiCache, which can be changed"
    );
    assert_eq!(
        channels("redis-7.2", "on ~* +publish"),
        "none (no channel rule), the default of acl-pubsub-default on redis-7.2, which can be changed"
    );
    assert_eq!(channels("redis-7.2", "on ~* +get"), "none");
    assert_eq!(channels("redis-7.2", "on ~* &* +publish"), "all");
    assert_eq!(channels("redis-7.2", "on ~* &news +publish"), "news");
}

#[test]
fn rule_by_rule_the_channels_that_rest_on_the_string_come_and_go() {
    let explanation =
        explain(dialect("elasticache/redis-7.0"), "on &news resetchannels %R~x resetkeys").unwrap();
    let effects: Vec<_> = explanation.rules().iter().map(|step| step.effect()).collect();
    assert_eq!(
        effects,
        [
            "can log in",
            "channels only news",
            "all channels; 1 channel pattern replaced: news",
            "keys x readable; no channels anymore",
            "1 key pattern removed: x; all channels"
        ]
    );
}

// ---------------------------------------------------------------------------------------------------
// Configurations

fn config(engine: Engine, text: &str) -> AclFile {
    AclFile::parse_config(text.as_bytes(), engine)
}

#[track_caller]
fn users(engine: Engine, text: &str) -> Vec<String> {
    let file = config(engine, text);
    let users = file.users().unwrap_or_else(|errors| panic!("{text}: {errors}"));
    users
        .iter()
        .filter(|(name, _)| **name != "default")
        .map(|(name, user)| format!("{name}: {user}"))
        .collect()
}

/// As Redis 6.2.14, 7.0.15 and 8.0.2 and Valkey 8.1.1 load them.
#[test]
fn the_last_setting_of_a_configuration_holds_for_all_its_users() {
    for text in [
        "acl-pubsub-default allchannels\nuser a on +get\n",
        "ACL-PubSub-Default 'AllChannels'\nuser a on +get\n",
        "user a on +get\nacl-pubsub-default allchannels\n",
        "acl-pubsub-default resetchannels\nuser a on +get\n\"acl-pubsub-default\" allchannels\n",
    ] {
        for engine in [Engine::Redis6_2, Engine::Redis7_0] {
            assert_eq!(users(engine, text), ["a: on &* -@all +get"], "{text}");
        }
    }
    for text in [
        "user a on +get\nacl-pubsub-default resetchannels\n",
        "# acl-pubsub-default allchannels\nacl-pubsub-default resetchannels\nuser a on +get",
    ] {
        for engine in [Engine::Redis6_2, Engine::Redis7_0] {
            assert_eq!(users(engine, text), ["a: on resetchannels -@all +get"], "{text}");
        }
    }
    let text = "acl-pubsub-default allchannels\nuser a on\nacl-pubsub-default resetchannels\nuser b on &x\n";
    assert_eq!(users(Engine::Redis7_0, text), ["a: on resetchannels -@all", "b: on resetchannels &x -@all"]);
    assert!(config(Engine::Redis7_0, text).users().unwrap()["default"].check(&PUBLISH).is_allowed());
}

/// The words are those of Redis 6.2.14, 7.0.15 and 8.0.2.
#[test]
fn a_setting_is_in_force_from_its_line_on_while_rules_are_tried() {
    const ALL: &str = "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not \
                       have any effect. Try 'resetchannels' to start with an empty list of channels";
    for (engine, text, said) in [
        (
            Engine::Redis6_2,
            "user a on &x +get\nacl-pubsub-default resetchannels\n",
            "Error in user declaration '&x': ",
        ),
        (
            Engine::Redis7_0,
            "acl-pubsub-default allchannels\nuser a on &x +get\n",
            "Error in user declaration 'a': ",
        ),
        (
            Engine::Redis8_0,
            "user a on &x +get\nacl-pubsub-default allchannels\n",
            "Error loading ACL rule '&x' for the user named 'a': ",
        ),
        (
            Engine::Redis8_0,
            "user a on (&x +get)\nacl-pubsub-default allchannels\n",
            "Error loading ACL rule '(&x +get)' for the user named 'a': ",
        ),
    ] {
        let file = config(engine, text);
        assert!(file.users().is_err(), "{text}");
        assert_eq!(file.server_message("redis.conf").unwrap(), format!("{said}{ALL}"), "{text}");
    }
    // what is found when lines are read comes first
    let file = config(Engine::Redis8_0, "user a on &x\nacl-pubsub-default allchannels\nuser b on flurb\n");
    assert_eq!(file.server_message("redis.conf").unwrap(), "Error in user declaration 'b': Syntax error");
}

#[test]
fn a_setting_that_the_server_rejects_is_an_error_in_its_words() {
    for (engine, text, message, said) in [
        (
            Engine::Redis7_0,
            "acl-pubsub-default nochannels\n",
            "line 1: unknown value of `acl-pubsub-default`",
            "argument(s) must be one of the following: allchannels, resetchannels",
        ),
        (
            Engine::Redis6_2,
            "acl-pubsub-default ''\n",
            "line 1: unknown value of `acl-pubsub-default`",
            "argument must be one of the following: allchannels, resetchannels",
        ),
        (
            Engine::Valkey8_1,
            "user a on\nacl-pubsub-default allchannels resetchannels\n",
            "line 2: `acl-pubsub-default` needs exactly one value",
            "wrong number of arguments",
        ),
        (
            Engine::Redis6_0,
            "acl-pubsub-default allchannels\n",
            "line 1: redis-6.0 has no `acl-pubsub-default`",
            "Bad directive or wrong number of arguments",
        ),
    ] {
        let file = config(engine, text);
        assert_eq!(file.errors().next().expect(text).to_string(), message);
        assert_eq!(file.server_message("redis.conf").as_deref(), Some(said), "{text}");
    }
}

#[test]
fn the_acl_file_that_a_configuration_names_is_read_with_its_setting() {
    let conf = config(Engine::Redis7_2, "aclfile /etc/redis/users.acl\nacl-pubsub-default allchannels\n");
    assert_eq!(conf.errors().count(), 0);
    let file = AclFile::parse(b"user a on +publish\n", conf.dialect());
    assert!(file.users().unwrap()["a"].check(&PUBLISH).is_allowed());
}
