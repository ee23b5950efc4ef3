use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use serde_json::{Value, json};

use crate::compat::compare;
use crate::folder::Folder;
use crate::manifest::Manifest;

/// A server with one handler that takes and answers with the message `game.T`.
fn manifest(proto: &str) -> Manifest {
    let folder = Folder::with(&[("game.proto", proto)]);
    let set = protox::compile(["game.proto"], [&folder.0]).expect("a proto file");
    let package = set.file.iter().find(|file| file.name() == "game.proto").expect("it").package();
    let message = if package.is_empty() { "T".to_owned() } else { format!("{package}.T") };
    let message = json!({"message": message});
    of(Some(STANDARD.encode(set.encode_to_vec())), message.clone(), message)
}

fn of(descriptors: Option<String>, payload: Value, reply: Value) -> Manifest {
    let mut handler = json!({"name": "join", "route": "room.join", "code": 1, "kind": "request"});
    for (key, value) in [("payload", payload), ("reply", reply)] {
        if !value.is_null() {
            handler[key] = value;
        }
    }
    serde_json::from_value(json!({
        "format": 1, "package": "test", "serializer": "protobuf", "dictVersion": "1",
        "components": [{"name": "room", "handlers": [handler]}],
        "pushes": [],
        "descriptors": descriptors,
    }))
    .expect("a manifest")
}

/// `!` for breaking and `~` for harmless, then the path.
fn marks(old: &Manifest, new: &Manifest) -> Vec<String> {
    let changes = compare(old, new);
    let mark = |breaking| if breaking { "!" } else { "~" };
    changes.iter().map(|change| format!("{} {}", mark(change.breaking), change.path)).collect()
}

/// Compares whole files.
#[track_caller]
fn files(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(marks(&manifest(old), &manifest(new)), expected, "from {old} to {new}");
}

/// Compares the definitions of `T` and others in proto3.
#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let file = |text: &str| format!("syntax = \"proto3\"; package game;\n{text}");
    files(&file(old), &file(new), expected);
}

/// Compares the fields of `T`.
#[track_caller]
fn fields(old: &str, new: &str, expected: &[&str]) {
    check(&format!("message T {{ {old} }}"), &format!("message T {{ {new} }}"), expected);
}

#[test]
fn what_is_not_on_the_wire_does_not_count() {
    let old = "syntax = \"proto3\"; package game; message T { In in = 1; Kind kind = 2; }
        message In { int32 a = 1; } enum Kind { NONE = 0; }";
    let moved = "syntax = \"proto3\"; package game.v2; message T { Kind kind = 2; Inner in = 1;
        message Inner { int32 a = 1; } enum Kind { NONE = 0; } }";
    files(old, old, &[]);
    files(old, moved, &[]);
    files(
        moved,
        "syntax = \"proto3\"; message T { In in = 1; Kind kind = 2; }
        message In { int32 a = 1; } enum Kind { NONE = 0; }",
        &[],
    );
}

#[test]
fn fields_come_and_go() {
    fields("int32 a = 1;", "int32 a = 1; int32 b = 2;", &["~ payload .b", "~ reply .b"]);
    fields("int32 a = 1; int32 b = 2;", "int32 a = 1;", &["! reply .b", "~ payload .b"]);
    // With another number, the other side does not see the field, or takes it for another.
    fields("int32 a = 1;", "int32 a = 2;", &["! payload .a", "! reply .a"]);
    fields(
        "int32 a = 1; int32 b = 2;",
        "int32 b = 1; int32 a = 2;",
        &["! payload .a", "! payload .b", "! reply .a", "! reply .b"],
    );
    // Another name is told.
    fields("int32 a = 1;", "int32 b = 1;", &["~ payload .a", "~ reply .b"]);
    // Presence does not count.
    fields("int32 a = 1;", "optional int32 a = 1;", &[]);
}

#[test]
fn types_of_fields() {
    // Each with those that read it, from protobuf's rules, as far as no value is cut or turned.
    let all = [
        ("bool", &["int32", "int64", "uint32", "uint64"][..]),
        ("int32", &["int64"]),
        ("int64", &[]),
        ("uint32", &["int64", "uint64"]),
        ("uint64", &[]),
        ("sint32", &["sint64"]),
        ("sint64", &[]),
        ("fixed32", &[]),
        ("fixed64", &[]),
        ("sfixed32", &[]),
        ("sfixed64", &[]),
        ("float", &[]),
        ("double", &[]),
        ("string", &["bytes"]),
        ("bytes", &[]),
        ("In", &["bytes"]),
        ("Kind", &["int32", "int64"]),
    ];
    let file = |ty: &str| {
        format!(
            "syntax = \"proto3\"; package game; message T {{ {ty} a = 1; }} message In {{}} enum Kind {{ NONE = 0; }}"
        )
    };
    let manifests: Vec<_> = all.iter().map(|(ty, _)| manifest(&file(ty))).collect();
    for ((old, old_readers), old_manifest) in all.iter().zip(&manifests) {
        for ((new, new_readers), new_manifest) in all.iter().zip(&manifests) {
            let mark = |fine| if fine { "~" } else { "!" };
            let mut expected = vec![
                format!("{} payload .a", mark(old_readers.contains(new))),
                format!("{} reply .a", mark(new_readers.contains(old))),
            ];
            expected.sort();
            if old == new {
                expected.clear();
            }
            assert_eq!(marks(old_manifest, new_manifest), expected, "from {old} to {new}");
        }
    }
}

#[test]
fn how_many_there_are() {
    fields("int32 a = 1;", "repeated int32 a = 1;", &["! reply .a[]", "~ payload .a"]);
    fields("repeated int32 a = 1;", "int32 a = 1;", &["! payload .a[]", "~ reply .a"]);
    fields("repeated int32 a = 1;", "repeated int32 a = 1 [packed = false];", &[]);
    fields(
        "map<int32, int32> a = 1;",
        "map<int32, string> a = 1;",
        &["! payload .a[].value", "! reply .a[].value"],
    );
    // On the wire a map is a list of entries.
    check(
        "message T { map<int32, string> a = 1; }",
        "message T { repeated Entry a = 1; } message Entry { int32 key = 1; string value = 2; }",
        &[],
    );
}

#[test]
fn required_fields() {
    let proto2 = |text: &str| format!("syntax = \"proto2\"; package game; message T {{ {text} }}");
    let check =
        |old: &str, new: &str, expected: &[&str]| files(&proto2(old), &proto2(new), expected);
    check("optional int32 a = 1;", "required int32 a = 1;", &["! payload .a"]);
    check("required int32 a = 1;", "optional int32 a = 1;", &["! reply .a"]);
    check("", "required int32 a = 1;", &["! payload .a", "~ reply .a"]);
    check("required int32 a = 1;", "", &["! reply .a", "~ payload .a"]);
    check(
        "optional int32 a = 1;",
        "optional int32 a = 1 [default = 7];",
        &["~ payload .a", "~ reply .a"],
    );
}

#[test]
fn values_of_enums() {
    let of = |values: &str| format!("message T {{ Kind kind = 1; }} enum Kind {{ {values} }}");
    check(&of("A = 0;"), &of("A = 0; B = 1;"), &["~ reply .kind"]);
    check(&of("A = 0; B = 1;"), &of("A = 0;"), &["! payload .kind"]);
    check(&of("A = 0;"), &of("B = 0;"), &["~ payload .kind", "~ reply .kind"]);
    let closed = |values: &str| {
        format!(
            "syntax = \"proto2\"; package game; message T {{ optional Kind kind = 1; }} enum Kind {{ {values} }}"
        )
    };
    files(&closed("A = 0;"), &closed("A = 0; B = 1;"), &["! reply .kind"]);
    // Several names of one number are one value.
    let alias = of("option allow_alias = true; A = 0; AA = 0;");
    check(&of("A = 0;"), &alias, &[]);
}

#[test]
fn choices() {
    let one = "oneof choice { int32 a = 1; int32 b = 2; }";
    fields(one, "oneof renamed { int32 a = 1; int32 b = 2; }", &[]);
    fields("int32 a = 1; int32 b = 2;", one, &["! payload"]);
    fields(one, "int32 a = 1; int32 b = 2;", &["! reply"]);
    // One alone may come and go.
    fields("int32 a = 1;", "oneof choice { int32 a = 1; }", &[]);
    fields("optional int32 a = 1;", "oneof choice { int32 a = 1; }", &[]);
    fields("oneof choice { int32 a = 1; } oneof other { int32 b = 2; }", one, &["! payload"]);
    let more = "oneof choice { int32 a = 1; int32 b = 2; int32 c = 3; }";
    fields(one, more, &["~ payload .c", "~ reply .c"]);
    fields(more, one, &["! payload .c", "! reply .c"]);
}

#[test]
fn messages_in_messages() {
    let of = |ty: &str| {
        format!(
            "message T {{ repeated Node nodes = 1; }} message Node {{ Node next = 1; {ty} uid = 2; }}"
        )
    };
    check(&of("int32"), &of("int32"), &[]);
    check(&of("int32"), &of("string"), &["! payload .nodes[].uid", "! reply .nodes[].uid"]);
}

#[test]
fn payloads_come_and_go() {
    let proto = |text: &str| format!("syntax = \"proto2\"; package game; message T {{ {text} }}");
    let whole = |text: &str| manifest(&proto(text));
    let without = |text: &str| of(whole(text).descriptors, Value::Null, Value::Null);
    let check = |old: &Manifest, new: &Manifest, expected: &[&str]| {
        assert_eq!(marks(old, new), expected);
    };
    // No bytes are a message, too.
    let optional = "optional int32 a = 1;";
    check(&without(optional), &whole(optional), &["~ payload", "~ reply"]);
    let required = "required int32 a = 1;";
    check(&without(required), &whole(required), &["! payload", "~ reply"]);
    check(&whole(optional), &without(optional), &["! reply", "~ payload"]);
    let bytes = of(whole(optional).descriptors, json!("bytes"), json!("bytes"));
    check(&bytes, &bytes, &[]);
    check(&bytes, &whole(optional), &["! payload", "! reply"]);
    check(&without(optional), &bytes, &["~ payload", "~ reply"]);
}

#[test]
fn manifests_that_no_build_made() {
    let good = manifest("syntax = \"proto3\"; package game; message T {}");
    let says = |descriptors: Option<&str>, expected: &str| {
        let message = json!({"message": "game.T"});
        let odd = of(descriptors.map(str::to_owned), message.clone(), message);
        for (old, new) in [(&odd, &good), (&good, &odd)] {
            let changes = compare(old, new);
            assert!(
                changes.iter().any(|change| change.breaking && change.message.contains(expected)),
                "{changes:?}"
            );
        }
    };
    says(None, "manifest does not hold the message `game.T`");
    says(Some(""), "manifest does not hold the message `game.T`");
    says(Some("no base64"), "manifest's `descriptors` cannot be read");
    says(Some("/////w=="), "manifest's `descriptors` cannot be read");
    // One message in the next, deeper than a stack.
    let chain: String =
        (0..5000).map(|at| format!("message M{at} {{ M{} a = 1; }}\n", at + 1)).collect();
    let chain = manifest(&format!(
        "syntax = \"proto3\"; package game; message T {{ M0 a = 1; }} {chain} message M5000 {{}}"
    ));
    let changes = compare(&chain, &chain);
    assert!(changes.iter().all(|change| change.message.contains("levels deep")), "{changes:?}");
    assert_eq!(changes.len(), 2);
}
