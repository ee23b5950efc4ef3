//! An arena: a room with a game, whose clock is the room's own timer.

mod pace;

use std::collections::HashMap;

use nano::{Context, LeaveReason, Result, Session, SessionId, component};
use tokio::time::Instant;

use crate::game::{Event, Map, World};
use crate::messages::{ArenaPush, lying, proto, shot, tank, tell};
use pace::Pace;
pub(crate) use pace::TICK;
use proto::{Command, Left, Pilot, State, Welcome};

/// The tanks of an arena: their states are one message of some hundred bytes, which fits a datagram.
pub(crate) const PLACES: usize = 16;

/// What lobby and matchmaking see of an arena.
#[derive(Default)]
pub(crate) struct ArenaInfo {
    pub(crate) pilots: Vec<String>,
}

/// Whoever comes to an arena.
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) hue: u32,
}

pub(crate) struct Arena {
    world: World,
    /// Those who have a tank, and those who get one with the next tick.
    pilots: HashMap<SessionId, Seated>,
    coming: Vec<(Session, Guest)>,
    events: Vec<Event>,
    pace: Pace,
}

struct Seated {
    session: Session,
    tank: u32,
    guest: Guest,
}

impl Arena {
    pub(crate) fn new(map: Map, seed: u64) -> Self {
        Self {
            world: World::new(map, seed),
            pilots: HashMap::new(),
            coming: Vec::new(),
            events: Vec::new(),
            pace: Pace::default(),
        }
    }
}

#[component(room(info = ArenaInfo))]
impl Arena {
    #[on(enter)]
    fn entered(&mut self, session: &Session, guest: Guest) {
        self.coming.push((session.clone(), guest));
    }

    /// Tells what the hands want for one tick. There is no reply: the states say which commands they follow from.
    #[handler(rate = "40/s burst 60", max_body = "64B")]
    fn drive(&mut self, session: &Session, command: Command) {
        // Between entering and the next tick there is no tank.
        let Some(pilot) = self.pilots.get(&session.id()) else { return };
        let taken = command.try_into().and_then(|command| self.world.command(pilot.tank, command));
        if let Err(refusal) = taken {
            tracing::debug!(session = %session.id(), ?refusal, "a command was ignored");
        }
    }

    /// Leaves the arena.
    #[handler(rate = "2/s")]
    fn quit(&self, session: &Session) {
        session.leave::<Self>();
    }

    /// Lets the time of a tick pass, about 30 times a second, and tells everybody: what happened, each once, and the state,
    /// which is encoded once for all.
    #[every("33ms")]
    fn tick(&mut self, ctx: &Context<Self>) -> Result<()> {
        self.let_in(ctx)?;
        for _ in 0..self.pace.due(Instant::now()) {
            self.world.step(&mut self.events);
            let tick = self.world.tick();
            for event in self.events.drain(..) {
                tell(ctx.members(), tick, &event)?;
            }
        }
        ArenaPush::to(ctx.members()).state(&self.state())
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason, ctx: &Context<Self>) -> Result<()> {
        self.coming.retain(|(coming, _)| coming.id() != session.id());
        let Some(pilot) = self.pilots.remove(&session.id()) else { return Ok(()) };
        self.world.leave(pilot.tank);
        if reason == LeaveReason::RoomClosed {
            return Ok(());
        }
        self.advertise(ctx);
        ArenaPush::to(ctx.members()).left(&Left { tank: pilot.tank })
    }
}

impl Arena {
    /// Gives a tank to those who have come in.
    ///
    /// A session joins `ctx.members()` after its `enter` hook. It is welcomed as a member, in a tick, so that no event
    /// is lost between the arena as the welcome shows it and the first push.
    fn let_in(&mut self, ctx: &Context<Self>) -> Result<()> {
        let is_in = |(session, _): &mut (Session, Guest)| ctx.members().contains(session);
        let coming: Vec<_> = self.coming.extract_if(.., is_in).collect();
        for (session, guest) in coming {
            let pilot = Seated { session: session.clone(), tank: self.world.join(), guest };
            ArenaPush::to(&ctx.members().except(&session)).joined(&self.pilot(&pilot))?;
            let id = pilot.tank;
            self.pilots.insert(session.id(), pilot);
            self.advertise(ctx);
            ArenaPush::to(&session).welcome(&self.welcome(id))?;
        }
        Ok(())
    }

    /// Tells lobby and matchmaking.
    fn advertise(&self, ctx: &Context<Self>) {
        let mut pilots: Vec<_> =
            self.pilots.values().map(|pilot| (pilot.tank, pilot.guest.name.clone())).collect();
        pilots.sort_unstable();
        ctx.set_info(ArenaInfo { pilots: pilots.into_iter().map(|(_, name)| name).collect() });
    }

    fn pilot(&self, pilot: &Seated) -> Pilot {
        let Guest { name, hue } = &pilot.guest;
        let tank = self.world.tank(pilot.tank);
        Pilot {
            id: pilot.tank,
            name: name.clone(),
            hue: *hue,
            kills: tank.map_or(0, |tank| tank.kills),
            deaths: tank.map_or(0, |tank| tank.deaths),
        }
    }

    fn welcome(&self, id: u32) -> Welcome {
        let tick = self.world.tick();
        Welcome {
            id,
            tick,
            rows: self.world.map().rows().to_vec(),
            pilots: self.pilots.values().map(|pilot| self.pilot(pilot)).collect(),
            shots: self.world.shots().map(shot).collect(),
            crates: self.world.crates().iter().map(|placed| lying(tick, placed)).collect(),
        }
    }

    fn state(&self) -> State {
        let lost: Vec<u32> = self
            .pilots
            .values()
            .filter(|pilot| pilot.session.is_lost())
            .map(|pilot| pilot.tank)
            .collect();
        let up = self.world.tanks().filter(|(_, tank)| tank.is_up());
        let tanks = up.map(|(id, up)| tank(id, up, lost.contains(&id))).collect();
        State { tick: self.world.tick(), tanks }
    }
}

#[cfg(test)]
mod tests;
