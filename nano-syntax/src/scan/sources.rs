//! The trait through which the scanner reads texts.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Reads sources for the scanner, which opens no files itself.
///
/// A function from a path to a text implements it; message packages need a type of one's own.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use std::io;
/// use std::path::{Path, PathBuf};
///
/// use nano_syntax::scan::Sources;
///
/// struct Memory {
///     texts: HashMap<PathBuf, String>,
/// }
///
/// impl Sources for Memory {
///     fn read(&self, path: &Path) -> io::Result<String> {
///         self.texts.get(path).cloned().ok_or(io::ErrorKind::NotFound.into())
///     }
///
///     fn proto(&self, package: &str) -> Option<PathBuf> {
///         (package == "game.v1").then(|| PathBuf::from("generated/game.v1.rs"))
///     }
/// }
/// ```
pub trait Sources {
    /// Gives the text of a file.
    ///
    /// # Errors
    ///
    /// Fails with [`io::ErrorKind::NotFound`] if there is no such file, and with any other error if
    /// it cannot be read.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// The name by which other crates know the one that starts with a file, as `game` for
    /// `src/lib.rs`; `None` for one that no other can use.
    fn crate_name(&self, root: &Path) -> Option<String> {
        let _ = root;
        None
    }

    /// The names of crates that the one that starts with a file knows by another name: `nano` by `framework`,
    /// for `framework = { package = "nano" }` in its `Cargo.toml`.
    fn renamed(&self, root: &Path) -> BTreeMap<String, String> {
        let _ = root;
        BTreeMap::new()
    }

    /// Names the file that `include_proto!("package")` brings in, or `None` for a package that is
    /// not known.
    fn proto(&self, package: &str) -> Option<PathBuf> {
        let _ = package;
        None
    }
}

impl<F: Fn(&Path) -> io::Result<String>> Sources for F {
    fn read(&self, path: &Path) -> io::Result<String> {
        self(path)
    }
}
