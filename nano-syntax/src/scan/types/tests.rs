use std::io;
use std::path::{Path, PathBuf};

use crate::scan::{CfgSet, Scan, ScannedType, TypeTree, TypeUse, scan};

/// The items that can be named; the type in question is the payload in `impl<T> Room<T>`.
const AROUND: &str = r#"
    use std::collections::{HashMap as Map, BTreeMap};
    use serde_json as json;
    use uuid::*;
    use Key as Renamed;
    pub struct Room<T>(T);
    pub struct Key;
    pub struct Pair<A, const N: usize, B> { a: [A; N], b: B, both: Option<Box<Self>> }
    pub type Keys = Vec<Key>;
    pub enum Side { Left(u8), Right }
    const SIZE: usize = 3;
    mod inner { pub struct Deep; pub mod key { } include!("made.rs"); }
    #[nano::component]
    impl<T> Room<T> { #[handler] fn a(&self, payload: PAYLOAD) { } }
"#;

fn scanned(text: &str) -> Scan {
    let read = |_: &Path| -> io::Result<String> { Ok(text.to_owned()) };
    match scan(&[PathBuf::from("main.rs")], &CfgSet::new().flag("unix"), &read) {
        Ok(found) => found,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

/// Types of the crate have a `#` before their path.
fn show(tree: &TypeTree, types: &[ScannedType]) -> String {
    let list =
        |of: &[TypeTree]| of.iter().map(|tree| show(tree, types)).collect::<Vec<_>>().join(", ");
    match tree {
        TypeTree::Path { path, local, arguments } => {
            assert!(local.is_none_or(|at| types[at].path == *path), "{path} is not {local:?}");
            let mark = if local.is_some() { "#" } else { "" };
            let arguments = match arguments.as_slice() {
                [] => String::new(),
                of => format!("<{}>", list(of)),
            };
            format!("{mark}{path}{arguments}")
        }
        TypeTree::Parameter(name) => format!("${name}"),
        TypeTree::Tuple(elements) => format!("({})", list(elements)),
        TypeTree::Array(element) => format!("[{}; _]", show(element, types)),
        TypeTree::Slice(element) => format!("[{}]", show(element, types)),
        TypeTree::Other(text) => format!("? {}", text.replace(' ', "")),
    }
}

#[test]
fn what_a_type_means() {
    for (written, meant) in [
        ("u8", "u8"),
        ("String", "String"),
        ("std::string::String", "std::string::String"),
        ("::std::string::String", "std::string::String"),
        ("Map<String, Key>", "std::collections::HashMap<String, #crate::Key>"),
        ("BTreeMap<u8, u8>", "std::collections::BTreeMap<u8, u8>"),
        ("json::Value", "serde_json::Value"),
        ("json::Map<String, json::Value>", "serde_json::Map<String, serde_json::Value>"),
        ("Uuid", "Uuid"),
        ("Renamed", "#crate::Key"),
        ("crate::Key", "#crate::Key"),
        ("self::inner::Deep", "#crate::inner::Deep"),
        ("inner::Made", "crate::inner::Made"),
        ("inner::Made<Key>", "crate::inner::Made<#crate::Key>"),
        ("Keys", "#crate::Keys"),
        ("()", "()"),
        ("(Key,)", "(#crate::Key)"),
        ("(u8, (Key, T))", "(u8, (#crate::Key, $T))"),
        ("[Key; SIZE]", "[#crate::Key; _]"),
        ("Box<[T]>", "Box<[$T]>"),
        ("T", "$T"),
        ("Option<T>", "Option<$T>"),
        ("Self", "#crate::Room<$T>"),
        ("Vec<Self>", "Vec<#crate::Room<$T>>"),
        ("(Key)", "#crate::Key"),
        ("Pair<u8, 3, Key>", "#crate::Pair<u8, #crate::Key>"),
        ("Pair<u8, { 1 + 2 }, Key>", "#crate::Pair<u8, #crate::Key>"),
        ("Pair<u8, SIZE, Key>", "#crate::Pair<u8, #crate::Key>"),
        ("Pair<u8, { SIZE }, Key>", "#crate::Pair<u8, #crate::Key>"),
        ("T::Item", "? T::Item"),
        ("Self::Item", "? Self::Item"),
        ("<T as Iterator>::Item", "? <TasIterator>::Item"),
        ("Box<dyn Send>", "Box<? dynSend>"),
        ("Box<fn(Key) -> u8>", "Box<? fn(Key)->u8>"),
        ("Option<*const Key>", "Option<? *constKey>"),
        ("Box<made!(Key)>", "Box<? made!(Key)>"),
    ] {
        let found = scanned(&AROUND.replace("PAYLOAD", written));
        let [found] = found.crates.as_slice() else { panic!("one root") };
        let payload = found.components[0].handlers[0].payload.as_ref();
        let payload = payload.unwrap_or_else(|| panic!("{written} is a payload"));
        assert_eq!(show(&payload.tree, &found.types), meant, "{written}");
    }
}

/// The types of a definition's fields.
fn uses(definition: &str, name: &str) -> Vec<String> {
    named(definition, name, |ty| &ty.uses)
}

/// Some of the types in a definition.
fn named(definition: &str, name: &str, of: fn(&ScannedType) -> &[TypeUse]) -> Vec<String> {
    let text = AROUND.replace("PAYLOAD", name) + definition;
    let found = scanned(&text);
    let [found] = found.crates.as_slice() else { panic!("one root") };
    let path = format!("crate::{}", name.trim_start_matches("r#"));
    let is_it = |ty: &&ScannedType| ty.path == path;
    let ty = found.types.iter().find(is_it).expect("the definition is needed");
    assert_eq!((ty.module.as_str(), &ty.proto), ("crate", &None));
    of(ty).iter().map(|used| show(&used.tree, &found.types)).collect()
}

#[test]
fn there_is_one_use_for_each_field() {
    let key = "#crate::Key";
    for (definition, expected) in [
        ("struct X;", &[][..]),
        ("struct X {}", &[]),
        ("struct X { a: u8, b: Key, c: u8 }", &["u8", key, "u8"]),
        ("struct X(u8, Key, (), Key);", &["u8", key, "()", key]),
        ("struct X { a: u8, #[cfg(windows)] b: u16, #[cfg(unix)] c: u32 }", &["u8", "u32"]),
        (
            "enum X { A, B(u8, Key), #[cfg(windows)] C(u16), D { d: X, e: Key }, E = 3, F() }",
            &["u8", key, "#crate::X", key],
        ),
        ("union X { a: u8, b: u16 }", &["u8", "u16"]),
        ("type X = Vec<Key>;", &["Vec<#crate::Key>"]),
        ("type X = (Key, Key);", &["(#crate::Key, #crate::Key)"]),
        ("struct X<T = Key> { a: T, b: Box<Self> }", &["$T", "Box<#crate::X<$T>>"]),
        (
            "struct X<'a, T, const N: usize> { a: &'a [T; N], b: Pair<T, N, u8> }",
            &["[$T; _]", "#crate::Pair<$T, u8>"],
        ),
        ("struct X { a: &'static (Key), b: Cow<'static, [u8]> }", &[key, "Cow<[u8]>"]),
        ("struct X<Key> { a: Key, b: Key::Item, c: crate::Key }", &["$Key", "? Key::Item", key]),
    ] {
        assert_eq!(uses(definition, "X"), expected, "{definition}");
    }
    assert_eq!(uses("struct r#type { own: Option<Box<Self>> }", "r#type").len(), 1);
}

#[test]
fn what_a_definition_mentions() {
    for (definition, expected) in [
        ("struct X { a: Key }", &[][..]),
        ("struct X<T = Key, U = Vec<T>, const N: usize = 3>(T, U);", &["#crate::Key", "Vec<$T>"]),
        ("#[serde(rename = \"a\", from = \"Key\")] struct X;", &["#crate::Key"]),
        (
            "#[serde(rename(serialize = \"a\"), try_from = \"inner::Deep\", into = \"Map<u8, Side>\")] enum X {}",
            &["#crate::inner::Deep", "std::collections::HashMap<u8, #crate::Side>"],
        ),
        ("#[serde(from = 5, into = \"no type\")] struct X<T = u8>;", &["u8"]),
        ("#[serde] #[other(from = \"Key\")] struct X;", &[]),
    ] {
        assert_eq!(named(definition, "X", |ty| &ty.mentions), expected, "{definition}");
    }
}
