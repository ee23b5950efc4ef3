//! `cargo xtask build-cost`: the cost of building the README's first program, as its author feels it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::bench::compiled;
use crate::e2e::readme::guide::Guide;
use crate::shell::{self, cargo, command, find_program, headline, root};

/// The name of the program.
const NAME: &str = "first";
/// The number of edits of a handler, of which the median counts.
const EDITS: usize = 5;
/// The sets of features whose crates are counted.
const FEATURES: &[&str] = &[
    "",
    "admin",
    "axum",
    "client",
    "cluster",
    "cron",
    "kcp",
    "testing",
    "tls",
    "admin client cron tls",
];
/// The text in the README's handlers that an edit changes.
const EDITED: &str = "name: req.name";

/// Builds the program in a folder of its own, which is removed afterwards, and prints a table.
///
/// The numbers of crates are exact. The times depend on the machine: two states of the repository are compared by turns.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let [argument, ..] = arguments {
        return Err(format!("unknown argument {argument}: it takes none"));
    }
    headline("Crates");
    for features in FEATURES {
        let name = if features.is_empty() { "(default)" } else { features };
        println!("{name:<22}{:>6}", crates(features)?);
    }

    headline("The README's first program");
    let folder = root().join("target/bench/build-cost");
    let _ = fs::remove_dir_all(&folder);
    let program = Program::write(folder).map_err(|error| error.to_string())?;
    let measured = program.measure();
    fs::remove_dir_all(&program.folder).map_err(|error| error.to_string())?;
    measured
}

/// Returns the number of crates that nano with these features is built of, itself and build scripts' crates included.
fn crates(features: &str) -> Result<usize, String> {
    let mut tree = cargo(&["tree", "--offline", "--package", "nano", "--edges", "normal,build"]);
    tree.args(["--prefix", "none", "--format", "{p}", "--features", features]);
    let output = tree.output().map_err(|error| format!("cannot run cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let name = |line: &str| line.trim_end_matches(" (*)").trim().to_owned();
    let names: BTreeSet<_> = text.lines().map(name).filter(|name| !name.is_empty()).collect();
    Ok(names.len())
}

/// The program, in a folder of its own.
struct Program {
    folder: PathBuf,
    source: String,
}

/// The outcome of one build.
struct Build {
    wall: Duration,
    /// The time of all processors.
    cpu: Duration,
    /// The crates and build scripts that were compiled.
    compiled: usize,
}

impl Build {
    fn times(&self) -> String {
        let [wall, cpu] = [self.wall, self.cpu].map(|time| time.as_secs_f64());
        format!("{wall:.1} s, {cpu:.1} s of processor time")
    }
}

impl Program {
    fn write(folder: PathBuf) -> Result<Self, Box<dyn std::error::Error>> {
        let readme = fs::read_to_string(root().join("README.md"))?;
        let guide = Guide::read(&readme)?;
        let source = guide.first_program()?;
        if !source.contains(EDITED) {
            return Err(format!("the README's program has no `{EDITED}`").into());
        }
        let nano = format!("{:?}", root().join("nano"));
        let dependencies = guide.dependencies.replace("\"../nano/nano\"", &nano);
        let manifest = format!(
            "[package]\nname = \"{NAME}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}\n[workspace]\n"
        );
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The same versions as in the repository: nothing is downloaded.
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let program = Self { folder, source };
        program.edit(0)?;
        Ok(program)
    }

    /// Changes a handler.
    fn edit(&self, turn: usize) -> std::io::Result<()> {
        let edited = format!("name: format!(\"{{}} {turn}\", req.name)");
        fs::write(self.folder.join("src/main.rs"), self.source.replace(EDITED, &edited))
    }

    /// Builds it in several ways, and prints a line for each.
    fn measure(&self) -> Outcome {
        let debug = self.build(&[])?;
        show("crates and build scripts", debug.compiled.to_string());
        show("clean build, debug", debug.times());
        let mut edits = Vec::new();
        for turn in 1..=EDITS {
            self.edit(turn).map_err(|error| error.to_string())?;
            let build = self.build(&[])?;
            if build.compiled != 1 {
                return Err(format!("an edit of a handler compiles {} crates", build.compiled));
            }
            edits.push(build);
        }
        edits.sort_unstable_by_key(|build| build.wall);
        show("build after an edit of a handler, debug", edits[EDITS / 2].times());
        show("clean build, release", self.build(&["--release"])?.times());
        let [size, stripped] = self.sizes()?;
        show("release binary", kib(size));
        show("release binary, stripped", kib(stripped));
        Ok(())
    }

    fn build(&self, options: &[&str]) -> Result<Build, String> {
        let mut cargo = cargo(&["build", "--offline", "--quiet", "--message-format=json"]);
        cargo.args(options).current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", self.folder.join("target"));
        let (cpu, start) = (children()?, Instant::now());
        let output = cargo.output().map_err(|error| format!("cannot run cargo: {error}"))?;
        let (wall, cpu) = (start.elapsed(), children()? - cpu);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let compiled = compiled(&String::from_utf8_lossy(&output.stdout)).len();
        Ok(Build { wall, cpu, compiled })
    }

    /// Returns the sizes of the release binary, as it is and stripped.
    fn sizes(&self) -> Result<[u64; 2], String> {
        let binary = self.folder.join("target/release").join(NAME);
        let strip = find_program(&["strip"]).ok_or("strip, of binutils, is not installed")?;
        let stripped = self.folder.join("stripped");
        let mut strip: Command = command(strip, &["-o"]);
        shell::run(strip.arg(&stripped).arg(&binary))?;
        let size = |path: &Path| fs::metadata(path).map(|file| file.len());
        let sizes = size(&binary).and_then(|whole| Ok([whole, size(&stripped)?]));
        sizes.map_err(|error| error.to_string())
    }
}

/// Returns the processor time of all processes that this one has waited for.
fn children() -> Result<Duration, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| error.to_string())?;
    // Behind the name, which is in parentheses, the times are the 14th and 15th value (cutime and cstime), in hundredths of a second.
    let values =
        stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
    let ticks: u64 = values.skip(13).take(2).filter_map(|value| value.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

fn show(name: &str, value: String) {
    println!("{name:<44}{value}");
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes / 1024)
}
