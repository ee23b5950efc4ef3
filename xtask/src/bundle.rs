//! `cargo xtask bundle`: scripts of pages that are committed, so that who builds them needs Rust only.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::shell::{capture, command, root, run as run_command};
use crate::{Outcome, node};

/// The packages that `tests/e2e/package.json` and its lock file pin.
const PACKAGES: &str = "tests/e2e/node_modules";
/// The pages whose sources are TypeScript.
const PAGES: &[&str] = &["examples/tadpole/web", "examples/tank/web"];

/// A script with all that it imports inside.
struct Bundle {
    entry: &'static str,
    output: &'static str,
    /// The file with the licences, as the comment in the script names it.
    licenses: &'static str,
}

const BUNDLES: &[Bundle] = &[
    Bundle {
        entry: "examples/tadpole/web/src/main.ts",
        output: "examples/tadpole/web/dist/pond.js",
        licenses: "/licenses.txt",
    },
    Bundle {
        entry: "examples/tank/web/src/main.ts",
        output: "examples/tank/web/dist/tank.js",
        licenses: "/licenses.txt",
    },
    Bundle {
        entry: "xtask/src/bundle/protobuf.js",
        output: "cargo-nano/templates/protobuf/web/protobuf.js",
        licenses: "licenses.txt",
    },
];

/// Checks the types of the pages' sources, and bundles all scripts; with `--check`, only compares the
/// results with the committed bundles.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: cargo xtask bundle [--check]".to_owned()),
    };
    node::check()?;
    node::install_packages(&root().join("tests/e2e"))?;
    let tsc = format!("{PACKAGES}/typescript/bin/tsc");
    PAGES.iter().try_for_each(|page| run_command(&mut node::node(&[&tsc, "--project", page])))?;
    BUNDLES.iter().try_for_each(|bundle| bundle.write(check))
}

impl Bundle {
    fn write(&self, check: bool) -> Outcome {
        let (text, output) = (self.text()?, self.output);
        let path = root().join(output);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
            println!("{output} is up to date");
            return Ok(());
        }
        if check {
            return Err(format!("{output} is stale: run `cargo xtask bundle`"));
        }
        fs::write(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{output} written, {} bytes", text.len());
        Ok(())
    }

    fn text(&self) -> Result<String, String> {
        let packages = root().join(PACKAGES);
        let banner = format!("--banner:js={}", notice(&packages, self.licenses)?);
        let mut esbuild = command(
            packages.join(".bin/esbuild"),
            &[
                self.entry,
                "--bundle",
                "--format=esm",
                "--minify",
                "--legal-comments=inline",
                "--target=es2022",
                "--log-level=warning",
                &banner,
            ],
        );
        // A script outside of the folder of the packages finds them, too.
        capture(esbuild.env("NODE_PATH", &packages))
    }
}

/// The notice that the licence of the bundled package asks for: the bundler drops the package's own
/// comments.
fn notice(packages: &Path, licenses: &str) -> Result<String, String> {
    let path = packages.join("@bufbuild/protobuf/package.json");
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| problem(&error))?;
    let package: Value = serde_json::from_str(&text).map_err(|error| problem(&error))?;
    let field = |name: &str| {
        package[name].as_str().ok_or_else(|| problem(&format_args!("it has no {name}")))
    };
    Ok(format!(
        "/*! Contains {} {}, {}. Copyright 2021-2026 Buf Technologies, Inc. \
         Copyright 2008 Google Inc. All rights reserved. See {licenses} */",
        field("name")?,
        field("version")?,
        field("license")?,
    ))
}
