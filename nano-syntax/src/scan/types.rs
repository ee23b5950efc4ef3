//! The types that messages are made of.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Fields, GenericArgument, Generics, Item, PathArguments, Type, TypePath as SynPath};

use super::error::Location;
use super::load::Loader;
use super::model::{ProtoItem, ScannedType, TypeTree, TypeUse};
use super::resolve::{self, Meaning};
use super::source;
use super::tree::{Entry, Import, ModuleId, Tree};
use crate::attribute;
use crate::name::unraw;

mod attributes;
mod mentions;
#[cfg(test)]
mod tests;

/// Collects the types of one crate.
pub(super) struct Types<'a> {
    tree: &'a Tree,
    /// The crate whose messages they are for.
    krate: ModuleId,
    /// By module and name, in the order in which they are needed.
    known: HashMap<(ModuleId, String), usize>,
    order: Vec<(ModuleId, String)>,
}

/// The surroundings of a type, which decide what its names mean.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) module: ModuleId,
    /// The parameters of the item around.
    pub(super) generics: &'a Generics,
    /// The meaning of `Self`.
    pub(super) this: Option<This<'a>>,
}

/// The meaning of `Self`.
#[derive(Clone, Copy)]
pub(super) enum This<'a> {
    /// The type of an impl block.
    Type(&'a Type),
    /// The type that is being defined, by its name.
    Defined(&'a str),
}

impl<'a> Types<'a> {
    pub(super) fn new(tree: &'a Tree, krate: ModuleId) -> Self {
        Self { tree, krate, known: HashMap::new(), order: Vec::new() }
    }

    /// Looks up the paths in a type.
    pub(super) fn look_up(&mut self, ty: &Type, scope: Scope<'_>) -> TypeUse {
        TypeUse { ty: ty.clone(), tree: self.tree_of(ty, scope) }
    }

    fn tree_of(&mut self, ty: &Type, scope: Scope<'_>) -> TypeTree {
        match ty {
            Type::Path(path) => self.path(path, scope),
            Type::Group(inner) => self.tree_of(&inner.elem, scope),
            Type::Paren(inner) => self.tree_of(&inner.elem, scope),
            Type::Reference(inner) => self.tree_of(&inner.elem, scope),
            Type::Array(inner) => TypeTree::Array(Box::new(self.tree_of(&inner.elem, scope))),
            Type::Slice(inner) => TypeTree::Slice(Box::new(self.tree_of(&inner.elem, scope))),
            Type::Tuple(inner) => {
                TypeTree::Tuple(inner.elems.iter().map(|elem| self.tree_of(elem, scope)).collect())
            }
            other => written(other),
        }
    }

    fn path(&mut self, path: &SynPath, scope: Scope<'_>) -> TypeTree {
        if path.qself.is_some() {
            return written(path);
        }
        let import = Import::of(&path.path);
        if let (false, [first, rest @ ..]) = (import.is_global, import.segments.as_slice()) {
            let is_parameter =
                scope.generics.type_params().any(|param| unraw(&param.ident) == *first);
            if first == "Self" || is_parameter {
                return match (rest, scope.this) {
                    ([], _) if is_parameter => TypeTree::Parameter(first.clone()),
                    ([], Some(this)) => self.this(this, scope),
                    _ => written(path),
                };
            }
        }
        let given = path.path.segments.last().map(|last| &last.arguments);
        let (path, local) = self.meaning(scope.module, &import);
        let arguments = given.map_or_else(Vec::new, |given| self.arguments(given, scope));
        TypeTree::Path { path, local, arguments }
    }

    fn this(&mut self, this: This<'_>, scope: Scope<'_>) -> TypeTree {
        match this {
            This::Type(ty) => self.tree_of(ty, Scope { this: None, ..scope }),
            This::Defined(name) => {
                let import = Import { is_global: false, segments: vec![name.to_owned()] };
                let parameters = scope.generics.type_params().map(|param| unraw(&param.ident));
                let arguments = parameters.map(TypeTree::Parameter).collect();
                let (path, local) = self.meaning(scope.module, &import);
                TypeTree::Path { path, local, arguments }
            }
        }
    }

    /// The types among the arguments of a path.
    fn arguments(&mut self, arguments: &PathArguments, scope: Scope<'_>) -> Vec<TypeTree> {
        let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
        let types = arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) if !self.is_value(ty, scope) => Some(ty),
            _ => None,
        });
        let types: Vec<&Type> = types.collect();
        types.into_iter().map(|ty| self.tree_of(ty, scope)).collect()
    }

    /// Returns `true` if a type argument is a constant, which looks the same.
    fn is_value(&self, ty: &Type, scope: Scope<'_>) -> bool {
        let Type::Path(SynPath { qself: None, path, .. }) = ty else { return false };
        if let Some(ident) = path.get_ident()
            && scope.generics.const_params().any(|param| param.ident == *ident)
        {
            return true;
        }
        let meanings = resolve::resolve(self.tree, scope.module, &Import::of(path));
        !meanings.is_empty() && meanings.iter().all(|meaning| *meaning == Meaning::Value)
    }

    /// The whole path of a type, and its position if it is the crate's.
    fn meaning(&mut self, module: ModuleId, import: &Import) -> (String, Option<usize>) {
        let meanings = resolve::resolve(self.tree, module, import);
        let local = meanings.iter().find_map(|meaning| match meaning {
            Meaning::Type(module, name) => Some((*module, name.clone())),
            _ => None,
        });
        if let Some((module, name)) = local {
            let path = format!("{}::{name}", self.tree.path(module, self.krate));
            return (path, Some(self.position(module, name)));
        }
        let outside = meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Outside(path) => Some(path),
            _ => None,
        });
        (outside.as_ref().unwrap_or(&import.segments).join("::"), None)
    }

    fn position(&mut self, module: ModuleId, name: String) -> usize {
        let next = self.order.len();
        let key = (module, name);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.order.push(key.clone());
        self.known.insert(key, next);
        next
    }

    /// The types, with all that they are made of in turn.
    pub(super) fn finish(mut self, loader: &Loader<'_>) -> Vec<ScannedType> {
        let mut types = Vec::new();
        while let Some((id, name)) = self.order.get(types.len()).cloned() {
            let tree = self.tree;
            let Some(module) = tree.modules.get(id) else { break };
            let entry = module.types.get(&name).and_then(|at| module.items.get(*at));
            let Some(Entry { item, file, proto }) = entry else { break };
            let parts = Parts::of(item);
            let none = Generics::default();
            let scope = Scope {
                module: id,
                generics: parts.generics.unwrap_or(&none),
                this: Some(This::Defined(&name)),
            };
            let uses = parts.types.iter().map(|ty| self.look_up(ty, scope)).collect();
            let mentions = mentions::of(parts.attributes, parts.generics)
                .iter()
                .map(|ty| self.look_up(ty, scope))
                .collect();
            let (line, column) = source::position(parts.span);
            let module = tree.path(id, self.krate);
            types.push(ScannedType {
                path: format!("{module}::{name}"),
                module,
                proto: proto.as_ref().map(|proto| ProtoItem {
                    package: proto.package.clone(),
                    path: proto.join(&name),
                }),
                item: (**item).clone(),
                at: Location { file: loader.file(*file), line, column },
                docs: attribute::doc_text(&attribute::doc_attributes(parts.attributes)),
                attributes: attributes::of(tree, id, parts.attributes),
                macros_around: attributes::around(tree, id),
                derives: attributes::derives(tree, id, parts.attributes),
                uses,
                mentions,
            });
        }
        types
    }
}

/// The parts of a type's definition.
struct Parts<'a> {
    span: Span,
    attributes: &'a [syn::Attribute],
    generics: Option<&'a Generics>,
    types: Vec<&'a Type>,
}

impl<'a> Parts<'a> {
    fn of(item: &'a Item) -> Self {
        let parts = |ident: &Ident, attributes, generics, types| Self {
            span: ident.span(),
            attributes,
            generics: Some(generics),
            types,
        };
        match item {
            Item::Struct(item) => {
                parts(&item.ident, &item.attrs, &item.generics, field_types(&item.fields).collect())
            }
            Item::Enum(item) => {
                let types = item.variants.iter().flat_map(|variant| field_types(&variant.fields));
                parts(&item.ident, &item.attrs, &item.generics, types.collect())
            }
            Item::Union(item) => {
                let types = item.fields.named.iter().map(|field| &field.ty).collect();
                parts(&item.ident, &item.attrs, &item.generics, types)
            }
            Item::Type(item) => parts(&item.ident, &item.attrs, &item.generics, vec![&*item.ty]),
            _ => {
                Self { span: Span::call_site(), attributes: &[], generics: None, types: Vec::new() }
            }
        }
    }
}

fn field_types(fields: &Fields) -> impl Iterator<Item = &Type> {
    fields.iter().map(|field| &field.ty)
}

fn written(of: &impl ToTokens) -> TypeTree {
    TypeTree::Other(of.to_token_stream().to_string())
}
