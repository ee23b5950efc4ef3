//! Comparison of protobuf messages: a reader of one against a writer of another, by protobuf's own
//! rules.
//!
//! Fields are their numbers; names of fields, messages and packages are not on the wire.

mod schema;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use prost_types::field_descriptor_proto::Type as Scalar;

use super::report::{Direction, Report};
use crate::manifest::Type;

pub(super) use schema::Schema;
use schema::{Enum, Field, Message, scalar_name};

/// Compares the types at the current place of the report.
pub(super) fn compare(
    (old_schema, old): (&Schema, &Type),
    (new_schema, new): (&Schema, &Type),
    report: &mut Report,
) {
    let (old_name, new_name) = match (old, new) {
        (Type::Message(old), Type::Message(new)) => (old, new),
        (Type::Bytes, Type::Bytes) => return,
        _ => {
            let text = |ty: &Type| match ty {
                Type::Message(name) => format!("the message `{}`", name.escape_debug()),
                Type::Bytes => "bytes as they are".to_owned(),
                _ => "no message".to_owned(),
            };
            report.breaking_by(
                &format!("it was {} and is {}", text(old), text(new)),
                "clients in use send what it was",
                "clients in use cannot take what it is",
            );
            return;
        }
    };
    let ((writer, written), (reader, read)) = match report.direction {
        Direction::Received => ((old_schema, old_name), (new_schema, new_name)),
        Direction::Sent => ((new_schema, new_name), (old_schema, old_name)),
    };
    Comparison { writer, reader, report, seen: HashSet::new() }.messages(written, read);
}

/// A message on its way from a writer to a reader.
struct Comparison<'a> {
    writer: &'a Schema,
    reader: &'a Schema,
    report: &'a mut Report,
    /// The pairs of messages that have been compared, or are being: recursive ones end here.
    seen: HashSet<(&'a str, &'a str)>,
}

impl<'a> Comparison<'a> {
    fn messages(&mut self, written: &'a str, read: &'a str) {
        if !self.seen.insert((written, read)) {
            return;
        }
        let (Some(written), Some(read)) =
            (self.find(self.writer, written), self.find(self.reader, read))
        else {
            return;
        };
        if self.report.descend() {
            self.fields(written, read);
            self.choices(written, read);
            self.report.ascend();
        }
    }

    fn find(&mut self, schema: &'a Schema, name: &str) -> Option<&'a Message> {
        let found = schema.message(name);
        if found.is_none() {
            self.unknown(schema.whose, "message", name);
        }
        found
    }

    fn unknown(&mut self, whose: &str, what: &str, name: &str) {
        self.report.breaking(format!(
            "the {whose} manifest does not hold the {what} `{}`: not compared",
            name.escape_debug()
        ));
    }

    fn inside(&mut self, field: &Field, look: impl FnOnce(&mut Self)) {
        let brackets = if field.repeated { "[]" } else { "" };
        let length = self.report.enter(&format!(".{}{brackets}", field.name.escape_debug()));
        look(self);
        self.report.leave(length);
    }

    fn fields(&mut self, written: &'a Message, read: &'a Message) {
        let (written_names, read_names) = (written.by_name(), read.by_name());
        for (number, field) in &written.fields {
            let named = read_names.get(field.name.as_str());
            self.inside(field, |this| match (named, read.fields.get(number)) {
                (Some(moved), _) if moved.number != *number => this.moved(field, moved),
                (_, Some(read)) => this.field(field, read),
                (_, None) => this.unread(field),
            });
        }
        for (number, field) in &read.fields {
            if !written.fields.contains_key(number)
                && !written_names.contains_key(field.name.as_str())
            {
                self.inside(field, |this| this.unwritten(field));
            }
        }
    }

    /// A field with another number: one side sees nothing of it, or something else.
    fn moved(&mut self, written: &Field, read: &Field) {
        let (old, new) = match self.report.direction {
            Direction::Received => (written, read),
            Direction::Sent => (read, written),
        };
        self.report.breaking_by(
            &format!("its number was {} and is {}", old.number, new.number),
            "clients in use send it under the old one",
            "clients in use look for it under the old one",
        );
    }

    /// A field that only the writer knows.
    fn unread(&mut self, field: &Field) {
        match (self.report.direction, &field.oneof) {
            (Direction::Received, Some(oneof)) => self.report.breaking(format!(
                "it is gone from `{}`: clients in use may choose it, and the server would see nothing chosen",
                oneof.escape_debug()
            )),
            (Direction::Received, None) => {
                self.report.harmless("it is gone: what clients in use send is ignored");
            }
            (Direction::Sent, Some(oneof)) => self.report.harmless(format!(
                "it is new in `{}`: clients in use see nothing chosen where it is",
                oneof.escape_debug()
            )),
            (Direction::Sent, None) => self.report.harmless("it is new: clients in use ignore it"),
        }
    }

    /// A field that only the reader knows.
    fn unwritten(&mut self, field: &Field) {
        match self.report.direction {
            Direction::Received if field.required => {
                self.report.breaking("it is new and required: clients in use do not send it");
            }
            Direction::Received => {
                self.report.harmless("it is new: from clients in use it has its default");
            }
            Direction::Sent if field.required => {
                self.report.breaking("it is gone: clients in use refuse messages without it");
            }
            Direction::Sent => self.report.breaking("it is gone: clients in use expect it"),
        }
    }

    fn field(&mut self, written: &'a Field, read: &'a Field) {
        let (old, new) = match self.report.direction {
            Direction::Received => (written, read),
            Direction::Sent => (read, written),
        };
        if old.name != new.name {
            self.report.harmless(format!(
                "the field {} was called `{}` and is called `{}`: on the wire it is its number",
                old.number,
                old.name.escape_debug(),
                new.name.escape_debug()
            ));
        }
        if read.required && !written.required {
            self.report.breaking_by(
                match self.report.direction {
                    Direction::Received => "it is required now",
                    Direction::Sent => "it is no longer required",
                },
                "clients in use may leave it out",
                "clients in use refuse messages without it",
            );
        }
        match (written.repeated, read.repeated) {
            (true, false) => self.report.breaking_by(
                match self.report.direction {
                    Direction::Received => "it is no longer repeated",
                    Direction::Sent => "it is repeated now",
                },
                "clients in use may send several",
                "clients in use take one at most",
            ),
            (false, true) => self.report.harmless(match self.report.direction {
                Direction::Received => "it is repeated now: clients in use send one at most",
                Direction::Sent => "it is no longer repeated: clients in use see one at most",
            }),
            _ => {}
        }
        if old.default != new.default {
            self.report.harmless(
                "its default is another one now: clients in use keep theirs for what is left out",
            );
        }
        self.field_type(written, read);
    }

    fn field_type(&mut self, written: &'a Field, read: &'a Field) {
        let types = (&written.type_name, &read.type_name);
        match (written.scalar, read.scalar) {
            (Scalar::Message, Scalar::Message) | (Scalar::Group, Scalar::Group) => {
                self.messages(types.0, types.1);
            }
            (Scalar::Enum, Scalar::Enum) => self.enums(types.0, types.1),
            (from, to) if from == to => {}
            (from, to) => {
                let (old, new) = match self.report.direction {
                    Direction::Received => (from, to),
                    Direction::Sent => (to, from),
                };
                let what = format!("it was {} and is {}", scalar_name(old), scalar_name(new));
                if holds(from, to) {
                    self.report.harmless(format!("{what}: on the wire that is the same"));
                } else {
                    self.report.breaking_by(
                        &what,
                        "the server misreads what clients in use send",
                        "clients in use misread it",
                    );
                }
            }
        }
    }

    /// Names of values do not count, but are reported: a number that means something else is a
    /// trap.
    fn enums(&mut self, written: &'a str, read: &'a str) {
        if !self.seen.insert((written, read)) {
            return;
        }
        let (from, to) = (self.writer.enumeration(written), self.reader.enumeration(read));
        let (writer, reader) = (self.writer.whose, self.reader.whose);
        for (found, whose, name) in [(&from, writer, written), (&to, reader, read)] {
            if found.is_none() {
                self.unknown(whose, "enum", name);
            }
        }
        let (Some(written), Some(read)) = (from, to) else { return };
        for (&number, name) in &written.values {
            match read.values.get(&number) {
                Some(other) if other == name => {}
                Some(other) => {
                    let (old, new) = match self.report.direction {
                        Direction::Received => (name, other),
                        Direction::Sent => (other, name),
                    };
                    self.report.harmless(format!(
                        "the value {number} was called `{}` and is called `{}`: on the wire it is its number",
                        old.escape_debug(),
                        new.escape_debug()
                    ));
                }
                None => self.unknown_value(number, name, read),
            }
        }
    }

    /// A value that only the writer knows.
    fn unknown_value(&mut self, number: i32, name: &str, read: &Enum) {
        let name = name.escape_debug();
        match self.report.direction {
            Direction::Received => self.report.breaking(format!(
                "the value `{name}` = {number} is gone: clients in use may send it"
            )),
            Direction::Sent if read.closed => self.report.breaking(format!(
                "the value `{name}` = {number} is new: to clients in use the field is missing then, as their enum is closed"
            )),
            Direction::Sent => self.report.harmless(format!(
                "the value `{name}` = {number} is new: clients in use see a number without a name"
            )),
        }
    }

    /// Fields that exclude one another.
    fn choices(&mut self, written: &Message, read: &Message) {
        let shared: Vec<(&Field, &Field)> = written
            .fields
            .iter()
            .filter_map(|(number, field)| Some((field, read.fields.get(number)?)))
            .collect();
        for (at, &(written, read)) in shared.iter().enumerate() {
            // The next one is enough: differences of the others show there.
            let with = |oneof: fn(&(&'_ Field, &'_ Field)) -> Option<String>| {
                let own = oneof(&(written, read))?;
                shared[at + 1..].iter().find(|other| oneof(other).as_ref() == Some(&own))
            };
            if let Some((other, _)) = with(|(_, read)| read.oneof.clone())
                && (written.oneof.is_none() || written.oneof != other.oneof)
            {
                let what = format!(
                    "`{}` and `{}`",
                    written.name.escape_debug(),
                    other.name.escape_debug()
                );
                match self.report.direction {
                    Direction::Received => self.report.breaking(format!(
                        "{what} exclude one another now: clients in use may send both"
                    )),
                    Direction::Sent => self.report.breaking(format!(
                        "{what} no longer exclude one another: clients in use keep one of them"
                    )),
                }
            }
        }
    }
}

/// Returns `true` if a reader of one scalar type gets the values of another.
fn holds(written: Scalar, read: Scalar) -> bool {
    match written {
        Scalar::Bool => {
            matches!(read, Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64)
        }
        Scalar::Int32 => read == Scalar::Int64,
        Scalar::Uint32 => matches!(read, Scalar::Int64 | Scalar::Uint64),
        Scalar::Sint32 => read == Scalar::Sint64,
        Scalar::Enum => matches!(read, Scalar::Int32 | Scalar::Int64),
        Scalar::String | Scalar::Message => read == Scalar::Bytes,
        _ => false,
    }
}
