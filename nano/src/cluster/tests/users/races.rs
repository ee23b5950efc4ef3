//! Logins, pushes and kicks that meet on their ways between nodes.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::{Claim, ClaimKind, Holder, World, code, heard, kicked, node};
use crate::DuplicateLogin;
use crate::session::SessionId;

#[tokio::test(start_paused = true)]
async fn the_late_release_of_a_login_that_failed_takes_nothing_from_the_next_one() {
    let (world, shared) = World::shared(DuplicateLogin::Refuse).await;
    shared.set_away(true);
    let client = world.gates[0].connect().await;
    assert_eq!(code(&client, "hall.login", json!(7)).await, "unavailable");
    // It is to be freed as soon as the registry is back, and the session logs in again before that.
    shared.set_away(false);
    client.request::<_, ()>("hall.login", &7).await.expect("bound");
    let held = shared.holder(ClaimKind::User, "7").expect("its claim");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(shared.holder(ClaimKind::User, "7"), Some(held));
    let (_, outcome) = world.login(1, 7).await;
    assert_eq!(outcome.expect_err("refused").code(), Some("already_online"));
}

#[tokio::test(start_paused = true)]
async fn who_is_replaced_hears_of_it_though_the_new_gate_tells_nobody() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    let held = shared.holder(ClaimKind::User, "7").expect("its claim");
    let newer = Holder::new(5, SessionId::of_node(5, 1).get());
    shared.take_from(&Claim::new(ClaimKind::User, "7", held), newer);
    let closed = timeout(Duration::from_secs(1), old.closed()).await;
    assert_eq!(closed.expect("it is closed"), kicked("replaced"));
    while world.gates[0].server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(shared.holder(ClaimKind::User, "7"), Some(newer), "and takes nothing with it");
}

#[tokio::test(start_paused = true)]
async fn who_was_replaced_by_a_gate_that_is_gone_has_the_user_again() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    let held = shared.holder(ClaimKind::User, "7").expect("its claim");
    let newer = Holder::new(5, SessionId::of_node(5, 1).get());
    shared.take_from(&Claim::new(ClaimKind::User, "7", held), newer);
    shared.drop_node(5);
    while shared.holder(ClaimKind::User, "7").is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(shared.holder(ClaimKind::User, "7"), Some(held));
    assert!(!old.is_closed());
}

#[tokio::test(start_paused = true)]
async fn who_misses_losses_claims_all_names_again() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    let held = shared.holder(ClaimKind::User, "7").expect("its claim");
    let newer = Holder::new(5, SessionId::of_node(5, 1).get());
    shared.take_from(&Claim::new(ClaimKind::User, "7", held), newer);
    // More than wait for a node: the first one is not among them.
    shared.tell_losses_of_nobody();
    let closed = timeout(Duration::from_secs(1), old.closed()).await;
    assert_eq!(closed.expect("it is closed"), kicked("replaced"));
}

#[tokio::test(start_paused = true)]
async fn the_rounds_of_a_login_have_one_patience() {
    let (world, shared) = World::shared(DuplicateLogin::Refuse).await;
    // A session has the user that its gate knows nothing of, and the registry is slow, and never lets it go.
    let holder = Holder::new(2, SessionId::of_node(2, 1_000_000).get());
    shared.forget(&Claim::new(ClaimKind::User, "7", holder));
    shared.set_stuck(Duration::from_millis(2800));
    let start = Instant::now();
    let (_, outcome) = world.login(0, 7).await;
    outcome.expect_err("nobody can tell");
    assert!(start.elapsed() <= Duration::from_millis(6500), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_kick_looks_again_where_a_user_is() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let user = world.hall.server().user(7);
    let mut clients = Vec::new();
    for gate in [0, 1] {
        // The hall does not know the sessions, and remembers the first gate alone.
        let client = world.gates[gate].connect().await;
        client.request::<_, ()>("porch.login", &7).await.expect("bound");
        let mut texts = heard(&client);
        if gate == 0 {
            user.push("onText", &1).expect("on its way");
            assert_eq!(texts.recv().await, Some(1));
        }
        clients.push(client);
    }
    user.kick("enough");
    for client in &clients {
        let closed = timeout(Duration::from_secs(1), client.closed()).await;
        assert_eq!(closed.expect("it is kicked"), kicked("enough"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_push_comes_once_to_a_user_who_has_just_changed_the_gate() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let user = world.hall.server().user(7);
    let old = world.gates[0].connect().await;
    old.request::<_, ()>("porch.login", &7).await.expect("bound");
    let mut texts = heard(&old);
    user.push("onText", &1).expect("on its way");
    assert_eq!(texts.recv().await, Some(1));
    old.close().await;
    while world.gates[0].server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    // The hall knows the new session, and remembers the old gate.
    let (new, outcome) = world.login(1, 7).await;
    outcome.expect("bound");
    let mut texts = heard(&new);
    for text in 2..5 {
        user.push("onText", &text).expect("on its way");
    }
    sleep(Duration::from_secs(2)).await;
    let all: Vec<u32> = std::iter::from_fn(|| texts.try_recv().ok()).collect();
    assert_eq!(all, [2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_push_that_is_given_back_goes_to_nobody_who_has_it() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let ((stays, _), (leaves, _)) = (world.login(0, 7).await, world.login(1, 7).await);
    let [mut texts, mut last] = [&stays, &leaves].map(heard);
    // The gate of the one that stays does not answer in time: the user is at the other gate alone, as far as the hall knows.
    let to_first = &world._cables[1];
    to_first.hold();
    world.hall.server().user(7).push("onText", &1).expect("on its way");
    assert_eq!(last.recv().await, Some(1));
    leaves.close().await;
    while world.gates[1].server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    // The gate of the one that has left gives the push back, and both gates are asked again.
    sleep(Duration::from_millis(1500)).await;
    to_first.release();
    sleep(Duration::from_secs(2)).await;
    let all: Vec<u32> = std::iter::from_fn(|| texts.try_recv().ok()).collect();
    assert_eq!(all, [1]);
}

#[tokio::test(start_paused = true)]
async fn all_nodes_are_asked_once_a_second_for_a_user_that_is_nowhere() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let (absent, local) = (world.hall.server().user(9), world.gates[0].server().user(8));
    let client = world.gates[0].connect().await;
    client.request::<_, ()>("porch.login", &8).await.expect("bound");
    for _ in 0..50 {
        absent.push("onText", &1).expect("nobody can tell at once");
        local.push("onText", &1).expect("one session is here");
        sleep(Duration::from_millis(10)).await;
    }
    let questions = world._cables.each_ref().map(|cable| cable.questions());
    // The first gate asked for its own user, the hall for the one that is nowhere.
    assert_eq!(questions, [1, 2, 1]);

    let back = world.gates[1].connect().await;
    back.request::<_, ()>("porch.login", &9).await.expect("bound");
    let mut texts = heard(&back);
    sleep(Duration::from_secs(1)).await;
    absent.push("onText", &2).expect("on its way");
    assert_eq!(texts.recv().await, Some(2));
}
