//! Paths and spans of generated code.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, Type};

/// The span of what is generated for `ident`: errors point at it, names in it are the macro's own.
pub(super) fn span_of(ident: &Ident) -> Span {
    Span::mixed_site().located_at(ident.span())
}

/// The path that stands for the crate.
pub(super) fn krate(path: Option<&Path>, span: Span) -> TokenStream {
    path.map_or_else(|| quote_spanned!(span=> ::nano), ToTokens::to_token_stream)
}

/// Items in a scope of their own, in which `__nano` stands for what expansions name.
pub(super) fn scope(krate: Option<&Path>, span: Span, items: &TokenStream) -> TokenStream {
    let krate = self::krate(krate, span);
    quote_spanned! {span=>
        #[allow(
            clippy::needless_question_mark,
            dead_code,
            deprecated,
            non_snake_case,
            private_bounds,
            private_interfaces,
            rustdoc::broken_intra_doc_links,
            unreachable_pub,
            unused_variables,
        )]
        const _: () = {
            use #krate::__private as __nano;
            #items
        };
    }
}

/// The attribute `derive`, which must not depend on a prelude.
pub(super) fn derive(span: Span) -> TokenStream {
    quote_spanned!(span=> ::core::prelude::v1::derive)
}

/// One side of a message, as those see it that are generic over the serializer.
pub(super) enum Side {
    /// `Bytes`, by whatever path: goes over the wire as it is.
    Bytes(Type),
    /// Nothing, written as `()`.
    Nothing,
    Typed(Type),
}

impl Side {
    pub(super) fn of(ty: Option<&Type>) -> Self {
        match ty {
            None => Self::Nothing,
            Some(ty) if is_bytes(ty) => Self::Bytes(ty.clone()),
            Some(ty) => Self::Typed(ty.clone()),
        }
    }
}

fn is_bytes(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|segment| segment.ident == "Bytes")
        }
        Type::Paren(inner) => is_bytes(&inner.elem),
        Type::Group(inner) => is_bytes(&inner.elem),
        _ => false,
    }
}

/// A call of `decoder!` or `encoder!`: whatever is wrong with the type is reported at all of it.
pub(super) fn probe(name: &str, ty: &Type) -> TokenStream {
    let tokens: Vec<TokenTree> = ty.to_token_stream().into_iter().collect();
    let first = tokens.first().map_or_else(Span::mixed_site, TokenTree::span);
    let last = tokens.last().map_or(first, TokenTree::span);
    let start = Span::mixed_site().located_at(first);
    let name = Ident::new(name, start);
    // A macro call is underlined from its path to its closing delimiter.
    let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, quote!(#ty));
    arguments.set_span(Span::mixed_site().located_at(last));
    quote_spanned!(start=> __nano::#name! #arguments)
}

/// `ty` outside the impl block it comes from, where `Self` would be another type.
pub(super) fn without_self(ty: &Type, component: &Type) -> Type {
    let replaced = replace_self(ty.to_token_stream(), component);
    syn::parse2(replaced).unwrap_or_else(|_| ty.clone())
}

fn replace_self(tokens: TokenStream, component: &Type) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => quote!(#component),
        TokenTree::Group(group) => {
            let mut replaced =
                Group::new(group.delimiter(), replace_self(group.stream(), component));
            replaced.set_span(group.span());
            TokenTree::Group(replaced).into_token_stream()
        }
        other => other.into_token_stream(),
    });
    replaced.collect()
}
