//! Links that break, fall silent, or are refused.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::cable::{connect, join, node};
use super::{Nodes, code, nodes};
use crate::cluster::end::End;
use crate::testing::TestApp;
use crate::{App, Protobuf};

#[tokio::test(start_paused = true)]
async fn a_broken_link_answers_what_is_open_and_refuses_the_rest() {
    let Nodes { gate, backend, cable, at_backend, .. } = nodes().await;
    let client = gate.connect().await;
    let lost = tokio::join!(code(&client, "chat.park", json!(null)), async {
        while at_backend.take() != ["opened None"] {
            tokio::task::yield_now().await;
        }
        assert_eq!(cable.cut().await, [End::Broken, End::Broken]);
    });
    assert_eq!(lost.0, "node_lost", "the late reply of a handler that has ended");
    while backend.server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(at_backend.take(), ["closed disconnected"]);
    assert_eq!(code(&client, "chat.nothing", json!(null)).await, "unavailable");
    assert_eq!(code(&client, "chat.nobody", json!(null)).await, "not_found");

    // The session goes on where the node is back.
    let cable = join(&gate, &backend).await;
    client.request::<_, ()>("chat.nothing", &()).await.unwrap();
    let stuck = tokio::join!(code(&client, "chat.stuck", json!(null)), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cable.cut().await
    });
    assert_eq!(stuck.0, "node_lost", "the reply of a handler that runs");
    assert_eq!(at_backend.take()[0], "opened None", "it is a new session there");
}

#[tokio::test(start_paused = true)]
async fn a_silent_node_is_lost_after_three_seconds() {
    let Nodes { gate, backend: _backend, cable, .. } = nodes().await;
    let client = gate.connect().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    client.request::<_, ()>("chat.nothing", &()).await.expect("an idle link lives");
    let start = Instant::now();
    cable.hold();
    assert_eq!(cable.ends().await, [End::Silent, End::Silent]);
    assert!(start.elapsed() <= Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(code(&client, "chat.nothing", json!(null)).await, "unavailable");
}

#[tokio::test(start_paused = true)]
async fn an_idle_link_carries_a_small_frame_a_second_in_each_direction() {
    let Nodes { gate: _gate, backend: _backend, cable, .. } = nodes().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (frames_before, bytes_before) = cable.frames();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let (frames, bytes) = cable.frames();
    let (frames, bytes) = (frames - frames_before, bytes - bytes_before);
    assert!((118..=122).contains(&frames), "{frames} frames in a minute");
    assert!(bytes <= 4 * frames, "{bytes} bytes in {frames} frames");
}

#[tokio::test(start_paused = true)]
async fn a_newer_link_takes_the_place_of_an_older_one() {
    let Nodes { gate, backend, cable, .. } = nodes().await;
    let client = gate.connect().await;
    client.request::<_, ()>("chat.nothing", &()).await.unwrap();
    let _newer = connect(&gate, &backend);
    let ends = cable.ends().await;
    assert!(ends.contains(&End::Ended), "{ends:?}");
    // Until the newer one is complete.
    while client.request::<_, ()>("chat.nothing", &()).await.is_err() {}
}

#[tokio::test(start_paused = true)]
async fn nodes_that_do_not_fit_are_refused_on_both_sides() {
    let gate = TestApp::start(App::new().cluster(node(1))).await;
    let check = async |other: App, text: &str| {
        let other = TestApp::start(other).await;
        let [at_gate, at_other] = connect(&gate, &other).ends().await;
        let ends = [at_gate.to_string(), at_other.to_string()];
        assert!(ends.iter().all(|end| end.contains(text)), "{ends:?}");
        let node = gate.server().core().node.as_ref().expect("a node");
        assert!(node.gate.peers.all().iter().all(|peer| peer.link().is_none()));
    };
    check(App::new().cluster(node(2).cluster_name("other")), "cluster `").await;
    check(App::new().serializer(Protobuf).cluster(node(2)), "serializer `").await;
    check(App::new().cluster(node(6)), "node 6 is no member").await;
    let large = App::new().session_data_limit(6 * 1024 * 1024);
    check(large.cluster(node(2)), "6291456 bytes at node 2: `App::session_data_limit`").await;
}

#[tokio::test(start_paused = true)]
async fn trap_41_a_member_that_reads_nothing_does_not_hold_the_end_of_sessions() {
    let Nodes { gate, backend, cable, .. } = nodes().await;
    let client = gate.connect().await;
    client.request::<_, u64>("chat.login", &7).await.unwrap();
    assert_eq!(backend.server().sessions(), 1);
    cable.hold();
    let start = Instant::now();
    drop(client);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!((gate.server().sessions(), start.elapsed()), (0, Duration::ZERO));
}
