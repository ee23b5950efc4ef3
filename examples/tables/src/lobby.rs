//! The lobby: names, the live list of tables, and the ways to a seat.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use nano::{Context, Error, Group, NewRoom, Result, RoomId, RoomInfo, Session, component, push};
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};

use crate::table::{Guest, Table, TableInfo, title};

const NAME_LIMIT: usize = 16;
const TITLE_LIMIT: usize = 24;
/// The most tables of one message, so that it fits into a packet with the longest names. A quick game finds all others.
pub(crate) const LISTED: usize = 100;
/// The lobby is told of changes at most four times a second.
const PAUSE: Duration = Duration::from_millis(250);
/// No letters and digits that look alike.
const CODE_LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const CODE_LENGTH: usize = 8;

#[derive(Default)]
pub(crate) struct Lobby {
    /// Those who look at the list.
    visitors: Group,
    last_player: AtomicI64,
}

/// The name of a player, which the session keeps.
#[derive(Clone)]
struct Name(String);

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) name: String,
}

/// The tables that are open to everybody, or those of them that have changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tables {
    pub(crate) shown: Vec<Offer>,
    pub(crate) gone: Vec<RoomId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) table: RoomId,
    pub(crate) title: String,
    pub(crate) players: Vec<String>,
    /// The seats for people: a bot gives way.
    pub(crate) free: usize,
    pub(crate) bots: usize,
    pub(crate) spectators: usize,
    pub(crate) is_playing: bool,
}

impl Offer {
    fn of(room: &RoomInfo<TableInfo>) -> Self {
        Self {
            table: room.id,
            title: title(room.info.title.as_deref(), room.id),
            players: room.info.players.clone(),
            free: room.max_members - room.members,
            bots: room.info.bots,
            spectators: room.spectators,
            is_playing: room.info.is_playing,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewTable {
    /// Shown in the lobby; empty for a number.
    pub(crate) title: String,
    /// Only for those who are told the code.
    pub(crate) is_private: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub(crate) table: RoomId,
    /// Looks on, without a seat.
    pub(crate) watches: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) code: String,
}

/// The messages that the lobby pushes to its visitors.
#[push]
pub(crate) trait LobbyPush {
    /// Tables opened, changed or closed.
    #[push(name = "onTables")]
    fn tables(tables: Tables);
}

#[component]
impl Lobby {
    /// Gives the player a name. Nothing else can be reached before it.
    #[handler(guest, rate = "5/s")]
    async fn hello(&self, session: &Session, hello: Hello) -> Result<()> {
        let name = text(&hello.name, NAME_LIMIT).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| {
            Error::reject("bad_name", format!("a name has 1 to {NAME_LIMIT} characters"))
        })?;
        session.insert(Name(name));
        if session.uid().is_none() {
            session.bind(self.last_player.fetch_add(1, Ordering::Relaxed) + 1).await?;
        }
        Ok(())
    }

    /// Answers with the tables, and tells what changes until the player sits at one.
    #[handler(rate = "5/s")]
    fn visit(&self, session: &Session, ctx: &Context<Self>) -> Result<Tables> {
        self.visitors.add(session)?;
        let shown = ctx.rooms::<Table>()?.list().iter().take(LISTED).map(Offer::of).collect();
        Ok(Tables { shown, gone: Vec::new() })
    }

    /// A quick game: a seat at a table that waits for players, or at a new one.
    #[handler(rate = "5/s")]
    async fn quick(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        seatless(session)?;
        let tables = ctx.rooms::<Table>()?;
        let seat = tables.find_or_open(|table| !table.info.is_playing, Table::default)?;
        session.enter_with(seat, guest(session, false)?).await?;
        self.visitors.leave(session);
        Ok(())
    }

    /// Opens a table and sits down at it.
    #[handler(rate = "2/s")]
    async fn open(&self, session: &Session, new: NewTable, ctx: &Context<Self>) -> Result<()> {
        let title = text(&new.title, TITLE_LIMIT).ok_or_else(|| {
            Error::reject("bad_title", format!("a title has up to {TITLE_LIMIT} characters"))
        })?;
        seatless(session)?;
        let title = Some(title).filter(|title| !title.is_empty());
        let code = new.is_private.then(code);
        let room = NewRoom::new(Table::new(title.clone(), code.clone()));
        let mut room = room.info(TableInfo { title, ..TableInfo::default() });
        if let Some(code) = code {
            room = room.private().name(code);
        }
        let table = ctx.open(room)?;
        session.enter_with(&table, guest(session, false)?).await?;
        self.visitors.leave(session);
        Ok(())
    }

    /// Sits down at a table of the list, or looks on.
    #[handler(rate = "5/s")]
    async fn join(&self, session: &Session, visit: Visit, ctx: &Context<Self>) -> Result<()> {
        let tables = ctx.rooms::<Table>()?;
        let table = tables.get(visit.table)?;
        // Ids can be guessed, codes cannot.
        if table.info().is_some_and(|info| info.is_private) {
            return Err(Error::reject("private", "the table is private: ask for its code"));
        }
        if visit.watches {
            session.spectate_with(&table, guest(session, true)?).await?;
        } else {
            session.enter_with(&table, guest(session, false)?).await?;
        }
        self.visitors.leave(session);
        Ok(())
    }

    /// Sits down at a private table.
    #[handler(rate = "1/s")]
    async fn accept(&self, session: &Session, by: Invitation, ctx: &Context<Self>) -> Result<()> {
        let table = ctx.rooms::<Table>()?.named(&by.code.trim().to_ascii_uppercase())?;
        session.enter_with(&table, guest(session, false)?).await?;
        self.visitors.leave(session);
        Ok(())
    }

    #[on(session_lost)]
    async fn lost(&self, session: &Session) -> Result<()> {
        connection(session, true).await
    }

    #[on(session_resumed)]
    async fn back(&self, session: &Session) -> Result<()> {
        connection(session, false).await
    }

    #[on(after_init)]
    fn watch(&self, ctx: &Context<Self>) -> Result<()> {
        let (mut watch, visitors) = (ctx.rooms::<Table>()?.watch(), self.visitors.clone());
        tokio::spawn(async move {
            while let Some(changes) = watch.changed().await {
                let shown = changes.shown.iter().take(LISTED).map(Offer::of).collect();
                let tables = Tables { shown, gone: changes.gone };
                if let Err(error) = LobbyPush::to(&visitors).tables(&tables) {
                    tracing::warn!(?error, "the lobby is not told");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(())
    }
}

/// Tells the session's table that its connection is lost, or back.
async fn connection(session: &Session, is_lost: bool) -> Result<()> {
    let Some(table) = session.room::<Table>() else { return Ok(()) };
    table.call(|room| room.connection(session, is_lost, &table)).await
}

/// Refuses whoever is at a table: a new one would be opened, and stay empty.
fn seatless(session: &Session) -> Result<()> {
    match session.room::<Table>() {
        None => Ok(()),
        Some(_) => Err(Error::reject("already_in_room", "you are at a table already")),
    }
}

fn guest(session: &Session, watches: bool) -> Result<Guest> {
    let Name(name) = session.get().ok_or_else(|| Error::reject("no_name", "say hello first"))?;
    Ok(Guest { name, watches })
}

/// What a player typed, without spaces around it; none if it is too long, or no text.
fn text(typed: &str, limit: usize) -> Option<String> {
    let text = typed.trim();
    let is_good = text.chars().count() <= limit && !text.chars().any(char::is_control);
    is_good.then(|| text.to_owned())
}

fn code() -> String {
    let mut rng = rand::rng();
    let letters = (0..CODE_LENGTH).filter_map(|_| CODE_LETTERS.choose(&mut rng));
    letters.map(|&letter| char::from(letter)).collect()
}
