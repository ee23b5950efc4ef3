//! The component of the backends that opens rooms.

use nano::{Context, Result, component};

use crate::room::Room;

pub struct Opener {
    node: String,
}

impl Opener {
    pub fn new(node: &str) -> Self {
        let node = node.to_owned();
        Self { node }
    }
}

#[component]
impl Opener {
    /// Opens a room here. Gates call it, and no client can.
    #[handler(internal)]
    async fn open(&self, name: String, ctx: &Context<Self>) -> Result<()> {
        ctx.open_named(name, Room::new(&self.node)).await?;
        Ok(())
    }
}
