//! The server of a round, as a child process or started by somebody else, and the CPU time that it uses.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustls::ClientConfig;

use crate::generator::Target;
use crate::peers::ServeOptions;
use crate::{certificate, procfs};

/// A peer that runs.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    /// `None` if somebody else has started it.
    child: Option<Child>,
    /// `None` if it is on another machine, or of another user.
    pid: Option<u32>,
    target: Target,
}

impl ServerProcess {
    /// Starts this program as a server, and waits until it listens.
    pub(crate) fn start(options: &ServeOptions, tls: Option<Arc<ClientConfig>>) -> Result<Self> {
        let program = std::env::current_exe().context("this program has no path")?;
        let child = Command::new(program)
            .arg("serve")
            .args(options.arguments())
            // The server ends when this closes, also when this process dies.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        // From here on, an error ends the process.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let target = Target::new(nowhere, options.transport);
        let mut server = Self { pid: Some(child.id()), child: Some(child), target };
        let mut line = String::new();
        if let Some(stdout) = server.child.as_mut().and_then(|child| child.stdout.take()) {
            BufReader::new(stdout).read_line(&mut line).context("the server does not answer")?;
        }
        let addresses = line.split_whitespace().map(str::parse).collect::<Result<Vec<_>, _>>();
        let addresses = addresses.ok().filter(|addresses| !addresses.is_empty());
        let addresses =
            addresses.with_context(|| format!("the server of {} failed", options.peer))?;
        server.target = Target::new(addresses[0], options.transport).others(&addresses[1..]);
        if let Some(config) = tls {
            server.target = server.target.clone().host(certificate::HOST).tls(config);
        }
        Ok(server)
    }

    /// The way to the server.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// A server that somebody else has started.
    pub(crate) fn outside(target: Target) -> Self {
        Self { child: None, pid: procfs::listener(target.address()), target }
    }

    /// The seconds of CPU time so far; no number if nobody knows.
    fn cpu(&self) -> Result<f64> {
        Ok(self.pid.map(procfs::cpu_of).transpose()?.map_or(f64::NAN, |cpu| cpu.as_secs_f64()))
    }

    /// The bytes of memory; no number if nobody knows.
    pub(crate) fn memory(&self) -> Result<f64> {
        Ok(self.pid.map(procfs::memory_of).transpose()?.map_or(f64::NAN, |bytes| bytes as f64))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The CPU time of a server and of the calling thread, from one moment to another.
#[derive(Debug)]
pub(crate) struct Meter {
    start: Instant,
    server: f64,
    generator: Duration,
}

/// The measurements of a [`Meter`], in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// Elapsed time.
    pub(crate) seconds: f64,
    pub(crate) server: f64,
    pub(crate) generator: f64,
}

impl Meter {
    pub(crate) fn start(server: &ServerProcess) -> Result<Self> {
        let (server, generator) = (server.cpu()?, procfs::cpu_of_thread()?);
        Ok(Self { start: Instant::now(), server, generator })
    }

    pub(crate) fn stop(self, server: &ServerProcess) -> Result<Used> {
        let seconds = self.start.elapsed().as_secs_f64();
        let (server, generator) = (server.cpu()?, procfs::cpu_of_thread()?);
        Ok(Used {
            seconds,
            server: server - self.server,
            generator: generator.saturating_sub(self.generator).as_secs_f64(),
        })
    }
}

/// Ends this process when its standard input closes: when its parent is gone.
pub(crate) fn end_with_parent() {
    std::thread::spawn(|| {
        let mut ignored = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut ignored);
        std::process::exit(0);
    });
}
