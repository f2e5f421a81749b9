//! Configurations of Terraform and OpenTofu.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::acl_text;
use super::finding::{Place, path_to, told};
use super::groups;
use super::request::{Names, RequestKind};
use super::search::{Search, dialect};
use super::tree::{Kind, Node};
use crate::dialect::Service;

/// The resources that are users, and what they ask AWS for.
pub(super) const USERS: [(&str, RequestKind); 2] = [
    ("aws_elasticache_user", RequestKind::CreateUser),
    ("aws_memorydb_user", RequestKind::MemoryDbCreateUser),
];

pub(super) fn find<'a>(search: &mut Search<'a>, root: &Node<'a>) {
    for block in root.entries() {
        match &*block.key {
            "resource" => resources(search, &block.value),
            "module" => named(&block.value).for_each(|(name, body)| nested(search, "module", name, body)),
            "variable" => named(&block.value).for_each(|(name, body)| {
                body.get("default").into_iter().for_each(|default| nested(search, "variable", name, default));
            }),
            "locals" => block.value.bodies().for_each(|body| nested(search, "locals", "", body)),
            "data" | "output" | "provider" | "terraform" => {}
            // of a file with the values of variables
            name => value(search, Where { resource: "variable", name, path: "" }, name, &block.value, root),
        }
    }
    groups::find_in_terraform(search, root);
    acl_text::find(search, root);
}

/// The bodies of blocks with their last label.
pub(super) fn named<'n, 'a>(blocks: &'n Node<'a>) -> impl Iterator<Item = (&'n str, &'n Node<'a>)> {
    let entries = blocks.bodies().flat_map(Node::entries);
    entries.flat_map(|entry| entry.value.bodies().map(|body| (&*entry.key, body)))
}

fn resources<'a>(search: &mut Search<'a>, blocks: &Node<'a>) {
    for entry in blocks.bodies().flat_map(Node::entries) {
        let Some((resource, kind)) = USERS.iter().find(|(name, _)| *name == entry.key) else { continue };
        for (name, body) in named(&entry.value) {
            let place = Place { resource: (*resource).into(), name: told(name), attribute: String::new() };
            search.request(*kind, Names::Terraform, place, body);
        }
    }
}

/// Where the search through a module call is.
#[derive(Clone, Copy)]
struct Where<'w> {
    resource: &'w str,
    name: &'w str,
    path: &'w str,
}

/// Everything named `access_string` in a body, however deep.
fn nested<'a>(search: &mut Search<'a>, resource: &str, name: &str, body: &Node<'a>) {
    within(search, Where { resource, name: &told(name), path: "" }, body);
}

fn within<'a>(search: &mut Search<'a>, at: Where<'_>, node: &Node<'a>) {
    let is_list = matches!(node.kind, Kind::List(_));
    for (number, (key, child)) in node.children().enumerate() {
        let path = match key {
            Some(key) => path_to(at.path, key),
            None if is_list => told(&format!("{}[{number}]", at.path)),
            None => at.path.to_owned(),
        };
        value(search, Where { path: &path, ..at }, key.unwrap_or_default(), child, node);
    }
}

/// The value of a key, in a map that may say which engine reads it.
fn value<'a>(search: &mut Search<'a>, at: Where<'_>, key: &str, node: &Node<'a>, map: &Node<'a>) {
    if key != "access_string" {
        return within(search, at, node);
    }
    if matches!(node.kind, Kind::Null) {
        return;
    }
    let path = if at.path.is_empty() { key } else { at.path };
    let place = Place { resource: at.resource.into(), name: at.name.into(), attribute: path.into() };
    // nothing says which service a module is about, but ElastiCache's users alone have an engine
    let engine = map.text_of("engine");
    let dialect = engine.and_then(|_| dialect(Service::ElastiCache, engine, map.text_of("engine_version")));
    search.access_string(place, node, dialect);
}
