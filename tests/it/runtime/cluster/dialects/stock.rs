//! Stock clients in Go, beside a server and at a gate: `cargo xtask peers` builds and runs them.

use std::env;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use nano::__private::{ScannedKind, ScannedRoute, routes};
use nano::{App, Cluster, Routes, Server, Tcp, WebSocket};

use super::{Stage, app, linked};

/// The routes of the stage, as its build script would write them: a gate gives their codes to its clients, too.
const ROUTES: Routes = routes(
    "1",
    &[
        handler("stage.say", "Stage::say", 1),
        handler("stage.long", "Stage::long", 2),
        handler("stage.tell", "Stage::tell", 3),
        handler("stage.shout", "Stage::shout", 4),
        handler("stage.refuse", "Stage::refuse", 5),
        handler("stage.panic", "Stage::panic", 6),
        handler("stage.kick", "Stage::kick", 7),
        route("onTold", "StagePush::told", 8, ScannedKind::Push),
    ],
);

const fn handler(name: &'static str, item: &'static str, code: u16) -> ScannedRoute {
    route(name, item, code, ScannedKind::Handler)
}

const fn route(
    name: &'static str,
    item: &'static str,
    code: u16,
    kind: ScannedKind,
) -> ScannedRoute {
    ScannedRoute { name, code, kind, place: "it/runtime/cluster/dialects.rs", item }
}

/// A process of a stock client, which sends the lines that it is given, and prints what it receives.
struct Stock {
    process: Child,
    receives: Lines<BufReader<ChildStdout>>,
}

impl Stock {
    fn start(arguments: &[String]) -> Self {
        let program = env::var_os("NANO_PEER").expect("`cargo xtask peers` sets NANO_PEER");
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let receives = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        Self { process, receives }
    }

    fn send(&mut self, line: &str) {
        let sends = self.process.stdin.as_mut().expect("it is piped");
        writeln!(sends, "{line}").expect("the client reads");
    }

    /// Returns the next line. The client ends itself when it takes too long.
    fn receive(&mut self) -> String {
        match self.receives.next() {
            Some(line) => line.expect("text"),
            None => panic!("the client has ended: {}", self.logged()),
        }
    }

    /// Makes a call, and returns what comes until the reply to another one behind it: to some calls there is none.
    fn call(&mut self, call: &str) -> Vec<String> {
        self.send(call);
        self.send(r#"request stage.say "next""#);
        let mut received = Vec::new();
        loop {
            match self.receive() {
                line if line == r#"reply "next""# => return received,
                line => received.push(line),
            }
        }
    }

    /// Makes many calls at once, whose replies come in the same order.
    fn hurry(&mut self) {
        for number in 0..200 {
            self.send(&format!("request stage.say \"{number}\""));
        }
        for number in 0..200 {
            assert_eq!(self.receive(), format!("reply \"{number}\""));
        }
    }

    /// Has itself kicked, and returns if it logs that: when it sees the end of the connection before it looks at the kick
    /// that it has read, it forgets the kick.
    fn is_kicked(&mut self) -> bool {
        self.send(r#"notify stage.kick "cheating""#);
        self.send("closed");
        assert_eq!(self.receive(), "closed");
        self.logged().contains("got kick packet from the server")
    }

    /// Ends the client, and returns what it has logged.
    fn logged(&mut self) -> String {
        drop(self.process.stdin.take());
        let mut logged = String::new();
        let errors = self.process.stderr.as_mut().expect("it is piped");
        errors.read_to_string(&mut logged).expect("text");
        logged
    }
}

impl Drop for Stock {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server, and a gate whose backend does the same; each has a TCP and a WebSocket listener.
struct Servers {
    alone: Server,
    backend: Server,
    gate: Server,
}

impl Servers {
    async fn start(is_json: bool) -> Self {
        let stage = || app(is_json).routes(ROUTES).component(Stage::default());
        let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
        let backend = stage().cluster(node).start().await.expect("it starts");
        let address = backend.cluster_address().expect("a node").to_string();
        let node = Cluster::bind("127.0.0.1:0").number(2).member(1, address);
        let gate = listening(app(is_json).routes(ROUTES.partial()).cluster(node)).await;
        linked(&gate, is_json).await;
        Self { alone: listening(stage()).await, backend, gate }
    }

    /// Lets a client play at the server, and at the gate, by the addresses of their TCP and WebSocket listeners.
    async fn each(&self, play: impl Fn(SocketAddr, SocketAddr) + Clone + Send + 'static) {
        for server in [&self.alone, &self.gate] {
            let [tcp, websocket] = server.addresses() else { panic!("two listeners") };
            let (play, tcp, websocket) = (play.clone(), *tcp, *websocket);
            let played = tokio::task::spawn_blocking(move || play(tcp, websocket)).await;
            played.expect("it plays");
        }
    }

    async fn shutdown(self) {
        for server in [self.gate, self.backend, self.alone] {
            server.shutdown().await;
        }
    }
}

async fn listening(app: App) -> Server {
    let (tcp, websocket) = (Tcp::bind("127.0.0.1:0"), WebSocket::bind("127.0.0.1:0").path("/nano"));
    app.listen(tcp).listen(websocket).start().await.expect("it starts")
}

/// Makes the calls that succeed. `empty` is what the client receives for a reply without a value.
fn calls(client: &mut Stock, empty: &[&str]) {
    let (told, unlisted) = (r#"push onTold "told""#, r#"push onUnlisted "told""#);
    assert_eq!(client.call(r#"request stage.say "Grüße 😀""#), [r#"reply "Grüße 😀""#]);
    let long = format!("reply \"{}\"", "long ".repeat(2000));
    assert_eq!(client.call(r#"request stage.long "long ""#), [long]);
    assert_eq!(client.call(r#"request stage.tell "told""#), [&[told, unlisted], empty].concat());
    assert_eq!(client.call(r#"notify stage.tell "told""#), [told, unlisted]);
    assert_eq!(client.call(r#"request stage.shout "told""#), [&[told], empty].concat());
    client.hurry();
}

#[tokio::test]
#[ignore = "needs Go: `cargo xtask peers pitaya_client`"]
async fn pitaya() {
    for is_json in [true, false] {
        let servers = Servers::start(is_json).await;
        let serializer = if is_json { "json" } else { "protobuf" };
        let play = move |transport: &str, address: SocketAddr| {
            let arguments = [transport.to_owned(), address.to_string(), serializer.to_owned()];
            let connect = || {
                let mut client = Stock::start(&arguments);
                assert_eq!(
                    client.receive(),
                    "dictionary onTold stage.kick stage.long stage.panic stage.refuse stage.say \
                     stage.shout stage.tell"
                );
                client
            };
            let mut client = connect();
            calls(&mut client, &[r#"reply """#]);
            let refused = client.call(r#"request stage.refuse "not today""#);
            assert_eq!(refused, [r#"error refused "not today""#]);
            for (route, code) in [("stage.panic", "internal"), ("stage.nowhere", "not_found")] {
                let refused = client.call(&format!("request {route} \"\""));
                assert!(refused[0].starts_with(&format!("error {code} \"")), "{refused:?}");
                assert_eq!(refused.len(), 1, "{refused:?}");
            }
            assert!(client.is_kicked() || (0..9).any(|_| connect().is_kicked()), "no kick came");
        };
        let both = move |tcp, websocket| {
            play("tcp", tcp);
            play("ws", websocket);
        };
        servers.each(both).await;
        servers.shutdown().await;
    }
}

#[tokio::test]
#[ignore = "needs Go: `cargo xtask peers go_nano_client`"]
async fn go_nano() {
    let servers = Servers::start(false).await;
    let play = |tcp: SocketAddr, _| {
        let arguments = [tcp.to_string(), "onTold".to_owned(), "onUnlisted".to_owned()];
        let mut client = Stock::start(&arguments);
        // It reads no message without a body.
        calls(&mut client, &[]);
        // In protobuf it could not tell an error from a reply.
        for route in ["stage.refuse", "stage.panic", "stage.nowhere"] {
            assert!(client.call(&format!("request {route} \"\"")).is_empty(), "{route}");
        }
    };
    servers.each(play).await;
    servers.shutdown().await;
}
