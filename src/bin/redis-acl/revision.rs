//! Files to compare: one, those of a folder, or those that version control had at another revision.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use redis_acl::document::Kind;
use redis_acl::iac::{Format, Scope, local_modules, simple_path};

use crate::files::{self, Content, FileSize};
use crate::scopes::{self, Files};

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

impl Sources {
    /// Adds the local modules that are called from the files and are not among them.
    fn add_modules(&mut self, in_folder: impl Fn(&Path) -> io::Result<Vec<Source>>) -> io::Result<()> {
        let all = || self.files.iter().chain(&self.context);
        let folder = |source: &Source| simple_path(source.label.parent().unwrap_or(Path::new("")));
        let is_terraform = |source: &&Source| source.kind.is_terraform();
        let mut seen: BTreeSet<_> = all().filter(is_terraform).map(folder).collect();
        let mut left: Vec<_> = all().flat_map(Source::modules).collect();
        let most = seen.len() + scopes::MOST_FOLDERS;
        while let Some(module) = left.pop() {
            if seen.len() == most || !seen.insert(module.clone()) {
                continue;
            }
            let sources = in_folder(&module)?;
            left.extend(sources.iter().flat_map(Source::modules));
            self.context.extend(sources);
        }
        Ok(())
    }
}

impl Source {
    fn of_terraform((path, format, bytes): (PathBuf, Format, Vec<u8>)) -> Self {
        Self { label: path.clone(), path, bytes, kind: Kind::Infrastructure(format) }
    }

    /// The folders of the local modules that it calls.
    fn modules(&self) -> Vec<PathBuf> {
        let Kind::Infrastructure(format) = self.kind else { return Vec::new() };
        let folder = self.label.parent().unwrap_or(Path::new(""));
        let modules = local_modules(format, &self.bytes);
        modules.iter().map(|source| simple_path(&folder.join(source))).collect()
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
///
/// What git tracks is among them though it is ignored or hidden, since the revision has it too. Links are followed, as
/// Terraform does.
pub(crate) fn present(paths: &[PathBuf], size: FileSize) -> io::Result<Sources> {
    let folders = folders_of(paths);
    let listed =
        git(
            &[&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"], &folders[..]].concat()
        )?;
    let names: BTreeSet<_> =
        items(&listed).map(|name| PathBuf::from(&*String::from_utf8_lossy(name))).collect();
    for path in paths.iter().filter(|path| path.is_file() || names.contains(plain(path))) {
        is_compared(path, &names)?;
    }
    let mut sources = Vec::new();
    for path in names {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        match (metadata.is_dir(), path.is_symlink()) {
            (true, true) => sources.extend(below(&[path], Path::new(""), size)?),
            // a submodule: `Tree::blobs` looks at its commit
            (true, false) => {}
            (false, _) => {
                let found = files::Found { path, is_named: false, below: 0 };
                sources.extend(of_found(&found, Path::new(""), size)?);
            }
        }
    }
    let mut sources = split(paths, sources);
    let in_folder = |folder: &Path| -> io::Result<Vec<Source>> {
        Ok(scopes::in_folder(folder, size).into_iter().map(Source::of_terraform).collect())
    };
    sources.add_modules(in_folder)?;
    Ok(sources)
}

/// Whether git knows what a named path holds: nothing is compared in silence.
fn is_compared(path: &Path, names: &BTreeSet<PathBuf>) -> io::Result<()> {
    let is_there = |name: &&PathBuf| fs::canonicalize(name).ok() == fs::canonicalize(path).ok();
    let why = match names.iter().find(is_there) {
        Some(name) if name.is_dir() && !name.is_symlink() => "a submodule; run `redis-acl diff` in it",
        Some(_) => return Ok(()),
        None => "ignored by git, or in a submodule; name the old and the new file instead of --since",
    };
    Err(io::Error::other(format!("`{}` cannot be compared with a revision: it is {why}", path.display())))
}

/// The files below some paths as a revision of git has them.
pub(crate) fn of_git(revision: &str, paths: &[PathBuf], size: FileSize) -> io::Result<Sources> {
    git(&["rev-parse", "--git-dir"])
        .map_err(|error| io::Error::new(error.kind(), format!("--since needs a git repository; {error}")))?;
    let commit = format!("{revision}^{{commit}}");
    git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| io::Error::other(format!("no revision `{revision}` in this git repository")))?;
    let tree = Tree { revision, size };
    let mut sources = split(paths, tree.sources(&folders_of(paths))?);
    sources.add_modules(|folder| {
        // what is in no folder of the revision stays unknown
        let mut sources = tree.sources(&[&format!("{}/", folder.display())]).unwrap_or_default();
        sources.retain(|source| source.kind.is_terraform() && source.label.parent() == Some(folder));
        Ok(sources)
    })?;
    Ok(sources)
}

/// The files that the paths name, and those that are read with them. A file of Terraform represents its
/// folder, because one file can define what the users of another can do.
fn split(paths: &[PathBuf], sources: Vec<Source>) -> Sources {
    let is_named = |source: &Source| {
        let is_below = |path: &Path| path == Path::new(".") || source.label.starts_with(plain(path));
        let is_terraform = source.kind.is_terraform();
        paths.iter().any(|path| is_below(path) || is_terraform && is_below(folder_of(path)))
    };
    let (files, context) = sources.into_iter().partition(is_named);
    Sources { files, context }
}

/// The folders that hold everything that is read for the paths.
fn folders_of(paths: &[PathBuf]) -> Vec<&str> {
    paths.iter().filter_map(|path| folder_of(path).to_str()).collect()
}

/// The folder of a file of Terraform, which is read as a whole; of anything else the path itself.
fn folder_of(path: &Path) -> &Path {
    match path.parent().filter(|_| Kind::of_name(path).is_some_and(Kind::is_terraform)) {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// What git prints with `-z`.
fn items(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|item| !item.is_empty())
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

/// The files of a revision.
#[derive(Clone, Copy)]
struct Tree<'r> {
    revision: &'r str,
    size: FileSize,
}

impl Tree<'_> {
    const LINK: &'static str = "120000";
    const SUBMODULE: &'static str = "160000";

    /// What the files below some paths hold, of those of a kind that is read.
    fn sources(self, paths: &[&str]) -> io::Result<Vec<Source>> {
        let blobs = self.blobs(paths)?;
        let contents = contents(&blobs)?;
        let sources = blobs.into_iter().zip(contents).filter_map(|(blob, bytes)| {
            let kind = Kind::of_found(&blob.path, &bytes)?;
            Some(Source { label: blob.path.clone(), path: blob.path, bytes, kind })
        });
        Ok(sources.collect())
    }

    /// The files below some paths as seen from the current folder, links followed.
    fn blobs(self, paths: &[&str]) -> io::Result<Vec<Blob>> {
        self.listed(paths, &|link| self.linked(link))
    }

    /// `mode type object size<TAB>path` for each file. `follow` gives the files that a link leads to.
    fn listed(
        self,
        paths: &[&str],
        follow: &dyn Fn(&Path) -> io::Result<Vec<Blob>>,
    ) -> io::Result<Vec<Blob>> {
        let listed = git(&[&["ls-tree", "-r", "-l", "-z", self.revision, "--"], paths].concat())?;
        let mut blobs = Vec::new();
        for entry in items(&listed) {
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else { continue };
            match &about.split_ascii_whitespace().collect::<Vec<_>>()[..] {
                [Self::LINK, ..] => blobs.extend(follow(Path::new(path))?),
                [Self::SUBMODULE, ..] => self.has_not_changed(path)?,
                [_, "blob", object, length] => blobs.extend(self.blob(object, path, length)?),
                _ => {}
            }
        }
        Ok(blobs)
    }

    /// The files of a submodule are not compared, so it must be as it was, its working tree included.
    fn has_not_changed(self, submodule: &str) -> io::Result<()> {
        let changed =
            git(&["diff", "--name-only", "--ignore-submodules=none", self.revision, "--", submodule])?;
        match changed.is_empty() {
            true => Ok(()),
            false => Err(io::Error::other(format!(
                "the submodule `{submodule}` changed; its files are not compared, so run `redis-acl diff` in it"
            ))),
        }
    }

    /// `None` for what is too large and of no kind that is read.
    fn blob(self, object: &str, path: &str, length: &str) -> io::Result<Option<Blob>> {
        let (path, length): (_, u64) = (PathBuf::from(path), length.parse().unwrap_or(0));
        match length > self.size.bytes() {
            true if Kind::of_name(&path).is_none() => Ok(None),
            true => Err(io::Error::other(format!("{}: {}", path.display(), self.size.too_large(length)))),
            false => Ok(Some(Blob { object: object.to_owned(), path, length: length as usize })),
        }
    }

    /// The file that a link led to, or the files of a folder. Links to links and out of the current folder are not
    /// followed: what they hold now counts as new.
    fn linked(self, link: &Path) -> io::Result<Vec<Blob>> {
        let target = git(&["cat-file", "blob", &format!("{}:./{}", self.revision, link.display())])?;
        let folder = link.parent().unwrap_or(Path::new(""));
        let Some(target) = joined(folder, Path::new(&*String::from_utf8_lossy(&target))) else {
            return Ok(Vec::new());
        };
        let mut blobs = self.listed(&[&target.to_string_lossy()], &|_| Ok(Vec::new()))?;
        for blob in &mut blobs {
            if let Ok(rest) = blob.path.strip_prefix(&target) {
                blob.path = if rest.as_os_str().is_empty() { link.to_owned() } else { link.join(rest) };
            }
        }
        Ok(blobs)
    }
}

/// The path that a link in a folder names; `None` out of the current folder.
fn joined(folder: &Path, target: &Path) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in target.components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
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
    // paths are literal, even with `:` or `*` in them
    let run = Command::new("git").arg("--literal-pathspecs").args(arguments).output();
    let Output { status, stdout, stderr } = run.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "it is not installed, or not on the PATH".to_owned(),
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("cannot run git: {why}"))
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
