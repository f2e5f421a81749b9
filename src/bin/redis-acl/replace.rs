//! Replacing a file as a whole, or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Puts other bytes into a file: all of them, or none. A link stays a link, and what it leads to is replaced;
/// permissions stay.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
