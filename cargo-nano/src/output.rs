//! The standard output.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal as _, Write as _, stdout};

/// Writes a line, at once. Ends the program quietly when nobody reads any more, as with `| head`, and with a message when the
/// line is lost, as on a full disk.
pub(crate) fn line(text: &[u8]) {
    if !offer(text) {
        std::process::exit(0);
    }
}

/// Writes a line as [`line()`] does. Returns `false` when nobody reads any more.
pub(crate) fn offer(text: &[u8]) -> bool {
    let mut out = stdout().lock();
    // Whoever reads it by a program gets it as it came.
    let shown = match out.is_terminal() {
        true => Cow::Owned(visible(&String::from_utf8_lossy(text)).into_bytes()),
        false => Cow::Borrowed(text),
    };
    let written =
        out.write_all(&shown).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    match written {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => false,
        Err(error) => {
            eprintln!("error: cannot write to the output: {error}");
            std::process::exit(2);
        }
    }
}

/// Makes control characters visible, so that a server cannot command the terminal.
pub(crate) fn visible(text: &str) -> String {
    let is_harmless = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    text.chars().fold(String::with_capacity(text.len()), |mut shown, letter| {
        match is_harmless(letter) {
            true => shown.push(letter),
            false => shown.extend(letter.escape_default()),
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_command_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}1m\r\n\u{e9}"), "a\\u{1b}[2Jb\\u{9b}1m\\r\n\u{e9}");
    }
}
