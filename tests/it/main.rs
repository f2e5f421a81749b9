//! What the library promises, a module for each of its own.

mod aws;
mod canonical;
mod corpus;
mod equality;
