//! Conditions on a method, and our attributes inside `#[cfg_attr(..)]`.
//!
//! rustc hands an attribute macro the methods with their conditions unevaluated. What is generated
//! for a method must be there exactly when the method is, so it carries the same conditions.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token, parse_quote};

/// The inside of `#[cfg_attr(condition, attribute, ..)]`.
pub(crate) struct CfgAttr {
    /// A predicate is not a path in general: `not(test)`, `true`.
    pub(crate) condition: TokenStream,
    pub(crate) attributes: Vec<Meta>,
}

impl Parse for CfgAttr {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut condition = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?.to_tokens(&mut condition);
        }
        input.parse::<Token![,]>()?;
        let attributes = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
        Ok(Self { condition, attributes: attributes.into_iter().collect() })
    }
}

impl CfgAttr {
    /// Reads `attribute`, if that is what it is; rustc reports one that is malformed.
    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        attribute.path().is_ident("cfg_attr").then(|| attribute.parse_args().ok()).flatten()
    }

    /// The attribute again, with what was left in it.
    pub(crate) fn to_attribute(&self) -> Option<Attribute> {
        let Self { condition, attributes } = self;
        (!attributes.is_empty()).then(|| parse_quote!(#[cfg_attr(#condition, #(#attributes),*)]))
    }
}

/// The conditions under which an item with these attributes exists.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter_map(|attribute| {
            if attribute.path().is_ident("cfg") {
                return Some(attribute.clone());
            }
            let mut inner = CfgAttr::of(attribute)?;
            inner.attributes.retain(|meta| meta.path().is_ident("cfg"));
            inner.to_attribute()
        })
        .collect()
}
