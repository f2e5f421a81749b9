//! The files that are read together with a file of Terraform: those of its folder, and of the local modules that they
//! call.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redis_acl::document::Kind;
use redis_acl::iac::{Format, Scope, local_modules};

use crate::files::FileSize;

/// So many folders are read for one.
const MOST_FOLDERS: usize = 256;

/// The folder that was read last: files come folder by folder.
#[derive(Default)]
pub(crate) struct Scopes {
    last: Mutex<Option<(PathBuf, Arc<Files>)>>,
}

/// Files of Terraform by their paths.
#[derive(Default)]
pub(crate) struct Files {
    files: BTreeMap<PathBuf, (Format, Vec<u8>)>,
}

impl Scopes {
    /// The files around one. What cannot be read, or is too large, is not among them.
    pub(crate) fn around(&self, path: &Path, size: FileSize) -> Arc<Files> {
        if !Format::of_path(path).is_some_and(is_terraform) {
            return Arc::default();
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut last = self.last.lock().expect("no worker panicked");
        match &*last {
            Some((of, files)) if *of == folder => files.clone(),
            _ => {
                let files = Arc::new(Files::of(&folder, size));
                *last = Some((folder, files.clone()));
                files
            }
        }
    }
}

fn is_terraform(format: Format) -> bool {
    matches!(format, Format::Terraform | Format::TerraformJson)
}

impl Files {
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

    /// The files, by their paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, Format, &[u8])> {
        self.files.iter().map(|(path, (format, bytes))| (&**path, *format, &**bytes))
    }

    /// The scope of these files, with what is known to be in one of them.
    pub(crate) fn scope<'f>(&'f self, path: &Path, kind: Kind, bytes: &'f [u8]) -> Scope<'f> {
        let mut scope = Scope::new();
        if let Kind::Infrastructure(format) = kind {
            self.files.iter().for_each(|(path, (format, bytes))| scope.add(path, *format, bytes));
            scope.add(path, format, bytes);
        }
        scope
    }
}

fn in_folder(folder: &Path, size: FileSize) -> Vec<(PathBuf, Format, Vec<u8>)> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let read = |name: PathBuf| {
        let path = folder.join(name);
        let format = Format::of_path(&path).filter(|format| is_terraform(*format))?;
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
