//! Problems that keep an app from starting, and their reports.

use std::time::Duration;

use nano::{
    App, Error, ErrorKind, Protobuf, PushEvent, PushSet, Result, Tcp, WebSocket, component,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::support::Log;

#[derive(Serialize, Deserialize)]
struct SerdeOnly;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, request: SerdeOnly) -> SerdeOnly {
        request
    }
}

struct Hall;

#[component(name = "room")]
impl Hall {
    #[handler]
    fn join(&self) {}
}

#[tokio::test]
async fn a_start_reports_every_problem_of_the_configuration_at_once() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let error = App::new()
        .serializer(Protobuf)
        .heartbeat(Duration::ZERO)
        .handshake_timeout(Duration::ZERO)
        .handler_timeout(Duration::from_secs(400 * 24 * 60 * 60))
        .packet_limit(1 << 24)
        .max_sessions(0)
        .component(Room)
        .component(Hall)
        .component(Room)
        .listen(Tcp::bind(format!("127.0.0.1:{port}")))
        .listen(WebSocket::bind("127.0.0.1:0").path("nano"))
        .start()
        .await
        .expect_err("a configuration with problems");
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string().replace(&port.to_string(), "PORT");
    assert_eq!(
        text,
        "\
the app cannot start, for 11 reasons
  - heartbeat is 0ns; clients count whole seconds, 1 at least
  - handshake_timeout is zero: it would always have passed
  - handler_timeout is 34560000s; a year is the most
  - packet_limit is 16777216 bytes; a packet's length is 1 to 16777215
  - max_sessions is 0: nobody could connect
  - the payload of `room.join` is it::promises::startup::SerdeOnly, which the protobuf serializer cannot handle: it has serde, but no prost::Message
  - the reply of `room.join` is it::promises::startup::SerdeOnly, which the protobuf serializer cannot handle: it has serde, but no prost::Message
  - route `room.join` has two handlers: in it::promises::startup::Room and in it::promises::startup::Hall
  - component `room` is registered twice
  - cannot listen on `127.0.0.1:PORT`: Address already in use (os error 98)
  - the WebSocket path `nano` does not start with a slash"
    );
}

#[tokio::test]
async fn one_problem_is_reported_alone() {
    let error = App::new().packet_limit(1000).outbound_limit(1003).start().await;
    assert_eq!(
        error.expect_err("a queue that holds no packet").to_string(),
        "the app cannot start\n  - outbound_limit is 1003 bytes, which one packet of 1000 bytes and \
         its header exceeds"
    );
}

#[tokio::test]
async fn a_number_of_threads_that_cannot_serve_is_named() {
    for threads in [0, 1025] {
        let error = App::new().threads(threads).start().await.expect_err("no such number");
        assert_eq!(
            error.to_string(),
            format!(
                "the app cannot start\n  - threads is {threads}; 1 to 1024 can serve connections"
            )
        );
    }
}

#[tokio::test]
async fn a_dictionary_that_no_handshake_can_hold_is_reported() {
    let name = |number: u16| String::leak(format!("{number:0>255}"));
    let event = |number| PushEvent { route: name(number), method: "event", docs: "" };
    let events = PushSet::new("Many", Vec::leak((1..=u16::MAX).map(event).collect()));
    let error = App::new().push(events).start().await.expect_err("too long a dictionary");
    assert_eq!(
        error.to_string(),
        "the app cannot start\n  - the dictionary of all routes takes 17301240 bytes; 16773119 fit \
         into a handshake"
    );
}

struct Failing {
    log: Log,
    at: &'static str,
}

impl Failing {
    fn reach(&self, hook: &'static str) -> Result<()> {
        self.log.add(hook);
        match self.at {
            at if at == hook => Err(Error::internal("the map is missing")),
            at if at.strip_prefix("panic ") == Some(hook) => panic!("the map is broken"),
            _ => Ok(()),
        }
    }
}

#[component]
impl Failing {
    #[on(init)]
    async fn load(&mut self) -> Result<()> {
        self.reach("init")
    }

    #[on(after_init)]
    fn open(&self) -> Result<()> {
        self.reach("after_init")
    }
}

#[tokio::test]
async fn a_hook_that_fails_stops_the_start_and_is_named() {
    for (at, reached, text) in [
        ("init", "init", "the hook `failing.load` failed: internal error: the map is missing"),
        (
            "after_init",
            "after_init",
            "the hook `failing.open` failed: internal error: the map is missing",
        ),
        ("panic init", "init", "the hook `failing.load` failed: it panicked: the map is broken"),
        (
            "panic after_init",
            "after_init",
            "the hook `failing.open` failed: it panicked: the map is broken",
        ),
    ] {
        let log = Log::default();
        // A port of its own for each, so that it can be looked at afterwards.
        let probe = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = probe.local_addr().expect("an address");
        drop(probe);
        let app = App::new().component(Failing { log: log.clone(), at });
        let error = app.listen(Tcp::bind(address.to_string())).start().await;
        let error = error.expect_err("a hook that fails");
        assert_eq!(format!("{error:?}"), format!("{text} (Internal)"));
        assert_eq!(log.entries().last().map(String::as_str), Some(reached));
        assert!(TcpListener::bind(address).await.is_ok(), "nobody listens on {address}");
    }
}
