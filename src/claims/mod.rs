//! Claims about a user, kept in a file beside the policy and run as its tests.
//!
//! ```
//! use redis_acl::{Claims, Engine, User};
//!
//! let claims = Claims::parse("\
//! ## what the worker needs
//! allow GET app:1
//! allow SET app:1 'two words'
//!
//! ## and what it must never do
//! deny FLUSHALL
//! never grants @dangerous
//! no wider than \"on ~app:* +@read +@write\"
//! ")?;
//! let user = User::parse(Engine::Redis7_2, "on ~app:* +@read +@write -@dangerous +keys")?;
//! let answers = claims.check(&user)?;
//! let failed: Vec<_> = answers.iter().filter(|answer| !answer.holds()).collect();
//! assert_eq!(failed[0].claim().text(), "never grants @dangerous");
//! assert_eq!(failed[0].failure().unwrap().to_string(), "the user can run 1 command: keys\nfor example: KEYS 1");
//! assert_eq!(failed.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The lines
//! | a line | holds if |
//! |---|---|
//! | `allow GET app:1` | the user may send the request ([`User::check`]), quoted as in `redis-cli` |
//! | `deny FLUSHALL` | it may not |
//! | `allow in database 3 GET a`, `deny in database 3 …` | the same with another current database than 0 |
//! | `grants @read`, `grants config\|get` | each command is allowed as a whole, and some request with it may be sent |
//! | `never grants @dangerous`, `never grants config\|set` | no request with any of the commands may be sent |
//! | `grants future commands`, `never grants future commands` | commands that do not exist yet are allowed, are not |
//! | `no wider than "on ~app:* +@read"` | the user may do nothing that a user of that string may not ([`compare`](fn@compare)) |
//! | `no narrower than "…"` | the user may do all that a user of that string may |
//! | `same as "…"` | both |
//! | `dialect redis-7.2` | (a header) the engines that the file was written for: a dialect, or a set such as `redis-6.2..7.2` |
//! | `user "on ~app:* +@read"` | (a header) the access string that the claims are about |
//!
//! Blank lines and those that begin with `#` are skipped. A string of several words stands between quotes, single
//! or double.
//!
//! # Where it is strict
//! - A claim about a command, subcommand or category that the dialect does not have is an error, and so is a
//!   request with a wrong number of arguments: a slip of the pen would let `deny` hold for ever.
//! - What cannot be decided within the bounds counts as failed, and says so.
//! - What every user may send whatever its rules, as `AUTH`, is granted; claims about a category leave it out.
//! - Logins count in `wider`, `narrower` and `same`: on or off, `nopass`. Passwords count only if the string has
//!   some itself.

mod answer;
mod error;
mod form;
mod subject;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::dialect::Dialects;
use crate::glob;
use crate::secret::mask;
use crate::span::Span;
use crate::user::User;
use form::Form;

#[cfg(doc)]
use crate::compare;

pub use answer::{Answer, Failure};
pub use error::{ClaimError, ClaimErrorKind, ClaimErrors};

/// The claims of a file: [the module](self) tells what its lines may be.
#[derive(Clone, Debug)]
pub struct Claims {
    dialects: Option<Dialects>,
    user: Option<Text>,
    claims: Vec<Claim>,
}

/// One claim.
#[derive(Clone)]
pub struct Claim {
    line: Line,
    form: Form,
}

/// A line of a file of claims. It may hold passwords.
#[derive(Clone, PartialEq, Eq)]
struct Line {
    number: usize,
    text: String,
}

/// An access string in a line.
#[derive(Clone, PartialEq, Eq)]
struct Text {
    line: Line,
    /// Its quotes included.
    span: Span,
    text: String,
}

impl Claims {
    /// Reads a file of claims. No name is looked up yet: that needs a dialect, [`Claims::check`] does it.
    ///
    /// ```
    /// # use redis_acl::Claims;
    /// let errors = Claims::parse("alow GET app:1\n").unwrap_err();
    /// assert_eq!(errors.to_string(), "line 1: `alow` is not an assertion");
    /// assert_eq!(errors.first().help().unwrap(), "did you mean `allow`?");
    /// ```
    ///
    /// # Errors
    /// Every line that is no claim; or that there is none at all, for such a test would never fail.
    pub fn parse(text: &str) -> Result<Self, ClaimErrors> {
        form::parse(text)
    }

    /// The engines that the file names: one dialect, or a set that the claims must hold on.
    #[must_use]
    pub fn dialects(&self) -> Option<&Dialects> {
        self.dialects.as_ref()
    }

    /// The user that the file itself is about, once for each engine that accepts its access string; `None` if the file
    /// gives none.
    ///
    /// ```
    /// # use redis_acl::Claims;
    /// let claims = Claims::parse("dialect redis-7.2\nuser \"on ~app:* +get\"\nallow GET app:1\n")?;
    /// let users = claims.users(claims.dialects().unwrap())?.unwrap();
    /// assert!(claims.check(&users[0])?[0].holds());
    /// # Ok::<(), redis_acl::claims::ClaimErrors>(())
    /// ```
    ///
    /// # Errors
    /// What the newest engine rejects in the string, if all of them reject it.
    pub fn users(&self, dialects: &Dialects) -> Result<Option<Vec<User>>, ClaimErrors> {
        self.user.as_ref().map(|text| text.users(dialects)).transpose()
    }

    /// The claims, in the order of the file; at least one.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Whether each claim holds for a user; of those that do not, why.
    ///
    /// # Errors
    /// Every name, request and access string that the user's dialect does not know.
    pub fn check(&self, user: &User) -> Result<Vec<Answer<'_>>, ClaimErrors> {
        self.check_within(glob::WORK, user)
    }

    /// [`Claims::check`] with another bound on the work for each claim.
    ///
    /// # Errors
    /// As [`Claims::check`].
    pub fn check_within(&self, work: usize, user: &User) -> Result<Vec<Answer<'_>>, ClaimErrors> {
        let (mut answers, mut errors) = (Vec::new(), Vec::new());
        for claim in &self.claims {
            match claim.form.failure(&claim.line, user, work) {
                Ok(failure) => answers.push(Answer::new(claim, failure)),
                Err(refused) => errors.extend(refused),
            }
        }
        ClaimErrors::new(errors).map_or(Ok(answers), Err)
    }

    /// Whether each claim holds for a user on every engine that reads it; `users` holds it once for each of them, as
    /// [`User::parse_on`] gives them. A claim that fails says on which engine.
    ///
    /// ```
    /// # use redis_acl::{Claims, User, glob};
    /// let users = User::parse_on(&"redis-6.2..7.0".parse()?, "on ~* +@all")?;
    /// let claims = Claims::parse("deny PUBLISH news x\n")?;
    /// let answers = claims.check_on(glob::WORK, &users)?;
    /// assert_eq!(answers[0].on().unwrap().to_string(), "redis-6.2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Claims::check`], from the first engine that does not know a name: a claim about a command that is not there
    /// would always hold.
    pub fn check_on(&self, work: usize, users: &[User]) -> Result<Vec<Answer<'_>>, ClaimErrors> {
        let several = users.len() > 1;
        let mut all: Vec<_> = self.claims.iter().map(|claim| Answer::new(claim, None)).collect();
        for user in users {
            let on = several.then(|| user.dialect());
            let answers = self.check_within(work, user)?.into_iter().map(|answer| answer.on_engine(on));
            all = all.into_iter().zip(answers).map(|(all, answer)| all.and(answer)).collect();
        }
        Ok(all)
    }
}

impl Claim {
    /// The number of its line; the first is 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line.number
    }

    /// Its text; passwords are masked.
    #[must_use]
    pub fn text(&self) -> String {
        self.line.masked().trim().to_owned()
    }
}

impl Line {
    fn masked(&self) -> String {
        mask(&self.text)
    }
}

impl fmt::Debug for Claim {
    /// Without its line, as a request may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("line", &self.line.number).field("form", &self.form).finish()
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.number, self.masked())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} in {:?}", self.span, self.line)
    }
}
