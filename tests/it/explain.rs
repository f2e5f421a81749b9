//! Explanations: golden texts, and the laws of them over every string there is.

use std::fs;
use std::path::Path;

use redis_acl::explain::Change;
use redis_acl::{Dialect, Engine, Explanation, User, explain};

use crate::laws;

/// Whole explanations: a name, a dialect, a string.
const GOLDEN: [(&str, &str, &str); 11] = [
    ("seed-elasticache", "elasticache", "on ~app::* -@all +@read"),
    ("seed-redis-7.2", "redis-7.2", "on >secret ~app::* -@all +@read -keys +keys +get"),
    (
        "databases-valkey-9.1",
        "valkey-9.1",
        "on >one >two #2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b ~app:* &news:* db=0,3 +@read +@pubsub \
         alldbs resetdbs db=2 +select|2 (db=1 ~app:* +@write)",
    ),
    (
        "selectors-redis-7.2",
        "redis-7.2",
        "on nopass ~app:* +@all -@dangerous +info +config|get (%R~shared:* %W~out:* %W~shared:* +@read +@write -del) () \
         (~old:* +get) clearselectors (~new:* &new:* +@hash +publish)",
    ),
    (
        "first-arguments-redis-6.0",
        "redis-6.0",
        "on ~* +@all -@admin +config|get -select +select|0 +select|1 +client|list -@connection +select",
    ),
    (
        "escalation-redis-6.2",
        "redis-6.2",
        "off skip-sanitize-payload ~a ~b ~* +@all -eval -evalsha resetchannels &x",
    ),
    (
        "wild-redis-7.0",
        "redis-7.0",
        "-@all +@connection +memory -readonly +strlen +config|get +xinfo +pfcount -quit +zcard +type +xlen -readwrite \
         -command +client -wait +scard +llen +hlen +get +eval +slowlog +cluster|info +cluster|slots +cluster|nodes -hello \
         -echo +info +latency +scan -reset -auth -asking",
    ),
    ("everything-valkey-8.1", "valkey-8.1", "on nopass ~* &* +@all"),
    ("nothing-redis-8.4", "redis-8.4", ""),
    (
        "markup-redis-7.2",
        "redis-7.2",
        "on ~a`b ~|x| ~\\|y ~<b>*z* ~[a](b) ~@mention ~\u{202e}txt &` &#x +select|a`",
    ),
    (
        "modules-redis-8.4",
        "redis-8.4+json+search",
        "on resetpass ~doc:* +@json +@search -@dangerous +json.get",
    ),
];

#[test]
fn golden_explanations() {
    for (name, dialect, string) in GOLDEN {
        let dialect: Dialect = dialect.parse().expect("a dialect");
        let explanation = explain(dialect, string).unwrap_or_else(|errors| panic!("{string}: {errors}"));
        is_golden(&format!("{name}.txt"), &format!("{explanation}\n"));
        is_golden(&format!("{name}.md"), &explanation.to_markdown());
    }
}

#[cfg(feature = "serde")]
#[test]
fn golden_json() {
    for (name, dialect, string) in GOLDEN {
        let dialect: Dialect = dialect.parse().expect("a dialect");
        let explanation = explain(dialect, string).expect("a good string");
        let json = serde_json::to_string_pretty(&explanation).expect("JSON");
        is_golden(&format!("{name}.json"), &format!("{json}\n"));
    }
}

#[track_caller]
fn is_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/explain").join(name);
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&path, text).expect("it can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{name} is not as it was; BLESS=1 rewrites it:\n{text}");
}

#[test]
fn a_user_alone_has_no_rules() {
    let user = User::parse(Engine::Redis7_2, "on >secret ~a +get").expect("rules");
    let explanation = Explanation::of(&user);
    assert!(explanation.rules().is_empty() && explanation.text().is_none());
    let text = explanation.to_string();
    assert!(text.starts_with("redis-7.2\n\nlogin ") && !text.contains("rule by rule"), "{text}");
    let markdown = explanation.to_markdown();
    assert!(
        markdown.starts_with("### What this user grants") && !markdown.contains("Rule by rule"),
        "{markdown}"
    );
}

#[test]
fn the_parts_of_an_explanation_can_be_asked_for() {
    let explained = |string: &str| explain(Engine::Valkey9_1, string).expect("a good string");
    let explanation = explained("on nopass %R~app:* &news db=1 +@read +flushall");
    let login = explanation.login();
    assert_eq!((login.is_enabled(), login.passwords()), (true, Some(0)));
    assert!(login.accepts_any_password() && !login.skips_sanitizing());
    let grant = &explanation.selectors()[0];
    let catalog = redis_acl::Catalog::from(Engine::Valkey9_1);
    assert_eq!(grant.all_commands(), catalog.commands().count());
    let read = catalog.expand("@read").expect("a category").iter().count();
    assert_eq!(grant.commands(), read + 1);
    let counted = grant.categories().iter().find(|count| count.category() == redis_acl::Category::Read);
    let counted = counted.expect("it is granted");
    assert_eq!((counted.granted(), counted.members()), (read, read));
    let notable: Vec<_> = grant.notable().iter().flat_map(|part| part.commands()).copied().collect();
    assert_eq!(notable, ["flushall", "keys", "sort_ro"]);
    let denied = grant.denied();
    assert!(!denied.all_commands() && !denied.reading_keys() && denied.writing_keys());
    assert!(!denied.channels() && !denied.databases());
    assert!(denied.categories().contains(&redis_acl::Category::Scripting));

    let nothing = explained("off resetdbs");
    let denied = nothing.selectors()[0].denied();
    assert!(denied.all_commands() && denied.reading_keys() && denied.writing_keys());
    assert!(denied.channels() && denied.databases());
    let login = nothing.login();
    assert!(!login.is_enabled() && !login.accepts_any_password());
    let skipping = explain(Engine::Redis7_2, "off skip-sanitize-payload").expect("a good string");
    assert!(skipping.login().skips_sanitizing());
}

#[test]
fn what_all_of_them_becomes_is_told() {
    assert_eq!(
        effects("redis-7.2", "~a ~* resetkeys ~b &* resetchannels &c"),
        [
            "keys a readable and writable",
            "all keys readable and writable; 1 key pattern replaced: a",
            "no keys anymore",
            "keys b readable and writable",
            "all channels",
            "no channels anymore",
            "channels c",
        ]
    );
}

#[test]
fn what_is_refused_is_refused_as_users_are() {
    let refused = "on +gte %X~a";
    let errors = explain(Engine::Redis7_2, refused).expect_err("it is refused");
    assert_eq!(errors, User::parse(Engine::Redis7_2, refused).expect_err("it is refused"));
}

#[track_caller]
fn effects(dialect: &str, string: &str) -> Vec<String> {
    let explanation = explain(dialect.parse::<Dialect>().expect("a dialect"), string).expect("a good string");
    explanation.rules().iter().map(|step| step.effect()).collect()
}

#[test]
fn the_same_rule_changes_what_it_changes_where_it_stands() {
    assert_eq!(
        effects("redis-6.0.5", "+get +@read +get -get +get +@read -@all -get"),
        [
            "1 command added: get",
            "73 commands added",
            "changes nothing",
            "1 command removed: get",
            "1 command added: get",
            "changes nothing",
            "74 commands removed",
            "changes nothing",
        ]
    );
}

#[test]
fn commands_to_come_are_told_of() {
    assert_eq!(
        effects("redis-7.2", "+@all -@all")[1],
        "370 commands removed; future commands are no longer granted"
    );
    let everything: Vec<_> = redis_acl::Catalog::from(Engine::Redis7_2)
        .categories()
        .map(|category| format!("+{category}"))
        .collect();
    let string = everything.join(" ") + " +@all";
    assert_eq!(effects("redis-7.2", &string).pop().expect("a rule"), "future commands are granted");
}

#[test]
fn a_selector_whose_quotes_do_not_balance_is_empty() {
    let explanation = explain(Engine::Redis7_2, "+get (\"~a +get)").expect("servers accept it");
    let step = &explanation.rules()[1];
    assert_eq!(step.changes(), [Change::SelectorAdded { number: 1, empty: true }]);
    assert_eq!(step.effect(), "selector 1 added, which allows no command");
    assert!(step.inside().is_empty());
}

#[test]
fn commands_that_everybody_may_send_are_not_denied() {
    let explanation = explain(Engine::Redis7_2, "+@all -@connection").expect("rules");
    let denied = explanation.selectors()[0].denied().commands();
    let names: Vec<_> = denied.iter().flat_map(|part| part.commands()).collect();
    assert!(
        names.contains(&&"select") && !names.contains(&&"auth") && !names.contains(&&"hello"),
        "{names:?}"
    );
}

#[test]
fn a_long_list_of_patterns_is_no_long_wait() {
    let patterns: Vec<_> = (0..3000).map(|number| format!("~key:{number}")).collect();
    let string = patterns.join(" ") + " resetkeys";
    let explanation = explain(Engine::Redis7_2, &string).expect("rules");
    assert_eq!(explanation.rules()[3000].effect(), "3000 key patterns removed");
}

#[test]
fn every_string_on_every_dialect() {
    let mut accepted = 0;
    for string in wild_strings() {
        for dialect in Dialect::all() {
            accepted += usize::from(laws::explain_line(dialect, &string));
        }
    }
    assert!(accepted > 3000, "only {accepted} were accepted");
}

#[test]
fn what_servers_were_given_on_the_same_server() {
    let mut accepted = 0;
    for (dialect, rules) in corpus() {
        accepted += usize::from(laws::explain_line(dialect, &rules));
    }
    assert!(accepted > 1000, "only {accepted} were accepted");
}

#[test]
fn no_password_is_shown() {
    let secret = "s3cr3t-of-a-test";
    let hash = "5".repeat(64);
    let mut tried = 0;
    for string in wild_strings() {
        let changed = string.replace("REDACTED", secret).replace(&"0".repeat(64), &hash);
        let Ok(explanation) = explain(Engine::Valkey9_1, &changed) else { continue };
        let shown = format!("{explanation}\n{}\n{explanation:?}", explanation.to_markdown());
        assert!(!shown.contains(secret) && !shown.contains("5555"), "{changed}: {shown}");
        tried += usize::from(changed != string);
    }
    assert!(tried > 30, "only {tried} strings had passwords");
}

fn wild_strings() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/wild-strings.txt");
    fs::read_to_string(path).expect("the strings").lines().map(str::to_owned).collect()
}

#[derive(serde::Deserialize)]
struct Case {
    rules: Vec<String>,
}

/// The rules that servers were given, each with its server.
fn corpus() -> Vec<(Dialect, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let server = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a corpus");
        let case = |line: &str| serde_json::from_str::<Case>(line).expect("a case").rules.join(" ");
        cases.extend(text.lines().map(|line| (server.parse().expect("a modelled server"), case(line))));
    }
    cases
}
