use super::*;
use crate::folder::Folder;

/// The roots of a package with these files, all features but `off` on.
fn roots(manifest: &str, files: &[&str]) -> Vec<String> {
    let folder = Folder::with(&[(MANIFEST, manifest)]);
    files.iter().for_each(|path| folder.write(path, ""));
    let found = Package::read(&folder.0).roots(|feature| feature != "off");
    found.iter().map(|root| root.display().to_string()).collect()
}

const NAME: &str = "[package]\nname = \"my-game\"\n";

#[test]
fn the_crates_are_those_of_cargo() {
    let usual = ["src/lib.rs", "src/main.rs", "src/bin/b.rs", "src/bin/a/main.rs"];
    let more = ["src/bin/.hidden.rs", "src/bin/a/room.rs", "src/bin/notes.txt", "src/bin/no/x.rs"];
    let all: Vec<&str> =
        usual.into_iter().chain(more).chain(["examples/e.rs", "tests/t.rs"]).collect();
    let found = ["src/lib.rs", "src/main.rs", "src/bin/a/main.rs", "src/bin/b.rs"];
    assert_eq!(roots(NAME, &all), found);
    assert_eq!(roots(&format!("\u{feff}{}", NAME.replace('\n', "\r\n")), &all), found);
    assert_eq!(roots("", &["src/main.rs"]), ["src/main.rs"]);
    assert_eq!(roots("no [ toml", &["src/main.rs"]), ["src/main.rs"]);
    assert_eq!(roots(NAME, &[]), [""; 0]);
    for (more, files, expected) in [
        ("autobins = false\nautolib = false", &usual[..], &[][..]),
        ("[lib]\npath = 'game.rs'", &["game.rs", "src/lib.rs"], &["game.rs"]),
        (
            "[[bin]]\nname = \"my-game\"\npath = \"server/main.rs\"",
            &["server/main.rs", "src/main.rs"],
            &["server/main.rs"],
        ),
        ("[[bin]]\nname = \"server\"\npath = \"src/main.rs\"", &["src/main.rs"], &["src/main.rs"]),
        ("[[bin]]\nname = \"b\"", &usual, &found),
        ("bin = [{ name = \"x\", path = \"gone.rs\" }]", &[], &[]),
        (
            "[[bin]]\nname = \"b\"\nrequired-features = [\"off\"]",
            &usual[2..],
            &["src/bin/a/main.rs"],
        ),
        (
            "[[bin]]\nname = \"b\"\nrequired-features = [\"on\", \"other/off\"]",
            &usual[2..],
            &["src/bin/a/main.rs", "src/bin/b.rs"],
        ),
    ] {
        assert_eq!(roots(&format!("{NAME}{more}"), files), expected, "{more}");
    }
}

#[test]
fn dependencies_are_known_by_the_names_of_their_crates() {
    let folder = Folder::with(&[
        (
            MANIFEST,
            "[workspace.dependencies]\nframework = { package = \"nano\", path = \"nano\" }\nserde = \"1\"\n\
             [workspace.dependencies.vocabulary]\npackage = \"words-of-the-game\"\npath = \"words\"\n",
        ),
        ("words/Cargo.toml", "[package]\nname = \"words-of-the-game\"\n[lib]\nname = \"words\"\n"),
        (
            "server/Cargo.toml",
            "[dependencies]\nframework.workspace = true\nserde.workspace = true\nid = { package = \"uuid\", version = \"1\" }\n\
             proto-buf = { package = \"prost\" }\nsame-name = { package = \"same-name\" }\nplain = \"1\"\n\
             [target.'cfg(unix)'.dependencies]\nvocabulary = { workspace = true }\n",
        ),
    ]);
    let renamed = Package::read(&folder.path("server")).renamed;
    let renamed: Vec<_> = renamed.iter().map(|(key, name)| (&**key, &**name)).collect();
    assert_eq!(
        renamed,
        [("framework", "nano"), ("id", "uuid"), ("proto_buf", "prost"), ("vocabulary", "words")]
    );
}
