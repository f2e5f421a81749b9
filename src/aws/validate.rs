//! What is wrong with a request, all of it, and what it comes to if nothing is.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::access_string::{self, Answers};
use super::authentication::{Asked, AuthenticationType, ELASTICACHE_TYPES, Login};
use super::model;
use super::problem::{Found, ProblemKind, Problems};
use super::request::{CreateUser, DeleteUser, ModifyUser, Tag};
use super::response::{Authentication, User};
use crate::dialect::{Project, Service};

/// What a request comes to: the answer, but for what depends on the account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// In lower case.
    pub user_id: String,
    /// As given.
    pub user_name: String,
    /// `redis` or `valkey`.
    pub engine: String,
    /// The canonical form that AWS answers.
    pub access_string: String,
    /// The oldest engine version that the string and the authentication need.
    pub minimum_engine_version: String,
    /// How the user will log in.
    pub authentication: Authentication,
}

impl CreateUser {
    /// All that AWS would refuse, or what the request comes to.
    ///
    /// # Errors
    /// Every problem, the one that AWS reports first.
    pub fn validate(&self) -> Result<Accepted, Problems> {
        self.validate_with(Answers::default())
    }

    /// As [`CreateUser::validate`], with a choice of how the access string is answered.
    ///
    /// # Errors
    /// The same.
    pub fn validate_with(&self, answers: Answers) -> Result<Accepted, Problems> {
        let mut found = Found::on(Service::ElastiCache);
        let asked = self.asked();
        self.check_model(&asked, &mut found);

        let user_id = self.user_id.as_deref().unwrap_or_default();
        let user_name = self.user_name.as_deref().unwrap_or_default();
        let project = self.engine.as_deref().and_then(|engine| check_engine(&mut found, engine));
        check_identifier(&mut found, "UserId", user_id);
        check_user_name(&mut found, user_name);
        let login = asked.check(&mut found);
        check_identity(&mut found, login, user_id, user_name, project);
        check_tags(&mut found, self.tags.as_deref().unwrap_or_default(), 50);

        let text = self.access_string.as_deref().unwrap_or_default();
        let settled = settle(&mut found, project.unwrap_or(Project::Redis), answers, text, "AccessString");
        found.into_result(()).map(|()| {
            let login = login.expect("who logs in by nothing is a problem");
            accepted(user_id, user_name, project, settled.expect("a refused string is a problem"), login)
        })
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            passwords: self.passwords.as_deref(),
            no_password_required: self.no_password_required,
            mode: self.authentication_mode.as_ref(),
            types: ELASTICACHE_TYPES,
        }
    }

    fn check_model(&self, asked: &Asked<'_>, found: &mut Found) {
        model::identifier(found, "UserId", self.user_id.as_deref());
        model::name(found, "UserName", self.user_name.as_deref());
        if let Some(engine) = model::required(found, "Engine", self.engine.as_deref()) {
            model::engine(found, engine);
        }
        asked.check_model(found);
        if let Some(text) = model::required(found, "AccessString", self.access_string.as_deref()) {
            model::access_string(found, "AccessString", text);
        }
    }
}

impl ModifyUser {
    /// All that AWS would refuse of a change to this user, or what it comes to. The appended rules are
    /// applied behind those that the user has.
    ///
    /// # Errors
    /// Every problem, the one that AWS reports first. Whether the user may be changed at all is for the
    /// [`Account`](super::Account) to say.
    pub fn validate(&self, current: &User) -> Result<Accepted, Problems> {
        self.validate_with(current, Answers::default())
    }

    /// As [`ModifyUser::validate`], with a choice of how the access string is answered.
    ///
    /// # Errors
    /// The same.
    pub fn validate_with(&self, current: &User, answers: Answers) -> Result<Accepted, Problems> {
        let mut found = Found::on(Service::ElastiCache);
        let asked = self.asked();
        self.check_model(&asked, &mut found);

        let engine = self.engine.as_deref().unwrap_or(&current.engine);
        let project = check_engine(&mut found, engine);
        let login = if asked.is_nothing() { current_login(current) } else { asked.check(&mut found) };
        check_identity(&mut found, login, &current.user_id, &current.user_name, project);

        let text = self.access_string.as_deref().unwrap_or(&current.access_string);
        let (text, member) = match self.append_access_string.as_deref() {
            Some(appended) => (format!("{text} {appended}"), "AppendAccessString"),
            None => (text.to_owned(), "AccessString"),
        };
        let settled = settle(&mut found, project.unwrap_or(Project::Redis), answers, &text, member);
        found.into_result(()).map(|()| {
            let login = login.unwrap_or(Login { kind: AuthenticationType::NoPassword, passwords: 0 });
            let settled = settled.expect("a refused string is a problem");
            accepted(&current.user_id, &current.user_name, project, settled, login)
        })
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            passwords: self.passwords.as_deref(),
            no_password_required: self.no_password_required,
            mode: self.authentication_mode.as_ref(),
            types: ELASTICACHE_TYPES,
        }
    }

    /// What SDKs check, which needs no account.
    pub(super) fn check_model(&self, asked: &Asked<'_>, found: &mut Found) {
        model::identifier(found, "UserId", self.user_id.as_deref());
        for (member, text) in
            [("AccessString", &self.access_string), ("AppendAccessString", &self.append_access_string)]
        {
            text.iter().for_each(|text| model::access_string(found, member, text));
        }
        asked.check_model(found);
        self.engine.iter().for_each(|engine| model::engine(found, engine));
    }

    /// The problems that do not depend on whether there is such a user.
    pub(super) fn check_sent(&self) -> Result<(), Problems> {
        let mut found = Found::on(Service::ElastiCache);
        self.check_model(&self.asked(), &mut found);
        found.into_result(())
    }
}

impl DeleteUser {
    pub(super) fn check_sent(&self) -> Result<(), Problems> {
        let mut found = Found::on(Service::ElastiCache);
        model::identifier(&mut found, "UserId", self.user_id.as_deref());
        found.into_result(())
    }
}

/// Kept as it is by a modification that says nothing of it.
fn current_login(current: &User) -> Option<Login> {
    let passwords = current.authentication.password_count.unwrap_or(0) as usize;
    let kinds = [AuthenticationType::Password, AuthenticationType::NoPassword, AuthenticationType::Iam];
    let kind = kinds.into_iter().find(|kind| kind.in_answers() == current.authentication.kind)?;
    Some(Login { kind, passwords })
}

pub(super) fn check_engine(found: &mut Found, engine: &str) -> Option<Project> {
    let lower = engine.to_ascii_lowercase();
    let project = [Project::Redis, Project::Valkey].into_iter().find(|project| project.name() == lower);
    if project.is_none() {
        found.add(ProblemKind::Engine { engine: lower }, "Engine");
    }
    project
}

/// 1 to 40 characters, no hyphen at the end and no two in a row: documented for MemoryDB and for other
/// identifiers of ElastiCache.
pub(super) fn check_identifier(found: &mut Found, member: &'static str, id: &str) {
    if id.len() > 40 || id.ends_with('-') || id.contains("--") {
        found.add(ProblemKind::Identifier { member }, member);
    }
}

/// Engines refuse white space in names; the length is from a public rule set.
fn check_user_name(found: &mut Found, name: &str) {
    if name.chars().count() > 120 || name.contains(char::is_whitespace) {
        found.add(ProblemKind::UserName, "UserName");
    }
}

/// What the way of logging in asks of name and engine.
fn check_identity(found: &mut Found, login: Option<Login>, id: &str, name: &str, project: Option<Project>) {
    match login.map(|login| login.kind) {
        Some(AuthenticationType::Iam) if id != name => found.add(ProblemKind::IamIdentity, "UserName"),
        Some(AuthenticationType::Iam) if id.to_ascii_lowercase() != name => {
            found.add(ProblemKind::IamIdentityCase, "UserName");
        }
        Some(AuthenticationType::NoPassword) if project == Some(Project::Valkey) => {
            found.add(ProblemKind::NoPasswordOnValkey, "Engine");
        }
        _ => {}
    }
}

/// Number and form as the guides give them; the texts but for the number's are ours.
pub(super) fn check_tags(found: &mut Found, tags: &[Tag], most: usize) {
    if tags.len() > most {
        found.add(ProblemKind::TooManyTags { most }, "Tags");
    }
    for (place, tag) in tags.iter().enumerate() {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref().unwrap_or_default();
        let reserved = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if key.is_empty() {
            found.add(ProblemKind::TagKeyMissing, format!("Tags[{place}].Key"));
        } else if reserved || key.chars().count() > 128 {
            found.add(ProblemKind::TagInvalid, format!("Tags[{place}].Key"));
        }
        if value.chars().count() > 256 {
            found.add(ProblemKind::TagInvalid, format!("Tags[{place}].Value"));
        }
    }
}

fn settle(
    found: &mut Found,
    project: Project,
    answers: Answers,
    text: &str,
    member: &'static str,
) -> Option<access_string::Settled> {
    match access_string::settle(Service::ElastiCache, project, answers, text) {
        Ok(settled) => Some(settled),
        Err(errors) => {
            found.add_refusals(&errors, member);
            None
        }
    }
}

fn accepted(
    user_id: &str,
    user_name: &str,
    project: Option<Project>,
    settled: access_string::Settled,
    login: Login,
) -> Accepted {
    let for_string = settled.minimum_engine_version;
    // IAM needs Redis 7.0 or Valkey 7.2, which every Valkey is
    let for_login = if login.kind == AuthenticationType::Iam { "7.0" } else { for_string };
    Accepted {
        user_id: user_id.to_ascii_lowercase(),
        user_name: user_name.to_owned(),
        engine: project.unwrap_or(Project::Redis).name().to_owned(),
        access_string: settled.canonical,
        minimum_engine_version: newer(for_string, for_login).to_owned(),
        authentication: Authentication::new(login.kind, login.passwords),
    }
}

fn newer<'v>(a: &'v str, b: &'v str) -> &'v str {
    let number =
        |version: &str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    if number(a) < number(b) { b } else { a }
}
