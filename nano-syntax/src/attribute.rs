//! Options of our attributes, and the attributes taken off an item.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path, Token, Type, parse_quote, token};

use crate::cfg::CfgAttr;
use crate::errors::Errors;
use crate::name::RenameRule;
use crate::policy::Policy;

#[cfg(test)]
mod tests;

/// Names for an error message: "`name`", or "one of `name`, `crate`".
pub(crate) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let one_of = if names.len() == 1 { "" } else { "one of " };
    format!("{one_of}{}", names.join(", "))
}

/// The options that an attribute knows, by their names.
pub(crate) type Known = &'static [&'static str];

/// What was written between the parentheses.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) name: Option<LitStr>,
    pub(crate) rename_all: Option<RenameRule>,
    pub(crate) krate: Option<Path>,
    pub(crate) concurrent: bool,
    /// The option's path, for errors.
    pub(crate) internal: Option<Path>,
    /// The option's path, for errors.
    pub(crate) notify: Option<Path>,
    pub(crate) parts: Vec<Ident>,
    pub(crate) part: Option<LitStr>,
    pub(crate) policy: Policy,
    pub(crate) class: Option<Ident>,
    pub(crate) key: Option<LitStr>,
    pub(crate) room: Option<RoomOption>,
}

/// The option `room`, or `room(info = TableInfo)`.
#[derive(Debug)]
pub(crate) struct RoomOption {
    /// The option's path, for errors.
    pub(crate) path: Path,
    pub(crate) info: Option<Type>,
}

/// Where options are read from.
pub(crate) enum Source<'a> {
    /// What the compiler hands an attribute macro.
    Tokens(TokenStream),
    /// The parentheses of an attribute; an end that comes too early is reported at the closing one.
    List(&'a Attribute),
}

impl Options {
    /// Reads the options of `#[attribute(..)]`; a faulty one is reported and the rest still read.
    pub(crate) fn parse(
        attribute: &str,
        known: Known,
        source: Source<'_>,
        errors: &mut Errors,
    ) -> Self {
        let mut options = Self::default();
        if matches!(&source, Source::Tokens(tokens) if tokens.is_empty()) {
            return options;
        }
        let mut seen = Vec::new();
        let parser = syn::meta::parser(|meta| {
            if let Err(error) = options.read(attribute, known, &mut seen, &meta, errors) {
                errors.push(error);
                skip_option(meta.input)?;
            }
            Ok(())
        });
        let parsed = match source {
            Source::Tokens(tokens) => parser.parse2(tokens),
            Source::List(attribute) => attribute.parse_args_with(parser),
        };
        parsed.unwrap_or_else(|error| errors.push(error));
        options
    }

    fn read(
        &mut self,
        attribute: &str,
        known: Known,
        seen: &mut Vec<String>,
        meta: &ParseNestedMeta<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let option = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
        if !known.contains(&option.as_str()) {
            return Err(unknown(attribute, known, &meta.path));
        }
        if seen.contains(&option) {
            errors.on(&meta.path, format_args!("option `{option}` is given twice"));
        }
        match option.as_str() {
            "name" => self.name = Some(string(meta)?),
            "rename_all" => self.rename_all = RenameRule::parse(&string(meta)?, errors),
            "concurrent" => {
                no_value(meta)?;
                self.concurrent = true;
            }
            "internal" => {
                no_value(meta)?;
                self.internal = Some(meta.path.clone());
            }
            "part" => self.part = Some(string(meta)?),
            "class" => self.class = Some(class(meta)?),
            "key" => self.key = Some(string(meta)?),
            "parts" => self.parts = parts(meta, errors)?,
            "room" => self.room = Some(room(meta, errors)?),
            "notify" => {
                no_value(meta)?;
                self.notify = Some(meta.path.clone());
            }
            "crate" => self.krate = Some(crate_path(meta)?),
            _ => self.policy.read(&option, meta, errors)?,
        }
        seen.push(option);
        Ok(())
    }
}

fn unknown(attribute: &str, known: Known, path: &Path) -> syn::Error {
    let given = quote::quote!(#path).to_string();
    let expected = one_of(known.iter().copied());
    syn::Error::new_spanned(
        path,
        format!("unknown option `{given}` of `#[{attribute}]`, expected {expected}"),
    )
}

/// The names in `parts(chat, admin)`.
fn parts(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> syn::Result<Vec<Ident>> {
    if !meta.input.peek(token::Paren) {
        let message = "option `parts` takes names in parentheses: `parts(chat, admin)`";
        return Err(syn::Error::new_spanned(&meta.path, message));
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let names = content.parse_terminated(Ident::parse_any, Token![,])?;
    let mut parts: Vec<Ident> = Vec::new();
    for name in names {
        if parts.contains(&name) {
            errors.on(&name, format_args!("part `{name}` is given twice"));
        } else {
            parts.push(name);
        }
    }
    Ok(parts)
}

/// The info in `room(info = TableInfo)`. With a fault in it, the component is a room all the same: its hooks are right.
fn room(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> syn::Result<RoomOption> {
    let path = meta.path.clone();
    let message = "option `room` takes no value, or the type of its info: `room(info = TableInfo)`";
    let mut info = None;
    if meta.input.peek(token::Paren) {
        meta.parse_nested_meta(|meta| {
            if meta.path.is_ident("info") && info.is_none() {
                info = Some(meta.value()?.parse()?);
                return Ok(());
            }
            errors.on(&meta.path, message);
            skip_option(meta.input)
        })?;
    } else if meta.input.peek(Token![=]) {
        errors.on(&path, message);
        skip_option(meta.input)?;
    }
    Ok(RoomOption { path, info })
}

fn no_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        let path = &meta.path;
        let option = quote::quote!(#path).to_string();
        return Err(syn::Error::new_spanned(path, format!("option `{option}` takes no value")));
    }
    Ok(())
}

fn string(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    if !meta.input.peek(Token![=]) {
        let path = &meta.path;
        let option = quote::quote!(#path).to_string();
        return Err(syn::Error::new_spanned(
            path,
            format!("option `{option}` takes a string: `{option} = \"..\"`"),
        ));
    }
    meta.value()?.parse()
}

/// The name in `class = latest`.
fn class(meta: &ParseNestedMeta<'_>) -> syn::Result<Ident> {
    let message = "option `class` takes a name without quotes: `class = latest`";
    if !meta.input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(&meta.path, message));
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        return Err(value.error(message));
    }
    value.parse()
}

fn crate_path(meta: &ParseNestedMeta<'_>) -> syn::Result<Path> {
    if !meta.input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(
            &meta.path,
            "option `crate` takes a path: `crate = ::nano`",
        ));
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        return Err(value.error("option `crate` takes a path without quotes: `crate = ::nano`"));
    }
    Path::parse_mod_style(value)
}

fn skip_option(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// One of our attributes, taken off a method.
#[derive(Debug)]
pub(crate) struct Helper {
    /// `handler`, `on`, `every` or `push`.
    pub(crate) name: &'static str,
    pub(crate) attribute: Attribute,
    /// The condition, when it stood in a `#[cfg_attr(..)]`.
    pub(crate) condition: Option<Attribute>,
}

impl Helper {
    /// The options between the parentheses, none without them.
    pub(crate) fn options(&self, known: Known, errors: &mut Errors) -> Options {
        match &self.attribute.meta {
            Meta::Path(_) => Options::default(),
            Meta::List(list) if list.tokens.is_empty() => Options::default(),
            Meta::List(_) => {
                Options::parse(self.name, known, Source::List(&self.attribute), errors)
            }
            Meta::NameValue(_) => {
                let name = self.name;
                errors.on(
                    &self.attribute,
                    format_args!("options go into parentheses: `#[{name}(..)]`"),
                );
                Options::default()
            }
        }
    }
}

/// Removes those of `names` from `attributes`, in whatever form they are written.
pub(crate) fn take_helpers(
    attributes: &mut Vec<Attribute>,
    names: &[&'static str],
    krate: Option<&Path>,
) -> Vec<Helper> {
    let mut helpers = Vec::new();
    let mut rest = Vec::with_capacity(attributes.len());
    for attribute in attributes.drain(..) {
        if let Some(name) = helper_name(attribute.path(), names, krate) {
            helpers.push(Helper { name, attribute, condition: None });
            continue;
        }
        let Some(mut conditional) = CfgAttr::of(&attribute) else {
            rest.push(attribute);
            continue;
        };
        let condition = &conditional.condition;
        // What is made of it stands where it stood, for errors to point at.
        let like = |meta| Attribute { meta, ..attribute.clone() };
        let condition = like(parse_quote!(cfg(#condition)));
        let before = helpers.len();
        conditional.attributes.retain(|meta| match helper_name(meta.path(), names, krate) {
            None => true,
            Some(name) => {
                let attribute = like(meta.clone());
                helpers.push(Helper { name, attribute, condition: Some(condition.clone()) });
                false
            }
        });
        if helpers.len() == before {
            rest.push(attribute)
        } else {
            rest.extend(conditional.to_attribute())
        }
    }
    *attributes = rest;
    helpers
}

/// Recognises `handler`, `nano::handler`, `::nano::handler` and, with `crate = engine`,
/// `engine::handler`. Another crate's attribute of the same name is left to it.
fn helper_name(path: &Path, names: &[&'static str], krate: Option<&Path>) -> Option<&'static str> {
    let last = path.segments.last()?;
    let name = names.iter().find(|name| last.ident == **name)?;
    let front: Vec<&Ident> =
        path.segments.iter().rev().skip(1).map(|segment| &segment.ident).collect();
    let is = |krate: &[&Ident]| front.iter().rev().eq(krate.iter());
    let ours = match front.as_slice() {
        [] => path.leading_colon.is_none(),
        [one] if *one == "nano" => true,
        _ => krate.is_some_and(|krate| {
            is(&krate.segments.iter().map(|segment| &segment.ident).collect::<Vec<_>>())
        }),
    };
    ours.then_some(*name)
}

/// The `#[doc = ".."]` attributes: what `///` becomes.
pub(crate) fn doc_attributes(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| matches!(&attribute.meta, Meta::NameValue(meta) if meta.path.is_ident("doc")))
        .cloned()
        .collect()
}

/// The documentation as one text, as its author laid it out.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_literal).collect();
    // Block comments arrive as one literal of several lines; `///` lines start with a space.
    let lines: Vec<&str> = lines.iter().flat_map(|text| text.split('\n')).collect();
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> =
        lines.iter().map(|line| line.get(indent..).unwrap_or("").trim_end()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn doc_literal(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
