//! The files that are read together with a file of Terraform: those of its folder, and of the local modules that they
//! call.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use redis_acl::document::Kind;
use redis_acl::iac::{Format, Scope, local_modules};

use crate::files::{FileSize, Found, Unread};

/// So many folders are read for one.
pub(crate) const MOST_FOLDERS: usize = 256;

/// So deep below a module its files of values are looked for: `env/prod/eu.tfvars`.
const DEEPEST_VALUES: usize = 3;

/// Files to look at that are read together; others come one by one.
pub(crate) type Group = Vec<Result<Found, Unread>>;

/// The files in groups: those of Terraform in one folder that follow one another, and each of the others.
pub(crate) fn grouped(files: impl Iterator<Item = Result<Found, Unread>>) -> impl Iterator<Item = Group> {
    let mut files = files.peekable();
    std::iter::from_fn(move || {
        let mut group = vec![files.next()?];
        while let (Some(Ok(last)), Some(Ok(next))) = (group.last(), files.peek()) {
            let is_together = is_named_terraform(&last.path) && is_named_terraform(&next.path);
            if !is_together || last.path.parent() != next.path.parent() {
                break;
            }
            group.extend(files.next());
        }
        Some(group)
    })
}

fn is_named_terraform(path: &Path) -> bool {
    Format::of_path(path).is_some_and(Format::is_terraform)
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
        match is_named_terraform(path) {
            true => Self::of(path.parent().unwrap_or(Path::new("")), size),
            false => Self::default(),
        }
    }

    /// The files around those of a group.
    pub(crate) fn around_group(group: &Group, size: FileSize) -> Self {
        match group.first() {
            Some(Ok(file)) => Self::around(&file.path, size),
            _ => Self::default(),
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
        let mut left = MOST_FOLDERS;
        all.add_values_below(folder, DEEPEST_VALUES, &mut left, size);
        all
    }

    /// Adds the files of values below a module, in folders that are no modules themselves.
    fn add_values_below(&mut self, folder: &Path, depth: usize, left: &mut usize, size: FileSize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for below in folders_in(folder) {
            let Some(rest) = left.checked_sub(1) else { return };
            *left = rest;
            let files = in_folder(&below, size);
            if files.iter().all(|(path, ..)| holds_values(path)) {
                self.files.extend(files.into_iter().map(|(path, format, bytes)| (path, (format, bytes))));
                self.add_values_below(&below, depth, left, size);
            }
        }
    }

    /// The files, by their paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, Format, &[u8])> {
        self.files.iter().map(|(path, (format, bytes))| (&**path, *format, &**bytes))
    }

    /// The scope of these files.
    pub(crate) fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::new();
        self.files.iter().for_each(|(path, (format, bytes))| scope.add(path, *format, bytes));
        scope
    }

    /// The file at this path, if it is one of them.
    pub(crate) fn get(&self, path: &Path) -> Option<(Kind, &[u8])> {
        let (format, bytes) = self.files.get(path)?;
        Some((Kind::Infrastructure(*format), bytes))
    }
}

fn holds_values(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".json").unwrap_or(&name).ends_with(".tfvars")
}

/// The folders in a folder, without hidden ones and links, in the order of their names.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(here(folder)) else { return Vec::new() };
    let is_shown = |name: &OsStr| !name.to_string_lossy().starts_with('.');
    let entries = entries.filter_map(Result::ok).filter(|entry| is_shown(&entry.file_name()));
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut folders: Vec<_> = folders.map(|entry| folder.join(entry.file_name())).collect();
    folders.sort();
    folders
}

/// The folder to list: the current one has no name.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The files of Terraform in a folder.
pub(crate) fn in_folder(folder: &Path, size: FileSize) -> Vec<(PathBuf, Format, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(here(folder)) else { return Vec::new() };
    let read = |name: PathBuf| {
        let path = folder.join(name);
        let format = Format::of_path(&path).filter(|format| format.is_terraform())?;
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
