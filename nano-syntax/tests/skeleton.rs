//! The skeletons of the fixtures, which change only with the parts that a scan depends on.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nano_syntax::scan::skeleton;
use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Block, ImplItem, Item, TraitItem};

/// The texts of all fixtures that are Rust from the first byte on.
fn texts() -> Vec<(PathBuf, String)> {
    fn visit(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a readable fixture");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut found);
    found.retain(|(_, text)| !text.starts_with(['\u{feff}']) && !text.starts_with("#!/"));
    found.retain(|(_, text)| skeleton(text).is_some());
    // These would overflow the stack of the parser that the tests compare with.
    found.retain(|(path, _)| !path.iter().any(|part| part == "nested_too_deep"));
    found
}

/// A token without tokens inside, or a documentation comment, by its place in the text.
struct Leaf {
    at: Range<usize>,
    /// True if the next token belongs to it, as in `::` and `'a`.
    is_joint: bool,
}

fn leaves(text: &str) -> Vec<Leaf> {
    fn visit(text: &str, tokens: TokenStream, found: &mut Vec<Leaf>) {
        for token in tokens {
            let at = token.span().byte_range();
            match token {
                TokenTree::Group(group) => {
                    // The tokens of a comment are where the comment is, which is there already.
                    if text[at].starts_with(['(', '[', '{']) {
                        let ends = [group.span_open(), group.span_close()].map(|s| s.byte_range());
                        let [open, close] = ends.map(|at| Leaf { at, is_joint: false });
                        found.push(open);
                        visit(text, group.stream(), found);
                        found.push(close);
                    }
                }
                TokenTree::Punct(punct) if found.last().is_none_or(|last| last.at != at) => {
                    let is_comment = text[at.clone()].len() > 1;
                    let is_joint = punct.spacing() == Spacing::Joint && !is_comment;
                    found.push(Leaf { at, is_joint });
                }
                TokenTree::Punct(_) => {}
                _ => found.push(Leaf { at, is_joint: false }),
            }
        }
    }
    let mut found = Vec::new();
    visit(text, text.parse().expect("tokens"), &mut found);
    found
}

/// The contents of the braces of the functions that are not inside of functions.
fn bodies(text: &str) -> Vec<Range<usize>> {
    fn visit(items: &[Item], found: &mut Vec<Range<usize>>) {
        let inside = |block: &Block| {
            let whole = block.span().byte_range();
            whole.start + 1..whole.end - 1
        };
        for item in items {
            match item {
                Item::Fn(item) => found.push(inside(&item.block)),
                Item::Impl(item) => found.extend(item.items.iter().filter_map(|item| match item {
                    ImplItem::Fn(item) => Some(inside(&item.block)),
                    _ => None,
                })),
                Item::Trait(item) => {
                    found.extend(item.items.iter().filter_map(|item| match item {
                        TraitItem::Fn(item) => item.default.as_ref().map(inside),
                        _ => None,
                    }))
                }
                Item::Mod(item) => {
                    visit(item.content.as_ref().map_or(&[], |(_, items)| items), found);
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    if let Ok(file) = syn::parse_file(text) {
        visit(&file.items, &mut found);
    }
    found
}

fn replace(text: &str, at: &Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..at.start], &text[at.end..])
}

/// Another token of the same kind.
fn changed(token: &str) -> String {
    match token.chars().next() {
        Some('/') if token.starts_with("/*") => token.replace("*/", "x*/"),
        Some('/') if token.len() > 1 => format!("{token}x"),
        Some('"') => "\"another\"".to_owned(),
        Some(first) if first.is_alphanumeric() || first == '_' => format!("{token}x"),
        Some(';') => ",".to_owned(),
        _ => ";".to_owned(),
    }
}

#[test]
fn comments_and_white_space_make_no_difference() {
    let mut tried = 0;
    for (path, text) in texts() {
        let before = skeleton(&text);
        let mut is_joint = false;
        for leaf in leaves(&text) {
            if !is_joint {
                for blank in
                    ["\n\n\t", "/* x */", "/* #[component] impl X { /* */ } */", "\n// x\n"]
                {
                    let at = leaf.at.start..leaf.at.start;
                    let text = replace(&text, &at, blank);
                    assert_eq!(skeleton(&text), before, "{}:\n{text}", path.display());
                    tried += 1;
                }
            }
            is_joint = leaf.is_joint;
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn what_functions_do_makes_no_difference() {
    let mut tried = 0;
    for (path, text) in texts() {
        let before = skeleton(&text);
        for body in bodies(&text) {
            if text[body.clone()].contains('#') {
                continue;
            }
            for inside in ["", "1", "no rust here !", "{ { fn a() { } } mod x; }", "call!(|x| x);"]
            {
                let text = replace(&text, &body, inside);
                assert_eq!(skeleton(&text), before, "{}:\n{text}", path.display());
                tried += 1;
            }
            // The scanner has to report a component that hides in it.
            for hidden in [
                "#[component] impl X { }",
                "struct X; { #[nano::push] pub(crate) trait X { } }",
                "make! { #[cfg_attr(all(), component)] $item }",
            ] {
                let text = replace(&text, &body, hidden);
                assert_ne!(skeleton(&text), before, "{}:\n{text}", path.display());
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn all_else_makes_a_difference() {
    let mut tried = 0;
    for (path, text) in texts() {
        let before = skeleton(&text);
        let bodies = bodies(&text);
        // A text that the parser cannot read may have bodies that are not known.
        if syn::parse_file(&text).is_err() {
            continue;
        }
        for leaf in leaves(&text) {
            let token = &text[leaf.at.clone()];
            let is_inside =
                |body: &Range<usize>| body.start <= leaf.at.start && leaf.at.end <= body.end;
            // Delimiters come in pairs: one alone is no Rust at all.
            if "()[]{}".contains(token) || bodies.iter().any(is_inside) {
                continue;
            }
            for other in [changed(token), String::new()] {
                let text = replace(&text, &leaf.at, &other);
                assert_ne!(skeleton(&text), before, "{}:\n{text}", path.display());
                tried += 1;
            }
        }
        for item in [
            "mod x;",
            "mod x { }",
            "use a::b;",
            "struct X;",
            "const X: u8 = 1;",
            "fn x();",
            "macro_rules! x { () => { } }",
            "x!();",
            "impl X { }",
            "#[cfg(x)] struct X;",
        ] {
            assert_ne!(skeleton(&format!("{text}\n{item}")), before, "{}: {item}", path.display());
        }
    }
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn small_differences() {
    let differ = [
        ("struct A { a: u8 }", "struct A { a: u16 }"),
        ("/// a\nstruct A;", "/// b\nstruct A;"),
        ("/// a\nstruct A;", "// a\nstruct A;"),
        ("#[cfg(a)] mod m;", "#[cfg(b)] mod m;"),
        ("type A = (u8);", "type A = [u8];"),
        ("type A = (u8, (u8), u8);", "type A = (u8, (u8, u8));"),
        ("const A: u8 = { fn a() { } 1 };", "const A: u8 = { fn a() { } 2 };"),
        ("m! { fn a() { 1 } }", "m! { fn a() { 2 } }"),
        ("macro_rules! m { () => { fn a() { 1 } } }", "macro_rules! m { () => { fn a() { 2 } } }"),
        ("fn a(b: [u8; { 1 }]) { }", "fn a(b: [u8; { 2 }]) { }"),
        ("struct A { a: fn(u8) -> u8 }", "struct A { a: fn(u8) -> u16 }"),
        ("struct r#fn; struct A { a: u8 }", "struct r#fn; struct A { b: u8 }"),
        ("a ! b", "a ! c"),
        ("a b", "ab"),
        ("a: :b", "a::b"),
        ("const A: &str = \"a\";", "const A: &str = \"b\";"),
    ];
    for (a, b) in differ {
        assert!(skeleton(a).is_some() && skeleton(b).is_some(), "{a}, {b}");
        assert_ne!(skeleton(a), skeleton(b), "{a}, {b}");
    }
    for (a, b) in [
        ("fn a() { 1 }", "\u{feff}#!/bin/run\nfn a() { 2 }"),
        (
            "impl A { const fn a() -> u8 where B: C { 1 } }",
            "impl A { const fn a() -> u8 where B: C { 2 } }",
        ),
        ("#[doc = \" a\"] struct A;", "/// a\nstruct A;"),
    ] {
        assert_eq!(skeleton(a), skeleton(b), "{a}, {b}");
    }
    let deep = format!("fn a() {{ {}{} }}", "(".repeat(200), ")".repeat(200));
    for text in ["fn a(", "}", "\"", "fn a() { ( }", &deep] {
        assert_eq!(skeleton(text), None, "{text}");
    }
}
