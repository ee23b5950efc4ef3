//! The state of an arena, and its ticks.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::UNIT;
use super::commands::{Command, Commands, Refusal};
use super::map::{Map, Point};
use super::shell::{STEPS, Shell, Shot};
use super::tank::{Body, HEALTH, RADIUS};

const DAMAGE: i32 = 25;
/// The ticks until a tank that was destroyed comes back, and those for which nothing hurts it then.
const RESPAWN: u32 = 75;
const SHIELD: u32 = 50;
/// The ticks between two crates, the number of them that lie about at most, and what they do.
const CRATE_EVERY: u32 = 240;
const MOST_CRATES: usize = 4;
const CRATE_REACH: i32 = RADIUS + 14 * UNIT;
const REPAIR: i32 = 50;
const BOOST: i32 = 270;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct World {
    map: Map,
    tick: u32,
    chance: Rng,
    tanks: BTreeMap<u32, Tank>,
    shells: Vec<Shell>,
    crates: Vec<Crate>,
    last_tank: u32,
    last_shell: u32,
    last_crate: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tank {
    pub(crate) body: Body,
    pub(crate) aim: i32,
    pub(crate) health: i32,
    /// The ticks for which nothing hurts it.
    pub(crate) shield: u32,
    /// The ticks until it comes back; 0 while it is in the arena.
    pub(crate) down: u32,
    pub(crate) kills: u32,
    pub(crate) deaths: u32,
    commands: Commands,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) id: u32,
    pub(crate) kind: CrateKind,
    pub(crate) at: Point,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrateKind {
    Repair,
    Boost,
}

/// A thing that happens in a tick, and that no state shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Shot(Shot),
    Hit {
        shell: u32,
        tank: u32,
        by: u32,
    },
    /// A tank is destroyed, and this is the score: its own deaths, and the kills of who did it.
    Kill {
        tank: u32,
        by: u32,
        deaths: u32,
        kills: u32,
    },
    Spawn {
        tank: u32,
        at: Point,
    },
    Placed(Crate),
    Taken {
        id: u32,
        tank: u32,
    },
}

impl Tank {
    /// The number of the last command that it has followed.
    pub(crate) fn seq(&self) -> u32 {
        self.commands.done()
    }

    pub(crate) fn is_up(&self) -> bool {
        self.down == 0
    }
}

impl World {
    pub(crate) fn new(map: Map, seed: u64) -> Self {
        Self {
            map,
            tick: 0,
            chance: Rng::with_seed(seed),
            tanks: BTreeMap::new(),
            shells: Vec::new(),
            crates: Vec::new(),
            last_tank: 0,
            last_shell: 0,
            last_crate: 0,
        }
    }

    pub(crate) fn map(&self) -> &Map {
        &self.map
    }

    pub(crate) fn tick(&self) -> u32 {
        self.tick
    }

    pub(crate) fn tanks(&self) -> impl Iterator<Item = (u32, &Tank)> {
        self.tanks.iter().map(|(id, tank)| (*id, tank))
    }

    pub(crate) fn tank(&self, id: u32) -> Option<&Tank> {
        self.tanks.get(&id)
    }

    pub(crate) fn shots(&self) -> impl Iterator<Item = &Shot> {
        self.shells.iter().map(|shell| &shell.shot)
    }

    pub(crate) fn crates(&self) -> &[Crate] {
        &self.crates
    }

    /// Gives somebody a tank, which appears with the next tick.
    pub(crate) fn join(&mut self) -> u32 {
        self.last_tank += 1;
        self.tanks.insert(self.last_tank, Tank { down: 1, ..Tank::default() });
        self.last_tank
    }

    /// Takes a tank away. Its shells fly on.
    pub(crate) fn leave(&mut self, id: u32) {
        self.tanks.remove(&id);
    }

    /// Queues a command.
    ///
    /// # Errors
    ///
    /// The reason for which it is not taken. A tank that is not there takes all, and does nothing.
    pub(crate) fn command(&mut self, id: u32, command: Command) -> Result<(), Refusal> {
        self.tanks.get_mut(&id).map_or(Ok(()), |tank| tank.commands.add(command))
    }

    /// Lets the time of a tick pass, and adds what happens to `events`.
    pub(crate) fn step(&mut self, events: &mut Vec<Event>) {
        self.tick += 1;
        self.spawn(events);
        self.drive(events);
        self.push_apart();
        self.fly(events);
        self.collect(events);
    }

    fn spawn(&mut self, events: &mut Vec<Event>) {
        let mut coming = Vec::new();
        for (id, tank) in &mut self.tanks {
            tank.shield = tank.shield.saturating_sub(1);
            if tank.down > 0 {
                tank.down -= 1;
                if tank.is_up() {
                    coming.push(*id);
                    // It is not there yet for those that come with it.
                    tank.down = 1;
                }
            }
        }
        for id in coming {
            let at = self.free_place();
            let Some(tank) = self.tanks.get_mut(&id) else { continue };
            let heading = self.chance.i32(0..super::TURN);
            tank.body = Body { at, heading, ..Body::default() };
            (tank.aim, tank.health, tank.shield, tank.down) = (heading, HEALTH, SHIELD, 0);
            events.push(Event::Spawn { tank: id, at });
        }
    }

    /// The place of tanks that is farthest from all that are in the arena; any of them, if several are.
    fn free_place(&mut self) -> Point {
        let mut places = self.map.spawns.clone();
        self.chance.shuffle(&mut places);
        let distance = |place: &Point| {
            let up = self.tanks.values().filter(|tank| tank.is_up());
            up.map(|tank| tank.body.at.squared(*place)).min()
        };
        places.iter().max_by_key(|place| distance(place)).copied().unwrap_or_default()
    }

    fn drive(&mut self, events: &mut Vec<Event>) {
        for (&owner, tank) in &mut self.tanks {
            for _ in 0..tank.commands.due() {
                let Some(command) = tank.commands.next() else { break };
                // What it wanted while it was destroyed is forgotten.
                if !tank.is_up() {
                    continue;
                }
                tank.aim = command.aim;
                if tank.body.follow(&command, &self.map) {
                    self.last_shell += 1;
                    let shot = Shot {
                        tick: self.tick,
                        shell: self.last_shell,
                        owner,
                        seq: command.seq,
                        at: tank.body.at,
                        aim: command.aim,
                    };
                    self.shells.push(Shell::new(shot));
                    events.push(Event::Shot(shot));
                }
            }
        }
    }

    /// Pushes tanks that overlap a part of the way apart. They stop one another within some ticks, and none is stuck.
    fn push_apart(&mut self) {
        let ids: Vec<u32> =
            self.tanks().filter(|(_, tank)| tank.is_up()).map(|(id, _)| id).collect();
        for (index, one) in ids.iter().enumerate() {
            for other in &ids[index + 1..] {
                let (from, to) = (self.tanks[one].body.at, self.tanks[other].body.at);
                let distance = from.squared(to).isqrt();
                let overlap = i64::from(2 * RADIUS) - distance;
                if overlap <= 0 {
                    continue;
                }
                let part = |way: i32| {
                    let push = i64::from(way) * overlap / (4 * distance.max(1));
                    i32::try_from(push).unwrap_or_default()
                };
                let (mut dx, dy) = (part(to.x - from.x), part(to.y - from.y));
                if distance == 0 {
                    dx = UNIT;
                }
                for (id, dx, dy) in [(one, -dx, -dy), (other, dx, dy)] {
                    if let Some(tank) = self.tanks.get_mut(id) {
                        tank.body.at = self.map.slide(tank.body.at, dx, dy);
                    }
                }
            }
        }
    }

    fn fly(&mut self, events: &mut Vec<Event>) {
        let mut shells = std::mem::take(&mut self.shells);
        shells.retain_mut(|shell| {
            (0..STEPS).all(|_| shell.fly(&self.map) && !self.strike(shell, events))
        });
        self.shells = shells;
    }

    /// Hurts a tank that a shell has reached. Returns `true` if there is one.
    fn strike(&mut self, shell: &Shell, events: &mut Vec<Event>) -> bool {
        let reached = |id: u32, tank: &Tank| {
            tank.is_up()
                && shell.hurts(id)
                && tank.body.at.squared(shell.at) < i64::from(RADIUS) * i64::from(RADIUS)
        };
        let Some((&id, tank)) = self.tanks.iter_mut().find(|(id, tank)| reached(**id, tank)) else {
            return false;
        };
        let by = shell.shot.owner;
        events.push(Event::Hit { shell: shell.shot.shell, tank: id, by });
        if tank.shield > 0 {
            return true;
        }
        tank.health -= DAMAGE;
        if tank.health <= 0 {
            tank.down = RESPAWN;
            tank.deaths += 1;
            let deaths = tank.deaths;
            let killer = self.tanks.get_mut(&by);
            let kills = killer.map_or(0, |killer| {
                killer.kills += u32::from(by != id);
                killer.kills
            });
            events.push(Event::Kill { tank: id, by, deaths, kills });
        }
        true
    }

    fn collect(&mut self, events: &mut Vec<Event>) {
        let reach = i64::from(CRATE_REACH) * i64::from(CRATE_REACH);
        self.crates.retain(|lying| {
            let up = self.tanks.iter_mut().filter(|(_, tank)| tank.is_up());
            let near = up.filter(|(_, tank)| tank.body.at.squared(lying.at) < reach);
            let wants = |tank: &Tank| lying.kind == CrateKind::Boost || tank.health < HEALTH;
            let Some((&id, tank)) = { near }.find(|(_, tank)| wants(tank)) else { return true };
            match lying.kind {
                CrateKind::Repair => tank.health = (tank.health + REPAIR).min(HEALTH),
                CrateKind::Boost => tank.body.boost = BOOST,
            }
            events.push(Event::Taken { id: lying.id, tank: id });
            false
        });
        if self.tick.is_multiple_of(CRATE_EVERY) && self.crates.len() < MOST_CRATES {
            let is_free = |place: &&Point| self.crates.iter().all(|lying| lying.at != **place);
            let free: Vec<Point> = self.map.crates.iter().filter(is_free).copied().collect();
            if let Some(&at) = self.chance.choice(&free) {
                self.last_crate += 1;
                let kind = self.chance.choice([CrateKind::Repair, CrateKind::Boost]);
                let kind = kind.unwrap_or(CrateKind::Repair);
                let placed = Crate { id: self.last_crate, kind, at };
                self.crates.push(placed);
                events.push(Event::Placed(placed));
            }
        }
    }
}

#[cfg(test)]
mod tests;
