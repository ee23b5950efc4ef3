//! Collects what is wrong, so that the user sees all of it in one compilation.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors found so far.
#[derive(Debug, Default)]
pub struct Errors {
    errors: Vec<syn::Error>,
    shown: Vec<&'static str>,
}

impl Errors {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error made elsewhere.
    pub fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// Adds an error at a span.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.errors.push(syn::Error::new(span, message));
    }

    /// Adds an error that underlines all of `tokens`.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.errors.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error that ends with the accepted forms, unless an earlier one showed them already.
    pub(crate) fn on_with_forms(
        &mut self,
        tokens: impl ToTokens,
        message: impl Display,
        forms: &'static str,
    ) {
        if self.shown.contains(&forms) {
            self.on(tokens, message);
        } else {
            self.shown.push(forms);
            self.on(tokens, format_args!("{message}\n\n{forms}"));
        }
    }

    /// How many errors there are; a parser compares before and after.
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &syn::Error> {
        self.errors.iter()
    }

    /// One `compile_error!` per error, each at its tokens.
    pub fn to_compile_errors(&self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }
}
