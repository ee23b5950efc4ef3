//! The echo of Colyseus, whose protocol the generator does not speak: its own clients, in a process on the generator's core.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use super::Options;
use crate::peers::node;
use crate::process::{Meter, ServerProcess};
use crate::procfs;

/// What the clients measured; latencies are in nanoseconds.
#[derive(Deserialize)]
struct Measured {
    messages: f64,
    p50: f64,
    p99: f64,
    p999: f64,
}

/// The process of the clients, which ends with this value.
struct Clients(Child);

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures one round, as [`Options`] does for others.
pub(super) fn round(options: &Options, server: &ServerProcess) -> Result<Vec<f64>> {
    let (length, payload) = (options.length, options.common.payload);
    ensure!(
        options.rate.is_none() && length.messages.is_none(),
        "the clients of colyseus run in a closed loop, for some seconds: leave out --rate and --messages"
    );
    let numbers = [
        u64::from(options.connections),
        options.in_flight,
        payload as u64,
        u64::try_from(length.warm_up.as_millis())?,
        u64::try_from(length.seconds.as_millis())?,
    ];
    let child = node::command("colyseus-clients.js")
        .arg(server.target().address().to_string())
        .args(numbers.map(|number| number.to_string()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run Node.js")?;
    let mut clients = Clients(child);
    let stdout = clients.0.stdout.take().context("the clients have no standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    let mut expect = |expected: &str| -> Result<()> {
        match lines.next().transpose()? {
            Some(line) if line == expected => Ok(()),
            line => bail!("the clients of colyseus failed before `{expected}`: {line:?}"),
        }
    };
    expect("begin")?;
    let (meter, clients_cpu) = (Meter::start(server)?, procfs::cpu_of(clients.0.id())?);
    expect("end")?;
    let (used, now) = (meter.stop(server)?, procfs::cpu_of(clients.0.id())?);
    let generator = now.saturating_sub(clients_cpu).as_secs_f64();
    let line = lines.next().transpose()?.context("the clients of colyseus measured nothing")?;
    let Measured { messages, p50, p99, p999 } = serde_json::from_str(&line)?;
    Ok(vec![
        messages / used.seconds,
        used.server * 1e9 / messages,
        p50,
        p99,
        p999,
        generator / used.seconds * 100.0,
    ])
}
