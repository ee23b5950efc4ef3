//! The page of limits: everything that the sources have is in it.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{ImplItem, Item, Visibility};

use super::{read, root, sources};

/// The kinds of log lines that tell of no limit.
const NO_LIMIT: &[&str] = &[
    "connections are accepted again",
    "a connection is refused: it does not begin with the PROXY protocol",
    "a connection is refused: it begins with the PROXY protocol, which its listener does not expect",
    "a connection is refused: its listener speaks TLS, and it does not",
    "a TLS handshake failed",
    "a room is closed: another one of the cluster has its name",
    "a request stays unanswered: its client could not tell the error from a success",
    "a handler failed",
    "a reply could not be sent",
    "an error could not be sent",
    "members were left out",
    "a call of the application failed",
    "a call of the application panicked",
    "a value panicked while it was dropped",
    "a visit panicked",
    "a session of WebTransport panicked before it was open",
    "a call waits for a component that its own handler has",
    "a component has been busy for over a second",
    "a timer lost ticks",
    "a timer was started outside of tokio's runtime, and never runs",
    "a request to the admin page is refused: its token is wrong",
    "a node is linked",
    "the link to a node has ended",
    "sessions have lost their rooms with a node",
    "a node is refused",
    "a node is in the cluster",
    "a node is not in the cluster any more",
    "this node is not in its cluster any more",
    "the registry of the cluster cannot be reached",
    "a call by Go nano's protocol is refused: its caller is not trusted",
    "push could not be decoded",
    "push handler panicked",
];

/// The rows of one section of the page.
fn section(name: &str) -> String {
    let page = read("nano/src/docs/limits.md");
    let section = page.split("\n# ").find(|section| section.lines().next() == Some(name));
    section.unwrap_or_else(|| panic!("nano/src/docs/limits.md has no section `{name}`")).to_owned()
}

/// Fails when the table of a section has no row for one of `names`, which `source` has.
#[track_caller]
fn check(name: &str, source: &str, names: impl IntoIterator<Item = String>) {
    let section = section(name);
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with('|')).collect();
    let names: BTreeSet<String> = names.into_iter().collect();
    assert!(!names.is_empty(), "nothing found in {source}: has it moved?");
    let is_missing = |name: &&String| !rows.iter().any(|row| row.contains(&format!("`{name}")));
    let missing: Vec<_> = names.iter().filter(is_missing).collect();
    assert!(
        missing.is_empty(),
        "{source} has {missing:?}, and the section `{name}` of nano/src/docs/limits.md has no row for it: \
         add one with the default, the reason, and what a client notices"
    );
}

fn items(path: &str) -> Vec<Item> {
    syn::parse_file(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}")).items
}

/// The string literals of a function, at any depth.
fn literals(path: &str, function: &str) -> Vec<String> {
    fn visit(tokens: TokenStream, found: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => visit(group.stream(), found),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    found.extend(text.strip_prefix('"').map(|text| text.replace('"', "")));
                }
                _ => {}
            }
        }
    }
    let methods = items(path).into_iter().filter_map(|item| match item {
        Item::Impl(item) => Some(item.items),
        _ => None,
    });
    let mut found = Vec::new();
    for method in methods.flatten() {
        if let ImplItem::Fn(method) = method
            && method.sig.ident == function
        {
            visit(quote::quote!(#method), &mut found);
        }
    }
    found
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_ascii_lowercase() || char == '_')
}

#[test]
fn every_limit_of_an_app_has_a_row() {
    let path = "nano/src/app/limits.rs";
    let methods = items(path).into_iter().filter_map(|item| match item {
        Item::Impl(item) => Some(item.items),
        _ => None,
    });
    let limits = methods.flatten().filter_map(|item| match item {
        ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => {
            Some(method.sig.ident.to_string())
        }
        _ => None,
    });
    // These two choose the treatment of those who exceed a limit.
    let limits = limits.filter(|name| !["over_rate", "slow_consumers"].contains(&name.as_str()));
    check("Limits", path, limits.map(|name| format!("App::{name}`")));
}

#[test]
fn every_policy_has_a_row() {
    let path = "nano/src/net/settings.rs";
    for item in items(path) {
        let Item::Enum(policy) = item else { continue };
        let section = if policy.ident == "OverRate" { "Limits" } else { "Slow consumers" };
        let variants = policy.variants.iter();
        check(
            section,
            path,
            variants.map(|variant| format!("{}::{}`", policy.ident, variant.ident)),
        );
    }
}

#[test]
fn every_class_of_pushes_has_a_row() {
    let path = "nano-syntax/src/push/class.rs";
    let texts = literals(path, "read").into_iter();
    check(
        "Slow consumers",
        path,
        texts.filter(|text| is_code(text)).map(|name| format!("{name}`")),
    );
}

#[test]
fn every_code_of_an_error_has_a_row() {
    let path = "nano/src/error.rs";
    let codes = literals(path, "of").into_iter().filter(|text| is_code(text));
    check("Codes of errors", path, codes.map(|code| format!("{code}`")));
}

/// Nodes tell one another the kind of an error by its code.
#[test]
fn every_code_of_an_error_leads_back_to_its_kind() {
    let kinds = read("nano/src/error/code.rs");
    for code in literals("nano/src/error.rs", "of").iter().filter(|text| is_code(text)) {
        // The first is the application's; the second is what all others become.
        let is_none = ["rejected", "internal"].contains(&&code[..]);
        assert!(is_none || kinds.contains(&format!("(\"{code}\",")), "`{code}` leads to no kind");
    }
}

#[test]
fn every_reason_of_an_end_has_a_row() {
    let path = "nano/src/session/close.rs";
    let texts = literals(path, "fmt").into_iter();
    let reasons = texts.map(|text| text.split(':').next().unwrap_or_default().to_owned());
    check("Reasons of an end", path, reasons.filter(|reason| is_code(reason)));
}

#[test]
fn every_line_of_the_log_that_tells_of_a_limit_has_a_row() {
    let path = "nano/src/log.rs";
    let lines = items(path).into_iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("lines") => Some(item.mac.tokens),
        _ => None,
    });
    let texts = lines.unwrap_or_else(|| panic!("{path} has no `lines!`")).into_iter();
    let texts: Vec<String> = texts
        .filter_map(|token| match token {
            TokenTree::Literal(text) => Some(text.to_string().replace('"', "")),
            _ => None,
        })
        .collect();
    for text in NO_LIMIT {
        assert!(texts.iter().any(|line| line == text), "`{text}` is gone: delete it from NO_LIMIT");
    }
    let limits = texts.into_iter().filter(|text| !NO_LIMIT.contains(&text.as_str()));
    check(
        "Lines of the log",
        &format!("{path} (or add it to NO_LIMIT)"),
        limits.map(|text| text + "`"),
    );
}

#[test]
fn every_metric_has_a_row() {
    let found = sources("nano/src").into_iter().filter(|path| {
        let path = path.strip_prefix(root().join("nano/src")).expect("a path of nano");
        path.starts_with("metrics") || path.ends_with("metrics.rs")
    });
    let texts: Vec<String> = found.map(|path| read(&path)).collect();
    let names: BTreeSet<String> = texts
        .iter()
        .flat_map(|text| text.split('"').skip(1).step_by(2))
        .filter(|text| text.starts_with("nano_") && is_code(text))
        .map(|name| format!("{name}`"))
        .collect();
    if !texts.is_empty() {
        check("Metrics", "nano/src/metrics", names);
    }
}
