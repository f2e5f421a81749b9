//! What kind of file it is, by its name and by its lines.

use std::path::Path;

use crate::iac;
use crate::syntax::AccessString;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `users.acl`
    AclFile,
    /// `redis.conf`
    Configuration,
    /// Terraform, CloudFormation, Kubernetes and the other formats of [`iac`].
    Infrastructure(iac::Format),
}

impl Kind {
    /// The kind of a file that a name tells by itself.
    pub fn of_name(path: &Path) -> Option<Self> {
        let is = |ending: &str| path.extension().is_some_and(|other| other.eq_ignore_ascii_case(ending));
        match () {
            () if is("acl") => Some(Self::AclFile),
            () if is("conf") => Some(Self::Configuration),
            () => iac::Format::of_path(path).map(Self::Infrastructure),
        }
    }

    /// The kind of a file, by its name or by its lines.
    pub fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        let format = || iac::Format::detect(path, bytes).map(Self::Infrastructure);
        Self::of_name(path).or_else(format).or_else(|| is_nothing_but_users(bytes).then_some(Self::AclFile))
    }

    /// The kind of a file that was met in a folder: many a `.conf` is not about Redis.
    pub fn of_found(path: &Path, bytes: &[u8]) -> Option<Self> {
        Self::of(path, bytes).filter(|kind| *kind != Self::Configuration || is_of_server(path, bytes))
    }

    /// Whether a file may be an ACL file by its lines, of which these are the first bytes.
    pub fn may_be_users(beginning: &[u8]) -> bool {
        beginning.trim_ascii_start().starts_with(b"user ")
    }
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
