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
use crate::shell::{capture, cargo, find_program, headline, root, run as run_command};
use crate::{Outcome, bundle, csharp};

pub(crate) const JSON: &str = "--message-format=json-render-diagnostics";
const CHROMIUM_NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

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
    let chat = build(&mut cargo(&["build", "--package", "example-chat", JSON]), "example-chat")?;
    let login = build(&mut cargo(&["build", "--package", "example-login", JSON]), "example-login")?;
    let [tables, cluster] = ["example-tables", "example-cluster"]
        .map(|name| build(&mut cargo(&["build", "--package", name, JSON]), name));
    // Their clients are generated and committed: the builds must have nothing to write.
    let [pond, tank] = ["example-tadpole", "example-tank"].map(|name| {
        build(cargo(&["build", "--package", name, JSON]).env("NANO_BUILD", "check"), name)
    });
    let typed = typed::server("typed-json", &[])?;
    let protobuf = typed::server("typed-protobuf", &[])?;
    let encryption =
        ["build", "--package", "nano", "--features", "client", "--example", "encryption", JSON];
    let encryption = build(&mut cargo(&encryption), "encryption")?;
    let tug =
        ["build", "--package", "nano", "--features", "axum,testing", "--example", "tug", JSON];
    let tug = build(&mut cargo(&tug), "tug")?;
    let gate =
        build(&mut cargo(&["build", "--package", "nano-tests-gate", JSON]), "nano-tests-gate")?;
    bundle::run(&["--check".to_owned()])?;
    tests
        .env("CHAT_BIN", &chat)
        .env("LOGIN_BIN", login)
        .env("TABLES_BIN", tables?)
        .env("CLUSTER_BIN", cluster?)
        .env("TADPOLE_BIN", pond?)
        .env("TANK_BIN", tank?)
        .env("TYPED_JSON_BIN", typed)
        .env("TYPED_PROTOBUF_BIN", protobuf)
        .env("ENCRYPTION_BIN", encryption)
        .env("TUG_BIN", tug)
        .env("GATE_BIN", gate);
    Ok(target_folder(&chat))
}

/// Builds a program and returns its path.
pub(crate) fn build(command: &mut Command, name: &str) -> Result<PathBuf, String> {
    let program = built_executable(&capture(command)?, name)?;
    println!("server: {}", program.display());
    Ok(program)
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

/// Finds the path of a program in cargo's JSON messages, which are right for any target folder.
fn built_executable(messages: &str, name: &str) -> Result<PathBuf, String> {
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

fn target_folder(server: &Path) -> PathBuf {
    server.ancestors().nth(2).unwrap_or(server).to_path_buf()
}
