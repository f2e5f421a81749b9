//! The users that a file defines, each with what it may do and how it logs in, as far as the file tells.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;

use redis_acl::file::{self, AclFile};
use redis_acl::iac::{self, AclText, AclTextKind, Finding, Given, Literal, Place, Position, Request};
use redis_acl::{Catalog, FileErrors, PasswordHash, Span, User, syntax};

use crate::documents::{Dialects, Document, Kind, is_appended};

/// A user of a file.
#[derive(Debug)]
pub(crate) struct FileUser {
    /// What it is called by the service or server, which tells users of two files apart.
    pub(crate) id: Option<String>,
    /// What it is called in the file: the name, or the address of the resource.
    pub(crate) address: String,
    /// Where it stands. The user `default` of a server stands nowhere unless a line defines it.
    pub(crate) position: Option<Position>,
    pub(crate) access: Access,
    /// How it logs in, where that stands beside the access string.
    pub(crate) logins: Option<BTreeSet<Login>>,
}

/// What a user may do.
#[derive(Debug)]
pub(crate) enum Access {
    Known(Box<User>),
    /// It is not literal.
    Unknown {
        why: String,
        /// As it is written, to be compared and not to be shown.
        written: Vec<u8>,
    },
}

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Login {
    WithoutPassword,
    Iam,
    Password(PasswordHash),
    /// Something that is not literal.
    Unknown,
}

impl Login {
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::WithoutPassword => "logs in without a password",
            Self::Iam => "logs in with IAM",
            Self::Password(_) => "logs in with another password",
            Self::Unknown => "logs in with what is not literal",
        }
    }

    /// The ways that a request gives a user.
    pub(crate) fn of_request(request: &Request<'_>) -> BTreeSet<Self> {
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
pub(crate) struct FileOfUsers<'a> {
    pub(crate) path: &'a Path,
    pub(crate) bytes: &'a [u8],
    pub(crate) kind: Kind,
    pub(crate) dialects: Dialects,
}

impl<'a> FileOfUsers<'a> {
    /// The users of a file in which nothing is refused, by its document.
    pub(crate) fn users(&self, document: &Document<'_>) -> Vec<FileUser> {
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
    pub(crate) fn all_users(&self) -> Vec<FileUser> {
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
        found.findings().iter().flat_map(|finding| self.of_finding(found, finding)).collect()
    }

    fn of_finding(&self, found: &iac::Document<'_>, finding: &Finding<'_>) -> Vec<FileUser> {
        let unknown = |why: String, written: &[u8]| Access::Unknown { why, written: written.to_vec() };
        let (position, access) = match finding {
            Finding::AccessString(string) if !is_appended(&string.place.attribute) => {
                let dialect = string.dialect.unwrap_or_else(|| self.dialects.of_service());
                let text = with_appended(found, string);
                let access = match User::parse(dialect, &text) {
                    Ok(user) => Access::Known(Box::new(user)),
                    Err(error) => unknown(error.to_string(), text.as_bytes()),
                };
                (string.text.position(Span::new(0, 0)), access)
            }
            Finding::AccessString(string) if base_of(found, string).is_none() => {
                let why = "its rules are put behind those that the user has".to_owned();
                (string.text.position(Span::new(0, 0)), unknown(why, string.text.value().as_bytes()))
            }
            Finding::NotLiteral(value) => {
                let written = self.bytes.get(value.range.clone()).unwrap_or_default();
                (value.position, unknown(value.why.to_string(), written))
            }
            Finding::Request(request) if !has_string(found, request) => {
                (request.position(), unknown("no access string is given".into(), b""))
            }
            Finding::AclText(text) => return self.of_text(text),
            _ => return Vec::new(),
        };
        vec![of_request(found, finding, position, access)]
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
pub(crate) fn is_listed(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"1) \"user ")
}

/// The users that `ACL LIST` printed.
pub(crate) fn of_list(path: &Path, bytes: &[u8], dialects: Dialects) -> Result<Vec<FileUser>, FileErrors> {
    let file = AclFile::parse_with(bytes, &Catalog::from(dialects.of_server(path)), file::Format::List);
    let position = |place: Span| {
        let before = &bytes[..place.start];
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Position { line: before.iter().filter(|byte| **byte == b'\n').count() + 1, column }
    };
    users_of(&file, None, position)
}

/// The user that a finding is about, by the request that it stands in.
fn of_request(
    found: &iac::Document<'_>,
    finding: &Finding<'_>,
    position: Position,
    access: Access,
) -> FileUser {
    let request = request_around(found, &finding.range());
    FileUser {
        id: request.and_then(id_of),
        address: match request {
            Some(request) => address(request.place()),
            None => address(finding.place()),
        },
        position: Some(position),
        access,
        logins: request.map(Login::of_request),
    }
}

fn request_around<'d, 'a>(found: &'d iac::Document<'a>, range: &Range<usize>) -> Option<&'d Request<'a>> {
    let holds = |outer: Range<usize>| outer.start <= range.start && range.end <= outer.end;
    found.requests().find(|request| holds(request.range()))
}

fn has_string(found: &iac::Document<'_>, request: &Request<'_>) -> bool {
    let around = request.range();
    let is_inside = |range: Range<usize>| around.start <= range.start && range.end <= around.end;
    found.findings().iter().any(|finding| match finding {
        Finding::AccessString(string) => is_inside(string.text.whole()),
        Finding::NotLiteral(value) => is_inside(value.range.clone()),
        _ => false,
    })
}

/// ElastiCache keeps ids in lower case.
fn id_of(request: &Request<'_>) -> Option<String> {
    let member = |name: &str| request.members().iter().find(|member| member.name == name);
    let text = |name| match &member(name)?.given {
        Given::Text(text) => Some(text.clone()),
        _ => None,
    };
    match request.kind().service() {
        redis_acl::Service::ElastiCache => text("UserId").map(|id| id.to_ascii_lowercase()),
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

/// The string of the same user that rules are put behind.
fn base_of<'d, 'a>(
    found: &'d iac::Document<'a>,
    appended: &iac::AccessStringAt<'a>,
) -> Option<&'d iac::AccessStringAt<'a>> {
    let of = |string: &iac::AccessStringAt<'_>| {
        request_around(found, &string.text.whole()).map(|request| request.range())
    };
    let around = of(appended)?;
    found
        .access_strings()
        .find(|string| !is_appended(&string.place.attribute) && of(string).as_ref() == Some(&around))
}

/// The string with the rules that the same request puts behind it.
fn with_appended(found: &iac::Document<'_>, string: &iac::AccessStringAt<'_>) -> String {
    let is_of_it = |appended: &&iac::AccessStringAt<'_>| {
        is_appended(&appended.place.attribute)
            && base_of(found, appended).is_some_and(|base| base.text.whole() == string.text.whole())
    };
    let value = |text: &Literal<'_>| text.value().trim().to_owned();
    match found.access_strings().find(is_of_it) {
        Some(appended) => format!("{} {}", value(&string.text), value(&appended.text)),
        None => string.text.value().to_owned(),
    }
}

// ---------------------------------------------------------------------------------------------------
// Two files

/// The users of two files in pairs: those of the same id and address, then of the same id, then of the same
/// address if not both have ids. What has no other is by itself.
pub(crate) fn pairs<'u>(
    old: &'u [FileUser],
    new: &'u [FileUser],
) -> Vec<(Option<&'u FileUser>, Option<&'u FileUser>)> {
    let mut of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for law in [is_same, has_same_id, has_same_address] {
        for (user, found) in new.iter().zip(&mut of_new).filter(|(_, found)| found.is_none()) {
            *found = (0..old.len()).find(|at| !taken[*at] && law(&old[*at], user));
            if let Some(at) = *found {
                taken[at] = true;
            }
        }
    }
    let with_old = new.iter().zip(of_new).map(|(user, found)| (found.map(|at| &old[at]), Some(user)));
    let without_new = old.iter().zip(taken).filter(|(_, taken)| !taken).map(|(user, _)| (Some(user), None));
    with_old.chain(without_new).collect()
}

fn is_same(old: &FileUser, new: &FileUser) -> bool {
    old.id == new.id && old.address == new.address
}

fn has_same_id(old: &FileUser, new: &FileUser) -> bool {
    old.id.is_some() && old.id == new.id
}

/// Of two ids that differ, the address tells nothing.
fn has_same_address(old: &FileUser, new: &FileUser) -> bool {
    (old.id.is_none() || new.id.is_none()) && old.address == new.address
}
