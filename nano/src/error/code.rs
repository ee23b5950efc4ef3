//! The kinds of errors that other nodes tell by their codes.

use super::ErrorKind;

/// The kinds with codes of their own, but for those that are the application's.
const KINDS: &[(&str, ErrorKind)] = &[
    ("bad_request", ErrorKind::Decode),
    ("not_found", ErrorKind::NotFound),
    ("timeout", ErrorKind::Timeout),
    ("no_reply", ErrorKind::NoReply),
    ("closed", ErrorKind::Closed),
    ("already_bound", ErrorKind::AlreadyBound),
    ("not_bound", ErrorKind::NotBound),
    ("rate_limited", ErrorKind::RateLimited),
    ("too_large", ErrorKind::BodyTooLarge),
    ("already_online", ErrorKind::AlreadyOnline),
    ("offline", ErrorKind::Offline),
    ("shutdown", ErrorKind::Shutdown),
    ("not_in_room", ErrorKind::NotInRoom),
    ("room_closed", ErrorKind::RoomClosed),
    ("room_full", ErrorKind::RoomFull),
    ("room_locked", ErrorKind::RoomLocked),
    ("already_in_room", ErrorKind::AlreadyInRoom),
    ("too_many_rooms", ErrorKind::TooManyRooms),
    ("room_name_taken", ErrorKind::RoomNameTaken),
    ("unavailable", ErrorKind::Unavailable),
    ("node_lost", ErrorKind::NodeLost),
    ("no_session", ErrorKind::NoSession),
    ("loop", ErrorKind::Loop),
];

impl ErrorKind {
    /// Returns the kind that this code of the framework's tells of: [`Internal`](Self::Internal) for any other.
    pub(crate) fn of_code(code: &str) -> Self {
        let kind = KINDS.iter().find(|(other, _)| *other == code);
        kind.map_or(Self::Internal, |(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Told};
    use super::*;

    #[test]
    fn the_codes_are_those_that_are_told() {
        for (code, kind) in KINDS {
            assert_eq!(Told::of(&Error::new(*kind, "")).code, *code);
        }
    }
}
