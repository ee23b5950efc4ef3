//! Nodes of Go nano itself, by `cargo xtask go-nano`, which builds them from `tests/go`.

use std::env;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nano::client::Client;
use nano::{App, Cluster, GoNano, Json, Result, Session, Tcp, component};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::{address, trust};

/// The path of the program, from `cargo xtask go-nano`.
const NODE: &str = "NANO_TEST_GO_NODE";

/// A process of Go nano, which is killed when this is dropped.
struct Go(Child);

impl Go {
    fn start(arguments: &[&str]) -> Self {
        let node = env::var(NODE).expect("`cargo xtask go-nano` runs this test");
        let child = Command::new(node).args(arguments).stderr(Stdio::null()).spawn();
        Self(child.expect("a process"))
    }
}

impl Drop for Go {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns an address that is free: a node of Go nano is told its own.
fn free() -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").to_string()
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Text {
    text: String,
}

struct Chat;

#[component(rename_all = "PascalCase")]
impl Chat {
    #[handler]
    fn say(&self, message: Text) -> Text {
        message
    }

    #[handler]
    fn tell(&self, session: &Session, message: Text) -> Result<()> {
        session.push("onTell", &message)
    }

    #[handler]
    fn hang_up(&self, session: &Session) {
        session.close();
    }
}

/// Connects, also to a gate that is still starting.
async fn connect(gate: &str) -> Client<Json> {
    let connected = async {
        loop {
            if let Ok(client) = Client::connect(&format!("tcp://{gate}")).await {
                return client;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), connected).await.expect("a gate")
}

/// Asks until somebody answers: nodes of both kinds get to know each other in their own time.
async fn say(client: &Client<Json>, route: &str) -> Value {
    let message = json!({ "text": "hello" });
    let said = async {
        loop {
            let asked = client.request::<_, Value>(route, &message);
            // A gate of Go nano answers nothing for a route that nobody has.
            if let Ok(Ok(said)) = timeout(Duration::from_millis(500), asked).await {
                return said;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), said).await.unwrap_or_else(|_| panic!("{route} is served"))
}

async fn code(client: &Client<Json>, route: &str) -> String {
    let asked = client.request::<_, Value>(route, &json!({ "text": "" })).await;
    asked.expect_err("an error").code().expect("a code").to_owned()
}

fn listen(client: &Client<Json>) -> mpsc::UnboundedReceiver<String> {
    let (hear, heard) = mpsc::unbounded_channel();
    client.on("onTell", move |message: Text| drop(hear.send(message.text)));
    heard
}

#[tokio::test]
#[ignore = "a part of `cargo xtask go-nano`"]
async fn a_gate_and_master_here_has_backends_in_go() {
    let cluster = Cluster::bind("127.0.0.1:0").master().go_nano(trust());
    let app = App::new().listen(Tcp::bind("127.0.0.1:0")).component(Chat).cluster(cluster);
    let gate = app.handler_timeout(Duration::from_secs(1)).start().await.expect("it starts");
    let (master, own) = (address(&gate).to_string(), free());
    let backend = Go::start(&["member", &own, &master, "echo"]);
    let client = connect(&gate.addresses()[0].to_string()).await;
    let mut heard = listen(&client);
    assert_eq!(say(&client, "Echo.Say").await, json!({ "text": "hello" }));
    client.notify("Echo.Tell", &json!({ "text": "pushed" })).await.expect("sent");
    assert_eq!(heard.recv().await.as_deref(), Some("pushed"));
    // Sent on by the backend to the gate's own component.
    client.notify("Echo.Relay", &json!({ "text": "sent on" })).await.expect("sent");
    assert_eq!(heard.recv().await.as_deref(), Some("sent on"));
    assert_eq!(code(&client, "Echo.Fail").await, "timeout");
    assert_eq!(code(&client, "Echo.Nope").await, "not_found");

    drop(backend);
    let lost =
        async { while !matches!(code(&client, "Echo.Say").await.as_str(), "unavailable") {} };
    timeout(Duration::from_secs(10), lost).await.expect("it is lost");
    let _backend = Go::start(&["member", &own, &master, "echo"]);
    assert_eq!(say(&client, "Echo.Say").await, json!({ "text": "hello" }));
    client.notify("Echo.HangUp", &json!({ "text": "" })).await.expect("sent");
    client.closed().await;
    gate.shutdown().await;
}

#[tokio::test]
#[ignore = "a part of `cargo xtask go-nano`"]
async fn a_gate_and_master_in_go_has_backends_here() {
    let (master, clients) = (free(), free());
    let _master = Go::start(&["master", &master, "-", "gate", &clients]);
    let go: GoNano = trust().master(master);
    let cluster = Cluster::bind("127.0.0.1:0").name("chat").go_nano(go);
    let backend = App::new().component(Chat).cluster(cluster).start().await.expect("it starts");
    let client = connect(&clients).await;
    let mut heard = listen(&client);
    assert_eq!(say(&client, "Chat.Say").await, json!({ "text": "hello" }));
    client.notify("Chat.Tell", &json!({ "text": "pushed" })).await.expect("sent");
    assert_eq!(heard.recv().await.as_deref(), Some("pushed"));
    // What a client of Go nano alone would wait for for ever.
    let asked = client.request::<_, Value>("Chat.Nope", &json!({})).await;
    assert!(asked.is_err() || asked.is_ok_and(|body| body["error"]["code"] == "not_found"));
    assert_eq!(backend.sessions(), 1);

    // The gate says that its client has gone, and closes one that the backend hangs up on.
    drop(client);
    let gone = async {
        while backend.sessions() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("the session ends");
    let client = connect(&clients).await;
    assert_eq!(say(&client, "Chat.Say").await, json!({ "text": "hello" }));
    backend.shutdown().await;
    client.closed().await;
}
