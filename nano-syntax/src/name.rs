//! Names on the wire: how they follow from Rust identifiers, and which are refused.

use proc_macro2::{Ident, Span};
use syn::LitStr;
use syn::ext::IdentExt;

use crate::attribute::one_of;
use crate::errors::Errors;

#[cfg(test)]
mod tests;

/// The longest route that fits a message: its length is one byte on the wire.
pub const MAX_ROUTE_BYTES: usize = 255;

/// The identifier as text, `r#type` as `type`.
pub fn unraw(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A case convention, by serde's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameRule {
    /// `lowercase`
    Lower,
    /// `UPPERCASE`
    Upper,
    /// `PascalCase`
    Pascal,
    /// `camelCase`
    Camel,
    /// `snake_case`
    Snake,
    /// `SCREAMING_SNAKE_CASE`
    ScreamingSnake,
    /// `kebab-case`
    Kebab,
    /// `SCREAMING-KEBAB-CASE`
    ScreamingKebab,
}

impl RenameRule {
    const ALL: [(&str, Self); 8] = [
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    pub(crate) fn parse(text: &LitStr, errors: &mut Errors) -> Option<Self> {
        let value = text.value();
        let rule = Self::ALL.iter().find(|(name, _)| *name == value).map(|(_, rule)| *rule);
        if rule.is_none() {
            let expected = one_of(Self::ALL.iter().map(|(name, _)| *name));
            errors.on(text, format_args!("unknown case `{value}`, expected {expected}"));
        }
        rule
    }

    /// The name of a method, or of an event of a push trait.
    ///
    /// As for the fields of a struct in serde: `lowercase` and `UPPERCASE` leave underscores alone.
    pub fn method(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            _ => self.join(&words(name)),
        }
    }

    /// The name of a component, from that of its type.
    ///
    /// As for the variants of an enum in serde, a type's name counts as `PascalCase` already.
    pub fn component(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => name.to_owned(),
            _ => self.join(&words(name)),
        }
    }

    fn join(self, words: &[String]) -> String {
        let lower = |separator| words.join(separator);
        match self {
            Self::Lower => lower(""),
            Self::Upper => lower("").to_uppercase(),
            Self::Snake => lower("_"),
            Self::Kebab => lower("-"),
            Self::ScreamingSnake => lower("_").to_uppercase(),
            Self::ScreamingKebab => lower("-").to_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalize(word)).collect(),
            Self::Camel => {
                let (first, rest) =
                    words.split_first().map_or(("", words), |(first, rest)| (first, rest));
                rest.iter().fold(first.to_owned(), |name, word| name + &capitalize(word))
            }
        }
    }
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The lowercase words of an identifier.
///
/// A word ends at an underscore, before a capital that follows a small letter or a digit
/// (`chat|Room`, `room2|D`), and before the last capital of a run when a small letter comes after
/// it (`HTTP|Gate`). Digits belong to the word before them.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, &char) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let starts_word = char.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if char == '_' || starts_word {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), char != '_') {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The purpose of a name, by which the rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// The start of a route, up to its last dot. It may have dots itself.
    Component,
    /// The end of a route, which has no dot.
    Handler,
    /// A whole route, which a client has chosen.
    Event,
}

/// Reports a name that cannot go on the wire, or not be told apart there.
pub(crate) fn check(name: &str, kind: NameKind, span: Span, errors: &mut Errors) {
    let noun = match kind {
        NameKind::Component => "component",
        NameKind::Handler => "handler",
        NameKind::Event => "push",
    };
    if name.is_empty() {
        errors.at(span, format_args!("the name of a {noun} cannot be empty"));
        return;
    }
    if let Some(control) = name.chars().find(|char| char.is_control()) {
        errors.at(
            span,
            format_args!(
                "the name of a {noun} cannot contain control characters, got `{}`",
                control.escape_default()
            ),
        );
    } else if kind != NameKind::Event && name.contains(char::is_whitespace) {
        errors.at(span, format_args!("the name of a {noun} cannot contain spaces, got `{name}`"));
    }
    match kind {
        NameKind::Component if name.split('.').any(str::is_empty) => errors.at(
            span,
            format_args!(
                "the name of a component cannot start or end with a dot or contain two in a row, got `{name}`: a dot separates two names, as in `connector.entryHandler`"
            ),
        ),
        NameKind::Component if !leaves_room(name) => errors.at(
            span,
            format_args!(
                "the name of a component is {} bytes long, which leaves no room for a dot and a handler: the limit of a route is {MAX_ROUTE_BYTES}",
                name.len()
            ),
        ),
        NameKind::Handler if name.contains('.') => errors.at(
            span,
            format_args!(
                "the name of a handler cannot contain a dot, got `{name}`: the last dot of a route separates component and handler, so the part before it belongs to `#[component(name = \"..\")]`"
            ),
        ),
        _ => {}
    }
}

/// Returns `true` if the routes of a component can fit a message.
pub(crate) fn leaves_room(component: &str) -> bool {
    component.len() + ".x".len() <= MAX_ROUTE_BYTES
}

/// Reports a route that does not fit a message.
pub(crate) fn check_route(route: &str, span: Span, errors: &mut Errors) {
    if route.len() > MAX_ROUTE_BYTES {
        errors.at(
            span,
            format_args!(
                "the route is {} bytes long, the limit is {MAX_ROUTE_BYTES}: `{route}`",
                route.len()
            ),
        );
    }
}
