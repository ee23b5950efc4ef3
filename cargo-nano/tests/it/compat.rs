//! `cargo nano compat` and `cargo nano export-client`.

use std::fs;

use crate::support::{ROOM, command, nano, nano_in};

#[test]
fn breaking_changes_fail() {
    let folder = tempfile::tempdir().expect("a folder");
    let room = fs::read_to_string(ROOM).expect("a manifest");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let old = file("old.json", &room);
    let more = file(
        "more.json",
        &room.replace(
            "\"pushes\": [",
            "\"pushes\": [{\"name\":\"left\",\"route\":\"onLeft\",\"code\":7},",
        ),
    );
    let newer = file("newer.json", r#"{"format": 2, "anything": "else"}"#);
    let odd = file("odd.json", &room.replace("\"pushes\"", "\"other\": 1, \"pushes\""));

    let ran = nano(&["compat", &old, &old]);
    ran.succeeded();
    assert_eq!(ran.out, "no changes for clients in use\n");
    let ran = nano(&["compat", &old, &more]);
    ran.succeeded();
    assert!(
        ran.out.contains("onLeft") && ran.out.ends_with("1 harmless for clients in use\n"),
        "{}",
        ran.out
    );
    let ran = nano(&["compat", &more, &old]);
    ran.failed(1, &["error: 1 change breaks clients in use"]);
    assert!(ran.out.contains("onLeft"), "{}", ran.out);
    // As with `| grep -q`, which reads no more than it needs.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ran = command(&["compat", &more, &old]).stdout(writer).output().expect("it starts");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    nano(&["compat", &newer, &old]).failed(2, &["newer.json: the manifest has format 2"]);
    nano(&["compat", &old, &odd])
        .failed(2, &["odd.json: this is no manifest of nano-build: unknown field"]);
    nano_in(folder.path(), &["compat", "old.json", "gone.json"]).failed(2, &["gone.json: "]);
    nano(&["compat", &old]).failed(2, &["<NEW>"]);
}

/// `cargo xtask e2e templates` exports a client that can be imported.
#[test]
fn a_package_that_does_not_build_has_no_client() {
    let ran = nano(&["export-client", "-p", "nobody"]);
    ran.failed(1, &["error: `cargo build` failed", "help: run it in the workspace of `nobody`"]);
}
