//! The users that a file defines, each with what it may do and how it logs in, as far as the file tells.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use std::collections::HashMap;
use std::path::Path;

use super::{Dialects, Document, Kind, is_appended};
use crate::catalog::Catalog;
use crate::dialect::Service;
use crate::file::{self, AclFile, FileErrors};
use crate::iac::{
    self, AccessStringAt, AclText, AclTextKind, Finding, Given, Literal, Place, Position, Request,
};
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
    /// The file states it.
    Known(Box<User>),
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
    /// What it is allowed to do, where the file states it.
    #[must_use]
    pub fn known(&self) -> Option<&User> {
        match &self.access {
            Access::Known(user) => Some(user),
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

/// A file whose users are read.
pub struct FileOfUsers<'a> {
    /// Where the file is.
    pub path: &'a Path,
    /// What it holds.
    pub bytes: &'a [u8],
    /// What it is read as.
    pub kind: Kind,
    /// What reads strings whose dialect it does not state.
    pub dialects: Dialects,
}

impl<'a> FileOfUsers<'a> {
    /// The users of a file in which nothing is refused, by its document.
    pub fn users(&self, document: &Document<'_>) -> Vec<FileUser> {
        let position = |place: Span| document.position_of_byte(place.start);
        match self.kind {
            Kind::AclFile => self.of_lines(self.bytes, file::Format::Acl, None, position),
            Kind::Configuration => self.of_lines(self.bytes, file::Format::Config, None, position),
            Kind::Infrastructure(format) => match iac::read(format, self.bytes) {
                Ok(found) => self.of_infrastructure(&found),
                Err(_) => Vec::new(),
            },
        }
    }

    /// The same without a document.
    pub fn all_users(&self) -> Vec<FileUser> {
        self.users(&Document::read(self.path, self.bytes, self.kind, self.dialects))
    }

    /// The users of a text of lines; `around` is what it stands in.
    fn of_lines(
        &self,
        text: &[u8],
        format: file::Format,
        around: Option<&Place>,
        position: impl Fn(Span) -> Position,
    ) -> Vec<FileUser> {
        let catalog = Catalog::from(self.dialects.of_server(self.path));
        users_of(&AclFile::parse_with(text, &catalog, format), around, position).unwrap_or_default()
    }

    fn of_infrastructure(&self, found: &iac::Document<'_>) -> Vec<FileUser> {
        let found = Found { findings: found.findings(), requests: found.requests().collect() };
        found.findings.iter().flat_map(|finding| self.of_finding(&found, finding)).collect()
    }

    fn of_finding(&self, found: &Found<'_, '_>, finding: &Finding<'_>) -> Vec<FileUser> {
        let unknown = |why: String, written: &[u8]| Access::Unknown { why, written: written.to_vec() };
        let (position, access) = match finding {
            Finding::AccessString(string) if !is_appended(&string.place.attribute) => {
                let dialect = string.dialect.unwrap_or_else(|| self.dialects.of_service());
                let text = found.with_appended(string);
                let access = match User::parse(dialect, &text) {
                    Ok(user) => Access::Known(Box::new(user)),
                    Err(error) => unknown(error.to_string(), text.as_bytes()),
                };
                (string.text.position(Span::new(0, 0)), access)
            }
            Finding::AccessString(string) if found.beside(&finding.range(), Part::Base).is_none() => {
                let why = "its rules are put behind those that the user has".to_owned();
                (string.text.position(Span::new(0, 0)), unknown(why, string.text.value().as_bytes()))
            }
            Finding::NotLiteral(value) => {
                let written = self.bytes.get(value.range.clone()).unwrap_or_default();
                (value.position, unknown(value.why.to_string(), written))
            }
            Finding::Request(request) if !found.has_string(request) => {
                (request.position(), unknown("no access string is given".into(), b""))
            }
            Finding::AclText(text) => return self.of_text(text),
            _ => return Vec::new(),
        };
        vec![found.user(finding, position, access)]
    }

    fn of_text(&self, text: &AclText<'_>) -> Vec<FileUser> {
        let format = match text.kind {
            AclTextKind::AclFile => file::Format::Acl,
            AclTextKind::Configuration => file::Format::Config,
        };
        let position = |place| text.text.position(place);
        self.of_lines(text.text.value().as_bytes(), format, Some(&text.place), position)
    }
}

/// The users of lines, each where the last line about it stands.
fn users_of(
    file: &AclFile,
    around: Option<&Place>,
    position: impl Fn(Span) -> Position,
) -> Result<Vec<FileUser>, FileErrors> {
    let of_lines = file.lines().iter().filter_map(|line| line.user());
    let places: HashMap<_, _> = of_lines.map(|line| (line.name(), line.name_span())).collect();
    let of_user = |(name, user): (&str, &User)| {
        let shown = syntax::masked(name);
        FileUser {
            id: Some(name.to_owned()),
            address: around.map_or_else(|| shown.clone(), |around| format!("{around} user {shown}")),
            position: places.get(name).map(|place| position(*place)),
            access: Access::Known(Box::new(user.clone())),
            logins: None,
        }
    };
    Ok(file.users()?.into_iter().map(of_user).collect())
}

/// Whether it is what `redis-cli` printed for `ACL LIST`.
pub fn is_listed(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"1) \"user ")
}

/// The users that `ACL LIST` printed.
pub fn of_list(path: &Path, bytes: &[u8], dialects: Dialects) -> Result<Vec<FileUser>, FileErrors> {
    let file = AclFile::parse_with(bytes, &Catalog::from(dialects.of_server(path)), file::Format::List);
    let position = |place: Span| {
        let before = &bytes[..place.start];
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Position { line: before.iter().filter(|byte| **byte == b'\n').count() + 1, column }
    };
    users_of(&file, None, position)
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
/// address if not both have ids. What has no other is by itself.
pub fn pairs<'u>(
    old: &'u [FileUser],
    new: &'u [FileUser],
) -> Vec<(Option<&'u FileUser>, Option<&'u FileUser>)> {
    let (mut of_new, mut taken) = (vec![None; new.len()], vec![false; old.len()]);
    let by_address = index(old, |user| Some(&user.address));
    let by_id = index(old, |user| user.id.as_deref());
    for law in [Law::Same, Law::Id, Law::Address] {
        for (user, found) in new.iter().zip(&mut of_new).filter(|(_, found)| found.is_none()) {
            let candidates = match (law, &user.id) {
                (Law::Id, Some(id)) => by_id.get(&**id),
                (Law::Id, None) => None,
                (Law::Same | Law::Address, _) => by_address.get(&*user.address),
            };
            let mut candidates = candidates.into_iter().flatten().copied();
            *found = candidates.find(|at| !taken[*at] && law.holds(&old[*at], user));
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
