//! The body of an error, `proto/error.proto`, as a description that clients carry.

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, MessageOptions};

use super::module::embedded;

/// The embedded descriptor of its file.
pub(super) fn descriptor() -> String {
    let entry = DescriptorProto {
        name: Some("MetadataEntry".into()),
        field: vec![
            field("key", 1, Type::String, Label::Optional),
            field("value", 2, Type::String, Label::Optional),
        ],
        options: Some(MessageOptions { map_entry: Some(true), ..Default::default() }),
        ..Default::default()
    };
    let error = DescriptorProto {
        name: Some("Error".into()),
        field: vec![
            field("code", 1, Type::String, Label::Optional),
            field("msg", 2, Type::String, Label::Optional),
            FieldDescriptorProto {
                type_name: Some(".nano.Error.MetadataEntry".into()),
                ..field("metadata", 3, Type::Message, Label::Repeated)
            },
        ],
        nested_type: vec![entry],
        ..Default::default()
    };
    embedded(&FileDescriptorProto {
        name: Some("error.proto".into()),
        package: Some("nano".into()),
        message_type: vec![error],
        syntax: Some("proto3".into()),
        ..Default::default()
    })
}

fn field(name: &str, number: i32, ty: Type, label: Label) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        r#type: Some(ty.into()),
        label: Some(label.into()),
        ..Default::default()
    }
}
