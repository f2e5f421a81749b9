//! The kinds of requests that a command has, as far as permissions can tell them apart.
//!
//! A request is judged by its command, its first argument, and what it finds in it: keys with what is done to
//! them, channels, databases. A [`Shape`] is a request whose words are open; taken together, the shapes of a
//! command find everything that any of its requests can find. Which of the open words are keys, the command's own
//! way of finding them says ([`Command::demands`]): shapes never repeat what `find.rs` knows.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::databases::DatabaseArguments;
use super::finders::{ChannelArguments, Finder};
use super::keys::{FindKeys, KeyFlags, KeySpec, StartSearch};
use super::request::Request;
use super::{Command, F};
use crate::access::KeyAccess;
use crate::dialect::DatabaseChecks;

/// A request with open words, some of which can be repeated.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    words: Vec<Word>,
    /// Whether it can stand there several times; all parts that can are repeated alike.
    repeats: bool,
}

/// A word of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Text(Box<str>),
    /// Whatever stands there.
    Any,
    /// Whatever is no database.
    NoDatabase,
    /// How many times the parts that repeat are there.
    Count,
    /// The same with a zero before it, which key specs cannot read and a command's own code can.
    PaddedCount,
}

/// Where a word stands in a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    part: usize,
    word: usize,
}

/// What permissions have to say about a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Demand {
    Nothing,
    /// A key, and what a pattern must allow; `None` where any pattern will do.
    Key(Option<KeyAccess>),
    Channel,
    /// A pattern of channels, which must be one of the user's.
    ChannelPattern,
    /// The number of a database.
    Database,
}

/// What a request needs of databases that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum DatabaseNeed {
    None,
    Current,
    All,
}

/// What permissions have to say about a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demands {
    /// Of its open words, in their order; those without a demand are left out.
    pub(crate) slots: Vec<(Place, Demand)>,
    pub(crate) database: DatabaseNeed,
    /// `SORT … BY`: a selector that allows it must be able to read all keys.
    pub(crate) reads_all_keys: bool,
    /// The command will refuse what the permissions let pass. Before 7.0, where nothing tells which commands need
    /// keys, this is a guess.
    pub(crate) is_odd: bool,
}

/// What an open word is where nothing is asked of it.
const FILLER: &str = "1";

/// Shapes that key specs do not tell, without the command's name: `_` is an open word, `!` one that is no database,
/// and what stands between parentheses repeats.
static TEMPLATES: &[(&str, &[&str])] = &[
    ("bitfield", &["_ GET u8 0", "_ SET u8 0 1"]),
    ("copy", &["_ _ DB _", "_ _ (DB _)…"]),
    ("delex", &["_ IFEQ 1"]),
    (
        "georadius",
        &[
            "_ 0 0 1 m STORE _",
            "_ 0 0 1 m STOREDIST _",
            "_ 0 0 1 m STORE _ STOREDIST _",
            "_ 0 0 1 m STORE _ STORE _",
        ],
    ),
    (
        "georadiusbymember",
        &["_ 1 1 m STORE _", "_ 1 1 m STOREDIST _", "_ 1 1 m STORE _ STOREDIST _", "_ 1 1 m STORE _ STORE _"],
    ),
    ("memory", &["USAGE _"]),
    ("migrate", &["_ _ '' 0 1 KEYS (_)…", "_ _ '' 0 1 KEYS", "_ _ _ 0 1 KEYS _"]),
    ("move", &["_ _", "_ !"]),
    ("select", &["_", "!"]),
    ("set", &["_ 1 GET"]),
    ("sort", &["_ STORE _", "_ BY *", "_ BY * STORE _"]),
    ("sort_ro", &["_ BY *"]),
    ("stralgo", &["LCS KEYS _ _", "LCS STRINGS 1 1"]),
    ("swapdb", &["_ _", "! _"]),
    ("xread", &["STREAMS (_)… (0)…", "x STREAMS _ 0"]),
    ("xreadgroup", &["GROUP _ _ STREAMS (_)… (>)…", "x GROUP _ _ STREAMS _ >"]),
];

impl Shape {
    fn new(head: &[&str]) -> Self {
        let words = head.iter().map(|word| Word::Text(word.to_uppercase().into())).collect();
        Self { parts: vec![Part { words, repeats: false }] }
    }

    /// The words of a line of [`TEMPLATES`] behind it.
    fn with_template(mut self, template: &str) -> Self {
        for word in template.split(' ') {
            match word.strip_prefix('(') {
                Some(group) if group.ends_with(")…") => {
                    self.parts
                        .push(Part {
                            words: vec![open(&group[..group.len() - ")…".len()])], repeats: true
                        });
                }
                Some(first) => self.parts.push(Part { words: vec![open(first)], repeats: true }),
                None => match word.strip_suffix(")…") {
                    Some(last) => self.parts.last_mut().expect("a part").words.push(open(last)),
                    None => self.push(open(word)),
                },
            }
        }
        self
    }

    /// A word that stands there once.
    fn push(&mut self, word: Word) {
        match self.parts.last_mut() {
            Some(part) if !part.repeats => part.words.push(word),
            _ => self.parts.push(Part { words: vec![word], repeats: false }),
        }
    }

    fn push_repeated(&mut self, count: usize) {
        self.parts.push(Part { words: vec![Word::Any; count], repeats: true });
    }

    /// How many words it has when nothing is repeated.
    fn len(&self) -> usize {
        self.parts.iter().map(|part| part.words.len()).sum()
    }

    fn pad_to(&mut self, length: usize) {
        while self.len() < length {
            self.push(Word::Any);
        }
    }

    /// The places of its words when what repeats is there so many times.
    pub(crate) fn places(&self, copies: usize) -> impl Iterator<Item = (Place, usize)> + '_ {
        self.parts.iter().enumerate().flat_map(move |(part, of)| {
            let copies = if of.repeats { copies } else { 1 };
            (0..copies)
                .flat_map(move |copy| (0..of.words.len()).map(move |word| (Place { part, word }, copy)))
        })
    }

    pub(crate) fn word(&self, place: Place) -> &Word {
        &self.parts[place.part].words[place.word]
    }

    pub(crate) fn repeats(&self, place: Place) -> bool {
        self.parts[place.part].repeats
    }

    /// The word behind the command's name.
    pub(crate) fn first_argument(&self) -> Option<Place> {
        self.places(1).nth(1).map(|(place, _)| place)
    }

    /// The request with open words as they are filled.
    pub(crate) fn request(
        &self,
        copies: usize,
        mut fill: impl FnMut(Place, usize) -> Option<Vec<u8>>,
    ) -> Vec<Vec<u8>> {
        let mut text = |(place, copy): (Place, usize)| match self.word(place) {
            Word::Text(text) => text.as_bytes().to_vec(),
            Word::Count => copies.to_string().into_bytes(),
            Word::PaddedCount => format!("0{copies}").into_bytes(),
            Word::Any => fill(place, copy).unwrap_or_else(|| FILLER.into()),
            Word::NoDatabase => b"x".to_vec(),
        };
        self.places(copies).map(&mut text).collect()
    }

    /// The same with another word in a place that is open or a count.
    pub(crate) fn with_text(&self, place: Place, text: &str) -> Self {
        let mut changed = self.clone();
        changed.parts[place.part].words[place.word] = Word::Text(text.into());
        changed
    }

    /// The same with what repeats there once by itself, and then again and again.
    pub(crate) fn with_first_copy_apart(&self) -> Self {
        let apart = |part: &Part| {
            let once = Part { words: part.words.clone(), repeats: false };
            if part.repeats { vec![once, part.clone()] } else { vec![once] }
        };
        Self { parts: self.parts.iter().flat_map(apart).collect() }
    }

    /// The same with what repeats written out.
    pub(crate) fn repeated(&self, copies: usize) -> Self {
        let mut written = Self { parts: Vec::new() };
        self.places(copies).for_each(|(place, _)| written.push(self.word(place).clone()));
        written
    }
}

fn open(word: &str) -> Word {
    match word {
        "_" => Word::Any,
        "!" => Word::NoDatabase,
        "''" => Word::Text("".into()),
        text => Word::Text(text.into()),
    }
}

impl Command<'_> {
    /// Its shapes. `head` is how a request names it: the words of its name, or those of a subcommand where a
    /// container of Redis 6 takes any.
    pub(crate) fn shapes(self, head: &[&str]) -> Vec<Shape> {
        let start = Shape::new(head);
        let mut shapes = self.shapes_by_specs(&start);
        if let Finder::Counted { number, .. } = self.finder() {
            shapes.extend(counted(&start, usize::from(number), usize::from(number) + 1, 1));
        }
        let templates = TEMPLATES.iter().filter(|(name, _)| *name == self.name());
        shapes.extend(templates.flat_map(|(_, lines)| *lines).map(|line| start.clone().with_template(line)));
        if self.channel_arguments() != ChannelArguments::None {
            let mut shape = start.clone();
            if self.channel_arguments() == ChannelArguments::First {
                shape.pad_to(2)
            } else {
                shape.push_repeated(1)
            }
            shapes.push(shape);
        }
        let mut with_argument = start.clone();
        with_argument.pad_to(2);
        shapes.extend([with_argument, start]);
        let arity = usize::from(self.arity().unsigned_abs());
        shapes.iter_mut().for_each(|shape| shape.pad_to(arity));
        shapes.retain(|shape| self.has(shape));
        shapes
    }

    /// Whether it is a well-formed request of this command. Keys must be open words.
    fn has(self, shape: &Shape) -> bool {
        let request = shape.request(1, |_, _| None);
        let request = Request::new(&request);
        let found = self.catalog.lookup(request);
        let is_open = |place: usize| {
            shape.places(1).nth(place).is_some_and(|(place, _)| *shape.word(place) == Word::Any)
        };
        self.takes(request.len())
            && found.is_some_and(|found| found.id == self.id)
            && self.find_keys(request).as_slice().iter().all(|run| run.places().all(is_open))
    }

    /// With each choice of keywords; where there are no key specs, by the old three numbers.
    fn shapes_by_specs(self, start: &Shape) -> Vec<Shape> {
        let keys = self.key_facts();
        if keys.specs.is_empty() && keys.first > 0 {
            let last = if keys.last < 0 { keys.last } else { keys.last - keys.first };
            let find = FindKeys::Range { last, step: keys.step, limit: 0 };
            let spec = KeySpec { flags: KeyFlags::NONE, start: StartSearch::Index(keys.first), find };
            return lay_out(vec![start.clone()], &spec);
        }
        keys.specs
            .iter()
            .filter(|spec| !spec.flags.contains(KeyFlags::NOT_KEY))
            .fold(vec![start.clone()], lay_out)
    }

    /// Whether some of its keys have no place in a request of this length, which it takes all the same: `PFMERGE`
    /// with a destination alone.
    fn has_optional_keys(self, length: usize) -> bool {
        let begins_behind =
            |spec: &KeySpec| matches!(spec.start, StartSearch::Index(index) if index as usize >= length);
        self.key_facts().specs.iter().any(begins_behind)
    }

    /// What is asked of its words, as this command's engine sees them.
    pub(crate) fn demands(self, shape: &Shape) -> Demands {
        let request = shape.request(1, |_, _| None);
        let request = Request::new(&request);
        let quirks = self.catalog.dialect.engine().quirks();
        let found = self.find_keys(request);
        let channels = self.channel_arguments();
        let databases = if quirks.databases { self.database_arguments() } else { DatabaseArguments::None };
        let key = |index: usize| {
            let run = found.as_slice().iter().find(|run| run.places().any(|place| place == index))?;
            Some(Demand::Key(run.flags.needs()))
        };
        let channel = |index: usize| {
            channels.places(request.len()).contains(&index).then_some(match channels {
                ChannelArguments::Patterns => Demand::ChannelPattern,
                _ => Demand::Channel,
            })
        };
        let database = |index| databases.names(request, index).then_some(Demand::Database);
        let slots: Vec<_> = shape
            .places(1)
            .zip(0..)
            .filter(|((place, _), _)| *shape.word(*place) == Word::Any)
            .filter_map(|((place, _), index)| {
                Some((place, key(index).or_else(|| channel(index)).or_else(|| database(index))?))
            })
            .collect();
        let sorts_by =
            self.is_sort() && quirks.sort_needs_all_keys && (2..request.len()).any(|at| request.is(at, "by"));
        let has_count = |word: &Word| shape.parts.iter().any(|part| part.words.contains(word));
        let has_key = slots.iter().any(|(_, demand)| matches!(demand, Demand::Key(_)));
        let needs_keys = self.has_keys()
            && self.row.flags & F::NO_MANDATORY_KEYS == 0
            && !self.has_optional_keys(request.len());
        Demands {
            slots,
            database: match databases {
                DatabaseArguments::All => DatabaseNeed::All,
                DatabaseArguments::None if quirks.databases && self.is_about_data() => DatabaseNeed::Current,
                DatabaseArguments::None => DatabaseNeed::None,
                _ if self.has_keys() && quirks.database_checks == DatabaseChecks::NamedAndCurrent => {
                    DatabaseNeed::Current
                }
                _ => DatabaseNeed::None,
            },
            reads_all_keys: sorts_by,
            is_odd: has_count(&Word::PaddedCount) || needs_keys && !has_key,
        }
    }
}

/// Each of the shapes with what a key spec looks for; without it as well where a keyword leads to it.
fn lay_out(shapes: Vec<Shape>, spec: &KeySpec) -> Vec<Shape> {
    let behind = |shape: &Shape| match spec.start {
        StartSearch::Index(index) => vec![(shape.clone(), index as usize)],
        StartSearch::Keyword { keyword, from } => {
            let mut shape = shape.clone();
            shape.pad_to(usize::from(from.unsigned_abs()));
            shape.push(Word::Text(keyword.into()));
            let start = shape.len();
            vec![(shape, start)]
        }
        StartSearch::Unknown => Vec::new(),
    };
    let is_optional = !matches!(spec.start, StartSearch::Index(_));
    let mut laid: Vec<_> = shapes
        .iter()
        .flat_map(behind)
        .flat_map(|(shape, start)| with_keys(shape, start, &spec.find))
        .collect();
    if is_optional || laid.is_empty() {
        laid.extend(shapes);
    }
    laid
}

/// A shape with keys from a place on.
fn with_keys(mut shape: Shape, start: usize, find: &FindKeys) -> Vec<Shape> {
    match *find {
        FindKeys::Range { last, .. } if last >= 0 => shape.pad_to(start + last as usize + 1),
        FindKeys::Range { last, step, limit: 0 | 1 } => {
            let (step, behind) = (step.max(1) as usize, usize::from(last.unsigned_abs()));
            shape.pad_to(start);
            shape.push_repeated(step);
            // what stands behind the last key, and not already between keys
            (step..behind).for_each(|_| shape.push(Word::Any));
        }
        FindKeys::Range { limit, .. } => {
            shape.pad_to(start);
            (0..limit).for_each(|_| shape.push_repeated(1));
        }
        FindKeys::KeyNum { index, first, step } => {
            return counted(&shape, start + index as usize, start + first as usize, step.max(1) as usize);
        }
        FindKeys::Unknown => {}
    }
    vec![shape]
}

/// With a number of keys and so many keys; with a number that key specs cannot read; with none.
fn counted(shape: &Shape, number: usize, first: usize, step: usize) -> Vec<Shape> {
    let mut shape = shape.clone();
    shape.pad_to(number);
    let with = |count: Word| {
        let mut shape = shape.clone();
        shape.push(count);
        shape.pad_to(first);
        shape.push_repeated(step);
        shape
    };
    let mut none = shape.clone();
    none.push(Word::Text("0".into()));
    vec![with(Word::Count), with(Word::PaddedCount), none]
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::{Part, Shape, Word};
    use crate::catalog::{Catalog, FindKeys, KeyFlags, KeySpec, NewCommand, StartSearch};
    use crate::dialect::{Dialect, Engine};

    /// As [`TEMPLATES`](super::TEMPLATES) are written; `#` is the number of what repeats, and `0#` the same padded.
    fn written(shape: &Shape) -> String {
        let word = |word: &Word| match word {
            Word::Any => "_".to_string(),
            Word::NoDatabase => "!".to_string(),
            Word::Count => "#".to_string(),
            Word::PaddedCount => "0#".to_string(),
            Word::Text(text) if text.is_empty() => "''".to_string(),
            Word::Text(text) => text.to_string(),
        };
        let part = |part: &Part| {
            let words = part.words.iter().map(word).collect::<Vec<_>>().join(" ");
            if part.repeats { format!("({words})…") } else { words }
        };
        shape.parts.iter().map(part).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_shapes_of_commands() {
        for (dialect, name, shapes) in [
            ("redis-6.2", "get", &["_"][..]),
            ("redis-6.2", "rename", &["_ _"]),
            ("redis-6.2", "mset", &["(_ _)…", "_ _"]),
            ("redis-6.2", "blpop", &["(_)… _", "_ _"]),
            ("redis-6.2", "zunionstore", &["_ # (_)…", "_ 0 _", "_ 0# (_)…", "_ _ _"]),
            ("redis-6.2", "eval", &["_ # (_)…", "_ 0", "_ 0# (_)…", "_ _"]),
            ("redis-6.2", "xread", &["STREAMS (_)… (0)…", "_ _ _", "x STREAMS _ 0"]),
            ("redis-6.2", "ping", &["", "_"]),
            ("redis-7.2", "rename", &["_ _"]),
            ("redis-7.2", "blpop", &["(_)… _", "_ _"]),
            ("redis-7.2", "lmpop", &["# (_)… _", "0 _ _", "0# (_)… _", "_ _ _"]),
            (
                "redis-7.2",
                "georadius",
                &[
                    "_ 0 0 1 m STORE _",
                    "_ 0 0 1 m STORE _ STORE _",
                    "_ 0 0 1 m STORE _ STOREDIST _",
                    "_ 0 0 1 m STOREDIST _",
                    "_ _ _ _ _",
                    "_ _ _ _ _ STORE _",
                    "_ _ _ _ _ STORE _ STOREDIST _",
                    "_ _ _ _ _ STOREDIST _",
                ],
            ),
            (
                "redis-7.2",
                "migrate",
                &["_ _ '' 0 1 KEYS (_)…", "_ _ _ 0 1 KEYS _", "_ _ _ KEYS (_)…", "_ _ _ _ _"],
            ),
            ("redis-7.2", "psubscribe", &["(_)…", "_"]),
            ("redis-8.4", "msetex", &["# (_ _)…", "0 _ _", "0# (_ _)…", "_ _ _"]),
            ("valkey-9.1", "copy", &["_ _", "_ _ (DB _)…", "_ _ DB _"]),
            ("valkey-9.1", "select", &["!", "_"]),
            ("redis-8.6+json", "json.mset", &["(_ _ _)…", "_ _ _"]),
        ] {
            let catalog = Catalog::from(dialect.parse::<Dialect>().expect("a dialect"));
            let command = catalog.command(name).expect("a command");
            let found: BTreeSet<_> = command.shapes(&[name]).iter().map(written).collect();
            let head = name.to_uppercase();
            let shapes: BTreeSet<_> = shapes.iter().map(|shape| format!("{head} {shape}")).collect();
            assert_eq!(found, shapes.iter().map(|shape| shape.trim_end().to_string()).collect(), "{dialect}");
        }
    }

    /// There is no template and no finder for it.
    #[test]
    fn an_added_command_has_the_shapes_of_its_key_specs() {
        static COUNTED: [KeySpec; 1] = [KeySpec {
            flags: KeyFlags::RO.and(KeyFlags::ACCESS),
            start: StartSearch::Index(1),
            find: FindKeys::KeyNum { index: 1, first: 3, step: 2 },
        }];
        static PAIR: [KeySpec; 1] = [KeySpec {
            flags: KeyFlags::RO.and(KeyFlags::ACCESS),
            start: StartSearch::Index(2),
            find: FindKeys::Range { last: 1, step: 1, limit: 0 },
        }];
        let added = [
            NewCommand::new("app.sum", -3).key_specs(&COUNTED),
            NewCommand::new("app.pair", -2).key_specs(&PAIR),
        ];
        let catalog = Catalog::from(Engine::Redis7_2).with_commands(added).expect("new names");
        for (name, shapes) in
            [("app.sum", &["_ # _ (_ _)…", "_ 0", "_ 0# _ (_ _)…", "_ _"][..]), ("app.pair", &["_", "_ _ _"])]
        {
            let command = catalog.command(name).expect("a command");
            let found: BTreeSet<_> = command.shapes(&[name]).iter().map(written).collect();
            let head = name.to_uppercase();
            assert_eq!(found, shapes.iter().map(|shape| format!("{head} {shape}")).collect());
        }
    }
}
