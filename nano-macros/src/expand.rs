//! From tokens to tokens.
//!
//! The user's item always comes first and whole, minus our attributes, so that an editor keeps
//! working on it while it is wrong; then what is generated for the parts that are right; then the
//! errors. An expansion must not depend on what the user has in scope: it names what `__nano` stands
//! for, in a scope of its own, or `::core::..`.

mod client;
mod component;
mod entry;
mod handler;
mod hook;
mod names;
mod policy;
mod push;

use nano_syntax::{Component, Errors, Push};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Item;

#[cfg(test)]
mod tests;

/// Expands `#[component(options)] item`.
pub(crate) fn component(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let mut block = match parse(item, &mut errors) {
        Ok(Item::Impl(block)) => block,
        Ok(other) => {
            errors
                .push(misuse("`#[component]` goes on an inherent impl block: `impl Room { .. }`"));
            return with_errors(other, &errors);
        }
        Err(tokens) => return with_errors(tokens, &errors),
    };
    let generated = Component::parse(options, &mut block, &mut errors);
    let generated = generated.map(|model| component::expand(&model));
    with_errors(quote!(#block #generated), &errors)
}

/// Expands `#[push(options)] item`.
pub(crate) fn push(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let mut item = match parse(item, &mut errors) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => {
            let message = match other {
                // A method without a body is not an item to syn.
                Item::Fn(_) | Item::Verbatim(_) => {
                    "`#[push(..)]` on a method only works inside a trait marked `#[push]`"
                }
                _ => "`#[push]` goes on a trait",
            };
            errors.push(misuse(message));
            return with_errors(other, &errors);
        }
        Err(tokens) => return with_errors(tokens, &errors),
    };
    let model = Push::parse(options, &mut item, &mut errors);
    with_errors(push::expand(&model), &errors)
}

/// Expands an attribute that `#[component]` should have taken off.
pub(crate) fn misplaced(attribute: &str, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    errors.push(misuse(&format!(
        "`#[{attribute}]` only works on a method of an impl block marked `#[component]`"
    )));
    with_errors(item, &errors)
}

/// An error about the attribute itself, which the call site is.
fn misuse(message: &str) -> syn::Error {
    syn::Error::new(Span::call_site(), message)
}

/// Hands back the tokens of what cannot be parsed.
fn parse(item: TokenStream, errors: &mut Errors) -> Result<Item, TokenStream> {
    syn::parse2(item.clone()).map_err(|error| {
        errors.push(error);
        item
    })
}

fn with_errors(item: impl ToTokens, errors: &Errors) -> TokenStream {
    let errors = errors.to_compile_errors();
    quote!(#item #errors)
}
