use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet,
};

use super::imports::{Imports, relative};
use super::{Schema, error, names};
use crate::emit::tests::manifest;
use crate::manifest::{Manifest, Serializer};

fn problems(files: Vec<FileDescriptorProto>) -> Vec<String> {
    let set = FileDescriptorSet { file: files };
    let descriptors = Some(STANDARD.encode(set.encode_to_vec()));
    let manifest = Manifest { serializer: Serializer::Protobuf, descriptors, ..manifest(&[]) };
    let mut problems = Vec::new();
    Schema::of(&manifest, &mut problems);
    problems
}

fn file(name: &str) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.into()),
        syntax: Some("proto3".into()),
        ..Default::default()
    }
}

fn field(name: &str) -> FieldDescriptorProto {
    FieldDescriptorProto { name: Some(name.into()), number: Some(1), ..Default::default() }
}

#[test]
fn refuses_what_is_not_supported() {
    let check = |file, expected: &[&str]| assert_eq!(problems(vec![file]), expected);
    check(file("a.proto"), &[]);
    check(
        FileDescriptorProto { syntax: Some("editions".into()), ..file("a.proto") },
        &["a.proto: syntax `editions` is not supported: use proto3 or proto2"],
    );
    check(
        FileDescriptorProto { dependency: vec!["b.proto".into()], ..file("a.proto") },
        &["a.proto: imports `b.proto`, which is not among the descriptors"],
    );
    let extension =
        |extendee: &str| FieldDescriptorProto { extendee: Some(extendee.into()), ..field("more") };
    check(
        FileDescriptorProto { extension: vec![extension(".game.Move")], ..file("a.proto") },
        &[
            "a.proto: extension `more` of `game.Move` is not supported: servers cannot read it either; make it a field",
        ],
    );
    check(
        FileDescriptorProto {
            extension: vec![extension(".google.protobuf.FieldOptions")],
            ..file("a.proto")
        },
        &[],
    );
    let unknown = FieldDescriptorProto { type_name: Some(".game.Nobody".into()), ..field("who") };
    let message =
        DescriptorProto { name: Some("Move".into()), field: vec![unknown], ..Default::default() };
    check(
        FileDescriptorProto { message_type: vec![message], ..file("a.proto") },
        &["a.proto: field `Move.who` is of an unknown type `.game.Nobody`"],
    );
    for path in [
        "",
        "../a.proto",
        "/a.proto",
        "a//b.proto",
        "a\\b.proto",
        "C:a.proto",
        "a\nb.proto",
        "./a.proto",
    ] {
        check(
            file(path),
            &[&format!(
                "`{path}` is no path that a file can be written to: name .proto files by plain relative paths"
            )],
        );
    }
    assert_eq!(
        problems(vec![file("a.proto"), file("a.proto")]),
        ["the descriptors have two files `a.proto`"]
    );
}

#[test]
fn names_values_without_their_prefix() {
    let check = |name: &str, values: &[&str], expected: &[&str]| {
        let value = |name: &&str| EnumValueDescriptorProto {
            name: Some((*name).into()),
            ..Default::default()
        };
        let item = EnumDescriptorProto {
            name: Some(name.into()),
            value: values.iter().map(value).collect(),
            ..Default::default()
        };
        assert_eq!(names::values(&item), expected);
    };
    check("Color", &["COLOR_RED", "COLOR_BLUE"], &["RED", "BLUE"]);
    check("MyColor", &["MY_COLOR_RED"], &["RED"]);
    check("Color", &["COLOR_RED", "BLUE"], &["COLOR_RED", "BLUE"]);
    check("Color", &["COLOR_1"], &["COLOR_1"]);
    check("Color", &["COLOR_"], &["COLOR_"]);
    check("Color", &["color_toString", "COLOR_constructor"], &["toString$", "constructor$"]);
    check("Color", &["COLO\u{301}R"], &["COLO\u{301}R"]);
}

#[test]
fn names_fields_as_json_does() {
    let check = |name: &str, expected: &str| assert_eq!(names::camel_case(name), expected);
    check("user_name", "userName");
    check("user__name_", "userName");
    check("_private", "Private");
    check("a_1b", "a1b");
    check("URL", "URL");
}

#[test]
fn finds_the_way_to_other_modules() {
    let check = |from: &str, to: &str, expected: &str| assert_eq!(relative(from, to), expected);
    check("a.js", "b.js", "./b.js");
    check("a.js", "x/b.js", "./x/b.js");
    check("x/a.js", "b.js", "../b.js");
    check("x/y/a.js", "x/b.js", "../b.js");
    check("x/y/a.js", "x/y/b.js", "./b.js");
    check("x/y/a.js", "z/y/b.js", "../../z/y/b.js");
    check("x/a.js", "x", "../x");
}

#[test]
fn imports_do_not_clash() {
    let mut imports = Imports::new(BTreeSet::from(["Message".to_owned()]));
    assert_eq!(imports.ty("Message", "p"), "Message$1");
    assert_eq!(imports.ty("Message", "./q.js"), "Message$2");
    assert_eq!(imports.ty("Message", "p"), "Message$1");
    assert_eq!(imports.ty("create", "p"), "create");
    assert_eq!(imports.value("create", "p"), "create");
    assert_eq!(
        imports.write(),
        "import type { Message as Message$2 } from './q.js';\n\
         import type { Message as Message$1 } from 'p';\n\
         import { create } from 'p';\n"
    );
}

#[test]
fn errors_are_described_as_their_proto_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let mut compiler = protox::Compiler::new([folder]).unwrap();
    compiler.open_file("error.proto").unwrap();
    let [file] = &compiler.file_descriptor_set().file[..] else { panic!("one file") };
    assert_eq!(error::descriptor(), super::module::embedded(file));
}
