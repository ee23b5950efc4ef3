//! Compares expansions with `expected/<case>.expanded.rs`.
//!
//! Every `expected/<case>.rs` is a case. `UPDATE_EXPECT=1 cargo test -p nano-macros` writes what
//! comes out; read the difference before committing it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, File, Item, Meta};

use super::{component, misplaced, push};

const EXPANDED: &str = ".expanded.rs";

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/expand/expected")
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(directory()).expect("the directory of cases is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Expands the outermost attribute of ours on each item, as rustc would.
fn expand_file(source: &str) -> String {
    let file: File = syn::parse_str(source).expect("a case is Rust");
    let tokens: TokenStream = file.items.into_iter().map(expand_item).collect();
    let header: String = source
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| format!("{line}\n"))
        .collect();
    header + &format(tokens)
}

fn format(tokens: TokenStream) -> String {
    let file: File = syn::parse2(tokens).expect("an expansion is Rust");
    prettyplease::unparse(&file)
}

fn expand_item(mut item: Item) -> TokenStream {
    let attributes: &mut Vec<Attribute> = match &mut item {
        Item::Impl(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        _ => return item.into_token_stream(),
    };
    let ours = ["component", "push", "handler", "on", "every", "cron"];
    let position = attributes.iter().position(|attribute| {
        ours.iter()
            .any(|name| attribute.path().segments.last().is_some_and(|last| last.ident == name))
    });
    let Some(position) = position else { return item.into_token_stream() };
    let attribute = attributes.remove(position);
    let options = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let name = attribute.path().segments.last().expect("a path has a segment").ident.to_string();
    match name.as_str() {
        "component" => component(options, item.into_token_stream()),
        "push" => push(options, item.into_token_stream()),
        name => misplaced(name, item.into_token_stream()),
    }
}

#[test]
fn expansions_are_as_expected() {
    let update = env::var_os("UPDATE_EXPECT").is_some();
    let mut different = Vec::new();
    let cases: Vec<String> = names().into_iter().filter(|name| !name.ends_with(EXPANDED)).collect();
    assert!(!cases.is_empty(), "no cases in {}", directory().display());
    for case in cases {
        let source = fs::read_to_string(directory().join(&case)).expect("a case can be read");
        let expanded = expand_file(&source);
        let path = directory().join(case.replace(".rs", EXPANDED));
        if update {
            fs::write(&path, &expanded).expect("an expansion can be written");
        } else if fs::read_to_string(&path).ok().as_deref() != Some(expanded.as_str()) {
            different.push(format!("{case} expands to\n{expanded}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_expansion_has_its_case() {
    let names = names();
    for name in names.iter().filter(|name| name.ends_with(EXPANDED)) {
        assert!(names.contains(&name.replace(EXPANDED, ".rs")), "{name} is left over");
    }
}

/// The implementation of `Component` in the documentation of `Definition` is what is written here.
#[test]
fn what_the_documentation_shows_by_hand_is_what_is_written() {
    let path = directory().join("../../../../nano/src/component/definition.rs");
    let docs = fs::read_to_string(path).expect("the documentation of `Definition`");
    let docs = docs.lines().filter_map(|line| line.strip_prefix("///"));
    let docs: Vec<_> = docs.collect();
    let shown = docs.join("\n");
    let shown = shown.split("```").nth(1).expect("an example");
    let written =
        fs::read_to_string(directory().join("by_hand.expanded.rs")).expect("an expansion");
    assert_eq!(component_impl(shown), component_impl(&written));
}

/// The tokens of the implementation of `Component`, but for what depends on layout and imports.
fn component_impl(source: &str) -> String {
    let file: File = syn::parse_str(source).expect("Rust");
    let mut items = file.items;
    while let Some(item) = items.pop() {
        match item {
            Item::Impl(mut item) if item.trait_.is_some() => {
                item.attrs.clear();
                let text = item.into_token_stream().to_string();
                let text: String = text.replace("__nano :: ", "").split_whitespace().collect();
                return text.replace(",)", ")");
            }
            Item::Const(item) => {
                let text = item.expr.into_token_stream().to_string();
                let block: syn::Block = syn::parse_str(&text).expect("a block");
                items.extend(block.stmts.into_iter().filter_map(|stmt| match stmt {
                    syn::Stmt::Item(item) => Some(item),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    panic!("no implementation of a trait in\n{source}")
}

#[test]
fn what_does_not_parse_is_handed_back_with_the_error() {
    let broken: TokenStream =
        "impl Room { fn join(&self) -> { } }".parse().expect("these are tokens");
    for expand in [component, push] {
        let expanded = expand(TokenStream::new(), broken.clone()).to_string();
        assert!(expanded.starts_with(&broken.to_string()), "{expanded}");
        assert_eq!(expanded.matches("compile_error").count(), 1, "{expanded}");
    }
}
