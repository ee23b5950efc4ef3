//! `cargo nano new`. That the projects build and work is shown by `cargo xtask e2e templates`.

use std::fs;

use crate::support::{nano, nano_in};

#[test]
fn a_project_takes_nano_from_this_clone_or_from_a_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = |name: &str| {
        fs::read_to_string(folder.path().join(name).join("Cargo.toml")).expect("a manifest")
    };
    let ran = nano_in(folder.path(), &["new", "games/pond", "--template", "protobuf"]);
    ran.succeeded();
    assert!(ran.out.contains("cd games/pond"), "{}", ran.out);
    let text = manifest("games/pond");
    assert!(text.contains("name = \"pond\""), "{text}");
    assert!(text.contains("/nano\", features = [\"axum\"] }"), "{text}");
    let readme = fs::read_to_string(folder.path().join("games/pond/README.md")).expect("a README");
    assert!(readme.contains("# pond\n") && readme.contains("| `proto/field.proto` |"), "{readme}");
    assert!(!readme.contains("{{"), "{readme}");

    let git = ["--nano-git", "https://example.org/nano.git", "--nano-rev", "v1"];
    nano_in(folder.path(), &[&["new", "room"][..], &git].concat()).succeeded();
    let text = manifest("room");
    let line =
        r#"nano = { git = "https://example.org/nano.git", rev = "v1", features = ["axum"] }"#;
    assert!(text.contains(line), "{text}");

    let ran = nano_in(folder.path(), &["new", "room"]);
    ran.failed(2, &["room exists already", "nothing is overwritten"]);
    let ran = nano_in(folder.path(), &["new", "other", "--nano-path", "games"]);
    ran.failed(2, &["is no clone of nano", "--nano-git <url>"]);
    assert!(!folder.path().join("other").exists());
}

#[test]
fn cargo_runs_the_command_with_its_name_in_front() {
    for arguments in [&["--version"][..], &["nano", "--version"]] {
        let ran = nano(arguments);
        ran.succeeded();
        assert_eq!(ran.out, format!("cargo-nano {}\n", env!("CARGO_PKG_VERSION")));
    }
    nano(&["cal"]).failed(2, &["a similar subcommand exists: 'call'"]);
}
