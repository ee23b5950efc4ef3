//! Promise 6: ports, hooks that do not cooperate, and handles that outlive their app.

use std::io;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use nano::client::Client;
use nano::testing::TestApp;
use nano::{App, Context, ErrorKind, Result, Session, Tcp, WebSocket, component};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::{First, Log, Second, begin, start};
use crate::promises::support::{in_time, sessions};

#[tokio::test]
async fn promise_6_no_connection_is_accepted_and_the_ports_are_free() {
    let first = First::default();
    first.slow.store(true, SeqCst);
    let app = App::new().component(first.clone());
    let app = app.listen(Tcp::bind("127.0.0.1:0")).listen(WebSocket::bind("127.0.0.1:0").path("/"));
    let app = TestApp::start(app).await;
    let addresses = app.server().addresses().to_vec();
    let old = Client::connect(&format!("tcp://{}", addresses[0])).await.expect("a connection");
    let ending = begin(&app).await;
    first.log.reached("first.before_shutdown").await;
    // Sessions are there until the hook has run; new ones do not come in.
    assert_eq!(old.request::<_, u32>("first.note", &1).await.expect("a reply"), 1);
    let mut stranger = app.raw();
    assert!(stranger.try_send([1, 0, 0, 0]).await.is_err() || stranger.packet().await.is_none());
    for address in &addresses {
        let refused = async {
            while TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        in_time("a port that is closed", refused).await;
    }
    assert_eq!(app.server().sessions(), 1);
    first.gate.add_permits(1);
    in_time("the end", ending).await.expect("the shutdown does not panic");
    old.closed().await;
    for address in addresses {
        assert!(TcpListener::bind(address).await.is_ok(), "{address} is free again");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_hook_that_hangs_or_panics_does_not_stop_the_end() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("a value panics while it is dropped");
        }
    }

    struct Stuck;
    #[component]
    impl Stuck {
        #[on(before_shutdown)]
        async fn before_shutdown(&mut self) {
            let _value = PanicsOnDrop;
            std::future::pending::<()>().await;
        }

        #[on(shutdown)]
        fn shutdown(&self) {
            panic!("a hook panics");
        }
    }

    let first = First::default();
    let app = App::new().component(first.clone()).component(Stuck);
    let app = TestApp::start(app.shutdown_grace(Duration::from_secs(2))).await;
    in_time("the end", app.shutdown()).await;
    assert_eq!(first.log.count("first.before_shutdown"), 1);
    assert_eq!(first.log.count("first.shutdown"), 1);
}

/// A component whose hook for one event of a session hangs.
struct Hanging {
    log: Log,
    event: &'static str,
}

impl Hanging {
    async fn hook(&self, event: &'static str) {
        self.log.add(event);
        if event == self.event {
            std::future::pending::<()>().await;
        }
    }
}

#[component]
impl Hanging {
    #[on(session_opened)]
    async fn opened(&self) {
        self.hook("opened").await;
    }

    #[handler]
    async fn bind(&self, session: &Session) -> Result<()> {
        session.bind(7).await
    }

    #[on(session_bound)]
    async fn bound(&self) {
        self.hook("bound").await;
    }

    #[on(session_closed)]
    async fn closed(&self) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.log.add("closed");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_session_hook_that_hangs_is_cut_off_and_the_others_run() {
    for event in ["opened", "bound"] {
        let first = First::default();
        let log = first.log.clone();
        let app = App::new().component(Hanging { log: log.clone(), event }).component(first);
        let app = TestApp::start(app.shutdown_grace(Duration::from_secs(2))).await;
        let mut client = app.raw();
        client.open().await;
        client.notify("hanging.bind", "null").await;
        log.reached(event).await;
        let started = Instant::now();
        app.shutdown().await;
        let took = started.elapsed().as_millis();
        // The grace period, and the second of the last hook.
        assert!((3000..3500).contains(&took), "{event}: {took} ms");
        assert_eq!(log.count(&format!("first.{event}")), 1, "the hook behind the one that hangs");
        assert_eq!(log.count("first.closed") + log.count("closed"), 2, "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_messages_of_a_client_that_has_gone_are_not_waited_for() {
    let (app, first, mut client) = start().await;
    for id in 1..=3 {
        client.request(id, "first.wait", "1").await;
    }
    first.log.reached("first.wait starts").await;
    drop(client);
    // The reply meets a connection that is broken. What the client sent before is still handled.
    first.gate.add_permits(1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(first.log.count("first.wait starts"), 2);
    let ending = begin(&app).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    first.gate.add_permits(1);
    in_time("the end", ending).await.expect("the shutdown does not panic");
    assert_eq!(first.log.count("first.wait ends"), 2, "the handler that was running");
    assert_eq!(first.log.count("first.wait starts"), 2, "and none after it");
    assert_eq!(first.log.count("first.closed"), 1);
}

#[tokio::test]
async fn promise_6_dropping_the_last_server_closes_the_sessions_without_the_hooks_of_the_end() {
    let (app, first, mut client) = start().await;
    sessions(&app, 1).await;
    drop(app);
    assert_eq!(client.kick_reason().await, "shutdown");
    client.expect_closed().await;
    drop(client);
    first.log.reached("first.closed").await;
    assert_eq!(first.log.count("first.shutdown") + first.log.count("first.before_shutdown"), 0);
}

/// A component that keeps what may outlive its app.
#[derive(Default)]
struct Keeper {
    sessions: Vec<Session>,
}

#[component]
impl Keeper {
    #[handler]
    fn keep(&mut self, session: &Session) {
        self.sessions.push(session.clone());
    }

    #[on(shutdown)]
    async fn save(&self, ctx: &Context<Self>) -> Result<()> {
        // Other components are still there for the last hooks.
        ctx.component::<Second>()?.call(|_| ()).await
    }
}

#[tokio::test]
async fn promise_6_handles_say_that_the_app_has_ended() {
    let app = App::new().component(Keeper::default()).component(Second(Log::default()));
    let app = TestApp::start(app).await;
    let client = app.connect().await;
    client.request::<_, ()>("keeper.keep", &()).await.expect("it is kept");
    let handle = app.server().component::<Keeper>().expect("a component");
    let kept = handle.call(|keeper| keeper.sessions.clone()).await.expect("it works");
    assert_eq!(kept.len(), 1);
    app.shutdown().await;
    // Handles of the app that are still held: its server and a session.
    let error = handle.call(|_| ()).await.expect_err("the app has ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(handle.component::<Second>().expect_err("ended").kind(), ErrorKind::Closed);
    assert!(handle.is_closed());
    drop((app, kept));
}

#[tokio::test]
async fn promise_6_handles_of_a_dropped_app_say_so_too() {
    let (app, first, client) = start().await;
    let handle = app.server().component::<Second>().expect("a component");
    assert!(handle.call(|_| ()).await.is_ok());
    drop(app);
    first.log.reached("first.closed").await;
    drop(client);
    let gone = async {
        loop {
            match handle.call(|_| ()).await {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => return error.kind(),
            }
        }
    };
    assert_eq!(in_time("the end of its sessions", gone).await, ErrorKind::Closed);
}

#[tokio::test]
async fn promise_6_a_client_that_connects_to_a_closed_port_is_refused() -> io::Result<()> {
    let app = TestApp::start(App::new().listen(Tcp::bind("127.0.0.1:0"))).await;
    let address = app.server().addresses()[0];
    app.shutdown().await;
    let refused = TcpStream::connect(address).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    Ok(())
}
