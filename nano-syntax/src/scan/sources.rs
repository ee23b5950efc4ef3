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
/// use nano_syntax::scan::{ProtoPackage, Sources};
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
///     fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
///         match package {
///             Some("game.v1") => Ok(ProtoPackage::new("generated/game.v1.rs")),
///             Some(other) => Err(format!("no package `{other}`; there is `game.v1`")),
///             None => Ok(ProtoPackage::new("generated/all.rs")),
///         }
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

    /// The file that `include_proto!("package")` brings in, or `include_protos!()` if no package is
    /// given.
    ///
    /// # Errors
    ///
    /// Fails with a message for people if there is no such package.
    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        let _ = package;
        Err("there are no message packages".to_owned())
    }
}

/// The Rust of one message package, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtoPackage {
    /// The file.
    pub path: PathBuf,
    /// The other packages that its messages use.
    pub uses: Vec<ProtoUse>,
}

impl ProtoPackage {
    /// A package whose messages use no other.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), uses: Vec::new() }
    }
}

/// A use of another message package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtoUse {
    /// The package, as `common.v1`.
    pub package: String,
    /// A type of it that is used, by its path from the module that the file is included in, as
    /// `super::super::common::v1::Position`.
    pub path: String,
}

impl<F: Fn(&Path) -> io::Result<String>> Sources for F {
    fn read(&self, path: &Path) -> io::Result<String> {
        self(path)
    }
}
