//! How a user logs in: passwords, none, or IAM, and which of it goes together.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::model;
use super::problem::{Found, ProblemKind};
use super::request::AuthenticationMode;
use crate::secret::Password;

/// The type of authentication that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationType {
    /// One or two passwords.
    Password,
    /// None needed; in requests `no-password-required`, in answers `no-password`.
    NoPassword,
    /// AWS's own identities.
    Iam,
}

impl AuthenticationType {
    pub(super) fn from_request(text: &str) -> Option<Self> {
        [Self::Password, Self::NoPassword, Self::Iam].into_iter().find(|kind| kind.to_string() == text)
    }

    /// The spelling of answers.
    #[must_use]
    pub const fn in_answers(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::NoPassword => "no-password",
            Self::Iam => "iam",
        }
    }
}

impl fmt::Display for AuthenticationType {
    /// The spelling of requests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "password",
            Self::NoPassword => "no-password-required",
            Self::Iam => "iam",
        })
    }
}

/// The types as the service model's messages list them.
pub(super) fn listed(types: &[AuthenticationType]) -> &'static str {
    if types.len() == 3 { "password, no-password-required, iam" } else { "password, iam" }
}

/// What a request says about logging in.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    pub(super) passwords: Option<&'r [Password<'static>]>,
    pub(super) no_password_required: Option<bool>,
    pub(super) mode: Option<&'r AuthenticationMode>,
    /// The values that the model allows in the mode, as its messages list them.
    pub(super) types: &'static [AuthenticationType],
}

pub(super) const ELASTICACHE_TYPES: &[AuthenticationType] =
    &[AuthenticationType::Password, AuthenticationType::NoPassword, AuthenticationType::Iam];
pub(super) const MEMORYDB_TYPES: &[AuthenticationType] =
    &[AuthenticationType::Password, AuthenticationType::Iam];

/// How the user will log in, if what was asked goes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) kind: AuthenticationType,
    pub(super) passwords: usize,
}

impl<'r> Asked<'r> {
    /// Whether nothing is asked: a modification leaves then what there is.
    pub(super) fn is_nothing(&self) -> bool {
        self.passwords.is_none() && self.no_password_required != Some(true) && self.mode.is_none()
    }

    /// What SDKs check.
    pub(super) fn check_model(&self, found: &mut Found) {
        model::passwords(found, "Passwords", self.passwords);
        let Some(mode) = self.mode else { return };
        model::passwords(found, "AuthenticationMode.Passwords", mode.passwords.as_deref());
        let allowed = |text: &str| {
            AuthenticationType::from_request(text).is_some_and(|kind| self.types.contains(&kind))
        };
        if let Some(value) = mode.kind.as_deref().filter(|kind| !allowed(kind)) {
            let allowed = listed(self.types);
            found.add(ProblemKind::NotInEnum { value: value.to_owned(), allowed }, "AuthenticationMode.Type");
        }
    }

    /// The type that is asked for: the mode's, else what the older members imply. A false
    /// `NoPasswordRequired` by itself asks for passwords, as the emulator has it.
    fn kind(&self) -> Option<AuthenticationType> {
        let given = self.mode.and_then(|mode| mode.kind.as_deref());
        match (given, self.no_password_required) {
            (Some(given), _) => AuthenticationType::from_request(given),
            (None, Some(true)) => Some(AuthenticationType::NoPassword),
            (None, Some(false)) => Some(AuthenticationType::Password),
            (None, None) => (!self.all_passwords().is_empty()).then_some(AuthenticationType::Password),
        }
    }

    /// Every password with the member that it stands in.
    fn all_passwords(&self) -> Vec<(String, &'r Password<'static>)> {
        let of = |member: &str, list: Option<&'r [Password<'static>]>| {
            let numbered = list.unwrap_or_default().iter().enumerate();
            numbered.map(|(place, password)| (format!("{member}[{place}]"), password)).collect::<Vec<_>>()
        };
        let mut all = of("Passwords", self.passwords);
        all.extend(of("AuthenticationMode.Passwords", self.mode.and_then(|mode| mode.passwords.as_deref())));
        all
    }

    /// The member that holds the passwords, for problems with all of them.
    fn passwords_member(&self) -> &'static str {
        let in_mode = self.mode.is_some_and(|mode| mode.passwords.is_some());
        if in_mode && self.passwords.is_none() { "AuthenticationMode.Passwords" } else { "Passwords" }
    }

    /// What the service checks: whether the members go together, then each password.
    pub(super) fn check(&self, found: &mut Found) -> Option<Login> {
        let passwords = self.all_passwords();
        let in_mode = self.mode.and_then(|mode| mode.passwords.as_deref()).unwrap_or_default();
        if !self.passwords.unwrap_or_default().is_empty() && !in_mode.is_empty() {
            found.add(ProblemKind::PasswordsTwice, "AuthenticationMode.Passwords");
        }
        let Some(kind) = self.kind() else {
            // a type that the model does not know is reported as such
            if self.mode.is_none_or(|mode| mode.kind.is_none()) {
                found.add(ProblemKind::NoAuthentication, "AuthenticationMode.Type");
            }
            return None;
        };
        if self.no_password_required == Some(true) && kind != AuthenticationType::NoPassword {
            found.add(ProblemKind::NoPasswordAndType(kind), "NoPasswordRequired");
        }
        match (kind, passwords.len()) {
            (AuthenticationType::Password, 0) => {
                found.add(ProblemKind::PasswordMissing, self.passwords_member())
            }
            (AuthenticationType::Password, count) if count > 2 => {
                found.add(ProblemKind::TooManyPasswords, self.passwords_member());
            }
            (AuthenticationType::Password, _) | (_, 0) => {}
            _ => found.add(ProblemKind::PasswordsNotAllowed(kind), self.passwords_member()),
        }
        for (member, password) in &passwords {
            check_password(found, member, password.expose());
        }
        Some(Login { kind, passwords: passwords.len() })
    }
}

/// 16 to 128 printable characters, without `,` `"` `/` `@` (the RBAC guide). Characters are counted, not
/// bytes; nothing is known of what AWS does with letters beyond ASCII, which are taken for printable.
fn check_password(found: &mut Found, member: &str, password: &str) {
    if !(16..=128).contains(&password.chars().count()) {
        found.add(ProblemKind::PasswordLength, member);
    }
    if password.contains(|c: char| c.is_control() || matches!(c, ',' | '"' | '/' | '@')) {
        found.add(ProblemKind::PasswordCharacter, member);
    }
}
