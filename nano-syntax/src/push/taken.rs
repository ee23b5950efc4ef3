//! Method names that a push cannot have: what it is sent to has methods of its own, which come first.

/// The public methods of `nano::Session`; a test compares them with the type.
pub const SESSION_METHODS: &[&str] = &[
    "bind",
    "close",
    "close_reason",
    "get",
    "has",
    "id",
    "insert",
    "is_closed",
    "kick",
    "push",
    "push_bytes",
    "remote_addr",
    "remove",
    "uid",
    "update",
];

/// The public methods of `nano::Group`; a test compares them with the type.
pub const GROUP_METHODS: &[&str] = &[
    "add",
    "broadcast",
    "close",
    "contains",
    "except",
    "filter",
    "find",
    "is_empty",
    "leave",
    "len",
    "members",
    "multicast",
    "new",
    "uids",
];

/// Methods of traits that are in scope everywhere.
const TRAIT_METHODS: &[&str] = &["clone"];

/// Whose method a name is, if it is taken.
pub(super) fn owner(method: &str) -> Option<&'static str> {
    if GROUP_METHODS.contains(&method) {
        Some("`Group` has a method")
    } else if SESSION_METHODS.contains(&method) {
        Some("`Session` has a method")
    } else if TRAIT_METHODS.contains(&method) {
        Some("sessions and groups have a method")
    } else {
        None
    }
}
