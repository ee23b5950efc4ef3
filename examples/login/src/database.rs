//! Players, their tokens and their visits, in SQLite or Postgres.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nano::{Error, Result, ResultExt};
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;

/// The time for which a token is good, in seconds.
const TOKEN_LIFE: i64 = 30 * 24 * 60 * 60;

/// The tables, in SQL that both databases understand.
const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS player (
        name TEXT PRIMARY KEY, password TEXT NOT NULL, last_seen BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS token (
        hash TEXT PRIMARY KEY, name TEXT NOT NULL REFERENCES player, expires BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS visit (
        name TEXT NOT NULL REFERENCES player, at BIGINT NOT NULL)",
];

/// The number of rows that the report goes through before it counts. It stands for years of visits: about a second on
/// SQLite.
const YEARS_OF_VISITS: i64 = 3_000_000;

/// The database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Database {
    pool: AnyPool,
}

impl Database {
    /// Connects, and creates the tables that are not there.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let pool = AnyPoolOptions::new()
            .max_connections(8)
            // A database in memory is gone with its last connection.
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // Less than a handler may take: the client is told, instead of waiting.
            .acquire_timeout(Duration::from_secs(5))
            .connect(url)
            .await
            .internal()?;
        for table in TABLES {
            sqlx::query(table).execute(&pool).await.internal()?;
        }
        Ok(Self { pool })
    }

    /// Adds a player; `false` when the name is taken.
    pub(crate) async fn add_player(&self, name: &str, password: &str) -> Result<bool> {
        let added = sqlx::query(
            "INSERT INTO player (name, password, last_seen) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(password)
        .bind(now()?)
        .execute(&self.pool)
        .await
        .internal()?;
        Ok(added.rows_affected() == 1)
    }

    /// Returns the hash of a player's password.
    pub(crate) async fn password(&self, name: &str) -> Result<Option<String>> {
        sqlx::query_scalar("SELECT password FROM player WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .internal()
    }

    /// Notes that a player is here, and returns when that was the case before, in seconds since 1970.
    pub(crate) async fn visit(&self, name: &str) -> Result<i64> {
        let last_seen = sqlx::query_scalar("SELECT last_seen FROM player WHERE name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .internal()?;
        sqlx::query("INSERT INTO visit (name, at) VALUES ($1, $2)")
            .bind(name)
            .bind(now()?)
            .execute(&self.pool)
            .await
            .internal()?;
        Ok(last_seen)
    }

    /// Notes that a player was here until now.
    pub(crate) async fn seen(&self, name: &str) -> Result<()> {
        sqlx::query("UPDATE player SET last_seen = $1 WHERE name = $2")
            .bind(now()?)
            .bind(name)
            .execute(&self.pool)
            .await
            .internal()?;
        Ok(())
    }

    /// Keeps the hash of a token, and forgets those whose time is over.
    pub(crate) async fn add_token(&self, hash: &str, name: &str) -> Result<()> {
        let now = now()?;
        sqlx::query("DELETE FROM token WHERE expires <= $1")
            .bind(now)
            .execute(&self.pool)
            .await
            .internal()?;
        sqlx::query("INSERT INTO token (hash, name, expires) VALUES ($1, $2, $3)")
            .bind(hash)
            .bind(name)
            .bind(now + TOKEN_LIFE)
            .execute(&self.pool)
            .await
            .internal()?;
        Ok(())
    }

    /// Takes a token, which is gone then, and returns its player. One statement: of two that come at once with the same
    /// token, one is given the player.
    pub(crate) async fn take_token(&self, hash: &str) -> Result<Option<String>> {
        sqlx::query_scalar("DELETE FROM token WHERE hash = $1 AND expires > $2 RETURNING name")
            .bind(hash)
            .bind(now()?)
            .fetch_optional(&self.pool)
            .await
            .internal()
    }

    /// Counts the visits of the most frequent players. Takes about a second.
    pub(crate) async fn most_visits(&self) -> Result<Vec<(String, i64)>> {
        sqlx::query_as(
            "WITH RECURSIVE years(row) AS
                (SELECT 1 UNION ALL SELECT row + 1 FROM years WHERE row < $1)
             SELECT name, COUNT(*) AS visits FROM visit WHERE (SELECT COUNT(*) FROM years) > 0
             GROUP BY name ORDER BY visits DESC, name LIMIT 10",
        )
        .bind(YEARS_OF_VISITS)
        .fetch_all(&self.pool)
        .await
        .internal()
    }
}

/// Seconds since 1970.
fn now() -> Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(Error::internal)?;
    i64::try_from(now.as_secs()).map_err(Error::internal)
}
