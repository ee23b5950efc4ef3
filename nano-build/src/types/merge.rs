//! The merge of the two views of a type that goes both ways.

use nano_syntax::scan::Location;

use super::parts::{ContentView, Part, Slot, VariantView, View};
use super::problems::Problems;
use crate::manifest::Field;

/// Merges two views of one type, and reports where they differ.
///
/// A field that only one of them has is optional. A variant that only one of them has is kept, as
/// clients have to know it.
pub(super) fn merge(
    read: View,
    written: View,
    path: &str,
    at: &Location,
    problems: &mut Problems,
) -> View {
    match (read, written) {
        (View::Alias(read), View::Alias(written)) if read == written => View::Alias(read),
        (View::Object { closed, fields: read, .. }, View::Object { tag, fields: written, .. }) => {
            if let (true, Some((tag, _))) = (closed, &tag) {
                problems.add(
                    at,
                    format!(
                        "`{path}` is written with the field `{tag}`, and `deny_unknown_fields` refuses it where it is read: drop one of the two, or use two types"
                    ),
                );
            }
            View::Object { tag, closed, fields: slots(read, written, problems) }
        }
        (View::Enum { tagging, closed, variants: read }, View::Enum { variants: written, .. }) => {
            let both = read.into_iter().zip(written);
            let variants = both.map(|pair| match pair {
                (Some(read), Some(written)) => Some(variant(read, written, problems)),
                (read, written) => read.or(written),
            });
            View::Enum { tagging, closed, variants: variants.collect() }
        }
        (read, _) => {
            differ(path, at, problems);
            read
        }
    }
}

fn variant(read: VariantView, written: VariantView, problems: &mut Problems) -> VariantView {
    if read.name != written.name {
        names_differ(&read.path, &read.at, &read.name, &written.name, problems);
    }
    let content = match (read.content, written.content) {
        (ContentView::Unit, ContentView::Unit) => ContentView::Unit,
        (ContentView::Value(read), ContentView::Value(written)) if read == written => {
            ContentView::Value(read)
        }
        (ContentView::Fields(read), ContentView::Fields(written)) => {
            ContentView::Fields(slots(read, written, problems))
        }
        (content, _) => {
            differ(&read.path, &read.at, problems);
            content
        }
    };
    VariantView { content, ..read }
}

fn slots(read: Vec<Slot>, written: Vec<Slot>, problems: &mut Problems) -> Vec<Slot> {
    read.into_iter().zip(written).map(|(read, written)| slot(read, written, problems)).collect()
}

fn slot(read: Slot, written: Slot, problems: &mut Problems) -> Slot {
    let part = match (read.part, written.part) {
        (Some(Part::Field(one)), Some(Part::Field(other))) => {
            if one.name != other.name {
                names_differ(&read.path, &read.at, &one.name, &other.name, problems);
            } else if one.ty != other.ty {
                differ(&read.path, &read.at, problems);
            }
            Some(Part::Field(Field { optional: one.optional || other.optional, ..one }))
        }
        (Some(one), Some(other)) => {
            if one != other {
                differ(&read.path, &read.at, problems);
            }
            Some(one)
        }
        (Some(Part::Field(field)), None) | (None, Some(Part::Field(field))) => {
            Some(Part::Field(Field { optional: true, ..field }))
        }
        (Some(Part::Flat(ty)), None) | (None, Some(Part::Flat(ty))) => {
            Some(Part::Flat(super::item::absent(ty)))
        }
        (None, None) => None,
    };
    Slot { part, ..read }
}

fn names_differ(path: &str, at: &Location, read: &str, written: &str, problems: &mut Problems) {
    problems.add(
        at,
        format!(
            "`{path}` is named `{read}` where the server reads it and `{written}` where it writes it: a type that goes both ways has one name for it, or use two types"
        ),
    );
}

fn differ(path: &str, at: &Location, problems: &mut Problems) {
    problems.add(
        at,
        format!(
            "`{path}` is written differently from how it is read: make both the same, use two types, or {}",
            super::mapping::hint(path)
        ),
    );
}
