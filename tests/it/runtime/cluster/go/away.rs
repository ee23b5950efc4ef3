//! Nodes of Go nano that are away for a while, and connections to them that are dead.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use nano::{App, Cluster};
use prost::Message;
use tokio::time::timeout;

use super::gate::{Gate, app, code, connect, request};
use super::line::Line;
use super::messages::{MemberInfo, OfMember, OfSession, Response};
use super::script::Script;
use super::{address, behind, trust, until};

/// A node is lost when two signs of life fail to come.
const LOST: Duration = Duration::from_secs(12);

#[tokio::test]
async fn fault_26_the_end_of_a_session_is_told_when_the_node_is_back() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = behind(master, app(Gate::default())).await;
    let (client, other) = (connect(&gate, backend).await, connect(&gate, backend).await);
    backend.answer(|_, _| None);
    let start = Instant::now();
    while code(&other, "Echo.Say").await != "unavailable" {
        assert!(start.elapsed() < LOST, "two signs of life fail to come");
    }
    let ids = || gate.everyone().sessions().into_iter().map(|one| one.id());
    let before: Vec<_> = ids().collect();
    drop(client);
    until("the session ends", || gate.sessions() == 1).await;
    let ended = before.into_iter().find(|id| ids().all(|left| left != *id)).expect("it is gone");
    let ended = OfSession { session: ended.get().cast_signed() };
    assert_eq!(master.expect::<OfSession>("Member/SessionClosed").await, ended);
    // What came to the node while it hung.
    while let Some((method, _)) = backend.came() {
        assert_ne!(method, "Member/SessionClosed", "it counts as lost");
    }
    backend.answer(|_, _| Some(Ok(Bytes::new())));
    let told = async {
        loop {
            let (method, message) = backend.next().await;
            if method == "Member/SessionClosed" {
                return message;
            }
        }
    };
    let told = timeout(LOST, told).await.expect("it is told when it is back");
    assert_eq!(told, ended.encode_to_vec());
    gate.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_dead_connection_to_a_backend_of_go_nano_is_replaced() {
    let backend = &mut Script::start("127.0.0.1").await;
    let line = Line::to(&backend.address).await;
    let others = [MemberInfo::new("backend", &line.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = behind(master, app(Gate::default())).await;
    let client = connect(&gate, backend).await;
    line.die();
    let to_gate = backend.to(address(&gate));
    let answers = async {
        loop {
            let asked = request(backend).await;
            let response = Response { session: asked.session, id: asked.id, data: asked.data };
            to_gate.call("Member/HandleResponse", &response).await.expect("sent");
        }
    };
    let asked = async { while client.request::<_, ()>("Echo.Say", &()).await.is_err() {} };
    tokio::select! {
        asked = timeout(LOST, asked) => asked.expect("it goes on over another connection"),
        () = answers => unreachable!("it never ends"),
    }
    gate.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_dead_connection_to_a_member_is_replaced_and_the_member_stays() {
    let node = Cluster::bind("127.0.0.1:0").master().go_nano(trust());
    let server = App::new().cluster(node).start().await.expect("it starts");
    let (one, mut other) = (Script::start("127.0.0.1").await, Script::start("127.0.0.1").await);
    let line = Line::to(&one.address).await;
    let signs = Arc::<AtomicUsize>::default();
    let asked = signs.clone();
    one.answer(move |_, _| {
        asked.fetch_add(1, Ordering::Relaxed);
        Some(Ok(Bytes::new()))
    });
    let to_master = other.to(address(&server));
    to_master.call("Master/Register", &other.info("other", &[])).await.expect("let in");
    let info = OfMember { info: Some(MemberInfo::new("one", &line.address, &[])) };
    to_master.call("Master/Register", &info).await.expect("let in");
    assert_eq!(other.expect::<OfMember>("Member/NewMember").await, info);
    until("it is asked for a sign of life", || signs.load(Ordering::Relaxed) > 0).await;
    line.die();
    let before = signs.load(Ordering::Relaxed);
    until("it is asked over another connection", || signs.load(Ordering::Relaxed) > before).await;
    assert_eq!(other.came(), None, "it has not been given up");
    server.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_dead_connection_to_a_master_of_go_nano_is_replaced() {
    let mut master = Script::start("127.0.0.1").await;
    let line = Line::to(&master.address).await;
    let go = trust().master(line.address.clone());
    let node = Cluster::bind("127.0.0.1:0").go_nano(go);
    let server = App::new().cluster(node).start().await.expect("it starts");
    assert_eq!(master.next().await.0, "Master/Register");
    assert_eq!(master.next().await.0, "Master/Heartbeat");
    line.die();
    let beaten = timeout(Duration::from_secs(15), master.next()).await;
    assert_eq!(beaten.expect("over another connection").0, "Master/Heartbeat");
    server.shutdown().await;
}
