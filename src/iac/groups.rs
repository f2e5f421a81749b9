//! User groups of ElastiCache, and what is wrong with their members as far as the file shows them.
//!
//! A member that another file defines is not known, and a group to which something else may add members is not
//! complete: no problem is reported that depends on either.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::finding::{Finding, Place, Why, told};
use super::request::{Given, Names, Request, RequestProblem, after_schema};
use super::search::Search;
use super::source::Position;
use super::terraform::named;
use super::tree::{Kind, Node};
use crate::aws::{self, GroupMember, Problem};

const USER: &str = "aws_elasticache_user";
const GROUP: &str = "aws_elasticache_user_group";
const ASSOCIATION: &str = "aws_elasticache_user_group_association";
const TEMPLATE_GROUP: &str = "AWS::ElastiCache::UserGroup";

/// A user group in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserGroup {
    /// What it is in the file; its attribute is empty.
    pub place: Place,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
    /// What AWS rejects of it, whatever the file leaves open.
    pub problems: Vec<RequestProblem>,
}

/// The members of a group, each with the node that names it.
struct Members<'n, 'a> {
    nodes: Vec<&'n Node<'a>>,
    is_complete: bool,
}

// ---------------------------------------------------------------------------------------------------
// Terraform

/// The groups of a configuration, whose users are found already.
pub(super) fn find_in_terraform<'a>(search: &mut Search<'a>, root: &Node<'a>) {
    let associations: Vec<_> = resources(root, ASSOCIATION).collect();
    for (name, body) in resources(root, GROUP) {
        let Some(engine) = body.get("engine") else { continue };
        let mut members = members_of(body.get("user_ids"));
        members.is_complete &= !ignores_changes(search, body);
        let group_id = body.text_of("user_group_id");
        let of_group = associations.iter().filter(|(_, body)| {
            let group = body.get("user_group_id");
            group.is_none_or(|node| may_be_group(search, node, name, group_id))
        });
        for (_, association) in of_group {
            members.is_complete = false;
            let is_sure = association.get("user_group_id").is_some_and(|node| {
                reference(search, node, GROUP).as_deref() == Some(name)
                    || group_id.is_some() && node.text() == group_id
            });
            members.nodes.extend(association.get("user_id").filter(|_| is_sure));
        }
        let place = Place { resource: GROUP.into(), name: told(name), attribute: String::new() };
        found(search, Names::Terraform, place, body, (engine, body.get("user_ids")), &members);
    }
}

fn resources<'n, 'a>(
    root: &'n Node<'a>,
    resource: &'static str,
) -> impl Iterator<Item = (&'n str, &'n Node<'a>)> {
    let blocks = root.entries().iter().filter(|block| block.key == "resource");
    let entries = blocks.flat_map(|block| block.value.bodies().flat_map(Node::entries));
    entries.filter(move |entry| entry.key == resource).flat_map(|entry| named(&entry.value))
}

/// Whether members that the configuration does not list stay: `ignore_changes` of `user_ids` or of all.
fn ignores_changes(search: &Search<'_>, body: &Node<'_>) -> bool {
    let rules = body.get("lifecycle").into_iter().flat_map(Node::bodies);
    rules.filter_map(|rules| rules.get("ignore_changes")).any(|ignored| {
        let is_list = matches!(ignored.kind, Kind::List(_));
        !is_list || ignored.items().iter().any(|item| written(search, item) == "user_ids")
    })
}

/// Whether an association may be about the group: it refers to it, or to something that is not known.
fn may_be_group(search: &Search<'_>, node: &Node<'_>, name: &str, id: Option<&str>) -> bool {
    if let Some(other) = reference(search, node, GROUP) {
        return other == name;
    }
    match (node.text(), id) {
        (Some(other), Some(id)) => other.eq_ignore_ascii_case(id),
        _ => true,
    }
}

/// An expression as it is written, without the `${}` of a template around it.
fn written<'s>(search: &'s Search<'_>, node: &Node<'_>) -> &'s str {
    let text = search.source.text.get(node.at.clone()).unwrap_or_default().trim().trim_matches('"');
    let inside = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
    inside.unwrap_or(text).trim()
}

/// The name of the one resource of this type whose id the expression is: `TYPE.name.user_id`, with an index behind
/// the name or without.
fn reference(search: &Search<'_>, node: &Node<'_>, resource: &str) -> Option<String> {
    let path = written(search, node).strip_prefix(resource)?.strip_prefix('.')?;
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    if let Some(index) = rest.strip_prefix('[') {
        let (index, behind) = index.split_once(']')?;
        // `[*]` is a list of all of them
        rest = Some(behind).filter(|_| index.trim() != "*")?;
    }
    let attribute = rest.strip_prefix('.')?;
    ["id", "user_id", "user_group_id"].contains(&attribute).then(|| name.to_owned())
}

// ---------------------------------------------------------------------------------------------------
// CloudFormation

/// The groups of a template, whose users are found already.
pub(super) fn find_in_template<'a>(search: &mut Search<'a>, root: &Node<'a>) {
    below(search, "", root);
}

fn below<'a>(search: &mut Search<'a>, name: &str, node: &Node<'a>) {
    if let (Some(TEMPLATE_GROUP), Some(body)) = (node.text_of("Type"), node.get("Properties")) {
        if let Some(engine) = body.get("Engine") {
            let members = members_of(body.get("UserIds"));
            let place =
                Place { resource: TEMPLATE_GROUP.into(), name: name.into(), attribute: String::new() };
            found(search, Names::CloudFormation, place, body, (engine, body.get("UserIds")), &members);
        }
        return;
    }
    for (key, child) in node.children() {
        below(search, key.map(told).as_deref().unwrap_or(name), child);
    }
}

// ---------------------------------------------------------------------------------------------------
// Members

/// The items of a list, or of the lists that a function puts together. Without a list, others define the members.
fn members_of<'n, 'a>(list: Option<&'n Node<'a>>) -> Members<'n, 'a> {
    let mut members = Members { nodes: Vec::new(), is_complete: list.is_some() };
    list.into_iter().for_each(|list| members.add(list));
    members
}

/// Functions of Terraform that give the items of their arguments.
const LISTING: [&str; 7] = ["compact", "concat", "distinct", "flatten", "setunion", "tolist", "toset"];

impl<'n, 'a> Members<'n, 'a> {
    fn add(&mut self, list: &'n Node<'a>) {
        match &list.kind {
            Kind::List(items) => self.nodes.extend(items),
            Kind::Computed { why: Why::Function { name }, parts } if LISTING.contains(&name.as_str()) => {
                parts.iter().for_each(|part| self.add(part));
            }
            _ => self.is_complete = false,
        }
    }
}

/// What the file says of the member that a node names: by its id, or by a reference to its resource.
fn member(search: &Search<'_>, names: Names, node: &Node<'_>) -> GroupMember {
    let users = search.findings.iter().filter_map(|finding| match finding {
        Finding::Request(request) => Some(request),
        _ => None,
    });
    let by_name = |name: String| {
        let name = told(&name);
        users.clone().find(|user| is_user(user) && user.place().name == name).map(known)
    };
    let by_id = |id: &str| {
        let has_id =
            |user: &&Request<'_>| text(user, "UserId").is_some_and(|other| other.eq_ignore_ascii_case(id));
        let named = GroupMember { user_id: Some(id.to_ascii_lowercase()), ..GroupMember::default() };
        match users.clone().filter(|user| is_user(user)).find(has_id) {
            Some(user) => known(user),
            None if id.eq_ignore_ascii_case("default") => GroupMember::default_user(),
            None => named,
        }
    };
    let referred = match names {
        Names::CloudFormation => referred_by_template(node),
        Names::Aws | Names::Terraform => reference(search, node, USER),
    };
    match (node.text(), referred) {
        (Some(id), _) => by_id(id),
        (None, Some(name)) => by_name(name).unwrap_or_default(),
        (None, None) => GroupMember::default(),
    }
}

fn is_user(user: &Request<'_>) -> bool {
    [USER, "AWS::ElastiCache::User"].contains(&user.place().resource.as_str())
}

/// The logical id that `Ref` names: the `Ref` of a user is its id.
fn referred_by_template(node: &Node<'_>) -> Option<String> {
    match &node.kind {
        Kind::Computed { why: Why::Reference, parts } => parts.first()?.text().map(ToOwned::to_owned),
        _ => None,
    }
}

fn text<'r>(user: &'r Request<'_>, name: &str) -> Option<&'r str> {
    user.members().iter().find(|member| member.name == name).and_then(|member| match &member.given {
        Given::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

fn known(user: &Request<'_>) -> GroupMember {
    let has_flag = user
        .members()
        .iter()
        .any(|member| member.name == "NoPasswordRequired" && member.given == Given::Flag(true));
    let mut known = GroupMember::default();
    known.user_id = text(user, "UserId").map(str::to_ascii_lowercase);
    known.user_name = text(user, "UserName").map(ToOwned::to_owned);
    known.engine = text(user, "Engine").map(ToOwned::to_owned);
    known.is_without_password =
        has_flag || text(user, "AuthenticationMode.Type") == Some("no-password-required");
    known
}

// ---------------------------------------------------------------------------------------------------
// Problems

fn found<'a>(
    search: &mut Search<'a>,
    names: Names,
    place: Place,
    body: &Node<'a>,
    (engine, list): (&Node<'a>, Option<&Node<'a>>),
    members: &Members<'_, 'a>,
) {
    let group = aws::UserGroup {
        engine: engine.text().map(ToOwned::to_owned),
        members: members.nodes.iter().map(|node| member(search, names, node)).collect(),
        is_complete: members.is_complete,
    };
    let of_schema = match names {
        Names::CloudFormation => group.schema_problems(),
        Names::Aws | Names::Terraform => Vec::new(),
    };
    let node_of = |problem: &Problem| {
        let number = problem.member().strip_prefix("UserIds[").and_then(|rest| rest.strip_suffix(']'));
        let item =
            number.and_then(|number| number.parse().ok()).and_then(|number: usize| members.nodes.get(number));
        match problem.member() {
            "Engine" => engine,
            _ => item.copied().or(list).unwrap_or(body),
        }
    };
    let located = |problem: Problem| {
        let at = node_of(&problem).at.clone();
        RequestProblem {
            position: search.source.position(at.start),
            range: search.source.in_file(at),
            problem,
        }
    };
    let problems = after_schema(of_schema, group.problems()).into_iter().map(located).collect();
    let group = UserGroup {
        place,
        range: search.source.in_file(body.at.clone()),
        position: search.source.position(body.at.start),
        problems,
    };
    search.findings.push(Finding::UserGroup(group));
}
