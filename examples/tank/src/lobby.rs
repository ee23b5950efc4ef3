//! The lobby: the live list of arenas, and the way into one.

use std::time::Duration;

use nano::{
    Context, Error, ErrorKind, Group, NewRoom, Result, RoomId, RoomInfo, Session, component,
};

use crate::arena::{Arena, ArenaInfo, Guest};
use crate::game::Map;
use crate::messages::{LobbyPush, proto};
use proto::{Arenas, Offer, Play, Seat};

const NAME_LIMIT: usize = 16;
/// The lobby is told of changes at most twice a second.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Lobby {
    /// The map of all arenas.
    map: Map,
    /// Those who look at the list.
    visitors: Group,
}

#[component]
impl Lobby {
    /// Answers with the arenas, and tells what changes until the visitor plays.
    #[handler(rate = "2/s")]
    fn visit(&self, session: &Session, ctx: &Context<Self>) -> Result<Arenas> {
        self.visitors.add(session)?;
        let shown = ctx.rooms::<Arena>()?.list().iter().map(offer).collect();
        Ok(Arenas { shown, gone: Vec::new() })
    }

    /// Enters the arena of a friend, or the oldest one with a free place, or a new one.
    #[handler(rate = "2/s", max_body = "256B")]
    async fn play(&self, session: &Session, play: Play, ctx: &Context<Self>) -> Result<Seat> {
        let guest = || Ok::<_, Error>(Guest { name: name(&play.name)?, hue: play.hue % 360 });
        let arenas = ctx.rooms::<Arena>()?;
        if play.arena != 0 {
            match arenas.get(play.arena.into()) {
                Ok(arena) => {
                    session.enter_with(&arena, guest()?).await?;
                    return Ok(self.seated(session, arena.id()));
                }
                // The friend has gone, and the arena with it.
                Err(error) if error.kind() == ErrorKind::RoomClosed => {}
                Err(error) => return Err(error),
            }
        }
        let guest = guest()?;
        let open = || NewRoom::new(Arena::new(self.map.clone(), fastrand::u64(..)));
        let seat = arenas.find_or_open(|_| true, open)?;
        let id = seat.id();
        session.enter_with(seat, guest).await?;
        Ok(self.seated(session, id))
    }

    #[on(after_init)]
    fn watch(&self, ctx: &Context<Self>) -> Result<()> {
        let (mut watch, visitors) = (ctx.rooms::<Arena>()?.watch(), self.visitors.clone());
        tokio::spawn(async move {
            while let Some(changes) = watch.changed().await {
                let arenas = Arenas {
                    shown: changes.shown.iter().map(offer).collect(),
                    gone: changes.gone.iter().map(|id| id.get()).collect(),
                };
                if let Err(error) = LobbyPush::to(&visitors).arenas(&arenas) {
                    tracing::warn!(?error, "the lobby is not told");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(())
    }
}

impl Lobby {
    pub(crate) fn new(map: Map) -> Self {
        Self { map, visitors: Group::new() }
    }

    fn seated(&self, session: &Session, arena: RoomId) -> Seat {
        self.visitors.leave(session);
        Seat { arena: arena.get() }
    }
}

fn offer(arena: &RoomInfo<ArenaInfo>) -> Offer {
    let places = arena.max_members.saturating_sub(arena.members);
    Offer {
        arena: arena.id.get(),
        pilots: arena.info.pilots.clone(),
        places: u32::try_from(places).unwrap_or(u32::MAX),
    }
}

/// A name to show to others: one line, without what cannot be seen.
fn name(typed: &str) -> Result<String> {
    let name = typed.trim();
    let is_good = (1..=NAME_LIMIT).contains(&name.chars().count())
        && !name.chars().any(|letter| letter.is_control() || is_direction(letter));
    let refused = || Error::reject("bad_name", format!("a name has 1 to {NAME_LIMIT} characters"));
    is_good.then(|| name.to_owned()).ok_or_else(refused)
}

/// Marks that turn the direction of the text after them, in other people's lines too.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
