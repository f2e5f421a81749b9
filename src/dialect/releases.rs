//! What users can name: engines as they ship, and the versions of services.

use alloc::string::String;
use alloc::vec::Vec;

use super::channels::DefaultChannels;
use super::engine::Engine;
use super::module::{Module, Modules};
use super::quirks::{NewChannels, QUIRKS};
use super::{DialectError, Form, Service, error, join};

/// An engine as it ships: by itself, or as a version of a service.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) name: &'static str,
    pub(super) service: Option<Service>,
    /// As in the name: ElastiCache's redis-7.1 is, to the ACL, Redis 7.0.
    pub(super) line: (u16, u16),
    pub(super) first_patch: u16,
    pub(super) engine: Engine,
    pub(super) form: Form,
    pub(super) modules: Modules,
}

impl Release {
    /// The default of `acl-pubsub-default`. ElastiCache: `allchannels`, by its page of engine parameters. MemoryDB:
    /// its read-backs always carry `resetchannels`, also on 6.2.
    pub(super) fn default_channels(&self) -> Option<DefaultChannels> {
        match (self.service, self.engine.quirks().new_channels) {
            (_, NewChannels::Unchecked) => None,
            (Some(Service::ElastiCache), _) | (None, NewChannels::All) => Some(DefaultChannels::AllChannels),
            _ => Some(DefaultChannels::ResetChannels),
        }
    }
}

const fn plain(engine: Engine) -> Release {
    let quirks = &QUIRKS[engine as usize];
    Release {
        name: quirks.name,
        service: None,
        line: quirks.line,
        first_patch: quirks.first_patch,
        engine,
        form: Form::Server,
        modules: Modules::NONE,
    }
}

const fn served(
    (name, line): (&'static str, (u16, u16)),
    engine: Engine,
    form: Form,
    modules: Modules,
) -> Release {
    let service = match form {
        Form::MemoryDb => Service::MemoryDb,
        _ => Service::ElastiCache,
    };
    Release { name, service: Some(service), line, first_patch: 0, engine, form, modules }
}

const NONE: Modules = Modules::NONE;
const JSON: Modules = Modules::NONE.with(Module::ValkeyJson);
const JSON_BLOOM: Modules = JSON.with(Module::ValkeyBloom);
const JSON_SEARCH: Modules = JSON.with(Module::ValkeySearch);
const ALL_OF_VALKEY: Modules = JSON_BLOOM.with(Module::ValkeySearch);

/// The engines in the order of [`Engine`], then the services' versions by age. ElastiCache: versions and
/// modules from its supported-versions pages; MemoryDB likewise.
pub(super) static RELEASES: [Release; 53] = [
    plain(Engine::Redis6_0_5),
    plain(Engine::Redis6_0_9),
    plain(Engine::Redis6_0),
    plain(Engine::Redis6_2),
    plain(Engine::Redis7_0),
    plain(Engine::Redis7_2),
    plain(Engine::Redis7_2_16),
    plain(Engine::Redis7_4),
    plain(Engine::Redis7_4_11),
    plain(Engine::Redis8_0),
    plain(Engine::Redis8_2),
    plain(Engine::Redis8_2_9),
    plain(Engine::Redis8_4),
    plain(Engine::Redis8_4_6),
    plain(Engine::Redis8_6_0),
    plain(Engine::Redis8_6_1),
    plain(Engine::Redis8_6),
    plain(Engine::Redis8_6_6),
    plain(Engine::Redis8_8),
    plain(Engine::Redis8_8_2),
    plain(Engine::Redis8_10),
    plain(Engine::Valkey7_2),
    plain(Engine::Valkey8_0),
    plain(Engine::Valkey8_1),
    plain(Engine::Valkey9_0),
    plain(Engine::Valkey9_1_0),
    plain(Engine::Valkey9_1_1),
    plain(Engine::Valkey9_1),
    plain(Engine::RedisSentinel6_2),
    plain(Engine::RedisSentinel7_0),
    plain(Engine::RedisSentinel7_2),
    plain(Engine::RedisSentinel7_4),
    plain(Engine::RedisSentinel8_0),
    plain(Engine::RedisSentinel8_2),
    plain(Engine::RedisSentinel8_6),
    plain(Engine::ValkeySentinel8_0),
    plain(Engine::ValkeySentinel8_1),
    plain(Engine::ValkeySentinel9_0),
    plain(Engine::ValkeySentinel9_1),
    served(("elasticache/redis-6.0", (6, 0)), Engine::Redis6_0_5, Form::Documented, NONE),
    served(("elasticache/redis-6.2", (6, 2)), Engine::Redis6_2, Form::Observed, JSON),
    served(("elasticache/redis-7.0", (7, 0)), Engine::Redis7_0, Form::Observed, JSON),
    served(("elasticache/redis-7.1", (7, 1)), Engine::Redis7_0, Form::Observed, JSON),
    served(("elasticache/valkey-7.2", (7, 2)), Engine::Valkey7_2, Form::Observed, JSON),
    served(("elasticache/valkey-8.0", (8, 0)), Engine::Valkey8_0, Form::Observed, JSON),
    served(("elasticache/valkey-8.1", (8, 1)), Engine::Valkey8_1, Form::Observed, JSON_BLOOM),
    served(("elasticache/valkey-8.2", (8, 2)), Engine::Valkey8_1, Form::Observed, ALL_OF_VALKEY),
    served(("elasticache/valkey-9.0", (9, 0)), Engine::Valkey9_0, Form::Observed, ALL_OF_VALKEY),
    served(("memorydb/redis-6.2", (6, 2)), Engine::Redis6_2, Form::MemoryDb, JSON),
    served(("memorydb/redis-7.0", (7, 0)), Engine::Redis7_0, Form::MemoryDb, JSON),
    served(("memorydb/redis-7.1", (7, 1)), Engine::Redis7_0, Form::MemoryDb, JSON_SEARCH),
    served(("memorydb/valkey-7.2", (7, 2)), Engine::Valkey7_2, Form::MemoryDb, JSON_SEARCH),
    // AWS's own version (December 2024, Multi-Region); Valkey has no 7.3, so 7.2 is the nearest model
    served(("memorydb/valkey-7.3", (7, 3)), Engine::Valkey7_2, Form::MemoryDb, JSON_SEARCH),
];

/// Short names, for the version that users meet first.
const ALIASES: [(&str, &str); 2] =
    [("elasticache", "elasticache/redis-6.0"), ("memorydb", "memorydb/redis-6.2")];

/// `redis-7.0`, an alias, or a full version.
pub(super) fn release(name: &str) -> Result<&'static Release, DialectError> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    if let Some(release) = RELEASES.iter().find(|release| release.name == name) {
        return Ok(release);
    }
    let unknown = || format!("no dialect `{name}` is modelled; `redis-acl dialects` lists those that are");
    let Some((family, version)) = name.rsplit_once('-') else { return error(unknown()) };
    let relatives =
        || RELEASES.iter().filter(|release| release.name.rsplit_once('-').unwrap_or_default().0 == family);
    if relatives().next().is_none() {
        return error(unknown());
    }
    let Some((line, patch)) = read_version(version) else {
        return error(format!(
            "`{version}` is not a version such as 7.2 or 7.2.4; modelled are {}",
            names(relatives())
        ));
    };
    let in_line = || relatives().filter(|release| release.line == line);
    if let Some(release) = in_line()
        .filter(|release| Some(release.first_patch) <= patch)
        .max_by_key(|release| release.first_patch)
    {
        return Ok(release);
    }
    match in_line().map(|release| (release.first_patch, release.name)).min() {
        Some((first, nearest)) => error(format!(
            "`{name}` behaves otherwise and is not modelled; {nearest} holds from {}.{}.{first} on",
            line.0, line.1
        )),
        None => error(format!("`{name}` is not modelled; modelled are {}", names(relatives()))),
    }
}

/// `6.0.16` as its line and its patch; `6.0` has none.
fn read_version(text: &str) -> Option<((u16, u16), Option<u16>)> {
    let numbers: Option<Vec<u16>> = text.split('.').map(|number| number.parse().ok()).collect();
    match numbers?[..] {
        [major, minor] => Some(((major, minor), None)),
        [major, minor, patch] => Some(((major, minor), Some(patch))),
        _ => None,
    }
}

fn names<'r>(releases: impl Iterator<Item = &'r Release>) -> String {
    join(releases.map(|release| release.name), "none")
}
