//! What is found in a file, and where.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::ops::Range;

use sha2::{Digest as _, Sha256};

use super::candidates::Candidates;
use super::groups::UserGroup;
use super::literal::Literal;
use super::request::Request;
use super::resolved::Resolved;
use super::source::Position;
use crate::report::visible;

/// Something in a file that says what users may do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Finding<'a> {
    /// An access string.
    AccessString(AccessStringAt<'a>),
    /// A user as AWS is asked for it. The access string of it is a finding of its own as well.
    Request(Request<'a>),
    /// An access string that is made of several texts, or is known only in part.
    Composed(Composed<'a>),
    /// The text of an ACL file, or of a server configuration with users in it.
    AclText(AclText<'a>),
    /// A user group of ElastiCache.
    UserGroup(UserGroup),
    /// What would be one of these, were it known.
    NotLiteral(NotLiteral),
}

/// An access string in a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessStringAt<'a> {
    /// What it belongs to.
    pub place: Place,
    /// The engines that may read it: see [the module](super#dialects). Where it is used in several places, those of
    /// all of them.
    pub candidates: Candidates,
    /// The string.
    pub text: Literal<'a>,
    /// Whether it is a part of other strings as well, which would change with it.
    pub is_part: bool,
    /// Whether it is an argument of a module that is not in the scope, which can make it a part of another string.
    pub is_handed_on: bool,
    /// Whether it is the whole access string of a user, and not only found by its name.
    pub is_of_user: bool,
}

/// An access string that is not one literal: it is checked, and never rewritten. It is found once for each text that it
/// can be, at the expression that makes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Composed<'a> {
    /// What it belongs to.
    pub place: Place,
    /// The engines that may read it.
    pub candidates: Candidates,
    /// What is known of it.
    pub text: Resolved<'a>,
    /// Whether it is the whole access string of a user, and not only found by its name.
    pub is_of_user: bool,
    /// The bytes of the expression.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
}

/// Lines `user NAME rules…` in a file of another format.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AclText<'a> {
    /// What it belongs to.
    pub place: Place,
    /// What kind of lines these are.
    pub kind: AclTextKind,
    /// The lines.
    pub text: Literal<'a>,
}

/// What reads a text with users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AclTextKind {
    /// An ACL file: nothing but users.
    AclFile,
    /// A server configuration, which has other directives too.
    Configuration,
}

/// A value that cannot be checked, as it is not known before a tool has worked it out. It is found once, where
/// it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotLiteral {
    /// What it belongs to.
    pub place: Place,
    /// Why it is not known.
    pub why: Why,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
}

/// What a finding belongs to, in the words of its file: `aws_elasticache_user`, `app`, `access_string`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The type of the resource, `module`, the kind of a manifest, or the operation of a request.
    pub resource: String,
    /// Its name in the file, of a very long one the beginning and a digest; empty if it has none.
    pub name: String,
    /// The attribute, with a path to it where it is nested: `users[0].access_string`; of a very long one the
    /// beginning and a digest.
    pub attribute: String,
    /// A digest of the source and version of the module to which it is given, if that module is not read.
    pub(crate) source: String,
}

/// So many characters of a name or a path are told: a thousand findings may be below one key of a megabyte.
const LONGEST: usize = 200;

/// A name as places tell it. Behind the beginning of a very long one stands a digest, since places tell users apart.
pub(super) fn told(name: &str) -> String {
    let Some((end, _)) = name.char_indices().nth(LONGEST) else { return name.to_owned() };
    let digest = Sha256::digest(name).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{}…{digest:016x}", &name[..end])
}

/// The path to what a key holds.
pub(super) fn path_to(path: &str, key: &str) -> String {
    match path {
        "" => told(key),
        path => told(&format!("{path}.{}", told(key))),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.resource, &self.name, &self.attribute];
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        f.write_str(&visible(parts.next().map_or("", |part| part)))?;
        parts.try_for_each(|part| write!(f, " {}", visible(part)))
    }
}

/// Why a value is not known. `Display` says it in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// Something in it is filled in: `"on ~${var.app}:*"`.
    #[error("part of it is filled in later")]
    Interpolation,
    /// It is the value of something else: `var.rules`, `!Ref Rules`.
    #[error("it refers to another value")]
    Reference,
    /// It is what a function gives: `join(…)`, `Fn::Join`.
    #[error("it is computed by the function `{}`", visible(.name))]
    Function {
        /// Its name.
        name: String,
    },
    /// It is worked out: a condition, an operation, a `for`, a `dynamic` block.
    #[error("it is computed by an expression")]
    Expression,
    /// A YAML alias, `*name`.
    #[error("it is an alias of another value")]
    Alias,
    /// It holds `{{`, which Helm, other template engines or CloudFormation's dynamic references fill in; or the
    /// whole file is such a template.
    #[error("a template engine fills in the `{{{{` in it")]
    Template,
    /// A plan says that it is known only after apply.
    #[error("it is known only after apply")]
    AfterApply,
    /// A plan marks it as sensitive and does not show it.
    #[error("the plan hides it")]
    Hidden,
    /// A module that is not read makes users of it.
    #[error("a module that is not read computes users from it")]
    Module,
    /// The data of a Kubernetes secret.
    #[error("it is encoded in base64")]
    Base64,
    /// A list, a number, or a word that YAML takes for a truth value unless it is quoted, such as `off`.
    #[error("it is not a string; quote it to make it one")]
    NotText,
    /// Evaluating it would take too many steps.
    #[error("it takes too many steps to compute")]
    TooMuch,
    /// A notation whose bytes cannot be followed.
    #[error("its position in the file is ambiguous")]
    Unclear,
}

impl Finding<'_> {
    /// What it belongs to.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::AccessString(found) => &found.place,
            Self::Request(request) => request.place(),
            Self::Composed(found) => &found.place,
            Self::AclText(text) => &text.place,
            Self::UserGroup(group) => &group.place,
            Self::NotLiteral(value) => &value.place,
        }
    }

    /// Its bytes in the file. Those of a request hold those of its members.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::AccessString(found) => found.text.whole(),
            Self::Request(request) => request.range(),
            Self::Composed(found) => found.range.clone(),
            Self::AclText(text) => text.text.whole(),
            Self::UserGroup(group) => group.range.clone(),
            Self::NotLiteral(value) => value.range.clone(),
        }
    }
}
