//! Claims: names that one session or room of the cluster has.

use crate::Uid;

/// The kind of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ClaimKind {
    /// A user, whom a session is bound to.
    User,
    /// A room with a name.
    Room,
}

/// A session or a room, as the holder of a name.
///
/// # Examples
///
/// ```
/// use nano::Holder;
///
/// let holder = Holder::new(7, 12);
/// assert_eq!((holder.node(), holder.id()), (7, 12));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    node: u32,
    id: u64,
}

impl Holder {
    /// A session or a room, by the number of its node and its id there.
    pub fn new(node: u32, id: u64) -> Self {
        Self { node, id }
    }

    /// Returns the number of its node.
    pub fn node(self) -> u32 {
        self.node
    }

    /// Returns its id: that of a session, or of a room.
    pub fn id(self) -> u64 {
        self.id
    }
}

/// A name, and the session or room that is to have it, for [`Registry::claim`](crate::Registry::claim).
///
/// # Examples
///
/// ```
/// use nano::{Claim, ClaimKind, Holder};
///
/// let claim = Claim::new(ClaimKind::Room, "table/table-7", Holder::new(7, 12));
/// assert_eq!(claim.name(), "table/table-7");
/// assert_eq!(claim.holder().node(), 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    kind: ClaimKind,
    name: String,
    holder: Holder,
}

impl Claim {
    /// A claim of a name.
    pub fn new(kind: ClaimKind, name: impl Into<String>, holder: Holder) -> Self {
        Self { kind, name: name.into(), holder }
    }

    /// Returns the kind of the name.
    pub fn kind(&self) -> ClaimKind {
        self.kind
    }

    /// Returns the name, of 1,024 bytes at most: for a user a number, or `text:` and a text; for a room the name of its
    /// component, a slash and its own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the session or room that is to have the name.
    pub fn holder(&self) -> Holder {
        self.holder
    }
}

/// What becomes of the holder that a name has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimRule {
    /// It keeps the name.
    Refuse,
    /// It loses the name.
    Replace,
    /// It keeps the name. The claim is one that the registry may have forgotten: it is accepted also while a registry that
    /// was restarted gives nobody else a name that is free.
    Again,
}

/// The outcome of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claimed {
    /// The holder has the name now, or had it before.
    Granted,
    /// The holder has the name now, and this one had it before.
    Replaced(Holder),
    /// This one has the name, and keeps it.
    Taken(Holder),
}

/// The longest name of a claim, in bytes.
pub(super) const LONGEST_CLAIM: usize = 1024;

/// Returns the name of a user's claim.
pub(super) fn name_of_user(uid: &Uid) -> String {
    match uid.as_str() {
        Some(text) => format!("text:{text}"),
        None => uid.to_string(),
    }
}

/// Returns the name of a room's claim.
pub(super) fn name_of_room(component: &str, name: &str) -> String {
    format!("{component}/{name}")
}
