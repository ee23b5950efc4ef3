//! The process of an etcd.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// An etcd of one member, which ends when this is dropped.
pub(crate) struct Server {
    data: TempDir,
    ports: [u16; 2],
    options: Vec<String>,
    process: Option<Child>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with further options.
    pub(crate) async fn start_with(options: &[String]) -> Self {
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let ports = listeners.map(|listener| listener.local_addr().expect("an address").port());
        let data = tempfile::tempdir().expect("a folder");
        let mut server = Self { data, ports, options: options.to_vec(), process: None };
        server.run().await;
        server
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
        let (client, peer) = (self.url(), format!("http://127.0.0.1:{}", self.ports[1]));
        let child = Command::new("etcd")
            .arg("--data-dir")
            .arg(self.data.path().join("data"))
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}"), "--log-level", "error"])
            .args(&self.options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(child.expect("etcd is installed: Debian has it in etcd-server"));
        let answers = async {
            while TcpStream::connect(("127.0.0.1", self.port())).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), answers).await.expect("etcd listens");
        if self.options.is_empty() {
            // It listens before it has a leader.
            self.post("kv/range", &json!({ "key": STANDARD.encode("ready") })).await;
        }
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
