//! `cargo xtask bench`: the cost of an edit in a package that uses nano-build; with `--quick`, the cost of a message.

mod callgrind;
mod fixture;
mod quick;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Outcome;
use crate::shell::{headline, root};

/// The number of edits of each kind, of which the median counts.
const EDITS: usize = 9;
/// The target for a run of the build script after an edit inside of a function.
const TARGET: Duration = Duration::from_millis(50);

/// With `--quick`, measures the cost of messages instead.
///
/// Builds a package of 200 files, edits it in several ways, and prints the time that the build
/// script takes after each edit and the packages that the compiler builds again.
///
/// Fails if an edit makes the compiler build more than that one package. Times are printed only:
/// they depend on the machine.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    match arguments {
        [] => {}
        [argument] if argument == "--quick" => return quick::run(),
        [argument, ..] => return Err(format!("unknown argument {argument}: use --quick, or none")),
    }
    let folder = root().join("target/bench/edit");
    let package = Package { folder: folder.clone() };
    fixture::write(&folder, &root()).map_err(|error| format!("{}: {error}", folder.display()))?;

    headline("A package of 200 files");
    let first = package.build()?;
    let sources = fixture::size(&folder).map_err(|error| error.to_string())?;
    println!("{} files, {} KiB", fixture::FILES, sources / 1024);
    println!("first run of the build script: {}", shown(first.script));

    headline("Edits");
    let body = package.edits("one function's body", |turn| fixture::body(&folder, turn))?;
    let docs = package.edits("one handler's documentation", |turn| fixture::docs(&folder, turn))?;
    let verdict = if body <= TARGET { "met" } else { "missed" };
    println!(
        "\nan edit of a body costs the build script {}, {:.1} % of one that it has to look at; \
         the target of {} is {verdict}",
        shown(body),
        100.0 * body.as_secs_f64() / docs.as_secs_f64(),
        shown(TARGET),
    );
    Ok(())
}

/// The package that is built again and again.
struct Package {
    folder: PathBuf,
}

/// The outcome of one build.
struct Build {
    /// The time that the build script took.
    script: Duration,
    whole: Duration,
    /// The packages that were compiled.
    compiled: Vec<String>,
}

impl Package {
    fn build(&self) -> Result<Build, String> {
        let start = Instant::now();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--offline", "--quiet", "--message-format=json"])
            .current_dir(&self.folder);
        // The dependencies are compiled once for the whole repository.
        cargo.env("CARGO_TARGET_DIR", root().join("target/bench/target"));
        let output = cargo.output().map_err(|error| format!("cannot run cargo: {error}"))?;
        let whole = start.elapsed();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let took = fs::read_to_string(self.folder.join("took"))
            .map_err(|error| format!("the build script left no time: {error}"))?;
        let micros = took.trim().parse().map_err(|error| format!("`{took}`: {error}"))?;
        Ok(Build { script: Duration::from_micros(micros), whole, compiled: compiled(&messages) })
    }

    /// Edits and builds several times, and returns the median time of the build script.
    fn edits(
        &self,
        what: &str,
        mut edit: impl FnMut(usize) -> std::io::Result<()>,
    ) -> Result<Duration, String> {
        let (mut scripts, mut wholes) = (Vec::new(), Vec::new());
        for turn in 0..EDITS {
            edit(turn).map_err(|error| error.to_string())?;
            let build = self.build()?;
            if build.compiled != [fixture::NAME] {
                return Err(format!("an edit of {what} compiles {:?}", build.compiled));
            }
            scripts.push(build.script);
            wholes.push(build.whole);
        }
        let (script, whole) = (median(&mut scripts), median(&mut wholes));
        println!(
            "{what}: the build script takes {} ({} to {}), all of `cargo build` {}; compiled: {}",
            shown(script),
            shown(scripts[0]),
            shown(scripts[EDITS - 1]),
            shown(whole),
            fixture::NAME,
        );
        Ok(script)
    }
}

/// The targets that the compiler made, without those that were there already.
pub(crate) fn compiled(messages: &str) -> Vec<String> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["fresh"] == false)
        .filter_map(|message| Some(message["target"]["name"].as_str()?.to_owned()))
        .collect()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
