use std::path::Path;

use super::{Candidates, Directory, normal};

fn either(directory: &Directory, name: &str) -> String {
    match directory.candidates(name, None) {
        Candidates::Either(file, folder) => format!("{} {}", file.display(), folder.display()),
        Candidates::Named(path) => path.display().to_string(),
    }
}

fn named(directory: &Directory, path: &str) -> String {
    match directory.candidates("any", Some(path)) {
        Candidates::Named(path) => path.display().to_string(),
        other => format!("{other:?}"),
    }
}

/// Each line was compared with rustc 1.95, which names the files that it looks for.
#[test]
fn rules_of_the_compiler() {
    let root = Directory::beside(Path::new("src/main.rs"));
    assert_eq!(either(&root, "a"), "src/a.rs src/a/mod.rs");
    assert_eq!(named(&root, "x.rs"), "src/x.rs");
    assert_eq!(either(&root.inline("i", None), "a"), "src/i/a.rs src/i/a/mod.rs");
    assert_eq!(named(&root.inline("i", None), "x.rs"), "src/i/x.rs");
    assert_eq!(either(&root.inline("i", Some("dir")), "a"), "src/dir/a.rs src/dir/a/mod.rs");
    assert_eq!(named(&root.inline("i", Some("dir")), "x.rs"), "src/dir/x.rs");

    let file = Directory::below(Path::new("src/a.rs"), "a");
    assert_eq!(either(&file, "b"), "src/a/b.rs src/a/b/mod.rs");
    assert_eq!(named(&file, "x.rs"), "src/x.rs");
    assert_eq!(either(&file.inline("i", None), "b"), "src/a/i/b.rs src/a/i/b/mod.rs");
    assert_eq!(named(&file.inline("i", None), "x.rs"), "src/a/i/x.rs");
    assert_eq!(either(&file.inline("i", Some("dir")), "b"), "src/dir/b.rs src/dir/b/mod.rs");
    assert_eq!(
        either(&file.inline("i", None).inline("j", Some("dir")), "b"),
        "src/a/i/dir/b.rs src/a/i/dir/b/mod.rs"
    );

    let folder = Directory::beside(Path::new("src/a/mod.rs"));
    assert_eq!(either(&folder, "b"), "src/a/b.rs src/a/b/mod.rs");
    assert_eq!(named(&folder, "x.rs"), "src/a/x.rs");
    assert_eq!(either(&folder.inline("i", None), "b"), "src/a/i/b.rs src/a/i/b/mod.rs");
}

#[test]
fn absolute_paths_replace_the_folder() {
    let root = Directory::beside(Path::new("src/main.rs"));
    assert_eq!(named(&root, "/elsewhere/x.rs"), "/elsewhere/x.rs");
}

#[test]
fn normal_paths() {
    for (path, expected) in [
        ("src/./a.rs", "src/a.rs"),
        ("src/../src/a.rs", "src/a.rs"),
        ("../a.rs", "../a.rs"),
        ("a/../../b.rs", "../b.rs"),
        ("/a/../b.rs", "/b.rs"),
    ] {
        assert_eq!(normal(Path::new(path)), Path::new(expected), "{path}");
    }
}
