//! A user as AWS is asked for it, with the place of every member.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::path::{Path, PathBuf};

use super::candidates::Candidates;
use super::conditions::{Conditions, Existence};
use super::finding::{Place, Why};
use super::module::digest;
use super::resolved::Resolved;
use super::search::Search;
use super::source::Position;
use super::tree::{Kind, Node};
use super::value::{Item, Value};
use crate::aws::{self, AuthenticationMode, Problem, ProblemKind, RequestedString, Tag, memorydb};
use crate::dialect::Service;
use crate::secret::Password;
use crate::span::Span;

/// What AWS is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// ElastiCache's CreateUser; each user of Terraform and CloudFormation is one.
    CreateUser,
    /// ElastiCache's ModifyUser.
    ModifyUser,
    /// MemoryDB's CreateUser.
    MemoryDbCreateUser,
    /// MemoryDB's UpdateUser.
    MemoryDbUpdateUser,
}

impl RequestKind {
    /// Who is asked.
    #[must_use]
    pub const fn service(self) -> Service {
        match self {
            Self::CreateUser | Self::ModifyUser => Service::ElastiCache,
            Self::MemoryDbCreateUser | Self::MemoryDbUpdateUser => Service::MemoryDb,
        }
    }

    /// AWS's name of it: `CreateUser`.
    #[must_use]
    pub const fn operation(self) -> &'static str {
        match self {
            Self::CreateUser | Self::MemoryDbCreateUser => "CreateUser",
            Self::ModifyUser => "ModifyUser",
            Self::MemoryDbUpdateUser => "UpdateUser",
        }
    }
}

/// How a file spells the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// `UserId`, in a request to AWS
    Aws,
    /// `UserId`, in a template of CloudFormation, which checks more than the services
    CloudFormation,
    /// `user_id`
    Terraform,
}

impl Names {
    pub(super) fn spell(self, member: &'static str) -> &'static str {
        match (self, member) {
            (Self::Aws | Self::CloudFormation, member) => member,
            (_, "UserId") => "user_id",
            (_, "UserName") => "user_name",
            (_, "Engine") => "engine",
            (_, "EngineVersion") => "engine_version",
            (_, "AccessString") => "access_string",
            (_, "AppendAccessString") => "append_access_string",
            (_, "NoPasswordRequired") => "no_password_required",
            (_, "Passwords") => "passwords",
            (_, "AuthenticationMode") => "authentication_mode",
            (_, "Type") => "type",
            (_, member) => member,
        }
    }
}

/// A user as AWS is asked for it. `Debug` shows no password.
#[derive(Clone)]
pub struct Request<'a> {
    kind: RequestKind,
    names: Names,
    place: Place,
    range: Range<usize>,
    position: Position,
    members: Vec<Member>,
    path: Arc<Path>,
    /// The folder of the root module that it belongs to, through however many calls; empty outside of Terraform.
    root: PathBuf,
    candidates: Candidates,
    /// The texts that each of its access strings may be.
    strings: BTreeMap<&'static str, Vec<Resolved<'a>>>,
    /// The conditions under which it is each of them.
    conditions: BTreeMap<&'static str, Vec<Conditions>>,
    /// What decides the values of members, which tells unknown values apart.
    bases: BTreeMap<String, String>,
    existence: Existence,
}

impl fmt::Debug for Request<'_> {
    /// Not the bases, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut request = f.debug_struct("Request");
        request.field("kind", &self.kind).field("place", &self.place).field("range", &self.range);
        request.field("position", &self.position).field("members", &self.members);
        request.field("candidates", &self.candidates).field("strings", &self.strings).finish_non_exhaustive()
    }
}

/// A member of a request that the file gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// In AWS's words, however the file spells it: `UserId`, `AuthenticationMode.Passwords[1]`.
    pub name: String,
    /// What is given.
    pub given: Given,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
}

/// What a file gives as a member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// An id, a name, an engine, a type.
    Text(String),
    /// An access string.
    AccessString(RequestedString),
    /// True or false.
    Flag(bool),
    /// A list of so many passwords, which are members of their own.
    Passwords(usize),
    /// A password.
    Password(Password<'static>),
    /// A list of this many tags. Each key and value is a member of its own.
    Tags(usize),
    /// An authentication mode, whose members are members of their own.
    Mode,
    /// Something that is not known before a tool has worked it out.
    Unknown(Why),
}

/// What AWS would refuse, and the member's place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestProblem {
    /// The problem.
    pub problem: Problem,
    /// The bytes of the member; of an access string those of what is wrong with it; of a missing member those
    /// of what it is missing in.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
}

// ---------------------------------------------------------------------------------------------------
// Reading

/// Gathers members.
struct Reading<'s, 't, 'a> {
    search: &'s Search<'t, 'a>,
    names: Names,
    members: Vec<Member>,
    strings: BTreeMap<&'static str, Vec<Resolved<'a>>>,
    conditions: BTreeMap<&'static str, Vec<Conditions>>,
    bases: BTreeMap<String, String>,
}

impl<'s, 't, 'a> Reading<'s, 't, 'a> {
    fn new(search: &'s Search<'t, 'a>, names: Names) -> Self {
        let (strings, conditions, bases) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { search, names, members: Vec::new(), strings, conditions, bases }
    }
}

impl<'a> Request<'a> {
    /// The members that a body gives.
    pub(super) fn read(
        search: &Search<'_, 'a>,
        kind: RequestKind,
        names: Names,
        place: Place,
        body: &Node<'a>,
        candidates: Candidates,
    ) -> Self {
        let mut reading = Reading::new(search, names);
        reading.body(body);
        reading.what_terraform_adds(body);
        reading.request(kind, place, body, candidates)
    }

    /// The members that a plan shows, and which others there are.
    pub(super) fn of_plan(
        search: &Search<'_, 'a>,
        kind: RequestKind,
        place: Place,
        values: &Node<'a>,
        marks: Marks<'_, 'a>,
        candidates: Candidates,
    ) -> Self {
        let mut reading = Reading::new(search, Names::Terraform);
        reading.body(values);
        marks.hidden.into_iter().for_each(|marks| reading.hidden(marks));
        marks.unknown.into_iter().for_each(|marks| reading.unknown(marks));
        reading.what_terraform_adds(values);
        reading.request(kind, place, values, candidates)
    }
}

impl<'a> Reading<'_, '_, 'a> {
    fn request(
        self,
        kind: RequestKind,
        place: Place,
        body: &Node<'a>,
        candidates: Candidates,
    ) -> Request<'a> {
        let search = self.search;
        let Self { names, members, strings, conditions, bases, .. } = self;
        let source = search.source();
        let (range, position) = (source.in_file(body.at.clone()), source.position(body.at.start));
        Request {
            kind,
            names,
            place,
            path: source.path.clone(),
            root: search.root().to_owned(),
            range,
            position,
            members,
            candidates,
            strings,
            conditions,
            bases,
            existence: search.context.frame.existence().clone(),
        }
    }

    fn body(&mut self, body: &Node<'a>) {
        for name in ["UserId", "UserName", "Engine"] {
            self.given(body, name).into_iter().for_each(|node| self.text(name.into(), node));
        }
        for name in ["AccessString", "AppendAccessString"] {
            self.given(body, name).into_iter().for_each(|node| self.access_string(name, node));
        }
        let flag = self.given(body, "NoPasswordRequired");
        flag.into_iter().for_each(|node| self.flag("NoPasswordRequired".into(), node));
        self.passwords("Passwords", self.given(body, "Passwords"));
        self.tags(body);
        let Some(mode) = self.given(body, "AuthenticationMode") else { return };
        // a block is a map, in plans and in Terraform's JSON also a list of one
        if let Kind::Computed { why, .. } = &mode.kind {
            self.add_basis("AuthenticationMode", mode);
            return self.add("AuthenticationMode".into(), Given::Unknown(why.clone()), mode);
        }
        let Some(mode) = mode.bodies().next() else { return };
        self.add("AuthenticationMode".into(), Given::Mode, mode);
        self.given(mode, "Type")
            .into_iter()
            .for_each(|node| self.text("AuthenticationMode.Type".into(), node));
        self.passwords("AuthenticationMode.Passwords", self.given(mode, "Passwords"));
    }

    fn given<'n>(&self, body: &'n Node<'a>, member: &'static str) -> Option<&'n Node<'a>> {
        body.get(self.names.spell(member))
    }

    fn add(&mut self, name: String, given: Given, node: &Node<'a>) {
        let source = self.search.source();
        let range = source.in_file(node.at.clone());
        let position = source.position(node.at.start);
        self.members.push(Member { name, given, range, position });
    }

    fn value(&self, node: &Node<'a>) -> Value<'a> {
        self.search.evaluator.value(node, &self.search.context)
    }

    fn add_basis(&mut self, name: &str, node: &Node<'a>) {
        self.bases.insert(name.to_owned(), self.value(node).basis());
    }

    /// The known text of a value, or why there is none.
    fn known(node: &Node<'a>, value: &Value<'a>) -> Result<String, Why> {
        let is_number = matches!(node.kind, Kind::Number);
        match (value.known(), value.first_unknown()) {
            (Some(text), _) if !is_number => Ok(text.to_owned()),
            (_, Some(_)) if matches!(value, Value::Text(_)) => Err(Why::Interpolation),
            (_, Some(unknown)) => Err(unknown.why.clone()),
            _ => Err(Why::NotText),
        }
    }

    fn text(&mut self, name: String, node: &Node<'a>) {
        let value = self.value(node);
        if matches!(value, Value::Null) {
            return;
        }
        self.bases.insert(name.clone(), value.basis());
        let given = match Self::known(node, &value) {
            Ok(text) => Given::Text(text),
            Err(why) => Given::Unknown(why),
        };
        self.add(name, given, node);
    }

    fn access_string(&mut self, name: &'static str, node: &Node<'a>) {
        let mut variants = self.search.evaluator.variants(node, &self.search.context);
        if variants.iter().any(|(value, _)| !matches!(value, Value::Null)) {
            variants.retain(|(value, _)| !matches!(value, Value::Null));
        }
        let at = self.search.evaluator.at(node.at.clone(), &self.search.context);
        let is_number = matches!(node.kind, Kind::Number);
        let texts = variants.iter().filter(|_| !is_number);
        let texts = texts.filter_map(|(value, conditions)| Some((value.to_text(&at)?, conditions.clone())));
        let (texts, conditions): (Vec<_>, Vec<_>) = texts.unzip();
        let values: Vec<_> = variants.into_iter().map(|(value, _)| value).collect();
        let given = match (&values[..], &texts[..]) {
            ([Value::Null], _) => return,
            ([Value::Flag(_)], _) => Given::Unknown(Why::NotText),
            ([value], [text]) => match (text.known(), value) {
                (Some(text), _) => Given::AccessString(text.into()),
                (None, Value::Unknown(unknown)) => Given::Unknown(unknown.why.clone()),
                (None, _) => Given::Unknown(Why::Interpolation),
            },
            ([_], _) => Given::Unknown(Why::NotText),
            _ => Given::Unknown(Why::Expression),
        };
        self.strings.insert(name, texts);
        self.conditions.insert(name, conditions);
        self.add_basis(name, node);
        self.add(name.into(), given, node);
    }

    /// A truth value, which tools also take as a text.
    fn flag(&mut self, name: String, node: &Node<'a>) {
        self.add_basis(&name, node);
        let given = match self.value(node) {
            Value::Null => return,
            Value::Flag(flag) => Given::Flag(flag),
            Value::Unknown(unknown) => Given::Unknown(unknown.why),
            value if value.known().is_some_and(|text| text.eq_ignore_ascii_case("true")) => Given::Flag(true),
            value if value.known().is_some_and(|text| text.eq_ignore_ascii_case("false")) => {
                Given::Flag(false)
            }
            _ => Given::Unknown(Why::NotText),
        };
        self.add(name, given, node);
    }

    fn passwords(&mut self, name: &str, list: Option<&Node<'a>>) {
        let Some(list) = list else { return };
        let items = match self.value(list) {
            Value::Null => return,
            Value::List(items) => items,
            other => {
                let why = other.first_unknown().map_or(Why::NotText, |unknown| unknown.why.clone());
                return self.add(name.into(), Given::Unknown(why), list);
            }
        };
        let more = items.iter().find_map(|item| match item {
            Item::Some(unknown) => Some(unknown.why.clone()),
            Item::One(_) => None,
        });
        if let Some(why) = more {
            return self.add(name.into(), Given::Unknown(why), list);
        }
        self.add(name.into(), Given::Passwords(items.len()), list);
        for (number, item) in items.iter().enumerate() {
            let Item::One(password) = item else { continue };
            let node = list.items().get(number).unwrap_or(list);
            let given = match Self::known(node, password) {
                Ok(text) => Given::Password(text.into()),
                Err(why) => Given::Unknown(why),
            };
            self.add(format!("{name}[{number}]"), given, node);
        }
    }

    /// Reads tags that are a list, as in AWS and CloudFormation. In Terraform they are a map, and providers add to it.
    fn tags(&mut self, body: &Node<'a>) {
        let Some(list) = body.get("Tags").filter(|_| self.names != Names::Terraform) else { return };
        let Kind::List(tags) = &list.kind else {
            let why = match &list.kind {
                Kind::Computed { why, .. } => why.clone(),
                _ => Why::NotText,
            };
            return self.add("Tags".into(), Given::Unknown(why), list);
        };
        self.add("Tags".into(), Given::Tags(tags.len()), list);
        for (number, tag) in tags.iter().enumerate() {
            if let Kind::Computed { why, .. } = &tag.kind {
                self.add(format!("Tags[{number}]"), Given::Unknown(why.clone()), tag);
            }
            for name in ["Key", "Value"] {
                tag.get(name).into_iter().for_each(|node| self.text(format!("Tags[{number}].{name}"), node));
            }
        }
    }

    /// `after_sensitive` of a plan: true for what is sensitive. Sensitive values are shown unless they were removed.
    fn hidden(&mut self, marks: &Node<'a>) {
        for name in MEMBERS {
            let Some(node) = self.given(marks, name) else { continue };
            if matches!(node.kind, Kind::Flag(true)) && !self.members.iter().any(|member| member.name == name)
            {
                self.add(name.into(), Given::Unknown(Why::Hidden), node);
            }
        }
    }

    /// `after_unknown` of a plan: true for what is known only after apply, even where the plan shows a value.
    fn unknown(&mut self, marks: &Node<'a>) {
        for name in MEMBERS {
            let Some(node) = self.given(marks, name).filter(|node| has_mark(node)) else { continue };
            self.strings.remove(name);
            self.members.retain(|member| member.name.split(['.', '[']).next() != Some(name));
            self.add(name.into(), Given::Unknown(Why::AfterApply), node);
        }
    }

    /// `dynamic` blocks, and passwords that the provider takes in other attributes, which keep them out of the
    /// state.
    fn what_terraform_adds(&mut self, body: &Node<'a>) {
        if self.names != Names::Terraform {
            return;
        }
        let blocks = body.get("dynamic").into_iter().flat_map(Node::bodies);
        let dynamic = blocks.flat_map(Node::entries).find(|block| block.key == "authentication_mode");
        if let Some(block) = dynamic {
            self.add_basis("AuthenticationMode", &block.value);
            self.add("AuthenticationMode".into(), Given::Unknown(Why::Expression), &block.value);
        }
        let other = |key: &str| key.starts_with("password") && key != "passwords";
        if let Some(entry) = body.entries().iter().find(|entry| other(&entry.key)) {
            self.add("Passwords".into(), Given::Unknown(Why::Expression), &entry.value);
        }
    }
}

/// What a plan marks as sensitive, and as known after apply.
pub(super) struct Marks<'n, 'a> {
    pub(super) hidden: Option<&'n Node<'a>>,
    pub(super) unknown: Option<&'n Node<'a>>,
}

/// Whether it is true, or something in it is.
fn has_mark(node: &Node<'_>) -> bool {
    let in_entries = || node.entries().iter().any(|entry| has_mark(&entry.value));
    matches!(node.kind, Kind::Flag(true)) || node.items().iter().any(has_mark) || in_entries()
}

const MEMBERS: [&str; 7] =
    ["UserId", "UserName", "Engine", "AccessString", "NoPasswordRequired", "Passwords", "AuthenticationMode"];

// ---------------------------------------------------------------------------------------------------
// Validation

/// The problems of both. An SDK or the service does not receive the members that CloudFormation rejects.
pub(super) fn after_schema(
    of_schema: Vec<Problem>,
    of_service: impl IntoIterator<Item = Problem>,
) -> Vec<Problem> {
    let is_rejected =
        |problem: &Problem| of_schema.iter().any(|earlier| earlier.member() == problem.member());
    let reached: Vec<_> = of_service.into_iter().filter(|problem| !is_rejected(problem)).collect();
    of_schema.into_iter().chain(reached).collect()
}

/// Stands for a value that is not known, in requests that are only validated; problems with it are not told.
const STAND_IN: &str = "stand-in-for-what-is-not-known";

impl<'a> Request<'a> {
    /// What AWS is asked to do.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        self.kind
    }

    /// The folder of the root module that it belongs to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What it is in the file; its attribute is empty.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its bytes in the file.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Where they begin.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The members that are given. Tags are read where they are a list, as in CloudFormation.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The texts that its `AccessString` or `AppendAccessString` may be: none if it gives none, and several if a
    /// condition decides which.
    #[must_use]
    pub fn strings(&self, member: &str) -> &[Resolved<'a>] {
        self.strings.get(member).map(Vec::as_slice).unwrap_or_default()
    }

    /// The texts that its `AccessString` or `AppendAccessString` may be, each with the conditions under which it is.
    pub(crate) fn variants(&self, member: &str) -> impl Iterator<Item = (&Resolved<'a>, &Conditions)> {
        let conditions = self.conditions.get(member).map(Vec::as_slice).unwrap_or_default();
        self.strings(member).iter().zip(conditions)
    }

    /// Whether the user is there.
    pub(crate) fn existence(&self) -> &Existence {
        &self.existence
    }

    /// Whether the file states that no such user is made, as by `count = 0`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.existence.is_absent
    }

    /// A digest that is equal for two requests only if what is unknown of whether they need a password is computed
    /// alike.
    pub(crate) fn digest_of_modes(&self) -> String {
        const MODES: [&str; 3] = ["NoPasswordRequired", "AuthenticationMode", "AuthenticationMode.Type"];
        let unknown = MODES.iter().filter(|name| self.is_unknown(name));
        digest(unknown.map(|name| self.basis(name).as_bytes()))
    }

    /// A text that is equal for two requests only if their `AccessString` or `AppendAccessString` is the same, or is
    /// computed from equal texts by equal expressions. It may hold passwords: it is to be compared, not shown.
    #[must_use]
    pub fn basis(&self, member: &str) -> &str {
        self.bases.get(member).map_or("", String::as_str)
    }

    /// The engines that the user may meet.
    #[must_use]
    pub fn candidates(&self) -> &Candidates {
        &self.candidates
    }

    /// All that AWS would refuse, what it reports first coming first, as far as the file tells: no problem that
    /// depends on a value which is not literal.
    ///
    /// Of a ModifyUser without `Engine` nothing is said about the access string, as the user's engine decides.
    #[must_use]
    pub fn problems(&self) -> Vec<RequestProblem> {
        let refused = match self.kind {
            RequestKind::CreateUser => self.create_user().validate().err(),
            RequestKind::ModifyUser => self.modify_user().validate(&neutral_user()).err(),
            RequestKind::MemoryDbCreateUser => self.memorydb_create_user().validate().err(),
            RequestKind::MemoryDbUpdateUser => self.memorydb_update_user().validate().err(),
        };
        let of_service = refused.into_iter().flatten();
        let problems = after_schema(self.schema_problems(), of_service);
        let certain = problems.iter().filter(|problem| self.is_certain(problem));
        certain.map(|problem| self.located(problem)).collect()
    }

    /// The violations of CloudFormation's schema, for a user in a template.
    fn schema_problems(&self) -> Vec<Problem> {
        match (self.names, self.kind) {
            (Names::CloudFormation, RequestKind::CreateUser) => self.create_user().schema_problems(),
            (Names::CloudFormation, RequestKind::MemoryDbCreateUser) => {
                self.memorydb_create_user().schema_problems()
            }
            _ => Vec::new(),
        }
    }

    fn create_user(&self) -> aws::CreateUser {
        aws::CreateUser {
            user_id: self.text("UserId", STAND_IN),
            user_name: self.text("UserName", STAND_IN),
            engine: self.text("Engine", "redis"),
            passwords: self.passwords("Passwords"),
            access_string: self.access_string("AccessString"),
            no_password_required: self.flag("NoPasswordRequired"),
            tags: self.tags(),
            authentication_mode: self.mode(),
        }
    }

    fn modify_user(&self) -> aws::ModifyUser {
        aws::ModifyUser {
            user_id: self.text("UserId", STAND_IN),
            access_string: self.access_string("AccessString"),
            append_access_string: self.access_string("AppendAccessString"),
            passwords: self.passwords("Passwords"),
            no_password_required: self.flag("NoPasswordRequired"),
            authentication_mode: self.mode(),
            engine: self.text("Engine", "redis"),
        }
    }

    fn memorydb_create_user(&self) -> memorydb::CreateUser {
        let unknown = || self.is_unknown("AuthenticationMode").then(stand_in_mode);
        memorydb::CreateUser {
            user_name: self.text("UserName", STAND_IN),
            authentication_mode: self.mode().or_else(unknown),
            access_string: self.access_string("AccessString"),
            tags: self.tags(),
        }
    }

    fn memorydb_update_user(&self) -> memorydb::UpdateUser {
        memorydb::UpdateUser {
            user_name: self.text("UserName", STAND_IN),
            authentication_mode: self.mode(),
            access_string: self.access_string("AccessString"),
        }
    }

    fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    fn is_unknown(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name && matches!(member.given, Given::Unknown(_)))
    }

    fn text(&self, name: &str, stand_in: &str) -> Option<String> {
        match &self.member(name)?.given {
            Given::Text(text) => Some(text.clone()),
            _ => Some(stand_in.to_owned()),
        }
    }

    fn access_string(&self, name: &str) -> Option<RequestedString> {
        match &self.member(name)?.given {
            Given::AccessString(text) => Some(text.clone()),
            _ => Some("on".into()),
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.member(name)?.given {
            Given::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    fn passwords(&self, name: &str) -> Option<Vec<Password<'static>>> {
        let Given::Passwords(count) = self.member(name)?.given else { return None };
        let password = |number| match self.member(&format!("{name}[{number}]")).map(|member| &member.given) {
            Some(Given::Password(password)) => password.clone(),
            _ => STAND_IN.into(),
        };
        Some((0..count).map(password).collect())
    }

    fn tags(&self) -> Option<Vec<Tag>> {
        let Given::Tags(count) = self.member("Tags")?.given else { return None };
        let tag = |number: usize| match self.is_unknown(&format!("Tags[{number}]")) {
            true => Tag { key: Some(STAND_IN.into()), value: None },
            false => Tag {
                key: self.text(&format!("Tags[{number}].Key"), STAND_IN),
                value: self.text(&format!("Tags[{number}].Value"), STAND_IN),
            },
        };
        Some((0..count).map(tag).collect())
    }

    fn mode(&self) -> Option<AuthenticationMode> {
        let Given::Mode = self.member("AuthenticationMode")?.given else { return None };
        let kind = self.text("AuthenticationMode.Type", "password");
        Some(AuthenticationMode { kind, passwords: self.passwords("AuthenticationMode.Passwords") })
    }

    /// Whether the problem is there whatever the unknown values are.
    fn is_certain(&self, problem: &Problem) -> bool {
        const LOGIN: [&str; 5] = [
            "NoPasswordRequired",
            "Passwords",
            "AuthenticationMode",
            "AuthenticationMode.Type",
            "AuthenticationMode.Passwords",
        ];
        let any_unknown = |names: &[&str]| names.iter().any(|name| self.is_unknown(name));
        let modifies = self.kind == RequestKind::ModifyUser;
        let no_engine = self.kind.service() == Service::ElastiCache
            && (self.is_unknown("Engine") || modifies && self.member("Engine").is_none());
        if self.is_unknown(problem.member()) {
            return false;
        }
        match problem.kind() {
            ProblemKind::IamIdentity | ProblemKind::IamIdentityCase => {
                !modifies && !any_unknown(&["UserId", "UserName"]) && !any_unknown(&LOGIN)
            }
            ProblemKind::NoPasswordOnValkey => !no_engine && !any_unknown(&LOGIN),
            ProblemKind::NoAuthentication
            | ProblemKind::PasswordsTwice
            | ProblemKind::NoPasswordAndType(_)
            | ProblemKind::PasswordsNotAllowed(_)
            | ProblemKind::PasswordMissing
            | ProblemKind::TooManyPasswords => !any_unknown(&LOGIN),
            ProblemKind::AccessString(_) => {
                !no_engine && !any_unknown(&["AccessString", "AppendAccessString"])
            }
            _ => true,
        }
    }

    /// The problem at the place of its member, or of the nearest thing around it that is there.
    fn located(&self, problem: &Problem) -> RequestProblem {
        let (range, position) = self.place_of(problem);
        RequestProblem { problem: problem.clone(), range, position }
    }

    fn place_of(&self, problem: &Problem) -> (Range<usize>, Position) {
        let name = problem.member();
        if let ProblemKind::AccessString(error) = problem.kind() {
            let (name, span) = self.place_in_strings(name, error.span());
            // what is written in another file has no place in this one
            let location = self.strings(name).first().map(|text| text.location(span));
            if let Some(location) = location.filter(|location| location.path == self.path) {
                return (location.range, location.position);
            }
        }
        let around = name.split(['.', '[']).next().unwrap_or_default();
        let member = self.member(name).or_else(|| self.member(around));
        member.map_or((self.range(), self.position), |member| (member.range.clone(), member.position))
    }

    /// The member whose string it is in, and the place there: appended rules were read behind those of the string.
    fn place_in_strings<'n>(&self, name: &'n str, span: Span) -> (&'n str, Span) {
        if name != "AppendAccessString" {
            return (name, span);
        }
        let before = self.access_string("AccessString");
        let before = before.as_deref().map_or(NEUTRAL_RULES.len(), str::len) + 1;
        match span.start.checked_sub(before) {
            Some(start) => (name, Span::new(start, span.end - before)),
            None => ("AccessString", span),
        }
    }
}

/// Rules that hinder no others.
const NEUTRAL_RULES: &str = "off -@all";

/// A user to modify of whom nothing is known.
fn neutral_user() -> aws::User {
    aws::User {
        user_id: STAND_IN.into(),
        user_name: STAND_IN.into(),
        status: aws::Status::Active,
        engine: "redis".into(),
        minimum_engine_version: None,
        access_string: NEUTRAL_RULES.into(),
        user_group_ids: Vec::new(),
        authentication: aws::Authentication { kind: "password".into(), password_count: Some(1) },
        arn: String::new(),
        other: BTreeMap::new(),
    }
}

fn stand_in_mode() -> AuthenticationMode {
    AuthenticationMode { kind: Some("iam".into()), passwords: None }
}
