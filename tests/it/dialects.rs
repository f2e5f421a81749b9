//! Names of dialects, and what their catalogues hold.

use std::collections::BTreeSet;

use redis_acl::{
    Catalog, Category, CommandSet, Dialect, Dialects, Engine, Evidence, Form, NewCommand, Process, Service,
    User,
};

#[track_caller]
fn dialect(text: &str) -> Dialect {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_dialect_is_read_as_it_is_printed() {
    for known in Dialect::all() {
        assert_eq!(dialect(&known.to_string()), known);
    }
    for engine in Engine::ALL {
        assert_eq!(dialect(engine.name()), Dialect::from(engine));
        assert_eq!(Dialect::from(engine).engine(), engine);
    }
    for text in ["redis-8.4+json", "redis-7.2+json+search+timeseries+bloom", "valkey-8.1+bloom"] {
        assert_eq!(dialect(text).to_string(), text);
    }
    assert_eq!(Dialect::all().len(), 53);
}

#[test]
fn a_full_version_is_the_modelled_one_at_or_below_it() {
    for (text, resolved) in [
        ("redis-6.0.6", "redis-6.0.5"),
        ("redis-6.0.9", "redis-6.0.9"),
        ("redis-6.0.10", "redis-6.0"),
        ("redis-6.0.16", "redis-6.0"),
        ("redis-6.2.14", "redis-6.2"),
        ("redis-7.0.15", "redis-7.0"),
        ("redis-8.4.0", "redis-8.4"),
        ("redis-8.2.2", "redis-8.2"),
        ("redis-8.6.0", "redis-8.6.0"),
        ("redis-8.6.1", "redis-8.6.1"),
        ("redis-8.6.3", "redis-8.6"),
        ("redis-8.6.7", "redis-8.6.6"),
        ("valkey-9.1.0", "valkey-9.1.0"),
        ("valkey-9.1.1", "valkey-9.1.1"),
        ("valkey-9.1.2", "valkey-9.1"),
        ("sentinel/redis-7.0.15", "sentinel/redis-7.0"),
        ("redis-stack-7.4.1", "redis-7.4+json+search+timeseries+bloom"),
        ("elasticache", "elasticache/redis-6.0"),
        ("elasticache/redis-6.2.6", "elasticache/redis-6.2"),
        ("memorydb", "memorydb/redis-6.2"),
        ("elasticache/redis-6.2+json", "elasticache/redis-6.2"), // it ships it
    ] {
        assert_eq!(dialect(text).to_string(), resolved, "{text}");
    }
}

#[test]
fn what_is_not_modelled_is_refused_with_what_is() {
    for (text, message) in [
        ("redis-6.2.1", "`redis-6.2.1` behaves otherwise and is not modelled; redis-6.2 holds from 6.2.2 on"),
        (
            "sentinel/valkey-9.1.1",
            "`sentinel/valkey-9.1.1` behaves otherwise and is not modelled; sentinel/valkey-9.1 holds from 9.1.2 on",
        ),
        ("sentinel/redis-7.0+json", "sentinel/redis-7.0 is a Sentinel, which loads no modules"),
        ("redis-stack-6.2.1", "`redis-6.2.1` behaves otherwise and is not modelled"),
        ("redis-5.0", "`redis-5.0` is not modelled; modelled are redis-6.0.5, "),
        ("redis-7", "`7` is not a version such as 7.2 or 7.2.4; modelled are redis-6.0.5, "),
        ("redis", "no dialect `redis` is modelled"),
        ("keydb-6.3", "no dialect `keydb-6.3` is modelled"),
        ("", "no dialect `` is modelled"),
        (
            "redis-8.4+nosuch",
            "no module `nosuch` is modelled for redis; there are json, search, timeseries, bloom, falkordb",
        ),
        (
            "valkey-8.1+timeseries",
            "no module `timeseries` is modelled for valkey; there are json, bloom, search",
        ),
        (
            "elasticache/redis-6.0+json",
            "elasticache/redis-6.0 ships no modules; others cannot be loaded there",
        ),
        (
            "memorydb/valkey-7.2+bloom",
            "memorydb/valkey-7.2 ships json, search; others cannot be loaded there",
        ),
    ] {
        let error = text.parse::<Dialect>().expect_err(text).to_string();
        assert!(error.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn forms_and_evidence() {
    assert_eq!(dialect("redis-7.2").form(), Form::Server);
    assert_eq!(dialect("elasticache").form(), Form::Documented);
    assert_eq!(dialect("elasticache/valkey-8.0").form(), Form::Observed);
    assert_eq!(dialect("memorydb").form(), Form::MemoryDb);
    assert_eq!(dialect("memorydb").service(), Some(Service::MemoryDb));
    for engine in Engine::ALL {
        let documented = [
            "redis-7.2.16",
            "redis-7.4.11",
            "redis-8.2.9",
            "redis-8.4.6",
            "redis-8.6.0",
            "redis-8.6.1",
            "redis-8.6.6",
            "redis-8.8",
            "redis-8.8.2",
            "redis-8.10",
        ]
        .contains(&engine.name());
        assert_eq!(engine.evidence() == Evidence::Documented, documented, "{engine}");
    }
    for form in Form::ALL {
        assert_eq!(form.to_string().parse(), Ok(form));
    }
    // they are the keys of maps
    let dialects: std::collections::HashSet<_> = Dialect::all().collect();
    assert_eq!(dialects.len(), Dialect::all().count());
    assert!(dialects.contains(&dialect("redis-6.2.14")) && !dialects.contains(&dialect("redis-8.4+json")));
    let error = "canonical".parse::<Form>().unwrap_err().to_string();
    assert_eq!(error, "no form `canonical`; there are server, documented, observed, memorydb");
    assert_eq!([Service::ElastiCache, Service::MemoryDb].map(Service::name), ["elasticache", "memorydb"]);
}

/// MemoryDB has a version that Valkey has not; it is read as the nearest one.
#[test]
fn a_version_that_only_a_service_has_rests_on_documents() {
    let only = dialect("memorydb/valkey-7.3");
    assert_eq!((only.engine_version(), only.evidence()), ("7.3", Evidence::Documented));
    assert_eq!(dialect("memorydb/valkey-7.3.1"), only, "a full version of the line");
    let nearest = dialect("memorydb/valkey-7.2");
    assert_eq!((only.engine(), only.form()), (nearest.engine(), nearest.form()));
    assert!(only.modules().eq(nearest.modules()));
    assert_eq!(nearest.next_generation(), Some(only));
    assert_eq!(only.next_generation(), None);

    assert_eq!(nearest.evidence(), Evidence::Measured);
    assert_eq!(dialect("elasticache/valkey-9.0").evidence(), Evidence::Measured, "as its engine");
    assert_eq!(dialect("elasticache/redis-7.1").evidence(), Evidence::Documented, "Redis has no 7.1");
    assert_eq!(dialect("elasticache").evidence(), Evidence::Measured, "an early patch is of the same line");
    for engine in Engine::ALL {
        assert_eq!(Dialect::from(engine).evidence(), engine.evidence(), "{engine}");
    }
    let error = "valkey-7.3".parse::<Dialect>().unwrap_err().to_string();
    assert!(error.starts_with("`valkey-7.3` is not modelled; modelled are valkey-7.2, "), "{error}");
}

#[test]
fn categories_hold_what_servers_list() {
    // the changes between releases that the specification lists
    let names = |text: &str, category| {
        let catalog = Catalog::from(dialect(text));
        let members = catalog.members(category);
        catalog
            .commands()
            .filter(|command| members.contains(command.id()))
            .map(|command| command.name())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("redis-6.0", Category::HyperLogLog), ["pfselftest", "pfadd", "pfcount", "pfmerge"]);
    assert!(names("redis-6.2", Category::HyperLogLog).contains(&"pfdebug"));
    assert!(names("redis-6.0", Category::Keyspace).contains(&"select"));
    assert!(names("redis-7.0", Category::Connection).contains(&"select"));
    assert!(!names("redis-7.0", Category::Dangerous).contains(&"config"));
    assert!(names("redis-7.0", Category::Dangerous).contains(&"config|get"));
    assert!(names("redis-8.8", Category::Array).contains(&"arget"));
    assert!(Catalog::from(dialect("redis-8.6")).category("array").is_none());
    assert!(names("redis-8.0+search", Category::Search).contains(&"ft.search"));
    assert_eq!(Catalog::from(dialect("redis-7.4+json")).category("json"), None);
    assert!(Catalog::from(dialect("redis-7.4+json")).command("json.get").is_some());
    assert!(Catalog::from(dialect("redis-7.4")).command("json.get").is_none());
}

#[test]
fn the_facts_of_a_command() {
    let catalog = Catalog::from(Engine::Redis7_0);
    let command = catalog.command("XGROUP|Create").expect("a subcommand");
    assert_eq!((command.name(), command.arity(), command.since()), ("xgroup|create", -5, Some("5.0.0")));
    assert_eq!(command.flags().collect::<Vec<_>>(), ["denyoom", "write"]);
    assert_eq!(command.categories().collect::<Vec<_>>(), [Category::Write, Category::Stream, Category::Slow]);
    let container = command.container().expect("a container");
    assert!(container.is_container() && container.subcommands().any(|sub| sub.id() == command.id()));
    assert_eq!((container.name(), container.group()), ("xgroup", Some("stream")));
    assert_eq!((command.key_facts().first, command.key_facts().specs.len()), (2, 1));
    assert_eq!(catalog.get(command.id()).map(|command| command.name()), Some("xgroup|create"));
    assert!(catalog.command("xgroup|nosuch").is_none() && catalog.command("").is_none());
}

#[test]
fn a_command_has_the_same_number_everywhere() {
    let numbers = |name: &str| {
        let of = |engine| Catalog::from(engine).command(name).map(|command| command.id());
        let mut numbers: Vec<_> = Engine::ALL.into_iter().filter_map(of).collect();
        numbers.dedup();
        numbers.len()
    };
    for name in ["get", "config|get", "hexpire", "sort_ro"] {
        assert_eq!(numbers(name), 1, "{name}");
    }
}

#[test]
fn a_servers_containers_add_nothing_to_a_category() {
    for engine in Engine::ALL.into_iter().filter(|engine| engine.process() == Process::Server) {
        let catalog = Catalog::from(engine);
        for category in catalog.categories() {
            let members = catalog.members(category);
            assert_eq!(catalog.expand(&category.to_string()), Some(members), "{engine} {category}");
        }
    }
}

#[test]
fn the_container_of_a_sentinel_brings_its_subcommands_into_a_category() {
    let catalog = Catalog::from(Engine::RedisSentinel7_0);
    let help = catalog.command("sentinel|help").expect("a command").id();
    let admin = catalog.category("admin").expect("a category");
    assert!(!catalog.members(admin).contains(help));
    assert!(catalog.expand("@admin").expect("a category").contains(help));
}

#[test]
fn services_reach_their_modules() {
    let granted = |text: &str, name: &str| {
        let catalog = Catalog::from(dialect(text));
        let id = catalog.command(name).map(|command| command.id());
        id.is_some_and(|id| catalog.expand("@read").expect("a category").contains(id))
    };
    assert!(granted("elasticache/valkey-8.0", "json.get"));
    assert!(granted("redis-8.4+json", "json.get"));
    assert!(!granted("redis-7.0+json", "json.get"), "7.0 leaves modules alone");
    assert!(!granted("redis-8.4", "json.get"));
}

#[test]
fn commands_of_modules_are_in_categories_since_redis_8() {
    let categories = |text: &str| {
        let catalog = Catalog::from(dialect(text));
        catalog.command("json.get").expect("a command").categories().collect::<Vec<_>>()
    };
    assert!(categories("redis-8.0+json").contains(&Category::Read));
    assert_eq!(categories("redis-7.2+json"), []);
}

#[test]
fn a_container_of_a_module_or_of_ones_own_is_settled_before_its_subcommands() {
    let with_search = Catalog::from(dialect("redis-7.4+search"));
    let own = [NewCommand::new("app", -2), NewCommand::new("app|get", 3), NewCommand::new("app|set", 3)];
    let with_own = Catalog::from(Engine::Redis7_0).with_commands(own).expect("new names");
    for (catalog, rules) in [
        (&with_search, "+ft.debug"),
        (&with_search, "+ft.debug|ttl"),
        (&with_search, "+ft.debug -ft.debug|help +get"),
        (&with_own, "+app"),
        (&with_own, "+app -app|set"),
        (&with_own, "+app|get"),
    ] {
        let user = User::parse_with(catalog, rules).expect("good rules");
        let printed: BTreeSet<_> = rules.split(' ').collect();
        let line = user.to_string();
        let (_, commands) = line.split_once("-@all ").expect("a base");
        assert_eq!(commands.split(' ').collect::<BTreeSet<_>>(), printed, "{rules}: {line}");
    }
}

#[test]
fn the_channels_of_a_request_are_those_that_are_checked() {
    let catalog = Catalog::from(Engine::Redis7_0);
    for (request, channels) in [
        (&["PUBLISH", "a", "b"][..], &["a"][..]),
        (&["SUBSCRIBE", "a", "b"], &["a", "b"]),
        (&["PSUBSCRIBE", "a*"], &["a*"]),
        (&["UNSUBSCRIBE", "a"], &[]),
        (&["GET", "a"], &[]),
    ] {
        let command = catalog.of_request(request).expect("a command");
        assert!(
            command.channels(request).eq(channels.iter().map(|channel| channel.as_bytes())),
            "{request:?}"
        );
    }
}

#[test]
fn sets_of_commands_are_sets() {
    let catalog = Catalog::from(Engine::Redis7_2);
    let set = |names: &[&str]| -> CommandSet {
        names.iter().map(|name| catalog.command(name).expect("a command").id()).collect()
    };
    let (left, right) = (set(&["get", "set", "config|get"]), set(&["set", "zadd"]));
    let (mut both, mut shared, mut rest) = (left, left, left);
    both |= right;
    shared &= right;
    rest -= right;
    assert_eq!([both, shared, rest], [left | right, left & right, left - right]);
    assert_eq!(both, set(&["get", "set", "config|get", "zadd"]));
    assert_eq!((shared, rest), (set(&["set"]), set(&["get", "config|get"])));
    assert_eq!((left.len(), left.overlap(&right)), (3, 1));
    assert!(shared.is_subset(&left) && !left.is_subset(&right) && (left - both).is_empty());
    let numbers: Vec<_> = left.iter().map(|id| format!("{id:?}")).collect();
    let shown =
        format!("{left:?}").replace('{', "CommandId(").replace(", ", "), CommandId(").replace('}', ")");
    assert_eq!(shown, numbers.join(", "));
}

// ---------------------------------------------------------------------------------------------------
// Sets

#[track_caller]
fn set(text: &str) -> Vec<String> {
    let set: Dialects = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(set.to_string().parse(), Ok(set.clone()), "{text} is printed as {set}");
    set.iter().map(|dialect| dialect.to_string()).collect()
}

#[test]
fn a_family_is_all_that_a_service_or_project_offers() {
    assert_eq!(
        set("elasticache/redis"),
        ["elasticache/redis-6.0", "elasticache/redis-6.2", "elasticache/redis-7.0", "elasticache/redis-7.1"]
    );
    assert_eq!(set("elasticache"), set("elasticache/any"));
    assert_eq!(set("elasticache/redis,elasticache/valkey"), set("elasticache/any"));
    assert_eq!(set("redis,valkey,sentinel/redis,sentinel/valkey").len(), Engine::ALL.len());
    assert!(set("redis,valkey").iter().all(|name| !name.starts_with("sentinel/")));
    let servers = Dialects::servers();
    assert_eq!(servers, "redis,valkey".parse().expect("a set"));
    assert_eq!(servers.to_string(), "redis,valkey");
    assert_eq!(Dialects::of_service(Service::MemoryDb).to_string(), "memorydb/any");
}

#[test]
fn a_range_holds_the_patch_releases_between_its_ends() {
    assert_eq!(set("redis-6.2..7.2"), ["redis-6.2", "redis-7.0", "redis-7.2", "redis-7.2.16"]);
    assert_eq!(set("redis-7.2..redis-7.2.4"), ["redis-7.2"]);
    let printed = |text: &str| text.parse::<Dialects>().expect("a set").to_string();
    assert_eq!(printed("redis-7.0..8.2,valkey"), "valkey,redis-7.0..8.2");
    assert_eq!(printed("redis-7.0..7.4.0"), "redis-7.0..7.4.0");
    assert_eq!(set("elasticache/valkey-8.0..8.1"), ["elasticache/valkey-8.0", "elasticache/valkey-8.1"]);
    assert_eq!(set("valkey-8.0, redis-6.2"), ["redis-6.2", "valkey-8.0"]);
    assert_eq!(set("redis-7.2..7.4+json").first().map(|name| &**name), Some("redis-7.2+json"));
}

#[test]
fn a_set_with_a_setting_or_a_module_is_printed_by_its_families_and_ranges() {
    let printed = |text: &str| {
        set(text);
        text.parse::<Dialects>().expect("a set").to_string()
    };
    for text in [
        "redis+acl-pubsub-default=allchannels",
        "redis+acl-pubsub-default=allchannels,valkey+acl-pubsub-default=allchannels",
        "valkey,redis-6.2..7.2+acl-pubsub-default=resetchannels",
        "elasticache/any+acl-pubsub-default=resetchannels",
        "redis-7.2..8.0+json",
        "redis-7.2,redis-7.2..8.0+json",
        "redis-7.2..8.0+json+acl-pubsub-default=allchannels",
    ] {
        assert_eq!(printed(text), text);
    }
    // Redis 6.0 and MemoryDB have no such setting
    assert_eq!(
        printed("redis-6.0..7.0+acl-pubsub-default=allchannels"),
        "redis-6.0.5..7.0+acl-pubsub-default=allchannels"
    );
    // a version with another setting interrupts a range
    let mixed = "redis-6.2..7.2,redis-7.4..8.0+acl-pubsub-default=allchannels,redis-8.2..8.6";
    assert_eq!(set(mixed).len(), printed(mixed).parse::<Dialects>().expect("a set").len());
}

#[test]
fn sets_that_are_none_are_errors_that_say_why() {
    for (text, message) in [
        ("", "no dialect `` is modelled"),
        ("redis-7.2,", "no dialect `` is modelled"),
        ("redis-7.2..6.2", "`redis-7.2..redis-6.2` holds no dialect"),
        ("redis-7.2..valkey-8.0", "`redis-7.2..valkey-8.0` holds no dialect"),
        ("elasticache/redis-6.2..redis-7.2", "holds no dialect"),
        ("elasticache/redis+search", "others cannot be loaded there"),
    ] {
        let error = text.parse::<Dialects>().expect_err(text).to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn what_is_stated_narrows_a_set_or_contradicts_it() {
    let set = |text: &str| text.parse::<Dialects>().expect("a set");
    let any = set("elasticache/any");
    assert_eq!(any.narrowed(&set("elasticache/redis-7.1,redis-7.2")), Some(set("elasticache/redis-7.1")));
    assert_eq!(any.narrowed(&set("redis-7.2")), None);
    let servers = Dialects::servers();
    assert_eq!(servers.narrowed(&set("redis-8.4+json")), Some(set("redis-8.4+json")));
    assert_eq!(any.newest().to_string(), "elasticache/valkey-9.0");
    assert_eq!(any.oldest().to_string(), "elasticache/redis-6.0");
}

#[test]
fn later_releases_are_those_that_an_upgrade_may_lead_to() {
    let later = |text: &str| dialect(text).later().map(|later| later.to_string()).collect::<Vec<_>>();
    assert!(later("redis-7.2").contains(&"redis-7.2.16".to_owned()));
    assert!(later("redis-7.2").contains(&"valkey-7.2".to_owned()));
    assert!(!later("redis-7.2").contains(&"redis-7.0".to_owned()));
    assert!(!later("valkey-8.0").iter().any(|name| name.starts_with("redis")));
    assert!(later("memorydb").iter().all(|name| name.starts_with("memorydb/")));
    assert_eq!(later("valkey-9.1"), [""; 0]);
}
