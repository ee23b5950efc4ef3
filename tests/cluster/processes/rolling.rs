//! A restart of all nodes, one after another, while clients ask.

mod player;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::node::{Fact, Node, Role};
use crate::processes::rolling::player::{Player, Seen};
use crate::table::{is_whole, report};

const PLAYERS: u64 = 6;

/// The time that a client has one node after another to itself.
const WHILE: Duration = Duration::from_millis(500);

/// The time of a gate's drain.
const DRAIN: Duration = Duration::from_secs(2);

/// The number of restarts of all nodes: 20 in the whole run, or as the environment says.
fn runs() -> u32 {
    let wanted = std::env::var("NANO_CLUSTER_RUNS").ok();
    let wanted = wanted.map(|runs| runs.parse().expect("NANO_CLUSTER_RUNS is a number"));
    wanted.unwrap_or(if is_whole() { 20 } else { 1 })
}

/// All nodes, and what those before them told.
struct World {
    /// The gates, the backends, and the master: the order in which they are restarted.
    nodes: Vec<Node>,
    told: Vec<(Instant, Fact)>,
}

impl World {
    async fn start() -> Self {
        let master = Node::start(Role::master("master").drain(DRAIN)).await;
        let address = master.cluster();
        let join = |name: &str| Role::join(name, address).drain(DRAIN);
        let mut nodes = Vec::new();
        for name in ["desk-1", "desk-2"] {
            nodes.push(Node::start(join(name).backend()).await);
        }
        for (at, name) in ["gate-1", "gate-2"].into_iter().enumerate() {
            nodes.insert(at, Node::start(join(name).gate().resumable()).await);
        }
        nodes.push(master);
        Self { nodes, told: Vec::new() }
    }

    /// Lets a node drain and end, and starts it again. Returns the times of the signal and of its return.
    async fn restart(&mut self, at: usize) -> (Instant, Instant) {
        let node = &mut self.nodes[at];
        let again = node.again();
        node.terminate();
        let asked = Instant::now();
        assert!(node.ended().await, "{} ends without a fault", node.name());
        let newer = Node::spawn(again);
        let back = newer.started().await;
        let older = std::mem::replace(&mut self.nodes[at], newer);
        self.told.extend(older.facts());
        (asked, back)
    }

    /// How often each message was handled, and each push was sent.
    fn handled(&self) -> (BTreeMap<u64, u32>, Vec<u64>) {
        let (mut handled, mut pushed) = (BTreeMap::new(), Vec::new());
        let now = self.nodes.iter().flat_map(Node::facts);
        for (_, fact) in self.told.iter().cloned().chain(now) {
            match fact {
                Fact::Noted { number } => *handled.entry(number).or_default() += 1,
                Fact::Pushed { number } => pushed.push(number),
                _ => {}
            }
        }
        (handled, pushed)
    }
}

/// What one run showed.
#[derive(Default)]
struct Figures {
    answers: usize,
    shutdowns: usize,
    unsent: usize,
    pushes: usize,
    returns: usize,
    longest: Duration,
    took: Duration,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answers, shutdowns, unsent, pushes, returns, longest, took } = self;
        write!(
            f,
            "{answers} answers, {shutdowns} late ones cut short by the own gate's drain, {unsent} that reached no gate, \
             {pushes} pushes, {returns} returns of clients, longest answer {longest:.0?}, in {took:.0?}"
        )
    }
}

async fn run() -> Figures {
    let mut world = World::start().await;
    let gates = [world.nodes[0].clients(), world.nodes[1].clients()];
    let start = Instant::now();
    let players: Vec<_> = (0..PLAYERS).map(|player| Player::start(player, gates)).collect();
    sleep(WHILE).await;
    // The times at which a client of each gate may be sent away.
    let mut drains = Vec::new();
    for at in 0..world.nodes.len() {
        let gate = gates.get(at).copied();
        let (asked, back) = world.restart(at).await;
        drains.extend(gate.map(|gate| (gate, asked, back)));
        sleep(WHILE).await;
    }
    let mut all = Vec::new();
    for player in players {
        all.push(player.end().await);
    }
    // What follows an answer.
    sleep(Duration::from_millis(200)).await;
    let mut figures = check(&world, &all);
    for (gate, end, reason) in all.iter().flat_map(|seen| &seen.ends) {
        let is_due = |(drained, asked, back): &(_, Instant, Instant)| {
            drained == gate && (*asked..=*back + DRAIN).contains(end)
        };
        assert!(
            reason.contains("drain") && drains.iter().any(is_due),
            "a client of {gate} was sent away: {reason}"
        );
    }
    // The master's return has ended nobody.
    let [.., master] = &world.nodes[..] else { panic!("a master") };
    for name in ["gate-1", "gate-2", "desk-1", "desk-2"] {
        assert_eq!(master.numbers(name).len(), 1, "{name} is as before at the new master");
    }
    figures.took = start.elapsed();
    figures
}

/// Checks that nothing was lost.
fn check(world: &World, all: &[Seen]) -> Figures {
    let (handled, pushed) = world.handled();
    let mut figures = Figures::default();
    let doubled: Vec<_> = handled.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "handled twice: {doubled:?}");
    for seen in all {
        assert_eq!(seen.faults, [""; 0], "no request is lost");
        for number in &seen.unsent {
            assert!(!handled.contains_key(number), "{number} was handled, and not answered");
        }
        for number in &seen.answered {
            assert!(handled.contains_key(number), "{number} was answered, and not handled");
        }
        let lost: Vec<_> =
            seen.ground.iter().filter(|number| !seen.heard.contains(number)).collect();
        assert!(lost.is_empty(), "answered, without the push before the answer: {lost:?}");
        figures.answers += seen.answered.len();
        figures.shutdowns += seen.shutdowns.len();
        figures.unsent += seen.unsent.len();
        figures.pushes += seen.heard.len() + seen.dust.len();
        figures.returns += seen.ends.len();
        figures.longest = figures.longest.max(seen.longest);
    }
    let of = |number: u64| &all[usize::try_from(number / Player::NUMBERS).expect("a player")];
    for number in handled.into_keys() {
        let seen = of(number);
        let is_answered = seen.answered.contains(&number) || seen.shutdowns.contains(&number);
        assert!(is_answered, "{number} was handled, and not answered");
    }
    for number in pushed {
        let seen = of(number);
        let is_there = seen.dust.contains(&number) || seen.is_last(number);
        assert!(is_there, "push {number} was sent, and has not come");
    }
    figures
}

#[tokio::test]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_24_rolling_restart() {
    let runs = runs();
    for turn in 1..=runs {
        let figures = run().await;
        report("fault_24", format_args!("restart {turn} of {runs}: {figures}"));
        assert!(figures.answers > 100 && figures.returns >= 6, "there was load");
    }
}
