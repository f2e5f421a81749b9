//! Questions about what users mean: the shortest string that means the same.

mod simplify;

pub use simplify::{simplify, simplify_string};
