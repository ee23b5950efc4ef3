//! Tests of the blocks that are read from the README.

use std::fs;

use super::{Guide, blocks, merged};
use crate::shell::root;

#[test]
fn the_readme_has_all_that_a_reader_needs() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let guide = Guide::read(&text).unwrap();
    let first = guide.first_program().unwrap();
    assert!(first.contains("{\n    tracing_subscriber::fmt::init();\n    App::new()"), "{first}");
    let second = guide.second_program().unwrap();
    assert_eq!(second.matches("async fn main").count(), 1, "{second}");
    assert_eq!(second.matches("use nano::").count(), 1, "{second}");
    assert!(second.contains("impl Room {"), "{second}");
}

#[test]
fn a_block_belongs_to_the_file_named_last_above_it() {
    let check = |paragraph: &str, expected: Option<&str>| {
        let text =
            format!("# Title\n\nOf `other.rs`.\n\n{paragraph}\n\n```rust\nfn f() {{}}\n```\n");
        let found = blocks(&text);
        let [block] = &*found else { panic!("{} blocks", found.len()) };
        assert_eq!((block.language, block.code), ("rust", "fn f() {}\n"));
        assert_eq!(block.file, expected, "{paragraph}");
    };
    check("Beside `Cargo.toml`, write a `build.rs`:", Some("build.rs"));
    check("The first line of `src/main.rs` and its `main` become", Some("src/main.rs"));
    check("`room.join` calls `f(a.rs)`:", None);
    check("No file:", None);
}

#[test]
fn what_is_missing_is_named() {
    let check = |text: &str, expected: &str| {
        assert_eq!(Guide::read(text).unwrap_err(), expected);
    };
    check("", "a block of rust is missing");
    check(
        "\n```rust\n```\n\n```toml\n```\n",
        "a block of toml below a paragraph that ends on `Cargo.toml` is missing",
    );
}

#[test]
fn tables_are_merged_by_key() {
    let check = |tables: &str, more: &str, expected: &str| {
        assert_eq!(merged(tables, more), expected);
    };
    check("[a]\nx = 1\ny = 2\n", "[a]\nx = 3\n\n[b]\nz = 4\n", "[a]\nx = 3\ny = 2\n\n[b]\nz = 4\n");
    check("[a]\nx = 1\n\n[b]\ny = 1\n", "[a]\nz = 2\n", "[b]\ny = 1\n\n[a]\nx = 1\nz = 2\n");
}
