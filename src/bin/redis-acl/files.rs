//! Files: finding them in folders, working on several at once, and writing them anew.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ignore::WalkBuilder;
use tempfile::NamedTempFile;

use redis_acl::document::Kind;

use crate::output;

/// How many files are in work between two times that results are printed.
const BATCH: usize = 256;

/// Progress is told of what takes longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A file to look at.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Whether it was named itself, and not found in a folder.
    pub(crate) is_named: bool,
    /// The index of the path that was named.
    pub(crate) below: usize,
}

/// A path that cannot be read.
pub(crate) struct Unread {
    pub(crate) path: PathBuf,
    /// The index of the path that was named.
    pub(crate) below: usize,
    pub(crate) error: io::Error,
}

/// What is in a file.
pub(crate) enum Content {
    /// Something that may hold access strings.
    Of(Kind, Vec<u8>),
    /// No kind of file that does.
    Other,
    /// It has so many bytes.
    TooLarge(u64),
}

/// How large files may be.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct FileSize {
    /// Skip and report larger files. Reading a file can need a hundred times its size in memory
    #[arg(long, value_name = "MIB", default_value_t = FileSize::default().max_file_size, hide_short_help = true)]
    max_file_size: u64,
}

impl Default for FileSize {
    fn default() -> Self {
        Self { max_file_size: 64 }
    }
}

impl FileSize {
    pub(crate) fn bytes(self) -> u64 {
        self.max_file_size.saturating_mul(1 << 20)
    }

    /// Whether a file of so many bytes is looked at.
    pub(crate) fn allows(self, size: u64) -> bool {
        size <= self.bytes()
    }

    /// What is told of a file that is larger.
    pub(crate) fn too_large(self, size: u64) -> String {
        let (size, limit) = (size.div_ceil(1 << 20), self.max_file_size);
        format!("skipped: the file has {size} MiB, and --max-file-size is {limit}")
    }
}

/// All files at these paths, in their order and in folders by name. What `.gitignore` names is left out in folders,
/// and so are hidden files and links to folders. Links to files are followed, as Terraform does. What cannot be read is
/// an error among them.
pub(crate) fn at(paths: &[PathBuf]) -> impl Iterator<Item = Result<Found, Unread>> + '_ {
    paths.iter().enumerate().flat_map(|(below, path)| {
        let is_folder = path.is_dir();
        let mut walk = WalkBuilder::new(path);
        // a folder that was unpacked or copied says what to ignore as well as a repository
        walk.require_git(false).sort_by_file_name(Ord::cmp);
        walk.build().filter_map(move |entry| match entry {
            Err(error) => Some(Err(Unread::of(error, path, below))),
            Ok(entry) => {
                let is_file = match entry.path_is_symlink() && is_folder {
                    true => leads_to_file(entry.path()),
                    false => entry.file_type().is_some_and(|kind| kind.is_file()),
                };
                let found = entry.into_path();
                (is_file || !is_folder).then(|| Ok(Found { path: plain(found), is_named: !is_folder, below }))
            }
        })
    })
}

/// Whether a link leads to a file, or to something that cannot be read. A broken link is noted.
fn leads_to_file(link: &Path) -> bool {
    match fs::metadata(link) {
        Ok(metadata) => metadata.is_file(),
        // reading it reports why it cannot be read
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => true,
        Err(_) => {
            // the result does not depend on the note
            let _ = output::note(format_args!("{}: skipped: a broken link", link.display()));
            false
        }
    }
}

impl Unread {
    fn of(error: ignore::Error, named: &Path, below: usize) -> Self {
        let path = path_of(&error).unwrap_or(named).to_owned();
        let text = error.to_string();
        Self {
            path: plain(path),
            below,
            error: error.into_io_error().unwrap_or_else(|| io::Error::other(text)),
        }
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// An error of the file system in words that follow the name of a file.
pub(crate) fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The same with the name of the file.
pub(crate) fn told_of(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("no such file or folder `{}`", path.display()),
        _ => format!("{}: {}", path.display(), told(error)),
    }
}

/// Without the `./` of the current folder.
fn plain(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

/// Calls `work` for each item, several at once, and `then` with what it gave, in order. No more than a batch of
/// results is kept.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: impl Iterator<Item = T>,
    work: impl Fn(&T) -> R + Sync,
    mut then: impl FnMut(R) -> io::Result<()>,
) -> io::Result<()> {
    let mut items = items.peekable();
    let mut progress = Progress::new();
    while items.peek().is_some() {
        let batch: Vec<T> = items.by_ref().take(BATCH).collect();
        let results = at_once(&batch, &work);
        progress.clear();
        results.into_iter().try_for_each(&mut then)?;
        progress.add(batch.len());
    }
    progress.clear();
    Ok(())
}

fn at_once<T: Sync, R: Send>(batch: &[T], work: &(impl Fn(&T) -> R + Sync)) -> Vec<R> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(batch.len());
    if workers == 1 {
        return batch.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(batch.len()));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((index, item)) = nth(batch, next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(item);
                    done.lock().expect("no other worker panicked").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no worker panicked");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn nth<T>(items: &[T], index: usize) -> Option<(usize, &T)> {
    items.get(index).map(|item| (index, item))
}

/// How many files were looked at, on a terminal that waits for long.
struct Progress {
    is_told: bool,
    begin: Instant,
    done: usize,
    stands_there: bool,
}

impl Progress {
    fn new() -> Self {
        Self { is_told: io::stderr().is_terminal(), begin: Instant::now(), done: 0, stands_there: false }
    }

    fn add(&mut self, count: usize) {
        self.done += count;
        if self.is_told && self.begin.elapsed() > PATIENCE {
            // whether it can be told changes nothing of the result
            let _ = write!(io::stderr(), "checked {} files …", self.done);
            self.stands_there = true;
        }
    }

    fn clear(&mut self) {
        if self.stands_there {
            let _ = write!(io::stderr(), "\r\x1b[K");
            self.stands_there = false;
        }
    }
}

// ---------------------------------------------------------------------------------------------------
// Reading and writing

impl Found {
    /// What the file holds, if it is not too large; of a file in a folder that tells by its beginning to
    /// be of another kind, no more than that is read.
    pub(crate) fn content(&self, size: FileSize) -> io::Result<Content> {
        let mut file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        if Kind::of_name(&self.path).is_none() && !self.is_template() {
            (&mut file).take(512).read_to_end(&mut bytes)?;
            if !Kind::may_be_users(&bytes) {
                return Ok(Content::Other);
            }
        }
        if metadata.len() > size.bytes() {
            return Ok(Content::TooLarge(metadata.len()));
        }
        // a file that grows meanwhile has an end here
        file.take(size.bytes()).read_to_end(&mut bytes)?;
        let kind = if self.is_named { Kind::of } else { Kind::of_found };
        Ok(kind(&self.path, &bytes).map_or(Content::Other, |kind| Content::Of(kind, bytes)))
    }

    /// A name that says CloudFormation, whose content tells the format.
    fn is_template(&self) -> bool {
        self.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("template"))
    }
}

/// Puts new bytes into a file that still holds the old ones: all of them, or none. A link stays a link, and what
/// it leads to is replaced; permissions stay.
///
/// # Errors
/// When somebody else has changed the file, and when it cannot be written.
pub(crate) fn rewrite(path: &Path, old: &[u8], new: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let file = written_beside(&path, new)?;
    file.as_file().set_permissions(permissions)?;
    let present = fs::read(&path)?;
    // a link to the file was met as well, and it was written by that name
    if present == new {
        return Ok(());
    }
    if present != old {
        return Err(io::Error::other("it was changed in the meantime, and is left as it is"));
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a file that holds these bytes: all of them, or none. It is its owner's to read only.
///
/// # Errors
/// When there is a file already, and when it cannot be written.
pub(crate) fn create(path: &Path, new: &[u8]) -> io::Result<()> {
    written_beside(path, new)?.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file in the same folder, from where it can take the path's place at once.
fn written_beside(path: &Path, new: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(new)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{create, rewrite};
    use std::fs;

    #[test]
    fn a_file_that_somebody_else_changed_is_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.acl");
        fs::write(&path, "theirs").expect("it can be written");
        let error = rewrite(&path, b"old", b"new").unwrap_err();
        assert_eq!(error.to_string(), "it was changed in the meantime, and is left as it is");
        assert_eq!(fs::read(&path).expect("a file"), b"theirs");
        assert!(rewrite(&path, b"theirs", b"new").is_ok());
        assert_eq!(fs::read(&path).expect("a file"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no temporary file is left");
    }
    #[test]
    fn a_new_file_takes_the_place_of_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.json");
        assert!(create(&path, b"first").is_ok());
        assert_eq!(create(&path, b"second").unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("a file"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no temporary file is left");
    }
}
