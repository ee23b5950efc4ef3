//! A user who logs in at a second gate, which cannot tell the first one.

use std::future::pending;
use std::time::Duration;

use super::faults::{MASTER, MEMBER};
use super::stage;
use super::world::{Life, Role, World};
use crate::cluster::claims::{ClaimKind, Holder};
use crate::testing::TestApp;
use crate::{App, DuplicateLogin, Result, Session, component};

const SECOND: Duration = Duration::from_secs(1);

/// A gate with one player, who logs in as the user 7 at once.
const GATE: Role = Role {
    app: |_| App::new().duplicate_login(DuplicateLogin::Replace).component(Hall),
    play: |life, app| Box::pin(play(life, app, false)),
};

/// The same, and the player calls a handler that ends only when it must.
const BUSY: Role = Role { app: GATE.app, play: |life, app| Box::pin(play(life, app, true)) };

struct Hall;

#[component(crate = crate)]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session) -> Result<()> {
        session.bind(7).await
    }

    #[handler]
    async fn linger(&self) {
        pending().await
    }
}

async fn play(life: Life, app: TestApp, lingers: bool) {
    let client = app.connect().await;
    let outcome = client.request::<_, ()>("hall.login", &()).await;
    if lingers {
        client.notify("hall.linger", &()).await.expect("sent");
    }
    life.with(|host| host.noted.push(format!("login: {}", outcome.is_ok())));
    let reason = client.closed().await;
    life.with(|host| host.noted.push(format!("{reason:?}")));
    pending().await
}

/// A world in which the user is at the first gate, and the second one cannot reach that.
fn world(seed: u64, one: Role) -> World {
    let mut world = World::new(seed);
    world.host("master", stage::MASTER, MASTER);
    world.host("one", one, MEMBER);
    world.until(10 * SECOND, "the player has logged in", |world| is_noted(world, "one", "login"));
    world.host("two", GATE, MEMBER);
    world.sim().partition("one", "two");
    world
}

/// Starts a new master, to which the first gate comes back before the second one.
fn restart_master(world: &mut World) {
    world.sim().hold("two", "master");
    world.restart("master");
    world.run(SECOND);
    world.sim().release("two", "master");
}

/// The newer player has the user, and keeps it when the master has settled.
fn assert_newer_stays(world: &mut World) {
    world.until(5 * SECOND, "the newer player has the user", |world| {
        holder(world).is_some_and(|holder| holder.node() == world.number("two"))
    });
    world.until(10 * SECOND, "the older one is replaced", |world| {
        is_noted(world, "one", "replaced")
    });
    world.run(5 * SECOND);
    assert!(!is_noted(world, "two", "Kicked"), "{}", world.tell());
    assert_eq!(holder(world).map(Holder::node), Some(world.number("two")));
}

fn is_noted(world: &World, name: &'static str, text: &str) -> bool {
    world.of(name, |host| host.noted.iter().any(|noted| noted.contains(text)))
}

/// The session that has the user, by the master, while there is one.
fn holder(world: &World) -> Option<Holder> {
    let master = world.of("master", |host| host.node.clone()).and_then(|node| node.master.clone());
    let held = master?.held(ClaimKind::User);
    held.first().map(|(_, holder)| *holder)
}

#[test]
fn fault_17_who_is_replaced_hears_of_it_though_the_new_gate_cannot_tell_it() {
    let mut world = world(17, GATE);
    let before = holder(&world).expect("the first player has the user");
    world.until(5 * SECOND, "the second player has logged in", |world| {
        is_noted(world, "two", "login: true")
    });
    world.until(SECOND, "the first player is replaced", |world| is_noted(world, "one", "replaced"));
    let after = holder(&world).expect("a holder");
    assert_ne!(after, before);
    assert_eq!(after.node(), world.number("two"), "the newer one has the user still");
    world.run(SECOND);
    assert!(!is_noted(&world, "two", "replaced"));
}

#[test]
fn fault_17_who_was_replaced_by_a_gate_that_died_before_it_said_so_has_the_user_again() {
    let mut world = world(117, GATE);
    let before = holder(&world).expect("the first player has the user");
    // The first gate hears of nothing until all is over.
    world.until(5 * SECOND, "the second gate is up", |world| world.number("two") != 0);
    world.sim().hold("one", "master");
    world.until(SECOND, "the second player has logged in", |world| {
        is_noted(world, "two", "login: true")
    });
    assert_ne!(holder(&world), Some(before));
    world.kill("two");
    world.until(SECOND, "nobody has the user", |world| holder(world).is_none());
    world.sim().release("one", "master");
    world.until(SECOND, "the first player has it", |world| holder(world) == Some(before));
    assert!(!is_noted(&world, "one", "replaced"));
}

#[test]
fn fault_17_a_session_that_was_replaced_claims_nothing_from_a_master_that_restarted_since() {
    let mut world = world(1117, BUSY);
    world.sim().repair("one", "two");
    let before = holder(&world);
    world.until(5 * SECOND, "the user is taken", |world| holder(world) != before);
    // The first gate is told of that still, and claims the user again, which nobody answers any more. Its session closes for as
    // long as a handler runs.
    world.kill("master");
    world.until(SECOND, "the second player has logged in", |world| {
        is_noted(world, "two", "login: true")
    });
    restart_master(&mut world);
    assert_newer_stays(&mut world);
}

#[test]
fn fault_17_a_newer_session_takes_its_user_again_from_one_that_never_heard_of_it() {
    let mut world = world(2117, GATE);
    world.until(5 * SECOND, "the second gate is up", |world| world.number("two") != 0);
    world.sim().hold("one", "master");
    world.until(SECOND, "the second player has logged in", |world| {
        is_noted(world, "two", "login: true")
    });
    world.kill("master");
    // What is on the way to the first gate comes from a master that is gone.
    world.sim().release("one", "master");
    restart_master(&mut world);
    assert_newer_stays(&mut world);
}
