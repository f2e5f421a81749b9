//! What kind of file it is, by its name and by its lines.

use std::path::Path;

use crate::file;
use crate::iac;
use crate::syntax::AccessString;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `users.acl`
    AclFile,
    /// `redis.conf`
    Configuration,
    /// What `ACL LIST` printed, as redis-cli shows it.
    List,
    /// Terraform, CloudFormation, Kubernetes and the other formats of [`iac`].
    Infrastructure(iac::Format),
}

impl Kind {
    /// The kind that a name states by itself.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let is = |ending: &str| path.extension().is_some_and(|other| other.eq_ignore_ascii_case(ending));
        match () {
            () if is("acl") => Some(Self::AclFile),
            () if is("conf") => Some(Self::Configuration),
            () => iac::Format::of_path(path).map(Self::Infrastructure),
        }
    }

    /// The kind of a file, by its name or by its lines.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        if is_listed(bytes) {
            return Some(Self::List);
        }
        let format = || iac::Format::detect(path, bytes).map(Self::Infrastructure);
        Self::of_name(path).or_else(format).or_else(|| is_nothing_but_users(bytes).then_some(Self::AclFile))
    }

    /// The kind of a file that was found in a folder: many a `.conf` is not about Redis.
    #[must_use]
    pub fn of_found(path: &Path, bytes: &[u8]) -> Option<Self> {
        Self::of(path, bytes).filter(|kind| *kind != Self::Configuration || is_of_server(path, bytes))
    }

    /// Whether a file may hold lines about users, by its first bytes.
    #[must_use]
    pub fn may_be_users(beginning: &[u8]) -> bool {
        beginning.trim_ascii_start().starts_with(b"user ") || is_listed(beginning)
    }

    /// Whether it is read together with the other files of its folder: see [`Format::is_terraform`](iac::Format::is_terraform).
    #[must_use]
    pub fn is_terraform(self) -> bool {
        matches!(self, Self::Infrastructure(format) if format.is_terraform())
    }

    /// How lines about users are read; of infrastructure as those of an ACL file.
    pub(super) fn lines_format(self) -> file::Format {
        match self {
            Self::AclFile | Self::Infrastructure(_) => file::Format::Acl,
            Self::Configuration => file::Format::Config,
            Self::List => file::Format::List,
        }
    }
}

/// What `redis-cli` prints for `ACL LIST`.
fn is_listed(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"1) \"user ")
}

fn is_nothing_but_users(bytes: &[u8]) -> bool {
    if !Kind::may_be_users(bytes) {
        return false;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.clone().any(is_user) && lines.all(|line| line.starts_with(b"user "))
}

/// A configuration of Redis or Valkey by its name, or by a line about a user with rules.
fn is_of_server(path: &Path, bytes: &[u8]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ["redis", "valkey"].iter().any(|server| name.contains(server))
        || bytes.split(|byte| *byte == b'\n').any(is_user)
}

/// A line about a user, whose rules are well-formed.
fn is_user(line: &[u8]) -> bool {
    let Ok(line) = core::str::from_utf8(line.trim_ascii()) else { return false };
    let rules = line.strip_prefix("user ").and_then(|user| user.split_once(' '));
    rules.is_some_and(|(_, rules)| AccessString::parse(rules).is_ok_and(|rules| !rules.rules().is_empty()))
}
