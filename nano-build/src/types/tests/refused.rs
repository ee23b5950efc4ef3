//! Types that cannot be described.

use super::{described, outcome, scanned, source};

/// Checks the problems of a source, in which a `¦` stands before each place that has one.
#[track_caller]
fn check(signature: &str, types: &str, messages: &[&str]) {
    let marked = source(types, signature);
    let mut places = Vec::new();
    for (line, text) in marked.lines().enumerate() {
        let parts: Vec<&str> = text.split('¦').collect();
        let mut column = 1;
        for part in parts.iter().take(parts.len() - 1) {
            column += part.chars().count();
            places.push(format!("main.rs:{}:{column}", line + 1));
        }
    }
    assert_eq!(places.len(), messages.len(), "a place for each message: {marked}");
    let expected: Vec<String> =
        places.iter().zip(messages).map(|(place, message)| format!("{place}: {message}")).collect();
    let plain = |text: &str| text.replace('¦', "");
    assert_eq!(outcome(&plain(signature), &plain(types), &[]), expected.join("\n"), "{marked}");
}

fn hint(path: &str) -> String {
    format!("say what it is in TypeScript with Config::map_type(\"{path}\", \"string\")")
}

fn unknown(path: &str) -> String {
    let why = match path {
        "Duration" | "Vec" => {
            "no import names it (what a `*` brings from other crates is not read)"
        }
        "crate::m::Made" => "no file of the crate defines it (a macro may)",
        _ => "its crate is not scanned (Config::root adds one)",
    };
    format!("`{path}` is not known here, as {why}: {}", hint(path))
}

#[test]
fn types_that_nobody_knows() {
    for (signature, types, path) in [
        ("it: ¦uuid::Uuid)", "", "uuid::Uuid"),
        ("it: ¦Vec<Id>)", "use uuid::Uuid as Id;", "uuid::Uuid"),
        ("it: A)", "#[derive(Deserialize)] struct A { b: ¦chrono::Duration }", "chrono::Duration"),
        ("it: A)", "use chrono::*; #[derive(Deserialize)] struct A(¦Duration);", "Duration"),
        ("it: A)", "#[derive(Deserialize)] enum A { B { c: ¦Vec<x::Y> } }", "x::Y"),
        (") -> A", "type A = ¦made::Up;", "made::Up"),
        (") -> A", "mod m {} type A = ¦m::Made;", "crate::m::Made"),
        (") -> ¦Vec", "", "Vec"),
        (") -> A", "#[derive(Serialize)] struct A(¦std::fmt::Result);", "std::fmt::Result"),
    ] {
        check(signature, types, &[&unknown(path)]);
    }
    check(
        ") -> A",
        "#[derive(Serialize)] struct A { b: ¦fn(), c: ¦T::Item }",
        &["`fn ()` cannot be described: name a type by its path", &unknown("T::Item")],
    );
}

#[test]
fn case_b09_types_of_prost_are_no_matter_of_a_mapping() {
    let message = "`prost_types::Timestamp` has no JSON, as prost-types has no serde: use a type of your own that derives it";
    check("it: ¦prost_types::Timestamp)", "", &[message]);
    check(
        ") -> A",
        "#[derive(Serialize)] struct A { b: ¦Option<::prost_types::Timestamp> }",
        &[message],
    );
}

#[test]
fn types_that_serde_does_not_write() {
    for (signature, types, message) in [
        (
            "it: A)",
            "#[derive(Serialize)] struct ¦A;",
            "`crate::A` is read from clients and does not derive `Deserialize`: derive it, or ",
        ),
        (
            ") -> A",
            "#[derive(Deserialize)] struct ¦A;",
            "`crate::A` is written to clients and does not derive `Serialize`: derive it, or ",
        ),
        (") -> A", "union ¦A { a: u8 }", "`crate::A` is no struct, enum or alias: "),
        (
            ") -> A",
            "#[derive(Serialize)] #[serde(remote = \"b::A\")] struct ¦A { b: u8 }",
            "`crate::A` is not what serde makes of its fields: ",
        ),
        (
            "it: A)",
            "#[derive(Deserialize)] #[serde(field_identifier)] enum ¦A { B, C(String) }",
            "`crate::A` is not what serde makes of its fields: ",
        ),
    ] {
        check(signature, types, &[&format!("{message}{}", hint("crate::A"))]);
    }
}

#[test]
fn functions_that_convert() {
    for (signature, types, path) in [
        (
            ") -> A",
            "#[derive(Serialize)] struct A { #[serde(serialize_with = \"x\")] b: ¦u8 }",
            "crate::A.b",
        ),
        (
            "it: A)",
            "#[derive(Deserialize)] struct A(#[serde(deserialize_with = \"x\")] ¦u8);",
            "crate::A",
        ),
        (
            "it: A)",
            "#[derive(Deserialize)] enum A { B(#[serde(with = \"x\")] ¦u8) }",
            "crate::A::B.0",
        ),
        (
            "it: A)",
            "#[derive(Deserialize)] enum A { #[serde(deserialize_with = \"x\")] ¦B(u8) }",
            "crate::A::B",
        ),
        (
            ") -> A",
            "#[serde_as] #[derive(Serialize)] struct A { #[serde_as(as = \"_\")] b: ¦u8 }",
            "crate::A.b",
        ),
    ] {
        let message = format!("`{path}` is converted by a function of its own: {}", hint(path));
        check(signature, types, &[&message]);
    }
    // The other direction is not concerned.
    for (signature, attribute) in [("it: A)", "serialize_with"), (") -> A", "deserialize_with")] {
        let types = format!(
            "#[derive(Serialize, Deserialize)] struct A {{ #[serde({attribute} = \"x\")] b: u8 }}"
        );
        super::check(signature, &types, "A\nA = { b: int }");
    }
}

#[test]
fn attributes_that_serde_refuses() {
    check(
        ") -> A",
        "#[derive(Serialize)] #[serde(rename_all = ¦\"loud\")] struct A { b: u8 }",
        &[
            "unknown rename rule `rename_all = \"loud\"`, expected one of \"lowercase\", \"UPPERCASE\", \"PascalCase\", \"camelCase\", \"snake_case\", \"SCREAMING_SNAKE_CASE\", \"kebab-case\", \"SCREAMING-KEBAB-CASE\"",
        ],
    );
    check(
        ") -> A",
        "#[derive(Serialize)] struct A { #[serde(¦what)] b: u8, #[serde(¦how)] c: u8 }",
        &["unknown serde field attribute `what`", "unknown serde field attribute `how`"],
    );
    check(
        ") -> A",
        "#[derive(Serialize)] struct A(u8, ¦#[serde(skip_serializing_if = \"x\")] u8);",
        &["`crate::A.1` may be skipped, and what follows takes its place: use a struct with names"],
    );
}

#[test]
fn one_type_for_both_ways() {
    let names = |path: &str, read: &str, written: &str| {
        format!(
            "`{path}` is named `{read}` where the server reads it and `{written}` where it writes it: a type that goes both ways has one name for it, or use two types"
        )
    };
    let differs = |path: &str| {
        format!(
            "`{path}` is written differently from how it is read: make both the same, use two types, or {}",
            hint(path)
        )
    };
    for (types, expected) in [
        ("struct A { #[serde(rename(serialize = \"x\"))] ¦b: u8 }", names("crate::A.b", "b", "x")),
        ("#[serde(rename_all(deserialize = \"UPPERCASE\"))] enum A { ¦Bc }", names("crate::A::Bc", "BC", "Bc")),
        ("#[serde(rename_all_fields(deserialize = \"UPPERCASE\"))] enum A { B { ¦c: u8 } }", names("crate::A::B.c", "C", "c")),
        ("#[serde(into = \"u8\")] struct ¦A { b: u8 }", differs("crate::A")),
        ("#[serde(from = \"bool\", into = \"u8\")] struct ¦A { b: u8 }", differs("crate::A")),
        ("struct ¦A(u8, #[serde(skip_serializing)] u8);", differs("crate::A")),
        ("enum A { ¦B(#[serde(skip_deserializing)] u8) }", differs("crate::A::B")),
        ("#[serde(tag = \"t\", deny_unknown_fields)] struct ¦A { b: u8 }", "`crate::A` is written with the field `t`, and `deny_unknown_fields` refuses it where it is read: drop one of the two, or use two types".to_owned()),
    ] {
        let types = format!("#[derive(Serialize, Deserialize)] {types}");
        check("it: A) -> A", &types, &[&expected]);
    }
}

#[test]
fn keys_that_json_does_not_have() {
    let types = "#[derive(Deserialize)] enum Side { Left, Right } #[derive(Deserialize)] struct Id(u8);
        #[derive(Deserialize)] struct Deep(Id, Id); #[derive(Deserialize)] enum Shape { Dot, Round(u8) }
        #[derive(Deserialize)] #[serde(untagged)] enum Any { Id(Id), Name(String) }";
    for (key, fits) in [
        ("u64", true),
        ("bool", true),
        ("Side", true),
        ("Id", true),
        ("Any", true),
        ("Vec<u8>", false),
        ("Option<u8>", false),
        ("(u8, u8)", false),
        ("Deep", false),
        ("Shape", false),
    ] {
        let signature =
            format!("it: {}std::collections::BTreeMap<{key}, u8>)", if fits { "" } else { "¦" });
        if fits {
            let first = outcome(&signature, types, &[]);
            assert!(first.starts_with('{'), "{key}: {first}");
        } else {
            check(
                &signature,
                types,
                &[
                    "such a key has no JSON: keys are texts, numbers, booleans, or enums whose variants hold nothing",
                ],
            );
        }
    }
}

#[test]
fn keys_that_serde_does_not_read_back() {
    let why = "holds a map whose keys are no texts, which serde cannot read in an untagged or internally tagged enum, nor flattened: use String for the keys, or another tagging";
    for (types, path) in [
        ("struct A { #[serde(flatten)] ¦b: Map<u8, u8> }", "crate::A.b"),
        (
            "struct A { #[serde(flatten)] ¦b: B } #[derive(Deserialize)] struct B { c: Vec<Map<Id, u8>> }",
            "crate::A.b",
        ),
        ("#[serde(tag = \"t\")] enum A { ¦B { c: Map<bool, u8> }, C { d: u8 } }", "crate::A::B"),
        ("#[serde(untagged)] enum A { B(u8), ¦C(Map<u64, u8>) }", "crate::A::C"),
        ("enum A { ¦B(Map<u64, u8>), #[serde(untagged)] C(u8) }", "crate::A::B"),
    ] {
        let more = "use std::collections::BTreeMap as Map; #[derive(Deserialize)] struct Id(u8); #[derive(Deserialize)]";
        check("it: A)", &format!("{more} {types}"), &[&format!("`{path}` {why}")]);
    }
    let fine = "use std::collections::BTreeMap as Map; #[derive(Serialize, Deserialize)] #[serde(untagged)] enum A { B(Map<u8, u8>) } #[derive(Deserialize)] enum C { D(Map<u8, u8>) }";
    super::check(") -> A", fine, "A\nA = untagged B({int: int})");
    super::check("it: C)", fine, "C\nC = external D({int: int})");
}

#[test]
fn fields_among_other_fields() {
    let none = "it has none; only structs, maps and enums have";
    for (inner, why) in [
        ("u8", none),
        ("Vec<u8>", none),
        ("(u8, u8)", none),
        ("L", none),
        ("E", "`Dot` of `crate::E` holds nothing, so that it has no field; give the enum a `tag`"),
        ("U", "`Dot` of `crate::U` is `null`; give the enum a `tag`"),
    ] {
        let more = "#[derive(Deserialize)] enum E { Dot } #[derive(Deserialize)] #[serde(untagged)] enum U { Dot } #[derive(Deserialize)] struct L(u8);";
        let types =
            format!("#[derive(Deserialize)] struct A {{ #[serde(flatten)] ¦b: {inner} }} {more}");
        check("it: A)", &types, &[&format!("`crate::A.b` cannot stand among other fields: {why}")]);
        let types =
            format!("#[derive(Deserialize)] #[serde(tag = \"t\")] enum A {{ B(¦{inner}) }} {more}");
        check(
            "it: A)",
            &types,
            &[&format!("`crate::A::B` cannot stand among other fields: {why}")],
        );
    }
    let types = "#[derive(Deserialize)] #[serde(tag = \"t\")] enum A { B(¦Option<C>) } #[derive(Deserialize)] struct C {}";
    check("it: A)", types, &["`crate::A::B` cannot stand among other fields: it may be `null`"]);
}

#[test]
fn a_message_is_one_type() {
    let source =
        "struct R<T>(T); #[nano::component] impl<T> R<T> { #[handler] fn f(&self, it: Vec<T>) {} }";
    let problems = described(&scanned(&[("main.rs", source)]), &[]).expect_err("T is open");
    assert_eq!(
        problems,
        [
            "main.rs:1:78: `T` leaves open what clients send and receive: name one type, in an impl block without parameters"
        ]
    );
}

#[test]
fn problems_come_all_at_once_in_order() {
    let scan = scanned(&[
        (
            "a/main.rs",
            "struct R; #[nano::component] impl R { #[handler] fn f(&self, it: X::Y) -> A {} }\n#[derive(Serialize)] struct A { b: X::Y, c: P::Q }",
        ),
        (
            "b/main.rs",
            "struct R; #[nano::component(name = \"s\")] impl R { #[handler] fn f(&self, it: Z::Z) {} }",
        ),
    ]);
    let problems = described(&scan, &[]).expect_err("nothing of this is known");
    let places: Vec<&str> =
        problems.iter().filter_map(|problem| problem.split(": ").next()).collect();
    assert_eq!(places, ["a/main.rs:1:66", "a/main.rs:2:36", "a/main.rs:2:45", "b/main.rs:1:78"]);
}
