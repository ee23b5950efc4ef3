//! The mind of a bot: it sees what a page is told, and makes the commands that hands would make.

use super::route;
use crate::game::{Map, Point, THROTTLE, TURN, UNIT, direction};
use crate::messages::proto::{Command, State, Tank};

/// Within this distance it circles around its target, and within the other it shoots.
const NEAR: i32 = 260 * UNIT;
const RANGE: i32 = 620 * UNIT;
/// A shell flies so far in a tick.
const SHELL: i32 = 20 * UNIT;
/// The ticks between two thoughts about where to go, and between two about where to stray to.
const THINK: u32 = 10;
const STRAY: u32 = 150;
/// It shoots in one of so many ticks, and misses by as much of a turn as that at most.
const TRIGGER: u32 = 18;
const ERROR: i32 = 26;

pub(super) struct Brain {
    id: u32,
    map: Map,
    seq: u32,
    /// Where it drives to next.
    way: Option<Point>,
    /// Where it goes when nobody is seen.
    stray: Point,
    /// The side to which it circles.
    side: i32,
    error: i32,
}

impl Brain {
    pub(super) fn new(id: u32, map: Map) -> Self {
        Self { id, map, seq: 0, way: None, stray: Point::default(), side: 1, error: 0 }
    }

    /// The command for a tick, or none while its tank is destroyed.
    pub(super) fn decide(&mut self, state: &State) -> Option<Command> {
        let own = state.tanks.iter().find(|tank| tank.id == self.id)?;
        let at = place(own);
        // A client that was away goes on behind what the server has from it.
        self.seq = self.seq.max(own.seq) + 1;
        let others = state.tanks.iter().filter(|tank| tank.id != self.id && !tank.away);
        let target = others.min_by_key(|tank| at.squared(place(tank)));
        let seen = target.filter(|target| {
            let target = place(target);
            at.squared(target) < squared(RANGE) && self.map.is_clear(at, target)
        });
        if self.seq % STRAY == 1 {
            self.stray = self.anywhere();
            self.side = if fastrand::bool() { 1 } else { -1 };
        }
        if self.seq % THINK == 1 {
            self.error = fastrand::i32(-ERROR..=ERROR);
            self.way = self.way(at, target, seen);
        }
        let heading = self.way.map(|way| direction(way.x - at.x, way.y - at.y));
        let aim = seen.map(|target| (self.lead(at, target) + self.error).rem_euclid(TURN));
        Some(Command {
            seq: self.seq,
            heading: unsigned(heading.unwrap_or_default()),
            throttle: heading.map_or(0, |_| unsigned(THROTTLE)),
            aim: aim.map_or(own.heading, unsigned),
            fire: seen.is_some_and(|target| target.shield == 0) && fastrand::u32(..TRIGGER) == 0,
        })
    }

    /// Where to drive: around a target that is near, towards one that is far, or anywhere.
    fn way(&self, at: Point, target: Option<&Tank>, seen: Option<&Tank>) -> Option<Point> {
        if let Some(near) = seen.map(place).filter(|near| at.squared(*near) < squared(NEAR)) {
            let (dx, dy) = (near.x - at.x, near.y - at.y);
            let around = Point { x: at.x - dy * self.side, y: at.y + dx * self.side };
            return Some(around);
        }
        // Some are hunters, and some go their own ways.
        let goal = target.filter(|_| self.id.is_multiple_of(2)).map_or(self.stray, place);
        route::next(&self.map, at, goal)
    }

    /// The angle at which a shell meets a target that goes on as it does.
    fn lead(&self, at: Point, target: &Tank) -> i32 {
        let to = place(target);
        let ticks = at.squared(to).isqrt() / i64::from(SHELL);
        let turn = f64::from(target.heading) * std::f64::consts::TAU / f64::from(TURN);
        let way = f64::from(target.speed) * ticks as f64;
        let (dx, dy) = ((turn.cos() * way) as i32, (turn.sin() * way) as i32);
        direction(to.x + dx - at.x, to.y + dy - at.y)
    }

    fn anywhere(&self) -> Point {
        let rows = self.map.rows();
        let number = |end: usize| i32::try_from(fastrand::usize(..end.max(1))).unwrap_or_default();
        let width = rows.first().map_or(0, String::len);
        let tile = crate::game::TILE;
        let anywhere = |_| Point {
            x: number(width) * tile + tile / 2,
            y: number(rows.len()) * tile + tile / 2,
        };
        (0..20).map(anywhere).find(|place| self.map.has_room(*place)).unwrap_or_default()
    }
}

fn place(tank: &Tank) -> Point {
    Point { x: signed(tank.x), y: signed(tank.y) }
}

/// A coordinate, none of which is beyond the map.
fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or_default()
}

fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

fn squared(length: i32) -> i64 {
    i64::from(length) * i64::from(length)
}
