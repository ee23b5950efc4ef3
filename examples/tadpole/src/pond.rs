//! The pond: its tadpoles, their moves and their words.

mod swimmer;
mod words;

use nano::{Error, Group, Result, Session, component, push};
use tokio::time::Instant;

use proto::{Enter, Farewell, Moves, Position, Say, Tadpole, Welcome, Words};
use swimmer::{RADIUS, SPEED, Swimmer};

pub(crate) mod proto {
    //! The messages of `proto/pond.proto`.
    nano::include_proto!("pond");
}

/// The number of tadpoles that can swim at a time: the moves of all of them are one message of a few kilobytes.
const CAPACITY: usize = 250;

#[derive(Default)]
pub(crate) struct Pond {
    tadpoles: Group,
    last_id: u32,
}

/// The pushes of the pond.
#[push]
pub(crate) trait PondPush {
    /// Somebody came in.
    #[push(name = "onEnter")]
    fn tadpole_entered(tadpole: Tadpole);
    /// Some have moved.
    #[push(name = "onMove")]
    fn tadpoles_moved(moves: Moves);
    /// Somebody said something; whoever said it hears it too.
    #[push(name = "onSay")]
    fn tadpole_said(words: Words);
    /// Somebody left, or was lost.
    #[push(name = "onLeave")]
    fn tadpole_left(farewell: Farewell);
}

#[component]
impl Pond {
    /// Puts a tadpole into the water, and answers with who else is there.
    #[handler]
    fn enter(&mut self, session: &Session, enter: Enter) -> Result<Welcome> {
        let name = words::name(&enter.name)?;
        if session.get::<Swimmer>().is_some() {
            return Err(Error::reject("already_entered", "you swim in the pond already"));
        }
        if self.tadpoles.len() >= CAPACITY {
            let text = format!("{CAPACITY} tadpoles swim here already: try again later");
            return Err(Error::reject("pond_full", text));
        }
        self.last_id = self.last_id.wrapping_add(1);
        let swimmer = Swimmer::new(self.last_id, name, enter.hue, Instant::now());
        PondPush::to(&self.tadpoles).tadpole_entered(&swimmer.tadpole())?;
        session.insert(swimmer);
        self.tadpoles.add(session)?;
        let tadpoles = self.tadpoles.members();
        Ok(Welcome {
            id: self.last_id,
            radius: RADIUS,
            speed: SPEED,
            tadpoles: tadpoles.iter().filter_map(tadpole).collect(),
        })
    }

    /// Says where the visitor's tadpole is by now: up to 20 times a second, while it moves.
    #[handler]
    fn swim(&self, session: &Session, position: Position) {
        let now = Instant::now();
        let swam = session.update(|swimmer: &mut Swimmer| swimmer.swim(position, now));
        if swam != Some(true) {
            tracing::debug!(session = %session.id(), entered = swam.is_some(), "a position was ignored");
        }
    }

    /// Says something to everybody.
    #[handler]
    fn say(&self, session: &Session, say: Say) -> Result<()> {
        let now = Instant::now();
        let speaker =
            session.update(|swimmer: &mut Swimmer| (swimmer.id(), swimmer.may_speak(now)));
        match speaker {
            None => Err(Error::reject("not_entered", "enter the pond first")),
            Some((_, false)) => Err(Error::reject("too_often", "wait a moment before you go on")),
            Some((id, true)) => {
                let text = words::text(&say.text)?;
                PondPush::to(&self.tadpoles).tadpole_said(&Words { id, text })
            }
        }
    }

    /// Tells everybody who has moved.
    ///
    /// `swim` does not pass positions on itself: among n visitors that would be n * n * 20 messages a second,
    /// each with its own frame and header. So the pond collects them, and each visitor gets one message per
    /// tick, which is encoded once for all; and however often a client sends, the others get its latest
    /// position 20 times a second at most. The price is half a tick of delay on average, which the page's
    /// interpolation hides. It is also why a mover finds itself in the message: to leave each out of its
    /// own would be to encode n different ones.
    #[every("50ms")]
    fn tick(&self) -> Result<()> {
        let mut moves = Vec::new();
        let mut mover = None;
        for session in self.tadpoles.members() {
            if let Some(Some(step)) = session.update(Swimmer::take_move) {
                moves.push(step);
                mover = Some(session);
            }
        }
        match (moves.len(), mover) {
            // The only tadpole that moved knows its position.
            (1, Some(mover)) => {
                PondPush::to(&self.tadpoles.except(&mover)).tadpoles_moved(&Moves { moves })
            }
            (2.., _) => PondPush::to(&self.tadpoles).tadpoles_moved(&Moves { moves }),
            _ => Ok(()),
        }
    }

    /// Tells the other visitors. The session has left the group already.
    #[on(session_closed)]
    fn left(&self, session: &Session) -> Result<()> {
        match session.remove::<Swimmer>() {
            Some(swimmer) => {
                PondPush::to(&self.tadpoles).tadpole_left(&Farewell { id: swimmer.id() })
            }
            None => Ok(()),
        }
    }

    #[every("60s")]
    fn report(&self) {
        tracing::info!(tadpoles = self.tadpoles.len(), "pond");
    }
}

fn tadpole(session: &Session) -> Option<Tadpole> {
    session.update(|swimmer: &mut Swimmer| swimmer.tadpole())
}

#[cfg(test)]
mod tests;
