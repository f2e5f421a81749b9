//! Templates of CloudFormation, also as CDK synthesizes them.

use super::finding::{Place, told};
use super::groups;
use super::request::{Names, RequestKind};
use super::search::Search;
use super::tree::Node;

const USERS: [(&str, RequestKind); 2] = [
    ("AWS::ElastiCache::User", RequestKind::CreateUser),
    ("AWS::MemoryDB::User", RequestKind::MemoryDbCreateUser),
];

/// Every user, wherever it stands: loops and transforms put resources deeper.
pub(super) fn find<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    below(search, "", root);
    groups::find_in_template(search, root);
}

fn below<'a>(search: &mut Search<'_, 'a>, name: &str, node: &Node<'a>) {
    if let (Some(resource), Some(properties)) = (node.text_of("Type"), node.get("Properties")) {
        if let Some((resource, kind)) = USERS.iter().find(|(user, _)| *user == resource) {
            let place = Place { resource: (*resource).into(), name: name.into(), ..Place::default() };
            let around = search.context.clone();
            if let Some(condition) = node.get("Condition") {
                search.under_condition(condition);
            }
            search.request(*kind, Names::CloudFormation, place, properties);
            search.context = around;
            return;
        }
    }
    for (key, child) in node.children() {
        below(search, key.map(told).as_deref().unwrap_or(name), child);
    }
}
