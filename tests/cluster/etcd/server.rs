//! The process of an etcd.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::ports::free_port;

/// The folder of files in memory.
#[cfg(target_os = "linux")]
const MEMORY: &str = "/dev/shm";

/// The memory that must be free for a folder in it. An etcd takes 128 MB from the beginning, and several run at a time.
#[cfg(target_os = "linux")]
const ROOM: u64 = 2 << 30;

/// A new folder: in memory, if there is room, and otherwise where the temporary files are.
///
/// An etcd answers when the disk has what it wrote. Several on one disk wait for each other, so that leases may end.
fn folder() -> std::io::Result<TempDir> {
    #[cfg(target_os = "linux")]
    if let Ok(memory) = nix::sys::statvfs::statvfs(MEMORY)
        && memory.blocks_available() * memory.fragment_size() >= ROOM
    {
        return tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir());
    }
    tempfile::tempdir()
}

/// A member of an etcd, which ends when this is dropped.
pub(crate) struct Server {
    data: TempDir,
    ports: [u16; 2],
    options: Vec<String>,
    /// All members, itself included.
    members: String,
    process: Option<Child>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with further options.
    pub(crate) async fn start_with(options: &[String]) -> Self {
        let mut server = Self::new(options);
        server.members = server.member();
        server.run().await;
        server
    }

    /// Starts an etcd of several members.
    pub(crate) async fn start_members(count: usize) -> Vec<Self> {
        let mut servers: Vec<_> = (0..count).map(|_| Self::new(&[])).collect();
        let members: Vec<_> = servers.iter().map(Self::member).collect();
        for server in &mut servers {
            server.members = members.join(",");
            server.spawn();
        }
        for server in &servers {
            server.is_ready().await;
        }
        servers
    }

    fn new(options: &[String]) -> Self {
        let ports = [free_port(), free_port()];
        let data = folder().expect("a folder");
        Self { data, ports, options: options.to_vec(), members: String::new(), process: None }
    }

    fn name(&self) -> String {
        format!("member-{}", self.ports[1])
    }

    /// The address for the other members.
    fn peer(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[1])
    }

    fn member(&self) -> String {
        format!("{}={}", self.name(), self.peer())
    }

    fn scheme(&self) -> &'static str {
        if self.options.is_empty() { "http" } else { "https" }
    }

    pub(crate) fn port(&self) -> u16 {
        self.ports[0]
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme(), self.port())
    }

    /// Runs the process, with the data of the one before.
    pub(crate) async fn run(&mut self) {
        self.spawn();
        self.is_ready().await;
    }

    fn spawn(&mut self) {
        let (client, peer) = (self.url(), self.peer());
        let child = Command::new("etcd")
            .arg("--data-dir")
            .arg(self.data.path().join("data"))
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--name", &self.name(), "--initial-cluster", &self.members])
            .args(["--log-level", "error"])
            .args(&self.options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(child.expect("etcd is installed: Debian has it in etcd-server"));
    }

    /// Waits until it answers.
    async fn is_ready(&self) {
        let answers = async {
            while TcpStream::connect(("127.0.0.1", self.port())).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), answers).await.expect("etcd listens");
        if self.options.is_empty() {
            // It listens before it has a leader.
            let has_leader = async {
                while self.leader().await.is_none() {
                    sleep(Duration::from_millis(20)).await;
                }
            };
            timeout(Duration::from_secs(30), has_leader).await.expect("a leader");
        }
    }

    /// The leader that this member knows.
    async fn leader(&self) -> Option<String> {
        let status = self.post("maintenance/status", &json!({})).await;
        status["leader"].as_str().filter(|leader| *leader != "0").map(str::to_owned)
    }

    /// Returns `true` if this member is the leader, and knows it.
    async fn is_leader(&self) -> bool {
        let status = self.post("maintenance/status", &json!({})).await;
        status["leader"].is_string() && status["leader"] == status["header"]["member_id"]
    }

    /// Waits until all members have the same leader, and returns its place among them.
    pub(crate) async fn leader_of(members: &[Self]) -> usize {
        let agreed = async {
            loop {
                let (mut leaders, mut place) = (Vec::new(), None);
                for (at, member) in members.iter().enumerate() {
                    leaders.push(member.leader().await);
                    if member.is_leader().await {
                        place = Some(at);
                    }
                }
                leaders.dedup();
                if let (Some(place), [Some(_)]) = (place, &leaders[..]) {
                    return place;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(30), agreed).await.expect("a leader")
    }

    /// Ends the process. Connections are refused.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Forgets everything.
    pub(crate) fn wipe(&mut self) {
        self.kill();
        std::fs::remove_dir_all(self.data.path().join("data")).expect("the folder of the data");
    }

    /// Sends a signal to the process: `STOP` freezes it, `CONT` lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &process]).status();
        assert!(sent.expect("the command kill").success());
    }

    /// Calls a method over its gateway, and returns the answer.
    pub(crate) async fn post(&self, method: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST /v3/{method} HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut answer = String::new();
        let asked = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port())).await.expect("etcd");
            stream.write_all(request.as_bytes()).await.expect("etcd reads");
            stream.read_to_string(&mut answer).await.expect("etcd answers");
        };
        timeout(Duration::from_secs(30), asked).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{method}: {answer}");
        let (start, end) = (answer.find('{'), answer.rfind('}'));
        let json = &answer[start.expect("JSON")..=end.expect("JSON")];
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    /// The revision of the store.
    pub(crate) async fn revision(&self) -> i64 {
        let answer = self.post("kv/range", &json!({ "key": STANDARD.encode("none") })).await;
        answer["header"]["revision"].as_str().and_then(|text| text.parse().ok()).expect("a number")
    }

    /// Counts the keys that begin so, up to a slash.
    pub(crate) async fn count(&self, prefix: &str) -> usize {
        // The first key behind them.
        let end = prefix.strip_suffix('/').map(|folder| format!("{folder}0")).expect("a slash");
        let range = json!({ "key": STANDARD.encode(prefix), "range_end": STANDARD.encode(end) });
        self.post("kv/range", &range).await["kvs"].as_array().map_or(0, Vec::len)
    }

    /// Revokes the lease of a node.
    pub(crate) async fn revoke(&self, number: u32) {
        let key = STANDARD.encode(format!("/nano/nano/nodes/{number}"));
        let record = self.post("kv/range", &json!({ "key": key })).await;
        let lease = record["kvs"][0]["lease"].clone();
        assert!(lease.is_string(), "the node has a record with a lease: {record}");
        self.post("lease/revoke", &json!({ "ID": lease })).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
