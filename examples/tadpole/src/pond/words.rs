//! The texts of visitors: names and words, cleaned and limited.

use nano::{Error, Result};

const NAME_LIMIT: usize = 20;
const TEXT_LIMIT: usize = 140;

/// A name to show to others.
///
/// # Errors
///
/// `bad_name` when nothing of it is left, or too much.
pub(crate) fn name(name: &str) -> Result<String> {
    let name = clean(name, NAME_LIMIT);
    match name.chars().count() {
        1..=NAME_LIMIT => Ok(name),
        _ => Err(Error::reject("bad_name", format!("a name has 1 to {NAME_LIMIT} characters"))),
    }
}

/// Words to show to others.
///
/// # Errors
///
/// `empty` when nothing of them is left, `too_long` when too much is.
pub(crate) fn text(text: &str) -> Result<String> {
    let text = clean(text, TEXT_LIMIT);
    match text.chars().count() {
        0 => Err(Error::reject("empty", "there is nothing to say in it")),
        1..=TEXT_LIMIT => Ok(text),
        _ => {
            let message = format!("more than {TEXT_LIMIT} characters: say it in two");
            Err(Error::reject("too_long", message))
        }
    }
}

/// One line, without control characters, of `limit` characters and one more if it is longer; nothing
/// if none of them would be seen.
fn clean(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control() || is_direction(c));
    for word in words.filter(|word| !word.is_empty()) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    if clean.chars().all(|c| c == ' ' || is_invisible(c)) {
        return String::new();
    }
    match clean.char_indices().nth(limit + 1) {
        Some((end, _)) => clean[..end].to_owned(),
        None => clean,
    }
}

/// Marks that turn the direction of the text after them, in other people's lines too.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing by themselves: joiners and fillers, which belong into some words and
/// emoji. Unicode calls them default ignorable.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text_in: &str, expected: std::result::Result<&str, &str>) {
        let got = text(text_in);
        let got = got.as_deref().map_err(|error| error.code().unwrap_or("none"));
        assert_eq!(got, expected, "{text_in:?}");
    }

    #[test]
    fn texts_are_cleaned_and_limited() {
        check("hello", Ok("hello"));
        check("  two \n\t lines\r\n", Ok("two lines"));
        check("a\u{7}b\u{0}c", Ok("a b c"));
        check("right \u{202e}left", Ok("right left"));
        check("<b>&amp;</b>", Ok("<b>&amp;</b>"));
        check("שלום 你好 😀", Ok("שלום 你好 😀"));
        check("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", Ok("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}"));
        check("", Err("empty"));
        check("\u{200b}", Err("empty"));
        check("\u{3164} \u{ad}\u{feff}", Err("empty"));
        check(" \u{2066}\n ", Err("empty"));
        check(&"x".repeat(140), Ok(&"x".repeat(140)));
        check(&"é".repeat(140), Ok(&"é".repeat(140)));
        check(&"x".repeat(141), Err("too_long"));
        check(&"x".repeat(60_000), Err("too_long"));
    }

    #[test]
    fn names_are_shorter() {
        assert_eq!(name(" Ann  Lee ").unwrap(), "Ann Lee");
        for bad in ["", " \n", "\u{200d}\u{200d}", &"x".repeat(21)] {
            assert_eq!(name(bad).unwrap_err().code(), Some("bad_name"), "{bad:?}");
        }
        assert_eq!(name(&"é".repeat(20)).unwrap(), "é".repeat(20));
    }
}
