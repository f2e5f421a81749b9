//! Access strings and users in the files that people deploy: Terraform and OpenTofu, CloudFormation and CDK,
//! requests of the AWS CLI, Kubernetes manifests and Helm values.
//!
//! [`read`] finds them. Each text that stands in the file as it is comes with the place of every byte of it,
//! through quotes, escapes, heredocs and blocks, and can be replaced so that nothing else in the file changes.
//!
//! ```
//! use redis_acl::User;
//! use redis_acl::iac::{self, Finding, Format};
//!
//! let file = r#"
//! resource "aws_elasticache_user" "reader" {
//!   user_id       = "reader"
//!   user_name     = "reader"
//!   engine        = "redis"
//!   passwords     = ["too short"]
//!   access_string = "on ~app::* -@all +@raed"
//! }
//! "#;
//! let document = iac::read(Format::Terraform, file.as_bytes())?;
//!
//! // an access string, what reads it, and where its errors are
//! let string = document.access_strings().next().unwrap();
//! assert_eq!(string.place.to_string(), "aws_elasticache_user reader access_string");
//! let errors = User::parse(string.dialect.unwrap(), string.text.value()).unwrap_err();
//! assert_eq!(string.text.position(errors.first().span()).to_string(), "7:39");
//!
//! // what AWS would say to the request
//! let Finding::Request(request) = &document.findings()[0] else { panic!("a request") };
//! let problems: Vec<_> = request.problems().iter().map(|at| format!("{} {}", at.position, at.problem)).collect();
//! assert_eq!(problems[0], "6:20 Passwords length must be between 16-128 characters.");
//! # Ok::<(), iac::ReadError>(())
//! ```
//!
//! # What is found
//! | in | is found |
//! |---|---|
//! | Terraform and OpenTofu, HCL or JSON | the users `aws_elasticache_user` and `aws_memorydb_user`; each `access_string` in calls of modules, locals, defaults of variables and `.tfvars`; values of keys that end in `.acl` |
//! | the same, and CloudFormation | user groups of ElastiCache: `aws_elasticache_user_group`, `AWS::ElastiCache::UserGroup` |
//! | `terraform show -json`, state files | the users that are planned or there; requests only for users to be created |
//! | CloudFormation, CDK: JSON and YAML | `AWS::ElastiCache::User` and `AWS::MemoryDB::User` |
//! | the AWS CLI's JSON and YAML | CreateUser and ModifyUser, MemoryDB's CreateUser and UpdateUser |
//! | other JSON and YAML | texts under keys that end in `.acl`, texts of nothing but `user` lines, and configurations (`.conf`) with some |
//!
//! A value that is not literal is found as [`NotLiteral`], with the reason. Members of requests that are not
//! literal are not findings of their own, but for access strings: they are [`Given::Unknown`], and no problem is
//! told that depends on them.
//!
//! A file in which none of the names stands is not parsed at all, and so refused only if it is not text. A YAML
//! file that cannot be parsed and holds `{{` is a template: that is a finding, and no error.
//!
//! # Dialects
//! `engine` and `engine_version`, where given, name the dialect of an access string: `elasticache/redis-7.1`. A
//! version that is not modelled is read as none. Without a version `redis` is `elasticache` and `valkey` is
//! `elasticache/valkey-7.2`, MemoryDB is `memorydb`: the oldest that each service has, as a user is not bound to
//! a version and may meet it.
//!
//! # The parsers
//! `hcl-edit` reads HCL and `granit-parser` YAML: both tell the bytes of each value and limit nesting. JSON is
//! read by `serde_json` through its `RawValue`, which is a stretch of the file. A second reading, here, finds the
//! place of every byte, and must come to the same value.

mod acl_text;
mod cloudformation;
mod finding;
mod groups;
mod hcl;
mod intrinsic;
mod json;
mod literal;
mod plan;
mod quoting;
mod request;
mod request_file;
mod search;
mod source;
mod terraform;
mod tree;
mod yaml;

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::path::Path;

pub use finding::{AccessStringAt, AclText, AclTextKind, Finding, NotLiteral, Place, Why};
pub use groups::UserGroup;
pub use literal::{Edit, Literal};
pub use request::{Given, Member, Request, RequestKind, RequestProblem};
pub use source::Position;

use literal::Written;
use search::Search;
use source::Source;
use tree::Node;

/// The format of a file, by which it is parsed. What is in it shows by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Terraform's and OpenTofu's own language: `.tf`, `.tofu`, `.tfvars`.
    Terraform,
    /// The same in JSON, where texts are templates: `.tf.json`, `.tofu.json`.
    TerraformJson,
    /// `.json`, `.tfstate`.
    Json,
    /// `.yaml`, `.yml`.
    Yaml,
}

impl Format {
    /// The format that the name of a file tells. `.template` tells none: see [`Format::detect`].
    ///
    /// ```
    /// use redis_acl::iac::Format;
    /// assert_eq!(Format::of_path("users.tf".as_ref()), Some(Format::Terraform));
    /// assert_eq!(Format::of_path("users.tf.json".as_ref()), Some(Format::TerraformJson));
    /// assert_eq!(Format::of_path("cdk.out/Users.template.json".as_ref()), Some(Format::Json));
    /// assert_eq!(Format::of_path("README.md".as_ref()), None);
    /// ```
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let (stem, ending) = name.rsplit_once('.')?;
        match ending {
            "tf" | "tofu" | "tfvars" => Some(Self::Terraform),
            "json" if stem.ends_with(".tf") || stem.ends_with(".tofu") => Some(Self::TerraformJson),
            "json" | "tfstate" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// The format that the name tells, or the content where it is a `.template` of CloudFormation.
    #[must_use]
    pub fn detect(path: &Path, bytes: &[u8]) -> Option<Self> {
        let is_template = || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("template"));
        Self::of_path(path).or_else(|| is_template().then(|| Self::of_template(bytes)))
    }

    fn of_template(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match bytes.trim_ascii_start().first() {
            Some(b'{') => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// A file that is not of its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    position: Position,
    message: String,
}

impl ReadError {
    fn new(position: Position, message: impl fmt::Display) -> Self {
        Self { position, message: crate::report::visible(&message.to_string()).into_owned() }
    }

    /// Where the parser stopped.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong, as `Display` says it. It repeats nothing of the file.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// What was found in a file. `Debug` masks passwords.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    format: Format,
    bytes: &'a [u8],
    findings: Vec<Finding<'a>>,
}

/// Finds the access strings and users in a file.
///
/// # Errors
/// When the file is not text in UTF-8, or not of the format.
pub fn read(format: Format, bytes: &[u8]) -> Result<Document<'_>, ReadError> {
    let source = Source::of(bytes)?;
    if !may_hold_users(source.text) {
        return Ok(Document { format, bytes, findings: Vec::new() });
    }
    let source = Arc::new(source);
    let findings = match format {
        Format::Terraform => search(&source, &hcl::read(&source)?, terraform::find),
        Format::TerraformJson => search(&source, &json::read_terraform(&source)?, terraform::find),
        Format::Json => search(&source, &json::read(&source)?, find_by_content),
        Format::Yaml => {
            let (documents, template) = yaml::read(&source)?;
            let mut search = Search::new(source.clone());
            search.findings.extend(template.map(Finding::NotLiteral));
            documents.iter().for_each(|root| find_by_content(&mut search, root));
            search.into_findings()
        }
    };
    Ok(Document { format, bytes, findings })
}

fn search<'a>(
    source: &Arc<Source<'a>>,
    root: &Node<'a>,
    find: fn(&mut Search<'a>, &Node<'a>),
) -> Vec<Finding<'a>> {
    let mut search = Search::new(source.clone());
    find(&mut search, root);
    search.into_findings()
}

fn find_by_content<'a>(search: &mut Search<'a>, root: &Node<'a>) {
    if plan::is_one(root) {
        search.written = Written::ByTools;
        return plan::find(search, root);
    }
    cloudformation::find(search, root);
    request_file::find(search, root);
    acl_text::find(search, root);
}

/// Whether any of the names stands in the text by which something could be found. They may be written with
/// escapes.
fn may_hold_users(text: &str) -> bool {
    const NAMES: [&str; 13] = [
        "access_string",
        "AccessString",
        "aws_elasticache_user",
        "aws_memorydb_user",
        "AWS::ElastiCache::User",
        "AWS::MemoryDB::User",
        "AuthenticationMode",
        "NoPasswordRequired",
        "Passwords",
        ".acl",
        "\\u",
        "\\U",
        "\\x",
    ];
    NAMES.iter().any(|name| text.contains(name)) || acl_text::may_hold_lines(text)
}

impl<'a> Document<'a> {
    /// All that was found, in the order of the file; a request before its members.
    #[must_use]
    pub fn findings(&self) -> &[Finding<'a>] {
        &self.findings
    }

    /// The access strings among it.
    pub fn access_strings(&self) -> impl Iterator<Item = &AccessStringAt<'a>> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::AccessString(found) => Some(found),
            _ => None,
        })
    }

    /// The requests among it.
    pub fn requests(&self) -> impl Iterator<Item = &Request<'a>> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::Request(request) => Some(request),
            _ => None,
        })
    }

    /// The texts of ACL files and configurations among it.
    pub fn acl_texts(&self) -> impl Iterator<Item = &AclText<'a>> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::AclText(text) => Some(text),
            _ => None,
        })
    }

    /// The user groups among it.
    pub fn user_groups(&self) -> impl Iterator<Item = &UserGroup> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::UserGroup(group) => Some(group),
            _ => None,
        })
    }

    /// What cannot be checked.
    pub fn not_literal(&self) -> impl Iterator<Item = &NotLiteral> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::NotLiteral(value) => Some(value),
            _ => None,
        })
    }

    /// The file with the edits made, one for each text that shall change: see [`Literal::replace`].
    ///
    /// The result is read again, and must hold the same findings at the same places with the texts that the
    /// edits wrote: `None` otherwise, and where edits overlap or lie outside the file.
    #[must_use]
    pub fn apply(&self, edits: &[Edit]) -> Option<Vec<u8>> {
        let mut edits: Vec<_> = edits.iter().collect();
        edits.sort_by_key(|edit| edit.range.start);
        let mut written = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        for edit in &edits {
            written.extend_from_slice(self.bytes.get(at..edit.range.start)?);
            written.extend_from_slice(edit.text.as_bytes());
            at = edit.range.end;
        }
        written.extend_from_slice(self.bytes.get(at..)?);
        let again = read(self.format, &written).ok()?;
        let edits = Edits::of(&edits);
        let alike = self.findings.len() == again.findings.len()
            && self.findings.iter().zip(&again.findings).all(|(old, new)| edits.make(old, new));
        alike.then_some(written)
    }
}

/// Edits in the order of the file, and by how much each of them and those before it move what follows.
struct Edits<'e> {
    edits: &'e [&'e Edit],
    moves: Vec<i128>,
}

impl<'e> Edits<'e> {
    fn of(edits: &'e [&'e Edit]) -> Self {
        let mut moved = 0;
        let moves = edits.iter().map(|edit| {
            moved += edit.text.len() as i128 - edit.range.len() as i128;
            moved
        });
        Self { edits, moves: moves.collect() }
    }

    /// Whether the new finding is the old one but for what the edits changed.
    fn make(&self, old: &Finding<'_>, new: &Finding<'_>) -> bool {
        let start = old.range().start;
        let before = self.edits.partition_point(|edit| edit.range.end <= start);
        let moved = before.checked_sub(1).map_or(0, |last| self.moves[last]);
        let edit = self.edits.get(before).filter(|edit| edit.range == old.range());
        let text = |old: &Literal<'_>, new: &Literal<'_>| {
            new.value() == edit.map_or(old.value(), |edit| edit.value.as_str())
        };
        let same_text = match (old, new) {
            (Finding::AccessString(old), Finding::AccessString(new)) => text(&old.text, &new.text),
            (Finding::AclText(old), Finding::AclText(new)) => text(&old.text, &new.text),
            (Finding::Request(_), Finding::Request(_))
            | (Finding::UserGroup(_), Finding::UserGroup(_))
            | (Finding::NotLiteral(_), Finding::NotLiteral(_)) => true,
            _ => false,
        };
        // kind and name of a manifest may themselves be what was edited
        let same_place = old.place().attribute == new.place().attribute;
        same_text && same_place && new.range().start as i128 == start as i128 + moved
    }
}
