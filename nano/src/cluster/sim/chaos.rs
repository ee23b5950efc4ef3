//! Faults at random.

use std::collections::BTreeSet;
use std::time::Duration;

use super::dice::Dice;
use super::faults::{MASTER, MEMBER};
use super::observe::{self, Observed};
use super::settled::Settled;
use super::world::World;
use super::{stage, tables, users};
use crate::cluster::queue::LIMIT;

const GATES: [&str; 3] = ["gate1", "gate2", "gate3"];
const CHATS: [&str; 2] = ["chat1", "chat2"];
const LEDGERS: [&str; 2] = ["ledger1", "ledger2"];
const NODES: [&str; 8] =
    ["master", "gate1", "gate2", "gate3", "chat1", "chat2", "ledger1", "ledger2"];

/// The faults of one seed.
const FAULTS: usize = 6;

/// The most messages of a node's players that are on their way to one other node.
const OPEN: usize = 256;

/// The steps from one look at users and rooms to the next.
const LOOK: u64 = 20;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    Kill,
    Crash,
    /// It loses no request.
    Drain,
    /// Nothing arrives for a while, and then all of it.
    Hold,
    /// What is sent meanwhile is lost.
    Cut,
    /// What is sent in one direction is lost.
    HalfCut,
    /// A node does not reach the registry.
    Unregistered,
    /// A process stands still.
    Still,
}

pub(super) const KINDS: [Fault; 8] = [
    Fault::Kill,
    Fault::Crash,
    Fault::Drain,
    Fault::Hold,
    Fault::Cut,
    Fault::HalfCut,
    Fault::Unregistered,
    Fault::Still,
];

/// All that was seen of one seed, or the promise that was broken.
pub(super) type Outcome = Result<(Vec<Fault>, Observed), String>;

struct Chaos {
    world: World,
    dice: Dice,
    made: Vec<String>,
    /// Nothing fails.
    is_calm: bool,
    settled: Settled,
    steps: u64,
}

/// Runs one seed.
pub(super) fn run(seed: u64) -> Outcome {
    let mut world = World::new(seed);
    world.host("master", stage::MASTER, MASTER);
    GATES.into_iter().for_each(|name| world.host(name, stage::GATE, MEMBER));
    CHATS.into_iter().for_each(|name| world.host(name, stage::CHAT, MEMBER));
    LEDGERS.into_iter().for_each(|name| world.host(name, stage::LEDGER, MEMBER));
    let mut chaos = Chaos {
        world,
        dice: Dice::new(seed),
        made: Vec::new(),
        is_calm: true,
        settled: Settled::default(),
        steps: 0,
    };
    let mut kinds = KINDS;
    chaos.dice.shuffle(&mut kinds);
    let told = |fault: String, chaos: &Chaos| format!("{fault}; faults: {:?}", chaos.made);
    match chaos.run(&kinds[..FAULTS]) {
        Ok(()) => {
            let seen = observe::take();
            // Its hosts end with it, which nobody looks at.
            drop(chaos);
            Ok((kinds[..FAULTS].to_vec(), seen))
        }
        Err(fault) => Err(told(fault, &chaos)),
    }
}

/// Returns `true` if an error is a request's that must not fail while a node drains.
fn is_lost(drains: &str, route: &str, code: &str) -> bool {
    match (route, code) {
        ("stuck", _) | (_, "replaced" | "ousted" | "already_online" | "already_in_room") => false,
        // The rooms of the node end with it.
        ("enter" | "say" | "quit", "room_closed") => false,
        // It was on its way to a room of the node, which is gone by then.
        ("enter", "unavailable") => drains.starts_with("ledger"),
        // Nobody else gives names.
        ("hello" | "open" | "enter", "unavailable" | "timeout") => drains != "master",
        _ => true,
    }
}

fn is_whole(world: &World) -> bool {
    world.all_see_all(&NODES) && GATES.iter().all(|gate| world.is_served(gate))
}

impl Chaos {
    fn run(&mut self, kinds: &[Fault]) -> Result<(), String> {
        self.until(15 * SECOND, "the cluster is whole", is_whole)?;
        for kind in kinds {
            self.make(*kind)?;
            let rest = self.dice.millis(0, 3000);
            self.pass(rest)?;
        }
        self.until(60 * SECOND, "the cluster is whole again", is_whole)?;
        self.pass(5 * SECOND)?;
        NODES.into_iter().for_each(|name| self.world.of(name, |host| host.is_quiet = true));
        self.until(15 * SECOND, "all sessions have ended", |world| {
            NODES.into_iter().all(|name| sessions(world, name) == 0)
        })?;
        self.pass(SECOND)?;
        self.is_clean()
    }

    /// Makes a fault, and ends it after a while.
    fn make(&mut self, kind: Fault) -> Result<(), String> {
        // The master is one of eight, and more depends on it.
        let one = match self.dice.roll(4) {
            0 => "master",
            _ => NODES[self.dice.roll(NODES.len())],
        };
        let others: Vec<_> = NODES.into_iter().filter(|name| *name != one).collect();
        let other = others[self.dice.roll(others.len())];
        // Not the master.
        let member = NODES[1 + self.dice.roll(NODES.len() - 1)];
        let time = self.dice.millis(100, 8000);
        let made = format!("{kind:?} of {one} ({other}, {member}) for {time:?}");
        observe::event(&made);
        self.made.push(made);
        self.is_calm = false;
        let made = self.fail(kind, one, other, member, time);
        self.is_calm = true;
        made
    }

    fn fail(
        &mut self,
        kind: Fault,
        one: &'static str,
        other: &'static str,
        member: &'static str,
        time: Duration,
    ) -> Result<(), String> {
        match kind {
            Fault::Kill => self.world.kill(one),
            Fault::Crash => self.world.crash(one),
            Fault::Drain => return self.drain(one),
            Fault::Hold => self.world.sim().hold(one, other),
            Fault::Cut => self.world.sim().partition(one, other),
            Fault::HalfCut => self.world.sim().partition_oneway(one, other),
            Fault::Unregistered => self.world.sim().hold("master", member),
            Fault::Still => {
                let number = self.world.number(one);
                let by_message = CHATS.contains(&one);
                observe::stands_still(number, time + SECOND, by_message);
            }
        }
        self.pass(time)?;
        match kind {
            Fault::Kill | Fault::Crash => self.world.restart(one),
            Fault::Hold => self.world.sim().release(one, other),
            Fault::Cut => self.world.sim().repair(one, other),
            Fault::HalfCut => self.world.sim().repair_oneway(one, other),
            Fault::Unregistered => self.world.sim().release("master", member),
            Fault::Drain | Fault::Still => {}
        }
        Ok(())
    }

    /// Drains a node of a cluster that is whole: nobody loses a request, but those who are connected to it.
    fn drain(&mut self, one: &'static str) -> Result<(), String> {
        let others: Vec<_> = NODES.into_iter().filter(|name| *name != one).collect();
        // What the last fault broke is found out within the silence of a link.
        self.pass(5 * SECOND)?;
        self.until(60 * SECOND, "the cluster is whole before a drain", is_whole)?;
        self.pass(SECOND)?;
        let gates = GATES.into_iter().filter(|gate| *gate != one);
        gates.clone().for_each(|gate| drop(self.world.take_answers(gate)));
        let start = self.world.start_of(one);
        self.world.drain(one);
        self.until(15 * SECOND, "the node has left", |world| {
            world.of(one, |host| host.node.is_none())
                && (one == "master" || world.all_see_all(&others))
        })?;
        let left = observe::unended(start);
        if let Some(left) = left.iter().find(|what| what.starts_with("session")) {
            return Err(format!("{left} has not ended at {start:?}, which has drained"));
        }
        for gate in gates {
            let answers = self.world.take_answers(gate);
            let lost = answers.iter().find(|(_, route, answer)| {
                answer.as_ref().is_err_and(|code| is_lost(one, route, code))
            });
            if let Some((at, route, answer)) = lost {
                return Err(format!(
                    "{route} of {gate} has {answer:?} at {at:?}, while {one} drains"
                ));
            }
        }
        self.world.restart(one);
        Ok(())
    }

    /// Lets time pass.
    fn pass(&mut self, time: Duration) -> Result<(), String> {
        let end = self.world.sim().elapsed() + time;
        while self.world.sim().elapsed() < end {
            self.step()?;
        }
        Ok(())
    }

    fn until(
        &mut self,
        limit: Duration,
        awaited: &str,
        holds: impl Fn(&World) -> bool,
    ) -> Result<(), String> {
        let end = self.world.sim().elapsed() + limit;
        while !holds(&self.world) {
            if self.world.sim().elapsed() >= end {
                return Err(format!("{awaited}: not within {limit:?}; {}", self.world.tell()));
            }
            self.step()?;
        }
        Ok(())
    }

    /// Lets the world go on for one step, and checks all that it promises.
    fn step(&mut self) -> Result<(), String> {
        self.world.step();
        if let Some(broken) = observe::first_broken() {
            return Err(broken);
        }
        self.steps += 1;
        if self.steps.is_multiple_of(LOOK) {
            self.look()?;
        }
        for name in NODES {
            let (fault, node) = self.world.of(name, |host| (host.fault.take(), host.node.clone()));
            if let Some(fault) = fault {
                return Err(format!("{name}: {fault}"));
            }
            for peer in node.iter().flat_map(|node| node.gate.peers.all().to_vec()) {
                let Some(link) = peer.link() else { continue };
                let (calls, waiting) = (link.calls.len(), link.queue.waiting());
                if calls > OPEN || waiting > LIMIT {
                    let number = peer.number;
                    return Err(format!(
                        "{name} has {calls} calls and {waiting} bytes for node {number}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Checks what is so at all times, and what is so a while after the last fault.
    fn look(&mut self) -> Result<(), String> {
        if let Some(doubled) = tables::doubled(&self.world, &NODES) {
            return Err(doubled);
        }
        if !self.is_calm || !self.world.all_see_all(&NODES) {
            self.settled.fails();
            return Ok(());
        }
        let mut odd = BTreeSet::new();
        users::odd(&self.world, &GATES, &mut odd);
        tables::odd(&self.world, &NODES, &mut odd);
        self.settled.look(observe::now(), odd).map_or(Ok(()), Err)
    }

    /// Checks that nothing is left when all players have gone.
    fn is_clean(&self) -> Result<(), String> {
        for name in NODES {
            let left = observe::unended(self.world.start_of(name));
            let is_theirs =
                |what: &&String| what.starts_with("session") || what.starts_with("seat");
            if let Some(left) = left.iter().find(is_theirs) {
                return Err(format!("{left} has not ended at {name}"));
            }
            let node = self.world.of(name, |host| host.node.clone());
            for peer in node.iter().flat_map(|node| node.gate.peers.all().to_vec()) {
                let open = peer.link().map_or(0, |link| link.calls.len());
                if open > 0 {
                    return Err(format!("{open} calls of {name} are open, and nobody waits"));
                }
            }
        }
        Ok(())
    }
}

fn sessions(world: &World, name: &'static str) -> usize {
    world.of(name, |host| host.node.as_ref().map_or(0, |node| node.sessions.len()))
}
