//! What a command over files looked at: silence is never success.

use std::io::{self, Write as _};
use std::path::PathBuf;

use redis_acl::document::Document;

/// What was looked at below each path that was named.
pub(crate) struct Summary<'p> {
    paths: &'p [PathBuf],
    /// As many as there are paths.
    of_paths: Vec<Counts>,
}

/// What a file, or all files below a path, hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Files with an access string, or with one that is not known.
    pub(crate) files: usize,
    pub(crate) strings: usize,
    /// Values that are not statically known.
    pub(crate) unchecked: usize,
    /// Files that could not be read.
    pub(crate) unreadable: usize,
}

impl Counts {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        let (strings, unchecked) = (document.strings(), document.unchecked());
        let unreadable = usize::from(document.is_unreadable());
        Self { files: usize::from(strings + unchecked > 0), strings, unchecked, unreadable }
    }

    pub(crate) const UNREADABLE: Self = Self { files: 0, strings: 0, unchecked: 0, unreadable: 1 };

    pub(crate) fn add(&mut self, other: Self) {
        self.files += other.files;
        self.strings += other.strings;
        self.unchecked += other.unchecked;
        self.unreadable += other.unreadable;
    }
}

impl<'p> Summary<'p> {
    pub(crate) fn new(paths: &'p [PathBuf]) -> Self {
        Self { paths, of_paths: vec![Counts::default(); paths.len()] }
    }

    /// Counts a file below the path of that index.
    pub(crate) fn add(&mut self, path: usize, counts: Counts) {
        if let Some(of_path) = self.of_paths.get_mut(path) {
            of_path.add(counts);
        }
    }

    /// A line on the standard error, and one for each path with nothing below it.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut to = anstream::stderr().lock();
        for (path, counts) in self.paths.iter().zip(&self.of_paths) {
            if *counts == Counts::default() {
                writeln!(to, "{}: no access strings found", path.display())?;
            }
        }
        let mut all = Counts::default();
        self.of_paths.iter().for_each(|counts| all.add(*counts));
        writeln!(to, "{}", line(all))
    }
}

/// `checked 3 strings in 2 files; 1 value unchecked`
pub(crate) fn line(counts: Counts) -> String {
    let Counts { files, strings, unchecked, unreadable } = counts;
    let mut line = format!("checked {} in {}", count(strings, "string"), count(files, "file"));
    if unchecked > 0 {
        line += &format!("; {} unchecked", count(unchecked, "value"));
    }
    if unreadable > 0 {
        line += &format!("; {} not read", count(unreadable, "file"));
    }
    line
}

pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::{Counts, line};

    #[test]
    fn a_line_names_what_is_there() {
        let counts = Counts { files: 2, strings: 1, ..Counts::default() };
        assert_eq!(line(counts), "checked 1 string in 2 files");
        let counts = Counts { unchecked: 1, unreadable: 2, ..counts };
        assert_eq!(line(counts), "checked 1 string in 2 files; 1 value unchecked; 2 files not read");
    }
}
