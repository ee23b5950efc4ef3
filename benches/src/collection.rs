//! The report: all scenarios, each by a command of its own, with tables and plots.

mod entries;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::machine;
use crate::plot::Bars;
use crate::report::Results;
use entries::{ENTRIES, Entry};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// One short round of each scenario, to see that all of them work
    #[arg(long)]
    quick: bool,
    /// The scenarios to measure; the others stay as they are. `cluster` are all whose names begin so
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    only: Vec<String>,
    /// Keeps what was measured on this machine by the same command, such as before a run that was stopped
    #[arg(long)]
    resume: bool,
    /// Lets server and load generator run on any core
    #[arg(long)]
    no_pinning: bool,
    /// The folder of the results
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    folder: PathBuf,
}

/// The results of one entry, as they are kept.
#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    command: String,
    results: Results,
}

impl Options {
    /// Measures, and writes the report.
    ///
    /// # Errors
    ///
    /// No scenario has a name that was given; the folder cannot be written to; a scenario failed. The others are
    /// measured and written all the same.
    pub(crate) fn run(self) -> Result<()> {
        let names: Vec<_> = ENTRIES.iter().map(|entry| entry.name).collect();
        let is_known = |only: &String| names.iter().any(|name| is_meant(name, only));
        if let Some(unknown) = self.only.iter().find(|only| !is_known(only)) {
            bail!("no scenario is named `{unknown}`; there are: {}", names.join(", "));
        }
        let folder = &self.folder;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let chosen = |entry: &&Entry| {
            self.only.is_empty() || self.only.iter().any(|only| is_meant(entry.name, only))
        };
        let chosen: Vec<_> = ENTRIES.iter().filter(chosen).collect();
        let mut failed = Vec::new();
        for (index, entry) in chosen.iter().enumerate() {
            let mut errors = std::io::stderr();
            let _ = writeln!(errors, "{}/{}: {}", index + 1, chosen.len(), entry.name);
            if let Some(missing) = entry.missing() {
                let _ = writeln!(errors, "skipped: {}: {missing}", entry.name);
                continue;
            }
            if let Err(error) = self.measure(entry) {
                let _ = writeln!(errors, "error: {}: {error:#}", entry.name);
                failed.push(entry.name);
            }
        }
        write(folder)?;
        ensure!(failed.is_empty(), "these scenarios failed: {}", failed.join(", "));
        Ok(())
    }

    fn measure(&self, entry: &Entry) -> Result<()> {
        let mut command = entry.command(self.quick);
        if self.no_pinning && entry.is_pinned() {
            command.push_str(" --no-pinning");
        }
        let path = path(&self.folder, entry);
        if self.resume
            && let Ok(kept) = read(&path)
            && kept.command == command
            && kept.results.is_of(&machine::description())
        {
            return Ok(());
        }
        // A process of its own for each: it runs on one core, and what fails there is over.
        let program = std::env::current_exe().context("this program has no path")?;
        let output = Command::new(program)
            .args(command.split_whitespace())
            .arg("--json")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "`nano-bench {command}` ended with {}", output.status);
        let results = serde_json::from_slice(&output.stdout)?;
        let text = serde_json::to_string_pretty(&Kept { command, results })?;
        fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Returns `true` if a name on the command line means an entry: its own name, or the first word of several.
fn is_meant(entry: &str, only: &str) -> bool {
    let is_name = ENTRIES.iter().any(|entry| entry.name == only);
    let rest = entry.strip_prefix(only);
    rest.is_some_and(|rest| rest.is_empty() || (!is_name && rest.starts_with('-')))
}

fn path(folder: &Path, entry: &Entry) -> PathBuf {
    folder.join(format!("{}.json", entry.name))
}

fn read(path: &Path) -> Result<Kept> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no result", path.display()))
}

/// Writes tables and plots of all results that there are.
fn write(folder: &Path) -> Result<()> {
    let mut all = Vec::new();
    for entry in ENTRIES {
        let path = path(folder, entry);
        if path.exists() {
            all.push((entry, read(&path)?));
        }
    }
    fs::write(folder.join("README.md"), page(&all))?;

    let share = |(entry, kept): &(&Entry, Kept)| {
        let (column, share) = kept.results.share_of_raw(&kept.results.rows.first()?.peer)?;
        Some((format!("{}: {column}", entry.heading), share))
    };
    Bars {
        title: "nano beside the raw peer of the same rounds",
        axis: "share of the raw peer's rate",
        bars: all.iter().filter_map(share).collect(),
    }
    .write(&folder.join("share-of-raw.svg"))?;

    let of = |name: &str| all.iter().find(|(entry, _)| entry.name == name).map(|(_, kept)| kept);
    if let Some(kept) = of("echo-ws") {
        let cpu = kept.results.medians("CPU/message").into_iter();
        Bars {
            title: "Echo over WebSocket",
            axis: "messages in a second of the server's CPU",
            bars: cpu.map(|(peer, nanos)| (peer.to_owned(), 1e9 / nanos)).collect(),
        }
        .write(&folder.join("echo-ws.svg"))?;
    }
    if let Some(kept) = of("open-loop") {
        let p99 = kept.results.medians("p99").into_iter();
        Bars {
            title: &kept.results.title,
            axis: "99th percentile of the latency in microseconds",
            bars: p99.map(|(peer, nanos)| (peer.to_owned(), nanos / 1e3)).collect(),
        }
        .write(&folder.join("open-loop.svg"))?;
    }
    if let Some(kept) = of("age") {
        let p99 = kept.results.medians("age: p99").into_iter();
        Bars {
            title: "Age of the newest position on a line that loses 5 % of the packets",
            axis: "99th percentile in milliseconds",
            bars: p99.map(|(way, nanos)| (way.to_owned(), nanos / 1e6)).collect(),
        }
        .write(&folder.join("age.svg"))?;
    }
    Ok(())
}

/// The page with all tables.
fn page(all: &[(&Entry, Kept)]) -> String {
    let mut page = "# Results\n\nWritten by `cargo run -rp nano-bench -- report`. [nano-bench](../README.md) explains \
        the peers and the columns. All numbers are medians; loopback leaves out the cost of a network card.\n"
        .to_owned();
    let mut machine = "";
    for (entry, Kept { command, results }) in all {
        if machine != results.machine {
            machine = &results.machine;
            let _ = write!(page, "\nMachine: {machine}.\n");
        }
        let _ = write!(
            page,
            "\n## {}\n\n{}; {}.\n\n",
            entry.heading, results.title, results.conditions
        );
        for notice in &results.notices {
            let _ = write!(page, "{notice}\n\n");
        }
        let _ = write!(
            page,
            "```sh\ncargo run -rp nano-bench -- {command}\n```\n\n{}\n",
            results.table()
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn one_word_means_all_entries_that_begin_with_it() {
        for (entry, only, expected) in [
            ("cluster-links", "cluster", true),
            ("cluster-links", "cluster-links", true),
            ("cluster-links", "cluster-l", false),
            ("broadcast-ws", "broadcast", false),
            ("broadcast", "broadcast", true),
            ("echo-tcp-1000", "echo-tcp", false),
            ("echo-tcp", "echo", true),
        ] {
            assert_eq!(is_meant(entry, only), expected, "{only} for {entry}");
        }
    }
}
