//! `cargo xtask bundle`: the script of the pond's page, committed so that the example needs Rust only.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::shell::{capture, command, root, run as run_command};
use crate::{Outcome, node};

/// The packages that `tests/e2e/package.json` and its lock file pin.
const PACKAGES: &str = "tests/e2e/node_modules";
const PROJECT: &str = "examples/tadpole/web";
const OUTPUT: &str = "examples/tadpole/web/dist/pond.js";

/// Checks the types of the page's sources and bundles them; with `--check`, only compares the
/// result with the committed bundle.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: cargo xtask bundle [--check]".to_owned()),
    };
    node::check()?;
    node::install_packages(&root().join("tests/e2e"))?;
    let tsc = format!("{PACKAGES}/typescript/bin/tsc");
    run_command(&mut node::node(&[&tsc, "--project", PROJECT]))?;
    let bundle = bundle()?;
    let path = root().join(OUTPUT);
    if fs::read_to_string(&path).is_ok_and(|committed| committed == bundle) {
        println!("{OUTPUT} is up to date");
        return Ok(());
    }
    if check {
        return Err(format!("{OUTPUT} is stale: run `cargo xtask bundle`"));
    }
    fs::write(&path, &bundle).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{OUTPUT} written, {} bytes", bundle.len());
    Ok(())
}

fn bundle() -> Result<String, String> {
    let entry = format!("{PROJECT}/src/main.ts");
    let banner = format!("--banner:js={}", notice(&root().join(PACKAGES))?);
    capture(&mut command(
        root().join(PACKAGES).join(".bin/esbuild"),
        &[
            &entry,
            "--bundle",
            "--format=esm",
            "--minify",
            "--legal-comments=inline",
            "--target=es2022",
            "--log-level=warning",
            &banner,
        ],
    ))
}

/// The notice that the licence of the bundled package asks for: the bundler drops the package's own
/// comments.
fn notice(packages: &Path) -> Result<String, String> {
    let path = packages.join("@bufbuild/protobuf/package.json");
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| problem(&error))?;
    let package: Value = serde_json::from_str(&text).map_err(|error| problem(&error))?;
    let field = |name: &str| {
        package[name].as_str().ok_or_else(|| problem(&format_args!("it has no {name}")))
    };
    Ok(format!(
        "/*! Contains {} {}, {}. Copyright 2021-2026 Buf Technologies, Inc. \
         Copyright 2008 Google Inc. All rights reserved. See /licenses.txt */",
        field("name")?,
        field("version")?,
        field("license")?,
    ))
}
