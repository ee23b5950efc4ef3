//! Failures: a text for the person at the terminal, advice, and the status that scripts see.

use std::fmt::Display;
use std::process::ExitCode;

use crate::output::visible;

/// The result of a command.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// The reason why a command did not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    status: Status,
    message: String,
    help: Option<String>,
}

/// The kind of a failure, as the exit status tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The answer is no: the server refused, or a check failed.
    Refused = 1,
    /// The command line, or a file that it names, is wrong. clap uses the same.
    Usage = 2,
    /// The server cannot be reached, or the connection was lost.
    Connection = 3,
}

impl Failure {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), help: None }
    }

    /// A wrong command line, or a file that cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Status::Usage, message)
    }

    /// An answer that is no.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Status::Refused, message)
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &std::path::Path, error: impl Display) -> Self {
        Self::usage(format!("{}: {error}", path.display()))
    }

    /// Adds the file that the failure is in.
    pub(crate) fn of_file(self, path: &std::path::Path) -> Self {
        Self { message: format!("{}: {}", path.display(), self.message), ..self }
    }

    /// Adds advice: the next thing to do.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Adds advice if there is none.
    pub(crate) fn or_help(self, help: impl Into<String>) -> Self {
        Self { help: self.help.or_else(|| Some(help.into())), ..self }
    }

    /// Prints the failure. The texts of servers may be in it.
    pub(crate) fn tell(&self) {
        eprintln!("error: {}", visible(&self.to_string()));
    }

    /// Prints the failure, and returns the status.
    pub(crate) fn report(&self) -> ExitCode {
        self.tell();
        ExitCode::from(self.status as u8)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// The most names that are listed.
const LISTED: usize = 20;

/// Lists names, the first of many.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let first = names.take(LISTED).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// Returns the name of `names` that is most like `wanted`, if one is alike.
pub(crate) fn closest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(&wanted.to_lowercase(), &name.to_lowercase());
    let alike = names.map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > 0.8);
    alike.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}
