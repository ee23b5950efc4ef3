//! A push trait: its methods on sessions and groups, and the set of its events.

use nano_syntax::{Event, Push, unraw};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::names;

pub(super) fn expand(push: &Push) -> TokenStream {
    let span = names::span_of(&push.ident);
    let krate = names::krate(push.krate.as_ref(), span);
    let private = quote_spanned!(span=> #krate::__private);
    let Push { ident, vis, attributes, events, .. } = push;
    let methods = events.iter().map(|event| method(push, event));
    let entries = events.iter().map(|event| {
        let Event { route, docs, cfgs, .. } = event;
        let method = unraw(&event.ident);
        quote_spanned!(span=> #(#cfgs)* #private::PushEvent { route: #route, method: #method, docs: #docs })
    });
    let name = unraw(ident);
    let app = krate.to_string().replace(' ', "");
    let title = format!(
        "The events of the trait [`{name}`](trait@{name}), for [`App::push`]({app}::App::push)."
    );
    quote_spanned! {span=>
        #(#attributes)*
        #vis trait #ident: #private::PushTarget {
            #(#methods)*
        }

        #[automatically_derived]
        impl<__T: #private::PushTarget + ?::core::marker::Sized> #ident for __T {}

        #[doc = #title]
        #[allow(dead_code, non_upper_case_globals)]
        #vis const #ident: #krate::PushSet = #private::PushSet::new(#name, &[#(#entries),*]);
    }
}

fn method(push: &Push, event: &Event) -> TokenStream {
    let span = names::span_of(&event.ident);
    let krate = push.krate.as_ref();
    let root = names::krate(krate, span);
    let Event { ident, route, attributes, .. } = event;
    let (parameter, argument, encoder) = match &event.message {
        Some((name, ty)) => {
            (quote_spanned!(span=> , #name: &#ty), quote!(#name), names::probe("encoder", ty))
        }
        None => {
            (quote!(), quote_spanned!(span=> &()), quote_spanned!(span=> __nano::Encoder::unit()))
        }
    };
    quote_spanned! {span=>
        #(#attributes)*
        fn #ident(&self #parameter) -> #root::Result<()> {
            use #root::__private as __nano;
            __nano::PushTarget::push_with(self, #route, #argument, #encoder)
        }
    }
}
