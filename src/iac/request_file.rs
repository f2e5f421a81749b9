//! Requests as `--cli-input-json` and `--cli-input-yaml` of the AWS CLI take them: a file is one of them.

use super::finding::Place;
use super::request::{Names, RequestKind};
use super::search::Search;
use super::tree::Node;

/// Members that make an object with a user's id or name a request.
const TELLING: [&str; 5] =
    ["AccessString", "AppendAccessString", "AuthenticationMode", "NoPasswordRequired", "Passwords"];

pub(super) fn find<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    let Some(kind) = kind(root) else { return };
    let name = root.text_of("UserId").or_else(|| root.text_of("UserName")).unwrap_or_default();
    let place = Place { resource: kind.operation().into(), name: name.into(), ..Place::default() };
    search.request(kind, Names::Aws, place, root);
}

/// Nothing in the file names the operation, but only CreateUser of ElastiCache has both id and name, and only
/// MemoryDB has no id.
fn kind(root: &Node<'_>) -> Option<RequestKind> {
    let has = |member: &str| root.get(member).is_some();
    let is_answer = has("ARN") || has("Status");
    if is_answer || !TELLING.into_iter().any(has) {
        return None;
    }
    match (has("UserId"), has("UserName")) {
        (true, true) => Some(RequestKind::CreateUser),
        (true, false) => Some(RequestKind::ModifyUser),
        (false, true) if has("Engine") => Some(RequestKind::CreateUser),
        (false, true) if has("AccessString") && has("AuthenticationMode") => {
            Some(RequestKind::MemoryDbCreateUser)
        }
        (false, true) => Some(RequestKind::MemoryDbUpdateUser),
        (false, false) => None,
    }
}
