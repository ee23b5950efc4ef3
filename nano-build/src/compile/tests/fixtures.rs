//! The files generated for the fixture crates of the scanner, as reviewed.
//!
//! Routes and manifest are shown of every fixture. The clients follow from the manifest alone: they are
//! shown of the few fixtures that together hold every form the emitters write for them, and of the
//! others the test sees only that there are clients, and in which files. `emit` has snapshots of its own.
//!
//! `INSTA_UPDATE=always cargo test -p nano-build` writes the snapshots anew.

use std::fmt::Write as _;

use super::*;

/// The fixtures whose clients are shown: each has forms that the others lack.
const WITH_CLIENTS: &[&str] = &[
    // documentation and its escapes
    "docs",
    // names that become others in a client, and those with dots
    "names",
    "dotted_names",
    "raw_identifiers",
    // no routes at all
    "nothing",
    // requests, notifications, pushes, with payloads and without
    "plain",
    // enums, tuples, maps, optional values
    "reexported_types",
    // a type that is null, and pushes of it
    "same_push_in_two_traits",
];

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nano-syntax/fixtures");
    let entries = fs::read_dir(folder).expect("the fixtures");
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    found.sort();
    found
}

/// The conditions that a fixture is compiled under, one on a line: `cfg unix`.
fn conditions(fixture: &Path) -> CfgSet {
    let text = fs::read_to_string(fixture.join("config.txt")).unwrap_or_default();
    text.lines().filter_map(|line| line.strip_prefix("cfg ")).fold(CfgSet::new(), |set, line| {
        match line.split_once(" = ") {
            Some((name, value)) => set.key_value(name, value.trim_matches('"')),
            None => set.flag(line),
        }
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a temporary folder");
    for entry in fs::read_dir(from).expect("a fixture") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// Runs a build as a fixture's package would.
fn fixture(path: &Path, clients: Clients) -> String {
    let folder = Folder::with(&[]);
    copy(path, &folder.0);
    shown(&folder, Config::new(), conditions(path), clients)
}

/// The part of the clients that a snapshot shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clients {
    Whole,
    Names,
}

/// Runs a build that asks for all clients, and shows its files.
fn shown(folder: &Folder, config: Config, cfg: CfgSet, clients: Clients) -> String {
    let before = folder.files();
    let mut environment = environment(folder, Mode::Write);
    environment.cfg = cfg;
    let config = config
        .runtime("nano-client")
        .javascript("js")
        .typescript("ts")
        .csharp("cs")
        .manifest("manifest.json");
    let mut text = String::new();
    match run(config, &environment) {
        Ok(directives) => {
            for warning in directives.iter().filter_map(|line| line.strip_prefix("warning=")) {
                writeln!(text, "warning: {warning}").expect("a string takes all");
            }
        }
        Err(error) => writeln!(text, "{error:?}").expect("a string takes all"),
    }
    let is_shown = |path: &str| !before.contains_key(path) && !path.ends_with(".stamp");
    for (path, content) in folder.files().iter().filter(|(path, _)| is_shown(path)) {
        // It is a copy of the manifest that was asked for.
        if path == "out/nano_manifest.json" {
            continue;
        }
        let is_whole =
            clients == Clients::Whole || matches!(&**path, "manifest.json" | "out/nano_routes.rs");
        let content = if is_whole { &**content } else { "" };
        writeln!(text, "=== {path} ===\n{content}").expect("a string takes all");
    }
    text.replace('\\', "/")
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn what_is_generated_for_messages_is_as_reviewed() {
    let config = Config::new().protos(&["proto/game.proto"]).serde();
    settings().bind(|| {
        insta::assert_snapshot!("game", shown(&game(), config, CfgSet::new(), Clients::Whole))
    });
}

#[test]
fn what_is_generated_is_as_reviewed() {
    let (mut generated, mut refused, mut with_clients) = (0, 0, 0);
    settings().bind(|| {
        for path in fixtures() {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let is_whole = WITH_CLIENTS.contains(&&*name);
            let text = fixture(&path, if is_whole { Clients::Whole } else { Clients::Names });
            if text.contains("=== ts/routes.ts ===") {
                generated += 1
            } else {
                refused += 1
            }
            with_clients += usize::from(is_whole);
            insta::assert_snapshot!(name, text);
        }
    });
    assert!(generated >= 25 && refused >= 15, "{generated} are generated, {refused} refused");
    assert_eq!(with_clients, WITH_CLIENTS.len(), "a fixture whose clients are shown is gone");
}
