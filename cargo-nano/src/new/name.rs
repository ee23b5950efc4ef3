//! The name of a new package.

use std::path::Path;

use crate::failure::{Failure, Outcome};

/// Names that Cargo refuses, or that a dependency of the templates has.
const TAKEN: &[&str] = &[
    "alloc",
    "axum",
    "build",
    "clap",
    "core",
    "deps",
    "examples",
    "incremental",
    "nano",
    "nano-build",
    "proc-macro",
    "prost",
    "serde",
    "std",
    "test",
    "tokio",
    "tower-http",
    "tracing-subscriber",
];
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
const LONGEST: usize = 64;

/// Returns the name of the package for a folder.
pub(super) fn of(path: &Path) -> Outcome<&str> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let refuse = |reason: &str| {
        let failure = Failure::usage(format!("`{name}` cannot be the name of a package: {reason}"));
        Err(failure.help("for example: cargo nano new my-game"))
    };
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        refuse("it has to begin with a letter from a to z")
    } else if !name.chars().all(is_legal) {
        refuse("it may have letters from a to z, digits, `-` and `_`")
    } else if name.len() > LONGEST {
        refuse("it has more than 64 letters")
    } else if KEYWORDS.contains(&name) {
        refuse("it is a keyword of Rust")
    } else if TAKEN.contains(&name.replace('_', "-").as_str()) {
        refuse("a dependency or Rust itself has it")
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_cargo_takes() {
        let check = |path: &str, expected: Result<&str, &str>| match (of(Path::new(path)), expected)
        {
            (Ok(name), Ok(expected)) => assert_eq!(name, expected),
            (Err(failure), Err(expected)) => {
                assert!(failure.to_string().contains(expected), "{path}: {failure}");
            }
            (found, expected) => panic!("{path}: {found:?} in place of {expected:?}"),
        };
        check("game", Ok("game"));
        check("games/my-game_2", Ok("my-game_2"));
        check("2048", Err("begin with a letter"));
        check("-x", Err("begin with a letter"));
        check("..", Err("begin with a letter"));
        check("my game", Err("digits"));
        check("jeu-d\u{e9}", Err("digits"));
        check(&"x".repeat(65), Err("more than 64"));
        check("match", Err("keyword"));
        check("nano", Err("a dependency"));
        // One crate for the compiler.
        check("tower_http", Err("a dependency"));
    }
}
