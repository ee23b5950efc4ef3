//! Message packages: the files that are read for them, how often, and macros of the same name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use nano_syntax::scan::{
    CfgSet, ErrorKind, ProtoItem, ProtoPackage, ProtoUse, Scan, ScanErrors, Sources, scan,
};

/// A crate in memory, whose packages stand in `out/`.
struct Memory {
    files: HashMap<PathBuf, String>,
    reads: RefCell<Vec<PathBuf>>,
}

impl Sources for Memory {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.reads.borrow_mut().push(path.to_owned());
        self.files.get(path).cloned().ok_or(io::ErrorKind::NotFound.into())
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        match package {
            None => Ok(ProtoPackage::new("out.rs")),
            Some("unknown") => Err("no package `unknown`".to_owned()),
            Some("game.v1") => {
                let path = "super::super::common::v1::Position".to_owned();
                let uses = vec![ProtoUse { package: "common.v1".to_owned(), path }];
                Ok(ProtoPackage { uses, ..ProtoPackage::new("out/game.v1.rs") })
            }
            Some(package) => Ok(ProtoPackage::new(format!("out/{package}.rs"))),
        }
    }
}

fn memory(files: &[(&str, &str)]) -> Memory {
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
    Memory { files: files.collect(), reads: RefCell::new(Vec::new()) }
}

fn run(memory: &Memory, roots: &[&str]) -> Result<Scan, ScanErrors> {
    let roots: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
    scan(&roots, &CfgSet::new(), memory)
}

const ROOM: &str =
    "struct Room; #[nano::component] impl Room { #[handler] fn a(&self, say: pb::Say) { } }";

#[test]
fn a_package_is_read_once_and_is_no_source_of_the_crate() {
    let root = format!(
        "mod pb {{ nano::include_proto!(\"p\"); }} mod again {{ nano::include_proto!(\"p\"); }} {ROOM}"
    );
    let memory = memory(&[
        ("lib.rs", &root),
        ("main.rs", &root),
        (
            "out/p.rs",
            "#[component] #[nano::push] pub struct Say { a: inner::Word } pub mod inner { pub struct Word; #[nano::component] impl X { #[handler] fn a(self) {} } }",
        ),
    ]);
    let found = run(&memory, &["lib.rs", "main.rs"]).expect("nothing is wrong");
    assert_eq!(found.files, ["lib.rs", "main.rs"].map(PathBuf::from));
    assert_eq!(*memory.reads.borrow(), ["lib.rs", "out/p.rs", "main.rs"].map(PathBuf::from));
    for found in &found.crates {
        assert_eq!(found.components.len(), 1);
        let types: Vec<_> = found.types.iter().map(|ty| (ty.path.as_str(), &ty.proto)).collect();
        let item =
            |path: &str| Some(ProtoItem { package: Some("p".to_owned()), path: path.to_owned() });
        let (say, word) = (item("Say"), item("inner::Word"));
        assert_eq!(types, [("crate::pb::Say", &say), ("crate::pb::inner::Word", &word)]);
        assert_eq!(found.types[1].module, "crate::pb::inner");
        assert_eq!(found.types[1].at.to_string(), "out/p.rs:1:89");
    }
}

#[test]
fn a_file_that_a_module_names_as_well_is_a_source() {
    let root =
        format!("mod pb {{ nano::include_proto!(\"p\"); }} #[path = \"out/p.rs\"] mod own; {ROOM}");
    let memory = memory(&[("main.rs", &root), ("out/p.rs", "pub struct Say;")]);
    let found = run(&memory, &["main.rs"]).expect("nothing is wrong");
    assert_eq!(found.files, ["main.rs", "out/p.rs"].map(PathBuf::from));
    assert_eq!(memory.reads.borrow().len(), 2);
}

#[test]
fn only_our_macro_is_followed() {
    for (module, is_ours) in [
        ("nano::include_proto!(\"p\");", true),
        ("::nano::include_proto!(\"p\");", true),
        ("server::include_proto! { \"p\" }", true),
        ("use nano::include_proto; include_proto!(\"p\");", true),
        ("use nano::include_proto as messages; messages!(\"p\");", true),
        ("use nano::*; include_proto!(\"p\");", true),
        ("use nano as server; server::include_proto![\"p\"];", true),
        ("#[cfg(unix)] nano::include_proto!(\"p\");", false),
        ("fn f() { nano::include_proto!(\"p\"); }", false),
        ("include!(\"out/p.rs\");", false),
        ("tonic::include_proto!(\"p\");", false),
        ("use tonic::include_proto; include_proto!(\"p\");", false),
        ("use nano::include_routes as include_proto; include_proto!(\"p\");", false),
        ("macro_rules! include_proto { ($a:tt) => {} } include_proto!(\"p\");", false),
        ("nano::include_protos!();", true),
        ("use nano::include_protos as messages; messages!{}", true),
        ("macro_rules! include_protos { () => {} } include_protos!();", false),
        ("macro_rules! all { () => { nano::include_proto!(\"p\"); } } all!();", false),
    ] {
        let root = format!("mod pb {{ {module} }} {ROOM}");
        let messages = "pub struct Say;";
        let memory = memory(&[("main.rs", &root), ("out/p.rs", messages), ("out.rs", messages)]);
        let found = run(&memory, &["main.rs"]).unwrap_or_else(|errors| panic!("{errors}\n{root}"));
        assert_eq!(found.crates[0].types.len(), usize::from(is_ours), "{module}");
    }
}

#[test]
fn a_package_that_cannot_be_had_is_an_error_at_the_macro() {
    for (root, message) in [
        ("\n mod pb { nano::include_proto!(\"unknown\"); }", "main.rs:2:11: no package `unknown`"),
        (
            "nano::include_proto!(\"absent\");",
            "main.rs:1:1: cannot read the messages in `out/absent.rs`: entity not found",
        ),
        (
            "nano::include_proto!(p);",
            "main.rs:1:1: `include_proto!` takes the name of a message package: `include_proto!(\"game.v1\")`; `include_protos!()` brings in all",
        ),
        (
            "nano::include_proto!();",
            "main.rs:1:1: `include_proto!` takes the name of a message package: `include_proto!(\"game.v1\")`; `include_protos!()` brings in all",
        ),
        (
            "nano::include_protos!(\"game.v1\");",
            "main.rs:1:1: `include_protos!()` takes nothing and brings in all message packages; `include_proto!(\"game.v1\")` brings in one",
        ),
    ] {
        let errors = run(&memory(&[("main.rs", root)]), &["main.rs"]).expect_err(root);
        assert_eq!(errors.to_string(), message);
        assert!(!errors.errors[0].kind.is_reported_by_compiler());
    }
    let broken = memory(&[("main.rs", "nano::include_proto!(\"p\");"), ("out/p.rs", "struct ;")]);
    let errors = run(&broken, &["main.rs"]).expect_err("half a struct");
    assert_eq!(errors.errors[0].kind, ErrorKind::Syntax);
    assert_eq!(errors.errors[0].at.to_string(), "out/p.rs:1:8");
    assert_eq!(errors.files, [PathBuf::from("main.rs")]);
}

#[test]
fn a_package_has_limits_like_any_source() {
    let deep = format!("{}{}", "pub mod a {".repeat(90), "}".repeat(90));
    let modules =
        format!("{} nano::include_proto!(\"p\"); {}", "mod b {".repeat(60), "}".repeat(60));
    let memory = memory(&[("main.rs", &modules), ("out/p.rs", &deep)]);
    let errors = run(&memory, &["main.rs"]).expect_err("too deep");
    let kinds: Vec<_> = errors.errors.iter().map(|error| error.kind).collect();
    assert_eq!(kinds, [ErrorKind::Limit], "{errors}");
}

#[test]
fn a_package_that_is_used_must_be_where_it_is_looked_for() {
    let game = ("out/game.v1.rs", "pub struct Join { at: super::super::common::v1::Position }");
    let common = ("out/common.v1.rs", "pub struct Position;");
    let has = |root: &str| {
        let found = run(&memory(&[("main.rs", root), game, common]), &["main.rs"]);
        found.map(drop).map_err(|errors| errors.to_string())
    };
    let in_game = "pub mod game { pub mod v1 { nano::include_proto!(\"game.v1\"); } }";
    for common in [
        "pub mod common { pub mod v1 { nano::include_proto!(\"common.v1\"); } }",
        "pub mod common { pub use crate::v1; } pub mod v1 { nano::include_proto!(\"common.v1\"); }",
        "pub mod common { pub use other_crate::common::v1; }",
    ] {
        assert_eq!(has(&format!("{in_game} {common}")), Ok(()), "{common}");
    }
    let missing = "the messages of `game.v1` use those of `common.v1`, as `super::super::common::v1::Position`, \
                   which leads to nothing from here: `include_protos!()` brings in all packages, nested as they must be";
    for (root, place) in [
        ("mod pb { nano::include_proto!(\"game.v1\"); }", "main.rs:1:10"),
        (
            "mod pb { nano::include_proto!(\"game.v1\"); } mod common { nano::include_proto!(\"common.v1\"); }",
            "main.rs:1:10",
        ),
        (in_game, "main.rs:1:29"),
    ] {
        assert_eq!(has(root), Err(format!("{place}: {missing}")), "{root}");
    }
}

#[test]
fn a_module_that_is_there_already_is_an_error_at_the_macro() {
    let memory = memory(&[
        ("one.rs", "nano::include_proto!(\"shop\"); pub mod offer {}"),
        (
            "two.rs",
            "nano::include_proto!(\"shop\"); mod offer { nano::include_proto!(\"shop.offer\"); }",
        ),
        ("all.rs", "nano::include_protos!(); mod offer;"),
        ("offer.rs", ""),
        ("out/shop.rs", "pub struct Offer; pub mod offer { pub enum Offer {} }"),
        ("out/shop.offer.rs", "pub struct Item;"),
        ("out.rs", "pub mod offer {}"),
    ]);
    let told = |root: &str| run(&memory, &[root]).expect_err("two modules").to_string();
    let one = "1:1: the message `Offer` of `shop` has a module `offer` for what is declared inside of it, and";
    let all = "`include_protos!()` brings in all packages, and joins their modules";
    assert_eq!(told("one.rs"), format!("one.rs:{one} there is a `mod offer` here as well: {all}"));
    assert_eq!(
        told("two.rs"),
        format!("two.rs:{one} here it is the module of the package `shop.offer`, too: {all}")
    );
    assert_eq!(
        told("all.rs"),
        "all.rs:1:1: the message packages have a module `offer`, and there is a `mod offer` here as well: \
         bring the packages into a module of their own, as `mod pb { nano::include_protos!(); }`"
    );
}
