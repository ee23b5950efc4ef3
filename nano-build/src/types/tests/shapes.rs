//! Structs and enums.

use super::{check, described, scanned, text};

#[test]
fn structs_have_fields() {
    let both = "#[derive(serde::Serialize, serde::Deserialize)]";
    for (types, expected) in [
        ("struct A;", "A = null"),
        ("struct A {}", "A = {  }"),
        ("struct A(u8);", "A = int"),
        ("struct A();", "A = ()"),
        ("struct A(u8, #[serde(skip)] u8);", "A = (int)"),
        ("#[serde(transparent)] struct A { b: u8, c: std::marker::PhantomData<u8> }", "A = int"),
        ("struct A { r#type: u8 }", "A = { type: int }"),
        (
            "#[serde(rename_all = \"camelCase\")] struct A { a_b: u8, #[serde(rename = \"x y\")] c: u8 }",
            "A = { aB: int, x y: int }",
        ),
        ("struct A { #[serde(skip)] b: Unknown, c: u8 }", "A = { c: int }"),
        ("struct A { #[serde(default)] b: u8 }", "A = { b?: int }"),
        ("#[serde(default)] struct A { b: u8 }", "A = { b?: int }"),
        (
            "struct A { b: Option<u8>, #[serde(skip_serializing_if = \"x\")] c: u8 }",
            "A = { b?: int?, c?: int }",
        ),
        (
            "struct A { #[serde(skip_serializing)] b: u8, #[serde(skip_deserializing)] c: u8 }",
            "A = { b?: int, c?: int }",
        ),
        ("struct A<'a> { #[serde(borrow)] b: std::borrow::Cow<'a, str> }", "A = { b: string }"),
        ("#[serde(tag = \"t\")] struct A { b: u8 }", "A = internal(t) A { b: int }"),
        (
            "/// One.\n/// Two.\nstruct A { /** It. */ b: u8 }",
            "/* One.\nTwo. */ A = { /* It. */ b: int }",
        ),
        ("#[serde(from = \"u8\", into = \"u8\")] struct A { b: Unknown }", "A = int"),
        ("struct A { b: Option<Box<A>>, c: Vec<Self> }", "A = { b?: A?, c: [A] }"),
        (
            "struct A { #[serde(flatten)] b: std::collections::HashMap<String, u8>, #[serde(flatten)] c: Option<serde_json::Value>, #[serde(flatten)] d: () }",
            "A = { ..{string: int}, ..{string: any}? }",
        ),
    ] {
        check("it: A) -> A", &format!("{both} {types}"), &format!("A, A\n{expected}"));
    }
}

#[test]
fn other_fields_are_refused_by_readers_only() {
    let both = "#[derive(serde::Serialize, serde::Deserialize)] #[serde(deny_unknown_fields)]";
    let a = format!("{both} struct A {{ b: u8 }}");
    check("it: A)", &a, "A\nA = { b: int, ..nothing }");
    check("it: A) -> A", &a, "A, A\nA = { b: int, ..nothing }");
    check(") -> A", &a, "A\nA = { b: int }");
    check(
        "it: A)",
        &format!("{both} enum A {{ B {{ c: u8 }}, D(u8), E }}"),
        "A\nA = external B { c: int, ..nothing } | D(int) | E",
    );
}

#[test]
fn directions_have_their_own_views() {
    let types = "#[derive(Serialize, Deserialize)] #[serde(rename_all(serialize = \"UPPERCASE\"))]
        struct A { #[serde(default)] b: u8, #[serde(skip_serializing_if = \"x\")] c: Option<u8>, #[serde(skip_serializing)] d: u8, #[serde(skip_deserializing)] e: Unknown }";
    check("it: A)", types, "A\nA = { b?: int, c?: int?, d: int }");
    check(") -> A", &types.replace("Unknown", "bool"), "A\nA = { B: int, C?: int?, E: bool }");

    let types = "#[derive(Serialize, Deserialize)] #[serde(try_from = \"Raw\", into = \"std::string::String\")] struct A { b: Unknown }
        #[derive(Deserialize)] struct Raw { c: Option<u8> }";
    check("it: A)", types, "A\nA = Raw\nRaw = { c?: int? }");
    check(") -> A", types, "A\nA = string");

    // Through types that serde reads as if they were not there.
    let types = "#[derive(Deserialize)] struct A { b: Maybe, c: Thin, d: Thick, e: Made, f: Box<Option<u8>> } type Maybe = Option<u8>;
        #[derive(Deserialize)] #[serde(transparent)] struct Thin(Maybe); #[derive(Deserialize)] struct Thick(Maybe);
        #[derive(Deserialize)] #[serde(from = \"Maybe\")] struct Made(u8);";
    check(
        "it: A)",
        types,
        "A
        A = { b?: Maybe, c?: Thin, d: Thick, e?: Made, f?: int? }
        Made = Maybe
        Maybe = int?
        Thick = Maybe
        Thin = Maybe",
    );
}

#[test]
fn enums_have_variants() {
    let both = "#[derive(serde::Serialize, serde::Deserialize)]";
    let variants = "{ Unit, New(u8), Tuple(u8, bool), Empty(), Struct { a_b: u8 } }";
    for (types, expected) in [
        (format!("enum A {variants}"), "A = external Unit | New(int) | Tuple((int, bool)) | Empty(()) | Struct { a_b: int }"),
        (format!("#[serde(untagged)] enum A {variants}"), "A = untagged Unit | New(int) | Tuple((int, bool)) | Empty(()) | Struct { a_b: int }"),
        (format!("#[serde(tag = \"t\", content = \"c\")] enum A {variants}"), "A = adjacent(t, c) Unit | New(int) | Tuple((int, bool)) | Empty(()) | Struct { a_b: int }"),
        ("#[serde(tag = \"t\", rename_all = \"snake_case\", rename_all_fields = \"camelCase\")] enum A { BigUnit, New(std::collections::BTreeMap<String, u8>), #[serde(rename_all = \"UPPERCASE\")] Struct { a_b: u8 }, Last { c_d: u8 }, Nothing(()) }".to_owned(),
            "A = internal(t) big_unit | new({string: int}) | struct { A_B: int } | last { cD: int } | nothing"),
        ("enum A { /// First.\nB, #[serde(skip)] C(Unknown), #[serde(rename = \"d\")] D(#[serde(skip)] Unknown), #[serde(other)] E }".to_owned(), "A = external /* First. */ B | d | E"),
        ("enum A { #[serde(skip_serializing)] B, #[serde(skip_deserializing)] C(u8) }".to_owned(), "A = external B | C(int)"),
        ("enum A { B, C { d: u8 }, #[serde(untagged)] E(String) }".to_owned(), "A = untagged Tagged(ATagged) | E(string)\n/* The variants that are tagged. */ ATagged = external B | C { d: int }"),
        ("#[serde(tag = \"t\")] enum A { #[serde(untagged)] B(u8) }".to_owned(), "A = untagged B(int)"),
        ("#[serde(tag = \"t\")] enum A { B(Nothing) } #[derive(Serialize, Deserialize)] struct Nothing;".to_owned(), "A = internal(t) B"),
        ("enum A {}".to_owned(), "A = external "),
    ] {
        check("it: A) -> A", &format!("{both} {types}"), &format!("A, A\n{}", expected));
    }
}

#[test]
fn generics_and_aliases_are_kept() {
    check(
        "it: Page<Option<u8>>) -> Page<Page<bool>>",
        "#[derive(Serialize, Deserialize)] struct Page<T, U = Vec<T>, const N: usize = 2> { items: [T; N], more: U, next: Option<Box<Page<T, U, N>>> }",
        "Page<int?, [int?]>, Page<Page<bool, [bool]>, [Page<bool, [bool]>]>
        Page<T, U> = { items: ['T], more: 'U, next?: Page<'T, 'U>? }",
    );
    check(
        "it: Table<u8>)",
        "/// By name.\ntype Table<T> = std::collections::HashMap<Name, T>; type Name = String;",
        "Table<int>
        Name = string
        /* By name. */ Table<T> = {Name: 'T}",
    );
    check(
        "it: E<u8>)",
        "#[derive(Deserialize)] enum E<T> { A(T), #[serde(untagged)] B { c: T } }",
        "E<int>
        E<T> = untagged Tagged(ETagged<'T>) | B { c: 'T }
        /* The variants that are tagged. */ ETagged<T> = external A('T)",
    );
}

#[test]
fn names_are_unique_over_modules_and_crates() {
    let scan = scanned(&[
        ("a/main.rs", "mod room { #[derive(Deserialize)] pub struct Player(pub u8); } mod lobby { #[derive(Deserialize)] pub struct Player(pub bool); #[derive(Deserialize)] pub struct Seat; }
            struct R; #[nano::component] impl R { #[handler] fn f(&self, it: (room::Player, lobby::Player, lobby::Seat)) {} }"),
        ("b/main.rs", "mod lobby { #[derive(Deserialize)] pub struct Player; } struct R; #[nano::component(name = \"s\")] impl R { #[handler] fn f(&self, it: lobby::Player) {} }"),
    ]);
    let described = described(&scan, &[]).expect("all of this is known");
    assert_eq!(
        text::of(&described),
        "(RoomPlayer, LobbyPlayer, Seat), LobbyPlayer2\nLobbyPlayer = bool\nLobbyPlayer2 = null\nRoomPlayer = int\nSeat = null"
    );
}

#[test]
fn messages_of_prost_are_types_like_others() {
    let types = r#"mod pb {
            #[derive(serde::Serialize, serde::Deserialize)]
            #[derive(Clone, PartialEq, ::prost::Message)]
            #[serde(default)]
            pub struct Player {
                /// Who.
                #[prost(string, tag = "1")] pub name: ::prost::alloc::string::String,
                #[prost(enumeration = "Side", repeated, tag = "2")] pub sides: ::prost::alloc::vec::Vec<i32>,
                #[prost(map = "string, int64", tag = "3")] pub scores: ::std::collections::HashMap<::prost::alloc::string::String, i64>,
                #[prost(bytes = "bytes", tag = "4")] pub token: ::prost::bytes::Bytes,
                #[prost(message, optional, boxed, tag = "5")] pub friend: ::core::option::Option<::prost::alloc::boxed::Box<Player>>,
                #[prost(oneof = "player::Pet", tags = "6, 7")] pub pet: ::core::option::Option<player::Pet>,
            }
            pub mod player {
                #[derive(serde::Serialize, serde::Deserialize)]
                #[derive(Clone, PartialEq, ::prost::Oneof)]
                pub enum Pet { #[prost(string, tag = "6")] Cat(::prost::alloc::string::String), #[prost(uint64, tag = "7")] Dog(u64) }
            }
        }"#;
    check("it: pb::Player) -> pb::Player", types, "Player, Player
        Pet = external Cat(string) | Dog(bigint)
        Player = { /* Who. */ name?: string, sides?: [int], scores?: {string: bigint}, token?: [int], friend?: Player?, pet?: Pet? }");
}

#[test]
fn conditions_have_been_evaluated() {
    check(
        "it: A)",
        "#[cfg_attr(not(no), derive(Deserialize))] struct A { #[cfg(no)] b: Unknown, #[cfg_attr(not(no), serde(default))] c: u8 }",
        "A\nA = { c?: int }",
    );
}

#[test]
fn no_source_makes_it_panic() {
    for types in [
        "type A = A;",
        "type A = B; type B = A;",
        "#[derive(Deserialize)] struct A { #[serde(flatten)] b: Box<A> }",
        "#[derive(Deserialize)] #[serde(transparent)] struct A(Box<A>);",
        "#[derive(Deserialize)] #[serde(from = \"A\")] struct A { b: A }",
        "#[derive(Deserialize)] #[serde(tag = \"t\")] enum A { B(Box<A>), C(u8, u8) }",
        "#[derive(Deserialize)] #[serde(untagged)] enum A { B(Box<A>) }",
        "#[derive(Deserialize)] #[serde(transparent)] struct A(u8, u8);",
        "#[derive(Deserialize)] #[serde(transparent)] struct A;",
        "#[derive(Deserialize)] #[serde(from = \"not a type\")] struct A;",
        "#[derive(Deserialize)] #[serde(rename = 5, default = 7, what, remote = \"\")] struct A { b: u8 }",
        "#[derive(Deserialize)] struct A { #[serde(flatten, skip, getter = \"\", borrow)] r#b: u8, b: Option<Option> }",
        "#[derive(Deserialize)] struct A(#[serde(flatten)] u8);",
        "#[derive(Deserialize)] struct A(std::collections::BTreeMap<A, A>);",
        "#[derive] struct A; #[derive()] struct B;",
    ] {
        let _ = super::outcome("it: A) -> A", types, &[]);
    }
}
