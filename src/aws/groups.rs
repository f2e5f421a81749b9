//! User groups of ElastiCache: which users can be members of which group.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::cloudformation::SchemaRule;
use super::problem::{Found, Problem, ProblemKind};
use super::validate::check_engine;
use crate::dialect::{Project, Service};

/// A user group as far as it is known, for example from one of several files.
///
/// ```
/// use redis_acl::aws::{GroupMember, UserGroup};
///
/// let mut app = GroupMember::default();
/// app.user_id = Some("app".into());
/// app.user_name = Some("app".into());
/// let mut group = UserGroup { engine: Some("redis".into()), members: vec![app], is_complete: true };
/// let text = "Redis user group needs to contain a user with the user name default.";
/// assert_eq!(group.problems()[0].to_string(), text);
///
/// group.members.push(GroupMember::default_user());
/// assert!(group.problems().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserGroup {
    /// `redis` or `valkey`, in any case; `None` if it is not known.
    pub engine: Option<String>,
    /// The known members.
    pub members: Vec<GroupMember>,
    /// Whether the group has no other members.
    pub is_complete: bool,
}

/// A member of a user group as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupMember {
    /// The user's id.
    pub user_id: Option<String>,
    /// The name that clients log in with.
    pub user_name: Option<String>,
    /// `redis` or `valkey`, in any case.
    pub engine: Option<String>,
    /// Whether the user is known to need no password.
    pub is_without_password: bool,
}

impl GroupMember {
    /// The user that every account has: it needs no password and cannot be changed.
    #[must_use]
    pub fn default_user() -> Self {
        Self {
            user_id: Some("default".into()),
            user_name: Some("default".into()),
            engine: Some("redis".into()),
            is_without_password: true,
        }
    }
}

fn project(engine: Option<&str>) -> Option<Project> {
    let is_named =
        |project: &Project| engine.is_some_and(|engine| engine.eq_ignore_ascii_case(project.name()));
    [Project::Redis, Project::Valkey].into_iter().find(is_named)
}

impl UserGroup {
    /// The reasons why AWS rejects the group, whatever the unknown values are.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::on(Service::ElastiCache);
        let project = self.engine.as_deref().and_then(|engine| check_engine(&mut found, engine));
        match project {
            Some(Project::Redis) => self.check_redis(&mut found),
            Some(Project::Valkey) => self.check_valkey(&mut found),
            _ => {}
        }
        self.check_names(&mut found);
        found.into_problems()
    }

    /// The violations of CloudFormation's schema by an `AWS::ElastiCache::UserGroup`, such as an engine in
    /// upper case.
    #[must_use]
    pub fn schema_problems(&self) -> Vec<Problem> {
        let mut found = Found::on(Service::ElastiCache);
        if self.engine.as_deref().is_some_and(|engine| !["redis", "valkey"].contains(&engine)) {
            found.add(ProblemKind::Schema(SchemaRule::OneOf("redis, valkey")), "Engine");
        }
        found.into_problems()
    }

    /// A group of Redis needs a user with the *name* `default`; the id can be different.
    fn check_redis(&self, found: &mut Found) {
        let is_other =
            |member: &GroupMember| member.user_name.as_deref().is_some_and(|name| name != "default");
        if self.is_complete && self.members.iter().all(is_other) {
            found.add(ProblemKind::DefaultUserRequired, "UserIds");
        }
        for (place, member) in self.members.iter().enumerate() {
            if project(member.engine.as_deref()) == Some(Project::Valkey) {
                let id = member.user_id.clone();
                found.add(ProblemKind::ValkeyUserInRedisGroup { id }, format!("UserIds[{place}]"));
            }
        }
    }

    /// A group of Valkey accepts users of both engines, but only with passwords or IAM.
    fn check_valkey(&self, found: &mut Found) {
        for (place, member) in
            self.members.iter().enumerate().filter(|(_, member)| member.is_without_password)
        {
            let id = member.user_id.clone();
            found.add(ProblemKind::NoPasswordUserInValkeyGroup { id }, format!("UserIds[{place}]"));
        }
    }

    /// Names are unique within a group.
    fn check_names(&self, found: &mut Found) {
        let mut seen = BTreeSet::new();
        for (place, member) in self.members.iter().enumerate() {
            let Some(name) = member.user_name.as_deref() else { continue };
            let is_new = seen.insert(name);
            let is_same_user = self.members[..place].iter().any(|other| {
                other.user_name.as_deref() == Some(name)
                    && other.user_id.is_some()
                    && other.user_id == member.user_id
            });
            if !is_new && !is_same_user {
                let name = name.to_owned();
                found.add(ProblemKind::DuplicateUserName { name }, format!("UserIds[{place}]"));
            }
        }
    }
}
