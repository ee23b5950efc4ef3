//! The routes that the macros make, found with the compiler that compiled this test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proc_macro2::{TokenStream, TokenTree};

use super::scanner::{self, Condition};
use super::{Refusal, Route, Routes};

/// The first is the compiler.
const COMMAND_LINE: &[&str] = &nano_tests_compiler::command_line!();

/// The compiler, in the folder that relative paths of its command line start from.
fn compiler() -> Command {
    let (program, _) = COMMAND_LINE.split_first().expect("a command line");
    let mut command = Command::new(program);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests is in the workspace");
    command.current_dir(folder);
    command
}

/// The crates that this test is linked to.
fn crates() -> impl Iterator<Item = &'static str> {
    let pairs = COMMAND_LINE.iter().zip(COMMAND_LINE.iter().skip(1));
    let kept = pairs.filter(|(option, _)| matches!(**option, "--extern" | "-L"));
    kept.flat_map(|(option, value)| [*option, *value])
}

/// Returns the conditions that hold for every crate on this machine.
pub(super) fn conditions() -> Vec<Condition> {
    let output = compiler().args(["--print", "cfg"]).output().expect("a compiler");
    let text = String::from_utf8(output.stdout).expect("conditions are text");
    let conditions: Vec<_> = text.lines().map(scanner::condition).collect();
    assert!(!conditions.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    conditions
}

/// Returns the routes of a crate that the compiler accepts, or the compiler's errors.
pub(super) fn routes<'a>(
    fixture: &Path,
    root: &Path,
    conditions: impl Iterator<Item = &'a Condition>,
) -> Result<Routes, Refusal> {
    let mut arguments = vec![
        "--edition=2024".to_owned(),
        "--cap-lints=allow".to_owned(),
        "--error-format=short".to_owned(),
    ];
    for (name, value) in conditions {
        let value = value.as_ref().map(|value| format!("=\"{value}\"")).unwrap_or_default();
        arguments.extend(["--cfg".to_owned(), format!("{name}{value}")]);
    }
    if root.ends_with("lib.rs") {
        arguments.push("--crate-type=lib".to_owned());
    }
    let run = |how: &[&str]| {
        let mut command = compiler();
        // The fixture's messages are in the folder in which a build script would write them.
        command.env("OUT_DIR", fixture.join("proto")).env("RUSTC_BOOTSTRAP", "1");
        command.args(crates()).args(&arguments).arg(fixture.join(root)).args(how);
        command.output().expect("a compiler")
    };
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agreement");
    let out = out.join(fixture.file_name().unwrap_or_default());
    fs::create_dir_all(&out).expect("a folder for what is compiled");
    succeeded(run(&["--emit=metadata", "--out-dir", &out.display().to_string()]))?;
    let expanded = succeeded(run(&["-Zunpretty=expanded"]))?;
    let tokens: TokenStream = expanded.parse().expect("an expansion is tokens");
    let mut found = Routes::new();
    search(tokens, &mut found);
    Ok(found)
}

fn succeeded(output: Output) -> Result<String, Refusal> {
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).expect("an expansion is text"));
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let places: Vec<_> = text.lines().filter_map(place).collect();
    Err(Refusal::new(text, places))
}

/// Returns the place in `file:line:column: error: ..`.
fn place(text: &str) -> Option<(PathBuf, usize)> {
    let (place, _) = text.split_once(": error")?;
    let (place, _column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    Some((PathBuf::from(file), line.parse().ok()?))
}

/// Finds the entries that the macros make for the tables: `Route::request(..).docs(..)..`, and
/// `PushEvent { route: .., docs: .. }`.
fn search(tokens: TokenStream, found: &mut Routes) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let after = &tokens[at + 1..];
        match token {
            TokenTree::Ident(ident) if ident == "Route" => found.extend(handler(after)),
            TokenTree::Ident(ident) if ident == "PushEvent" => {
                if let Some(TokenTree::Group(fields)) = after.first() {
                    let [name, docs] = ["route", "docs"].map(|field| text(fields.stream(), field));
                    found.insert(Route { kind: "push", name, docs });
                }
            }
            TokenTree::Group(group) => search(group.stream(), found),
            _ => {}
        }
    }
}

/// Reads the route whose name and options follow, up to the next comma.
fn handler(tokens: &[TokenTree]) -> Option<Route> {
    let end = tokens.iter().position(|token| token.to_string() == ",").unwrap_or(tokens.len());
    let argument = |name: &str| {
        let pair = tokens[..end].windows(2).find(|pair| pair[0].to_string() == name);
        match pair {
            Some([_, TokenTree::Group(group)]) => literal(group.stream()),
            _ => None,
        }
    };
    let (kind, name) =
        ["request", "notify"].into_iter().find_map(|kind| Some((kind, argument(kind)?)))?;
    Some(Route { kind, name, docs: argument("docs").unwrap_or_default() })
}

/// Returns the text in the field of a struct expression.
fn text(fields: TokenStream, name: &str) -> String {
    let mut tokens = fields.into_iter().skip_while(|token| token.to_string() != name).skip(2);
    let value = tokens.next().map(TokenStream::from).unwrap_or_default();
    literal(value).expect("a route is text")
}

fn literal(tokens: TokenStream) -> Option<String> {
    syn::parse2::<syn::LitStr>(tokens).ok().map(|literal| literal.value())
}
