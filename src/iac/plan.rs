//! What `terraform show -json` and state files tell: <https://developer.hashicorp.com/terraform/internals/json-format>.

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashSet;

use super::finding::{Place, Why, told};
use super::request::{Marks, Names, Request, RequestKind};
use super::search::Search;
use super::terraform::USERS;
use super::tree::{Kind, Node};

/// A plan, a state, or a state file of version 4.
pub(super) fn is_one(root: &Node<'_>) -> bool {
    let has = |key| root.get(key).is_some();
    has("terraform_version")
        && ["planned_values", "resource_changes", "values", "lineage"].into_iter().any(has)
        || has("format_version") && ["planned_values", "resource_changes", "values"].into_iter().any(has)
}

/// Each user once: what is planned, in a plan; what is there, in a state.
pub(super) fn find<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    let mut seen = HashSet::new();
    let values = root.get("planned_values").or_else(|| root.get("values"));
    if let Some(module) = values.and_then(|values| values.get("root_module")) {
        modules(search, module, &mut seen);
    }
    for change in root.get("resource_changes").map(Node::items).unwrap_or_default() {
        changed(search, change, &mut seen);
    }
    if root.get("lineage").is_some() {
        root.get("resources")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .for_each(|found| state_file(search, found));
    }
}

fn modules<'a>(search: &mut Search<'_, 'a>, module: &Node<'a>, seen: &mut HashSet<String>) {
    for resource in module.get("resources").map(Node::items).unwrap_or_default() {
        let (Some(place), Some(values)) = (place(resource), resource.get("values")) else { continue };
        if values.get("access_string").is_some() {
            seen.insert(place.name.clone());
        }
        strings(search, &place, values);
    }
    for module in module.get("child_modules").map(Node::items).unwrap_or_default() {
        modules(search, module, seen);
    }
}

/// The user by its address, `module.cache.aws_elasticache_user.app`.
fn place(resource: &Node<'_>) -> Option<Place> {
    let kind = resource.text_of("type")?;
    let is_managed = resource.text_of("mode").is_none_or(|mode| mode == "managed");
    let name = resource.text_of("address").or_else(|| resource.text_of("name")).unwrap_or_default();
    let is_user = is_managed && USERS.iter().any(|(user, _)| *user == kind);
    is_user.then(|| Place { resource: kind.into(), name: name.into(), ..Place::default() })
}

fn strings<'a>(search: &mut Search<'_, 'a>, place: &Place, values: &Node<'a>) {
    for (_, kind) in USERS.iter().filter(|(user, _)| *user == place.resource) {
        search.strings(kind.service(), Names::Terraform, place, values);
    }
}

/// A change, whose values are those that are planned. What is created is a request; what is there already was
/// accepted once, and not all that it was asked for can be seen.
fn changed<'a>(search: &mut Search<'_, 'a>, resource: &Node<'a>, seen: &mut HashSet<String>) {
    let (Some(place), Some(change)) = (place(resource), resource.get("change")) else { return };
    let after_apply = |name| {
        change
            .get("after_unknown")
            .and_then(|unknown| unknown.get(name))
            .filter(|node| matches!(node.kind, Kind::Flag(true)))
    };
    if let Some(node) = after_apply("access_string") {
        let place = Place { attribute: "access_string".into(), ..place.clone() };
        search.not_literal(place, node, Why::AfterApply);
    }
    let Some(after) = change.get("after") else { return };
    if seen.insert(place.name.clone()) {
        strings(search, &place, after);
    }
    let actions = change.get("actions").map(Node::items).unwrap_or_default();
    if actions.iter().any(|action| action.text() == Some("create")) {
        kind_of(&place)
            .into_iter()
            .for_each(|kind| search.planned(kind, place.clone(), after, change.get("after_unknown")));
    }
}

/// The users of a plan: those that are there before it, and those that are after it.
///
/// A plan shows what Terraform's state holds and what it would put there. It hides some of it: values that are known
/// after apply, passwords of attributes that are written only (`password_wo`), and what somebody removed from the file
/// because it is marked as sensitive. Such members are [`Given::Unknown`](super::Given::Unknown).
#[derive(Clone, Debug, Default)]
pub struct Plan<'a> {
    before: Vec<Request<'a>>,
    after: Vec<Request<'a>>,
}

impl<'a> Plan<'a> {
    /// The users before the plan, each with its address as the name of its place.
    #[must_use]
    pub fn before(&self) -> &[Request<'a>] {
        &self.before
    }

    /// The users after it.
    #[must_use]
    pub fn after(&self) -> &[Request<'a>] {
        &self.after
    }
}

/// The users in the changes of a plan, which lists also what stays as it is; `None` of a state.
pub(super) fn users<'a>(search: &Search<'_, 'a>, root: &Node<'a>) -> Option<Plan<'a>> {
    let changes = root.get("resource_changes");
    if changes.is_none() && root.get("planned_values").is_none() {
        return None;
    }
    let mut plan = Plan::default();
    let deferred = root.get("deferred_changes").map(Node::items).unwrap_or_default();
    let deferred = deferred.iter().filter_map(|deferred| deferred.get("resource_change"));
    for resource in changes.map(Node::items).unwrap_or_default().iter().chain(deferred) {
        let (Some(place), Some(change)) = (place(resource), resource.get("change")) else { continue };
        let Some(kind) = kind_of(&place) else { continue };
        let read = |values: &str, hidden: &str, unknown: &str| {
            let body = change.get(values)?;
            let marks = Marks { hidden: change.get(hidden), unknown: change.get(unknown) };
            Some(search.user_of_plan(kind, place.clone(), body, marks))
        };
        plan.before.extend(read("before", "before_sensitive", ""));
        plan.after.extend(read("after", "after_sensitive", "after_unknown"));
    }
    Some(plan)
}

fn kind_of(place: &Place) -> Option<RequestKind> {
    USERS.iter().find(|(user, _)| *user == place.resource).map(|(_, kind)| *kind)
}

/// A resource of a state file, with an instance for each key of `for_each` or number of `count`.
fn state_file<'a>(search: &mut Search<'_, 'a>, resource: &Node<'a>) {
    let Some(mut place) = place(resource) else { return };
    if let Some(module) = resource.text_of("module") {
        place.name = format!("{module}.{}", place.name);
    }
    place.name = told(&place.name);
    for instance in resource.get("instances").map(Node::items).unwrap_or_default() {
        let index = |key: &Node<'a>| match key.text() {
            Some(key) => format!("[\"{}\"]", told(key)),
            None => format!("[{}]", told(&search.source().text[key.at.clone()])),
        };
        let index = instance.get("index_key").map(index).unwrap_or_default();
        let place = Place { name: format!("{}{index}", place.name), ..place.clone() };
        instance.get("attributes").into_iter().for_each(|values| strings(search, &place, values));
    }
}
