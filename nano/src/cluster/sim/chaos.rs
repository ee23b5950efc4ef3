//! Faults at random, by seeds. `NANO_SIM_SEEDS=200 cargo test -p nano --all-features --lib sim::chaos` runs that many.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::faults::{MASTER, MEMBER};
use super::world::World;

const NODES: [&str; 5] = ["master", "gate", "door", "backend", "other"];

/// The faults of one seed.
const FAULTS: usize = 10;

/// The seeds of a usual run.
const SEEDS: u64 = 4;

/// Numbers that look random, the same for each run of a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % sides as u64).expect("less than sides")
    }

    fn millis(&mut self, from: usize, to: usize) -> Duration {
        Duration::from_millis((from + self.roll(to - from)) as u64)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Kill,
    Crash,
    Drain,
    /// Nothing arrives for a while, and then all of it.
    Hold,
    /// What is sent meanwhile is lost.
    Cut,
}

const KINDS: [Fault; 5] = [Fault::Kill, Fault::Crash, Fault::Drain, Fault::Hold, Fault::Cut];

/// Runs one seed, and returns the faults that were made.
fn run(seed: u64) -> Vec<(Fault, &'static str)> {
    let mut world = World::new(seed);
    for name in NODES {
        match name {
            "master" => world.gate(name, MASTER),
            "gate" | "door" => world.gate(name, MEMBER),
            _ => world.backend(name, MEMBER),
        }
    }
    let is_whole = |world: &World| {
        world.all_see_all(&NODES)
            && ["master", "gate", "door"].iter().all(|gate| world.is_served(gate))
    };
    world.until(Duration::from_secs(10), "all see all", is_whole);
    let mut dice = Dice(seed);
    let mut made = Vec::new();
    for _ in 0..FAULTS {
        let (kind, one) = (KINDS[dice.roll(KINDS.len())], NODES[dice.roll(NODES.len())]);
        let other = NODES.into_iter().filter(|name| *name != one).nth(dice.roll(NODES.len() - 1));
        let other = other.expect("another node");
        match kind {
            Fault::Kill => world.kill(one),
            Fault::Crash => world.crash(one),
            Fault::Drain => world.drain(one),
            Fault::Hold => world.sim().hold(one, other),
            Fault::Cut => world.sim().partition(one, other),
        }
        made.push((kind, one));
        check_for(&mut world, dice.millis(100, 8000), seed, &made);
        match kind {
            Fault::Kill | Fault::Crash | Fault::Drain => world.restart(one),
            Fault::Hold => world.sim().release(one, other),
            Fault::Cut => world.sim().repair(one, other),
        }
        check_for(&mut world, dice.millis(0, 4000), seed, &made);
    }
    world.until(Duration::from_secs(60), "the cluster is whole again", is_whole);
    check(&world, seed, &made);
    made
}

/// Checks the invariants for a while.
fn check_for(world: &mut World, time: Duration, seed: u64, made: &[(Fault, &str)]) {
    let end = world.sim().elapsed() + time;
    while world.sim().elapsed() < end {
        world.run(Duration::from_millis(50));
        check(world, seed, made);
    }
}

fn check(world: &World, seed: u64, made: &[(Fault, &str)]) {
    let mut numbers = BTreeSet::new();
    for name in NODES {
        for number in world.of(name, |host| host.numbers.clone()) {
            assert!(numbers.insert(number), "seed {seed}: number {number} twice, {made:?}");
        }
        let fault = world.of(name, |host| host.fault.clone());
        assert_eq!(fault, None, "seed {seed}, {name}: {made:?}");
        let view = world.view(name);
        let names: BTreeSet<_> = view.iter().map(crate::Node::name).collect();
        assert_eq!(names.len(), view.len(), "seed {seed}: a name twice, {made:?}");
        for (at, route, answer) in world.take_answers_but_last(name) {
            let Err(fault) = answer else { continue };
            // A request without an answer is one that was lost.
            let is_lost = fault.contains("not answered") && route == "echo";
            assert!(!is_lost, "seed {seed}: {fault} at {name} after {at:?}, {made:?}");
        }
    }
}

#[test]
fn whatever_fails_the_cluster_is_whole_again() {
    let seeds =
        std::env::var("NANO_SIM_SEEDS").map_or(SEEDS, |seeds| seeds.parse().expect("a number"));
    let mut count: BTreeMap<Fault, u64> = BTreeMap::new();
    for seed in 0..seeds {
        for (kind, _) in run(1000 + seed) {
            *count.entry(kind).or_default() += 1;
        }
    }
    assert!(KINDS.iter().all(|kind| count.contains_key(kind)), "not each kind: {count:?}");
}
