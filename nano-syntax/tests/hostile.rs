//! Sources that nobody would write, on which the scanner neither panics nor hangs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use nano_syntax::scan::{CfgSet, ErrorKind, ProtoPackage, Scan, ScanErrors, Sources, scan};

/// A crate in memory.
type Files = HashMap<PathBuf, String>;

/// All message packages are in one file, which may be the crate's own.
struct Memory<'a>(&'a Files);

impl Sources for Memory<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.0.get(path).cloned().ok_or(io::ErrorKind::NotFound.into())
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        if package == Some("unknown") {
            Err(String::new())
        } else {
            Ok(ProtoPackage::new("src/a.rs"))
        }
    }
}

fn run(files: &Files) -> Result<Scan, ScanErrors> {
    scan(&[PathBuf::from("src/main.rs")], &CfgSet::new().flag("unix"), &Memory(files))
}

fn files(of: &[(&str, &str)]) -> Files {
    of.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
}

fn kinds(result: Result<Scan, ScanErrors>) -> Vec<ErrorKind> {
    result.map_or_else(|errors| errors.errors.iter().map(|e| e.kind).collect(), |_| Vec::new())
}

/// All sources of the fixtures.
fn texts() -> Vec<String> {
    fn visit(folder: &Path, found: &mut Vec<String>) {
        let entries = fs::read_dir(folder).expect("a readable folder");
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.expect("a readable entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(fs::read_to_string(&path).expect("a readable fixture"));
            }
        }
    }
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut found);
    found
}

/// A small generator, the same on every machine (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit.max(1)).expect("a length");
        usize::try_from((mixed ^ (mixed >> 31)) % limit).expect("less than a length")
    }
}

/// Characters that mean something to a parser.
const SPICE: [&str; 26] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "#",
    "!",
    ";",
    ",",
    "::",
    "\"",
    "'",
    "r#",
    "/*",
    "//",
    "\u{feff}",
    "\0",
    "é",
    "self",
    "#[component] impl",
    "mod x;",
    "nano::include_proto!(\"p\");",
    "nano::include_protos!();",
];

fn mutate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len());
        let end = (at + random.below(20)).min(chars.len());
        let spice = SPICE[random.below(SPICE.len())];
        match random.below(4) {
            0 => drop(chars.drain(at..end)),
            1 => drop(chars.splice(at..at, spice.chars())),
            2 => drop(chars.splice(at..end, spice.chars())),
            _ => {
                let copy: Vec<char> = chars[at..end].to_vec();
                let to = random.below(chars.len());
                drop(chars.splice(to..to, copy));
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutated_sources_never_panic() {
    let texts = texts();
    let mut random = Random(7);
    let (mut right, mut wrong) = (0, 0);
    for _ in 0..4_000 {
        let mut pick = || texts[random.below(texts.len())].clone();
        let (main, room) = (pick(), pick());
        let main = mutate(&main, &mut random);
        let room = mutate(&room, &mut random);
        let files = files(&[
            ("src/main.rs", main.as_str()),
            ("src/room.rs", room.as_str()),
            ("src/a.rs", room.as_str()),
            ("src/b.rs", main.as_str()),
            ("src/shared.rs", room.as_str()),
        ]);
        match run(&files) {
            Ok(_) => right += 1,
            Err(errors) => {
                assert!(!errors.errors.is_empty(), "refused without a reason: {main}");
                for error in &errors.errors {
                    assert!(!error.message.is_empty() && error.at.line > 0 && error.at.column > 0);
                }
                wrong += 1;
            }
        }
    }
    assert!(right > 100 && wrong > 1_000, "{right} right, {wrong} wrong");
}

#[test]
fn a_file_for_every_name_ends_at_a_limit() {
    // Every module exists and has two more inside.
    let read = |_: &Path| Ok("mod a; mod b;".to_owned());
    let only_one = |path: &Path| match path.file_name() {
        Some(name) if name == "mod.rs" => Err(io::ErrorKind::NotFound.into()),
        _ => read(path),
    };
    let errors = scan(&[PathBuf::from("src/main.rs")], &CfgSet::new(), &only_one);
    assert_eq!(kinds(errors), [ErrorKind::Limit]);
}

#[test]
fn few_files_that_are_many_modules_end_at_a_limit() {
    let mut all: Files = (0..40)
        .map(|at| {
            let next = at + 1;
            let text =
                format!("#[path = \"f{next}.rs\"] mod left; #[path = \"f{next}.rs\"] mod right;");
            (PathBuf::from(format!("src/f{at}.rs")), text)
        })
        .collect();
    all.insert("src/f40.rs".into(), String::new());
    all.insert("src/main.rs".into(), "mod f0;".into());
    all.insert("src/f0.rs".into(), "#[path = \"f1.rs\"] mod a; #[path = \"f1.rs\"] mod b;".into());
    assert_eq!(kinds(run(&all)), [ErrorKind::Limit]);
}

#[test]
fn circles_end() {
    for (main, other) in [
        ("mod a;", "#[path = \"main.rs\"] mod b;"),
        ("mod a;", "#[path = \"a.rs\"] mod b; #[path = \"../src/./a.rs\"] mod c;"),
        ("#[path = \"main.rs\"] mod a;", ""),
        ("mod b { #[path = \"../main.rs\"] mod a; }", ""),
    ] {
        let mut files = files(&[("src/main.rs", main), ("src/a.rs", other)]);
        for spelled in ["src/../src/./a.rs", "src/b/../main.rs"] {
            let text = files
                [Path::new(if spelled.ends_with('a') { "src/a.rs" } else { "src/main.rs" })]
            .clone();
            files.insert(spelled.into(), text);
        }
        let found = kinds(run(&files));
        assert!(
            !found.is_empty() && found.iter().all(|kind| *kind == ErrorKind::Module),
            "{main}: {found:?}"
        );
    }
}

#[test]
fn names_that_import_one_another_end() {
    let text = "use a::X; mod a { pub use super::b::*; pub use super::X as Y; } \
                mod b { pub use crate::a::*; pub use crate::*; pub use self::X; } \
                use X as component; use self::component as X; \
                struct Room; #[component] impl Room { #[handler] fn a(&self, x: X) -> a::Y { } } \
                #[nano::component] impl Gate { #[handler] fn a(&self, x: X) -> b::Y { } }";
    let found = run(&files(&[("src/main.rs", text)])).expect("nothing is wrong");
    let names: Vec<&str> = found.crates[0].components.iter().map(|c| c.name.as_str()).collect();
    assert!(names.contains(&"gate"), "{names:?}");
    assert!(found.crates[0].types.is_empty());
}

#[test]
fn a_file_is_read_once_for_all_crates() {
    let reads = std::cell::RefCell::new(Vec::new());
    let read = |path: &Path| {
        let text = match path.to_str() {
            Some("src/main.rs" | "src/lib.rs") => "mod shared;",
            Some("src/shared.rs") => "struct A;",
            _ => return Err(io::ErrorKind::NotFound.into()),
        };
        reads.borrow_mut().push(path.to_owned());
        Ok(text.to_owned())
    };
    let roots = ["src/lib.rs", "src/main.rs"].map(PathBuf::from);
    let found = scan(&roots, &CfgSet::new(), &read).expect("nothing is wrong");
    assert_eq!(found.crates.len(), 2);
    assert_eq!(*reads.borrow(), ["src/lib.rs", "src/shared.rs", "src/main.rs"].map(PathBuf::from));
}

#[test]
fn what_cannot_be_read_is_reported_where_it_is_named() {
    let read = |path: &Path| match path.to_str() {
        Some("src/main.rs") => Ok("mod denied;\nmod absent;".to_owned()),
        Some("src/denied.rs") => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Err(io::ErrorKind::NotFound.into()),
    };
    let roots = ["src/main.rs", "src/lib.rs"].map(PathBuf::from);
    let errors = scan(&roots, &CfgSet::new(), &read).expect_err("nothing can be read");
    let text = errors.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "src/main.rs:1:5: cannot read `src/denied.rs`: permission denied",
            "src/main.rs:2:5: file for module `absent` not found: neither `src/absent.rs` nor `src/absent/mod.rs` exists",
            "src/lib.rs:1:1: cannot read the root of the crate: entity not found",
        ]
    );
    assert!(errors.files.contains(&PathBuf::from("src/absent.rs")));
    assert!(errors.errors.iter().all(|error| error.kind.is_reported_by_compiler()));
}
