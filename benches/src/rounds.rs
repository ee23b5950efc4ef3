//! Interleaved rounds: each peer once, then each again.

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::certificate::Certificate;
use crate::cli::Common;
use crate::machine;
use crate::peers::ServeOptions;
use crate::process::ServerProcess;
use crate::report::{self, Row};
use crate::scenarios::Scenario;

/// Runs a scenario with all its peers, and returns the report.
pub(crate) fn run(common: &Common, scenario: &impl Scenario) -> Result<String> {
    let peers = common.peers(scenario.work())?;
    let cores = common.cores()?;
    // Before this thread is pinned, and sees one core.
    let machine = machine::description();
    machine::allow_connections(scenario.connections())?;
    if let Some((_, core)) = cores {
        machine::pin(core)?;
    }
    let certificate = match common.transport.is_encrypted() {
        true => Some(Certificate::new()?),
        false => None,
    };
    let mut rows: Vec<_> = peers.iter().map(|peer| Row::new(*peer)).collect();

    // Drawn on the standard error, and only if that is a terminal.
    let bar = ProgressBar::new(u64::from(common.rounds) * rows.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {eta}")?;
    bar.set_style(style);
    for round in 1..=common.rounds {
        for row in &mut rows {
            bar.set_message(format!("round {round}, {}", row.peer));
            let options = ServeOptions {
                peer: row.peer,
                transport: common.transport,
                core: cores.map(|(server, _)| server),
                certificate: certificate.as_ref().map(|one| one.folder().to_owned()),
            };
            let tls = certificate.as_ref().map(|one| one.client.clone());
            let values = ServerProcess::start(&options, tls)
                .and_then(|server| scenario.round(row.peer, &server))
                .with_context(|| format!("round {round} of {}", row.peer))?;
            row.rounds.push(values);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();

    let pinning = match cores {
        Some((server, generator)) => format!("server on core {server}, generator on {generator}"),
        None => "no pinning".to_owned(),
    };
    let head = format!(
        "{machine}\n{}; {} interleaved rounds, medians; {pinning}",
        scenario.title(),
        common.rounds,
    );
    Ok(format!("{head}\n\n{}\n", report::table(scenario.columns(), &rows)))
}
