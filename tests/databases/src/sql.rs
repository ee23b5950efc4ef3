//! Accounts in SQLite.

use nano::{Error, Result, ResultExt, Session, component};
use sqlx::SqlitePool;

pub struct Accounts {
    pub pool: SqlitePool,
}

#[component]
impl Accounts {
    #[handler]
    async fn login(&self, session: &Session, name: String) -> Result<i64> {
        let found: Option<(i64, i64)> =
            sqlx::query_as("SELECT id, level FROM player WHERE name = ?")
                .bind(name)
                .fetch_optional(&self.pool)
                .await
                .internal()?; // the client is told `internal`, the log has the reason
        let (id, level) = found.ok_or_else(|| Error::reject("unknown", "nobody has this name"))?;
        session.bind(id).await?;
        session.data().set("level", &level)?;
        Ok(level)
    }

    /// Saves the player, whatever ended the session.
    #[on(session_closed)]
    async fn save(&self, session: &Session) -> Result<()> {
        let (Some(id), Some(level)) = (session.uid(), session.data().get::<i64>("level")?) else {
            return Ok(());
        };
        sqlx::query("UPDATE player SET level = ? WHERE id = ?")
            .bind(level)
            .bind(id.as_i64())
            .execute(&self.pool)
            .await
            .internal()?;
        Ok(())
    }
}
