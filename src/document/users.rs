//! The users that a file defines, each with what it may do and how it logs in, as far as the file tells.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use std::collections::HashMap;
use std::path::Path;

use super::{Document, Kind, START, is_appended, narrowed};
use crate::catalog::Catalog;
use crate::dialect::{Dialects, Service};
use crate::file::{self, AclFile};
use crate::iac::{
    self, AclText, AclTextKind, Candidates, Conditions, Finding, Given, Location, Member, Place, Position,
    Request, Resolved,
};
use crate::quoting::{self, Splitter};
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
    /// The name that it logs in with, where that is not the id and is statically known.
    pub user_name: Option<String>,
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
    /// The kind of directive, if this is not a user. Only whether the directive stayed the same is known.
    pub directive: Option<Directive>,
    /// A digest of the source and version of the module to which its string is given, if that is not read: another one makes
    /// other users of it.
    module: String,
    /// What tells users apart of whom it is not known whether they need a password.
    pub(super) unknown_mode: String,
    /// When it is this user, and when it is there at all.
    when: When,
}

/// When a user is as it was found. A user whose string depends on a condition is one for each branch.
#[derive(Debug, Default)]
struct When {
    /// What the conditions add to the address.
    suffix: String,
    /// All conditions under which it is this user.
    conditions: Conditions,
    /// Those among them without which no such user is there.
    needed: Conditions,
}

/// A directive of a configuration that decides about users or commands in a way that the file does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// `include`, `aclfile`: users are defined in another file.
    Elsewhere,
    /// `acl-pubsub-default` of a server whose users are defined in another file.
    Setting,
    /// `rename-command`: a command is renamed or disabled. Only its absence can grant something.
    Restricts,
}

impl Directive {
    fn named(name: &str) -> Option<Self> {
        match &*name.to_ascii_lowercase() {
            "include" | "aclfile" => Some(Self::Elsewhere),
            "acl-pubsub-default" => Some(Self::Setting),
            "rename-command" => Some(Self::Restricts),
            _ => None,
        }
    }
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
    /// Under a name that the other user does not have.
    AnotherName,
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
            user_name: None,
            file: document.file(),
            unit: document.unit(),
            position,
            access: Access::Known(Vec::new()),
            logins: None,
            directive: None,
            module: String::new(),
            unknown_mode: String::new(),
            when: When::default(),
        }
    }

    /// A directive of a configuration that decides about users elsewhere.
    fn of_directive(
        document: &Document<'_>,
        address: String,
        directive: Directive,
        written: &[u8],
        position: Position,
    ) -> Self {
        Self {
            id: None,
            address,
            user_name: None,
            file: document.file(),
            unit: document.unit(),
            position: Some(position),
            access: unknown(
                "it decides about users or commands in a way that the file does not show",
                written,
            ),
            logins: None,
            directive: Some(directive),
            module: String::new(),
            unknown_mode: String::new(),
            when: When::default(),
        }
    }

    /// The address without conditions.
    fn resource(&self) -> &str {
        self.address.strip_suffix(&*self.when.suffix).unwrap_or(&self.address)
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
            Self::AnotherName => "logs in under another name",
            Self::Unknown => "logs in with a value that is not statically known",
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
    /// The users that the file defines, if nothing in it is refused; of a plan those that are there after it.
    #[must_use]
    pub fn users(&self) -> Vec<FileUser> {
        let position = |place: Span| self.position_of_byte(place.start);
        match (self.kind, &self.found) {
            (Kind::Infrastructure(_), None) => Vec::new(),
            (Kind::Infrastructure(_), Some(found)) => match found.plan() {
                Some(plan) => {
                    plan.after().iter().flat_map(|request| self.users_of_request(request)).collect()
                }
                None => self.users_of_findings(found),
            },
            (kind, _) => self.users_of_lines(self.bytes, kind.lines_format(), None, position),
        }
    }

    /// The users that are there before a plan, of a file that is one. What a plan hides of them is not known.
    #[must_use]
    pub fn users_before(&self) -> Option<Vec<FileUser>> {
        let plan = self.found.as_ref()?.plan()?;
        Some(plan.before().iter().flat_map(|request| self.users_of_request(request)).collect())
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
        let directives = match format {
            file::Format::Config => self.directives(text, position),
            _ => Vec::new(),
        };
        users.into_values().chain(directives).collect()
    }

    /// The directives of a configuration that decide about users or commands in a way that the file does not show.
    fn directives(&self, text: &[u8], position: impl Fn(Span) -> Position) -> Vec<FileUser> {
        let mut found = Vec::new();
        let (mut start, mut has_users_elsewhere) = (0, false);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let place = Span::new(start, start + line.len());
            start = place.end;
            let Ok(words) = quoting::split(line, Splitter::Redis) else { continue };
            let mut words = words.iter().map(|word| String::from_utf8_lossy(&word.bytes).into_owned());
            let (Some(name), Some(argument)) = (words.next(), words.next()) else { continue };
            let Some(directive) = Directive::named(&name) else { continue };
            has_users_elsewhere |= directive == Directive::Elsewhere;
            let argument =
                if directive == Directive::Restricts { argument.to_ascii_lowercase() } else { argument };
            // what a command is renamed to can be a secret
            let address = format!("{} {argument}", name.to_ascii_lowercase());
            let written = words.collect::<Vec<_>>().join(" ");
            found.push(FileUser::of_directive(self, address, directive, written.as_bytes(), position(place)));
        }
        // the setting counts for the users of this file by itself
        found.retain(|user| user.directive != Some(Directive::Setting) || has_users_elsewhere);
        found
    }

    fn users_of_findings(&self, found: &iac::Document<'_>) -> Vec<FileUser> {
        let requests: Vec<_> = found.requests().collect();
        let used = Used::of(found.path(), &requests);
        let user = |finding: &Finding<'_>| match finding {
            Finding::Request(request) => self.users_of_request(request),
            Finding::AclText(text) => self.users_of_text(text),
            finding if used.has(&finding.range()) => Vec::new(),
            finding => self.user_by_itself(finding).into_iter().collect(),
        };
        found.findings().iter().flat_map(user).collect()
    }

    fn users_of_text(&self, text: &AclText<'_>) -> Vec<FileUser> {
        let format = match text.kind {
            AclTextKind::AclFile => file::Format::Acl,
            AclTextKind::Configuration => file::Format::Config,
        };
        let position = |place| text.text.position(place);
        self.users_of_lines(text.text.value().as_bytes(), format, Some(&text.place), position)
    }

    /// A string that no request of this file uses counts as a user.
    fn user_by_itself(&self, finding: &Finding<'_>) -> Option<FileUser> {
        let appended = "its rules are appended to those of the user";
        let (position, access) = match finding {
            Finding::AccessString(string) if is_appended(&string.place.attribute) => {
                let access = unknown(appended, string.text.value().as_bytes());
                (string.text.position(START), access)
            }
            Finding::AccessString(string) => {
                (string.text.position(START), self.access(string.text.value(), &string.candidates))
            }
            Finding::Composed(string) => {
                let texts = core::slice::from_ref(&string.text);
                let access = self.access_of_texts(texts, &[], &string.text.basis(), &string.candidates);
                (string.position, access)
            }
            Finding::NotLiteral(value) => {
                let written = self.bytes.get(value.range.clone()).unwrap_or_default();
                (value.position, unknown(&value.why.to_string(), written))
            }
            Finding::Request(_) | Finding::AclText(_) | Finding::UserGroup(_) => return None,
        };
        let address = address(finding.place());
        Some(FileUser {
            id: None,
            address,
            module: finding.place().source.clone(),
            user_name: None,
            file: self.file(),
            unit: self.unit(),
            position: Some(position),
            access,
            logins: None,
            directive: None,
            unknown_mode: String::new(),
            when: When::default(),
        })
    }

    /// The user of a request; one for each branch if conditions decide its access string, and none if it is absent.
    fn users_of_request(&self, request: &Request<'_>) -> Vec<FileUser> {
        let existence = request.existence();
        if existence.is_absent {
            return Vec::new();
        }
        let variants: Vec<_> = request.variants("AccessString").collect();
        if variants.len() < 2 {
            let own = variants.first().and_then(|(_, own)| existence.conditions.and(own));
            let conditions = own.unwrap_or_else(|| existence.conditions.clone());
            return vec![self.user_of_request(
                request,
                request.strings("AccessString"),
                When { suffix: String::new(), conditions, needed: existence.needed.clone() },
            )];
        }
        let user = |(text, own): &(&Resolved<'_>, &Conditions)| {
            let when = When {
                suffix: if own.is_empty() { String::new() } else { format!(" {own}") },
                conditions: existence.conditions.and(own)?,
                needed: existence.needed.clone(),
            };
            Some(self.user_of_request(request, core::slice::from_ref(*text), when))
        };
        variants.iter().filter_map(user).collect()
    }

    fn user_of_request(&self, request: &Request<'_>, base: &[Resolved<'_>], when: When) -> FileUser {
        let appended = request.strings("AppendAccessString");
        let is_variant = request.strings("AccessString").len() > base.len();
        let of_base = match base.first() {
            Some(text) if is_variant => text.basis(),
            _ => request.basis("AccessString").to_owned(),
        };
        let written = format!("{of_base}\n{}", request.basis("AppendAccessString"));
        let access = match (why_unknown(request), base, appended) {
            (Some(why), [], _) => unknown(&why, self.bytes.get(request.range()).unwrap_or_default()),
            (None, [], []) => unknown("no access string is given", b""),
            (_, [], _) => unknown("its rules are appended to those of the user", written.as_bytes()),
            (_, base, appended) => self.access_of_texts(base, appended, &written, request.candidates()),
        };
        FileUser {
            id: id_of(request),
            user_name: text_of(request, "UserName"),
            address: format!("{}{}", address(request.place()), when.suffix),
            file: self.file(),
            unit: self.unit_of(request),
            position: Some(self.position_of_string(request, base)),
            access,
            logins: Some(Login::of_request(request)),
            directive: None,
            module: String::new(),
            unknown_mode: request.digest_of_modes(),
            when,
        }
    }

    /// Where the access string is in the body of the request, or else where its member is, or the request.
    fn position_of_string(&self, request: &Request<'_>, base: &[Resolved<'_>]) -> Position {
        let string = base.first().or(request.strings("AppendAccessString").first());
        let location = string.map(|text| text.location(START));
        let is_inside = |location: &Location| {
            let around = request.range();
            around.start <= location.range.start && location.range.end <= around.end
        };
        let inside = location.and_then(|location| self.here(location)).filter(is_inside);
        let is_string = |member: &&Member| member.name.ends_with("AccessString");
        let member = request.members().iter().find(is_string);
        inside
            .map(|location| location.position)
            .or(member.map(|member| member.position))
            .unwrap_or_else(|| request.position())
    }

    /// What a string allows, and those that are put behind it: known if there is one text and all of it is known.
    fn access_of_texts(
        &self,
        base: &[Resolved<'_>],
        appended: &[Resolved<'_>],
        written: &str,
        candidates: &Candidates,
    ) -> Access {
        if base.len() > 1 || appended.len() > 1 {
            return unknown("a condition selects one of several strings", written.as_bytes());
        }
        let mut texts = base.iter().chain(appended);
        if let Some((why, _)) = texts.clone().flat_map(|text| text.unknown()).next() {
            return unknown(&why.to_string(), written.as_bytes());
        }
        match (texts.next(), texts.next()) {
            (Some(text), None) => self.access(text.known().unwrap_or_default(), candidates),
            (base, appended) => {
                let text = |text: Option<&Resolved<'_>>| {
                    text.and_then(|text| text.known()).unwrap_or_default().trim().to_owned()
                };
                self.access(&format!("{} {}", text(base), text(appended)), candidates)
            }
        }
    }

    fn access(&self, text: &str, candidates: &Candidates) -> Access {
        Access::of(text, &narrowed(candidates.dialects.clone(), self.stated.as_ref()))
    }
}

fn unknown(why: &str, written: &[u8]) -> Access {
    Access::Unknown { why: why.to_owned(), written: written.to_vec() }
}

/// Why there is no text of an access string that the request gives.
fn why_unknown(request: &Request<'_>) -> Option<String> {
    let member = request.members().iter().find(|member| member.name == "AccessString")?;
    match &member.given {
        Given::Unknown(why) => Some(why.to_string()),
        _ => None,
    }
}

/// The stretches of the file that requests are made of: their own, and those of the strings that they use.
struct Used {
    /// In order, and without overlaps.
    requests: Vec<Range<usize>>,
    /// Where the strings start, in order.
    strings: Vec<usize>,
}

impl Used {
    fn of(path: &Path, requests: &[&Request<'_>]) -> Self {
        let mut around: Vec<Range<usize>> = Vec::new();
        for request in requests {
            match around.last_mut() {
                Some(last) if request.range().start < last.end => {
                    last.end = last.end.max(request.range().end)
                }
                _ => around.push(request.range()),
            }
        }
        let texts = requests.iter().flat_map(|request| {
            request.strings("AccessString").iter().chain(request.strings("AppendAccessString"))
        });
        let locations = texts.map(|text| text.location(Span::new(0, text.shown().len())));
        let mut strings: Vec<_> = locations
            .filter(|location| *location.path == *path)
            .map(|location| location.range.start)
            .collect();
        strings.sort_unstable();
        Self { requests: around, strings }
    }

    /// Whether a string at these bytes is one that a request uses.
    fn has(&self, range: &Range<usize>) -> bool {
        let behind = self.requests.partition_point(|request| request.start <= range.start);
        let is_inside = self.requests[..behind].last().is_some_and(|request| range.end <= request.end);
        let first = self.strings.partition_point(|start| *start < range.start);
        is_inside || self.strings.get(first).is_some_and(|start| *start < range.end.max(range.start + 1))
    }
}

impl Document<'_> {
    fn file(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// The folder of the root module: a module that is called is a part of what calls it.
    fn unit_of(&self, request: &Request<'_>) -> String {
        if self.kind.is_terraform() { request.root().to_string_lossy().into_owned() } else { self.file() }
    }

    fn unit(&self) -> String {
        match self.path.parent() {
            Some(folder) if self.kind.is_terraform() => folder.to_string_lossy().into_owned(),
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

/// ElastiCache keeps ids in lower case.
fn id_of(request: &Request<'_>) -> Option<String> {
    match request.kind().service() {
        Service::ElastiCache => text_of(request, "UserId").map(|id| id.to_ascii_lowercase()),
        _ => text_of(request, "UserName"),
    }
}

fn text_of(request: &Request<'_>, name: &str) -> Option<String> {
    match &request.members().iter().find(|member| member.name == name)?.given {
        Given::Text(text) => Some(text.clone()),
        _ => None,
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
///
/// A user whose access string depends on a condition is one for each branch. Of such a user, each is paired with all
/// others that it can take the place of: with the same branch, if the condition is computed alike on both sides.
#[must_use]
pub fn pairs<'u>(
    old: &'u [FileUser],
    new: &'u [FileUser],
) -> Vec<(Option<&'u FileUser>, Option<&'u FileUser>)> {
    let pairs = pairs_of_variants(old, new);
    pairs.into_iter().map(|Pair { old, new, .. }| (old, new)).collect()
}

/// Two users that are one, or one by itself.
pub(super) struct Pair<'u> {
    pub(super) old: Option<&'u FileUser>,
    pub(super) new: Option<&'u FileUser>,
}

impl Pair<'_> {
    /// Whether the user may not be there in OLD while it is in NEW.
    pub(super) fn may_be_new(&self) -> bool {
        self.old.zip(self.new).is_some_and(|(old, new)| !old.when.needed.follow_from(&new.when.conditions))
    }

    /// Whether the user may not be there in NEW while it is in OLD.
    pub(super) fn may_be_gone(&self) -> bool {
        self.old.zip(self.new).is_some_and(|(old, new)| !new.when.needed.follow_from(&old.when.conditions))
    }
}

/// The pairs as [`pairs`] describes them.
pub(super) fn pairs_of_variants<'u>(old: &'u [FileUser], new: &'u [FileUser]) -> Vec<Pair<'u>> {
    let (of_old, of_new) = (variants(old), variants(new));
    let (mut paired, mut without_new) = (Vec::new(), Vec::new());
    for (old, new) in pairs_of_resources(&of_old, &of_new) {
        let old = old.map(Vec::as_slice).unwrap_or_default();
        for user in new.into_iter().flatten() {
            let mut others = old.iter().filter(|other| other.is_possible_with(user)).peekable();
            if others.peek().is_none() {
                paired.push(Pair { old: None, new: Some(user) });
            }
            paired.extend(others.map(|other| Pair { old: Some(other), new: Some(user) }));
        }
        let is_paired =
            |user: &&&FileUser| new.is_some_and(|new| new.iter().any(|other| other.is_possible_with(user)));
        let alone = old.iter().filter(|user| !is_paired(user));
        without_new.extend(alone.map(|user| Pair { old: Some(user), new: None }));
    }
    paired.extend(without_new);
    paired
}

impl FileUser {
    /// Whether the conditions of both users can hold together.
    fn is_possible_with(&self, other: &Self) -> bool {
        self.when.conditions.agrees_with(&other.when.conditions)
    }
}

/// The branches of a user, of which no two are possible together.
type Variants<'u> = Vec<&'u FileUser>;

/// The users with their branches, in the order of the first of them.
fn variants(users: &[FileUser]) -> Vec<Variants<'_>> {
    let mut all: Vec<Variants<'_>> = Vec::new();
    let mut by_key: HashMap<_, Vec<usize>> = HashMap::new();
    for user in users {
        let same = by_key.entry((&*user.unit, user.resource(), user.id.as_deref())).or_default();
        let excludes = |at: &&usize| !all[**at].iter().any(|other| other.is_possible_with(user));
        match same.iter().find(excludes) {
            Some(at) => all[*at].push(user),
            None => {
                same.push(all.len());
                all.push(vec![user]);
            }
        }
    }
    all
}

/// The users of two files in pairs, each with all of its branches.
fn pairs_of_resources<'v, 'u>(
    old: &'v [Variants<'u>],
    new: &'v [Variants<'u>],
) -> Vec<(Option<&'v Variants<'u>>, Option<&'v Variants<'u>>)> {
    let (mut of_new, mut taken) = (vec![None; new.len()], vec![false; old.len()]);
    let by_address = index(old, |user| Some(user.moved()));
    let by_id = index(old, |user| user.id.as_deref());
    let are_one_unit =
        |users: &[Variants<'_>]| users.windows(2).all(|pair| pair[0][0].unit == pair[1][0].unit);
    let heeds_units = !are_one_unit(old) || !are_one_unit(new);
    let fits =
        |old: &FileUser, new: &FileUser| old.module == new.module && (!heeds_units || old.unit == new.unit);
    let values: Vec<_> = (0..old.len()).filter(|at| old[*at][0].is_value()).collect();
    for law in [Law::Same, Law::Id, Law::Address, Law::Renamed] {
        for (variants, found) in new.iter().zip(&mut of_new).filter(|(_, found)| found.is_none()) {
            let user = variants[0];
            let candidates = match (law, &user.id) {
                (Law::Id, Some(id)) => by_id.get(&**id),
                (Law::Renamed, _) if user.is_value() => Some(&values),
                (Law::Id, None) | (Law::Renamed, _) => None,
                (Law::Same | Law::Address, _) => by_address.get(user.moved()),
            };
            let mut candidates = candidates.into_iter().flatten().copied();
            *found =
                candidates.find(|at| !taken[*at] && fits(old[*at][0], user) && law.holds(old[*at][0], user));
            if let Some(at) = *found {
                taken[at] = true;
            }
        }
    }
    let with_old = new.iter().zip(of_new).map(|(user, found)| (found.map(|at| &old[at]), Some(user)));
    let without_new = old.iter().zip(taken).filter(|(_, taken)| !taken).map(|(user, _)| (Some(user), None));
    with_old.chain(without_new).collect()
}

impl FileUser {
    /// Whether it is the value of a local or a variable, whose name makes no difference to any user.
    fn is_value(&self) -> bool {
        self.id.is_none() && ["locals ", "variable "].iter().any(|section| self.address.starts_with(section))
    }

    fn has_access_of(&self, other: &Self) -> bool {
        match (&self.access, &other.access) {
            (Access::Known(own), Access::Known(others)) => own == others,
            (Access::Unknown { written: own, .. }, Access::Unknown { written: others, .. }) => own == others,
            _ => false,
        }
    }

    /// The address by which Terraform finds it in its state, where the first copy takes the place of the only one.
    fn moved(&self) -> &str {
        let resource = self.resource();
        resource.strip_suffix("[0]").unwrap_or(resource)
    }
}

/// Where the users of each key stand.
fn index<'u>(
    users: &[Variants<'u>],
    key: impl Fn(&'u FileUser) -> Option<&'u str>,
) -> HashMap<&'u str, Vec<usize>> {
    let mut index: HashMap<_, Vec<_>> = HashMap::new();
    for (at, user) in users.iter().enumerate() {
        if let Some(key) = key(user[0]) {
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
    /// Values that only have other names.
    Renamed,
}

impl Law {
    fn holds(self, old: &FileUser, new: &FileUser) -> bool {
        match self {
            Self::Same => old.id == new.id && old.moved() == new.moved(),
            Self::Id => old.id.is_some() && old.id == new.id,
            // of two ids that differ, the address tells nothing
            Self::Renamed => old.has_access_of(new),
            Self::Address => (old.id.is_none() || new.id.is_none()) && old.moved() == new.moved(),
        }
    }
}
