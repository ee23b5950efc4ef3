use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use protox::Compiler;

use super::{ClientOptions, Int64, OutputFile, javascript, typescript};
use crate::manifest::{Component, FORMAT, Handler, Kind, Manifest, Push, Serializer, Type};

/// A JSON application with one of each feature.
pub(super) fn json() -> Manifest {
    serde_json::from_str(include_str!("tests/json.json")).unwrap()
}

/// The descriptors of files below `tests/proto`.
fn descriptors(files: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit/tests/proto");
    let mut compiler = Compiler::new([folder]).unwrap();
    compiler.include_imports(true).include_source_info(true).open_files(files).unwrap();
    STANDARD.encode(compiler.file_descriptor_set().encode_to_vec())
}

/// A protobuf application with one of each feature.
pub(super) fn protobuf() -> Manifest {
    let message = |name: &str| Some(Type::Message(name.into()));
    let mut join = request("room", "join", message("game.v1.JoinRequest"));
    join.reply = message("game.v1.JoinResponse");
    join.docs = "Joins the room and answers with who is there.".into();
    let mut upload = request("room", "upload", Some(Type::Bytes));
    upload.reply = Some(Type::Bytes);
    let mut swim = request("room", "swim", message("shared.Position"));
    swim.kind = Kind::Notify;
    let leave = request("room", "leave", None);
    let mut time = request("room", "time", message("google.protobuf.Empty"));
    time.reply = message("google.protobuf.Timestamp");
    let mut manifest = manifest(&[("room", vec![join, leave, swim, time, upload])]);
    manifest.serializer = Serializer::Protobuf;
    manifest.descriptors = Some(descriptors(&["game/v1/room.proto"]));
    manifest.pushes = vec![
        push("new_user", "onNewUser", message("game.v1.JoinResponse.Member")),
        push("message", "onMessage", message("game.v1.Message")),
        push("tick", "tick", None),
    ];
    let handlers = manifest.components.iter_mut().flat_map(|component| &mut component.handlers);
    let codes = handlers.map(|handler| &mut handler.code);
    let codes = codes.chain(manifest.pushes.iter_mut().map(|push| &mut push.code));
    codes.zip(1..).for_each(|(code, next)| *code = next);
    manifest
}

/// A JSON application with these components.
pub(super) fn manifest(components: &[(&str, Vec<Handler>)]) -> Manifest {
    let component = |(name, handlers): &(&str, Vec<Handler>)| Component {
        name: (*name).into(),
        docs: String::new(),
        handlers: handlers.clone(),
    };
    Manifest {
        format: FORMAT,
        package: "pond-server".into(),
        serializer: Serializer::Json,
        dict_version: "3f2a9c0d11223344".into(),
        components: components.iter().map(component).collect(),
        pushes: vec![],
        types: vec![],
        descriptors: None,
    }
}

pub(super) fn request(component: &str, name: &str, payload: Option<Type>) -> Handler {
    Handler {
        name: name.into(),
        route: format!("{component}.{name}"),
        code: 1,
        kind: Kind::Request,
        payload,
        reply: None,
        docs: String::new(),
    }
}

pub(super) fn push(name: &str, route: &str, message: Option<Type>) -> Push {
    Push { name: name.into(), route: route.into(), code: 1, message, docs: String::new() }
}

/// The files one after the other, without the runtime.
fn all(files: &[OutputFile]) -> String {
    let mut text = String::new();
    for file in files.iter().filter(|file| !is_runtime(file)) {
        text.push_str(&format!("==== {}\n{}\n", file.path.display(), file.text));
    }
    text
}

fn is_runtime(file: &OutputFile) -> bool {
    file.path.starts_with("nano") || file.path.to_string_lossy().starts_with("nano.")
}

#[test]
fn json_clients() {
    let options = ClientOptions::new();
    insta::assert_snapshot!("json_typescript", all(&typescript(&json(), &options).unwrap()));
    insta::assert_snapshot!("json_javascript", all(&javascript(&json(), &options).unwrap()));
}

#[test]
fn int64_may_be_a_number_in_all_types_and_at_run_time() {
    let options = ClientOptions::new().int64(Int64::Number);
    insta::assert_snapshot!("numbers_typescript", all(&typescript(&json(), &options).unwrap()));
    let files = javascript(&json(), &options).unwrap();
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == Path::new(path));
        file.map(|file| file.text.clone()).unwrap()
    };
    assert!(text("types.d.ts").contains("export type Int64 = number;\n"));
    let routes = text("routes.js");
    assert!(routes.contains("numberJson.decode") && !routes.contains(" json."), "{routes}");
    // A client without raw bytes needs a serializer of its own, too.
    let plain = manifest(&[("room", vec![request("room", "join", Some(Type::BigInt))])]);
    for (files, declared) in [
        (typescript(&plain, &options), "const serializer: Serializer = numberJson;"),
        (javascript(&plain, &options), "const serializer = numberJson;"),
    ] {
        assert!(all(&files.unwrap()).contains(declared), "{declared}");
    }
    let error = typescript(&protobuf(), &options).unwrap_err().to_string();
    assert!(error.starts_with("Config::int64 is for JSON: "), "{error}");
}

#[test]
fn protobuf_clients() {
    let options = ClientOptions::new();
    insta::assert_snapshot!(
        "protobuf_typescript",
        all(&typescript(&protobuf(), &options).unwrap())
    );
    insta::assert_snapshot!(
        "protobuf_javascript",
        all(&javascript(&protobuf(), &options).unwrap())
    );
}

#[test]
fn a_server_without_routes_has_a_client() {
    let files = typescript(&manifest(&[]), &ClientOptions::new()).unwrap();
    insta::assert_snapshot!("no_routes", all(&files));
}

#[test]
fn a_handler_and_a_push_of_one_name_have_one_code() {
    let manifest = Manifest {
        pushes: vec![push("joined", "room.join", None)],
        ..manifest(&[("room", vec![request("room", "join", None)])])
    };
    for files in [typescript, javascript].map(|emit| emit(&manifest, &ClientOptions::new())) {
        let files = files.unwrap();
        let is_code = |file: &&OutputFile| file.text.contains("  codes: {\n");
        let routes = files.iter().find(is_code).unwrap();
        assert_eq!(routes.text.matches("\n    'room.join': 1,\n").count(), 1, "{}", routes.text);
        assert_eq!(routes.text.matches("'room.join': ").count(), 1, "{}", routes.text);
    }
}

#[test]
fn the_runtime_comes_along_unless_a_package_is_named() {
    let files = javascript(&json(), &ClientOptions::new()).unwrap();
    let runtime: Vec<_> = files.iter().filter(|file| is_runtime(file)).collect();
    assert!(runtime.iter().any(|file| file.path == Path::new("nano.js")));
    for file in &runtime {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/js").join(&file.path);
        assert!(file.text.starts_with("// @generated by nano-build from pond-server."));
        assert!(file.text.ends_with(&std::fs::read_to_string(source).unwrap()));
        // Files that a part imports have to be copied as well.
        for line in file.text.lines() {
            let Some((_, from)) = line.split_once(" from './") else { continue };
            let path = file.path.with_file_name(from.split('\'').next().unwrap());
            assert!(runtime.iter().any(|other| other.path == path), "{path:?} is missing");
        }
    }

    let named = ClientOptions::new().runtime("nano-client");
    for files in [javascript(&json(), &named), typescript(&protobuf(), &named)] {
        let files = files.unwrap();
        assert!(!files.iter().any(is_runtime));
        let routes = files.iter().find(|file| file.path.file_stem().unwrap() == "routes").unwrap();
        assert!(routes.text.contains("from 'nano-client';"), "{}", routes.text);
        assert!(!routes.text.contains("./nano.js"));
    }
}

#[test]
fn refuses_what_would_not_work() {
    let room = |handlers| manifest(&[("room", handlers)]);
    let named = |name: &str| Some(Type::Named { name: name.into(), arguments: vec![] });
    let check = |manifest: Manifest, expected: &[&str]| {
        let error = javascript(&manifest, &ClientOptions::new()).unwrap_err();
        assert_eq!(error.problems(), expected);
        assert_eq!(typescript(&manifest, &ClientOptions::new()).unwrap_err(), error);
    };

    check(
        room(vec![
            request("room", "join", named("Gone")),
            request("room", "move", Some(Type::Message("game.Move".into()))),
        ]),
        &[
            "the payload of `room.join` needs the type `Gone`, which is not in the manifest",
            "the payload of `room.move` holds the protobuf message `game.Move`, but payloads are JSON",
        ],
    );
    check(
        room(vec![request("room", "join", Some(Type::Array(Box::new(Type::Bytes))))]),
        &[
            "the payload of `room.join` holds bytes inside of JSON: bytes can be a whole payload, reply or push only",
        ],
    );
    let foreign = Some(Type::Foreign("string }".into()));
    check(
        room(vec![request("room", "join", foreign)]),
        &[
            "the payload of `room.join` is mapped to `string }`, which is no type of TypeScript: its `}` closes nothing",
        ],
    );
    let arguments = vec![Type::Parameter("T".into())];
    let generic = Some(Type::Named { name: "User".into(), arguments });
    check(
        Manifest { components: room(vec![request("room", "join", generic)]).components, ..json() },
        &[
            "the payload of `room.join` gives `User` 1 type arguments, it has 0 parameters",
            "the payload of `room.join` has no type parameter `T`",
        ],
    );

    let protobuf = |payload| Manifest {
        components: room(vec![request("room", "join", payload)]).components,
        pushes: vec![],
        ..protobuf()
    };
    check(
        protobuf(Some(Type::Message("game.v1.Nobody".into()))),
        &[
            "the payload of `room.join` is the message `game.v1.Nobody`, which is not among the manifest's descriptors",
        ],
    );
    check(
        protobuf(Some(Type::Message("game.v1.Color".into()))),
        &[
            "the payload of `room.join` is the message `game.v1.Color`, which is not among the manifest's descriptors",
        ],
    );
    check(
        protobuf(Some(Type::String)),
        &["the payload of `room.join` is no protobuf message but String"],
    );
    check(
        Manifest { descriptors: None, ..self::protobuf() },
        &["the manifest of a protobuf application has no descriptors"],
    );
    let Err(error) = javascript(
        &Manifest { descriptors: Some("%".into()), ..self::protobuf() },
        &ClientOptions::new(),
    ) else {
        panic!("accepted what is not base64")
    };
    assert!(error.to_string().starts_with("the manifest's descriptors are not base64: "));
}

mod hostile;
