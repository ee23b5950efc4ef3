//! Connections over KCP: with the Rust client, over a bad network, and by hand.

mod go;
mod hostile;
mod peer;
mod proxy;

use std::net::SocketAddr;
use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::testing::TestApp;
use nano::{
    App, Bytes, ErrorKind, Group, Kcp, KcpOptions, ProxyProtocol, Resume, Session, component, push,
};

use crate::promises::support::{Log, in_time, sessions};
use proxy::Proxy;

/// The events of the desk.
#[push]
trait DeskPush {
    /// A number of many.
    #[push(name = "onNumber")]
    fn number(number: u32);
}

/// Handlers for all tests over KCP.
#[derive(Default)]
pub(super) struct Desk {
    members: Group,
    log: Log,
}

#[component]
impl Desk {
    #[handler]
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }

    #[handler]
    fn address(&self, session: &Session) -> Option<SocketAddr> {
        session.remote_addr()
    }

    #[handler]
    fn join(&self, session: &Session) -> nano::Result<()> {
        self.members.add(session)
    }

    #[handler]
    fn count(&self, to: u32) -> nano::Result<()> {
        (0..to).try_for_each(|number| DeskPush::to(&self.members).number(&number))
    }

    #[handler]
    fn kick(&self, session: &Session) {
        session.kick("cheating");
    }

    #[handler]
    fn close(&self, session: &Session) {
        session.close();
    }

    #[on(session_lost)]
    fn lost(&self) {
        self.log.add("lost");
    }

    #[on(session_resumed)]
    fn resumed(&self) {
        self.log.add("resumed");
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.log.add(format!("{:?}", session.close_reason()));
    }
}

/// An app that listens on a port of its own, and the port.
pub(super) async fn start(app: App, options: KcpOptions) -> (TestApp, SocketAddr, Log) {
    let desk = Desk::default();
    let log = desk.log.clone();
    let kcp = Kcp::bind("127.0.0.1:0").options(options);
    let app = TestApp::start(app.component(desk).listen(kcp)).await;
    let address = app.server().addresses()[0];
    (app, address, log)
}

async fn connect(address: SocketAddr) -> Client {
    let url = format!("kcp://{address}");
    in_time("a connection", Client::connect(&url)).await.expect("the server answers")
}

/// Bytes that are not all alike.
fn bytes(len: usize) -> Bytes {
    (0..len).map(|at| (at * at % 251) as u8).collect()
}

async fn echoes(client: &Client, len: usize) {
    let reply = in_time("an echo", client.request_bytes("desk.echo", bytes(len))).await;
    assert!(reply.expect("a reply") == bytes(len), "{len} bytes come back as they were");
}

#[tokio::test]
async fn a_client_plays_over_kcp_and_its_end_is_noticed_at_once() {
    let (app, address, log) = start(App::new(), KcpOptions::new()).await;
    let client = connect(address).await;
    for len in [0, 1, 1151, 1176, 1177, 20_000, 60_000] {
        echoes(&client, len).await;
    }
    let seen: Option<SocketAddr> = client.request("desk.address", &()).await.expect("a reply");
    assert!(seen.is_some_and(|seen| seen.ip() == address.ip() && seen != address), "{seen:?}");
    in_time("the end", client.close()).await;
    in_time("the end of the session", log.reached("Some(Disconnected)")).await;
    sessions(&app, 0).await;
}

#[tokio::test]
async fn whatever_ends_a_session_ends_the_conversation_and_is_told() {
    let (app, address, log) = start(App::new(), KcpOptions::new()).await;
    for (route, reason) in [("desk.kick", "cheating"), ("desk.close", "closed")] {
        let client = connect(address).await;
        client.notify(route, &()).await.expect("it is open");
        let expected = CloseReason::Kicked { reason: reason.into() };
        assert_eq!(in_time("the end", client.closed()).await, expected);
        sessions(&app, 0).await;
    }
    let client = connect(address).await;
    // Its handshake is complete.
    echoes(&client, 1).await;
    in_time("the shutdown", app.shutdown()).await;
    let expected = CloseReason::Kicked { reason: "shutdown".into() };
    assert_eq!(in_time("the end", client.closed()).await, expected);
    assert_eq!(log.entries().len(), 3);
    // Nothing is left of the listener.
    let again = App::new().listen(Kcp::bind(address)).start().await.expect("the port is free");
    in_time("the shutdown", again.shutdown()).await;
}

/// Requests that wait for one another, pushes in a burst, and large bodies, through a network that loses.
async fn plays_over_a_bad_network(options: KcpOptions, seed: u64) {
    let (_app, address, _) = start(App::new(), options).await;
    let proxy = Proxy::start(address, seed).await;
    let url = format!("kcp://{}", proxy.address());
    let builder = Client::builder().kcp(options);
    let client = in_time("a connection", builder.connect(&url)).await.expect("an answer");
    let mut numbers = client_numbers(&client);
    client.request::<_, ()>("desk.join", &()).await.expect("a reply");
    for len in 0..30 {
        echoes(&client, len * 37).await;
    }
    client.request::<_, ()>("desk.count", &500).await.expect("a reply");
    for expected in 0..500 {
        assert_eq!(in_time("a push", numbers.recv()).await, Some(expected));
    }
    echoes(&client, 60_000).await;
    assert!(proxy.lost() > 10, "{} datagrams were lost", proxy.lost());
    in_time("the end", client.close()).await;
}

fn client_numbers(client: &Client) -> tokio::sync::mpsc::UnboundedReceiver<u32> {
    let (sender, numbers) = tokio::sync::mpsc::unbounded_channel();
    DeskPush::on(client).number(move |number| {
        // The test may have failed before.
        let _ = sender.send(number);
    });
    numbers
}

#[tokio::test]
async fn what_the_network_loses_and_mixes_up_arrives_in_order() {
    plays_over_a_bad_network(KcpOptions::new(), 1).await;
    let careful = KcpOptions::new().congestion_control(true).mtu(500);
    plays_over_a_bad_network(careful, 2).await;
}

#[tokio::test]
async fn a_client_comes_back_to_its_session_over_another_conversation() {
    let app = App::new().resume(Resume::new()).heartbeat(Duration::from_secs(1));
    let (app, address, log) = start(app, KcpOptions::new()).await;
    let proxy = Proxy::start(address, 3).await;
    let client = connect(proxy.address()).await;
    let mut numbers = client_numbers(&client);
    client.request::<_, ()>("desk.join", &()).await.expect("a reply");
    let other = connect(address).await;
    proxy.set_away(true);
    in_time("the loss", log.reached("lost")).await;
    // One call of the client, and pushes to it, while there is no conversation.
    let waiting = client.clone();
    let waiting =
        tokio::spawn(async move { waiting.request_bytes("desk.echo", bytes(20_000)).await });
    other.request::<_, ()>("desk.count", &5).await.expect("a reply");
    proxy.set_away(false);
    in_time("the return", log.reached("resumed")).await;
    for expected in 0..5 {
        assert_eq!(in_time("a push", numbers.recv()).await, Some(expected));
    }
    let echo = in_time("an echo", waiting).await.expect("no panic");
    assert!(echo.expect("a reply") == bytes(20_000));
    // The same session, which is still a member.
    other.request::<_, ()>("desk.count", &1).await.expect("a reply");
    assert_eq!(in_time("a push", numbers.recv()).await, Some(0));
    sessions(&app, 2).await;
    assert_eq!(log.entries(), ["lost", "resumed"]);
}

#[tokio::test]
async fn on_threads_of_the_app_and_with_tight_windows() {
    let options = KcpOptions::new().mtu(256).send_window(8).receive_window(8);
    let (app, address, _) = start(App::new().threads(2), options).await;
    let clients = [connect(address).await, connect(address).await, connect(address).await];
    for client in &clients {
        echoes(client, 60_000).await;
    }
    in_time("the shutdown", app.shutdown()).await;
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_with_their_values() {
    let problem = |options: KcpOptions| async move {
        let listener = Kcp::bind("127.0.0.1:0").options(options);
        let error = App::new().listen(listener).start().await.expect_err("no such settings");
        let client = Client::builder().kcp(options).connect("kcp://127.0.0.1:1").await;
        let client = client.expect_err("no such settings");
        assert_eq!((error.kind(), client.kind()), (ErrorKind::Config, ErrorKind::Config));
        assert!(error.to_string().ends_with(&client.to_string()), "{error}; {client}");
        client.to_string()
    };
    let options = KcpOptions::new();
    for (options, text) in [
        (options.interval(Duration::ZERO), "the interval of KCP is 0ns; 1 ms to 1 s are possible"),
        (options.mtu(1501), "the mtu of KCP is 1501 bytes; 256 to 1500 are possible"),
        (options.send_window(7), "the send window of KCP is 7 segments; 8 to 4096 are possible"),
        (
            options.receive_window(5000),
            "the receive window of KCP is 5000 segments; 8 to 4096 are possible",
        ),
    ] {
        assert_eq!(problem(options).await, text);
    }
    let behind_proxy = ProxyProtocol::over(Kcp::bind("127.0.0.1:0"));
    let error = App::new().listen(behind_proxy).start().await.expect_err("no such proxy");
    let text = "the header of the PROXY protocol cannot come before packets over KCP: nobody sends it there";
    assert!(error.to_string().ends_with(text), "{error}");
    let taken = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("an address");
    let error = App::new().listen(Kcp::bind(address)).start().await.expect_err("it is taken");
    assert!(error.to_string().contains(&format!("cannot listen on `{address}`: ")), "{error}");
    // Nobody answers there.
    let silence = Client::builder().handshake_timeout(Duration::from_millis(50));
    let error = silence.connect(&format!("kcp://{address}")).await.expect_err("no server");
    assert_eq!(error.kind(), ErrorKind::Timeout);
}
