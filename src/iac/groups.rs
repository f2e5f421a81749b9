//! User groups of ElastiCache, and the problems with their members that the files show.
//!
//! A member that no file of the folder defines is not known. A group is not complete if something else can add
//! members to it. No problem is reported that depends on either.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::eval::Context;
use super::finding::{Finding, Place, Why, told};
use super::module::named;
use super::request::{Given, Names, Request, RequestProblem, after_schema};
use super::search::Search;
use super::source::Position;
use super::tree::{Form, Kind, Node};
use crate::aws::{self, GroupMember, Problem};

const USER: &str = "aws_elasticache_user";
const GROUP: &str = "aws_elasticache_user_group";
const ASSOCIATION: &str = "aws_elasticache_user_group_association";
const TEMPLATE_USER: &str = "AWS::ElastiCache::User";
const TEMPLATE_GROUP: &str = "AWS::ElastiCache::UserGroup";

/// A user group in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserGroup {
    /// The resource that defines the group; the attribute is empty.
    pub place: Place,
    /// The bytes of the group in the file.
    pub range: Range<usize>,
    /// The line and column of the first byte.
    pub position: Position,
    /// The reasons why AWS rejects the group, whatever the unknown values are.
    pub problems: Vec<RequestProblem>,
}

/// An expression and the number of its file.
#[derive(Clone, Copy)]
struct Expression<'n, 'a> {
    file: usize,
    node: &'n Node<'a>,
}

/// The members of a group, each as the expression that names it.
struct Members<'n, 'a> {
    expressions: Vec<Expression<'n, 'a>>,
    is_complete: bool,
}

// ---------------------------------------------------------------------------------------------------
// Terraform

/// Finds the groups of the file that the search looks at. The users of all files are found already.
pub(super) fn find_in_terraform<'a>(
    search: &mut Search<'_, 'a>,
    files: &[(usize, &Node<'a>)],
    root: &Node<'a>,
) {
    let file = search.context.file;
    let associations = associations(search, files);
    for (name, body) in resources(root, GROUP) {
        let Some(engine) = body.get("engine") else { continue };
        let list = body.get("user_ids");
        let mut members = Members::of(file, list);
        members.is_complete &= !ignores_changes(search, file, body);
        let group = Group { name, id: body.text_of("user_group_id") };
        for (file, association) in &associations {
            members.associate(search, *file, association, group);
        }
        let place = Place { resource: GROUP.into(), name: told(name), ..Place::default() };
        found(search, Names::Terraform, place, Parts { body, engine, list }, &members);
    }
}

/// The name of a group's resource, and its id if that is literal.
#[derive(Clone, Copy)]
struct Group<'n> {
    name: &'n str,
    id: Option<&'n str>,
}

/// The associations in the folder of the file that the search looks at.
fn associations<'n, 'a>(
    search: &Search<'_, 'a>,
    files: &[(usize, &'n Node<'a>)],
) -> Vec<(usize, &'n Node<'a>)> {
    let modules = search.evaluator.modules;
    let folder = modules.folder(search.context.file);
    let of_folder = files.iter().filter(|(file, _)| modules.folder(*file) == folder);
    let of_file = |(file, root): &(usize, &'n Node<'a>)| {
        let file = *file;
        resources(root, ASSOCIATION).map(move |(_, body)| (file, body)).collect::<Vec<_>>()
    };
    of_folder.flat_map(of_file).collect()
}

fn resources<'n, 'a>(
    root: &'n Node<'a>,
    resource: &'static str,
) -> impl Iterator<Item = (&'n str, &'n Node<'a>)> {
    let blocks = root.entries().iter().filter(|block| block.key == "resource");
    let entries = blocks.flat_map(|block| block.value.bodies().flat_map(Node::entries));
    entries.filter(move |entry| entry.key == resource).flat_map(|entry| named(&entry.value))
}

/// Whether Terraform keeps members that the configuration does not list: `ignore_changes` of `user_ids` or of all.
fn ignores_changes(search: &Search<'_, '_>, file: usize, body: &Node<'_>) -> bool {
    let rules = body.get("lifecycle").into_iter().flat_map(Node::bodies);
    rules.filter_map(|rules| rules.get("ignore_changes")).any(|ignored| {
        let is_list = matches!(ignored.kind, Kind::List(_));
        !is_list
            || ignored.items().iter().any(|node| written(search, Expression { file, node }) == "user_ids")
    })
}

impl<'n, 'a> Members<'n, 'a> {
    /// Adds the user of an association that names the group. If it can name the group, the group is not complete.
    fn associate(
        &mut self,
        search: &Search<'_, 'a>,
        file: usize,
        association: &'n Node<'a>,
        group: Group<'_>,
    ) {
        let relation = match association.get("user_group_id") {
            Some(node) => relation(search, Expression { file, node }, group),
            None => Relation::Unknown,
        };
        self.is_complete &= relation == Relation::Other;
        let user = association.get("user_id").filter(|_| relation == Relation::Same);
        self.expressions.extend(user.map(|node| Expression { file, node }));
    }
}

/// Which group an association is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Same,
    Other,
    Unknown,
}

fn relation(search: &Search<'_, '_>, expression: Expression<'_, '_>, group: Group<'_>) -> Relation {
    if let Some(other) = reference(search, expression, GROUP) {
        return if other.name == group.name { Relation::Same } else { Relation::Other };
    }
    match (expression.node.text(), group.id) {
        (Some(other), Some(id)) if other.eq_ignore_ascii_case(id) => Relation::Same,
        (Some(_), Some(_)) => Relation::Other,
        _ => Relation::Unknown,
    }
}

/// The source text of an expression, without the `${}` of a template around it.
fn written<'s>(search: &'s Search<'_, '_>, Expression { file, node }: Expression<'_, '_>) -> &'s str {
    let source = search.evaluator.source(file);
    let text = source.text.get(node.at.clone()).unwrap_or_default().trim().trim_matches('"');
    let inside = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
    inside.unwrap_or(text).trim()
}

/// A reference to the id of one resource: `TYPE.name.user_id` or `TYPE.name["key"].user_id`.
struct Reference<'s> {
    name: &'s str,
    index: Option<&'s str>,
}

fn reference<'s>(
    search: &'s Search<'_, '_>,
    expression: Expression<'_, '_>,
    resource: &str,
) -> Option<Reference<'s>> {
    let path = written(search, expression).strip_prefix(resource)?.strip_prefix('.')?;
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let (index, rest) = match rest.strip_prefix('[') {
        Some(rest) => {
            let (index, rest) = rest.split_once(']')?;
            (Some(index.trim()), rest)
        }
        None => (None, rest),
    };
    let attribute = rest.strip_prefix('.')?;
    // `[*]` is a list of all copies
    let is_one = index != Some("*") && ["id", "user_id", "user_group_id"].contains(&attribute);
    is_one.then_some(Reference { name, index })
}

/// The copies of a user that a reference can mean: the one with its index, or all if the index is not literal.
fn referred_by_terraform<'s, 'a>(
    search: &'s Search<'_, 'a>,
    file: usize,
    Reference { name, index }: &Reference<'_>,
) -> Vec<&'s Request<'a>> {
    let modules = search.evaluator.modules;
    let address = format!("{USER}.{name}");
    let Some((file, body)) = modules.resource(modules.folder(file), file, &address) else {
        return Vec::new();
    };
    let range = search.evaluator.source(file).in_file(body.at.clone());
    let is_copy = |(of, user): &(usize, &Request<'_>)| *of == file && user.range() == range;
    let copies: Vec<_> = search.requests().filter(is_copy).map(|(_, user)| user).collect();
    let Some(index) = index else { return copies };
    let key = format!("{name}[{index}]");
    let has_key = |user: &&Request<'_>| user.place().name.ends_with(&key);
    match copies.iter().any(has_key) {
        true => copies.into_iter().filter(has_key).collect(),
        false => copies,
    }
}

// ---------------------------------------------------------------------------------------------------
// CloudFormation

/// Finds the groups of a template. Its users are found already.
pub(super) fn find_in_template<'a>(search: &mut Search<'_, 'a>, root: &Node<'a>) {
    below(search, "", root);
}

fn below<'a>(search: &mut Search<'_, 'a>, name: &str, node: &Node<'a>) {
    if let (Some(TEMPLATE_GROUP), Some(body)) = (node.text_of("Type"), node.get("Properties")) {
        if let Some(engine) = body.get("Engine") {
            let list = body.get("UserIds");
            let members = Members::of(search.context.file, list);
            let place = Place { resource: TEMPLATE_GROUP.into(), name: name.into(), ..Place::default() };
            found(search, Names::CloudFormation, place, Parts { body, engine, list }, &members);
        }
        return;
    }
    for (key, child) in node.children() {
        below(search, key.map(told).as_deref().unwrap_or(name), child);
    }
}

/// The user with the logical id that `Ref` names. The `Ref` of a user is its id.
fn referred_by_template<'s, 'a>(search: &'s Search<'_, 'a>, node: &Node<'a>) -> Option<Vec<&'s Request<'a>>> {
    let Kind::Computed { why: Why::Reference, parts, .. } = &node.kind else { return None };
    let name = told(parts.first()?.text()?);
    let users = search.requests().map(|(_, user)| user).filter(|user| is_user(user));
    Some(users.filter(|user| user.place().name == name).collect())
}

// ---------------------------------------------------------------------------------------------------
// Members

/// Functions of Terraform that return the items of their arguments.
const LISTING: [&str; 7] = ["compact", "concat", "distinct", "flatten", "setunion", "tolist", "toset"];

impl<'n, 'a> Members<'n, 'a> {
    /// The items of a list, or of the lists that a function joins. A group without a list gets its members elsewhere.
    fn of(file: usize, list: Option<&'n Node<'a>>) -> Self {
        let mut members = Self { expressions: Vec::new(), is_complete: list.is_some() };
        list.into_iter().for_each(|list| members.add(file, list));
        members
    }

    fn add(&mut self, file: usize, list: &'n Node<'a>) {
        match &list.kind {
            Kind::List(items) => {
                self.expressions.extend(items.iter().map(|node| Expression { file, node }));
            }
            Kind::Computed { why: Why::Function { name }, parts, form: Form::Call { spread: false } }
                if LISTING.contains(&name.as_str()) =>
            {
                parts.iter().for_each(|part| self.add(file, part));
            }
            _ => self.is_complete = false,
        }
    }
}

/// The facts that the files state about a member, which is named by a reference to its resource or by its id.
fn member<'a>(search: &Search<'_, 'a>, names: Names, expression: Expression<'_, 'a>) -> GroupMember {
    let Expression { file, node } = expression;
    let referred = match names {
        Names::CloudFormation => referred_by_template(search, node),
        Names::Aws | Names::Terraform => {
            let reference = reference(search, expression, USER);
            reference.map(|reference| referred_by_terraform(search, file, &reference))
        }
    };
    match (referred, text_in_every_copy(search, expression)) {
        (Some(users), _) => common(&users).unwrap_or_default(),
        (None, Some(id)) => member_by_id(search, file, &id),
        (None, None) => GroupMember::default(),
    }
}

/// The facts about the user that a file in the folder defines with this id.
fn member_by_id(search: &Search<'_, '_>, file: usize, id: &str) -> GroupMember {
    let modules = search.evaluator.modules;
    let is_near = |of: usize| modules.folder(of) == modules.folder(file);
    let has_id =
        |user: &&Request<'_>| text(user, "UserId").is_some_and(|other| other.eq_ignore_ascii_case(id));
    let users = search.requests().filter(|(of, user)| is_near(*of) && is_user(user)).map(|(_, user)| user);
    let users: Vec<_> = users.filter(has_id).collect();
    match common(&users) {
        Some(member) => member,
        None if id.eq_ignore_ascii_case("default") => GroupMember::default_user(),
        None => GroupMember { user_id: Some(id.to_ascii_lowercase()), ..GroupMember::default() },
    }
}

/// The text that an expression has in every copy of its module.
fn text_in_every_copy<'a>(
    search: &Search<'_, 'a>,
    Expression { file, node }: Expression<'_, 'a>,
) -> Option<String> {
    let modules = search.evaluator.modules;
    let frames = modules.frames(search.evaluator, modules.folder(file));
    let values = frames.into_iter().map(|frame| {
        let value = search.evaluator.value(node, &Context::new(file, frame));
        value.known().map(ToOwned::to_owned)
    });
    agreed(values)
}

/// The value that all have.
fn agreed<T: PartialEq>(mut values: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = values.next()??;
    values.all(|value| value.as_ref() == Some(&first)).then_some(first)
}

/// The facts that hold for each of these copies of a user, if there are any.
///
/// Copies with different ids can be the same member of a group or two, so their name is not known.
fn common(users: &[&Request<'_>]) -> Option<GroupMember> {
    let copies: Vec<_> = users.iter().map(|user| known(user)).collect();
    if let [one] = &copies[..] {
        return Some(one.clone());
    }
    let user_id = agreed(copies.iter().map(|copy| copy.user_id.clone()));
    let user_name = agreed(copies.iter().map(|copy| copy.user_name.clone()));
    let common = GroupMember {
        user_name: user_name.filter(|_| user_id.is_some()),
        user_id,
        engine: agreed(copies.iter().map(|copy| copy.engine.clone())),
        is_without_password: copies.iter().all(|copy| copy.is_without_password),
    };
    (!copies.is_empty()).then_some(common)
}

fn is_user(user: &Request<'_>) -> bool {
    [USER, TEMPLATE_USER].contains(&user.place().resource.as_str())
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
    GroupMember {
        user_id: text(user, "UserId").map(str::to_ascii_lowercase),
        user_name: text(user, "UserName").map(ToOwned::to_owned),
        engine: text(user, "Engine").map(ToOwned::to_owned),
        is_without_password: has_flag
            || text(user, "AuthenticationMode.Type") == Some("no-password-required"),
    }
}

// ---------------------------------------------------------------------------------------------------
// Problems

/// The nodes of a group that problems can point at.
#[derive(Clone, Copy)]
struct Parts<'n, 'a> {
    body: &'n Node<'a>,
    engine: &'n Node<'a>,
    list: Option<&'n Node<'a>>,
}

fn found<'a>(
    search: &mut Search<'_, 'a>,
    names: Names,
    place: Place,
    parts: Parts<'_, 'a>,
    members: &Members<'_, 'a>,
) {
    let file = search.context.file;
    let group = aws::UserGroup {
        engine: text_in_every_copy(search, Expression { file, node: parts.engine }),
        members: members.expressions.iter().map(|expression| member(search, names, *expression)).collect(),
        is_complete: members.is_complete,
    };
    let of_schema = match names {
        Names::CloudFormation => group.schema_problems(),
        Names::Aws | Names::Terraform => Vec::new(),
    };
    let source = search.source();
    let located = |problem: Problem| {
        let at = parts.node_of(&problem, file, members).at.clone();
        RequestProblem { position: source.position(at.start), range: source.in_file(at), problem }
    };
    let problems = after_schema(of_schema, group.problems()).into_iter().map(located).collect();
    let at = parts.body.at.clone();
    let (position, range) = (source.position(at.start), source.in_file(at));
    search.add(Finding::UserGroup(UserGroup { place, range, position, problems }));
}

impl<'n, 'a> Parts<'n, 'a> {
    /// The node that a problem is about. A member that another file adds is shown as the whole list.
    fn node_of(self, problem: &Problem, file: usize, members: &Members<'n, 'a>) -> &'n Node<'a> {
        if problem.member() == "Engine" {
            return self.engine;
        }
        let number = problem.member().strip_prefix("UserIds[").and_then(|rest| rest.strip_suffix(']'));
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let item = number.and_then(|number| members.expressions.get(number));
        let item = item.filter(|item| item.file == file).map(|item| item.node);
        item.or(self.list).unwrap_or(self.body)
    }
}
