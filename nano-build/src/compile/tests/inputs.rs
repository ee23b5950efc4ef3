//! The encodings of files, and the crates of a package.

use super::*;

/// The game with one file in place of its own.
fn with(path: &str, bytes: &[u8]) -> Folder {
    let folder = game();
    fs::write(folder.path(path), bytes).expect("a file");
    folder
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn case_b08_files_that_protoc_takes_are_taken() {
    let comment = GAME.replace("message Join", "// Comes in: caf\u{e9}.\nmessage Join");
    let latin1: Vec<u8> = comment.chars().map(|c| c as u8).collect();
    for (what, bytes, docs) in [
        ("a mark", format!("\u{feff}{comment}").into_bytes(), "/// Comes in: café.\n"),
        ("CRLF", comment.replace('\n', "\r\n").into_bytes(), "/// Comes in: café.\n"),
        ("Latin-1 in a comment", latin1, "/// Comes in: caf\u{fffd}.\n"),
    ] {
        let folder = with("proto/game.proto", &bytes);
        let directives =
            build(&folder, Mode::Write).unwrap_or_else(|error| panic!("{what}: {error}"));
        let path = format!("rerun-if-changed={}", folder.path("proto/game.proto").display());
        assert!(directives.contains(&path), "{what}: {directives:?}");
        let rust = folder.read("out/nano_protos/game.rs");
        assert!(rust.contains(docs) && !rust.contains('\r'), "{what}: {rust}");
    }
    for (bytes, expected) in [
        (utf16(GAME), "proto/game.proto:1:1: the file is UTF-16: save it as UTF-8"),
        (
            b"syntax = \"proto3\";\nmessage Caf\xe9 {}".to_vec(),
            "proto/game.proto:2:12: the byte 0xe9 is not UTF-8: save the file as UTF-8",
        ),
    ] {
        let folder = with("proto/game.proto", &bytes);
        let error = build(&folder, Mode::Write).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn case_b08_other_files_in_other_encodings() {
    let plain = game();
    build(&plain, Mode::Write).expect("a build");
    let lock = plain.read("routes.lock");
    let marked = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes();
    for (path, text) in [("routes.lock", &*lock), ("src/main.rs", MAIN), ("src/room.rs", ROOM)] {
        let folder = with(path, &marked(text));
        build(&folder, Mode::Write).unwrap_or_else(|error| panic!("{path}: {error}"));
        build(&folder, Mode::Check).unwrap_or_else(|error| panic!("{path}: {error}"));
        let routes = |folder: &Folder| folder.read("out/nano_routes.rs");
        assert_eq!(routes(&folder), routes(&plain), "{path}");
    }
    let manifest = plain.read("manifest.json");
    let read = Manifest::from_json(&format!("\u{feff}{manifest}")).expect("a manifest");
    assert_eq!(read.to_json(), manifest);

    // The compiler reports its own sources better.
    let folder = with("src/room.rs", &utf16(ROOM));
    let directives = build(&folder, Mode::Write).expect("no error of ours");
    let expected = "warning=src/main.rs:2:5: cannot read `src/room.rs`: 1:1: the file is UTF-16";
    assert!(directives.iter().any(|line| line.starts_with(expected)), "{directives:?}");
    let folder = with("routes.lock", &utf16(&lock));
    let error = build(&folder, Mode::Write).expect_err("no lock");
    assert_eq!(error.to_string(), "routes.lock:1:1: the file is UTF-16: save it as UTF-8");
}

fn component(name: &str) -> String {
    format!(
        "pub struct {name}; #[nano::component] impl {name} {{ #[handler] fn ping(&self) {{}} }}"
    )
}

#[test]
fn case_b16_the_crates_of_cargo_are_scanned() {
    let files: Vec<(&str, String)> = vec![
        (
            "Cargo.toml",
            "[package]\nname = \"game\"\n[lib]\npath = \"source/rooms.rs\"\n\
             [[bin]]\nname = \"game\"\npath = \"server/main.rs\"\n"
                .to_owned(),
        ),
        ("source/rooms.rs", component("Room")),
        ("server/main.rs", component("Gate")),
        ("src/bin/bots.rs", component("Bots")),
        ("src/bin/admin/main.rs", format!("mod desk; {}", component("Admin"))),
        ("src/bin/admin/desk.rs", component("Desk")),
        ("examples/demo.rs", component("Demo")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let folder = Folder::with(&files);
    let routes = || {
        let lock = folder.read("routes.lock");
        let lines = lock.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.split_once(' ')?.1.to_owned())).collect::<Vec<_>>()
    };
    let build = || run(Config::new().javascript("web"), &environment(&folder, Mode::Write));
    let directives = build().expect("a build");
    assert_eq!(routes(), ["admin.ping", "bots.ping", "desk.ping", "gate.ping", "room.ping"]);
    assert!(!directives.concat().contains("warning="), "{directives:?}");
    for path in ["Cargo.toml", "src/bin"] {
        let line = format!("rerun-if-changed={}", folder.path(path).display());
        assert!(directives.contains(&line), "{path} in {directives:?}");
    }
    // A program that comes later is found, though no file that was read has changed.
    folder.write("src/bin/late/main.rs", &component("Late"));
    build().expect("a build");
    assert!(routes().contains(&"late.ping".to_owned()), "{:?}", routes());
}

#[test]
fn case_b16_no_crate_to_scan_is_told_without_a_hole() {
    let folder = Folder::with(&[("Cargo.toml", "[package]\nname = \"game\"\n")]);
    let directives = run(Config::new().javascript("web"), &environment(&folder, Mode::Write));
    let directives = directives.expect("a warning only");
    let expected = "warning=there is no crate to scan, as Cargo.toml names none and none is at src/lib.rs, src/main.rs or in src/bin: if they";
    assert!(directives.iter().any(|line| line.starts_with(expected)), "{directives:?}");
}

#[test]
fn nano_may_have_another_name() {
    let folder = Folder::with(&[
        ("Cargo.toml", "[dependencies]\nframework = { package = \"nano\", path = \"../nano\" }\n"),
        (
            "src/main.rs",
            "use framework::*; mod more;
             struct Room;
             #[component] impl Room { #[handler] fn who(&self, it: Uid) -> framework::Uid { it } }",
        ),
        (
            "src/more.rs",
            "use framework as nn; use nn::Uid as Id;
             struct More;
             #[nn::component] impl More { #[handler] fn who(&self, it: nn::Uid) -> Id { it } }",
        ),
    ]);
    run(Config::new().typescript("gen"), &environment(&folder, Mode::Write)).expect("a build");
    let routes = folder.read("gen/routes.ts");
    let who = "who(payload: types.Int64 | string, options?: RequestOptions): Promise<types.Int64 | string>;";
    assert_eq!(routes.matches(who).count(), 2, "{routes}");
}
