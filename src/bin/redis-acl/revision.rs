//! Files to compare: one, those of a folder, or those that version control had at another revision.

use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use redis_acl::document::Kind;

use crate::files::{self, Content, FileSize};

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

/// What an argument of `diff` names.
pub(crate) enum Named {
    /// Files: one, or those of a folder.
    Files(Vec<Source>),
    /// The path is there, but holds nothing of a kind that is read.
    Nothing,
}

impl Named {
    /// What is at a path; `None` where nothing is, so that the argument is something else.
    pub(crate) fn at(argument: &str, size: FileSize) -> io::Result<Option<Self>> {
        let path = Path::new(argument);
        if argument == NOT_THERE {
            return Ok(Some(Self::Files(Vec::new())));
        }
        let Ok(metadata) = fs::metadata(path) else { return Ok(None) };
        if metadata.is_dir() {
            return of_folder(path, size).map(|files| Some(Self::Files(files)));
        }
        if metadata.len() > size.bytes() {
            return Err(io::Error::other(format!("{argument}: {}", size.too_large(metadata.len()))));
        }
        let bytes =
            fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{argument}: {error}")))?;
        let Some(kind) = Kind::of(path, &bytes) else { return Ok(Some(Self::Nothing)) };
        Ok(Some(Self::Files(vec![Source { label: path.to_owned(), path: path.to_owned(), bytes, kind }])))
    }
}

/// The files with users in a folder, by their paths inside of it.
fn of_folder(folder: &Path, size: FileSize) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let paths = [folder.to_owned()];
    for found in files::at(&paths) {
        sources.extend(of_found(&found?, folder, size)?);
    }
    Ok(sources)
}

fn of_found(found: &files::Found, folder: &Path, size: FileSize) -> io::Result<Option<Source>> {
    let about = |message: String| io::Error::other(format!("{}: {message}", found.path.display()));
    match found.content(size).map_err(|error| about(error.to_string()))? {
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
pub(crate) fn present(paths: &[PathBuf], size: FileSize) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for found in files::at(paths) {
        sources.extend(of_found(&found?, Path::new(""), size)?);
    }
    Ok(sources)
}

/// The files below some paths as a revision of git has them.
pub(crate) fn of_git(revision: &str, paths: &[PathBuf], size: FileSize) -> io::Result<Vec<Source>> {
    let commit = format!("{revision}^{{commit}}");
    git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| io::Error::other(format!("git knows no revision `{revision}` in this folder")))?;
    let mut arguments = vec!["ls-tree", "-r", "-l", "-z", revision, "--"];
    let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    arguments.extend(paths.iter().map(String::as_str));
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
    Ok(sources.collect())
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
    let mut asks = child.stdin.take().ok_or_else(|| io::Error::other("git takes no input"))?;
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
    let Output { status, stdout, stderr } =
        run.map_err(|error| io::Error::new(error.kind(), format!("git cannot be run: {error}")))?;
    match status.success() {
        true => Ok(stdout),
        false => Err(io::Error::other(format!("git: {}", String::from_utf8_lossy(&stderr).trim_end()))),
    }
}

/// An ACL file that only one revision has is empty in the other: a server has its user `default` without it too.
pub(crate) fn complete(old: &mut Vec<Source>, new: &mut Vec<Source>) {
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
