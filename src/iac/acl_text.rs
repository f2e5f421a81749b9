//! Texts with users in manifests, values and any other file: what stands in `users.acl` or `redis.conf`.

use alloc::borrow::ToOwned;

use super::finding::{AclTextKind, Place, Why, path_to, told};
use super::search::Search;
use super::tree::{Kind, Node};
use crate::secret::mask;
use crate::syntax::{AccessString, Rule};

pub(super) fn find<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    let kind = root.text_of("kind").unwrap_or_default();
    let name = root.get("metadata").and_then(|metadata| metadata.text_of("name")).unwrap_or_default();
    let resource = if kind.is_empty() { "text" } else { kind };
    // these may be users' lines themselves
    let (resource, name) = (told(&mask(resource)), told(&mask(name)));
    let manifest = Manifest { is_secret: kind == "Secret", resource: &resource, name: &name };
    root.children().for_each(|(key, node)| below(search, manifest, "", key, node));
}

/// The manifest that a text is in, as places tell it.
#[derive(Clone, Copy)]
struct Manifest<'m> {
    is_secret: bool,
    resource: &'m str,
    name: &'m str,
}

fn below<'a>(
    search: &mut Search<'_, 'a>,
    manifest: Manifest<'_>,
    path: &str,
    key: Option<&str>,
    node: &Node<'a>,
) {
    let path = key.map_or_else(|| path.to_owned(), |key| path_to(path, key));
    let key = key.unwrap_or_default();
    if let Some(kind) = text_kind(key, node) {
        let place = Place {
            resource: manifest.resource.into(),
            name: manifest.name.into(),
            attribute: path.clone(),
            ..Place::default()
        };
        match manifest.is_secret && path.starts_with("data.") {
            true => search.not_literal(place, node, Why::Base64),
            false => search.acl_text(place, node, kind),
        }
    }
    node.children().for_each(|(key, child)| below(search, manifest, &path, key, child));
}

/// What a value is by its key, or by its lines.
fn text_kind(key: &str, node: &Node<'_>) -> Option<AclTextKind> {
    if ["access_string", "AccessString", "AppendAccessString"].contains(&key) {
        return None;
    }
    let text = match &node.kind {
        Kind::Text(text) => &*text.value,
        Kind::Computed { parts, .. } if parts.is_empty() && key.ends_with(".acl") => {
            return Some(AclTextKind::AclFile);
        }
        _ => return None,
    };
    if key.ends_with(".acl") || is_nothing_but_users(text) {
        return Some(AclTextKind::AclFile);
    }
    (key.ends_with(".conf") && text.lines().any(is_user)).then_some(AclTextKind::Configuration)
}

/// Every line that is not empty begins as a user's, and at least one of them has rules that are well-formed.
fn is_nothing_but_users(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.clone().any(is_user) && lines.all(|line| line.starts_with("user "))
}

fn is_user(line: &str) -> bool {
    let rules = line.trim_start().strip_prefix("user ").and_then(|user| user.split_once(' '));
    rules.is_some_and(|(_, rules)| AccessString::parse(rules).is_ok_and(|rules| !rules.rules().is_empty()))
}

/// Whether a user's line may stand somewhere in the file: `user`, a name, a rule.
pub(super) fn may_hold_lines(text: &str) -> bool {
    text.match_indices("user ").any(|(at, sign)| {
        let rule = text[at + sign.len()..].split_ascii_whitespace().nth(1).unwrap_or_default();
        let end = rule.find(['"', '\'', '\\']).unwrap_or(rule.len());
        Rule::parse(&rule[..end]).is_ok()
    })
}
