//! The attribute macros on a type, which change what serde's derive is given.
//!
//! Those of the crate `serde_with` are applied as it does; others cannot be known.

use nano_syntax::scan::{ScannedType, TypeAttribute};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, Field, Ident, Item, Lit, Meta, Path, Token, Type, parse_quote,
};

use super::describer::Describer;
use super::mapping::hint;
use super::problems::place;
use crate::serde_options::serde_options;

/// A macro that is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Macro {
    SkipSerializingNone,
    SerdeAs,
}

impl Macro {
    /// A name without a path may have come by a `*` or `#[macro_use]`.
    fn of(path: &str) -> Option<Self> {
        let name = path.strip_prefix("serde_with::").unwrap_or(path);
        match name {
            "skip_serializing_none" => Some(Self::SkipSerializingNone),
            "serde_as" => Some(Self::SerdeAs),
            _ => None,
        }
    }
}

/// The item with its macros applied. Macros that are not known are problems.
pub(super) fn applied(describer: &mut Describer<'_>, scanned: &ScannedType) -> Item {
    let mut item = scanned.item.clone();
    for attribute in &scanned.attributes {
        match Macro::of(&attribute.path) {
            Some(known) => apply(known, &mut item),
            None if !attribute.may_be_macro => continue,
            None => {
                if describer.harmless.get(&attribute.path).is_none() {
                    let message = unknown(&attribute.path, "on it", scanned);
                    add(describer, scanned, attribute, message);
                }
                continue;
            }
        }
        if is_below_derive(&scanned.item, attribute.at) {
            let message = format!(
                "`#[{}]` stands below `#[derive(..)]`, where serde does not see what it changes: put it above",
                attribute.path
            );
            add(describer, scanned, attribute, message);
        }
    }
    for path in &scanned.macros_around {
        if describer.harmless.get(path).is_none() {
            let message = unknown(path, "on a module around it", scanned);
            describer.problems.add(&scanned.at, message);
        }
    }
    item
}

fn unknown(macro_path: &str, place: &str, scanned: &ScannedType) -> String {
    let path = &scanned.path;
    format!(
        "the attribute macro `#[{macro_path}]` {place} may change what serde makes of `{path}`: {}, or, if it changes nothing there, say so with Config::harmless_macro({macro_path:?})",
        hint(path)
    )
}

fn add(
    describer: &mut Describer<'_>,
    scanned: &ScannedType,
    attribute: &TypeAttribute,
    message: String,
) {
    let at = attributes(&scanned.item).get(attribute.at);
    let at = at.map_or_else(|| scanned.at.clone(), |at| place(&scanned.at.file, at.path()));
    describer.problems.add(&at, message);
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => &[],
    }
}

fn is_below_derive(item: &Item, at: usize) -> bool {
    attributes(item).iter().take(at).any(|attribute| attribute.path().is_ident("derive"))
}

fn apply(known: Macro, item: &mut Item) {
    let each: fn(&mut Field) = match known {
        Macro::SkipSerializingNone => skip_none,
        Macro::SerdeAs => convert_as,
    };
    match item {
        Item::Struct(item) => item.fields.iter_mut().for_each(each),
        Item::Enum(item) => {
            item.variants.iter_mut().flat_map(|variant| variant.fields.iter_mut()).for_each(each);
        }
        _ => {}
    }
}

fn skip_none(field: &mut Field) {
    let is_always =
        field.attrs.iter().any(|attribute| attribute.path().is_ident("serialize_always"));
    if is_option(&field.ty) && !is_always && !has_serde(field, "skip_serializing_if") {
        field.attrs.push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
    }
}

/// Replaces `#[serde_as(..)]` by what it stands for in serde.
fn convert_as(field: &mut Field) {
    let marks = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde_as"));
    let options: Vec<(String, Option<Type>)> = marks.filter_map(as_options).flatten().collect();
    let is_named = |name: &str| options.iter().any(|(known, _)| known == name);
    let to_option = |name: &str| {
        let ty = options.iter().find(|(known, _)| known == name).and_then(|(_, ty)| ty.as_ref());
        ty.is_some_and(is_option)
    };
    let mut more: Vec<Attribute> = Vec::new();
    if is_named("as") {
        more.push(parse_quote!(#[serde(with = "serde_with::As")]));
    }
    if is_named("serialize_as") {
        more.push(parse_quote!(#[serde(serialize_with = "serde_with::As")]));
    }
    if is_named("deserialize_as") {
        more.push(parse_quote!(#[serde(deserialize_with = "serde_with::As")]));
    }
    let reads_option = is_option(&field.ty) && (to_option("as") || to_option("deserialize_as"));
    if reads_option && !is_named("no_default") && !has_serde(field, "default") {
        more.push(parse_quote!(#[serde(default)]));
    }
    field.attrs.append(&mut more);
}

/// The options of one `#[serde_as(..)]`; one that cannot be read is reported by the macro.
fn as_options(attribute: &Attribute) -> Option<Vec<(String, Option<Type>)>> {
    let Meta::List(list) = &attribute.meta else { return None };
    let option = |input: ParseStream<'_>| {
        let name = Ident::parse_any(input)?.unraw().to_string();
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse::<Expr>()?),
            None => None,
        };
        let ty = value.and_then(|value| match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.parse().ok(),
            _ => None,
        });
        Ok((name, ty))
    };
    let parser =
        |input: ParseStream<'_>| Punctuated::<_, Token![,]>::parse_terminated_with(input, option);
    let options = parser.parse2(list.tokens.clone()).ok()?;
    Some(options.into_iter().collect())
}

fn has_serde(field: &Field, name: &str) -> bool {
    serde_options(&field.attrs).any(|option| option.path().is_ident(name))
}

/// Returns `true` for an option as `serde_with` recognises it, which follows no imports.
fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Group(inner) => is_option(&inner.elem),
        Type::Paren(inner) => is_option(&inner.elem),
        Type::Path(path) => match &path.qself {
            Some(inner) => is_option(&inner.ty),
            None => is_option_path(&path.path),
        },
        _ => false,
    }
}

fn is_option_path(path: &Path) -> bool {
    let names: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
    match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["Option"] => path.leading_colon.is_none(),
        ["std" | "core", "option", "Option"] => true,
        _ => false,
    }
}
