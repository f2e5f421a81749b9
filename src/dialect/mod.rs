//! Which server reads the text: engines, the services in front of them, and all that differs.
//!
//! How engines differ is data, in [`quirks`]. Nothing outside this module asks *which* engine it has; it asks what the
//! engine does.

mod channels;
mod engine;
mod module;
mod quirks;
mod releases;
mod set;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use crate::quoting::Splitter;

pub use channels::DefaultChannels;
pub use engine::{Engine, Evidence, Process, Project};
pub use module::Module;
use module::Modules;
pub(crate) use quirks::{
    Algorithm, Answers, DatabaseChecks, Feature, FileUsers, FirstArgumentOfAllowed, LoadErrors, NewChannels,
    OpenToAll, PercentKills, Quirks, Sanitize,
};
use releases::{RELEASES, Release, release};
pub use set::Dialects;

/// A cloud service that takes access strings and rewrites them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// The engine that reads the rules, the service in front of it if there is one, the modules loaded, and the setting
/// `acl-pubsub-default`.
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
///
/// // a server whose configuration sets `acl-pubsub-default`
/// let configured: Dialect = "redis-7.0+acl-pubsub-default=allchannels".parse()?;
/// assert_eq!(configured.engine(), Engine::Redis7_0);
/// # Ok::<(), redis_acl::DialectError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    release: &'static Release,
    modules: Modules,
    /// `acl-pubsub-default`, where it is set to something else than the release's own default.
    channels: Option<DefaultChannels>,
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
        Self { release, modules: release.modules, channels: None }
    }

    /// Whether both are the same engine of the same service with the same modules, regardless of settings.
    ///
    /// ```
    /// # use redis_acl::Dialect;
    /// let open: Dialect = "redis-7.0+acl-pubsub-default=allchannels".parse()?;
    /// assert!(open.is_same_engine("redis-7.0".parse()?) && open != "redis-7.0".parse()?);
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    #[must_use]
    pub fn is_same_engine(self, other: Self) -> bool {
        core::ptr::eq(self.release, other.release) && self.modules == other.modules
    }

    /// The engine whose rules and commands count.
    #[must_use]
    #[inline]
    pub fn engine(self) -> Engine {
        self.release.engine
    }

    /// The source of the facts about its rules and commands. A service's version that no engine has, such as
    /// MemoryDB's Valkey 7.3, is documented only: the nearest engine is its model.
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
    /// When the module is another project's, when a service decides which modules there are, or on a Sentinel.
    pub fn with_module(mut self, module: Module) -> Result<Self, DialectError> {
        if let (Some(_), false) = (self.service(), self.modules.contains(module)) {
            let shipped = join(self.modules.iter().map(Module::name), "no modules");
            return error(format!("{} ships {shipped}; others cannot be loaded there", self.release.name));
        }
        if self.engine().process() == Process::Sentinel {
            return error(format!("{} is a Sentinel, which loads no modules", self.release.name));
        }
        if self.service().is_none() && module.project() != self.engine().project() {
            return error(format!("{} cannot load a module made for another engine", self.release.name));
        }
        self.modules = self.modules.with(module);
        Ok(self)
    }

    /// The channels of a user whose rules name none, by the setting `acl-pubsub-default`. `None` for engines without
    /// channel rules.
    ///
    /// Redis 6.2 and ElastiCache default to all channels; later engines and MemoryDB default to none.
    #[must_use]
    pub fn default_channels(self) -> Option<DefaultChannels> {
        self.channels.or_else(|| self.release.default_channels())
    }

    /// The same dialect with this value of the setting `acl-pubsub-default`.
    ///
    /// ```
    /// use redis_acl::{DefaultChannels, Dialect};
    ///
    /// let elasticache: Dialect = "elasticache/valkey-8.0".parse()?;
    /// let isolated = elasticache.with_default_channels(DefaultChannels::ResetChannels)?;
    /// assert_eq!(isolated.to_string(), "elasticache/valkey-8.0+acl-pubsub-default=resetchannels");
    /// assert_eq!(isolated.with_default_channels(DefaultChannels::AllChannels)?, elasticache);
    /// # Ok::<(), redis_acl::DialectError>(())
    /// ```
    ///
    /// # Errors
    /// When the engine has no channel rules (Redis 6.0), or when the service does not offer the setting (MemoryDB).
    pub fn with_default_channels(mut self, channels: DefaultChannels) -> Result<Self, DialectError> {
        let (name, setting) = (self.release.name, DefaultChannels::SETTING);
        let Some(own) = self.release.default_channels() else {
            return error(format!("{name} has no {setting}: channel rules exist from Redis 6.2 on"));
        };
        if self.service() == Some(Service::MemoryDb) && channels != own {
            return error(format!("{name} always starts users without channels; it has no {setting}"));
        }
        self.channels = (channels != own).then_some(channels);
        Ok(self)
    }

    /// Whether `acl-pubsub-default` is set to something else than the dialect's own default.
    pub(crate) fn sets_default_channels(self) -> bool {
        self.channels.is_some()
    }

    /// The same with its own default of `acl-pubsub-default`: for messages about anything else.
    pub(crate) fn without_setting(self) -> Self {
        Self { channels: None, ..self }
    }

    /// What the engine does, and what the service and the setting change about it.
    pub(crate) fn quirks(self) -> Quirks {
        let engine = self.engine().quirks();
        let quirks = Quirks { new_channels: self.new_channels(), ..*engine };
        match self.service() {
            Some(_) if engine.has(Feature::Channels) => {
                Quirks { categories_reach_modules: true, module_categories: true, ..quirks }
            }
            _ => quirks,
        }
    }

    fn new_channels(self) -> NewChannels {
        match (self.default_channels(), self.service()) {
            (None, _) => NewChannels::Unchecked,
            (Some(default), Some(Service::ElastiCache)) => NewChannels::ByReadBack(default),
            (Some(DefaultChannels::AllChannels), _) => NewChannels::All,
            (Some(DefaultChannels::ResetChannels), _) => NewChannels::None,
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
        let served_alike = || RELEASES.iter().filter(|release| self.is_alternative(release));
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
        let modules = modules.fold(release.modules, |all, module| all.with(module));
        let next = Self { release, modules, channels: None };
        // a setting stays in the configuration
        Some(self.channels.map_or(next, |channels| next.with_default_channels(channels).unwrap_or(next)))
    }

    /// Whether a release can take the place of this one: it comes from the same service, and is the same process.
    fn is_alternative(self, release: &Release) -> bool {
        release.service == self.service() && release.engine.process() == self.engine().process()
    }

    /// The dialects that can take the place of this one.
    pub(crate) fn alternatives(self) -> impl Iterator<Item = Self> {
        RELEASES.iter().filter(move |release| self.is_alternative(release)).map(Self::of)
    }

    /// Where the facts about the commands of modules come from; `None` for a dialect without modules.
    ///
    /// ```
    /// # use redis_acl::{Dialect, Evidence};
    /// let evidence = |dialect: &str| dialect.parse::<Dialect>().unwrap().module_evidence();
    /// assert_eq!(evidence("redis-7.4+json"), Some(Evidence::Measured));
    /// assert_eq!(evidence("redis-8.0+json"), Some(Evidence::Source));
    /// assert_eq!(evidence("redis-8.0"), None);
    /// ```
    #[must_use]
    pub fn module_evidence(self) -> Option<Evidence> {
        self.modules().next().map(|_| self.engine().quirks().module_evidence)
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
        RELEASES.iter().filter(move |release| self.is_alternative(release)).filter(is_later).map(Self::of)
    }

    /// The place among all releases, the modules and the setting: an order for sets.
    fn rank(self) -> (usize, Modules, Option<DefaultChannels>) {
        let place = RELEASES.iter().position(|release| core::ptr::eq(release, self.release));
        (place.unwrap_or(RELEASES.len()), self.modules, self.channels)
    }

    /// The oldest release of the same service and project that has the feature; failing that, of any
    /// project.
    pub(crate) fn first_with(self, feature: Feature) -> Option<Self> {
        let has = |release: &&Release| release.engine.quirks().has(feature);
        let same_project = |release: &&Release| release.engine.project() == self.engine().project();
        let candidates = || RELEASES.iter().filter(|release| self.is_alternative(release)).filter(has);
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
        match self.channels {
            Some(channels) => write!(f, "+{}={channels}", DefaultChannels::SETTING),
            None => Ok(()),
        }
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
        self.channels.hash(state);
    }
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        let mut parts = text.split('+');
        let name = parts.next().unwrap_or_default();
        parts.try_fold(named(name)?, Self::with_part)
    }
}

impl Dialect {
    /// The same with what follows one `+`: a module, or the setting.
    fn with_part(self, part: &str) -> Result<Self, DialectError> {
        match part.split_once('=') {
            Some((DefaultChannels::SETTING, value)) => self.with_default_channels(value.parse()?),
            _ => {
                let shipped = self.modules().find(|shipped| shipped.name() == part);
                let module = shipped.map_or_else(|| Module::named(part, self.engine().project()), Ok)?;
                self.with_module(module)
            }
        }
    }
}

/// A release, with the modules it ships where it is a bundle: `redis-stack-7.4` is Redis 7.4 with four modules.
fn named(name: &str) -> Result<Dialect, DialectError> {
    let Some(version) = name.strip_prefix("redis-stack-") else { return Ok(Dialect::of(release(name)?)) };
    let redis = Dialect::of(release(&format!("redis-{version}"))?);
    let shipped = [Module::RedisJson, Module::RedisSearch, Module::RedisTimeSeries, Module::RedisBloom];
    shipped.into_iter().try_fold(redis, Dialect::with_module)
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

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ElastiCache => "elasticache",
            Self::MemoryDb => "memorydb",
        })
    }
}

impl FromStr for Service {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, DialectError> {
        match text {
            "elasticache" => Ok(Self::ElastiCache),
            "memorydb" => Ok(Self::MemoryDb),
            _ => error(format!("no service `{text}` is modelled; there are elasticache and memorydb")),
        }
    }
}

/// Engines by age, then services; modules and settings last.
impl Ord for Dialect {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Dialect {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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
