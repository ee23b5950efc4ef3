//! The descriptors of a manifest, reduced to what is on the wire.

use std::collections::{BTreeMap, HashMap};

use prost_types::field_descriptor_proto::{Label, Type as Scalar};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto};

use crate::manifest::{Manifest, Type};

/// Messages and enums by their full names.
pub(in crate::compat) struct Schema {
    /// The manifest of the two, `old` or `new`.
    pub(super) whose: &'static str,
    messages: HashMap<String, Message>,
    enums: HashMap<String, Enum>,
}

pub(super) struct Message {
    pub(super) fields: BTreeMap<i32, Field>,
}

impl Message {
    /// The fields by their names.
    pub(super) fn by_name(&self) -> HashMap<&str, &Field> {
        self.fields.values().map(|field| (field.name.as_str(), field)).collect()
    }
}

pub(super) struct Field {
    pub(super) name: String,
    pub(super) number: i32,
    pub(super) scalar: Scalar,
    /// The full name of its message or enum; empty for other types.
    pub(super) type_name: String,
    pub(super) repeated: bool,
    pub(super) required: bool,
    /// The group of fields that exclude one another.
    pub(super) oneof: Option<String>,
    pub(super) default: Option<String>,
}

pub(super) struct Enum {
    /// The first name of each number.
    pub(super) values: BTreeMap<i32, String>,
    /// True if a reader drops other values.
    pub(super) closed: bool,
}

impl Schema {
    /// Reads the descriptors of a manifest.
    pub(in crate::compat) fn of(manifest: &Manifest, whose: &'static str) -> Result<Self, String> {
        let mut schema = Self { whose, messages: HashMap::new(), enums: HashMap::new() };
        if manifest.descriptors.is_none() {
            return Ok(schema);
        }
        let set = manifest.descriptor_set()?;
        for file in &set.file {
            let closed = matches!(file.syntax.as_deref(), None | Some("" | "proto2"));
            let scope = scoped("", file.package());
            schema.enums(&file.enum_type, &scope, closed);
            schema.messages(&file.message_type, &scope, closed)?;
        }
        Ok(schema)
    }

    pub(super) fn message(&self, name: &str) -> Option<&Message> {
        self.messages.get(name)
    }

    pub(super) fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.enums.get(name)
    }

    /// Returns `true` if an empty body is a message of this type.
    pub(in crate::compat) fn may_be_empty(&self, ty: &Type) -> bool {
        match ty {
            Type::Bytes => true,
            Type::Message(name) => self
                .message(name)
                .is_some_and(|message| message.fields.values().all(|field| !field.required)),
            _ => false,
        }
    }

    fn messages(
        &mut self,
        messages: &[DescriptorProto],
        scope: &str,
        closed: bool,
    ) -> Result<(), String> {
        for message in messages {
            let name = scoped(scope, message.name());
            self.enums(&message.enum_type, &name, closed);
            self.messages(&message.nested_type, &name, closed)?;
            let mut fields = BTreeMap::new();
            for field in &message.field {
                fields.insert(field.number(), Field::of(field, message, &name)?);
            }
            self.messages.insert(name, Message { fields });
        }
        Ok(())
    }

    fn enums(&mut self, enums: &[EnumDescriptorProto], scope: &str, closed: bool) {
        for found in enums {
            let mut values = BTreeMap::new();
            for value in &found.value {
                values.entry(value.number()).or_insert_with(|| value.name().to_owned());
            }
            self.enums.insert(scoped(scope, found.name()), Enum { values, closed });
        }
    }
}

impl Field {
    fn of(
        field: &FieldDescriptorProto,
        message: &DescriptorProto,
        message_name: &str,
    ) -> Result<Self, String> {
        let problem = |what: &str| {
            let name = field.name().escape_debug();
            format!("the field `{name}` of `{}` has {what}", message_name.escape_debug())
        };
        let scalar = field.r#type.and_then(|number| Scalar::try_from(number).ok());
        // `optional` is written as a oneof with a single field.
        let oneof = field.oneof_index.filter(|_| !field.proto3_optional()).and_then(|index| {
            let oneof = usize::try_from(index).ok().and_then(|at| message.oneof_decl.get(at))?;
            Some(oneof.name().to_owned())
        });
        Ok(Self {
            name: field.name().to_owned(),
            number: field.number(),
            scalar: scalar.ok_or_else(|| problem("no known type"))?,
            // Compilers write whole names, with a dot in front.
            type_name: field.type_name().trim_start_matches('.').to_owned(),
            repeated: field.label() == Label::Repeated,
            required: field.label() == Label::Required,
            oneof,
            default: field.default_value.clone(),
        })
    }
}

fn scoped(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The type as it is written in a `.proto` file.
pub(super) fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Double => "a double",
        Scalar::Float => "a float",
        Scalar::Int64 => "an int64",
        Scalar::Uint64 => "a uint64",
        Scalar::Int32 => "an int32",
        Scalar::Fixed64 => "a fixed64",
        Scalar::Fixed32 => "a fixed32",
        Scalar::Bool => "a bool",
        Scalar::String => "a string",
        Scalar::Group => "a group",
        Scalar::Message => "a message",
        Scalar::Bytes => "bytes",
        Scalar::Uint32 => "a uint32",
        Scalar::Enum => "an enum",
        Scalar::Sfixed32 => "an sfixed32",
        Scalar::Sfixed64 => "an sfixed64",
        Scalar::Sint32 => "an sint32",
        Scalar::Sint64 => "an sint64",
    }
}
