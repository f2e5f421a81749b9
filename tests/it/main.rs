//! What the library promises, a module for each of its own.

mod aws;
mod canonical;
mod check;
mod check_properties;
mod compare;
mod compare_exact;
mod corpus;
mod dialects;
mod equality;
mod errors;
mod explain;
mod floors;
mod glob;
mod keys;
#[path = "../../fuzz/src/lib.rs"]
pub mod laws;
mod properties;
#[cfg(feature = "aws")]
mod request_properties;
#[cfg(feature = "aws")]
mod requests;
mod syntax;
mod wild;
