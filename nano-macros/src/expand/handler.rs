//! The entry of a handler in the definition of its component.

use nano_syntax::{Borrow, Component, Handler, Output, Param, Signature, unraw};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::names;

/// One statement, at the handler's span: its bounds are stated nowhere else, so that rustc reports
/// each once.
pub(super) fn expand(component: &Component, handler: &Handler) -> TokenStream {
    let span = names::span_of(&handler.ident);
    let krate = component.krate.as_ref();
    let private = names::private(krate, span);
    let Handler { route, docs, concurrent, signature, .. } = handler;
    let method = unraw(&handler.ident);
    let kind = if signature.is_request() { quote!(Request) } else { quote!(Notify) };
    let decoder = match signature.payload() {
        Some(ty) => names::probe(krate, "decoder", ty),
        None => quote_spanned!(span=> #private::Decoder::none()),
    };
    let encoder = match signature.reply() {
        Some(ty) => names::probe(krate, "encoder", ty),
        None => quote_spanned!(span=> #private::Encoder::unit()),
    };
    let body = body(handler, span, &private);
    let encoder_name =
        if signature.reply().is_some() { quote_spanned!(span=> __encoder) } else { quote!(_) };
    let entry = quote_spanned! {span=>
        __definition.route(
            #private::RouteInfo {
                name: #route,
                method: #method,
                docs: #docs,
                concurrent: #concurrent,
                kind: #private::RouteKind::#kind,
            },
            #decoder,
            #encoder,
            |__context, __call, __decoder, #encoder_name| { #body },
        );
    };
    conditional(&handler.cfgs, entry)
}

/// The statement under the method's conditions.
pub(super) fn conditional(cfgs: &[syn::Attribute], statement: TokenStream) -> TokenStream {
    if cfgs.is_empty() { statement } else { quote!(#(#cfgs)* { #statement }) }
}

fn body(handler: &Handler, span: Span, private: &TokenStream) -> TokenStream {
    let signature = &handler.signature;
    let payload = if signature.payload().is_some() {
        quote_spanned!(span=> __payload)
    } else {
        quote_spanned!(span=> ())
    };
    let decode = quote_spanned! {span=>
        let ::core::option::Option::Some((__call, #payload)) = __call.decode(__decoder) else {
            return #private::Step::ready(());
        };
    };
    let reply = signature
        .deferred()
        .map(|_| quote_spanned!(span=> let (__call, __reply) = __call.reply(__encoder);));
    let finish = finish(signature, span);
    let run = run(
        &Call {
            method: &handler.ident,
            signature,
            span,
            private,
            session: quote_spanned!(span=> __call.session()),
        },
        &finish,
    );
    quote!(#decode #reply #run)
}

fn finish(signature: &Signature, span: Span) -> TokenStream {
    match (signature.deferred(), &signature.output) {
        (None, Output::Unit) => quote_spanned!(span=> __call.finish(())),
        (None, Output::UnitResult) => quote_spanned!(span=> __call.finish_result(__output)),
        (None, Output::Value(_)) => quote_spanned!(span=> __call.finish_value(__output, __encoder)),
        (None, Output::ValueResult(_)) => {
            quote_spanned!(span=> __call.finish_value_result(__output, __encoder))
        }
        (Some(_), Output::Unit) => quote_spanned!(span=> __call.finish_deferred(())),
        (Some(_), _) => quote_spanned!(span=> __call.finish_deferred_result(__output)),
    }
}

/// What is needed to call a method with its borrow.
pub(super) struct Call<'a> {
    pub(super) method: &'a syn::Ident,
    pub(super) signature: &'a Signature,
    pub(super) span: Span,
    pub(super) private: &'a TokenStream,
    /// The argument for `&Session`.
    pub(super) session: TokenStream,
}

/// The step that waits for the component's borrow, calls the method, and then evaluates `finish`,
/// which finds what the method returned in `__output`.
pub(super) fn run(call: &Call<'_>, finish: &TokenStream) -> TokenStream {
    let Call { method, signature, span, private, session } = call;
    let span = *span;
    let arguments = signature.params.iter().map(|param| match param {
        Param::Session => session.clone(),
        Param::Context => quote_spanned!(span=> &__context),
        Param::Reply(_) => quote_spanned!(span=> __reply),
        Param::Payload(_) => quote_spanned!(span=> __payload),
    });
    let arguments = quote!(#(, #arguments)*);
    let keep = |call: TokenStream| match signature.output {
        Output::Unit => quote_spanned!(span=> #call;),
        _ => quote_spanned!(span=> let __output = #call;),
    };
    if signature.is_async {
        let (this, borrow, lock) = match signature.borrow {
            Borrow::Exclusive => (
                quote_spanned!(span=> mut __this),
                quote_spanned!(span=> &mut),
                quote_spanned!(span=> exclusive),
            ),
            Borrow::Shared => (
                quote_spanned!(span=> __this),
                quote_spanned!(span=> &),
                quote_spanned!(span=> shared),
            ),
        };
        let call = keep(quote_spanned!(span=> Self::#method(#borrow __this #arguments).await));
        return quote_spanned! {span=>
            let __context = ::core::clone::Clone::clone(__context);
            #private::Step::pending(async move {
                let #this = __context.#lock().await;
                #call
                ::core::mem::drop(__this);
                #finish
            })
        };
    }
    let call = keep(quote_spanned!(span=> Self::#method(__this #arguments)));
    let run = match signature.borrow {
        Borrow::Exclusive => quote_spanned!(span=> run_exclusive),
        Borrow::Shared => quote_spanned!(span=> run_shared),
    };
    let takes_context = signature.params.iter().any(|param| matches!(param, Param::Context));
    let (runner, clone) = if takes_context {
        let clone = quote_spanned! {span=>
            let __runner = __context;
            let __context = ::core::clone::Clone::clone(__context);
        };
        (quote_spanned!(span=> __runner), Some(clone))
    } else {
        (quote_spanned!(span=> __context), None)
    };
    quote_spanned! {span=>
        #clone
        #runner.#run(move |__this| { #call #finish })
    }
}
