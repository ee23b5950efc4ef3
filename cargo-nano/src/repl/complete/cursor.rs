//! The place at the end of JSON that is being typed.

use crate::schema::Step;

/// The end of a text, where the name of a field can stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor<'a> {
    /// The way to the object that is open.
    pub(super) path: Vec<Step>,
    /// The start of the name, its quotes included.
    pub(super) start: usize,
    /// The part of the name that is there.
    pub(super) typed: &'a str,
    /// The names that the object has.
    pub(super) used: Vec<String>,
}

enum Open {
    Object { key: Option<String>, used: Vec<String>, wants_key: bool },
    Array { index: usize },
}

impl<'a> Cursor<'a> {
    /// Reads a text; `None` if something else than a name has to follow.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            match (letter, open.last_mut()) {
                ('{', _) => {
                    open.push(Open::Object { key: None, used: Vec::new(), wants_key: true });
                }
                ('[', _) => open.push(Open::Array { index: 0 }),
                ('}' | ']', _) => drop(open.pop()),
                (',', Some(Open::Object { key, wants_key, .. })) => {
                    (*key, *wants_key) = (None, true);
                }
                (',', Some(Open::Array { index })) => *index += 1,
                (':', Some(Open::Object { wants_key, .. })) => *wants_key = false,
                ('"', top) => {
                    let inner = &text[at + 1..];
                    let Some(end) = end_of_text(inner) else {
                        return Self::at(open, at, inner);
                    };
                    if let Some(Open::Object { key, used, wants_key: true }) = top {
                        *key = Some(inner[..end].to_owned());
                        used.push(inner[..end].to_owned());
                    }
                    at += end + 1;
                }
                (letter, Some(Open::Object { wants_key: true, key: None, .. }))
                    if letter.is_alphanumeric() || letter == '_' =>
                {
                    // A name without quotes: they are put around it.
                    return Self::at(open, at, &text[at..]);
                }
                _ => {}
            }
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        Self::at(open, text.len(), "")
    }

    fn at(mut open: Vec<Open>, start: usize, typed: &'a str) -> Option<Self> {
        let Some(Open::Object { key: None, used, wants_key: true }) = open.pop() else {
            return None;
        };
        let step = |open: Open| match open {
            Open::Object { key, .. } => key.map(Step::Key),
            Open::Array { index } => Some(Step::Element(index)),
        };
        let path = open.into_iter().map(step).collect::<Option<_>>()?;
        Some(Self { path, start, typed, used })
    }
}

/// The place of the quotes that end a text.
fn end_of_text(inner: &str) -> Option<usize> {
    let mut is_escaped = false;
    inner.char_indices().find_map(|(at, letter)| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends.then_some(at)
    })
}
