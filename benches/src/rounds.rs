//! Interleaved rounds: each peer once, then each again.

use anyhow::{Context as _, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::certificate::Certificate;
use crate::cli::Common;
use crate::generator::Target;
use crate::machine;
use crate::peers::{ServeOptions, node};
use crate::process::ServerProcess;
use crate::report::{NODE, Results, Row};
use crate::scenarios::Scenario;

/// Runs a scenario with all its peers, and returns what it measured.
pub(crate) fn run(common: &Common, scenario: &impl Scenario) -> Result<Results> {
    let (mut peers, mut notices) = (common.peers(scenario.work())?, Vec::new());
    peers.retain(|peer| {
        let missing = peer.missing();
        notices.extend(missing.iter().map(|reason| format!("`{peer}` is left out: {reason}.")));
        missing.is_none()
    });
    ensure!(!peers.is_empty(), "nothing is left to measure. {}", notices.join(" "));
    let cores = common.cores()?;
    // Before this thread is pinned, and sees one core.
    let mut machine = machine::description();
    if peers.iter().any(|peer| peer.is_on_node())
        && let Ok(version) = node::version()
    {
        machine.extend([NODE, &version]);
    }
    machine::allow_connections(scenario.connections())?;
    if let Some((_, core)) = cores {
        machine::pin(core)?;
    }
    let certificate = match common.transport.is_encrypted() {
        true => Some(Certificate::new()?),
        false => None,
    };
    let mut rows: Vec<_> = peers.iter().map(|peer| Row::new(peer, peer.is_raw())).collect();

    // Drawn on the standard error, and only if that is a terminal.
    let bar = ProgressBar::new(u64::from(common.rounds) * rows.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {eta}")?;
    bar.set_style(style);
    for round in 1..=common.rounds {
        for (peer, row) in peers.iter().copied().zip(&mut rows) {
            bar.set_message(format!("round {round}, {peer}"));
            let start = || match peer.outside() {
                Some(address) => {
                    let target = Target::new(address, common.transport).path(&common.path);
                    Ok(ServerProcess::outside(target))
                }
                None => {
                    let options = ServeOptions {
                        peer,
                        transport: common.transport,
                        core: cores.map(|(server, _)| server),
                        certificate: certificate.as_ref().map(|one| one.folder().to_owned()),
                    };
                    let tls = certificate.as_ref().map(|one| one.client.clone());
                    ServerProcess::start(&options, tls)
                }
            };
            let values = start()
                .and_then(|server| scenario.round(peer, &server))
                .with_context(|| format!("round {round} of {peer}"))?;
            row.push(values);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();

    let pinning = match cores {
        Some((server, generator)) => format!("server on core {server}, generator on {generator}"),
        None => "no pinning".to_owned(),
    };
    Ok(Results {
        machine,
        title: scenario.title(),
        conditions: format!("{} interleaved rounds, medians; {pinning}", common.rounds),
        notices,
        columns: scenario.columns(),
        rows,
    })
}
