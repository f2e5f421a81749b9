//! Access strings of Redis, Valkey, ElastiCache and MemoryDB: what they say, what they grant, and how each
//! server or service writes them back.
//!
//! An *access string* such as `on ~app::* -@all +@read` says what a user may do. This crate parses it into a
//! tree with positions, applies it to a user exactly as `ACL SETUSER` of any Redis from 6.0 and any Valkey
//! does, and prints the user as that server's `ACL LIST`, or as AWS's answer, would.
//!
//! ```text
//!  on  >secret  ~app::*  %R~shared:*  &news:*  -@all  +@read  -keys  +config|get  +select|0  (~tmp:* +@write)
//!  ╰┬╯ ╰──┬──╯  ╰──┬──╯  ╰────┬────╯  ╰──┬──╯  ╰─┬─╯  ╰─┬─╯  ╰─┬─╯  ╰────┬────╯  ╰───┬───╯  ╰──────┬───────╯
//!   │  password   key     keys to     channel    │   category  │    subcommand   first       selector:
//!   │           pattern  read only    pattern    │    of        command          argument    another set of
//!  may log in                             all commands  commands                             permissions
//! ```
//!
//! ```
//! use redis_acl::{Dialect, Engine, User};
//!
//! // what ElastiCache answers to CreateUser
//! let elasticache: Dialect = "elasticache".parse()?;
//! let user = User::parse(elasticache, "on ~app::* -@all +@read")?;
//! assert!(user.to_string().ends_with("-bitop -geoadd -georadius -georadiusbymember"));
//!
//! // what a server prints
//! let user = User::parse(Engine::Redis7_2, "on ~app::* -@all +@read")?;
//! assert_eq!(user.to_string(), "on sanitize-payload ~app::* resetchannels -@all +@read");
//!
//! // the same meaning, written otherwise
//! assert_eq!(user, User::parse(Engine::Redis7_2, "+@all -@all +@READ ~app::* on")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What follows is a section for each question that people bring; the [`cookbook`] has whole tasks: validate in CI, end
//! a Terraform diff, gate a policy change, check requests in a server, plan an engine upgrade.
//!
//! # Is this string right?
//! [`User::parse`] says all that is wrong with it under one dialect: [`ApplyErrors`]. Each error has a kind, a
//! place, a line of text, help, a drawing ([`ApplyError::report`]) and the server's own words
//! ([`ApplyError::server_message`]). [`AccessString::parse`] looks at the text alone.
//!
//! ```
//! # use redis_acl::{Engine, User};
//! let errors = User::parse(Engine::Redis7_2, "on ~app:* +gte").unwrap_err();
//! assert_eq!(errors.first().report().to_string(), "\
//! error: redis-7.2 has no command `gte`
//!   |
//!   | on ~app:* +gte
//!   |            ^^^
//!   = help: did you mean `get`?
//!   = note: the server says: Error in ACL SETUSER modifier '+gte': Unknown command or category name in ACL");
//! ```
//!
//! # Is this file right?
//! [`AclFile`] reads `users.acl`, the `user` directives of a configuration and what `ACL LIST` printed, as each
//! server does, and says what is wrong where; [`file::save`] writes users back.
//!
//! ```
//! # use redis_acl::{AclFile, Engine};
//! let file = AclFile::parse(b"user alice on >secret ~app:* +@read\nuser  bob on\n", Engine::Redis7_2);
//! let errors = file.users().unwrap_err();
//! assert_eq!(errors.first().to_string(), "line 2: `bob` is not a rule"); // the name is between the two spaces
//! ```
//!
//! # Is it wise?
//! What a server takes can still be wrong. [`lint`](lint::lint()) tells what does nothing, what gives away more than
//! it says, what changes with the next version, what locks a client out; with fixes that are proven never to widen.
//!
//! ```
//! # use redis_acl::{Catalog, Engine, lint};
//! let catalog = Catalog::from(Engine::Redis7_2);
//! let findings = lint::lint("on ~cache:* +get +ttl -@all", &catalog, &lint::Config::new());
//! assert_eq!(findings[0].lint().id(), "wiped-rules");
//! ```
//!
//! # What does it grant?
//! [`User::selectors`] tells what each selector allows; a [`Catalog`] what a category holds
//! ([`Catalog::expand`]) and what a command is. [`explain()`] says it in plain words, and of each rule what it changed
//! where it stands, for a terminal or a pull request.
//!
//! # May this user run that?
//! [`User::check`] answers for one request as the server would: command and subcommand, every key with the
//! permission it needs, channels, databases. It allocates nothing, and a [`User`] can be shared between threads;
//! `examples/proxy.rs` decides with it what goes on to a server. The [`Verdict`] says what allowed it or why not.
//!
//! ```
//! # use redis_acl::{Engine, User};
//! let user = User::parse(Engine::Redis7_2, "on %R~app:* +@all -@dangerous")?;
//! assert!(user.check(&["GET", "app:1"]).is_allowed());
//!
//! let verdict = user.check(&["INCR", "app:1"]);
//! let denied = verdict.denied().unwrap();
//! assert_eq!(denied.to_string(), "no pattern allows reading and writing the key `app:1`");
//! assert_eq!(denied.help().unwrap(), "add `~app:1`, or a pattern that matches more");
//! assert_eq!(verdict.server_message("alice").unwrap(), "NOPERM No permissions to access a key");
//! # Ok::<(), redis_acl::ApplyErrors>(())
//! ```
//!
//! Where the keys of a request are, [`Command::keys`] tells; [`glob`] matches patterns as servers do; and
//! [`Catalog::with_commands`] adds the commands of a server of one's own.
//!
//! # How will it be written back?
//! `Display` of a [`User`] is the canonical form of its dialect; [`User::describe`] prints any [`Form`].
//!
//! # Do these two mean the same?
//! `==` on [`User`]: order and repetition count for nothing. This is what ends perpetual differences between a
//! configuration and what a service answers. Whether they mean the same however they are written, [`compare()`] decides:
//! it is exact for every request there is, and shows one that proves a difference.
//!
//! # Does this change let anybody do more?
//! [`compare()`] again, and [`compare::difference`] for people: what is gained and lost, commands by category.
//!
//! ```
//! # use redis_acl::{Engine, Relation, User, compare};
//! let old = User::parse(Engine::Redis7_2, "on ~app:* +@all -@dangerous")?;
//! let new = User::parse(Engine::Redis7_2, "on ~app:* +@all -@dangerous +info (~tmp:* +@write)")?;
//! let comparison = compare(&old, &new);
//! assert_eq!(comparison.relation(), Relation::Narrower);
//! assert_eq!(comparison.only_second().witness().unwrap().to_string(), "DEL tmp:");
//! # Ok::<(), redis_acl::ApplyErrors>(())
//! ```
//!
//! # Can it be shorter?
//! [`compare::simplify`] finds the shortest string it can that means the same: for the long answer of ElastiCache the
//! `+@read` that was asked for.
//!
//! # What will the next engine make of it?
//! [`compare::upgrade`] reads a string under one engine and tells what it gains and loses under another, and what to
//! write there instead so that nothing is gained.
//!
//! # Does a policy keep what it promises?
//! [`Claims`] are lines kept beside a policy, `deny FLUSHALL`, `never grants @dangerous`, `no wider than "…"`,
//! and run as its tests.
//!
//! # Dialects
//! A [`Dialect`] is an engine, and optionally a service in front of it: `redis-7.2`, `valkey-9.1`,
//! `redis-8.4+json+search`, `elasticache/valkey-8.0`, `memorydb/redis-6.2`. [`Dialect::all`] lists those that are
//! modelled; [`Engine::evidence`] says whether a server was measured or documents were read.
//!
//! # Features
//! - `serde` (default): `Serialize` for trees and errors, and `Deserialize` for dialects, forms and spans; the
//!   shapes are stable and written down in the source of the module.
//! - `std` (default): [`compare()`] keeps what it worked out about a dialect. Without it the library needs `alloc`
//!   alone, and each comparison works that out anew.
//! - `aws`: [`mod@aws`], the requests and answers of ElastiCache and MemoryDB.
//! - `iac`: [`mod@iac`], access strings and users in Terraform, CloudFormation, Kubernetes and JSON files.
//! - `cli`: the command `redis-acl`.
//!
//! # Bounds
//! Texts may come from anybody. To read, apply, print and check rules, and to read files, takes time and memory in
//! proportion to the text, whatever it holds: there is no limit to its length, as there is none on servers, whose
//! requests may have 512 MB and whose lines in files any length. A check takes time in proportion to the patterns and
//! to the key. Other questions are hard by nature. They have a bound, and where it is reached that is said, or less is
//! said; never is more allowed.
//!
//! | what | bound | where it is reached | another bound |
//! |---|---|---|---|
//! | [`compare()`], [`compare::difference`], [`compare::upgrade`], [`Claims::check`] | [`glob::WORK`], ten million steps, for each of the two sides | [`Relation::Undecided`]; for a gate that is a difference | [`compare::compare_within`] and its kin; `--work` |
//! | selectors of the user that another is compared with | [`compare::MAX_SELECTORS`], 128 | the same | |
//! | [`glob::inclusion`] | [`glob::WORK`] | [`Inclusion::Undecided`](glob::Inclusion::Undecided) | [`glob::inclusion_within`] |
//! | stars in a pattern | [`glob::MAX_STARS`], as on servers | it matches nothing | |
//! | [`compare::simplify`] | [`glob::WORK`] for the patterns of a selector, 20,000 pairs of selectors at a time | the string is longer than it need be | |
//! | [`lint`](lint::lint()) | 64 fixes, fewer in strings of more than 176 rules, none in those of more than 1,414; 128 patterns of a selector | a fix is not offered, a pattern that adds nothing not told of | |
//! | files with users in them, [`iac::read`] | what their parsers have: lists and maps 128 deep in JSON and YAML, labels of a block 16 | [`iac::ReadError`] | |
//! | files, by the command | 64 MiB, which may take a hundred times as much memory | `file-too-large`; the exit code is 2 | `--max-file-size` |
//!
//! # Limits
//! - Checks know rules only: not logins, `DEBUG` and `MODULE` switches, or cluster slots. Databases are the
//!   sixteen of a default configuration, and module commands are checked by documented key specs.
//! - Patterns with more than a thousand stars match nothing, as on servers since Redis 7.2.6.
//! - Rules are text: patterns and names that are not UTF-8 cannot be given.
//! - Rules that make some servers crash are refused, and so is what a server would read in a surprising way:
//!   NUL bytes, tabs between rules.
//! - Passwords are hashed when they are applied. No `Debug`, error, report or JSON shows one; only the text of an
//!   [`AccessString`] and the [`Password`] in its tree hold it.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

#[macro_use]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod access;
#[cfg(feature = "aws")]
pub mod aws;
pub mod catalog;
pub mod check;
pub mod claims;
pub mod compare;
mod describe;
mod dialect;
#[cfg(feature = "iac")]
pub mod document;
pub mod explain;
pub mod file;
pub mod glob;
#[cfg(feature = "iac")]
pub mod iac;
pub mod lint;
mod nearest;
pub mod quoting;
mod report;
mod secret;
#[cfg(feature = "serde")]
mod serde;
mod span;
pub mod syntax;
pub mod user;
mod wording;

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

/// The programs in the readme run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use access::{Effect, KeyAccess};
pub use catalog::{
    Catalog, Category, Command, CommandId, CommandSet, FindKeys, KeyFlags, KeyRef, KeySpec, NewCommand,
    NewCommandError, StartSearch,
};
pub use check::{Allowed, Denied, Reason, Verdict};
pub use claims::Claims;
pub use compare::{Comparison, Excess, Relation, Witness, compare};
pub use describe::FormError;
pub use dialect::{
    DefaultChannels, Dialect, DialectError, Dialects, Engine, Evidence, Form, Module, Process, Project,
    Service,
};
pub use explain::{Explanation, explain};
pub use file::{AclFile, BadChannelDefault, FileError, FileErrorKind, FileErrors};
pub use report::{Level, Report};
pub use secret::{NotAPasswordHash, Password, PasswordHash};
pub use span::Span;
pub use syntax::{
    AccessString, ParseError, ParseErrorKind, ParseErrors, Quoting, Rule, RuleKind, SelectorRule,
};
pub use user::{ApplyError, ApplyErrorKind, ApplyErrors, ChannelSource, Selector, User};
