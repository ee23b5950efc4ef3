//! The projects that `cargo nano new` makes: each builds, is formatted, and passes its tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use crate::Outcome;
use crate::programs::{JSON, Programs, build};
use crate::shell::{capture, cargo, headline, root, run as run_command};

/// The test that needs the projects.
const TEST: &str = "templates.test.js";
const TEMPLATES: &[&str] = &["chat", "rooms", "protobuf", "cluster"];
/// The variable that sets the debug information of a build.
const DEBUG: &str = "CARGO_PROFILE_DEV_DEBUG";

/// Returns `true` if no other test is to run, which need other servers.
pub(super) fn are_all(files: &[PathBuf]) -> bool {
    files.iter().all(|file| file.file_name().is_some_and(|name| name == TEST))
}

/// Builds the command, and returns the target folder.
pub(super) fn target() -> Result<PathBuf, String> {
    Programs::build(&[])?.target()
}

/// Makes a project from each template, and passes the folder that has them to a command that runs the tests. Does
/// nothing if the test that needs them is not wanted.
pub(super) fn prepare(tests: &mut Command, wanted: &str, target: &Path) -> Outcome {
    if !TEST.contains(wanted) {
        return Ok(());
    }
    headline("Projects of `cargo nano new`");
    let nano = Programs::build(&[])?.path("cargo-nano")?;
    let folder = target.join("e2e/templates");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    for template in TEMPLATES {
        let game = folder.join(template);
        run_command(
            Command::new(&nano)
                .args(["nano", "new", "--template", template, "--nano-path"])
                .arg(root())
                .arg(&game),
        )?;
        // The versions that are compiled already.
        fs::copy(root().join("Cargo.lock"), game.join("Cargo.lock"))
            .map_err(|error| format!("{}: {error}", game.display()))?;
        let in_project = |arguments: &[&str]| {
            let mut command = cargo(arguments);
            command.current_dir(&game).env("CARGO_TARGET_DIR", target);
            // As in the repository's workspace, so that packages that are compiled already can be used.
            if env::var_os(DEBUG).is_none() {
                command.env(DEBUG, "line-tables-only");
            }
            command
        };
        // As in a project outside of the repository, which has settings of its own.
        run_command(&mut in_project(&[
            "fmt",
            "--check",
            "--",
            "--config",
            "use_small_heuristics=Default",
        ]))?;
        let tests = ["test", "--no-run", "--message-format=json"];
        refuse_warnings(&capture(&mut in_project(&tests))?, &game)?;
        run_command(&mut in_project(&["test", "--quiet"]))?;
        let program = build(&mut in_project(&["build", JSON]), template)?;
        fs::copy(&program, game.join("program"))
            .map_err(|error| format!("{}: {error}", program.display()))?;
    }
    let chat = folder.join("chat");
    run_command(
        Command::new(&nano)
            .args(["export-client", "--package", "chat", "--out", "client"])
            .current_dir(&chat)
            .env("CARGO_TARGET_DIR", target),
    )?;
    tests.env("TEMPLATES_FOLDER", &folder);
    Ok(())
}

/// Fails when the compiler has warned of a file of the project.
fn refuse_warnings(messages: &str, game: &Path) -> Outcome {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let own = |message: &Value| {
        let file = message["target"]["src_path"].as_str().map(Path::new);
        message["reason"] == "compiler-message" && file.is_some_and(|file| file.starts_with(game))
    };
    let said = messages
        .filter(own)
        .filter_map(|message| message["message"]["rendered"].as_str().map(str::to_owned));
    let said: String = said.collect();
    match said.is_empty() {
        true => Ok(()),
        false => Err(format!("{} does not build without warnings:\n{said}", game.display())),
    }
}
