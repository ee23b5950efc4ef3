//! Tests of the tables, with times that are given.

use std::time::Duration;

use tokio::time::Instant;

use super::claims::Claims;
use super::tables::{GAP, Joined, LEASE, MOST_NODES, Tables};
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::cluster::registry::RegistryError;
use crate::{Node, NodeState};

const STEP: Duration = Duration::from_millis(500);

#[cfg(feature = "testing")]
#[tokio::test(start_paused = true)]
async fn a_master_keeps_what_a_registry_promises() {
    let master = super::Master::new();
    let runs = master.clone();
    tokio::spawn(async move { runs.run().await });
    crate::testing::assert_registry(|| master.clone()).await;
}

struct Scene {
    tables: Tables,
    now: Instant,
    clock: u32,
}

impl Scene {
    /// A master that has settled, with the number 1000.
    fn settled() -> Self {
        let mut scene = Self::new(1000);
        scene.pass(LEASE);
        let own = scene.join(&node("master"));
        assert_eq!(own, Joined::As(1000));
        scene.tables.is_part_of(1000);
        scene
    }

    fn new(clock: u32) -> Self {
        let now = Instant::now();
        Self { tables: Tables::new(now), now, clock }
    }

    /// Time passes, while the master's own node renews.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now = end.min(self.now + STEP);
            self.tables.look(self.now);
            let _ = self.tables.renew(1000, self.now);
        }
    }

    fn join(&mut self, node: &Node) -> Joined {
        self.tables.join(node, 0, self.now, self.now, self.clock)
    }

    fn numbers(&self) -> Vec<u32> {
        self.tables.nodes().iter().map(Node::number).collect()
    }
}

fn node(name: &str) -> Node {
    Node::new(0, name, format!("{name}:1"))
}

fn is_refused(joined: &Joined, text: &str) -> bool {
    matches!(joined, Joined::Refused(RegistryError::Refused(reason)) if reason.contains(text))
}

#[test]
fn fault_25_a_burst_of_nodes_gets_numbers_that_only_grow_whatever_the_clock_says() {
    let mut scene = Scene::settled();
    let mut given = vec![1000];
    for count in 0..100 {
        let Joined::As(number) = scene.join(&node(&format!("n{count}"))) else { panic!("refused") };
        given.push(number);
        // A number stands for 16 seconds: a clock that goes backwards, and jumps by an hour, changes nothing.
        scene.clock = if count % 2 == 0 { 1000 - count } else { 1000 - 225 };
    }
    assert!(given.is_sorted_by(|one, other| one < other), "{given:?}");
    scene.clock = 5000;
    assert_eq!(scene.join(&node("late")), Joined::As(5000));
}

#[test]
fn a_master_that_was_restarted_lets_the_old_nodes_in_first() {
    let mut scene = Scene::new(10);
    assert_eq!(scene.join(&node("new")), Joined::Later);
    let old = node("old").with_number(70);
    let joined = scene.tables.join(&old, 90, scene.now, scene.now, 10);
    assert_eq!(joined, Joined::As(70), "under its old number");
    for _ in 0..10 {
        scene.pass(STEP);
        let _ = scene.tables.renew(70, scene.now);
    }
    assert_eq!(scene.join(&node("master")), Joined::As(91), "beyond all that anybody saw");
    let late = node("late").with_number(60);
    assert_eq!(scene.join(&late), Joined::Refused(RegistryError::Gone), "it was given up");
    assert_eq!(scene.join(&node("late")), Joined::As(92));
}

#[test]
fn an_earlier_start_of_a_node_never_displaces_a_later_one() {
    let mut scene = Scene::new(10);
    assert_eq!(scene.join(&node("a").with_number(8)), Joined::As(8));
    assert_eq!(scene.join(&node("a").with_number(7)), Joined::Refused(RegistryError::Gone));
    assert_eq!(scene.join(&node("a").with_number(9)), Joined::As(9));
    assert_eq!(scene.numbers(), [9]);
    let other = Node::new(9, "b", "b:1");
    assert_eq!(scene.join(&other), Joined::Refused(RegistryError::Gone), "another node's number");
    assert!(is_refused(&scene.join(&node("c").with_number(u32::MAX)), "no number of a node"));
}

#[test]
fn a_name_is_free_when_its_lease_has_ended_and_an_address_at_once() {
    let mut scene = Scene::settled();
    assert_eq!(scene.join(&node("a")), Joined::As(1001));
    let (asked, elsewhere) = (scene.now, Node::new(0, "a", "elsewhere:1"));
    let ask = |scene: &mut Scene| scene.tables.join(&elsewhere, 0, asked, scene.now, 0);
    assert_eq!(ask(&mut scene), Joined::Later);
    scene.pass(LEASE - STEP);
    assert_eq!(ask(&mut scene), Joined::Later);
    scene.pass(STEP);
    assert_eq!(ask(&mut scene), Joined::As(1002), "nobody renewed it");

    scene.pass(STEP);
    let asked = scene.now;
    scene.pass(STEP);
    scene.tables.renew(1002, scene.now).expect("a member");
    let refused = scene.tables.join(&node("a"), 0, asked, scene.now, 0);
    assert!(
        is_refused(&refused, "the node at elsewhere:1 has it, and the one at a:1"),
        "{refused:?}"
    );

    assert_eq!(scene.join(&Node::new(0, "b", "elsewhere:1")), Joined::As(1003));
    assert_eq!(scene.numbers(), [1000, 1003], "nobody else can have the address");
}

#[test]
fn leases_end_but_not_while_the_master_was_stopped() {
    let mut scene = Scene::settled();
    scene.join(&node("a"));
    scene.now += Duration::from_secs(60);
    scene.tables.look(scene.now);
    assert_eq!(scene.numbers(), [1000, 1001], "what it sent meanwhile is still to be read");
    let before = scene.tables.revision();
    scene.pass(LEASE);
    assert_eq!(scene.numbers(), [1000]);
    assert!(scene.tables.revision() > before);
    assert_eq!(scene.tables.renew(1001, scene.now), Err(RegistryError::Gone));
    assert!(STEP < GAP, "the scene itself never stops");
}

#[test]
fn a_witness_is_believed_when_the_stream_has_ended_too() {
    let mut scene = Scene::settled();
    scene.join(&node("a"));
    scene.tables.attend(1001, 1);
    scene.tables.report_gone(1001);
    assert_eq!(scene.numbers(), [1000, 1001]);
    scene.tables.attend(1001, 2);
    scene.tables.attended(1001, 1);
    assert_eq!(scene.numbers(), [1000, 1001], "it has a newer stream");
    scene.tables.report_gone(1001);
    scene.tables.renew(1001, scene.now).expect("a member");
    scene.tables.attended(1001, 2);
    assert_eq!(scene.numbers(), [1000, 1001], "it has lived since the witness saw it");
    scene.tables.attend(1001, 3);
    scene.tables.report_gone(1001);
    scene.tables.attended(1001, 3);
    assert_eq!(scene.numbers(), [1000]);
    scene.tables.report_gone(1000);
    assert_eq!(scene.numbers(), [1000], "the master knows that it lives");
}

#[test]
fn views_change_with_the_nodes_and_their_states_only() {
    let mut scene = Scene::settled();
    let mut last = scene.tables.revision();
    let mut check = |scene: &Scene, has_changed: bool| {
        let now = scene.tables.revision();
        assert_eq!(now > last, has_changed);
        last = now;
    };
    scene.join(&node("a"));
    check(&scene, true);
    scene.tables.renew(1001, scene.now).expect("a member");
    check(&scene, false);
    for (state, has_changed) in
        [(NodeState::Draining, true), (NodeState::Draining, false), (NodeState::Serving, true)]
    {
        scene.tables.update(1001, state).expect("a member");
        check(&scene, has_changed);
    }
    scene.tables.leave(1001);
    check(&scene, true);
    scene.tables.leave(1001);
    check(&scene, false);
}

#[test]
fn a_cluster_has_room_for_so_many_nodes() {
    let mut scene = Scene::settled();
    for count in 1..MOST_NODES {
        assert!(matches!(scene.join(&node(&format!("n{count}"))), Joined::As(_)));
    }
    assert!(is_refused(&scene.join(&node("more")), "256 nodes"));
}

fn claim(name: &str, node: u32, id: u64) -> Claim {
    Claim::new(ClaimKind::User, name, Holder::new(node, id))
}

#[test]
fn a_name_has_one_holder_until_it_is_freed_replaced_or_its_node_is_gone() {
    let mut scene = Scene::settled();
    scene.join(&node("a"));
    let tables = &mut scene.tables;
    let (one, two, three) = (claim("7", 1000, 1), claim("7", 1001, 2), claim("7", 1001, 3));
    let mut ask = |claim: &Claim, rule| tables.claim(claim, rule).expect("a member");
    assert_eq!(ask(&one, ClaimRule::Refuse), Claimed::Granted);
    assert_eq!(ask(&one, ClaimRule::Refuse), Claimed::Granted, "the same again");
    for rule in [ClaimRule::Refuse, ClaimRule::Again] {
        assert_eq!(ask(&two, rule), Claimed::Taken(one.holder()));
    }
    assert_eq!(ask(&two, ClaimRule::Replace), Claimed::Replaced(one.holder()));
    assert_eq!(ask(&three, ClaimRule::Replace), Claimed::Replaced(two.holder()));
    // The late end of those that were replaced takes nothing.
    tables.release(&one);
    tables.release(&two);
    assert_eq!(tables.find(ClaimKind::User, "7"), Ok(Some(three.holder())));
    assert_eq!(tables.find(ClaimKind::Room, "7"), Ok(None), "another kind of name");
    assert_eq!(tables.claim(&claim("7", 1002, 1), ClaimRule::Refuse), Err(RegistryError::Gone));

    let other = claim("8", 1000, 1);
    assert_eq!(tables.claim(&other, ClaimRule::Refuse), Ok(Claimed::Granted));
    scene.pass(LEASE);
    assert_eq!(scene.numbers(), [1000]);
    assert_eq!(scene.tables.find(ClaimKind::User, "7"), Ok(None), "gone with its node");
    assert_eq!(scene.tables.find(ClaimKind::User, "8"), Ok(Some(other.holder())));
    scene.tables.release(&other);
    assert_eq!(scene.tables.find(ClaimKind::User, "8"), Ok(None));
}

#[test]
fn a_master_that_was_restarted_takes_the_names_of_before_first() {
    let mut scene = Scene::new(10);
    let old = node("old").with_number(70);
    assert_eq!(scene.tables.join(&old, 70, scene.now, scene.now, 10), Joined::As(70));
    let (held, new) = (claim("7", 70, 1), claim("8", 70, 2));
    assert_eq!(scene.tables.claim(&held, ClaimRule::Again), Ok(Claimed::Granted));
    let is_away =
        |outcome: Result<_, RegistryError>| matches!(outcome, Err(RegistryError::Away(_)));
    assert!(is_away(scene.tables.claim(&new, ClaimRule::Refuse)), "its holder may come back");
    assert!(is_away(scene.tables.find(ClaimKind::User, "8").map(|_| Claimed::Granted)));
    assert_eq!(scene.tables.find(ClaimKind::User, "7"), Ok(Some(held.holder())));
    for _ in 0..10 {
        scene.pass(STEP);
        scene.tables.renew(70, scene.now).expect("a member");
    }
    assert_eq!(scene.tables.claim(&new, ClaimRule::Refuse), Ok(Claimed::Granted));
}

#[test]
fn names_are_bounded() {
    let mut claims = Claims::default();
    for name in [String::new(), "x".repeat(1025)] {
        let refused = claims.claim(&claim(&name, 1, 1), ClaimRule::Refuse);
        assert!(matches!(refused, Err(RegistryError::Refused(_))), "{refused:?}");
    }
    let longest = claim(&"x".repeat(1024), 1, 1);
    assert_eq!(claims.claim(&longest, ClaimRule::Refuse), Ok(Claimed::Granted));
}
