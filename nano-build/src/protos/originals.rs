//! The comments of `.proto` files in the documentation of clients, which has them as they were written.

use std::collections::BTreeMap;

use nano_syntax::scan::{ScannedType, docs};
use syn::{Attribute, Fields, Item, parse_quote};

/// Puts the comments, by the Markdown that stands for them in Rust, into a type that was generated.
pub(super) fn restore(ty: &mut ScannedType, originals: &BTreeMap<String, String>) {
    if let Some(text) = originals.get(&ty.docs) {
        ty.docs.clone_from(text);
    }
    match &mut ty.item {
        Item::Struct(item) => of_fields(&mut item.fields, originals),
        Item::Enum(item) => {
            for variant in &mut item.variants {
                of_attributes(&mut variant.attrs, originals);
                of_fields(&mut variant.fields, originals);
            }
        }
        _ => {}
    }
}

fn of_fields(fields: &mut Fields, originals: &BTreeMap<String, String>) {
    fields.iter_mut().for_each(|field| of_attributes(&mut field.attrs, originals));
}

fn of_attributes(attributes: &mut Vec<Attribute>, originals: &BTreeMap<String, String>) {
    if let Some(text) = originals.get(&docs(attributes)) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        attributes.push(parse_quote!(#[doc = #text]));
    }
}

/// The text of a comment, without the space after `//`.
pub(crate) fn text(comment: &str) -> String {
    let lines = comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}
