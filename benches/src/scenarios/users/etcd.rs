//! The process of an etcd with its data in a temporary folder.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The time in which it has to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An etcd of one member, which ends when this is dropped.
pub(super) struct EtcdProcess {
    process: Child,
    port: u16,
    _data: TempDir,
}

/// Returns the reason why this machine has no etcd, if it has none.
pub(crate) fn missing() -> Option<String> {
    version().err().map(|error| error.to_string())
}

/// Returns the version of the machine's etcd.
pub(super) fn version() -> Result<String> {
    let output = Command::new("etcd").arg("--version").output();
    let output = output.context("there is no etcd: Debian's package etcd-server has one")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let first = text.lines().next().context("etcd tells no version")?;
    Ok(first.replace("etcd Version: ", "etcd "))
}

impl EtcdProcess {
    /// Starts it, and waits until it answers.
    pub(super) async fn start() -> Result<Self> {
        let mut ports = [0; 2];
        // They are free again when etcd takes them.
        let free = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        for (port, free) in ports.iter_mut().zip(free) {
            *port = free.local_addr()?.port();
        }
        let [client, peer] = ports.map(|port| format!("http://127.0.0.1:{port}"));
        let data = tempfile::tempdir()?;
        let process = Command::new("etcd")
            .arg("--data-dir")
            .arg(data.path())
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}"), "--log-level", "error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("there is no etcd: Debian's package etcd-server has one")?;
        let etcd = Self { process, port: ports[0], _data: data };
        let answers = async {
            while etcd.revision().await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, answers).await.context("etcd does not answer")?;
        Ok(etcd)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the number of transactions that have changed something.
    pub(super) async fn revision(&self) -> Result<i64> {
        // Over its gateway: any key tells.
        const BODY: &str = r#"{"key":"bm9uZQ=="}"#;
        let request = format!(
            "POST /v3/kv/range HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "etcd answers {answer}");
        let (start, end) = (answer.find('{'), answer.rfind('}'));
        let json = start.zip(end).and_then(|(start, end)| answer.get(start..=end));
        let json: serde_json::Value = serde_json::from_str(json.context("no JSON")?)?;
        let revision = json["header"]["revision"].as_str();
        Ok(revision.context("etcd tells no revision")?.parse()?)
    }
}

impl Drop for EtcdProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
