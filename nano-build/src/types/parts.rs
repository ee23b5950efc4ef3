//! A type as one direction sees it.
//!
//! Fields and variants keep their positions, so that two views can be merged; skipped ones leave a
//! gap.

use nano_syntax::scan::Location;

use crate::manifest::{Content, Field, Fields, Shape, Tagging, Type, Variant};

/// A type as one direction sees it.
#[derive(Clone, Debug)]
pub(super) enum View {
    Alias(Type),
    Object {
        /// The field with the name of the struct, and that name: `#[serde(tag = "..")]`.
        tag: Option<(String, String)>,
        /// True if other fields, such as a tag, are refused.
        closed: bool,
        fields: Vec<Slot>,
    },
    Enum {
        tagging: Tagging,
        /// True if variants refuse other fields than theirs.
        closed: bool,
        variants: Vec<Option<VariantView>>,
    },
}

/// The place of a field, which is empty if it is skipped.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its path, for problems.
    pub(super) path: String,
    pub(super) at: Location,
    pub(super) part: Option<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Field(Field),
    Flat(Type),
}

#[derive(Clone, Debug)]
pub(super) struct VariantView {
    /// Its path, for problems.
    pub(super) path: String,
    pub(super) at: Location,
    pub(super) name: String,
    pub(super) docs: String,
    /// True if the variant by itself is marked as untagged.
    pub(super) untagged: bool,
    pub(super) content: ContentView,
}

#[derive(Clone, Debug)]
pub(super) enum ContentView {
    Unit,
    Value(Type),
    Fields(Vec<Slot>),
}

impl ContentView {
    /// The types in it.
    pub(super) fn types(&self) -> impl Iterator<Item = &Type> {
        let (value, slots): (_, &[Slot]) = match self {
            Self::Unit => (None, &[]),
            Self::Value(ty) => (Some(ty), &[]),
            Self::Fields(slots) => (None, slots),
        };
        let parts = slots.iter().filter_map(|slot| slot.part.as_ref());
        value.into_iter().chain(parts.map(|part| match part {
            Part::Field(field) => &field.ty,
            Part::Flat(ty) => ty,
        }))
    }
}

/// A shape, and the one of its tagged variants if they need a type of their own.
pub(super) struct Shapes {
    pub(super) shape: Shape,
    pub(super) tagged: Option<Shape>,
}

impl View {
    /// The shape; `tagged` is the type that stands for the tagged variants of an enum in which
    /// others are not.
    pub(super) fn into_shapes(self, tagged: Type) -> Shapes {
        let shape = match self {
            Self::Alias(ty) => Shape::Alias(ty),
            Self::Object { tag: None, closed, fields } => Shape::Object(named(fields, closed)),
            // An enum with one variant has the same tag.
            Self::Object { tag: Some((tag, name)), closed, fields } => Shape::Enum {
                tagging: Tagging::Internal { tag },
                variants: vec![Variant {
                    name,
                    docs: String::new(),
                    content: Content::Fields(named(fields, closed)),
                }],
            },
            Self::Enum { tagging, closed, variants } => {
                return choice(tagging, closed, variants, tagged);
            }
        };
        Shapes { shape, tagged: None }
    }
}

fn choice(tagging: Tagging, closed: bool, variants: Vec<Option<VariantView>>, own: Type) -> Shapes {
    let all = variants.into_iter().flatten();
    let (untagged, tagged): (Vec<VariantView>, Vec<VariantView>) =
        all.partition(|variant| variant.untagged);
    let plain = |variants: Vec<VariantView>| {
        variants.into_iter().map(|view| variant(view, closed)).collect()
    };
    if untagged.is_empty() {
        return Shapes { shape: Shape::Enum { tagging, variants: plain(tagged) }, tagged: None };
    }
    let untagged: Vec<Variant> = plain(untagged);
    if tagged.is_empty() {
        let shape = Shape::Enum { tagging: Tagging::Untagged, variants: untagged };
        return Shapes { shape, tagged: None };
    }
    let mut variants = vec![Variant {
        name: "Tagged".to_owned(),
        docs: String::new(),
        content: Content::Value(own),
    }];
    variants.extend(untagged);
    Shapes {
        shape: Shape::Enum { tagging: Tagging::Untagged, variants },
        tagged: Some(Shape::Enum { tagging, variants: plain(tagged) }),
    }
}

fn variant(view: VariantView, closed: bool) -> Variant {
    let content = match view.content {
        ContentView::Unit => Content::Unit,
        ContentView::Value(ty) => Content::Value(ty),
        ContentView::Fields(slots) => Content::Fields(named(slots, closed)),
    };
    Variant { name: view.name, docs: view.docs, content }
}

fn named(slots: Vec<Slot>, closed: bool) -> Fields {
    let mut all = Fields { closed, ..Fields::default() };
    for part in slots.into_iter().filter_map(|slot| slot.part) {
        match part {
            Part::Field(field) => all.fields.push(field),
            Part::Flat(ty) => all.flatten.push(ty),
        }
    }
    all
}
