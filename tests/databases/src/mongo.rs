//! Players in MongoDB.

use futures_util::TryStreamExt;
use mongodb::{Collection, bson::doc};
use nano::{Error, Result, ResultExt, Session, component};
use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize)]
pub struct Player {
    #[serde(rename = "_id")]
    pub id: i64,
    pub name: String,
    pub level: i64,
}

pub struct Players {
    pub players: Collection<Player>,
}

#[component]
impl Players {
    #[handler]
    async fn login(&self, session: &Session, name: String) -> Result<Player> {
        let found = self.players.find_one(doc! { "name": name }).await.internal()?;
        let player = found.ok_or_else(|| Error::reject("unknown", "nobody has this name"))?;
        session.bind(player.id).await?;
        Ok(player)
    }

    #[handler]
    async fn best(&self) -> Result<Vec<Player>> {
        let best = self.players.find(doc! {}).sort(doc! { "level": -1 }).limit(10).await;
        best.internal()?.try_collect().await.internal()
    }
}
