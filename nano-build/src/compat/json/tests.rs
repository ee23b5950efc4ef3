use serde_json::{Value, json};

use crate::compat::compare;
use crate::manifest::Manifest;

mod hostile;
mod shapes;

/// A server with one handler that takes and answers with the type `T`.
fn manifest(types: &Value) -> Manifest {
    let types: Vec<Value> = types
        .as_object()
        .expect("types by name")
        .iter()
        .map(|(name, shape)| {
            let (name, parameter) = name.split_once('<').unwrap_or((name, ""));
            let parameters: Vec<&str> = parameter
                .trim_end_matches('>')
                .split(',')
                .filter(|name| !name.is_empty())
                .collect();
            json!({"name": name, "path": "crate::T", "parameters": parameters, "shape": shape})
        })
        .collect();
    let named = json!({"named": {"name": "T"}});
    serde_json::from_value(json!({
        "format": 1, "package": "test", "serializer": "json", "dictVersion": "1",
        "components": [{"name": "room", "handlers": [{
            "name": "join", "route": "room.join", "code": 1, "kind": "request",
            "payload": named, "reply": named,
        }]}],
        "pushes": [],
        "types": types,
    }))
    .expect("a manifest")
}

/// `!` for breaking and `~` for harmless, then the path.
fn marks(old: &Manifest, new: &Manifest) -> Vec<String> {
    let changes = compare(old, new);
    let mark = |breaking| if breaking { "!" } else { "~" };
    changes.iter().map(|change| format!("{} {}", mark(change.breaking), change.path)).collect()
}

/// Compares definitions of `T` and others by name.
#[track_caller]
fn check_types(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(marks(&manifest(&old), &manifest(&new)), expected, "from {old} to {new}");
}

/// Compares `T` as another name of a type.
#[track_caller]
fn check(old: Value, new: Value, expected: &[&str]) {
    check_types(json!({"T": {"alias": old}}), json!({"T": {"alias": new}}), expected);
}

/// Fields from `{"name": type}`, where `name?` is optional.
fn fields(fields: Value) -> Value {
    let fields = fields.as_object().expect("types by name").iter().map(|(name, ty)| {
        let plain = name.trim_end_matches('?');
        json!({"name": plain, "type": ty, "optional": plain != name})
    });
    json!({"fields": fields.collect::<Vec<_>>()})
}

fn object(of: Value) -> Value {
    json!({"T": {"object": fields(of)}})
}

fn named(name: &str, arguments: Value) -> Value {
    json!({"named": {"name": name, "arguments": arguments}})
}

#[test]
fn scalars() {
    // The relation of each to the others: the types that it may become where it is received, and
    // where it is sent.
    let all = ["null", "bool", "string", "int", "bigInt", "float", "any", "bytes"];
    let grows = |from: &str, to: &str| {
        from == to || to == "any" || (from == "int" && matches!(to, "bigInt" | "float"))
    };
    for old in all {
        for new in all {
            let mark = |fine| if fine { "~" } else { "!" };
            let mut expected = [
                format!("{} payload", mark(grows(old, new))),
                format!("{} reply", mark(grows(new, old))),
            ];
            expected.sort();
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check(json!(old), json!(new), if old == new { &[] } else { &expected });
        }
    }
}

#[test]
fn nullable() {
    let option = |ty: &str| json!({"option": ty});
    check(json!("string"), option("string"), &["! reply", "~ payload"]);
    check(option("string"), json!("string"), &["! payload", "~ reply"]);
    check(option("int"), option("bigInt"), &["! reply", "~ payload"]);
    check(json!("null"), option("string"), &["! reply", "~ payload"]);
    check(option("string"), json!("any"), &["! reply", "~ payload"]);
    check(option("string"), option("int"), &["! payload", "! reply"]);
    // Null is null, however often it may be.
    check(option("string"), json!({"option": option("string")}), &[]);
}

#[test]
fn lists_and_maps() {
    let array = |ty: &str| json!({"array": ty});
    let tuple = |types: &[&str]| json!({"tuple": types});
    let map = |key: &str, value: &str| json!({"map": [key, value]});
    check(array("int"), array("bigInt"), &["! reply []", "~ payload []"]);
    check(array("int"), json!("int"), &["! payload", "! reply"]);
    check(tuple(&["int", "string"]), tuple(&["int", "bool"]), &["! payload [1]", "! reply [1]"]);
    check(tuple(&["int"]), tuple(&["int", "int"]), &["! payload", "! reply"]);
    check(tuple(&["int", "int"]), array("int"), &["! reply"]);
    check(map("string", "int"), map("string", "bigInt"), &["! reply {}", "~ payload {}"]);
    check(map("int", "int"), map("string", "int"), &["! reply {key}"]);
    check(map("string", "int"), array("int"), &["! payload", "! reply"]);
}

#[test]
fn unions_and_foreign_types() {
    let union = |types: &[&str]| json!({"union": types});
    check(union(&["bigInt", "string"]), union(&["bigInt", "string"]), &[]);
    check(union(&["bigInt", "string"]), union(&["string", "bigInt"]), &[]);
    check(json!("string"), union(&["bigInt", "string"]), &["! reply", "~ payload"]);
    check(union(&["bigInt", "string"]), json!("string"), &["! payload", "~ reply"]);
    check(union(&["int", "string"]), union(&["int", "bool"]), &["! payload", "! reply"]);
    check(union(&["int"]), union(&["int", "bool"]), &["! reply", "~ payload"]);
    check(union(&["int", "null"]), json!({"option": "int"}), &["~ reply"]);
    check(json!({"foreign": "Date"}), json!({"foreign": "Date"}), &[]);
    check(json!({"foreign": "Date"}), json!({"foreign": "Temporal"}), &["! payload", "! reply"]);
    check(json!({"foreign": "Date"}), json!("string"), &["! payload", "! reply"]);
}

/// An object whose other fields the server refuses.
fn closed(of: Value) -> Value {
    let mut object = object(of);
    object["T"]["object"]["closed"] = json!(true);
    object
}

#[test]
fn fields_that_are_refused() {
    let (one, two) = (|| json!({"uid": "int"}), || json!({"uid": "int", "name?": "string"}));
    check_types(closed(two()), closed(one()), &["! payload .name", "~ reply .name"]);
    check_types(closed(two()), object(one()), &["~ payload .name", "~ reply .name"]);
    check_types(object(two()), closed(one()), &["! payload .name", "~ reply .name"]);
    check_types(closed(one()), closed(two()), &["~ payload .name", "~ reply .name"]);
    check_types(closed(one()), object(one()), &[]);

    // Inside of a type with an argument, and with something flattened.
    let page = |of: &str, fields: Value| json!({"T": {"alias": named("P", json!([of]))}, "P<X>": {"object": fields}});
    let mut less = fields(json!({"items": {"parameter": "X"}}));
    less["closed"] = json!(true);
    let mut more = less.clone();
    more["flatten"] = json!([{"named": {"name": "E"}}]);
    let mut old = page("int", more);
    old["E"] = json!({"enum": {"tagging": {"internal": {"tag": "t"}}, "variants": [
        {"name": "A", "content": "unit"}]}});
    let new = page("int", less);
    check_types(old.clone(), new, &["! payload", "! reply"]);
    check_types(old.clone(), old, &[]);
}

#[test]
fn fields_come_and_go() {
    let old = || object(json!({"uid": "int"}));
    check_types(
        old(),
        object(json!({"uid": "int", "name": "string"})),
        &["! payload .name", "~ reply .name"],
    );
    check_types(
        old(),
        object(json!({"uid": "int", "name?": "string"})),
        &["~ payload .name", "~ reply .name"],
    );
    check_types(old(), object(json!({})), &["! reply .uid", "~ payload .uid"]);
    check_types(
        object(json!({"uid?": "int"})),
        object(json!({})),
        &["~ payload .uid", "~ reply .uid"],
    );
    check_types(old(), object(json!({"uid?": "int"})), &["! reply .uid", "~ payload .uid"]);
    check_types(object(json!({"uid?": "int"})), old(), &["! payload .uid", "~ reply .uid"]);
    check_types(old(), object(json!({"uid": "string"})), &["! payload .uid", "! reply .uid"]);
    check_types(
        old(),
        object(json!({"uid": {"option": "int"}})),
        &["! reply .uid", "~ payload .uid"],
    );
    // A field that is renamed is one that goes and one that comes.
    check_types(
        old(),
        object(json!({"id": "int"})),
        &["! payload .id", "! reply .uid", "~ payload .uid", "~ reply .id"],
    );
}

#[test]
fn objects_and_maps() {
    check_types(
        object(json!({"a": "int", "b": "int"})),
        json!({"T": {"alias": {"map": ["string", "int"]}}}),
        &["! reply"],
    );
    check_types(
        object(json!({"a": "int", "b": "bool"})),
        json!({"T": {"alias": {"map": ["string", "int"]}}}),
        &["! payload .b", "! reply"],
    );
}

#[test]
fn the_place_is_named_to_the_end() {
    let types = |uid: &str| {
        json!({
            "T": {"object": fields(json!({"members": {"array": named("Member", json!([]))}}))},
            "Member": {"object": fields(json!({"uid": uid}))},
        })
    };
    check_types(
        types("int"),
        types("string"),
        &["! payload .members[].uid", "! reply .members[].uid"],
    );
    let texts: Vec<String> = compare(&manifest(&types("int")), &manifest(&types("string")))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        texts,
        [
            "breaking: `room.join` payload .members[].uid: it was an integer of up to 32 bits and is a string: clients in use send what it was, which the server now refuses",
            "breaking: `room.join` reply .members[].uid: it was an integer of up to 32 bits and is a string: clients in use cannot take what it is",
        ]
    );
}
