use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use protox::Compiler;

use super::{ClientOptions, OutputFile, javascript, typescript};
use crate::manifest::{Component, FORMAT, Handler, Kind, Manifest, Push, Serializer, Type};

/// A JSON application with a bit of everything.
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

/// A protobuf application with a bit of everything.
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
