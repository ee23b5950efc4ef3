//! The faults of leases, by their numbers.

use std::time::Duration;

use super::faults::world;
use crate::cluster::registry::Registry;

const SECOND: Duration = Duration::from_secs(1);
const ALL: [&str; 3] = ["master", "gate", "backend"];

#[test]
fn fault_15_a_registry_that_answers_late_gives_nobody_up() {
    let mut world = world(15);
    let numbers = ALL.map(|name| world.number(name));
    let noted = world.of("gate", |host| host.noted.clone());
    world.take_answers("gate");
    for _ in 0..3 {
        for name in ["gate", "backend"] {
            world.sim().hold(name, "master");
        }
        world.run(2 * SECOND);
        for name in ["gate", "backend"] {
            world.sim().release(name, "master");
        }
        world.run(2 * SECOND);
    }
    assert!(world.all_see_all(&ALL));
    assert_eq!(ALL.map(|name| world.number(name)), numbers);
    assert_eq!(world.of("gate", |host| host.noted.clone()), noted, "nobody came or went");
    let answers = world.take_answers("gate");
    assert!(answers.iter().any(|(_, route, answer)| *route == "echo" && answer.is_ok()));
    let fault = answers.iter().find(|(_, route, answer)| *route == "echo" && answer.is_err());
    assert_eq!(fault, None, "the service goes on");
}

#[test]
fn fault_16_a_lease_that_is_taken_by_hand_is_one_death_and_one_join() {
    let mut world = world(16);
    let number = world.number("backend");
    let master = world.of("master", |host| host.node.clone()).and_then(|node| node.master.clone());
    drop(master.expect("a master").leave(number));
    world.until(10 * SECOND, "the backend joins anew", |world| {
        world.number("backend") > number && world.all_see_all(&ALL) && world.is_served("gate")
    });
    let noted = world.of("master", |host| host.noted.clone());
    assert_eq!(noted, ["gate joined", "backend joined", "backend left", "backend joined"]);
}
