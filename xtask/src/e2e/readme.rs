//! The README's project, made of the code in the README.

pub(crate) mod guide;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::Outcome;
use crate::programs::executable;
use crate::shell::{cargo, headline, root};
use guide::Guide;

/// The test that needs the project.
const TEST: &str = "readme.test.js";
/// The package that the README's reader makes with `cargo new`.
const PACKAGE: &str = "game";

/// Builds both programs that the README leads to, and passes their paths to a command that runs the
/// tests. Does nothing if the test that needs them is not wanted.
///
/// Fails if one of them does not compile, or not without warnings. Times are printed only.
pub(super) fn prepare(tests: &mut Command, wanted: &str, target: &Path) -> Outcome {
    if !TEST.contains(wanted) {
        return Ok(());
    }
    headline("The README's project");
    let text = read(&root().join("README.md"))?;
    let guide = Guide::read(&text).map_err(|problem| format!("README.md: {problem}"))?;
    let folder = target.join("e2e/readme");
    let game = folder.join(PACKAGE);
    // Files that an earlier run generated would hide that this one generates none.
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    write(&folder.join("snippet.js"), guide.snippet)?;
    write(&folder.join("console.js"), guide.console)?;
    copy(&root().join("Cargo.lock"), &game.join("Cargo.lock"))?;

    write(&game.join("Cargo.toml"), &manifest(guide.dependencies))?;
    write(&game.join("src/main.rs"), &any_port(&guide.first_program()?)?)?;
    let first = keep(&build(&game, target, "the first program")?, &folder.join("first"))?;

    write(&game.join("build.rs"), guide.build_script)?;
    let dependencies = guide::merged(guide.dependencies, guide.more_dependencies);
    write(&game.join("Cargo.toml"), &manifest(&dependencies))?;
    write(&game.join("src/main.rs"), &any_port(&guide.second_program()?)?)?;
    write(&game.join("web/index.html"), guide.page)?;
    let second = keep(&build(&game, target, "with the typed client")?, &folder.join("second"))?;
    let again = build(&game, target, "once more")?;
    if !again.is_fresh {
        return Err("README.md: a build that follows another compiles the project again".into());
    }

    tests.env("README_FOLDER", &folder).env("README_FIRST", first).env("README_SECOND", second);
    Ok(())
}

/// `Cargo.toml` as `cargo new` writes it, in a folder that is part of no workspace.
fn manifest(dependencies: &str) -> String {
    let head = format!("[package]\nname = {PACKAGE:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    // As in the repository's workspace, so that packages that are compiled already can be used.
    let tail = "[profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n";
    let dependencies = dependencies.replace("\"../nano", &format!("\"{}", shown_root()));
    format!("{head}\n{dependencies}\n{tail}")
}

fn shown_root() -> String {
    root().display().to_string().replace('\\', "/")
}

/// A program on ports that the system chooses: the README's may be in use.
fn any_port(program: &str) -> Result<String, String> {
    let ports = ["0.0.0.0:3250", "0.0.0.0:3251", "127.0.0.1:3250"];
    let free =
        ports.iter().fold(program.to_owned(), |text, port| text.replace(port, "127.0.0.1:0"));
    if free == program {
        return Err(format!("README.md: a program listens on none of {}", ports.join(", ")));
    }
    Ok(free)
}

/// The outcome of a build.
struct Build {
    program: PathBuf,
    /// True if nothing of the project itself was compiled.
    is_fresh: bool,
}

/// Builds the project.
fn build(game: &Path, target: &Path, what: &str) -> Result<Build, String> {
    let mut build = in_folder(game, target, "build");
    build.arg("--message-format=json");
    if is_at_hand(game, target) {
        build.arg("--offline");
    }
    let start = Instant::now();
    let output = build
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let took = start.elapsed();
    let messages = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = said(&messages, &errors);
    if !output.status.success() || !said.is_empty() {
        return Err(format!("README.md: {what} does not build cleanly:\n{said}\n{errors}"));
    }
    println!("{what}: built in {:.1} s", took.as_secs_f64());
    let is_fresh = of_project(&messages).all(|message| message["fresh"] != false);
    Ok(Build { program: executable(&messages, PACKAGE)?, is_fresh })
}

/// The messages of the compiler and of the build script about the project itself, warnings
/// included.
fn said(messages: &str, errors: &str) -> String {
    let compiler = of_project(messages)
        .filter_map(|message| Some(message["message"]["rendered"].as_str()?.to_owned()));
    let script = errors.lines().filter(|line| line.starts_with(&format!("warning: {PACKAGE}@")));
    compiler.chain(script.map(|line| format!("{line}\n"))).collect()
}

/// Cargo's messages about the project itself.
fn of_project(messages: &str) -> impl Iterator<Item = Value> {
    let end = format!("/{PACKAGE}#0.1.0");
    let values = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    values.filter(move |value| value["package_id"].as_str().is_some_and(|id| id.ends_with(&end)))
}

/// Returns `true` if all packages are on this machine. A few are used by the README's project
/// alone.
fn is_at_hand(game: &Path, target: &Path) -> bool {
    let mut tree = in_folder(game, target, "tree");
    tree.arg("--offline").stdout(Stdio::null()).stderr(Stdio::null());
    tree.status().is_ok_and(|status| status.success())
}

/// A cargo command for the project, which shares the packages that are compiled already.
fn in_folder(game: &Path, target: &Path, task: &str) -> Command {
    let mut command = cargo(&[task]);
    command.current_dir(game).env("CARGO_TARGET_DIR", target);
    command
}

/// Copies a program to a path that the next build does not overwrite.
fn keep(build: &Build, to: &Path) -> Result<PathBuf, String> {
    copy(&build.program, to)?;
    Ok(to.to_owned())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    make_folder(to)?;
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    make_folder(path)?;
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn make_folder(path: &Path) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
