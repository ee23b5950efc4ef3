//! Objects and enums as serde writes them.

use super::{Scope, Text, Types};
use crate::emit::text::{docs, key, literal};
use crate::manifest::{Content, Field, Fields, Tagging, Type, Variant};

/// The longest object that stands in one line.
const LINE: usize = 90;

impl Types<'_> {
    /// The variants of an enum, each on a line of its own if there are several.
    pub(super) fn variants(
        &self,
        tagging: &Tagging,
        variants: &[Variant],
        scope: Scope<'_>,
    ) -> String {
        if variants.is_empty() {
            return " never".to_owned();
        }
        let plain = variants.iter().all(|variant| variant.docs.is_empty());
        let texts = variants.iter().map(|variant| self.variant(tagging, variant, scope));
        let texts: Vec<_> = texts.map(Text::enclosed).collect();
        let line = texts.join(" | ");
        if plain && line.len() <= LINE && !line.contains('\n') {
            return format!(" {line}");
        }
        let mut union = String::new();
        for (variant, text) in variants.iter().zip(texts) {
            union.push('\n');
            union.push_str(&docs(&variant.docs, 2));
            union.push_str("  | ");
            union.push_str(&text);
        }
        union
    }

    fn variant(&self, tagging: &Tagging, variant: &Variant, scope: Scope<'_>) -> Text {
        let name = literal(&variant.name);
        let held = match &variant.content {
            Content::Unit => None,
            Content::Value(ty) => Some(self.write(ty, scope)),
            Content::Fields(fields) => Some(self.object(fields, None, scope, 2)),
        };
        match (tagging, held) {
            (Tagging::External, None) => Text::simple(name),
            (Tagging::External, Some(held)) => {
                Text::simple(format!("{{ {}: {} }}", key(&variant.name), held.text))
            }
            (Tagging::Internal { tag }, _) => {
                let tag = (tag.as_str(), name.as_str());
                match &variant.content {
                    Content::Unit => self.object(&Fields::default(), Some(tag), scope, 2),
                    Content::Fields(fields) => self.object(fields, Some(tag), scope, 2),
                    // Its content stands beside the tag.
                    Content::Value(ty) => {
                        let fields = Fields { flatten: vec![ty.clone()], ..Fields::default() };
                        self.object(&fields, Some(tag), scope, 2)
                    }
                }
            }
            (Tagging::Adjacent { tag, .. }, None) => {
                Text::simple(format!("{{ {}: {name} }}", key(tag)))
            }
            (Tagging::Adjacent { tag, content }, Some(held)) => {
                Text::simple(format!("{{ {}: {name}; {}: {} }}", key(tag), key(content), held.text))
            }
            (Tagging::Untagged, None) => Text::simple("null"),
            (Tagging::Untagged, Some(held)) => held,
        }
    }

    /// An object: its tag, its fields, and those of the types that are flattened into it.
    pub(super) fn object(
        &self,
        fields: &Fields,
        tag: Option<(&str, &str)>,
        scope: Scope<'_>,
        indent: usize,
    ) -> Text {
        let flattened: Vec<_> =
            fields.flatten.iter().filter_map(|ty| self.flattened(ty, fields, tag, scope)).collect();
        let mut parts = Vec::new();
        if !fields.fields.is_empty() || tag.is_some() || flattened.is_empty() {
            parts.push(self.braces(&fields.fields, tag, scope, indent));
        }
        parts.extend(flattened);
        if parts.len() > 1 {
            Text::compound(parts.join(" & "))
        } else {
            Text::simple(parts.concat())
        }
    }

    /// The part that a flattened type adds to the object around.
    fn flattened(
        &self,
        ty: &Type,
        around: &Fields,
        tag: Option<(&str, &str)>,
        scope: Scope<'_>,
    ) -> Option<String> {
        match ty {
            Type::Null => None,
            Type::Any => Some("{ [key: string]: unknown }".to_owned()),
            Type::Option(inner) => {
                self.flattened(inner, around, tag, scope).map(|text| format!("Partial<{text}>"))
            }
            Type::Map(_, value) => {
                // An index applies to every property: it has to include the types of the others.
                let mut values = vec![self.write(value, scope).enclosed()];
                values.extend(tag.map(|(_, name)| name.to_owned()));
                for field in &around.fields {
                    values.push(self.write(&field.ty, scope).enclosed());
                    if field.optional {
                        values.push("undefined".to_owned());
                    }
                }
                if around.flatten.len() > 1 {
                    values = vec!["unknown".to_owned()];
                }
                let mut seen = std::collections::BTreeSet::new();
                values.retain(|value| seen.insert(value.clone()));
                Some(format!("{{ [key: string]: {} }}", values.join(" | ")))
            }
            ty => Some(self.write(ty, scope).enclosed()),
        }
    }

    /// The fields of an interface.
    pub(super) fn members(&self, fields: &[Field], scope: Scope<'_>) -> String {
        self.lines(fields, None, scope, 0)
    }

    fn braces(
        &self,
        fields: &[Field],
        tag: Option<(&str, &str)>,
        scope: Scope<'_>,
        indent: usize,
    ) -> String {
        let mut members: Vec<_> =
            tag.iter().map(|(tag, name)| format!("{}: {name}", key(tag))).collect();
        members.extend(fields.iter().map(|field| self.member(field, scope)));
        let line = members.join("; ");
        let plain = fields.iter().all(|field| field.docs.is_empty());
        match () {
            () if members.is_empty() => "{}".to_owned(),
            () if plain && line.len() <= LINE => format!("{{ {line} }}"),
            () => self.lines(fields, tag, scope, indent),
        }
    }

    fn lines(
        &self,
        fields: &[Field],
        tag: Option<(&str, &str)>,
        scope: Scope<'_>,
        indent: usize,
    ) -> String {
        if fields.is_empty() && tag.is_none() {
            return "{}".to_owned();
        }
        let margin = " ".repeat(indent + 2);
        let mut object = "{\n".to_owned();
        if let Some((tag, name)) = tag {
            object.push_str(&format!("{margin}{}: {name};\n", key(tag)));
        }
        for field in fields {
            object.push_str(&docs(&field.docs, indent + 2));
            object.push_str(&format!("{margin}{};\n", self.member(field, scope)));
        }
        object.push_str(&" ".repeat(indent));
        object.push('}');
        object
    }

    fn member(&self, field: &Field, scope: Scope<'_>) -> String {
        let optional = if field.optional { "?" } else { "" };
        format!("{}{optional}: {}", key(&field.name), self.write(&field.ty, scope).text)
    }
}
