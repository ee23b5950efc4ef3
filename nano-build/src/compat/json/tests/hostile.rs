//! Hostile manifests, which no build makes.

use serde_json::{Map, Value, json};

use super::{check_types, fields, manifest, named};
use crate::compat::compare;

/// Compares a manifest with itself and with a small one, both ways.
#[track_caller]
fn says(types: Value, expected: &str) {
    let small = manifest(&json!({"T": {"alias": "int"}}));
    let odd = manifest(&types);
    let mut said = String::new();
    for (old, new) in [(&odd, &odd), (&odd, &small), (&small, &odd)] {
        for change in compare(old, new) {
            assert!(change.breaking || !change.message.contains(expected), "{change}");
            said += &change.message;
        }
    }
    assert!(said.contains(expected), "{said}");
}

#[test]
fn types_that_are_not_there() {
    check_types(json!({}), json!({}), &["! payload", "! payload", "! reply", "! reply"]);
    says(json!({}), "the old manifest does not hold the type `T`");
    says(
        json!({"T": {"object": fields(json!({"a": named("Gone\n", json!([]))}))}}),
        "the new manifest does not hold the type `Gone\\n`",
    );
}

#[test]
fn names_that_stand_for_themselves() {
    says(json!({"T": {"alias": named("T", json!([]))}}), "more than 100 names for one type");
    let mut flat = fields(json!({}));
    flat["flatten"] = json!([named("T", json!([])), named("T", json!([]))]);
    says(json!({"T": {"object": flat}}), "levels deep");
}

#[test]
fn types_that_grow() {
    // Each turn adds a level.
    says(
        json!({
            "T": {"alias": named("Grow", json!(["int"]))},
            "Grow<A>": {"object": fields(json!({
                "next": named("Grow", json!([{"array": {"parameter": "A"}}])),
            }))},
        }),
        "levels deep",
    );
    // Each name doubles its argument.
    let mut types = Map::new();
    types.insert("T".into(), json!({"alias": named("D0", json!(["int"]))}));
    for at in 0..40 {
        let twice = json!({"tuple": [{"parameter": "A"}, {"parameter": "A"}]});
        let next = named(&format!("D{}", at + 1), json!([twice]));
        types.insert(format!("D{at}<A>"), json!({"alias": next}));
    }
    types.insert("D40<A>".into(), json!({"alias": {"parameter": "A"}}));
    says(types.into(), "steps to compare");
}

#[test]
fn unions_of_unions() {
    // Every choice tries every other.
    let mut types = Map::new();
    types.insert("T".into(), json!({"alias": named("U0", json!([]))}));
    for at in 0..60 {
        let array = json!({"array": named(&format!("U{}", at + 1), json!([]))});
        let union = json!({"union": [array.clone(), array.clone(), array]});
        types.insert(format!("U{at}"), json!({"alias": union}));
    }
    let mut old = types.clone();
    types.insert("U60".into(), json!({"alias": "string"}));
    old.insert("U60".into(), json!({"alias": "bool"}));
    let changes = compare(&manifest(&old.into()), &manifest(&types.into()));
    assert!(changes.iter().any(|change| change.message.contains("steps to compare")));
}

#[test]
fn parameters_without_arguments() {
    says(
        json!({
            "T": {"alias": named("Page", json!([]))},
            "Page<A>": {"alias": {"parameter": "A"}},
        }),
        "a type parameter without a type",
    );
}
