//! Pushes with and without a message, raw ones, renamed ones.

/// To everybody.
#[push(rename_all = "camelCase")]
#[allow(clippy::module_name_repetitions)]
pub(crate) trait Broadcast {
    /// A user came in.
    ///
    /// With a name.
    fn new_user(user: NewUser);

    #[push(name = "room.onMessage")]
    #[deprecated]
    fn message(_: game::ChatMessage);

    fn raw_bytes(body: Bytes);

    fn positions(positions: Vec<(f32, f32)>);

    fn tick();
}

#[push]
trait Nothing {}
