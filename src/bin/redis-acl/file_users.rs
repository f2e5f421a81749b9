//! The users that a file defines, each with what it may do and how it logs in, as far as the file tells.

use std::collections::BTreeSet;

use redis_acl::iac::{Given, Request};
use redis_acl::{PasswordHash, User};

/// A user of a file.
#[derive(Debug)]
pub(crate) struct FileUser {
    /// What it is called by the service or server, which tells users of two files apart.
    pub(crate) id: Option<String>,
    /// What it is called in the file: the name, or the address of the resource.
    pub(crate) address: String,
    /// Where it stands: line and column. The user `default` of a server stands nowhere unless it is changed.
    pub(crate) place: Option<(usize, usize)>,
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

/// The users of two files in pairs: those of the same id and address, then of the same id, then of the same
/// address if not both have ids. What has no other is by itself.
pub(crate) fn pairs<'u>(
    old: &'u [FileUser],
    new: &'u [FileUser],
) -> Vec<(Option<&'u FileUser>, Option<&'u FileUser>)> {
    let same_id = |old: &FileUser, new: &FileUser| old.id.is_some() && old.id == new.id;
    let same_address = |old: &FileUser, new: &FileUser| old.address == new.address;
    let laws: [&dyn Fn(&FileUser, &FileUser) -> bool; 3] = [
        &|old, new| old.id == new.id && same_address(old, new),
        &same_id,
        &|old, new| (old.id.is_none() || new.id.is_none()) && same_address(old, new),
    ];
    let mut of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for law in laws {
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
