//! Comparison of enums whose values name their variant.

use super::resolve::Node;
use super::{Comparison, Direction};
use crate::manifest::{Content, Fields, Tagging, Type, Variant};

impl Comparison<'_> {
    /// Compares variants by their names.
    pub(super) fn reads_enum(&mut self, written: &Node, read: &Node) {
        let (
            Node::Enum { tagging: written_tagging, variants: written },
            Node::Enum { tagging: read_tagging, variants: read },
        ) = (written, read)
        else {
            return self.changed(written, read);
        };
        if !self.tagging(written_tagging, read_tagging) {
            return;
        }
        for variant in written {
            let name = variant.name.escape_debug();
            match read.iter().find(|other| other.name == variant.name) {
                Some(other) => {
                    let segment = format!("({name})");
                    self.inside(&segment, |this| {
                        this.reads_content(written_tagging, &variant.content, &other.content);
                    });
                }
                None => match self.report.direction {
                    Direction::Received => self.report.breaking(format!(
                        "the variant `{name}` is gone: clients in use may send it"
                    )),
                    Direction::Sent => self.report.breaking(format!(
                        "the variant `{name}` is new: clients in use do not know it"
                    )),
                },
            }
        }
        let known = |variant: &&Variant| written.iter().any(|other| other.name == variant.name);
        for variant in read.iter().filter(|variant| !known(variant)) {
            let name = variant.name.escape_debug();
            match self.report.direction {
                Direction::Received => self.report.harmless(format!(
                    "the variant `{name}` is new: clients in use do not send it"
                )),
                Direction::Sent => {
                    self.report
                        .harmless(format!("the variant `{name}` is gone: it is no longer sent"));
                }
            }
        }
    }

    fn reads_content(&mut self, tagging: &Tagging, written: &Content, read: &Content) {
        match (within(tagging, written), within(tagging, read)) {
            (None, None) => {}
            (Some(written), Some(read)) => self.reads(&written, &read),
            (written, read) => {
                let text = |node: Option<Node>| {
                    node.map_or_else(|| "nothing".to_owned(), |node| node.to_string())
                };
                let (old, new) = match self.report.direction {
                    Direction::Received => (text(written), text(read)),
                    Direction::Sent => (text(read), text(written)),
                };
                self.report.breaking_by(
                    &format!("it held {old} and holds {new}"),
                    "clients in use send what it was, which the server now refuses",
                    "clients in use cannot take what it is",
                );
            }
        }
    }
}

/// The type of a variant's content on the wire, beside or inside its name; `None` if the form is
/// another one altogether.
fn within(tagging: &Tagging, content: &Content) -> Option<Node> {
    match content {
        // It shares its object with the tag.
        Content::Unit if matches!(tagging, Tagging::Internal { .. }) => {
            Some(Node::Fields(Fields::default()))
        }
        Content::Unit if *tagging == Tagging::Untagged => Some(Node::Type(Type::Null)),
        Content::Unit => None,
        Content::Value(ty) => Some(Node::Type(ty.clone())),
        Content::Fields(fields) => Some(Node::Fields(fields.clone())),
    }
}
