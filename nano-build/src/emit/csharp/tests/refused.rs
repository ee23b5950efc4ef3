//! Manifests that have no form in C#.

use serde_json::{Value, json};

use super::game;
use crate::emit::{ClientOptions, csharp};
use crate::manifest::Manifest;

fn manifest(handlers: Value, pushes: Value, types: Value) -> Manifest {
    serde_json::from_value(json!({
        "format": 1, "package": "pond", "serializer": "json", "dictVersion": "1",
        "components": [{"name": "room", "handlers": handlers}],
        "pushes": pushes,
        "types": types,
    }))
    .unwrap()
}

fn handler(name: &str, payload: Value) -> Value {
    let mut handler =
        json!({"name": name, "route": format!("room.{name}"), "code": 1, "kind": "request"});
    if !payload.is_null() {
        handler["payload"] = payload;
    }
    handler
}

fn push(name: &str) -> Value {
    json!({"name": name, "route": format!("on.{name}"), "code": 1})
}

#[track_caller]
fn check(manifest: &Manifest, expected: &[&str]) {
    match csharp(manifest, &ClientOptions::new()) {
        Ok(_) => assert!(expected.is_empty(), "accepted"),
        Err(error) => assert_eq!(error.problems(), expected),
    }
}

#[test]
fn names_that_clash() {
    let none = Value::Null;
    check(
        &manifest(
            json!([
                handler("join_room", none.clone()),
                handler("JoinRoom", none.clone()),
                handler("to_string", none.clone())
            ]),
            json!([push("new_user"), push("NewUser"), push("get_type")]),
            json!([]),
        ),
        &[
            "`room.join_room` and `room.JoinRoom` would both be `client.Room.JoinRoom`: rename one of the handlers, with #[handler(name = \"..\")]",
            "`room.to_string` would be `client.Room.ToString`, which every object of C# has: rename the handler, with #[handler(name = \"..\")]",
            "the pushes `on.new_user` and `on.NewUser` would both be `client.On.NewUser`: rename one of the methods `new_user` and `NewUser` (#[push(name = \"..\")] keeps the route)",
            "the push `on.get_type` would be `client.On.GetType`, which every object of C# has: rename the method `get_type` of its trait (#[push(name = \"on.get_type\")] keeps the route)",
        ],
    );
    let mut several = manifest(json!([handler("join", none.clone())]), json!([]), json!([]));
    let first = several.components[0].clone();
    for name in ["on", "socket", "game_client", "equals", "Room", "room"] {
        let mut next = first.clone();
        next.name = name.into();
        next.handlers[0].route = format!("{name}.leave");
        next.handlers[0].name = "leave".into();
        several.components.push(next);
    }
    check(
        &several,
        &[
            "`on.leave` would stand at `client.On`, where the client has something of its own: rename the component `on`, with #[component(name = \"..\")]",
            "`socket.leave` would stand at `client.Socket`, where the client has something of its own: rename the component `socket`, with #[component(name = \"..\")]",
            "`game_client.leave` would stand at `client.GameClient`, where the client has something of its own: rename the component `game_client`, with #[component(name = \"..\")]",
            "`equals.leave` would stand at `client.Equals`, which every object of C# has: rename the component `equals`, with #[component(name = \"..\")]",
            "`room.join` and `Room.leave` would both stand at `client.Room`: rename one of the components `room` and `Room`, with #[component(name = \"..\")]",
        ],
    );
}

#[test]
fn f0_parts_that_clash() {
    let mut several = manifest(json!([handler("join", Value::Null)]), json!([]), json!([]));
    let first = several.components.remove(0);
    for (name, last) in [
        ("chat", "room"),
        ("chat.room", "x"),
        ("a.socket.GameClient", "on"),
        ("socket.a", "x"),
        ("a.to_string.b", "x"),
    ] {
        let mut next = first.clone();
        next.name = name.into();
        next.handlers[0].route = format!("{name}.{last}");
        next.handlers[0].name = last.into();
        several.components.push(next);
    }
    check(
        &several,
        &[
            "`socket.a.x` would stand at `client.Socket`, where the client has something of its own: rename the component `socket.a`, with #[component(name = \"..\")]",
            "`a.to_string.b.x` would stand at `client.A.ToString`, which every object of C# has: rename the component `a.to_string.b`, with #[component(name = \"..\")]",
            "`chat.room` would be `client.Chat.Room`, and `chat.room.x` would stand below it: rename the handler, with #[handler(name = \"..\")], or the component, with #[component(name = \"..\")]",
        ],
    );
}

/// Checks a definition of `T`, as the payload of a handler.
#[track_caller]
fn shape(shape: Value, expected: &[&str]) {
    let types = json!([
        {"name": "T", "path": "crate::T", "shape": shape},
        {"name": "Object", "path": "crate::Object", "shape": {"object": {"fields": [{"name": "x", "type": "string"}]}}},
        {"name": "Tagged", "path": "crate::Tagged", "shape": {"enum": {"tagging": {"internal": {"tag": "kind"}}, "variants": []}}},
    ]);
    let payload = json!({"named": {"name": "T"}});
    check(&manifest(json!([handler("join", payload)]), json!([]), types), expected);
}

fn variants(tagging: Value, variants: Value) -> Value {
    let variants: Vec<Value> = variants
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, content)| json!({"name": name, "content": content}))
        .collect();
    json!({"enum": {"tagging": tagging, "variants": variants}})
}

#[test]
fn enums_without_a_form() {
    let external = |of| variants(json!("external"), of);
    shape(external(json!({"A": "unit", "B": "unit"})), &[]);
    shape(external(json!({"A": {"value": "int"}})), &[]);
    shape(
        external(json!({"A": "unit", "B": {"value": "int"}, "C": {"value": {"option": "int"}}})),
        &[
            "the variant `C` of the type `T` may hold null, which C# cannot tell from another variant: tell variants by a field, with #[serde(tag = \"kind\", content = \"value\")]",
        ],
    );
    let internal = |of| variants(json!({"internal": {"tag": "kind"}}), of);
    let named = |name: &str| json!({"value": {"named": {"name": name}}});
    shape(internal(json!({"A": named("Object"), "B": "unit"})), &[]);
    let fields = json!({"fields": {"fields": [{"name": "x", "type": "int"}]}});
    shape(
        internal(json!({"A": named("Object"), "B": fields})),
        &[
            "the variant `B` of the type `T` has a field `x` of `long?`, which is `string` elsewhere in it: rename one of them",
        ],
    );
    shape(
        internal(json!({"A": {"value": {"map": ["string", "int"]}}, "B": named("Tagged")})),
        &[
            "the variant `A` of the type `T` flattens what is no struct, for which C# has no form: make it a field of its own",
            "the variant `B` of the type `T` flattens the enum `Tagged`, for which C# has no form: make it a field of its own",
        ],
    );
}

#[test]
fn flattened_types_without_a_form() {
    let flat = |ty: Value| json!({"object": {"fields": [], "flatten": [ty]}});
    let named = |name: &str| json!({"named": {"name": name}});
    shape(flat(named("Object")), &[]);
    shape(flat(json!({"option": named("Object")})), &[]);
    shape(
        flat(json!({"map": ["string", "int"]})),
        &[
            "the type `T` flattens what is no struct, for which C# has no form: make it a field of its own",
        ],
    );
    shape(
        flat(named("Tagged")),
        &[
            "the type `T` flattens the enum `Tagged`, for which C# has no form: make it a field of its own",
        ],
    );
}

#[test]
fn types_without_a_form() {
    let field = |ty: Value| json!({"object": {"fields": [{"name": "a", "type": ty}]}});
    for known in ["string", "number", "boolean", "unknown", " any "] {
        shape(field(json!({"foreign": known})), &[]);
    }
    shape(
        field(json!({"foreign": "Date"})),
        &[
            "the field `a` of the type `T` is mapped to `Date`, which only TypeScript knows: map it to string, number, boolean or unknown for clients in C#",
        ],
    );
    shape(
        field(json!("bytes")),
        &[
            "the field `a` of the type `T` holds bytes inside of JSON: bytes can be a whole payload, reply or push only",
        ],
    );
    shape(
        field(json!({"message": "game.Join"})),
        &[
            "the field `a` of the type `T` holds the protobuf message `game.Join`, but payloads are JSON",
        ],
    );
}

#[test]
fn manifests_that_no_build_made() {
    let field = |ty: Value| json!({"object": {"fields": [{"name": "a", "type": ty}]}});
    let named =
        |name: &str, arguments: Value| json!({"named": {"name": name, "arguments": arguments}});
    shape(
        field(named("Gone", json!([]))),
        &["the field `a` of the type `T` needs the type `Gone`, which is not in the manifest"],
    );
    shape(
        field(named("T", json!(["int"]))),
        &["the field `a` of the type `T` gives `T` 1 type arguments, it has 0 parameters"],
    );
    shape(
        field(json!({"parameter": "A"})),
        &["the field `a` of the type `T` has no type parameter `A`"],
    );
    // A name that stands for itself is any value.
    shape(json!({"alias": named("T", json!([]))}), &[]);
    shape(json!({"alias": {"array": named("T", json!([]))}}), &[]);
    let itself = json!({"object": {"fields": [], "flatten": [named("T", json!([]))]}});
    let error = csharp(
        &manifest(json!([]), json!([]), json!([{"name": "T", "path": "T", "shape": itself}])),
        &ClientOptions::new(),
    );
    assert_eq!(error.unwrap_err().problems(), ["the type `T` has itself among its fields"]);
    // Each name doubles its argument.
    let mut types =
        vec![json!({"name": "T", "path": "T", "shape": {"alias": named("D0", json!(["int"]))}})];
    for at in 0..40 {
        let twice = named("Pair", json!([{"parameter": "A"}, {"parameter": "A"}]));
        let next = json!({"alias": named(&format!("D{}", at + 1), json!([twice]))});
        types.push(
            json!({"name": format!("D{at}"), "path": "D", "parameters": ["A"], "shape": next}),
        );
    }
    types.push(json!({"name": "D40", "path": "D", "parameters": ["A"], "shape": {"alias": {"parameter": "A"}}}));
    types.push(json!({"name": "Pair", "path": "Pair", "parameters": ["A", "B"], "shape": {"object": {"fields": []}}}));
    let error = csharp(&manifest(json!([]), json!([]), types.into()), &ClientOptions::new());
    assert!(error.unwrap_err().to_string().contains("more than 4000 letters"));

    // Each name stands for a choice of two.
    let mut types = vec![json!({"name": "U40", "path": "U", "shape": {"alias": "int"}})];
    for at in 0..40 {
        let next = named(&format!("U{}", at + 1), json!([]));
        let union = json!({"alias": {"union": [next.clone(), next]}});
        types.push(json!({"name": format!("U{at}"), "path": "U", "shape": union}));
    }
    let error = csharp(&manifest(json!([]), json!([]), types.into()), &ClientOptions::new());
    assert_eq!(
        error.unwrap_err().problems(),
        ["the types take more than 1000000 steps to write: simplify them"]
    );

    let mut types: Vec<_> = (0..120)
        .map(|at| {
            let next = json!({"alias": {"array": named(&format!("A{}", at + 1), json!([]))}});
            json!({"name": format!("A{at}"), "path": "A", "shape": next})
        })
        .collect();
    types.push(json!({"name": "A120", "path": "A", "shape": {"alias": "int"}}));
    let error = csharp(&manifest(json!([]), json!([]), types.into()), &ClientOptions::new());
    assert_eq!(error.unwrap_err().problems(), ["the type `A0` is more than 100 types deep"]);

    let mut without = game();
    without.descriptors = None;
    let error = csharp(&without, &ClientOptions::new()).unwrap_err();
    assert_eq!(error.problems()[0], "the manifest of a protobuf application has no descriptors");
    let mut odd = game();
    odd.components[0].handlers[0].payload = serde_json::from_value(json!("string")).unwrap();
    odd.components[0].handlers[0].reply =
        serde_json::from_value(json!({"message": "game.v1_beta.Gone"})).unwrap();
    check(
        &odd,
        &[
            "the payload of `room.join` is no protobuf message but String",
            "the reply of `room.join` is the message `game.v1_beta.Gone`, which is not among the manifest's descriptors",
        ],
    );
}
