//! The messages of `proto/tank.proto`, made of the game and into it.

use nano::push;

use crate::game::{self, Event, Point, Refusal};

pub(crate) mod proto {
    //! The types that `nano-build` writes.
    nano::include_proto!("tank");
}

use proto::{Arenas, Hit, Kill, Left, Pilot, Spawn, State, Taken, Welcome};

/// The messages that an arena pushes to those in it.
#[push]
pub(crate) trait ArenaPush {
    /// The arena as it is. All further pushes go on from here.
    #[push(name = "onWelcome")]
    fn welcome(welcome: Welcome);
    /// The state after a tick. A page that is behind receives the newest one only.
    #[push(name = "onState", class = latest)]
    fn state(state: State);
    /// A tank fired.
    #[push(name = "onShot")]
    fn shot(shot: proto::Shot);
    /// A shell hit a tank.
    #[push(name = "onHit")]
    fn hit(hit: Hit);
    /// A tank is destroyed, and this is the score.
    #[push(name = "onKill")]
    fn killed(kill: Kill);
    /// A tank is in the arena, for the first time or again.
    #[push(name = "onSpawn")]
    fn spawned(spawn: Spawn);
    /// A crate lies about.
    #[push(name = "onCrate")]
    fn crate_placed(placed: proto::Crate);
    /// A tank took a crate.
    #[push(name = "onTaken")]
    fn crate_taken(taken: Taken);
    /// Somebody came.
    #[push(name = "onJoined")]
    fn joined(pilot: Pilot);
    /// Somebody left.
    #[push(name = "onLeft")]
    fn left(left: Left);
}

/// The messages that the lobby pushes to its visitors.
#[push]
pub(crate) trait LobbyPush {
    /// Arenas opened, changed or closed.
    #[push(name = "onArenas")]
    fn arenas(arenas: Arenas);
}

impl TryFrom<proto::Command> for game::Command {
    type Error = Refusal;

    fn try_from(sent: proto::Command) -> Result<Self, Refusal> {
        Self::new(sent.seq, [sent.heading, sent.throttle, sent.aim], sent.fire)
    }
}

/// A number of the game, none of which is negative where this is used.
fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn place(at: Point) -> (u32, u32) {
    (unsigned(at.x), unsigned(at.y))
}

pub(crate) fn tank(id: u32, tank: &game::Tank, away: bool) -> proto::Tank {
    let (x, y) = place(tank.body.at);
    proto::Tank {
        id,
        x,
        y,
        heading: unsigned(tank.body.heading),
        speed: tank.body.speed,
        aim: unsigned(tank.aim),
        health: unsigned(tank.health),
        reload: unsigned(tank.body.reload),
        boost: unsigned(tank.body.boost),
        shield: tank.shield,
        seq: tank.seq(),
        away,
    }
}

pub(crate) fn shot(shot: &game::Shot) -> proto::Shot {
    let (x, y) = place(shot.at);
    let game::Shot { tick, shell, owner, seq, .. } = *shot;
    proto::Shot { tick, shell, owner, seq, x, y, aim: unsigned(shot.aim) }
}

pub(crate) fn lying(tick: u32, lying: &game::Crate) -> proto::Crate {
    let (x, y) = place(lying.at);
    let kind = match lying.kind {
        game::CrateKind::Repair => proto::CrateKind::Repair,
        game::CrateKind::Boost => proto::CrateKind::Boost,
    };
    proto::Crate { tick, id: lying.id, kind: kind.into(), x, y }
}

/// Tells a group what happened in a tick.
pub(crate) fn tell(to: &nano::Group, tick: u32, event: &Event) -> nano::Result<()> {
    let to = ArenaPush::to(to);
    match *event {
        Event::Shot(ref fired) => to.shot(&shot(fired)),
        Event::Hit { shell, tank, by } => to.hit(&Hit { tick, shell, tank, by }),
        Event::Kill { tank, by, deaths, kills } => {
            to.killed(&Kill { tick, tank, by, deaths, kills })
        }
        Event::Spawn { tank, at } => {
            let (x, y) = place(at);
            to.spawned(&Spawn { tick, tank, x, y })
        }
        Event::Placed(ref placed) => to.crate_placed(&lying(tick, placed)),
        Event::Taken { id, tank } => to.crate_taken(&Taken { tick, id, tank }),
    }
}
