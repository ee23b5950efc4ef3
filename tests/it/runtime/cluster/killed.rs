//! A backend in a process of its own, which is killed.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use nano::client::Client;
use nano::{App, Cluster, Json, Tcp, component};

/// The address of the master, for the process of the backend.
const MASTER: &str = "NANO_TEST_MASTER";

struct Worker;

#[component]
impl Worker {
    #[handler]
    fn double(&self, number: i64) -> i64 {
        number * 2
    }

    #[handler]
    async fn stuck(&self) {
        std::future::pending::<()>().await;
    }
}

/// The process of the backend, which ends when it is killed.
#[tokio::test]
#[ignore = "a part of fault_01_killed_backend"]
async fn backend() {
    let master = env::var(MASTER).expect("the address of the master");
    let node = Cluster::bind("127.0.0.1:0").join(master).name("worker");
    App::new().component(Worker).cluster(node).run().await.expect("it is killed before it ends");
}

/// A process that is killed when this is dropped.
struct Backend {
    process: Child,
    /// Kept, so that it does not fail to write.
    _output: BufReader<ChildStdout>,
}

impl Backend {
    /// Starts it, and waits until the process runs. It has not joined yet.
    async fn start(master: &str) -> Self {
        let test = env::current_exe().expect("the path of the tests");
        let child = Command::new(test)
            .args(["--exact", "runtime::cluster::killed::backend", "--ignored"])
            .env(MASTER, master)
            .stdout(Stdio::piped())
            .spawn();
        let mut process = child.expect("a process");
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        // Apart, because the gate has the thread of the test.
        let told = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            // It says so before the test in it begins: "running 1 test".
            while !line.starts_with("running ") {
                line.clear();
                assert_ne!(output.read_line(&mut line).expect("text"), 0, "it runs");
            }
            output
        });
        Self { process, _output: told.await.expect("it runs") }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn double(client: &Client<Json>) -> Result<i64, String> {
    let asked = client.request::<_, i64>("worker.double", &21).await;
    asked.map_err(|error| error.code().unwrap_or("no code").to_owned())
}

async fn served(client: &Client<Json>) {
    loop {
        match double(client).await {
            Ok(doubled) => return assert_eq!(doubled, 42),
            Err(code) => assert!(matches!(&code[..], "not_found" | "unavailable"), "{code}"),
        }
    }
}

#[tokio::test]
async fn fault_01_killed_backend() {
    let node = Cluster::bind("127.0.0.1:0").master();
    let gate = App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(node).start().await;
    let gate = gate.expect("it starts");
    let master = gate.cluster_address().expect("a node").to_string();
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");

    let backend = Backend::start(&master).await;
    served(&client).await;
    let (told, killed) = tokio::join!(
        async {
            let stuck = client.request::<_, ()>("worker.stuck", &()).await;
            (stuck.expect_err("nobody answers").code().map(str::to_owned), Instant::now())
        },
        async {
            // The requests of a session are handled one after another: this one is behind the other.
            let behind = double(&client);
            tokio::pin!(behind);
            let waits = tokio::time::timeout(Duration::from_millis(200), &mut behind).await;
            assert!(waits.is_err(), "{waits:?}");
            let killed = Instant::now();
            drop(backend);
            assert_eq!(behind.await, Err("unavailable".to_owned()), "it was not handled");
            killed
        }
    );
    assert_eq!(told.0.as_deref(), Some("node_lost"), "it may have been handled");
    // Less than the three seconds of silence after which the link would end.
    assert!(told.1 - killed < Duration::from_millis(2500), "{:?}", told.1 - killed);

    // The name of the killed node is free at once, and so is the client.
    let _backend = Backend::start(&master).await;
    let start = Instant::now();
    served(&client).await;
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    gate.shutdown().await;
}
