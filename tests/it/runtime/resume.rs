//! Clients that come back to their sessions, packet by packet.

mod client;
mod cut;
mod ends;
mod model;
mod table;

use std::time::Duration;

use nano::App;
use nano::Resume;
use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use serde_json::json;

use super::memory::memory;
use table::{Player, Scene, hello, token};

#[tokio::test(start_paused = true)]
async fn a_client_is_back_in_its_session_and_told_what_it_missed_once_and_in_order() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    let id = player.id.clone();
    assert_eq!(scene.event().await, "opened");
    scene.push(1);
    assert_eq!(player.push().await, 1);
    // Its handler goes on while the connection is lost, and is called once.
    player.raw.request(9, "table.wait", "9").await;
    assert_eq!(scene.event().await, "waits for 9");
    drop(player.raw);
    scene.gate.notify_one();
    assert_eq!(scene.event().await, "lost");
    scene.push(2);
    scene.push(3);
    assert_eq!(scene.members(), vec![(id.clone(), Some(7), true)]);
    assert_eq!(scene.app.server().sessions(), 1);

    // The reply to the join and the first push came over the first connection.
    let (mut back, resume) = Player::back(&scene.app, &player.token, 2).await;
    assert_eq!((resume["received"].as_u64(), resume["window"].as_u64()), (Some(2), Some(60)));
    assert_eq!(resume.get("lost"), None);
    let reply = back.raw.message().await;
    assert_eq!((reply.id, reply.json()), (9, json!(9)));
    assert_eq!((back.push().await, back.push().await), (2, 3));
    assert_eq!(scene.event().await, "resumed");
    assert_eq!(scene.members(), vec![(id.clone(), Some(7), false)]);
    back.raw.request(10, "table.who", "").await;
    assert_eq!(back.raw.message().await.json(), json!([id, 7]));
    scene.push(4);
    assert_eq!(back.push().await, 4);
    assert_eq!(scene.app.server().sessions(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_and_never_arrived_is_sent_again() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    for n in 1..=5 {
        scene.push(n);
        assert_eq!(player.push().await, n);
    }
    drop(player.raw);
    // All five were written, and of them two came: with the reply to the join that is three.
    let (mut back, _) = Player::back(&scene.app, &player.token, 3).await;
    for n in 3..=5 {
        assert_eq!(back.push().await, n);
    }
    scene.push(6);
    assert_eq!(back.push().await, 6);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_back_before_its_loss_is_known_takes_the_session_over() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.request(9, "table.wait", "9").await;
    assert_eq!(scene.event().await, "waits for 9");
    let (mut back, resume) = Player::back(&scene.app, &player.token, 1).await;
    assert_eq!(resume["received"], 2);
    // The newer one wins, and the older one is told so.
    assert_eq!(player.raw.kick_reason().await, "resumed");
    player.raw.expect_closed().await;
    // The handler was running all the time: to the hooks the client was never away.
    scene.gate.notify_one();
    assert_eq!(back.raw.message().await.json(), json!(9));
    let (mut third, _) = Player::back(&scene.app, &back.token, 2).await;
    assert_eq!(back.raw.kick_reason().await, "resumed");
    assert_eq!((scene.event().await, scene.event().await), ("lost".into(), "resumed".into()));
    scene.push(1);
    assert_eq!(third.push().await, 1);
    assert_eq!(scene.app.server().sessions(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_two_that_wait_for_one_session_the_last_one_gets_it() {
    let mut scene = Scene::start(Resume::new()).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    let mut clients = [scene.app.raw(), scene.app.raw()];
    let request = hello(Some((&player.token, 1))).to_string();
    for client in &mut clients {
        client.send_packet(PacketKind::Handshake, &request).await;
    }
    let [mut first, mut last] = clients;
    assert_eq!(first.kick_reason().await, "resumed");
    let reply = last.packet().await.expect("an answer");
    assert_eq!(reply.kind, PacketKind::Handshake);
    last.ack().await;
    assert_eq!((scene.event().await, scene.event().await), ("lost".into(), "resumed".into()));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_good_until_its_successor_has_arrived() {
    let mut scene = Scene::start(Resume::new()).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    drop(player.raw);
    // The answer with the new token is lost, twice.
    for _ in 0..2 {
        let mut raw = scene.app.raw();
        let reply = raw.handshake(hello(Some((&player.token, 1)))).await;
        assert_eq!(reply["sys"]["resume"]["received"], 1);
    }
    let (back, _) = Player::back(&scene.app, &player.token, 1).await;
    assert_eq!((scene.event().await, scene.event().await), ("lost".into(), "resumed".into()));
    // Now it has arrived, and the old one is good for nothing.
    assert_ne!(back.token, player.token);
    let (other, resume) = Player::back(&scene.app, &player.token, 1).await;
    assert_eq!((&resume["lost"], resume.get("received")), (&json!("unknown"), None));
    drop(other);
    let (_, resume) = Player::back(&scene.app, &back.token, 1).await;
    assert_eq!(resume["received"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_lost_and_comes_back() {
    let mut scene = Scene::start(Resume::new()).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    // Three intervals of silence on a connection that stays.
    assert_eq!(scene.event().await, "lost");
    scene.push(1);
    let (mut back, _) = Player::back(&scene.app, &player.token, 1).await;
    assert_eq!((scene.event().await, back.push().await), ("resumed".into(), 1));
    // It is alive from now on, and beats.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(30)).await;
        back.raw.send_packet(PacketKind::Heartbeat, 2_u64.to_be_bytes()).await;
    }
    scene.push(2);
    assert_eq!(back.push().await, 2);
    assert_eq!(scene.no_event(), ());
}

#[tokio::test(start_paused = true)]
async fn a_full_app_has_room_for_those_that_come_back() {
    let app = App::new().max_sessions(1);
    let mut scene = Scene::start_with(app, Resume::new()).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    drop(player.raw);
    assert_eq!(scene.event().await, "lost");
    let mut other = scene.app.raw();
    other.send_packet(PacketKind::Handshake, hello(None).to_string()).await;
    assert_eq!(other.kick_reason().await, "full");
    drop(other);
    let (back, resume) = Player::back(&scene.app, &player.token, 1).await;
    assert_eq!(resume["received"], 1);
    assert_eq!(scene.event().await, "resumed");
    // Its place is its session's: when that ends there is room again.
    let mut raw = back.raw;
    raw.send_packet(PacketKind::Kick, "").await;
    assert_eq!(scene.event().await, "closed: disconnected");
    raw.expect_closed().await;
    drop(raw);
    tokio::task::yield_now().await;
    scene.join(8).await;
}

/// Two at home, of which one takes the train: its place at home is free, and the one in the train is taken.
#[tokio::test(start_paused = true)]
async fn a_session_counts_to_the_address_that_its_client_came_back_from() {
    let (port, listener) = memory();
    let app = App::new().max_sessions_per_address(2).listen(listener);
    let mut scene = Scene::start_with(app, Resume::new()).await;
    let connect =
        |peer: &str| RawClient::new(port.connect(Some(peer.parse().expect("an address"))));
    let [home, train] = ["10.0.0.1:1", "10.0.0.2:1"];
    let (mut first, mut second) = (connect(home), connect(home));
    let opened = first.open_as(hello(None)).await;
    second.open_as(hello(None)).await;
    assert_eq!((scene.event().await, scene.event().await), ("opened".into(), "opened".into()));
    // The train is full, but not for somebody who has a place.
    let mut others = [connect(train), connect(train)];
    for other in &mut others {
        other.open_as(hello(None)).await;
        assert_eq!(scene.event().await, "opened");
    }
    drop(first);
    assert_eq!(scene.event().await, "lost");
    let is_full = async |peer| {
        let mut client = connect(peer);
        client.send_packet(PacketKind::Handshake, hello(None).to_string()).await;
        let answer = client.packet().await.expect("an answer");
        answer.kind == PacketKind::Kick
    };
    assert!(is_full(home).await, "while it is lost, it counts at home");
    let mut back = connect(train);
    let reply = back.open_as(hello(Some((&token(&opened), 0)))).await;
    assert_eq!(reply["sys"]["resume"]["received"], 0);
    assert_eq!(scene.event().await, "resumed");
    assert!(!is_full(home).await);
    let [mut one, _other] = others;
    one.send_packet(PacketKind::Kick, "").await;
    assert_eq!(scene.event().await, "closed: disconnected");
    one.expect_closed().await;
    drop(one);
    tokio::task::yield_now().await;
    assert!(is_full(train).await, "the resumed one counts there");
    drop(back);
}

#[tokio::test(start_paused = true)]
async fn without_the_setting_a_session_ends_with_its_connection() {
    let app = TestApp::start(App::new()).await;
    let mut raw = app.raw();
    let reply = raw.open_as(hello(None)).await;
    assert_eq!(reply["sys"].get("resume"), None);
    drop(raw);
    let reply = app.raw().handshake(hello(Some((&"0".repeat(32), 0)))).await;
    assert_eq!((&reply["code"], reply["sys"].get("resume")), (&json!(200), None));
}
