//! The types of fields.

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::field_options::JsType;
use prost_types::{DescriptorProto, FieldDescriptorProto};

use super::module::Module;
use super::trim;
use super::walk::map_entry;

/// A property of a message.
pub(super) struct Typing {
    pub(super) text: String,
    /// True if it may be undefined.
    pub(super) optional: bool,
}

pub(super) fn is_enum(field: &FieldDescriptorProto) -> bool {
    field.r#type() == Type::Enum
}

impl Module<'_> {
    pub(super) fn typing(
        &mut self,
        field: &FieldDescriptorProto,
        parent: &DescriptorProto,
        in_oneof: bool,
    ) -> Typing {
        if let Some((key, value)) = map_entry(field, parent) {
            let key = if is_small_int(key.r#type()) { "number" } else { "string" };
            let value = self.item(value, false);
            return Typing { text: format!("{{ [key: {key}]: {value} }}"), optional: false };
        }
        let as_text =
            field.options.as_ref().is_some_and(|options| options.jstype() == JsType::JsString);
        if field.label() == Label::Repeated {
            return Typing { text: format!("{}[]", self.item(field, as_text)), optional: false };
        }
        let is_message = matches!(field.r#type(), Type::Message | Type::Group);
        let wrapped = wrapped(field).filter(|_| !in_oneof);
        let text = match wrapped {
            Some(ty) => scalar(ty, false).to_owned(),
            None => self.item(field, as_text),
        };
        Typing { text, optional: is_message || field.proto3_optional() }
    }

    /// One value of a field.
    fn item(&mut self, field: &FieldDescriptorProto, as_text: bool) -> String {
        match field.r#type() {
            Type::Message | Type::Group if trim(field.type_name()) == "google.protobuf.Struct" => {
                self.imports.ty("JsonObject", "@bufbuild/protobuf")
            }
            Type::Message | Type::Group | Type::Enum => self.shape(trim(field.type_name())),
            ty => scalar(ty, as_text).to_owned(),
        }
    }
}

fn scalar(ty: Type, as_text: bool) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Bool => "boolean",
        Type::Bytes => "Uint8Array",
        Type::Int64 | Type::Uint64 | Type::Sint64 | Type::Fixed64 | Type::Sfixed64 => {
            if as_text {
                "string"
            } else {
                "bigint"
            }
        }
        _ => "number",
    }
}

fn is_small_int(ty: Type) -> bool {
    matches!(ty, Type::Int32 | Type::Uint32 | Type::Sint32 | Type::Fixed32 | Type::Sfixed32)
}

/// The type that a wrapper of Google's stands for.
fn wrapped(field: &FieldDescriptorProto) -> Option<Type> {
    Some(match trim(field.type_name()).strip_prefix("google.protobuf.")? {
        "DoubleValue" | "FloatValue" => Type::Double,
        "Int64Value" | "UInt64Value" => Type::Int64,
        "Int32Value" | "UInt32Value" => Type::Int32,
        "BoolValue" => Type::Bool,
        "StringValue" => Type::String,
        "BytesValue" => Type::Bytes,
        _ => return None,
    })
}
