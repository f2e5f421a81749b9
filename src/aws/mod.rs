//! CreateUser and ModifyUser of ElastiCache, CreateUser and UpdateUser of MemoryDB, offline: what AWS would
//! refuse, in its own words, and what it would answer.
//!
//! A request is the JSON that the AWS CLI and the SDKs take. `validate` says all that is wrong with it, the
//! first being what AWS reports; an [`Account`] knows the users there are and answers as the service does.
//!
//! ```
//! use redis_acl::aws::{Account, CreateUser};
//!
//! let request: CreateUser = serde_json::from_str(r#"{
//!     "UserId": "user1", "UserName": "myUser", "Engine": "redis",
//!     "Passwords": ["mYnuUzrpAxXw2rdzx"], "AccessString": "on ~app::* -@all +@read"
//! }"#)?;
//! let mut account = Account::default();
//! let user = account.create_user(&request)?;
//! assert!(user.access_string.ends_with("-geoadd -georadius -georadiusbymember"));
//! assert_eq!(user.authentication.password_count, Some(1));
//!
//! let short: CreateUser = serde_json::from_str(r#"{
//!     "UserId": "user2", "UserName": "user2", "Engine": "valkey",
//!     "Passwords": ["short"], "AccessString": "on ~* +@all"
//! }"#)?;
//! let problems = short.validate().unwrap_err();
//! assert_eq!(problems.first().to_string(), "Passwords length must be between 16-128 characters.");
//! assert_eq!(problems.first().member(), "Passwords[0]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How sure is it?
//! Each [`Problem`] says how its text and its rule are known: [`Certainty`]. Where AWS's text is not known, the
//! words are ours. What is not known to be refused is accepted only if nothing documented speaks against it.
//!
//! Passwords are counted and checked, and never kept: no state, answer, error or `Debug` holds one.

mod access_string;
mod account;
mod authentication;
mod cloudformation;
mod groups;
pub mod memorydb;
mod model;
mod problem;
mod quiet;
mod request;
mod response;
mod validate;

pub use access_string::Answers;
pub use account::{Account, Place};
pub use authentication::AuthenticationType;
pub use cloudformation::SchemaRule;
pub use groups::{GroupMember, UserGroup};
pub use problem::{Certainty, Fault, FaultCode, Operation, Problem, ProblemKind, Problems};
pub use request::{AuthenticationMode, CreateUser, DeleteUser, ModifyUser, RequestedString, Tag};
pub use response::{Authentication, Status, User};
pub use validate::Accepted;
