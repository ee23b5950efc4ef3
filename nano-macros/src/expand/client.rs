//! The typed caller: `RoomClient`.

use std::collections::BTreeSet;

use nano_syntax::{Component, Handler, unraw};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{PathArguments, Type};

use super::names::{self, Side};

/// Inherent or derived on the caller itself; a handler of that name gets an underscore.
const RESERVED: [&str; 2] = ["new", "clone"];

/// Nothing for a generic component: a caller would have to name types that only the server knows.
///
/// The struct, and its methods for the scope in which `__nano` is known.
pub(super) fn expand(component: &Component) -> Option<(TokenStream, TokenStream)> {
    if !component.generics.params.is_empty() || has_arguments(&component.ty) {
        return None;
    }
    let span = names::span_of(&component.ident);
    let ident = format_ident!("{}Client", component.ident.unraw(), span = component.ident.span());
    let title =
        format!("Calls the handlers of {}: from a bot, a test, another node.", link(component));
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let methods: Vec<_> = component
        .handlers
        .iter()
        .map(|handler| method(component, handler, &method_name(handler, &mut taken)))
        .collect();
    if component.part.is_some() {
        let path = beside(&component.ty, &ident);
        let items = quote_spanned!(span=> impl<__C: __nano::Caller> #path<__C> { #(#methods)* });
        return (!methods.is_empty()).then(|| (TokenStream::new(), items));
    }
    let items = quote_spanned! {span=>
        impl<__C: __nano::Caller> #ident<__C> {
            /// Calls through a clone of `caller`.
            pub fn new(caller: &__C) -> Self
            where
                __C: __nano::Clone,
            {
                Self(__nano::Clone::clone(caller))
            }

            #(#methods)*
        }
    };
    // Parts may stand in any module of the crate.
    let field = if component.parts.is_empty() {
        quote_spanned!(span=> C)
    } else {
        quote_spanned!(span=> pub(crate) C)
    };
    let derive = names::derive(span);
    let caller = quote_spanned! {span=>
        #[doc = #title]
        #[#derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        pub struct #ident<C>(#field);
    };
    Some((caller, items))
}

/// A link that works from next to the impl block; rustdoc warns about a target that repeats the text.
fn link(component: &Component) -> String {
    let ty = &component.ty;
    let path = quote!(#ty).to_string().replace(' ', "");
    let name = unraw(&component.ident);
    if path == name { format!("[`{name}`]") } else { format!("[`{name}`]({path})") }
}

/// The path of `ident` where a part finds its component: beside it.
fn beside(ty: &Type, ident: &Ident) -> TokenStream {
    match ty {
        Type::Path(path) => {
            let mut path = path.path.clone();
            if let Some(last) = path.segments.last_mut() {
                last.ident = ident.clone();
            }
            path.into_token_stream()
        }
        Type::Paren(inner) => beside(&inner.elem, ident),
        Type::Group(inner) => beside(&inner.elem, ident),
        _ => ident.into_token_stream(),
    }
}

fn has_arguments(ty: &Type) -> bool {
    match ty {
        Type::Paren(inner) => has_arguments(&inner.elem),
        Type::Group(inner) => has_arguments(&inner.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| !matches!(segment.arguments, PathArguments::None)),
        _ => false,
    }
}

/// The handler's name, with underscores until no other method has it. The same handler under
/// several conditions keeps one name.
fn method_name(handler: &Handler, taken: &mut BTreeSet<String>) -> Ident {
    let mut ident = handler.ident.clone();
    while taken.contains(&unraw(&ident)) && (handler.cfgs.is_empty() || is_reserved(&ident)) {
        ident = format_ident!("{}_", ident.unraw(), span = handler.ident.span());
    }
    taken.insert(unraw(&ident));
    ident
}

fn is_reserved(ident: &Ident) -> bool {
    RESERVED.iter().any(|name| ident == name)
}

fn method(component: &Component, handler: &Handler, name: &Ident) -> TokenStream {
    let span = names::span_of(&handler.ident);
    let (cfgs, docs) = (&handler.cfgs, &handler.doc_attributes);
    let route = &handler.route;
    let signature = &handler.signature;
    let is_request = handler.is_request;
    let note = format!(" {} `{route}`.", if is_request { "Requests" } else { "Notifies" });
    let separator = (!docs.is_empty()).then(|| quote!(#[doc = ""]));

    let side = |ty: Option<&Type>| {
        let ty = ty.map(|ty| names::without_self(ty, &component.ty));
        Side::of(ty.as_ref())
    };
    let request = side(signature.payload());
    let reply = match side(signature.reply()) {
        // An empty reply, which the caller waits for: there may be an error instead.
        Side::Nothing if is_request => Side::Typed(syn::parse_quote_spanned!(span=> ())),
        reply => reply,
    };
    let (parameter, argument, encode) = match &request {
        Side::Bytes(ty) => {
            (quote_spanned!(span=> , request: #ty), quote_spanned!(span=> request), None)
        }
        Side::Nothing => {
            (quote!(), quote_spanned!(span=> &()), Some(quote_spanned!(span=> __nano::Encode<()>)))
        }
        Side::Typed(ty) => (
            quote_spanned!(span=> , request: &#ty),
            quote_spanned!(span=> request),
            Some(quote_spanned!(span=> __nano::Encode<#ty>)),
        ),
    };
    let (output, decode) = match &reply {
        Side::Bytes(ty) => (quote!(#ty), None),
        Side::Nothing => (quote_spanned!(span=> ()), None),
        Side::Typed(ty) => (quote!(#ty), Some(quote_spanned!(span=> __nano::Decode<#ty>))),
    };
    let call = match (&request, &reply) {
        (Side::Bytes(_), Side::Nothing) => "notify_bytes",
        (_, Side::Nothing) => "notify",
        (Side::Bytes(_), Side::Bytes(_)) => "request_bytes",
        (Side::Bytes(_), Side::Typed(_)) => "request_bytes_as",
        (_, Side::Bytes(_)) => "request_with",
        (_, Side::Typed(_)) => "request",
    };
    let call = Ident::new(call, span);
    let bounds: Vec<TokenStream> = encode.into_iter().chain(decode).collect();
    let clause =
        (!bounds.is_empty()).then(|| quote_spanned!(span=> where __C::Serializer: #(#bounds)+*));
    quote_spanned! {span=>
        #(#cfgs)*
        #(#docs)*
        #separator
        #[doc = #note]
        pub async fn #name(&self #parameter) -> __nano::Result<#output> #clause {
            self.0.#call(#route, #argument).await
        }
    }
}
