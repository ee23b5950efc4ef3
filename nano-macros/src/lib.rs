//! The attributes of nano. Use them through the `nano` crate, which documents them.
//!
//! `nano-syntax` parses and checks; `expand` turns its model into code. Both are pure functions
//! of tokens, tested against checked-in expansions.

mod expand;

use proc_macro::TokenStream;

/// Makes a component of an inherent impl block.
#[proc_macro_attribute]
pub fn component(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::component(options.into(), item.into()).into()
}

/// Marks a method that clients call, inside `#[component]`.
#[proc_macro_attribute]
pub fn handler(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("handler", item.into()).into()
}

/// Marks a method that runs at a moment in the life of the component or of a session, inside
/// `#[component]`.
#[proc_macro_attribute]
pub fn on(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("on", item.into()).into()
}

/// Marks a method that runs periodically, inside `#[component]`.
#[proc_macro_attribute]
pub fn every(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("every", item.into()).into()
}

/// Makes a set of typed pushes of a trait.
#[proc_macro_attribute]
pub fn push(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::push(options.into(), item.into()).into()
}
