//! Checks of values against descriptions.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::manifest::{Content, Fields, Shape, Tagging, Type, TypeDef, Variant};
use crate::types::{Described, walk};

type Names = BTreeSet<String>;

/// Returns `true` if the description allows the value for its first root.
pub(super) fn allows(described: &Described, value: &Value) -> bool {
    let ty = described.roots.first().expect("there is a message");
    Wire { types: &described.types }.value(ty, value)
}

struct Wire<'a> {
    types: &'a [TypeDef],
}

impl Wire<'_> {
    /// The shape that a name stands for, with its arguments in place.
    fn shape(&self, name: &str, arguments: &[Type]) -> Shape {
        let found = self.types.iter().find(|found| found.name == name);
        let found = found.unwrap_or_else(|| panic!("{name} is not defined"));
        assert_eq!(found.parameters.len(), arguments.len(), "arguments of {name}");
        let mut shape = found.shape.clone();
        walk::shape(&mut shape, &mut |ty| {
            if let Type::Parameter(parameter) = ty {
                let at = found.parameters.iter().position(|known| known == parameter);
                *ty = arguments[at.expect("a parameter of the type around")].clone();
            }
        });
        shape
    }

    fn value(&self, ty: &Type, value: &Value) -> bool {
        match ty {
            Type::Any => true,
            Type::Null => value.is_null(),
            Type::Bool => value.is_boolean(),
            Type::String => value.is_string(),
            Type::Float => value.is_number(),
            Type::Int => value.as_i64().is_some_and(|number| number.abs() <= 1 << 32),
            Type::BigInt => value.is_i64() || value.is_u64(),
            Type::Option(inner) => value.is_null() || self.value(inner, value),
            Type::Array(inner) => {
                value.as_array().is_some_and(|all| all.iter().all(|value| self.value(inner, value)))
            }
            Type::Tuple(types) => value.as_array().is_some_and(|all| {
                all.len() == types.len()
                    && types.iter().zip(all).all(|(ty, value)| self.value(ty, value))
            }),
            Type::Map(..) => {
                value.as_object().is_some_and(|object| self.among(ty, object, &Names::new()))
            }
            Type::Union(types) => types.iter().any(|ty| self.value(ty, value)),
            Type::Named { name, arguments } => match self.shape(name, arguments) {
                Shape::Alias(inner) => self.value(&inner, value),
                Shape::Object(fields) => value
                    .as_object()
                    .is_some_and(|object| self.fields(&fields, object, &Names::new())),
                Shape::Enum { tagging, variants } => {
                    variants.iter().any(|variant| self.variant(&tagging, variant, value))
                }
            },
            Type::Bytes | Type::Message(_) | Type::Parameter(_) | Type::Foreign(_) => {
                panic!("{ty:?} is no type of JSON")
            }
        }
    }

    fn variant(&self, tagging: &Tagging, variant: &Variant, value: &Value) -> bool {
        let name = variant.name.as_str();
        let object = value.as_object();
        let tagged = |tag: &str| {
            object.filter(|object| object.get(tag).and_then(Value::as_str) == Some(name))
        };
        match tagging {
            Tagging::External => match &variant.content {
                Content::Unit => value.as_str() == Some(name),
                content => object
                    .filter(|object| object.len() == 1)
                    .and_then(|object| object.get(name))
                    .is_some_and(|value| self.content(content, value)),
            },
            Tagging::Internal { tag } => tagged(tag).is_some_and(|object| {
                let taken = Names::from([tag.clone()]);
                match &variant.content {
                    Content::Unit => true,
                    Content::Value(ty) => self.among(ty, object, &taken),
                    Content::Fields(fields) => self.fields(fields, object, &taken),
                }
            }),
            Tagging::Adjacent { tag, content } => {
                tagged(tag).is_some_and(|object| match &variant.content {
                    Content::Unit => !object.contains_key(content),
                    holds => object.get(content).is_some_and(|value| self.content(holds, value)),
                })
            }
            Tagging::Untagged => self.content(&variant.content, value),
        }
    }

    fn content(&self, content: &Content, value: &Value) -> bool {
        match content {
            Content::Unit => value.is_null(),
            Content::Value(ty) => self.value(ty, value),
            Content::Fields(fields) => {
                value.as_object().is_some_and(|object| self.fields(fields, object, &Names::new()))
            }
        }
    }

    /// Returns `true` if an object has these fields; `taken` are those of others.
    fn fields(&self, fields: &Fields, object: &Map<String, Value>, taken: &Names) -> bool {
        let mut taken = taken.clone();
        taken.extend(fields.fields.iter().map(|field| field.name.clone()));
        let mut flat = taken.clone();
        for ty in &fields.flatten {
            self.names(ty, &mut flat);
        }
        fields.fields.iter().all(|field| {
            object.get(&field.name).map_or(field.optional, |value| self.value(&field.ty, value))
        }) && fields.flatten.iter().all(|ty| self.among(ty, object, &flat))
    }

    /// Returns `true` if an object has the fields of a type among others.
    fn among(&self, ty: &Type, object: &Map<String, Value>, taken: &Names) -> bool {
        match ty {
            Type::Map(key, value) => object
                .iter()
                .filter(|(name, _)| !taken.contains(*name))
                .all(|(name, found)| self.key(key, name) && self.value(value, found)),
            Type::Option(inner) => {
                let mut names = Names::new();
                self.names(inner, &mut names);
                self.among(inner, object, taken)
                    || !names.iter().any(|name| object.contains_key(name))
            }
            Type::Named { name, arguments } => match self.shape(name, arguments) {
                Shape::Alias(inner) => self.among(&inner, object, taken),
                Shape::Object(fields) => self.fields(&fields, object, taken),
                Shape::Enum { tagging: Tagging::External, variants } => {
                    variants.iter().any(|variant| {
                        let value = object.get(&variant.name);
                        value.is_some_and(|value| self.content(&variant.content, value))
                    })
                }
                Shape::Enum { tagging: Tagging::Untagged, variants } => {
                    variants.iter().any(|variant| match &variant.content {
                        Content::Unit => false,
                        Content::Value(ty) => self.among(ty, object, taken),
                        Content::Fields(fields) => self.fields(fields, object, taken),
                    })
                }
                Shape::Enum { tagging, variants } => {
                    let value = Value::Object(object.clone());
                    variants.iter().any(|variant| self.variant(&tagging, variant, &value))
                }
            },
            other => panic!("{other:?} has no fields"),
        }
    }

    /// The names that a type's fields can have, maps aside.
    fn names(&self, ty: &Type, names: &mut Names) {
        let all = |fields: &Fields, names: &mut Names| {
            names.extend(fields.fields.iter().map(|field| field.name.clone()));
            fields.flatten.iter().for_each(|ty| self.names(ty, names));
        };
        match ty {
            Type::Option(inner) => self.names(inner, names),
            Type::Named { name, arguments } => match self.shape(name, arguments) {
                Shape::Alias(inner) => self.names(&inner, names),
                Shape::Object(fields) => all(&fields, names),
                Shape::Enum { tagging, variants } => {
                    for variant in variants {
                        match &tagging {
                            Tagging::External => names.extend([variant.name]),
                            Tagging::Adjacent { tag, content } => {
                                names.extend([tag.clone(), content.clone()]);
                            }
                            Tagging::Internal { .. } | Tagging::Untagged => {
                                if let Tagging::Internal { tag } = &tagging {
                                    names.extend([tag.clone()]);
                                }
                                match &variant.content {
                                    Content::Unit => {}
                                    Content::Value(ty) => self.names(ty, names),
                                    Content::Fields(fields) => all(fields, names),
                                }
                            }
                        }
                    }
                }
            },
            _ => {}
        }
    }

    fn key(&self, ty: &Type, name: &str) -> bool {
        match ty {
            Type::Int | Type::BigInt => name.parse::<i64>().is_ok(),
            Type::Bool => name == "true" || name == "false",
            Type::Named { name: of, arguments } => match self.shape(of, arguments) {
                Shape::Alias(inner) => self.key(&inner, name),
                _ => self.value(ty, &Value::from(name)),
            },
            _ => self.value(ty, &Value::from(name)),
        }
    }
}
