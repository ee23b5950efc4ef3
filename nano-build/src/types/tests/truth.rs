//! Comparison of descriptions with the values that serde writes and reads.
//!
//! The types stand in one file that is compiled here, with serde's derive, and scanned.

#[expect(dead_code, reason = "some fields are only for serde to skip")]
mod messages;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use messages::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{described, scanned, text, wire};
use crate::types::Described;

/// A type with values of it.
struct Case {
    /// As it is written in Rust.
    ty: &'static str,
    /// Values as serde writes them.
    written: Vec<Value>,
    /// Returns `true` if serde reads a value.
    reads: Option<fn(&Value) -> bool>,
    both: Both,
}

/// The use of one description for both directions.
#[derive(PartialEq)]
enum Both {
    No,
    Yes,
    /// It serves both, and demands a tag that the server does not need.
    Tagged,
}

/// The number of checks by outcome.
#[derive(Default, Debug)]
struct Count {
    written: usize,
    accepted: usize,
    refused: usize,
    replaced: usize,
}

fn written<T: Serialize>(ty: &'static str, values: Vec<T>) -> Case {
    let write =
        |value: &T| serde_json::to_value(value).unwrap_or_else(|error| panic!("{ty}: {error}"));
    let written: Vec<Value> = values.iter().map(write).collect();
    assert!(!written.is_empty(), "values of {ty}");
    Case { ty, written, reads: None, both: Both::No }
}

fn both<T: Serialize + DeserializeOwned>(ty: &'static str, values: Vec<T>) -> Case {
    Case {
        reads: Some(|value| serde_json::from_str::<T>(&value.to_string()).is_ok()),
        both: Both::Yes,
        ..written(ty, values)
    }
}

fn describe(ty: &str, input: bool, output: bool) -> Described {
    let payload = if input { format!("it: {ty}") } else { String::new() };
    let reply = if output { format!("-> {ty}") } else { String::new() };
    let main = format!(
        "mod messages; use messages::*; struct R; #[nano::component] impl R {{ #[handler] fn f(&self, {payload}) {reply} {{}} }}"
    );
    let scan = scanned(&[("main.rs", &main), ("messages.rs", include_str!("truth/messages.rs"))]);
    described(&scan, &[]).unwrap_or_else(|problems| panic!("{ty}: {}", problems.join("\n")))
}

impl Case {
    fn check(&self, count: &mut Count) {
        let ty = self.ty;
        let output = describe(ty, false, true);
        for value in &self.written {
            assert!(
                wire::allows(&output, value),
                "{ty} is written as {value}: {}",
                text::of(&output)
            );
            count.written += 1;
        }
        let Some(reads) = self.reads else { return };
        let input = describe(ty, true, false);
        let merged = (self.both != Both::No).then(|| describe(ty, true, true));
        for value in &self.written {
            if let Some(merged) = &merged {
                assert!(
                    wire::allows(merged, value),
                    "{ty} is written as {value}: {}",
                    text::of(merged)
                );
            }
            let mut reduced = vec![value.clone()];
            removals(value, &mut |one| reduced.push(one));
            for value in reduced {
                let allowed = wire::allows(&input, &value);
                assert_eq!(
                    allowed,
                    reads(&value),
                    "{ty} is read from {value}: {}",
                    text::of(&input)
                );
                if let (true, Both::Yes, Some(merged)) = (allowed, &self.both, &merged) {
                    assert!(
                        wire::allows(merged, &value),
                        "{ty} may be {value}: {}",
                        text::of(merged)
                    );
                }
                count.accepted += usize::from(allowed);
                count.refused += usize::from(!allowed);
            }
            replacements(value, &mut |value| {
                if wire::allows(&input, &value) {
                    assert!(reads(&value), "{ty} is not read from {value}: {}", text::of(&input));
                    count.replaced += 1;
                }
            });
        }
    }
}

/// The value without one field, for each field at any depth.
fn removals(value: &Value, found: &mut dyn FnMut(Value)) {
    if let Some(object) = value.as_object() {
        for name in object.keys() {
            let mut less = object.clone();
            less.remove(name);
            found(Value::Object(less));
        }
    }
    inside(value, &mut |part, rebuild| removals(part, &mut |less| found(rebuild(less))));
}

/// The value with something else for each part of it.
fn replacements(value: &Value, found: &mut dyn FnMut(Value)) {
    for other in [
        json!(null),
        json!(true),
        json!(7),
        json!(0.5),
        json!("x"),
        json!([]),
        json!({}),
        json!([7, 7]),
        json!({ "a": 7 }),
    ] {
        found(other);
    }
    inside(value, &mut |part, rebuild| replacements(part, &mut |other| found(rebuild(other))));
}

/// Puts something else in the place of a part.
type Rebuild<'a> = &'a dyn Fn(Value) -> Value;

/// Calls `visit` with each direct part, and what puts another in its place.
fn inside(value: &Value, visit: &mut dyn FnMut(&Value, Rebuild<'_>)) {
    match value {
        Value::Array(all) => {
            for (at, part) in all.iter().enumerate() {
                visit(part, &|other| {
                    let mut all = all.clone();
                    all[at] = other;
                    Value::Array(all)
                });
            }
        }
        Value::Object(all) => {
            for (name, part) in all {
                visit(part, &|other| {
                    let mut all = all.clone();
                    all.insert(name.clone(), other);
                    Value::Object(all)
                });
            }
        }
        _ => {}
    }
}

fn names() -> Names {
    Names { first_name: 1, second_name: 2, r#type: 3 }
}

fn point() -> Point {
    Point(1, 0.5)
}

/// A case of a type; the name is that of the source as well.
macro_rules! case {
    ($how:ident, $ty:ty: $($value:expr),+ $(,)?) => {
        $how::<$ty>(stringify!($ty), vec![$($value),+])
    };
}

fn structs() -> Vec<Case> {
    let transparent = || Transparent { inner: Some(point()), rest: Unknown };
    let options = |some: Option<u8>, seven| Options {
        plain: some,
        skipped: some,
        defaulted: 1,
        seven,
        aliased: some,
        thin: transparent(),
        converted: FromOption(1),
        newtype: Newtype(some),
        twice: some.map(Some),
        own: Unknown,
        last: true,
    };
    let (one, other): (Page<u8>, Page<u8>) = (
        Page { items: vec![1, 2], room: PhantomData, more: vec![3], next: None },
        Page { items: vec![1, 2], room: PhantomData, more: vec![], next: None },
    );
    vec![
        case!(both, Scalars: Scalars {
            bytes: (1, -1), words: (1, -1, 1, -1), longs: (1, -1, 1, -1), floats: vec![0.5, 1.0], single: 0.5,
            flag: true, letter: 'a', text: "b".into(), boxed: "c".into(), nothing: (), ghost: Default::default(),
            path: "d".into(), some: 5.try_into().expect("five is not zero"),
        }),
        case!(both, Wrapped: Wrapped {
            cell: 1.into(), mutex: vec![true].into(), wrapping: std::num::Wrapping(1), reverse: std::cmp::Reverse(1),
            cow: "a".into(), atomic: 1.into(), boxed: Box::new(None),
        }),
        case!(both, Standard: Standard {
            span: Duration::from_millis(1500), time: SystemTime::UNIX_EPOCH, result: vec![Ok(1), Err("no".into())],
            range: 1..2, inclusive: 1..=2, from: 1.., to: ..2,
            bounds: (std::ops::Bound::Unbounded, std::ops::Bound::Included(1), std::ops::Bound::Excluded(1)),
        }),
        case!(written, Vague: Vague { array: [1, 2], ip: [127, 0, 0, 1].into() }),
        case!(both, Collections: Collections {
            list: vec![1, 2], queue: [(1, true)].into(), set: ["a".to_owned()].into(), slice: [1].into(),
            by_name: [("a".to_owned(), 1)].into(), by_number: [(1, vec![2])].into(), by_flag: [(true, 1)].into(),
            by_letter: [('a', 1)].into(), by_side: [(Side::FarLeft, 1), (Side::Right, 2)].into(), by_id: [(Id(1), 2)].into(),
            any: json!([1, { "a": null }]), object: Default::default(),
        }),
        case!(both, Unit: Unit),
        case!(both, Point: point()),
        case!(both, NoFields: NoFields()),
        case!(both, Gaps: Gaps(1, Unknown, true)),
        case!(both, Transparent: transparent(), Transparent { inner: None, rest: Unknown }),
        case!(both, Names: names()),
        case!(both, Options: options(None, 7), options(Some(1), 1)),
        case!(both, Defaults: Defaults { a: 1, b: "c".into() }),
        case!(both, OneWay: OneWay { both: 1, password: "a".into(), rank: 1 }),
        Case { both: Both::Tagged, ..case!(both, Tagged: Tagged { a: 1 }) },
        case!(both, Page<u8>: Page { items: vec![1, 2], room: PhantomData, more: vec![3], next: Some(Box::new(one)) }, other),
        case!(both, Page<Option<bool>, (), 1>: Page { items: vec![None, Some(true)], room: PhantomData, more: (), next: None }),
        case!(both, FromOption: FromOption(1)),
        Case { both: Both::No, ..case!(both, TwoNames: TwoNames { to_and_fro: 1, other_one: 2 }) },
        Case { both: Both::No, ..case!(both, Even: Even::try_from(8).expect("eight is even")) },
    ]
}

fn enums() -> Vec<Case> {
    vec![
        case!(both, Side: Side::FarLeft, Side::Right),
        case!(both, Tree: Tree::Node(vec![Tree::Leaf, Tree::Pair { left: Tree::Leaf.into(), right: None }])),
        case!(both, External: External::Unit, External::Null(()), External::New(1), External::Optional(None),
            External::Tuple(1, true), External::Gaps(1, Unknown), External::Empty(), External::Struct { a: 1, b: None },
            External::Bare {}, External::Hidden(Unknown), External::Renamed(point())),
        case!(both, Internal: Internal::JustUnit, Internal::Null(()), Internal::Nothing(Unit), Internal::New(names()),
            Internal::Map([("a".to_owned(), 1)].into()), Internal::Any(json!({ "a": [1] })),
            Internal::Struct { a_b: 1, c_d: Some(2) }, Internal::Nested(Adjacent::New(1)), Internal::Outer(Fruit::Apple(1)),
            Internal::Outer(Fruit::Pear { size: 1 }), Internal::Outer(Fruit::Nuts(1, 2)), Internal::Loud { e_f: 1 }, Internal::Hidden(Unknown)),
        case!(both, Adjacent: Adjacent::Unit, Adjacent::Null(()), Adjacent::New(1), Adjacent::Tuple(1, true),
            Adjacent::Struct { a: 1, b: None }, ),
        case!(both, Untagged: Untagged::Unit, Untagged::Flag(true), Untagged::Tuple(1, 2), Untagged::Struct { a: 1, b: None },
            Untagged::Other { c: "d".into() }, Untagged::Text("e".into())),
        case!(both, Mixed: Mixed::A { x: 1 }, Mixed::B, Mixed::Number(1), Mixed::Point(1, 2)),
        case!(both, MixedTag<String>: MixedTag::A { x: 1 }, MixedTag::B, MixedTag::Text("a".into()), MixedTag::Struct { y: 1 }),
        Case { both: Both::No, ..case!(both, Hidden: Hidden::It(1)) },
        case!(written, Others: Others::Known, Others::OnlyWritten(1), Others::Unknown),
        case!(both, Others: Others::Known),
    ]
}

fn flattened() -> Vec<Case> {
    let flat = |fruit, kind| Flat {
        id: 1,
        names: names(),
        fruit,
        kind,
        unit: (),
        rest: BTreeMap::from([("z".to_owned(), json!([1]))]),
    };
    vec![
        case!(both, Flat: flat(Fruit::Apple(1), Tagged2::One { one: 1 }), flat(Fruit::Pear { size: 1 }, Tagged2::Two)),
        case!(both, FlatMaybe<Owner>: FlatMaybe { id: 1, maybe: None }, FlatMaybe { id: 1, maybe: Some(Owner { owner: 1 }) }),
        case!(both, FlatMap: FlatMap { id: 1, names: names(), rest: [("z".to_owned(), 1)].into() }),
        case!(both, FlatAny: FlatAny { id: 1, any: json!({ "a": [1] }) }),
        case!(both, FlatVariant: FlatVariant::A { id: 1, names: names() }),
    ]
}

#[test]
fn serde_does_what_the_descriptions_say() {
    let mut count = Count::default();
    for case in structs().into_iter().chain(enums()).chain(flattened()) {
        case.check(&mut count);
    }
    // All checks are made, and none of them is empty.
    let Count { written, accepted, refused, replaced } = count;
    assert!(written > 60 && accepted > 100 && refused > 100 && replaced > 100, "{count:?}");
}
