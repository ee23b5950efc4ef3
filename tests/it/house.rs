//! The rules of the repository that a program can check: see ARCHITECTURE.md.

mod client_files;
mod clocks;
mod floors;
mod graph;
mod guide;
mod limits;
mod logs;
mod rules;
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are in the repository")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Rust files below a folder, generated ones left out.
fn sources(folder: &str) -> Vec<PathBuf> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                let generated =
                    ["target", "proto", "expected", "node_modules", "ui", "fuzz", "fixtures"];
                if !generated.contains(&name) {
                    visit(&path, found);
                }
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    visit(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}

fn everything() -> Vec<PathBuf> {
    let folders = [
        "nano",
        "nano-syntax",
        "nano-macros",
        "nano-build",
        "benches",
        "cargo-nano",
        "clients",
        "examples",
        "tests",
        "xtask",
    ];
    folders.into_iter().flat_map(sources).collect()
}

/// The names in a manifest's `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = read(manifest);
    let section = text.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    section.lines().map(name).filter(|name| !name.is_empty() && name != "#").collect()
}

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    let ours = ["nano", "nano-js", "nano-syntax", "nano-macros", "nano-build"];
    for (package, allowed) in [
        ("clients/js", &[][..]),
        ("nano-syntax", &[]),
        ("nano-macros", &["nano-syntax"]),
        ("nano", &["nano-js", "nano-macros"]),
        ("nano-build", &["nano-js", "nano-syntax"]),
        ("benches", &["nano"]),
        ("cargo-nano", &["nano", "nano-build"]),
        ("examples/chat", &["nano"]),
        ("examples/tadpole", &["nano"]),
        ("tests/typed/json", &["nano"]),
        ("tests/typed/protobuf", &["nano"]),
        ("xtask", &["nano-build"]),
    ] {
        let found: Vec<_> = dependencies(&format!("{package}/Cargo.toml"))
            .into_iter()
            .filter(|name| ours.contains(&name.as_str()))
            .collect();
        assert_eq!(found, allowed, "{package}");
    }
}

#[test]
fn codec_and_wire_do_no_io() {
    for path in sources("nano/src") {
        let file = path.strip_prefix(root().join("nano/src")).expect("below nano/src");
        let floor = floors::NANO.of(file.to_str().expect("a name in UTF-8"));
        if !floor.is_some_and(|floor| ["codec", "wire"].contains(&floor.name)) {
            continue;
        }
        let text = read(&path);
        for word in ["tokio", "std::io", "std::net", "std::fs", "async fn", "println"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
    let lints = read("nano/src/codec.rs");
    for lint in ["unwrap_used", "indexing_slicing", "arithmetic_side_effects", "panic"] {
        assert!(lints.contains(lint), "codec.rs no longer denies {lint}");
    }
}

#[test]
fn few_modules_know_the_network() {
    let allowed = ["app", "session", "push", "axum", "net"];
    for path in sources("nano/src") {
        let relative = path.strip_prefix(root().join("nano/src")).expect("below nano/src");
        let module = relative.iter().next().and_then(|first| first.to_str()).unwrap_or_default();
        let module = module.trim_end_matches(".rs");
        if !allowed.contains(&module) {
            let text = read(&path);
            assert!(!text.contains("crate::net"), "{} knows `net`", path.display());
        }
    }
}

#[test]
fn macros_touch_no_files() {
    for path in sources("nano-macros/src").into_iter().chain(sources("nano-syntax/src")) {
        if path.ends_with("tests.rs") {
            continue;
        }
        let text = read(&path);
        for word in ["std::fs", "fs::read", "fs::write", "File::", "std::env"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn emitters_return_files_and_write_none() {
    for path in sources("nano-build/src/emit").into_iter().chain(sources("nano-build/src/types")) {
        if path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
            continue;
        }
        let text = read(&path);
        for word in ["std::fs", "fs::", " File::", "std::env", "env::"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

/// Files that may exceed the limit.
const LONG: &[&str] = &["nano-build/src/types/tests/truth/messages.rs"];

#[test]
fn files_are_short_and_named_after_their_module() {
    for path in everything() {
        let lines = read(&path).lines().count();
        let name = path.strip_prefix(root()).expect("in the repository").display().to_string();
        if LONG.contains(&name.as_str()) {
            assert!(lines > 400, "{name} is short now: delete it from LONG");
        } else {
            assert!(lines <= 400, "{name} has {lines} lines, 400 are allowed");
        }
        assert!(!path.ends_with("mod.rs"), "{name}: use a file beside the folder");
    }
    for name in LONG {
        assert!(root().join(name).exists(), "{name} is gone: delete it from LONG");
    }
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let workspace = read("Cargo.toml");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    let (_, members) = workspace.split_once("\nmembers = [").expect("a list of members");
    let (members, _) = members.split_once(']').expect("its end");
    // Every second part stands between quotes.
    let members = members.split('"').skip(1).step_by(2);
    for package in members.chain(["tests/databases"]) {
        let manifest = read(format!("{package}/Cargo.toml"));
        let lints = manifest.split("\n[lints").nth(1).unwrap_or_default();
        assert!(
            lints.contains("workspace = true") || lints.contains("unsafe_code = \"forbid\""),
            "{package} allows unsafe code"
        );
    }
}

/// Trap 26: examples that are never compiled drift from the interface.
#[test]
fn trap_26_the_readme_shows_what_is_compiled() {
    let readme = read("README.md");
    let example = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    let example = example.expect("the README has an example");
    let docs: String = read("nano/src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let compiled = docs.split("```no_run\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(compiled, Some(example), "the doc test of nano/src/lib.rs is the README's example");
}
