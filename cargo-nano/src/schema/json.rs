//! The types of a JSON application.

use std::collections::HashMap;

use nano_build::manifest::{Content, Fields, Shape, Tagging, Type, TypeDef, Variant};

use serde_json::{Value, json};

use super::example;
use super::field::{DEPTH, Field, Step};

/// The named types of a manifest.
#[derive(Clone, Copy)]
pub(super) struct Types<'a>(pub(super) &'a [TypeDef]);

/// The named types that led to one before there was something to see, such as aliases: a type that leads to itself
/// would have no end.
#[derive(Clone, Copy)]
struct Seen<'a> {
    name: &'a str,
    before: Option<&'a Seen<'a>>,
}

impl Seen<'_> {
    fn has(&self, name: &str) -> bool {
        self.name == name || self.before.is_some_and(|before| before.has(name))
    }
}

/// A type without names: what can be seen of it.
enum Form {
    /// An object: its fields, with their types and if they may be left out.
    Object(Vec<(String, Type, bool)>),
    /// One of several.
    Choice(Vec<Form>),
    /// A text of the value's own.
    Constant(String),
    Plain(Type),
}

impl Types<'_> {
    /// Shows a type. Below `depth` only its name is shown.
    pub(super) fn text(self, ty: &Type, depth: usize) -> String {
        let inner = |ty: &Type| self.text(ty, depth.saturating_sub(1));
        match ty {
            Type::Named { name, .. } if depth == 0 => name.clone(),
            Type::Named { .. } => self.form_text(&self.form(ty, None), depth),
            Type::Option(ty) => format!("{} | null", self.text(ty, depth)),
            Type::Array(ty) => format!("[{}]", inner(ty)),
            Type::Tuple(types) => {
                format!("[{}]", types.iter().map(inner).collect::<Vec<_>>().join(", "))
            }
            Type::Map(key, value) => format!("{{[{}]: {}}}", inner(key), inner(value)),
            Type::Union(types) => types.iter().map(inner).collect::<Vec<_>>().join(" | "),
            Type::Parameter(name) | Type::Foreign(name) | Type::Message(name) => name.clone(),
            Type::Bytes => "bytes".to_owned(),
            Type::Any => "any".to_owned(),
            Type::Null => "null".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::String => "string".to_owned(),
            Type::Float => "number".to_owned(),
            Type::Int | Type::BigInt => "integer".to_owned(),
        }
    }

    fn form_text(self, form: &Form, depth: usize) -> String {
        match form {
            Form::Constant(text) => format!("{text:?}"),
            Form::Plain(ty) => self.text(ty, depth),
            Form::Choice(forms) => {
                forms.iter().map(|form| self.form_text(form, depth)).collect::<Vec<_>>().join(" | ")
            }
            Form::Object(fields) => {
                let field = |(name, ty, optional): &(String, Type, bool)| {
                    let mark = if *optional { "?" } else { "" };
                    format!("{name}{mark}: {}", self.text(ty, depth - 1))
                };
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Returns the fields of the objects that a value at the end of a path can be.
    pub(super) fn fields(self, ty: &Type, path: &[Step]) -> Vec<Field> {
        let mut found: Vec<Field> = Vec::new();
        for (name, ty, _) in self.at(ty, path) {
            if found.iter().all(|field| field.name != name) {
                let ty = self.text(&ty, 1);
                found.push(Field { name, ty });
            }
        }
        found
    }

    fn at(self, ty: &Type, path: &[Step]) -> Vec<(String, Type, bool)> {
        let form = self.form(ty, None);
        self.inside(&form, path)
    }

    fn inside(self, form: &Form, path: &[Step]) -> Vec<(String, Type, bool)> {
        match (form, path) {
            (Form::Constant(_), _) => Vec::new(),
            (Form::Choice(forms), _) => {
                forms.iter().flat_map(|form| self.inside(form, path)).collect()
            }
            (Form::Object(fields), []) => fields.clone(),
            (Form::Object(fields), [Step::Key(key), rest @ ..]) => {
                let named = fields.iter().filter(|(name, ..)| name == key);
                named.flat_map(|(_, ty, _)| self.at(ty, rest)).collect()
            }
            (Form::Plain(Type::Array(ty)), [Step::Element(_), rest @ ..]) => self.at(ty, rest),
            (Form::Plain(Type::Tuple(types)), [Step::Element(index), rest @ ..]) => {
                types.get(*index).map(|ty| self.at(ty, rest)).unwrap_or_default()
            }
            (Form::Plain(Type::Map(_, ty)), [Step::Key(_), rest @ ..]) => self.at(ty, rest),
            _ => Vec::new(),
        }
    }

    /// Makes an example of a value, with the places that the scripts of loads have.
    pub(super) fn example(self, ty: &Type) -> Value {
        self.example_of(&self.form(ty, None), DEPTH)
    }

    fn example_of(self, form: &Form, depth: usize) -> Value {
        let inner = |ty: &Type| match depth {
            0 => Value::Null,
            depth => self.example_of(&self.form(ty, None), depth - 1),
        };
        match form {
            Form::Constant(text) => example::literal(text),
            Form::Choice(forms) => {
                let constant = |form: &Form| match form {
                    Form::Constant(text) => Some(text.clone()),
                    _ => None,
                };
                match forms.iter().map(constant).collect::<Option<Vec<_>>>() {
                    Some(texts) => example::one_of(&texts),
                    None => {
                        forms.first().map_or(Value::Null, |first| self.example_of(first, depth))
                    }
                }
            }
            Form::Object(fields) => {
                let needed = fields.iter().filter(|(_, _, optional)| !optional);
                needed.map(|(name, ty, _)| (name.clone(), inner(ty))).collect()
            }
            Form::Plain(ty) => match ty {
                Type::Array(ty) => json!([inner(ty)]),
                Type::Tuple(types) => types.iter().map(inner).collect(),
                Type::Map(..) => json!({}),
                Type::Bool => json!(true),
                Type::String | Type::Bytes => json!(example::TEXT),
                Type::Float => json!(example::FLOAT),
                Type::Int | Type::BigInt => json!(example::INT),
                // The tag of a variant.
                Type::Foreign(text) => serde_json::from_str::<String>(text)
                    .map_or(Value::Null, |text| example::literal(&text)),
                _ => Value::Null,
            },
        }
    }

    /// Follows names, options and unions until there is something to see.
    fn form(self, ty: &Type, seen: Option<&Seen<'_>>) -> Form {
        match ty {
            Type::Named { name, arguments } => {
                let Some(definition) = self.0.iter().find(|definition| definition.name == *name)
                else {
                    return Form::Plain(Type::Any);
                };
                if seen.is_some_and(|seen| seen.has(name)) {
                    return Form::Plain(Type::Any);
                }
                let seen = Some(&Seen { name, before: seen });
                let arguments: HashMap<&str, &Type> =
                    definition.parameters.iter().map(String::as_str).zip(arguments).collect();
                self.shape(&definition.shape, &arguments, seen)
            }
            Type::Option(ty) => self.form(ty, seen),
            Type::Union(types) => {
                Form::Choice(types.iter().map(|ty| self.form(ty, seen)).collect())
            }
            other => Form::Plain(other.clone()),
        }
    }

    fn shape(
        self,
        shape: &Shape,
        arguments: &HashMap<&str, &Type>,
        seen: Option<&Seen<'_>>,
    ) -> Form {
        match shape {
            Shape::Alias(ty) => self.form(&applied(ty, arguments), seen),
            Shape::Object(fields) => Form::Object(self.all(fields, arguments, seen)),
            Shape::Enum { tagging, variants } => Form::Choice(
                variants
                    .iter()
                    .map(|variant| self.variant(tagging, variant, arguments, seen))
                    .collect(),
            ),
        }
    }

    fn variant(
        self,
        tagging: &Tagging,
        variant: &Variant,
        arguments: &HashMap<&str, &Type>,
        seen: Option<&Seen<'_>>,
    ) -> Form {
        let name = &variant.name;
        // A variant with fields has no type with a name: it is shown as any value where it stands inside of another.
        let content = match &variant.content {
            Content::Unit => None,
            Content::Value(ty) => Some(applied(ty, arguments)),
            Content::Fields(_) => Some(Type::Any),
        };
        let fields = || match &variant.content {
            Content::Unit => Vec::new(),
            Content::Value(ty) => match self.form(&applied(ty, arguments), seen) {
                Form::Object(fields) => fields,
                _ => Vec::new(),
            },
            Content::Fields(fields) => self.all(fields, arguments, seen),
        };
        let tagged = |tag: &String| vec![(tag.clone(), Type::Foreign(format!("{name:?}")), false)];
        match tagging {
            Tagging::External => match content {
                None => Form::Constant(name.clone()),
                Some(ty) => Form::Object(vec![(name.clone(), ty, false)]),
            },
            Tagging::Internal { tag } => Form::Object([tagged(tag), fields()].concat()),
            Tagging::Adjacent { tag, content: field } => {
                let content = content.map(|ty| (field.clone(), ty, false));
                Form::Object(tagged(tag).into_iter().chain(content).collect())
            }
            Tagging::Untagged => match (&variant.content, content) {
                (Content::Fields(_), _) => Form::Object(fields()),
                (_, Some(ty)) => self.form(&ty, seen),
                (_, None) => Form::Plain(Type::Null),
            },
        }
    }

    /// The fields of an object, those of flattened types included.
    fn all(
        self,
        fields: &Fields,
        arguments: &HashMap<&str, &Type>,
        seen: Option<&Seen<'_>>,
    ) -> Vec<(String, Type, bool)> {
        let own = fields.fields.iter();
        let own =
            own.map(|field| (field.name.clone(), applied(&field.ty, arguments), field.optional));
        let flat =
            fields.flatten.iter().flat_map(|ty| match self.form(&applied(ty, arguments), seen) {
                Form::Object(fields) => fields,
                _ => Vec::new(),
            });
        own.chain(flat).collect()
    }
}

/// Puts arguments in the places of parameters.
fn applied(ty: &Type, arguments: &HashMap<&str, &Type>) -> Type {
    let all = |types: &[Type]| types.iter().map(|ty| applied(ty, arguments)).collect();
    let boxed = |ty: &Type| Box::new(applied(ty, arguments));
    match ty {
        Type::Parameter(name) => arguments.get(name.as_str()).map_or(Type::Any, |ty| (*ty).clone()),
        Type::Option(ty) => Type::Option(boxed(ty)),
        Type::Array(ty) => Type::Array(boxed(ty)),
        Type::Tuple(types) => Type::Tuple(all(types)),
        Type::Union(types) => Type::Union(all(types)),
        Type::Map(key, value) => Type::Map(boxed(key), boxed(value)),
        Type::Named { name, arguments: own } => {
            Type::Named { name: name.clone(), arguments: all(own) }
        }
        other => other.clone(),
    }
}
