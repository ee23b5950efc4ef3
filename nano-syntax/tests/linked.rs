//! Crates that use the types of others.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use nano_syntax::scan::{CfgSet, Scan, Sources, TypeTree, scan};

/// Crates in memory, with their names.
struct Crates {
    files: HashMap<&'static str, &'static str>,
    names: HashMap<&'static str, &'static str>,
}

impl Sources for Crates {
    fn read(&self, path: &Path) -> io::Result<String> {
        let text = path.to_str().and_then(|path| self.files.get(path));
        text.map(|text| (*text).to_owned()).ok_or(io::ErrorKind::NotFound.into())
    }

    fn crate_name(&self, root: &Path) -> Option<String> {
        root.to_str().and_then(|root| self.names.get(root)).map(|name| (*name).to_owned())
    }

    fn renamed(&self, root: &Path) -> BTreeMap<String, String> {
        let names = [("words", "messages"), ("framework", "nano")];
        let names = names.map(|(name, real)| (name.to_owned(), real.to_owned()));
        if root == Path::new("main.rs") { names.into() } else { BTreeMap::new() }
    }
}

const MESSAGES: &str = "
    pub mod chat { pub struct Say { pub to: crate::People } }
    pub use chat::Say as Said;
    pub type People = Vec<Person>;
    pub struct Person;
    mod circle { pub use super::Round; }
    pub use circle::Round;
";

/// Scans a program that takes a payload of this type, beside the crate above.
fn found(uses: &'static str, payload: &str) -> Scan {
    let main = format!(
        "{uses} #[nano::component] impl Room {{ #[handler] fn say(&self, say: {payload}) {{}} }}"
    );
    let crates = Crates {
        files: [("main.rs", &*main.leak()), ("messages.rs", MESSAGES)].into(),
        names: [("messages.rs", "messages")].into(),
    };
    let roots = ["main.rs", "messages.rs"].map(PathBuf::from);
    scan(&roots, &CfgSet::new(), &crates).expect("two crates")
}

#[test]
fn types_are_found_wherever_they_are() {
    for (uses, payload, expected) in [
        ("", "messages::chat::Say", Some("messages::chat::Say")),
        ("", "::messages::Said", Some("messages::chat::Say")),
        ("use messages as m;", "m::Said", Some("messages::chat::Say")),
        ("", "words::Said", Some("messages::chat::Say")),
        ("", "::words::Said", Some("messages::chat::Say")),
        ("use messages::*;", "Said", Some("messages::chat::Say")),
        ("extern crate messages as m;", "m::Person", Some("messages::Person")),
        // A module of the crate's own goes first, and `crate` is the crate's own.
        ("mod messages { pub struct Said; }", "messages::Said", Some("crate::messages::Said")),
        ("", "crate::Said", None),
        ("", "messages::Other", None),
        ("", "messages::Round", None),
        ("", "elsewhere::Said", None),
    ] {
        let found = found(uses, payload);
        let program = &found.crates[0];
        let of = program.components[0].handlers[0].payload.as_ref().expect("a payload");
        let TypeTree::Path { local, .. } = &of.tree else { panic!("{:?}", of.tree) };
        let path = local.map(|at| &*program.types[at].path);
        assert_eq!(path, expected, "{uses} {payload}");
        assert!(found.crates[1].components.is_empty());
    }
}

#[test]
fn crates_that_are_not_read_have_their_own_names() {
    for (uses, payload) in [
        ("", "framework::Uid"),
        ("", "::framework::Uid"),
        ("use framework::*;", "Uid"),
        ("use framework as f;", "f::Uid"),
    ] {
        let found = found(uses, payload);
        let of = found.crates[0].components[0].handlers[0].payload.as_ref().expect("a payload");
        let TypeTree::Path { path, .. } = &of.tree else { panic!("{:?}", of.tree) };
        assert_eq!(path, "nano::Uid", "{uses} {payload}");
    }
}

#[test]
fn what_they_are_made_of_is_found_in_their_own_crate() {
    let found = found("pub struct Person; mod chat {}", "messages::Said");
    let types: Vec<_> = found.crates[0].types.iter().map(|found| &*found.path).collect();
    assert_eq!(types, ["messages::chat::Say", "messages::People", "messages::Person"]);
    assert_eq!(found.crates[0].types[0].at.file, Path::new("messages.rs"));
}
