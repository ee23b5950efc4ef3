//! Comparison of objects.

use std::collections::BTreeMap;

use super::resolve::{Node, Types};
use super::{Comparison, Direction};
use crate::compat::report::Report;
use crate::manifest::{Fields, Type};

/// The fields of an object, flattened.
#[derive(Default)]
struct Flat {
    fields: BTreeMap<String, (Type, bool)>,
    /// The type of the fields that have no name of their own.
    rest: Option<Type>,
    /// Other types that are flattened into the object, as enums, each with `true` if it may be
    /// missing.
    others: Vec<(Node, bool)>,
    /// True if the server refuses other fields.
    closed: bool,
}

impl Comparison<'_> {
    pub(super) fn reads_fields(&mut self, written: &Fields, read: &Fields) {
        let written = Flat::of(written, self.writer, self.report);
        let read = Flat::of(read, self.reader, self.report);
        for (name, (ty, optional)) in &written.fields {
            let segment = format!(".{}", name.escape_debug());
            self.inside(&segment, |this| match (read.fields.get(name), &read.rest) {
                (Some((read, may_miss)), _) => {
                    this.presence(*optional, *may_miss);
                    this.reads(&Node::Type(ty.clone()), &Node::Type(read.clone()));
                }
                (None, Some(rest)) => {
                    this.reads(&Node::Type(ty.clone()), &Node::Type(rest.clone()));
                }
                (None, None) => match this.report.direction {
                    Direction::Received if read.closed => this.report.breaking(
                        "it is gone, and `deny_unknown_fields` refuses it: clients in use may send it",
                    ),
                    Direction::Received => {
                        this.report.harmless("it is gone: what clients in use send is ignored");
                    }
                    Direction::Sent => this.report.harmless("it is new: clients in use ignore it"),
                },
            });
        }
        for (name, (_, may_miss)) in &read.fields {
            if !written.fields.contains_key(name) {
                let segment = format!(".{}", name.escape_debug());
                self.inside(&segment, |this| this.missing(*may_miss));
            }
        }
        if let (Some(written), Some(read)) = (&written.rest, &read.rest) {
            self.inside(".*", |this| {
                this.reads(&Node::Type(written.clone()), &Node::Type(read.clone()));
            });
        }
        self.reads_others(&written.others, &read);
    }

    /// An object, read as a map.
    pub(super) fn reads_as_map(&mut self, written: &Node, read: &Node) {
        let (Node::Fields(fields), Node::Type(Type::Map(key, value))) = (written, read) else {
            return self.changed(written, read);
        };
        let flat = Flat::of(fields, self.writer, self.report);
        if **key != Type::String || !flat.others.is_empty() {
            return self.changed(written, read);
        }
        let rest = flat.rest.map(|rest| ("*".to_owned(), rest));
        let values = flat.fields.into_iter().map(|(name, (ty, _))| (name, ty)).chain(rest);
        for (name, ty) in values {
            let segment = format!(".{}", name.escape_debug());
            self.inside(&segment, |this| {
                this.reads(&Node::Type(ty), &Node::Type((**value).clone()));
            });
        }
    }

    /// A field that both know.
    fn presence(&mut self, optional: bool, may_miss: bool) {
        match (optional, may_miss, self.report.direction) {
            (true, false, Direction::Received) => {
                self.report.breaking("it must be there now: clients in use may leave it out");
            }
            (true, false, Direction::Sent) => {
                self.report.breaking("it may be left out now: clients in use count on it");
            }
            (false, true, Direction::Received) => {
                self.report.harmless("it may be left out now: clients in use send it");
            }
            (false, true, Direction::Sent) => {
                self.report.harmless("it is always there now: clients in use can do without");
            }
            _ => {}
        }
    }

    /// A field that only the reader knows.
    fn missing(&mut self, may_miss: bool) {
        match (may_miss, self.report.direction) {
            (false, Direction::Received) => {
                self.report.breaking("it is new and must be there: clients in use do not send it")
            }
            (false, Direction::Sent) => {
                self.report.breaking("it is gone: clients in use expect it");
            }
            (true, Direction::Received) => self.report.harmless("it is new and may be left out"),
            (true, Direction::Sent) => {
                self.report.harmless("it is gone: clients in use can do without");
            }
        }
    }

    /// Flattened enums, one by one in their order: their fields are not known by name.
    fn reads_others(&mut self, written: &[(Node, bool)], read: &Flat) {
        for (at, (node, may_miss)) in read.others.iter().enumerate() {
            match written.get(at) {
                Some((written, optional)) => {
                    self.presence(*optional, *may_miss);
                    self.reads(written, node);
                }
                None => self.missing(*may_miss),
            }
        }
        if written.len() > read.others.len() {
            match (&read.rest, self.report.direction) {
                (Some(_), _) => self.report.breaking(
                    "what is flattened into it changed, and all else is read as a map: not compared",
                ),
                (None, Direction::Received) if read.closed => self.report.breaking(
                    "less is flattened into it, and `deny_unknown_fields` refuses the rest: clients in use may send it",
                ),
                (None, Direction::Received) => {
                    self.report.harmless("less is flattened into it: the rest is ignored");
                }
                (None, Direction::Sent) => {
                    self.report.harmless("more is flattened into it: clients in use ignore that");
                }
            }
        }
    }
}

impl Flat {
    fn of(fields: &Fields, types: &Types<'_>, report: &mut Report) -> Self {
        let mut flat = Self { closed: fields.closed, ..Self::default() };
        flat.add(fields, types, false, report);
        flat
    }

    fn add(&mut self, fields: &Fields, types: &Types<'_>, optional: bool, report: &mut Report) {
        if !report.descend() {
            return;
        }
        for field in &fields.fields {
            let entry = (field.ty.clone(), field.optional || optional);
            self.fields.insert(field.name.clone(), entry);
        }
        for ty in &fields.flatten {
            self.flatten(&Node::Type(ty.clone()), types, optional, report);
        }
        report.ascend();
    }

    fn flatten(&mut self, node: &Node, types: &Types<'_>, optional: bool, report: &mut Report) {
        if !report.descend() {
            return;
        }
        match types.resolve(node, report) {
            Some(Node::Fields(fields)) => self.add(&fields, types, optional, report),
            Some(Node::Type(Type::Option(inside))) => {
                self.flatten(&Node::Type(*inside), types, true, report);
            }
            Some(Node::Type(Type::Map(_, value))) => self.rest = Some(*value),
            Some(Node::Type(Type::Any)) => self.rest = Some(Type::Any),
            Some(Node::Type(Type::Null)) | None => {}
            Some(other) => self.others.push((other, optional)),
        }
        report.ascend();
    }
}
