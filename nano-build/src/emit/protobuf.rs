//! The messages of a protobuf application, for `@bufbuild/protobuf` 2.
//!
//! The modules have the shape that `protoc-gen-es` 2 gives them: the same exported names, the same
//! types and the same embedded descriptors, so that all of the package's functions work on them.

mod error;
mod field;
mod imports;
mod module;
mod names;
mod payload;
mod source;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use prost_types::{FieldDescriptorProto, FileDescriptorProto};

use crate::manifest::Manifest;
use walk::{Found, Item, walk};

/// All files of an application, with their messages and enums.
pub(super) struct Schema {
    files: Vec<File>,
    /// Messages and enums by full name, without a leading dot.
    symbols: BTreeMap<String, Symbol>,
    /// True if the descriptors could not be read; then no message is known.
    unreadable: bool,
}

/// A `.proto` file.
pub(super) struct File {
    proto: FileDescriptorProto,
    /// The constant that describes it.
    name: String,
}

/// A message or an enum.
struct Symbol {
    file: usize,
    is_message: bool,
    /// Its type.
    shape: String,
    /// The constant that describes it.
    schema: String,
}

impl Schema {
    pub(super) fn of(manifest: &Manifest, problems: &mut Vec<String>) -> Self {
        let mut schema = Self { files: vec![], symbols: BTreeMap::new(), unreadable: false };
        let set = match manifest.descriptor_set() {
            Ok(set) => set,
            Err(problem) => {
                problems.push(problem);
                schema.unreadable = true;
                return schema;
            }
        };
        for proto in set.file {
            schema.add(proto);
        }
        schema.check_files(problems);
        schema
    }

    fn add(&mut self, proto: FileDescriptorProto) {
        let at = self.files.len();
        let names = names::of(&proto);
        for (found, (shape, constant)) in walk(&proto).into_iter().zip(names.types) {
            let is_message = matches!(found.item, Item::Message(_));
            let symbol = Symbol { file: at, is_message, shape, schema: constant };
            self.symbols.insert(found.full_name, symbol);
        }
        self.files.push(File { proto, name: names.file });
    }

    fn check_files(&self, problems: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for file in &self.files {
            let path = file.proto.name();
            if !is_plain_path(path) {
                problems.push(format!("`{path}` is no path that a file can be written to: name .proto files by plain relative paths"));
            } else if !seen.insert(file.stem()) {
                problems.push(format!("the descriptors have two files `{path}`"));
            }
            if file.well_known().is_some() {
                continue;
            }
            let mut problem = |text: String| problems.push(format!("{path}: {text}"));
            if !matches!(file.proto.syntax(), "" | "proto2" | "proto3") {
                problem(format!(
                    "syntax `{}` is not supported: use proto3 or proto2",
                    file.proto.syntax()
                ));
            }
            for dependency in &file.proto.dependency {
                if self.file(dependency).is_none() {
                    problem(format!("imports `{dependency}`, which is not among the descriptors"));
                }
            }
            let mut extensions: Vec<_> = file.proto.extension.iter().collect();
            for Found { item, full_name, .. } in walk(&file.proto) {
                let Item::Message(message) = item else { continue };
                extensions.extend(&message.extension);
                for field in &message.field {
                    if field.type_name.is_some() && !self.resolves(field, message) {
                        problem(format!(
                            "field `{full_name}.{}` is of an unknown type `{}`",
                            field.name(),
                            field.type_name()
                        ));
                    }
                }
            }
            for extension in extensions.into_iter().filter(|found| !is_option(found)) {
                problem(format!(
                    "extension `{}` of `{}` is not supported: servers cannot read it either; make it a field",
                    extension.name(),
                    trim(extension.extendee())
                ));
            }
        }
    }

    fn resolves(
        &self,
        field: &FieldDescriptorProto,
        message: &prost_types::DescriptorProto,
    ) -> bool {
        walk::map_entry(field, message).is_some()
            || self
                .symbols
                .get(trim(field.type_name()))
                .is_some_and(|symbol| symbol.is_message != field::is_enum(field))
    }

    /// The files to write; those of Google come with the package.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.well_known().is_none())
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.proto.name() == path)
    }
}

impl File {
    /// Its path without `.proto`.
    pub(super) fn stem(&self) -> &str {
        let path = self.proto.name();
        path.strip_suffix(".proto").unwrap_or(path)
    }

    /// The module of the package that holds it, if one does.
    fn well_known(&self) -> Option<&'static str> {
        names::well_known(self.proto.name())
    }
}

/// Returns `true` if a path stays below the folder and means the same on all systems.
fn is_plain_path(path: &str) -> bool {
    let bad =
        |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    !path.contains(bad) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Returns `true` if an extension is an option for compilers: of files, messages, fields ..
fn is_option(extension: &FieldDescriptorProto) -> bool {
    let extendee = trim(extension.extendee());
    extendee.starts_with("google.protobuf.") && extendee.ends_with("Options")
}

/// A full name without its leading dot.
fn trim(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}
