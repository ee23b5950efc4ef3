//! The full names of generated messages.
//!
//! prost has its own rules for names and modules. They are not repeated here: it writes the full
//! name of each message into an `impl prost::Name`.

use nano_syntax::unraw;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ImplItem, Item, ItemImpl, Lit, Type};

/// Lists the messages, each by its path in the file, without `r#`, and with its full name.
pub(super) fn full_names(items: &[Item]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    visit(items, "", &mut found);
    found
}

fn visit(items: &[Item], module: &str, found: &mut Vec<(String, String)>) {
    for item in items {
        match item {
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    visit(items, &format!("{module}{}::", unraw(&inner.ident)), found);
                }
            }
            Item::Impl(item) => {
                if let Some((ident, name)) = name(item) {
                    found.push((format!("{module}{ident}"), name));
                }
            }
            _ => {}
        }
    }
}

/// Reads what `full_name` of an `impl ::prost::Name for Type` returns.
fn name(item: &ItemImpl) -> Option<(String, String)> {
    let (of, _) = item.trait_.as_ref()?;
    if of.segments.last()?.ident != "Name" {
        return None;
    }
    let Type::Path(ty) = &*item.self_ty else { return None };
    let full = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == "full_name" => text(item.block.to_token_stream()),
        _ => None,
    })?;
    Some((unraw(&ty.path.segments.last()?.ident), full))
}

/// The first text in a function's body.
fn text(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => text(group.stream()),
        TokenTree::Literal(literal) => match Lit::new(literal) {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}
