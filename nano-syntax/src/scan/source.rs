//! One file: its text, and the items in it that exist under the configuration.

use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Item, ItemMod};

use super::attributes;
use super::bodies;
use super::cfg_set::CfgSet;
use super::error::ErrorKind;
use super::nesting;

#[cfg(test)]
mod tests;

/// The contents of a file.
#[derive(Debug)]
pub(super) struct Source {
    /// True if the conditions inside the file hold.
    pub(super) is_active: bool,
    pub(super) nodes: Vec<Node>,
}

/// An item, modules apart from all others.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Module(Rc<ModuleNode>),
    Item(Rc<Item>),
}

/// A `mod`.
#[derive(Debug)]
pub(super) struct ModuleNode {
    pub(super) ident: Ident,
    /// Its attributes whose conditions hold.
    pub(super) attributes: Vec<Attribute>,
    /// The value of `#[path = ".."]`.
    pub(super) path: Option<String>,
    /// The contents of its braces, if it has any.
    pub(super) inline: Option<Vec<Node>>,
}

/// A mistake in a file, with its place.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(kind: ErrorKind, span: Span, message: impl Into<String>) -> Self {
        let (line, column) = position(span);
        Self { kind, line, column, message: message.into() }
    }
}

/// Line and column from one, as compilers count.
pub(super) fn position(span: Span) -> (usize, usize) {
    let start = span.start();
    (start.line.max(1), start.column + 1)
}

/// Returns `true` if the span is a place in a file; tokens that macros make have none.
pub(super) fn is_known(span: Span) -> bool {
    !span.byte_range().is_empty()
}

/// Reads a file's text. A file that cannot be parsed has faults only.
pub(super) fn parse(text: &str, cfg: &CfgSet) -> (Option<Source>, Vec<Fault>) {
    let mut faults = Vec::new();
    let file = match parse_items(text) {
        Ok(file) => file,
        Err(fault) => return (None, vec![fault]),
    };
    let mut errors = Vec::new();
    let is_active = attributes::active(file.attrs, cfg, &mut errors).is_some();
    let nodes = nodes(file.items, cfg, &mut errors, &mut faults);
    for error in errors.into_iter().flatten() {
        faults.push(Fault::new(ErrorKind::Cfg, error.span(), error.to_string()));
    }
    (Some(Source { is_active, nodes }), faults)
}

/// The tokens that a scan depends on: all but those in the bodies of functions.
pub(super) fn tokens(text: &str) -> Result<TokenStream, Fault> {
    let tokens: TokenStream = match rust(text).parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            let message = "this is no token of Rust, or a delimiter without its other half";
            return Err(Fault::new(ErrorKind::Syntax, error.span(), message));
        }
    };
    if let Some(span) = nesting::too_many_delimiters(&tokens) {
        let limit = nesting::MAX_NESTING;
        let message = format!("delimiters nest too deep, the limit is {limit}");
        return Err(Fault::new(ErrorKind::Limit, span, message));
    }
    Ok(bodies::empty(tokens))
}

fn parse_items(text: &str) -> Result<syn::File, Fault> {
    let tokens = tokens(text)?;
    if let Some(span) = nesting::too_many_levels(tokens.clone()) {
        let message = format!(
            "an expression or a type nests too deep or is too long, the limits are {} levels and {} tokens",
            nesting::MAX_LEVELS,
            nesting::MAX_RUN
        );
        return Err(Fault::new(ErrorKind::Limit, span, message));
    }
    syn::parse2(tokens).map_err(|error: syn::Error| {
        if is_known(error.span()) {
            return Fault::new(ErrorKind::Syntax, error.span(), error.to_string());
        }
        let (line, column) = end(rust(text));
        Fault { kind: ErrorKind::Syntax, line, column, message: error.to_string() }
    })
}

/// The text without a byte order mark and a shebang.
fn rust(text: &str) -> &str {
    without_shebang(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The text without the first line that is for the shell; its line break stays, so that lines
/// count right.
fn without_shebang(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("#!") else { return text };
    // `#![..]` may have anything but a token between.
    if skip_blank(rest).starts_with('[') {
        return text;
    }
    text.find('\n').and_then(|end| text.get(end..)).unwrap_or_default()
}

/// Skips white space and comments.
fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix("//") {
            text = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if let Some(rest) = text.strip_prefix("/*") {
            text = after_block(rest);
        } else {
            return text;
        }
    }
}

/// Skips the rest of a block comment, in which others may nest.
fn after_block(mut text: &str) -> &str {
    let mut open = 1_usize;
    while open > 0 {
        let Some(at) = text.find(['/', '*']) else { return "" };
        text = text.get(at..).unwrap_or_default();
        let (change, length) = match text.get(..2) {
            Some("/*") => (1, 2),
            Some("*/") => (-1, 2),
            _ => (0, 1),
        };
        open = open.saturating_add_signed(change);
        text = text.get(length..).unwrap_or_default();
    }
    text
}

fn end(text: &str) -> (usize, usize) {
    let lines = text.matches('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    (lines + 1, last.chars().count() + 1)
}

fn nodes(
    items: Vec<Item>,
    cfg: &CfgSet,
    errors: &mut Vec<syn::Error>,
    faults: &mut Vec<Fault>,
) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(items.len());
    for mut item in items {
        if let Some(slot) = attributes::of_item(&mut item) {
            match attributes::active(std::mem::take(slot), cfg, errors) {
                Some(active) => *slot = active,
                None => continue,
            }
        }
        nodes.push(match item {
            Item::Mod(item) => module(item, cfg, errors, faults),
            mut item => {
                attributes::strip_parts(&mut item, cfg, errors);
                Node::Item(Rc::new(item))
            }
        });
    }
    nodes
}

fn module(
    item: ItemMod,
    cfg: &CfgSet,
    errors: &mut Vec<syn::Error>,
    faults: &mut Vec<Fault>,
) -> Node {
    let path = path(&item.attrs, faults);
    let inline = item.content.map(|(_, items)| nodes(items, cfg, errors, faults));
    let ItemMod { ident, attrs: attributes, .. } = item;
    Node::Module(Rc::new(ModuleNode { ident, attributes, path, inline }))
}

fn path(attributes: &[Attribute], faults: &mut Vec<Fault>) -> Option<String> {
    match attributes::path(attributes)? {
        Ok(path) => Some(path.value()),
        Err(error) => {
            faults.push(Fault::new(ErrorKind::Module, error.span(), error.to_string()));
            None
        }
    }
}
