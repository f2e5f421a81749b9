//! Reading files as servers do: `ACLLoadFromFile`, `loadServerConfigFromString` and `ACLLoadConfiguredUsers`.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use super::error::{Said, When};
use super::source::{Source, masked_word, shown, shown_in_part, split_at_spaces, trimmed};
use super::{AclFile, BadChannelDefault, FileError, FileErrorKind, Format, Line, UserLine};
use crate::catalog::Catalog;
use crate::dialect::{DefaultChannels, Feature, FileUsers, LoadErrors, Quirks};
use crate::quoting::{Splitter, Unbalanced, Word, split};
use crate::secret::is_bare_sign;
use crate::span::Span;
use crate::syntax::{Rule, RuleKind, SelectorRule};
use crate::user::{ApplyError, OpenSelector, User, joined, merge_selectors};

/// So many bytes a server reads at once, one less than the buffer holds; a NUL hides what follows in the buffer.
const BUFFER: usize = 1023;
const CONFIG_BUFFER: usize = 1024;

const DEFAULT: &str = "default";

pub(super) fn file(bytes: &[u8], catalog: &Catalog, format: Format) -> AclFile {
    match format {
        Format::Acl => {
            let mut reader = Reader::new(catalog, format);
            reader.read_all(&Source::read(bytes, BUFFER), bytes);
            reader.finish()
        }
        Format::Config => configuration(&Source::read(bytes, CONFIG_BUFFER), bytes, catalog),
        Format::List => {
            let mut reader = Reader::new(catalog, format);
            reader.read_list(bytes);
            reader.finish()
        }
    }
}

/// A server tries the rules of each user when it reads the line, with the `acl-pubsub-default` that it has read so far.
/// When it has read all lines it makes the users, with the last one.
fn configuration(source: &Source<'_>, bytes: &[u8], catalog: &Catalog) -> AclFile {
    let splitter = catalog.dialect().quirks().splitter;
    let last = lines(&source.text).filter_map(|line| default_channels(line, splitter)).last();
    let mut reader = Reader::new(catalog, Format::Config);
    reader.loaded = last.and_then(|channels| catalog.with_default_channels(channels)).map(Applier::new);
    reader.read_all(source, bytes);
    AclFile { default_channels: last, ..reader.finish() }
}

/// The value that a line gives to `acl-pubsub-default`.
fn default_channels(line: &[u8], splitter: Splitter) -> Option<DefaultChannels> {
    let line = &line[trimmed(line, b" \t\r\n").range()];
    // splitting takes time, and few lines are about it
    line.first().filter(|first| b"aA\"'".contains(first))?;
    match &split(line, splitter).ok()?[..] {
        [directive, value] if is_channel_setting(&directive.bytes) => parse_default_channels(&value.bytes),
        _ => None,
    }
}

fn is_channel_setting(directive: &[u8]) -> bool {
    directive.eq_ignore_ascii_case(b"acl-pubsub-default")
}

fn parse_default_channels(value: &[u8]) -> Option<DefaultChannels> {
    core::str::from_utf8(value).ok()?.parse().ok()
}

/// The lines, without their ends; behind the last end there is none.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// A line on its way: what the server sees of it, and the way back to the file.
struct Raw<'s> {
    source: &'s Source<'s>,
    /// Where in the source's text it begins, trimmed.
    start: usize,
    bytes: &'s [u8],
    number: usize,
    counted: usize,
}

impl Raw<'_> {
    fn in_file(&self, span: Span) -> Span {
        self.source.in_file(span.shifted(self.start))
    }

    fn whole(&self) -> Span {
        Span::new(0, self.bytes.len())
    }
}

/// The commands and the setting with which rules are applied.
struct Applier {
    catalog: Catalog,
    quirks: Quirks,
}

impl Applier {
    fn new(catalog: Catalog) -> Self {
        Self { quirks: catalog.dialect().quirks(), catalog }
    }
}

/// What a server has learnt from the lines so far.
struct Reader {
    /// As the lines up to this one have it.
    read: Applier,
    /// As all lines together have it, where one of them sets `acl-pubsub-default`.
    loaded: Option<Applier>,
    /// Whether a user's rules were tried with another setting than that of the end.
    tried_otherwise: bool,
    quirks: Quirks,
    format: Format,
    lines: Vec<Line>,
    /// The users there are, and the number of the line that made each.
    known: BTreeMap<Vec<u8>, usize>,
    first_user: Option<usize>,
    /// Directives that say something about users.
    acl_file: Option<Directive>,
    password: Option<String>,
    /// An empty text.
    nothing: Arc<str>,
}

/// A directive that may be at odds with the users: the place of its line, and the errors that there are then.
type Directive = (usize, Vec<FileError>);

impl Reader {
    fn new(catalog: &Catalog, format: Format) -> Self {
        Self {
            read: Applier::new(catalog.clone()),
            loaded: None,
            tried_otherwise: false,
            quirks: catalog.dialect().quirks(),
            format,
            lines: Vec::new(),
            known: BTreeMap::new(),
            first_user: None,
            acl_file: None,
            password: None,
            nothing: "".into(),
        }
    }

    fn read_all(&mut self, source: &Source<'_>, file: &[u8]) {
        let (mut start, mut number, mut counted_up_to) = (0, 1, 0);
        for (counted, line) in (1..).zip(lines(&source.text)) {
            let span = source.in_file(Span::new(start, start + line.len()));
            number += file[counted_up_to..span.start].iter().filter(|byte| **byte == b'\n').count();
            counted_up_to = span.start;
            let kept = trimmed(line, b" \t\r\n");
            let bytes = &line[kept.range()];
            self.read_line(&Raw { source, start: start + kept.start, bytes, number, counted }, span);
            start += line.len() + 1;
        }
    }

    fn read_list(&mut self, file: &[u8]) {
        let mut start = 0;
        for (number, line) in (1..).zip(lines(file)) {
            let span = Span::new(start, start + line.len());
            match Source::listed(line, start) {
                Ok(source) => {
                    let kept = trimmed(&source.text, b" \t\r\n");
                    let bytes = &source.text[kept.range()];
                    let raw = Raw { source: &source, start: kept.start, bytes, number, counted: number };
                    self.read_line(&raw, span);
                }
                Err(Unbalanced { span: place }) => {
                    let source = Source::plain(line, start);
                    let raw = Raw { source: &source, start: 0, bytes: line, number, counted: number };
                    let mut errors = vec![self.error(FileErrorKind::UnbalancedQuotes, &raw, place)];
                    tell_line(&mut errors, || shown_in_part(line));
                    self.lines.push(Line { number, span, user: None, errors });
                }
            }
            start += line.len() + 1;
        }
    }

    fn read_line(&mut self, raw: &Raw<'_>, span: Span) {
        let (user, errors) = match self.is_passed_over(raw.bytes) {
            true => (None, Vec::new()),
            false => self.content(raw),
        };
        self.lines.push(Line { number: raw.number, span, user: user.map(Box::new), errors });
    }

    fn is_passed_over(&self, line: &[u8]) -> bool {
        let has_comments = match self.format {
            Format::Acl => self.quirks.file_comments,
            Format::Config => true,
            Format::List => false,
        };
        line.is_empty() || has_comments && line.starts_with(b"#")
    }

    fn content(&mut self, raw: &Raw<'_>) -> (Option<UserLine>, Vec<FileError>) {
        if self.format != Format::Config {
            return self.user_line(raw, &split_at_spaces(raw.bytes));
        }
        match split(raw.bytes, self.quirks.splitter) {
            Err(Unbalanced { span }) => {
                (None, self.error_of_part(FileErrorKind::UnbalancedQuotes, raw, span))
            }
            Ok(words) => match &words[..] {
                [] => (None, Vec::new()),
                [first, ..] if first.bytes.eq_ignore_ascii_case(b"user") => self.user_line(raw, &words),
                [directive, arguments @ ..] => (None, self.directive(raw, &directive.bytes, arguments)),
            },
        }
    }

    // -----------------------------------------------------------------------------------------------
    // Users

    fn user_line(&mut self, raw: &Raw<'_>, words: &[Word<'_>]) -> (Option<UserLine>, Vec<FileError>) {
        let name = match words {
            [first, name, ..] if *first.bytes == *b"user" || self.format == Format::Config => name,
            _ => return (None, self.no_user(raw, words)),
        };
        self.first_user.get_or_insert(raw.number);
        self.tried_otherwise |= self.loaded_otherwise().is_some();
        let texts: Option<Vec<&str>> =
            words[1..].iter().map(|word| core::str::from_utf8(&word.bytes).ok()).collect();
        let (line, mut errors) = match texts {
            Some(texts) => {
                let (line, errors) = self.user(&UserWords { raw, words, texts: &texts });
                (Some(line), errors)
            }
            None => {
                let error = |place| self.error(FileErrorKind::NotUtf8, raw, place);
                (None, not_utf8(words).map(error).collect())
            }
        };
        self.known.entry(name.bytes.to_vec()).or_insert(raw.number);
        tell_line(&mut errors, || shown(raw.bytes, words));
        (line, errors)
    }

    fn user(&self, words: &UserWords<'_>) -> (UserLine, Vec<FileError>) {
        let subject: Arc<str> = masked_word(words.name()).into();
        let mut user = self.user_to_change(words.name(), &self.read);
        let (rules, mut refused) = self.apply(words, &subject, &mut user, &self.read);
        if let Some(loaded) = self.loaded_otherwise() {
            user = self.user_to_change(words.name(), loaded);
            let late = self.apply(words, &subject, &mut user, loaded).1;
            refused = with_late(refused, late, &subject);
        }
        self.hush(&mut refused);
        let errors = match self.name_error(words) {
            None => refused,
            Some(error) => {
                let refused = refused.into_iter().map(|refused| refused.behind(&error));
                [FileError { subject, ..error.clone() }].into_iter().chain(refused).collect()
            }
        };
        let line = UserLine {
            name: words.name().to_owned(),
            name_span: words.raw.in_file(words.words[1].span),
            rules_span: words.raw.in_file(words.rules_span()),
            rules,
            user: errors.is_empty().then_some(user),
        };
        (line, errors)
    }

    fn no_user(&self, raw: &Raw<'_>, words: &[Word<'_>]) -> Vec<FileError> {
        let first = words.first().map_or(raw.whole(), |first| first.span);
        let place = if raw.bytes.starts_with(b"#") { Span::new(0, 0) } else { first };
        self.error_of_part(FileErrorKind::NoUser, raw, place)
    }

    /// What a server finds first: of a configuration, that the user was there already.
    fn name_error(&self, words: &UserWords<'_>) -> Option<FileError> {
        match self.format {
            Format::Config => self.duplicate(words).or_else(|| self.space_in_name(words)),
            Format::Acl | Format::List => self.space_in_name(words).or_else(|| self.duplicate(words)),
        }
    }

    /// `ACLStringHasSpaces`
    fn space_in_name(&self, words: &UserWords<'_>) -> Option<FileError> {
        let has_space = words.name().contains(|c: char| matches!(c, ' ' | '\t'..='\r' | '\0'));
        has_space.then(|| self.error(FileErrorKind::SpaceInName, words.raw, words.words[1].span))
    }

    fn duplicate(&self, words: &UserWords<'_>) -> Option<FileError> {
        let is_error = self.quirks.file_users == FileUsers::Once || self.format == Format::List;
        let first = self.known.get(words.name().as_bytes()).filter(|_| is_error)?;
        let error = self.error(FileErrorKind::DuplicateUser, words.raw, words.words[1].span);
        Some(FileError { other_line: Some(*first), ..error })
    }

    /// What users are made with at the end, where rules were tried with another setting.
    fn loaded_otherwise(&self) -> Option<&Applier> {
        self.loaded.as_ref().filter(|loaded| loaded.quirks.new_channels != self.read.quirks.new_channels)
    }

    /// The user that the rules of a line are applied to.
    fn user_to_change(&self, name: &str, with: &Applier) -> User {
        let is_reset = match (self.format, self.quirks.file_users) {
            (Format::List, _) | (Format::Acl, FileUsers::Once) => false,
            (Format::Config, FileUsers::Once) => name == DEFAULT,
            (_, FileUsers::Reset) => name == DEFAULT || self.known.contains_key(name.as_bytes()),
        };
        let mut user = User::with_catalog(&with.catalog);
        if is_reset {
            // services refuse it, and start users with what it leaves
            let _ = user.apply_argument("reset", "", &with.quirks);
        }
        user
    }

    /// Applies the rules, those behind a bad one too. Gives those that are well-formed, and the errors.
    fn apply(
        &self,
        words: &UserWords<'_>,
        name: &Arc<str>,
        user: &mut User,
        with: &Applier,
    ) -> (Vec<Rule<'static>>, Vec<FileError>) {
        let merged = match merge_selectors(words.rules(), &self.quirks) {
            Ok(merged) => merged,
            Err(open) => return (Vec::new(), vec![self.open_selector(words, open)]),
        };
        let (mut rules, mut errors) = (Vec::new(), Vec::new());
        // a password may also stand behind a sign that was taken for the name
        let mut before = words.name().to_owned();
        for (index, place) in merged.into_iter().enumerate() {
            let argument = Argument::new(words, place, self.format);
            let (rule, applied) = user.apply_argument(&argument.text, &before, &with.quirks);
            rules.extend(rule.map(|rule| argument.placed(rule.into_owned(), words.raw)));
            if let Err(refused) = applied {
                let place = argument.in_line(refused.span());
                let subject = self.word_named(words, index, &refused).unwrap_or_else(|| name.clone());
                let error = self.error(FileErrorKind::Rule(refused), words.raw, place);
                errors.push(FileError { subject, ..error });
            }
            if !argument.text.is_empty() {
                before = argument.text.into_owned();
            }
        }
        user.tidy();
        (rules, errors)
    }

    fn open_selector(&self, words: &UserWords<'_>, open: OpenSelector) -> FileError {
        let kills = self.format == Format::Acl && open.rules_before > 0;
        let kind = if kills { FileErrorKind::OpenSelectorKills } else { FileErrorKind::OpenSelector };
        let place = Span::new(words.words[open.opening + 2].span.start, words.raw.bytes.len());
        let error = self.error(kind, words.raw, place);
        match self.format {
            // the reason that the server gives is whatever the last error left
            Format::Config => FileError { said: Said::Unknown, ..error },
            _ => error,
        }
    }

    /// Which of the errors of a line the server tells: each; or the first, and of an ACL file those about unknown
    /// names, which do not count as the first.
    fn hush(&self, errors: &mut [FileError]) {
        let first = errors.iter().position(|error| !error.is_of_unknown_name());
        let first_read = errors.iter().position(|error| !error.is_found_when_loading());
        let is_told = |place, error: &FileError| match (self.format, self.quirks.load_errors) {
            (Format::Config, _) => place == first_read.unwrap_or(0),
            (_, LoadErrors::EachRule) => true,
            (_, LoadErrors::FirstAndUnknownNames) => Some(place) == first || error.is_of_unknown_name(),
        };
        for (place, error) in errors.iter_mut().enumerate() {
            if error.said == Said::Yes && !is_told(place, error) {
                error.said = Said::No;
            }
        }
    }

    /// The word that a message about the rule of that index names in a configuration, where it names one.
    fn word_named(&self, words: &UserWords<'_>, index: usize, refused: &ApplyError) -> Option<Arc<str>> {
        if self.format != Format::Config || refused.is_of_unknown_name() {
            return None;
        }
        let place = match self.quirks.file_users {
            FileUsers::Reset => index + 2,
            // the server takes a place among the merged rules for one among the words of the line
            FileUsers::Once => index,
        };
        let word = String::from_utf8_lossy(&words.words.get(place)?.bytes);
        let before = words.words[..place].iter().rfind(|word| !word.bytes.is_empty());
        let is_password = before.is_some_and(|before| is_bare_sign(&String::from_utf8_lossy(&before.bytes)));
        Some(if is_password { "*".repeat(word.len()) } else { masked_word(&word) }.into())
    }

    // -----------------------------------------------------------------------------------------------
    // Other directives

    fn directive(&mut self, raw: &Raw<'_>, name: &[u8], arguments: &[Word<'_>]) -> Vec<FileError> {
        if is_channel_setting(name) {
            return self.channel_setting(raw, arguments);
        }
        let [value] = arguments else { return Vec::new() };
        let is = |directive: &[u8]| name.eq_ignore_ascii_case(directive);
        let errors = |kind| self.error_of_part(kind, raw, raw.whole());
        let line = self.lines.len();
        if is(b"aclfile") {
            let named = !value.bytes.is_empty();
            self.acl_file = named.then(|| (line, errors(FileErrorKind::UsersAndAclFile)));
        } else if is(b"requirepass") {
            match core::str::from_utf8(&value.bytes) {
                Ok(password) => self.password = Some(password.to_owned()),
                Err(_) => return errors(FileErrorKind::NotUtf8),
            }
        }
        Vec::new()
    }

    /// `acl-pubsub-default`, which holds from here on.
    fn channel_setting(&mut self, raw: &Raw<'_>, arguments: &[Word<'_>]) -> Vec<FileError> {
        let refuse = |error| self.error_of_part(FileErrorKind::ChannelDefault(error), raw, raw.whole());
        if !self.quirks.has(Feature::Channels) {
            return refuse(BadChannelDefault::NoSuchSetting);
        }
        let [value] = arguments else { return refuse(BadChannelDefault::WrongNumberOfValues) };
        let Some(channels) = parse_default_channels(&value.bytes) else {
            return refuse(BadChannelDefault::NoSuchValue);
        };
        if let Some(catalog) = self.read.catalog.with_default_channels(channels) {
            self.read = Applier::new(catalog);
        }
        Vec::new()
    }

    fn finish(mut self) -> AclFile {
        let has_acl_file = self.acl_file.is_some();
        if let Some((line, errors)) = self.acl_file.take().filter(|_| self.first_user.is_some()) {
            let errors = errors.into_iter().map(|error| FileError { other_line: self.first_user, ..error });
            self.lines[line].errors.extend(errors);
        }
        let is_built_in =
            self.format != Format::List && !has_acl_file && !self.known.contains_key(DEFAULT.as_bytes());
        let with = self.loaded.as_ref().unwrap_or(&self.read);
        let built_in = is_built_in.then(|| self.built_in(with));
        AclFile {
            format: self.format,
            catalog: with.catalog.clone(),
            default_channels: None,
            tries_users_otherwise: self.tried_otherwise,
            lines: self.lines,
            built_in,
        }
    }

    /// `ACLCreateDefaultUser` and `ACLUpdateDefaultUserPassword`
    fn built_in(&self, with: &Applier) -> User {
        let mut user = User::with_catalog(&with.catalog);
        let channels = if self.quirks.has(Feature::Channels) { "allchannels" } else { "" };
        let password = match &self.password {
            Some(password) if !password.is_empty() => format!(">{password}"),
            _ => "nopass".to_owned(),
        };
        for rule in ["on", &password, "allkeys", channels, "allcommands"] {
            // services have no passwords in their rules
            let _ = user.apply_argument(rule, "", &with.quirks);
        }
        user
    }

    // -----------------------------------------------------------------------------------------------
    // Errors

    /// About a line of which only a part may be shown.
    fn error_of_part(&self, kind: FileErrorKind, raw: &Raw<'_>, place: Span) -> Vec<FileError> {
        let mut errors = vec![self.error(kind, raw, place)];
        tell_line(&mut errors, || shown_in_part(raw.bytes));
        errors
    }

    /// An error that does not know yet how its line is shown.
    fn error(&self, kind: FileErrorKind, raw: &Raw<'_>, place: Span) -> FileError {
        FileError {
            said: kind.said(),
            kind,
            line: raw.number,
            counted: raw.counted,
            span: raw.in_file(place),
            place,
            text: self.nothing.clone(),
            subject: self.nothing.clone(),
            other_line: None,
            format: self.format,
            dialect: self.read.catalog.dialect(),
            when: When::Reading,
        }
    }
}

/// The errors of a line, with those that a server finds only when it makes the user.
fn with_late(mut errors: Vec<FileError>, late: Vec<FileError>, name: &Arc<str>) -> Vec<FileError> {
    let known: BTreeSet<_> = errors.iter().map(|error| error.place).collect();
    let news = late.into_iter().filter(|late| !known.contains(&late.place));
    let news = news.map(|error| FileError { when: When::Loading, subject: name.clone(), ..error });
    errors.extend(news);
    errors.sort_by_key(|error| error.place.start);
    errors
}

fn tell_line(errors: &mut [FileError], shown: impl FnOnce() -> String) {
    if errors.is_empty() {
        return;
    }
    let text: Arc<str> = shown().into();
    errors.iter_mut().for_each(|error| error.text = text.clone());
}

/// The words that are not UTF-8.
fn not_utf8<'w>(words: &'w [Word<'_>]) -> impl Iterator<Item = Span> + 'w {
    words.iter().filter(|word| core::str::from_utf8(&word.bytes).is_err()).map(|word| word.span)
}

/// A line about a user.
struct UserWords<'l> {
    raw: &'l Raw<'l>,
    /// All its words, of which the second is the name.
    words: &'l [Word<'l>],
    /// The name and the rules.
    texts: &'l [&'l str],
}

impl<'l> UserWords<'l> {
    fn name(&self) -> &'l str {
        self.texts[0]
    }

    fn rules(&self) -> &'l [&'l str] {
        &self.texts[1..]
    }

    fn rules_span(&self) -> Span {
        match &self.words[1..] {
            [_, first, .., last] => Span::new(first.span.start, last.span.end),
            [_, only] => only.span,
            names => names.last().map_or(self.raw.whole(), |name| Span::new(name.span.end, name.span.end)),
        }
    }
}

/// A rule: one word, or those of a selector.
struct Argument<'l> {
    text: Cow<'l, str>,
    /// The place in the line.
    span: Span,
    /// Where in the line the text stands; `None` where quotes and escapes made it.
    start: Option<usize>,
}

impl<'l> Argument<'l> {
    /// The rule that these are, counted from the name.
    fn new(line: &UserWords<'l>, place: Range<usize>, format: Format) -> Self {
        let rules = &line.words[2..];
        let span = Span::new(rules[place.start].span.start, rules[place.end - 1].span.end);
        let whole = joined(&line.rules()[place]);
        let stands_there = line.raw.bytes[span.range()] == *whole.as_bytes();
        let kept = match format {
            Format::Config => Span::new(0, whole.len()),
            Format::Acl | Format::List => trimmed(whole.as_bytes(), b"\t\r\n"),
        };
        let text = match whole {
            Cow::Borrowed(text) => Cow::Borrowed(&text[kept.range()]),
            Cow::Owned(text) => Cow::Owned(text[kept.range()].to_owned()),
        };
        Self { text, span, start: stands_there.then_some(span.start + kept.start) }
    }

    /// Where a part of the text stands in the line: all of the rule, where that cannot be told.
    fn in_line(&self, part: Span) -> Span {
        self.start.map_or(self.span, |start| part.shifted(start))
    }

    /// The rule with its places in the file.
    fn placed(&self, rule: Rule<'static>, raw: &Raw<'_>) -> Rule<'static> {
        let in_file = |part: Span| raw.in_file(self.in_line(part));
        let kind = match rule.kind {
            RuleKind::Selector(selector) => RuleKind::Selector(SelectorRule {
                rules: selector.rules.into_iter().map(|rule| self.placed(rule, raw)).collect(),
                opening: in_file(selector.opening),
                ..selector
            }),
            kind => kind,
        };
        Rule { span: in_file(rule.span), body: in_file(rule.body), kind }
    }
}
