//! Which lints count how much, and what else the linter should know.

use alloc::string::String;
use alloc::vec::Vec;

use super::clients::Client;
use super::registry::{Group, Lint};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::report::Level;

/// Which lints count how much, which clients the user is for, and which engine comes next.
///
/// ```
/// use redis_acl::lint::{Config, Setting};
///
/// let mut config = Config::new();
/// config.set(Setting::Allow, "too-wide")?; // a group
/// config.set(Setting::Deny, "escalation")?; // one of its lints counts nevertheless
/// assert_eq!(
///     config.set(Setting::Warn, "stay-off").unwrap_err().to_string(),
///     "no lint or group `stay-off`; did you mean `stays-off`?"
/// );
/// # Ok::<(), redis_acl::lint::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    lints: Vec<(&'static Lint, Setting)>,
    groups: Vec<(Group, Setting)>,
    pub(super) clients: Vec<&'static Client>,
    pub(super) next: Next,
}

/// Which engine the string will meet next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Next {
    /// The next generation of the same engine.
    #[default]
    Generation,
    Dialect(Dialect),
    /// There will be none.
    None,
}

/// How much a lint counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Not at all.
    Allow,
    /// As a warning.
    Warn,
    /// As an error.
    Deny,
}

/// A name that is not known, or a setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    message: String,
}

impl Config {
    /// Every lint at its own level, no client, and the next generation of the engine as what comes next.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how much a lint or a group counts. What is said of a lint counts more than what is said of its
    /// group, and the later more than the earlier.
    ///
    /// # Errors
    /// When there is no such lint or group, with the nearest names; and for what is refused, which stays an
    /// error: no setting makes a server take it.
    pub fn set(&mut self, setting: Setting, name: &str) -> Result<(), ConfigError> {
        let group = Group::ALL.into_iter().find(|group| group.name() == name);
        let lint = Lint::find(name);
        let Some(subject) = group.or(lint.map(Lint::group)) else { return Err(unknown_lint(name)) };
        if subject == Group::Refused && setting != Setting::Deny {
            return error(format!("`{name}` is always an error: no setting makes a server accept it"));
        }
        match (group, lint) {
            (Some(group), _) => self.groups.push((group, setting)),
            (None, Some(lint)) => self.lints.push((lint, setting)),
            (None, None) => {}
        }
        Ok(())
    }

    /// Adds a client library, framework or tool that will use the user; [`Client::all`] knows their names.
    ///
    /// # Errors
    /// When there is none of that name, with the nearest ones.
    pub fn add_client(&mut self, name: &str) -> Result<(), ConfigError> {
        let found = Client::find(name).ok_or_else(|| unknown_client(name))?;
        self.clients.push(found);
        Ok(())
    }

    /// Sets the dialect that the string will meet next; `None` for no other than the present one.
    pub fn set_next(&mut self, next: Option<Dialect>) {
        self.next = next.map_or(Next::None, Next::Dialect);
    }

    /// The same without an engine that comes next, unless one was named.
    pub(super) fn without_default_next(&self) -> Self {
        match self.next {
            Next::Generation => Self { next: Next::None, ..self.clone() },
            _ => self.clone(),
        }
    }

    /// How much a lint counts; `None` for not at all.
    #[must_use]
    pub fn level(&self, lint: &'static Lint) -> Option<Level> {
        let of_lint = self.lints.iter().rev().find(|(of, _)| *of == lint).map(|(_, setting)| *setting);
        let of_group =
            || self.groups.iter().rev().find(|(of, _)| *of == lint.group).map(|(_, setting)| *setting);
        match of_lint.or_else(of_group) {
            None => Some(lint.level),
            Some(Setting::Allow) => None,
            Some(Setting::Warn) => Some(Level::Warning),
            Some(Setting::Deny) => Some(Level::Error),
        }
    }
}

fn error<T>(message: String) -> Result<T, ConfigError> {
    Err(ConfigError { message })
}

fn unknown_lint(name: &str) -> ConfigError {
    let ids = Lint::all().map(Lint::id).chain(Group::ALL.into_iter().map(Group::name));
    unknown("lint or group", name, &nearest(name, ids))
}

fn unknown_client(name: &str) -> ConfigError {
    unknown("client", name, &nearest(name, Client::all().map(Client::name)))
}

fn unknown(what: &str, name: &str, near: &[&str]) -> ConfigError {
    let near: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
    let message = match near.is_empty() {
        true => format!("no {what} `{}`", crate::report::visible(name)),
        false => format!("no {what} `{}`; did you mean {}?", crate::report::visible(name), near.join(" or ")),
    };
    ConfigError { message }
}
