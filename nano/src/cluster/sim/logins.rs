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
    play: |life, app| Box::pin(play(life, app)),
};

struct Hall;

#[component(crate = crate)]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session) -> Result<()> {
        session.bind(7).await
    }
}

async fn play(life: Life, app: TestApp) {
    let client = app.connect().await;
    let outcome = client.request::<_, ()>("hall.login", &()).await;
    life.with(|host| host.noted.push(format!("login: {}", outcome.is_ok())));
    let reason = client.closed().await;
    life.with(|host| host.noted.push(format!("{reason:?}")));
    pending().await
}

/// A world in which the user is at the first gate, and the second one cannot reach that.
fn world(seed: u64) -> World {
    let mut world = World::new(seed);
    world.host("master", stage::MASTER, MASTER);
    world.host("one", GATE, MEMBER);
    world.until(10 * SECOND, "the player has logged in", |world| is_noted(world, "one", "login"));
    world.host("two", GATE, MEMBER);
    world.sim().partition("one", "two");
    world
}

fn is_noted(world: &World, name: &'static str, text: &str) -> bool {
    world.of(name, |host| host.noted.iter().any(|noted| noted.contains(text)))
}

/// The session that has the user.
fn holder(world: &World) -> Option<Holder> {
    let master = world.of("master", |host| host.node.clone()).and_then(|node| node.master.clone());
    let held = master.expect("a master").held(ClaimKind::User);
    held.first().map(|(_, holder)| *holder)
}

#[test]
fn fault_17_who_is_replaced_hears_of_it_though_the_new_gate_cannot_tell_it() {
    let mut world = world(17);
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
    let mut world = world(117);
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
