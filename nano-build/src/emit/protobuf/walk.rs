//! The messages and enums of a file.

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

use super::trim;

/// A message or an enum, with its place.
pub(super) struct Found<'a> {
    pub(super) item: Item<'a>,
    /// Its name with package and parents.
    pub(super) full_name: String,
    /// Its place among those that have a description: the entries of maps have none.
    pub(super) path: Vec<usize>,
    /// Its place in the source information.
    pub(super) source: Vec<i32>,
    /// True if it, or something around it, is deprecated.
    pub(super) deprecated: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Message(&'a DescriptorProto),
    Enum(&'a EnumDescriptorProto),
}

/// Numbers of fields in `descriptor.proto`.
const FILE_MESSAGE: i32 = 4;
const FILE_ENUM: i32 = 5;
const MESSAGE_NESTED: i32 = 3;
const MESSAGE_ENUM: i32 = 4;

/// The surroundings of a list of messages and enums.
struct Around<'s> {
    name: &'s str,
    path: &'s [usize],
    source: &'s [i32],
    deprecated: bool,
}

/// All messages and enums of a file, each message followed by those nested in it, enums after
/// messages.
pub(super) fn walk(file: &FileDescriptorProto) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let deprecated = file.options.as_ref().is_some_and(|options| options.deprecated());
    let around = Around { name: file.package(), path: &[], source: &[], deprecated };
    messages(&file.message_type, &around, FILE_MESSAGE, &mut found);
    enums(&file.enum_type, &around, FILE_ENUM, &mut found);
    found
}

fn messages<'a>(
    list: &'a [DescriptorProto],
    around: &Around<'_>,
    number: i32,
    found: &mut Vec<Found<'a>>,
) {
    let described = list.iter().enumerate().filter(|(_, message)| !is_map_entry(message));
    for (place, (at, message)) in described.enumerate() {
        let own = message.options.as_ref().is_some_and(|options| options.deprecated());
        let one = around.found(Item::Message(message), message.name(), place, number, at, own);
        let (name, path, source) = (one.full_name.clone(), one.path.clone(), one.source.clone());
        let inside =
            Around { name: &name, path: &path, source: &source, deprecated: one.deprecated };
        found.push(one);
        messages(&message.nested_type, &inside, MESSAGE_NESTED, found);
        enums(&message.enum_type, &inside, MESSAGE_ENUM, found);
    }
}

fn enums<'a>(
    list: &'a [EnumDescriptorProto],
    around: &Around<'_>,
    number: i32,
    found: &mut Vec<Found<'a>>,
) {
    for (at, item) in list.iter().enumerate() {
        let own = item.options.as_ref().is_some_and(|options| options.deprecated());
        found.push(around.found(Item::Enum(item), item.name(), at, number, at, own));
    }
}

impl Around<'_> {
    fn found<'a>(
        &self,
        item: Item<'a>,
        name: &str,
        place: usize,
        number: i32,
        at: usize,
        deprecated: bool,
    ) -> Found<'a> {
        let dot = if self.name.is_empty() { "" } else { "." };
        Found {
            item,
            full_name: format!("{}{dot}{name}", self.name),
            path: self.path.iter().copied().chain([place]).collect(),
            source: self
                .source
                .iter()
                .copied()
                .chain([number, i32::try_from(at).unwrap_or(i32::MAX)])
                .collect(),
            deprecated: self.deprecated || deprecated,
        }
    }
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message.options.as_ref().is_some_and(|options| options.map_entry())
}

/// The key and the value of a map.
pub(super) fn map_entry<'a>(
    field: &FieldDescriptorProto,
    parent: &'a DescriptorProto,
) -> Option<(&'a FieldDescriptorProto, &'a FieldDescriptorProto)> {
    let name = trim(field.type_name()).rsplit('.').next()?;
    let entry =
        parent.nested_type.iter().find(|nested| is_map_entry(nested) && nested.name() == name)?;
    let part = |number| entry.field.iter().find(|field| field.number() == number);
    Some((part(1)?, part(2)?))
}
