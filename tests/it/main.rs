//! What the library promises, a module for each of its own.

mod aws;
#[cfg(feature = "iac")]
mod candidates;
mod canonical;
mod channels;
mod check;
mod check_properties;
mod claims;
mod clock;
mod compare;
mod compare_exact;
mod corpus;
mod dialects;
mod equality;
mod errors;
mod explain;
mod file;
mod floors;
mod footprint;
mod glob;
#[cfg(feature = "iac")]
mod groups;
mod hostile;
#[cfg(feature = "iac")]
mod iac;
#[cfg(feature = "iac")]
mod iac_scope;
mod keys;
#[path = "../../fuzz/src/lib.rs"]
pub mod laws;
mod lint;
mod properties;
mod replay;
#[cfg(feature = "aws")]
mod request_properties;
#[cfg(feature = "aws")]
mod requests;
mod simplify;
mod syntax;
#[cfg(feature = "iac")]
mod templates;
mod traits;
mod upgrade;
mod wild;
