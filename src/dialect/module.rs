//! Loadable modules whose commands a dialect may carry.

use super::engine::Project;
use super::{DialectError, error, join};

/// A loadable module whose commands a dialect may carry, as its version for the dialect's engine registers them.
/// [`Dialect::module_evidence`](super::Dialect::module_evidence) says where the facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Module {
    /// Redis JSON.
    RedisJson,
    /// Redis Search.
    RedisSearch,
    /// Redis TimeSeries.
    RedisTimeSeries,
    /// Redis Bloom: Bloom and Cuckoo filters, count-min sketch, top-k, t-digest.
    RedisBloom,
    /// FalkorDB, the graph database: `GRAPH.QUERY` and others.
    RedisFalkorDb,
    /// Valkey JSON; also ElastiCache's and MemoryDB's.
    ValkeyJson,
    /// Valkey Bloom.
    ValkeyBloom,
    /// Valkey Search.
    ValkeySearch,
}

impl Module {
    /// Every module that is modelled.
    pub const ALL: [Self; 8] = [
        Self::RedisJson,
        Self::RedisSearch,
        Self::RedisTimeSeries,
        Self::RedisBloom,
        Self::RedisFalkorDb,
        Self::ValkeyJson,
        Self::ValkeyBloom,
        Self::ValkeySearch,
    ];

    /// The name behind the `+` of a dialect: `json`, `search`, `timeseries`, `bloom`, `falkordb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RedisJson | Self::ValkeyJson => "json",
            Self::RedisSearch | Self::ValkeySearch => "search",
            Self::RedisTimeSeries => "timeseries",
            Self::RedisBloom | Self::ValkeyBloom => "bloom",
            Self::RedisFalkorDb => "falkordb",
        }
    }

    /// The project whose servers load it. The services load Valkey's modules under either engine.
    #[must_use]
    pub const fn project(self) -> Project {
        match self {
            Self::RedisJson
            | Self::RedisSearch
            | Self::RedisTimeSeries
            | Self::RedisBloom
            | Self::RedisFalkorDb => Project::Redis,
            Self::ValkeyJson | Self::ValkeyBloom | Self::ValkeySearch => Project::Valkey,
        }
    }

    pub(super) fn named(name: &str, project: Project) -> Result<Self, DialectError> {
        let of_project = || Self::ALL.into_iter().filter(move |module| module.project() == project);
        of_project().find(|module| module.name() == name).map_or_else(
            || {
                let known = join(of_project().map(Self::name), "");
                error(format!("no module `{name}` is modelled for {}; there are {known}", project.name()))
            },
            Ok,
        )
    }
}

/// A set of modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Modules(u8);

impl Modules {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn with(self, module: Module) -> Self {
        Self(self.0 | 1 << module as u8)
    }

    pub(super) fn contains(self, module: Module) -> bool {
        self.0 & 1 << module as u8 != 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Module> {
        Module::ALL.into_iter().filter(move |&module| self.contains(module))
    }
}
