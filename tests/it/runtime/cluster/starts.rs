//! Nodes that come and go while clients ask.

use std::env;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nano::client::Client;
use nano::{App, Cluster, Json, Server, Tcp, component};
use tokio::net::TcpListener;

use crate::promises::support::{Logged, in_time};

struct Desk;

#[component]
impl Desk {
    #[handler]
    fn double(&self, number: u64) -> u64 {
        number * 2
    }
}

async fn start(app: App, master: &str, name: &str) -> Server {
    let node = Cluster::bind("127.0.0.1:0").join(master).name(name);
    app.cluster(node).start().await.expect("it starts")
}

async fn client(gate: &Server) -> Client<Json> {
    Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate")
}

#[tokio::test]
async fn fault_24_a_node_that_has_started_is_of_use_at_once() {
    let master = App::new().cluster(Cluster::bind("127.0.0.1:0").master()).start().await;
    let master = master.expect("it starts");
    let address = master.cluster_address().expect("a node").to_string();
    let desk = || App::new().component(Desk);
    let mut backend = start(desk(), &address, "desk 0").await;

    // The first request of a gate's first client has a way.
    for turn in 0..5 {
        let gate = App::new().listen(Tcp::bind("127.0.0.1:0"));
        let gate = start(gate, &address, &format!("gate {turn}")).await;
        let asked = client(&gate).await.request::<_, u64>("desk.double", &21).await;
        assert_eq!(asked.expect("the gate knows the backend"), 42, "gate {turn}");
        gate.shutdown().await;
    }

    // A backend may leave as soon as another one has started.
    let gate = start(App::new().listen(Tcp::bind("127.0.0.1:0")), &address, "gate").await;
    let is_over = Arc::new(AtomicBool::new(false));
    let clients = [client(&gate).await, client(&gate).await, client(&gate).await];
    let asking = clients.map(|client| {
        let is_over = is_over.clone();
        tokio::spawn(async move {
            let mut number = 0;
            while !is_over.load(Ordering::Relaxed) {
                let asked = client.request::<_, u64>("desk.double", &number).await;
                assert_eq!(asked.expect("there is a backend at any time"), number * 2);
                number += 1;
            }
            number
        })
    });
    for turn in 1..8 {
        let newer = start(desk(), &address, &format!("desk {turn}")).await;
        std::mem::replace(&mut backend, newer).shutdown().await;
    }
    is_over.store(true, Ordering::Relaxed);
    for asked in asking {
        assert!(asked.await.expect("no request is lost") > 0);
    }
    for server in [gate, backend, master] {
        server.shutdown().await;
    }
}

/// The address of the registry, for the process that joins.
const REGISTRY: &str = "NANO_TEST_REGISTRY";

#[tokio::test]
#[ignore = "a part of a_process_that_joins_ends_when_it_is_told_to"]
async fn joining() {
    let registry = env::var(REGISTRY).expect("the address of the registry");
    let node = Cluster::bind("127.0.0.1:0").join(registry);
    App::new().cluster(node).run().await.expect("it ends as it was told to");
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_joins_ends_when_it_is_told_to() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    // A registry that takes connections, and says nothing.
    let registry = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = registry.local_addr().expect("an address").to_string();
    let test = env::current_exe().expect("the path of the tests");
    let mut process = Command::new(test)
        .args(["--exact", "runtime::cluster::starts::joining", "--ignored"])
        .env(REGISTRY, address)
        .stdout(Stdio::null())
        .spawn()
        .expect("a process");
    let _connection = in_time("a node that joins", registry.accept()).await.expect("a connection");
    let pid = Pid::from_raw(process.id().try_into().expect("the id of a process"));
    kill(pid, Signal::SIGTERM).expect("it is there");
    let ended = in_time("the end", tokio::task::spawn_blocking(move || process.wait())).await;
    assert!(ended.expect("no panic").expect("it was not waited for").success());
}

#[tokio::test]
async fn a_node_that_joins_one_which_is_no_master_is_told_so() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let other = App::new().cluster(Cluster::bind("127.0.0.1:0").number(1)).start().await;
    let other = other.expect("it starts");
    let address = other.cluster_address().expect("a node").to_string();
    let told = format!("{address} is a node that is no master");
    let lines = || [logged.of("WARN"), logged.of("INFO")].concat();
    tokio::select! {
        _ = start(App::new(), &address, "two") => panic!("there is nothing to join"),
        () = in_time("the line", async {
            while !lines().iter().any(|line| line.contains(&told)) {
                tokio::task::yield_now().await;
            }
        }) => {}
    }
    other.shutdown().await;
}
