//! MemoryDB's CreateUser and UpdateUser: no engine, nothing to append, no users without password.
//!
//! What the texts say is observed for ElastiCache; MemoryDB was seen to give the same one for the length of
//! passwords.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::access_string::{self, Answers};
use super::authentication::{Asked, MEMORYDB_TYPES};
use super::model;
use super::problem::{Found, ProblemKind, Problems};
use super::quiet;
use super::request::{AuthenticationMode, RequestedString, Tag};
use super::response::Authentication;
use super::validate::{check_identifier, check_tags};
use crate::dialect::{Project, Service};

/// MemoryDB's CreateUser.
///
/// ```
/// use redis_acl::aws::memorydb::CreateUser;
/// let request: CreateUser = serde_json::from_str(r#"{
///     "UserName": "reader", "AuthenticationMode": {"Type": "iam"}, "AccessString": "on ~app:* +@read"
/// }"#)?;
/// assert_eq!(request.validate()?.access_string, "on ~app:* resetchannels -@all +@read");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct CreateUser {
    /// The name, which is also the id; required.
    #[serde(deserialize_with = "quiet::given")]
    pub user_name: Option<String>,
    /// How the user logs in; required.
    #[serde(deserialize_with = "quiet::mode")]
    pub authentication_mode: Option<AuthenticationMode>,
    /// What the user may do; required.
    #[serde(deserialize_with = "quiet::given")]
    pub access_string: Option<RequestedString>,
    /// At most 200.
    #[serde(deserialize_with = "quiet::given")]
    pub tags: Option<Vec<Tag>>,
}

/// MemoryDB's UpdateUser: what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default, remote = "Self")]
pub struct UpdateUser {
    /// The name, required.
    #[serde(deserialize_with = "quiet::given")]
    pub user_name: Option<String>,
    /// How the user logs in from now on.
    #[serde(deserialize_with = "quiet::mode")]
    pub authentication_mode: Option<AuthenticationMode>,
    /// What the user may do from now on.
    #[serde(deserialize_with = "quiet::given")]
    pub access_string: Option<RequestedString>,
}

quiet::only_objects!(CreateUser, UpdateUser);

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// As given.
    pub user_name: String,
    /// The canonical form that MemoryDB answers.
    pub access_string: String,
    /// The oldest engine version that can express it.
    pub minimum_engine_version: String,
    /// How the user will log in.
    pub authentication: Authentication,
}

/// What an update comes to: what it says nothing of is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updated {
    /// The canonical form that MemoryDB answers.
    pub access_string: Option<String>,
    /// How the user will log in.
    pub authentication: Option<Authentication>,
}

impl CreateUser {
    /// All that MemoryDB would refuse, or what the request comes to.
    ///
    /// # Errors
    /// Every problem, the one that is reported first.
    pub fn validate(&self) -> Result<Accepted, Problems> {
        let mut found = Found::on(Service::MemoryDb);
        model::identifier(&mut found, "UserName", self.user_name.as_deref());
        if self.authentication_mode.is_none() {
            found.add(ProblemKind::Missing, "AuthenticationMode");
        }
        model::required(&mut found, "AccessString", self.access_string.as_deref());
        check_identifier(&mut found, "UserName", self.user_name.as_deref().unwrap_or_default());
        let authentication =
            self.authentication_mode.as_ref().and_then(|mode| authentication(&mut found, mode));
        check_tags(&mut found, self.tags.as_deref().unwrap_or_default(), 200);
        let settled = self.access_string.as_deref().and_then(|text| access_string(&mut found, text));
        let complete = authentication.zip(settled);
        found.into_result(()).map(|()| {
            let (authentication, settled) = complete.expect("what is missing is a problem");
            Accepted {
                user_name: self.user_name.clone().unwrap_or_default(),
                access_string: settled.canonical,
                minimum_engine_version: settled.minimum_engine_version.to_owned(),
                authentication,
            }
        })
    }
}

impl UpdateUser {
    /// All that MemoryDB would refuse, or what the request comes to.
    ///
    /// # Errors
    /// Every problem, the one that is reported first.
    pub fn validate(&self) -> Result<Updated, Problems> {
        let mut found = Found::on(Service::MemoryDb);
        model::identifier(&mut found, "UserName", self.user_name.as_deref());
        let authentication =
            self.authentication_mode.as_ref().and_then(|mode| authentication(&mut found, mode));
        let settled = self.access_string.as_deref().and_then(|text| access_string(&mut found, text));
        found.into_result(Updated { access_string: settled.map(|settled| settled.canonical), authentication })
    }
}

fn authentication(found: &mut Found, mode: &AuthenticationMode) -> Option<Authentication> {
    let asked =
        Asked { passwords: None, no_password_required: None, mode: Some(mode), types: MEMORYDB_TYPES };
    asked.check_model(found);
    asked.check(found).map(|login| Authentication::new(login.kind, login.passwords))
}

/// MemoryDB's users are not bound to an engine: the oldest that can express the string is Redis 6.2.
fn access_string(found: &mut Found, text: &str) -> Option<access_string::Settled> {
    model::access_string(found, "AccessString", text);
    match access_string::settle(Service::MemoryDb, Project::Redis, Answers::default(), text) {
        Ok(settled) => Some(settled),
        Err(errors) => {
            found.add_refusals(&errors, "AccessString");
            None
        }
    }
}
