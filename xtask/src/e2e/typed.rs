//! The generated clients of `tests/typed`, against the servers they were generated for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::gates;
use crate::Outcome;
use crate::node::node;
use crate::programs::Programs;
use crate::shell::{headline, root, run as run_command};

/// The folder of the tests, with which their names begin when one is picked.
pub(super) const FOLDER: &str = "typed";

/// The `*.test.ts` files whose path, as `typed/json.test.ts`, contains `wanted`.
pub(super) fn files(tests: &Path, wanted: &str) -> Result<Vec<PathBuf>, String> {
    let folder = tests.join(FOLDER);
    let problem = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".test.ts") && format!("{FOLDER}/{name}").contains(wanted) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Checks that the committed clients are up to date, checks the types of the tests, and runs them.
pub(super) fn run(tests: &Path, files: &[PathBuf]) -> Outcome {
    headline("Generated clients");
    let programs = Programs::build(&["--features", "typed-json/old"])?;
    let json = programs.path("typed-json")?;
    let output = programs.target()?.join("e2e/typed");
    // The releases are one program to Cargo: the next build takes this one's place.
    let old = output.join("typed-json-old");
    fs::create_dir_all(&output)
        .and_then(|()| fs::copy(&json, &old))
        .map_err(|error| format!("{}: {error}", old.display()))?;
    let programs = Programs::build(&[])?;
    let [now, protobuf] = ["typed-json", "typed-protobuf"].map(|name| programs.path(name));
    let (now, protobuf) = (now?, protobuf?);

    headline("Types of the generated clients");
    let modules = tests.join("node_modules");
    let tool = |path: &str| modules.join(path).display().to_string();
    run_command(&mut node(&[
        &tool("typescript/bin/tsc"),
        "--project",
        &tests.join(FOLDER).display().to_string(),
    ]))?;
    bundle(&tool("esbuild/bin/esbuild"), &modules, files, &output)?;

    headline("Generated clients against their servers");
    let tests = |files: &[PathBuf]| {
        let bundle = |file: &PathBuf| {
            output.join(file.file_stem().unwrap_or_default()).with_extension("test.js")
        };
        let mut tests = node(&["--enable-source-maps", "--test", "--test-reporter=spec"]);
        tests
            .args(files.iter().map(bundle))
            .env("TYPED_JSON_OLD_BIN", &old)
            .env("TYPED_JSON_BIN", &now)
            .env("TYPED_PROTOBUF_BIN", &protobuf);
        tests
    };
    run_command(&mut tests(files))?;
    let through_gates = gates::files(files);
    if through_gates.is_empty() {
        return Ok(());
    }
    headline("Generated clients through gates");
    run_command(gates::through(&mut tests(&through_gates)))
}

/// Makes one script of each test, with its client inside.
fn bundle(esbuild: &str, modules: &Path, files: &[PathBuf], output: &Path) -> Outcome {
    let runtime = root().join("clients/js/nano.js");
    let mut bundle: Command = node(&[
        esbuild,
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--target=node20",
        "--sourcemap",
        "--log-level=warning",
        // The paths in `tsconfig.json` are those of declarations.
        "--tsconfig-raw={}",
        // Packages of the old kind ask for Node.js's modules while they run.
        "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ]);
    bundle
        .arg(format!("--alias:nano-client={}", runtime.display()))
        .arg(format!("--outdir={}", output.display()))
        .args(files)
        .env("NODE_PATH", modules);
    run_command(&mut bundle)
}
