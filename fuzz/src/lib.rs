//! Laws that hold of every input: a function for each, which panics where its law is broken.
//!
//! Each fuzz target is one call of the function that bears its name; `tests/seeds.rs` replays their seeds.

#[cfg(feature = "aws")]
mod aws;
mod check;
mod compare;
mod explain;
mod file;
#[cfg(feature = "iac")]
mod iac;
mod lint;
mod simplify;

use redis_acl::{
    AccessString, ApplyError, DefaultChannels, Dialect, Form, KeyAccess, ParseError, Rule, RuleKind,
    Selector, Span, User,
};

#[cfg(feature = "aws")]
pub use aws::create_user;
pub use check::check;
pub use compare::compare;
pub use explain::{explain, explain_line};
pub use file::acl_file;
#[cfg(feature = "iac")]
pub use iac::{a_file_keeps_the_laws, iac};
pub use lint::{a_fix_is_safe, findings_are_sound, lint};
pub use simplify::{a_line_is_simplified, a_user_is_simplified, simplify};

/// So many errors of a line are drawn; looking for what was meant takes time.
const FEW: usize = 4;

// ---------------------------------------------------------------------------------------------------
// Texts

/// The input is a line of rules, and also one rule.
pub fn parse(text: &str) {
    match AccessString::parse(text) {
        Ok(string) => {
            assert_eq!(string.to_string(), text, "a line prints as it was");
            rules_stand_in_order(string.rules(), Span::new(0, text.len()), text);
            string.rules().iter().for_each(|rule| a_rule_stands_for_itself(rule, text));
            string.rules().iter().for_each(a_printed_rule_parses_again);
            a_line_of_printed_rules_is_the_same(string.rules());
        }
        Err(errors) => {
            errors.iter().take(FEW).for_each(|error| a_parse_error_can_be_shown(error, text));
            assert!(errors.iter().is_sorted_by_key(|error| error.span()), "errors in order: {errors:?}");
        }
    }
    match Rule::parse(text) {
        Ok(rule) => {
            rules_stand_in_order(std::slice::from_ref(&rule), Span::new(0, text.len()), text);
            a_printed_rule_parses_again(&rule);
        }
        Err(error) => a_parse_error_can_be_shown(&error, text),
    }
    parsing_tells_no_password(text);
}

/// Rules stand one behind the other, their bodies in them, and those of a selector between its
/// parentheses.
fn rules_stand_in_order(rules: &[Rule<'_>], within: Span, text: &str) {
    let mut end = within.start;
    for Rule { span, body, kind, .. } in rules {
        assert!(end <= span.start && span.start < span.end, "{span:?} in {text:?}");
        assert!(span.start <= body.start && body.end <= span.end, "the body {body:?} in {text:?}");
        a_span_can_be_cut(*span, text);
        a_span_can_be_cut(*body, text);
        if let RuleKind::Selector(selector) = kind {
            a_span_can_be_cut(selector.opening(), text);
            rules_stand_in_order(selector.rules(), *body, text);
        }
        end = span.end;
    }
    assert!(end <= within.end, "{end} in {text:?}");
}

/// Spans lie in the text, on the boundaries of characters.
fn a_span_can_be_cut(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

/// A rule of a line is the same rule when it stands alone.
fn a_rule_stands_for_itself(rule: &Rule<'_>, text: &str) {
    let alone = Rule::parse(&text[rule.span.range()]).expect("a rule of a line is a rule");
    assert!(*rule == alone, "{rule:?} alone is {alone:?}");
}

/// A rule in its usual spelling is the same rule.
fn a_printed_rule_parses_again(rule: &Rule<'_>) {
    let printed = rule.to_string();
    let again = Rule::parse(&printed).unwrap_or_else(|error| panic!("{printed:?} is a rule: {error}"));
    assert!(
        *rule == again || is_hash_of(&rule.kind, &again.kind),
        "{rule:?} is printed {printed:?}, which is {again:?}"
    );
}

/// Whether one is the hash of a password that a line cannot carry.
fn is_hash_of(rule: &RuleKind<'_>, printed: &RuleKind<'_>) -> bool {
    match (rule, printed) {
        (RuleKind::AddPassword(password), RuleKind::AddHash(hash))
        | (RuleKind::RemovePassword(password), RuleKind::RemoveHash(hash)) => password.hash() == *hash,
        _ => false,
    }
}

/// The rules of a line, each printed and put on a line again, are the same rules.
fn a_line_of_printed_rules_is_the_same(rules: &[Rule<'_>]) {
    let line = rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let again =
        AccessString::parse(&line).unwrap_or_else(|error| panic!("{line:?} is a line of rules: {error}"));
    assert!(rules == again.rules(), "{rules:?} are printed {line:?}, which is {again:?}");
}

fn a_parse_error_can_be_shown(error: &ParseError, text: &str) {
    a_span_can_be_cut(error.span(), text);
    a_span_can_be_cut(error.rule_span(), text);
    assert_eq!(error.rule().len(), error.rule_span().range().len(), "masks keep lengths");
    a_message_is_one_line(&error.to_string());
    a_report_is_drawn(&error.report().to_string());
    a_report_is_drawn(&format!("{:#}", error.report()).replace('\x1b', ""));
}

/// A message is one line, and nothing in it steers a terminal.
fn a_message_is_one_line(message: &str) {
    assert!(!message.is_empty() && !message.contains(char::is_control), "{message:?}");
}

/// A report has a message, the text, carets under it and notes, each on its line.
fn a_report_is_drawn(report: &str) {
    let lines: Vec<_> = report.split('\n').collect();
    assert!(lines.len() >= 4 && lines[3].contains('^'), "carets in the fourth line:\n{report}");
    assert!(lines[4..].iter().all(|line| line.starts_with("  ")), "notes behind them:\n{report}");
    lines.into_iter().for_each(a_message_is_one_line);
}

/// What is shown of a line is the same whatever the passwords in it are.
fn parsing_tells_no_password(text: &str) {
    let shown = |text: &str| {
        let string = AccessString::parse(text);
        let errors = string.as_ref().err().into_iter().flat_map(|errors| errors.iter().take(FEW));
        let drawn: Vec<_> = errors.map(|error| (error.to_string(), error.report().to_string())).collect();
        (format!("{string:?}"), drawn, format!("{:?}", Rule::parse(text).err()))
    };
    if let Some(other) = with_other_passwords(text) {
        assert_eq!(shown(text), shown(&other), "{text:?} and {other:?}");
    }
}

/// The same line with other letters and digits in its passwords; `None` where quotes may make a word with
/// a `>` part of something else.
fn with_other_passwords(text: &str) -> Option<String> {
    let ends_word = |c: char| matches!(c, ' ' | '\t'..='\r' | '\0');
    let word = |word: &str| if is_password(word) { turned(word) } else { word.to_owned() };
    (!text.contains(['"', '\''])).then(|| text.split_inclusive(ends_word).map(word).collect())
}

fn is_password(word: &str) -> bool {
    word.trim_start_matches('(').starts_with(['>', '<'])
}

/// Each ASCII letter is replaced by the one 13 further on, each digit by the one 5 further on.
fn turned(text: &str) -> String {
    let turn = |c: char, first: u8, count: u8| char::from(first + (c as u8 - first + count / 2) % count);
    let turn_any = |c: char| match c {
        'a'..='z' => turn(c, b'a', 26),
        'A'..='Z' => turn(c, b'A', 26),
        '0'..='9' => turn(c, b'0', 10),
        _ => c,
    };
    text.chars().map(turn_any).collect()
}

// ---------------------------------------------------------------------------------------------------
// Users

/// The input is the name of a dialect and the arguments of an `ACL SETUSER`, one to a line. A first line
/// that names no dialect picks one by its first byte.
pub fn apply_describe(input: &str) {
    let (name, rest) = input.split_once('\n').unwrap_or((input, ""));
    let dialect = dialect(name);
    let arguments: Vec<_> = rest.split('\n').collect();

    a_list_applies_as_its_arguments_do(dialect, &arguments);
    refusals_tell_no_password(dialect, &arguments);
    only_hashes_are_kept(dialect, &arguments);

    let line = arguments.join(" ");
    a_new_user_is_parsed_as_rules_are_applied(dialect, &line);
    a_line_applies_as_its_words_do(dialect, &line);
    if let (Ok(rules), Ok(user)) = (AccessString::parse(&line), User::parse(dialect, &line)) {
        if !rules.rules().iter().any(is_lost_in_print) {
            describing_is_idempotent(&user);
        }
    }
}

/// The dialect of that name, or one that the first byte picks.
fn dialect(name: &str) -> Dialect {
    let byte = usize::from(name.bytes().next().unwrap_or_default());
    name.parse().unwrap_or_else(|_| {
        let dialects: Vec<_> = Dialect::all().chain(Dialect::all().filter_map(set_otherwise)).collect();
        dialects[byte % dialects.len()]
    })
}

/// The dialect with the other value of `acl-pubsub-default`.
fn set_otherwise(dialect: Dialect) -> Option<Dialect> {
    let other = |value: &DefaultChannels| Some(*value) != dialect.default_channels();
    dialect.with_default_channels(DefaultChannels::ALL.into_iter().find(other)?).ok()
}

/// Arguments applied one by one give the user that they give at once, those apart that open a selector
/// for others to close.
fn a_list_applies_as_its_arguments_do(dialect: Dialect, arguments: &[&str]) {
    let (mut user, mut printable) = (User::new(dialect), User::new(dialect));
    for argument in arguments {
        let _ = a_failed_apply_changes_nothing(&mut user, &[argument]);
        if !Rule::parse(argument).is_ok_and(|rule| is_lost_in_print(&rule)) {
            let _ = printable.apply_arguments([argument]);
        }
    }
    describing_is_idempotent(&printable);
    applying_nothing_changes_nothing(&user);

    let mut at_once = User::new(dialect);
    match a_failed_apply_changes_nothing(&mut at_once, arguments) {
        Err(error) => a_refusal_can_be_shown(&error),
        Ok(()) if arguments.iter().any(|argument| argument.starts_with('(')) => {}
        Ok(()) => are_the_same(&at_once, &user),
    }
}

/// All arguments are applied or none.
fn a_failed_apply_changes_nothing(user: &mut User, arguments: &[&str]) -> Result<(), ApplyError> {
    let before = user.clone();
    let applied = user.apply_arguments(arguments);
    if applied.is_err() {
        are_the_same(&before, user);
    }
    applied
}

fn applying_nothing_changes_nothing(user: &User) {
    let mut same = user.clone();
    same.apply(&AccessString::parse("").expect("no rules")).expect("no rule to refuse");
    same.apply_arguments([""; 0]).expect("no argument to refuse");
    are_the_same(user, &same);
}

/// Equal, and not only that: they print the same.
fn are_the_same(a: &User, b: &User) {
    assert_eq!(a.to_string(), b.to_string());
    assert_eq!(a, b);
}

/// A printed user, in whatever form, is parsed as an equal user that prints the same.
fn describing_is_idempotent(user: &User) {
    if user.selectors().any(has_star_that_is_not_all) {
        return;
    }
    for form in Form::ALL {
        let Ok(text) = user.describe(form) else { continue };
        if form == user.dialect().form() {
            assert_eq!(text, user.to_string(), "the form of {}", user.dialect());
        }
        // a service does not return a server's form, and decides about channels by the text that it returns
        let is_foreign = form == Form::Server && user.dialect().service().is_some();
        if is_foreign || says_nothing_of_channels(user, form) {
            continue;
        }
        let again = User::parse(user.dialect(), &text)
            .unwrap_or_else(|error| panic!("{} reads what it prints, {text:?}: {error}", user.dialect()));
        assert_eq!(again.describe(form).as_deref(), Ok(&*text), "{} prints, in form {form}", user.dialect());
        assert_eq!(again, *user, "{} means by {text:?}, in form {form}", user.dialect());
    }
}

/// `%RW~*` prints `~*`, which means all keys and refuses the patterns behind it; so do servers.
fn has_star_that_is_not_all(selector: &Selector) -> bool {
    let is_star = |pattern| pattern == ("*", KeyAccess::ReadWrite);
    selector.key_patterns().is_some_and(|mut patterns| patterns.any(is_star))
}

/// The observed form leaves "no channels" out, as services start users with none. Where an engine
/// starts them with all, that is another user.
fn says_nothing_of_channels(user: &User, form: Form) -> bool {
    let starts_with_all = User::new(user.dialect()).selectors().all(|root| root.channel_patterns().is_none());
    let has_none =
        user.selectors().next().and_then(Selector::channel_patterns).is_some_and(|all| all.len() == 0);
    form == Form::Observed && starts_with_all && has_none
}

/// Whether servers print the rule so that it cannot be read again: a first argument with white space
/// (before 7.2; later engines refuse it), and in a selector quotes, or a `)` that closes it.
fn is_lost_in_print(rule: &Rule<'_>) -> bool {
    match &rule.kind {
        RuleKind::Command { argument: Some(argument), .. } => {
            argument.contains([' ', '\t', '\n', '\x0b', '\x0c', '\r'])
        }
        RuleKind::Selector(selector) => selector.rules().iter().any(|rule| {
            let word = rule.to_string();
            is_lost_in_print(rule) || word.contains(['"', '\'']) || word.ends_with(')')
        }),
        _ => false,
    }
}

/// `User::parse` is `User::apply` to a new user, and its first error is that of `apply`.
fn a_new_user_is_parsed_as_rules_are_applied(dialect: Dialect, line: &str) {
    let parsed = User::parse(dialect, line);
    if let Err(errors) = &parsed {
        errors.iter().take(FEW).for_each(a_refusal_can_be_shown);
        errors.iter().for_each(|error| a_span_can_be_cut(error.span(), line));
        assert!(errors.iter().is_sorted_by_key(|error| error.span().start), "errors in order: {errors:?}");
    }
    let Ok(rules) = AccessString::parse(line) else {
        return assert!(parsed.is_err(), "{line:?} is no line of rules");
    };
    let mut user = User::new(dialect);
    let applied = user.apply(&rules);
    match (&parsed, &applied) {
        (Ok(parsed), Ok(())) => are_the_same(parsed, &user),
        (Err(errors), Err(error)) => assert_eq!(errors.first(), error),
        _ => panic!("{dialect} parses {line:?}: {parsed:?}; applies it: {applied:?}"),
    }
    if applied.is_err() {
        are_the_same(&user, &User::new(dialect));
    }
}

/// A line that applies gives the user that its words give as arguments.
fn a_line_applies_as_its_words_do(dialect: Dialect, line: &str) {
    let Ok(parsed) = User::parse(dialect, line) else { return };
    let mut user = User::new(dialect);
    let words = line.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r' | '\0')).split(' ');
    let applied = user.apply_arguments(words);
    applied.unwrap_or_else(|error| panic!("{dialect} takes {line:?} as a line, not as words: {error}"));
    are_the_same(&parsed, &user);
}

fn a_refusal_can_be_shown(error: &ApplyError) {
    a_message_is_one_line(&error.to_string());
    a_report_is_drawn(&error.report().to_string());
    a_report_is_drawn(&format!("{:#}", error.report()).replace('\x1b', ""));
    error.server_message().iter().for_each(|message| assert!(!message.contains(['\r', '\n']), "{message:?}"));
}

/// What is said of refused arguments is the same whatever the passwords among them are.
fn refusals_tell_no_password(dialect: Dialect, arguments: &[&str]) {
    if arguments.iter().any(|argument| argument.starts_with('(')) {
        return; // where arguments are joined, a password is what `parsing_tells_no_password` takes for one
    }
    let refusal = |arguments: &[String]| {
        let error = User::new(dialect).apply_arguments(arguments).err()?;
        Some((format!("{error:?}"), error.to_string(), error.report().to_string(), error.server_message()))
    };
    let others = arguments.iter().map(|argument| match argument.starts_with(['>', '<']) {
        true => turned(argument),
        false => (*argument).to_owned(),
    });
    let others: Vec<_> = others.collect();
    let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    assert_eq!(refusal(&arguments), refusal(&others), "{arguments:?} and {others:?}");
}

/// A user who was given hashes instead of passwords is the same to the last bit that `Debug` shows.
fn only_hashes_are_kept(dialect: Dialect, arguments: &[&str]) {
    let mut user = User::new(dialect);
    if arguments.iter().any(|argument| argument.starts_with('(')) || user.apply_arguments(arguments).is_err()
    {
        return;
    }
    let hashed = arguments.iter().map(|argument| match Rule::parse(argument).map(|rule| rule.kind) {
        Ok(RuleKind::AddPassword(password)) => format!("#{}", password.hash()),
        Ok(RuleKind::RemovePassword(password)) => format!("!{}", password.hash()),
        _ => (*argument).to_owned(),
    });
    let mut other = User::new(dialect);
    other.apply_arguments(hashed).expect("hashes in the place of passwords");
    are_the_same(&user, &other);
    assert_eq!(format!("{user:?}"), format!("{other:?}"));
}
