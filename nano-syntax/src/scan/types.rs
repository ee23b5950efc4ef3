//! The types that messages are made of.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use syn::{
    Fields, GenericArgument, Generics, Item, PathArguments, ReturnType, Type, TypePath as SynPath,
};

use super::error::Location;
use super::load::Loader;
use super::model::{ScannedType, TypePath, TypeUse};
use super::resolve::{self, Meaning};
use super::source;
use super::tree::{Import, ModuleId, Tree};
use crate::attribute;
use crate::name::unraw;

/// Collects the types of one crate.
pub(super) struct Types<'a> {
    tree: &'a Tree,
    /// By module and name, in the order in which they are needed.
    known: HashMap<(ModuleId, String), usize>,
    order: Vec<(ModuleId, String)>,
}

/// Where a type is written, which decides what its names mean.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) module: ModuleId,
    /// The parameters of the item around.
    pub(super) generics: &'a Generics,
    /// What `Self` stands for.
    pub(super) this: Option<&'a Type>,
}

impl<'a> Types<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, known: HashMap::new(), order: Vec::new() }
    }

    /// Looks up the paths in a type.
    pub(super) fn look_up(&mut self, ty: &Type, scope: Scope<'_>) -> TypeUse {
        let mut paths = Vec::new();
        self.walk(ty, scope, &mut paths);
        TypeUse { ty: ty.clone(), paths }
    }

    fn walk(&mut self, ty: &Type, scope: Scope<'_>, found: &mut Vec<TypePath>) {
        match ty {
            Type::Path(path) => self.path(path, scope, found),
            Type::Array(inner) => self.walk(&inner.elem, scope, found),
            Type::Group(inner) => self.walk(&inner.elem, scope, found),
            Type::Paren(inner) => self.walk(&inner.elem, scope, found),
            Type::Ptr(inner) => self.walk(&inner.elem, scope, found),
            Type::Reference(inner) => self.walk(&inner.elem, scope, found),
            Type::Slice(inner) => self.walk(&inner.elem, scope, found),
            Type::Tuple(inner) => {
                for elem in &inner.elems {
                    self.walk(elem, scope, found);
                }
            }
            _ => {}
        }
    }

    fn path(&mut self, path: &SynPath, scope: Scope<'_>, found: &mut Vec<TypePath>) {
        let import = Import {
            is_global: path.path.leading_colon.is_some(),
            segments: path.path.segments.iter().map(|segment| unraw(&segment.ident)).collect(),
        };
        let written = import.segments.join("::");
        let is_self = written == "Self";
        if let (true, Some(this)) = (is_self, scope.this) {
            return self.walk(this, Scope { this: None, ..scope }, found);
        }
        let is_open = path.qself.is_some()
            || import.segments.first().is_some_and(|first| {
                first == "Self"
                    || scope.generics.type_params().any(|param| unraw(&param.ident) == *first)
            });
        found.push(if is_open {
            TypePath { path: written, local: None }
        } else {
            self.meaning(scope.module, &import, written)
        });
        if let Some(of) = &path.qself {
            self.walk(&of.ty, scope, found);
        }
        for segment in &path.path.segments {
            match &segment.arguments {
                PathArguments::None => {}
                PathArguments::AngleBracketed(arguments) => {
                    for argument in &arguments.args {
                        match argument {
                            GenericArgument::Type(ty) => self.walk(ty, scope, found),
                            GenericArgument::AssocType(argument) => {
                                self.walk(&argument.ty, scope, found);
                            }
                            _ => {}
                        }
                    }
                }
                PathArguments::Parenthesized(arguments) => {
                    for input in &arguments.inputs {
                        self.walk(&input.ty, scope, found);
                    }
                    if let ReturnType::Type(_, ty) = &arguments.output {
                        self.walk(ty, scope, found);
                    }
                }
            }
        }
    }

    fn meaning(&mut self, module: ModuleId, import: &Import, written: String) -> TypePath {
        let meanings = resolve::resolve(self.tree, module, import);
        let local = meanings.iter().find_map(|meaning| match meaning {
            Meaning::Type(module, name) => Some((*module, name.clone())),
            _ => None,
        });
        if let Some((module, name)) = local {
            let path = match self.tree.modules.get(module) {
                Some(module) => format!("{}::{name}", module.path),
                None => name.clone(),
            };
            return TypePath { path, local: Some(self.position(module, name)) };
        }
        let outside = meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Outside(path) => Some(path.join("::")),
            _ => None,
        });
        TypePath { path: outside.unwrap_or(written), local: None }
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
            let item = module.types.get(&name).and_then(|at| module.items.get(*at));
            let Some(item) = item else { break };
            let parts = Parts::of(item);
            let none = Generics::default();
            let this = syn::parse_str(&name).ok();
            let scope = Scope {
                module: id,
                generics: parts.generics.unwrap_or(&none),
                this: this.as_ref(),
            };
            let uses = parts.types.iter().map(|ty| self.look_up(ty, scope)).collect();
            let (line, column) = source::position(parts.span);
            types.push(ScannedType {
                path: format!("{}::{name}", module.path),
                item: (**item).clone(),
                at: Location { file: loader.file(module.file), line, column },
                docs: attribute::doc_text(&attribute::doc_attributes(parts.attributes)),
                uses,
            });
        }
        types
    }
}

/// What is asked of a type's definition.
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
