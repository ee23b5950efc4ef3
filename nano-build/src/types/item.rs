//! Structs and enums as serde's derive sees them.

use nano_syntax::scan::{ScannedType, TypeTree, TypeUse};
use proc_macro2::Span;
use serde_derive_internals::ast::{Container, Data};
use serde_derive_internals::{Ctxt, Derive};
use syn::{DeriveInput, Generics, Ident, Item, TypeParam};

use crate::manifest::Type;

/// A flattened type whose fields may all be absent.
pub(super) fn absent(ty: Type) -> Type {
    match ty {
        option @ Type::Option(_) => option,
        other => Type::Option(Box::new(other)),
    }
}

/// The type parameters of an item.
pub(super) fn parameters(item: &Item) -> impl Iterator<Item = &TypeParam> {
    let generics = match item {
        Item::Struct(item) => Some(&item.generics),
        Item::Enum(item) => Some(&item.generics),
        Item::Union(item) => Some(&item.generics),
        Item::Type(item) => Some(&item.generics),
        _ => None,
    };
    generics.into_iter().flat_map(Generics::type_params)
}

/// The type that serde reads instead of this one, if it does.
pub(super) fn read_as(scanned: &ScannedType) -> Option<&TypeTree> {
    let attributes = match &scanned.item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => return None,
    };
    // Most types have no attributes of serde, and need no copy.
    if !attributes.iter().any(|attribute| attribute.path().is_ident("serde")) {
        return None;
    }
    let input = derive_input(&scanned.item)?;
    let (container, _) = container(&input, Derive::Deserialize);
    let container = container?;
    if let Some(ty) = container.attrs.type_from().or(container.attrs.type_try_from()) {
        return mentioned(scanned, ty).map(|mention| &mention.tree);
    }
    let Data::Struct(_, fields) = &container.data else { return None };
    let at = fields.iter().position(|field| field.attrs.transparent())?;
    scanned.uses.get(at).map(|found| &found.tree)
}

/// The item as serde's derive takes it.
pub(super) fn derive_input(item: &Item) -> Option<DeriveInput> {
    match item {
        Item::Struct(item) => Some(item.clone().into()),
        Item::Enum(item) => Some(item.clone().into()),
        _ => None,
    }
}

/// The item with its attributes read, and the errors in them.
pub(super) fn container(
    input: &DeriveInput,
    derive: Derive,
) -> (Option<Container<'_>>, Vec<syn::Error>) {
    let context = Ctxt::new();
    let private = Ident::new("__private", Span::call_site());
    let container = Container::from_ast(&context, input, derive, &private);
    let errors = context.check().err();
    (container, errors.into_iter().flatten().collect())
}

/// A type that serde's attributes name, with its meaning.
pub(super) fn mentioned<'a>(scanned: &'a ScannedType, ty: &syn::Type) -> Option<&'a TypeUse> {
    scanned.mentions.iter().find(|mention| mention.ty == *ty)
}
