//! The server as a process of its own, and its certificate.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::connection::{PATIENCE, Target};
use crate::protocol::{Addresses, Census};
use crate::server::Fault;

pub(crate) struct ServerProcess {
    child: Child,
    console: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) target: Target,
    _certificate: TempDir,
}

impl ServerProcess {
    /// Starts this program as a server, and waits until it listens.
    pub(crate) async fn start(fault: Option<Fault>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let tls = Arc::new(certify(folder.path())?);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(folder.path());
        if let Some(fault) = fault.and_then(|fault| fault.to_possible_value()) {
            command.args(["--plant", fault.get_name()]);
        }
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the server")?;
        let console = child.stdin.take().context("the server has no standard input")?;
        let stdout = child.stdout.take().context("the server has no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next_line().await?.context("the server does not start")?;
        let addresses: Addresses = serde_json::from_str(&line)?;
        let target = Target { addresses, tls };
        Ok(Self { child, console, lines, target, _certificate: folder })
    }

    pub(crate) async fn census(&mut self) -> Result<Census> {
        self.console.write_all(b"census\n").await?;
        let line = timeout(PATIENCE, self.lines.next_line()).await.context("no census")??;
        Ok(serde_json::from_str(&line.context("the server has ended")?)?)
    }

    /// Lets the server shut down.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { mut child, console, .. } = self;
        drop(console);
        let status = timeout(PATIENCE, child.wait()).await.context("the server does not end")??;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// Writes a certificate and its key into `folder`. Returns the settings of clients that trust it.
fn certify(folder: &Path) -> Result<ClientConfig> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
    std::fs::write(folder.join("cert.pem"), cert.pem())?;
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem())?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(cert.der().to_vec()))?;
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}
