//! Files to compare: one, those of a folder, or those that version control had at another revision.

use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use redis_acl::document::Kind;
use redis_acl::iac::{Format, Scope};

use crate::files::{self, Content, FileSize};
use crate::scopes::Files;

/// What version control gives for a file that is not there.
pub(crate) const NOT_THERE: &str = "/dev/null";

/// A file of a revision.
pub(crate) struct Source {
    /// Its name in reports, by which files of two revisions are one.
    pub(crate) label: PathBuf,
    /// Where it is on disk, for the settings that hold there.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: Kind,
}

/// The files of a revision, and those that Terraform reads with them.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) files: Vec<Source>,
    pub(crate) context: Vec<Source>,
}

impl Sources {
    /// All files of Terraform, whose values are worked out together.
    pub(crate) fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::new();
        for source in self.context.iter().chain(&self.files) {
            match source.kind {
                Kind::Infrastructure(format) if format.is_terraform() => {
                    scope.add(&source.label, format, &source.bytes);
                }
                _ => {}
            }
        }
        scope
    }
}

/// What an argument of `diff` names.
pub(crate) enum Named {
    /// Files: one, or those of a folder.
    Files(Sources),
    /// The path is there, but holds nothing of a kind that is read.
    Nothing,
}

impl Named {
    /// What is at a path; `None` where nothing is, so that the argument is something else.
    pub(crate) fn at(argument: &str, size: FileSize) -> io::Result<Option<Self>> {
        let path = Path::new(argument);
        if argument == NOT_THERE {
            return Ok(Some(Self::Files(Sources::default())));
        }
        let Ok(metadata) = fs::metadata(path) else { return Ok(None) };
        if metadata.is_dir() {
            let files = below(&[path.to_owned()], path, size)?;
            return Ok(Some(Self::Files(Sources { files, context: Vec::new() })));
        }
        if metadata.len() > size.bytes() {
            return Err(io::Error::other(format!("{argument}: {}", size.too_large(metadata.len()))));
        }
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let Some(kind) = Kind::of(path, &bytes) else { return Ok(Some(Self::Nothing)) };
        let context = beside(path, size);
        let files = vec![Source { label: path.to_owned(), path: path.to_owned(), bytes, kind }];
        Ok(Some(Self::Files(Sources { files, context })))
    }
}

/// The files that are read together with one of Terraform.
fn beside(path: &Path, size: FileSize) -> Vec<Source> {
    let around = Files::around(path, size);
    let others = around.iter().filter(|(other, ..)| *other != path);
    let source = |(path, format, bytes): (&Path, Format, &[u8])| Source {
        label: path.to_owned(),
        path: path.to_owned(),
        bytes: bytes.to_owned(),
        kind: Kind::Infrastructure(format),
    };
    others.map(source).collect()
}

/// The files with users below some paths, named as seen from a folder.
fn below(paths: &[PathBuf], folder: &Path, size: FileSize) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for found in files::at(paths) {
        let found = found.map_err(|unread| unreadable(&unread.path, &unread.error))?;
        sources.extend(of_found(&found, folder, size)?);
    }
    Ok(sources)
}

fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), files::told_of(path, error))
}

fn of_found(found: &files::Found, folder: &Path, size: FileSize) -> io::Result<Option<Source>> {
    let about = |message: String| io::Error::other(format!("{}: {message}", found.path.display()));
    match found.content(size).map_err(|error| unreadable(&found.path, &error))? {
        Content::Other => Ok(None),
        // a gate that could not look must not pass
        Content::TooLarge(length) => Err(about(size.too_large(length))),
        Content::Of(kind, bytes) => {
            let label = found.path.strip_prefix(folder).unwrap_or(&found.path).to_owned();
            Ok(Some(Source { label, path: found.path.clone(), bytes, kind }))
        }
    }
}

/// The files below some paths as they are now, named as seen from the current folder.
pub(crate) fn present(paths: &[PathBuf], size: FileSize) -> io::Result<Sources> {
    let files = below(paths, Path::new(""), size)?;
    let named = paths.iter().filter(|path| path.is_file());
    Ok(Sources { files, context: named.flat_map(|path| beside(path, size)).collect() })
}

/// The files below some paths as a revision of git has them.
pub(crate) fn of_git(revision: &str, paths: &[PathBuf], size: FileSize) -> io::Result<Sources> {
    git(&["rev-parse", "--git-dir"])
        .map_err(|error| io::Error::new(error.kind(), format!("--since needs a git repository; {error}")))?;
    let commit = format!("{revision}^{{commit}}");
    git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| io::Error::other(format!("no revision `{revision}` in this git repository")))?;
    let mut arguments = vec!["ls-tree", "-r", "-l", "-z", revision, "--"];
    // files of Terraform beside one that is named are read with it
    let folders: Vec<_> = paths.iter().map(|path| folder_of(path)).collect();
    arguments.extend(folders.iter().map(String::as_str));
    let listed = git(&arguments)?;
    let entries = listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    let mut blobs = Vec::new();
    for entry in entries {
        blobs.extend(Blob::read(entry, size)?);
    }
    let contents = contents(&blobs)?;
    let sources = blobs.into_iter().zip(contents).filter_map(|(blob, bytes)| {
        let kind = Kind::of_found(&blob.path, &bytes)?;
        Some(Source { label: blob.path.clone(), path: blob.path, bytes, kind })
    });
    let is_named = |source: &Source| {
        paths.iter().any(|path| path == Path::new(".") || source.label.starts_with(plain(path)))
    };
    let (files, context) = sources.partition(is_named);
    Ok(Sources { files, context })
}

/// The folder in which everything is that is read for a path.
fn folder_of(path: &Path) -> String {
    let parent = path.parent().filter(|_| Kind::of_name(path).is_some_and(Kind::is_terraform));
    let folder =
        parent.map_or(path, |parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    folder.to_string_lossy().into_owned()
}

/// A path as git prints it, without `./`.
fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// A file of a revision, before it is read.
struct Blob {
    object: String,
    path: PathBuf,
    length: usize,
}

impl Blob {
    /// `mode blob object size<TAB>path`; `None` for what is no file, or is too large and of no kind that is read.
    fn read(entry: &[u8], size: FileSize) -> io::Result<Option<Self>> {
        let entry = String::from_utf8_lossy(entry);
        let Some((about, path)) = entry.split_once('\t') else { return Ok(None) };
        let mut about = about.split_ascii_whitespace().skip(1);
        let (Some("blob"), Some(object), Some(length)) = (about.next(), about.next(), about.next()) else {
            return Ok(None);
        };
        let (path, length): (_, u64) = (PathBuf::from(path), length.parse().unwrap_or(0));
        match length > size.bytes() {
            true if Kind::of_name(&path).is_none() => Ok(None),
            true => Err(io::Error::other(format!("{}: {}", path.display(), size.too_large(length)))),
            false => Ok(Some(Self { object: object.to_owned(), path, length: length as usize })),
        }
    }
}

/// The bytes of each blob, by one process of git.
fn contents(blobs: &[Blob]) -> io::Result<Vec<Vec<u8>>> {
    let mut command = Command::new("git");
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut asks = child.stdin.take().ok_or_else(|| io::Error::other("git accepts no input"))?;
    let mut answers =
        BufReader::new(child.stdout.take().ok_or_else(|| io::Error::other("git prints nothing"))?);
    let objects: String = blobs.iter().map(|blob| format!("{}\n", blob.object)).collect();
    // git answers while it is asked: neither may wait for the other
    let asking = thread::spawn(move || asks.write_all(objects.as_bytes()));
    let contents = blobs.iter().map(|blob| content(&mut answers, blob)).collect();
    let asked = asking.join().unwrap_or_else(|_| Err(io::Error::other("git stopped")));
    child.wait()?;
    asked.and(contents)
}

/// `object blob size`, the bytes, and a line end.
fn content(answers: &mut impl BufRead, blob: &Blob) -> io::Result<Vec<u8>> {
    let mut header = String::new();
    answers.read_line(&mut header)?;
    if !header.trim_end().ends_with(&format!("blob {}", blob.length)) {
        return Err(io::Error::other(format!("{}: git cannot read the file", blob.path.display())));
    }
    let mut bytes = vec![0; blob.length + 1];
    answers.read_exact(&mut bytes)?;
    bytes.pop();
    Ok(bytes)
}

fn git(arguments: &[&str]) -> io::Result<Vec<u8>> {
    let run = Command::new("git").args(arguments).output();
    let Output { status, stdout, stderr } = run.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!(
                "cannot run git: {}",
                match error.kind() {
                    io::ErrorKind::NotFound => "it is not installed, or not on the PATH".to_owned(),
                    _ => error.to_string(),
                }
            ),
        )
    })?;
    match status.success() {
        true => Ok(stdout),
        false => {
            Err(io::Error::other(format!("git reports: {}", String::from_utf8_lossy(&stderr).trim_end())))
        }
    }
}

/// An ACL file that only one revision has is empty in the other: a server has its user `default` without it too.
pub(crate) fn complete(old: &mut Sources, new: &mut Sources) {
    let (old, new) = (&mut old.files, &mut new.files);
    let missing = |of: &[Source], other: &[Source]| -> Vec<Source> {
        let is_missing = |source: &&Source| {
            !matches!(source.kind, Kind::Infrastructure(_))
                && !of.iter().any(|there| there.label == source.label)
        };
        let empty = |source: &Source| Source {
            label: source.label.clone(),
            path: source.path.clone(),
            bytes: Vec::new(),
            kind: source.kind,
        };
        other.iter().filter(is_missing).map(empty).collect()
    };
    // two files that are named are one, whatever their names
    if old.len() == 1 && new.len() == 1 {
        return;
    }
    let (of_old, of_new) = (missing(old, new), missing(new, old));
    old.extend(of_old);
    new.extend(of_new);
}
