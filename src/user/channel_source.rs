//! What decides which channels a selector allows.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::dialect::{Dialect, Service};

/// What decides which channels a selector allows: [`Selector::channel_source`](super::Selector::channel_source).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ChannelSource {
    /// The rules: `&news:*`, `allchannels`, `resetchannels`.
    #[default]
    Rules,
    /// The setting `acl-pubsub-default`: no rule names channels.
    Default,
    /// The `resetchannels` that ElastiCache adds to a string which needs syntax newer than Redis 6.0.
    ReadBack,
    /// The engine has no channel rules, and every channel is open to every user.
    Engine,
}

impl ChannelSource {
    /// What decides, in words that follow "all channels" or "no channels"; `None` where it is the rules.
    pub(crate) fn reason(self, dialect: Dialect) -> Option<String> {
        Some(match (self, dialect.service()) {
            (Self::Rules, _) => return None,
            (Self::Default, _) if dialect.sets_default_channels() => {
                "as acl-pubsub-default is set".to_owned()
            }
            (Self::Default, Some(Service::ElastiCache)) => {
                "the default of acl-pubsub-default on ElastiCache, which can be changed".to_owned()
            }
            (Self::Default, Some(Service::MemoryDb)) => "as MemoryDB reads back `resetchannels`".to_owned(),
            (Self::Default, None) => {
                format!("the default of acl-pubsub-default on {}, which can be changed", dialect.engine())
            }
            (Self::ReadBack, _) => {
                "as ElastiCache reads back `resetchannels` where a string needs syntax newer than Redis 6.0"
                    .to_owned()
            }
            (Self::Engine, _) => format!("since {dialect} has no channel rules"),
        })
    }
}
