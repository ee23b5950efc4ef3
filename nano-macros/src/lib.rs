//! The attributes of nano. Use them through the `nano` crate, which documents them.
//!
//! `nano-syntax` parses and checks; `expand` turns its model into code. Both are pure functions
//! of tokens, tested against checked-in expansions.

#![allow(
    missing_docs,
    reason = "`nano` documents what it re-exports, and rustdoc would append these texts"
)]

mod expand;

use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn component(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::component(options.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn handler(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("handler", item.into()).into()
}

#[proc_macro_attribute]
pub fn on(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("on", item.into()).into()
}

#[proc_macro_attribute]
pub fn every(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("every", item.into()).into()
}

#[proc_macro_attribute]
pub fn cron(_options: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("cron", item.into()).into()
}

#[proc_macro_attribute]
pub fn push(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::push(options.into(), item.into()).into()
}
