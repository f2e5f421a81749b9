//! `redis-acl.toml`: what the flags say, kept in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use redis_acl::DefaultChannels;
use redis_acl::lint::{Config, Level, Setting};
use serde::Deserialize;

use crate::files;
use crate::input::{ChannelSetting, Engines, Stated, exactly_one};

/// Where settings are looked for when no file is named.
const FILE: &str = "redis-acl.toml";

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SettingsFile {
    /// The engines that may read a string whose file does not state one.
    dialect: Option<Stated>,
    /// What their servers or clusters set.
    #[serde(rename = "acl-pubsub-default")]
    acl_pubsub_default: Option<DefaultChannels>,
    pub(crate) lint: Settings,
    overrides: Vec<Override>,
}

/// What the file says of some files only: `[[overrides]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Override {
    /// Patterns as in `.gitignore`, from the folder of the settings.
    files: Vec<String>,
    dialect: Option<Stated>,
    acl_pubsub_default: Option<DefaultChannels>,
    #[serde(skip, default = "Gitignore::empty")]
    patterns: Gitignore,
}

/// What the file and the flags can say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    pub(crate) allow: Vec<String>,
    pub(crate) warn: Vec<String>,
    pub(crate) deny: Vec<String>,
    pub(crate) clients: Vec<String>,
    pub(crate) next: Option<String>,
    pub(crate) fail_on: Option<FailOn>,
}

/// The lowest level that counts
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FailOn {
    /// Hints, warnings and errors
    Hint,
    /// Warnings and errors
    Warning,
    /// Errors only
    Error,
}

impl FailOn {
    pub(crate) const fn level(self) -> Level {
        match self {
            Self::Hint => Level::Hint,
            Self::Warning => Level::Warning,
            Self::Error => Level::Error,
        }
    }
}

impl SettingsFile {
    /// The settings that hold in a folder: those of the file that is named, or else of the nearest one upwards. A
    /// repository's own folder is the last that is looked into.
    pub(crate) fn of_folder(folder: &Path, named: Option<&Path>) -> io::Result<Self> {
        match named {
            Some(path) => Self::read(path),
            None => Self::nearest(folder).map_or(Ok(Self::default()), |path| Self::read(&path)),
        }
    }

    /// What the nearest file above this one says of the engines that read it.
    pub(crate) fn engines_for(path: &Path) -> io::Result<Engines> {
        Ok(Self::of_folder(folder_of(path), None)?.engines_of(path))
    }

    /// What it says of the engines that read a file. The last override that matches takes precedence.
    pub(crate) fn engines_of(&self, path: &Path) -> Engines {
        let path = full(path);
        let overrides = self.overrides.iter().rev().filter(|with| with.matches(&path));
        overrides.fold(Engines::default(), |engines, with| engines.or(with.engines())).or(self.engines())
    }

    /// What it says of the engines that read a string without a file.
    pub(crate) fn engines(&self) -> Engines {
        let setting = ChannelSetting::new(self.acl_pubsub_default);
        Engines { is_default: true, ..Engines::new(self.dialect.clone(), setting) }
    }

    fn nearest(folder: &Path) -> Option<PathBuf> {
        for folder in real(folder).ancestors() {
            let path = folder.join(FILE);
            if path.is_file() {
                return Some(path);
            }
            if folder.join(".git").exists() {
                return None;
            }
        }
        None
    }

    fn read(path: &Path) -> io::Result<Self> {
        let invalid = |message: String| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {}", path.display(), message.trim_end()))
        };
        let text = fs::read_to_string(path)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, files::told_of(path, &error)))?;
        let mut settings: Self = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        let root = full(path);
        let with = |with: &mut Override| with.compile(folder_of(&root));
        settings.overrides.iter_mut().try_for_each(with).map_err(|error| invalid(error.to_string()))?;
        if settings.overrides.iter().any(|with| with.patterns.num_ignores() == 0) {
            return Err(invalid(
                "`files` of [[overrides]] names no file; list patterns, such as \"*.acl\"".into(),
            ));
        }
        Ok(settings)
    }
}

impl Override {
    fn compile(&mut self, folder: &Path) -> Result<(), ignore::Error> {
        let mut builder = GitignoreBuilder::new(folder);
        for pattern in &self.files {
            builder.add_line(None, pattern)?;
        }
        self.patterns = builder.build()?;
        Ok(())
    }

    fn matches(&self, path: &Path) -> bool {
        // a file that is not below the settings has no path from there
        path.starts_with(self.patterns.path())
            && self.patterns.matched_path_or_any_parents(path, false).is_ignore()
    }

    fn engines(&self) -> Engines {
        Engines::new(self.dialect.clone(), ChannelSetting::new(self.acl_pubsub_default))
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path from the root, without links among its folders. The file need not be there.
fn full(path: &Path) -> PathBuf {
    path.file_name().map_or_else(|| real(path), |name| real(folder_of(path)).join(name))
}

fn real(folder: &Path) -> PathBuf {
    let absolute = || std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    fs::canonicalize(folder).unwrap_or_else(|_| absolute())
}

impl Settings {
    /// Puts the settings into the configuration; later ones count more.
    pub(crate) fn put_into(&self, config: &mut Config) -> Result<(), String> {
        let settings =
            [(Setting::Allow, &self.allow), (Setting::Warn, &self.warn), (Setting::Deny, &self.deny)];
        for (setting, names) in settings {
            for name in names {
                config.set(setting, name).map_err(|error| error.to_string())?;
            }
        }
        for name in &self.clients {
            config
                .add_client(name)
                .map_err(|error| format!("{error} (`--client list` prints all of them)"))?;
        }
        match self.next.as_deref() {
            None => {}
            Some("none") => config.set_next(None),
            Some(next) => config.set_next(Some(exactly_one("`next`", next)?)),
        }
        Ok(())
    }
}
