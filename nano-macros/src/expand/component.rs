//! What becomes of a component: `impl Component for Lobby`, `impl Room for Table`, and their callers.

use nano_syntax::{Component, Room, Trigger, unraw};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{client, handler, hook, names, policy};

pub(super) fn expand(component: &Component) -> TokenStream {
    let span = names::span_of(&component.ident);
    let Component { name, ty, .. } = component;
    let (generics, _, clause) = component.generics.split_for_impl();
    let own = if component.is_exclusive() { "Exclusive" } else { "Shared" };
    let own = Ident::new(own, span);
    let mut access = quote_spanned!(span=> __nano::#own);
    let (mut listed, mut defined) = (TokenStream::new(), TokenStream::new());
    for part in &component.parts {
        let span = names::span_of(part);
        let id = part_id(component, &unraw(part));
        if !component.is_exclusive() {
            access = quote_spanned! {span=>
                <#access as __nano::Join<<Self as __nano::Part<#id>>::Access>>::Access
            };
        }
        listed.extend(quote_spanned! {span=>
            impl #generics __nano::Listed<#id> for #ty #clause {}
        });
        defined.extend(quote_spanned!(span=> <Self as __nano::Part<#id>>::define(on);));
    }
    let handlers = component.handlers.iter().map(handler::expand);
    let hooks = component.hooks.iter().map(hook::expand);
    let mut define = quote!(#(#handlers)* #(#hooks)* #defined);
    if let Some(policy) = policy::expand(&component.policy, span) {
        define = quote_spanned!(span=> on.defaults(#policy, |on| { #define }););
    }
    let (client, calls) = client::expand(component).unzip();
    let block = if let Some(part) = &component.part {
        let id = part_id(component, &part.value());
        let span = Span::mixed_site().located_at(part.span());
        quote_spanned! {span=>
            #[automatically_derived]
            impl #generics __nano::Part<#id> for #ty #clause {
                type Access = #access;
                fn define(on: &mut __nano::Definition<Self>) {
                    #define
                }
            }
        }
    } else {
        let is_room = component.room.as_ref().map(|_| quote_spanned!(span=> on.room();));
        let room = component.room.as_ref().map(|room| self::room(component, room, span));
        quote_spanned! {span=>
            #room

            #[automatically_derived]
            impl #generics __nano::Component for #ty #clause {
                const NAME: &'static str = #name;
                type Access = #access;
                fn define(on: &mut __nano::Definition<Self>) {
                    #is_room
                    #define
                }
            }

            #listed
        }
    };
    let items = quote!(#block #calls);
    let scope = names::scope(component.krate.as_ref(), span, &items);
    quote!(#client #scope)
}

/// The implementation of `Room`.
fn room(component: &Component, room: &Room, span: Span) -> TokenStream {
    let ty = &component.ty;
    let (generics, _, clause) = component.generics.split_for_impl();
    let nothing = || quote_spanned!(span=> ());
    let enter = component.hooks.iter().find(|hook| hook.trigger == Trigger::Enter);
    let entry = enter.and_then(|hook| hook.signature.payload());
    let entry = entry.map_or_else(nothing, ToTokens::to_token_stream);
    let info = room.info.as_ref().map_or_else(nothing, ToTokens::to_token_stream);
    quote_spanned! {span=>
        #[automatically_derived]
        impl #generics __nano::Room for #ty #clause {
            type Entry = #entry;
            type Info = #info;
        }
    }
}

/// Stands for a part in types: FNV-1a over the names of component and part.
fn part_id(component: &Component, part: &str) -> u64 {
    let bytes = component.name.bytes().chain([0]).chain(part.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
