//! The setting `acl-pubsub-default`.

use core::fmt;
use core::str::FromStr;

use super::{DialectError, error};

/// The channels of a user whose rules name none: the setting `acl-pubsub-default` of servers and of ElastiCache.
///
/// ```
/// use redis_acl::{DefaultChannels, Dialect, User};
///
/// // each dialect has a default of its own
/// let server: Dialect = "redis-7.0".parse()?;
/// assert_eq!(server.default_channels(), Some(DefaultChannels::ResetChannels));
/// assert!(!User::parse(server, "on +publish")?.check(&["PUBLISH", "news", "x"]).is_allowed());
///
/// let configured = server.with_default_channels(DefaultChannels::AllChannels)?;
/// assert_eq!(configured.to_string(), "redis-7.0+acl-pubsub-default=allchannels");
/// assert!(User::parse(configured, "on +publish")?.check(&["PUBLISH", "news", "x"]).is_allowed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefaultChannels {
    /// `allchannels`: every channel.
    AllChannels,
    /// `resetchannels`: no channel.
    ResetChannels,
}

impl DefaultChannels {
    /// The setting's name in configurations, and in the text of a dialect.
    pub(super) const SETTING: &'static str = "acl-pubsub-default";

    /// Both values.
    pub const ALL: [Self; 2] = [Self::AllChannels, Self::ResetChannels];

    /// `allchannels` or `resetchannels`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllChannels => "allchannels",
            Self::ResetChannels => "resetchannels",
        }
    }
}

impl fmt::Display for DefaultChannels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DefaultChannels {
    type Err = DialectError;

    /// Servers accept the value in any case.
    fn from_str(text: &str) -> Result<Self, DialectError> {
        let found = Self::ALL.into_iter().find(|value| value.name().eq_ignore_ascii_case(text));
        found.map_or_else(
            || error(format!("`{text}` is not a value of acl-pubsub-default: allchannels or resetchannels")),
            Ok,
        )
    }
}
