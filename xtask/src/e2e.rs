//! `cargo xtask e2e`: the examples in real clients, and generated clients with their servers.

mod gates;
pub(crate) mod readme;
mod templates;
#[cfg(test)]
mod tests;
mod typed;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::node::{self, node};
use crate::programs::Programs;
use crate::shell::{find_program, headline, root, run as run_command};
use crate::{Outcome, bundle, csharp};

const CHROMIUM_NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The servers of most tests, and the variables with their paths.
const SERVERS: &[(&str, &str)] = &[
    ("CHAT_BIN", "example-chat"),
    ("LOGIN_BIN", "example-login"),
    ("TABLES_BIN", "example-tables"),
    ("CLUSTER_BIN", "example-cluster"),
    ("TADPOLE_BIN", "example-tadpole"),
    ("TANK_BIN", "example-tank"),
    ("TYPED_JSON_BIN", "typed-json"),
    ("TYPED_PROTOBUF_BIN", "typed-protobuf"),
    ("ENCRYPTION_BIN", "encryption"),
    ("TUG_BIN", "tug"),
    ("GATE_BIN", "nano-tests-gate"),
];

/// Runs the tests of the JavaScript client, then generated clients with their servers, the examples in
/// Chromium and in the clients of npm, some of these once more through gates, and the C# clients.
///
/// An argument picks the end-to-end files whose names contain it.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let wanted = match arguments {
        [] => "",
        [name] => name.as_str(),
        [_, extra, ..] => return Err(format!("unknown argument {extra}")),
    };
    let tests = root().join("tests/e2e");

    headline("What the end-to-end tests need");
    node::check()?;
    let chromium = chromium()?;
    println!("chromium: {}", chromium.display());
    proxies()?;
    node::install_packages(&tests)?;

    headline("JavaScript client");
    run_command(
        node(&["--test", "--test-reporter=spec"])
            .args(test_files(&root().join("clients/js/test"), "")?),
    )?;
    run_command(&mut node(&[
        "tests/e2e/node_modules/typescript/bin/tsc",
        "--project",
        "tests/e2e",
    ]))?;

    let generated = typed::files(&tests, wanted)?;
    if !generated.is_empty() {
        typed::run(&tests, &generated)?;
        if test_files(&tests, wanted).is_err() {
            return Ok(());
        }
    }

    let mut clients = node(&["--test", "--test-reporter=spec"]);
    let files = test_files(&tests, wanted)?;
    let target = match templates::are_all(&files) {
        true => templates::target()?,
        false => servers(&mut clients)?,
    };
    readme::prepare(&mut clients, wanted, &target)?;
    templates::prepare(&mut clients, wanted, &target)?;

    headline("Real clients");
    let pictures = target.join("e2e");
    run_command(clients.args(&files).env("CHROMIUM", &chromium).env("E2E_OUTPUT", &pictures))?;
    gates::run(&clients, &files, &pictures.join("gates"))?;
    println!("pictures: {}", pictures.display());
    if wanted.is_empty() { csharp::run(&[]) } else { Ok(()) }
}

/// Builds the servers of most tests, passes their paths to a command that runs the tests, and returns the target folder.
fn servers(tests: &mut Command) -> Result<PathBuf, String> {
    headline("Servers");
    let programs = Programs::build(&[])?;
    bundle::run(&["--check".to_owned()])?;
    for (variable, name) in SERVERS {
        tests.env(variable, programs.path(name)?);
    }
    programs.target()
}

fn chromium() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("CHROMIUM").map(PathBuf::from) {
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("CHROMIUM names no file: {}", path.display()))
        };
    }
    find_program(CHROMIUM_NAMES).ok_or_else(|| {
        "the end-to-end tests need Chromium: install it (`apt-get install chromium`) or set CHROMIUM to its path".into()
    })
}

/// Checks that the reverse proxies are installed.
fn proxies() -> Outcome {
    let is_module = Path::new("/usr/lib/nginx/modules/ngx_stream_module.so").is_file();
    let [nginx, haproxy] = ["nginx", "haproxy"].map(|name| {
        // The path of users has no folder of servers.
        let usual = Path::new("/usr/sbin").join(name);
        find_program(&[name]).or_else(|| usual.is_file().then_some(usual))
    });
    match (nginx.filter(|_| is_module), haproxy) {
        (Some(nginx), Some(haproxy)) => {
            println!("proxies: {}, {}", nginx.display(), haproxy.display());
            Ok(())
        }
        _ => Err("the end-to-end tests need nginx with its module for streams, and HAProxy: \
                  `apt-get install nginx libnginx-mod-stream haproxy`"
            .into()),
    }
}

/// Lists the `*.test.js` files of a folder whose names contain `wanted`.
fn test_files(folder: &Path, wanted: &str) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".test.js") && name.contains(wanted) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(format!("no test file in {} has {wanted:?} in its name", folder.display()));
    }
    files.sort();
    Ok(files)
}
