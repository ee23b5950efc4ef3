//! The package whose edits are measured.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// The package's name.
pub(super) const NAME: &str = "edited";
/// Its modules, each in a file.
pub(super) const FILES: usize = 200;
/// Functions beside the handlers in each file, so that it has the size of a real one.
const FUNCTIONS: usize = 12;

/// Writes the package anew. What Cargo built before stays.
pub(super) fn write(folder: &Path, repository: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let path = |name: &str| repository.join(name).display().to_string();
    let manifest = format!(
        r#"[package]
name = "{NAME}"
version = "0.1.0"
edition = "2024"

[dependencies]
nano = {{ path = {nano:?} }}
serde = {{ version = "1", features = ["derive"] }}

[build-dependencies]
nano-build = {{ path = {build:?} }}

[profile.dev]
debug = "line-tables-only"

[workspace]
"#,
        nano = path("nano"),
        build = path("nano-build"),
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    // The same versions as in the repository: nothing is downloaded.
    fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::write(folder.join("build.rs"), BUILD)?;
    let mut main = String::new();
    for number in 0..FILES {
        let _ = writeln!(main, "mod part{number};");
        fs::write(folder.join(format!("src/part{number}.rs")), module(number, "0", ""))?;
    }
    main.push_str(
        "\nfn main() {\n    let _ = nano::App::new().routes(nano::include_routes!());\n}\n",
    );
    fs::write(folder.join("src/main.rs"), main)
}

const BUILD: &str = r#"fn main() -> nano_build::Result<()> {
    let start = std::time::Instant::now();
    nano_build::Config::new().typescript("gen").compile()?;
    let took = start.elapsed().as_micros().to_string();
    std::fs::write("took", took).expect("a writable folder");
    Ok(())
}
"#;

/// Changes a number inside of a handler.
pub(super) fn body(folder: &Path, turn: usize) -> io::Result<()> {
    fs::write(folder.join("src/part7.rs"), module(7, &(turn + 1).to_string(), ""))
}

/// Changes the documentation of a handler, which clients see.
pub(super) fn docs(folder: &Path, turn: usize) -> io::Result<()> {
    fs::write(folder.join("src/part7.rs"), module(7, "0", &format!(" Take {turn}.")))
}

/// The size of all sources in bytes.
pub(super) fn size(folder: &Path) -> io::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder.join("src"))? {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}

fn module(number: usize, value: &str, docs: &str) -> String {
    let mut text = format!(
        r#"//! Part {number} of the game.
#![allow(dead_code)]

use nano::{{Group, Result, Session, component, push}};
use serde::{{Deserialize, Serialize}};

/// A player's request to part {number}.
#[derive(Deserialize)]
pub struct Ask {{
    /// Which of them.
    pub which: u32,
    pub names: Vec<String>,
}}

/// The answer to a player.
#[derive(Serialize)]
pub struct Answer {{
    pub score: i64,
    pub words: Option<String>,
}}

#[push]
pub trait Part{number}Push {{
    /// Something happened in part {number}.
    #[push(name = "onPart{number}")]
    fn happened(answer: Answer);
}}

#[derive(Default)]
pub struct Part{number} {{
    members: Group,
    total: i64,
}}

#[component]
impl Part{number} {{
    /// Asks for something.{docs}
    #[handler]
    fn ask(&mut self, session: &Session, ask: Ask) -> Result<Answer> {{
        self.members.add(session)?;
        self.total += i64::from(ask.which) + {value};
        Ok(Answer {{ score: self.total, words: ask.names.into_iter().next() }})
    }}

    /// Tells everybody.
    #[handler]
    fn tell(&self) -> Result<()> {{
        Part{number}Push::to(&self.members).happened(&Answer {{ score: self.total, words: None }})
    }}
}}
"#
    );
    for function in 0..FUNCTIONS {
        let _ = write!(
            text,
            r#"
/// Weighs the values of a round, the later ones more.
fn weigh{function}(values: &[i64], limit: i64) -> i64 {{
    let mut sum = 0_i64;
    for (at, value) in values.iter().enumerate() {{
        let weight = i64::try_from(at).unwrap_or(i64::MAX).saturating_add({function});
        sum = sum.saturating_add(value.saturating_mul(weight));
        if sum > limit {{
            return limit;
        }}
    }}
    sum
}}
"#
        );
    }
    text
}
