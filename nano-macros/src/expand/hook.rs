//! The entry of a hook or timer in the definition of its component.

use nano_syntax::{Component, Hook, Lifecycle, Output, Param, SessionEvent, Trigger};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::handler::{self, Call};
use super::names;

pub(super) fn expand(component: &Component, hook: &Hook) -> TokenStream {
    let span = names::span_of(&hook.ident);
    let private = &names::private(component.krate.as_ref(), span);
    let signature = &hook.signature;
    let finish = match signature.output {
        Output::Unit => quote_spanned!(span=> #private::done(())),
        _ => quote_spanned!(span=> #private::done_result(__output)),
    };
    let call = Call {
        method: &hook.ident,
        signature,
        span,
        private,
        session: quote_spanned!(span=> &__session),
    };
    let run = handler::run(&call, &finish);
    let label = &hook.label;
    let entry = match hook.trigger {
        Trigger::Lifecycle(moment) => {
            let moment = match moment {
                Lifecycle::Init => quote!(Init),
                Lifecycle::AfterInit => quote!(AfterInit),
                Lifecycle::BeforeShutdown => quote!(BeforeShutdown),
                Lifecycle::Shutdown => quote!(Shutdown),
            };
            quote_spanned!(span=> __definition.lifecycle(#private::Lifecycle::#moment, #label, |__context| { #run });)
        }
        Trigger::Session(event) => {
            let event = match event {
                SessionEvent::Opened => quote!(Opened),
                SessionEvent::Bound => quote!(Bound),
                SessionEvent::Closed => quote!(Closed),
            };
            let takes_session =
                signature.params.iter().any(|param| matches!(param, Param::Session));
            let keep = takes_session.then(
                || quote_spanned!(span=> let __session = ::core::clone::Clone::clone(__session);),
            );
            quote_spanned! {span=>
                __definition.session_hook(#private::SessionEvent::#event, #label, |__context, __session| {
                    #keep
                    #run
                });
            }
        }
        Trigger::Every(period) => {
            let millis = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
            quote_spanned! {span=>
                __definition.every(#label, #private::Duration::from_millis(#millis), |__context| { #run });
            }
        }
    };
    handler::conditional(&hook.cfgs, entry)
}
