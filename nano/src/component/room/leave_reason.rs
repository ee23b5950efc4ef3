//! The reasons for which a session leaves a room.

/// The reason for which a session left a room, as a parameter of its `#[on(leave)]` hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeaveReason {
    /// The application called [`Session::leave`](crate::Session::leave).
    Left,
    /// The session ended, for any reason but a kick of the application: also when another session has its user.
    /// [`Session::close_reason`](crate::Session::close_reason) has the reason.
    Disconnected,
    /// The session was kicked ([`Session::kick`](crate::Session::kick)), or the room put it out
    /// ([`Context::expel`](crate::Context::expel)).
    Kicked,
    /// The room ends.
    RoomClosed,
}
