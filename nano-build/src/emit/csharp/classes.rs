//! The classes and enums of `Types.cs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::text::{OF_OBJECTS, docs, literal, pascal_case, type_name};
use super::types::{Cs, Scope, Types, is_names};
use crate::emit::text::unique;
use crate::manifest::{Content, Fields, Manifest, Shape, Tagging, Type, TypeDef, Variant};

/// A property of a class.
struct Property {
    wire: String,
    ty: Cs,
    /// True if it is left out when it is null.
    optional: bool,
    docs: String,
}

/// The file that is being written.
struct Writer<'a, 'm> {
    types: &'a mut Types<'m>,
    problems: &'a mut Vec<String>,
    out: String,
}

impl<'m> Types<'m> {
    /// Writes all definitions that have a class or an enum.
    pub(super) fn classes(&mut self, manifest: &'m Manifest, problems: &mut Vec<String>) -> String {
        if self.defs.len() < manifest.types.len() {
            problems.push("the manifest has two types of the same name".into());
        }
        let mut writer = Writer { types: self, problems, out: String::new() };
        for def in &manifest.types {
            writer.definition(def);
        }
        writer.out
    }
}

impl<'m> Writer<'_, 'm> {
    fn definition(&mut self, def: &'m TypeDef) {
        let mut scope = Types::local();
        let mut taken: BTreeSet<String> = self.types.taken.clone();
        let mut parameters = Vec::new();
        for parameter in &def.parameters {
            let name = unique(&type_name(parameter), &mut taken, |at| "_".repeat(at));
            scope.parameters.insert(parameter, Cs::class(&name));
            parameters.push(name);
        }
        let generic = if parameters.is_empty() {
            String::new()
        } else {
            format!("<{}>", parameters.join(", "))
        };
        let name = self.types.name(def).to_owned();
        let place = format!("the type `{}`", def.name.escape_debug());
        match &def.shape {
            // It is written where it is used; its problems are reported here.
            Shape::Alias(ty) => {
                scope.inside.push(&def.name);
                self.types.write(ty, &scope, &place, self.problems);
            }
            Shape::Enum { tagging: Tagging::Untagged, variants } => {
                scope.inside.push(&def.name);
                for ty in variants.iter().filter_map(|variant| match &variant.content {
                    Content::Value(ty) => Some(ty),
                    _ => None,
                }) {
                    self.types.write(ty, &scope, &place, self.problems);
                }
            }
            shape if is_names(shape) => self.names(&name, def),
            Shape::Object(fields) => {
                let properties = self.properties(fields, &scope, &place);
                self.class(&name, &generic, &def.docs, None, &properties);
            }
            Shape::Enum { tagging, variants } => {
                let owner = Owner { def, name, generic, scope, place };
                match tagging {
                    Tagging::External => self.external(&owner, variants),
                    Tagging::Internal { tag } => self.internal(&owner, tag, variants),
                    Tagging::Adjacent { tag, content } => {
                        self.adjacent(&owner, tag, content, variants);
                    }
                    Tagging::Untagged => {}
                }
            }
        }
    }

    fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// An enum of names.
    fn names(&mut self, name: &str, def: &TypeDef) {
        let Shape::Enum { variants, .. } = &def.shape else { return };
        self.gap();
        self.out.push_str(&docs(&def.docs, None, 0));
        let _ = write!(self.out, "[DataContract]\npublic enum {name}\n{{\n");
        let mut taken = BTreeSet::new();
        for variant in variants {
            let member = unique(&pascal_case(&variant.name), &mut taken, |at| "_".repeat(at));
            self.out.push_str(&docs(&variant.docs, None, 4));
            let value = literal(&variant.name);
            let _ = write!(self.out, "    [EnumMember(Value = {value})]\n    {member},\n");
        }
        self.out.push_str("}\n");
    }

    fn class(
        &mut self,
        name: &str,
        generic: &str,
        markdown: &str,
        remarks: Option<&str>,
        properties: &[Property],
    ) {
        self.gap();
        self.out.push_str(&docs(markdown, remarks, 0));
        let _ =
            write!(self.out, "[DataContract]\npublic sealed partial class {name}{generic}\n{{\n");
        let mut taken: BTreeSet<String> = OF_OBJECTS.iter().map(|&name| name.into()).collect();
        taken.insert(name.to_owned());
        // A parameter would hide it.
        taken.extend(generic.trim_matches(['<', '>']).split(", ").map(str::to_owned));
        for (at, property) in properties.iter().enumerate() {
            if at > 0 {
                self.out.push('\n');
            }
            let own = unique(&pascal_case(&property.wire), &mut taken, |at| "_".repeat(at));
            let remarks = property.ty.remarks.as_deref();
            self.out.push_str(&docs(&property.docs, remarks, 4));
            let left_out = if property.optional { ", EmitDefaultValue = false" } else { "" };
            let ty = &property.ty.text;
            let wire = literal(&property.wire);
            let _ = write!(
                self.out,
                "    [DataMember(Name = {wire}{left_out})]\n    public {ty} {own} {{ get; set; }}\n"
            );
        }
        self.out.push_str("}\n");
    }

    /// The fields of an object, those that are flattened into it included.
    fn properties(&mut self, fields: &'m Fields, scope: &Scope<'m>, place: &str) -> Vec<Property> {
        let mut properties = Vec::new();
        self.add(fields, scope, false, place, &mut properties);
        let mut seen = BTreeSet::new();
        properties.retain(|property| seen.insert(property.wire.clone()));
        properties
    }

    fn add(
        &mut self,
        fields: &'m Fields,
        scope: &Scope<'m>,
        optional: bool,
        place: &str,
        properties: &mut Vec<Property>,
    ) {
        for field in &fields.fields {
            let place = format!("the field `{}` of {place}", field.name.escape_debug());
            let ty = self.types.write(&field.ty, scope, &place, self.problems);
            let optional = optional || field.optional;
            let ty = if optional { ty.nullable() } else { ty };
            let (wire, docs) = (field.name.clone(), field.docs.clone());
            properties.push(Property { wire, ty, optional, docs });
        }
        for ty in &fields.flatten {
            self.flatten(ty, scope, optional, place, properties);
        }
    }

    /// The fields of a flattened type, which has to be an object.
    fn flatten(
        &mut self,
        ty: &'m Type,
        scope: &Scope<'m>,
        optional: bool,
        place: &str,
        properties: &mut Vec<Property>,
    ) {
        match ty {
            Type::Null => {}
            Type::Option(inside) => self.flatten(inside, scope, true, place, properties),
            Type::Named { name, arguments } => {
                let Some(&def) = self.types.defs.get(name.as_str()) else {
                    // Reports the missing type.
                    self.types.write(ty, scope, place, self.problems);
                    return;
                };
                if scope.inside.contains(&def.name.as_str()) {
                    self.problems.push(format!("{place} has itself among its fields"));
                    return;
                }
                let arguments = arguments.iter();
                let arguments: Vec<Cs> = arguments
                    .map(|ty| self.types.write(ty, scope, place, self.problems).nullable())
                    .collect();
                let mut inner = scope.clone();
                inner.parameters = def.parameters.iter().map(String::as_str).zip(arguments).collect();
                inner.inside.push(&def.name);
                match &def.shape {
                    Shape::Object(fields) => self.add(fields, &inner, optional, place, properties),
                    Shape::Alias(ty) => self.flatten(ty, &inner, optional, place, properties),
                    Shape::Enum { .. } => self.problems.push(format!(
                        "{place} flattens the enum `{}`, for which C# has no form: make it a field of its own",
                        def.name.escape_debug()
                    )),
                }
            }
            _ => self.problems.push(format!(
                "{place} flattens what is no struct, for which C# has no form: make it a field of its own"
            )),
        }
    }
}

/// An enum that is being written.
struct Owner<'m> {
    def: &'m TypeDef,
    name: String,
    generic: String,
    scope: Scope<'m>,
    place: String,
}

impl<'m> Writer<'_, 'm> {
    /// `{"Circle": ..}`: a property for each variant.
    fn external(&mut self, owner: &Owner<'m>, variants: &'m [Variant]) {
        let mut properties = Vec::new();
        for variant in variants {
            let place = format!("the variant `{}` of {}", variant.name.escape_debug(), owner.place);
            let ty = match &variant.content {
                // It is a text in place of the class.
                Content::Unit => continue,
                Content::Value(Type::Option(_) | Type::Null) => {
                    self.problems.push(format!(
                        "{place} may hold null, which C# cannot tell from another variant: tell variants by a field, with #[serde(tag = \"kind\", content = \"value\")]"
                    ));
                    continue;
                }
                Content::Value(ty) => self.types.write(ty, &owner.scope, &place, self.problems),
                Content::Fields(fields) => self.own_class(owner, variant, fields),
            };
            let (wire, docs) = (variant.name.clone(), variant.docs.clone());
            properties.push(Property { wire, ty: ty.nullable(), optional: true, docs });
        }
        let remarks = "One property is set, the others are null.";
        self.class(&owner.name, &owner.generic, &owner.def.docs, Some(remarks), &properties);
    }

    /// A class for the fields of a variant.
    fn own_class(&mut self, owner: &Owner<'m>, variant: &'m Variant, fields: &'m Fields) -> Cs {
        let wanted = format!("{}{}", owner.name, pascal_case(&variant.name));
        let name = unique(&wanted, &mut self.types.taken, |at| "_".repeat(at));
        let properties = self.properties(fields, &owner.scope, &owner.place);
        self.class(&name, &owner.generic, &variant.docs, None, &properties);
        Cs::class(format!("{name}{}", owner.generic))
    }

    /// `{"kind": "Circle", ..}`: the fields of all variants.
    fn internal(&mut self, owner: &Owner<'m>, tag: &str, variants: &'m [Variant]) {
        let mut properties = vec![self.tag(owner, tag, variants)];
        for variant in variants {
            let place = format!("the variant `{}` of {}", variant.name.escape_debug(), owner.place);
            let mut own = Vec::new();
            match &variant.content {
                Content::Unit => {}
                Content::Fields(fields) => self.add(fields, &owner.scope, true, &place, &mut own),
                Content::Value(ty) => self.flatten(ty, &owner.scope, true, &place, &mut own),
            }
            for mut property in own {
                match properties.iter_mut().find(|other| other.wire == property.wire) {
                    Some(other) if other.ty.text == property.ty.text => {
                        let gap = if other.docs.is_empty() { "" } else { "\n" };
                        let _ = write!(other.docs, "{gap}Of `{}`. {}", variant.name, property.docs);
                    }
                    Some(other) => self.problems.push(format!(
                        "{place} has a field `{}` of `{}`, which is `{}` elsewhere in it: rename one of them",
                        property.wire.escape_debug(),
                        property.ty.text,
                        other.ty.text
                    )),
                    None => {
                        property.docs =
                            format!("Of `{}`. {}", variant.name, property.docs).trim_end().to_owned();
                        properties.push(property);
                    }
                }
            }
        }
        let remarks = "What belongs to other variants is null.";
        self.class(&owner.name, &owner.generic, &owner.def.docs, Some(remarks), &properties);
    }

    /// `{"kind": "Circle", "value": ..}`
    fn adjacent(&mut self, owner: &Owner<'m>, tag: &str, content: &str, variants: &'m [Variant]) {
        let mut held: Vec<(&str, Cs)> = Vec::new();
        for variant in variants {
            let place = format!("the variant `{}` of {}", variant.name.escape_debug(), owner.place);
            let ty = match &variant.content {
                Content::Unit => continue,
                Content::Value(ty) => self.types.write(ty, &owner.scope, &place, self.problems),
                Content::Fields(fields) => self.own_class(owner, variant, fields),
            };
            held.push((&variant.name, ty.nullable()));
        }
        let mut properties = vec![self.tag(owner, tag, variants)];
        if let Some((_, first)) = held.first() {
            let described: Vec<String> =
                held.iter().map(|(name, ty)| format!("`{}` of `{name}`", ty.text)).collect();
            let remarks = Some(format!("Holds {}.", described.join(", ")));
            let text = if held.iter().all(|(_, ty)| ty.text == first.text) {
                first.text.clone()
            } else {
                "object".to_owned()
            };
            let (wire, ty) = (content.to_owned(), Cs { remarks, ..Cs::class(text) });
            properties.push(Property { wire, ty, optional: true, docs: String::new() });
        }
        self.class(&owner.name, &owner.generic, &owner.def.docs, None, &properties);
    }

    /// The property with the name of the variant, and constants for those.
    fn tag(&mut self, owner: &Owner<'m>, tag: &str, variants: &[Variant]) -> Property {
        let wanted = format!("{}{}", owner.name, pascal_case(tag));
        let name = unique(&wanted, &mut self.types.taken, |at| "_".repeat(at));
        self.gap();
        let about = format!("The variants of {}, as they are called on the wire.", owner.name);
        self.out.push_str(&docs(&about, None, 0));
        let _ = write!(self.out, "public static class {name}\n{{\n");
        let mut taken: BTreeSet<String> = OF_OBJECTS.iter().map(|&name| name.into()).collect();
        taken.insert(name.clone());
        for variant in variants {
            let own = unique(&pascal_case(&variant.name), &mut taken, |at| "_".repeat(at));
            self.out.push_str(&docs(&variant.docs, None, 4));
            let value = literal(&variant.name);
            let _ = writeln!(self.out, "    public const string {own} = {value};");
        }
        self.out.push_str("}\n");
        Property {
            wire: tag.to_owned(),
            ty: Cs::class("string"),
            optional: false,
            docs: format!("Which variant it is: one of {name}."),
        }
    }
}
