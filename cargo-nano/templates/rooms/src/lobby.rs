//! The lobby: it puts players together.

use nano::{Context, Error, Result, Session, component};
use serde::{Deserialize, Serialize};

use crate::table::{Player, Table};

const NAME_LIMIT: usize = 16;

pub struct Lobby;

#[derive(Debug, Deserialize, Serialize)]
pub struct PlayRequest {
    pub name: String,
}

#[component]
impl Lobby {
    /// Sits down at a table that waits for a player, or at a new one. A player who sits at a table leaves it.
    #[handler(rate = "2/s")]
    async fn play(
        &self,
        session: &Session,
        request: PlayRequest,
        ctx: &Context<Self>,
    ) -> Result<()> {
        let name = request.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_LIMIT {
            let text = format!("a name has 1 to {NAME_LIMIT} characters");
            return Err(Error::reject("bad_name", text));
        }
        session.leave::<Table>();
        // A table that is full, or locked because its game has begun, is not offered.
        let seat = ctx
            .rooms::<Table>()?
            .find_or_open(|_| true, Table::default)?;
        session.enter_with(seat, Player { name }).await
    }
}
