//! The component of the backends that opens rooms.

use nano::{Context, Result, component};

use crate::room::Room;

pub(crate) struct Opener;

#[component]
impl Opener {
    /// Opens a room here. Of two nodes that open one of the same name, one is refused with `room_name_taken`.
    #[handler(internal)]
    async fn open(&self, name: String, ctx: &Context<Self>) -> Result<()> {
        ctx.open_named(name, Room::default()).await?;
        Ok(())
    }
}
