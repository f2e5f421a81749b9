//! The keys in a request: what `COMMAND GETKEYSANDFLAGS` answers, and what no request can be taken for.

use redis_acl::catalog::NewCommandErrorKind;
use redis_acl::{
    Catalog, Category, Engine, FindKeys, KeyFlags, KeySpec, NewCommand, NewCommandError, StartSearch, User,
};

fn keys(engine: Engine, request: &str) -> String {
    let request: Vec<_> = request.split(' ').collect();
    let catalog = Catalog::from(engine);
    let command = catalog.of_request(&request).unwrap_or_else(|| panic!("{engine} has no {request:?}"));
    let key = |found: redis_acl::KeyRef<'_>| {
        assert_eq!(request[found.index].as_bytes(), found.key);
        format!("{}:{}", String::from_utf8_lossy(found.key), found.flags)
    };
    command.keys(&request).map(key).collect::<Vec<_>>().join(" ")
}

#[test]
fn key_specs_and_finders_find_what_servers_do() {
    for (request, found) in [
        ("get k", "k:RO+access"),
        ("mset a 1 b 2", "a:OW+update b:OW+update"),
        ("georadius k 1 2 3 m STOREDIST b STORE a", "k:RO+access a:OW+update b:OW+update"),
        ("georadius k 1 2 3 m STORE", "k:RO+access"),
        ("sort k STORE a STORE b BY x", "k:RO+access b:OW+update"),
        ("sort k BY STORE x", "k:RO+access"),
        ("sort k ASC LIMIT 0 1 STORE d", "k:RO+access d:OW+update"),
        ("sort_ro k BY w_*", "k:RO+access"),
        ("migrate h p k 0 1", "k:RW+access+delete"),
        ("migrate h p  0 1 KEYS a b", "a:RW+access+delete b:RW+access+delete"),
        ("migrate h p k 0 1 KEYS a b", ""),
        ("migrate h p  0 1 AUTH keys KEYS a", "a:RW+access+delete"),
        ("migrate h p  0 1 AUTH2 keys keys KEYS a", "a:RW+access+delete"),
        ("migrate h p k 0 1 COPY AUTH2 u", "k:RW+access+delete"),
        ("migrate h p  0 1 KEYS", ":RW+access+delete"),
        ("sort k STORE", "k:RO+access"),
        ("xread COUNT 1 STREAMS a b 1 2", "a:RO+access b:RO+access"),
        ("xreadgroup GROUP streams c STREAMS a 1", "a:RO+access"),
        ("eval s 2 a b c", "a:RW+access+update b:RW+access+update"),
        ("eval_ro s 1 a", "a:RO+access"),
        ("eval s 3 a b", ""),
        ("eval s -1 a b", ""),
        ("eval s 2a a b", "a: b:"),
        ("eval s 1a a b", "a:"),
        // below zero, although its last 32 bits are 1
        ("eval s -4294967295 a b", "a:"),
        ("eval s 0", ""),
        ("zunionstore d 2 a b", "d:OW+update a:RO+access b:RO+access"),
        ("zunionstore d 2x a b", "a: b: d:"),
        ("zunionstore d 1x a b", "a: d:"),
        ("bitfield k GET u8 0", "k:RO+access"),
        ("bitfield k GET u8 0 GET u8 1 OVERFLOW SAT", "k:RO+access"),
        ("bitfield k OVERFLOW SAT GET u8 0 INCRBY u8 0 1", "k:RW+access+update"),
        ("bitfield k OVERFLOW", "k:RW+access+update"),
        ("bitfield k GET u8 0 SET u8 0 1", "k:RW+access+update"),
        ("bitfield k GET u8", "k:RW+access+update"),
        ("set k v", "k:OW+update"),
        ("set k v get", "k:RW+access+update"),
        ("set k get", "k:OW+update"),
        ("memory usage k", "k:RO"),
        ("object encoding k", "k:RO"),
        ("spublish c m", ""),
        ("blpop a b 0", "a:RW+access+delete b:RW+access+delete"),
        ("pfmerge d", ""),
        ("watch a b", "a:RO b:RO"),
    ] {
        assert_eq!(keys(Engine::Redis7_0, request), found, "{request}");
    }
}

#[test]
fn versions_differ_where_servers_do() {
    let both = "georadius k 1 2 3 m STORE a STORE b STOREDIST c";
    assert_eq!(keys(Engine::Valkey8_1, both), "k:RO+access a:OW+update c:OW+update");
    assert_eq!(keys(Engine::Valkey9_1, both), "k:RO+access c:OW+update");
    assert_eq!(keys(Engine::Redis6_2, both), "k: c:");
    // the option that comes with the password is taken for the list of keys
    assert_eq!(keys(Engine::Redis6_2, "migrate h p  0 1 AUTH keys KEYS a"), "KEYS: a:");
    assert_eq!(keys(Engine::Redis6_2, "migrate h p k 0 1 KEYS a b"), "k:");
    assert_eq!(keys(Engine::Redis6_2, "stralgo lcs KEYS a b"), "a: b:");
    assert_eq!(keys(Engine::Redis6_2, "stralgo lcs LEN KEYS a b"), "a: b:");
    assert_eq!(keys(Engine::Redis6_2, "stralgo lcs LEN KEYS a b IDX"), "a: b:");
    assert_eq!(keys(Engine::Redis6_2, "stralgo lcs STRINGS KEYS a b"), "");
    assert_eq!(keys(Engine::Redis6_2, "memory usage k"), "k:");
    assert_eq!(keys(Engine::Redis6_2, "memory usage"), "");
    assert_eq!(keys(Engine::Redis6_2, "memory doctor k"), "");
    assert_eq!(keys(Engine::Redis6_2, "set k v GET"), "k:");
    for (engine, found) in [
        (Engine::Redis6_2, ""),
        (Engine::Redis7_0, "a:RO+access"),
        (Engine::Redis8_10, ""),
        (Engine::Valkey9_1, "a:RO+access"),
    ] {
        assert_eq!(keys(engine, "xread STREAMS a b 1"), found, "{engine}");
    }
    assert_eq!(keys(Engine::Redis8_4, "delex k IFEQ x"), "k:RW+delete");
    assert_eq!(keys(Engine::Redis8_6, "set k v IFEQ x"), "k:RW+update");
    assert_eq!(keys(Engine::Redis8_6, "set k v IFEQ x GET"), "k:RW+access+update");
    assert_eq!(keys(Engine::Redis8_2, "set k v IFEQ x"), "k:OW+update");
    assert_eq!(keys(Engine::Valkey9_1, "set k v IFEQ x"), "k:OW+update");
    assert_eq!(keys(Engine::Redis8_4, "delex k"), "k:RM+delete");
    assert_eq!(keys(Engine::Redis8_4, "msetex 2 a 1 b 2 EX 9"), "a:OW+update b:OW+update");
}

#[test]
fn the_releases_of_august_2026_find_the_keys_that_commands_run_on() {
    for (before, after) in [
        (Engine::Redis7_2, Engine::Redis7_2_16),
        (Engine::Redis7_4, Engine::Redis7_4_11),
        (Engine::Redis8_2, Engine::Redis8_2_9),
        (Engine::Redis8_4, Engine::Redis8_4_6),
        (Engine::Redis8_6, Engine::Redis8_6_6),
        (Engine::Redis8_8, Engine::Redis8_8_2),
        (Engine::Redis8_8, Engine::Redis8_10),
    ] {
        for (request, old, new) in [
            ("georadius k 1 2 3 m STORE a STORE b", "k:RO+access a:OW+update", "k:RO+access b:OW+update"),
            (
                "georadius k 1 2 3 m STORE a STOREDIST b",
                "k:RO+access a:OW+update b:OW+update",
                "k:RO+access b:OW+update",
            ),
            ("xread COUNT STREAMS STREAMS k 1", "STREAMS:RO+access", "k:RO+access"),
            ("xread other STREAMS k 1", "k:RO+access", ""),
            ("sort k STORE BY STORE b", "k:RO+access BY:OW+update", "k:RO+access b:OW+update"),
            ("sort k STORE STORE b", "k:RO+access b:OW+update", "k:RO+access STORE:OW+update"),
            ("sort k STORE a STORE b", "k:RO+access b:OW+update", "k:RO+access b:OW+update"),
        ] {
            assert_eq!(keys(before, request), old, "{before}: {request}");
            assert_eq!(keys(after, request), new, "{after}: {request}");
        }
    }
}

#[test]
fn short_requests_have_no_keys_that_are_not_there() {
    for engine in Engine::ALL {
        let catalog = Catalog::from(engine);
        for command in catalog.commands() {
            for count in 0..4 {
                let request = &["x", "1", "STORE", "keys"][..count];
                assert!(command.keys(request).all(|key| key.index < count), "{engine} {}", command.name());
            }
        }
    }
}

#[test]
fn options_before_streams_are_skipped_as_long_as_they_are() {
    let read = "a:RO+access";
    for (request, before, since) in [
        ("xreadgroup GROUP streams c NOACK STREAMS a 1", read, read),
        ("xreadgroup GROUP g c NOACK COUNT 1 BLOCK streams STREAMS a 1", read, read),
        ("xreadgroup GROUP g c CLAIM streams STREAMS a 1", "", read), // the option is of 8.4
        ("xreadgroup GROUP g c OTHER streams STREAMS a 1", "", ""),
    ] {
        for engine in [Engine::Redis7_2_16, Engine::Redis8_2_9] {
            assert_eq!(keys(engine, request), before, "{engine}: {request}");
        }
        for engine in [Engine::Redis8_4_6, Engine::Redis8_10] {
            assert_eq!(keys(engine, request), since, "{engine}: {request}");
        }
    }
}

#[test]
fn flags_that_are_there_twice_are_there() {
    let flags = KeyFlags::RW.and(KeyFlags::ACCESS);
    assert_eq!(flags.and(flags), flags);
    assert_eq!(
        flags.and(KeyFlags::RW).and(KeyFlags::UPDATE).names().collect::<Vec<_>>(),
        ["RW", "access", "update"]
    );
    assert!(flags.contains(KeyFlags::RW) && !KeyFlags::RW.contains(flags) && flags.contains(KeyFlags::NONE));
}

static ONE: [KeySpec; 1] = [KeySpec {
    flags: KeyFlags::RW.and(KeyFlags::ACCESS).and(KeyFlags::UPDATE),
    start: StartSearch::Index(1),
    find: FindKeys::Range { last: 0, step: 1, limit: 0 },
}];

#[test]
fn added_commands_are_commands_like_any_other() {
    let commands = [
        NewCommand::new("app.lock", 3).flags(&["write", "fast"]).key_specs(&ONE),
        NewCommand::new("app", -2),
        NewCommand::new("app|stat", 2).categories(&[Category::Admin]),
    ];
    let catalog = Catalog::from(Engine::Redis7_2).with_commands(commands).expect("new names");
    assert_eq!(catalog, catalog.clone());
    assert_ne!(catalog, Catalog::from(Engine::Redis7_2));
    let lock = catalog.command("App.Lock").expect("an added command");
    assert!(lock.categories().eq([Category::Write, Category::Fast]));
    assert!(catalog.expand("@write").expect("a category").contains(lock.id()));
    assert_eq!(catalog.of_request(&["APP", "STAT"]).expect("a subcommand").name(), "app|stat");
    assert!(catalog.of_request(&["app", "other"]).is_none());
    assert!(catalog.of_request(&["app|stat"]).is_none());

    let user = User::parse_with(&catalog, "on ~job:* +@write +app|stat").expect("rules");
    assert!(user.check(&["app.lock", "job:1", "x"]).is_allowed());
    assert!(user.check(&["app", "stat"]).is_allowed());
    assert!(!user.check(&["app", "other"]).is_allowed());
    assert!(!user.check(&["app.lock", "other", "x"]).is_allowed());
    assert!(!user.check(&["app.lock", "job:1"]).is_allowed());
    // it is written back, and reads back to the same user
    assert_eq!(user.to_string(), "on sanitize-payload ~job:* resetchannels -@all +@write +app|stat");
    assert_eq!(User::parse_with(&catalog, &user.to_string()).expect("rules"), user);
    // also where users are described by their categories
    let old =
        Catalog::from(Engine::Redis6_2).with_commands([NewCommand::new("app.lock", 3).flags(&["write"])]);
    let user = User::parse_with(&old.expect("a new name"), "+@write -set").expect("rules");
    assert_eq!(user.to_string(), "off &* -@all +@write -set");
}

/// No command of any engine has its number of keys elsewhere than where its keys begin.
#[test]
fn an_added_command_says_where_its_number_of_keys_stands() {
    static COUNTED: [KeySpec; 1] = [KeySpec {
        flags: KeyFlags::RO.and(KeyFlags::ACCESS),
        start: StartSearch::Index(1),
        find: FindKeys::KeyNum { index: 1, first: 3, step: 2 },
    }];
    let catalog = Catalog::from(Engine::Redis7_2)
        .with_commands([NewCommand::new("app.sum", -3).key_specs(&COUNTED)])
        .expect("a new name");
    let found = |request: &[&str]| {
        let command = catalog.of_request(request).expect("the command");
        command.keys(request).map(|key| key.index).collect::<Vec<_>>()
    };
    assert_eq!(found(&["app.sum", "5", "2", "x", "a", "1", "b", "1"]), [4, 6]);
    assert_eq!(found(&["app.sum", "1", "1", "x", "a"]), [4]);
    assert!(found(&["app.sum", "1", "2", "x", "a"]).is_empty());
}

#[test]
fn what_cannot_be_added_is_refused_with_the_reason() {
    let refused = |command: NewCommand| -> NewCommandError {
        Catalog::from(Engine::Redis7_2).with_commands([command]).expect_err("a refusal")
    };
    static ZERO: [KeySpec; 1] = [KeySpec {
        flags: KeyFlags::RO,
        start: StartSearch::Index(0),
        find: FindKeys::Range { last: 0, step: 0, limit: 0 },
    }];
    const SPEC: KeySpec = KeySpec {
        flags: KeyFlags::RO,
        start: StartSearch::Index(1),
        find: FindKeys::Range { last: 0, step: 1, limit: 0 },
    };
    static SPECS: [KeySpec; 5] = [SPEC; 5];
    static UNKNOWN_START: [KeySpec; 1] = [KeySpec { start: StartSearch::Unknown, ..SPEC }];
    static NO_START: [KeySpec; 1] =
        [KeySpec { start: StartSearch::Keyword { keyword: "KEYS", from: 0 }, ..SPEC }];
    static UNKNOWN_KEYS: [KeySpec; 1] = [KeySpec { find: FindKeys::Unknown, ..SPEC }];
    static NOT_ALL: [KeySpec; 1] = [KeySpec { flags: KeyFlags::RO.and(KeyFlags::INCOMPLETE), ..SPEC }];
    for specs in [&SPECS[..], &UNKNOWN_START, &NO_START, &UNKNOWN_KEYS, &NOT_ALL] {
        let error = refused(NewCommand::new("own", 2).key_specs(specs));
        assert_eq!((error.name(), error.kind()), ("own", &NewCommandErrorKind::BadKeySpec), "{specs:?}");
    }
    let fine = NewCommand::new("own", 2).key_specs(&SPECS[..4]);
    assert!(Catalog::from(Engine::Redis7_2).with_commands([fine]).is_ok());
    for (command, message) in [
        (NewCommand::new("get", 2), "there is one of that name already; choose another"),
        (
            NewCommand::new("Get It", 2),
            "names are lower case, without blanks, at most one `|` in them; write it so",
        ),
        (
            NewCommand::new("config|own", 2),
            "its container is not among the added commands; add that first, to an engine with subcommands",
        ),
        (
            NewCommand::new("own", 2).flags(&["wirte"]),
            "no flag `wirte`; `Command::flags` shows which there are",
        ),
        (
            NewCommand::new("own", 2).categories(&[Category::Json]),
            "this engine has no category @json; leave it out",
        ),
        (
            NewCommand::new("own", 2).key_specs(&ZERO),
            "a key spec must tell all by itself, with a start and a step of at least 1; at most four can be given",
        ),
    ] {
        let error = refused(command);
        assert_eq!(error.to_string(), format!("the command `{}` cannot be added: {message}", error.name()));
    }
}

#[test]
fn a_command_behind_the_last_number_is_refused_by_its_name() {
    let names: Vec<&'static str> = (0..2000).map(|number| &*format!("own.{number}").leak()).collect();
    let commands = names.iter().map(|name| NewCommand::new(name, -1));
    let error =
        Catalog::from(Engine::Redis7_2).with_commands(commands).expect_err("more than there are numbers");
    assert_eq!(error.kind(), &NewCommandErrorKind::TooMany);
    let told = format!("the command `{}` cannot be added: all command numbers are in use", error.name());
    assert_eq!(error.to_string(), told);
    // those before it can
    let before = names.iter().take_while(|name| **name != error.name());
    let catalog = Catalog::from(Engine::Redis7_2).with_commands(before.map(|name| NewCommand::new(name, -1)));
    assert!(catalog.expect("they fit").command("own.0").is_some());
}

#[test]
fn catalogues_with_the_same_commands_are_equal() {
    let with = |arity| {
        Catalog::from(Engine::Redis7_2).with_commands([NewCommand::new("own", arity)]).expect("a new name")
    };
    assert_eq!(with(2), with(2));
    assert_ne!(with(2), with(3));
    let user = |catalog: &Catalog| User::parse_with(catalog, "on +own").expect("rules");
    assert_eq!(user(&with(2)), user(&with(2)));
}

#[test]
fn the_channels_of_a_request_are_found() {
    let catalog = Catalog::from(Engine::Redis7_2);
    let channels = |request: &[&str]| {
        let command = catalog.of_request(request).expect("a command");
        let channels: Vec<_> = command.channels(request).map(String::from_utf8_lossy).collect();
        channels.join(" ")
    };
    assert_eq!(channels(&["PUBLISH", "news", "x"]), "news");
    assert_eq!(channels(&["PSUBSCRIBE", "a*", "b"]), "a* b");
    assert_eq!(channels(&["PUNSUBSCRIBE", "a*"]), "");
    assert_eq!(channels(&["GET", "a"]), "");
}
