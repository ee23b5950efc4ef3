//! Questions about a type that its syntax answers.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// The type without parentheses and the invisible groups of `macro_rules!`.
pub(super) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => peel(&inner.elem),
        Type::Group(inner) => peel(&inner.elem),
        other => other,
    }
}

/// The last segment of a path type.
pub(super) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Whether the type is a path that ends in `name`.
pub(super) fn last_is(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// The type arguments of a path segment.
pub(super) fn arguments(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether this is `()`.
pub(super) fn is_unit(ty: &Type) -> bool {
    matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// What keeps a type from being owned data, at any depth.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    ImplTrait,
    Reference,
    Lifetime,
    Infer,
}

/// The first flaw in the type's tokens. `impl`, `&` and `'a` mean one thing only inside a type, so
/// there is no need to walk its tree.
pub(super) fn flaw(ty: &Type) -> Option<Flaw> {
    flaw_in(ty.to_token_stream())
}

fn flaw_in(tokens: TokenStream) -> Option<Flaw> {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let flaw = match token {
            TokenTree::Ident(ident) if ident == "impl" => Some(Flaw::ImplTrait),
            TokenTree::Ident(ident) if ident == "_" => Some(Flaw::Infer),
            TokenTree::Punct(punct) if punct.as_char() == '&' => Some(Flaw::Reference),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let is_static =
                    matches!(tokens.next(), Some(TokenTree::Ident(ident)) if ident == "static");
                (!is_static).then_some(Flaw::Lifetime)
            }
            TokenTree::Group(group) => flaw_in(group.stream()),
            _ => None,
        };
        if flaw.is_some() {
            return flaw;
        }
    }
    None
}

/// The type as one would write it, for messages.
pub(super) fn text(ty: &Type) -> String {
    let mut text = String::new();
    let mut glue = true;
    write(ty.to_token_stream(), &mut text, &mut glue);
    text
}

fn write(tokens: TokenStream, text: &mut String, glue: &mut bool) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                *glue = true;
                write(group.stream(), text, glue);
                text.push_str(close);
                *glue = false;
            }
            TokenTree::Punct(punct) => {
                let char = punct.as_char();
                text.push(char);
                if matches!(char, ',' | ';' | '+' | '=') {
                    text.push(' ');
                }
                *glue = true;
            }
            word => {
                if !*glue {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
                *glue = false;
            }
        }
    }
}
