//! Attribute macros and derives that change what serde writes and reads.

use super::{check, outcome, scanned, source};
use crate::types::{Direction, Options, Root, describe};

const GUILD: &str = "struct A { b: Option<u8>, c: std::option::Option<u8>, d: Vec<u8> }";

#[test]
fn case_b11_options_that_are_skipped() {
    let skipped = "A\nA = { b?: int?, c?: int?, d: [int] }";
    for head in [
        "#[serde_with::skip_serializing_none] #[derive(Serialize)]",
        "#[::serde_with::skip_serializing_none] #[derive(Serialize)]",
        "use serde_with::skip_serializing_none; #[skip_serializing_none] #[derive(Serialize)]",
        "use serde_with::skip_serializing_none as sparse; #[sparse] #[derive(Serialize)]",
        "use prelude::*; mod prelude { pub use serde_with::*; } #[skip_serializing_none] #[derive(Serialize)]",
        "#[macro_use] extern crate serde_with; #[skip_serializing_none] #[derive(Serialize)]",
        "#[cfg_attr(all(), serde_with::skip_serializing_none, derive(Serialize))]",
    ] {
        check(") -> A", &format!("{head} {GUILD}"), skipped);
    }
    // Where a type is read, nothing changes.
    let both = "#[serde_with::skip_serializing_none] #[derive(Serialize, Deserialize)]";
    check("it: A)", &format!("{both} {GUILD}"), skipped);
    check(
        ") -> A",
        "#[serde_with::skip_serializing_none] #[derive(Serialize)] enum A { B { c: Option<u8>, #[serialize_always] d: Option<u8> }, E(Option<u8>) }",
        "A\nA = external B { c?: int?, d: int? } | E(int?)",
    );
    // It knows options by their usual names only.
    check(
        ") -> A",
        "use std::option::Option as Maybe; #[serde_with::skip_serializing_none] #[derive(Serialize)] struct A { b: Maybe<u8>, c: Box<Option<u8>> }",
        "A\nA = { b: int?, c: int? }",
    );
}

#[test]
fn case_b11_fields_that_are_converted() {
    let head = "use serde_with::serde_as; #[serde_as] #[derive(Serialize, Deserialize)]";
    let hint = |path: &str| {
        format!(
            "`{path}` is converted by a function of its own: say what it is in TypeScript with Config::map_type(\"{path}\", \"string\")"
        )
    };
    for (signature, field, converted) in [
        (") -> A", "#[serde_as(as = \"DisplayFromStr\")] b: u64", true),
        (") -> A", "#[serde_as(serialize_as = \"DisplayFromStr\")] b: u64", true),
        ("it: A)", "#[serde_as(serialize_as = \"DisplayFromStr\")] b: u64", false),
        ("it: A)", "#[serde_as(deserialize_as = \"DisplayFromStr\")] b: u64", true),
        (") -> A", "#[serde_as(deserialize_as = \"DisplayFromStr\")] b: u64", false),
    ] {
        let types = format!("{head} struct A {{ {field} }}");
        if converted {
            let found = outcome(signature, &types, &[]);
            assert!(found.ends_with(&hint("crate::A.b")), "{field}: {found}");
        } else {
            check(signature, &types, "A\nA = { b: bigint }");
        }
    }
    for (field, expected) in [
        ("#[serde_as(as = \"Option<DisplayFromStr>\")] b: Option<u64>", "b?: `string`"),
        ("#[serde_as(as = \"Option<DisplayFromStr>\", no_default)] b: Option<u64>", "b: `string`"),
        ("#[serde_as(as = \"DisplayFromStr\")] b: Option<u64>", "b: `string`"),
    ] {
        let types = format!("{head} struct A {{ {field} }}");
        let found = outcome("it: A)", &types, &[("crate::A.b", "string")]);
        assert_eq!(found, format!("A\nA = {{ {expected} }}"), "{field}");
    }
}

#[test]
fn case_b11_derives_of_other_crates() {
    let letters = "#[repr(u8)] enum A { B = 1, C = 2 }";
    check(") -> A", &format!("#[derive(serde_repr::Serialize_repr)] {letters}"), "A\nA = int");
    check(
        "it: A)",
        "use serde_repr::*; #[derive(Deserialize_repr)] #[repr(i64)] enum A { B }",
        "A\nA = bigint",
    );
    check(") -> A", "#[derive(serde_with::SerializeDisplay)] struct A { b: u8 }", "A\nA = string");
    check(
        "it: A)",
        "use serde_with::DeserializeFromStr; #[derive(DeserializeFromStr)] struct A(u8);",
        "A\nA = string",
    );
    for derive in
        ["::serde::Serialize", "rocket::serde::Serialize", "rkyv::Serialize, serde::Serialize"]
    {
        check(") -> A", &format!("#[derive({derive})] struct A {{ b: u8 }}"), "A\nA = { b: int }");
    }
    check(
        ") -> A",
        "use serde::Serialize as S; #[derive(S)] struct A { b: u8 }",
        "A\nA = { b: int }",
    );
    for uses in ["#[derive(rkyv::Serialize)]", "use rkyv::Serialize; #[derive(Serialize)]"] {
        let found = outcome(") -> A", &format!("{uses} struct A {{ b: u8 }}"), &[]);
        assert!(
            found.contains("`rkyv::Serialize`, which it derives, is not serde's `Serialize`"),
            "{found}"
        );
    }
    let found = outcome(") -> A", "#[derive(serde_repr::Serialize_repr)] enum A { B }", &[]);
    assert!(
        found.contains("`crate::A` is written to clients and does not derive `Serialize`"),
        "{found}"
    );
}

#[test]
fn case_b11_other_macros_are_refused_by_name() {
    let refused = |path: &str| {
        format!(
            "the attribute macro `#[{path}]` on it may change what serde makes of `crate::A`: say what it is in TypeScript with Config::map_type(\"crate::A\", \"string\"), or, if it changes nothing there, say so with Config::harmless_macro(\"{path}\")"
        )
    };
    for (head, path) in [
        ("#[audit::audited]", Some("audit::audited")),
        ("use audit::audited; #[audited(\"x\")]", Some("audit::audited")),
        ("use audit::*; #[audited]", Some("audited")),
        ("#[macro_use] extern crate audit; #[audited]", Some("audited")),
        ("#[serde_with::apply(Option => #[serde(skip)])]", Some("serde_with::apply")),
        ("#[cfg_attr(all(), audit::audited)]", Some("audit::audited")),
        // Marks of derives, of the language and of tools are no macros.
        ("#[derive(validator::Validate)] #[validate(schema)]", None),
        (
            "use nano::*; use std::fmt::*; #[derive(sqlx::FromRow)] #[sqlx(rename_all = \"x\")]",
            None,
        ),
        (
            "#[allow(unused)] #[clippy::msrv = \"1.88\"] #[must_use] #[non_exhaustive] /// Docs.\n",
            None,
        ),
        ("#[cfg_attr(any(), audit::audited)]", None),
    ] {
        let types = format!("{head} #[derive(Serialize)] struct A {{ b: u8 }}");
        let found = outcome(") -> A", &types, &[]);
        match path {
            Some(path) => assert!(found.ends_with(&refused(path)), "{head}: {found}"),
            None => assert!(found.ends_with("A = { b: int }"), "{head}: {found}"),
        }
    }
    let found =
        outcome(") -> A", "#[derive(Serialize)] #[serde_with::serde_as] struct A { b: u8 }", &[]);
    assert_eq!(
        found,
        "main.rs:1:24: `#[serde_with::serde_as]` stands below `#[derive(..)]`, where serde does not see what it changes: put it above"
    );
    let found = outcome(
        ") -> m::n::A",
        "#[allow(unused)] #[bridge::bridge] mod m { #[rustfmt::skip] pub mod n { #[derive(Serialize)] pub struct A; } }",
        &[],
    );
    assert!(found.contains(": the attribute macro `#[bridge::bridge]` on a module around it may change what serde makes of `crate::m::n::A`: "), "{found}");
    // Types that no message has do not matter, nor do those with a type of TypeScript.
    check(") -> u8", "#[audit::audited] #[derive(Serialize)] struct A;", "int");
    let mapped = outcome(") -> A", "#[audit::audited] struct A;", &[("crate::A", "string")]);
    assert_eq!(mapped, "`string`");
}

#[test]
fn case_b11_macros_can_be_declared_harmless() {
    let source = source("#[audit::audited] #[derive(Serialize)] struct A { b: u8 }", ") -> A");
    let scan = scanned(&[("main.rs", &source)]);
    let handler = &scan.crates[0].components[0].handlers[0];
    let ty = handler.reply.as_ref().expect("a reply");
    let roots = [Root { krate: 0, direction: Direction::Out, ty, file: &handler.at.file }];
    let mut options = Options::default();
    options.harmless.insert("audit::audited", ());
    options.harmless.insert("audit::audit", ());
    describe(&scan.crates, &roots, &options).expect("nothing is unknown");
    assert_eq!(options.harmless.unused().collect::<Vec<_>>(), ["audit::audit"]);
}

#[test]
fn conditions_decide_on_serdes_attributes_too() {
    check(
        ") -> A",
        "#[derive(Serialize)] struct A { #[cfg_attr(all(), serde(rename = \"x\"))] b: u8, #[cfg_attr(any(), serde(skip))] c: u8 }",
        "A\nA = { x: int, c: int }",
    );
}
