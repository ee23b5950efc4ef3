//! The application's choice for sessions that lose their rooms with a node.

/// What becomes of sessions whose rooms are lost with a node, for [`Cluster::on_loss`](crate::Cluster::on_loss).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnLoss {
    /// They go on: `#[on(room_lost)]` hooks run, native clients are told, and messages to the room are answered with
    /// `room_closed`.
    #[default]
    Stay,
    /// They are closed with the reason `node_lost`, for games whose clients cannot go on. No hook runs but those of their end.
    Close,
}
