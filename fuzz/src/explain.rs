//! Laws of explanations: any line of rules, on any dialect.

use redis_acl::explain::{Change, Grant, KeyPattern, Step};
use redis_acl::{AccessString, CommandSet, Explanation, User, explain as explained};

/// The input is the name of a dialect and lines of rules, which are read as one. A first line that names no dialect
/// picks one by its first byte.
pub fn explain(input: &str) {
    let (name, rest) = input.split_once('\n').unwrap_or((input, ""));
    explain_line(super::dialect(name), &rest.replace('\n', " "));
}

/// The laws of one line of rules; whether the dialect accepts it.
pub fn explain_line(dialect: redis_acl::Dialect, line: &str) -> bool {
    let parsed = User::parse(dialect, line);
    let explanation = explained(dialect, line);
    if let Some(other) = super::with_other_passwords(line).filter(|other| other != line) {
        assert_eq!(explanation, explained(dialect, &other), "{line:?} and {other:?}");
    }
    let (user, explanation) = match (parsed, explanation) {
        (Ok(user), Ok(explanation)) => (user, explanation),
        (Err(parsed), Err(explained)) => {
            assert_eq!(parsed, explained);
            return false;
        }
        (parsed, explained) => panic!("{dialect} parses {line:?}: {parsed:?}; explains it: {explained:?}"),
    };
    rules_one_by_one_give_the_user(&user, line, &explanation);
    changes_put_together_give_what_is_granted(&explanation);
    a_text_is_lines_of_visible_characters(&explanation.to_string());
    nothing_written_is_markup(&explanation.to_markdown());
    let of_user = Explanation::of(&user);
    assert_eq!((of_user.login(), of_user.selectors()), (explanation.login(), explanation.selectors()));
    true
}

fn rules_one_by_one_give_the_user(user: &User, line: &str, explanation: &Explanation) {
    let mut other = User::new(user.dialect());
    for step in explanation.rules() {
        let rule = AccessString::parse(&line[step.span().range()]).expect("a rule of a line is a line");
        let before = other.clone();
        other.apply(&rule).expect("a rule that was explained applies");
        // what changes nothing to the eye of the law may still be a selector without commands
        assert!(!step.changes().is_empty() || before == other, "{}: {}", user.dialect(), step.rule());
    }
    assert_eq!(&other, user, "{line:?}");
}

/// What a selector grants, put together from changes.
#[derive(Default)]
struct Built {
    commands: CommandSet,
    future: bool,
    first_arguments: Vec<String>,
    all_keys: bool,
    keys: Vec<KeyPattern>,
    all_channels: bool,
    channels: Vec<String>,
    databases: Option<Vec<u32>>,
}

fn changes_put_together_give_what_is_granted(explanation: &Explanation) {
    let new = |number: usize| {
        // engines without selectors have none to build
        let rules = if number == 0 { "" } else { "()" };
        let user = User::parse(explanation.dialect(), rules).expect("an empty selector");
        let explanation = Explanation::of(&user);
        let all_channels = explanation.selectors()[number].channel_patterns().is_none();
        Built { all_channels, ..Built::default() }
    };
    let (mut root, mut selectors, mut passwords, mut enabled) = (new(0), Vec::new(), 0, false);
    for step in explanation.rules() {
        for change in step.changes() {
            match change {
                Change::Login { enabled: now } => enabled = *now,
                Change::Passwords { added, removed } => passwords = passwords + added - removed,
                Change::SelectorAdded { number, .. } => {
                    selectors.push(step);
                    assert_eq!(selectors.len(), *number, "selectors are numbered");
                }
                Change::SelectorsRemoved { count } => selectors.truncate(selectors.len() - count),
                other => root.change(other),
            }
        }
    }
    let login = explanation.login();
    assert_eq!((login.is_enabled(), login.passwords().unwrap_or_default()), (enabled, passwords));
    let (own, others) = explanation.selectors().split_first().expect("the user's own rules");
    root.is(own);
    assert_eq!(selectors.len(), others.len());
    for (step, grant) in selectors.into_iter().zip(others) {
        let mut built = new(1);
        step.inside().iter().flat_map(Step::changes).for_each(|change| built.change(change));
        built.is(grant);
    }
}

impl Built {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Commands(change) => {
                let (added, removed) = (*change.added().set(), *change.removed().set());
                assert!((self.commands & added).is_empty() && removed.is_subset(&self.commands));
                assert_eq!((added.len(), removed.len()), (change.added().count(), change.removed().count()));
                self.commands = (self.commands | added) - removed;
            }
            Change::FutureCommands { granted } => self.future = *granted,
            Change::FirstArguments(change) => {
                let gone = |argument: &String| {
                    change.removed().contains(argument) || change.covered().contains(argument)
                };
                let left = self.first_arguments.len() - change.removed().len() - change.covered().len();
                self.first_arguments.retain(|argument| !gone(argument));
                assert_eq!(self.first_arguments.len(), left, "only what was there goes");
                self.first_arguments.extend_from_slice(change.added());
            }
            Change::Keys(change) => {
                assert_eq!(self.all_keys, change.were_all());
                self.all_keys = change.are_all();
                self.keys.retain(|key| !change.removed().contains(key));
                for wider in change.widened() {
                    let known = self.keys.iter_mut().find(|key| key.pattern() == wider.pattern());
                    *known.expect("a pattern that was there") = wider.clone();
                }
                self.keys.extend_from_slice(change.added());
            }
            Change::Channels(change) => {
                assert_eq!(self.all_channels, change.were_all());
                self.all_channels = change.are_all();
                self.channels.retain(|channel| !change.removed().contains(channel));
                self.channels.extend_from_slice(change.added());
            }
            Change::Databases { all, ids } => self.databases = (!all).then(|| ids.clone()),
            _ => {}
        }
    }

    fn is(mut self, grant: &Grant) {
        assert_eq!((self.commands.len(), self.future), (grant.commands(), grant.allows_future_commands()));
        let mut first_arguments = grant.first_arguments().to_vec();
        first_arguments.sort();
        self.first_arguments.sort();
        assert_eq!(self.first_arguments, first_arguments);
        assert_eq!((!self.all_keys).then_some(&self.keys[..]), grant.key_patterns());
        assert_eq!((!self.all_channels).then_some(&self.channels[..]), grant.channel_patterns());
        assert_eq!(self.databases.as_deref(), grant.databases());
    }
}

fn a_text_is_lines_of_visible_characters(text: &str) {
    assert!(text.split('\n').all(|line| !line.contains(char::is_control)), "{text:?}");
}

/// Outside code there is nothing but our own words, and every row of the table has its two cells.
fn nothing_written_is_markup(markdown: &str) {
    let (_, rows) = markdown.split_once("|---|---|\n").unwrap_or((markdown, ""));
    for row in rows.lines() {
        let cells = row.replace("\\|", "");
        assert_eq!(cells.matches('|').count(), 3, "{row:?}");
        assert!(row.starts_with("| ") && row.ends_with(" |"), "{row:?}");
    }
    for line in markdown.lines() {
        let words = without_code(line);
        assert!(!words.contains(['<', '>', '[', ']', '`', '@', '_', '!', '~', '\\']), "{line:?}");
        assert!(!words.contains(char::is_control), "{line:?}");
    }
}

fn without_code(line: &str) -> String {
    let mut words = String::new();
    let mut left = line;
    while let Some((before, after)) = left.split_once('`') {
        words.push_str(before);
        (_, left) = after.split_once('`').expect("a code span that ends");
    }
    words.push_str(left);
    let mut outside = String::new();
    let mut left = &words[..];
    while let Some((before, after)) = left.split_once("<code>") {
        outside.push_str(before);
        let (code, after) = after.split_once("</code>").expect("code that ends");
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '&' | '#' | ';' | ' ');
        assert!(code.chars().all(is_plain), "{code:?}");
        left = after;
    }
    outside + left
}
