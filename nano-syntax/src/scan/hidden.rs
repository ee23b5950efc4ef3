//! Components and pushes where the scanner cannot read them: in macros and in function bodies.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

/// Macros whose input is data to the program and not part of it.
const QUOTING: [&str; 5] =
    ["quote", "quote_spanned", "parse_quote", "parse_quote_spanned", "stringify"];

/// An attribute that may stand on an impl block or a trait.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The segments of its path.
    pub(super) path: Vec<Ident>,
    /// Its place.
    pub(super) span: Span,
    /// The item that it stands on.
    pub(super) target: Target,
    /// True if it is part of a macro's input or definition.
    pub(super) in_macro: bool,
}

/// The item that an attribute stands on, by the tokens that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Impl,
    Trait,
    /// Known only to the user of the macro, as it is one of its parameters.
    Unknown,
}

/// Returns `true` if there are any candidates.
pub(super) fn any(tokens: TokenStream) -> bool {
    let mut found = Vec::new();
    search(tokens, false, &mut found);
    !found.is_empty()
}

/// The candidates among the tokens of a function body or an expression.
pub(super) fn in_body(tokens: TokenStream) -> Vec<Candidate> {
    let mut found = Vec::new();
    search(tokens, false, &mut found);
    found
}

/// The candidates among the tokens of a macro.
pub(super) fn in_macro(name: &Ident, tokens: TokenStream) -> Vec<Candidate> {
    let mut found = Vec::new();
    if !is_quoting(name) {
        search(tokens, true, &mut found);
    }
    found
}

fn is_quoting(name: &Ident) -> bool {
    QUOTING.iter().any(|quoting| name == quoting)
}

fn search(tokens: TokenStream, in_macro: bool, found: &mut Vec<Candidate>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = tokens.get(..at).unwrap_or_default();
        if group.delimiter() == Delimiter::Bracket && before.last().is_some_and(|t| is(t, '#')) {
            if let Some(target) = target(tokens.get(at + 1..).unwrap_or_default()) {
                let mut add = |path, span| found.push(Candidate { path, span, target, in_macro });
                paths(group.stream(), &mut add);
            }
            continue;
        }
        match macro_name(before) {
            Some(name) if is_quoting(name) => {}
            name => search(group.stream(), in_macro || name.is_some(), found),
        }
    }
}

/// The `name` of `name! { .. }` or `name! other { .. }`, from the tokens before the brace.
fn macro_name(before: &[TokenTree]) -> Option<&Ident> {
    match before {
        [.., TokenTree::Ident(name), bang]
        | [.., TokenTree::Ident(name), bang, TokenTree::Ident(_)]
            if is(bang, '!') =>
        {
            Some(name)
        }
        _ => None,
    }
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

/// The item that the attribute before `tokens` stands on.
fn target(mut tokens: &[TokenTree]) -> Option<Target> {
    loop {
        tokens = match tokens {
            [hash, TokenTree::Group(group), rest @ ..]
                if is(hash, '#') && group.delimiter() == Delimiter::Bracket =>
            {
                rest
            }
            [] => return Some(Target::Unknown),
            [first, ..] if is(first, '$') => return Some(Target::Unknown),
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::None => {
                return Some(Target::Unknown);
            }
            [TokenTree::Ident(ident), rest @ ..] => match ident.to_string().as_str() {
                "impl" => return Some(Target::Impl),
                "trait" => return Some(Target::Trait),
                "unsafe" | "default" | "auto" => rest,
                "pub" => match rest {
                    [TokenTree::Group(group), rest @ ..]
                        if group.delimiter() == Delimiter::Parenthesis =>
                    {
                        rest
                    }
                    _ => rest,
                },
                _ => return None,
            },
            _ => return None,
        };
    }
}

/// The path of an attribute, or those inside a `cfg_attr`.
fn paths(tokens: TokenStream, found: &mut dyn FnMut(Vec<Ident>, Span)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut path = Vec::new();
    for token in &tokens {
        match token {
            TokenTree::Ident(ident) => path.push(ident.clone()),
            token if is(token, ':') => {}
            _ => break,
        }
    }
    let Some(first) = path.first() else { return };
    if path.len() > 1 || first != "cfg_attr" {
        let span = first.span();
        return found(path, span);
    }
    let Some(TokenTree::Group(group)) = tokens.get(1) else { return };
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    for part in inside.split(|token| is(token, ',')).skip(1) {
        paths(part.iter().cloned().collect(), found);
    }
}
