//! `impl Component for Room`.

use nano_syntax::Component;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{handler, hook, names};

pub(super) fn expand(component: &Component) -> TokenStream {
    let span = names::span_of(&component.ident);
    let private = names::private(component.krate.as_ref(), span);
    let Component { name, ty, .. } = component;
    let (generics, _, clause) = component.generics.split_for_impl();
    let access = if component.is_exclusive() { quote!(Exclusive) } else { quote!(Shared) };
    let handlers = component.handlers.iter().map(|handler| handler::expand(component, handler));
    let hooks = component.hooks.iter().map(|hook| hook::expand(component, hook));
    quote_spanned! {span=>
        #[automatically_derived]
        #[allow(deprecated, unused_variables)]
        impl #generics #private::Component for #ty #clause {
            const NAME: &'static str = #name;
            type Access = #private::#access;
            fn define(__definition: &mut #private::Definition<Self>) {
                #(#handlers)*
                #(#hooks)*
            }
        }
    }
}
