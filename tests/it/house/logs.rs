//! The lines above the level debug: each is in the documentation, and those that peers can cause have a limit.

use std::collections::BTreeSet;
use std::fs;

use proc_macro2::{TokenStream, TokenTree};

use super::{read, root, sources};

/// A level and a text.
type Line = (String, String);

/// Finds the macros of `tracing` that write above the level debug, at any depth.
fn written(tokens: TokenStream, found: &mut BTreeSet<Line>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if let Some(before) = at.checked_sub(2)
            && let [TokenTree::Ident(name), TokenTree::Punct(bang)] = &tokens[before..at]
            && bang.as_char() == '!'
            && ["error", "warn", "info"].contains(&name.to_string().as_str())
        {
            let text = group.stream().into_iter().filter_map(|token| match token {
                TokenTree::Literal(text) => Some(text.to_string()),
                _ => None,
            });
            found.insert((name.to_string(), text.last().unwrap_or_default().replace('"', "")));
        }
        written(group.stream(), found);
    }
}

/// Finds the lines in the sources of nano, tests left out.
fn in_sources() -> BTreeSet<Line> {
    let mut found = BTreeSet::new();
    for path in sources("nano/src") {
        let below = path.strip_prefix(root()).expect("a path below the root");
        if below.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable source");
        let tokens = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        written(tokens, &mut found);
    }
    found
}

/// The rows of one section of the page.
fn documented(section: &str) -> BTreeSet<Line> {
    let page = read("nano/src/docs/logs.md");
    let section = page.split("\n# ").find(|text| text.starts_with(section));
    let rows = section.unwrap_or_else(|| panic!("no section `{section:?}`")).lines();
    rows.filter_map(|row| {
        let (level, rest) = row.strip_prefix("| ")?.split_once(" | `")?;
        Some((level.to_owned(), rest.split_once('`')?.0.to_owned()))
    })
    .collect()
}

/// A unit test of `log.rs` compares the lines that peers can cause with their section.
#[test]
fn every_line_above_debug_is_documented() {
    let mut expected = documented("Lines of the app's life");
    // The line of the limit itself, whose text is a constant.
    expected.extend(["warn", "info"].map(|level| (level.into(), "{LEFT_OUT}".into())));
    assert_eq!(
        in_sources(),
        expected,
        "lines above debug, and their section of nano/src/docs/logs.md; a line that a peer can cause \
         is written with `limited!`"
    );
}

#[test]
fn the_search_finds_lines_at_any_depth() {
    let source = r#"
        fn f() { g(|| tracing::warn!(a, "one {}", b)); select! { x => { tracing::error!("two") } } }
        /// info!("a comment")
        fn h() { tracing::debug!("three"); let info = !(1); limited!(log, Three, %error); }
    "#;
    let mut found = BTreeSet::new();
    written(source.parse().expect("tokens"), &mut found);
    let line = |level: &str, text: &str| (level.to_owned(), text.to_owned());
    assert_eq!(found, [line("warn", "one {}"), line("error", "two")].into());
}
