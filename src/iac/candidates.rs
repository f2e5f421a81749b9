//! The engines that may read an access string, as far as its file states them.

use alloc::string::String;

use super::tree::Node;
use crate::dialect::{Dialect, Dialects, Project, Service};

/// The dialects that can read an access string, and how much of that the file states. The rest is assumed: any
/// version that the service offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidates {
    /// The dialects.
    pub dialects: Dialects,
    /// What the file states.
    pub stated: Stated,
}

/// The most precise thing that a file states about what reads an access string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stated {
    /// Nothing: the user may belong to either service.
    Nothing,
    /// The service, by the kind of the resource or by the module that is called.
    Service,
    /// The engine. ElastiCache lets users of engine Redis work on clusters of Valkey, so that such a user may meet any
    /// engine; only users of engine Valkey meet Valkey alone.
    Engine,
    /// A version of the engine.
    Version,
}

/// What a file says near an access string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    pub(super) service: Option<Service>,
    pub(super) engine: Option<String>,
    pub(super) version: Option<String>,
}

impl Hints {
    /// What a map says, and what is said around it where the map says nothing.
    pub(super) fn within(&self, map: &Node<'_>) -> Self {
        let text = |key| map.text_of(key).map(String::from);
        let is_user =
            |engine: &String| ["redis", "valkey"].iter().any(|known| engine.eq_ignore_ascii_case(known));
        let engine = text("engine").filter(is_user);
        let service = map.text_of("source").and_then(service_of_source).or(self.service);
        // only users of ElastiCache have an engine
        let service = service.or(engine.is_some().then_some(Service::ElastiCache));
        Self {
            service,
            engine: engine.or_else(|| self.engine.clone()),
            version: text("engine_version").or_else(|| self.version.clone()),
        }
    }

    /// The same with what is not said taken from others.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            service: self.service.or(other.service),
            engine: self.engine.or(other.engine),
            version: self.version.or(other.version),
        }
    }

    fn project(&self) -> Option<Project> {
        match &*self.engine.as_deref()?.to_ascii_lowercase() {
            "redis" => Some(Project::Redis),
            "valkey" => Some(Project::Valkey),
            _ => None,
        }
    }

    /// The dialects that fit.
    pub(super) fn candidates(&self) -> Candidates {
        let project = self.project();
        let may_meet = |dialect: Dialect| {
            let Some(service) = dialect.service() else { return false };
            // users of engine Redis work on clusters of Valkey
            let is_bound = service == Service::MemoryDb || project == Some(Project::Valkey);
            self.service.is_none_or(|stated| stated == service)
                && project.is_none_or(|project| !is_bound || dialect.engine().project() == project)
        };
        let services =
            Dialects::of_service(Service::ElastiCache).union(&Dialects::of_service(Service::MemoryDb));
        let family = services.filter(may_meet).unwrap_or(services);
        // a version that is not modelled says nothing
        let narrowed = self
            .version
            .as_ref()
            .and_then(|version| family.filter(|dialect| is_version(dialect.engine_version(), version)));
        let stated = match () {
            () if narrowed.is_some() => Stated::Version,
            () if project.is_some() => Stated::Engine,
            () if self.service.is_some() => Stated::Service,
            () => Stated::Nothing,
        };
        Candidates { dialects: narrowed.unwrap_or(family), stated }
    }
}

/// Whether a version that a file states, `7.1`, `7.1.0`, `6.x`, `7`, is this one.
fn is_version(known: &str, stated: &str) -> bool {
    let mut known = known.split('.');
    let mut stated = stated.trim().split('.');
    let (Some(major), Some(minor)) = (known.next(), known.next()) else { return false };
    stated.next() == Some(major) && stated.next().is_none_or(|stated| stated == minor || stated == "x")
}

/// The service that a module is about, by its source: `terraform-aws-modules/memory-db/aws`.
fn service_of_source(source: &str) -> Option<Service> {
    let source = source.to_ascii_lowercase();
    let has = |names: [&str; 2]| names.iter().any(|name| source.contains(name));
    match (has(["memory-db", "memorydb"]), has(["elasticache", "elasti-cache"])) {
        (true, false) => Some(Service::MemoryDb),
        (false, true) => Some(Service::ElastiCache),
        _ => None,
    }
}

impl Candidates {
    /// Adds the dialects of another use: a string that is used in two places must hold for both.
    pub(super) fn add(&mut self, other: &Self) {
        self.dialects = self.dialects.union(&other.dialects);
        self.stated = self.stated.min(other.stated);
    }

    /// Keeps the dialects that a statement near the string itself also allows, if there are any.
    pub(super) fn narrow(&mut self, other: &Self) {
        let both = self.dialects.filter(|dialect| other.dialects.contains(dialect));
        if let Some(both) = both.filter(|both| both.len() < self.dialects.len()) {
            self.dialects = both;
            self.stated = self.stated.max(other.stated);
        }
    }
}
