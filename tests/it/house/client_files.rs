//! The rules for the JavaScript client's files.

use std::collections::BTreeSet;
use std::fs;

use super::{read, root};

#[test]
fn the_crate_of_the_javascript_client_has_all_of_its_files() {
    let folder = root().join("clients/js");
    let names = |below: &str| -> Vec<String> {
        let entries = fs::read_dir(folder.join(below)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
        names.map(|name| format!("{below}{}", name.expect("a name in UTF-8"))).collect()
    };
    let is_script = |name: &String| name.ends_with(".js") || name.ends_with(".d.ts");
    let found: BTreeSet<_> =
        [names(""), names("nano/")].concat().into_iter().filter(is_script).collect();
    let listed: BTreeSet<_> = nano_js::FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(listed, found);
}

#[test]
fn files_of_the_javascript_client_are_short() {
    for (path, _) in nano_js::FILES {
        let lines = read(format!("clients/js/{path}")).lines().count();
        assert!(lines <= 400, "{path} has {lines} lines, 400 are allowed");
    }
}
