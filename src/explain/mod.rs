//! What an access string grants, in plain words, and what each of its rules changed.
//!
//! [`explain`] applies the rules one by one, and tells of each what the user could do behind it and could not before
//! it, or the other way round: `+@read` adds 74 commands, `+get` behind it changes nothing. The words come from the
//! user before and after the rule, never from its text, so that they hold on the dialect that was asked for.
//!
//! ```
//! use redis_acl::{Engine, explain};
//!
//! let explanation = explain(Engine::Redis7_2, "on ~app:* +@hash -hdel +hget")?;
//! assert_eq!(explanation.to_string(), "\
//! redis-7.2: on ~app:* +@hash -hdel +hget
//!
//! login      on; no password: nobody can log in
//! commands   15 of 370
//!            @write 5 of 108, @read 10 of 87, @hash 15 of 16
//! keys       readable and writable: app:*
//! channels   none
//! denied     no @dangerous, @admin, @scripting, @pubsub, @transaction or @connection commands; no channels
//!
//! rule by rule
//!   on      can log in
//!   ~app:*  keys app:* readable and writable
//!   +@hash  16 commands added
//!   -hdel   1 command removed: hdel
//!   +hget   changes nothing");
//! # Ok::<(), redis_acl::ApplyErrors>(())
//! ```

mod changes;
mod grant;
mod markdown;
mod phrase;
mod steps;
mod text;
mod words;

use alloc::string::String;
use alloc::vec::Vec;

use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::secret::mask;
use crate::syntax::AccessString;
use crate::user::{ApplyErrors, SanitizePayload, User};

pub use changes::{Change, ChannelChange, CommandChange, FirstArgumentChange, KeyChange, Moved};
pub use grant::{CategoryCount, Denials, Grant, KeyPattern, Part};
pub use steps::Step;

/// What a user may do, in plain words: [`explain`].
///
/// `Display` is for a terminal, [`Explanation::to_markdown`] for a comment on a pull request. Neither shows a
/// password; control characters of patterns are escaped.
///
/// # JSON
/// ```text
/// {"dialect": "redis-7.2", "text": "on >*** ~a +get" or null,
///  "login": {"enabled", "passwords": a number, or null where they are no rules, "any_password", "skips_sanitizing"},
///  "everything": whether some selector grants all there is,
///  "selectors": [{
///    "commands", "of": how many of how many, subcommands counted each; "future_commands",
///    "categories": [{"category", "granted", "of"}], those of which any is granted,
///    "notable": [{"category": "dangerous", "commands": [names], "others": [those of it that are not granted]}], also
///               admin and scripting, each command once,
///    "first_arguments": ["select|0"],
///    "all_keys", "keys": [{"pattern", "access": "read", "write" or "read_write"}],
///    "all_channels", "channels": [patterns], "channel_source": "rules", "default", "read_back" or "engine",
///    "all_databases", "databases": [numbers],
///    "denied": {"all_commands", "categories": [those of note of which none is granted],
///               "commands": [{"category", "commands", "others"}], where most are granted: those that are not,
///               "keys_read", "keys_write", "channels", "databases": whether there are none at all}}],
///  "rules": [{"rule": "+@read", "span": [0, 6], "effect": "74 commands added", "changes": […], "rules": […]}]}
/// ```
/// The rules are those of the text, `rules` in them those of a selector. A change is one of
///
/// ```text
/// {"change": "login", "enabled"}                     {"change": "any_password", "accepted"}
/// {"change": "passwords", "added", "removed"}        {"change": "sanitizing", "sanitized"}
/// {"change": "commands", "added": {"count", "names"}, "removed": {"count", "names"}}, names where they are few
/// {"change": "future_commands", "granted"}
/// {"change": "first_arguments", "added": [], "removed": [], "covered": [those of commands now granted as a whole]}
/// {"change": "keys", "all", "were_all", "added": [{"pattern", "access"}], "widened": […], "removed": […]}
/// {"change": "channels", "all", "were_all", "added": [], "removed": []}
/// {"change": "databases", "all", "ids"}
/// {"change": "selector_added", "number", "empty"}    {"change": "selectors_removed", "count"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Explanation {
    dialect: Dialect,
    /// Masked.
    text: Option<String>,
    login: Login,
    grants: Vec<Grant>,
    steps: Vec<Step>,
}

/// How a user logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Login {
    enabled: bool,
    passwords: Option<usize>,
    any_password: bool,
    skips_sanitizing: bool,
}

/// Explains an access string.
///
/// ```
/// use redis_acl::{Engine, explain};
///
/// let explanation = explain(Engine::Redis6_0_5, "+@read -get +get")?;
/// let effects: Vec<_> = explanation.rules().iter().map(|step| step.effect()).collect();
/// assert_eq!(effects, ["74 commands added", "1 command removed: get", "1 command added: get"]);
/// # Ok::<(), redis_acl::ApplyErrors>(())
/// ```
///
/// # Errors
/// Everything that the dialect refuses, as [`User::parse`].
pub fn explain(dialect: impl Into<Dialect>, text: &str) -> Result<Explanation, ApplyErrors> {
    explain_with(&dialect.into().into(), text)
}

/// The same with a catalogue of one's own: [`Catalog::with_commands`].
///
/// # Errors
/// As [`explain`].
pub fn explain_with(catalog: &Catalog, text: &str) -> Result<Explanation, ApplyErrors> {
    let user = User::parse_with(catalog, text)?;
    let (string, _) = AccessString::scan(text);
    let masked = mask(text);
    let steps = steps::steps(catalog, &string, &masked);
    Ok(Explanation { text: Some(masked), steps, ..Explanation::of(&user) })
}

impl Explanation {
    /// Explains a user, of whom no rules are known.
    ///
    /// ```
    /// use redis_acl::{Engine, Explanation, User};
    ///
    /// let user = User::parse(Engine::Redis7_2, "on nopass ~* &* +@all")?;
    /// assert_eq!(Explanation::of(&user).to_string(), "\
    /// redis-7.2
    ///
    /// grants everything: every command, including future ones, on all keys and channels
    ///
    /// login      on; any password is accepted (nopass)
    /// commands   all 370 and future commands
    ///            @dangerous: all of them
    ///            @scripting: eval eval_ro evalsha evalsha_ro fcall fcall_ro function script
    /// keys       all
    /// channels   all");
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    pub fn of(user: &User) -> Self {
        Self {
            dialect: user.dialect(),
            text: None,
            login: Login::of(user),
            grants: user.selectors().map(|selector| Grant::of(selector, user.catalog())).collect(),
            steps: Vec::new(),
        }
    }

    /// The dialect that reads the rules.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The text with its passwords masked; `None` where a user was explained.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// How the user logs in.
    #[must_use]
    pub fn login(&self) -> Login {
        self.login
    }

    /// What the user's own rules grant, then what each further selector does. They never combine.
    #[must_use]
    pub fn selectors(&self) -> &[Grant] {
        &self.grants
    }

    /// The rules, in order, each with what it changed; none where a user was explained.
    #[must_use]
    pub fn rules(&self) -> &[Step] {
        &self.steps
    }

    /// Whether some selector grants all there is: every command, also those to come, on all keys, channels and
    /// databases.
    #[must_use]
    pub fn grants_everything(&self) -> bool {
        self.grants.iter().any(Grant::is_everything)
    }
}

impl Login {
    fn of(user: &User) -> Self {
        let are_rules = user.dialect().service().is_none();
        Self {
            enabled: user.is_enabled(),
            passwords: are_rules.then(|| user.passwords().len()),
            any_password: user.accepts_any_password(),
            skips_sanitizing: user.sanitize_payload() == Some(SanitizePayload::Skip),
        }
    }

    /// Whether the user is on.
    #[must_use]
    pub fn is_enabled(self) -> bool {
        self.enabled
    }

    /// How many passwords there are; `None` in a service, where they are no rules.
    #[must_use]
    pub fn passwords(self) -> Option<usize> {
        self.passwords
    }

    /// Whether any password will do (`nopass`).
    #[must_use]
    pub fn accepts_any_password(self) -> bool {
        self.any_password
    }

    /// Whether what the user sends to RESTORE is not looked through (`skip-sanitize-payload`).
    #[must_use]
    pub fn skips_sanitizing(self) -> bool {
        self.skips_sanitizing
    }
}
