//! What AWS refuses, and how: codes, texts, and how sure we are of them.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::dialect::Service;
use crate::report::{Report, visible};
use crate::user::{ApplyError, ApplyErrors};

/// How a rule or a text of AWS is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Certainty {
    /// From a live call.
    Observed,
    /// From AWS's documentation or service model.
    Documented,
    /// From an emulator (moto), some of whose texts were confirmed live.
    Emulator,
    /// Concluded from other facts.
    Derived,
    /// That AWS refuses it is documented or near at hand; its text is not known, and the words are ours.
    Unknown,
}

impl Certainty {
    /// Whether AWS itself shows the rule: in a live call, its documentation, or its service model.
    #[must_use]
    pub const fn is_attested(self) -> bool {
        self.caveat().is_none()
    }

    /// The caveat to print before a text that was never observed from AWS; `None` if AWS itself shows the text.
    ///
    /// ```
    /// use redis_acl::aws::Certainty;
    /// assert_eq!(Certainty::Observed.caveat(), None);
    /// assert_eq!(Certainty::Emulator.caveat(), Some("not observed: only an emulator (moto) has this text"));
    /// ```
    #[must_use]
    pub const fn caveat(self) -> Option<&'static str> {
        match self {
            Self::Observed | Self::Documented => None,
            Self::Emulator => Some("not observed: only an emulator (moto) has this text"),
            Self::Derived => Some("not observed: the rule is derived from other facts"),
            Self::Unknown => Some("not observed: AWS's text is unknown, the words are ours"),
        }
    }
}

/// The faults of the user operations: names on the wire, HTTP status, the service model's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultCode {
    /// A value that is not allowed.
    InvalidParameterValue,
    /// Members that do not go together.
    InvalidParameterCombination,
    /// The user id is taken.
    UserAlreadyExists,
    /// There is no such user.
    UserNotFound,
    /// The user is being changed or deleted.
    InvalidUserState,
    /// Two users of one group have the same name. Names may repeat outside groups.
    DuplicateUserName,
    /// A group of Redis without a user named `default`.
    DefaultUserRequired,
    /// There are as many users as may be.
    UserQuotaExceeded,
    /// More tags than a resource may have.
    TagQuotaPerResourceExceeded,
    /// The account lacks the service-linked role.
    ServiceLinkedRoleNotFound,
    /// The default user is in a group.
    DefaultUserAssociatedToUserGroup,
}

impl FaultCode {
    /// The code on the wire, `InvalidParameterValue`. MemoryDB's are the names of its shapes,
    /// `InvalidParameterValueException`.
    #[must_use]
    pub const fn code(self, service: Service) -> &'static str {
        let (elasticache, memorydb) = self.codes();
        match service {
            Service::ElastiCache => elasticache,
            Service::MemoryDb => memorydb,
        }
    }

    const fn codes(self) -> (&'static str, &'static str) {
        match self {
            Self::InvalidParameterValue => ("InvalidParameterValue", "InvalidParameterValueException"),
            Self::InvalidParameterCombination => {
                ("InvalidParameterCombination", "InvalidParameterCombinationException")
            }
            Self::UserAlreadyExists => ("UserAlreadyExists", "UserAlreadyExistsFault"),
            Self::UserNotFound => ("UserNotFound", "UserNotFoundFault"),
            Self::InvalidUserState => ("InvalidUserState", "InvalidUserStateFault"),
            Self::DuplicateUserName => ("DuplicateUserName", "DuplicateUserNameFault"),
            Self::DefaultUserRequired => ("DefaultUserRequired", "DefaultUserRequired"),
            Self::UserQuotaExceeded => ("UserQuotaExceeded", "UserQuotaExceededFault"),
            Self::TagQuotaPerResourceExceeded => {
                ("TagQuotaPerResourceExceeded", "TagQuotaPerResourceExceeded")
            }
            Self::ServiceLinkedRoleNotFound => {
                ("ServiceLinkedRoleNotFoundFault", "ServiceLinkedRoleNotFoundFault")
            }
            Self::DefaultUserAssociatedToUserGroup => {
                ("DefaultUserAssociatedToUserGroup", "DefaultUserAssociatedToUserGroup")
            }
        }
    }

    /// The HTTP status: 404 for a user that is not found, 400 for all others.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::UserNotFound => 404,
            _ => 400,
        }
    }

    /// What the service model says of the fault; the text of a real answer where no better one is known.
    #[must_use]
    pub const fn model_text(self) -> &'static str {
        match self {
            Self::InvalidParameterValue => "The value for a parameter is invalid.",
            Self::InvalidParameterCombination => "Two or more incompatible parameters were specified.",
            Self::UserAlreadyExists => "A user with this ID already exists.",
            Self::UserNotFound => "The user does not exist or could not be found.",
            Self::InvalidUserState => "The user is not in active state.",
            Self::DuplicateUserName => "A user with this username already exists.",
            Self::DefaultUserRequired => "You must add default user to a user group.",
            Self::UserQuotaExceeded => "The quota of users has been exceeded.",
            Self::TagQuotaPerResourceExceeded => {
                "The request cannot be processed because it would cause the resource to have more than the allowed \
                 number of tags. The maximum number of tags permitted on a resource is 50."
            }
            Self::ServiceLinkedRoleNotFound => "The specified service linked role (SLR) was not found.",
            Self::DefaultUserAssociatedToUserGroup => "The default user assigned to the user group.",
        }
    }
}

/// The operation that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are AWS's own")]
pub enum Operation {
    CreateUser,
    ModifyUser,
    DeleteUser,
    DescribeUsers,
    UpdateUser,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What is wrong with a request.
///
/// The texts follow [`Problem`]'s `Display`; the certainty of each is [`ProblemKind::certainty`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    // The service model's constraints, which SDKs check before they send anything.
    /// A required member is missing.
    Missing,
    /// A text or list is shorter than it may be.
    TooShort,
    /// A text is not of the form that the model gives.
    Pattern {
        /// The model's regular expression.
        pattern: &'static str,
    },
    /// Not one of the values that the model names.
    NotInEnum {
        /// The value.
        value: String,
        /// Those that it may be.
        allowed: &'static str,
    },
    // CloudFormation checks these before it calls the service.
    /// A property that the schema of the resource rejects.
    Schema(SchemaRule),
    /// A user without an access string in a template. The schema does not require one, but the service fails.
    AccessStringMissing,
    // What the service itself checks.
    /// An engine that is neither redis nor valkey.
    Engine {
        /// What was given, in lower case.
        engine: String,
    },
    /// An id that ends with a hyphen, has two in a row, or is longer than 40 characters.
    Identifier {
        /// `UserId` or `UserName`.
        member: &'static str,
    },
    /// A user name with white space, or longer than 120 characters.
    UserName,
    /// Nothing says how the user logs in.
    NoAuthentication,
    /// Passwords in two places.
    PasswordsTwice,
    /// `NoPasswordRequired` and another authentication type.
    NoPasswordAndType(AuthType),
    /// Passwords for a user that has none.
    PasswordsNotAllowed(AuthType),
    /// A password user without any.
    PasswordMissing,
    /// More than two passwords.
    TooManyPasswords,
    /// A password shorter than 16 or longer than 128 characters.
    PasswordLength,
    /// A password with a character that is not printable, or one of `,` `"` `/` `@`.
    PasswordCharacter,
    /// An IAM user whose name is not its id.
    IamIdentity,
    /// An IAM user whose name and id are the same only until AWS stores the id in lower case.
    IamIdentityCase,
    /// A user of Valkey without password.
    NoPasswordOnValkey,
    /// More tags than a resource may have.
    TooManyTags {
        /// How many it may have: 50, of MemoryDB 200.
        most: usize,
    },
    /// A tag without key.
    TagKeyMissing,
    /// A tag key or value that is too long, or a key that begins with `aws:`.
    TagInvalid,
    /// The access string is refused; all errors of it.
    AccessString(Box<ApplyError>),
    // What depends on the users there are.
    /// The id is taken.
    AlreadyExists {
        /// The id.
        id: String,
    },
    /// No user has the id.
    NotFound {
        /// The id.
        id: String,
    },
    /// The user is not active.
    NotActive {
        /// The id.
        id: String,
        /// `modifying` or `deleting`.
        status: String,
        /// What was asked of it.
        operation: Operation,
    },
    /// The default user cannot be changed or deleted.
    DefaultUser,
    /// The default user is in a group.
    DefaultUserInGroup,
    /// As many users as may be.
    Quota,
    // These are problems of user groups.
    /// A group of Redis without a user named `default`.
    DefaultUserRequired,
    /// A user without a password in a group of Valkey.
    NoPasswordUserInValkeyGroup {
        /// The user's id, if it is known.
        id: Option<String>,
    },
    /// A user of Valkey in a group of Redis.
    ValkeyUserInRedisGroup {
        /// The user's id, if it is known.
        id: Option<String>,
    },
    /// Two users with the same name in a group.
    DuplicateUserName {
        /// The name.
        name: String,
    },
    /// No service-linked role.
    ServiceLinkedRole,
}

/// The text in place of an unknown id, where a user is known only by a reference.
const UNKNOWN_ID: &str = "(whose id is not statically known)";

use super::authentication::AuthenticationType as AuthType;
use super::cloudformation::{IDENTIFIER, SchemaRule};

impl ProblemKind {
    /// The evidence for the rule and its text on ElastiCache; [`Problem::certainty`] takes the service into account.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Self::Missing
            | Self::TooShort
            | Self::Pattern { .. }
            | Self::NotInEnum { .. }
            | Self::Schema(_) => Certainty::Documented,
            Self::AccessStringMissing
            | Self::DefaultUserRequired
            | Self::NoPasswordUserInValkeyGroup { .. }
            | Self::NoAuthentication
            | Self::PasswordsNotAllowed(AuthType::NoPassword)
            | Self::TooManyPasswords
            | Self::PasswordLength
            | Self::IamIdentity
            | Self::NoPasswordOnValkey
            | Self::NotActive { .. } => Certainty::Observed,
            Self::Engine { .. }
            | Self::PasswordsTwice
            | Self::NoPasswordAndType(_)
            | Self::PasswordsNotAllowed(_)
            | Self::PasswordMissing
            | Self::AlreadyExists { .. }
            | Self::NotFound { .. } => Certainty::Emulator,
            Self::TooManyTags { .. }
            | Self::DuplicateUserName { .. }
            | Self::Quota
            | Self::ServiceLinkedRole
            | Self::DefaultUserInGroup => Certainty::Documented,
            Self::Identifier { .. }
            | Self::UserName
            | Self::IamIdentityCase
            | Self::ValkeyUserInRedisGroup { .. } => Certainty::Derived,
            Self::AccessString(error) if error.server_message().is_some() => Certainty::Observed,
            Self::PasswordCharacter
            | Self::TagKeyMissing
            | Self::TagInvalid
            | Self::DefaultUser
            | Self::AccessString(_) => Certainty::Unknown,
        }
    }

    /// The fault in the service's response; `None` where SDKs or CloudFormation reject the request before the
    /// service receives it.
    #[must_use]
    pub fn code(&self) -> Option<FaultCode> {
        Some(match self {
            Self::Missing
            | Self::TooShort
            | Self::Pattern { .. }
            | Self::NotInEnum { .. }
            | Self::Schema(_)
            | Self::AccessStringMissing => return None,
            Self::Engine { .. }
            | Self::Identifier { .. }
            | Self::UserName
            | Self::NoAuthentication
            | Self::TooManyPasswords
            | Self::PasswordLength
            | Self::PasswordCharacter
            | Self::TagKeyMissing
            | Self::TagInvalid
            | Self::AccessString(_)
            | Self::DefaultUser => FaultCode::InvalidParameterValue,
            Self::PasswordsTwice
            | Self::NoPasswordAndType(_)
            | Self::PasswordsNotAllowed(_)
            | Self::PasswordMissing
            | Self::IamIdentity
            | Self::IamIdentityCase
            | Self::NoPasswordOnValkey
            // the code of these is assumed: only the text was observed, or not even that
            | Self::NoPasswordUserInValkeyGroup { .. }
            | Self::ValkeyUserInRedisGroup { .. } => FaultCode::InvalidParameterCombination,
            Self::DefaultUserRequired => FaultCode::DefaultUserRequired,
            Self::DuplicateUserName { .. } => FaultCode::DuplicateUserName,
            Self::TooManyTags { .. } => FaultCode::TagQuotaPerResourceExceeded,
            Self::AlreadyExists { .. } => FaultCode::UserAlreadyExists,
            Self::NotFound { .. } => FaultCode::UserNotFound,
            Self::NotActive { .. } => FaultCode::InvalidUserState,
            Self::DefaultUserInGroup => FaultCode::DefaultUserAssociatedToUserGroup,
            Self::Quota => FaultCode::UserQuotaExceeded,
            Self::ServiceLinkedRole => FaultCode::ServiceLinkedRoleNotFound,
        })
    }

    fn text(&self, member: &str) -> String {
        match self {
            // the first two as botocore words them, the others in its manner: it leaves patterns to the service
            Self::Missing => format!("Missing required parameter in input: \"{member}\""),
            Self::TooShort => format!("Invalid length for parameter {member}, value: 0, valid min length: 1"),
            Self::Pattern { pattern } => format!("Invalid value for parameter {member}, valid pattern: {pattern}"),
            Self::NotInEnum { value, allowed } => {
                format!("Invalid value for parameter {member}, value: {value}, valid values: {allowed}")
            }
            Self::Schema(rule) => format!("CloudFormation's schema: {member} {}", rule.demand()),
            Self::AccessStringMissing => {
                "An internal error has occurred. Please try your query again at a later time.".into()
            }
            Self::Engine { engine } => {
                format!("Unknown parameter for Engine: \"{engine}\", must be one of: redis, valkey")
            }
            Self::Identifier { member } => format!(
                "The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain \
                 only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive \
                 hyphens."
            ),
            Self::UserName => "A user name has 1 to 120 characters, none of them white space.".into(),
            Self::NoAuthentication => {
                "Input Authentication type: null is not in the allowed list: [password,no-password-required,iam]".into()
            }
            Self::PasswordsTwice => "Passwords provided via multiple arguments. Use only one argument".into(),
            Self::NoPasswordAndType(given) => {
                format!("No password required flag is true but provided authentication type is {given}")
            }
            Self::PasswordsNotAllowed(given) => {
                format!("Password field is not allowed with authentication type: {given}")
            }
            Self::PasswordMissing => {
                "A user with Authentication Mode: password, must have at least one password".into()
            }
            Self::TooManyPasswords => "Maximum number of passwords allowed in this service is 2.".into(),
            Self::PasswordLength => "Passwords length must be between 16-128 characters.".into(),
            Self::PasswordCharacter => "Passwords are of printable characters, without , \" / and @.".into(),
            Self::IamIdentity | Self::IamIdentityCase => {
                "User Id and User name must be same for authentication type: iam".into()
            }
            Self::NoPasswordOnValkey => "No-password-required is not allowed for a user with engine Valkey".into(),
            // the fault's text names the number of ElastiCache
            Self::TooManyTags { most: 50 } => FaultCode::TagQuotaPerResourceExceeded.model_text().into(),
            Self::TooManyTags { most } => format!("A user has at most {most} tags."),
            Self::TagKeyMissing => "A tag must have a key.".into(),
            Self::TagInvalid => {
                "A tag has a key of 1 to 128 characters that does not begin with aws:, and a value of at most 256."
                    .into()
            }
            Self::AccessString(error) => error.server_message().unwrap_or_else(|| error.to_string()),
            Self::AlreadyExists { id } => format!("User {id} already exists."),
            Self::NotFound { id } => format!("User {id} not found."),
            Self::NotActive { status, operation: Operation::DeleteUser, .. } if status == "deleting" => {
                "User has status deleting.".into()
            }
            Self::NotActive { id, status, .. } => {
                format!("User {id} has status {status}. Only active users can be modified.")
            }
            Self::DefaultUser => "The default user cannot be modified or deleted.".into(),
            Self::DefaultUserInGroup => FaultCode::DefaultUserAssociatedToUserGroup.model_text().into(),
            Self::Quota => FaultCode::UserQuotaExceeded.model_text().into(),
            Self::DefaultUserRequired => {
                "Redis user group needs to contain a user with the user name default.".into()
            }
            Self::NoPasswordUserInValkeyGroup { id } => format!(
                "No password user {} cannot be added to user group with engine Valkey",
                id.as_deref().unwrap_or(UNKNOWN_ID)
            ),
            Self::ValkeyUserInRedisGroup { id } => format!(
                "The user {} of engine Valkey cannot be in a user group with engine Redis",
                id.as_deref().unwrap_or(UNKNOWN_ID)
            ),
            Self::DuplicateUserName { .. } => FaultCode::DuplicateUserName.model_text().into(),
            Self::ServiceLinkedRole => FaultCode::ServiceLinkedRoleNotFound.model_text().into(),
        }
    }

    /// What the text does not say.
    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::AccessStringMissing => {
                "give `AccessString`: the schema does not require it, but ElastiCache fails with status 500 without it"
            }
            Self::Schema(SchemaRule::Pattern(IDENTIFIER)) => {
                "write it in lower case: a letter, then letters, digits and hyphens"
            }
            Self::NoAuthentication => "give `Passwords`, `NoPasswordRequired` or `AuthenticationMode`",
            Self::IamIdentityCase => {
                "AWS stores the id in lower case, and the name as it is: write both in lower case"
            }
            Self::DefaultUserRequired => {
                "add a user whose name is `default` (its id may be another), or the account's own user `default`"
            }
            Self::NoPasswordUserInValkeyGroup { .. } => {
                "give the user a password or IAM, or take it out of the group"
            }
            Self::ValkeyUserInRedisGroup { .. } => {
                "make the group's engine valkey, or the user's engine redis"
            }
            Self::DuplicateUserName { .. } => {
                "the names of a group's users are unique, their ids are not enough"
            }
            Self::NoPasswordOnValkey => "users of Valkey have passwords or use IAM",
            Self::DefaultUser => {
                "make another user whose UserName is `default` and put it into the group in the default user's place"
            }
            Self::Identifier { .. } => "and have at most 40 characters",
            _ => return None,
        })
    }
}

/// Something that is wrong with a request: the member it is about, AWS's code and text.
///
/// `Display` is the text that AWS answers where it is known, our own words otherwise ([`Certainty`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", visible(&self.kind.text(&self.member)))]
pub struct Problem {
    kind: ProblemKind,
    member: String,
    service: Service,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, member: impl Into<String>) -> Self {
        Self { kind, member: member.into(), service: Service::ElastiCache }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ProblemKind {
        &self.kind
    }

    /// The member of the request it is about: `UserId`, `AuthenticationMode.Passwords[1]`.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// AWS's fault; `None` where an SDK refuses to send the request (`Parameter validation failed`).
    #[must_use]
    pub fn code(&self) -> Option<FaultCode> {
        self.kind.code()
    }

    /// The evidence for the rule and its text on the service of the request. Most were observed on ElastiCache
    /// only, and are derived for MemoryDB.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match (self.service, self.kind.certainty()) {
            (Service::MemoryDb, Certainty::Observed) if self.kind != ProblemKind::PasswordLength => {
                Certainty::Derived
            }
            // MemoryDB's user guide states the rule
            (Service::MemoryDb, _) if matches!(self.kind, ProblemKind::Identifier { .. }) => {
                Certainty::Documented
            }
            (_, certainty) => certainty,
        }
    }

    /// What the text does not say: how to mend it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            ProblemKind::AccessString(error) => error.help(),
            kind => kind.help().map(str::to_owned),
        }
    }

    /// The place in the access string, drawn, if it is about that.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        match &self.kind {
            ProblemKind::AccessString(error) => Some(error.report()),
            _ => None,
        }
    }
}

/// All that is wrong with a request; at least one problem. The first is the one that AWS would report, as
/// far as the order of its checks is known: what SDKs check, then the members by themselves, then together,
/// then the access string, then the users there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    /// INVARIANT: not empty.
    problems: Vec<Problem>,
}

impl Problems {
    /// What AWS would report.
    #[must_use]
    pub fn first(&self) -> &Problem {
        &self.problems[0]
    }

    /// All problems, the first one first.
    pub fn iter(&self) -> core::slice::Iter<'_, Problem> {
        self.problems.iter()
    }
}

impl From<Problem> for Problems {
    fn from(first: Problem) -> Self {
        Self { problems: vec![first] }
    }
}

impl<'e> IntoIterator for &'e Problems {
    type Item = &'e Problem;
    type IntoIter = core::slice::Iter<'e, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = alloc::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.problems.into_iter()
    }
}

impl fmt::Display for Problems {
    /// The first problem, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first().fmt(f)?;
        match self.problems.len() - 1 {
            0 => Ok(()),
            others => write!(f, " (and {others} more)"),
        }
    }
}

/// Gathers problems in the order in which AWS would find them.
pub(super) struct Found {
    service: Service,
    problems: Vec<Problem>,
}

impl Found {
    pub(super) fn on(service: Service) -> Self {
        Self { service, problems: Vec::new() }
    }

    pub(super) fn add(&mut self, kind: ProblemKind, member: impl Into<String>) {
        self.problems.push(Problem { service: self.service, ..Problem::new(kind, member) });
    }

    pub(super) fn add_refusals(&mut self, errors: &ApplyErrors, member: &str) {
        for error in errors.iter() {
            self.add(ProblemKind::AccessString(Box::new(error.clone())), member);
        }
    }

    /// The problems, in the order in which they were found.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The problems, if there are any; what SDKs check comes first whatever found it.
    pub(super) fn into_result<T>(mut self, fine: T) -> Result<T, Problems> {
        self.problems.sort_by_key(|problem| problem.code().is_some());
        if self.problems.is_empty() { Ok(fine) } else { Err(Problems { problems: self.problems }) }
    }
}

/// A refused call. `Display` is the line that the AWS CLI prints.
///
/// ```
/// use redis_acl::aws::{Account, DeleteUser};
/// let fault = Account::default().delete_user(&DeleteUser::new("nobody")).unwrap_err();
/// assert_eq!(
///     fault.to_string(),
///     "An error occurred (UserNotFound) when calling the DeleteUser operation: User nobody not found."
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.line())]
pub struct Fault {
    operation: Operation,
    service: Service,
    problems: Problems,
}

impl Fault {
    pub(super) fn new(operation: Operation, problems: impl Into<Problems>) -> Self {
        Self { operation, service: Service::ElastiCache, problems: problems.into() }
    }

    /// All that is wrong with the request, the one that AWS reports first.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// AWS's fault; `None` where an SDK refuses to send the request.
    #[must_use]
    pub fn code(&self) -> Option<FaultCode> {
        self.problems.first().code()
    }

    fn line(&self) -> String {
        let first = self.problems.first();
        match first.code() {
            Some(code) => format!(
                "An error occurred ({}) when calling the {} operation: {first}",
                code.code(self.service),
                self.operation
            ),
            None => {
                let sdk = self.problems.iter().filter(|problem| problem.code().is_none());
                sdk.fold("Parameter validation failed:".to_owned(), |text, problem| {
                    format!("{text}\n{problem}")
                })
            }
        }
    }
}
