//! Reading files as servers do: `ACLLoadFromFile`, `loadServerConfigFromString` and `ACLLoadConfiguredUsers`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::error::Said;
use super::source::{Source, shown, shown_in_part, split_at_spaces, trimmed};
use super::{AclFile, FileError, FileErrorKind, Format, Line, UserLine};
use crate::catalog::Catalog;
use crate::dialect::{Feature, FileUsers, LoadErrors, NewChannels, Quirks};
use crate::quoting::{Word, split};
use crate::secret::mask_argument;
use crate::span::Span;
use crate::syntax::{Rule, RuleKind, SelectorRule};
use crate::user::{ApplyError, User, joined, merge_selectors};

/// So many bytes a server reads at once, one less than the buffer holds; a NUL hides what follows in the buffer.
const BUFFER: usize = 1023;
const CONFIG_BUFFER: usize = 1024;

const DEFAULT: &str = "default";

pub(super) fn file(bytes: &[u8], catalog: &Catalog, format: Format) -> AclFile {
    let mut reader = Reader::new(catalog, format);
    match format {
        Format::Acl => reader.read_all(&Source::read(bytes, BUFFER), bytes),
        Format::Config => reader.read_all(&Source::read(bytes, CONFIG_BUFFER), bytes),
        Format::List => reader.read_list(bytes),
    }
    reader.finish()
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

/// What a server has learnt from the lines so far.
struct Reader<'c> {
    catalog: &'c Catalog,
    quirks: Quirks,
    format: Format,
    lines: Vec<Line>,
    /// The users there are, and the number of the line that made each.
    known: HashMap<Vec<u8>, usize>,
    first_user: Option<usize>,
    /// Directives that say something about users; each with an error that holds in some cases.
    acl_file: Option<Directive>,
    channel_default: Option<Directive>,
    password: Option<String>,
}

/// A directive that may be at odds with the users: the error that it then is, and the place of its line.
struct Directive {
    line: usize,
    error: FileError,
}

impl<'c> Reader<'c> {
    fn new(catalog: &'c Catalog, format: Format) -> Self {
        Self {
            catalog,
            quirks: catalog.dialect().quirks(),
            format,
            lines: Vec::new(),
            known: HashMap::new(),
            first_user: None,
            acl_file: None,
            channel_default: None,
            password: None,
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
                Err(unbalanced) => {
                    let text: Arc<str> = shown_in_part(line).into();
                    let place = unbalanced.span;
                    let kind = FileErrorKind::UnbalancedQuotes;
                    let error = self.error(kind, (number, number), place.shifted(start), (text, place));
                    self.lines.push(Line { number, span, user: None, errors: vec![error] });
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
        self.lines.push(Line { number: raw.number, span, user, errors });
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
            Err(unbalanced) => {
                let text = shown_in_part(raw.bytes).into();
                (None, vec![self.error_in(FileErrorKind::UnbalancedQuotes, raw, &text, unbalanced.span)])
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
        let is_user = |first: &Word<'_>| *first.bytes == *b"user" || self.format == Format::Config;
        let [first, name, rules @ ..] = words else { return (None, vec![self.no_user(raw, words)]) };
        if !is_user(first) {
            return (None, vec![self.no_user(raw, words)]);
        }
        self.first_user.get_or_insert(raw.number);
        let text: Arc<str> = shown(raw.bytes, words).into();
        let texts: Option<Vec<&str>> =
            words[1..].iter().map(|word| std::str::from_utf8(&word.bytes).ok()).collect();
        let Some(texts) = texts else {
            self.known.entry(name.bytes.to_vec()).or_insert(raw.number);
            let errors =
                not_utf8(words).map(|place| self.error_in(FileErrorKind::NotUtf8, raw, &text, place));
            return (None, errors.collect());
        };
        let subject: Arc<str> = mask_argument(texts[0]).into();
        let mut errors: Vec<_> = self.name_error(texts[0], name.span, raw, &text).into_iter().collect();
        let mut user = self.user_to_change(texts[0]);
        let line =
            RuleLine { raw, words: rules, texts: &texts[1..], text: &text, subject: &subject, all: words };
        let (rules, refused) = self.apply(&line, &mut user);
        errors.iter_mut().for_each(|error| error.subject = subject.clone());
        match errors.is_empty() {
            true => errors.extend(refused),
            // a server looks no further; what would kill it does not
            false => errors.extend(refused.into_iter().map(unsaid)),
        }
        self.known.entry(name.bytes.to_vec()).or_insert(raw.number);
        let rules_span = match (words.get(2), words.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::new(name.span.end, name.span.end),
        };
        let line = UserLine {
            name: texts[0].to_owned(),
            name_span: raw.in_file(name.span),
            rules_span: raw.in_file(rules_span),
            rules,
            user: errors.is_empty().then_some(user),
        };
        (Some(line), errors)
    }

    fn no_user(&self, raw: &Raw<'_>, words: &[Word<'_>]) -> FileError {
        let text: Arc<str> = shown_in_part(raw.bytes).into();
        let first = words.first().map_or(raw.whole(), |first| first.span);
        let place = if raw.bytes.starts_with(b"#") { Span::new(0, 0) } else { first };
        self.error_in(FileErrorKind::NoUser, raw, &text, place)
    }

    fn name_error(&self, name: &str, place: Span, raw: &Raw<'_>, text: &Arc<str>) -> Option<FileError> {
        // ACLStringHasSpaces
        if name.contains(|c: char| matches!(c, ' ' | '\t'..='\r' | '\0')) {
            return Some(self.error_in(FileErrorKind::SpaceInName, raw, text, place));
        }
        let is_error = self.quirks.file_users == FileUsers::Once || self.format == Format::List;
        let first = self.known.get(name.as_bytes()).filter(|_| is_error)?;
        let error = self.error_in(FileErrorKind::DuplicateUser, raw, text, place);
        Some(FileError { other_line: Some(*first), ..error })
    }

    /// The user that the rules of a line are applied to.
    fn user_to_change(&self, name: &str) -> User {
        let is_reset = match (self.format, self.quirks.file_users) {
            (Format::List, _) | (Format::Acl, FileUsers::Once) => false,
            (Format::Config, FileUsers::Once) => name == DEFAULT,
            (_, FileUsers::Reset) => name == DEFAULT || self.known.contains_key(name.as_bytes()),
        };
        let mut user = User::with_catalog(self.catalog);
        if is_reset {
            // services refuse it, and start users with what it leaves
            let _ = user.apply_argument("reset", "", &self.quirks);
        }
        user
    }

    /// Applies the rules, those behind a bad one too. Gives those that are well-formed, and the errors.
    fn apply(&self, line: &RuleLine<'_>, user: &mut User) -> (Vec<Rule<'static>>, Vec<FileError>) {
        let merged = match merge_selectors(line.texts, &self.quirks) {
            Ok(merged) => merged,
            Err(open) => {
                let kills = self.format == Format::Acl && open.rules_before > 0;
                let kind = if kills { FileErrorKind::OpenSelectorKills } else { FileErrorKind::OpenSelector };
                let place = Span::new(line.words[open.opening].span.start, line.raw.bytes.len());
                let mut error = self.error_in(kind, line.raw, line.text, place);
                if self.format == Format::Config {
                    error.said = Said::Unknown; // the reason is whatever the last error left
                }
                return (Vec::new(), vec![error]);
            }
        };
        let (mut rules, mut errors) = (Vec::new(), Vec::new());
        let mut before = String::new();
        for (index, place) in merged.into_iter().enumerate() {
            let argument = Argument::new(line, place, self.format);
            let (rule, applied) = user.apply_argument(&argument.text, &before, &self.quirks);
            rules.extend(rule.map(|rule| argument.placed(rule.into_owned(), line.raw)));
            if let Err(refused) = applied {
                let place = argument.in_line(refused.span());
                let subject = self.subject(line, index, &refused);
                let kind = FileErrorKind::Rule(refused);
                let error = self.error_in(kind, line.raw, line.text, place);
                errors.push(FileError { subject, ..error });
            }
            before.clear();
            before.push_str(&argument.text);
        }
        user.tidy();
        self.hush(&mut errors);
        (rules, errors)
    }

    /// Which of the errors of a line the server tells: all, one of those that are not about unknown names, or one
    /// at all.
    fn hush(&self, errors: &mut [FileError]) {
        let is_told_apart = |error: &FileError| error.is_of_unknown_name();
        let first = errors.iter().position(|error| !is_told_apart(error));
        let is_told = |place, error: &FileError| match (self.format, self.quirks.load_errors) {
            (Format::Config, _) => place == first.unwrap_or(0),
            (_, LoadErrors::EachRule) => true,
            (_, LoadErrors::FirstAndUnknownNames) => Some(place) == first || is_told_apart(error),
        };
        for (place, error) in errors.iter_mut().enumerate() {
            if error.said == Said::Yes && !is_told(place, error) {
                error.said = Said::No;
            }
        }
    }

    /// What a message about the rule of that index names, if it names anything.
    fn subject(&self, line: &RuleLine<'_>, index: usize, refused: &ApplyError) -> Arc<str> {
        if self.format != Format::Config || refused.is_of_unknown_name() {
            return line.subject.clone();
        }
        let word = match self.quirks.file_users {
            FileUsers::Reset => index + 2,
            // the server takes a place among the merged rules for one among the words of the line
            FileUsers::Once => index,
        };
        let bytes = line.all.get(word).map_or(&b""[..], |word| &word.bytes);
        mask_argument(&String::from_utf8_lossy(bytes)).into()
    }

    // -----------------------------------------------------------------------------------------------
    // Other directives

    fn directive(&mut self, raw: &Raw<'_>, name: &[u8], arguments: &[Word<'_>]) -> Vec<FileError> {
        let [value] = arguments else { return Vec::new() };
        let is = |directive: &[u8]| name.eq_ignore_ascii_case(directive);
        let as_directive = |kind| {
            let text: Arc<str> = shown_in_part(raw.bytes).into();
            Directive { line: self.lines.len(), error: self.error_in(kind, raw, &text, raw.whole()) }
        };
        if is(b"aclfile") {
            let named = !value.bytes.is_empty();
            self.acl_file = named.then(|| as_directive(FileErrorKind::UsersAndAclFile));
        } else if is(b"acl-pubsub-default") && self.quirks.has(Feature::Channels) {
            let is_default = match self.quirks.new_channels {
                NewChannels::All => value.bytes.eq_ignore_ascii_case(b"allchannels"),
                _ => value.bytes.eq_ignore_ascii_case(b"resetchannels"),
            };
            self.channel_default = (!is_default).then(|| as_directive(FileErrorKind::ChannelDefault));
        } else if is(b"requirepass") {
            match std::str::from_utf8(&value.bytes) {
                Ok(password) => self.password = Some(password.to_owned()),
                Err(_) => return vec![as_directive(FileErrorKind::NotUtf8).error],
            }
        }
        Vec::new()
    }

    fn finish(mut self) -> AclFile {
        if let Some(first) = self.first_user {
            for Directive { line, error } in
                self.acl_file.take().into_iter().chain(self.channel_default.take())
            {
                self.lines[line].errors.push(FileError { other_line: Some(first), ..error });
            }
        }
        let is_built_in = self.format != Format::List && !self.known.contains_key(DEFAULT.as_bytes());
        let built_in = is_built_in.then(|| self.built_in());
        AclFile { format: self.format, catalog: self.catalog.clone(), lines: self.lines, built_in }
    }

    /// `ACLCreateDefaultUser` and `ACLUpdateDefaultUserPassword`
    fn built_in(&self) -> User {
        let mut user = User::with_catalog(self.catalog);
        let channels = if self.quirks.has(Feature::Channels) { "allchannels" } else { "" };
        let password = match &self.password {
            Some(password) if !password.is_empty() => format!(">{password}"),
            _ => "nopass".to_owned(),
        };
        for rule in ["on", &password, "allkeys", channels, "allcommands"] {
            // services have no passwords in their rules
            let _ = user.apply_argument(rule, "", &self.quirks);
        }
        user
    }

    // -----------------------------------------------------------------------------------------------
    // Errors

    fn error_in(&self, kind: FileErrorKind, raw: &Raw<'_>, text: &Arc<str>, place: Span) -> FileError {
        self.error(kind, (raw.number, raw.counted), raw.in_file(place), (text.clone(), place))
    }

    fn error(
        &self,
        kind: FileErrorKind,
        (line, counted): (usize, usize),
        span: Span,
        (text, place): (Arc<str>, Span),
    ) -> FileError {
        let said = kind.said();
        let (format, dialect) = (self.format, self.catalog.dialect());
        let subject = Arc::from("");
        FileError { kind, line, span, text, place, subject, other_line: None, counted, said, format, dialect }
    }
}

/// An error that the server does not come to.
fn unsaid(error: FileError) -> FileError {
    let kind = match error.kind {
        FileErrorKind::OpenSelectorKills => FileErrorKind::OpenSelector,
        kind => kind,
    };
    FileError { kind, said: Said::No, ..error }
}

/// The words that are not UTF-8.
fn not_utf8<'w>(words: &'w [Word<'_>]) -> impl Iterator<Item = Span> + 'w {
    words.iter().filter(|word| std::str::from_utf8(&word.bytes).is_err()).map(|word| word.span)
}

/// The rules of a line, and all that errors about them need.
struct RuleLine<'l> {
    raw: &'l Raw<'l>,
    /// The words behind the name, and what each is as text.
    words: &'l [Word<'l>],
    texts: &'l [&'l str],
    /// The line, masked.
    text: &'l Arc<str>,
    /// The name, masked.
    subject: &'l Arc<str>,
    /// All words.
    all: &'l [Word<'l>],
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
    fn new(line: &RuleLine<'l>, place: std::ops::Range<usize>, format: Format) -> Self {
        let words = &line.words[place.clone()];
        let span = Span::new(words[0].span.start, words[words.len() - 1].span.end);
        let whole = joined(&line.texts[place]);
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
