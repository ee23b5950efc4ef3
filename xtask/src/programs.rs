//! The programs and examples of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{capture, cargo};

/// Lets cargo tell of a build in JSON, and print the errors of the compiler as text.
pub(crate) const JSON: &str = "--message-format=json-render-diagnostics";

/// All programs and examples, built together.
pub(crate) struct Programs {
    messages: String,
}

impl Programs {
    /// Builds them, with these options. A build script fails if a committed file is not up to date.
    ///
    /// They take the features that all packages together have, as [`cargo_test`](crate::shell::cargo_test) does: each one
    /// by itself would have nano compiled once more.
    pub(crate) fn build(options: &[&str]) -> Result<Self, String> {
        let mut command = cargo(&["build", "--workspace", "--bins", "--examples", JSON]);
        let messages = capture(command.args(options).env("NANO_BUILD", "check"))?;
        Ok(Self { messages })
    }

    /// Builds those that are slow without optimization, with these options and flags of the compiler: for one alone nano
    /// would be compiled once more.
    pub(crate) fn optimized(options: &[&str], flags: Option<&str>) -> Result<Self, String> {
        let packages = ["--package", "nano-bench", "--package", "nano-soak"];
        let mut command = cargo(&["build", "--release", JSON]);
        if let Some(flags) = flags {
            command.env("RUSTFLAGS", flags);
        }
        Ok(Self { messages: capture(command.args(packages).args(options))? })
    }

    pub(crate) fn path(&self, name: &str) -> Result<PathBuf, String> {
        executable(&self.messages, name)
    }

    /// The folder of all builds.
    pub(crate) fn target(&self) -> Result<PathBuf, String> {
        Ok(target_folder(&self.path("cargo-nano")?))
    }
}

/// Builds a program of another workspace, and returns its path.
pub(crate) fn build(command: &mut Command, name: &str) -> Result<PathBuf, String> {
    executable(&capture(command)?, name)
}

/// Finds the path of a program in cargo's JSON messages, which are right for any target folder.
pub(crate) fn executable(messages: &str, name: &str) -> Result<PathBuf, String> {
    messages
        .lines()
        .filter_map(|line| json_text(line, "\"executable\":\""))
        .map(PathBuf::from)
        .find(|path| path.file_stem().is_some_and(|stem| stem == name))
        .ok_or_else(|| format!("cargo built no program named {name}"))
}

/// Returns the JSON string that follows `key`.
fn json_text(line: &str, key: &str) -> Option<String> {
    let (_, rest) = line.split_once(key)?;
    let mut text = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            character => text.push(character),
        }
    }
}

/// The target folder of a program.
fn target_folder(server: &Path) -> PathBuf {
    server.ancestors().nth(2).unwrap_or(server).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_among_the_messages_of_cargo() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"nano"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/debug/other"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","executable":"/t \"x\"\\y/debug/example-chat","fresh":true}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found = executable(messages, "example-chat").unwrap();
        assert_eq!(found, Path::new(r#"/t "x"\y/debug/example-chat"#));
        assert_eq!(target_folder(&found), Path::new(r#"/t "x"\y"#));
        assert_eq!(executable(messages, "nano").unwrap_err(), "cargo built no program named nano");
    }
}
