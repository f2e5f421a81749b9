//! The users of an account, and the operations on them.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::access_string::Answers;
use super::problem::{Fault, Operation, Problem, ProblemKind, Problems};
use super::request::{CreateUser, DeleteUser, ModifyUser};
use super::response::{Authentication, Status, User};
use super::validate::Accepted;

/// The users known so far, and the operations on them.
///
/// In JSON it is what `aws elasticache describe-users` prints, so a real account's dump is its state. A new
/// account has the user `default`, as every real one does.
///
/// ```
/// use redis_acl::aws::Account;
/// let dump = r#"{"Users": [{
///     "UserId": "default", "UserName": "default", "Status": "active", "Engine": "redis",
///     "MinimumEngineVersion": "6.0", "AccessString": "on ~* +@all", "UserGroupIds": [],
///     "Authentication": {"Type": "no-password"},
///     "ARN": "arn:aws:elasticache:us-east-1:123456789012:user:default"
/// }]}"#;
/// let account: Account = serde_json::from_str(dump)?;
/// assert_eq!(account.users().len(), 1);
/// assert_eq!(serde_json::to_value(&account)?, serde_json::from_str::<serde_json::Value>(dump)?);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account {
    users: Vec<User>,
    /// Whatever else the dump holds, such as a `Marker`.
    #[serde(flatten)]
    other: BTreeMap<String, serde_json::Value>,
    #[serde(skip)]
    answers: Answers,
    #[serde(skip)]
    place: Option<Place>,
    #[serde(skip)]
    lacks_service_linked_role: bool,
}

/// Where resources are: the middle of their names, `arn:aws:elasticache:us-east-1:123456789012:user:id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// `us-east-1`.
    pub region: String,
    /// Twelve digits.
    pub account_id: String,
}

impl Default for Place {
    /// `us-east-1` of an account that documentation uses.
    fn default() -> Self {
        Self { partition: "aws".into(), region: "us-east-1".into(), account_id: "123456789012".into() }
    }
}

impl Place {
    fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:")?.split(':');
        let (partition, _, region, account_id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self { partition: partition.into(), region: region.into(), account_id: account_id.into() })
    }

    fn arn(&self, user_id: &str) -> String {
        format!("arn:{}:elasticache:{}:{}:user:{user_id}", self.partition, self.region, self.account_id)
    }
}

impl Default for Account {
    fn default() -> Self {
        Self::new(Place::default())
    }
}

/// Users per account, by default (the RBAC guide).
const QUOTA: usize = 1000;

const DEFAULT: &str = "default";

impl Account {
    /// An account with nobody but the default user.
    #[must_use]
    pub fn new(place: Place) -> Self {
        let default = User {
            user_id: DEFAULT.into(),
            user_name: DEFAULT.into(),
            status: Status::Active,
            engine: "redis".into(),
            minimum_engine_version: Some("6.0".into()),
            access_string: "on ~* +@all".into(),
            user_group_ids: Vec::new(),
            authentication: Authentication { kind: "no-password".into(), password_count: None },
            arn: place.arn(DEFAULT),
            other: BTreeMap::new(),
        };
        Self {
            users: vec![default],
            other: BTreeMap::new(),
            answers: Answers::default(),
            place: Some(place),
            lacks_service_linked_role: false,
        }
    }

    /// The same account in which access strings are answered so.
    #[must_use]
    pub fn with_answers(self, answers: Answers) -> Self {
        Self { answers, ..self }
    }

    /// The same account with new resources in this place; else they go where the first user is.
    #[must_use]
    pub fn with_place(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same account without ElastiCache's service-linked role: every operation fails.
    #[must_use]
    pub fn without_service_linked_role(self) -> Self {
        Self { lacks_service_linked_role: true, ..self }
    }

    /// The users, in the order in which they were made.
    #[must_use]
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// CreateUser.
    ///
    /// # Errors
    /// All that is wrong with the request, and whether the id is taken or the quota used up.
    pub fn create_user(&mut self, request: &CreateUser) -> Result<User, Fault> {
        let fault = |problems: Problems| Fault::new(Operation::CreateUser, problems);
        self.check_role().map_err(|problem| fault(problem.into()))?;
        let accepted = request.validate_with(self.answers).map_err(fault)?;
        if self.position(&accepted.user_id).is_some() {
            let id = accepted.user_id;
            return Err(fault(Problem::new(ProblemKind::AlreadyExists { id }, "UserId").into()));
        }
        if self.users.len() >= QUOTA {
            return Err(fault(Problem::new(ProblemKind::Quota, "UserId").into()));
        }
        let arn = self.place().arn(&accepted.user_id);
        let user = User {
            user_id: accepted.user_id,
            user_name: accepted.user_name,
            status: Status::Active,
            engine: accepted.engine,
            minimum_engine_version: Some(accepted.minimum_engine_version),
            access_string: accepted.access_string,
            user_group_ids: Vec::new(),
            authentication: accepted.authentication,
            arn,
            other: BTreeMap::new(),
        };
        self.users.push(user.clone());
        Ok(user)
    }

    /// ModifyUser. The user is `modifying` then, until [`Account::settle`].
    ///
    /// # Errors
    /// All that is wrong with the request, and whether there is such a user that can be changed.
    pub fn modify_user(&mut self, request: &ModifyUser) -> Result<User, Fault> {
        let fault = |problems: Problems| Fault::new(Operation::ModifyUser, problems);
        self.check_role().map_err(|problem| fault(problem.into()))?;
        request.check_sent().map_err(fault)?;
        let place = self.changeable(request.user_id.as_deref(), Operation::ModifyUser)?;
        let user = &mut self.users[place];
        let accepted = request.validate_with(user, self.answers).map_err(fault)?;
        let Accepted { engine, access_string, minimum_engine_version, authentication, .. } = accepted;
        user.status = Status::Modifying;
        user.engine = engine;
        user.minimum_engine_version = Some(minimum_engine_version);
        user.access_string = access_string;
        user.authentication = authentication;
        Ok(user.clone())
    }

    /// DeleteUser. The user is `deleting` then, until [`Account::settle`].
    ///
    /// # Errors
    /// Whether there is such a user that can be deleted.
    pub fn delete_user(&mut self, request: &DeleteUser) -> Result<User, Fault> {
        let fault = |problems: Problems| Fault::new(Operation::DeleteUser, problems);
        self.check_role().map_err(|problem| fault(problem.into()))?;
        request.check_sent().map_err(fault)?;
        let place = self.changeable(request.user_id.as_deref(), Operation::DeleteUser)?;
        let user = &mut self.users[place];
        user.status = Status::Deleting;
        Ok(user.clone())
    }

    /// DescribeUsers: all, or the one of this id.
    ///
    /// # Errors
    /// When there is no user of the id.
    pub fn describe_users(&self, user_id: Option<&str>) -> Result<Vec<User>, Fault> {
        let fault = |problem: Problem| Fault::new(Operation::DescribeUsers, problem);
        self.check_role().map_err(fault)?;
        let Some(id) = user_id else { return Ok(self.users.clone()) };
        let place = self.position(id).ok_or_else(|| fault(not_found(id)))?;
        Ok(vec![self.users[place].clone()])
    }

    /// What becomes of the account once all changes are through: who was modified is active, who was
    /// deleted is gone.
    pub fn settle(&mut self) {
        self.users.retain(|user| user.status != Status::Deleting);
        for user in self.users.iter_mut().filter(|user| user.status == Status::Modifying) {
            user.status = Status::Active;
        }
    }

    fn check_role(&self) -> Result<(), Problem> {
        match self.lacks_service_linked_role {
            true => Err(Problem::new(ProblemKind::ServiceLinkedRole, "")),
            false => Ok(()),
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.users.iter().position(|user| user.user_id.eq_ignore_ascii_case(id))
    }

    fn place(&self) -> Place {
        let of_users = || self.users.iter().find_map(|user| Place::of_arn(&user.arn));
        self.place.clone().or_else(of_users).unwrap_or_default()
    }

    /// The user of this id, if it is there, active, and not the default one.
    fn changeable(&self, id: Option<&str>, operation: Operation) -> Result<usize, Fault> {
        let fault = |kind| Err(Fault::new(operation, Problem::new(kind, "UserId")));
        let id = id.unwrap_or_default();
        let Some(place) = self.position(id) else {
            return Err(Fault::new(operation, not_found(id)));
        };
        let user = &self.users[place];
        match &user.status {
            _ if user.user_id == DEFAULT
                && operation == Operation::DeleteUser
                && !user.user_group_ids.is_empty() =>
            {
                fault(ProblemKind::DefaultUserInGroup)
            }
            _ if user.user_id == DEFAULT => fault(ProblemKind::DefaultUser),
            Status::Active => Ok(place),
            status => fault(ProblemKind::NotActive {
                id: user.user_id.clone(),
                status: status.to_string(),
                operation,
            }),
        }
    }
}

fn not_found(id: &str) -> Problem {
    Problem::new(ProblemKind::NotFound { id: id.to_owned() }, "UserId")
}
