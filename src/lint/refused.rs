//! What the dialect refuses: its errors, each as a finding.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use super::registry::{Example, Group, Lint};
use super::subject::{Draft, Findings, Subject};
use crate::report::Level;
use crate::syntax::ParseErrorKind;
use crate::user::{ApplyError, ApplyErrorKind};

pub(super) const LINTS: &[&Lint] = &[
    &UNKNOWN_COMMAND,
    &UNKNOWN_CATEGORY,
    &PATTERN_AFTER_ALL,
    &REFUSED_EXCLUSION,
    &NEWER_SYNTAX,
    &PASSWORD_IN_SERVICE,
    &RESET_IN_SERVICE,
    &CRASHES_SERVERS,
    &OPEN_SELECTOR,
    &REFUSED_FIRST_ARGUMENT,
    &UNKNOWN_PASSWORD,
    &BAD_PASSWORD_HASH,
    &NOT_A_RULE,
];

const fn refused(
    id: &'static str,
    (what, why): (&'static str, &'static str),
    (dialect, bad, good): (&'static str, &'static str, &'static str),
) -> Lint {
    let example = Example { dialect, client: None, bad, good };
    Lint { id, group: Group::Refused, level: Level::Error, what, why, example }
}

static UNKNOWN_COMMAND: Lint = refused(
    "unknown-command",
    (
        "A command or subcommand that the dialect does not have.",
        "The server rejects all of the rules. The name may be misspelled, or belong to a newer version or to a module that is not loaded.",
    ),
    ("redis-7.2", "on ~app:* +gte", "on ~app:* +get"),
);
static UNKNOWN_CATEGORY: Lint = refused(
    "unknown-category",
    (
        "A category that the dialect does not have.",
        "The server rejects all of the rules. Categories such as `@json` and `@search` exist only where a module registers them.",
    ),
    ("redis-7.2", "on ~app:* +@raed", "on ~app:* +@read"),
);
static PATTERN_AFTER_ALL: Lint = refused(
    "pattern-after-all",
    (
        "A key pattern after `~*`, or a channel pattern after `&*`.",
        "Everything is already allowed, so the server treats the pattern as a mistake and rejects all of the rules. On Redis 6.2 new users start with `&*`.",
    ),
    ("redis-7.2", "on ~* ~app:* +get", "on ~app:* +get"),
);
static REFUSED_EXCLUSION: Lint = refused(
    "refused-exclusion",
    (
        "An attempt to exclude keys or channels: `~* ~-secret:*`, `!~secret:*`, `-~secret:*`.",
        "Patterns only add. No rule excludes keys from a pattern, so list the keys that the user can access.",
    ),
    ("redis-7.2", "on ~* ~-secret:* +get", "on ~app:* ~public:* +get"),
);
static NEWER_SYNTAX: Lint = refused(
    "newer-syntax",
    (
        "Syntax of a later engine: channels, `%R~`, selectors, `-config|set`, `db=`.",
        "The server rejects all of the rules. The finding names the first dialect that has it.",
    ),
    ("redis-6.2", "on %R~app:* +get", "on ~app:* +get"),
);
static PASSWORD_IN_SERVICE: Lint = refused(
    "password-in-service",
    (
        "A password rule in an access string of ElastiCache or MemoryDB.",
        "Passwords are parameters of the request there; the services reject them in the string.",
    ),
    ("elasticache", "on >secret ~app:* +get", "on ~app:* +get"),
);
static RESET_IN_SERVICE: Lint = refused(
    "reset-in-service",
    (
        "`reset` in an access string of ElastiCache or MemoryDB.",
        "The services reject it. The string is applied to a new user anyway.",
    ),
    ("elasticache", "reset on ~app:* +get", "on ~app:* +get"),
);
static CRASHES_SERVERS: Lint = refused(
    "crashes-servers",
    (
        "A rule that crashes some server versions: `%`, `%~x`, a first argument with white space or a quote.",
        "`%` and `%~x` abort Redis 7.0 to 7.2.6 and 7.4.1, Valkey 7.2.7 and 8.0.1 when they print the user (CVE-2024-51741). A first argument with white space or a quote aborts Redis from 7.2 and every Valkey when it prints the user or saves it.",
    ),
    ("redis-7.2", "on %~app:* +get", "on ~app:* +get"),
);
static OPEN_SELECTOR: Lint = refused(
    "open-selector",
    (
        "A selector that is not closed.",
        "`ACL SETUSER` rejects it. In an ACL file it crashes the server: Redis from 7.0 and Valkey up to 9.1.2 crash when they load the file, if a rule precedes the parenthesis.",
    ),
    ("redis-7.2", "on ~app:* +get (~tmp:* +set", "on ~app:* +get (~tmp:* +set)"),
);
static REFUSED_FIRST_ARGUMENT: Lint = refused(
    "refused-first-argument",
    (
        "A first argument that is not allowed there: empty, of a subcommand, of a command that is already allowed, or in a rule that denies.",
        "The server rejects all of the rules. First arguments can only be added, and only to commands without subcommands.",
    ),
    ("redis-7.2", "on ~app:* +@all -get|x", "on ~app:* +@all -get"),
);
static UNKNOWN_PASSWORD: Lint = refused(
    "unknown-password",
    (
        "A rule removes a password that the user does not have.",
        "The server rejects all of the rules. A new user has no passwords; `resetpass` removes all passwords.",
    ),
    ("redis-7.2", "on <old >new ~app:* +get", "on resetpass >new ~app:* +get"),
);
static BAD_PASSWORD_HASH: Lint = refused(
    "bad-password-hash",
    (
        "The text after `#` or `!` is not a SHA-256 hash in lower-case hexadecimal digits.",
        "The server rejects all of the rules. `>` adds a plaintext password, and `<` removes one.",
    ),
    (
        "redis-7.2",
        "on #secret ~app:* +get",
        "on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~app:* +get",
    ),
);
static NOT_A_RULE: Lint = refused(
    "not-a-rule",
    (
        "A word that no engine accepts as a rule.",
        "The server rejects all of the rules. The finding says what is wrong with the word and how to write such a rule.",
    ),
    ("redis-7.2", "on app:* +get", "on ~app:* +get"),
);

pub(super) fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for error in subject.scan.errors.iter().flat_map(|errors| errors.iter()) {
        findings.push(draft(error, subject), subject);
    }
}

fn draft(error: &ApplyError, subject: &Subject<'_>) -> Draft {
    let lint = lint_of(error, subject);
    let exclusion = *lint == REFUSED_EXCLUSION;
    let starts_with_all = follows_default_channels(error, subject);
    let message = match () {
        () if exclusion => "no rule excludes keys or channels from a pattern".to_owned(),
        () if starts_with_all => format!(
            "{} is rejected, because users of {} start with `&*`, every channel",
            subject.quoted(error.span()),
            subject.catalog.dialect()
        ),
        () => error.to_string(),
    };
    let mut draft = Draft::new(lint, error.span(), message);
    if let Some(words) = error.server_message_in_part() {
        let speaker = if subject.catalog.dialect().service().is_some() { "AWS" } else { "the server" };
        draft = draft.quote(format!("{speaker} says: {words}"));
    }
    if let Some(note) = note(error.kind()) {
        draft = draft.note(note);
    }
    if exclusion {
        return draft.help("list the keys that the user can access instead, `~app:* ~public:*`");
    }
    if starts_with_all {
        // without the pattern every channel stays allowed
        return draft.help("write `resetchannels` before it, to allow only the channels that the rules name");
    }
    match adds_nothing(lint) {
        true => draft.help("remove it; the other rules stay in effect"),
        false => draft.help(error.help().unwrap_or_else(|| help(lint, &subject.text[error.span().range()]))),
    }
}

/// What to do about an error that says nothing of it itself.
fn help(lint: &Lint, part: &str) -> String {
    let sentinel = part.get(..8).is_some_and(|name| name.eq_ignore_ascii_case("sentinel"));
    match lint.id {
        "unknown-command" if sentinel => {
            "grant Sentinel commands to a user of the Sentinel process, which has its own users".to_owned()
        }
        "unknown-command" => "`redis-acl expand +@all` lists all commands".to_owned(),
        "unknown-category" => "`redis-acl expand --by-category +@all` lists all categories".to_owned(),
        "newer-syntax" => "no version of this service has it; leave it out".to_owned(),
        "unknown-password" => "leave it out, or write `resetpass` to remove all passwords".to_owned(),
        _ => "leave it out".to_owned(),
    }
}

fn lint_of(error: &ApplyError, subject: &Subject<'_>) -> &'static Lint {
    use ApplyErrorKind as Kind;
    if is_exclusion(error, subject) {
        return &REFUSED_EXCLUSION;
    }
    match error.kind() {
        Kind::UnknownCommand | Kind::UnknownSubcommand => &UNKNOWN_COMMAND,
        Kind::UnknownCategory => &UNKNOWN_CATEGORY,
        Kind::EmptyFirstArgument
        | Kind::FirstArgumentDenied
        | Kind::FirstArgumentOfSubcommand
        | Kind::FirstArgumentOfAllowed => &REFUSED_FIRST_ARGUMENT,
        Kind::FirstArgumentKills | Kind::Syntax(ParseErrorKind::KeyPermissionMissing) => &CRASHES_SERVERS,
        Kind::KeysAlreadyAll | Kind::ChannelsAlreadyAll => &PATTERN_AFTER_ALL,
        Kind::NoSuchPassword => &UNKNOWN_PASSWORD,
        Kind::NeedsChannels
        | Kind::NeedsSanitizePayload
        | Kind::NeedsKeyPermissions
        | Kind::NeedsSelectors
        | Kind::NeedsSubcommands
        | Kind::NeedsDatabases => &NEWER_SYNTAX,
        Kind::PasswordInService => &PASSWORD_IN_SERVICE,
        Kind::ResetInService => &RESET_IN_SERVICE,
        Kind::Syntax(ParseErrorKind::PasswordHash) => &BAD_PASSWORD_HASH,
        Kind::SelectorRestarts | Kind::Syntax(ParseErrorKind::UnmatchedParenthesis) => &OPEN_SELECTOR,
        Kind::Syntax(_) => &NOT_A_RULE,
    }
}

/// Whether a channel pattern is rejected only because of the channels that new users have by default.
fn follows_default_channels(error: &ApplyError, subject: &Subject<'_>) -> bool {
    let allows_all = |rule: &str| rule == "&*" || rule.eq_ignore_ascii_case("allchannels");
    let before = &subject.text[..error.span().start];
    *error.kind() == ApplyErrorKind::ChannelsAlreadyAll && !before.split_ascii_whitespace().any(allows_all)
}

/// A pattern with a sign before or behind its `~` that is meant to take keys away.
fn is_exclusion(error: &ApplyError, subject: &Subject<'_>) -> bool {
    let part = &subject.text[error.span().range()];
    let before = subject.text[..error.span().start].chars().next_back();
    let is_pattern = |text: &str| text.starts_with(['~', '&', '%']);
    match error.kind() {
        ApplyErrorKind::KeysAlreadyAll | ApplyErrorKind::ChannelsAlreadyAll => {
            let pattern = part.trim_start_matches(['%', 'R', 'W', 'r', 'w']);
            pattern.starts_with(['~', '&']) && starts_as_an_exclusion(&pattern[1..])
        }
        ApplyErrorKind::Syntax(ParseErrorKind::PasswordHash) => {
            part.strip_prefix('!').is_some_and(is_pattern)
        }
        ApplyErrorKind::UnknownCommand => before == Some('-') && is_pattern(part),
        _ => false,
    }
}

/// Whether a pattern begins as if it were to take something away.
pub(super) fn starts_as_an_exclusion(pattern: &str) -> bool {
    pattern.starts_with(['-', '!', '^']) && pattern.len() > 1
}

/// Which servers die of it, where the help does not say so.
fn note(kind: &ApplyErrorKind) -> Option<&'static str> {
    match kind {
        ApplyErrorKind::FirstArgumentKills => Some(
            "Redis 7.2 to 8.4 and Valkey 7.2 to 9.1 accept it, and crash when they print or save the user",
        ),
        ApplyErrorKind::Syntax(ParseErrorKind::UnmatchedParenthesis) => Some(
            "in an ACL file, this crashes Redis from 7.0 and Valkey up to 9.1.2 when they load the file, if a rule precedes the parenthesis",
        ),
        _ => None,
    }
}

/// Whether the rule would add nothing. Without it a string that is rejected becomes one that is accepted, which is not
/// equivalent, so that no fix does it.
fn adds_nothing(lint: &'static Lint) -> bool {
    [&PATTERN_AFTER_ALL, &PASSWORD_IN_SERVICE, &RESET_IN_SERVICE].contains(&lint)
}
