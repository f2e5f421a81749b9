//! crate
mod access;
pub mod catalog;
mod describe;
mod dialect;
mod nearest;
mod report;
mod secret;
mod span;
pub mod syntax;
pub mod user;
pub use access::{Effect, KeyAccess};
pub use catalog::{Catalog, Category, Command, CommandId, CommandSet};
pub use describe::FormError;
pub use dialect::{Dialect, DialectError, Engine, Evidence, Form, Module, Project, Service};
pub use report::Report;
pub use secret::{Password, PasswordHash};
pub use span::Span;
pub use syntax::{
    AccessString, ParseError, ParseErrorKind, ParseErrors, Quoting, Rule, RuleKind, SelectorRule,
};
pub use user::{ApplyError, ApplyErrorKind, ApplyErrors, Selector, User};
