//! The grammar, word first: a word is cut out, then parsed to its end by what its first byte announces.
//! That is what servers do, and it gives their boundaries.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while_m_n};
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, map, opt, rest, value, verify};
use nom::error::ErrorKind;
use nom::multi::separated_list1;
use nom::sequence::{preceded, terminated};
use nom::{IResult, Offset, Parser};

use super::text::{DatabaseIds, RuleText};
use super::{Flaw, ParseErrorKind, Quoting, Rule, RuleKind, SelectorRule};
use crate::access::{Effect, KeyAccess};
use crate::quoting::{Splitter, Word, split};
use crate::secret::{Password, PasswordHash};
use crate::span::Span;

/// A bad rule: what is wrong, where, and in which rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem {
    pub(super) kind: ParseErrorKind,
    pub(super) span: Span,
    pub(super) rule: Span,
}

/// What is wrong, and with which part of the word.
#[derive(Clone, Copy, Debug)]
struct Fault<'a> {
    kind: ParseErrorKind,
    part: &'a str,
}

impl<'a> nom::error::ParseError<&'a str> for Fault<'a> {
    fn from_error_kind(part: &'a str, _: ErrorKind) -> Self {
        Self { kind: ParseErrorKind::UnknownRule, part }
    }

    fn append(_: &'a str, _: ErrorKind, first: Self) -> Self {
        first
    }
}

fn fault<'a, T>(kind: ParseErrorKind, part: &'a str) -> Result<T, nom::Err<Fault<'a>>> {
    Err(nom::Err::Failure(Fault { kind, part }))
}

/// All before a byte: `take_till` for ASCII, of which no other character has a byte, so that none is put together.
fn till<'a>(is_end: impl Fn(u8) -> bool) -> impl Fn(&'a str) -> Parsed<'a, &'a str> {
    move |input| {
        let end = input.bytes().position(&is_end).unwrap_or(input.len());
        Ok((&input[end..], &input[..end]))
    }
}

type Parsed<'a, T> = IResult<&'a str, T, Fault<'a>>;

/// What a whole word says: its body (what follows its signs), and the rule.
type Spoken<'a> = Result<(&'a str, RuleKind<'a>), Fault<'a>>;

/// ```abnf
/// access-string = *blank [ rule *( 1*SP rule ) ] *blank
/// rule          = selector / word
/// word          = 1*( any character but SP )
/// ```
pub(super) fn access_string(text: &str) -> (Vec<Rule<'_>>, Vec<Problem>) {
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    // all of it, which takes less time than to stop at the first; so coarse that many bytes are looked at at once
    let may_hold_controls = text.bytes().fold(false, |found, byte| found | (byte < b' '));
    let blank = |c: char| c == ' ' || is_control(c);
    let mut input = if may_hold_controls { text.trim_matches(blank) } else { text.trim_ascii() };
    while let Ok((after, (word, closed))) = preceded(till(|byte| byte != b' '), selector_or_word).parse(input)
    {
        let start = text.offset(word);
        let whole = Span::new(start, start + word.len());
        let control = if may_hold_controls { word.find(is_control) } else { None };
        if let Some(at) = control {
            let span = Span::new(start + at, start + at + 1);
            problems.push(Problem { kind: ParseErrorKind::ControlCharacter, span, rule: whole });
        } else if closed {
            rule_at(word, start, &mut rules, &mut problems);
            if let (Some(Rule { kind: RuleKind::Selector(selector), .. }), Some(again)) =
                (rules.last_mut(), opened_again(word))
            {
                selector.reopening = Some(again.shifted(start));
            }
        } else {
            problems.push(Problem { kind: ParseErrorKind::UnmatchedParenthesis, span: whole, rule: whole });
        }
        input = after;
    }
    (rules, problems)
}

/// One argument of `ACL SETUSER`: the rule, the first problem, or both where it is a selector with bad
/// rules in it.
pub(super) fn rule(argument: &str) -> (Option<Rule<'_>>, Option<Problem>) {
    let whole = Span::new(0, argument.len());
    let problem = |kind, span| (None, Some(Problem { kind, span, rule: whole }));
    if argument.is_empty() {
        return problem(ParseErrorKind::EmptyRule, whole);
    }
    if opens_selector(argument) && !argument.ends_with(')') {
        return problem(ParseErrorKind::UnmatchedParenthesis, whole);
    }
    // a server would stop at the NUL and see another rule; a password it takes as it is
    if let (Some(nul), false) = (argument.find('\0'), argument.starts_with(['>', '<'])) {
        return problem(ParseErrorKind::ControlCharacter, Span::new(nul, nul + 1));
    }
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    rule_at(argument, 0, &mut rules, &mut problems);
    (rules.pop(), problems.into_iter().next())
}

/// White space other than a plain space, and NUL.
fn is_control(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\0')
}

/// A word; or, where one opens a selector, all up to the next word that ends with `)`
/// (`ACLMergeSelectorArguments`). The flag says whether it is closed: an open selector swallows the rest
/// of the line, but only its opening word is shown.
fn selector_or_word(input: &str) -> Parsed<'_, (&str, bool)> {
    let (after, first) = verify(till(|byte| byte == b' '), |word: &str| !word.is_empty()).parse(input)?;
    if !opens_selector(first) || first.ends_with(')') {
        return Ok((after, (first, true)));
    }
    let mut left = after;
    while !left.is_empty() {
        let (after, word) = preceded(char(' '), till(|byte| byte == b' ')).parse(left)?;
        if word.ends_with(')') {
            return Ok((after, (&input[..input.offset(after)], true)));
        }
        left = after;
    }
    Ok((left, (first, false)))
}

/// A word in a selector that opens another one, even between quotes. Redis 7.0 begins again there and loses what is before it.
fn opened_again(selector: &str) -> Option<Span> {
    if !opens_selector(selector) {
        return None;
    }
    let start = selector.find(" (")? + 1;
    let end = selector[start..].find(' ').map_or(selector.len(), |length| start + length);
    Some(Span::new(start, end))
}

fn opens_selector(word: &str) -> bool {
    word.starts_with('(')
}

/// Adds the rule that the word is, its problems otherwise; a selector with bad rules is both.
///
/// Inlined with all that makes the frequent rules, and the rule is added where it is made: to move a rule takes as long as
/// to read it.
#[inline(always)]
fn rule_at<'a>(word: &'a str, start: usize, rules: &mut Vec<Rule<'a>>, problems: &mut Vec<Problem>) {
    let span = Span::new(start, start + word.len());
    if opens_selector(word) {
        let inside = Span::new(span.start + 1, span.end - 1);
        let kind = RuleKind::Selector(selector(word, start, problems));
        rules.push(Rule { span, body: inside, kind });
        return;
    }
    match spoken(word) {
        Ok((body, kind)) => {
            let body_start = start + word.offset(body);
            rules.push(Rule { span, body: Span::new(body_start, body_start + body.len()), kind });
        }
        Err(Fault { kind, part }) => {
            let at = start + word.offset(part);
            problems.push(Problem { kind, span: Span::new(at, at + part.len()), rule: span });
            rules.extend(stand_in(span, word));
        }
    }
}

/// A server refuses a pattern behind `~*` or `&*` before it looks whether the pattern is well-formed. For
/// its user to find that out too, a bad pattern rule leaves another in its place; nobody else sees it,
/// since there is a problem.
fn stand_in<'a>(span: Span, word: &str) -> Option<Rule<'a>> {
    let pattern = RuleText::EMPTY;
    let kind = match word.as_bytes().first()? {
        b'~' => RuleKind::Key { permission: None, pattern },
        b'%' => RuleKind::Key { permission: Some(KeyAccess::ReadWrite), pattern },
        b'&' => RuleKind::Channel { pattern },
        _ => return None,
    };
    Some(Rule { span, body: span, kind })
}

/// ```abnf
/// word = command-rule / key-rule / channel-rule / password-rule / database-rule / keyword
/// ```
#[inline(always)]
fn spoken(word: &str) -> Spoken<'_> {
    match word.as_bytes() {
        [b'+', ..] => command_rule(word, Effect::Allow),
        [b'-', ..] => command_rule(word, Effect::Deny),
        [b'~', ..] => key_rule(word),
        [b'%', ..] => key_rule_with_permission(word),
        [b'&', ..] => channel_rule(word),
        [b'>' | b'<' | b'#' | b'!', ..] => password_rule(word),
        _ => match keyword(word) {
            Some(kind) => Ok((word, kind)),
            None => finished(alt((database_rule, unknown)).parse(word)),
        },
    }
}

/// What a parser of a whole word found.
fn finished<'a, T>(parsed: Parsed<'a, T>) -> Result<T, Fault<'a>> {
    match parsed {
        Ok((_, found)) => Ok(found),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault),
        Err(nom::Err::Incomplete(_)) => Err(Fault { kind: ParseErrorKind::UnknownRule, part: "" }),
    }
}

/// ```abnf
/// command-rule = sign ( "@all" / "@" name / name [ "|" argument ] )
/// sign         = "+" / "-"
/// name         = 1*( any character but "|" )
/// argument     = *( any character )
/// ```
#[inline(always)]
fn command_rule(word: &str, effect: Effect) -> Spoken<'_> {
    let body = &word[1..];
    match body.strip_prefix('@') {
        Some("") => Err(Fault { kind: ParseErrorKind::MissingName, part: word }),
        None if body.is_empty() => Err(Fault { kind: ParseErrorKind::MissingName, part: word }),
        Some(category) => Ok((category, category_rule(effect, category))),
        None => Ok((body, command(effect, body)?)),
    }
}

#[inline(always)]
fn category_rule(effect: Effect, name: &str) -> RuleKind<'_> {
    match effect {
        _ if !name.eq_ignore_ascii_case("all") => RuleKind::Category { effect, name: RuleText::new(name) },
        Effect::Allow => RuleKind::AllCommands,
        Effect::Deny => RuleKind::NoCommands,
    }
}

#[inline(always)]
fn command(effect: Effect, body: &str) -> Result<RuleKind<'_>, Fault<'_>> {
    let (name, argument) = finished((till(|byte| byte == b'|'), opt(preceded(char('|'), rest))).parse(body))?;
    if name.is_empty() {
        return Err(Fault { kind: ParseErrorKind::MissingName, part: body });
    }
    Ok(RuleKind::Command { effect, name: RuleText::new(name), argument: argument.map(RuleText::new) })
}

/// ```abnf
/// key-rule   = "~*" / "~" pattern / "%" permission [ "~" pattern ]
/// permission = "R" / "W" / "RW" / "WR"
/// ```
#[inline(always)]
fn key_rule(word: &str) -> Spoken<'_> {
    if word == "~*" {
        return Ok((word, RuleKind::AllKeys));
    }
    let body = &word[1..];
    Ok((body, RuleKind::Key { permission: None, pattern: RuleText::new(pattern(body)?) }))
}

fn key_rule_with_permission(word: &str) -> Spoken<'_> {
    let (permission, body) = finished((key_permission, rest).parse(word))?;
    Ok((body, RuleKind::Key { permission: Some(permission), pattern: RuleText::new(pattern(body)?) }))
}

/// `%R`, `%W` or `%RW` by itself stands for the empty pattern, on every server.
fn key_permission(word: &str) -> Parsed<'_, KeyAccess> {
    if word == "%" || word.starts_with("%~") {
        return fault(ParseErrorKind::KeyPermissionMissing, word);
    }
    let letter =
        || alt((value(KeyAccess::Read, tag_no_case("R")), value(KeyAccess::Write, tag_no_case("W"))));
    let twice = verify((letter(), letter()), |(first, second)| first != second);
    let letters = alt((map(twice, |(first, second)| first.with(second)), letter()));
    let end_of_letters = alt((tag("~"), all_consuming(tag(""))));
    let mut permission = preceded(char('%'), terminated(letters, end_of_letters));
    permission.parse(word).or_else(|_: nom::Err<Fault<'_>>| fault(ParseErrorKind::KeyPermission, word))
}

/// ```abnf
/// channel-rule = "&*" / "&" pattern
/// ```
#[inline(always)]
fn channel_rule(word: &str) -> Spoken<'_> {
    if word == "&*" {
        return Ok((word, RuleKind::AllChannels));
    }
    let body = &word[1..];
    Ok((body, RuleKind::Channel { pattern: RuleText::new(pattern(body)?) }))
}

/// ```abnf
/// pattern = *( any character but white space and NUL )     ; ACLStringHasSpaces
/// ```
fn pattern(body: &str) -> Result<&str, Fault<'_>> {
    match body.bytes().position(|byte| byte == b' ' || is_control(byte as char)) {
        Some(at) => Err(Fault { kind: ParseErrorKind::SpaceInPattern, part: &body[at..at + 1] }),
        None => Ok(body),
    }
}

const PASSWORD_SIGNS: [char; 4] = ['>', '<', '#', '!'];

/// ```abnf
/// password-rule = ( ">" / "<" ) password / ( "#" / "!" ) hash
/// hash          = 64( DIGIT / %x61-66 )                    ; lower case only
/// ```
fn password_rule(word: &str) -> Spoken<'_> {
    let (sign, body) = finished((one_of(&PASSWORD_SIGNS[..]), rest).parse(word))?;
    let kind = match (sign, PasswordHash::from_hex(body)) {
        ('>', _) => RuleKind::AddPassword(Password::new(body)),
        ('<', _) => RuleKind::RemovePassword(Password::new(body)),
        (_, None) => return Err(Fault { kind: ParseErrorKind::PasswordHash, part: word }),
        ('#', Some(hash)) => RuleKind::AddHash(hash),
        (_, Some(hash)) => RuleKind::RemoveHash(hash),
    };
    Ok((body, kind))
}

/// Words that are rules by themselves, in any case.
pub(super) static KEYWORDS: [(&str, RuleKind<'static>); 16] = [
    ("on", RuleKind::On),
    ("off", RuleKind::Off),
    ("nopass", RuleKind::NoPass),
    ("resetpass", RuleKind::ResetPass),
    ("reset", RuleKind::Reset),
    ("allkeys", RuleKind::AllKeys),
    ("resetkeys", RuleKind::ResetKeys),
    ("allchannels", RuleKind::AllChannels),
    ("resetchannels", RuleKind::ResetChannels),
    ("allcommands", RuleKind::AllCommands),
    ("nocommands", RuleKind::NoCommands),
    ("clearselectors", RuleKind::ClearSelectors),
    ("sanitize-payload", RuleKind::SanitizePayload),
    ("skip-sanitize-payload", RuleKind::SkipSanitizePayload),
    ("alldbs", RuleKind::AllDatabases),
    ("resetdbs", RuleKind::ResetDatabases),
];

/// ```abnf
/// keyword = "on" / "off" / "nopass" / …                    ; a whole word, in any case
/// ```
#[inline(always)]
fn keyword(word: &str) -> Option<RuleKind<'static>> {
    let known = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(word));
    known.map(|(_, kind)| kind.clone())
}

/// ```abnf
/// database-rule = "db=" database *( "," database )
/// ```
fn database_rule(word: &str) -> Parsed<'_, (&str, RuleKind<'_>)> {
    let (body, _) = tag_no_case("db=").parse(word)?;
    // the server looks for a comma at the end before it reads any number
    if body.ends_with(',') {
        return fault(ParseErrorKind::DatabaseList, body);
    }
    let list = all_consuming(separated_list1(char(','), database)).parse(body);
    match list {
        Ok((end, ids)) => Ok((end, (body, RuleKind::Databases(DatabaseIds::new(ids))))),
        Err(nom::Err::Failure(fault)) => Err(nom::Err::Failure(fault)),
        Err(_) => fault(ParseErrorKind::DatabaseList, body),
    }
}

/// As C's `strtoll` reads it, which is how the server does.
///
/// ```abnf
/// database = *blank [ "+" / "-" ] 1*DIGIT                  ; from 0 to 2147483647
/// ```
fn database(input: &str) -> Parsed<'_, u32> {
    let (digits, sign) =
        preceded(take_while(|c: char| c == ' ' || c == '\x0b' || c.is_ascii_whitespace()), opt(one_of("+-")))
            .parse(input)?;
    let (end, digits) = take_while_m_n(1, usize::MAX, |c: char| c.is_ascii_digit()).parse(digits)?;
    let significant = digits.trim_start_matches('0');
    // a list that goes on wrongly is a bad list first
    if !end.is_empty() && !end.starts_with(',') {
        return fault(ParseErrorKind::DatabaseList, input);
    }
    match significant {
        "" => Ok((end, 0)),
        digits if sign != Some('-') && digits.len() <= 10 => match digits.parse() {
            Ok(id) if id <= i32::MAX as u32 => Ok((end, id)),
            _ => fault(ParseErrorKind::DatabaseRange, &input[..input.offset(end)]),
        },
        _ => fault(ParseErrorKind::DatabaseRange, &input[..input.offset(end)]),
    }
}

fn unknown(word: &str) -> Parsed<'_, (&str, RuleKind<'_>)> {
    let kind = match word.strip_prefix('@') {
        Some(category) if !category.is_empty() => ParseErrorKind::MissingSign,
        _ => ParseErrorKind::UnknownRule,
    };
    fault(kind, word)
}

// ---------------------------------------------------------------------------------------------------
// Selectors

/// ```abnf
/// selector = "(" *blank [ inner *( 1*blank inner ) ] *blank ")"
/// inner    = command-rule / key-rule / channel-rule / database-rule / keyword   ; or quoted
/// ```
/// Only the last byte closes it: `(~bar))` holds the pattern `bar)`.
fn selector<'a>(word: &'a str, start: usize, problems: &mut Vec<Problem>) -> SelectorRule<'a> {
    let whole = Span::new(start, start + word.len());
    let inside = &word[1..word.len() - 1];
    let opening = Span::new(start, start + word.find(' ').unwrap_or(word.len()));
    let (pieces, quoting) = split_quoted(inside);
    let (mut rules, mut flaws) = (Vec::with_capacity(pieces.len()), Vec::new());
    for Piece { span, text } in pieces {
        let written = &inside[span.range()];
        let span = span.shifted(start + 1);
        let in_its_place = text.as_deref().ok().and_then(|text| stand_in(span, text));
        match text.and_then(|text| inner_rule(span, text)) {
            Ok(rule) => rules.push(rule),
            Err(kind) => {
                flaws.push(Flaw { kind, span, text: written.into() });
                rules.extend(in_its_place);
            }
        }
    }
    // an engine that cannot split the text reads an empty selector, without an error
    if quoting == Quoting::Balanced {
        problems.extend(flaws.drain(..).map(|Flaw { kind, span, .. }| Problem { kind, span, rule: whole }));
    }
    SelectorRule { rules, quoting, opening, flaws, reopening: None }
}

fn inner_rule(span: Span, text: Cow<'_, str>) -> Result<Rule<'_>, ParseErrorKind> {
    match text {
        Cow::Borrowed(text) => {
            let (body, kind) = permission(text)?;
            let body_start = span.start + text.offset(body);
            Ok(Rule { span, body: Span::new(body_start, body_start + body.len()), kind })
        }
        // what quotes and escapes gave does not stand in the source: all of the piece is the body
        Cow::Owned(text) => Ok(Rule { span, body: span, kind: permission(&text)?.1.into_owned() }),
    }
}

/// A rule that says what may be done, rather than something about the user (`ACLSetSelector`).
fn permission(text: &str) -> Result<(&str, RuleKind<'_>), ParseErrorKind> {
    if text.is_empty() {
        return Err(ParseErrorKind::EmptyRule);
    }
    if opens_selector(text) {
        return Err(ParseErrorKind::NestedSelector);
    }
    if text.starts_with(PASSWORD_SIGNS) {
        return Err(ParseErrorKind::NotInSelector);
    }
    // an escape between quotes can give one
    if text.contains('\0') {
        return Err(ParseErrorKind::ControlCharacter);
    }
    let spoken = spoken(text).map_err(|fault| fault.kind)?;
    if spoken.1.is_permission() { Ok(spoken) } else { Err(ParseErrorKind::NotInSelector) }
}

/// A piece of a selector's text, and what quotes and escapes make of it.
struct Piece<'a> {
    span: Span,
    text: Result<Cow<'a, str>, ParseErrorKind>,
}

/// Splits as servers do, and says whether all versions of the splitter agree.
///
/// ```abnf
/// pieces = *blank [ piece *( 1*blank piece ) ] *blank
/// piece  = 1*( any character but blanks and quotes / single-quoted / double-quoted )
/// ```
fn split_quoted(inside: &str) -> (Vec<Piece<'_>>, Quoting) {
    let Ok(words) = split(inside.as_bytes(), Splitter::Valkey9_1Selectors) else {
        return (Vec::new(), Quoting::Unbalanced);
    };
    let piece = |Word { span, bytes }: Word<'_>| match bytes {
        Cow::Borrowed(_) => Piece { span, text: Ok(Cow::Borrowed(&inside[span.range()])) },
        Cow::Owned(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| ParseErrorKind::NotUtf8);
            Piece { span, text: text.map(Cow::Owned) }
        }
    };
    (words.into_iter().map(piece).collect(), quoting(inside))
}

/// Which versions of the splitter can split the text, of those that the newest can.
fn quoting(inside: &str) -> Quoting {
    let splits = |splitter| split(inside.as_bytes(), splitter).is_ok();
    match () {
        () if !inside.contains(['"', '\'']) || splits(Splitter::Redis) => Quoting::Balanced,
        () if splits(Splitter::Valkey9_0) => Quoting::Joined,
        () => Quoting::EscapedEnd,
    }
}

impl RuleKind<'_> {
    fn is_permission(&self) -> bool {
        matches!(
            self,
            Self::AllKeys
                | Self::ResetKeys
                | Self::Key { .. }
                | Self::AllChannels
                | Self::ResetChannels
                | Self::Channel { .. }
                | Self::AllCommands
                | Self::NoCommands
                | Self::Category { .. }
                | Self::Command { .. }
                | Self::AllDatabases
                | Self::ResetDatabases
                | Self::Databases(_)
        )
    }
}
