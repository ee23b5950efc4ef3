//! The error of a build.

use std::fmt;

/// All problems of a build.
///
/// `Debug` prints the same text as `Display`: it is what Cargo shows when `main` of a build script
/// returns the error.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    problems: Vec<String>,
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One problem.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problems: vec![problem.into()] }
    }

    /// Returns `Ok` if there are no problems.
    pub(crate) fn check(problems: Vec<String>) -> Result<()> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// Several problems, of which there is at least one.
    pub(crate) fn all(problems: Vec<String>) -> Self {
        Self { problems }
    }

    /// The problems, each a text that starts with `file:line:column:` if it has a place.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problems.len() > 1 {
            writeln!(f, "{} problems", self.problems.len())?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
