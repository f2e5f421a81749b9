//! `src/catalog/table.rs` and `src/lint/clients/table.rs` are generated from `data/` and checked in; this regenerates and
//! compares them.
//!
//! After a change of the data: `BLESS=1 cargo test --test tables`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use redis_acl::{Engine, Module, Project};

#[test]
fn the_command_table_is_what_the_data_says() {
    is_current("src/catalog/table.rs", &Table::from_data().render());
}

#[test]
fn the_table_of_clients_is_what_the_data_says() {
    is_current("src/lint/clients/table.rs", &render_clients(&read("data/clients.txt")));
}

/// Writes the file anew where `BLESS` is set.
fn is_current(file: &str, generated: &str) {
    let path = root().join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, generated).expect("the table can be written");
    }
    let checked_in = fs::read_to_string(&path).expect("the table can be read");
    let difference = generated.lines().zip(checked_in.lines()).find(|(new, old)| new != old);
    assert!(
        generated == checked_in,
        "{file} is not what data/ gives; first difference: {difference:?}\n\
         regenerate it with: BLESS=1 cargo test --test tables"
    );
}

#[test]
fn every_line_of_data_is_read() {
    let lines: usize = Engine::ALL.into_iter().map(|engine| read_engine(engine.name()).commands.len()).sum();
    assert!(lines > 6000, "only {lines} commands over all engines");
    for (engine, commands) in
        [("redis-6.0.5", 204), ("redis-6.0", 205), ("redis-6.2", 224), ("redis-7.0", 366)]
    {
        assert_eq!(read_engine(engine).commands.len(), commands, "{engine}");
    }
    // the documented tables must come to the sizes that their sources give
    for (engine, commands) in [
        ("redis-8.6.0", 410),
        ("redis-8.6", 412),
        ("redis-8.8", 432),
        ("redis-8.10", 449),
        ("valkey-9.0", 396),
    ] {
        assert_eq!(read_engine(engine).commands.len(), commands, "{engine}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

// ---------------------------------------------------------------------------------------------------
// Reading data/

/// One line of data: all that is known about a command, but for its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Facts {
    /// Empty where it is the name in lower case.
    shown: String,
    arity: i32,
    flags: BTreeSet<String>,
    categories: BTreeSet<String>,
    keys: Keys,
    group: String,
    since: String,
}

/// `first:last:step`, and the key specs.
type Keys = (String, String);

struct EngineData {
    commands: Vec<(String, Facts)>,
    /// Those there are, even if no command is in them.
    categories: BTreeSet<String>,
}

fn read_engine(name: &str) -> EngineData {
    let text = read(&format!("data/engines/{}.txt", name.replace('/', "-")));
    let base = text.lines().find_map(|line| line.strip_prefix("base ")).map(read_engine);
    let (mut commands, mut categories) =
        base.map_or_else(Default::default, |base| (base.commands, base.categories));
    let listed = text.lines().find_map(|line| line.strip_prefix("categories "));
    categories.extend(listed.into_iter().flat_map(|list| list.split(',')).map(str::to_owned));
    for line in command_lines(&text) {
        if let Some(line) = line.strip_prefix("~ ") {
            let (name, facts) = parse_line(line);
            let old = commands.iter_mut().find(|(known, _)| *known == name);
            old.unwrap_or_else(|| panic!("{name} is not there to be replaced")).1 = facts;
        } else if let Some(line) = line.strip_prefix("+ ") {
            let (name, facts) = parse_line(line);
            assert!(commands.iter().all(|(known, _)| *known != name), "{name} is there already");
            commands.insert(place_of(&name, &commands), (name, facts));
        } else {
            commands.push(parse_line(line));
        }
    }
    EngineData { commands, categories }
}

/// A documented table has no order of its own: a new subcommand stands last in its family, a new command
/// last of all.
fn place_of(name: &str, commands: &[(String, Facts)]) -> usize {
    let family = name.split('|').next().unwrap_or(name);
    let of_family = |(known, _): &(String, Facts)| known.split('|').next() == Some(family);
    commands.iter().rposition(of_family).map_or(commands.len(), |last| last + 1)
}

/// The commands of one version of a module, and the engines that load it.
struct ModuleData {
    engines: Vec<Engine>,
    commands: Vec<(String, Facts)>,
}

/// The versions of a module, by age.
fn read_module(module: Module) -> Vec<ModuleData> {
    let stem = format!("{}-{}", module.project().name(), module.name());
    let is_version = |name: &str| {
        let rest = name.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".txt"));
        rest.is_some_and(|version| version.is_empty() || version.starts_with('-'))
    };
    let entries = fs::read_dir(root().join("data/modules")).expect("a folder");
    let names = entries.map(|entry| entry.expect("one").file_name().into_string().expect("UTF-8"));
    let mut versions: Vec<_> =
        names.filter(|name| is_version(name)).map(|name| read_version(&name)).collect();
    versions.sort_by_key(|version| version.engines[0]);
    let loaded: Vec<_> = versions.iter().flat_map(|version| &version.engines).collect();
    let once: BTreeSet<_> = loaded.iter().collect();
    assert!(!loaded.is_empty() && loaded.len() == once.len(), "{stem}: no version, or two for one engine");
    versions
}

fn read_version(file: &str) -> ModuleData {
    let text = read(&format!("data/modules/{file}"));
    let engines =
        text.lines().find_map(|line| line.strip_prefix("engines ")).and_then(|line| line.split_once(' '));
    let (first, last) = engines.unwrap_or_else(|| panic!("{file}: no line `engines FIRST LAST`"));
    let named = |name: &str| {
        let found = Engine::ALL.into_iter().find(|engine| engine.name() == name);
        found.unwrap_or_else(|| panic!("{file}: no engine {name}"))
    };
    let range = named(first)..=named(last);
    let engines = Engine::ALL.into_iter().filter(|engine| range.contains(engine)).collect();
    ModuleData { engines, commands: command_lines(&text).map(parse_line).collect() }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn command_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !["#", "base ", "categories ", "engines "].iter().any(|other| line.starts_with(other)))
}

fn parse_line(line: &str) -> (String, Facts) {
    let columns: Vec<_> = line.split(' ').collect();
    let [name, arity, flags, categories, range, specs, group, since] = columns[..] else {
        panic!("not eight columns: {line}");
    };
    let list = |text: &str| text.split(',').filter(|item| *item != "-").map(str::to_owned).collect();
    let text = |text: &str| text.strip_prefix('-').unwrap_or(text).to_owned();
    let facts = Facts {
        shown: if name == name.to_lowercase() { String::new() } else { name.to_owned() },
        arity: arity.parse().expect("an arity"),
        flags: list(flags),
        categories: list(categories),
        keys: (range.to_owned(), text(specs)),
        group: text(group),
        since: text(since),
    };
    (name.to_lowercase(), facts)
}

// ---------------------------------------------------------------------------------------------------
// The table

#[derive(Default)]
struct Table {
    /// Each command's facts, with where they hold.
    commands: BTreeMap<String, Vec<(Facts, Where)>>,
    /// The order of ids: where a name was first seen, then by name.
    sections: Vec<(String, Vec<String>)>,
    /// The command table's order, per engine.
    orders: Vec<(Engine, Vec<String>)>,
    /// The categories there are, per engine.
    categories: Vec<(Engine, BTreeSet<String>)>,
}

#[derive(Clone, PartialEq)]
struct Where {
    module: Option<Module>,
    engines: Vec<Engine>,
}

impl Table {
    fn from_data() -> Self {
        let mut table = Self::default();
        for engine in Engine::ALL {
            let data = read_engine(engine.name());
            table.categories.push((engine, data.categories));
            table.orders.push((engine, data.commands.iter().map(|(name, _)| name.clone()).collect()));
            table.add_section(format!("first in {engine}"), &data.commands);
            for (name, facts) in data.commands {
                table.add(name, facts, None, &[engine]);
            }
        }
        for module in Module::ALL {
            let title = format!("{} {}", module.project().name(), module.name());
            for version in read_module(module) {
                let there: Vec<_> = version.commands_with_engines(module).collect();
                let commands: Vec<_> = there.iter().map(|(command, _)| command.clone()).collect();
                table.add_section(title.clone(), &commands);
                for ((name, facts), engines) in there {
                    table.add(name, facts, Some(module), &engines);
                }
            }
        }
        table
    }

    fn add_section(&mut self, title: String, commands: &[(String, Facts)]) {
        let mut new: Vec<_> = commands
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| !self.commands.contains_key(name))
            .collect();
        // a container before its subcommands, and they before the next command
        new.sort_by_key(|name| name.replace('|', "\0"));
        self.sections.push((title, new));
    }

    fn add(&mut self, name: String, facts: Facts, module: Option<Module>, engines: &[Engine]) {
        let rows = self.commands.entry(name).or_default();
        match rows.iter_mut().find(|(known, place)| *known == facts && place.module == module) {
            Some((_, place)) => place.engines.extend(engines),
            None => rows.push((facts, Where { module, engines: engines.to_vec() })),
        }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.sections.iter().flat_map(|(_, names)| names)
    }

    fn render(&self) -> String {
        let ids: BTreeMap<_, _> = self.names().enumerate().map(|(id, name)| (name.as_str(), id)).collect();
        let keys: BTreeSet<_> = self.commands.values().flatten().map(|(facts, _)| &facts.keys).collect();
        let keys: Vec<_> = keys.into_iter().collect();
        let mut out = String::from(HEADER);
        writeln!(out, "pub(super) static ENTRIES: [Entry; {}] = [", ids.len()).unwrap();
        for (title, names) in self.sections.iter().filter(|(_, names)| !names.is_empty()) {
            writeln!(out, "    // {title}").unwrap();
            for name in names {
                self.render_entry(&mut out, name, &ids, &keys);
            }
        }
        out.push_str("];\n\n");
        render_keys(&mut out, &keys);
        render_categories(&mut out, &self.categories);
        render_orders(&mut out, &self.orders, &ids);
        out
    }

    fn render_entry(&self, out: &mut String, name: &str, ids: &BTreeMap<&str, usize>, keys: &[&Keys]) {
        let family = format!("{name}|");
        let subcommands =
            self.names().filter(|sub| sub.starts_with(&family)).map(|sub| ids[sub.as_str()].to_string());
        let subcommands = subcommands.collect::<Vec<_>>().join(", ");
        let rows = &self.commands[name];
        writeln!(out, "    Entry {{ name: {name:?}, subcommands: &[{subcommands}], rows: &[").unwrap();
        for (facts, place) in rows {
            let keys =
                keys.iter().position(|known| **known == facts.keys).expect("every row's keys are listed");
            writeln!(
                out,
                "        Row {{ engines: {}, module: {}, arity: {}, flags: {}, categories: {}, keys: {keys}, shown: {:?}, group: {:?}, since: {:?} }},",
                engine_mask(&place.engines),
                place.module.map_or("None".to_owned(), |module| format!("Some(Module::{module:?})")),
                facts.arity,
                any_of("F::", &facts.flags),
                any_of("C::", &facts.categories),
                facts.shown,
                facts.group,
                facts.since,
            )
            .unwrap();
        }
        out.push_str("    ] },\n");
    }
}

const HEADER: &str = "\
//! Every command of every engine: facts from `data/`, one row per set of engines that agree.
//!
//! Generated by `BLESS=1 cargo test --test tables`; edit `data/`, not this. A command's place is its
//! `CommandId`, the same in every engine. Names stand where an engine first had them.

use super::category::C;
use super::facts::{Entry, F, Row, redis, valkey};
use super::keys::{FindKeys, KeyFlags as K, KeySpec, Keys, StartSearch};
use crate::dialect::Engine::*;
use crate::dialect::Module;

";

/// The engines older than Valkey under which the services load Valkey's modules.
const SERVICES: [Engine; 2] = [Engine::Redis6_2, Engine::Redis7_0];

impl ModuleData {
    /// The commands that any engine has, with those engines.
    fn commands_with_engines(self, module: Module) -> impl Iterator<Item = ((String, Facts), Vec<Engine>)> {
        let services = SERVICES.into_iter().filter(move |_| module.project() == Project::Valkey);
        let engines: Vec<_> = services.chain(self.engines).collect();
        self.commands.into_iter().filter_map(move |(name, facts)| {
            let has = |engine: &Engine| can_have(engine, &name) && is_since(engine, &facts);
            let engines: Vec<_> = engines.iter().copied().filter(has).collect();
            (!engines.is_empty()).then_some(((name, facts), engines))
        })
    }
}

/// Subcommands exist since Redis 7.0.
fn can_have(engine: &Engine, name: &str) -> bool {
    !name.contains('|') || !engine.name().starts_with("redis-6.")
}

/// A `since` of 8.x is a version of the server, with which Redis versions its modules since 8.0; any other is the module's.
fn is_since(engine: &Engine, facts: &Facts) -> bool {
    let number = |text: &str| {
        let mut parts = text.split('.').map(|part| part.parse::<u32>().expect("a version"));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    let is_of_server = engine.project() == Project::Redis && facts.since.starts_with("8.");
    !is_of_server || number(engine.name().trim_start_matches("redis-")) >= number(&facts.since)
}

fn engine_mask(engines: &[Engine]) -> String {
    let mut spans: Vec<(Engine, Engine)> = Vec::new();
    for &engine in engines {
        match spans.last_mut() {
            Some((_, last))
                if *last as usize + 1 == engine as usize && last.project() == engine.project() =>
            {
                *last = engine
            }
            _ => spans.push((engine, engine)),
        }
    }
    let spans =
        spans.into_iter().map(|(first, last)| format!("{}({first:?}, {last:?})", first.project().name()));
    spans.collect::<Vec<_>>().join(" | ")
}

fn any_of(prefix: &str, names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "0".to_owned();
    }
    names.iter().map(|name| format!("{prefix}{}", name.to_uppercase())).collect::<Vec<_>>().join(" | ")
}

fn render_keys(out: &mut String, keys: &[&Keys]) {
    writeln!(out, "pub(super) static KEYS: [Keys; {}] = [", keys.len()).unwrap();
    for (range, specs) in keys {
        let range: Vec<_> = range.split(':').collect();
        let specs =
            specs.split(';').filter(|spec| !spec.is_empty()).map(key_spec).collect::<Vec<_>>().join(", ");
        writeln!(
            out,
            "    Keys {{ first: {}, last: {}, step: {}, specs: &[{specs}] }},",
            range[0], range[1], range[2]
        )
        .unwrap();
    }
    out.push_str("];\n\n");
}

/// `RO+access@1/range:0:1:0`
fn key_spec(text: &str) -> String {
    let (flags, rest) = text.split_once('@').expect("flags@start/find");
    let (start, find) = rest.split_once('/').expect("flags@start/find");
    let flags = flags.split('+').map(|flag| format!("K::{}", flag.to_uppercase())).collect::<Vec<_>>();
    let start = match (start, start.split_once('+')) {
        ("?", _) => "StartSearch::Unknown".to_owned(),
        (_, Some((keyword, from))) => {
            format!("StartSearch::Keyword {{ keyword: {keyword:?}, from: {from} }}")
        }
        (index, None) => format!("StartSearch::Index({index})"),
    };
    let find = match find.split(':').collect::<Vec<_>>()[..] {
        ["?"] => "FindKeys::Unknown".to_owned(),
        ["range", last, step, limit] => {
            format!("FindKeys::Range {{ last: {last}, step: {step}, limit: {limit} }}")
        }
        ["keynum", index, first, step] => {
            format!("FindKeys::KeyNum {{ index: {index}, first: {first}, step: {step} }}")
        }
        _ => panic!("what is {find}?"),
    };
    let flags = flags.iter().skip(1).fold(flags[0].clone(), |sum, flag| format!("{sum}.and({flag})"));
    format!("KeySpec {{ flags: {flags}, start: {start}, find: {find} }}")
}

fn render_categories(out: &mut String, categories: &[(Engine, BTreeSet<String>)]) {
    out.push_str("/// The categories of each engine, even if no command is in them.\n");
    out.push_str("pub(super) static CATEGORIES: &[u32] = &[\n");
    for (engine, names) in categories {
        writeln!(out, "    // {engine}\n    {},", any_of("C::", names)).unwrap();
    }
    out.push_str("];\n\n");
}

fn render_orders(out: &mut String, orders: &[(Engine, Vec<String>)], ids: &BTreeMap<&str, usize>) {
    out.push_str("/// The order of each engine's command table.\n");
    out.push_str("pub(super) static ORDERS: &[&[u16]] = &[\n");
    for (engine, names) in orders {
        writeln!(out, "    // {engine}\n    &[").unwrap();
        let ids: Vec<_> = names.iter().map(|name| ids[name.as_str()].to_string()).collect();
        for line in ids.chunks(24) {
            writeln!(out, "        {},", line.join(", ")).unwrap();
        }
        out.push_str("    ],\n");
    }
    out.push_str("];\n");
}

// ---------------------------------------------------------------------------------------------------
// Clients

const CLIENTS_HEADER: &str = "\
//! Every client with what it sends by itself.
//!
//! Generated by `BLESS=1 cargo test --test tables`; edit `data/clients.txt`, not this.

use super::Consequence::{Degraded, Fatal, Ignored};
use super::{Client, need};

";

fn render_clients(data: &str) -> String {
    let lines = data.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let blocks: Vec<_> = lines.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
    let mut out = String::from(CLIENTS_HEADER);
    writeln!(out, "pub(super) static CLIENTS: [Client; {}] = [", blocks.len()).unwrap();
    blocks.into_iter().for_each(|block| render_client(&mut out, block.trim_start()));
    out.push_str("];\n");
    out
}

fn render_client(out: &mut String, block: &str) {
    let (name, lines) = block.split_once('\n').expect("lines behind the name");
    let name = name.strip_prefix("client ").unwrap_or_else(|| panic!("no client: {name}"));
    let lines: Vec<_> = lines.lines().map(|line| line.trim().split_once(' ').expect("two words")).collect();
    let all = |word: &str| {
        lines.iter().filter(|(first, _)| *first == word).map(|(_, rest)| *rest).collect::<Vec<_>>()
    };
    let one = |word: &str| all(word).first().copied().unwrap_or_default();
    let is_measured = match one("evidence") {
        "measured" => true,
        "source" => false,
        other => panic!("{name}: evidence is measured or source, not {other}"),
    };
    writeln!(out, "    Client {{").unwrap();
    writeln!(
        out,
        "        name: {name:?}, title: {:?}, language: {:?}, is_measured: {is_measured},",
        one("title"),
        one("language")
    )
    .unwrap();
    out.push_str("        needs: &[\n");
    const OTHERS: [&str; 6] = ["title", "language", "evidence", "keys", "channels", "note"];
    for (situation, rest) in lines.iter().filter(|(first, _)| !OTHERS.contains(first)) {
        if *situation == "scripts" {
            for command in rest.split(' ') {
                writeln!(out, "            need(\"scripts\", {command:?}, Fatal, \"its scripts run it\"),")
                    .unwrap();
            }
            continue;
        }
        let (need, when) = rest.split_once(": ").unwrap_or((rest, ""));
        let (command, consequence) = need.split_once(' ').expect("a command and a consequence");
        let consequence = match consequence {
            "fatal" => "Fatal",
            "degraded" => "Degraded",
            "ignored" => "Ignored",
            other => panic!("{name}: a consequence is fatal, degraded or ignored, not {other}"),
        };
        writeln!(out, "            need({situation:?}, {command:?}, {consequence}, {when:?}),").unwrap();
    }
    writeln!(out, "        ],\n        keys: &{:?}, channels: &{:?},", all("keys"), all("channels")).unwrap();
    writeln!(out, "        note: {:?},\n    }},", one("note")).unwrap();
}
