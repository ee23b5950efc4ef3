//! Nodes that leave while they have work.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cable::{join, node};
use super::{Chat, Nodes, nodes};
use crate::testing::TestApp;
use crate::{App, CloseReason, Error, Group, Result, Session, component};

async fn code<T>(asked: impl Future<Output = Result<T>>) -> Option<String> {
    asked.await.err().as_ref().and_then(Error::code).map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn fault_24_late_replies_and_concurrent_handlers_are_waited_for() {
    let Nodes { gate, backend, .. } = nodes().await;
    let (patient, other) = (gate.connect().await, gate.connect().await);
    let start = Instant::now();
    let (parked, slow, ()) = tokio::join!(
        patient.request::<_, String>("chat.park", &()),
        other.request::<_, u64>("chat.slow", &2000),
        async {
            sleep(Duration::from_millis(100)).await;
            let reply = async {
                sleep(Duration::from_secs(3)).await;
                let chat = backend.server().component::<Chat>().expect("the chat");
                let parked = chat.call(|chat| chat.parked.take().expect("a reply"));
                parked.await.expect("the component lives").send("late".to_owned());
            };
            tokio::join!(backend.shutdown(), reply);
        }
    );
    assert_eq!(parked.expect("it is waited for"), "late");
    assert_eq!(slow.expect("it is waited for"), 2000);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(4), "and nothing else: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_does_not_come_is_an_error_when_its_node_has_waited() {
    let Nodes { gate, backend, .. } = nodes().await;
    let (patient, other) = (gate.connect().await, gate.connect().await);
    let start = Instant::now();
    let (parked, slow, ()) = tokio::join!(
        code(patient.request::<_, String>("chat.park", &())),
        other.request::<_, u64>("chat.slow", &7000),
        async {
            sleep(Duration::from_millis(100)).await;
            backend.shutdown().await;
        }
    );
    assert_eq!(parked.as_deref(), Some("shutdown"));
    assert_eq!(slow.expect("it has the time of a handler"), 7000);
    // Half of the time for the shutdown is for replies.
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(5) && took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn fault_24_a_client_whose_gate_drains_gets_what_its_handler_sends() {
    let Nodes { gate, backend, .. } = nodes().await;
    let (told, patient) = (gate.connect().await, gate.connect().await);
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    told.on("onTold", move |millis: u64| hear.send(millis).expect("the test hears"));
    let (answer, parked, ()) = tokio::join!(
        told.request::<_, u64>("chat.tell", &4000),
        code(patient.request::<_, String>("chat.park", &())),
        async {
            sleep(Duration::from_millis(100)).await;
            gate.server().drain(Duration::from_secs(1)).await;
        }
    );
    assert_eq!(answer.expect("its handler is waited for"), 4000);
    assert_eq!(heard.recv().await, Some(4000), "ahead of the reply");
    assert_eq!(parked.as_deref(), Some("shutdown"), "a reply that is kept is not waited for");
    backend.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn fault_24_a_concurrent_handler_is_waited_for_by_a_draining_gate_as_on_one_node() {
    let Nodes { gate, backend, .. } = nodes().await;
    for app in [&gate, &backend] {
        let (client, other) = (app.connect().await, app.connect().await);
        let (slow, late, ()) = tokio::join!(
            client.request::<_, u64>("chat.slow", &4000),
            code(other.request::<_, u64>("chat.slow_and_late", &3000)),
            async {
                sleep(Duration::from_millis(100)).await;
                app.server().drain(Duration::from_secs(1)).await;
            }
        );
        assert_eq!(slow.expect("its handler is waited for"), 4000);
        assert_eq!(late.as_deref(), Some("shutdown"), "a reply that is kept is not waited for");
    }
}

#[tokio::test(start_paused = true)]
async fn fault_24_a_client_whose_gate_drains_gets_what_its_concurrent_handlers_send() {
    let Nodes { gate, backend, .. } = nodes().await;
    let client = gate.connect().await;
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    client.on("onTold", move |millis: u64| hear.send(millis).expect("the test hears"));
    for millis in [3000, 4000] {
        client.notify("chat.whisper", &millis).await.expect("it is sent");
    }
    // Neither waits for the other, nor anything else for them.
    client.request::<_, ()>("chat.nothing", &()).await.expect("an answer");
    gate.server().drain(Duration::from_secs(1)).await;
    assert_eq!((heard.recv().await, heard.recv().await), (Some(3000), Some(4000)));
    assert_eq!(heard.recv().await, None, "that was all");
    backend.shutdown().await;
}

#[derive(Default)]
struct Choir(Group);

#[component(crate = crate)]
impl Choir {
    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.0.add(session)
    }

    #[handler(internal)]
    fn sing(&self) -> Result<()> {
        self.0.broadcast("onSong", &"la")
    }
}

#[tokio::test(start_paused = true)]
async fn fault_24_a_broadcast_reaches_the_members_whose_gate_begins_to_drain_meanwhile() {
    // The gate sends its clients away when the first of them is told.
    let clients = Arc::new(Mutex::new(Vec::<Session>::new()));
    let here = clients.clone();
    let gate = App::new().outbound(move |_, message| {
        if message.route() == "onSong" {
            for session in std::mem::take(&mut *here.lock().expect("no panic")) {
                session.link().close(CloseReason::Drain { reconnect_in: Duration::ZERO });
            }
        }
        Ok(())
    });
    let gate = TestApp::start(gate.cluster(node(1))).await;
    let choir = TestApp::start(App::new().component(Choir::default()).cluster(node(2))).await;
    let _cable = join(&gate, &choir).await;
    let (hear, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let mut members = Vec::new();
    for number in 0..3 {
        let (client, hear) = (gate.connect().await, hear.clone());
        client.on("onSong", move |text: String| drop(hear.send((number, text))));
        client.request::<_, ()>("choir.enter", &()).await.expect("on the list");
        members.push(client);
    }
    *clients.lock().expect("no panic") = gate.server().everyone().sessions();
    ChoirClient::new(&choir.server().node().any()).sing().await.expect("it is sent");
    for client in &members {
        client.closed().await;
    }
    let mut told: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    told.sort();
    assert_eq!(told, [0, 1, 2].map(|number| (number, "la".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn fault_24_a_late_answer_to_a_leaving_node_is_none_to_what_it_says_next() {
    let Nodes { gate: _gate, backend, cable, .. } = nodes().await;
    let leaver = backend.server().core().node.clone().expect("a node");
    // It does not hear in time that the other node has heard it.
    cable.hold();
    leaver.take_back(Duration::ZERO).await;
    cable.release();
    sleep(Duration::from_millis(100)).await;

    cable.hold();
    let is_free = Cell::new(false);
    tokio::join!(
        async {
            leaver.leave().await;
            assert!(is_free.get(), "its last answers are still on their way");
        },
        async {
            sleep(Duration::from_millis(500)).await;
            is_free.set(true);
            cable.release();
        }
    );
}
