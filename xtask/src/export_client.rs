//! `cargo xtask export-client`: the client of a package as an npm package.

use std::fs;
use std::path::{Path, PathBuf};

use nano_build::emit::{self, ClientOptions, OutputFile};
use nano_build::manifest::Manifest;
use serde_json::Value;

use crate::Outcome;
use crate::shell::{capture, cargo, root};

const USAGE: &str = "usage: cargo xtask export-client -p <package> [--out <folder>]   (default: target/client/<package>)";

/// Builds a package, and writes its JavaScript client with declarations to a folder that npm can
/// install or pack.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (mut package, mut out) = (None, None);
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or(USAGE)?;
        match name.as_str() {
            "-p" | "--package" => package = Some(value),
            "--out" => out = Some(PathBuf::from(value)),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let package = package.ok_or(USAGE)?;
    let mut build =
        cargo(&["build", "--package", package, "--message-format=json-render-diagnostics"]);
    let manifest = read_manifest(package, &capture(&mut build)?)?;
    let out = out.unwrap_or_else(|| root().join("target/client").join(package));
    let files = files(&manifest).map_err(|error| error.to_string())?;
    for file in &files {
        write(&out.join(&file.path), &file.text)?;
    }
    println!("{} files in {}", files.len(), out.display());
    Ok(())
}

/// The manifest that the package's build script left in Cargo's folder.
fn read_manifest(package: &str, messages: &str) -> Result<Manifest, String> {
    let folder = out_dir(package, messages).ok_or_else(|| {
        format!("{package} has no build script: give it one that calls nano_build::Config::compile")
    })?;
    let path = folder.join("nano_manifest.json");
    let text = fs::read_to_string(&path).map_err(|_| {
        format!(
            "the build script of {package} left no manifest: ask it for a client, \
             as `.manifest(\"manifest.json\")`, and it says why"
        )
    })?;
    Manifest::from_json(&text).map_err(|error| format!("{}: {error}", path.display()))
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
fn files(manifest: &Manifest) -> nano_build::Result<Vec<OutputFile>> {
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

fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
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
