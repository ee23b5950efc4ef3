//! The steps that take minutes, on a clone of the last commit: nothing that is not committed can help them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::shell::{self, cargo, headline, root};

use super::metadata;
use super::packages::{self, Package};
use super::tools::{self, DENY, HACK, Tool};

/// Runs every step, and tells at the end what is left to do before a release.
pub(super) fn check(packages: &[Package]) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| format!("a folder for the clone: {error}"))?;
    let clone = folder.path();
    headline("Clone of the last commit");
    let mut git = shell::command("git", &["clone", "--quiet", "--no-local", "--depth", "1"]);
    shell::run(git.arg(root()).arg(clone))?;
    let mut steps = Steps::default();
    let run = |arguments: &[&str]| shell::run(&mut at(clone, arguments));
    let of_all =
        |arguments: &[&str]| shell::run(at(clone, arguments).args(packages::arguments(packages)));

    steps.take("each package, compiled from its own files", None, || {
        of_all(&["package", "--all-features"])
    });
    steps.take("another name on the registry", None, || {
        rename(clone, "nano-renamed")?;
        let checked = run(&["check", "--package", "example-tadpole"]);
        // The later steps need the name, whatever this one has found.
        rename(clone, "nano").and(checked)
    });
    steps.take("the guide's code for databases", None, || {
        run(&["check", "--locked", "--manifest-path", "tests/databases/Cargo.toml"])
    });
    steps.take("licences and sources of dependencies", Some(&DENY), || {
        run(&["deny", "--all-features", "--workspace", "check", "licenses", "bans", "sources"])
    });
    steps.take("known faults of dependencies", Some(&DENY), || {
        run(&["deny", "--all-features", "--workspace", "check", "advisories"])
    });
    steps.take("each feature by itself", Some(&HACK), || {
        of_all(&["hack", "check", "--each-feature", "--no-dev-deps"])
    });
    steps.take("the oldest compiler", None, || oldest_compiler(clone, packages));
    // The last one: it changes the clone's Cargo.lock. What these versions need in turn is as new as ever: the oldest of
    // all were never meant to work together.
    steps.take("the oldest versions of direct dependencies", None, || {
        alone(clone, packages)?;
        // The option is not stable; this makes the installed Cargo accept it.
        let mut update = at(clone, &["update", "-Z", "direct-minimal-versions"]);
        shell::run(update.env("RUSTC_BOOTSTRAP", "1"))?;
        of_all(&["check", "--all-features"])
    });

    steps.left.extend(metadata::open_points(packages));
    steps.end()
}

/// The steps so far, with a line for each that is left.
#[derive(Default)]
struct Steps {
    left: Vec<String>,
}

impl Steps {
    /// Takes a step; one whose tool is missing, or that fails, is left.
    fn take(&mut self, title: &str, tool: Option<&Tool>, step: impl FnOnce() -> Outcome) {
        headline(title);
        let outcome = tool.and_then(Tool::missing).map_or_else(step, Err);
        if let Err(problem) = outcome {
            println!("{problem}");
            self.left.push(format!("{title}: {problem}"));
        }
    }

    fn end(self) -> Outcome {
        if self.left.is_empty() {
            return Ok(());
        }
        Err(format!("before a release:\n  {}", self.left.join("\n  ")))
    }
}

/// A Cargo command in the clone, which compiles into the folder of this repository: most of it is there already.
fn at(clone: &Path, arguments: &[&str]) -> Command {
    in_clone(cargo(arguments), clone)
}

fn in_clone(mut command: Command, clone: &Path) -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    command.current_dir(clone).env("CARGO_TARGET_DIR", target);
    command
}

/// Checks the libraries with the compiler of `rust-version`.
fn oldest_compiler(clone: &Path, packages: &[Package]) -> Outcome {
    let version = packages.iter().find_map(|package| package.about["rust_version"].as_str());
    let version = version.ok_or("no package has a `rust-version`")?;
    tools::has_toolchain(version)?;
    let check = ["run", version, "cargo", "check", "--all-features"];
    let mut command = in_clone(shell::command("rustup", &check), clone);
    // Set by the Cargo that runs this task, for its own version.
    command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    shell::run(command.args(packages::arguments(packages)))
}

/// Makes the packages the only members of the clone's workspace: the others may ask for newer versions.
fn alone(clone: &Path, packages: &[Package]) -> Outcome {
    let folder = |package: &Package| {
        let manifest = Path::new(package.about["manifest_path"].as_str().unwrap_or_default());
        let folder = manifest.strip_prefix(root()).ok().and_then(Path::parent)?;
        Some(format!("{:?}", folder.to_string_lossy()))
    };
    let members: Vec<String> = packages.iter().filter_map(folder).collect();
    let path = clone.join("Cargo.toml");
    let fault = |error| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(fault)?;
    let changed = with_members(&text, &members).ok_or("Cargo.toml has no list of members")?;
    std::fs::write(&path, changed).map_err(fault)
}

fn with_members(manifest: &str, members: &[String]) -> Option<String> {
    let (before, rest) = manifest.split_once("\nmembers = [")?;
    let (_, after) = rest.split_once(']')?;
    Some(format!("{before}\nmembers = [{}]{after}", members.join(", ")))
}

/// Gives the package `nano` another name, by the two lines that a publisher would change.
fn rename(clone: &Path, name: &str) -> Outcome {
    for (file, key) in [("nano/Cargo.toml", "name = "), ("Cargo.toml", "nano = { package = ")] {
        let path = clone.join(file);
        let fault = |error| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(&path).map_err(fault)?;
        let renamed = renamed(&text, key, name)
            .ok_or_else(|| format!("{file} has no line that begins with `{key}\"`"))?;
        std::fs::write(&path, renamed).map_err(fault)?;
    }
    Ok(())
}

/// Replaces the text in quotes behind the first line that begins with `key`.
fn renamed(text: &str, key: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(&format!("{key}\"")))?;
    let (_, rest) = line[key.len() + 1..].split_once('"')?;
    Some(text.replacen(line, &format!("{key}\"{name}\"{rest}"), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_renamed_by_one_line_of_each_manifest() {
        for (file, key, expected) in [
            ("nano/Cargo.toml", "name = ", "\nname = \"other\"\n"),
            ("Cargo.toml", "nano = { package = ", "\nnano = { package = \"other\", path = "),
        ] {
            let text = std::fs::read_to_string(root().join(file)).expect("a manifest");
            let renamed = renamed(&text, key, "other").expect("the line");
            assert!(renamed.contains(expected), "{file}");
            assert_eq!(renamed.lines().count(), text.lines().count(), "{file}");
        }
    }
    #[test]
    fn the_members_of_the_workspace_are_replaced() {
        let manifest = "[workspace]\nmembers = [\n    \"a\",\n    \"b\",\n]\nexclude = [\"c\"]\n";
        let expected = "[workspace]\nmembers = [\"b\"]\nexclude = [\"c\"]\n";
        assert_eq!(with_members(manifest, &["\"b\"".to_owned()]).as_deref(), Some(expected));
        let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
        assert!(with_members(&text, &[]).is_some());
    }

    #[test]
    fn a_step_that_fails_or_lacks_its_tool_is_named_at_the_end() {
        let absent = Tool { name: "cargo-of-nobody", install: "cargo install it" };
        let mut steps = Steps::default();
        steps.take("one", None, || Ok(()));
        steps.take("two", None, || Err("it broke".to_owned()));
        steps.take("three", Some(&absent), || Ok(()));
        let problem = steps.end().expect_err("two steps are left");
        let expected = "before a release:\n  two: it broke\n  three: cargo-of-nobody is not installed: cargo install it";
        assert_eq!(problem, expected);
        assert_eq!(Steps::default().end(), Ok(()));
    }
}
