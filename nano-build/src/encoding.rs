//! Texts of files that people write, in the encodings that their editors leave behind.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

#[cfg(test)]
mod tests;

/// A place in a file at which it is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoText {
    line: usize,
    column: usize,
    why: String,
}

impl fmt::Display for NoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.why)
    }
}

impl std::error::Error for NoText {}

/// Reads a file.
///
/// # Errors
///
/// Fails with [`io::ErrorKind::InvalidData`] and the place if it is not UTF-8.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    text(&fs::read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The text of a file, without its byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<String, NoText> {
    decode(bytes, |_| false)
}

/// The text of a `.proto` file. `protoc` does not read comments, so that they may be in any encoding:
/// what is no UTF-8 in them becomes `U+FFFD`.
#[cfg(feature = "protos")]
pub(crate) fn proto(bytes: &[u8]) -> Result<String, NoText> {
    let mut place = comments::Place::Code;
    let mut seen = 0;
    decode(bytes, |text| {
        place = text.get(seen..).unwrap_or_default().chars().fold(place, comments::Place::next);
        seen = text.len();
        place.is_comment()
    })
}

/// Decodes UTF-8. `is_replaced` decides from the text before a byte that is none.
fn decode(bytes: &[u8], mut is_replaced: impl FnMut(&str) -> bool) -> Result<String, NoText> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let why = "the file is UTF-16: save it as UTF-8".to_owned();
        return Err(NoText { line: 1, column: 1, why });
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let Some(first) = chunk.invalid().first() else { continue };
        if !is_replaced(&text) {
            let last = text.rsplit('\n').next().unwrap_or_default();
            return Err(NoText {
                line: text.matches('\n').count() + 1,
                column: last.chars().count() + 1,
                why: format!("the byte {first:#04x} is not UTF-8: save the file as UTF-8"),
            });
        }
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Ok(text)
}

#[cfg(feature = "protos")]
mod comments {
    /// The part of a `.proto` file that a character stands in.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Place {
        Code,
        /// After a `/`, which may start a comment.
        Slash,
        /// After `//`.
        Line,
        /// After `/*`.
        Block,
        /// After a `*` in a block.
        Star,
        /// In a text with this quote.
        Text(char),
        /// After a `\` in such a text.
        Escape(char),
    }

    impl Place {
        pub(super) fn is_comment(self) -> bool {
            matches!(self, Self::Line | Self::Block | Self::Star)
        }

        pub(super) fn next(self, c: char) -> Self {
            match (self, c) {
                (Self::Slash, '/') => Self::Line,
                (Self::Slash, '*') => Self::Block,
                (Self::Code, '/') => Self::Slash,
                (Self::Code | Self::Slash, '"' | '\'') => Self::Text(c),
                (Self::Line, '\n') => Self::Code,
                (Self::Line, _) => Self::Line,
                (Self::Block | Self::Star, '*') => Self::Star,
                (Self::Star, '/') => Self::Code,
                (Self::Block | Self::Star, _) => Self::Block,
                (Self::Text(quote), '\\') => Self::Escape(quote),
                (Self::Text(quote), c) if c != quote && c != '\n' => Self::Text(quote),
                (Self::Escape(quote), _) => Self::Text(quote),
                _ => Self::Code,
            }
        }
    }
}
