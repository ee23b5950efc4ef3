//! The policy of a handler, or the defaults of a component.

use nano_syntax::{Policy, Rate, Setting};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

/// `__nano::Policy::new().max_body(4096)`; `None` if the policy says nothing.
pub(super) fn expand(policy: &Policy, span: Span) -> Option<TokenStream> {
    if policy.is_empty() {
        return None;
    }
    let Policy { timeout, rate, max_body, guest, before } = policy;
    let timeout = setting(timeout, "timeout", span, |timeout| {
        // A year at most, which milliseconds in 64 bits can say.
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        duration(millis, span)
    });
    let rate = setting(rate, "rate", span, |Rate { count, period, burst }| {
        let count = Literal::u32_unsuffixed(*count);
        let period = duration(period.as_secs() * 1000, span);
        let burst =
            burst.map(Literal::u32_unsuffixed).map(|burst| quote_spanned!(span=> .burst(#burst)));
        quote_spanned!(span=> __nano::Rate::new(#count, #period)#burst)
    });
    let max_body = setting(max_body, "max_body", span, |bytes| {
        let bytes = Literal::u32_unsuffixed(*bytes);
        quote!(#bytes)
    });
    let guest = guest.as_ref().map(|guest| {
        let guest = matches!(guest, Setting::To(()));
        quote_spanned!(span=> .guest(#guest))
    });
    let before =
        setting(before, "before", span, |path| quote_spanned!(span=> __nano::Guard::new(#path)));
    Some(quote_spanned!(span=> __nano::Policy::new()#timeout #rate #max_body #guest #before))
}

/// `.name(value)`, or nothing if it is not mentioned.
fn setting<T>(
    setting: &Option<Setting<T>>,
    name: &str,
    span: Span,
    value: impl FnOnce(&T) -> TokenStream,
) -> Option<TokenStream> {
    let value = match setting.as_ref()? {
        Setting::Off => quote_spanned!(span=> __nano::None),
        Setting::To(setting) => value(setting),
    };
    let name = Ident::new(name, span);
    Some(quote_spanned!(span=> .#name(#value)))
}

fn duration(millis: u64, span: Span) -> TokenStream {
    let millis = Literal::u64_unsuffixed(millis);
    quote_spanned!(span=> __nano::Duration::from_millis(#millis))
}
