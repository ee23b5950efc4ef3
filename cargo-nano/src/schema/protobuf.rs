//! The messages of a Protobuf application.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use prost_reflect::prost::Message as _;
use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor,
    SerializeOptions,
};
use serde_json::{Value, json};

use super::example;
use super::field::{DEPTH, Field, Step};
use crate::failure::{Failure, Outcome};

/// The package of the types that every protoc knows.
const GOOGLE: &str = "google.protobuf.";

/// The messages that a manifest describes.
#[derive(Debug)]
pub(super) struct Messages(DescriptorPool);

impl Messages {
    /// Reads the descriptors of a manifest.
    pub(super) fn read(descriptors: Option<&str>) -> Result<Self, String> {
        let text =
            descriptors.ok_or("the manifest of a Protobuf application has no descriptors")?;
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("the manifest's descriptors are not base64: {error}"))?;
        // It begins with the types of Google's that every protoc knows.
        let mut pool = DescriptorPool::global();
        pool.decode_file_descriptor_set(bytes.as_slice())
            .map_err(|error| format!("the manifest's descriptors cannot be read: {error}"))?;
        Ok(Self(pool))
    }

    fn named(&self, name: &str) -> Result<MessageDescriptor, String> {
        self.0
            .get_message_by_name(name)
            .ok_or_else(|| format!("the manifest does not describe `{name}`"))
    }

    /// Writes a message that was typed as JSON.
    pub(super) fn encode(&self, name: &str, text: &str) -> Outcome<Bytes> {
        crate::json::check(text, "the message")?;
        let descriptor = self.named(name).map_err(Failure::usage)?;
        let mut json = serde_json::Deserializer::from_str(text);
        let message = DynamicMessage::deserialize(descriptor, &mut json)
            .map_err(|error| Failure::usage(format!("the message is no {name}: {error}")))?;
        Ok(message.encode_to_vec().into())
    }

    /// Shows a message as JSON.
    pub(super) fn decode(&self, name: &str, body: &[u8]) -> Result<Bytes, String> {
        let message = DynamicMessage::decode(self.named(name)?, body)
            .map_err(|error| format!("it is no {name}: {error}"))?;
        let mut text = Vec::new();
        // Fields with the value that is not sent are shown, too: who reads it need not know them all.
        let options = SerializeOptions::new().skip_default_fields(false).use_proto_field_name(true);
        message
            .serialize_with_options(&mut serde_json::Serializer::new(&mut text), &options)
            .map_err(|error| format!("{name} has no JSON form: {error}"))?;
        Ok(text.into())
    }

    /// Makes an example of a message, with the places that the scripts of loads have.
    pub(super) fn example(&self, name: &str) -> Value {
        let message = self.named(name).ok();
        message.and_then(|message| example_of(&message, DEPTH)).unwrap_or_else(|| json!({}))
    }

    /// Shows the type of a message. Below `depth` only its name is shown.
    pub(super) fn text(&self, name: &str, depth: usize) -> String {
        self.named(name).map_or_else(|_| name.to_owned(), |message| text(&message, depth))
    }

    /// Returns the fields of the message at the end of a path.
    pub(super) fn fields(&self, name: &str, path: &[Step]) -> Vec<Field> {
        let mut message = self.named(name).ok();
        let mut path = path.iter();
        while let Some(step) = path.next() {
            let Step::Key(key) = step else { return Vec::new() };
            let field = message.and_then(|message| field(&message, key));
            message = field.and_then(|field| {
                let value = match field.kind() {
                    Kind::Message(entry) if field.is_map() => {
                        path.next();
                        entry.map_entry_value_field().kind()
                    }
                    kind if field.is_list() => {
                        path.next();
                        kind
                    }
                    kind => kind,
                };
                value.as_message().cloned()
            });
        }
        let fields = message.iter().flat_map(MessageDescriptor::fields);
        fields
            .map(|field| Field { name: field.name().to_owned(), ty: field_text(&field, 1) })
            .collect()
    }
}

/// Makes an example of a message; `None` below the depth, and for those of Google's that have none.
fn example_of(message: &MessageDescriptor, depth: usize) -> Option<Value> {
    if let Some(name) = message.full_name().strip_prefix(GOOGLE) {
        return example_of_googles(name);
    }
    let depth = depth.checked_sub(1)?;
    // One field of those that exclude each other.
    let is_chosen = |field: &FieldDescriptor| {
        let choice = field.containing_oneof();
        choice.is_none_or(|choice| choice.fields().next().as_ref() == Some(field))
    };
    let is_single = |field: &FieldDescriptor| field.cardinality() != Cardinality::Repeated;
    let fields = message.fields().filter(|field| is_chosen(field) && is_single(field));
    let example = |field: FieldDescriptor| {
        let value = match field.kind() {
            Kind::Message(inner) => example_of(&inner, depth)?,
            Kind::Enum(values) => {
                let names = values.values().map(|value| value.name().to_owned());
                example::one_of(&names.collect::<Vec<_>>())
            }
            Kind::String => json!(example::TEXT),
            Kind::Bytes => json!(""),
            Kind::Bool => json!(true),
            Kind::Float | Kind::Double => json!(example::FLOAT),
            _ => json!(example::INT),
        };
        Some((field.name().to_owned(), value))
    };
    Some(fields.filter_map(example).collect())
}

/// Makes an example of a type that has a form of its own in JSON.
fn example_of_googles(name: &str) -> Option<Value> {
    Some(match name {
        "Timestamp" => json!("2026-01-02T03:04:05Z"),
        "Duration" => json!("1s"),
        "Empty" | "Struct" => json!({}),
        "ListValue" => json!([]),
        "StringValue" => json!(example::TEXT),
        "BytesValue" | "FieldMask" => json!(""),
        "BoolValue" => json!(true),
        "FloatValue" | "DoubleValue" => json!(example::FLOAT),
        "Int32Value" | "Int64Value" | "UInt32Value" | "UInt64Value" => json!(example::INT),
        _ => return None,
    })
}

fn field(message: &MessageDescriptor, key: &str) -> Option<FieldDescriptor> {
    message.fields().find(|field| field.name() == key || field.json_name() == key)
}

fn text(message: &MessageDescriptor, depth: usize) -> String {
    if depth == 0 || message.full_name().starts_with(GOOGLE) {
        return message.name().to_owned();
    }
    let field =
        |field: FieldDescriptor| format!("{}: {}", field.name(), field_text(&field, depth - 1));
    format!("{{{}}}", message.fields().map(field).collect::<Vec<_>>().join(", "))
}

fn field_text(field: &FieldDescriptor, depth: usize) -> String {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let [key, value] = [entry.map_entry_key_field(), entry.map_entry_value_field()];
            format!("{{[{}]: {}}}", kind_text(&key.kind(), depth), kind_text(&value.kind(), depth))
        }
        kind if field.cardinality() == Cardinality::Repeated => {
            format!("[{}]", kind_text(&kind, depth))
        }
        kind => kind_text(&kind, depth),
    }
}

fn kind_text(kind: &Kind, depth: usize) -> String {
    match kind {
        Kind::Message(message) => text(message, depth),
        Kind::Enum(values) => values
            .values()
            .map(|value| format!("{:?}", value.name()))
            .collect::<Vec<_>>()
            .join(" | "),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}
