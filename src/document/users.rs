//! The users that a file defines, each with what it may do and how it logs in, as far as the file tells.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use std::collections::HashMap;

use super::{Document, Kind, candidates, is_appended, narrowed};
use crate::catalog::Catalog;
use crate::dialect::{Dialects, Service};
use crate::file::{self, AclFile};
use crate::iac::{self, AccessStringAt, Finding, Given, Literal, Place, Position, Request};
use crate::secret::PasswordHash;
use crate::span::Span;
use crate::syntax;
use crate::user::User;

/// A user of a file.
#[derive(Debug)]
pub struct FileUser {
    /// What it is called by the service or server, which tells users of two files apart.
    pub id: Option<String>,
    /// What it is called in the file: the name, or the address of the resource.
    pub address: String,
    /// The file that defines it.
    pub file: String,
    /// What its address is unique in, among several files: the folder of Terraform, otherwise the file.
    unit: String,
    /// Where it stands. The user `default` of a server stands nowhere unless a line defines it.
    pub position: Option<Position>,
    /// What it is allowed to do.
    pub access: Access,
    /// How it logs in, where that stands beside the access string.
    pub logins: Option<BTreeSet<Login>>,
}

/// What a user may do.
#[derive(Debug)]
pub enum Access {
    /// The file states it: the user on each engine that may read the string and accepts it, the oldest first.
    Known(Vec<User>),
    /// It is not literal.
    Unknown {
        /// Why, in a few words.
        why: String,
        /// As it is written, to be compared and not to be shown.
        written: Vec<u8>,
    },
}

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Login {
    /// No password is needed.
    WithoutPassword,
    /// With IAM.
    Iam,
    /// With the password of this hash.
    Password(PasswordHash),
    /// Something that is not literal.
    Unknown,
}

impl FileUser {
    /// A user of a line, before any engine has read it.
    fn of_line(
        document: &Document<'_>,
        name: &str,
        around: Option<&Place>,
        position: Option<Position>,
    ) -> Self {
        let shown = syntax::masked(name);
        Self {
            id: Some(name.to_owned()),
            address: around.map_or_else(|| shown.clone(), |around| format!("{around} user {shown}")),
            file: document.file(),
            unit: document.unit(),
            position,
            access: Access::Known(Vec::new()),
            logins: None,
        }
    }

    /// The user on each engine that may read it, where the file states what it can do.
    #[must_use]
    pub fn known(&self) -> Option<&[User]> {
        match &self.access {
            Access::Known(users) => Some(users),
            Access::Unknown { .. } => None,
        }
    }
}

impl Login {
    /// The way in words, after the name of a user.
    pub fn told(self) -> &'static str {
        match self {
            Self::WithoutPassword => "logs in without a password",
            Self::Iam => "logs in with IAM",
            Self::Password(_) => "logs in with another password",
            Self::Unknown => "logs in with what is not literal",
        }
    }

    /// The ways that a request gives a user.
    pub fn of_request(request: &Request<'_>) -> BTreeSet<Self> {
        let members = request.members().iter();
        members.filter_map(|member| Self::of_member(&member.name, &member.given)).collect()
    }

    fn of_member(name: &str, given: &Given) -> Option<Self> {
        match given {
            Given::Flag(true) => Some(Self::WithoutPassword),
            Given::Text(mode) if name == "AuthenticationMode.Type" => match &*mode.to_ascii_lowercase() {
                "no-password-required" | "no-password" => Some(Self::WithoutPassword),
                "iam" => Some(Self::Iam),
                _ => None,
            },
            Given::Password(password) => Some(Self::Password(password.hash())),
            Given::Unknown(_) => {
                let is_login = ["NoPasswordRequired", "Passwords", "AuthenticationMode"];
                is_login.iter().any(|member| name.starts_with(member)).then_some(Self::Unknown)
            }
            _ => None,
        }
    }
}

// ---------------------------------------------------------------------------------------------------
// Reading

impl Document<'_> {
    /// The users that the file defines, each on every engine that may read the file and accepts it. A server has its
    /// user `default` also if no line defines it.
    #[must_use]
    pub fn users(&self) -> Vec<FileUser> {
        let position = |place: Span| self.position_of_byte(place.start);
        match &self.found {
            None if matches!(self.kind, Kind::Infrastructure(_)) => Vec::new(),
            None => self.users_of_lines(self.bytes, self.kind.lines_format(), None, position),
            Some(found) => {
                let found = Found { findings: found.findings(), requests: found.requests().collect() };
                let of_lines = self.texts.iter().map(|text| {
                    let position = |place| text.text.position(place);
                    let value = text.text.value().as_bytes();
                    (
                        text.text.whole().start,
                        self.users_of_lines(value, text.format, Some(&text.place), position),
                    )
                });
                let of_findings = found.findings.iter();
                let of_findings = of_findings.map(|finding| {
                    (finding.range().start, self.user_of_finding(&found, finding).into_iter().collect())
                });
                let mut users: Vec<(usize, Vec<FileUser>)> = of_findings.chain(of_lines).collect();
                users.sort_by_key(|(at, _)| *at);
                users.into_iter().flat_map(|(_, users)| users).collect()
            }
        }
    }

    /// The users of a text of lines; `around` is what it stands in.
    fn users_of_lines(
        &self,
        text: &[u8],
        format: file::Format,
        around: Option<&Place>,
        position: impl Fn(Span) -> Position,
    ) -> Vec<FileUser> {
        let mut users: BTreeMap<String, FileUser> = BTreeMap::new();
        for dialect in self.servers().iter() {
            let file = AclFile::parse_with(text, &Catalog::from(dialect), format);
            let Ok(found) = file.users() else { continue };
            let of_lines = file.lines().iter().filter_map(|line| line.user());
            let places: HashMap<_, _> = of_lines.map(|line| (line.name(), line.name_span())).collect();
            for (name, user) in found {
                let of_all = users.entry(name.to_owned()).or_insert_with(|| {
                    let place = places.get(name).map(|place| position(*place));
                    FileUser::of_line(self, name, around, place)
                });
                if let Access::Known(on) = &mut of_all.access {
                    on.push(user.clone());
                }
            }
        }
        users.into_values().collect()
    }

    fn user_of_finding(&self, found: &Found<'_, '_>, finding: &Finding<'_>) -> Option<FileUser> {
        let unknown = |why: String, written: &[u8]| Access::Unknown { why, written: written.to_vec() };
        let (position, access) = match finding {
            Finding::AccessString(string) if !is_appended(&string.place.attribute) => {
                let dialects = narrowed(candidates(string), self.stated.as_ref());
                let text = found.with_appended(string);
                (string.text.position(Span::new(0, 0)), Access::of(&text, &dialects))
            }
            Finding::AccessString(string) if found.beside(&finding.range(), Part::Base).is_none() => {
                let why = "its rules are put after those that the user has".to_owned();
                (string.text.position(Span::new(0, 0)), unknown(why, string.text.value().as_bytes()))
            }
            Finding::NotLiteral(value) => {
                let written = self.bytes.get(value.range.clone()).unwrap_or_default();
                (value.position, unknown(value.why.to_string(), written))
            }
            Finding::Request(request) if !found.has_string(request) => {
                (request.position(), unknown("no access string is given".into(), b""))
            }
            _ => return None,
        };
        Some(FileUser { file: self.file(), unit: self.unit(), ..found.user(finding, position, access) })
    }
}

impl Document<'_> {
    fn file(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    fn unit(&self) -> String {
        let is_terraform =
            matches!(self.kind, Kind::Infrastructure(iac::Format::Terraform | iac::Format::TerraformJson));
        match self.path.parent() {
            Some(folder) if is_terraform => folder.to_string_lossy().into_owned(),
            _ => self.file(),
        }
    }
}

impl Access {
    /// What a string grants on each of the engines that accepts it.
    fn of(text: &str, dialects: &Dialects) -> Self {
        let (mut users, mut error) = (Vec::new(), None);
        for dialect in dialects.iter() {
            match User::parse(dialect, text) {
                Ok(user) => users.push(user),
                Err(errors) => error = Some(errors),
            }
        }
        match (users.is_empty(), error) {
            (true, Some(error)) => {
                Self::Unknown { why: error.to_string(), written: text.as_bytes().to_vec() }
            }
            _ => Self::Known(users),
        }
    }
}

/// What is found in a file of infrastructure, in its order.
struct Found<'d, 'a> {
    findings: &'d [Finding<'a>],
    requests: Vec<&'d Request<'a>>,
}

/// Which access string of a request.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Base,
    Appended,
}

impl Part {
    fn of(string: &AccessStringAt<'_>) -> Self {
        if is_appended(&string.place.attribute) { Self::Appended } else { Self::Base }
    }
}

impl<'d, 'a> Found<'d, 'a> {
    /// The user that a finding is about, by the request that it stands in.
    fn user(&self, finding: &Finding<'_>, position: Position, access: Access) -> FileUser {
        let request = self.request_around(&finding.range());
        FileUser {
            id: request.and_then(id_of),
            address: address(request.map_or(finding.place(), |request| request.place())),
            file: String::new(),
            unit: String::new(),
            position: Some(position),
            access,
            logins: request.map(Login::of_request),
        }
    }

    fn request_around(&self, range: &Range<usize>) -> Option<&'d Request<'a>> {
        let behind = self.requests.partition_point(|request| request.range().start <= range.start);
        let last = self.requests[..behind].last()?;
        (range.end <= last.range().end).then_some(last)
    }

    fn inside(&self, request: &Request<'_>) -> &'d [Finding<'a>] {
        let range = request.range();
        let first = self.findings.partition_point(|finding| finding.range().start < range.start);
        let behind = self.findings.partition_point(|finding| finding.range().start < range.end);
        &self.findings[first..behind]
    }

    fn has_string(&self, request: &Request<'_>) -> bool {
        let is_one =
            |finding: &Finding<'_>| matches!(finding, Finding::AccessString(_) | Finding::NotLiteral(_));
        self.inside(request).iter().any(is_one)
    }

    /// That access string of the request around a place.
    fn beside(&self, range: &Range<usize>, part: Part) -> Option<&'d AccessStringAt<'a>> {
        self.inside(self.request_around(range)?).iter().find_map(|finding| match finding {
            Finding::AccessString(string) if Part::of(string) == part => Some(string),
            _ => None,
        })
    }

    /// The string with the rules that the same request puts behind it.
    fn with_appended(&self, string: &AccessStringAt<'_>) -> String {
        let value = |text: &Literal<'_>| text.value().trim().to_owned();
        match self.beside(&string.text.whole(), Part::Appended) {
            Some(appended) => format!("{} {}", value(&string.text), value(&appended.text)),
            None => string.text.value().to_owned(),
        }
    }
}

/// ElastiCache keeps ids in lower case.
fn id_of(request: &Request<'_>) -> Option<String> {
    let member = |name: &str| request.members().iter().find(|member| member.name == name);
    let text = |name| match &member(name)?.given {
        Given::Text(text) => Some(text.clone()),
        _ => None,
    };
    match request.kind().service() {
        Service::ElastiCache => text("UserId").map(|id| id.to_ascii_lowercase()),
        _ => text("UserName"),
    }
}

/// As Terraform writes it: a plan has the same address for the resource of a configuration.
fn address(place: &Place) -> String {
    let user = match (&*place.resource, &*place.name) {
        (resource, "") => resource.to_owned(),
        (resource, name) if name.contains(resource) => name.to_owned(),
        (resource, name) => format!("{resource}.{name}"),
    };
    match &*place.attribute {
        "" | "access_string" | "AccessString" => user,
        attribute => format!("{user} {attribute}"),
    }
}

// ---------------------------------------------------------------------------------------------------
// Two files

/// The users of two files in pairs: those of the same id and address, then of the same id, then of the same
/// address if not both have ids. What has no other is by itself. Of several files only users of the same file, in
/// Terraform of the same folder, are one.
#[must_use]
pub fn pairs<'u>(
    old: &'u [FileUser],
    new: &'u [FileUser],
) -> Vec<(Option<&'u FileUser>, Option<&'u FileUser>)> {
    let (mut of_new, mut taken) = (vec![None; new.len()], vec![false; old.len()]);
    let by_address = index(old, |user| Some(&user.address));
    let by_id = index(old, |user| user.id.as_deref());
    let are_one_unit = |users: &[FileUser]| users.windows(2).all(|pair| pair[0].unit == pair[1].unit);
    let heeds_units = !are_one_unit(old) || !are_one_unit(new);
    let fits = |old: &FileUser, new: &FileUser| !heeds_units || old.unit == new.unit;
    for law in [Law::Same, Law::Id, Law::Address] {
        for (user, found) in new.iter().zip(&mut of_new).filter(|(_, found)| found.is_none()) {
            let candidates = match (law, &user.id) {
                (Law::Id, Some(id)) => by_id.get(&**id),
                (Law::Id, None) => None,
                (Law::Same | Law::Address, _) => by_address.get(&*user.address),
            };
            let mut candidates = candidates.into_iter().flatten().copied();
            *found = candidates.find(|at| !taken[*at] && fits(&old[*at], user) && law.holds(&old[*at], user));
            if let Some(at) = *found {
                taken[at] = true;
            }
        }
    }
    let with_old = new.iter().zip(of_new).map(|(user, found)| (found.map(|at| &old[at]), Some(user)));
    let without_new = old.iter().zip(taken).filter(|(_, taken)| !taken).map(|(user, _)| (Some(user), None));
    with_old.chain(without_new).collect()
}

/// Where the users of each key stand.
fn index<'u>(
    users: &'u [FileUser],
    key: impl Fn(&'u FileUser) -> Option<&'u str>,
) -> HashMap<&'u str, Vec<usize>> {
    let mut index: HashMap<_, Vec<_>> = HashMap::new();
    for (at, user) in users.iter().enumerate() {
        if let Some(key) = key(user) {
            index.entry(key).or_default().push(at);
        }
    }
    index
}

/// What makes users of two files one.
#[derive(Clone, Copy)]
enum Law {
    Same,
    Id,
    Address,
}

impl Law {
    fn holds(self, old: &FileUser, new: &FileUser) -> bool {
        match self {
            Self::Same => old.id == new.id && old.address == new.address,
            Self::Id => old.id.is_some() && old.id == new.id,
            // of two ids that differ, the address tells nothing
            Self::Address => (old.id.is_none() || new.id.is_none()) && old.address == new.address,
        }
    }
}
