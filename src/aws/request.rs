//! Requests, in AWS's own spelling.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use serde::Deserialize;

use super::quiet;
use crate::secret::{Password, mask};

/// An access string as a request carries it: it should hold no password, but may. `Debug` masks them.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RequestedString(String);

impl<T: Into<String>> From<T> for RequestedString {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Deref for RequestedString {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RequestedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(&self.0), f)
    }
}

/// ElastiCache's CreateUser.
///
/// Reads the JSON of `aws elasticache create-user --cli-input-json` and boto3's keyword arguments. A member
/// that AWS does not know is an error that names it. Members are optional here: what is missing is for
/// [`CreateUser::validate`] to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct CreateUser {
    /// The id, required; stored in lower case.
    #[serde(deserialize_with = "quiet::given")]
    pub user_id: Option<String>,
    /// The name that clients log in with, required.
    #[serde(deserialize_with = "quiet::given")]
    pub user_name: Option<String>,
    /// `redis` or `valkey` in any case, required.
    #[serde(deserialize_with = "quiet::given")]
    pub engine: Option<String>,
    /// At most two.
    #[serde(deserialize_with = "quiet::passwords")]
    pub passwords: Option<Vec<Password<'static>>>,
    /// What the user may do, required.
    #[serde(deserialize_with = "quiet::given")]
    pub access_string: Option<RequestedString>,
    /// Whether no password is needed.
    #[serde(deserialize_with = "quiet::given")]
    pub no_password_required: Option<bool>,
    /// At most 50.
    #[serde(deserialize_with = "quiet::given")]
    pub tags: Option<Vec<Tag>>,
    /// How the user logs in, in newer words than `Passwords` and `NoPasswordRequired`.
    #[serde(deserialize_with = "quiet::mode")]
    pub authentication_mode: Option<AuthenticationMode>,
}

/// ElastiCache's ModifyUser: what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct ModifyUser {
    /// The id, required.
    #[serde(deserialize_with = "quiet::given")]
    pub user_id: Option<String>,
    /// What the user may do from now on.
    #[serde(deserialize_with = "quiet::given")]
    pub access_string: Option<RequestedString>,
    /// Rules to append to those of the user, or to `AccessString`.
    #[serde(deserialize_with = "quiet::given")]
    pub append_access_string: Option<RequestedString>,
    /// All passwords that the user shall have.
    #[serde(deserialize_with = "quiet::passwords")]
    pub passwords: Option<Vec<Password<'static>>>,
    /// Whether no password is needed.
    #[serde(deserialize_with = "quiet::given")]
    pub no_password_required: Option<bool>,
    /// How the user logs in from now on.
    #[serde(deserialize_with = "quiet::mode")]
    pub authentication_mode: Option<AuthenticationMode>,
    /// `redis` or `valkey`.
    #[serde(deserialize_with = "quiet::given")]
    pub engine: Option<String>,
}

/// ElastiCache's DeleteUser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct DeleteUser {
    /// The id, required.
    #[serde(deserialize_with = "quiet::given")]
    pub user_id: Option<String>,
}

impl DeleteUser {
    /// A request to delete this user.
    #[must_use]
    pub fn new(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()) }
    }
}

/// How a user logs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct AuthenticationMode {
    /// `password`, `no-password-required` or `iam`; MemoryDB has the first and the last.
    #[serde(rename = "Type", deserialize_with = "quiet::given")]
    pub kind: Option<String>,
    /// The passwords, for `password`.
    #[serde(deserialize_with = "quiet::passwords")]
    pub passwords: Option<Vec<Password<'static>>>,
}

/// A tag of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct Tag {
    /// Required, though the model does not say so.
    #[serde(deserialize_with = "quiet::given")]
    pub key: Option<String>,
    /// May be missing.
    #[serde(deserialize_with = "quiet::given")]
    pub value: Option<String>,
}

quiet::only_objects!(CreateUser, ModifyUser, DeleteUser, AuthenticationMode, Tag);
