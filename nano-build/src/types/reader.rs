//! The fields and variants of a struct or enum, in one direction.

use nano_syntax::scan::{Location, ScannedType, TypeTree, TypeUse};
use serde_derive_internals::ast::{Container, Data, Field as SerdeField, Style, Variant};
use serde_derive_internals::attr::{Identifier, TagType};
use syn::{Fields, Item, Member};

use super::Direction;
use super::describer::{Describer, Site};
use super::item::{absent, mentioned};
use super::known::{Known, known};
use super::limits::Limit;
use super::mapping::hint;
use super::parts::{ContentView, Part, Slot, VariantView, View};
use super::problems::place;
use crate::manifest::{Field, Tagging, Type};

/// A reader of one item in one direction.
pub(super) struct Reader<'r, 'a> {
    pub(super) describer: &'r mut Describer<'a>,
    pub(super) scanned: &'r ScannedType,
    pub(super) krate: usize,
    pub(super) direction: Direction,
}

impl Reader<'_, '_> {
    /// Reads the item.
    pub(super) fn container(&mut self, container: &Container<'_>) -> View {
        let attributes = &container.attrs;
        let path = &self.scanned.path;
        if attributes.remote().is_some() || !matches!(attributes.identifier(), Identifier::No) {
            self.problem(
                &self.scanned.at,
                format!("`{path}` is not what serde makes of its fields: {}", hint(path)),
            );
            return View::Alias(Type::Any);
        }
        let other = match self.direction {
            Direction::In => attributes.type_from().or(attributes.type_try_from()),
            Direction::Out => attributes.type_into(),
        };
        if let Some(ty) = other {
            return View::Alias(match mentioned(self.scanned, ty) {
                Some(mention) => self.convert(&mention.tree, &self.scanned.at),
                None => Type::Any,
            });
        }
        match &container.data {
            Data::Struct(style, fields) => self.structure(container, *style, fields),
            Data::Enum(variants) => self.choice(container, variants),
        }
    }

    fn structure(
        &mut self,
        container: &Container<'_>,
        style: Style,
        fields: &[SerdeField<'_>],
    ) -> View {
        let uses = &self.scanned.uses;
        let path = self.scanned.path.clone();
        if container.attrs.transparent() {
            let inner = fields.iter().zip(uses).find(|(field, _)| field.attrs.transparent());
            return View::Alias(match inner {
                Some((field, found)) => self.value(&path, field, found),
                None => Type::Null,
            });
        }
        match (style, fields, uses.as_slice()) {
            (Style::Unit, ..) => View::Alias(Type::Null),
            // Serde skips nothing here.
            (Style::Newtype, [field], [found]) => View::Alias(self.value(&path, field, found)),
            (Style::Newtype | Style::Tuple, ..) => View::Alias(self.tuple(&path, fields, uses)),
            (Style::Struct, ..) => {
                let tag = match (self.direction, container.attrs.tag()) {
                    (Direction::Out, TagType::Internal { tag }) => {
                        let name = container.attrs.name().serialize_name().value.clone();
                        Some((tag.clone(), name))
                    }
                    _ => None,
                };
                let defaults = !container.attrs.default().is_none();
                View::Object {
                    tag,
                    closed: self.is_closed(container),
                    fields: self.slots(&path, fields, uses, defaults),
                }
            }
        }
    }

    /// Returns `true` if other fields are refused, which only happens where a type is read.
    fn is_closed(&self, container: &Container<'_>) -> bool {
        self.direction == Direction::In && container.attrs.deny_unknown_fields()
    }

    fn choice(&mut self, container: &Container<'_>, variants: &[Variant<'_>]) -> View {
        let tagging = match container.attrs.tag() {
            TagType::External => Tagging::External,
            TagType::Internal { tag } => Tagging::Internal { tag: tag.clone() },
            TagType::Adjacent { tag, content } => {
                Tagging::Adjacent { tag: tag.clone(), content: content.clone() }
            }
            TagType::None => Tagging::Untagged,
        };
        let mut rest = self.scanned.uses.as_slice();
        let mut views = Vec::with_capacity(variants.len());
        for variant in variants {
            let (uses, others) = rest.split_at(variant.fields.len().min(rest.len()));
            rest = others;
            let skipped = match self.direction {
                Direction::In => variant.attrs.skip_deserializing(),
                Direction::Out => variant.attrs.skip_serializing(),
            };
            views.push((!skipped).then(|| self.variant(&tagging, variant, uses)));
        }
        let buffered = matches!(tagging, Tagging::Internal { .. } | Tagging::Untagged)
            || variants.iter().any(|variant| variant.attrs.untagged());
        if buffered && self.direction == Direction::In {
            for view in views.iter().flatten() {
                let limit = |ty: &Type| Limit::buffered(&view.at, ty, &view.path);
                self.describer.limits.extend(view.content.types().map(limit));
            }
        }
        View::Enum { tagging, closed: self.is_closed(container), variants: views }
    }

    fn variant(
        &mut self,
        tagging: &Tagging,
        variant: &Variant<'_>,
        uses: &[TypeUse],
    ) -> VariantView {
        let ident = nano_syntax::unraw(&variant.ident);
        let path = format!("{}::{ident}", self.scanned.path);
        let at = place(&self.scanned.at.file, &variant.ident);
        let name = variant.attrs.name();
        let (name, custom) = match self.direction {
            Direction::In => (name.deserialize_name(), variant.attrs.deserialize_with()),
            Direction::Out => (name.serialize_name(), variant.attrs.serialize_with()),
        };
        let untagged = variant.attrs.untagged() && *tagging != Tagging::Untagged;
        let tagging = if untagged { &Tagging::Untagged } else { tagging };
        let content = if let Some(typescript) = self.describer.mappings.get(&path) {
            ContentView::Value(Type::Foreign(typescript.to_owned()))
        } else if custom.is_some() {
            self.by_hand(&path, &at);
            ContentView::Unit
        } else {
            self.content(&path, tagging, variant, uses)
        };
        VariantView {
            path,
            at,
            name: name.value.clone(),
            docs: nano_syntax::scan::docs(&variant.original.attrs),
            untagged,
            content,
        }
    }

    fn content(
        &mut self,
        path: &str,
        tagging: &Tagging,
        variant: &Variant<'_>,
        uses: &[TypeUse],
    ) -> ContentView {
        match (variant.style, variant.fields.as_slice(), uses) {
            (Style::Unit, ..) => ContentView::Unit,
            (Style::Newtype, [field], _) if self.skips(field) => {
                match (tagging, self.direction) {
                    // Serde insists on the content that it does not write.
                    (Tagging::Adjacent { .. }, Direction::In) => ContentView::Value(Type::Null),
                    _ => ContentView::Unit,
                }
            }
            (Style::Newtype, [field], [found]) => {
                let internal = matches!(tagging, Tagging::Internal { .. });
                if internal && self.is_nothing(&found.tree) {
                    return ContentView::Unit;
                }
                let ty = self.value(&format!("{path}.0"), field, found);
                if !internal {
                    return ContentView::Value(ty);
                }
                let at = place(&self.scanned.at.file, field.original);
                if matches!(ty, Type::Option(_)) {
                    self.problem(
                        &at,
                        format!("`{path}` cannot stand among other fields: it may be `null`"),
                    );
                }
                self.describer.limits.push(Limit::fields(&at, &ty, path));
                ContentView::Value(open(ty))
            }
            (Style::Newtype | Style::Tuple, fields, _) => {
                ContentView::Value(self.tuple(path, fields, uses))
            }
            (Style::Struct, fields, _) => {
                ContentView::Fields(self.slots(path, fields, uses, false))
            }
        }
    }

    fn tuple(&mut self, path: &str, fields: &[SerdeField<'_>], uses: &[TypeUse]) -> Type {
        let mut types = Vec::new();
        for (at, (field, found)) in fields.iter().zip(uses).enumerate() {
            if self.skips(field) {
                continue;
            }
            let path = format!("{path}.{at}");
            if field.attrs.skip_serializing_if().is_some() && self.direction == Direction::Out {
                self.problem(
                    &place(&self.scanned.at.file, field.original),
                    format!("`{path}` may be skipped, and what follows takes its place: use a struct with names"),
                );
            }
            types.push(self.value(&path, field, found));
        }
        Type::Tuple(types)
    }

    fn slots(
        &mut self,
        path: &str,
        fields: &[SerdeField<'_>],
        uses: &[TypeUse],
        defaults: bool,
    ) -> Vec<Slot> {
        let both = fields.iter().zip(uses);
        both.map(|(field, found)| self.slot(path, field, found, defaults)).collect()
    }

    fn slot(
        &mut self,
        path: &str,
        field: &SerdeField<'_>,
        found: &TypeUse,
        defaults: bool,
    ) -> Slot {
        let member = match &field.member {
            Member::Named(ident) => nano_syntax::unraw(ident),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let path = format!("{path}.{member}");
        let at = match &field.member {
            Member::Named(ident) => place(&self.scanned.at.file, ident),
            Member::Unnamed(_) => place(&self.scanned.at.file, field.original),
        };
        let part = if self.skips(field) {
            None
        } else if field.attrs.flatten() {
            self.flat(&path, &at, field, found)
        } else {
            Some(Part::Field(self.field(&path, field, found, defaults)))
        };
        Slot { path, at, part }
    }

    fn flat(
        &mut self,
        path: &str,
        at: &Location,
        field: &SerdeField<'_>,
        found: &TypeUse,
    ) -> Option<Part> {
        if self.is_nothing(&found.tree) {
            return None;
        }
        let ty = self.value(path, field, found);
        self.describer.limits.push(Limit::fields(at, &ty, path));
        if self.direction == Direction::In {
            self.describer.limits.push(Limit::buffered(at, &ty, path));
        }
        let may_skip =
            self.direction == Direction::Out && field.attrs.skip_serializing_if().is_some();
        Some(Part::Flat(if may_skip { absent(open(ty)) } else { open(ty) }))
    }

    fn field(
        &mut self,
        path: &str,
        field: &SerdeField<'_>,
        found: &TypeUse,
        defaults: bool,
    ) -> Field {
        let name = field.attrs.name();
        let (name, optional) = match self.direction {
            Direction::In => (
                name.deserialize_name(),
                defaults
                    || !field.attrs.default().is_none()
                    || (self.custom(field).is_none()
                        && self.describer.may_be_missing(self.krate, &found.tree)),
            ),
            Direction::Out => (name.serialize_name(), field.attrs.skip_serializing_if().is_some()),
        };
        Field {
            name: name.value.clone(),
            ty: self.value(path, field, found),
            optional,
            docs: nano_syntax::scan::docs(&field.original.attrs),
        }
    }

    /// The type of a field's value.
    fn value(&mut self, path: &str, field: &SerdeField<'_>, found: &TypeUse) -> Type {
        if let Some(typescript) = self.describer.mappings.get(path) {
            return Type::Foreign(typescript.to_owned());
        }
        let at = place(&self.scanned.at.file, &found.ty);
        if self.custom(field).is_some() {
            self.by_hand(path, &at);
            return Type::Any;
        }
        self.convert(&found.tree, &at)
    }

    /// The function that stands in for serde.
    fn custom<'f>(&self, field: &'f SerdeField<'_>) -> Option<&'f syn::ExprPath> {
        let path = match self.direction {
            Direction::In => field.attrs.deserialize_with(),
            Direction::Out => field.attrs.serialize_with(),
        };
        // Serde's own, for `#[serde(borrow)]`.
        path.filter(|path| path.path.segments.first().is_none_or(|first| first.ident != "_serde"))
    }

    fn skips(&self, field: &SerdeField<'_>) -> bool {
        match self.direction {
            Direction::In => field.attrs.skip_deserializing(),
            Direction::Out => field.attrs.skip_serializing(),
        }
    }

    /// Returns `true` if a type has one value: `()`, a unit struct.
    fn is_nothing(&self, tree: &TypeTree) -> bool {
        match tree {
            TypeTree::Tuple(inner) => inner.is_empty(),
            TypeTree::Path { path, .. } if self.describer.mappings.get(path).is_some() => false,
            TypeTree::Path { local: Some(at), .. } => {
                let scanned = self.describer.scanned(self.krate, *at);
                scanned.is_some_and(|scanned| {
                    matches!(&scanned.item, Item::Struct(item) if matches!(item.fields, Fields::Unit))
                })
            }
            TypeTree::Path { path, .. } => known(path) == Some(Known::Is(Type::Null)),
            _ => false,
        }
    }

    fn convert(&mut self, tree: &TypeTree, at: &Location) -> Type {
        let site = Site { krate: self.krate, direction: self.direction, at };
        self.describer.convert(tree, site)
    }

    fn by_hand(&mut self, path: &str, at: &Location) {
        let message = format!("`{path}` is converted by a function of its own: {}", hint(path));
        self.problem(at, message);
    }

    fn problem(&mut self, at: &Location, message: String) {
        self.describer.problems.add(at, message);
    }
}

/// A type whose fields stand among others. In place of any value, it is any object.
fn open(ty: Type) -> Type {
    match ty {
        Type::Any => Type::Map(Box::new(Type::String), Box::new(Type::Any)),
        Type::Option(inner) => Type::Option(Box::new(open(*inner))),
        other => other,
    }
}
