//! `redis-acl dialects`

use std::io;

use redis_acl::{Catalog, Dialect, Engine, Evidence, Form, Module};
use serde::Serialize;

use crate::Outcome;
use crate::output::{self, Format};

#[derive(clap::Args)]
pub(crate) struct Dialects {
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Described {
    dialect: Dialect,
    engine: Engine,
    form: Form,
    evidence: Evidence,
    /// Where the facts about the modules come from.
    module_evidence: Option<Evidence>,
    commands: usize,
    modules: Vec<Module>,
}

impl Dialects {
    pub(crate) fn run(self) -> io::Result<Outcome> {
        if self.format == Format::Text {
            output::line(format_args!(
                "{:24} {:19} {:11} {:11} {:>8}  modules",
                "dialect", "engine", "form", "evidence", "commands"
            ))?;
        }
        for described in Dialect::all().map(Described::of) {
            match self.format {
                Format::Text => output::line(described.row())?,
                Format::Json => output::json(&described)?,
            }
        }
        if self.format == Format::Text {
            output::line(NOTES)?;
        }
        Ok(Outcome::Fine)
    }
}

const NOTES: &str = "
measured: a server of that version was run and queried. source: its source code was read. documented: the nearest
measured version, with the changes that release notes and documentation list; for a service, also the version that AWS
calls compatible. Module commands are measured for Redis 7.2 and 7.4, read in the source for Redis 8 and Valkey, and
documented for older versions.
A full version is read as the nearest listed version at or below it with the same major and minor number
(redis-6.2.14, valkey-8.1.3). +json, +search, +timeseries, +bloom and +falkordb add a module to an engine
(redis-8.4+json+search); redis-stack-7.4 is redis-7.4+json+search+timeseries+bloom. sentinel/... is the Sentinel process
of that version. elasticache and memorydb alone mean elasticache/redis-6.0 and memorydb/redis-6.2.";

impl Described {
    fn of(dialect: Dialect) -> Self {
        Self {
            dialect,
            engine: dialect.engine(),
            form: dialect.form(),
            evidence: dialect.evidence(),
            module_evidence: dialect.module_evidence(),
            commands: Catalog::from(dialect).all().len(),
            modules: dialect.modules().collect(),
        }
    }

    fn row(&self) -> String {
        let evidence = match self.evidence {
            Evidence::Measured => "measured",
            Evidence::Source => "source",
            Evidence::Documented => "documented",
        };
        let modules: Vec<_> = self.modules.iter().map(|module| module.name()).collect();
        let row = format!(
            "{:24} {:19} {:11} {evidence:11} {:>8}  {}",
            self.dialect.to_string(),
            self.engine,
            self.form,
            self.commands,
            modules.join(" ")
        );
        row.trim_end().to_owned()
    }
}
