//! The mistakes in the sources, with their places.

use std::fmt;
use std::path::PathBuf;

/// A place in a source file, as compilers print it: lines and columns count from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, by the path that led to it.
    pub file: PathBuf,
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// The kind of a mistake: a build script treats some of them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file that exists and cannot be read.
    Read,
    /// Text that is not Rust.
    Syntax,
    /// A `mod` without its file, with two files, or in a circle.
    Module,
    /// A condition that cannot be evaluated.
    Cfg,
    /// One of our attributes, or a signature, that the macros refuse as well.
    Attribute,
    /// A component or push that the macros see and the scanner cannot.
    Hidden,
    /// An `include_protos!` or `include_proto!` whose messages cannot be had, or not there.
    Proto,
    /// Two claims to one route.
    Route,
    /// More than the scanner is willing to read.
    Limit,
}

impl ErrorKind {
    /// Returns `true` if compiling the sources reports the same mistake.
    ///
    /// A build script that stops at such an error hides the compiler's message, which is the
    /// better one; it should keep what it generated last and let the compiler speak.
    pub fn is_reported_by_compiler(self) -> bool {
        matches!(self, Self::Read | Self::Syntax | Self::Module | Self::Attribute)
    }
}

/// One mistake in the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanError {
    /// Its kind.
    pub kind: ErrorKind,
    /// Its place.
    pub at: Location,
    /// A description for people.
    pub message: String,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

impl std::error::Error for ScanError {}

/// All mistakes in the sources.
#[derive(Clone, Debug)]
pub struct ScanErrors {
    /// The mistakes, by file in the order of reading and by position in it; never empty.
    pub errors: Vec<ScanError>,
    /// The files that were read or looked for: a change to any of them is a reason to scan again.
    pub files: Vec<PathBuf>,
}

impl fmt::Display for ScanErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ScanErrors {}
