//! Configurations of Terraform and OpenTofu.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashMap;

use super::acl_text;
use super::candidates::Hints;
use super::finding::{Place, Why, path_to, told};
use super::groups;
use super::module::{digest, named};
use super::request::{Names, RequestKind};
use super::search::Search;
use super::tree::{Form, Kind, Node};
use super::value::Value;
use crate::dialect::Service;

/// The resources that are users, and what they ask AWS for.
pub(super) const USERS: [(&str, RequestKind); 4] = [
    ("aws_elasticache_user", RequestKind::CreateUser),
    ("aws_memorydb_user", RequestKind::MemoryDbCreateUser),
    // the provider that AWS generates from its own schemas
    ("awscc_elasticache_user", RequestKind::CreateUser),
    ("awscc_memorydb_user", RequestKind::MemoryDbCreateUser),
];

/// Finds the users that a file defines, as each copy of its module, and then what looks like an access string and is
/// used by none of them.
pub(super) fn find<'t, 'a>(search: &mut Search<'t, 'a>, files: &[(usize, &'t Node<'a>)]) {
    let modules = search.evaluator.modules;
    let mut services = HashMap::new();
    for (file, root) in files {
        for frame in modules.frames(search.evaluator, modules.folder(*file)) {
            search.look_at(*file, frame);
            users(search, root);
            modules.calls_of_others(*file).for_each(|call| search.hand_on(call));
        }
        let services: &mut Vec<Service> = services.entry(modules.folder(*file)).or_default();
        services.extend(USERS.iter().filter(|(user, _)| defines(root, user)).map(|(_, kind)| kind.service()));
    }
    search.end_users();
    for (file, root) in files {
        let folder = modules.folder(*file);
        search.look_at(*file, modules.root(folder));
        // the only kind of user in the folder
        let service = match services.get(&folder).map(Vec::as_slice) {
            Some([first, others @ ..]) if others.iter().all(|other| other == first) => Some(*first),
            _ => None,
        };
        let hints = Hints { service, ..Hints::default() };
        sections(search, root, &hints);
        groups::find_in_terraform(search, files, root);
        acl_text::find(search, root);
    }
}

fn defines(root: &Node<'_>, user: &str) -> bool {
    let resources = root.entries().iter().filter(|block| block.key == "resource");
    resources.flat_map(|block| block.value.bodies()).flat_map(Node::entries).any(|entry| entry.key == user)
}

/// The users among the resources of a file.
fn users<'t, 'a>(search: &mut Search<'t, 'a>, root: &'t Node<'a>) {
    let resources = root.entries().iter().filter(|block| block.key == "resource");
    for entry in resources.flat_map(|block| block.value.bodies()).flat_map(Node::entries) {
        let Some((resource, kind)) = USERS.iter().find(|(name, _)| *name == entry.key) else { continue };
        for (name, body) in named(&entry.value) {
            user(search, *kind, resource, name, body);
        }
    }
}

/// A user, or each of its copies. A user of the root module has its name, others the whole address.
fn user<'t, 'a>(
    search: &mut Search<'t, 'a>,
    kind: RequestKind,
    resource: &str,
    name: &str,
    body: &'t Node<'a>,
) {
    let (file, frame) = (search.context.file, search.context.frame.clone());
    for copy in search.evaluator.modules.copies(search.evaluator, file, body, &frame) {
        let name = match copy.address() {
            "" => format!("{}{}", told(name), copy.key()),
            address => format!("{address}{resource}.{}{}", told(name), copy.key()),
        };
        let place = Place { resource: resource.into(), name: told(&name), ..Place::default() };
        search.look_at(file, copy);
        search.request(kind, Names::Terraform, place, body);
    }
    search.look_at(file, frame);
}

// ---------------------------------------------------------------------------------------------------
// Strings by name

/// Where the search is.
#[derive(Clone, Copy)]
struct Where<'w> {
    resource: &'w str,
    name: &'w str,
    path: &'w str,
    hints: &'w Hints,
    /// A digest of the source and version of the module that is not read, to which values are given.
    source: &'w str,
    /// Whether strings are looked for that no user refers to.
    looks: bool,
}

impl Where<'_> {
    /// The place of the value of a key.
    fn place(&self, key: &str) -> Place {
        let attribute = if self.path.is_empty() { key } else { self.path };
        Place {
            resource: self.resource.into(),
            name: self.name.into(),
            attribute: attribute.into(),
            source: self.source.into(),
        }
    }
}

fn sections<'t, 'a>(search: &mut Search<'t, 'a>, root: &'t Node<'a>, hints: &Hints) {
    let seek = Where { resource: "", name: "", path: "", hints, source: "", looks: true };
    for block in root.entries() {
        match &*block.key {
            "resource" => {
                for entry in block.value.bodies().flat_map(Node::entries) {
                    named(&entry.value).for_each(|(name, body)| {
                        let at = Where { resource: &entry.key, name: &told(name), looks: false, ..seek };
                        within(search, at, body);
                    });
                }
            }
            "module" => named(&block.value).for_each(|(name, body)| {
                let found = search.count();
                let source = if search.is_unread(body) { source_of(body) } else { String::new() };
                within(
                    search,
                    Where { resource: "module", name: &told(name), source: &source, ..seek },
                    body,
                );
                if found == search.count() && search.is_unread(body) && holds_rules(body) {
                    let place = Place { resource: "module".into(), name: told(name), ..Place::default() };
                    search.not_literal(place, body, Why::Module);
                }
            }),
            "variable" => named(&block.value).for_each(|(name, body)| {
                let at = Where { resource: "variable", name: &told(name), ..seek };
                body.get("default").into_iter().for_each(|default| value(search, at, name, default, body));
            }),
            "locals" => {
                let at = Where { resource: "locals", ..seek };
                block.value.bodies().for_each(|body| within(search, at, body));
            }
            "data" | "output" | "provider" | "terraform" => {}
            // of a file with the values of variables
            name => {
                let at = Where { resource: "variable", name: &told(name), ..seek };
                value(search, at, name, &block.value, root);
            }
        }
    }
}

/// A digest of where a module comes from and in which version. The text itself can hold a token.
fn source_of(call: &Node<'_>) -> String {
    let texts = ["source", "version"].map(|key| call.text_of(key).unwrap_or_default());
    digest(texts.iter().map(|text| text.as_bytes()))
}

/// Whether a text in it is about what a user can do: a category, all keys or all commands.
fn holds_rules(node: &Node<'_>) -> bool {
    let is_rule = |word: &str| {
        let is_word = ["allkeys", "allcommands", "allchannels", "~*"].contains(&word);
        is_word
            || ["+@", "-@"].iter().any(|sign| word.strip_prefix(sign).is_some_and(|name| !name.is_empty()))
    };
    node.text().is_some_and(|text| text.split_ascii_whitespace().any(is_rule))
        || node.children().any(|(_, child)| holds_rules(child))
}

/// Everything in a body, however deep.
fn within<'t, 'a>(search: &mut Search<'t, 'a>, at: Where<'_>, node: &'t Node<'a>) {
    let hints = match &node.kind {
        Kind::Map(_) => at.hints.within(node),
        _ => at.hints.clone(),
    };
    let at = Where { hints: &hints, ..at };
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

/// The value of a key in a map.
fn value<'t, 'a>(search: &mut Search<'t, 'a>, at: Where<'_>, key: &str, node: &'t Node<'a>, map: &Node<'a>) {
    search.place(node, || at.place(key), at.hints);
    let name = match map.kind {
        // an item of a list of rules is no string of its own
        Kind::Computed { .. } if key.is_empty() => None,
        _ => at.looks.then(|| Name::of(key)),
    };
    let is_found = match (&node.kind, name) {
        (Kind::Null, Some(Name::AccessString)) => return,
        (Kind::Text(_) | Kind::Computed { .. }, Some(name)) if !search.is_used(node) => {
            found(search, at, key, node, name)
        }
        (Kind::Map(_) | Kind::List(_), _) => false,
        (_, Some(Name::AccessString)) if !search.is_used(node) => {
            search.access_string(at.place(key), node, &at.hints.candidates());
            true
        }
        _ => false,
    };
    if !is_found {
        within(search, at, node);
    }
}

/// Whether a text or an expression is taken for an access string, and so is a finding now.
fn found<'t, 'a>(
    search: &mut Search<'t, 'a>,
    at: Where<'_>,
    key: &str,
    node: &'t Node<'a>,
    name: Name,
) -> bool {
    let makes_text = match &node.kind {
        Kind::Text(_) => true,
        Kind::Computed { form: Form::Template(_) | Form::Call { .. } | Form::Conditional(_), .. } => true,
        _ => name == Name::AccessString,
    };
    let values = || search.evaluator.values(node, &search.context);
    if !makes_text || name != Name::AccessString && !values().iter().any(|value| name.fits(value)) {
        return false;
    }
    let is_open = values().len() > 1;
    search.access_string(at.place(key), node, &at.hints.candidates());
    if is_open {
        // each of them is checked, and which of them it is stays open
        search.not_literal(at.place(key), node, Why::Expression);
    }
    true
}

/// What the name of a string says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// It is an access string.
    AccessString,
    /// It may be one, or a part of one: `iam_access_string`, `acl_string`.
    Alike,
    /// Nothing.
    Other,
}

impl Name {
    fn of(key: &str) -> Self {
        let key = key.to_ascii_lowercase();
        match &*key {
            "access_string" => Self::AccessString,
            key if key.contains("access_string") || key.contains("acl") => Self::Alike,
            _ => Self::Other,
        }
    }

    /// Whether a value is an access string by what it says. Every word looks like a rule, and there are several. Under
    /// a name that says nothing it also begins as that of a user, and has a pattern and a command.
    fn fits(self, value: &Value<'_>) -> bool {
        let Value::Text(text) = value else { return false };
        let text = &text.text;
        let words: Vec<_> = text.words().into_iter().map(|word| &text.shown()[word]).collect();
        let begins = |signs: &[char]| words.iter().any(|word| word.starts_with(signs));
        let is_rules = words.len() > 1 && words.iter().all(|word| is_like_a_rule(word));
        match self {
            Self::AccessString => true,
            Self::Alike => is_rules,
            Self::Other => {
                let is_user = ["on", "off"].contains(words.first().unwrap_or(&""));
                is_rules && is_user && begins(&['~', '%', '&']) && begins(&['+', '-'])
            }
        }
    }
}

fn is_like_a_rule(word: &str) -> bool {
    const WORDS: [&str; 16] = [
        "on",
        "off",
        "nopass",
        "resetpass",
        "allkeys",
        "resetkeys",
        "allchannels",
        "resetchannels",
        "allcommands",
        "nocommands",
        "reset",
        "sanitize-payload",
        "skip-sanitize-payload",
        "clearselectors",
        "alldbs",
        "resetdbs",
    ];
    let is_word = WORDS.iter().any(|rule| word.eq_ignore_ascii_case(rule));
    is_word
        || word.len() > 1 && word.starts_with(['+', '-', '~', '%', '&', '>', '<', '#', '!', '('])
        || word.len() > 1 && word.ends_with(')')
}
