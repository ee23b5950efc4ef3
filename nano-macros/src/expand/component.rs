//! What becomes of a component: `impl Component for Room`, and `RoomClient`.

use nano_syntax::Component;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{client, handler, hook, names};

pub(super) fn expand(component: &Component) -> TokenStream {
    let span = names::span_of(&component.ident);
    let Component { name, ty, .. } = component;
    let (generics, _, clause) = component.generics.split_for_impl();
    let access = if component.is_exclusive() { quote!(Exclusive) } else { quote!(Shared) };
    let handlers = component.handlers.iter().map(handler::expand);
    let hooks = component.hooks.iter().map(hook::expand);
    let (client, calls) = client::expand(component).unzip();
    let items = quote_spanned! {span=>
        #[automatically_derived]
        impl #generics __nano::Component for #ty #clause {
            const NAME: &'static str = #name;
            type Access = __nano::#access;
            fn define(on: &mut __nano::Definition<Self>) {
                #(#handlers)*
                #(#hooks)*
            }
        }

        #calls
    };
    let scope = names::scope(component.krate.as_ref(), span, &items);
    quote!(#client #scope)
}
