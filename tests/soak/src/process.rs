//! The server as a process of its own, and its certificate.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::connection::Target;
use crate::protocol::{Census, Drained, Started};
use crate::server::Options;

pub(crate) struct ServerProcess {
    child: Child,
    console: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) target: Target,
    /// The process before it had an app.
    pub(crate) bare: Census,
    _certificate: TempDir,
}

impl ServerProcess {
    /// Starts this program as a server, and waits until it listens.
    pub(crate) async fn start(options: Options, patience: Duration) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let tls = Arc::new(certify(folder.path())?);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(folder.path());
        if let Some(fault) = options.plant.and_then(|fault| fault.to_possible_value()) {
            command.args(["--plant", fault.get_name()]);
        }
        if options.plain {
            command.arg("--plain");
        }
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the server")?;
        let console = child.stdin.take().context("the server has no standard input")?;
        let stdout = child.stdout.take().context("the server has no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next_line().await?.context("the server does not start")?;
        let Started { addresses, bare } = serde_json::from_str(&line)?;
        let target = Target { addresses, tls, is_plain: options.plain, patience };
        Ok(Self { child, console, lines, target, bare, _certificate: folder })
    }

    /// Asks the console for something that takes a time.
    async fn ask<T: DeserializeOwned>(&mut self, line: String, time: Duration) -> Result<T> {
        self.console.write_all(format!("{line}\n").as_bytes()).await?;
        let answer = timeout(time + self.target.patience, self.lines.next_line()).await;
        let answer = answer.with_context(|| format!("the server does not answer `{line}`"))??;
        Ok(serde_json::from_str(&answer.context("the server has ended")?)?)
    }

    pub(crate) async fn census(&mut self) -> Result<Census> {
        self.ask("census".to_owned(), Duration::ZERO).await
    }

    /// Lets the server drain, and shut down.
    pub(crate) async fn drain(&mut self, time: Duration) -> Result<Drained> {
        self.ask(format!("drain {}", time.as_secs()), time).await
    }

    /// Ends the process, in which the server shuts down if it has not drained.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { mut child, console, target, .. } = self;
        drop(console);
        let ended = timeout(target.patience, child.wait()).await;
        let status = ended.context("the server does not end")??;
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
