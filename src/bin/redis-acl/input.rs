//! Strings from the command line, from a file or, one a line, from the standard input.

use std::fs;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::str::FromStr;

use redis_acl::document::Document;
use redis_acl::document::Kind;
use redis_acl::{AccessString, DefaultChannels, Dialect, DialectError, Dialects};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::Outcome;
use crate::files;

/// What is read where no dialect is named.
pub(crate) const DEFAULT_DIALECT: &str = "elasticache";

pub(crate) fn named(dialect: &str) -> Dialect {
    dialect.parse().expect("the defaults are dialects")
}

/// Which engines may read a string or a file, as `--dialect` and the settings say it.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    /// Of a string that is asked about directly: `elasticache` is short for one dialect.
    pub(crate) of_string: Dialects,
    /// Of files: `elasticache` is the whole service, as a gate must hold on all of it.
    pub(crate) of_files: Dialects,
}

impl FromStr for Stated {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        Ok(Self { of_string: Dialects::of_one_string(text)?, of_files: text.parse()? })
    }
}

/// What flags and settings say of the engines that read something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Engines {
    pub(crate) stated: Option<Stated>,
    pub(crate) setting: ChannelSetting,
    /// Whether it is said of all files that do not state theirs, and of none in particular.
    pub(crate) is_default: bool,
}

impl Engines {
    /// What flags or overrides say.
    pub(crate) fn new(stated: Option<Stated>, setting: ChannelSetting) -> Self {
        Self { stated, setting, is_default: false }
    }

    /// The document as what is stated applies to it.
    pub(crate) fn put_into<'a>(&self, document: Document<'a>) -> Document<'a> {
        let document = if self.is_default { document.with_default_statement() } else { document };
        document.with_stated_channels(self.channels())
    }

    /// These, where they say something, else the others: flags take precedence over settings.
    pub(crate) fn or(&self, other: Self) -> Self {
        let setting = self.setting.acl_pubsub_default.or(other.setting.acl_pubsub_default);
        Self {
            is_default: self.stated.is_none() && other.is_default,
            stated: self.stated.clone().or(other.stated),
            setting: ChannelSetting { acl_pubsub_default: setting },
        }
    }

    /// The value of `acl-pubsub-default` that is stated.
    pub(crate) fn channels(&self) -> Option<DefaultChannels> {
        self.setting.acl_pubsub_default
    }

    /// The engines that read a string which is asked about directly.
    pub(crate) fn of_string(&self) -> io::Result<Dialects> {
        let stated = self.stated.as_ref().map(|stated| stated.of_string.clone());
        self.setting.put_into_each(stated.unwrap_or_else(|| named(DEFAULT_DIALECT).into()))
    }

    /// The engines that may read files; `None` where nothing is said of them.
    pub(crate) fn of_files(&self) -> io::Result<Option<Dialects>> {
        let stated = self.stated.as_ref().map(|stated| stated.of_files.clone());
        // the setting holds on whatever engine a file leaves open
        let any = || self.setting.acl_pubsub_default.and_then(|_| Dialects::new(Dialect::all()));
        stated.or_else(any).map(|dialects| self.setting.put_into_each(dialects)).transpose()
    }
}

impl<'de> Deserialize<'de> for Stated {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Which engines may read the string.
#[derive(clap::Args)]
pub(crate) struct InEach {
    /// The engine that reads the string, or a set of engines that may read it: redis-7.2, elasticache/redis,
    /// redis-6.2..8.0, or a list with commas. The result holds on every one that accepts the string [default: elasticache]
    #[arg(long, short, value_name = "DIALECTS")]
    dialect: Option<Stated>,
    #[command(flatten)]
    setting: ChannelSetting,
}

impl InEach {
    pub(crate) fn engines(&self) -> Engines {
        Engines::new(self.dialect.clone(), self.setting)
    }

    pub(crate) fn dialects(&self) -> io::Result<Dialects> {
        self.engines().of_string()
    }
}

/// Reads the name of one dialect, for a command that needs exactly one.
///
/// # Errors
/// When the text names none, or a set; the names in the set are listed.
pub(crate) fn one_dialect(text: &str) -> Result<Dialect, String> {
    exactly_one("this command", text)
}

/// The same for something else than a command.
pub(crate) fn exactly_one(what: &str, text: &str) -> Result<Dialect, String> {
    let error = match text.parse::<Dialect>() {
        Ok(dialect) => return Ok(dialect),
        Err(error) => error,
    };
    match text.parse::<Dialects>() {
        Ok(set) => set.single().ok_or_else(|| {
            let names: Vec<_> = set.iter().map(|dialect| dialect.to_string()).collect();
            let (count, names, newest) = (names.len(), names.join(", "), set.newest());
            format!(
                "{what} needs exactly one dialect, and `{text}` names {count} ({names}); name one, such as `{newest}`"
            )
        }),
        // the text is meant as a set, so the error about the set helps
        Err(of_set) if text.contains("..") || text.contains(',') => Err(of_set.to_string()),
        Err(_) => Err(error.to_string()),
    }
}

/// Which engine or service reads the string.
pub(crate) struct In {
    /// As `--dialect` and `--acl-pubsub-default` have it.
    pub(crate) dialect: Dialect,
}

#[derive(clap::Args)]
struct InFlags {
    /// The engine or service that reads the string, exactly one: redis-7.2, valkey-8.1, redis-8.4+json,
    /// elasticache/redis-7.1, memorydb …; `redis-acl dialects` lists them
    #[arg(long, short, default_value = DEFAULT_DIALECT, value_name = "DIALECT", value_parser = one_dialect)]
    dialect: Dialect,
    #[command(flatten)]
    setting: ChannelSetting,
}

/// The setting `acl-pubsub-default`.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(crate) struct ChannelSetting {
    /// The value of acl-pubsub-default on the server or ElastiCache cluster: the channels of users without a channel
    /// rule, allchannels or resetchannels
    #[arg(long, value_name = "VALUE")]
    acl_pubsub_default: Option<DefaultChannels>,
}

impl ChannelSetting {
    pub(crate) fn new(acl_pubsub_default: Option<DefaultChannels>) -> Self {
        Self { acl_pubsub_default }
    }

    /// The dialects with the setting, where they have it.
    pub(crate) fn put_into_each(self, dialects: Dialects) -> io::Result<Dialects> {
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        self.acl_pubsub_default
            .map_or(Ok(dialects.clone()), |channels| dialects.with_default_channels(channels))
            .map_err(wrong)
    }

    /// The dialect with the setting.
    pub(crate) fn put_into(self, dialect: Dialect) -> Result<Dialect, DialectError> {
        self.acl_pubsub_default.map_or(Ok(dialect), |channels| dialect.with_default_channels(channels))
    }
}

impl clap::Args for In {
    fn augment_args(command: clap::Command) -> clap::Command {
        InFlags::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        InFlags::augment_args_for_update(command)
    }
}

impl clap::FromArgMatches for In {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let InFlags { dialect, setting } = InFlags::from_arg_matches(matches)?;
        let wrong = |error| clap::Error::raw(clap::error::ErrorKind::ValueValidation, format!("{error}\n"));
        Ok(Self { dialect: setting.put_into(dialect).map_err(wrong)? })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// How hard a comparison may be.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Bounds {
    /// The work limit of a comparison. At the limit the result is inconclusive, which counts as different
    #[arg(long, value_name = "STEPS", default_value_t = redis_acl::glob::WORK, hide_short_help = true)]
    pub(crate) work: usize,
}

/// Whether a string that names no existing file was meant as a path: no rule looks like this.
pub(crate) fn is_like_a_path(string: &str) -> bool {
    let is_like_one = || string.contains('/') || Kind::of_name(Path::new(string)).is_some();
    !begins_like_a_rule(string) && !string.contains(' ') && is_like_one()
}

/// Whether a string that names no existing file can be nothing but a path: one word that is no rule.
pub(crate) fn is_no_rule(string: &str) -> bool {
    let is_word = !string.is_empty() && !string.contains(char::is_whitespace);
    is_word && !begins_like_a_rule(string) && AccessString::parse(string).is_err()
}

fn begins_like_a_rule(string: &str) -> bool {
    string.starts_with(['+', '-', '~', '%', '&', '>', '<', '#', '!', '(', '@'])
}

/// What is reported of such a path, without a password.
pub(crate) fn no_such_path(path: &str) -> String {
    format!("no such file or folder `{}`", redis_acl::syntax::masked(path).escape_debug())
}

/// A string to work on; the number of its line where it came from the standard input.
pub(crate) struct Item {
    pub(crate) line: Option<usize>,
    /// The bytes themselves where they are no text.
    pub(crate) text: Result<String, Vec<u8>>,
}

/// One string: what is given, or of `@FILE` what the file holds, of `-` what the standard input does.
pub(crate) fn one(string: String) -> io::Result<Item> {
    let from = match string.strip_prefix('@') {
        None if string == "-" => Path::new("-"),
        None => return Ok(Item { line: None, text: Ok(string) }),
        Some(path) => Path::new(path),
    };
    let mut bytes = read(from)?;
    // a file ends with a line end, which is no part of the string
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    Ok(Item { line: None, text: String::from_utf8(bytes).map_err(|error| error.into_bytes()) })
}

/// All of a file; of the standard input where it is `-`. What cannot be read is named.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| io::Error::new(error.kind(), files::told_of(path, &error)))
}

/// Calls `each` for the string, or for every line of the standard input where it is `-`.
pub(crate) fn for_each<E>(string: String, mut each: E) -> io::Result<()>
where
    E: FnMut(Item) -> io::Result<()>,
{
    if string != "-" {
        return each(Item { line: None, text: Ok(string) });
    }
    for (number, bytes) in (1..).zip(io::stdin().lock().split(b'\n')) {
        let mut bytes = bytes?;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        each(Item {
            line: Some(number),
            text: String::from_utf8(bytes).map_err(|error| error.into_bytes()),
        })?;
    }
    Ok(())
}

/// The same where each gives an outcome: the worst counts.
pub(crate) fn worst_of_each<E>(string: &str, mut each: E) -> io::Result<Outcome>
where
    E: FnMut(Item) -> io::Result<Outcome>,
{
    let mut worst = Outcome::Fine;
    for_each(string.to_owned(), |item| {
        worst = worst.max(each(item)?);
        Ok(())
    })?;
    Ok(worst)
}
