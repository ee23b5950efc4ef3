//! The completion of commands, routes and fields.

mod cursor;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::command::{NAMES, named_kind, split};
use crate::schema::Schema;

/// The words that can be completed.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    routes: Vec<String>,
    schema: Option<Arc<Schema>>,
}

/// A way to go on: its place in the list, and the text that takes the place of what was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) shown: String,
    pub(super) text: String,
}

impl Vocabulary {
    /// Takes the routes of a server, which may be hostile: those that would command the terminal are left out.
    pub(super) fn new(mut routes: Vec<String>, schema: Option<Arc<Schema>>) -> Self {
        routes.retain(|route| !route.contains(char::is_control));
        Self { routes, schema }
    }

    /// Returns the ways to go on behind a text, and the place in it at which they begin.
    pub(super) fn candidates(&self, typed: &str) -> (usize, Vec<Candidate>) {
        let (first, at) = word(typed, 0);
        let (second, second_at) = word(typed, at + first.len());
        let has_kind = named_kind(first).is_some();
        let word_ends = |word: &str, at: usize| at + word.len() < typed.len();
        if !word_ends(first, at) {
            let names = NAMES.iter().copied().filter(|name| name.starts_with(first)).map(named);
            return (at, names.chain(self.routes(first)).collect());
        }
        if has_kind && !word_ends(second, second_at) {
            return (second_at, self.routes(second).collect());
        }
        let (route, at) = if has_kind { (second, second_at) } else { (first, at) };
        let body = at + route.len();
        let (start, candidates) = self.fields(route, &typed[body..]);
        (body + start, candidates)
    }

    fn routes(&self, start: &str) -> impl Iterator<Item = Candidate> {
        self.routes.iter().filter(move |route| route.starts_with(start)).map(|route| named(route))
    }

    /// The fields that can stand at the end of a body.
    fn fields(&self, route: &str, body: &str) -> (usize, Vec<Candidate>) {
        let nothing = (body.len(), Vec::new());
        let Some(schema) = &self.schema else { return nothing };
        let Some(handler) = schema.find(route) else { return nothing };
        if body.trim().is_empty() && !schema.fields(handler, &[]).is_empty() {
            let open = Candidate { shown: "{".to_owned(), text: "{".to_owned() };
            return (body.len(), vec![open]);
        }
        let Some(cursor) = cursor::Cursor::read(body) else { return nothing };
        let fields = schema.fields(handler, &cursor.path).into_iter();
        let open = fields.filter(|field| {
            field.name.starts_with(cursor.typed) && !cursor.used.contains(&field.name)
        });
        let candidate = |field: crate::schema::Field| Candidate {
            shown: format!("{}: {}", field.name, field.ty),
            text: format!("\"{}\": ", field.name),
        };
        (cursor.start, open.map(candidate).collect())
    }

    /// Returns the form of the message for a route without one.
    pub(super) fn hint(&self, typed: &str) -> Option<String> {
        let (first, rest) = split(typed);
        let route = if named_kind(first).is_some() { rest } else { first };
        let is_whole = typed.ends_with(' ') && typed.trim_end().ends_with(route);
        let schema = self.schema.as_ref().filter(|_| is_whole)?;
        let handler = schema.find(route)?;
        schema.payload(handler)
    }
}

/// The word behind a place, and where it begins.
fn word(text: &str, from: usize) -> (&str, usize) {
    let rest = &text[from..];
    let start = rest.len() - rest.trim_start().len();
    let (word, _) = split(rest);
    (word, from + start)
}

fn named(name: &str) -> Candidate {
    Candidate { shown: name.to_owned(), text: format!("{name} ") }
}
