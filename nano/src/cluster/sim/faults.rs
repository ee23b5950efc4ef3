//! The faults of a cluster, by their numbers, and what the nodes make of them.

use std::time::Duration;

use super::world::{Role, Setting, World};
use crate::cluster::master::LEASE;
use crate::{App, OnFenced, component};

const SECOND: Duration = Duration::from_secs(1);

pub(super) const MASTER: Setting = |node, start| {
    let mut node = node.master();
    // A clock that was set back before the second start.
    let clock: fn() -> u32 = if start == 1 { || 1000 } else { || 10 };
    node.clock = Some(clock);
    node
};
pub(super) const MEMBER: Setting = |node, _| node.join("master:7800");

/// A master without players, a gate and a backend.
pub(super) fn world(seed: u64) -> World {
    let mut world = World::new(seed);
    world.gate("master", MASTER);
    world.gate("gate", MEMBER);
    world.backend("backend", MEMBER);
    world.until(10 * SECOND, "all see all", |world| {
        world.all_see_all(&["master", "gate", "backend"]) && world.is_served("gate")
    });
    world
}

#[test]
fn fault_01_a_backend_is_killed() {
    let mut world = world(1);
    let number = world.number("backend");
    world.run(SECOND);
    world.take_answers("gate");

    world.kill("backend");
    let crashed = world.sim().elapsed();
    world.until(SECOND, "the backend is given up", |world| {
        let sees = |name| world.view(name).iter().any(|node| node.number() == number);
        !sees("gate") && !sees("master")
    });
    world.run(SECOND);
    let answers = world.take_answers("gate");
    let stuck = answers.iter().find(|(_, route, _)| *route == "stuck").expect("an answer");
    assert_eq!(stuck.2, Err("node_lost".to_owned()), "it was on its way");
    assert!(stuck.0 - crashed <= Duration::from_millis(100), "at once");
    let (_, _, last) = answers.last().expect("an answer");
    assert_eq!(*last, Err("unavailable".to_owned()));

    // At the same address, it is another node.
    world.restart("backend");
    world.until(3 * SECOND, "the backend is back", |world| {
        world.all_see_all(&["master", "gate", "backend"]) && world.is_served("gate")
    });
    assert!(world.number("backend") > number);
    let noted = world.of("master", |host| host.noted.clone());
    assert_eq!(noted, ["gate joined", "backend joined", "backend left", "backend joined"]);
}

#[test]
fn fault_02_a_gate_is_killed() {
    let mut world = world(2);
    world.run(SECOND);
    world.kill("gate");
    world.until(SECOND, "the gate is given up", |world| world.all_see_all(&["master", "backend"]));
}

#[test]
fn fault_06_a_node_that_is_cut_off_joins_anew_when_it_hears_that_it_was_given_up() {
    let mut world = world(6);
    let number = world.number("backend");
    world.sim().hold("backend", "master");
    world.until(7 * SECOND, "the backend is given up", |world| {
        world.view("gate").iter().all(|node| node.number() != number)
    });
    // The gate has told it so, and the master cannot be asked.
    world.run(5 * SECOND);
    assert_eq!(world.number("backend"), number);
    world.sim().release("backend", "master");
    world.until(10 * SECOND, "the backend joins anew", |world| {
        world.all_see_all(&["master", "gate", "backend"]) && world.is_served("gate")
    });
    assert!(world.number("backend") > number);
}

#[test]
fn fault_06_a_strict_node_that_is_cut_off_gives_itself_up_before_the_others_do() {
    let mut world = World::new(7);
    world.gate("master", MASTER);
    world.gate("gate", |node, _| node.join("master:7800").strict());
    world.backend("backend", MEMBER);
    world.until(10 * SECOND, "the gate is served", |world| world.is_served("gate"));
    let number = world.number("gate");
    world.take_answers("gate");
    world.sim().hold("gate", "master");
    world.until(4 * SECOND, "the gate gives itself up", |world| {
        world.of("gate", |host| host.answers.iter().any(|(_, _, answer)| answer.is_err()))
    });
    world.sim().release("gate", "master");
    world.until(20 * SECOND, "the gate joins anew", |world| {
        world.number("gate") > number && world.is_served("gate")
    });
}

#[test]
fn fault_10_of_two_nodes_with_one_name_the_second_is_refused() {
    let mut world = world(10);
    let number = world.number("backend");
    world.backend("other", |node, _| node.name("backend").join("master:7800"));
    world
        .until(3 * SECOND, "it is refused", |world| world.of("other", |host| host.fault.is_some()));
    let fault = world.of("other", |host| host.fault.clone()).unwrap_or_default();
    assert!(
        fault.contains("the node at backend:7800 has it, and the one at other:7800"),
        "{fault}"
    );
    assert_eq!(world.number("backend"), number);
    assert!(world.all_see_all(&["master", "gate", "backend"]));

    // The name of a node that is cut off is free when its lease has ended.
    world.sim().hold("backend", "master");
    world.run(SECOND);
    world.restart("other");
    world.until(6 * SECOND, "it takes the name over", |world| {
        world.all_see_all(&["master", "gate", "other"])
    });
}

#[test]
fn fault_11_twenty_nodes_join_at_once() {
    const NAMES: [&str; 20] = [
        "n00", "n01", "n02", "n03", "n04", "n05", "n06", "n07", "n08", "n09", "n10", "n11", "n12",
        "n13", "n14", "n15", "n16", "n17", "n18", "n19",
    ];
    let mut world = world(11);
    for name in NAMES {
        world.backend(name, MEMBER);
    }
    world.run(Duration::from_millis(100));
    world.kill("backend");
    let all: Vec<_> = NAMES.into_iter().chain(["master", "gate"]).collect();
    world.until(2 * SECOND, "all see all", |world| world.all_see_all(&all));
    let mut numbers: Vec<_> = NAMES.into_iter().map(|name| world.number(name)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), NAMES.len());
}

#[test]
fn fault_12_two_nodes_die_together() {
    let mut world = world(12);
    world.crash("gate");
    world.crash("backend");
    let lease = LEASE + Duration::from_millis(300);
    world.until(lease, "both are given up", |world| world.all_see_all(&["master"]));
}

#[test]
fn fault_13_the_master_is_killed_and_comes_back() {
    let mut world = world(13);
    let before = ["gate", "backend"].map(|name| world.number(name));
    world.kill("master");
    world.backend("late", MEMBER);
    world.take_answers("gate");
    world.run(60 * SECOND);
    let answers = world.take_answers("gate");
    let served = answers.iter().filter(|(_, route, answer)| *route == "echo" && answer.is_ok());
    assert!(served.count() > 1000, "the service goes on");
    let fault = answers.iter().find(|(_, route, answer)| *route == "echo" && answer.is_err());
    assert_eq!(fault, None, "with no fault");
    assert!(world.view("late").is_empty(), "nobody joins meanwhile");

    world.restart("master");
    world.until(10 * SECOND, "all see all", |world| {
        world.all_see_all(&["master", "gate", "backend", "late"]) && world.is_served("gate")
    });
    assert_eq!(
        ["gate", "backend"].map(|name| world.number(name)),
        before,
        "they stay who they are"
    );
    let mut numbers: Vec<u32> = Vec::new();
    for name in ["master", "gate", "backend", "late"] {
        numbers.extend(world.of(name, |host| host.numbers.clone()));
    }
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((count, numbers.len()), (5, 5), "no number is given twice: {numbers:?}");
}

#[test]
fn fault_13_a_strict_node_that_gives_itself_up_without_the_master_takes_nobody_along() {
    let mut world = World::new(14);
    world.gate("master", MASTER);
    world.gate("gate", MEMBER);
    world.backend("backend", |node, _| node.join("master:7800").strict());
    world.until(10 * SECOND, "all see all", |world| {
        world.all_see_all(&["master", "gate", "backend"]) && world.is_served("gate")
    });
    let number = world.number("gate");
    world.kill("master");
    world.run(20 * SECOND);
    assert!(world.take_answers("gate").iter().any(|(_, _, answer)| answer.is_err()));
    assert_eq!(world.of("gate", |host| host.numbers.len()), 1, "the gate goes on");
    world.restart("master");
    world.until(20 * SECOND, "the strict one is back", |world| world.is_served("gate"));
    assert_eq!(world.number("gate"), number);
}

#[test]
fn fault_21_a_node_of_another_cluster_is_refused_with_both_names() {
    let mut world = world(21);
    world.backend("other", |node, _| node.cluster_name("chess").join("master:7800"));
    world.until(SECOND, "it is refused", |world| world.of("other", |host| host.fault.is_some()));
    let fault = world.of("other", |host| host.fault.clone()).unwrap_or_default();
    assert!(fault.contains("cluster `chess`, and its master of `nano`"), "{fault}");
}

#[test]
fn a_node_that_is_to_exit_shuts_down_when_it_is_given_up() {
    let mut world = World::new(30);
    world.gate("master", MASTER);
    world.gate("gate", MEMBER);
    world.backend("backend", |node, _| node.join("master:7800").on_fenced(OnFenced::Exit));
    world.until(10 * SECOND, "all see all", |world| {
        world.all_see_all(&["master", "gate", "backend"])
    });
    world.sim().hold("backend", "master");
    world.run(7 * SECOND);
    world.sim().release("backend", "master");
    world.run(20 * SECOND);
    assert!(world.all_see_all(&["master", "gate"]), "it does not come back");
    assert_eq!(world.of("backend", |host| host.numbers.len()), 1);
}

#[test]
fn fault_24_a_node_that_drains_loses_no_request() {
    for seed in 24..28 {
        let mut world = world(seed);
        world.backend("other", MEMBER);
        world.until(3 * SECOND, "all see all", |world| {
            world.all_see_all(&["master", "gate", "backend", "other"])
        });
        world.run(SECOND);
        world.take_answers("gate");
        world.take_answers("master");
        // One of them has the sessions.
        for (name, rest) in [("backend", "other"), ("other", "backend")] {
            world.drain(name);
            world.until(15 * SECOND, "it has left", |world| {
                world.all_see_all(&["master", "gate", rest])
            });
            for gate in ["gate", "master"] {
                let answers = world.take_answers(gate);
                let fault =
                    answers.iter().find(|(_, route, answer)| *route == "echo" && answer.is_err());
                assert_eq!(fault, None, "seed {seed}, {name} drains, of {}", answers.len());
            }
            world.restart(name);
            world.until(5 * SECOND, "it is back", |world| {
                world.all_see_all(&["master", "gate", "backend", "other"])
            });
        }
    }
}

/// A backend whose answers take a while.
const SLOW: Role =
    Role { app: |_| App::new().component(Slow), play: |_, _| Box::pin(std::future::pending()) };

struct Slow;

#[component(crate = crate, name = "chat")]
impl Slow {
    #[handler]
    async fn echo(&self, number: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        number
    }
}

/// The registry is faster than the way from the node to the gate.
#[test]
fn fault_24_answers_on_a_slow_way_are_not_lost_with_their_node() {
    let mut world = World::new(124);
    world.host("master", super::stage::MASTER, MASTER);
    world.gate("gate", MEMBER);
    ["backend", "other"].into_iter().for_each(|name| world.host(name, SLOW, MEMBER));
    world.until(15 * SECOND, "the gate is served", |world| world.is_served("gate"));
    for (name, rest) in [("backend", "other"), ("other", "backend")] {
        world.until(5 * SECOND, "all see all", |world| {
            world.all_see_all(&["master", "gate", "backend", "other"])
        });
        world.run(SECOND);
        world.take_answers("gate");
        world.drain(name);
        let start = world.sim().elapsed();
        while !world.all_see_all(&["master", "gate", rest]) {
            assert!(world.sim().elapsed() - start < 15 * SECOND, "{}", world.tell());
            world.sim().hold(name, "gate");
            world.run(Duration::from_millis(200));
            world.sim().release(name, "gate");
            // Shorter than the pause of a player, whose next message then waits with the word that the node leaves.
            world.run(Duration::from_millis(20));
        }
        let answers = world.take_answers("gate");
        let fault = answers.iter().find(|(_, route, answer)| *route == "echo" && answer.is_err());
        assert_eq!(fault, None, "{name} drains, of {}", answers.len());
        world.restart(name);
    }
}
