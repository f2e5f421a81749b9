//! Which server reads the text: engines, the services in front of them, and all that differs.
//!
//! How engines differ is data, in [`quirks`]. Nothing outside this module asks *which* engine it has; it asks what the
//! engine does.

mod engine;
mod module;
mod quirks;
mod releases;
mod set;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::quoting::Splitter;

pub use engine::{Engine, Evidence, Project};
pub use module::Module;
use module::Modules;
pub(crate) use quirks::{
    Algorithm, Answers, Feature, FileUsers, FirstArgumentOfAllowed, LoadErrors, NewChannels, OpenToAll,
    Quirks, Sanitize,
};
use releases::{RELEASES, Release, release};
pub use set::Dialects;

/// A cloud service that takes access strings and rewrites them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Service {
    /// Amazon ElastiCache.
    ElastiCache,
    /// Amazon MemoryDB.
    MemoryDb,
}

/// How a user is printed. Each dialect has its own form, [`Dialect::form`]; another can be asked for.
///
/// | text | form | rests on |
/// |---|---|---|
/// | `server` | what `ACL LIST` prints after `user NAME ` | measured servers |
/// | `documented` | ElastiCache at its launch: algorithm A, single commands in table order, no channels | the AWS CLI reference |
/// | `observed` | ElastiCache today: rules as given, a channel token only where the string needs syntax newer than Redis 6.0 | live observations of 2026; that the token follows from the syntax is a reading of them |
/// | `memorydb` | MemoryDB: as observed, always with a channel token | live observations and the AWS CLI reference |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// The line that the engine's own `ACL LIST` prints.
    Server,
    /// What AWS's documentation shows ElastiCache to answer (Redis 6.0 only).
    Documented,
    /// What ElastiCache was seen to answer in 2026 (engines with channels: Redis 6.2 and later).
    Observed,
    /// What MemoryDB answers (engines with channels).
    MemoryDb,
}

/// The engine that reads the rules, the service in front of it if there is one, and the modules loaded.
///
/// ```
/// use redis_acl::{Dialect, Engine, Service};
///
/// let aws: Dialect = "elasticache".parse()?;
/// assert_eq!(aws.to_string(), "elasticache/redis-6.0");
/// assert_eq!(aws.service(), Some(Service::ElastiCache));
///
/// // a full version is read as the modelled server at or below it in the same line
/// let server: Dialect = "redis-6.2.14".parse()?;
/// assert_eq!(server, Dialect::from(Engine::Redis6_2));
///
/// let stack: Dialect = "redis-8.4+json+search".parse()?;
/// assert_eq!(stack.to_string(), "redis-8.4+json+search");
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    release: &'static Release,
    modules: Modules,
}

/// A text names no dialect that is modelled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DialectError {
    message: String,
}

impl Dialect {
    /// Every dialect that is modelled, without added modules: engines by age, then services.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        RELEASES.iter().map(Self::of)
    }

    fn of(release: &'static Release) -> Self {
        Self { release, modules: release.modules }
    }

    /// The engine whose rules and commands count.
    #[must_use]
    #[inline]
    pub fn engine(self) -> Engine {
        self.release.engine
    }

    /// Where the facts about its rules and commands come from. A service's version that no engine has, such as
    /// MemoryDB's Valkey 7.3, rests on documents: the nearest engine stands in for it.
    ///
    /// ```
    /// use redis_acl::{Dialect, Evidence};
    /// let memorydb: Dialect = "memorydb/valkey-7.3".parse()?;
    /// assert_eq!(memorydb.engine().to_string(), "valkey-7.2");
    /// assert_eq!(memorydb.evidence(), Evidence::Documented);
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    #[must_use]
    pub fn evidence(self) -> Evidence {
        let engine = self.engine();
        if self.release.line == engine.quirks().line { engine.evidence() } else { Evidence::Documented }
    }

    /// The service in front of the engine, if there is one.
    #[must_use]
    pub fn service(self) -> Option<Service> {
        self.release.service
    }

    /// The form in which this dialect's users are printed.
    #[must_use]
    pub fn form(self) -> Form {
        self.release.form
    }

    /// How it splits a line with quotes: the words of a configuration file, the rules of a selector.
    #[must_use]
    pub fn splitter(self) -> Splitter {
        self.engine().quirks().splitter
    }

    /// The engine's version as its maker or the service numbers it: `6.0`, `7.1`.
    #[must_use]
    pub fn engine_version(self) -> &'static str {
        self.release.name.rsplit_once('-').map_or("", |(_, version)| version)
    }

    /// The modules whose commands it has: those the service ships, or those that were named.
    pub fn modules(self) -> impl Iterator<Item = Module> {
        self.modules.iter()
    }

    pub(crate) fn has_module(self, module: Module) -> bool {
        self.modules.contains(module)
    }

    /// The same dialect with one more module.
    ///
    /// # Errors
    /// When the module is another project's, or when a service decides which modules there are.
    pub fn with_module(mut self, module: Module) -> Result<Self, DialectError> {
        if let (Some(_), false) = (self.service(), self.modules.contains(module)) {
            let shipped = join(self.modules.iter().map(Module::name), "no modules");
            return error(format!("{} ships {shipped}; others cannot be loaded there", self.release.name));
        }
        if self.service().is_none() && module.project() != self.engine().project() {
            return error(format!("{} cannot load a module made for another engine", self.release.name));
        }
        self.modules = self.modules.with(module);
        Ok(self)
    }

    /// What the engine does, and what the service changes about it.
    pub(crate) fn quirks(self) -> Quirks {
        let engine = self.engine().quirks();
        match self.service() {
            // Both services start users without channels, also where the engine would not:
            // MemoryDB answers `resetchannels` on 6.2.
            Some(_) if engine.has(Feature::Channels) => Quirks {
                new_channels: NewChannels::None,
                categories_reach_modules: true,
                module_categories: true,
                ..*engine
            },
            _ => *engine,
        }
    }

    /// What an upgrade leads to next: the oldest release of the next major version of the same engine; within
    /// the last major version the newest release. On services Valkey follows upon Redis. `None` where there is
    /// nothing newer.
    ///
    /// ```
    /// # use redis_acl::{Dialect, Engine};
    /// assert_eq!(Dialect::from(Engine::Redis6_2).next_generation(), Some(Engine::Redis7_0.into()));
    /// assert_eq!(Dialect::from(Engine::Valkey9_1).next_generation(), None);
    /// let elasticache: Dialect = "elasticache/redis-7.1".parse()?;
    /// assert_eq!(elasticache.next_generation().unwrap().to_string(), "elasticache/valkey-7.2");
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    #[must_use]
    pub fn next_generation(self) -> Option<Self> {
        let project = self.engine().project();
        let (major, minor) = self.release.line;
        let served_alike = || RELEASES.iter().filter(|release| release.service == self.service());
        let same_engine = || served_alike().filter(|release| release.engine.project() == project);
        let next_major = || same_engine().find(|release| release.line.0 > major);
        let valkey = || {
            let is_next = self.service().is_some() && project == Project::Redis;
            served_alike().find(|release| is_next && release.engine.project() == Project::Valkey)
        };
        let newest = || same_engine().next_back().filter(|release| release.line > (major, minor));
        let release = next_major().or_else(valkey).or_else(newest)?;
        let modules =
            self.modules().filter(|module| release.service.is_none() || release.modules.contains(*module));
        Some(Self { release, modules: modules.fold(release.modules, |all, module| all.with(module)) })
    }

    /// What an upgrade may lead to: every later release of the same engine, and after Redis every one of Valkey, which
    /// carries on from Redis 7.2. Of a service, the releases that it offers.
    ///
    /// ```
    /// # use redis_acl::{Dialect, Engine};
    /// let later: Vec<_> = Dialect::from(Engine::Valkey8_1).later().map(|dialect| dialect.to_string()).collect();
    /// assert!(later.contains(&"valkey-9.0".to_owned()));
    /// assert!(Dialect::from(Engine::Redis7_2).later().any(|dialect| dialect == Engine::Valkey8_0.into()));
    /// ```
    pub fn later(self) -> impl Iterator<Item = Self> {
        let here = (self.release.line, self.release.first_patch);
        let is_later = move |release: &&Release| match (self.engine().project(), release.engine.project()) {
            (Project::Redis, Project::Valkey) => true,
            (old, new) => old == new && (release.line, release.first_patch) > here,
        };
        let service = self.service();
        RELEASES.iter().filter(move |release| release.service == service).filter(is_later).map(Self::of)
    }

    /// The place among all releases, and the modules: an order for sets.
    fn rank(self) -> (usize, Modules) {
        let place = RELEASES.iter().position(|release| core::ptr::eq(release, self.release));
        (place.unwrap_or(RELEASES.len()), self.modules)
    }

    /// The oldest release of the same service and project that has the feature; failing that, of any
    /// project.
    pub(crate) fn first_with(self, feature: Feature) -> Option<Self> {
        let served_alike = |release: &&Release| release.service == self.service();
        let has = |release: &&Release| release.engine.quirks().has(feature);
        let same_project = |release: &&Release| release.engine.project() == self.engine().project();
        let candidates = || RELEASES.iter().filter(served_alike).filter(has);
        candidates().find(same_project).or_else(|| candidates().next()).map(Self::of)
    }
}

impl From<Engine> for Dialect {
    fn from(engine: Engine) -> Self {
        Self::of(&RELEASES[engine as usize])
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.release.name)?;
        for module in self.modules().filter(|&module| !self.release.modules.contains(module)) {
            write!(f, "+{}", module.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialect({self})")
    }
}

impl core::hash::Hash for Dialect {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.release.name.hash(state);
        self.modules.hash(state);
    }
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let mut parts = text.split('+');
        let name = parts.next().unwrap_or_default();
        let mut dialect = Self::of(release(name)?);
        for module in parts {
            let shipped = dialect.modules().find(|shipped| shipped.name() == module);
            let module = shipped.map_or_else(|| Module::named(module, dialect.engine().project()), Ok)?;
            dialect = dialect.with_module(module)?;
        }
        Ok(dialect)
    }
}

impl Service {
    /// The name before the slash of a dialect: `elasticache` or `memorydb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ElastiCache => "elasticache",
            Self::MemoryDb => "memorydb",
        }
    }
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Server, Self::Documented, Self::Observed, Self::MemoryDb];

    /// `server`, `documented`, `observed` or `memorydb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::MemoryDb => "memorydb",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Form {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let found = Self::ALL.into_iter().find(|form| form.name() == text);
        found.map_or_else(
            || {
                error(format!(
                    "no form `{text}`; there are {}",
                    join(Self::ALL.into_iter().map(Self::name), "")
                ))
            },
            Ok,
        )
    }
}

fn join<'n>(names: impl Iterator<Item = &'n str>, none: &str) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

fn error<T>(message: String) -> Result<T, DialectError> {
    Err(DialectError { message })
}
