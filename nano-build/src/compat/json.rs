//! Comparison of JSON types: a reader of one type against a writer of another.
//!
//! There is one relation for both directions. Messages that a client sends are written by the old
//! manifest and read by the new one; those that it receives, the other way around.

mod fields;
mod resolve;
#[cfg(test)]
mod tests;
mod variants;

use std::collections::HashSet;

use super::report::{Direction, Report};
use crate::manifest::{Tagging, Type};

pub(super) use resolve::Types;
use resolve::{Node, is_text_enum};

/// Compares the types at the current place of the report.
pub(super) fn compare(
    (old_types, old): (&Types<'_>, &Type),
    (new_types, new): (&Types<'_>, &Type),
    report: &mut Report,
) {
    let ((writer, written), (reader, read)) = match report.direction {
        Direction::Received => ((old_types, old), (new_types, new)),
        Direction::Sent => ((new_types, new), (old_types, old)),
    };
    let mut comparison =
        Comparison { writer, reader, report, seen: HashSet::new(), order: Vec::new() };
    comparison.reads(&Node::Type(written.clone()), &Node::Type(read.clone()));
}

/// The type of a value that may be null when it is not: null is one value, however often a type
/// allows it.
fn once(mut inside: &Type) -> &Type {
    while let Type::Option(deeper) = inside {
        inside = deeper;
    }
    inside
}

/// A message on its way from a writer to a reader.
struct Comparison<'a> {
    writer: &'a Types<'a>,
    reader: &'a Types<'a>,
    report: &'a mut Report,
    /// The pairs that have been compared, or are being: recursive types end here.
    seen: HashSet<(String, String)>,
    /// The same, in order.
    order: Vec<(String, String)>,
}

impl Comparison<'_> {
    /// Reports the values of a writer of `written` that a reader of `read` refuses.
    fn reads(&mut self, written: &Node, read: &Node) {
        if !self.report.descend() {
            return;
        }
        if self.is_first_look(written, read) {
            let written = self.writer.resolve(written, self.report);
            let read = self.reader.resolve(read, self.report);
            if let (Some(written), Some(read)) = (written, read) {
                self.reads_resolved(&written, &read);
            }
        }
        self.report.ascend();
    }

    fn is_first_look(&mut self, written: &Node, read: &Node) -> bool {
        let (Node::Type(written), Node::Type(read)) = (written, read) else { return true };
        // Every circle goes through names.
        if !matches!(written, Type::Named { .. }) || !matches!(read, Type::Named { .. }) {
            return true;
        }
        let pair = (format!("{written:?}"), format!("{read:?}"));
        // Texts of the usual length cost one step.
        self.report.spend((pair.0.len() + pair.1.len()) / 128);
        let first = self.seen.insert(pair.clone());
        if first {
            self.order.push(pair);
        }
        first
    }

    /// Returns `true` if [`reads`](Self::reads) reports nothing breaking; the report stays as it
    /// was.
    fn fits(&mut self, written: &Node, read: &Node) -> bool {
        let (mark, seen) = (self.report.mark(), self.order.len());
        self.reads(written, read);
        let fits = self.report.fine_since(mark);
        if !fits {
            // A pair that was assumed to fit on the way may not.
            for pair in self.order.drain(seen..) {
                self.seen.remove(&pair);
            }
        }
        self.report.forget_since(mark);
        fits
    }

    fn reads_resolved(&mut self, written: &Node, read: &Node) {
        use Node::Type as T;
        match (written, read) {
            (T(Type::Any), T(Type::Any)) => {}
            (_, T(Type::Any)) => self.widened(written, read),
            (T(Type::Option(inside)), T(Type::Option(read))) => {
                self.reads(&T(once(inside).clone()), &T(once(read).clone()));
            }
            (T(Type::Null), T(Type::Option(_))) => self.widened(written, read),
            (T(Type::Option(inside)), _) => {
                if self.fits(&T(Type::Null), read) {
                    self.reads(&T((**inside).clone()), read);
                } else {
                    self.nullable();
                }
            }
            (_, _) if written.alternatives().is_some() => self.all_of(written, read),
            (_, T(Type::Option(inside))) => {
                let mark = self.report.mark();
                self.reads(written, &T((**inside).clone()));
                if self.report.fine_since(mark) {
                    let (what, why) = match self.report.direction {
                        Direction::Received => {
                            ("may be null now", "clients in use do not send that")
                        }
                        Direction::Sent => ("is never null now", "clients in use can do with both"),
                    };
                    self.report.harmless(format!("{what}: {why}"));
                }
            }
            (_, _) if read.alternatives().is_some() => self.one_of(written, read),
            (T(written), T(read)) => self.reads_type(written, read),
            (Node::Fields(written), Node::Fields(read)) => self.reads_fields(written, read),
            (Node::Fields(_), T(Type::Map(..))) => self.reads_as_map(written, read),
            (Node::Enum { .. }, Node::Enum { .. }) => self.reads_enum(written, read),
            (Node::Enum { .. }, T(Type::String)) if is_text_enum(written) => {
                self.widened(written, read);
            }
            _ => self.changed(written, read),
        }
    }

    /// Compares two types of which neither names one of the manifest.
    fn reads_type(&mut self, written: &Type, read: &Type) {
        let node = |ty: &Type| Node::Type(ty.clone());
        match (written, read) {
            (Type::Array(written), Type::Array(read)) => {
                let (written, read) = (node(written), node(read));
                self.inside("[]", |this| this.reads(&written, &read));
            }
            (Type::Tuple(written), Type::Array(read)) => {
                for (at, written) in written.iter().enumerate() {
                    self.inside(&format!("[{at}]"), |this| this.reads(&node(written), &node(read)));
                }
            }
            (Type::Tuple(written), Type::Tuple(read)) if written.len() == read.len() => {
                for (at, (written, read)) in written.iter().zip(read).enumerate() {
                    self.inside(&format!("[{at}]"), |this| this.reads(&node(written), &node(read)));
                }
            }
            (Type::Map(written_key, written), Type::Map(read_key, read)) => {
                // Keys are texts on the wire.
                if **read_key != Type::String {
                    self.inside("{key}", |this| this.reads(&node(written_key), &node(read_key)));
                }
                self.inside("{}", |this| this.reads(&node(written), &node(read)));
            }
            (Type::Int, Type::BigInt | Type::Float) => {
                self.widened(&node(written), &node(read));
            }
            (Type::Parameter(_), _) | (_, Type::Parameter(_)) => self.report.breaking(format!(
                "it is `{}` for `{}`, and one of them is a type parameter without a type: not compared",
                node(written),
                node(read)
            )),
            // A foreign type is known by its name only.
            _ if written == read => {}
            _ => self.changed(&node(written), &node(read)),
        }
    }

    /// A writer of several types: the reader must take each.
    fn all_of(&mut self, written: &Node, read: &Node) {
        let alternatives = written.alternatives().unwrap_or_default();
        let others = read.alternatives();
        let mark = self.report.mark();
        for (at, alternative) in alternatives.iter().enumerate() {
            if self.fits(alternative, read) {
                continue;
            }
            // Its counterpart, if it has one, shows the difference.
            match others.as_deref().filter(|others| others.len() == alternatives.len()) {
                Some(others) => self.reads(alternative, &others[at]),
                None => self.report.breaking_by(
                    &format!("it may be {alternative}"),
                    "clients in use may send that, which the server no longer takes",
                    "clients in use do not know that",
                ),
            }
        }
        if let Some(others) = others
            && others.len() != alternatives.len()
            && self.report.fine_since(mark)
        {
            self.widened(written, read);
        }
    }

    /// A reader of several types: one of them must do.
    fn one_of(&mut self, written: &Node, read: &Node) {
        let alternatives = read.alternatives().unwrap_or_default();
        if alternatives.iter().any(|alternative| self.fits(written, alternative)) {
            self.widened(written, read);
        } else {
            self.changed(written, read);
        }
    }

    fn inside(&mut self, segment: &str, look: impl FnOnce(&mut Self)) {
        let length = self.report.enter(segment);
        look(self);
        self.report.leave(length);
    }

    fn nullable(&mut self) {
        self.report.breaking_by(
            match self.report.direction {
                Direction::Received => "it may no longer be null",
                Direction::Sent => "it may be null now",
            },
            "clients in use may send that",
            "clients in use do not expect that",
        );
    }

    fn old_and_new<'n>(&self, written: &'n Node, read: &'n Node) -> (&'n Node, &'n Node) {
        match self.report.direction {
            Direction::Received => (written, read),
            Direction::Sent => (read, written),
        }
    }

    fn changed(&mut self, written: &Node, read: &Node) {
        let (old, new) = self.old_and_new(written, read);
        self.report.breaking_by(
            &format!("it was {old} and is {new}"),
            "clients in use send what it was, which the server now refuses",
            "clients in use cannot take what it is",
        );
    }

    fn widened(&mut self, written: &Node, read: &Node) {
        let (old, new) = self.old_and_new(written, read);
        let why = match self.report.direction {
            Direction::Received => "the server takes what clients in use send",
            Direction::Sent => "clients in use take what it is",
        };
        self.report.harmless(format!("it was {old} and is {new}: {why}"));
    }

    fn tagging(&mut self, written: &Tagging, read: &Tagging) -> bool {
        if written == read {
            return true;
        }
        let (old, new) = match self.report.direction {
            Direction::Received => (written, read),
            Direction::Sent => (read, written),
        };
        self.report.breaking(format!(
            "its variant was told {} and is told {}: clients in use know no other way",
            resolve::told(old),
            resolve::told(new)
        ));
        false
    }
}
