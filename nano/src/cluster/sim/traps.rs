//! Traps of other frameworks, in a simulated network.

use std::time::Duration;

use super::faults::{MEMBER, world};
use crate::Node;
use crate::cluster::master::LEASE;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn trap_34_every_node_learns_of_every_other() {
    let mut world = world(34);
    // Two come at once, while a member that cannot be reached is still listed.
    world.crash("backend");
    ["one", "two"].into_iter().for_each(|name| world.backend(name, MEMBER));
    world.until(SECOND, "all see the two", |world| {
        ["master", "gate", "one", "two"].into_iter().all(|name| {
            let view = world.view(name);
            let sees = |other| view.iter().any(|node: &Node| node.name() == other);
            sees("one") && sees("two") && sees("backend")
        })
    });

    // Two die together.
    world.run(LEASE);
    ["one", "two"].into_iter().for_each(|name| world.crash(name));
    let limit = LEASE + Duration::from_millis(300);
    world.until(limit, "both are given up", |world| world.all_see_all(&["master", "gate"]));

    // The master is restarted, and somebody comes late.
    world.kill("master");
    world.backend("late", MEMBER);
    world.run(SECOND);
    world.restart("master");
    let all = ["master", "gate", "late"];
    world.until(10 * SECOND, "those of before and the late one see each other", |world| {
        world.all_see_all(&all) && world.is_served("gate")
    });

    // The gate finds a backend again that nobody heard of for longer than its lease.
    let number = world.number("late");
    ["master", "gate"].into_iter().for_each(|other| world.sim().hold("late", other));
    world.until(LEASE + SECOND, "it is given up", |world| world.all_see_all(&["master", "gate"]));
    ["master", "gate"].into_iter().for_each(|other| world.sim().release("late", other));
    world.until(10 * SECOND, "it is back, at the gate, too", |world| {
        world.number("late") > number && world.all_see_all(&all) && world.is_served("gate")
    });
}

#[test]
fn trap_42_a_blip_of_the_master_needs_no_restart_and_a_crash_leaves_nothing_behind() {
    let mut world = world(42);
    let before = ["gate", "backend"].map(|name| world.number(name));
    world.take_answers("gate");
    // It is away for as long as a lease, and restarted.
    ["gate", "backend"].into_iter().for_each(|other| world.sim().hold("master", other));
    world.run(3 * SECOND);
    ["gate", "backend"].into_iter().for_each(|other| world.sim().release("master", other));
    world.run(SECOND);
    world.kill("master");
    world.run(LEASE);
    world.restart("master");
    world.until(10 * SECOND, "all see all", |world| {
        world.all_see_all(&["master", "gate", "backend"])
    });
    let after = ["gate", "backend"].map(|name| world.number(name));
    assert_eq!(after, before, "nobody had to start again");
    let answers = world.take_answers("gate");
    let lost = answers.iter().find(|(_, route, answer)| *route == "echo" && answer.is_err());
    assert_eq!(lost, None, "of {} answers", answers.len());

    // What a crashed node had ends with its lease: its name, and the sessions that were there.
    world.crash("backend");
    world.backend("other", |node, _| node.name("backend").join("master:7800"));
    world.until(LEASE + SECOND, "another node has its name", |world| {
        world.all_see_all(&["master", "gate", "other"]) && world.is_served("gate")
    });
}
