//! The lines of a file of claims.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{ClaimError, ClaimErrorKind, ClaimErrors, shown};
use super::{Claim, Claims, Line, Text};
use crate::catalog::DATABASES;
use crate::dialect::Dialects;
use crate::nearest::{did_you_mean, nearest};
use crate::quoting::{Splitter, Word, split};
use crate::span::Span;

/// What is claimed.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Allow(Request),
    Deny(Request),
    Grants(Subject),
    NeverGrants(Subject),
    GrantsFutureCommands,
    NeverGrantsFutureCommands,
    NoWiderThan(Text),
    NoNarrowerThan(Text),
    SameAs(Text),
}

/// A request, and in which database it is sent.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) database: u32,
    pub(super) words: Vec<Vec<u8>>,
    /// Where each word stands.
    pub(super) spans: Vec<Span>,
}

/// A category or command, not looked up yet.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) span: Span,
}

impl core::fmt::Debug for Request {
    /// A request may hold a password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} words in database {}", self.words.len(), self.database)
    }
}

/// How lines begin.
#[derive(Clone, Copy, PartialEq)]
enum Opening {
    Allow,
    Deny,
    Grants,
    NeverGrants,
    NoWiderThan,
    NoNarrowerThan,
    SameAs,
    Dialect,
    User,
}

const OPENINGS: [(&str, Opening); 9] = [
    ("allow", Opening::Allow),
    ("deny", Opening::Deny),
    ("grants", Opening::Grants),
    ("never grants", Opening::NeverGrants),
    ("no wider than", Opening::NoWiderThan),
    ("no narrower than", Opening::NoNarrowerThan),
    ("same as", Opening::SameAs),
    ("dialect", Opening::Dialect),
    ("user", Opening::User),
];

/// What a line is.
enum Meaning {
    Claim(Form),
    Dialects(Dialects, Span),
    User(Text),
}

pub(super) fn parse(text: &str) -> Result<Claims, ClaimErrors> {
    let mut claims = Claims { dialects: None, user: None, claims: Vec::new() };
    let mut errors = Vec::new();
    // what some editors put before a file says nothing
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, text) in (1..).zip(text.lines()) {
        if text.trim_start().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        let line = Line { number, text: text.to_owned() };
        match meaning(&line) {
            Ok(Meaning::Claim(form)) => claims.claims.push(Claim { line, form }),
            Ok(Meaning::Dialects(_, span)) if claims.dialects.is_some() => errors.push(twice(&line, span)),
            Ok(Meaning::Dialects(dialects, _)) => claims.dialects = Some(dialects),
            Ok(Meaning::User(text)) if claims.user.is_some() => errors.push(twice(&line, text.span)),
            Ok(Meaning::User(text)) => claims.user = Some(text),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() && claims.claims.is_empty() {
        errors.push(no_claims());
    }
    ClaimErrors::new(errors).map_or(Ok(claims), Err)
}

fn twice(line: &Line, span: Span) -> ClaimError {
    let message = "a second header of the same kind".to_owned();
    let help = "a file has at most one `dialect` and one `user`".to_owned();
    ClaimError::new(ClaimErrorKind::GivenTwice, line, span, message, help)
}

fn no_claims() -> ClaimError {
    let line = Line { number: 1, text: String::new() };
    let help = "write one assertion per line, for example `deny FLUSHALL`".to_owned();
    let message = "the file has no assertions, so nothing is tested".to_owned();
    ClaimError::new(ClaimErrorKind::NoClaims, &line, Span::default(), message, help)
}

/// ```abnf
/// line    = opening SP rest
/// rest    = request / subject / "future commands" / word
/// request = [ "in database" SP number SP ] command *( SP argument )
/// ```
fn meaning(line: &Line) -> Result<Meaning, ClaimError> {
    if let Some((at, c)) = line.text.char_indices().find(|(_, c)| c.is_control() && *c != '\t') {
        let span = Span::new(at, at + c.len_utf8());
        let help = "inside double quotes `\\x00` is a byte".to_owned();
        let message = "a control character".to_owned();
        return Err(ClaimError::new(ClaimErrorKind::ControlCharacter, line, span, message, help));
    }
    let words = split(line.text.as_bytes(), Splitter::Redis).map_err(|open| {
        let help = "close each quote, and write a space after it".to_owned();
        let message = "unbalanced quotes".to_owned();
        ClaimError::new(ClaimErrorKind::UnbalancedQuotes, line, open.span, message, help)
    })?;
    let Some((opening, length)) = opening(line, &words) else { return Err(unknown(line, &words)) };
    let rest = &words[length..];
    if rest.is_empty() {
        return Err(incomplete(line, &words, opening));
    }
    Ok(Meaning::Claim(match opening {
        Opening::Allow => Form::Allow(request(line, rest)?),
        Opening::Deny => Form::Deny(request(line, rest)?),
        Opening::Grants if is_future_commands(rest) => Form::GrantsFutureCommands,
        Opening::NeverGrants if is_future_commands(rest) => Form::NeverGrantsFutureCommands,
        Opening::Grants => Form::Grants(subject(line, rest)?),
        Opening::NeverGrants => Form::NeverGrants(subject(line, rest)?),
        Opening::NoWiderThan => Form::NoWiderThan(access_string(line, rest)?),
        Opening::NoNarrowerThan => Form::NoNarrowerThan(access_string(line, rest)?),
        Opening::SameAs => Form::SameAs(access_string(line, rest)?),
        Opening::Dialect => return dialect(line, rest),
        Opening::User => return Ok(Meaning::User(access_string(line, rest)?)),
    }))
}

/// How the line begins, and with how many words. Quoted, a word is no such beginning.
fn opening(line: &Line, words: &[Word<'_>]) -> Option<(Opening, usize)> {
    let begins = |text: &str| {
        let parts = text.split(' ');
        words.len() >= parts.clone().count() && parts.zip(words).all(|(part, word)| raw(line, word) == part)
    };
    let (text, opening) = OPENINGS.iter().find(|(text, _)| begins(text))?;
    Some((*opening, text.split(' ').count()))
}

fn raw<'l>(line: &'l Line, word: &Word<'_>) -> &'l str {
    &line.text[word.span.range()]
}

fn is_future_commands(rest: &[Word<'_>]) -> bool {
    matches!(rest, [future, commands] if &*future.bytes == b"future" && &*commands.bytes == b"commands")
}

fn unknown(line: &Line, words: &[Word<'_>]) -> ClaimError {
    let first = words.first().map_or(Span::default(), |word| word.span);
    // as many words as the beginning that they are compared with
    let near = OPENINGS.iter().filter_map(|(text, _)| {
        let count = text.split(' ').count();
        let span = Span::new(first.start, words.get(count - 1)?.span.end);
        nearest(&line.text[span.range()], core::iter::once(*text)).first().map(|text| (*text, span))
    });
    let near: Vec<_> = near.collect();
    let (span, help) = match near.first() {
        Some((_, span)) => (*span, did_you_mean("", &near.iter().map(|(text, _)| *text).collect::<Vec<_>>())),
        None => (first, None),
    };
    let help = help.unwrap_or_else(|| {
        let known: Vec<_> = OPENINGS.iter().map(|(text, _)| format!("`{text}`")).collect();
        format!("a line begins with one of {}", known.join(", "))
    });
    let message = format!("`{}` is not an assertion", shown(line, span));
    ClaimError::new(ClaimErrorKind::UnknownClaim, line, span, message, help)
}

fn incomplete(line: &Line, words: &[Word<'_>], opening: Opening) -> ClaimError {
    let span = whole(words);
    let example = match opening {
        Opening::Allow | Opening::Deny => "a request: `GET app:1`",
        Opening::Grants | Opening::NeverGrants => "a category or a command: `@dangerous`, `config|set`",
        Opening::Dialect => "a dialect: `redis-7.2`",
        _ => "an access string between quotes: `\"on ~app:* +@read\"`",
    };
    let message = format!("nothing follows `{}`", shown(line, span));
    ClaimError::new(ClaimErrorKind::Incomplete, line, span, message, format!("write {example}"))
}

/// From the first word to the last.
fn whole(words: &[Word<'_>]) -> Span {
    let ends = |(first, last): (&Word<'_>, &Word<'_>)| Span::new(first.span.start, last.span.end);
    words.first().zip(words.last()).map_or(Span::default(), ends)
}

fn request(line: &Line, rest: &[Word<'_>]) -> Result<Request, ClaimError> {
    let (database, words) = match rest {
        [a, b, database, words @ ..] if raw(line, a) == "in" && raw(line, b) == "database" => {
            (number_of_database(line, database)?, words)
        }
        words => (0, words),
    };
    if words.is_empty() {
        return Err(incomplete(line, rest, Opening::Allow));
    }
    Ok(Request {
        database,
        words: words.iter().map(|word| word.bytes.to_vec()).collect(),
        spans: words.iter().map(|word| word.span).collect(),
    })
}

fn number_of_database(line: &Line, word: &Word<'_>) -> Result<u32, ClaimError> {
    let number = raw(line, word).parse().ok().filter(|number| *number < DATABASES);
    number.ok_or_else(|| {
        let message = format!("`{}` is not a database", shown(line, word.span));
        let help = format!("databases are numbers from 0 to {}", DATABASES - 1);
        ClaimError::new(ClaimErrorKind::Database, line, word.span, message, help)
    })
}

/// The only word that follows.
fn only<'w, 'l>(
    line: &Line,
    rest: &'w [Word<'l>],
    help: impl Fn(&str) -> String,
) -> Result<&'w Word<'l>, ClaimError> {
    if let [word] = rest {
        return Ok(word);
    }
    let span = whole(rest);
    let text = shown(line, span);
    let message = format!("`{text}` is more than one word");
    Err(ClaimError::new(ClaimErrorKind::SeveralWords, line, span, message, help(&text)))
}

fn subject(line: &Line, rest: &[Word<'_>]) -> Result<Subject, ClaimError> {
    let help = |text: &str| match text.split_once(' ') {
        Some((container, subcommand)) if !text.contains('@') && !subcommand.contains(' ') => {
            format!(
                "of a subcommand write `{container}|{subcommand}`; write a separate assertion for each command"
            )
        }
        _ => "write a separate assertion for each".to_owned(),
    };
    let word = only(line, rest, help)?;
    Ok(Subject { name: utf8(line, word)?, span: word.span })
}

fn access_string(line: &Line, rest: &[Word<'_>]) -> Result<Text, ClaimError> {
    let word = only(line, rest, |text| {
        let quote = if text.contains('"') { '\'' } else { '"' };
        format!("put it between quotes: `{quote}{text}{quote}`")
    })?;
    Ok(Text { line: line.clone(), span: word.span, text: utf8(line, word)? })
}

fn utf8(line: &Line, word: &Word<'_>) -> Result<String, ClaimError> {
    String::from_utf8(word.bytes.to_vec()).map_err(|_| {
        let message = "escapes that are not UTF-8".to_owned();
        let help = "patterns are kept as UTF-8; write the characters themselves".to_owned();
        ClaimError::new(ClaimErrorKind::NotUtf8, line, word.span, message, help)
    })
}

fn dialect(line: &Line, rest: &[Word<'_>]) -> Result<Meaning, ClaimError> {
    let word = only(line, rest, |_| "a file has at most one `dialect`".to_owned())?;
    let dialects = Dialects::of_one_string(&utf8(line, word)?).map_err(|error| {
        ClaimError::new(ClaimErrorKind::UnknownDialect, line, word.span, error.to_string(), None)
    })?;
    Ok(Meaning::Dialects(dialects, word.span))
}
