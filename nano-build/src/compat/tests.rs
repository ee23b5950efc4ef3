use serde_json::{Value, json};

use super::compare;
use crate::manifest::{Manifest, Serializer};

/// A manifest of one component.
fn manifest(handlers: Value, pushes: Value) -> Manifest {
    serde_json::from_value(json!({
        "format": 1, "package": "test", "serializer": "json", "dictVersion": "1",
        "components": [{"name": "room", "handlers": handlers}],
        "pushes": pushes,
    }))
    .expect("a manifest")
}

fn handler(name: &str, code: u16, kind: &str, payload: Value, reply: Value) -> Value {
    let mut handler =
        json!({"name": name, "route": format!("room.{name}"), "code": code, "kind": kind});
    for (key, value) in [("payload", payload), ("reply", reply)] {
        if !value.is_null() {
            handler[key] = value;
        }
    }
    handler
}

fn push(name: &str, code: u16, message: Value) -> Value {
    let mut push = json!({"name": name, "route": name, "code": code});
    if !message.is_null() {
        push["message"] = message;
    }
    push
}

const NONE: Value = Value::Null;

#[track_caller]
fn check(old: &Manifest, new: &Manifest, expected: &[&str]) {
    let found: Vec<String> = compare(old, new).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn handlers(old: Value, new: Value, expected: &[&str]) {
    check(&manifest(old, json!([])), &manifest(new, json!([])), expected);
}

#[track_caller]
fn pushes(old: Value, new: Value, expected: &[&str]) {
    check(&manifest(json!([]), old), &manifest(json!([]), new), expected);
}

#[test]
fn equal_manifests_have_no_changes() {
    let same = manifest(
        json!([handler("join", 1, "request", json!("string"), json!("int"))]),
        json!([push("onJoin", 2, json!("any"))]),
    );
    check(&same, &same, &[]);
}

#[test]
fn what_is_not_on_the_wire_does_not_count() {
    let old = manifest(json!([handler("join", 1, "notify", NONE, NONE)]), json!([]));
    let mut new = old.clone();
    new.package = "renamed".into();
    new.dict_version = "2".into();
    new.components[0].docs = "Documented.".into();
    new.components[0].handlers[0].docs = "Documented.".into();
    check(&old, &new, &[]);
    let old = manifest(json!([]), json!([push("onJoin", 1, NONE)]));
    let mut new = old.clone();
    new.pushes[0].name = "another_method".into();
    check(&old, &new, &[]);
}

#[test]
fn f0_routes_are_compared_whole_whichever_component_they_belong_to() {
    let routes = |components: Value| -> Manifest {
        let mut manifest = manifest(json!([]), json!([]));
        manifest.components = serde_json::from_value(components).expect("components");
        manifest
    };
    let entry = |code: u16| json!({"name": "entry", "route": "connector.entryHandler.entry", "code": code, "kind": "notify"});
    let named = |name: &str, handler: Value| json!({"name": name, "handlers": [handler]});
    let old = routes(json!([named("connector.entryHandler", entry(1))]));
    check(&old, &old, &[]);
    let last = json!({"name": "entry", "route": "entryHandler.entry", "code": 2, "kind": "notify"});
    check(
        &old,
        &routes(json!([
            named("connector.entryHandler", entry(3)),
            named("entryHandler", last.clone())
        ])),
        &[
            "breaking: `connector.entryHandler.entry`: its code was 1 and is 3: clients in use call it by the old one",
            "harmless: `entryHandler.entry`: the handler is new",
        ],
    );
    // The same last part is not the same route.
    check(
        &old,
        &routes(json!([named("entryHandler", last)])),
        &[
            "breaking: `connector.entryHandler.entry`: the handler is gone: clients in use call it",
            "harmless: `entryHandler.entry`: the handler is new",
        ],
    );
}

#[test]
fn routes_come_and_go() {
    let join = || handler("join", 1, "notify", NONE, NONE);
    let leave = || handler("leave", 2, "notify", NONE, NONE);
    handlers(
        json!([join(), leave()]),
        json!([join()]),
        &["breaking: `room.leave`: the handler is gone: clients in use call it"],
    );
    handlers(
        json!([join()]),
        json!([join(), leave()]),
        &["harmless: `room.leave`: the handler is new"],
    );
    let come = || push("onCome", 1, NONE);
    pushes(
        json!([come()]),
        json!([]),
        &["breaking: `onCome`: the push is gone: clients in use wait for it"],
    );
    pushes(
        json!([]),
        json!([come()]),
        &["harmless: `onCome`: the push is new: clients in use do not listen to it"],
    );
}

#[test]
fn a_handler_does_not_become_a_push() {
    let old = manifest(json!([handler("join", 1, "notify", NONE, NONE)]), json!([]));
    let new = manifest(json!([]), json!([push("room.join", 1, NONE)]));
    check(
        &old,
        &new,
        &[
            "breaking: `room.join`: the handler is gone: clients in use call it",
            "harmless: `room.join`: the push is new: clients in use do not listen to it",
        ],
    );
}

#[test]
fn codes_stay() {
    let at = |name: &str, code| handler(name, code, "notify", NONE, NONE);
    handlers(
        json!([at("join", 1)]),
        json!([at("join", 7)]),
        &["breaking: `room.join`: its code was 1 and is 7: clients in use call it by the old one"],
    );
    handlers(
        json!([at("join", 1)]),
        json!([at("leave", 1)]),
        &[
            "breaking: `room.join`: the handler is gone: clients in use call it",
            "breaking: `room.leave`: its code 1 was that of `room.join`: clients in use take one for the other",
            "harmless: `room.leave`: the handler is new",
        ],
    );
    // A code that was reserved for the route in between.
    handlers(
        json!([at("join", 1)]),
        json!([at("back", 2), at("join", 1)]),
        &["harmless: `room.back`: the handler is new"],
    );
    let swapped = compare(
        &manifest(json!([at("a", 1), at("b", 2)]), json!([])),
        &manifest(json!([at("a", 2), at("b", 1)]), json!([])),
    );
    assert_eq!(swapped.len(), 4);
    assert!(swapped.iter().all(|change| change.breaking));
    // Handlers and pushes share the codes.
    check(
        &manifest(json!([at("join", 1)]), json!([])),
        &manifest(json!([at("join", 2)]), json!([push("onJoin", 1, NONE)])),
        &[
            "breaking: `onJoin`: its code 1 was that of `room.join`: clients in use take one for the other",
            "breaking: `room.join`: its code was 1 and is 2: clients in use call it by the old one",
            "harmless: `onJoin`: the push is new: clients in use do not listen to it",
        ],
    );
}

#[test]
fn a_request_stays_a_request() {
    let (request, notify) = (
        || json!([handler("join", 1, "request", NONE, NONE)]),
        || json!([handler("join", 1, "notify", NONE, NONE)]),
    );
    handlers(
        request(),
        notify(),
        &[
            "breaking: `room.join`: it was a request and is a notify: clients in use wait for a reply that says something",
        ],
    );
    handlers(
        notify(),
        request(),
        &[
            "harmless: `room.join`: it was a notify and is a request: it may still be sent as a notify",
        ],
    );
}

#[test]
fn messages_come_and_go() {
    let with = |payload, reply| json!([handler("join", 1, "request", payload, reply)]);
    let (none, string) = (|| with(NONE, NONE), json!("string"));
    handlers(
        none(),
        with(string.clone(), NONE),
        &[
            "breaking: `room.join` payload: it is new: clients in use send nothing, which the server now refuses",
        ],
    );
    handlers(
        none(),
        with(json!("bytes"), NONE),
        &["harmless: `room.join` payload: it is new, and may be empty as clients in use send it"],
    );
    handlers(
        with(string.clone(), NONE),
        none(),
        &["harmless: `room.join` payload: it is no longer read"],
    );
    handlers(
        none(),
        with(NONE, string.clone()),
        &["harmless: `room.join` reply: it is new: clients in use do not look at it"],
    );
    handlers(
        with(NONE, string.clone()),
        none(),
        &["breaking: `room.join` reply: it is gone: clients in use expect one with a value"],
    );
    let told = |message| json!([push("onJoin", 1, message)]);
    pushes(
        told(NONE),
        told(string.clone()),
        &["harmless: `onJoin` push: it holds something now: clients in use do not look at it"],
    );
    pushes(
        told(string),
        told(NONE),
        &["breaking: `onJoin` push: it holds nothing now: clients in use expect a value"],
    );
}

#[test]
fn the_serializer_stays() {
    let old = manifest(json!([handler("join", 1, "request", json!("string"), NONE)]), json!([]));
    let mut new = manifest(
        json!([handler("join", 2, "request", json!({"message": "game.Join"}), NONE)]),
        json!([]),
    );
    new.serializer = Serializer::Protobuf;
    check(
        &old,
        &new,
        &[
            "breaking: payloads were JSON and are protobuf: clients in use read and write nothing else",
            "breaking: `room.join`: its code was 1 and is 2: clients in use call it by the old one",
        ],
    );
}

#[test]
fn names_cannot_break_the_lines_of_the_report() {
    let old = manifest(json!([handler("a\nharmless: b", 1, "notify", NONE, NONE)]), json!([]));
    let new = manifest(json!([]), json!([]));
    check(
        &old,
        &new,
        &["breaking: `room.a\\nharmless: b`: the handler is gone: clients in use call it"],
    );
}
