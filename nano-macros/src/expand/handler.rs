//! The entry of a handler in the definition of its component.

use nano_syntax::{Handler, unraw};
use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::{entry, names, policy};

pub(super) fn expand(handler: &Handler) -> TokenStream {
    let span = names::span_of(&handler.ident);
    let Handler { ident, name, route, docs, signature, cfgs, .. } = handler;
    let method = unraw(ident);
    let mut trigger = if handler.is_request {
        quote_spanned!(span=> __nano::Route::request(#route))
    } else {
        quote_spanned!(span=> __nano::Route::notify(#route))
    };
    let mut add = |option: TokenStream| trigger.extend(option);
    if method != *name {
        add(quote_spanned!(span=> .method(#method)));
    }
    if !docs.is_empty() {
        add(quote_spanned!(span=> .docs(#docs)));
    }
    if handler.concurrent {
        add(quote_spanned!(span=> .concurrent()));
    }
    if handler.is_internal {
        add(quote_spanned!(span=> .internal()));
    }
    if !signature.takes_session() {
        add(quote_spanned!(span=> .sessionless()));
    }
    if let Some(policy) = policy::expand(&handler.policy, span) {
        add(quote_spanned!(span=> .policy(#policy)));
    }
    if let Some(ty) = signature.payload() {
        let decoder = names::probe("decoder", ty);
        add(quote_spanned!(span=> .payload(#decoder)));
    }
    if let Some(ty) = signature.reply() {
        let encoder = names::probe("encoder", ty);
        add(if signature.deferred().is_some() {
            quote_spanned!(span=> .reply_later(#encoder))
        } else {
            quote_spanned!(span=> .reply(#encoder))
        });
    }
    entry::expand(&trigger, ident, signature, cfgs, span)
}
