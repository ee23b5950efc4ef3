//! Descriptions as short texts.

use crate::manifest::{Content, Fields, Shape, Tagging, Type, TypeDef, Variant};
use crate::types::Described;

/// The types of the roots on the first line, then a line for each definition.
pub(super) fn of(described: &Described) -> String {
    let mut lines = vec![list(&described.roots)];
    lines.extend(described.types.iter().map(definition));
    lines.join("\n")
}

fn list(types: &[Type]) -> String {
    types.iter().map(ty).collect::<Vec<_>>().join(", ")
}

fn definition(found: &TypeDef) -> String {
    let parameters = match found.parameters.as_slice() {
        [] => String::new(),
        some => format!("<{}>", some.join(", ")),
    };
    let shape = match &found.shape {
        Shape::Alias(inner) => ty(inner),
        Shape::Object(inner) => fields(inner),
        Shape::Enum { tagging, variants } => {
            let tagging = match tagging {
                Tagging::External => "external".to_owned(),
                Tagging::Internal { tag } => format!("internal({tag})"),
                Tagging::Adjacent { tag, content } => format!("adjacent({tag}, {content})"),
                Tagging::Untagged => "untagged".to_owned(),
            };
            let variants: Vec<String> = variants.iter().map(variant).collect();
            format!("{tagging} {}", variants.join(" | ")).trim_end().to_owned()
        }
    };
    format!("{}{}{parameters} = {shape}", docs(&found.docs), found.name)
}

fn docs(docs: &str) -> String {
    if docs.is_empty() { String::new() } else { format!("/* {docs} */ ") }
}

fn variant(found: &Variant) -> String {
    let content = match &found.content {
        Content::Unit => String::new(),
        Content::Value(inner) => format!("({})", ty(inner)),
        Content::Fields(inner) => format!(" {}", fields(inner)),
    };
    format!("{}{}{content}", docs(&found.docs), found.name)
}

fn fields(found: &Fields) -> String {
    let named = found.fields.iter().map(|field| {
        let mark = if field.optional { "?" } else { "" };
        format!("{}{}{mark}: {}", docs(&field.docs), field.name, ty(&field.ty))
    });
    let flat = found.flatten.iter().map(|inner| format!("..{}", ty(inner)));
    let closed = found.closed.then(|| "..nothing".to_owned());
    format!("{{ {} }}", named.chain(flat).chain(closed).collect::<Vec<_>>().join(", "))
}

fn ty(found: &Type) -> String {
    match found {
        Type::Bytes => "bytes".to_owned(),
        Type::Message(name) => format!("message {name}"),
        Type::Any => "any".to_owned(),
        Type::Null => "null".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::String => "string".to_owned(),
        Type::Float => "float".to_owned(),
        Type::Int => "int".to_owned(),
        Type::BigInt => "bigint".to_owned(),
        Type::Option(inner) => format!("{}?", ty(inner)),
        Type::Array(inner) => format!("[{}]", ty(inner)),
        Type::Tuple(inner) => format!("({})", list(inner)),
        Type::Map(key, value) => format!("{{{}: {}}}", ty(key), ty(value)),
        Type::Named { name, arguments } if arguments.is_empty() => name.clone(),
        Type::Named { name, arguments } => format!("{name}<{}>", list(arguments)),
        Type::Parameter(name) => format!("'{name}"),
        Type::Union(inner) => inner.iter().map(ty).collect::<Vec<_>>().join(" | "),
        Type::Foreign(text) => format!("`{text}`"),
    }
}
