//! `cargo nano export-client`: the client of a package as an npm package.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use clap::Args;
use nano_build::emit::{self, ClientOptions, OutputFile};
use nano_build::manifest::Manifest;
use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::files;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The package of the server, whose build script calls nano-build
    #[arg(short, long, value_name = "NAME")]
    package: String,
    /// The folder to write to [default: target/client/ and the name of the package]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Options {
    /// Builds a package, and writes its JavaScript client with declarations to a folder that npm can
    /// install or pack.
    pub(crate) fn run(self) -> Outcome {
        let package = &self.package;
        let messages = build(package)?;
        let manifest = read_manifest(package, &messages)?;
        let out = match self.out {
            Some(out) => out,
            None => target_folder()?.join("client").join(package),
        };
        let client = client_files(&manifest)
            .map_err(|error| Failure::usage(format!("{package}: {error}")))?;
        for file in &client {
            files::write(&out.join(&file.path), &file.text)?;
        }
        println!("{} files in {}", client.len(), out.display());
        Ok(())
    }
}

/// Builds a package, and returns Cargo's messages.
fn build(package: &str) -> Outcome<String> {
    let format = "--message-format=json-render-diagnostics";
    cargo(&["build", "--package", package, format]).map_err(|failure| {
        failure.help(format!("run it in the workspace of `{package}`; the build has to succeed"))
    })
}

/// Runs cargo, and returns what it printed.
fn cargo(arguments: &[&str]) -> Outcome<String> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let shown = format!("cargo {}", arguments[0]);
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|error| Failure::usage(format!("cannot run {shown}: {error}")))?;
    if !output.status.success() {
        return Err(Failure::refused(format!("`{shown}` failed: {}", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|error| Failure::refused(format!("the output of `{shown}`: {error}")))
}

/// Asks Cargo for the target folder of the workspace.
fn target_folder() -> Outcome<PathBuf> {
    let text = cargo(&["metadata", "--no-deps", "--format-version=1"])?;
    let metadata: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::refused(format!("the output of `cargo metadata`: {error}")))?;
    let folder = metadata["target_directory"].as_str();
    folder
        .map(PathBuf::from)
        .ok_or_else(|| Failure::refused("`cargo metadata` names no target folder"))
}

/// The manifest that the package's build script left in Cargo's folder.
fn read_manifest(package: &str, messages: &str) -> Outcome<Manifest> {
    let folder = out_dir(package, messages).ok_or_else(|| {
        let failure = Failure::usage(format!("{package} has no build script"));
        failure.help("give it one that calls nano_build::Config::compile")
    })?;
    let path = folder.join("nano_manifest.json");
    let text = fs::read_to_string(&path).map_err(|_| {
        let failure = Failure::usage(format!("the build script of {package} left no manifest"));
        failure.help("ask it for a client, as `.manifest(\"manifest.json\")`, and it says why")
    })?;
    Manifest::from_json(&text).map_err(|error| Failure::file(&path, error))
}

/// Finds `OUT_DIR` of a package in Cargo's messages about the build.
fn out_dir(package: &str, messages: &str) -> Option<PathBuf> {
    messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(
        |message| {
            let id = message["package_id"].as_str()?;
            let is_it = message["reason"] == "build-script-executed" && is_package(id, package);
            is_it.then(|| message["out_dir"].as_str().map(PathBuf::from))?
        },
    )
}

/// Returns `true` if a package id of Cargo, `path+file:///folder/name#0.1.0` or
/// `..folder#name@0.1.0`, is that of the package.
fn is_package(id: &str, package: &str) -> bool {
    let Some((place, end)) = id.rsplit_once('#') else { return false };
    match end.split_once('@') {
        Some((name, _)) => name == package,
        None => place.rsplit('/').next() == Some(package),
    }
}

/// The files of the client as an npm package.
fn client_files(manifest: &Manifest) -> nano_build::Result<Vec<OutputFile>> {
    let mut files = emit::javascript(manifest, &ClientOptions::default())?;
    files.push(OutputFile { path: "package.json".into(), text: description(manifest) });
    Ok(files)
}

/// The text of `package.json`. Conditions of `exports` are tried in their order, which a map would
/// not keep.
fn description(manifest: &Manifest) -> String {
    let dependencies = match manifest.descriptors {
        Some(_) => r#"{ "@bufbuild/protobuf": "^2.5.0" }"#,
        None => "{}",
    };
    format!(
        r#"{{
  "name": "{}-client",
  "version": "0.0.0",
  "private": true,
  "type": "module",
  "main": "./routes.js",
  "types": "./routes.d.ts",
  "exports": {{
    ".": {{
      "types": "./routes.d.ts",
      "default": "./routes.js"
    }}
  }},
  "dependencies": {dependencies}
}}
"#,
        manifest.package
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_that_of_the_package() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","package_id":"path+file:///a/game#0.1.0"}"#,
            "\nwarning: not JSON\n",
            r#"{"reason":"build-script-executed","package_id":"path+file:///a/other#0.1.0","out_dir":"/o"}"#,
            "\n",
            r#"{"reason":"build-script-executed","package_id":"path+file:///a/game#0.1.0","out_dir":"/g"}"#,
            "\n",
            r#"{"reason":"build-script-executed","package_id":"path+file:///a/b#pond@0.1.0","out_dir":"/p"}"#,
        );
        for (package, expected) in
            [("game", Some("/g")), ("other", Some("/o")), ("pond", Some("/p")), ("b", None)]
        {
            assert_eq!(out_dir(package, messages), expected.map(PathBuf::from), "{package}");
        }
    }
}
