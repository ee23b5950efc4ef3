//! The types of messages.

use serde::{Deserialize, Serialize};

/// A type, as it is on the wire.
///
/// All but [`Bytes`](Self::Bytes) and [`Message`](Self::Message) are types of JSON applications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    /// Bytes that no serializer touches: nano's `Bytes`, as a whole payload or reply.
    Bytes,
    /// A message of a protobuf application, by its full name, as `game.JoinRequest`.
    Message(String),
    /// Any value.
    Any,
    /// No value: `null`.
    Null,
    /// A boolean.
    Bool,
    /// A text.
    String,
    /// A number with a fraction.
    Float,
    /// A whole number of up to 32 bits, which a number of JavaScript can hold.
    Int,
    /// A whole number that may be beyond 53 bits.
    BigInt,
    /// A value or `null`.
    Option(Box<Type>),
    /// Any number of values.
    Array(Box<Type>),
    /// Values of one type each.
    Tuple(Vec<Type>),
    /// Values by keys, which are texts in JSON whatever their type.
    Map(Box<Type>, Box<Type>),
    /// A type of [`Manifest::types`](super::Manifest::types).
    Named {
        /// Its name.
        name: String,
        /// Its arguments.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arguments: Vec<Type>,
    },
    /// A parameter of the type definition around.
    Parameter(String),
    /// One of several types, for a value of another crate that is known to be one of these.
    Union(Vec<Type>),
    /// A type of TypeScript that the build script names, as it is written there.
    Foreign(String),
}

/// A named type of a JSON application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TypeDef {
    /// Its name, unique in the manifest.
    pub name: String,
    /// Its path in Rust, as `crate::room::Player`.
    pub path: String,
    /// The names of its type parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Its structure.
    pub shape: Shape,
}

/// The structure of a named type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// Another name of a type; newtypes and tuple structs are that, too.
    Alias(Type),
    /// An object with named fields.
    Object(Fields),
    /// One of several variants.
    Enum {
        /// The way in which values tell their variant.
        tagging: Tagging,
        /// The variants.
        variants: Vec<Variant>,
    },
}

/// The way in which the values of an enum tell their variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tagging {
    /// `{"Circle": ..}`, and `"Empty"` for a variant that holds nothing.
    External,
    /// `{"kind": "Circle", ..}`
    Internal {
        /// The field with the name of the variant.
        tag: String,
    },
    /// `{"kind": "Circle", "value": ..}`
    Adjacent {
        /// The field with the name of the variant.
        tag: String,
        /// The field with what it holds.
        content: String,
    },
    /// The content alone.
    Untagged,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variant {
    /// Its name on the wire.
    pub name: String,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// Its content.
    pub content: Content,
}

/// The content of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Content {
    /// Nothing.
    Unit,
    /// One value without a name, or several as a [`Type::Tuple`].
    Value(Type),
    /// Named fields.
    Fields(Fields),
}

/// Named fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fields {
    /// The fields.
    pub fields: Vec<Field>,
    /// Types whose fields stand among these: serde's `flatten`. Those of a [`Type::Option`] are all
    /// there or all absent; a [`Type::Map`] has the fields that no other has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flatten: Vec<Type>,
    /// True if the server refuses messages with other fields: serde's `deny_unknown_fields`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// A named field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    /// Its name on the wire.
    pub name: String,
    /// The type of its value.
    #[serde(rename = "type")]
    pub ty: Type,
    /// True if the sender may leave it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Documentation in Markdown; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub docs: String,
}
