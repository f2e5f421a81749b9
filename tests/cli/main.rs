//! The command as a user meets it: what it prints, where, and with which exit code. A module for each kind of commands.

mod candidates;
mod compare;
mod diff_files;
mod explain;
mod files;
mod fmt;
mod gates;
mod lint;
mod ran;
mod shells;
mod strings;
mod terraform;
mod users;
mod workflows;
