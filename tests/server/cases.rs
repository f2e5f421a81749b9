//! Random calls of `ACL SETUSER`: everything that rules can be made of, mostly well, sometimes badly.

use redis_acl::{Catalog, Category, Dialect, User};

use crate::harmless::is_harmless;
use crate::random::Random;
use crate::words::*;

/// The arguments of some calls of `ACL SETUSER`, all on the same user, new at first.
pub(crate) type Case = Vec<Vec<String>>;

/// Cases that kill no server of one dialect, without end.
pub(crate) struct Cases {
    dialect: Dialect,
    random: Random,
    /// Of the dialect, subcommands among them.
    commands: Vec<&'static str>,
    /// Of any dialect.
    known_elsewhere: Vec<&'static str>,
    /// Commands, categories and a first argument that come again and again in one case, so that its rules
    /// have to do with one another.
    near: Vec<&'static str>,
    near_categories: Vec<Category>,
    near_argument: &'static str,
}

impl Iterator for Cases {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        self.move_on();
        let mut user = User::new(self.dialect);
        let calls = self.random.pick(&[1, 1, 1, 1, 1, 1, 2, 4]);
        Some((0..calls).map(|_| self.call(&mut user)).collect())
    }
}

impl Cases {
    pub(crate) fn new(dialect: Dialect, seed: u64) -> Self {
        let names = |dialect: Dialect| {
            Catalog::from(dialect).commands().map(|command| command.name()).collect::<Vec<_>>()
        };
        Self {
            dialect,
            random: Random::new(seed),
            commands: names(dialect),
            known_elsewhere: Dialect::all().flat_map(names).collect(),
            near: Vec::new(),
            near_categories: Vec::new(),
            near_argument: "",
        }
    }

    /// To some command or subcommand, the command that it belongs to, and another subcommand of that.
    fn move_on(&mut self) {
        let catalog = Catalog::from(self.dialect);
        let command = catalog.command(self.random.pick(&self.commands)).expect("a command of the dialect");
        let head = command.container().unwrap_or(command);
        let subcommands: Vec<_> = head.subcommands().collect();
        let sibling = if subcommands.is_empty() { head } else { self.random.pick(&subcommands) };
        self.near = vec![head.name(), command.name(), sibling.name()];
        self.near_categories = command.categories().chain(sibling.categories()).collect();
        self.near_argument = self.random.pick(FIRST_ARGUMENTS);
    }

    /// One call, which is applied to the user too.
    fn call(&mut self, user: &mut User) -> Vec<String> {
        let mut arguments = self.arguments(user);
        while !is_harmless(self.dialect, &arguments) {
            arguments = self.arguments(user);
        }
        // a call that is refused leaves the user as it was
        let _ = user.apply_arguments(&arguments);
        arguments
    }

    /// Short lists more often than long ones. Most hold only rules that the library accepts, for chance
    /// alone would hardly make a long one.
    fn arguments(&mut self, user: &User) -> Vec<String> {
        let length = self.random.pick(&[1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 12]);
        let accepted_only = self.random.percent(70);
        let (mut arguments, mut changed) = (Vec::new(), user.clone());
        while arguments.len() < length {
            let rule = self.rule();
            if !accepted_only || changed.apply_arguments(&rule).is_ok() {
                arguments.extend(rule);
            }
        }
        arguments
    }

    /// One argument; a selector may take several.
    fn rule(&mut self) -> Vec<String> {
        let argument = match self.random.below(100) {
            0..12 => self.keyword(),
            12..22 => self.password(),
            22..83 => self.permission(),
            83..95 => return self.selector(),
            _ => self.random.pick(JUNK).to_owned(),
        };
        vec![if self.random.percent(4) { self.spoilt(&argument) } else { argument }]
    }

    fn keyword(&mut self) -> String {
        let keyword = self.random.pick(KEYWORDS);
        self.in_some_case(keyword)
    }

    /// What may stand inside of a selector, too.
    fn permission(&mut self) -> String {
        match self.random.below(100) {
            0..8 => {
                let keyword = self.random.pick(PERMISSION_KEYWORDS);
                self.in_some_case(keyword)
            }
            8..28 => self.random.pick(KEY_SIGNS).to_owned() + &self.pattern(),
            28..40 => format!("&{}", self.pattern()),
            40..62 => self.sign().to_owned() + "@" + &self.category(),
            62..83 => self.sign().to_owned() + &self.command(),
            83..95 => self.sign().to_owned() + &self.command() + "|" + &self.first_argument(),
            _ => self.databases(),
        }
    }

    fn sign(&mut self) -> &'static str {
        self.random.pick(&["+", "+", "-"])
    }

    fn pattern(&mut self) -> String {
        let pieces = self.random.pick(&[0, 1, 1, 1, 2, 2, 3, 5]);
        (0..pieces).map(|_| self.random.pick(PATTERN_PIECES)).collect()
    }

    fn category(&mut self) -> String {
        let name = match self.random.below(20) {
            0 => "all",
            1 => self.random.pick(UNKNOWN_CATEGORIES),
            2..8 if !self.near_categories.is_empty() => self.random.pick(&self.near_categories).name(),
            _ => self.random.pick(&Category::ALL).name(),
        };
        self.in_some_case(name)
    }

    fn command(&mut self) -> String {
        let name = match self.random.below(20) {
            0 => self.random.pick(&self.known_elsewhere),
            1 => self.random.pick(UNKNOWN_COMMANDS),
            2..13 => self.random.pick(&self.near),
            _ => self.random.pick(&self.commands),
        };
        self.in_some_case(name)
    }

    fn first_argument(&mut self) -> String {
        let others = self.random.percent(40);
        let argument = if others { self.random.pick(FIRST_ARGUMENTS) } else { self.near_argument };
        self.in_some_case(argument)
    }

    fn databases(&mut self) -> String {
        let count = 1 + self.random.below(3);
        let list: Vec<_> = (0..count).map(|_| self.random.pick(DATABASES)).collect();
        self.in_some_case("db=") + &list.join(",")
    }

    /// A sign and one of few secrets, so that some are removed again.
    fn password(&mut self) -> String {
        let (password, hash) = (self.random.pick(PASSWORDS), self.random.pick(HASHES));
        match self.random.below(8) {
            0..3 => format!(">{password}"),
            3 => format!("<{password}"),
            4 | 5 => format!("#{hash}"),
            6 => format!("!{hash}"),
            _ => self.random.pick(&[">", "<", "#", "!"]).to_owned() + &self.pattern(),
        }
    }

    /// Rules in parentheses: one argument, or one for each word.
    fn selector(&mut self) -> Vec<String> {
        let length = self.random.below(5);
        let words: Vec<_> = (0..length).map(|_| self.inner_rule()).collect();
        let text = format!("{}{}{}", self.opening(), words.join(self.blank()), self.closing());
        match self.random.below(3) {
            0 => text.split(' ').map(str::to_owned).collect(),
            _ => vec![text],
        }
    }

    fn inner_rule(&mut self) -> String {
        match self.random.below(40) {
            0 => self.keyword(),
            1 => self.password(),
            2 => self.random.pick(JUNK).to_owned(),
            3 => format!("\"{}\"", self.permission()),
            4 => format!("'{}'", self.permission()),
            _ => self.permission(),
        }
    }

    fn opening(&mut self) -> &'static str {
        self.random.pick(&["(", "(", "(", "(", "(", "(", "( ", "(("])
    }

    fn blank(&mut self) -> &'static str {
        self.random.pick(&[" ", " ", " ", " ", " ", " ", "  ", "\t"])
    }

    fn closing(&mut self) -> &'static str {
        self.random.pick(&[")", ")", ")", ")", ")", ")", ")", ")", " )", "))", ""])
    }

    fn in_some_case(&mut self, text: &str) -> String {
        if self.random.percent(75) {
            return text.to_owned();
        }
        let flipped = |c: char| if self.random.percent(50) { c.to_ascii_uppercase() } else { c };
        text.chars().map(flipped).collect()
    }

    /// With a character too few, too many, or another. Arguments with blanks stay as they are: a first
    /// argument with a blank and a sign behind it would not be told from two rules.
    fn spoilt(&mut self, argument: &str) -> String {
        let mut characters: Vec<_> = argument.chars().collect();
        if characters.is_empty() || argument.contains(' ') {
            return argument.to_owned();
        }
        let place = self.random.below(characters.len());
        match self.random.below(3) {
            0 => drop(characters.remove(place)),
            1 => characters.insert(place, self.random.pick(SPOILERS)),
            _ => characters[place] = self.random.pick(SPOILERS),
        }
        characters.into_iter().collect()
    }
}

/// The case with a call, an argument, or a word of one less; what could kill a server is left out.
pub(crate) fn smaller(dialect: Dialect, case: &Case) -> Vec<Case> {
    let mut smaller = Vec::new();
    for (call, arguments) in case.iter().enumerate() {
        let with = |changed: Option<Vec<String>>| {
            let changed = changed.filter(|arguments| !arguments.is_empty());
            [&case[..call], changed.as_slice(), &case[call + 1..]].concat()
        };
        smaller.push(with(None));
        for (place, argument) in arguments.iter().enumerate() {
            let with_argument = |argument: &[String]| {
                with(Some([&arguments[..place], argument, &arguments[place + 1..]].concat()))
            };
            smaller.push(with_argument(&[]));
            let words: Vec<_> = argument.split(' ').collect();
            for word in 0..words.len() {
                smaller.push(with_argument(&[[&words[..word], &words[word + 1..]].concat().join(" ")]));
            }
        }
    }
    let is_harmless = |case: &Case| case.iter().all(|arguments| is_harmless(dialect, arguments));
    smaller.retain(|smaller| smaller != case && is_harmless(smaller));
    smaller
}
