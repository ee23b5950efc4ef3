//! Pushes with and without a message, raw ones, renamed ones, and those of each class.

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

    #[push(class = lossy)]
    fn positions(positions: Vec<(f32, f32)>);

    #[push(name = "onScore", class = latest)]
    fn score(score: u32);

    #[push(class = latest, key = "id")]
    fn moved(player: Moved);

    #[push(class = latest, key = "0")]
    fn turned(_: (u32, f32));

    fn tick();
}

#[push]
trait Nothing {}
