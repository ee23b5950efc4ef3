//! Sessions that close while the registry lets them wait.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{ClaimKind, World};
use crate::{DuplicateLogin, ErrorKind};

#[tokio::test(start_paused = true)]
async fn a_session_that_has_closed_takes_no_user_from_the_one_that_came_after_it() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    shared.set_settling(true);
    let old = world.gates[0].connect().await;
    old.notify("porch.login", &7).await.expect("sent");
    sleep(Duration::from_millis(100)).await;
    // The server ends its side when the handler has ended.
    tokio::spawn(async move { old.close().await });
    let new = world.gates[1].connect().await;
    let settle = async {
        // The next attempt is one of the new session. The old one would follow.
        sleep(Duration::from_millis(200)).await;
        shared.set_settling(false);
    };
    let (outcome, ()) = tokio::join!(new.request::<_, ()>("porch.login", &7), settle);
    outcome.expect("it is granted");
    sleep(Duration::from_secs(1)).await;
    assert!(!new.is_closed());
    assert_eq!(shared.holder(ClaimKind::User, "7").expect("it goes on").node(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_user_is_freed_of_a_session_that_asked_twice_and_closed_in_between() {
    let (world, shared) = World::shared(DuplicateLogin::Refuse).await;
    let client = world.gates[0].connect().await;
    client.request::<_, ()>("porch.enter", &()).await.expect("served");
    let session = world.porch.entered.lock().expect("no panic").take().expect("it is noted");
    let bind = || {
        let session = session.clone();
        tokio::spawn(async move { session.bind(7).await })
    };
    shared.set_settling(true);
    let first = bind();
    sleep(Duration::from_millis(100)).await;
    let second = bind();
    sleep(Duration::from_millis(200)).await;
    shared.set_settling(false);
    second.await.expect("no panic").expect("bound by the next attempt");
    client.close().await;
    let late = first.await.expect("no panic").expect_err("the session has closed");
    assert_eq!(late.kind(), ErrorKind::Closed);
    let free = async {
        while shared.holder(ClaimKind::User, "7").is_some() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), free).await.expect("the name is freed");
}
