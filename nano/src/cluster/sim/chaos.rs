//! Faults at random, by seeds. `cargo xtask sim` runs many.

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::dice::Dice;
use super::faults::{MASTER, MEMBER};
use super::observe::{self, Observed};
use super::stage;
use super::world::World;
use crate::cluster::planted::{self, PLANTED};
use crate::cluster::queue::LIMIT;

const GATES: [&str; 3] = ["gate1", "gate2", "gate3"];
const CHATS: [&str; 2] = ["chat1", "chat2"];
const LEDGERS: [&str; 2] = ["ledger1", "ledger2"];
const NODES: [&str; 8] =
    ["master", "gate1", "gate2", "gate3", "chat1", "chat2", "ledger1", "ledger2"];

/// The faults of one seed.
const FAULTS: usize = 6;

/// The seeds of a usual run, and those within which a planted fault is found.
const SEEDS: u64 = 4;
const ENOUGH: u64 = 200;

/// The first seed of a usual run.
const FIRST: u64 = 1000;

/// The most messages of a node's players that are on their way to one other node.
const OPEN: usize = 256;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
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

const KINDS: [Fault; 8] = [
    Fault::Kill,
    Fault::Crash,
    Fault::Drain,
    Fault::Hold,
    Fault::Cut,
    Fault::HalfCut,
    Fault::Unregistered,
    Fault::Still,
];

/// The frames between nodes, each of which has to occur.
const FRAMES: [&str; 12] = [
    "Answer", "Close", "Closed", "Done", "Goodbye", "Hello", "Leaving", "Manifest", "Patch",
    "Ping", "Push", "Request",
];

/// All that was seen of one seed, or the promise that was broken.
type Outcome = Result<(Vec<Fault>, Observed), String>;

struct Chaos {
    world: World,
    dice: Dice,
    made: Vec<String>,
}

/// Runs one seed.
fn run(seed: u64) -> Outcome {
    let mut world = World::new(seed);
    world.host("master", stage::MASTER, MASTER);
    GATES.into_iter().for_each(|name| world.host(name, stage::GATE, MEMBER));
    CHATS.into_iter().for_each(|name| world.host(name, stage::CHAT, MEMBER));
    LEDGERS.into_iter().for_each(|name| world.host(name, stage::LEDGER, MEMBER));
    let mut chaos = Chaos { world, dice: Dice::new(seed), made: Vec::new() };
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
        match kind {
            Fault::Kill => self.world.kill(one),
            Fault::Crash => self.world.crash(one),
            Fault::Drain => return self.drain(one, &others),
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
    fn drain(&mut self, one: &'static str, others: &[&'static str]) -> Result<(), String> {
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
                && (one == "master" || world.all_see_all(others))
        })?;
        let left = observe::unended(start);
        if let Some(left) = left.iter().find(|what| what.starts_with("session")) {
            return Err(format!("{left} has not ended at {start:?}, which has drained"));
        }
        for gate in gates {
            let answers = self.world.take_answers(gate);
            let counts = |route: &str| route != "stuck";
            let lost = answers.iter().find(|(_, route, answer)| counts(route) && answer.is_err());
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

    /// Checks that nothing is left when all players have gone.
    fn is_clean(&self) -> Result<(), String> {
        for name in NODES {
            let left = observe::unended(self.world.start_of(name));
            if let Some(left) = left.iter().find(|what| what.starts_with("session")) {
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

/// Runs one seed, with a planted fault or none. A panic is a broken promise, too.
fn guarded(seed: u64, fault: Option<&'static str>) -> Outcome {
    planted::plant(fault);
    let outcome = catch_unwind(AssertUnwindSafe(|| run(seed)));
    planted::plant(None);
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "a panic".to_owned()))
    })
}

/// Runs a seed twice, and compares what happened.
fn twice(seed: u64) -> Outcome {
    let (kinds, first) = guarded(seed, None)?;
    let (_, second) = guarded(seed, None)?;
    let mut pairs = first.trace.iter().zip(&second.trace).enumerate();
    match pairs.find(|(_, (one, other))| one != other) {
        Some((at, (one, other))) => {
            Err(format!("two runs differ at event {at}: `{one}`, and then `{other}`"))
        }
        None if first.trace.len() != second.trace.len() => {
            Err(format!("two runs have {} and {} events", first.trace.len(), second.trace.len()))
        }
        None => Ok((kinds, first)),
    }
}

/// Does work of so many parts on all cores.
fn in_parallel(parts: usize, work: impl Fn(usize) + Sync) {
    let (next, cores) =
        (AtomicUsize::new(0), thread::available_parallelism().map_or(1, Into::into));
    thread::scope(|scope| {
        for _ in 0..parts.min(cores) {
            scope.spawn(|| {
                let take = || next.fetch_add(1, Ordering::Relaxed);
                std::iter::repeat_with(take).take_while(|at| *at < parts).for_each(&work);
            });
        }
    });
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |number| number.parse().expect("a number"))
}

#[test]
#[expect(clippy::print_stdout, reason = "`cargo xtask sim` shows it")]
fn whatever_fails_the_cluster_is_whole_again() {
    let (seeds, first) = (number("NANO_SIM_SEEDS", SEEDS), number("NANO_SIM_FIRST", FIRST));
    let is_twice = env::var_os("NANO_SIM_TWICE").is_some();
    let (faults, frames) = (Mutex::new(BTreeMap::new()), Mutex::new(BTreeMap::new()));
    let (events, stood, broken) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(Vec::new()));
    in_parallel(usize::try_from(seeds).expect("a number of seeds"), |at| {
        let seed = first + at as u64;
        let outcome = if is_twice { twice(seed) } else { guarded(seed, None) };
        match outcome {
            Ok((kinds, seen)) => {
                let mut faults = faults.lock().expect("no panic");
                kinds.into_iter().for_each(|kind| *faults.entry(kind).or_insert(0_u64) += 1);
                let mut frames = frames.lock().expect("no panic");
                for (kind, count) in seen.frames {
                    *frames.entry(kind).or_insert(0_u64) += count;
                }
                events.fetch_add(seen.trace.len() as u64, Ordering::Relaxed);
                stood.fetch_add(seen.stood, Ordering::Relaxed);
            }
            Err(fault) => broken.lock().expect("no panic").push(format!("seed {seed}: {fault}")),
        }
    });
    let (faults, frames) = (faults.into_inner().unwrap(), frames.into_inner().unwrap());
    let (events, stood) = (events.into_inner(), stood.into_inner());
    println!("{seeds} seeds from {first}: {events} events\n{faults:?}, {stood} stood\n{frames:?}");
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{} of {seeds}:\n{}", broken.len(), broken.join("\n"));
    assert!(KINDS.iter().all(|kind| faults.contains_key(kind)), "not each fault: {faults:?}");
    assert!(FRAMES.iter().all(|kind| frames.contains_key(kind)), "not each frame: {frames:?}");
    assert!(stood > 0, "no process stood still");
}

/// A planted fault is found when a seed fails with it.
#[test]
#[ignore = "`cargo xtask sim --mutants` runs it"]
#[expect(clippy::print_stdout, reason = "`cargo xtask sim` shows it")]
fn each_planted_fault_is_found() {
    let only = env::var("NANO_SIM_PLANT").ok();
    let chosen = |name: &str| only.as_ref().is_none_or(|only| only == name);
    let planted: Vec<_> = PLANTED.iter().filter(|(name, _)| chosen(name)).collect();
    assert!(!planted.is_empty(), "no fault is called {only:?}; there are {PLANTED:?}");
    let (first, missed) = (number("NANO_SIM_FIRST", FIRST), Mutex::new(Vec::new()));
    in_parallel(planted.len(), |at| {
        let (name, place) = *planted[at];
        let found = (0..ENOUGH)
            .find_map(|at| guarded(first + at, Some(name)).err().map(|fault| (at + 1, fault)));
        match found {
            Some((seeds, fault)) => {
                let fault = fault.lines().next().unwrap_or_default();
                println!("{name:<16} {place}\n{:<16} found by seed {seeds}: {fault:.200}", "");
            }
            None => missed.lock().expect("no panic").push(name),
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "not found within {ENOUGH} seeds: {missed:?}");
}
