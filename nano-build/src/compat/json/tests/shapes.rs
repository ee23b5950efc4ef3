//! Enums, flattened fields, generics, recursive types.

use serde_json::{Value, json};

use super::{check_types, fields, named, object};

fn variants(variants: Value) -> Vec<Value> {
    let variants = variants.as_object().expect("contents by name");
    variants.iter().map(|(name, content)| json!({"name": name, "content": content})).collect()
}

fn enumeration(tagging: Value, of: Value) -> Value {
    json!({"T": {"enum": {"tagging": tagging, "variants": variants(of)}}})
}

fn internal() -> Value {
    json!({"internal": {"tag": "kind"}})
}

fn adjacent() -> Value {
    json!({"adjacent": {"tag": "kind", "content": "value"}})
}

#[test]
fn variants_come_and_go() {
    for tagging in [json!("external"), internal(), adjacent()] {
        let one = || enumeration(tagging.clone(), json!({"A": "unit"}));
        let two = || enumeration(tagging.clone(), json!({"A": "unit", "B": "unit"}));
        check_types(one(), two(), &["! reply", "~ payload"]);
        check_types(two(), one(), &["! payload", "~ reply"]);
        check_types(two(), two(), &[]);
    }
    let untagged = |of| enumeration(json!("untagged"), of);
    let one = || untagged(json!({"A": {"value": "int"}}));
    let two = || untagged(json!({"A": {"value": "int"}, "B": {"value": "string"}}));
    check_types(one(), two(), &["! reply", "~ payload"]);
    check_types(two(), one(), &["! payload", "~ reply"]);
    // Names and order of untagged variants do not count.
    check_types(two(), untagged(json!({"C": {"value": "string"}, "D": {"value": "int"}})), &[]);
}

#[test]
fn what_variants_hold() {
    let value = |ty: &str| json!({"A": {"value": ty}});
    for tagging in [json!("external"), adjacent()] {
        let of = |content| enumeration(tagging.clone(), content);
        check_types(of(value("int")), of(value("bigInt")), &["! reply (A)", "~ payload (A)"]);
        check_types(of(value("int")), of(json!({"A": "unit"})), &["! payload (A)", "! reply (A)"]);
    }
    let held = |of| json!({"A": {"fields": fields(of)}});
    for tagging in [json!("external"), internal(), adjacent()] {
        let of = |content| enumeration(tagging.clone(), held(content));
        check_types(
            of(json!({"a": "int"})),
            of(json!({"a": "int", "b": "int"})),
            &["! payload (A).b", "~ reply (A).b"],
        );
    }
    // A struct in a variant and the variant's own fields look alike.
    let mut newtype = enumeration(internal(), json!({"A": {"value": named("Held", json!([]))}}));
    newtype["Held"] = json!({"object": fields(json!({"a": "int"}))});
    check_types(newtype, enumeration(internal(), held(json!({"a": "int"}))), &[]);
    // The tag's object may hold more.
    check_types(
        enumeration(internal(), json!({"A": "unit"})),
        enumeration(internal(), held(json!({"a?": "int"}))),
        &["~ payload (A).a", "~ reply (A).a"],
    );
    check_types(
        enumeration(json!("untagged"), held(json!({"a": "int"}))),
        enumeration(json!("untagged"), held(json!({"a": "string"}))),
        &["! payload .a", "! reply .a"],
    );
}

#[test]
fn tagging_stays() {
    let taggings =
        [json!("external"), internal(), adjacent(), json!({"internal": {"tag": "type"}})];
    for old in &taggings {
        for new in &taggings {
            let of = |tagging: &Value| {
                enumeration(tagging.clone(), json!({"A": {"fields": fields(json!({"a": "int"}))}}))
            };
            let expected: &[&str] = if old == new { &[] } else { &["! payload", "! reply"] };
            check_types(of(old), of(new), expected);
        }
    }
}

#[test]
fn names_are_texts() {
    let names = || enumeration(json!("external"), json!({"A": "unit", "B": "unit"}));
    let text = || json!({"T": {"alias": "string"}});
    check_types(names(), text(), &["! reply", "~ payload"]);
    check_types(text(), names(), &["! payload", "~ reply"]);
    check_types(names(), object(json!({})), &["! payload", "! reply"]);
    let holding = enumeration(json!("external"), json!({"A": {"value": "int"}}));
    check_types(holding, text(), &["! payload", "! reply"]);
}

#[test]
fn flattened_fields_are_fields() {
    let flat = |inner: Value, extra: Value| {
        let mut outer = fields(json!({"a": "int"}));
        outer["flatten"] = json!([extra]);
        json!({"T": {"object": outer}, "Inner": inner})
    };
    let inner = |of| json!({"object": fields(of)});
    let by_name = || named("Inner", json!([]));
    let plain = || object(json!({"a": "int", "b": "int"}));
    check_types(flat(inner(json!({"b": "int"})), by_name()), plain(), &[]);
    check_types(
        flat(inner(json!({"b": "string"})), by_name()),
        plain(),
        &["! payload .b", "! reply .b"],
    );
    check_types(
        flat(inner(json!({"b": "int"})), json!({"option": by_name()})),
        plain(),
        &["! payload .b", "~ reply .b"],
    );
    // A value without a field of its own goes to the map.
    let map = |value: &str| flat(inner(json!({})), json!({"map": ["string", value]}));
    check_types(map("int"), map("string"), &["! payload .*", "! reply .*"]);
    check_types(plain(), map("int"), &["! reply .b"]);
    check_types(plain(), map("bool"), &["! payload .b", "! reply .b"]);
    // An enum among the fields.
    let with = |of| {
        let shape = json!({"enum": {"tagging": internal(), "variants": variants(of)}});
        flat(shape, by_name())
    };
    check_types(
        with(json!({"A": "unit"})),
        with(json!({"A": "unit", "B": "unit"})),
        &["! reply", "~ payload"],
    );
    check_types(with(json!({"A": "unit"})), object(json!({"a": "int"})), &["! reply", "~ payload"]);
}

#[test]
fn names_of_types_do_not_count() {
    let by = |name: &str| {
        json!({
            "T": {"object": fields(json!({"inner": named(name, json!([]))}))},
            name: {"object": fields(json!({"a": "int"}))},
        })
    };
    check_types(by("Old"), by("New"), &[]);
    // The presence of a name does not count either.
    check_types(
        json!({"T": {"object": fields(json!({"inner": named("Id", json!([]))}))}, "Id": {"alias": "int"}}),
        object(json!({"inner": "int"})),
        &[],
    );
}

#[test]
fn arguments_take_the_places_of_parameters() {
    let page = |argument: Value| {
        json!({
            "T": {"alias": named("Page", json!([argument]))},
            "Page<I>": {"object": fields(json!({"items": {"array": {"parameter": "I"}}}))},
        })
    };
    check_types(page(json!("int")), page(json!("int")), &[]);
    check_types(
        page(json!("int")),
        page(json!("string")),
        &["! payload .items[]", "! reply .items[]"],
    );
    check_types(page(json!("int")), object(json!({"items": {"array": "int"}})), &[]);
    let nested = |inner: &str| {
        let mut types = page(named("Page", json!([inner])));
        types["Other"] = json!({"alias": "null"});
        types
    };
    check_types(
        nested("int"),
        nested("bigInt"),
        &["! reply .items[].items[]", "~ payload .items[].items[]"],
    );
    let pair = |first: &str, second: &str| {
        json!({
            "T": {"alias": named("Pair", json!([first, second]))},
            "Pair<A,B>": {"alias": {"tuple": [{"parameter": "B"}, {"parameter": "A"}]}},
        })
    };
    check_types(pair("int", "bool"), pair("int", "string"), &["! payload [0]", "! reply [0]"]);
}

#[test]
fn recursive_types_end() {
    let tree = |leaf: &str| {
        json!({"T": {"object": fields(json!({
            "children": {"array": named("T", json!([]))},
            "leaf": leaf,
        }))}})
    };
    check_types(tree("int"), tree("int"), &[]);
    check_types(tree("int"), tree("string"), &["! payload .leaf", "! reply .leaf"]);
    let expression = |leaf: &str| {
        let of = json!({
            "Leaf": {"value": leaf},
            "Not": {"value": named("T", json!([]))},
            "Both": {"value": {"tuple": [named("T", json!([])), named("T", json!([]))]}},
        });
        enumeration(json!("untagged"), of)
    };
    check_types(expression("int"), expression("int"), &[]);
    check_types(expression("int"), expression("bigInt"), &["! reply"]);
}
