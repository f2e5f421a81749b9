//! What there is to find: every lint, with its documentation.

use alloc::string::String;
use core::fmt;

use super::{clients, commands, login, patterns, refused, service, too_wide, unchecked, unusable, upgrade};
use crate::report::Level;

/// Something that can be wrong with an access string, or could be better.
///
/// Its documentation is the page in `docs/lints.md`, which is generated from here.
pub struct Lint {
    pub(super) id: &'static str,
    pub(super) group: Group,
    pub(super) level: Level,
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    pub(super) example: Example,
}

/// A string that has the lint, and what to write instead.
pub(super) struct Example {
    pub(super) dialect: &'static str,
    /// The client it is about, if it is about one.
    pub(super) client: Option<&'static str>,
    pub(super) bad: &'static str,
    pub(super) good: &'static str,
}

/// Lints of one family, which can be allowed, warned of and denied together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Group {
    /// The dialect refuses it, or a server dies of it.
    Refused,
    /// It does nothing, or not what it looks like.
    NoEffect,
    /// It gives away more than it says.
    TooWide,
    /// It means something else on the next engine.
    Version,
    /// The service withholds it.
    Service,
    /// It locks a client library out.
    Client,
}

impl Group {
    /// Every group, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Refused, Self::NoEffect, Self::TooWide, Self::Version, Self::Service, Self::Client];

    /// `refused`, `no-effect`, `too-wide`, `version`, `service` or `client`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NoEffect => "no-effect",
            Self::TooWide => "too-wide",
            Self::Version => "version",
            Self::Service => "service",
            Self::Client => "client",
        }
    }

    /// What its lints have in common.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Refused => "rules that the dialect rejects, or that crash servers",
            Self::NoEffect => "rules that do nothing, or not what they appear to do",
            Self::TooWide => "rules that grant more than they appear to",
            Self::Version => "rules that change their meaning on the next engine",
            Self::Service => "commands that the cloud service restricts",
            Self::Client => {
                "commands that a client library needs and the user is denied; checked with `--client`"
            }
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Lint {
    /// Every lint, group by group.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let families: [&[&Self]; 10] = [
            refused::LINTS,
            commands::LINTS,
            patterns::LINTS,
            login::LINTS,
            unusable::LINTS,
            too_wide::LINTS,
            unchecked::LINTS,
            upgrade::LINTS,
            service::LINTS,
            clients::LINTS,
        ];
        families.into_iter().flatten().copied()
    }

    /// The lint of that id.
    ///
    /// ```
    /// use redis_acl::lint::{Group, Lint};
    /// let lint = Lint::find("stays-off").unwrap();
    /// assert_eq!((lint.group(), lint.level().name()), (Group::NoEffect, "warning"));
    /// ```
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|lint| lint.id == id)
    }

    /// Its name, in lower case with hyphens. Ids do not change.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The family it belongs to.
    #[must_use]
    pub const fn group(&self) -> Group {
        self.group
    }

    /// How much its findings matter, where nothing else is configured.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// What it finds, in one sentence.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// Why that matters.
    #[must_use]
    pub const fn why(&self) -> &'static str {
        self.why
    }

    /// A string that has it.
    #[must_use]
    pub const fn example(&self) -> &'static str {
        self.example.bad
    }

    /// What to write instead of the example.
    #[must_use]
    pub const fn instead(&self) -> &'static str {
        self.example.good
    }

    /// The dialect of the example.
    #[must_use]
    pub const fn example_dialect(&self) -> &'static str {
        self.example.dialect
    }

    /// The client that the example is about, if it is about one.
    #[must_use]
    pub const fn example_client(&self) -> Option<&'static str> {
        self.example.client
    }

    /// Where its documentation is.
    #[must_use]
    pub fn page(&self) -> String {
        format!("docs/lints.md#{}", self.id)
    }
}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lint({})", self.id)
    }
}

impl PartialEq for Lint {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Lint {}
