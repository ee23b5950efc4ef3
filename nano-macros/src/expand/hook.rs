//! The entry of a hook or timer in the definition of its component.

use nano_syntax::{Hook, Lifecycle, NodeEvent, RoomEvent, SessionEvent, Trigger};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::{entry, names};

pub(super) fn expand(hook: &Hook) -> TokenStream {
    let span = names::span_of(&hook.ident);
    let Hook { ident, label, trigger, cfgs, signature } = hook;
    let trigger = match trigger {
        Trigger::Lifecycle(moment) => {
            let moment = match moment {
                Lifecycle::Init => "Init",
                Lifecycle::AfterInit => "AfterInit",
                Lifecycle::Drain => "Drain",
                Lifecycle::BeforeShutdown => "BeforeShutdown",
                Lifecycle::Shutdown => "Shutdown",
            };
            let moment = Ident::new(moment, span);
            quote_spanned!(span=> __nano::Lifecycle::#moment.hook(#label))
        }
        Trigger::Session(event) => {
            let event = match event {
                SessionEvent::Opened => "Opened",
                SessionEvent::Bound => "Bound",
                SessionEvent::Lost => "Lost",
                SessionEvent::Resumed => "Resumed",
                SessionEvent::Closed => "Closed",
            };
            let event = Ident::new(event, span);
            quote_spanned!(span=> __nano::SessionEvent::#event.hook(#label))
        }
        Trigger::Node(event) => {
            let event = match event {
                NodeEvent::Joined => "Joined",
                NodeEvent::Left => "Left",
            };
            let event = Ident::new(event, span);
            quote_spanned!(span=> __nano::NodeEvent::#event.hook(#label))
        }
        Trigger::RoomLost => quote_spanned!(span=> __nano::LoseRoom::new(#label)),
        Trigger::Handshake => {
            let announced = match signature.payload() {
                Some(ty) => quote!(#ty),
                None => quote_spanned!(span=> ()),
            };
            quote_spanned!(span=> __nano::HandshakeHook::<#announced, _>::new(#label))
        }
        Trigger::Enter => {
            quote_spanned!(span=> __nano::Enter::<<Self as __nano::Room>::Entry>::new(#label))
        }
        Trigger::Leave => quote_spanned!(span=> __nano::Leave::new(#label)),
        Trigger::Room(event) => {
            let event = match event {
                RoomEvent::Close => "Close",
            };
            let event = Ident::new(event, span);
            quote_spanned!(span=> __nano::RoomEvent::#event.hook(#label))
        }
        Trigger::Every(period) => {
            let millis = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
            let millis = Literal::u64_unsuffixed(millis);
            quote_spanned!(span=> __nano::Every::new(__nano::Duration::from_millis(#millis), #label))
        }
        Trigger::Cron(expression) => {
            quote_spanned!(span=> __nano::Cron::new(#expression, #label))
        }
    };
    entry::expand(&trigger, ident, signature, cfgs, span)
}
