//! Tests of types and messages, with the manifests of servers that generated clients are tested with.

use std::path::Path;

use super::*;

fn schema(server: &str) -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/typed");
    Schema::read(&folder.join(server).join("manifest.json")).expect("a manifest")
}

#[test]
fn types_are_shown_as_a_person_writes_values() {
    let check = |schema: &Schema, route: &str, expected: &str| {
        let handler = schema.handler(route).expect("it is there");
        assert_eq!(schema.signature(handler), expected);
    };
    let json = schema("json");
    check(&json, "connector.count", "connector.count -> integer");
    check(&json, "hall.say", "hall.say string");
    check(&json, "hall.wave", "hall.wave (no reply)");
    check(&json, "Echo.Maybe", "Echo.Maybe string | null -> integer | null");
    let enter = "hall.enter {name: string, hat?: \"top-hat\" | \"cap\" | null, volume?: integer}";
    let visitor =
        |hat| format!("{{id: integer, name: string, hat?: {hat} | null, volume: integer}}");
    let [you, other] = [visitor("\"top-hat\" | \"cap\""), visitor("Hat")];
    check(&json, "hall.enter", &format!("{enter} -> {{you: {you}, others: [{other}]}}"));
    check(
        &schema("protobuf"),
        "arena.long_list",
        "arena.long_list {count: uint32} -> {you: {id: int64, name: string, team: \"TEAM_UNSPECIFIED\" | \"TEAM_RED\" | \"TEAM_BLUE\"}, others: [{id: int64, name: string, team: \"TEAM_UNSPECIFIED\" | \"TEAM_RED\" | \"TEAM_BLUE\"}]}",
    );
}

#[test]
fn messages_of_protobuf_are_json_to_a_person() {
    let schema = schema("protobuf");
    let echo = schema.handler("arena.echo").expect("it is there");
    let text = r#"{"signed":"-9007199254740993","text":"é","data":"AQI=","team":"TEAM_RED","inners":[{"text":"a"}],"by_number":{"7":{"text":"b"}},"at":"2026-01-02T03:04:05Z","nested":{"text":"c"}}"#;
    let body = schema.encode(echo, Some(text)).expect("a message");
    let shown = schema.decode_reply(echo, body).expect("it is read again");
    let [shown, typed] = [&*shown, text.as_bytes()]
        .map(|json| serde_json::from_slice::<serde_json::Value>(json).expect("JSON"));
    for (name, value) in typed.as_object().expect("an object") {
        if name != "inners" && name != "nested" && name != "by_number" {
            assert_eq!(&shown[name], value, "{name}");
        }
    }
    assert_eq!(shown["nested"]["text"], "c");
    assert_eq!(shown["by_number"]["7"]["text"], "b");
    assert_eq!(shown["flag"], false, "what is not sent is shown, too");

    for (text, expected) in [
        ("{", "the message is not JSON"),
        (r#"{"txet":"a"}"#, "txet"),
        (r#"{"signed":"a lot"}"#, "signed"),
    ] {
        let failure = schema.encode(echo, Some(text)).expect_err(text).to_string();
        assert!(failure.contains(expected), "{text}: {failure}");
    }
    let enter = schema.handler("arena.enter").expect("it is there");
    let problem = schema.decode_reply(enter, Bytes::from_static(b"\xff")).expect_err("no message");
    assert!(problem.starts_with("it is no arena.v1.Entered: "), "{problem}");
}

#[test]
fn a_wrong_route_or_message_is_answered_with_the_right_one() {
    let schema = schema("json");
    let failure = schema.handler("hall.entre").expect_err("a slip").to_string();
    assert!(failure.ends_with("help: did you mean `hall.enter`?"), "{failure}");
    let failure = schema.handler("x").expect_err("nothing like it").to_string();
    assert!(failure.contains("help: it has Echo.Bag, "), "{failure}");
    let enter = schema.handler("connector.entryHandler.entry").expect("it is there");
    let failure = schema.encode(enter, None).expect_err("nothing").to_string();
    assert!(
        failure.ends_with("help: connector.entryHandler.entry takes {name: string}"),
        "{failure}"
    );
    let count = schema.handler("connector.count").expect("it is there");
    let failure = schema.encode(count, Some("1")).expect_err("too much").to_string();
    assert!(failure.contains("takes no message"), "{failure}");
}

#[test]
fn a_type_that_leads_to_itself_has_an_end() {
    let text = r#"{"format": 1, "package": "p", "serializer": "json", "dictVersion": "1", "components": [{"name": "a",
        "handlers": [{"name": "b", "route": "a.b", "code": 1, "kind": "request", "payload": {"named": {"name": "T"}}}]}],
        "pushes": [], "types": [{"name": "T", "path": "T", "shape": {"enum": {"tagging": {"internal": {"tag": "k"}},
        "variants": [{"name": "x", "content": {"value": {"named": {"name": "T"}}}},
            {"name": "y", "content": {"value": {"named": {"name": "T"}}}}, {"name": "z", "content": "unit"}]}}}]}"#;
    let schema = Schema::new(Manifest::from_json(text).expect("a manifest")).expect("a schema");
    let handler = schema.handler("a.b").expect("it is there");
    assert_eq!(schema.signature(handler), r#"a.b {k: "x"} | {k: "y"} | {k: "z"}"#);
}
