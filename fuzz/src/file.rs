//! Laws of files that define users: any bytes, read as any of the three kinds.

use redis_acl::file::{Format, Line, save};
use redis_acl::{AclFile, Catalog, Dialect, FileError, Rule, RuleKind, Span, User};

use super::check::bytes;
use super::{FEW, a_message_is_one_line, a_report_is_drawn, turned};

/// The first line of the input is the name of a dialect and, behind a space, `config` or `list` where it is no
/// ACL file; a name that is no dialect picks one by its first byte. The rest is the file, in which characters up
/// to U+00FF stand for single bytes.
pub fn acl_file(input: &str) {
    let (head, rest) = input.split_once('\n').unwrap_or((input, ""));
    let (name, kind) = head.split_once(' ').unwrap_or((head, ""));
    let (dialect, format) = (super::dialect(name), format(kind));
    let bytes = bytes(rest);
    let file = read(&bytes, dialect, format);
    lines_stand_in_order(&file, &bytes);
    file.lines().iter().for_each(a_line_makes_a_user_or_is_wrong);
    file.errors().take(FEW).for_each(|error| an_error_can_be_shown(error, &bytes));
    what_is_said_is_one_line(&file, rest);
    written_back_it_is_the_same(&file);
    no_password_is_told(rest, dialect, format);
}

fn format(kind: &str) -> Format {
    match kind {
        "config" => Format::Config,
        "list" => Format::List,
        _ => Format::Acl,
    }
}

fn read(bytes: &[u8], dialect: Dialect, format: Format) -> AclFile {
    AclFile::parse_with(bytes, &Catalog::from(dialect), format)
}

/// Lines come one behind the other, and hold what belongs to them.
fn lines_stand_in_order(file: &AclFile, bytes: &[u8]) {
    let (mut end, mut number) = (0, 0);
    for line in file.lines() {
        assert!(end <= line.span().start && line.span().end <= bytes.len(), "{line:?}");
        assert!(number < line.number(), "{line:?}");
        (end, number) = (line.span().end, line.number());
        let Some(user) = line.user() else { continue };
        lies_within(user.name_span(), line.span());
        lies_within(user.rules_span(), line.span());
        assert!(user.rules().is_sorted_by_key(|rule| rule.span), "{line:?}");
        user.rules().iter().for_each(|rule| rules_lie_within(rule, user.rules_span()));
    }
}

fn lies_within(part: Span, whole: Span) {
    assert!(
        whole.start <= part.start && part.start <= part.end && part.end <= whole.end,
        "{part:?} in {whole:?}"
    );
}

fn rules_lie_within(rule: &Rule<'_>, whole: Span) {
    lies_within(rule.span, whole);
    lies_within(rule.body, rule.span);
    if let RuleKind::Selector(selector) = &rule.kind {
        lies_within(selector.opening(), rule.span);
        selector.rules().iter().for_each(|inner| rules_lie_within(inner, rule.span));
    }
}

fn a_line_makes_a_user_or_is_wrong(line: &Line) {
    if let Some(user) = line.user() {
        assert_eq!(user.user().is_some(), line.errors().is_empty(), "{line:?}");
    }
}

fn an_error_can_be_shown(error: &FileError, bytes: &[u8]) {
    lies_within(error.span(), Span::new(0, bytes.len()));
    a_message_is_one_line(&error.to_string());
    a_report_is_drawn(&error.report().to_string());
    error.help().iter().for_each(|help| assert!(!help.is_empty() && !help.contains('\n'), "{help:?}"));
}

/// A server has one answer to a file, and none to one without errors. A rule that it names brings a line end along
/// where the file writes one as an escape, which a configuration can.
fn what_is_said_is_one_line(file: &AclFile, text: &str) {
    let said = file.server_message("users.acl");
    assert!(said.is_none() || file.users().is_err(), "{said:?}");
    let writes_line_ends = file.format() == Format::Config && text.contains('\\');
    assert!(writes_line_ends || !said.is_some_and(|said| said.contains('\n')));
}

/// Users that are written are read as the same users, and soon written the same: `default` may be added first,
/// to which Redis 6.2 may then add a flag, when a line resets it.
fn written_back_it_is_the_same(file: &AclFile) {
    let Ok(users) = file.users() else { return };
    for format in [Format::Acl, Format::Config, Format::List] {
        let Ok(first) = save(&users, format) else { continue };
        let again = |text: &String| {
            let read = read(text.as_bytes(), file.dialect(), format);
            let again = read.users().unwrap_or_else(|errors| panic!("{text:?}: {errors}"));
            assert!(users.iter().all(|(name, user)| again.get(name) == Some(user)), "{text:?}");
            Some(save(&again, format).expect("users that were read are written"))
        };
        let texts: Vec<_> = std::iter::successors(Some(first), again).take(4).collect();
        assert_eq!(texts[2], texts[3]);
    }
}

/// What is shown of a file is the same whatever the passwords in it are.
fn no_password_is_told(text: &str, dialect: Dialect, format: Format) {
    if text.contains(['"', '\'', '\\', '\0']) {
        return; // quotes, and what a NUL hides, may make a word with a `>` part of something else
    }
    let shown = |text: &str| {
        let file = read(&bytes(text), dialect, format);
        let drawn = |error: &FileError| (format!("{error:?}"), error.report().to_string());
        let drawn: Vec<_> = file.errors().take(FEW).map(drawn).collect();
        let rules = |line: &Line| line.user().map(|user| format!("{:?}", user.rules()));
        let rules: Vec<_> = file.lines().iter().map(rules).collect();
        (drawn, rules, file.server_message("users.acl"))
    };
    let other = with_other_passwords(text, dialect, format);
    assert_eq!(shown(text), shown(&other), "{text:?} and {other:?}");
}

fn with_other_passwords(text: &str, dialect: Dialect, format: Format) -> String {
    let is_blank = |c: char| matches!(c, ' ' | '\t'..='\r' | '\0');
    let turned_behind =
        |skipped: &[char], word: &str| match word.trim_start_matches(skipped).starts_with(['>', '<']) {
            true => turned(word),
            false => word.to_owned(),
        };
    // an argument is trimmed (`sdstrim`); where words are split, vertical tabs and form feeds are skipped before one
    // and end none (`sdssplitargs`)
    let argument = |word: &str| turned_behind(&[' ', '\t', '\r', '('], word);
    let part = |part: &str| turned_behind(&[' ', '\t', '\r', '\n', '\0', '\x0b', '\x0c', '('], part);
    let ends_part = [' ', '\t', '\r', '\n', '\0'];
    let has_selectors = User::new(dialect).apply_arguments(["(+get)"]).is_ok();
    let (mut in_selector, mut words_before) = (false, 0);
    let word = |word: &str| {
        let opens = word.trim_start_matches(is_blank).starts_with('(');
        // `user` and the name open nothing
        in_selector |= has_selectors && opens && words_before > 1;
        // in a configuration, and in a selector, a password ends at any blank; so it does in what is one only to
        // servers that know selectors
        let turned: String = match format == Format::Config || in_selector || opens {
            true => word.split_inclusive(ends_part).map(part).collect(),
            false => argument(word),
        };
        let is_last = word.ends_with('\n');
        in_selector &= !is_last && !word.trim_end_matches(is_blank).ends_with(')');
        let is_indent = words_before == 0 && word.trim_matches(is_blank).is_empty();
        words_before = if is_last || is_indent { 0 } else { words_before + 1 };
        turned
    };
    text.split_inclusive([' ', '\n']).map(word).collect()
}
