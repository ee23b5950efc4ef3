//! Function bodies, which the scanner does not read.
//!
//! They are most of a file, and its newest syntax: emptied before parsing, they cost no time and
//! cannot fail. A body that seems to hold a component is kept, so that it can be reported.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::hidden;

/// Empties every function body that hides no component or push.
pub(super) fn empty(tokens: TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut state = State::Start;
    for token in tokens {
        let before = state;
        state = state.next(&token);
        out.push(match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => match before {
                State::Function if !hidden::any(group.stream()) => with(&group, TokenStream::new()),
                State::Function | State::Macro => TokenTree::Group(group),
                _ => with(&group, empty(group.stream())),
            },
            other => other,
        });
    }
    out.into_iter().collect()
}

fn with(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut new = Group::new(group.delimiter(), tokens);
    new.set_span(group.span());
    TokenTree::Group(new)
}

/// The thing that a brace would open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    /// After `fn`; the name makes it a function and not a type.
    Fn,
    /// After `fn name`.
    Function,
    /// After another identifier, which `!` would make a macro's name.
    Ident,
    /// After `name!` or `name! other`.
    Macro,
}

impl State {
    fn next(self, token: &TokenTree) -> Self {
        match (self, token) {
            (Self::Fn, TokenTree::Ident(_)) => Self::Function,
            (Self::Function, TokenTree::Punct(punct)) if punct.as_char() == ';' => Self::Start,
            (Self::Function, TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                Self::Start
            }
            (Self::Function, _) => Self::Function,
            (Self::Macro, TokenTree::Ident(_)) => Self::Macro,
            (_, TokenTree::Ident(ident)) if ident == "fn" => Self::Fn,
            (_, TokenTree::Ident(_)) => Self::Ident,
            (Self::Ident, TokenTree::Punct(punct)) if punct.as_char() == '!' => Self::Macro,
            _ => Self::Start,
        }
    }
}
