//! Promise 5: the end of a session.

use std::sync::Arc;
use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Group, Result, Session, component};
use serde_json::json;
use tokio::sync::Semaphore;

use super::support::{Log, in_time, sessions};

/// Logs what happens, and ends its sessions on request.
#[derive(Clone)]
struct Door {
    log: Log,
    group: Group,
    other: Group,
    gate: Arc<Semaphore>,
}

impl Default for Door {
    fn default() -> Self {
        let (log, gate) = (Log::default(), Arc::new(Semaphore::new(0)));
        Self { log, group: Group::new(), other: Group::new(), gate }
    }
}

#[component]
impl Door {
    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        self.group.add(session)?;
        self.other.add(session)
    }

    #[handler]
    fn kick(&self, session: &Session) -> Result<u32> {
        session.push("onBye", &1)?;
        session.kick("first");
        session.kick("second");
        session.close();
        self.log.add(format!("{:?}", session.close_reason()));
        self.log.add(format!("{:?}", session.push("onBye", &2).map_err(|error| error.kind())));
        Ok(7)
    }

    #[handler]
    async fn kick_and_wait(&self, session: &Session) -> u32 {
        session.kick("first");
        self.pass().await;
        7
    }

    #[handler]
    async fn wait_and_kick(&self, session: &Session) -> u32 {
        self.log.add("started");
        self.pass().await;
        session.kick("first");
        7
    }

    #[handler]
    fn close(&self, session: &Session) -> Result<u32> {
        session.push("onBye", &1)?;
        session.close();
        session.close();
        session.kick("too late");
        Ok(7)
    }

    #[handler]
    async fn wait(&self, number: u32) -> u32 {
        self.log.add(format!("started {number}"));
        self.pass().await;
        self.log.add(format!("finished {number}"));
        number
    }

    #[handler]
    fn note(&self, number: u32) {
        self.log.add(format!("noted {number}"));
    }

    #[handler]
    async fn bind_and_kick(&self, session: &Session) -> Result<()> {
        session.bind(5).await?;
        session.kick("bound");
        Ok(())
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.log.add(format!("bound {:?}", session.uid()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        let member = self.group.contains(session) || self.other.contains(session);
        let joined = self.group.add(session).map_err(|error| error.kind());
        let reason = session.close_reason();
        self.log.add(format!("closed, member: {member}, joins: {joined:?}, {reason:?}"));
    }
}

impl Door {
    async fn pass(&self) {
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
    }
}

fn closed(reason: &str) -> String {
    format!("closed, member: false, joins: Err(Closed), Some({reason})")
}

async fn start() -> (TestApp, Door, RawClient) {
    start_with(App::new()).await
}

async fn start_with(app: App) -> (TestApp, Door, RawClient) {
    let door = Door::default();
    let app = TestApp::start(app.component(door.clone())).await;
    let mut client = app.raw();
    client.open_as(json!({ "sys": { "features": [] } })).await;
    (app, door, client)
}

#[tokio::test]
async fn promise_5_what_was_sent_before_a_kick_comes_first_and_the_first_reason_stays() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.kick", "").await;
    let push = client.message().await;
    assert_eq!((push.route.as_str(), push.json()), ("onBye", json!(1)));
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (1, json!(7)));
    assert_eq!(client.kick_reason().await, "first");
    client.expect_closed().await;
    drop(client);
    door.log.reached(&closed("Kicked(\"first\")")).await;
    assert_eq!(
        door.log.entries(),
        ["Some(Kicked(\"first\"))", "Err(Closed)", &closed("Kicked(\"first\")")]
    );
}

#[tokio::test]
async fn promise_5_a_close_sends_no_kick() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.close", "").await;
    assert_eq!(client.message().await.json(), 1);
    assert_eq!(client.message().await.json(), 7);
    client.expect_closed().await;
    drop(client);
    door.log.reached(&closed("Closed")).await;
}

#[tokio::test]
async fn promise_5_a_handler_that_kicks_its_session_still_answers() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.kick_and_wait", "").await;
    door.gate.add_permits(1);
    assert_eq!(client.message().await.json(), 7);
    assert_eq!(client.kick_reason().await, "first");
    client.expect_closed().await;
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_client_is_told_of_its_kick_after_a_second_and_the_handler_still_finishes() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.kick_and_wait", "").await;
    client.request(2, "door.note", "1").await;
    let kicked = tokio::time::Instant::now();
    assert_eq!(client.kick_reason().await, "first");
    assert!(kicked.elapsed() >= Duration::from_secs(1), "after {:?}", kicked.elapsed());
    client.expect_closed().await;
    drop(client);
    assert!(door.log.entries().is_empty(), "the session has not ended: its handler runs");
    door.gate.add_permits(1);
    door.log.reached(&closed("Kicked(\"first\")")).await;
    assert_eq!(door.log.entries().len(), 1, "the message that was not started is dropped");
}

#[tokio::test]
async fn promise_5_messages_that_were_not_started_before_a_kick_are_dropped() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.wait", "1").await;
    door.log.reached("started 1").await;
    client.request(2, "door.kick", "").await;
    client.request(3, "door.note", "3").await;
    client.request(4, "door.note", "4").await;
    door.gate.add_permits(1);
    let ids = [client.message().await.id, client.message().await.id, client.message().await.id];
    assert_eq!(ids, [1, 0, 2]);
    assert_eq!(client.kick_reason().await, "first");
    client.expect_closed().await;
    drop(client);
    door.log.reached(&closed("Kicked(\"first\")")).await;
    assert!(door.log.entries().iter().all(|entry| !entry.starts_with("noted")));
}

#[tokio::test]
async fn promise_5_messages_behind_a_handler_that_kicks_after_a_wait_are_dropped() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.wait_and_kick", "").await;
    door.log.reached("started").await;
    client.request(2, "door.note", "2").await;
    door.gate.add_permits(1);
    assert_eq!(client.message().await.id, 1);
    assert_eq!(client.kick_reason().await, "first");
    client.expect_closed().await;
    drop(client);
    door.log.reached(&closed("Kicked(\"first\")")).await;
    assert_eq!(door.log.entries(), ["started", &closed("Kicked(\"first\")")]);
}

#[tokio::test]
async fn promise_5_kicks_from_elsewhere_flush_what_was_sent_before() {
    let (_app, door, mut client) = start().await;
    client.request(1, "door.enter", "").await;
    client.message().await;
    let session = door.group.members().remove(0);
    // More than the pipe holds, so that the rest waits in the session's queue.
    let padding = "x".repeat(300);
    for number in 0..1000 {
        if number == 500 {
            tokio::task::yield_now().await;
        }
        session.push("onNumber", &(number, &*padding)).expect("room for a small push");
    }
    session.kick("enough");
    session.kick("again");
    assert!(session.is_closed());
    assert!(session.push("onNumber", &1000).is_err());
    for number in 0..1000 {
        assert_eq!(client.message().await.json()[0], number);
    }
    assert_eq!(client.kick_reason().await, "enough");
    client.expect_closed().await;
    drop(client);
    door.log.reached(&closed("Kicked(\"enough\")")).await;
    assert_eq!(session.close_reason(), Some(nano::CloseReason::Kicked("enough".into())));
}

#[tokio::test]
async fn promise_5_what_a_client_sent_before_it_closed_is_handled() {
    let (app, door, mut client) = start().await;
    client.request(1, "door.enter", "").await;
    client.request(2, "door.wait", "1").await;
    client.request(3, "door.wait", "2").await;
    for number in 3..100 {
        client.notify("door.note", number.to_string()).await;
    }
    drop(client);
    door.log.reached("started 1").await;
    assert!(door.group.is_empty(), "a session that closes is no member, though its handlers run");
    // Replies cannot be sent any more; the client's messages are handled all the same.
    door.gate.add_permits(2);
    in_time("the end", door.log.reached(&closed("Disconnected"))).await;
    let mut expected =
        ["started 1", "finished 1", "started 2", "finished 2"].map(String::from).to_vec();
    expected.extend((3..100).map(|number| format!("noted {number}")));
    expected.push(closed("Disconnected"));
    assert_eq!(door.log.entries(), expected);
    assert!(door.group.is_empty() && door.other.is_empty());
    sessions(&app, 0).await;
}

#[tokio::test]
async fn promise_5_a_client_that_goes_while_its_pushes_are_written_is_still_heard() {
    let (app, door, mut client) = start().await;
    client.request(1, "door.enter", "").await;
    client.message().await;
    client.notify("door.wait", "1").await;
    for number in 2..100 {
        client.notify("door.note", number.to_string()).await;
    }
    door.log.reached("started 1").await;
    drop(client);
    let session = door.group.members().remove(0);
    // The write that finds the peer gone.
    let gone = async {
        while session.push("onNews", &1).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    in_time("a push that is refused", gone).await;
    door.gate.add_permits(1);
    in_time("the end", door.log.reached(&closed("Disconnected"))).await;
    assert_eq!(door.log.entries().len(), 2 + 98 + 1);
    sessions(&app, 0).await;
}

#[tokio::test(start_paused = true)]
async fn promise_5_the_reason_of_each_end_is_known_to_its_hooks() {
    // (what the client does, or is made to do, and the reason)
    let silent = Duration::from_secs(91);
    for reason in [
        "Disconnected",
        "Closed",
        "Kicked(\"first\")",
        "Protocol(\"a client sends requests and notifies only\")",
        "HeartbeatTimeout",
        "SlowConsumer",
        "Shutdown",
    ] {
        let (app, door, mut client) = start().await;
        client.request(1, "door.enter", "").await;
        client.message().await;
        match reason {
            "Disconnected" => {}
            "Closed" => client.notify("door.close", "").await,
            "HeartbeatTimeout" => tokio::time::sleep(silent).await,
            "SlowConsumer" => {
                let session = door.group.members().remove(0);
                let text = "x".repeat(60_000);
                while session.push("onText", &text).is_ok() {}
            }
            "Shutdown" => app.shutdown().await,
            reason if reason.starts_with("Protocol") => {
                client.send_packet(PacketKind::Data, [0b110, 1, b'x']).await;
            }
            _ => client.notify("door.kick", "").await,
        }
        if reason == "Disconnected" {
            drop(client);
        } else if reason != "Closed" {
            let kick = client.kick_reason().await;
            let said = match reason {
                "HeartbeatTimeout" => "heartbeat_timeout",
                "SlowConsumer" => "slow_consumer",
                "Shutdown" => "shutdown",
                "Kicked(\"first\")" => "first",
                _ => "protocol_error: a client sends requests and notifies only",
            };
            assert_eq!(kick, said);
        }
        door.log.reached(&closed(reason)).await;
        let ends = door.log.entries().iter().filter(|entry| entry.starts_with("closed")).count();
        assert_eq!(ends, 1, "{reason}");
    }
}

#[tokio::test]
async fn promise_5_a_session_that_is_bound_and_kicked_at_once_is_heard_of_in_order() {
    let (_app, door, mut client) = start().await;
    client.notify("door.bind_and_kick", "").await;
    assert_eq!(client.kick_reason().await, "bound");
    door.log.reached(&closed("Kicked(\"bound\")")).await;
    assert_eq!(door.log.entries(), ["bound Some(5)", &closed("Kicked(\"bound\")")]);
}

#[tokio::test]
async fn promise_5_a_session_without_a_handshake_has_no_hooks() {
    let (app, door, client) = start().await;
    let mut stranger = app.raw();
    stranger.handshake(json!({})).await;
    sessions(&app, 2).await;
    drop(stranger);
    sessions(&app, 1).await;
    drop(client);
    door.log.reached(&closed("Disconnected")).await;
    assert_eq!(door.log.entries(), [closed("Disconnected")]);
}
