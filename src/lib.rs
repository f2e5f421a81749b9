//! crate
mod access;
pub mod catalog;
mod dialect;
mod span;
pub use access::{Effect, KeyAccess};
pub use catalog::{Catalog, Category, Command, CommandId, CommandSet};
pub use dialect::{Dialect, DialectError, Engine, Evidence, Form, Module, Project, Service};
pub use span::Span;
