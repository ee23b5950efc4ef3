//! The typed caller: `RoomClient`.

use std::collections::BTreeSet;

use nano_syntax::{Component, Handler, unraw};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{PathArguments, Type};

use super::names;

/// Inherent or derived on the caller itself; a handler of that name gets an underscore.
const RESERVED: [&str; 2] = ["new", "clone"];

/// Nothing for a generic component: a caller would have to name types that only the server knows.
pub(super) fn expand(component: &Component) -> Option<TokenStream> {
    if !component.generics.params.is_empty() || has_arguments(&component.ty) {
        return None;
    }
    let span = names::span_of(&component.ident);
    let krate = &names::krate(component.krate.as_ref(), span);
    let ident = format_ident!("{}Client", component.ident.unraw(), span = component.ident.span());
    let title = format!(
        "Calls the handlers of {} from a Rust client: a test, a bot, another node.",
        link(component)
    );
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let methods = component.handlers.iter().map(|handler| {
        let name = method_name(handler, &mut taken);
        Method { component, handler, krate, name }.expand()
    });
    Some(quote_spanned! {span=>
        #krate::__private::client! {
            #[doc = #title]
            #[allow(dead_code, non_camel_case_types, unreachable_pub)]
            pub struct #ident<S = #krate::Json> {
                client: #krate::client::Client<S>,
            }

            #[automatically_derived]
            impl<__S> ::core::clone::Clone for #ident<__S> {
                fn clone(&self) -> Self {
                    Self { client: ::core::clone::Clone::clone(&self.client) }
                }
            }

            #[automatically_derived]
            impl<__S> ::core::fmt::Debug for #ident<__S> {
                fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(#ident))
                }
            }

            #[allow(
                dead_code,
                deprecated,
                non_snake_case,
                private_bounds,
                private_interfaces,
                rustdoc::broken_intra_doc_links,
                unreachable_pub,
            )]
            impl<__S: #krate::serializer::Serializer> #ident<__S> {
                /// Calls through `client`, whose connection is shared.
                pub fn new(client: &#krate::client::Client<__S>) -> Self {
                    Self { client: ::core::clone::Clone::clone(client) }
                }

                #(#methods)*
            }
        }
    })
}

/// A link that works from next to the impl block; rustdoc warns about a target that repeats the text.
fn link(component: &Component) -> String {
    let ty = &component.ty;
    let path = quote!(#ty).to_string().replace(' ', "");
    let name = unraw(&component.ident);
    if path == name { format!("[`{name}`]") } else { format!("[`{name}`]({path})") }
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

struct Method<'a> {
    component: &'a Component,
    handler: &'a Handler,
    krate: &'a TokenStream,
    name: Ident,
}

/// One side of a call, as the caller sees it.
enum Side {
    /// `Bytes`, by whatever path: goes over the wire as it is.
    Bytes(TokenStream),
    /// Nothing, written as `()`.
    Nothing,
    Typed(TokenStream),
}

impl Method<'_> {
    fn side(&self, ty: Option<&Type>) -> Side {
        match ty {
            None => Side::Nothing,
            Some(ty) => {
                let tokens = names::without_self(ty, &self.component.ty);
                if is_bytes(ty) { Side::Bytes(tokens) } else { Side::Typed(tokens) }
            }
        }
    }

    fn expand(&self) -> TokenStream {
        let Self { handler, krate, name, .. } = self;
        let span = names::span_of(&handler.ident);
        let (cfgs, docs) = (&handler.cfgs, &handler.doc_attributes);
        let route = &handler.route;
        let signature = &handler.signature;
        let is_request = signature.is_request();
        let note = format!(" {} `{route}`.", if is_request { "Requests" } else { "Notifies" });
        let separator = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
        let encode = |ty: &TokenStream| quote_spanned!(span=> #krate::serializer::Encode<#ty>);

        let request = self.side(signature.payload());
        let reply = match self.side(signature.reply()) {
            // An empty reply, which the client waits for: there may be an error instead.
            Side::Nothing if is_request => Side::Typed(quote_spanned!(span=> ())),
            reply => reply,
        };
        let (parameter, argument, encode) = match &request {
            Side::Bytes(ty) => {
                (quote_spanned!(span=> , request: #ty), quote_spanned!(span=> request), None)
            }
            Side::Nothing => {
                (quote!(), quote_spanned!(span=> &()), Some(encode(&quote_spanned!(span=> ()))))
            }
            Side::Typed(ty) => (
                quote_spanned!(span=> , request: &#ty),
                quote_spanned!(span=> request),
                Some(encode(ty)),
            ),
        };
        let (output, decode) = match &reply {
            Side::Bytes(ty) => (ty.clone(), None),
            Side::Nothing => (quote_spanned!(span=> ()), None),
            Side::Typed(ty) => {
                (ty.clone(), Some(quote_spanned!(span=> #krate::serializer::Decode<#ty>)))
            }
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
        let clause = (!bounds.is_empty()).then(|| quote_spanned!(span=> where __S: #(#bounds)+*));
        quote_spanned! {span=>
            #(#cfgs)*
            #(#docs)*
            #separator
            #[doc = #note]
            pub async fn #name(&self #parameter) -> #krate::Result<#output> #clause {
                self.client.#call(#route, #argument).await
            }
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
