//! The fields of messages, and the way to them.

/// The depth of the types that are shown.
pub(super) const DEPTH: usize = 3;

/// A field of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Its type, for a person.
    pub(crate) ty: String,
}

/// A step from a value to one inside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To a field, or to the value of a key.
    Key(String),
    /// To an element of an array.
    Element(usize),
}
