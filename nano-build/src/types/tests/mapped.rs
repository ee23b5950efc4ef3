//! Mappings of types of other crates.

use super::{check, outcome};

#[test]
fn the_standard_library_and_friends_have_types() {
    for (rust, expected) in [
        ("String", "string"),
        ("std::string::String", "string"),
        ("::prost::alloc::string::String", "string"),
        ("Box<str>", "string"),
        ("std::borrow::Cow<'static, str>", "string"),
        ("char", "string"),
        ("std::path::PathBuf", "string"),
        ("std::net::IpAddr", "string"),
        ("core::net::SocketAddrV6", "string"),
        ("(u8, i16, u32)", "(int, int, int)"),
        (
            "(i64, u64, i128, u128, isize, usize)",
            "(bigint, bigint, bigint, bigint, bigint, bigint)",
        ),
        (
            "(std::num::NonZeroU8, std::num::NonZeroI64, std::num::NonZero<u32>)",
            "(int, bigint, int)",
        ),
        ("(std::sync::atomic::AtomicU8, std::sync::atomic::AtomicUsize)", "(int, bigint)"),
        ("std::sync::atomic::AtomicBool", "bool"),
        ("(f32, f64, bool, ())", "(float, float, bool, null)"),
        ("Option<Option<u8>>", "int?"),
        ("::core::option::Option<bool>", "bool?"),
        ("Vec<Vec<bool>>", "[[bool]]"),
        ("::prost::alloc::vec::Vec<bool>", "[bool]"),
        ("std::collections::VecDeque<u8>", "[int]"),
        ("Box<[u8]>", "[int]"),
        ("[u8; 16]", "[int]"),
        ("std::collections::HashSet<u8, MyHasher>", "[int]"),
        ("std::collections::HashMap<String, u8>", "{string: int}"),
        ("std::collections::BTreeMap<u64, bool>", "{bigint: bool}"),
        ("indexmap::IndexMap<char, indexmap::IndexSet<u8>>", "{string: [int]}"),
        ("std::sync::Arc<std::sync::Mutex<bool>>", "bool"),
        ("std::cell::Cell<std::cmp::Reverse<u8>>", "int"),
        ("std::num::Wrapping<u8>", "int"),
        ("std::marker::PhantomData<u8>", "null"),
        ("serde_json::Value", "any"),
        ("serde_json::Map<String, serde_json::Value>", "{string: any}"),
        ("serde_json::Number", "float | bigint"),
        ("nano::Uid", "bigint | string"),
        ("bytes::Bytes", "bytes"),
        ("Vec<bytes::Bytes>", "[[int]]"),
        ("bytes::BytesMut", "[int]"),
    ] {
        check(&format!("it: {rust})"), "", expected);
        check(&format!(") -> {rust}"), "", expected);
    }
}

#[test]
fn the_stars_of_nano_and_the_standard_library_are_known() {
    for (uses, ty, expected) in [
        ("use nano::*;", "Uid", "bigint | string"),
        ("use ::nano::*;", "Bytes", "bytes"),
        ("use nano::{self, component};", "nano::Uid", "bigint | string"),
        ("use nano as n; use n::*;", "Uid", "bigint | string"),
        ("use prelude::*; mod prelude { pub use nano::Uid; }", "Uid", "bigint | string"),
        ("use prelude::*; mod prelude { pub use nano::*; }", "Uid", "bigint | string"),
        ("use prelude::Id; mod prelude { pub use nano::Uid as Id; }", "Id", "bigint | string"),
        (
            "mod a { pub use crate::b::*; } mod b { pub use nano::*; pub use crate::a::*; }",
            "a::Uid",
            "bigint | string",
        ),
        ("use std::net::*;", "Vec<IpAddr>", "[string]"),
        ("use serde_json::*;", "(Value, Number)", "(any, float | bigint)"),
        // A type of the crate's own comes before one of a star.
        ("use nano::*; type Uid = u8;", "Uid", "Uid\nUid = int"),
    ] {
        check(&format!("it: {ty})"), uses, expected);
    }
    let none = outcome("it: Uid)", "use other::*;", &[]);
    assert!(none.contains("`Uid` is not known here, as no import names it"), "{none}");
}

#[test]
fn imports_are_followed_and_stars_are_not() {
    check(
        "it: HashMap<u8, Small>)",
        "use std::collections::*; type Small = u8;",
        "{int: Small}\nSmall = int",
    );
    check(
        "it: map::HashMap<u8, Text>)",
        "use std::{collections as map, string::String as Text};",
        "{int: string}",
    );
    check("it: B)", "use bytes::Bytes as B;", "bytes");
    check("it: Raw)", "type Raw = bytes::Bytes;", "bytes");
    check("it: String)", "type String = u8;", "String\nString = int");
}

#[test]
fn some_need_a_definition() {
    check(") -> std::time::Duration", "", "Duration
        /* A span of time: whole seconds, and nanoseconds beyond them. */ Duration = { secs: bigint, nanos: int }");
    check(
        "it: nano::RoomId) -> nano::RoomId",
        "",
        "RoomId, RoomId
        /* The id of a room. */ RoomId = bigint",
    );
    check(") -> Vec<Result<u8, String>>", "", "[Result<int, string>]
        /* What came of something: a value, or an error. */ Result<T, E> = external Ok('T) | Err('E)");
    check(
        ") -> std::ops::Range<u8>",
        "",
        "Range<int>
        /* From `start` to before `end`. */ Range<T> = { start: 'T, end: 'T }",
    );
    check("it: std::time::Duration) -> Duration", "#[derive(serde::Serialize)] struct Duration(std::time::SystemTime);",
        "TimeDuration, Duration
        Duration = SystemTime
        /* A moment: seconds since 1970 in UTC, and nanoseconds beyond them. */ SystemTime = { secs_since_epoch: bigint, nanos_since_epoch: int }
        /* A span of time: whole seconds, and nanoseconds beyond them. */ TimeDuration = { secs: bigint, nanos: int }");
}

#[test]
fn the_build_script_has_the_last_word() {
    let mappings = [
        ("uuid::Uuid", "string"),
        ("crate::Player.when", "Date"),
        ("crate::Shape::Circle.0", "Radius"),
        ("crate::Shape::Dot", "Dot"),
        ("crate::Hand", "'rock' | 'paper'"),
        ("std::time::Duration", "number"),
    ];
    for (signature, types, expected) in [
        ("it: Vec<uuid::Uuid>)", "", "[`string`]"),
        ("it: Hand)", "struct Hand;", "`'rock' | 'paper'`"),
        ("it: std::time::Duration)", "", "`number`"),
        (
            "it: Player) -> Player",
            "#[derive(Serialize, Deserialize)] struct Player { #[serde(with = \"unix\")] when: Time, id: uuid::Uuid }",
            "Player, Player\nPlayer = { when: `Date`, id: `string` }",
        ),
        (
            "it: Shape)",
            "#[derive(Deserialize)] enum Shape { Circle(chrono::Time), #[serde(with = \"x\")] Dot { x: Y } }",
            "Shape\nShape = external Circle(`Radius`) | Dot(`Dot`)",
        ),
    ] {
        assert_eq!(outcome(signature, types, &mappings), expected, "{signature} with {types}");
    }
}
