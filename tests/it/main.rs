//! What the library promises, a module for each of its own.

mod corpus;
