//! The module of a `.proto` file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

use super::imports::{Imports, relative};
use super::names::{camel_case, property, values};
use super::source::Comments;
use super::walk::{Found, Item, walk};
use super::{File, Schema};
use crate::emit::Target;
use crate::emit::text::{docs, key, literal};

const RUNTIME: &str = "@bufbuild/protobuf";
const CODEGEN: &str = "@bufbuild/protobuf/codegenv2";

/// Numbers of fields in `descriptor.proto`.
const MESSAGE_FIELD: i32 = 2;
const MESSAGE_ONEOF: i32 = 8;
const ENUM_VALUE: i32 = 2;

/// A module that is being written.
pub(super) struct Module<'s> {
    schema: &'s Schema,
    file: &'s File,
    target: Target,
    comments: Comments<'s>,
    pub(super) imports: Imports,
    text: String,
}

impl Schema {
    /// Writes the module of a file.
    pub(crate) fn module(&self, file: &File, target: Target, header: &str) -> String {
        let here =
            self.symbols.values().filter(|symbol| std::ptr::eq(&self.files[symbol.file], file));
        let mut taken: BTreeSet<String> =
            here.flat_map(|symbol| [symbol.shape.clone(), symbol.schema.clone()]).collect();
        taken.insert(file.name.clone());
        let mut module = Module {
            schema: self,
            file,
            target,
            comments: Comments::of(&file.proto),
            imports: Imports::new(taken),
            text: String::new(),
        };
        module.describe_file();
        for found in walk(&file.proto) {
            match found.item {
                Item::Message(message) => module.message(&found, message),
                Item::Enum(item) => module.enumeration(&found, item),
            }
        }
        format!("{header}\n{}{}", module.imports.write(), module.text)
    }
}

impl Module<'_> {
    fn describe_file(&mut self) {
        let ty = match self.target.has_types() {
            true => format!(": {}", self.imports.ty("GenFile", CODEGEN)),
            false => String::new(),
        };
        let path = self.file.proto.name().replace('`', "'");
        self.text.push('\n');
        self.text.push_str(&docs(&format!("Describes the file `{path}`."), 0));
        let _ = write!(self.text, "{} {}{ty}", self.target.export_const(), self.file.name);
        if self.target.has_code() {
            let call = self.imports.value("fileDesc", CODEGEN);
            let mut arguments = literal(&embedded(&self.file.proto));
            let files: Vec<_> = self
                .file
                .proto
                .dependency
                .iter()
                .filter_map(|path| self.schema.file(path))
                .collect();
            let names: Vec<_> = files
                .into_iter()
                .map(|file| {
                    let from = self.module_of(file);
                    self.imports.value(&file.name, &from)
                })
                .collect();
            if !names.is_empty() {
                let _ = write!(arguments, ", [{}]", names.join(", "));
            }
            let _ = write!(self.text, " = /*@__PURE__*/\n  {call}({arguments})");
        }
        self.text.push_str(";\n");
    }

    fn message(&mut self, found: &Found<'_>, message: &DescriptorProto) {
        let schema = self.schema;
        let symbol = &schema.symbols[&found.full_name];
        if self.target.has_types() {
            let base = self.imports.ty("Message", RUNTIME);
            let comment = self.comments.about(&found.source, found.deprecated);
            self.text.push('\n');
            self.text.push_str(&docs(&comment, 0));
            let _ = writeln!(
                self.text,
                "export {} {} = {base}<{}> & {{",
                self.declare("type"),
                symbol.shape,
                literal(&found.full_name)
            );
            self.members(found, message);
            self.text.push_str("};\n");
        }
        let text = format!(
            "Describes the message `{}`: `create({})` makes one.",
            found.full_name, symbol.schema
        );
        self.description(found, &symbol.schema, &text, "GenMessage", &symbol.shape, "messageDesc");
    }

    fn members(&mut self, found: &Found<'_>, message: &DescriptorProto) {
        let mut written = BTreeSet::new();
        for (at, field) in message.field.iter().enumerate() {
            let oneof = oneof_of(field);
            let Some(oneof) = oneof else {
                let typing = self.typing(field, message, false);
                self.comment(&place(&found.source, MESSAGE_FIELD, at), is_deprecated(field), 2);
                let name = key(&property(&camel_case(field.name())));
                let _ = match typing.optional {
                    true => writeln!(self.text, "  {name}?: {} | undefined;", typing.text),
                    false => writeln!(self.text, "  {name}: {};", typing.text),
                };
                continue;
            };
            if written.insert(oneof) {
                self.oneof(found, message, oneof);
            }
        }
    }

    fn oneof(&mut self, found: &Found<'_>, message: &DescriptorProto, oneof: i32) {
        let at = usize::try_from(oneof).unwrap_or(usize::MAX);
        let name = message.oneof_decl.get(at).map_or("", |decl| decl.name());
        self.comment(&place(&found.source, MESSAGE_ONEOF, at), false, 2);
        let _ = write!(self.text, "  {}: ", key(&property(&camel_case(name))));
        let fields = message.field.iter().enumerate();
        for (at, field) in fields.filter(|(_, field)| oneof_of(field) == Some(oneof)) {
            let typing = self.typing(field, message, true);
            self.text.push_str("{\n");
            self.comment(&place(&found.source, MESSAGE_FIELD, at), is_deprecated(field), 4);
            let _ = writeln!(self.text, "    value: {};", typing.text);
            let _ = writeln!(self.text, "    case: {};", literal(&camel_case(field.name())));
            self.text.push_str("  } | ");
        }
        self.text.push_str("{ case: undefined; value?: undefined };\n");
    }

    fn enumeration(&mut self, found: &Found<'_>, item: &EnumDescriptorProto) {
        let schema = self.schema;
        let symbol = &schema.symbols[&found.full_name];
        let comment = docs(&self.comments.about(&found.source, found.deprecated), 0);
        if self.target.has_types() {
            self.text.push('\n');
            self.text.push_str(&comment);
            let _ = writeln!(self.text, "export {} {} {{", self.declare("enum"), symbol.shape);
            for (at, (value, name)) in item.value.iter().zip(values(item)).enumerate() {
                let deprecated = value.options.as_ref().is_some_and(|options| options.deprecated());
                self.comment(&place(&found.source, ENUM_VALUE, at), deprecated, 2);
                let _ = writeln!(self.text, "  {} = {},", key(&name), value.number());
            }
            self.text.push_str("}\n");
        }
        let text = format!("Describes the enum `{}`.", found.full_name);
        self.description(found, &symbol.schema, &text, "GenEnum", &symbol.shape, "enumDesc");
        if !self.target.has_types() {
            let call = self.imports.value("tsEnum", CODEGEN);
            let _ = write!(
                self.text,
                "\n{comment}export const {} = /*@__PURE__*/\n  {call}({});\n",
                symbol.shape, symbol.schema
            );
        }
    }

    /// The constant that describes a message or an enum.
    fn description(
        &mut self,
        found: &Found<'_>,
        name: &str,
        about: &str,
        ty: &str,
        shape: &str,
        call: &str,
    ) {
        let tag = if found.deprecated { "\n\n@deprecated" } else { "" };
        self.text.push('\n');
        self.text.push_str(&docs(&format!("{about}{tag}"), 0));
        let _ = write!(self.text, "{} {name}", self.target.export_const());
        if self.target.has_types() {
            let ty = self.imports.ty(ty, CODEGEN);
            let _ = write!(self.text, ": {ty}<{shape}>");
        }
        if self.target.has_code() {
            let call = self.imports.value(call, CODEGEN);
            let path: String = found.path.iter().map(|at| format!(", {at}")).collect();
            let _ = write!(self.text, " = /*@__PURE__*/\n  {call}({}{path})", self.file.name);
        }
        self.text.push_str(";\n");
    }

    fn comment(&mut self, path: &[i32], deprecated: bool, indent: usize) {
        let comment = self.comments.about(path, deprecated);
        self.text.push_str(&docs(&comment, indent));
    }

    fn declare(&self, what: &str) -> String {
        let declare = if self.target == Target::Dts { "declare " } else { "" };
        format!("{declare}{what}")
    }

    /// The type of a message or an enum, by its full name.
    pub(super) fn shape(&mut self, full_name: &str) -> String {
        let schema = self.schema;
        let Some(symbol) = schema.symbols.get(full_name) else { return "unknown".to_owned() };
        let file = &schema.files[symbol.file];
        if std::ptr::eq(file, self.file) {
            return symbol.shape.clone();
        }
        let from = self.module_of(file);
        self.imports.ty(&symbol.shape, &from)
    }

    fn module_of(&self, file: &File) -> String {
        let path = |file: &File| format!("{}_pb.js", file.stem());
        match file.well_known() {
            Some(module) => module.to_owned(),
            None => relative(&path(self.file), &path(file)),
        }
    }
}

/// The oneof of a field, unless `optional` made it.
fn oneof_of(field: &FieldDescriptorProto) -> Option<i32> {
    field.oneof_index.filter(|_| !field.proto3_optional())
}

fn is_deprecated(field: &FieldDescriptorProto) -> bool {
    field.options.as_ref().is_some_and(|options| options.deprecated())
}

fn place(parent: &[i32], number: i32, at: usize) -> Vec<i32> {
    let at = i32::try_from(at).unwrap_or(i32::MAX);
    parent.iter().copied().chain([number, at]).collect()
}

/// The descriptor as modules embed it: without comments, and without parts that follow from the
/// rest.
pub(super) fn embedded(file: &FileDescriptorProto) -> String {
    let mut file = file.clone();
    file.source_code_info = None;
    // The modules of these are handed to `fileDesc`.
    file.dependency.clear();
    file.message_type.iter_mut().for_each(strip_json_names);
    STANDARD_NO_PAD.encode(file.encode_to_vec())
}

fn strip_json_names(message: &mut DescriptorProto) {
    for field in &mut message.field {
        if field.json_name.as_deref() == Some(&camel_case(field.name())) {
            field.json_name = None;
        }
    }
    message.nested_type.iter_mut().for_each(strip_json_names);
}
