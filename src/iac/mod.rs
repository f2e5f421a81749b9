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
//! let errors = User::parse(string.candidates.dialects.oldest(), string.text.value()).unwrap_err();
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
//! | Terraform and OpenTofu, HCL or JSON | the users `aws_elasticache_user` and `aws_memorydb_user`, one for each copy that `for_each`, `count` or a module call makes; each string that one of them uses, where it is written; strings in module calls, locals, defaults of variables and `.tfvars` that are named `access_string` or look like one; values of keys that end in `.acl` |
//! | the same, and CloudFormation | user groups of ElastiCache: `aws_elasticache_user_group`, `AWS::ElastiCache::UserGroup` |
//! | `terraform show -json`, state files | the users that are planned or there; requests only for users to be created; [`Document::plan`] has the users before and after the changes |
//! | CloudFormation, CDK: JSON and YAML | `AWS::ElastiCache::User` and `AWS::MemoryDB::User` |
//! | the AWS CLI's JSON and YAML | CreateUser and ModifyUser, MemoryDB's CreateUser and UpdateUser |
//! | other JSON and YAML | texts under keys that end in `.acl`, texts of nothing but `user` lines, and configurations (`.conf`) with some |
//!
//! A file in which none of the names stands is not parsed at all, and so refused only if it is not text. A YAML
//! file that cannot be parsed and holds `{{` is a template: that is a finding, and no error.
//!
//! # Computed values
//! Expressions are evaluated as far as the files of a [`Scope`] state their values. The result is partial: a text is a
//! sequence of parts, each known or unknown ([`Resolved`]).
//!
//! | evaluated | |
//! |---|---|
//! | references | `local.x`, `var.x` with a value in `terraform.tfvars`, `*.auto.tfvars` or a default, arguments of modules with a local source and outputs of those called once, `each.key`, `each.value`, `count.index`, attributes and indices |
//! | expressions | templates and heredocs with `${}`, `%{ if }` in quoted templates, `for`, `==`, `!=`, `&&`, `\|\|`, `!`, splats, objects and lists |
//! | conditions | both branches, where the condition is not known or depends on a variable of the root module, which anybody can override; likewise each entry of a collection that such a variable selects from |
//! | `count`, `for_each` | the copies; a user without copies is [absent](Request::is_absent) |
//! | functions | `join`, `concat`, `format`, `formatlist`, `merge`, `flatten`, `lookup`, `element`, `keys`, `values`, `compact`, `distinct`, `sort`, `split`, `replace` of a literal text, `trimspace`, `chomp`, `trimprefix`, `trimsuffix`, `lower`, `upper`, `coalesce`, `try`, `tostring`, `toset`, `tolist`, `tomap`, `sensitive`, `nonsensitive` |
//! | CloudFormation | `Fn::Join`, `Fn::Sub`, `Fn::If` (both branches). Parameters are unknown: a deployment sets them |
//!
//! Everything else is unknown: other directives (`%{ for }`, `~`), data sources, attributes of resources, other functions. A
//! variable without a value is unknown; a `.tfvars` file that Terraform does not load by itself gives another possible
//! value, also one in a folder without configuration (`env/prod.tfvars`), for the modules above it that declare the
//! variable, or else for every root module that does. Work is bounded: past 20,000 steps for a string, a text of 64 KiB, a nesting of 96 or 32 possible values, a
//! value is unknown.
//!
//! A string that is one literal is an [`AccessStringAt`], at the literal, however many users refer to it. A string that
//! is made of several texts, or is known in part, is [`Composed`]: it is checked and never rewritten. A string of
//! which no rule is certain is [`NotLiteral`], with the reason. Members of requests that are not known are
//! [`Given::Unknown`], and no problem is reported that depends on them.
//!
//! # Dialects
//! A file rarely states which engine reads a string. [`Candidates`] are the dialects that may, narrowed by what is
//! stated: the kind of the resource, `engine`, `engine_version` of the user, of the map around the string or of the
//! module call, the source of the module, and, for a string that no user refers to, the only kind of user in the folder.
//!
//! | stated | candidates |
//! |---|---|
//! | ElastiCache, `engine = "redis"` in either case | `elasticache/any`: AWS lets users of engine Redis work on clusters of Valkey |
//! | ElastiCache, `engine = "valkey"` | `elasticache/valkey` |
//! | ElastiCache, no engine or one that is not known | `elasticache/any` |
//! | MemoryDB | `memorydb/any` |
//! | a version as well | the dialects of that version among them; all of them if it is not modelled |
//! | nothing | `elasticache/any,memorydb/any` |
//!
//! A string that several users refer to has the candidates of all of them.
//!
//! # The parsers
//! `hcl-edit` reads HCL and `granit-parser` YAML: both tell the bytes of each value and limit nesting. JSON is
//! read by `serde_json` through its `RawValue`, which is a stretch of the file. A second reading, here, finds the
//! place of every byte, and must come to the same value.

mod acl_text;
mod candidates;
mod choices;
mod cloudformation;
mod conditions;
mod eval;
mod finding;
mod functions;
mod groups;
mod hcl;
mod intrinsic;
mod json;
mod literal;
mod module;
mod plan;
mod quoting;
mod request;
mod request_file;
mod resolved;
mod scope;
mod search;
mod source;
mod terraform;
mod tree;
mod value;
mod yaml;

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::path::Path;

pub use candidates::{Candidates, Stated};
pub(crate) use conditions::Conditions;
pub use finding::{AccessStringAt, AclText, AclTextKind, Composed, Finding, NotLiteral, Place, Why};
pub use groups::UserGroup;
pub use literal::{Edit, Literal};
pub use module::simple_path;
pub use plan::Plan;
pub use request::{Given, Member, Request, RequestKind, RequestProblem};
pub use resolved::{Location, Resolved};
pub use scope::{Scope, local_modules};
pub use source::Position;

use scope::ScopeFile;

/// The format of a file, by which it is parsed. What is in it shows by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Terraform's and OpenTofu's own language: `.tf`, `.tofu`, `.tfvars`.
    Terraform,
    /// The same in JSON, where texts are templates: `.tf.json`, `.tofu.json`; and `.tfvars.json`, where they are not.
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
            "json" if [".tf", ".tofu", ".tfvars"].iter().any(|ending| stem.ends_with(ending)) => {
                Some(Self::TerraformJson)
            }
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

    /// Whether it is Terraform's and OpenTofu's, in either notation: such files are read together with those of their folder.
    #[must_use]
    pub fn is_terraform(self) -> bool {
        matches!(self, Self::Terraform | Self::TerraformJson)
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
    files: Arc<Vec<ScopeFile<'a>>>,
    file: usize,
    findings: Vec<Finding<'a>>,
    plan: Option<Plan<'a>>,
}

/// Finds the access strings and users in a file by itself. What a folder of Terraform says together is found with a
/// [`Scope`].
///
/// # Errors
/// When the file is not text in UTF-8, or not of the format.
pub fn read(format: Format, bytes: &[u8]) -> Result<Document<'_>, ReadError> {
    let mut scope = Scope::new();
    scope.add(Path::new(""), format, bytes);
    scope.read(Path::new(""))
}

/// Whether any of the names stands in the text by which something could be found. They may be written with
/// escapes.
fn may_hold_users(text: &str) -> bool {
    const NAMES: [&str; 18] = [
        "access_string",
        "AccessString",
        "aws_elasticache_user",
        "aws_memorydb_user",
        "AWS::ElastiCache::User",
        "AWS::MemoryDB::User",
        "AuthenticationMode",
        "NoPasswordRequired",
        "Passwords",
        // what modules are given under any name
        "+@",
        "-@",
        "allkeys",
        // a plan without users is a plan all the same
        "planned_values",
        "resource_changes",
        ".acl",
        "\\u",
        "\\U",
        "\\x",
    ];
    NAMES.iter().any(|name| text.contains(name)) || acl_text::may_hold_lines(text)
}

impl<'a> Document<'a> {
    /// The path of the file in its scope; empty if it was read by itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.files[self.file].path
    }

    /// All that was found, in the order of the file; a request before its members.
    #[must_use]
    pub fn findings(&self) -> &[Finding<'a>] {
        &self.findings
    }

    /// The users before and after, of a file that is a plan with changes.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan<'a>> {
        self.plan.as_ref()
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

    /// The user groups among the findings.
    pub fn user_groups(&self) -> impl Iterator<Item = &UserGroup> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::UserGroup(group) => Some(group),
            _ => None,
        })
    }

    /// The access strings that are made of several texts or known in part.
    pub fn composed(&self) -> impl Iterator<Item = &Composed<'a>> {
        self.findings.iter().filter_map(|finding| match finding {
            Finding::Composed(found) => Some(found),
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

    /// The document of the same file with other bytes, among the same other files.
    ///
    /// # Errors
    /// As [`Scope::read`].
    pub fn reread<'b>(&'b self, bytes: &'b [u8]) -> Result<Document<'b>, ReadError> {
        scope::read_with(&self.files, self.file, bytes)
    }

    /// The file with the edits made, one for each text that shall change: see [`Literal::replace`].
    ///
    /// The result is read again, and must hold the same findings at the same places with the texts that the
    /// edits wrote: `None` otherwise, and where edits overlap or lie outside the file.
    #[must_use]
    pub fn apply(&self, edits: &[Edit]) -> Option<Vec<u8>> {
        let mut edits: Vec<_> = edits.iter().collect();
        edits.sort_by_key(|edit| edit.range.start);
        let bytes = self.files[self.file].bytes;
        let mut written = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for edit in &edits {
            written.extend_from_slice(bytes.get(at..edit.range.start)?);
            written.extend_from_slice(edit.text.as_bytes());
            at = edit.range.end;
        }
        written.extend_from_slice(bytes.get(at..)?);
        let is_made = {
            let again = self.reread(&written).ok()?;
            let edits = Edits::of(&edits);
            let (old, new) = (self.writable(), again.writable());
            old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| edits.make(old, new))
        };
        is_made.then_some(written)
    }

    /// The findings that edits change in no way but that of their texts. In Terraform other strings may be worked out
    /// of a text, so that they are other findings when it is another.
    fn writable(&self) -> Vec<&Finding<'a>> {
        let is_terraform = self.files[self.file].format.is_terraform();
        let is_worked_out =
            |finding: &Finding<'a>| matches!(finding, Finding::Composed(_) | Finding::NotLiteral(_));
        self.findings.iter().filter(|finding| !is_terraform || !is_worked_out(finding)).collect()
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
            | (Finding::Composed(_), Finding::Composed(_))
            | (Finding::NotLiteral(_), Finding::NotLiteral(_)) => true,
            _ => false,
        };
        // kind and name of a manifest may themselves be what was edited
        let same_place = old.place().attribute == new.place().attribute;
        same_text && same_place && new.range().start as i128 == start as i128 + moved
    }
}
