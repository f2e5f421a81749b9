//! The access string of a request: by which engine version it can be expressed, and what AWS answers.

use alloc::string::{String, ToString};

use crate::dialect::{Dialect, Form, Project, Service};
use crate::user::{ApplyErrors, User};

/// Which of the attested answers ElastiCache gives to a string that Redis 6.0 can express.
///
/// The AWS CLI reference (2020) shows the one, live calls (2026) the other; see [`Form`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answers {
    /// As in AWS's documentation: algorithm A over the commands of Redis 6.0.5.
    #[default]
    Documented,
    /// As seen in 2026: the rules as given.
    Observed,
}

/// An access string that AWS accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// What AWS answers.
    pub(super) canonical: String,
    /// The oldest engine version that can express it: `6.0`.
    pub(super) minimum_engine_version: &'static str,
}

/// Reads the string by the oldest engine version of the service that can express it, which is also how both
/// services seem to print it. That the version is the answer's `MinimumEngineVersion` is observed for
/// strings without newer syntax, and concluded for others.
///
/// The errors are those of the newest version, which knows most.
pub(super) fn settle(
    service: Service,
    project: Project,
    answers: Answers,
    text: &str,
) -> Result<Settled, ApplyErrors> {
    let mut versions = versions(service, project).peekable();
    while let Some(dialect) = versions.next() {
        match User::parse(dialect, text) {
            Ok(user) => {
                let canonical = answer(&user, answers, text);
                return Ok(Settled { canonical, minimum_engine_version: dialect.engine_version() });
            }
            Err(errors) if versions.peek().is_none() => return Err(errors),
            Err(_) => {}
        }
    }
    unreachable!("each service has versions of each engine")
}

/// The service's versions of an engine, the oldest first.
fn versions(service: Service, project: Project) -> impl Iterator<Item = Dialect> {
    Dialect::all()
        .filter(move |dialect| dialect.service() == Some(service) && dialect.engine().project() == project)
}

/// The form of the dialect; a string of Redis 6.0 is printed in the observed form as Redis 6.2 reads it.
fn answer(user: &User, answers: Answers, text: &str) -> String {
    match (user.dialect().form(), answers) {
        (Form::Documented, Answers::Observed) => {
            let newer = versions(Service::ElastiCache, Project::Redis)
                .find(|dialect| dialect.form() == Form::Observed);
            let read = newer.and_then(|dialect| User::parse(dialect, text).ok());
            read.as_ref().unwrap_or(user).to_string()
        }
        _ => user.to_string(),
    }
}
