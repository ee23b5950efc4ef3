//! The types inside of a shape.

use crate::manifest::{Content, Fields, Shape, Type};

/// Calls `visit` with every type in the shape, the inner before the outer.
pub(super) fn shape(shape: &mut Shape, visit: &mut dyn FnMut(&mut Type)) {
    match shape {
        Shape::Alias(inner) => ty(inner, visit),
        Shape::Object(inner) => fields(inner, visit),
        Shape::Enum { variants, .. } => {
            for variant in variants {
                match &mut variant.content {
                    Content::Unit => {}
                    Content::Value(inner) => ty(inner, visit),
                    Content::Fields(inner) => fields(inner, visit),
                }
            }
        }
    }
}

fn fields(all: &mut Fields, visit: &mut dyn FnMut(&mut Type)) {
    for field in &mut all.fields {
        ty(&mut field.ty, visit);
    }
    for flat in &mut all.flatten {
        ty(flat, visit);
    }
}

/// Calls `visit` with the type and all in it, the inner before the outer.
pub(super) fn ty(outer: &mut Type, visit: &mut dyn FnMut(&mut Type)) {
    match outer {
        Type::Option(inner) | Type::Array(inner) => ty(inner, visit),
        Type::Map(key, value) => {
            ty(key, visit);
            ty(value, visit);
        }
        Type::Tuple(inner) | Type::Union(inner) | Type::Named { arguments: inner, .. } => {
            for inner in inner {
                ty(inner, visit);
            }
        }
        _ => {}
    }
    visit(outer);
}
