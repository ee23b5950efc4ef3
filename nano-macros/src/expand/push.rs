//! A push trait: a struct of its name, which sends its events and hears them.

use nano_syntax::{Event, Push, PushClass, unraw};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::names::{self, Side};

pub(super) fn expand(push: &Push) -> TokenStream {
    let span = names::span_of(&push.ident);
    let Push { ident, vis, attributes, events, .. } = push;
    let name = unraw(ident);
    let [to, on] =
        ["To", "On"].map(|suffix| format_ident!("{}{suffix}", ident.unraw(), span = ident.span()));
    let to_docs = format!("Sends the pushes of [`{name}`] to one target, from [`{name}::to`].");
    let on_docs = format!("Hears the pushes of [`{name}`], from [`{name}::on`].");
    let senders = events.iter().map(sender);
    let listeners = events.iter().map(listener);
    let entries = events.iter().map(|event| {
        let Event { route, docs, cfgs, .. } = event;
        let method = unraw(&event.ident);
        quote_spanned!(span=> #(#cfgs)* __nano::PushEvent { route: #route, method: #method, docs: #docs })
    });
    let items = quote_spanned! {span=>
        impl #ident {
            /// Sends to `target`: a session, a group, a part of a group.
            pub fn to<__T: __nano::PushTarget + ?__nano::Sized>(target: &__T) -> #to<'_, __T> {
                #to(target)
            }

            /// Listens to `source`: a Rust client.
            pub fn on<__S: __nano::PushSource>(source: &__S) -> #on<'_, __S> {
                #on(source)
            }
        }

        impl<__T: __nano::PushTarget + ?__nano::Sized> #to<'_, __T> {
            #(#senders)*
        }

        impl<__S: __nano::PushSource> #on<'_, __S> {
            #(#listeners)*
        }

        impl __nano::From<#ident> for __nano::PushSet {
            fn from(_: #ident) -> Self {
                Self::new(#name, &[#(#entries),*])
            }
        }
    };
    let derive = names::derive(span);
    let items = names::scope(push.krate.as_ref(), span, &items);
    quote_spanned! {span=>
        #(#attributes)*
        #[#derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #ident;

        #[doc = #to_docs]
        #[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
        #vis struct #to<'a, T: ?::core::marker::Sized>(&'a T);

        #[doc = #on_docs]
        #[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
        #vis struct #on<'a, S>(&'a S);

        #items
    }
}

/// The documentation and conditions of both methods of an event.
fn head(event: &Event, verb: &str) -> TokenStream {
    let span = names::span_of(&event.ident);
    let attributes = &event.attributes;
    let note = format!(" {verb} `{}`.", event.route);
    let separator = (!event.docs.is_empty()).then(|| quote!(#[doc = ""]));
    quote_spanned!(span=> #(#attributes)* #separator #[doc = #note])
}

fn sender(event: &Event) -> TokenStream {
    let span = names::span_of(&event.ident);
    let Event { ident, route, class, .. } = event;
    let head = head(event, "Pushes");
    let (parameter, argument, encoder) = match &event.message {
        Some((name, ty)) => {
            (quote_spanned!(span=> , #name: &#ty), quote!(#name), names::probe("encoder", ty))
        }
        None => {
            (quote!(), quote_spanned!(span=> &()), quote_spanned!(span=> __nano::Encoder::unit()))
        }
    };
    let push = match class {
        PushClass::Reliable => quote_spanned!(span=> reliable(#route)),
        PushClass::Latest { key: None } => quote_spanned!(span=> latest(#route)),
        PushClass::Latest { key: Some(key) } => {
            // An error of the field, or of its type, is reported at the option.
            let at = Span::mixed_site().located_at(key.span());
            let message = event.message.as_ref().map(|(name, _)| {
                let mut name = name.clone();
                name.set_span(key.span().resolved_at(name.span()));
                name
            });
            quote_spanned!(at=> latest_of(#route, &#message.#key))
        }
        PushClass::Lossy => quote_spanned!(span=> lossy(#route)),
    };
    quote_spanned! {span=>
        #head
        pub fn #ident(&self #parameter) -> __nano::Result<()> {
            self.0.push_with(__nano::Push::#push, #argument, #encoder)
        }
    }
}

fn listener(event: &Event) -> TokenStream {
    let span = names::span_of(&event.ident);
    let Event { ident, route, .. } = event;
    let head = head(event, "Hears");
    let (takes, clause, call) = match Side::of(event.message.as_ref().map(|(_, ty)| ty)) {
        Side::Nothing => {
            (quote!(), None, quote_spanned!(span=> on_bytes(#route, move |_| handler())))
        }
        Side::Bytes(ty) => (quote!(#ty), None, quote_spanned!(span=> on_bytes(#route, handler))),
        Side::Typed(ty) => (
            quote!(#ty),
            Some(quote_spanned!(span=> where __S::Serializer: __nano::Decode<#ty>)),
            quote_spanned!(span=> on(#route, handler)),
        ),
    };
    let mutable = event.message.is_none().then(|| quote_spanned!(span=> mut));
    quote_spanned! {span=>
        #head
        pub fn #ident(
            &self,
            #mutable handler: impl __nano::FnMut(#takes) + __nano::Send + 'static,
        ) -> &Self
        #clause
        {
            self.0.#call;
            self
        }
    }
}
