use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, ItemFn, Path, parse_quote};

use super::{Options, Source, doc_attributes, doc_text, take_helpers};
use crate::cfg::conditions;
use crate::errors::Errors;

fn options(tokens: TokenStream) -> (Options, Vec<String>) {
    let mut errors = Errors::new();
    let options = Options::parse(
        "component",
        &["name", "rename_all", "crate"],
        Source::Tokens(tokens),
        &mut errors,
    );
    (options, errors.iter().map(ToString::to_string).collect())
}

#[test]
fn options_are_read() {
    let (options, errors) =
        options(quote!(name = "lobby", rename_all = "PascalCase", crate = ::engine::nano,));
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(options.name.expect("a name").value(), "lobby");
    assert!(options.rename_all.is_some());
    assert_eq!(options.krate.into_token_stream().to_string(), ":: engine :: nano");
}

#[test]
fn every_faulty_option_is_reported_and_the_others_still_read() {
    let cases: [(TokenStream, &[&str]); 8] = [
        (
            quote!(named = "x", name = "a"),
            &[
                "unknown option `named` of `#[component]`, expected one of `name`, `rename_all`, `crate`",
            ],
        ),
        (
            quote!(a::b, name = "a"),
            &[
                "unknown option `a :: b` of `#[component]`, expected one of `name`, `rename_all`, `crate`",
            ],
        ),
        (quote!(name = "b", name = "a"), &["option `name` is given twice"]),
        (quote!(crate, name = "a"), &["option `crate` takes a path: `crate = ::nano`"]),
        (
            quote!(crate = "nano", name = "a"),
            &["option `crate` takes a path without quotes: `crate = ::nano`"],
        ),
        (quote!(name("x"), name = "a"), &["option `name` takes a string: `name = \"..\"`"]),
        (quote!(name = 5, name = "a"), &["expected string literal"]),
        (
            quote!(one, two = 2, name = "a"),
            &[
                "unknown option `one` of `#[component]`, expected one of `name`, `rename_all`, `crate`",
                "unknown option `two` of `#[component]`, expected one of `name`, `rename_all`, `crate`",
            ],
        ),
    ];
    for (tokens, expected) in cases {
        let text = tokens.to_string();
        let (options, errors) = options(tokens);
        assert_eq!(errors, expected, "{text}");
        assert_eq!(options.name.map(|name| name.value()).as_deref(), Some("a"), "{text}");
    }
}

/// The attributes that are left, the names that were taken, and the conditions of the item.
fn take(mut item: ItemFn, krate: Option<Path>) -> (String, Vec<String>, String) {
    let helpers = take_helpers(&mut item.attrs, &["handler", "on"], krate.as_ref());
    let text = |attributes: &[Attribute]| {
        attributes
            .iter()
            .map(|attribute| attribute.to_token_stream().to_string().replace(' ', ""))
            .collect::<String>()
    };
    let mut conditions = conditions(&item.attrs);
    conditions.extend(helpers.iter().filter_map(|helper| helper.condition.clone()));
    let names = helpers
        .iter()
        .map(|helper| helper.attribute.to_token_stream().to_string().replace(' ', ""))
        .collect();
    (text(&item.attrs), names, text(&conditions))
}

#[test]
fn helpers_are_taken_off() {
    let cases: [(ItemFn, &str, &[&str], &str); 9] = [
        (
            parse_quote!(
                #[handler]
                fn f() {}
            ),
            "",
            &["#[handler]"],
            "",
        ),
        (
            parse_quote!(
                #[inline]
                #[nano::handler(name = "x")]
                fn f() {}
            ),
            "#[inline]",
            &["#[nano::handler(name=\"x\")]"],
            "",
        ),
        (
            parse_quote!(
                #[::nano::on(init)]
                fn f() {}
            ),
            "",
            &["#[::nano::on(init)]"],
            "",
        ),
        (
            parse_quote!(
                #[engine::handler]
                fn f() {}
            ),
            "",
            &["#[engine::handler]"],
            "",
        ),
        (
            parse_quote!(
                #[axum::handler]
                fn f() {}
            ),
            "#[axum::handler]",
            &[],
            "",
        ),
        (
            parse_quote!(
                #[cfg(test)]
                #[handler]
                fn f() {}
            ),
            "#[cfg(test)]",
            &["#[handler]"],
            "#[cfg(test)]",
        ),
        (
            parse_quote!(
                #[cfg_attr(not(test), handler)]
                fn f() {}
            ),
            "",
            &["#[handler]"],
            "#[cfg(not(test))]",
        ),
        (
            parse_quote!(
                #[cfg_attr(test, inline, handler, cfg(unix))]
                fn f() {}
            ),
            "#[cfg_attr(test,inline,cfg(unix))]",
            &["#[handler]"],
            "#[cfg_attr(test,cfg(unix))]#[cfg(test)]",
        ),
        (
            parse_quote!(
                #[cfg_attr(test, inline)]
                fn f() {}
            ),
            "#[cfg_attr(test,inline)]",
            &[],
            "",
        ),
    ];
    for (item, left, taken, conditions) in cases {
        let text = item.to_token_stream().to_string();
        let expected = (
            left.to_owned(),
            taken.iter().map(|name| (*name).to_owned()).collect(),
            conditions.to_owned(),
        );
        assert_eq!(take(item, Some(parse_quote!(::engine))), expected, "{text}");
    }
}

#[test]
fn documentation_becomes_text() {
    let cases: [(ItemFn, &str); 5] = [
        (
            parse_quote!(
                fn f() {}
            ),
            "",
        ),
        (
            parse_quote!(
                #[doc = " One."]
                #[inline]
                #[doc = ""]
                #[doc = "   two"]
                fn f() {}
            ),
            "One.\n\n  two",
        ),
        (
            parse_quote!(
                #[doc = "one"]
                fn f() {}
            ),
            "one",
        ),
        (
            parse_quote!(
                #[doc = "\n One.\n Two.\n"]
                fn f() {}
            ),
            "One.\nTwo.",
        ),
        (
            parse_quote!(
                #[doc(hidden)]
                #[doc = include_str!("x")]
                fn f() {}
            ),
            "",
        ),
    ];
    for (item, expected) in cases {
        assert_eq!(doc_text(&doc_attributes(&item.attrs)), expected);
    }
}
