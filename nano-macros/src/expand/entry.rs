//! The statement that adds a method to the definition of its component.

use nano_syntax::{Borrow, Output, Param, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Attribute;

/// `on.shared(trigger, |this, call, payload| ..);`, at the method's span: its bounds are stated nowhere
/// else, so that rustc reports each once.
pub(super) fn expand(
    trigger: &TokenStream,
    method: &Ident,
    signature: &Signature,
    cfgs: &[Attribute],
    span: Span,
) -> TokenStream {
    let (form, closure) = if signature.is_async {
        (Ident::new("future", span), future(method, signature, span))
    } else {
        let form = match signature.borrow {
            Borrow::Shared => "shared",
            Borrow::Exclusive => "exclusive",
        };
        (Ident::new(form, span), plain(method, signature, span))
    };
    let statement = quote_spanned!(span=> on.#form(#trigger, #closure););
    if cfgs.is_empty() { statement } else { quote!(#(#cfgs)* { #statement }) }
}

fn plain(method: &Ident, signature: &Signature, span: Span) -> TokenStream {
    let uses_call =
        signature.params.iter().any(|param| !matches!(param, Param::Payload(_) | Param::Reply(_)));
    let call = if uses_call { quote_spanned!(span=> call) } else { quote_spanned!(span=> _) };
    let args = args(signature, span);
    let arguments = arguments(signature, &quote_spanned!(span=> &call.context()), span);
    let returned = returned(signature, quote_spanned!(span=> Self::#method(this #arguments)), span);
    quote_spanned!(span=> |this, #call, #args| #returned)
}

fn future(method: &Ident, signature: &Signature, span: Span) -> TokenStream {
    let borrow = match signature.borrow {
        Borrow::Shared => quote_spanned!(span=> &*call.shared().await?),
        Borrow::Exclusive => quote_spanned!(span=> &mut *call.exclusive().await?),
    };
    let args = args(signature, span);
    let arguments = arguments(signature, &quote_spanned!(span=> call.context()), span);
    let returned =
        returned(signature, quote_spanned!(span=> Self::#method(#borrow #arguments).await), span);
    quote_spanned!(span=> |call, #args| async move { #returned })
}

/// The pattern of the closure's last parameter.
fn args(signature: &Signature, span: Span) -> TokenStream {
    let payload = match signature.payload() {
        Some(_) => quote_spanned!(span=> payload),
        None => quote_spanned!(span=> _),
    };
    match signature.deferred() {
        Some(_) => quote_spanned!(span=> (#payload, reply)),
        None => payload,
    }
}

/// The arguments after `self`, each with a comma before it.
fn arguments(signature: &Signature, context: &TokenStream, span: Span) -> TokenStream {
    let arguments = signature.params.iter().map(|param| match param {
        Param::Session => quote_spanned!(span=> call.session()),
        Param::Node => quote_spanned!(span=> call.node()),
        Param::Context => context.clone(),
        Param::Reply(_) => quote_spanned!(span=> reply),
        Param::Data(_) => quote_spanned!(span=> call.data()?),
        Param::Payload(_) => quote_spanned!(span=> payload),
    });
    quote!(#(, #arguments)*)
}

/// What the method returned, as the result of the closure.
fn returned(signature: &Signature, call: TokenStream, span: Span) -> TokenStream {
    match signature.output {
        Output::Unit | Output::Value(_) => quote_spanned!(span=> __nano::Ok(#call)),
        Output::UnitResult | Output::ValueResult(_) => quote_spanned!(span=> __nano::Ok(#call?)),
    }
}
