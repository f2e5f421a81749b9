//! Errors of the command line. They name options but never repeat values, which can be passwords.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The commands that take passwords.
const COMMANDS: [&str; 3] = ["create-user", "modify-user", "describe-users"];

/// Options that accept values with a leading hyphen. Without a value they consume the next option.
const TAKING_HYPHENS: [&str; 4] =
    ["--access-string", "--append-access-string", "--cli-input-yaml", "--query"];

/// The shortest password that AWS accepts. A shorter word is not a password.
const SHORTEST_PASSWORD: usize = 16;

/// A replacement for clap's error, which repeats values; `None` for other commands, for help and the version.
pub(crate) fn usage_error(error: &Error, arguments: &[String]) -> Option<String> {
    let is_ours = arguments.first().is_some_and(|command| COMMANDS.contains(&command.as_str()));
    (is_ours && error.use_stderr()).then(|| message(error, arguments))
}

fn message(error: &Error, arguments: &[String]) -> String {
    let option = named(error, ContextKind::InvalidArg).map(|text| option_in(&text)).unwrap_or_default();
    let value = named(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(error, arguments),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{option}` needs a value"),
        ErrorKind::InvalidValue => match named(error, ContextKind::ValidValue) {
            Some(values) => format!("invalid value for `{option}`; it is one of {values}"),
            None => format!("invalid value for `{option}`"),
        },
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(reason) => format!("invalid value for `{option}`: {reason}"),
            None => format!("invalid value for `{option}`"),
        },
        ErrorKind::MissingRequiredArgument => format!("`{option}` is required"),
        ErrorKind::ArgumentConflict => {
            let other = named(error, ContextKind::PriorArg).map(|text| option_in(&text)).unwrap_or_default();
            format!("`{option}` cannot be used with `{other}`")
        }
        kind => kind.as_str().unwrap_or("the command line cannot be read").to_owned(),
    }
}

/// The error for an unknown option, with its name, or for a stray argument, with its place.
fn unknown(error: &Error, arguments: &[String]) -> String {
    let argument = named(error, ContextKind::InvalidArg).unwrap_or_default();
    let name = argument.split('=').next().unwrap_or_default();
    let suggested = named(error, ContextKind::SuggestedArg);
    let place = arguments.iter().position(|other| is_called(other, name)).unwrap_or_default();
    let option = arguments[..place].iter().rposition(|other| other.starts_with("--"));
    let before = option.map(|at| option_in(&arguments[at])).unwrap_or_default();
    if let Some(lacking) = option.and_then(|at| arguments.get(at.checked_sub(1)?)) {
        if TAKING_HYPHENS.contains(&lacking.as_str()) {
            return format!("`{lacking}` needs a value");
        }
    }
    let may_be_password = !is_option_name(name) || before == "--passwords" && name.len() >= SHORTEST_PASSWORD;
    match (suggested, may_be_password) {
        (Some(suggested), false) => format!("unknown option `{name}`; did you mean `{suggested}`?"),
        (None, false) => format!("unknown option `{name}`"),
        (_, true) if before == "--passwords" => {
            "an argument after --passwords is not an option; put a password that begins with `-` into --cli-input-json"
                .into()
        }
        (_, true) if before.is_empty() => "an argument is not an option".into(),
        (_, true) => format!("an argument after `{before}` is not an option; quote values with blanks"),
    }
}

/// Whether clap reports the argument by this name. After a single hyphen clap names only the first letter.
fn is_called(argument: &str, name: &str) -> bool {
    let is_short = name.len() == 2 && name.starts_with('-') && argument.starts_with(name);
    is_short && !argument.starts_with("--") || argument.split('=').next() == Some(name)
}

fn is_option_name(text: &str) -> bool {
    let is_word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    text.strip_prefix("--").is_some_and(is_word)
}

/// The option without its value: clap writes `--output <OUTPUT>`.
fn option_in(text: &str) -> String {
    text.split([' ', '=', '[']).next().unwrap_or_default().to_owned()
}

fn named(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// An option that was consumed as the value of the option before it.
pub(super) fn not_an_option(value: &str) -> Result<String, String> {
    match is_option_name(value) {
        true => Err("the value is missing".into()),
        false => Ok(value.to_owned()),
    }
}
