//! An error with its causes, as text for the log.

use std::error::Error;
use std::fmt::{self, Write as _};

/// The beginning of a peer's text, for replies and the log: not all of it, and no control characters.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_default).collect()
}

/// An error and all its causes in one line.
pub(crate) struct Report<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped(f), "{}", Chain(self.0))
    }
}

/// Escapes control characters.
struct Escaped<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((at, control)) = rest.char_indices().find(|(_, char)| char.is_control()) {
            write!(self.0, "{}{}", &rest[..at], control.escape_default())?;
            rest = &rest[at + control.len_utf8()..];
        }
        self.0.write_str(rest)
    }
}

/// An error and all its causes.
pub(crate) struct Chain<'a>(pub(super) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_whatever_a_peer_wrote() {
        let error = std::io::Error::other(
            "no user \u{1b}[2J`a\r\n2026 ERROR forged\u{9b}`, \u{e9}\u{1f600}",
        );
        let escaped = r"no user \u{1b}[2J`a\r\n2026 ERROR forged\u{9b}`, ";
        assert_eq!(Report(&error).to_string(), format!("{escaped}\u{e9}\u{1f600}"));
    }
}
