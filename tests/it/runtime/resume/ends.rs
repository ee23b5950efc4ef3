//! The ends of sessions that outlive their connections.

use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use nano::codec::PacketKind;
use nano::{App, Resume};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::table::{Player, Scene, hello};
use nano::testing::TestApp;

/// Checks that nobody comes back with a token.
async fn check_lost(scene: &Scene, token: &str, received: u64, reason: &str) {
    let (_, resume) = Player::back(&scene.app, token, received).await;
    assert_eq!((&resume["lost"], resume.get("received")), (&json!(reason), None));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_runs_on_does_not_end_the_return_of_its_client() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.request(9, "table.wait", "9").await;
    assert_eq!(scene.event().await, "waits for 9");
    drop(player.raw);
    let (mut back, _) = Player::back(&scene.app, &player.token, 1).await;
    // Longer than a handshake may take.
    tokio::time::sleep(Duration::from_secs(15)).await;
    scene.push(1);
    assert_eq!(back.push().await, 1);
    scene.gate.notify_one();
    assert_eq!(back.raw.message().await.json(), 9);
}

#[tokio::test(start_paused = true)]
async fn the_window_is_over_and_the_session_ends() {
    let mut scene = Scene::start(Resume::new().window(Duration::from_secs(20))).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    drop(player.raw);
    assert_eq!(scene.event().await, "lost");
    let lost = Instant::now();
    assert_eq!(scene.event().await, "closed: disconnected");
    assert_eq!(lost.elapsed().as_secs(), 20);
    assert_eq!((scene.members(), scene.app.server().sessions()), (vec![], 0));
    check_lost(&scene, &player.token, 1, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_ends_the_session_at_once() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.request(2, "table.who", "").await;
    player.raw.send_packet(PacketKind::Kick, "").await;
    assert_eq!(player.raw.message().await.id, 2, "what was sent before is handled");
    player.raw.expect_closed().await;
    assert_eq!(scene.event().await, "closed: disconnected");
    check_lost(&scene, &player.token, 1, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn a_kick_ends_the_session_for_good() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.notify("table.kick", "").await;
    assert_eq!(player.raw.kick_reason().await, "enough");
    assert_eq!(scene.event().await, "closed: enough");
    check_lost(&scene, &player.token, 1, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn a_kick_ends_a_session_whose_client_is_away() {
    let mut scene = Scene::start(Resume::new()).await;
    let player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    drop(player.raw);
    assert_eq!(scene.event().await, "lost");
    scene.kick_all();
    assert_eq!(scene.event().await, "closed: away");
    check_lost(&scene, &player.token, 1, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn the_shutdown_does_not_wait_for_those_that_are_lost() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.request(9, "table.wait", "9").await;
    assert_eq!(scene.event().await, "waits for 9");
    let (back, _) = Player::back(&scene.app, &player.token, 1).await;
    drop(back.raw);
    let other = scene.join(8).await;
    assert_eq!(scene.event().await, "opened");
    drop(other.raw);
    assert_eq!(scene.event().await, "lost");
    let begun = Instant::now();
    scene.app.shutdown().await;
    // The handler that still runs has its grace.
    assert_eq!(begun.elapsed().as_secs(), 10);
    for _ in 0..2 {
        assert_eq!(scene.event().await, "closed: shutdown");
    }
    scene.no_event();
}

#[tokio::test(start_paused = true)]
async fn more_than_is_kept_ends_a_lost_session() {
    for (resume, pushes) in [(Resume::new().messages(4), 5), (Resume::new().bytes(60), 4)] {
        let mut scene = Scene::start(resume).await;
        let player = scene.join(7).await;
        assert_eq!(scene.event().await, "opened");
        drop(player.raw);
        assert_eq!(scene.event().await, "lost");
        for n in 1..pushes {
            scene.push(n);
            tokio::task::yield_now().await;
        }
        scene.no_event();
        scene.push(pushes);
        assert_eq!(scene.event().await, "closed: disconnected");
        check_lost(&scene, &player.token, 1, "unknown").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_misses_more_than_is_kept_begins_anew() {
    // What it claims to have, of five: the join's reply, and four pushes. Three are kept.
    for (received, is_back) in [(0, false), (1, false), (2, true), (5, true), (6, false)] {
        let mut scene = Scene::start(Resume::new().messages(3)).await;
        let mut player = scene.join(7).await;
        assert_eq!(scene.event().await, "opened");
        for n in 1..=4 {
            scene.push(n);
            assert_eq!(player.push().await, n);
        }
        if is_back {
            let (mut back, _) = Player::back(&scene.app, &player.token, received).await;
            for n in received..5 {
                assert_eq!(back.push().await, n);
            }
            continue;
        }
        check_lost(&scene, &player.token, received, "overrun").await;
        // Its old session has ended, and the new one is another.
        let (mut closed, mut opened) = (0, 0);
        while (closed, opened) != (1, 1) {
            match scene.event().await.as_str() {
                "opened" => opened += 1,
                "closed: disconnected" => closed += 1,
                "lost" => {}
                other => panic!("{other}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_client_has_confirmed_is_not_kept() {
    let mut scene = Scene::start(Resume::new()).await;
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    player.raw.send_packet(PacketKind::Heartbeat, 1_u64.to_be_bytes()).await;
    player.raw.request(2, "table.who", "").await;
    player.raw.message().await;
    check_lost(&scene, &player.token, 0, "overrun").await;

    // Nothing that was never sent can be confirmed.
    let mut player = scene.join(8).await;
    player.raw.send_packet(PacketKind::Heartbeat, 2_u64.to_be_bytes()).await;
    assert!(player.raw.kick_reason().await.starts_with("protocol_error: a heartbeat confirms"));
    check_lost(&scene, &player.token, 1, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn a_client_of_another_kind_does_not_come_back() {
    let scene = Scene::start(Resume::new()).await;
    let player = scene.join(7).await;
    drop(player.raw);
    let mut request = hello(Some((&player.token, 1)));
    request["sys"]["features"] = json!(["resume"]);
    let reply = scene.app.raw().handshake(request).await;
    assert_eq!(reply["sys"]["resume"]["lost"], "features");
    // Clients that list no features have no use for tokens.
    let reply =
        scene.app.raw().handshake(json!({ "sys": { "resume": { "token": player.token } } })).await;
    assert_eq!(reply["sys"].get("resume"), None);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_never_opened_is_not_kept() {
    let scene = Scene::start(Resume::new()).await;
    let mut raw = scene.app.raw();
    let reply = raw.handshake(hello(None)).await;
    let token = reply["sys"]["resume"]["token"].as_str().expect("a token").to_owned();
    drop(raw);
    while scene.app.server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    check_lost(&scene, &token, 0, "unknown").await;
}

/// The task of a lost session ends when its client is back.
#[tokio::test(start_paused = true)]
async fn no_task_is_left_of_a_session_that_goes_on() {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let mut scene = Scene::start(Resume::new()).await;
    let before = tasks();
    let mut player = scene.join(7).await;
    assert_eq!(scene.event().await, "opened");
    let connected = tasks();
    for _ in 0..5 {
        drop(player.raw);
        assert_eq!(scene.event().await, "lost");
        (player, _) = Player::back(&scene.app, &player.token, 1).await;
        assert_eq!(scene.event().await, "resumed");
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(tasks(), connected);
    }
    drop(player.raw);
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!((tasks(), scene.app.server().sessions()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn strange_tokens_are_unknown() {
    let scene = Scene::start(Resume::new()).await;
    for resume in [json!({}), json!(7), json!({ "token": "x", "received": 1 }), json!([null])] {
        let request = json!({ "sys": { "features": ["resume"], "resume": resume } });
        let reply: Value = scene.app.raw().handshake(request).await;
        assert_eq!(reply["sys"]["resume"]["lost"], "unknown", "{resume}");
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_told() {
    let resume = Resume::new().window(Duration::from_millis(1500)).messages(0).bytes(0);
    let error = App::new().resume(resume).start().await.expect_err("it cannot work");
    let text = error.to_string();
    for part in ["window of resume is 1.5s", "resume keeps 0 messages", "resume keeps 0 bytes"] {
        assert!(text.contains(part), "{text}");
    }
    TestApp::start(App::new().resume(Resume::new())).await;
}

#[tokio::test(start_paused = true)]
async fn a_return_ends_no_session() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let scene = Scene::start_with(App::new().metrics(recorder), Resume::new()).await;
    let player = scene.join(7).await;
    // Over a second connection while the first is there, and after it is lost.
    let (back, _) = Player::back(&scene.app, &player.token, 1).await;
    drop((player.raw, back.raw));
    let (mut again, _) = Player::back(&scene.app, &back.token, 1).await;
    again.raw.request(2, "table.who", "").await;
    again.raw.message().await;
    drop(again.raw);
    scene.app.shutdown().await;
    let ended: Vec<_> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .filter_map(|(key, _, _, value)| {
            let key = key.key();
            let reason = key.labels().next().map(|label| label.value().to_owned());
            (key.name() == "nano_sessions_ended_total").then_some((reason?, value))
        })
        .collect();
    assert_eq!(ended, [("shutdown".to_owned(), DebugValue::Counter(1))]);
}
