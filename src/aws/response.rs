//! Answers, in AWS's own spelling.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::authentication::AuthenticationType;

/// A user as ElastiCache's operations answer it, and as `describe-users` lists it.
///
/// Members that this crate does not know are kept, and written back as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct User {
    /// In lower case.
    pub user_id: String,
    /// The name that clients log in with; need not be unique.
    #[serde(default)]
    pub user_name: String,
    /// Whether the user can be changed.
    pub status: Status,
    /// `redis` or `valkey`.
    #[serde(default)]
    pub engine: String,
    /// The oldest engine version that the user can be used with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_engine_version: Option<String>,
    /// The canonical form.
    #[serde(default)]
    pub access_string: String,
    /// The groups the user is in. Groups are not modelled beyond this.
    #[serde(default)]
    pub user_group_ids: Vec<String>,
    /// How the user logs in.
    pub authentication: Authentication,
    /// The resource name.
    #[serde(rename = "ARN", default)]
    pub arn: String,
    /// Whatever else the service says.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// How a user logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Authentication {
    /// `password`, `no-password` or `iam`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// 1 or 2; absent where there are no passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_count: Option<u32>,
}

impl Authentication {
    pub(super) fn new(kind: AuthenticationType, passwords: usize) -> Self {
        let counted = kind == AuthenticationType::Password;
        Self { kind: kind.in_answers().to_owned(), password_count: counted.then_some(passwords as u32) }
    }
}

/// Whether a user can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// It can.
    Active,
    /// A change is under way.
    Modifying,
    /// It is being deleted.
    Deleting,
    /// Any other word of the service's.
    #[serde(untagged)]
    Other(String),
}

impl core::fmt::Display for Status {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Modifying => "modifying",
            Self::Deleting => "deleting",
            Self::Other(word) => word,
        })
    }
}
