//! Attributes as the compiler leaves them: conditions evaluated, `cfg_attr` unfolded.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, ExprLit, Fields, Item, Lit, LitStr, Meta};

use super::cfg_set::CfgSet;
use crate::cfg::CfgAttr;

/// Returns the attributes that apply, or `None` if a condition among them does not hold.
///
/// A condition that cannot be evaluated is reported and counts as true.
pub(super) fn active(
    attributes: Vec<Attribute>,
    cfg: &CfgSet,
    errors: &mut Vec<syn::Error>,
) -> Option<Vec<Attribute>> {
    let mut kept = Vec::with_capacity(attributes.len());
    let mut holds = true;
    for attribute in attributes {
        holds &= unfold(attribute, cfg, errors, &mut kept);
    }
    holds.then_some(kept)
}

/// Returns `true` if an item with these conditions exists; they have been checked elsewhere.
pub(super) fn is_active(attributes: &[Attribute], cfg: &CfgSet) -> bool {
    active(attributes.to_vec(), cfg, &mut Vec::new()).is_some()
}

fn unfold(
    attribute: Attribute,
    cfg: &CfgSet,
    errors: &mut Vec<syn::Error>,
    kept: &mut Vec<Attribute>,
) -> bool {
    if attribute.path().is_ident("cfg") {
        return match &attribute.meta {
            Meta::List(list) => eval(&list.tokens, cfg, errors),
            _ => true,
        };
    }
    let Some(conditional) = CfgAttr::of(&attribute) else {
        kept.push(attribute);
        return true;
    };
    let mut holds = true;
    if eval(&conditional.condition, cfg, errors) {
        for meta in conditional.attributes {
            holds &= unfold(Attribute { meta, ..attribute.clone() }, cfg, errors, kept);
        }
    }
    holds
}

fn eval(predicate: &TokenStream, cfg: &CfgSet, errors: &mut Vec<syn::Error>) -> bool {
    cfg.eval(predicate).unwrap_or_else(|error| {
        errors.push(error);
        true
    })
}

/// The value of the first `#[path = ".."]`.
pub(super) fn path(attributes: &[Attribute]) -> Option<syn::Result<LitStr>> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    Some(match &attribute.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
            other => Err(syn::Error::new_spanned(other, "`path` takes a string")),
        },
        other => Err(syn::Error::new_spanned(other, "`path` takes a string: `path = \"..\"`")),
    })
}

/// The attributes of an item of any kind.
pub(super) fn of_item(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::ExternCrate(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::ForeignMod(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::TraitAlias(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}

/// Evaluates the conditions on the parts of a type.
pub(super) fn strip_parts(item: &mut Item, cfg: &CfgSet, errors: &mut Vec<syn::Error>) {
    match item {
        Item::Struct(item) => strip_fields(&mut item.fields, cfg, errors),
        Item::Union(item) => retain(&mut item.fields.named, |field| &mut field.attrs, cfg, errors),
        Item::Enum(item) => {
            retain(&mut item.variants, |variant| &mut variant.attrs, cfg, errors);
            for variant in &mut item.variants {
                strip_fields(&mut variant.fields, cfg, errors);
            }
        }
        _ => {}
    }
}

fn strip_fields(fields: &mut Fields, cfg: &CfgSet, errors: &mut Vec<syn::Error>) {
    match fields {
        Fields::Named(fields) => retain(&mut fields.named, |field| &mut field.attrs, cfg, errors),
        Fields::Unnamed(fields) => {
            retain(&mut fields.unnamed, |field| &mut field.attrs, cfg, errors);
        }
        Fields::Unit => {}
    }
}

fn retain<T>(
    parts: &mut syn::punctuated::Punctuated<T, syn::Token![,]>,
    attributes: impl Fn(&mut T) -> &mut Vec<Attribute>,
    cfg: &CfgSet,
    errors: &mut Vec<syn::Error>,
) {
    let all = std::mem::take(parts);
    parts.extend(all.into_iter().filter_map(|mut part| {
        let slot = attributes(&mut part);
        *slot = active(std::mem::take(slot), cfg, errors)?;
        Some(part)
    }));
}
