//! The types that an item names apart from its fields.

use syn::{Attribute, Generics, LitStr, Type};

/// Serde's attributes that name a type to convert from or into.
const CONVERSIONS: [&str; 3] = ["from", "try_from", "into"];

/// The defaults of the parameters, then the types that `#[serde(..)]` converts from and into.
///
/// An attribute that cannot be read is left to serde, which reports it.
pub(super) fn of(attributes: &[Attribute], generics: Option<&Generics>) -> Vec<Type> {
    let parameters = generics.into_iter().flat_map(Generics::type_params);
    let mut found: Vec<Type> =
        parameters.filter_map(|param| Some(param.default.as_ref()?.1.clone())).collect();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<proc_macro2::TokenStream>()?;
            } else if meta.input.peek(syn::Token![=]) {
                let value: syn::Expr = meta.value()?.parse()?;
                if CONVERSIONS.contains(&name.as_str())
                    && let Some(ty) = text(&value).and_then(|text| text.parse().ok())
                {
                    found.push(ty);
                }
            }
            Ok(())
        });
    }
    found
}

fn text(value: &syn::Expr) -> Option<&LitStr> {
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text),
        syn::Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}
