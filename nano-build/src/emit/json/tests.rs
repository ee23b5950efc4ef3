use serde_json::{Value, json};

use super::{Int64, Types};
use crate::emit::tests::manifest;
use crate::manifest::{Manifest, TypeDef};

/// Checks the text of definitions, given as `[name, shape]` or `[name, shape, parameters]`.
fn check(defs: Value, expected: &str) {
    let def = |def: &Value| {
        let mut text = json!({ "name": def[0], "path": "crate::A", "shape": def[1] });
        if let Some(parameters) = def.get(2) {
            text["parameters"] = parameters.clone();
        }
        serde_json::from_value::<TypeDef>(text).unwrap()
    };
    let types = defs.as_array().unwrap().iter().map(def).collect();
    let manifest = Manifest { types, ..manifest(&[]) };
    let mut problems = Vec::new();
    let module = Types::of(&manifest, Int64::Exact, &mut problems).module("");
    assert_eq!(problems, [""; 0]);
    let (_, written) = module.split_once("number | bigint;\n").unwrap();
    let written = written.replace("\nexport ", "\n").replace("\n\n", "\n");
    assert_eq!(written.trim(), expected);
}

fn named(name: &str) -> Value {
    json!({ "named": { "name": name } })
}

fn flat(fields: &Value, flatten: &Value) -> Value {
    json!({ "object": { "fields": fields, "flatten": flatten } })
}

#[test]
fn writes_simple_types() {
    let check = |ty: Value, expected: &str| {
        check(json!([["A", { "alias": ty }]]), &format!("type A = {expected};"));
    };
    for (ty, expected) in [
        ("any", "unknown"),
        ("null", "null"),
        ("bool", "boolean"),
        ("string", "string"),
        ("float", "number"),
        ("int", "number"),
        ("bigInt", "Int64"),
    ] {
        check(json!(ty), expected);
    }
    check(json!({ "option": "int" }), "number | null");
    check(json!({ "array": { "option": "int" } }), "(number | null)[]");
    check(json!({ "option": { "option": "int" } }), "(number | null) | null");
    check(json!({ "array": { "array": "int" } }), "number[][]");
    check(json!({ "tuple": [] }), "[]");
    check(json!({ "tuple": ["int", { "option": "int" }] }), "[number, number | null]");
    check(json!({ "map": ["int", { "option": "int" }] }), "{ [key: string]: number | null }");
    check(json!({ "union": ["bigInt", "string"] }), "Int64 | string");
    check(json!({ "union": [] }), "never");
    check(json!({ "foreign": "three.Vector3" }), "three.Vector3");
    check(json!({ "array": { "foreign": "() => void" } }), "(() => void)[]");
    check(json!({ "array": named("A") }), "A[]");
}

#[test]
fn writes_enums_as_they_are_tagged() {
    let variants = json!([
        { "name": "unit", "content": "unit" },
        { "name": "one", "content": { "value": named("B") } },
        { "name": "x-y", "content": { "fields": { "fields": [{ "name": "a", "type": "int" }] } } },
    ]);
    let check = |tagging: Value, expected: &str| {
        let shape = json!({ "enum": { "tagging": tagging, "variants": variants } });
        check(
            json!([["A", shape], ["B", { "object": { "fields": [] } }]]),
            &format!("type A = {expected};\ninterface B {{}}"),
        );
    };
    check(json!("external"), "'unit' | { one: B } | { 'x-y': { a: number } }");
    check(
        json!({ "internal": { "tag": "t" } }),
        "{ t: 'unit' } | ({ t: 'one' } & B) | { t: 'x-y'; a: number }",
    );
    check(
        json!({ "adjacent": { "tag": "t", "content": "c" } }),
        "{ t: 'unit' } | { t: 'one'; c: B } | { t: 'x-y'; c: { a: number } }",
    );
    check(json!("untagged"), "null | B | { a: number }");
}

#[test]
fn joins_flattened_types() {
    let a = json!([{ "name": "a", "type": "int" }]);
    let check = |fields: &Value, flatten: Value, expected: &str| {
        check(
            json!([["A", flat(fields, &flatten)], ["B", { "object": { "fields": [] } }]]),
            &format!("{expected}\ninterface B {{}}"),
        );
    };
    check(&a, json!([named("B")]), "type A = { a: number } & B;");
    check(&json!([]), json!([named("B")]), "type A = B;");
    check(&json!([]), json!(["null"]), "type A = {};");
    check(&a, json!(["null"]), "type A = { a: number };");
    check(&a, json!([{ "option": named("B") }]), "type A = { a: number } & Partial<B>;");
    check(&a, json!(["any"]), "type A = { a: number } & { [key: string]: unknown };");
    check(
        &a,
        json!([{ "map": ["string", "int"] }]),
        "type A = { a: number } & { [key: string]: number };",
    );
    check(
        &json!([{ "name": "a", "type": "string", "optional": true }]),
        json!([{ "map": ["string", "int"] }]),
        "type A = { a?: string } & { [key: string]: number | string | undefined };",
    );
    check(
        &a,
        json!([named("B"), { "map": ["string", "int"] }]),
        "type A = { a: number } & B & { [key: string]: unknown };",
    );
}

#[test]
fn names_what_can_be_declared() {
    let object = json!({ "object": { "fields": [] } });
    let check = |names: &[&str], expected: &[&str]| {
        let defs: Vec<_> = names.iter().map(|name| json!([name, object])).collect();
        let expected: Vec<_> =
            expected.iter().map(|name| format!("interface {name} {{}}")).collect();
        check(json!(defs), &expected.join("\n"));
    };
    check(&["User", "Map", "Promise", "Record"], &["User", "Map", "Promise", "Record"]);
    check(&["Int64", "Partial"], &["Int64_", "Partial_"]);
    check(&["string", "class", "any"], &["string_", "class_", "any_"]);
    check(&["Int64", "Int64_"], &["Int64_", "Int64__"]);
    check(&["a-b", "a b", "1a", ""], &["a_b", "a_b_", "_1a", "_"]);
}

#[test]
fn parameters_do_not_hide_types() {
    let fields =
        json!([{ "name": "b", "type": named("B") }, { "name": "p", "type": { "parameter": "B" } }]);
    check(
        json!([["A", { "object": { "fields": fields } }, ["B"]], ["B", { "alias": "int" }]]),
        "interface A<B_> {\n  b: B;\n  p: B_;\n}\ntype B = number;",
    );
}

#[test]
fn types_may_hold_but_not_be_themselves() {
    let untagged = |ty: Value| {
        let variants = json!([{ "name": "a", "content": { "value": ty } }]);
        json!({ "enum": { "tagging": "untagged", "variants": variants } })
    };
    let option = |name: &str| json!({ "alias": { "option": named(name) } });
    check(json!([["A", option("A")]]), "type A = unknown | null;");
    check(
        json!([["A", option("B")], ["B", option("C")], ["C", option("A")], ["D", option("A")]]),
        "type A = unknown | null;\ntype B = unknown | null;\ntype C = unknown | null;\ntype D = A | null;",
    );
    check(json!([["A", untagged(named("A"))]]), "type A = unknown;");
    check(json!([["A", untagged(json!({ "array": named("A") }))]]), "type A = A[];");
    check(
        json!([["A", flat(&json!([]), &json!([{ "option": named("A") }]))]]),
        "type A = Partial<unknown>;",
    );
    let held = json!([{ "name": "a", "type": { "option": named("A") } }]);
    check(
        json!([["A", flat(&held, &json!([named("B")]))], ["B", { "object": { "fields": held } }]]),
        "type A = { a: A | null } & B;\ninterface B {\n  a: A | null;\n}",
    );
}
