//! The files that are read together: those of a folder of Terraform, and of the local modules that they call.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use redis_acl::document::Kind;
use redis_acl::iac::{Format, Scope, local_modules};

use crate::files::{FileSize, Found};

/// So many folders are read for one.
const MOST_FOLDERS: usize = 256;

/// Files to look at that are read together; others come one by one.
pub(crate) type Group = Vec<io::Result<Found>>;

/// The files in groups: those of Terraform in one folder that follow one another, and each of the others.
pub(crate) fn grouped(files: impl Iterator<Item = io::Result<Found>>) -> impl Iterator<Item = Group> {
    let mut files = files.peekable();
    std::iter::from_fn(move || {
        let mut group = vec![files.next()?];
        while let (Some(Ok(last)), Some(Ok(next))) = (group.last(), files.peek()) {
            let is_together = is_terraform(&last.path) && is_terraform(&next.path);
            if !is_together || last.path.parent() != next.path.parent() {
                break;
            }
            group.extend(files.next());
        }
        Some(group)
    })
}

/// Whether it is a file of Terraform, by its name.
pub(crate) fn is_terraform(path: &Path) -> bool {
    Format::of_path(path).is_some_and(is_terraform_format)
}

fn is_terraform_format(format: Format) -> bool {
    matches!(format, Format::Terraform | Format::TerraformJson)
}

/// Files of Terraform by their paths.
#[derive(Default)]
pub(crate) struct Files {
    files: BTreeMap<PathBuf, (Format, Vec<u8>)>,
}

impl Files {
    /// The files around one, with itself, if it is one of Terraform. What cannot be read, or is too large, is not
    /// among them.
    pub(crate) fn around(path: &Path, size: FileSize) -> Self {
        match is_terraform(path) {
            true => Self::of(path.parent().unwrap_or(Path::new("")), size),
            false => Self::default(),
        }
    }

    fn of(folder: &Path, size: FileSize) -> Self {
        let mut all = Self::default();
        let (mut left, mut seen) = (vec![folder.to_owned()], BTreeSet::new());
        while let Some(folder) = left.pop() {
            if seen.len() == MOST_FOLDERS || !seen.insert(plain(&folder)) {
                continue;
            }
            for (path, format, bytes) in in_folder(&folder, size) {
                left.extend(local_modules(format, &bytes).iter().map(|source| folder.join(source)));
                all.files.insert(path, (format, bytes));
            }
        }
        all
    }

    /// The scope of these files.
    pub(crate) fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::new();
        self.files.iter().for_each(|(path, (format, bytes))| scope.add(path, *format, bytes));
        scope
    }

    /// The files, with what they are read as.
    pub(crate) fn into_files(self) -> impl Iterator<Item = (PathBuf, Kind, Vec<u8>)> {
        self.files.into_iter().map(|(path, (format, bytes))| (path, Kind::Infrastructure(format), bytes))
    }

    /// The file at this path, if it is one of them.
    pub(crate) fn get(&self, path: &Path) -> Option<(Kind, &[u8])> {
        let (format, bytes) = self.files.get(path)?;
        Some((Kind::Infrastructure(*format), bytes))
    }
}

fn in_folder(folder: &Path, size: FileSize) -> Vec<(PathBuf, Format, Vec<u8>)> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let read = |name: PathBuf| {
        let path = folder.join(name);
        let format = Format::of_path(&path).filter(|format| is_terraform_format(*format))?;
        let metadata = fs::metadata(&path).ok().filter(|metadata| metadata.is_file())?;
        let bytes = size.allows(metadata.len()).then(|| fs::read(&path).ok())??;
        Some((path, format, bytes))
    };
    entries.filter_map(|entry| read(entry.ok()?.file_name().into())).collect()
}

/// A path by which a folder is known.
fn plain(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
